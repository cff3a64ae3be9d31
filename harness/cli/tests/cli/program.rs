//! The program that end-to-end tests run.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::time::SystemTime;

use super::shared::{DEFAULT, path};

/// The path of the program that was built with this test. The program is rebuilt if a source file is newer.
pub fn binary() -> &'static Path {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| {
        let test = std::env::current_exe().expect("this test has a path");
        let profile = test.parent().and_then(Path::parent).expect("target/PROFILE/deps");
        let binary = profile.join(format!("conformance{}", std::env::consts::EXE_SUFFIX));
        let built = std::fs::metadata(&binary).and_then(|about| about.modified()).ok();
        if built.is_none_or(|built| built < newest_source(&root().join("harness"))) {
            build(profile);
        }
        binary
    })
}

fn build(profile: &Path) {
    let name = profile.file_name().and_then(|name| name.to_str()).unwrap_or("debug");
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let status = Command::new(cargo)
        // Builds the program as well, with the dependencies that `cargo test --workspace` has built.
        .args(["test", "--quiet", "--workspace", "--test", "conformance", "--no-run"])
        .args(["--profile", if name == "debug" { "dev" } else { name }])
        .arg("--target-dir")
        .arg(profile.parent().expect("target/PROFILE"))
        .current_dir(root())
        .status()
        .expect("cargo starts");
    assert!(status.success(), "the program does not build");
}

/// When the newest source file below a folder was modified; tests do not count.
fn newest_source(folder: &Path) -> SystemTime {
    let mut last = SystemTime::UNIX_EPOCH;
    for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        let source = path.extension().is_some_and(|ending| ending == "rs" || ending == "toml");
        if path.is_dir() && !path.ends_with("tests") {
            last = last.max(newest_source(&path));
        } else if let (true, Ok(written)) = (source, entry.metadata().and_then(|about| about.modified())) {
            last = last.max(written);
        }
    }
    last
}

pub fn root() -> PathBuf {
    path(DEFAULT)
}

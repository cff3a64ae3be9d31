//! Puts the files of the pack, `schemas/` and `scenarios/`, into the program, so that it runs anywhere as a single file.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

fn main() {
    let root = PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it"));
    let mut files = Vec::new();
    for folder in ["schemas", "scenarios"] {
        println!("cargo::rerun-if-changed={folder}");
        find(&root, &root.join(folder), &mut files);
    }
    files.sort();
    let mut text =
        String::from("/// The name and the text of each file of the pack.\nconst PACK: cli::PackFiles = &[\n");
    for name in files {
        let path = root.join(&name);
        let _ = writeln!(text, "    ({name:?}, include_str!({:?})),", path.display().to_string());
    }
    text.push_str("];\n");
    let out = PathBuf::from(std::env::var_os("OUT_DIR").expect("cargo sets it"));
    std::fs::write(out.join("pack.rs"), text).expect("a writable folder");
}

/// Adds the names of all files below a folder, relative to the root. Saved failures are not part of the pack.
fn find(root: &Path, folder: &Path, files: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).expect("the pack").flatten() {
        let path = entry.path();
        let name = path.strip_prefix(root).expect("a path below the root").to_string_lossy().replace('\\', "/");
        let is_hidden = entry.file_name().to_string_lossy().starts_with('.');
        if path.is_dir() && name != "scenarios/found" {
            find(root, &path, files);
        } else if path.is_file() && !is_hidden {
            files.push(name);
        }
    }
}

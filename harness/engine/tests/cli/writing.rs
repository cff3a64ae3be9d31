//! Reports arrive where they were asked for, and nothing else is written over.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

use super::support::{Canned, Folder, Program, binary, folder, json_answer, root, write};

const TEST: &str = "callers-without-credential";

fn read(path: impl AsRef<Path>) -> String {
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.as_ref().display()))
}

fn is_report(text: &str) -> bool {
    serde_json::from_str::<Value>(text).is_ok_and(|report| report["trials"].is_array())
}

fn path(folder: &Folder, name: &str) -> PathBuf {
    Path::new(&folder.path()).join(name)
}

/// A line of shell in a folder, with the program as `$C`.
fn shell(folder: &Folder, line: &str) -> Output {
    let mut command = Command::new("bash");
    command.args(["-c", line]).env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
    command.env("C", binary()).env("PACK", root()).current_dir(folder.path());
    command.output().expect("bash starts")
}

#[track_caller]
fn printed(output: &Output, expected: &str) {
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(out.contains(expected) && !err.contains("panicked"), "no {expected:?} in {out}\n{err}");
}

#[test]
fn what_cannot_be_written_is_found_before_the_first_request() {
    let server = Canned::start(|_, _| json_answer("404 Not Found", "", "{}"));
    let folder = folder();
    let file = write(&folder, "file", "");
    let inside = format!("{file}/run.json");
    for (order, expected) in [
        (format!("json={inside}"), inside.as_str()),
        (format!("json={}", folder.path()), "this is a directory"),
        (format!("json={file}/reports/"), "reports/"),
    ] {
        let said = Program::run(&["--target-url", &server.url, TEST, "--report", &order]);
        said.refused_in_a_line(2, expected);
    }
    let said = Program::run(&["--target-url", &server.url, TEST, "--write-deviations", &inside]);
    said.refused_in_a_line(2, &inside);
    Program::run(&["--target-url", &server.url, TEST, "--save-failures", &inside]).refused_in_a_line(2, &inside);
    assert_eq!(server.requests(), 0);
}

#[test]
fn missing_folders_are_made_and_no_half_of_a_file_is_left() {
    let folder = folder();
    let order = format!("json={}", path(&folder, "a/b/run.json").display());
    Program::run(&[TEST, "--report", &order]).ended(0);
    assert!(is_report(&read(path(&folder, "a/b/run.json"))));
    assert_eq!(std::fs::read_dir(path(&folder, "a/b")).expect("a folder").count(), 1);
}

#[cfg(unix)]
#[test]
fn links_are_followed_and_stay_links() {
    let folder = folder();
    write(&folder, "real.json", "old");
    for (link, real) in [("link.json", "real.json"), ("dangling.json", "new.json")] {
        std::os::unix::fs::symlink(real, path(&folder, link)).expect("a link");
        let order = format!("json={}", path(&folder, link).display());
        Program::run(&[TEST, "--report", &order]).ended(0);
        assert!(path(&folder, link).is_symlink(), "{link} was replaced");
        assert!(is_report(&read(path(&folder, real))), "{real}");
    }
}

#[cfg(unix)]
#[test]
fn devices_and_fifos_are_written_to_and_stay_what_they_are() {
    use std::os::unix::fs::FileTypeExt as _;
    let folder = folder();
    assert!(Command::new("mkfifo").arg(path(&folder, "fifo")).status().expect("mkfifo").success());
    let order = format!("json={}", path(&folder, "fifo").display());
    let said = Program::run(&[TEST, "--report", &order]);
    said.refused_in_a_line(2, "nobody reads from this FIFO");
    // The reader may need a moment to open its end; until then the run is refused.
    let line = "cat fifo >got.json & \
        for _ in $(seq 100); do \"$C\" run --pack \"$PACK\" callers-without-credential --report json=fifo 2>e && break; sleep 0.1; done; \
        echo rc $?; wait";
    printed(&shell(&folder, line), "rc 0");
    assert!(is_report(&read(path(&folder, "got.json"))));
    assert!(std::fs::symlink_metadata(path(&folder, "fifo")).expect("a FIFO").file_type().is_fifo());
    assert!(matches!(
        harness::report::Destination::of(Path::new("/dev/null")),
        Ok(harness::report::Destination::Device(_))
    ));
}

#[test]
fn a_report_on_standard_output_stands_there_alone() {
    let said = Program::run(&[TEST, "--report", "json=-"]);
    said.ended(0);
    assert!(is_report(&said.out), "{}", said.out);
    assert!(said.err.contains("running ") && said.err.contains("test result: ok"), "{}", said.err);
    let folder = folder();
    let line = "\"$C\" run --pack \"$PACK\" callers-without-credential --report json=/dev/stdout >out.json; echo rc $?";
    printed(&shell(&folder, line), "rc 0");
    assert!(is_report(&read(path(&folder, "out.json"))));
}

#[test]
fn standard_output_is_for_one_only() {
    let folder = folder();
    for arguments in [
        &["--report", "json=-", "--report", "junit=-"][..],
        &["--report", "json=-", "--report", "junit=/dev/stdout"],
        &["--report", "json=-", "--format", "json"],
        &["--report", "json=-", "--write-deviations", "-"],
    ] {
        let said = Program::run(&[&[TEST], arguments].concat());
        said.refused_in_a_line(2, "can have standard output");
    }
    let file = format!("{}/same", folder.path());
    let said = Program::run(&[TEST, "--report", &format!("json={file}"), "--report", &format!("junit={file}")]);
    said.refused_in_a_line(2, "would write over each other");
}

#[test]
fn a_target_file_and_a_filled_in_draft_are_never_written_over() {
    let folder = folder();
    let text = "# ours\nurl: http://127.0.0.1:1\n";
    let file = write(&folder, "target.yaml", text);
    for flag in [vec!["--write-deviations", &file], vec!["--report", &format!("json={file}")]] {
        let said = Program::run(&[&["--target", &file, TEST], flag.as_slice()].concat());
        said.refused(2);
        assert_eq!(read(&file), text);
    }
    let draft = "# Drafted from a run\ndeviations:\n  - clause: A-1\n    reason: \"agreed\"\n";
    let filled = write(&folder, "draft.yaml", draft);
    Program::run(&[TEST, "--write-deviations", &filled]).refused_in_a_line(2, "holds more than a draft of ours");
    let empty = write(&folder, "new.yaml", &draft.replace("agreed", ""));
    Program::run(&[TEST, "--write-deviations", &empty]).ended(0);
    assert!(read(&empty).contains("deviations: []"));
}

#[test]
fn a_reader_that_leaves_early_ends_nothing() {
    let folder = folder();
    let line = "\"$C\" run --pack \"$PACK\" envelope/ --report json=run.json 2>err | head -1 >/dev/null; echo rc ${PIPESTATUS[0]}; cat err >&2";
    printed(&shell(&folder, line), "rc 0");
    assert!(is_report(&read(path(&folder, "run.json"))));
    for command in ["run --list", "list", "explain AUTH-1", "schema report", "serve --mutant list"] {
        let pack = if command.starts_with(['s']) { "" } else { "--pack \"$PACK\"" };
        let line =
            format!("\"$C\" {command} {pack} 2>err | head -1 >/dev/null; echo rc ${{PIPESTATUS[0]}}; cat err >&2");
        printed(&shell(&folder, &line), "rc 0");
    }
    let line = "\"$C\" run --pack \"$PACK\" callers-without-credential --report json=- 2>err | head -c 10 >/dev/null; echo rc ${PIPESTATUS[0]}; cat err >&2";
    printed(&shell(&folder, line), "rc 0");
}

#[cfg(unix)]
#[test]
fn a_closed_terminal_is_a_stop_with_reports() {
    let silent = Canned::start(|_, _| Vec::new());
    let folder = folder();
    let report = path(&folder, "run.json");
    let mut child = Command::new(binary())
        .args(["run", "--target-url", &silent.url, TEST, "--report", &format!("json={}", report.display())])
        .env_clear()
        .current_dir(root())
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .expect("the program starts");
    while silent.requests() == 0 {
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    let hung_up = Command::new("kill").args(["-HUP", &child.id().to_string()]).status().expect("kill");
    assert!(hung_up.success());
    let status = child.wait().expect("an end");
    assert_eq!(status.code(), Some(3));
    assert!(is_report(&read(&report)));
}

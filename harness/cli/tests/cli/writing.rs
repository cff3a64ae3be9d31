//! Where reports are written: files, folders, links, devices, FIFOs and standard output. No other file is overwritten.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use super::support::{CannedServer, Folder, Program, ProgramOutput, binary, json_response, read, root};

const TEST: &str = "callers-without-credential";

fn is_report(text: &str) -> bool {
    serde_json::from_str::<Value>(text).is_ok_and(|report| report["tests"].is_array())
}

/// Runs a shell command in a folder; `$C` is the program and `$PACK` the default pack.
#[track_caller]
fn assert_printed(folder: &Folder, line: &str, expected: &str) {
    let mut command = Command::new("bash");
    command.args(["-c", line]).env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
    let output = ProgramOutput::of(command.env("C", binary()).env("PACK", root()).current_dir(folder));
    assert!(output.out.contains(expected) && !output.err.contains("panicked"), "{}\n{}", output.out, output.err);
}

#[test]
fn unwritable_paths_are_refused_before_the_first_request() {
    let server = CannedServer::start(|_| json_response("404 Not Found", "{}"));
    let folder = Folder::new();
    let file = folder.write("file", "");
    let inside = format!("{file}/run.json");
    for (report_option, expected) in [
        (format!("json={inside}"), inside.as_str()),
        (format!("json={}", folder.path()), "this is a directory"),
        (format!("json={file}/reports/"), "reports/"),
    ] {
        let output = Program::run(&["--target-url", &server.url, TEST, "--report", &report_option]);
        output.assert_refused_with(2, expected);
    }
    let output = Program::run(&["--target-url", &server.url, TEST, "--write-deviations", &inside]);
    output.assert_refused_with(2, &inside);
    Program::run(&["--target-url", &server.url, TEST, "--save-failures", &inside]).assert_refused_with(2, &inside);
    assert_eq!(server.requests(), 0);
}

#[test]
fn missing_folders_are_created_and_no_temporary_file_remains() {
    let folder = Folder::new();
    let report_option = format!("json={}", folder.join("a/b/run.json").display());
    Program::run(&[TEST, "--report", &report_option]).assert_exit_code(0);
    assert!(is_report(&read(folder.join("a/b/run.json"))));
    assert_eq!(std::fs::read_dir(folder.join("a/b")).expect("a folder").count(), 1);
}

#[cfg(unix)]
#[test]
fn symbolic_links_are_followed_and_not_replaced() {
    let folder = Folder::new();
    folder.write("real.json", "old");
    for (link, real) in [("link.json", "real.json"), ("dangling.json", "new.json")] {
        std::os::unix::fs::symlink(real, folder.join(link)).expect("a link");
        let report_option = format!("json={}", folder.join(link).display());
        Program::run(&[TEST, "--report", &report_option]).assert_exit_code(0);
        assert!(folder.join(link).is_symlink(), "{link} was replaced");
        assert!(is_report(&read(folder.join(real))), "{real}");
    }
}

#[cfg(unix)]
#[test]
fn devices_and_fifos_are_written_to_and_not_replaced() {
    use std::os::unix::fs::FileTypeExt as _;
    let folder = Folder::new();
    assert!(Command::new("mkfifo").arg(folder.join("fifo")).status().expect("mkfifo").success());
    let report_option = format!("json={}", folder.join("fifo").display());
    let output = Program::run(&[TEST, "--report", &report_option]);
    output.assert_refused_with(2, "this FIFO has no reader");
    // Until the reader has opened its end, the run is refused; so the script retries.
    let line = "cat fifo >got.json & \
        for _ in $(seq 100); do \"$C\" run --pack \"$PACK\" callers-without-credential --report json=fifo 2>e && break; sleep 0.1; done; \
        echo rc $?; wait";
    assert_printed(&folder, line, "rc 0");
    assert!(is_report(&read(folder.join("got.json"))));
    assert!(std::fs::symlink_metadata(folder.join("fifo")).expect("a FIFO").file_type().is_fifo());
    assert!(matches!(report::Destination::of(Path::new("/dev/null")), Ok(report::Destination::Device(_))));
}

#[test]
fn report_on_standard_output_has_no_other_text_around_it() {
    let output = Program::run(&[TEST, "--report", "json=-"]);
    output.assert_exit_code(0);
    assert!(is_report(&output.out), "{}", output.out);
    assert!(output.err.contains("running ") && output.err.contains("test result: ok"), "{}", output.err);
    let folder = Folder::new();
    let line = "\"$C\" run --pack \"$PACK\" callers-without-credential --report json=/dev/stdout >out.json; echo rc $?";
    assert_printed(&folder, line, "rc 0");
    assert!(is_report(&read(folder.join("out.json"))));
}

#[test]
fn two_reports_for_one_destination_are_refused() {
    let folder = Folder::new();
    for arguments in [
        &["--report", "json=-", "--report", "junit=-"][..],
        &["--report", "json=-", "--report", "junit=/dev/stdout"],
        &["--report", "json=-", "--format", "json"],
        &["--report", "json=-", "--write-deviations", "-"],
    ] {
        let output = Program::run(&[&[TEST], arguments].concat());
        output.assert_refused_with(2, "can write to standard output");
    }
    for other in ["same", "./same", "new/../same"] {
        let (one, other) = (format!("json={}/same", folder.path()), format!("junit={}/{other}", folder.path()));
        let output = Program::run(&[TEST, "--report", &one, "--report", &other]);
        output.assert_refused_with(2, "would write the same file");
    }
}

#[test]
fn target_file_and_filled_in_draft_are_not_overwritten() {
    let folder = Folder::new();
    let text = "# ours\nurl: http://127.0.0.1:1\n";
    let file = folder.write("target.yaml", text);
    for flag in [vec!["--write-deviations", &file], vec!["--report", &format!("json={file}")]] {
        let output = Program::run(&[&["--target", &file, TEST], flag.as_slice()].concat());
        output.assert_refused(2);
        assert_eq!(read(&file), text);
    }
    let draft = "# Drafted from a run\ndeviations:\n  - clause: A-1\n    reason: \"agreed\"\n";
    let filled = folder.write("draft.yaml", draft);
    Program::run(&[TEST, "--write-deviations", &filled])
        .assert_refused_with(2, "the file has been edited and would be overwritten");
    let empty = folder.write("new.yaml", draft.replace("agreed", ""));
    Program::run(&[TEST, "--write-deviations", &empty]).assert_exit_code(0);
    assert!(read(&empty).contains("deviations: []"));
}

#[test]
fn closed_pipe_on_standard_output_does_not_fail_the_program() {
    let folder = Folder::new();
    let line = "\"$C\" run --pack \"$PACK\" envelope/ --report json=run.json 2>err | head -1 >/dev/null; echo rc ${PIPESTATUS[0]}; cat err >&2";
    assert_printed(&folder, line, "rc 0");
    assert!(is_report(&read(folder.join("run.json"))));
    for command in ["run --list", "list", "explain AUTH-1", "schema report", "serve --mutant list"] {
        let pack = if command.starts_with(['s']) { "" } else { "--pack \"$PACK\"" };
        let line =
            format!("\"$C\" {command} {pack} 2>err | head -1 >/dev/null; echo rc ${{PIPESTATUS[0]}}; cat err >&2");
        assert_printed(&folder, &line, "rc 0");
    }
    let line = "\"$C\" run --pack \"$PACK\" callers-without-credential --report json=- 2>err | head -c 10 >/dev/null; echo rc ${PIPESTATUS[0]}; cat err >&2";
    assert_printed(&folder, line, "rc 0");
}

#[cfg(unix)]
#[test]
fn signal_stops_the_run_and_reports_are_written() {
    let silent = CannedServer::start(|_| {
        std::thread::sleep(std::time::Duration::from_secs(60));
        Vec::new()
    });
    // Whoever starts the tests under `nohup` wants a hangup to be ignored, and so does the program.
    let hangup = (!is_hangup_ignored()).then_some("-HUP");
    for signal in hangup.into_iter().chain(["-INT", "-TERM"]) {
        assert_stopped_by(signal, &silent);
    }
}

/// Whether a child of this process ignores SIGHUP, according to `/proc` on Linux.
#[cfg(unix)]
fn is_hangup_ignored() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| u64::from_str_radix(line.strip_prefix("SigIgn:")?.trim(), 16).ok());
    ignored.is_some_and(|mask| mask & 1 == 1)
}

#[cfg(unix)]
fn assert_stopped_by(signal: &str, silent: &CannedServer) {
    let folder = Folder::new();
    let before = silent.requests();
    let report = folder.join("run.json");
    let child = Command::new(binary())
        .args(["run", "--target-url", &silent.url, TEST, "--report", &format!("json={}", report.display())])
        .env_clear()
        .current_dir(root())
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .expect("the program starts");
    while silent.requests() == before {
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    let sent = Command::new("kill").args([signal, &child.id().to_string()]).status().expect("kill");
    assert!(sent.success());
    let output = child.wait_with_output().expect("an end");
    let out = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(3), "{signal}: {out}");
    assert!(out.contains("The run was interrupted: 1 of 1 test had no verdict."), "{signal}: {out}");
    assert!(is_report(&read(&report)));
}

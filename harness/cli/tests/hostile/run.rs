//! Runs the program against a hostile server, watches its time and memory, and reads everything that it writes.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use libtest_mimic::Failed;
use report::Syntax;

use super::meaning::{BIDIRECTIONAL, written};
use super::program::{binary, root};
use super::server::{Behaviour, HostileServer};
use super::shared::Folder;

/// The limits of a run.
#[derive(Clone, Copy)]
pub struct Limits {
    /// `--timeout`, in seconds.
    pub timeout: u32,
    /// `--deadline`, in seconds.
    pub deadline: u32,
    /// What the run may take after its deadline before it is killed.
    pub grace: Duration,
}

/// The most memory that a run may have held at once.
const MAX_KIB: u64 = 256 * 1024;
/// The kinds of all report formats.
static FORMATS: LazyLock<Vec<&str>> = LazyLock::new(|| report::FORMATS.iter().map(|format| format.kind).collect());

/// What a run took.
pub struct RunCost {
    pub seconds: f64,
    pub peak_kib: u64,
    pub code: i32,
}

/// Runs every test against the behaviour, and checks what comes out. An error says what is wrong.
pub fn run(behaviour: Behaviour, limits: Limits, preflight: bool) -> Result<RunCost, Failed> {
    let server = HostileServer::start(behaviour);
    let folder = Folder::new();
    let credentials = credentials();
    let mut command = command(&server.url, limits, preflight, &folder.join(""));
    command.envs(credentials.iter().map(|(name, value)| (name.as_str(), value.as_str())));
    let started = Instant::now();
    let mut child = command.spawn().expect("the program starts");
    let limit = Duration::from_secs(limits.deadline.into()) + limits.grace;
    let (code, peak_kib) = watch(&mut child, started + limit)
        .ok_or_else(|| format!("not finished {} s after its deadline, and killed", limits.grace.as_secs()))?;
    let cost = RunCost { seconds: started.elapsed().as_secs_f64(), peak_kib, code };
    if peak_kib > MAX_KIB {
        return Err(format!("held {} MiB at its peak", peak_kib / 1024).into());
    }
    check(Path::new(&folder.path()), code, &credentials).map_err(|why| {
        format!("{why} (exit code {code}, after {:.1} s, {} MiB)", cost.seconds, cost.peak_kib / 1024)
    })?;
    Ok(cost)
}

fn command(url: &str, limits: Limits, preflight: bool, folder: &Path) -> Command {
    let mut command = Command::new(binary());
    let (timeout, deadline) = (limits.timeout.to_string(), limits.deadline.to_string());
    command.args(["run", "--target-url", url, "--timeout", &timeout, "--deadline", &deadline, "--no-progress"]);
    if !preflight {
        command.arg("--no-preflight");
    }
    if url.starts_with("https:") {
        command.arg("--insecure");
    }
    for kind in FORMATS.iter() {
        command.arg("--report").arg(format!("{kind}={}", folder.join(kind).display()));
    }
    command.env_clear().current_dir(root()).stdin(Stdio::null());
    for kept in ["PATH", "HOME", "TMPDIR"] {
        if let Some(value) = std::env::var_os(kept) {
            command.env(kept, value);
        }
    }
    let file = |name: &str| std::fs::File::create(folder.join(name)).expect("a file");
    command.stdout(file("stdout")).stderr(file("stderr"));
    command
}

/// The exit code and the peak memory of a process; `None` if it had to be killed.
fn watch(child: &mut Child, until: Instant) -> Option<(i32, u64)> {
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    loop {
        let text = std::fs::read_to_string(&status).unwrap_or_default();
        let held =
            text.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix("kB")?.trim().parse().ok());
        peak = peak.max(held.unwrap_or(0));
        if let Ok(Some(status)) = child.try_wait() {
            return Some((status.code().unwrap_or(-1), peak));
        }
        if Instant::now() > until {
            let _ = child.kill();
            let _ = child.wait();
            return None;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// A credential for every actor, as variables of the environment: those of the reference.
fn credentials() -> Vec<(String, String)> {
    let assignments = mutate::embedded::assignments();
    let pairs = assignments.iter().filter_map(|line| line.split_once('='));
    pairs.map(|(name, value)| (name.to_owned(), value.trim_matches('\'').to_owned())).collect()
}

fn check(folder: &Path, code: i32, credentials: &[(String, String)]) -> Result<(), String> {
    let stderr = read(folder, "stderr")?;
    if !matches!(code, 1 | 3) {
        return Err(format!("expected exit code 1 or 3; on standard error: {}", last_part(&stderr)));
    }
    if stderr.contains("panicked") {
        return Err(format!("a panic: {}", last_part(&stderr)));
    }
    for format in report::FORMATS {
        let (name, text) = (format.kind, read(folder, format.kind)?);
        match (format.syntax, format.ending) {
            (Syntax::Json, _) => serde_json::from_str(&text)
                .map(|_: serde_json::Value| ())
                .map_err(|error| format!("{name}: {error}"))?,
            (Syntax::Markup, "xml") => {
                junit_parser::from_reader(text.as_bytes()).map(|_| ()).map_err(|error| format!("{name}: {error}"))?
            }
            _ => {}
        }
    }
    let report: serde_json::Value = serde_json::from_str(&read(folder, "json")?).map_err(|error| error.to_string())?;
    if report["tests"].as_array().is_none_or(Vec::is_empty) {
        return Err("the JSON report has no tests".to_owned());
    }
    if let Some(panicked) = reasons(&report).find(|reason| reason.contains("the harness itself failed")) {
        return Err(format!("a panic in a test: {panicked}"));
    }
    check_pages(folder)?;
    for name in FORMATS.iter().chain(&["stdout", "stderr"]) {
        check_secrets(name, &read(folder, name)?, credentials)?;
    }
    ["stdout", "stderr"].iter().try_for_each(|name| check_terminal(name, &read(folder, name)?))
}

fn reasons(report: &serde_json::Value) -> impl Iterator<Item = &str> {
    report["tests"].as_array().into_iter().flatten().filter_map(|test| test["reason"].as_str())
}

fn read(folder: &Path, name: &str) -> Result<String, String> {
    let bytes = std::fs::read(folder.join(name)).map_err(|error| format!("{name}: {error}"))?;
    String::from_utf8(bytes).map_err(|error| format!("{name}: {error}"))
}

fn last_part(text: &str) -> String {
    let skipped = text.chars().count().saturating_sub(600);
    text.chars().skip(skipped).collect()
}

/// HTML and Markdown are complete, and hold no markup of the server.
fn check_pages(folder: &Path) -> Result<(), String> {
    let html = read(folder, "html")?;
    if !html.trim_start().starts_with("<!") || !html.trim_end().ends_with("</html>") {
        return Err("html: not a complete page".to_owned());
    }
    let markdown = read(folder, "markdown")?;
    if !markdown.contains('|') {
        return Err("markdown: no table".to_owned());
    }
    for (name, text) in [("html", &html), ("markdown", &markdown)] {
        if let Some(part) = ["<script>alert", "<img src=x", "</details>```"].iter().find(|part| text.contains(**part)) {
            return Err(format!("{name}: shows {part:?} of the server as it is"));
        }
        check_characters(name, text)?;
    }
    Ok(())
}

/// Nothing invisible changes what a reader sees.
fn check_characters(name: &str, text: &str) -> Result<(), String> {
    let misleads =
        |letter: &char| letter.is_control() && !matches!(letter, '\n' | '\t') || BIDIRECTIONAL.contains(*letter);
    match text.chars().find(misleads) {
        Some(letter) => Err(format!("{name}: holds the character {letter:?}")),
        None => Ok(()),
    }
}

/// No control sequences, and no line that a CI system takes for a command.
fn check_terminal(name: &str, text: &str) -> Result<(), String> {
    check_characters(name, text)?;
    let is_command =
        |line: &&str| ["::", "##[", "##vso[", "##teamcity["].iter().any(|start| line.trim_start().starts_with(start));
    match text.lines().find(is_command) {
        Some(line) => Err(format!("{name}: holds the command {line:?}")),
        None => Ok(()),
    }
}

fn check_secrets(name: &str, text: &str, credentials: &[(String, String)]) -> Result<(), String> {
    let without_separators: String = text.chars().filter(|letter| !matches!(letter, '\u{200b}' | '\n')).collect();
    for (variable, value) in credentials {
        let secret = value.split_once(':').map_or(value.as_str(), |(_, secret)| secret);
        for form in written(secret).into_iter().filter(|form| form.len() >= 8) {
            if text.contains(&form) || without_separators.contains(&form) {
                return Err(format!("{name}: shows the credential of {variable} as {form:?}"));
            }
        }
    }
    Ok(())
}

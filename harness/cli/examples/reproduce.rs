//! Measures how often `conformance repro` reproduces a failure: runs the scripts of failed tests against mutants of the
//! reference or against another target, and compares the violations with those of the run.
//!
//! ```text
//! cargo run -p cli --example reproduce -- [--jobs N] [--tests N] [--only MUTANT,…]      mutants of the reference
//! cargo run -p cli --example reproduce -- --target-url URL [--tests N] [FILTER]…        any other target
//! ```
//!
//! Credentials of another target come from the environment, as for a run. A test is reproduced if its script exits with
//! 1 and names every MUST violation of the run by clause and check. It is `partly` reproduced if the script names only
//! the first of them. Every other result is listed with the last lines of the script.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::Value;

/// The number of tests about its clauses that run against each mutant.
const CANDIDATES: usize = 14;

struct Arguments {
    url: Option<String>,
    jobs: usize,
    tests: usize,
    only: Vec<String>,
    filters: Vec<String>,
}

fn main() -> ExitCode {
    let arguments = arguments();
    let outcomes = match &arguments.url {
        Some(url) => reproduce_target(url, &arguments),
        None => reproduce_mutants(&arguments),
    };
    summary(&outcomes)
}

fn arguments() -> Arguments {
    let mut found = Arguments { url: None, jobs: 2, tests: 2, only: Vec::new(), filters: Vec::new() };
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        let mut value = || words.next().unwrap_or_default();
        match word.as_str() {
            "--target-url" => found.url = Some(value()),
            "--jobs" => found.jobs = value().parse().unwrap_or(2),
            "--tests" => found.tests = value().parse().unwrap_or(2),
            "--only" => found.only = value().split(',').map(str::to_owned).collect(),
            _ => found.filters.push(word),
        }
    }
    found
}

/// The result of one script.
struct Outcome {
    server: String,
    test: String,
    clauses: BTreeSet<String>,
    is_property: bool,
    steps: usize,
    verdict: Verdict,
}

enum Verdict {
    Same,
    Partly(String),
    Other(String),
}

fn summary(outcomes: &[Outcome]) -> ExitCode {
    let clauses: BTreeSet<&str> = outcomes.iter().flat_map(|one| &one.clauses).map(String::as_str).collect();
    let count = |predicate: fn(&Outcome) -> bool| outcomes.iter().filter(|one| predicate(one)).count();
    let same = count(|one| matches!(one.verdict, Verdict::Same));
    println!();
    for outcome in outcomes {
        match &outcome.verdict {
            Verdict::Same => {}
            Verdict::Partly(why) => println!("partly      {}  {}: {why}", outcome.server, outcome.test),
            Verdict::Other(why) => println!("not shown   {}  {}: {why}", outcome.server, outcome.test),
        }
    }
    println!(
        "{} scripts: {same} show the same violations, {} show the first of several, {} do not; {} properties, {} tests of several steps, {} clauses",
        outcomes.len(),
        count(|one| matches!(one.verdict, Verdict::Partly(_))),
        count(|one| matches!(one.verdict, Verdict::Other(_))),
        count(|one| one.is_property),
        count(|one| one.steps > 1),
        clauses.len()
    );
    if same == 0 { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

// ---------------------------------------------------------------- another target

fn reproduce_target(url: &str, arguments: &Arguments) -> Vec<Outcome> {
    let report = run(url, &[], &arguments.filters);
    let failed = diverse(failed(&report), arguments.tests);
    let next = AtomicUsize::new(0);
    let outcomes = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..arguments.jobs {
            scope.spawn(|| {
                while let Some(test) = failed.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let outcome = reproduce_test("target", url, &[], test);
                    outcomes.lock().expect("no panic").push(outcome);
                }
            });
        }
    });
    outcomes.into_inner().expect("no panic")
}

/// At most `most` tests, from as many kinds of violation and as many scenarios as possible.
fn diverse(tests: Vec<Value>, most: usize) -> Vec<Value> {
    let mut kinds: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for test in tests {
        let first = &test["findings"][0];
        let scenario = text(&test["name"]).split('/').take(3).collect::<Vec<_>>().join("/");
        let kind = format!("{} {} {scenario}", text(&first["clause"]), text(&first["check"]));
        kinds.entry(kind).or_default().push(test);
    }
    let mut chosen = Vec::new();
    while chosen.len() < most && !kinds.is_empty() {
        kinds.retain(|_, tests| {
            if chosen.len() < most {
                chosen.extend(tests.pop());
            }
            !tests.is_empty()
        });
    }
    chosen
}

// ---------------------------------------------------------------- mutants

fn reproduce_mutants(arguments: &Arguments) -> Vec<Outcome> {
    let mutants: Vec<(String, Vec<String>)> = listed(&["serve", "--mutant", "list"])
        .into_iter()
        .map(|(name, rest)| {
            let clauses = rest.split("  ").next().unwrap_or_default();
            (name, clauses.split(' ').map(str::to_owned).collect())
        })
        .filter(|(name, _)| arguments.only.is_empty() || arguments.only.contains(name))
        .collect();
    let tests: Vec<(String, Vec<String>)> = listed(&["list"])
        .into_iter()
        .map(|(name, rest)| {
            let clauses = rest.split("  ").next().unwrap_or_default();
            (name, clauses.split(' ').map(str::to_owned).collect())
        })
        .collect();
    let next = AtomicUsize::new(0);
    let outcomes = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..arguments.jobs {
            scope.spawn(|| {
                while let Some((mutant, clauses)) = mutants.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let found = reproduce_mutant(mutant, clauses, &tests, arguments.tests);
                    println!("{mutant}: {}", found.iter().map(|one| word(&one.verdict)).collect::<Vec<_>>().join(", "));
                    outcomes.lock().expect("no panic").extend(found);
                }
            });
        }
    });
    outcomes.into_inner().expect("no panic")
}

fn word(verdict: &Verdict) -> &'static str {
    match verdict {
        Verdict::Same => "same",
        Verdict::Partly(_) => "partly",
        Verdict::Other(_) => "not shown",
    }
}

fn reproduce_mutant(mutant: &str, clauses: &[String], tests: &[(String, Vec<String>)], most: usize) -> Vec<Outcome> {
    let server = Server::start(mutant);
    let about = |own: &[String]| own.iter().any(|clause| clauses.contains(clause));
    let names: Vec<&String> = tests.iter().filter(|(_, own)| about(own)).map(|(name, _)| name).collect();
    // Take tests from the whole list, because neighbours are cases of one table.
    let step = names.len().div_ceil(CANDIDATES).max(1);
    let chosen: Vec<String> = names.iter().step_by(step).map(|name| (*name).clone()).collect();
    let mut arguments = vec!["--exact".to_owned()];
    arguments.extend(chosen);
    let report = run(&server.url, &server.exports, &arguments);
    let failed = diverse(failed(&report), most);
    failed.iter().map(|test| reproduce_test(mutant, &server.url, &server.exports, test)).collect()
}

/// A running `conformance serve`, killed on drop.
struct Server {
    url: String,
    exports: Vec<(String, String)>,
    child: Child,
}

impl Server {
    fn start(mutant: &str) -> Self {
        let mut child = Command::new(program())
            .args(["serve", "--mutant", mutant])
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let mut exports = Vec::new();
        for line in BufReader::new(child.stdout.take().expect("a pipe")).lines().map_while(Result::ok) {
            if let Some((name, value)) = line.strip_prefix("export ").and_then(|rest| rest.split_once('=')) {
                exports.push((name.to_owned(), value.trim_matches('\'').to_owned()));
                if name == "CONFORMANCE_TARGET_URL" {
                    break;
                }
            }
        }
        let url = exports.last().map(|(_, url)| url.clone()).expect("a URL");
        Self { url, exports, child }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

// ---------------------------------------------------------------- runs and scripts

fn program() -> PathBuf {
    let own = std::env::current_exe().expect("a path");
    let folder = own.parent().and_then(Path::parent).expect("target/PROFILE/examples");
    folder.join(format!("conformance{}", std::env::consts::EXE_SUFFIX))
}

/// The first word and the rest of each line that the program prints.
fn listed(arguments: &[&str]) -> Vec<(String, String)> {
    let output = Command::new(program()).args(arguments).output().expect("the program starts");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.lines()
        .filter_map(|line| line.split_once("  "))
        .map(|(name, rest)| (name.to_owned(), rest.to_owned()))
        .collect()
}

fn run(url: &str, exports: &[(String, String)], arguments: &[String]) -> Value {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    let number = COUNT.fetch_add(1, Ordering::Relaxed);
    let path = std::env::temp_dir().join(format!("reproduce-{}-{number}.json", std::process::id()));
    let _ = Command::new(program())
        .args(["run", "-q", "--target-url", url, "--report"])
        .arg(format!("json={}", path.display()))
        .args(arguments)
        .envs(exports.iter().map(|(name, value)| (name, value)))
        .output()
        .expect("the program starts");
    let text = std::fs::read_to_string(&path).unwrap_or_default();
    let _ = std::fs::remove_file(&path);
    serde_json::from_str(&text).unwrap_or_default()
}

fn failed(report: &Value) -> Vec<Value> {
    let tests = report["tests"].as_array().cloned().unwrap_or_default();
    tests.into_iter().filter(|test| test["verdict"] == "failed").collect()
}

fn reproduce_test(server: &str, url: &str, exports: &[(String, String)], test: &Value) -> Outcome {
    let name = text(&test["name"]).to_owned();
    let expected: Vec<String> = test["findings"]
        .as_array()
        .into_iter()
        .flatten()
        .filter(|finding| finding["level"] == "MUST")
        .map(|finding| format!("{} ({})", text(&finding["clause"]), text(&finding["check"])))
        .collect();
    let verdict = match script(url, test) {
        Err(why) => Verdict::Other(why),
        Ok(script) => run_script(&script, exports, url, &expected),
    };
    Outcome {
        server: server.to_owned(),
        test: name,
        clauses: expected.iter().filter_map(|pair| pair.split(' ').next()).map(str::to_owned).collect(),
        is_property: test["fuzz"].is_object(),
        steps: test["exchanges"].as_array().map_or(0, Vec::len),
        verdict,
    }
}

/// The script that the command in the report prints.
fn script(url: &str, test: &Value) -> Result<Vec<u8>, String> {
    let command = text(&test["repro"]).strip_suffix(" | sh").ok_or("the report names no script")?;
    let command = command.strip_prefix("conformance").ok_or("the report names another command")?;
    let output = Command::new("sh")
        .arg("-c")
        .arg(format!("'{}'{command}", program().display()))
        .env("CONFORMANCE_TARGET_URL", url)
        .output()
        .map_err(|error| error.to_string())?;
    match output.status.success() {
        true => Ok(output.stdout),
        false => Err(String::from_utf8_lossy(&output.stderr).trim().to_owned()),
    }
}

fn run_script(script: &[u8], exports: &[(String, String)], url: &str, expected: &[String]) -> Verdict {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    let number = COUNT.fetch_add(1, Ordering::Relaxed);
    let path = std::env::temp_dir().join(format!("reproduce-{}-{number}.sh", std::process::id()));
    std::fs::write(&path, script).expect("a file");
    let output = Command::new("sh")
        .arg(&path)
        .envs(exports.iter().map(|(name, value)| (name, value)))
        .env("CONFORMANCE_TARGET_URL", url)
        .output()
        .expect("sh");
    let _ = std::fs::remove_file(&path);
    let printed = String::from_utf8_lossy(&output.stdout);
    let shown: BTreeSet<&str> = printed
        .lines()
        .filter_map(|line| line.trim_start().strip_prefix("violation ")?.split_once("): ").map(|(pair, _)| pair))
        .collect();
    let shows = |pair: &String| shown.contains(pair.trim_end_matches(')'));
    match output.status.code() {
        Some(1) if expected.iter().all(shows) => Verdict::Same,
        Some(1) if expected.first().is_some_and(shows) => {
            let missing: Vec<&str> = expected.iter().filter(|pair| !shows(pair)).map(String::as_str).collect();
            Verdict::Partly(format!("without {}", missing.join(", ")))
        }
        code => {
            let end: Vec<&str> = printed.lines().rev().take(4).collect();
            let err = String::from_utf8_lossy(&output.stderr);
            Verdict::Other(format!(
                "exit code {code:?}, expected {}; {} {}",
                expected.join(", "),
                end.into_iter().rev().collect::<Vec<_>>().join(" / "),
                err.lines().last().unwrap_or_default()
            ))
        }
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

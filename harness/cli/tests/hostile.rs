//! Runs the program against servers that are hostile on purpose. Whatever they do, a run ends soon after its deadline,
//! holds little memory, says 1 or 3, writes every report, and shows no credential.
//!
//! Each behaviour is a test of its own. By default a few of them run; `HOSTILE=complete` runs all, with a longer
//! deadline. `HOSTILE_TABLE=FILE` writes what each run took. A run that is not finished long after its deadline is
//! killed, and its test fails; `HOSTILE_GRACE` sets this time in seconds.

#[path = "hostile/bytes.rs"]
mod bytes;
#[path = "hostile/json.rs"]
mod json;
#[path = "hostile/meaning.rs"]
mod meaning;
#[path = "cli/program.rs"]
mod program;
#[path = "hostile/run.rs"]
mod run;
#[path = "hostile/server.rs"]
mod server;
#[expect(dead_code, reason = "each test uses a part of it")]
mod shared;

use std::process::ExitCode;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use libtest_mimic::{Arguments, Failed, Trial};

use self::run::Limits;
use self::server::Behaviour;

/// The behaviours of a short run: those that were worst, and one of each kind of harm.
const SAMPLE: &[&str] = &[
    "bytes::endless-body",
    "bytes::gzip-bomb",
    "bytes::byte-a-second",
    "json::million-members",
    "json::depth-of-arrays",
    "json::message-of-15-mb",
    "meaning::credential-in-body",
    "meaning::markup-in-every-member",
    "meaning::webhooks-without-end",
];

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    // Runs mostly wait; this many fit on two cores.
    arguments.test_threads.get_or_insert(3);
    let complete = std::env::var("HOSTILE").is_ok_and(|value| value == "complete");
    let limits = match complete {
        true => Limits { timeout: 5, deadline: 20, grace: grace(30) },
        false => Limits { timeout: 2, deadline: 5, grace: grace(60) },
    };
    let table = Table::default();
    let mut tests = Vec::new();
    for (group, behaviours) in
        [("bytes", bytes::BEHAVIOURS), ("json", json::BEHAVIOURS), ("meaning", meaning::BEHAVIOURS)]
    {
        for behaviour in behaviours {
            let name = format!("{group}::{}", behaviour.name);
            let selected = complete || SAMPLE.contains(&name.as_str()) || arguments.filter.is_some();
            tests.push(test(name.clone(), *behaviour, limits, false, &table).with_ignored_flag(!selected));
            // Most of them end here, because nothing tells this server from a wrong URL.
            tests.push(
                test(format!("preflight::{name}"), *behaviour, limits, true, &table).with_ignored_flag(!complete),
            );
        }
    }
    let conclusion = libtest_mimic::run(&arguments, tests);
    table.write();
    conclusion.exit_code()
}

fn grace(default: u64) -> Duration {
    let given = std::env::var("HOSTILE_GRACE").ok().and_then(|seconds| seconds.parse().ok());
    Duration::from_secs(given.unwrap_or(default))
}

fn test(name: String, behaviour: Behaviour, limits: Limits, preflight: bool, table: &Table) -> Trial {
    let (table, row) = (table.clone(), name.clone());
    Trial::test(name, move || {
        let cost = run::run(behaviour, limits, preflight)?;
        table.add(format!("{row}\t{:.1} s\t{} MiB\texit {}", cost.seconds, cost.peak_kib / 1024, cost.code));
        Ok::<(), Failed>(())
    })
}

/// What the runs took, for `HOSTILE_TABLE`.
#[derive(Clone, Default)]
struct Table(Arc<Mutex<Vec<String>>>);

impl Table {
    fn add(&self, row: String) {
        self.0.lock().expect("no panic while locked").push(row);
    }

    fn write(&self) {
        let Some(path) = std::env::var_os("HOSTILE_TABLE") else { return };
        let mut rows = self.0.lock().expect("no panic while locked").clone();
        rows.sort();
        std::fs::write(path, rows.join("\n") + "\n").expect("a writable file");
    }
}

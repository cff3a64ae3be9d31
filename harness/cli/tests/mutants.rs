//! The kill matrix: every mutant of the reference violates exactly the clauses of its row, and the reference without
//! mutants and its conforming variants violate none. Each server is a test of its own.
//!
//! By default, the witnesses of each mutant run and a few other tests, which must report nothing: all servers take one to
//! three minutes. `MATRIX=complete` runs a sample of tests against each server, and then compares
//! `reports/kill-matrix.md` and `reports/witnesses.yaml` with the results; `BLESS=1` with it rewrites both files.
//! `MATRIX_SEED=2` selects other samples. The usual filters select servers: `-- mutant::token`. The servers that took
//! longest are shown at the end.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use cli::run::{joint_hash, load};
use libtest_mimic::{Arguments, Failed, Trial};
use mutate::prove::matrix::{Circumstances, Line, line, matrix};
use mutate::prove::{MatrixServer, ProveOptions, TestScope, Witnesses, prove, prove_again, rows, takes_long};
use parking_lot::Mutex;
use spec::contract::Contract;
use spec::scenario::Library;
use tokio::runtime::Runtime;

/// The number of servers that run at a time. Most of them wait.
const SERVERS: usize = 16;
/// The number of slow servers to show.
const SLOWEST: usize = 8;

/// What all tests share.
struct MatrixRun {
    contract: Arc<Contract>,
    library: Library,
    witnesses: Witnesses,
    runtime: Runtime,
    seed: u64,
    scope: TestScope,
    /// The rows of the committed matrix.
    committed: String,
    /// The results so far, by the index of the row.
    lines: Mutex<BTreeMap<usize, Line>>,
    /// How long each server took, and how many tests ran against it.
    durations: Mutex<Vec<(Duration, usize, String)>>,
    /// A server with a problem is tried again, one at a time: a busy machine may have delayed it.
    retry: Mutex<()>,
}

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    arguments.test_threads.get_or_insert(SERVERS);
    let complete = std::env::var("MATRIX").is_ok_and(|value| value == "complete");
    let begun = Instant::now();
    let bench = Arc::new(MatrixRun::new(complete));
    let rows = bench.rows();
    let mut order: Vec<(usize, &MatrixServer)> = rows.iter().enumerate().collect();
    order.sort_by_key(|(_, row)| !takes_long(&bench.library, &row.clauses));
    let mut tests: Vec<Trial> = order.into_iter().map(|(index, row)| test(&bench, index, row)).collect();
    let of_files = bench.clone();
    tests.push(Trial::test("committed_files_name_every_mutant", move || of_files.committed_files_name_every_mutant()));
    let conclusion = libtest_mimic::run(&arguments, tests);
    bench.show_slowest();
    let lines: Vec<Line> = bench.lines().values().cloned().collect();
    if conclusion.has_failed() || !complete || lines.len() < rows.len() {
        return conclusion.exit_code();
    }
    match bench.compare(lines, begun) {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("{problem}");
            ExitCode::FAILURE
        }
    }
}

fn test(bench: &Arc<MatrixRun>, index: usize, row: &MatrixServer) -> Trial {
    let (bench, row) = (bench.clone(), row.clone());
    Trial::test(format!("{}::{}", row.kind.as_str(), row.name), move || bench.judge(index, &row))
}

impl MatrixRun {
    fn new(complete: bool) -> Self {
        let root = root();
        let (contract, library) = load(&root).unwrap_or_else(|_| panic!("the pack does not load"));
        let path = root.join(WITNESSES);
        let text = std::fs::read_to_string(&path).expect("the witnesses");
        Self {
            contract: Arc::new(contract),
            library,
            witnesses: Witnesses::parse(WITNESSES, &text).unwrap_or_else(|problem| panic!("{problem}")),
            runtime: Runtime::new().expect("a runtime"),
            seed: std::env::var("MATRIX_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(1),
            scope: if complete { TestScope::Sample } else { TestScope::Witnesses },
            committed: std::fs::read_to_string(root.join(MATRIX)).expect("the committed matrix"),
            lines: Mutex::default(),
            durations: Mutex::default(),
            retry: Mutex::default(),
        }
    }

    /// Runs the tests against one server.
    fn judge(&self, index: usize, row: &MatrixServer) -> Result<(), Failed> {
        let begun = Instant::now();
        let options = ProveOptions { seed: self.seed, scope: self.scope, witnesses: &self.witnesses };
        let (contract, library) = (&self.contract, &self.library);
        let mut found = line(row, &self.runtime.block_on(prove(contract, library, row, options)));
        if found.problem().is_some() {
            let _guard = self.retry.lock();
            found = self.runtime.block_on(prove_again(contract, library, row, options));
        }
        self.durations.lock().push((begun.elapsed(), found.tests, row.name.clone()));
        let problem = found.problem();
        let shown = found.markdown();
        self.lines().insert(index, found);
        if let Some(problem) = problem {
            return Err(problem.into());
        }
        let is_blessed = std::env::var_os("BLESS").is_some();
        if !is_blessed && !self.committed.lines().any(|line| line == shown) {
            return Err(format!("{MATRIX} is out of date; MATRIX=complete BLESS=1 rewrites it:\n{shown}").into());
        }
        Ok(())
    }

    fn committed_files_name_every_mutant(&self) -> Result<(), Failed> {
        // They are rewritten.
        if std::env::var_os("BLESS").is_some() {
            return Ok(());
        }
        let names = self.committed.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next());
        let named: BTreeSet<&str> = names.collect();
        let rows = self.rows();
        let all: BTreeSet<&str> = rows.iter().map(|row| row.name.as_str()).collect();
        let different: Vec<&&str> = named.symmetric_difference(&all).collect();
        if !different.is_empty() {
            return Err(format!("{MATRIX} is out of date: {different:?}").into());
        }
        let unknown = self.witnesses.unknown(&self.library, &rows);
        if !unknown.is_empty() {
            return Err(format!("{WITNESSES} is out of date, MATRIX=complete BLESS=1 rewrites it: {unknown:?}").into());
        }
        Ok(())
    }

    /// Compares the committed files with the results of all servers, or rewrites them.
    fn compare(&self, lines: Vec<Line>, begun: Instant) -> Result<(), String> {
        let witnesses = self.witnesses.updated(&lines, &self.library).yaml();
        let circumstances = Circumstances {
            hash: joint_hash(&self.contract, &self.library),
            seed: self.seed,
            whole: false,
            complete: true,
            duration_ms: u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX),
        };
        let matrix = matrix(&self.contract, lines, circumstances);
        if !matrix.problems.is_empty() {
            return Err(matrix.problems.join("\n"));
        }
        for (name, text) in [(MATRIX, matrix.markdown()), (WITNESSES, witnesses)] {
            let path = root().join(name);
            if std::env::var_os("BLESS").is_some() {
                std::fs::write(&path, text).map_err(|error| format!("{name}: {error}"))?;
            } else if std::fs::read_to_string(&path).is_ok_and(|committed| committed != text) {
                return Err(format!("{name} is out of date; MATRIX=complete BLESS=1 rewrites it"));
            }
        }
        Ok(())
    }

    fn rows(&self) -> Vec<MatrixServer> {
        rows(&self.contract).expect("the mutations of the pack")
    }

    fn show_slowest(&self) {
        let mut durations = std::mem::take(&mut *self.durations.lock());
        durations.sort_unstable_by(|one, other| other.cmp(one));
        for (duration, tests, name) in durations.iter().take(SLOWEST) {
            eprintln!("{:>6.1} s  {name}, {tests} tests", duration.as_secs_f64());
        }
    }

    fn lines(&self) -> parking_lot::MutexGuard<'_, BTreeMap<usize, Line>> {
        self.lines.lock()
    }
}

const MATRIX: &str = "reports/kill-matrix.md";
const WITNESSES: &str = "reports/witnesses.yaml";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

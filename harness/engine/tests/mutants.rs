//! The kill matrix: every mutant of the reference violates exactly the clauses of its row, the reference without
//! mutants violates none, and `reports/kill-matrix.md` is up to date.
//!
//! `ONLY_DEFECTS=a,b` runs only mutants with `a` or `b` in their names. `MATRIX_SEED=2` selects other samples of tests
//! that must not report a violation. `BLESS=1` rewrites the file.

use std::path::Path;
use std::sync::Arc;

use harness::prove::matrix::{Circumstances, matrix};
use harness::prove::{Effort, prove_all, rows};
use harness::run::{joint_hash, load};

/// The number of servers that run at a time.
const SERVERS: usize = 16;

#[test]
fn every_mutant_violates_exactly_its_clauses() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let (contract, library) = load(&root).unwrap_or_else(|_| panic!("the pack does not load"));
    let hash = joint_hash(&contract, &library);
    let contract = Arc::new(contract);
    let only = std::env::var("ONLY_DEFECTS").unwrap_or_default();
    let all = rows();
    let seed = std::env::var("MATRIX_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(1);
    let is_selected = |name: &str| only.is_empty() || only.split(',').any(|part| name.contains(part));
    let selected: Vec<_> = all.iter().filter(|row| is_selected(row.name)).cloned().collect();
    let effort = Effort { seed, whole: false };
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    // This test takes long, so it prints each problem at once.
    let print_problem =
        |line: &harness::prove::matrix::Line| line.problem().iter().for_each(|problem| eprintln!("{problem}"));
    let lines = runtime.block_on(prove_all(&contract, &library, &selected, effort, SERVERS, print_problem));
    let complete = selected.len() == all.len();
    let circumstances = Circumstances { hash, seed, whole: false, complete, duration_ms: 0 };
    let matrix = matrix(&contract, lines, circumstances);
    assert!(matrix.problems.is_empty(), "of {} servers:\n{}", matrix.rows.len(), matrix.problems.join("\n"));
    if complete {
        compare(&root.join("reports/kill-matrix.md"), &matrix.markdown());
    }
}

fn compare(path: &Path, text: &str) {
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(path, text).expect("a writable file");
        return;
    }
    let committed = std::fs::read_to_string(path).unwrap_or_default();
    assert!(committed == text, "reports/kill-matrix.md is out of date; BLESS=1 rewrites it");
}

//! The kill matrix: every mutant of the reference is reported as exactly the clauses that its row names,
//! the sound reference as none, and `reports/kill-matrix.md` says so.
//!
//! `ONLY_DEFECTS=a,b` looks at the mutants with one of these in their names; `MATRIX_SEED=2` takes other samples of what
//! must keep silent; `BLESS=1` writes the file.

use std::path::Path;
use std::sync::Arc;

use harness::prove::matrix::{Circumstances, matrix};
use harness::prove::{Effort, prove_all, rows};
use harness::run::{joint_hash, load};

/// How many servers run side by side.
const SERVERS: usize = 16;

#[test]
fn every_mutant_is_found_as_what_it_is() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let (contract, library) = load(&root).unwrap_or_else(|_| panic!("the pack does not load"));
    let hash = joint_hash(&contract, &library);
    let contract = Arc::new(contract);
    let only = std::env::var("ONLY_DEFECTS").unwrap_or_default();
    let all = rows();
    let seed = std::env::var("MATRIX_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(1);
    let wanted = |name: &str| only.is_empty() || only.split(',').any(|part| name.contains(part));
    let chosen: Vec<_> = all.iter().filter(|row| wanted(row.name)).cloned().collect();
    let effort = Effort { seed, whole: false };
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    // A long test says what it finds when it finds it.
    let told = |line: &harness::prove::matrix::Line| line.problem().iter().for_each(|problem| eprintln!("{problem}"));
    let lines = runtime.block_on(prove_all(&contract, &library, &chosen, effort, SERVERS, told));
    let complete = chosen.len() == all.len();
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
    assert!(committed == text, "reports/kill-matrix.md has fallen behind; BLESS=1 writes it anew");
}

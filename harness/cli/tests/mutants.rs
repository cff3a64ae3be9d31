//! The kill matrix: every mutant of the reference violates exactly the clauses of its row, the reference without
//! mutants violates none, and `reports/kill-matrix.md` is up to date.
//!
//! The complete matrix takes some minutes, so this test runs every fourth row. `MATRIX=complete` runs all rows, and
//! `BLESS=1` with it rewrites the file. `MATRIX_ONLY=a,b` runs only rows with `a` or `b` in their names. `MATRIX_SEED=2`
//! selects another quarter, and other samples of tests that must not report a violation.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use cli::run::{joint_hash, load};
use mutate::prove::matrix::{Circumstances, Line, Matrix, matrix};
use mutate::prove::{Effort, Kind, Row, prove_all, rows};

/// The number of servers that run at a time.
const SERVERS: usize = 16;
/// One row in so many is part of the sample.
const SAMPLE: u64 = 4;

#[test]
fn every_mutant_violates_exactly_its_clauses() {
    let complete = std::env::var("MATRIX").is_ok_and(|value| value == "complete");
    let seed = std::env::var("MATRIX_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(1);
    let selected = selected(complete, seed);
    let matrix = proved(&selected, seed, complete);
    assert!(matrix.problems.is_empty(), "of {} servers:\n{}", matrix.rows.len(), matrix.problems.join("\n"));
    let text = matrix.markdown();
    if complete && std::env::var_os("BLESS").is_some() {
        std::fs::write(committed(), text).expect("a writable file");
    } else if complete {
        assert!(read() == text, "reports/kill-matrix.md is out of date; MATRIX=complete BLESS=1 rewrites it");
    } else {
        let committed = read();
        let outdated: Vec<&str> = lines(&text).filter(|line| !committed.contains(line)).collect();
        assert!(outdated.is_empty(), "reports/kill-matrix.md is out of date:\n{}", outdated.join("\n"));
    }
}

#[test]
fn committed_matrix_has_every_row() {
    let text = read();
    let committed: BTreeSet<&str> = lines(&text).filter_map(|line| line.split('`').nth(1)).collect();
    let all = rows();
    let expected: BTreeSet<&str> = all.iter().map(|row| row.name).collect();
    assert_eq!(committed, expected);
}

fn selected(complete: bool, seed: u64) -> Vec<Row> {
    let only = std::env::var("MATRIX_ONLY").unwrap_or_default();
    let mut number = seed;
    let mut is_selected = |row: &Row| {
        if !only.is_empty() {
            return only.split(',').any(|part| row.name.contains(part));
        }
        number += 1;
        complete || row.kind == Kind::Sound || number.is_multiple_of(SAMPLE)
    };
    rows().into_iter().filter(|row| is_selected(row)).collect()
}

fn proved(selected: &[Row], seed: u64, complete: bool) -> Matrix {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let (contract, library) = load(&root).unwrap_or_else(|_| panic!("the pack does not load"));
    let circumstances =
        Circumstances { hash: joint_hash(&contract, &library), seed, whole: false, complete, duration_ms: 0 };
    let contract = Arc::new(contract);
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    // This test takes long, so it prints each problem at once.
    let print_problem = |line: &Line| line.problem().iter().for_each(|problem| eprintln!("{problem}"));
    let effort = Effort { seed, whole: false };
    let lines = runtime.block_on(prove_all(&contract, &library, selected, effort, SERVERS, print_problem));
    matrix(&contract, lines, circumstances)
}

fn committed() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../reports/kill-matrix.md")
}

fn read() -> String {
    std::fs::read_to_string(committed()).expect("the committed matrix")
}

/// The rows of servers in the Markdown text.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter(|line| line.starts_with("| `"))
}

//! The table of clauses, and the table of clauses by operation.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::{NAMED, Sample};
use crate::cause;
use crate::model::{ClauseReport, ClauseStatus, Report, TestReport};
use spec::contract::Level;

/// The most operations for which the table by operation is shown; a wider table is not readable.
const WIDEST: usize = 24;

/// A clause as a row.
pub(super) struct ClauseRow<'r> {
    pub(super) model: &'r ClauseReport,
    pub(super) anchor: String,
    pub(super) status: &'static str,
    pub(super) outcome: &'static str,
    pub(super) sign: &'static str,
    pub(super) should: bool,
    pub(super) violated_in: Sample<&'r TestReport>,
}

/// The table of clauses by operation.
pub(super) struct Matrix<'r> {
    pub(super) operations: Vec<&'r str>,
    pub(super) rows: Vec<MatrixRow<'r>>,
}

/// A clause with a cell for each operation.
pub(super) struct MatrixRow<'r> {
    pub(super) clause: &'r str,
    pub(super) cells: Vec<Cell<'r>>,
}

/// In how many tests of a clause an operation was called, and in how many of these it violated the clause.
#[derive(Clone, Copy, Default)]
pub(super) struct Cell<'r> {
    pub(super) called: usize,
    pub(super) violated: usize,
    /// The first test in which it violated the clause.
    pub(super) first: Option<&'r str>,
}

impl MatrixRow<'_> {
    /// The anchor of the clause in the table of clauses.
    pub(super) fn anchor(&self) -> String {
        anchor(self.clause)
    }
}

impl Cell<'_> {
    /// The anchor of the first test in which the operation violated the clause.
    pub(super) fn anchor(&self) -> String {
        self.first.map_or_else(|| "tests".to_owned(), cause::test_anchor)
    }
}

pub(super) fn anchor(id: &str) -> String {
    let plain = id.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '-');
    if plain { format!("clause-{id}") } else { format!("clause-{}", &cause::digest(&[id])[..12]) }
}

pub(super) fn rows(report: &Report) -> Vec<ClauseRow<'_>> {
    let mut violated_in: HashMap<&str, Vec<&TestReport>> = HashMap::new();
    for test in &report.tests {
        let clauses: BTreeSet<&str> = test.findings.iter().map(|finding| finding.clause.as_str()).collect();
        for clause in clauses {
            violated_in.entry(clause).or_default().push(test);
        }
    }
    report
        .clauses
        .iter()
        .map(|clause| ClauseRow {
            model: clause,
            anchor: anchor(&clause.id),
            status: clause.status.as_str(),
            outcome: match clause.status {
                ClauseStatus::Upheld => "upheld",
                ClauseStatus::Violated => "violated",
                ClauseStatus::NotExercised => "not exercised",
            },
            sign: match clause.status {
                ClauseStatus::Upheld => "✓",
                ClauseStatus::Violated => "✗",
                ClauseStatus::NotExercised => "–",
            },
            should: clause.level == Level::Should,
            violated_in: Sample::of(violated_in.remove(clause.id.as_str()).unwrap_or_default(), NAMED / 3),
        })
        .collect()
}

/// The table by operation; `None` if there are no operations or too many.
pub(super) fn matrix(report: &Report) -> Option<Matrix<'_>> {
    let called = |test: &'_ TestReport| {
        let asserted = test.exchanges.iter().filter(|exchange| *exchange.role == *"asserted");
        asserted.map(|exchange| exchange.operation.to_string()).collect::<BTreeSet<String>>()
    };
    let mut cells: HashMap<(&str, String), Cell<'_>> = HashMap::new();
    let mut operations: BTreeSet<&str> = BTreeSet::new();
    for test in &report.tests {
        operations.extend(test.exchanges.iter().map(|exchange| exchange.operation.as_ref()));
        let called = called(test);
        for clause in test.clauses.iter() {
            for operation in &called {
                cells.entry((clause, operation.clone())).or_default().called += 1;
            }
        }
        let violated: BTreeMap<(&str, &str), ()> = test
            .findings
            .iter()
            .filter_map(|finding| {
                Some(((finding.clause.as_str(), test.exchanges.get(finding.exchange)?.operation.as_ref()), ()))
            })
            .collect();
        for ((clause, operation), ()) in violated {
            let cell = cells.entry((clause, operation.to_owned())).or_default();
            cell.first = cell.first.or(Some(&test.name));
            cell.violated += 1;
            cell.called = cell.called.max(cell.violated);
        }
    }
    if operations.is_empty() || operations.len() > WIDEST {
        return None;
    }
    let operations: Vec<&str> = operations.into_iter().collect();
    let row = |clause: &'_ ClauseReport| -> Vec<Cell<'_>> {
        operations
            .iter()
            .map(|operation| cells.get(&(clause.id.as_str(), (*operation).to_owned())).copied().unwrap_or_default())
            .collect()
    };
    let rows = report.clauses.iter().map(|clause| MatrixRow { clause: &clause.id, cells: row(clause) }).collect();
    Some(Matrix { operations, rows })
}

//! Finds the clauses that a mutation violates, from `clauses.yaml`.
//!
//! If a check judges the fault, it violates the clause that names this check. If only the expectation of a scenario can
//! detect the fault, for example another documented code, it violates one of the clauses about the expected code.

use spec::contract::{Clause, Contract};

/// The clauses that name one of these checks.
pub(super) fn of_checks(contract: &Contract, checks: &[&str]) -> Vec<String> {
    let mut clauses: Vec<String> =
        checks.iter().filter_map(|check| contract.clause_of_check(check)).map(|clause| clause.id.clone()).collect();
    clauses.dedup();
    clauses
}

/// The clauses about a code, without those that checks judge.
pub(super) fn of_code(contract: &Contract, code: &str) -> Vec<String> {
    let judged_by_scenarios = |clause: &&Clause| clause.checks.is_empty();
    about(contract, code).filter(judged_by_scenarios).map(|clause| clause.id.clone()).collect()
}

/// The clauses which say that an error with this code names the field at fault.
pub(super) fn of_field(contract: &Contract, code: &str) -> Vec<String> {
    about(contract, code).filter(|clause| clause.names_field).map(|clause| clause.id.clone()).collect()
}

fn about<'c>(contract: &'c Contract, code: &str) -> impl Iterator<Item = &'c Clause> {
    contract.clauses.iter().filter(move |clause| clause.codes.iter().any(|one| one == code))
}

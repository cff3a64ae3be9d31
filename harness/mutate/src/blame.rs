//! Which clauses a perfect pack reports for a fault, as far as the register says so itself.
//!
//! A fault that a check judges violates the clause that names this check. A fault that only the expectation of a scenario
//! can see, such as another documented code, violates one of the clauses about the code that should have come.

use spec::contract::{Clause, Contract};

/// The clauses that name one of these checks.
pub(super) fn of_checks(contract: &Contract, checks: &[&str]) -> Vec<String> {
    let mut clauses: Vec<String> =
        checks.iter().filter_map(|check| contract.clause_of_check(check)).map(|clause| clause.id.clone()).collect();
    clauses.dedup();
    clauses
}

/// The clauses about a code that scenarios judge.
pub(super) fn of_code(contract: &Contract, code: &str) -> Vec<String> {
    let judged_by_scenarios = |clause: &&Clause| clause.checks.is_empty();
    about(contract, code).filter(judged_by_scenarios).map(|clause| clause.id.clone()).collect()
}

/// The clauses that themselves say that an error of this code names the field at fault.
pub(super) fn of_field(contract: &Contract, code: &str) -> Vec<String> {
    about(contract, code).filter(|clause| clause.names_field).map(|clause| clause.id.clone()).collect()
}

fn about<'c>(contract: &'c Contract, code: &str) -> impl Iterator<Item = &'c Clause> {
    contract.clauses.iter().filter(move |clause| clause.codes.iter().any(|one| one == code))
}

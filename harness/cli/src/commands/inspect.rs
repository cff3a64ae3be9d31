//! `validate` and `schema`: show what is in a pack.

use std::process::ExitCode;

use super::loaded_finished;
use crate::flags::PackArgs;
use crate::run::Abort;
use judge::check::CHECKS;
use report::output;
use report::output::say;
use spec::own_schemas;

/// Prints everything that is wrong with a pack and a target file.
pub fn validate(pack: &PackArgs) -> ExitCode {
    match loaded_finished(pack) {
        Ok((contract, library, _)) => {
            say!(
                "{} operations, {} codes, {} clauses, {} checks, {} tests: {}",
                contract.operations.len(),
                contract.catalog.codes.len(),
                contract.clauses.len(),
                CHECKS.len(),
                library.tests.len(),
                if pack.draft { "a draft without errors" } else { "nothing is wrong" }
            );
            ExitCode::SUCCESS
        }
        Err(refusal) => refusal.tell(),
    }
}

/// Prints the JSON Schema of a file format of the harness.
pub fn schema(name: &str) -> ExitCode {
    match own_schemas::named(name) {
        Ok(schema) => {
            output::raw_out(schema);
            ExitCode::SUCCESS
        }
        Err(message) => Abort::Usage(format!("error: {message}")).tell(),
    }
}

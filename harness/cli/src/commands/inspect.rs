//! `validate` and `schema`: show what is in a pack.

use std::process::ExitCode;

use super::loaded_finished;
use crate::flags::PackArgs;
use crate::run::{Abort, usage};
use judge::check::CHECKS;
use mutate::{Allowed, of_pack};
use report::output;
use report::output::out_line;
use spec::own_schemas;
use spec::source::Problems;

/// Prints everything that is wrong with a pack and a target file.
pub fn validate(pack: &PackArgs) -> Result<ExitCode, Abort> {
    let (contract, library, _) = loaded_finished(pack)?;
    of_pack(&contract).map_err(Problems)?;
    Allowed::of_pack(&contract).map_err(Problems)?;
    out_line!(
        "{} operations, {} codes, {} clauses, {} checks, {} tests: {}",
        contract.operations.len(),
        contract.catalog.codes.len(),
        contract.clauses.len(),
        CHECKS.len(),
        library.tests.len(),
        if pack.draft { "a draft without errors" } else { "nothing is wrong" }
    );
    Ok(ExitCode::SUCCESS)
}

/// Prints the JSON Schema of a file format of the harness.
pub fn schema(name: &str) -> Result<ExitCode, Abort> {
    output::raw_out(own_schemas::named(name).map_err(usage)?);
    Ok(ExitCode::SUCCESS)
}

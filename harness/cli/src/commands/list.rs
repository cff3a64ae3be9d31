//! `list`: the tests of a pack, all or those that were chosen, for people or for programs.

use std::io::Write as _;
use std::process::ExitCode;

use serde::Serialize;

use super::loaded_with_target;
use crate::flags::{ListArgs, ListFormat};
use crate::run::{Abort, listed};
use spec::contract::Contract;
use spec::scenario::{TestCase, Topics};

/// A test as `--format json` shows it. Its members are public names.
#[derive(Serialize)]
struct Listed<'t> {
    name: &'t str,
    file: &'t str,
    line: usize,
    about: &'t str,
    clauses: Vec<String>,
    codes: Vec<String>,
    operations: Vec<String>,
    needs: &'t [String],
    actors: &'t [String],
    kind: &'static str,
}

/// Lists tests. Where none is chosen it ends with 2 and says what was probably meant, as `run` does.
pub fn list(arguments: &ListArgs) -> Result<ExitCode, Abort> {
    let (contract, library, _) = loaded_with_target(&arguments.pack)?;
    let tests = listed(arguments, &contract, &library)?;
    let mut out = std::io::stdout().lock();
    let written = match arguments.format {
        ListFormat::Text => tests.iter().try_for_each(|test| writeln!(out, "{}", line(test))),
        ListFormat::Json => {
            let tests: Vec<Listed<'_>> = tests.iter().map(|test| entry(&contract, test)).collect();
            serde_json::to_writer_pretty(&mut out, &tests).map_err(Into::into).and_then(|()| writeln!(out))
        }
    };
    // It is not an error if the reader has closed the pipe, such as `head`.
    match written {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(Abort::Inconclusive(error.to_string())),
        _ => Ok(ExitCode::SUCCESS),
    }
}

fn line(test: &TestCase) -> String {
    let needs = if test.needs.is_empty() { String::new() } else { format!("  needs {}", test.needs.join(", ")) };
    format!("{}  {}{needs}", test.name, test.clauses.join(" "))
}

fn entry<'t>(contract: &Contract, test: &'t TestCase) -> Listed<'t> {
    let Topics { clauses, codes, operations } = Topics::of(contract, test);
    Listed {
        name: &test.name,
        file: &test.file,
        line: test.line,
        about: &test.about,
        clauses,
        codes,
        operations,
        needs: &test.needs,
        actors: &test.actors,
        kind: if test.is_property() { "property" } else { "scenario" },
    }
}

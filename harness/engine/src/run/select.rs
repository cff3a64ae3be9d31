//! Selects tests with libtest's filters.

use std::process::ExitCode;

use super::deviations::Scope;
use crate::cli::RunArgs;
use crate::plan::Planned;
use crate::scenario::Library;

/// The tests that libtest's filters select.
pub(super) fn selected(arguments: &RunArgs, mut planned: Vec<Planned>) -> Vec<Planned> {
    planned.retain(|test| is_selected(arguments, &test.spec.name));
    planned
}

pub(super) fn is_selected(arguments: &RunArgs, name: &str) -> bool {
    let matches = |filter: &String| {
        if arguments.libtest.exact { name == filter } else { name.contains(filter.as_str()) }
    };
    let filters: Vec<&String> = arguments.more.iter().chain(&arguments.libtest.filter).collect();
    (filters.is_empty() || filters.into_iter().any(matches))
        && !arguments.libtest.skip.iter().any(matches)
        && !arguments.libtest.ignored
}

pub(super) fn scope(arguments: &RunArgs) -> Scope {
    let filtered =
        arguments.libtest.filter.is_some() || !arguments.more.is_empty() || !arguments.libtest.skip.is_empty();
    match (filtered, arguments.shard.is_some()) {
        (true, _) => Scope::Filtered,
        (false, true) => Scope::Shard,
        (false, false) => Scope::Whole,
    }
}

/// Prints the names of all selected tests in libtest's format.
pub(super) fn list(arguments: &RunArgs, library: &Library) -> ExitCode {
    let names = library
        .tests
        .iter()
        .filter(|spec| is_selected(arguments, &spec.name))
        .filter(|spec| arguments.shard.is_none_or(|shard| crate::plan::belongs(spec, shard)))
        .map(|spec| format!("{}: test\n", spec.name));
    crate::output::out(&names.collect::<String>());
    ExitCode::SUCCESS
}

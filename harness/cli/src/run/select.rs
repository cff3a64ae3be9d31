//! Selects tests: by libtest's filters, by clause, code and operation, and by an earlier report.
//!
//! A [`Choice`] contains the flags, with ids spelt as in the contract. A [`Selection`] contains the names of the
//! selected tests. Shards are applied later, so that all shards of a run have the same selection.

mod failed;
mod ids;
mod nothing;

use std::collections::BTreeSet;
use std::process::ExitCode;
use std::sync::Arc;

use self::failed::Failed;
use self::ids::About;
use super::deviations::Scope;
use super::{Abort, usage};
use crate::flags::{ListArgs, RunArgs, SelectionArgs};
use runner::schedule::{Scheduled, Shard};
use spec::contract::Contract;
use spec::scenario::{Library, TestCase, Topics};

/// The names of the selected tests.
pub(super) struct Selection(BTreeSet<Arc<str>>);

impl Selection {
    /// True if the test with that name is selected.
    pub(super) fn includes(&self, name: &str) -> bool {
        self.0.contains(name)
    }
}

/// The flags that select tests.
pub(super) struct Choice {
    filters: Vec<String>,
    skip: Vec<String>,
    exact: bool,
    /// `--ignored`: no test is marked as ignored, so nothing is selected.
    ignored: bool,
    about: About,
    failed: Option<Failed>,
}

impl Choice {
    /// The choice of a run. An unknown id is an error.
    pub(super) fn of_run(arguments: &RunArgs, contract: &Contract, library: &Library) -> Result<Self, Abort> {
        let libtest = &arguments.libtest;
        let names = Self {
            filters: arguments.more.iter().chain(&libtest.filter).cloned().collect(),
            skip: libtest.skip.clone(),
            exact: libtest.exact,
            ignored: libtest.ignored,
            about: About::default(),
            failed: None,
        };
        names.with_selection(&arguments.selection, contract, library)
    }

    fn of_list(arguments: &ListArgs, contract: &Contract, library: &Library) -> Result<Self, Abort> {
        let names = Self {
            filters: arguments.filter.clone(),
            skip: arguments.skip.clone(),
            exact: arguments.exact,
            ignored: false,
            about: About::default(),
            failed: None,
        };
        names.with_selection(&arguments.selection, contract, library)
    }

    fn with_selection(mut self, asked: &SelectionArgs, contract: &Contract, library: &Library) -> Result<Self, Abort> {
        self.about = About::resolved(asked, contract).map_err(usage)?;
        let failed = asked.failed.as_deref().map(|path| Failed::read(path, &asked.cause, contract, library));
        self.failed = failed.transpose()?;
        Ok(self)
    }

    pub(super) fn selection(&self, contract: &Contract, library: &Library) -> Selection {
        let chosen = library.tests.iter().filter(|test| self.includes(contract, test));
        Selection(chosen.map(|test| test.name.clone()).collect())
    }

    /// The selection. If it is empty, an error with the reason and a suggestion.
    pub(super) fn not_empty(&self, contract: &Contract, library: &Library) -> Result<Selection, Abort> {
        let selection = self.selection(contract, library);
        if selection.0.is_empty() { Err(usage(nothing::reason(self, contract, library))) } else { Ok(selection) }
    }

    fn includes(&self, contract: &Contract, test: &TestCase) -> bool {
        let name = &test.name;
        !self.ignored
            && (self.filters.is_empty() || self.filters.iter().any(|filter| self.matches(filter, name)))
            && !self.skip.iter().any(|filter| self.matches(filter, name))
            && self.failed.as_ref().is_none_or(|failed| failed.names.contains(&**name))
            && (self.about.is_empty() || self.about.includes(&Topics::of(contract, test)))
    }

    /// True if a libtest filter matches a name.
    fn matches(&self, filter: &str, name: &str) -> bool {
        if self.exact { name == filter } else { name.contains(filter) }
    }
}

/// The tests that the flags of `list` select, in the order of the library. An empty selection is an error, as in `run`.
pub fn listed<'l>(arguments: &ListArgs, contract: &Contract, library: &'l Library) -> Result<Vec<&'l TestCase>, Abort> {
    let selection = Choice::of_list(arguments, contract, library)?.not_empty(contract, library)?;
    Ok(of_shard(&selection, library, arguments.shard).collect())
}

fn of_shard<'l>(
    selection: &Selection,
    library: &'l Library,
    shard: Option<Shard>,
) -> impl Iterator<Item = &'l TestCase> {
    let chosen = library.tests.iter().filter(|test| selection.includes(&test.name));
    chosen.filter(move |test| shard.is_none_or(|shard| runner::schedule::belongs(test, shard)))
}

/// The planned tests that are selected.
pub(super) fn selected(selection: &Selection, mut planned: Vec<Scheduled>) -> Vec<Scheduled> {
    planned.retain(|scheduled| selection.includes(&scheduled.test.name));
    planned
}

pub(super) fn scope(arguments: &RunArgs) -> Scope {
    let libtest = &arguments.libtest;
    let by_name = libtest.filter.is_some() || !arguments.more.is_empty() || !libtest.skip.is_empty();
    match (by_name || arguments.selection.is_given(), arguments.shard.is_some()) {
        (true, _) => Scope::Filtered,
        (false, true) => Scope::Shard,
        (false, false) => Scope::Whole,
    }
}

/// Prints the names of all selected tests in libtest's format.
pub(super) fn list(selection: &Selection, library: &Library, shard: Option<Shard>) -> ExitCode {
    let names = of_shard(selection, library, shard).map(|test| format!("{}: test\n", test.name));
    report::output::out(&names.collect::<String>());
    ExitCode::SUCCESS
}

/// `1 test`, `2 tests`.
fn tests(count: usize) -> String {
    if count == 1 { "1 test".to_owned() } else { format!("{count} tests") }
}

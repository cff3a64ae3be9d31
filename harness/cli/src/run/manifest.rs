//! The manifest of a run: what must be the same in the reports of all parts of one run, so that they can be merged.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use sha2::{Digest as _, Sha256};

use super::command::flags_text;
use super::deviations::Scope;
use super::select::{Selection, scope};
use super::{Abort, usage};
use crate::flags::RunArgs;
use judge::target::Target;
use report::model::{Extent, Manifest};
use runner::schedule::Scheduled;
use spec::scenario::Library;

/// True if a runner (nextest) starts a process for each test, and selects the test with a filter.
pub(super) fn is_by_test() -> bool {
    std::env::var_os("NEXTEST").is_some()
}

/// The tests of all parts together: the selection, before it is divided into shards. If each test has its own process,
/// the filter is the division, so these are all tests.
pub(super) fn whole(selection: &Selection, library: &Library) -> Extent {
    let names = library.tests.iter().map(|test| test.name.as_ref());
    Extent::of(names.filter(|name| is_by_test() || selection.includes(name)))
}

pub(super) fn manifest(
    arguments: &RunArgs,
    target: &Target,
    whole: Extent,
    planned: &[Scheduled],
    match_counts: Vec<usize>,
    day: NaiveDate,
) -> Result<Manifest, Abort> {
    Ok(Manifest {
        shard: arguments.shard.map(|shard| format!("{}/{}", shard.index, shard.count)),
        by_test: is_by_test(),
        filtered: !is_by_test() && scope(arguments) == Scope::Filtered,
        whole,
        part: Extent::of(planned.iter().map(|scheduled| scheduled.test.name.as_ref())),
        options: options(arguments, target)?,
        target_file: arguments.pack.target.as_ref().map(|path| path.display().to_string()),
        instance: target.instance.clone(),
        flags: flags_text(arguments, target),
        day: day.to_string(),
        deviation_matches: match_counts,
    })
}

/// All options that can change a verdict and are not in the report already.
fn options(arguments: &RunArgs, target: &Target) -> Result<BTreeMap<String, String>, Abort> {
    let actors: Vec<&str> = target.credentials.keys().map(String::as_str).collect();
    let mut options = BTreeMap::from([
        ("actors", actors.join(", ")),
        ("timeout", format!("{} s", arguments.network.timeout)),
        ("webhooks", target.reaches_us.to_string()),
    ]);
    if let Some(path) = &arguments.pack.target {
        let text = std::fs::read(path).map_err(|error| usage(format!("{}: {error}", path.display())))?;
        options.insert("target file", hex::encode(Sha256::digest(text)));
    }
    if let Some(cases) = arguments.cases {
        options.insert("cases", cases.to_string());
    }
    if let Some(id) = &arguments.run_id {
        options.insert("run-id", id.clone());
    }
    Ok(options.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}

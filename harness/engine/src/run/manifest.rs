//! What a run is a part of: all that must be the same in the reports of its other parts.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use sha2::{Digest as _, Sha256};

use super::command::flags;
use super::deviations::Scope;
use super::select::{Selection, scope};
use super::{Refusal, usage};
use crate::cli::RunArgs;
use crate::contract::hex;
use crate::plan::Planned;
use crate::report::model::{Extent, Manifest};
use crate::scenario::Library;
use crate::target::Target;

/// True when a runner starts a process for each test, and says which by a filter.
pub(super) fn is_by_test() -> bool {
    std::env::var_os("NEXTEST").is_some()
}

/// The tests of all parts together: what the selection leaves before it is divided. Where each test has a process
/// of its own, the filter is the division.
pub(super) fn whole(selection: &Selection, library: &Library) -> Extent {
    let names = library.tests.iter().map(|test| test.name.as_str());
    Extent::of(names.filter(|name| is_by_test() || selection.includes(name)))
}

pub(super) fn manifest(
    arguments: &RunArgs,
    target: &Target,
    whole: Extent,
    planned: &[Planned],
    spoken_of: Vec<usize>,
    day: NaiveDate,
) -> Result<Manifest, Refusal> {
    Ok(Manifest {
        shard: arguments.shard.map(|shard| format!("{}/{}", shard.index, shard.count)),
        by_test: is_by_test(),
        filtered: !is_by_test() && scope(arguments) == Scope::Filtered,
        whole,
        part: Extent::of(planned.iter().map(|test| test.spec.name.as_str())),
        options: options(arguments, target)?,
        target_file: arguments.pack.target.as_ref().map(|path| path.display().to_string()),
        flags: flags(arguments, target),
        day: day.to_string(),
        spoken_of,
    })
}

/// Whatever of the command line and the environment can change a verdict, and is not in the report already.
fn options(arguments: &RunArgs, target: &Target) -> Result<BTreeMap<String, String>, Refusal> {
    let actors: Vec<&str> = target.credentials.keys().map(String::as_str).collect();
    let mut options = BTreeMap::from([
        ("actors", actors.join(", ")),
        ("timeout", format!("{} s", arguments.network.timeout)),
        ("webhooks", target.reaches_us.to_string()),
    ]);
    if let Some(path) = &arguments.pack.target {
        let text = std::fs::read(path).map_err(|error| usage(format!("{}: {error}", path.display())))?;
        options.insert("target file", hex(&Sha256::digest(text)));
    }
    if let Some(cases) = arguments.cases {
        options.insert("cases", cases.to_string());
    }
    if let Some(id) = &arguments.run_id {
        options.insert("run-id", id.clone());
    }
    Ok(options.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}

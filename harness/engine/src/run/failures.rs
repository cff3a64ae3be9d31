//! Keeping what fuzz properties have found: a scenario file for each rule, under a name that stays.

use std::path::{Path, PathBuf};

use crate::cli::FOUND;
use crate::contract::Contract;
use crate::output::tell;
use crate::plan::Planned;
use crate::report::{TrialResult, write_whole};
use crate::scenario::{Failure, file_name, file_text};
use crate::secret::Redactor;

/// Writes the smallest cases below `folder`, and says on standard error what became of them.
pub(super) fn save(
    folder: &Path,
    contract: &Contract,
    planned: &[Planned],
    results: &[TrialResult],
    seed: u64,
    redactor: &Redactor,
) {
    let folder = if folder == Path::new(FOUND) { contract.root.join(FOUND) } else { folder.to_path_buf() };
    for (name, text) in texts(contract, planned, results, seed) {
        let path = folder.join(format!("{name}.yaml"));
        match text.and_then(|text| write(&path, &redactor.clean_own(&text))) {
            Ok(path) => tell!("wrote {}", path.display()),
            Err(why) => tell!("{name} was not saved: {why}"),
        }
    }
}

/// The files by name, each with its text or why there can be none.
fn texts(
    contract: &Contract,
    planned: &[Planned],
    results: &[TrialResult],
    seed: u64,
) -> Vec<(String, Result<String, String>)> {
    let mut texts = Vec::new();
    for result in results {
        let planned = planned.iter().find(|planned| planned.spec.name == result.name);
        let (Some(property), Some(fuzz)) =
            (planned.and_then(|planned| planned.spec.property.as_deref()), &result.record.fuzz)
        else {
            continue;
        };
        let mut rules: Vec<usize> = fuzz.found.iter().map(|found| found.rule).collect();
        rules.sort_unstable();
        rules.dedup();
        for rule in rules {
            let failures: Vec<Failure<'_>> = fuzz
                .found
                .iter()
                .filter(|found| found.rule == rule)
                .map(|found| Failure {
                    trial: &result.name,
                    property,
                    rule,
                    input: &found.input,
                    clauses: &found.clauses,
                    seed,
                    case: found.case,
                })
                .collect();
            texts.push((file_name(property, rule), file_text(contract, &failures)));
        }
    }
    texts
}

fn write(path: &Path, text: &str) -> Result<PathBuf, String> {
    let told = |error: std::io::Error| format!("{}: {error}", path.display());
    write_whole(path, text).map_err(told)?;
    Ok(path.to_path_buf())
}

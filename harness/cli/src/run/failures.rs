//! Saves the counterexamples of properties: one scenario file per cause, whose name is the same in every run.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::flags::FOUND;
use judge::finding::Key;
use judge::record::Found;
use judge::secret::Redactor;
use report::output::err_line;
use report::{TestResult, write_whole};
use spec::contract::Contract;
use spec::scenario::{Failure, Property, file_name, file_text};
use spec::source::is_built_in;

/// Writes the shrunk counterexamples below `folder`, and reports each file on standard error.
pub(super) fn save(
    folder: &Path,
    contract: &Contract,
    counterexamples: &[(Arc<Property>, TestResult)],
    seed: u64,
    redactor: &Redactor,
) {
    let is_default = folder == Path::new(FOUND) && !is_built_in(&contract.root);
    let folder = if is_default { contract.root.join(FOUND) } else { folder.to_path_buf() };
    for (name, text) in texts(contract, counterexamples, seed) {
        let path = folder.join(format!("{name}.yaml"));
        match text.and_then(|text| write(&path, &redactor.clean_own(&text))) {
            Ok(path) => err_line!("wrote {}", path.display()),
            Err(why) => err_line!("{name} was not saved: {why}"),
        }
    }
}

/// The files by name, each with its text or the reason why it cannot be written.
fn texts(
    contract: &Contract,
    counterexamples: &[(Arc<Property>, TestResult)],
    seed: u64,
) -> Vec<(String, Result<String, String>)> {
    let mut texts = Vec::new();
    let mut known: BTreeSet<Key> = BTreeSet::new();
    for (property, result) in counterexamples {
        let Some(fuzz) = &result.record.fuzz else { continue };
        let mut rules: Vec<usize> = fuzz.found.iter().map(|found| found.rule).collect();
        rules.sort_unstable();
        rules.dedup();
        for rule in rules {
            let failures: Vec<Failure<'_>> = fuzz
                .found
                .iter()
                .filter(|found| found.rule == rule && shows_new_cause(contract, result, found, &mut known))
                .map(|found| Failure {
                    test: &result.name,
                    property,
                    rule,
                    input: &found.input,
                    clauses: &found.clauses,
                    seed,
                    case: found.case,
                })
                .collect();
            if failures.is_empty() {
                continue;
            }
            texts.push((file_name(property, rule), file_text(&failures)));
        }
    }
    texts
}

/// Whether a counterexample shows a cause that no earlier one of any rule has shown.
fn shows_new_cause(contract: &Contract, result: &TestResult, found: &Found, known: &mut BTreeSet<Key>) -> bool {
    let Some(exchange) = result.record.exchanges.get(found.exchange) else { return true };
    let findings = result.record.findings.iter().filter(|finding| finding.exchange == found.exchange);
    let keys =
        findings.map(|finding| Key { response: String::new(), ..Key::of(contract, finding, Some(exchange), None) });
    // Every key must be inserted, so the iteration must not stop at the first new one.
    keys.filter(|key| known.insert(key.clone())).count() > 0
}

fn write(path: &Path, text: &str) -> Result<PathBuf, String> {
    let message = |error: std::io::Error| format!("{}: {error}", path.display());
    write_whole(path, text).map_err(message)?;
    Ok(path.to_path_buf())
}

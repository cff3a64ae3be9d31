//! Finds a pack and loads it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use super::manifest::is_by_test;
use crate::flags::RunArgs;
use report::output::err_line;
use spec::contract::Contract;
use spec::scenario;
use spec::scenario::{Library, Topics};
use spec::source::{BUILT_IN, Problem, Problems, SourceFile, built_in_files, is_built_in, yaml_files};

/// The folder of the pack: the given one, or the first that contains `schemas` and `scenarios` from the current folder
/// upwards, or the one in the folder of this program, or else the built-in pack.
pub fn pack_root(given: Option<&Path>) -> Result<PathBuf, String> {
    if let Some(folder) = given {
        if is_pack(folder) {
            return Ok(folder.to_path_buf());
        }
        return Err(format!("--pack {}: expected the folders `schemas` and `scenarios` in it", folder.display()));
    }
    let here = std::env::current_dir().map_err(|error| error.to_string())?;
    let program = std::env::current_exe().ok();
    let built_in = (!built_in_files().is_empty()).then(|| PathBuf::from(BUILT_IN));
    find_pack(&here, program.as_deref()).or(built_in).ok_or_else(|| {
        "no folder with `schemas` and `scenarios` found from the current folder upwards or in the folder of the program: \
         give one with --pack"
            .to_owned()
    })
}

/// Released archives hold the pack in the folder of the program.
fn find_pack(here: &Path, program: Option<&Path>) -> Option<PathBuf> {
    let own = program.and_then(Path::parent);
    here.ancestors().chain(own).find(|folder| is_pack(folder)).map(Path::to_path_buf)
}

/// The line that names a pack on disk which was found, not given, and differs from the built-in one.
pub(super) fn other_pack(given: Option<&Path>, root: &Path) -> Option<String> {
    let files = built_in_files();
    if given.is_some() || files.is_empty() || is_built_in(root) {
        return None;
    }
    let is_same = |(name, text): &(&str, &str)| std::fs::read_to_string(root.join(name)).is_ok_and(|own| own == **text);
    let scenarios = files.iter().filter(|(name, _)| name.starts_with("scenarios/")).count();
    let own = yaml_files(root, &root.join("scenarios"));
    let own = own.iter().filter(|(_, name)| !name.starts_with(crate::flags::FOUND)).count();
    let differs = own != scenarios || !files.iter().all(is_same);
    differs.then(|| format!("pack: {} (not the built-in one)", root.display()))
}

fn is_pack(folder: &Path) -> bool {
    folder.join("schemas").is_dir() && folder.join("scenarios").is_dir()
}

/// Loads contract and scenarios, or returns everything that is wrong with them. What the pack itself calls unfinished
/// (`excluded: "to do: …"`) is not wrong: the rest of the pack can be run.
pub fn load(root: &Path) -> Result<(Contract, Library), Problems> {
    let (contract, library, mut unfinished) = load_draft(root)?;
    unfinished.retain(|problem| !problem.is_to_do);
    Problems(unfinished).or((contract, library))
}

/// The same for a pack that must be finished.
pub fn load_finished(root: &Path) -> Result<(Contract, Library), Problems> {
    let (contract, library, unfinished) = load_draft(root)?;
    Problems(unfinished).or((contract, library))
}

/// Loads what a command needs; what is not finished yet in a draft is said as a warning.
pub fn load_pack(root: &Path, is_draft: bool) -> Result<(Contract, Library), Problems> {
    if !is_draft {
        return load(root);
    }
    let (contract, library, mut unfinished) = load_draft(root)?;
    unfinished.extend(unexpected(&contract, &library));
    for problem in &unfinished {
        err_line!("{}\n", problem.rendered_as_warning());
    }
    Ok((contract, library))
}

/// Loads what a run needs: the complete pack, or the files of a few tests.
pub(super) fn load_for_run(root: &Path, arguments: &RunArgs) -> Result<(Contract, Library), Problems> {
    if arguments.certify.is_some() && !arguments.pack.draft {
        return load_finished(root);
    }
    few_tests(arguments)
        .and_then(|names| load_tests(root, names))
        .map_or_else(|| load_pack(root, arguments.pack.draft), Ok)
}

/// The whole names of the tests of a run that needs no others. A preflight asks what other tests expect, a report says
/// how many there are, and the known deviations of a target file are compared with all of them.
fn few_tests(arguments: &RunArgs) -> Option<&str> {
    let libtest = &arguments.libtest;
    let name = libtest.filter.as_deref().filter(|_| libtest.exact && !libtest.list && arguments.more.is_empty())?;
    let has_preflight = arguments.target_url.is_some() && !arguments.no_preflight && !is_by_test();
    let others = has_preflight
        || arguments.preflight
        || arguments.pack.draft
        || arguments.pack.target.is_some()
        || arguments.selection.is_given()
        || arguments.certify.is_some()
        || arguments.outputs.is_given();
    (!others).then_some(name)
}

/// The test with that name alone; `None` if there is none, or if the pack has a problem, which loading it all shows.
fn load_tests(root: &Path, name: &str) -> Option<(Contract, Library)> {
    let contract = Contract::load_for_few_tests(root).ok()?;
    let library = scenario::load_tests(root, &contract, &[name.to_owned()]).ok()?;
    (!library.tests.is_empty()).then_some((contract, library))
}

/// Loads contract and scenarios, with what is not finished yet: clauses that nothing judges.
pub fn load_draft(root: &Path) -> Result<(Contract, Library, Vec<Problem>), Problems> {
    let mut contract = Contract::load(root)?;
    let mut problems = Problems(contract.check_names(&judge::check::names()));
    match scenario::load(root, &contract) {
        Ok(library) => {
            let named = library.tests.iter().flat_map(|test| test.clauses.iter().map(String::as_str)).collect();
            let (mut unfinished, wrong): (Vec<Problem>, Vec<Problem>) =
                contract.check_cover(&named).into_iter().partition(|problem| problem.is_draft);
            contract.exclude_with_codes(&named);
            // The file is read again only to show the places of these codes.
            if contract.has_codes_to_do() {
                let catalog = SourceFile::in_pack(root, "schemas/errors.yaml");
                unfinished.extend(catalog.iter().flat_map(|file| contract.check_excluded_codes(file)));
            }
            problems.0.extend(wrong);
            if problems.0.is_empty() {
                return Ok((contract, library, unfinished));
            }
            // A person who has to repair the pack needs all of its problems.
            problems.0.extend(unfinished);
            Err(problems.sorted())
        }
        Err(further) => {
            problems.0.extend(further.0);
            Err(problems)
        }
    }
}

/// Codes that no scenario expects.
fn unexpected(contract: &Contract, library: &Library) -> Vec<Problem> {
    let expected: BTreeSet<String> = library.tests.iter().flat_map(|test| Topics::of(contract, test).codes).collect();
    let open =
        contract.catalog.codes.iter().filter(|entry| entry.excluded.is_none() && !expected.contains(&entry.code));
    let problem = |code: &str| {
        Problem::general("schemas/errors.yaml", format!("no scenario expects the code {code}")).of_a_draft()
    };
    open.map(|entry| problem(&entry.code)).collect()
}

/// SHA-256 over contract and scenarios.
pub fn joint_hash(contract: &Contract, library: &Library) -> String {
    hex::encode(Sha256::digest(format!("{}{}", contract.hash, library.hash)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pack_is_found_upwards_then_in_the_folder_of_the_program() {
        let top = std::env::temp_dir().join(format!("conformance-packs-{}", std::process::id()));
        let folder = |name: &str| top.join(name);
        for name in ["work/deep", "work/schemas", "archive"] {
            std::fs::create_dir_all(folder(name)).expect("a folder");
        }
        let program = folder("archive/conformance");
        let found = || find_pack(&folder("work/deep"), Some(&program));
        assert_eq!(found(), None);
        for name in ["archive/schemas", "archive/scenarios"] {
            std::fs::create_dir_all(folder(name)).expect("a folder");
        }
        assert_eq!(found(), Some(folder("archive")));
        std::fs::create_dir_all(folder("work/scenarios")).expect("a folder");
        assert_eq!(found(), Some(folder("work")));
        std::fs::remove_dir_all(&top).expect("a folder of this test");
    }
}

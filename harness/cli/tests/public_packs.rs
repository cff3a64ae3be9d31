//! The packs for public servers, which `ci/public-apis.sh` runs: they and their target files load, and every documented
//! code is expected by a scenario, or is excluded with a reason. Whether the servers conform is not tested here.

#[expect(dead_code, reason = "each test uses a part of it")]
mod shared;

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use init::{Auth, Sources, generate};
use judge::target::{TargetFile, fits};
use shared::{pack, path};
use spec::contract::Contract;
use spec::scenario::{Library, Topics};

/// Each pack with its target files, and the value of `--auth` with which `init` reads its description.
const PACKS: &[(&str, &[&str], Auth)] = &[
    ("oauth", &["target.yaml"], Auth::Basic),
    ("prometheus", &["target.yaml", "target-without-admin-api.yaml"], Auth::None),
];

#[test]
fn every_documented_code_is_expected_or_excluded() {
    for (name, ..) in PACKS {
        let (contract, library) = pack_of(name);
        let expected: BTreeSet<String> = topics(&contract, &library).flat_map(|topics| topics.codes).collect();
        assert!(!contract.catalog.codes.is_empty(), "{name} has no codes");
        for code in &contract.catalog.codes {
            let is_expected = expected.contains(&code.code);
            assert!(
                is_expected != code.excluded.is_some(),
                "{name}: {} must be either expected or excluded",
                code.code
            );
        }
    }
}

#[test]
fn every_operation_is_tested() {
    for (name, ..) in PACKS {
        let (contract, library) = pack_of(name);
        let tested: BTreeSet<String> = topics(&contract, &library).flat_map(|topics| topics.operations).collect();
        let missing: Vec<&String> =
            contract.operations.iter().map(|one| &one.id).filter(|id| !tested.contains(*id)).collect();
        assert!(missing.is_empty(), "{name}: no scenario tests {missing:?}");
    }
}

#[test]
fn known_deviations_name_tests_and_say_who_is_responsible() {
    for (name, files, _) in PACKS {
        let (contract, library) = pack_of(name);
        for file in *files {
            let target = TargetFile::load(&folder(name).join(file), &contract).unwrap_or_else(|all| panic!("{all}"));
            for entry in &target.deviations {
                let at = format!("{name}/{file}:{}", entry.line);
                let pattern = entry.tests.as_deref().unwrap_or("*");
                assert!(library.tests.iter().any(|test| fits(pattern, &test.name)), "{at}: no test matches {pattern}");
                assert!(entry.owner.is_some(), "{at}: no owner");
            }
        }
    }
}

#[test]
fn init_accepts_their_descriptions() {
    for (name, _, auth) in PACKS {
        let openapi = folder(name).join("schemas/openapi.yaml");
        let sources =
            Sources { openapi, page: None, problem_json: false, name: None, auth: Some(auth.clone()), url: None };
        let drafted = generate(&sources, &[]).unwrap_or_else(|message| panic!("{name}: {message}"));
        let (written, loaded) = (&drafted.files["schemas/errors.yaml"], pack_of(name).0);
        for code in loaded.catalog.code_names() {
            assert!(written.contains(&code), "{name}: `init` does not find {code} in the description");
        }
    }
}

fn topics(contract: &Contract, library: &Library) -> impl Iterator<Item = Topics> {
    library.tests.iter().map(|test| Topics::of(contract, test))
}

fn pack_of(name: &str) -> (Arc<Contract>, Library) {
    pack(folder(name))
}

fn folder(name: &str) -> PathBuf {
    path("../packs").join(name)
}

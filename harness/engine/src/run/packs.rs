//! Finds a pack and loads it.

use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use crate::contract::{Contract, hex};
use crate::scenario::{self, Library};
use crate::source::Problems;

/// The folder of the pack: the given one, or the first that contains `schemas` and `scenarios` from the current folder
/// upwards, or the one from which this program was built.
pub fn pack_root(given: Option<&Path>) -> Result<PathBuf, String> {
    let is_pack = |folder: &Path| folder.join("schemas").is_dir() && folder.join("scenarios").is_dir();
    if let Some(folder) = given {
        if is_pack(folder) {
            return Ok(folder.to_path_buf());
        }
        return Err(format!("--pack {}: expected the folders `schemas` and `scenarios` in it", folder.display()));
    }
    let here = std::env::current_dir().map_err(|error| error.to_string())?;
    let built = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    here.ancestors().map(Path::to_path_buf).chain([built]).find(|folder| is_pack(folder)).ok_or_else(|| {
        "no folder with `schemas` and `scenarios` found from the current folder upwards: give one with --pack"
            .to_owned()
    })
}

/// Loads contract and scenarios, or returns everything that is wrong with them.
pub fn load(root: &Path) -> Result<(Contract, Library), Problems> {
    let contract = Contract::load(root)?;
    let mut problems = Problems(contract.check_names(&crate::check::names()));
    match scenario::load(root, &contract) {
        Ok(library) => {
            let named = library.tests.iter().flat_map(|test| test.clauses.iter().map(String::as_str)).collect();
            problems.0.extend(contract.check_cover(&named));
            problems.or((contract, library))
        }
        Err(further) => {
            problems.0.extend(further.0);
            Err(problems)
        }
    }
}

/// SHA-256 over contract and scenarios.
pub fn joint_hash(contract: &Contract, library: &Library) -> String {
    hex(&Sha256::digest(format!("{}{}", contract.hash, library.hash)))
}

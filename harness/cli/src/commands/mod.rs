//! The subcommands of the installed binary, except `run` and `merge`.

mod certify;
mod changed;
mod compare;
mod docs;
mod doctor;
mod explain;
mod history;
mod init;
mod inspect;
mod learn;
mod list;
mod manual;
mod prove;
mod prove_proxy;
mod prove_redundant;
mod prove_shared;
pub(crate) mod repro;
mod reproduce;
mod serve;

pub use certify::certify;
pub use compare::compare;
pub use docs::docs;
pub use doctor::doctor;
pub use explain::explain;
pub use history::history;
pub use init::init;
pub use inspect::{schema, validate};
pub use list::list;
pub use manual::{completions, man, version, welcome};
pub use prove::prove;
pub use repro::repro;
pub use serve::serve;

use std::path::PathBuf;

use crate::flags::PackArgs;
use crate::run::{Abort, load_finished, load_pack, pack_root, refuse_unknown_variables, usage};
use judge::target::TargetFile;
use spec::contract::Contract;
use spec::scenario::Library;

/// Loads a pack, for commands that send nothing. Refuses unknown `CONFORMANCE_…` variables, except for credentials of
/// actors: the shell may have credentials for another pack.
fn loaded(pack: &PackArgs) -> Result<(Contract, Library), Abort> {
    let (contract, library) = read_pack(pack)?;
    // The commands that need the target file report its errors.
    let file = pack.target.as_deref().and_then(|path| TargetFile::load(path, &contract).ok());
    if pack.target.is_none() || file.is_some() {
        refuse_unknown_variables(None, file.as_ref())?;
    }
    Ok((contract, library))
}

/// Loads a pack and the target file, if one is given. Refuses unknown variables, and credentials of actors that neither
/// the file nor the pack has.
fn loaded_with_target(pack: &PackArgs) -> Result<(Contract, Library, Option<TargetFile>), Abort> {
    with_target(pack, read_pack(pack)?)
}

/// The same for a pack that must be finished, unless it is a draft.
fn loaded_finished(pack: &PackArgs) -> Result<(Contract, Library, Option<TargetFile>), Abort> {
    let read = if pack.draft { read_pack(pack)? } else { load_finished(&root_of(pack)?)? };
    with_target(pack, read)
}

fn with_target(
    pack: &PackArgs,
    (contract, library): (Contract, Library),
) -> Result<(Contract, Library, Option<TargetFile>), Abort> {
    let file = match &pack.target {
        Some(path) => Some(TargetFile::load(path, &contract)?),
        None => None,
    };
    refuse_unknown_variables(Some(&contract), file.as_ref())?;
    Ok((contract, library, file))
}

fn read_pack(pack: &PackArgs) -> Result<(Contract, Library), Abort> {
    Ok(load_pack(&root_of(pack)?, pack.draft)?)
}

fn root_of(pack: &PackArgs) -> Result<PathBuf, Abort> {
    pack_root(pack.pack.as_deref()).map_err(usage)
}

//! What the installed binary can do besides running.

mod certify;
mod compare;
mod docs;
mod doctor;
mod explain;
mod history;
mod inspect;
mod prove;
mod repro;
mod reproduce;
mod serve;

pub use certify::certify;
pub use compare::compare;
pub use docs::docs;
pub use doctor::doctor;
pub use explain::explain;
pub use history::history;
pub use inspect::{list, schema, validate};
pub use prove::prove;
pub use repro::repro;
pub use serve::serve;

use crate::cli::PackArgs;
use crate::contract::Contract;
use crate::run::{Refusal, load, pack_root, refuse_unknown_variables};
use crate::scenario::Library;

fn loaded(pack: &PackArgs) -> Result<(Contract, Library), Refusal> {
    let root = pack_root(pack.pack.as_deref()).map_err(|message| Refusal::Usage(format!("error: {message}")))?;
    let (contract, library) = load(&root)?;
    // The environment may hold credentials for another pack; what sends with them (`doctor`) looks at their names, too.
    refuse_unknown_variables(None, None)?;
    Ok((contract, library))
}

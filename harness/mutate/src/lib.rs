//! Mutation testing of a pack against any target: which faults of an API would its tests not notice?
//!
//! A proxy stands between the harness and the target. It forwards every request unchanged and changes one kind of
//! response: that is a [`Mutation`], a value that a YAML file can hold. `prove` (the neighbouring module) needs a reference
//! with faults built in; this needs nothing but a target that the tests pass against.
//!
//! 1. `generate` makes mutations from the contract, and `blame` says which clauses a perfect pack reports for each.
//! 2. `campaign` runs all tests through a proxy that changes nothing. From these responses it is known which tests
//!    receive one that a mutation would change.
//! 3. Then it runs those tests for each mutation, through a proxy that applies it.
//! 4. `score` and `render` make the result of that.
//!
//! As everywhere in the engine, no name of an API stands here; they come from the pack.

mod baseline;
mod blame;
mod body;
mod campaign;
mod change;
pub mod embedded;
mod generate;
mod members;
mod mutation;
mod order;
pub mod pairs;
mod place;
pub mod prove;
mod proxy;
mod render;
mod route;
mod score;

pub use self::generate::generate;
pub use baseline::{Answer, Baseline, Known};
pub use campaign::{Campaign, Origin};
pub use change::{Surroundings, apply};
pub use mutation::{Answers, Change, Mutation, Subject, When, read, write};
pub use proxy::Proxy;
pub use render::{Summary, json, markdown, terminal};
pub use route::Route;
pub use score::{Changed, Counts, Kill, Outcome, Row, Score};

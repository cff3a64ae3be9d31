//! Mutation testing of a pack against any target: which faults of an API do its tests not notice?
//!
//! A proxy runs between the harness and the target. It forwards every request unchanged and changes one kind of
//! response. A [`Mutation`] says which responses it changes and how; YAML files contain mutations. The module [`prove`]
//! needs a reference with mutants. Mutation testing with the proxy needs only a target that passes the tests.
//!
//! 1. `generate` makes mutations from the contract, and `clauses_of_mutation` finds the clauses that each of them violates.
//! 2. `campaign` runs all tests through a proxy that changes nothing. The recorded responses show which tests receive a
//!    response that a mutation changes.
//! 3. For each mutation, `campaign` runs these tests through a proxy that applies the mutation.
//! 4. `score` and `render` show the result.
//!
//! `variants` are changes that no contract forbids. They run in the same way, and no test may report them.
//!
//! The names of the API come from the pack. None of them is in this crate.

mod allowed;
mod baseline;
mod body;
mod campaign;
mod change;
mod clauses_of_mutation;
pub mod combinations;
pub mod embedded;
mod expected;
mod generate;
mod members;
mod mutation;
mod notation;
mod observed;
mod order;
pub mod pairs;
mod place;
pub mod prove;
mod proxy;
mod redundancy;
mod relay;
mod render;
mod route;
mod schedule;
mod score;
mod situation;
mod variants;

pub use self::generate::{generate, situations};
pub use allowed::{Allowed, SurvivorFile};
pub use baseline::{Baseline, ObservedResponse, PassingTest};
pub use campaign::{Campaign, Origin};
pub use change::{Surroundings, apply};
pub use mutation::{Case, Change, Mutation, MutationFile, Subject, When, of_pack, read, write};
pub use observed::Observed;
pub use proxy::{Edit, Proxy};
pub use redundancy::{Need, Noticed, Redundancy};
pub use relay::Message;
pub use render::{Summary, json, markdown, terminal};
pub use route::Route;
pub use schedule::Schedule;
pub use score::{Changed, Counts, Kill, MutationOutcome, MutationResult, Score};
pub use situation::{Parts, Previous, RequestPart, ResponseKind};
pub use variants::{Alarms, Reaction, Verdict, variants};

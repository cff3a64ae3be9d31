//! A small Customer Verification API that keeps its error contract, and breaks it on request.
//!
//! It is an independent reading of the published error-code page: the conformance harness runs against it
//! to show that it stays silent where the contract is kept, and, with one of the [`mutants`] switched on,
//! that it notices the violation. With one of the permitted [`variants`] it keeps the contract otherwise, and silence
//! is called for again. All state lives in memory and ends with the [`Running`] server.

mod answer;
mod api;
mod auth;
mod clock;
mod credentials;
mod customers;
mod documents;
mod errors;
mod fields;
mod formats;
mod idempotency;
mod ids;
mod intermittent;
mod json;
mod leaks;
mod limiter;
mod memory;
mod mutants;
mod no_content;
mod options;
#[cfg(test)]
mod oracles;
mod respond;
mod route;
mod sandbox;
mod server;
mod switches;
mod times;
mod tokens;
mod variants;
mod verification;
mod violations;
mod webhooks;
mod wire;
mod words;
mod writing;

pub use credentials::{Credential, credentials};
pub use intermittent::{Intermittent, intermittent};
pub use mutants::{Mutant, mutant, mutants};
pub use options::Options;
pub use route::serves;
pub use server::{Running, loopback, start};
pub use tokens::token;
pub use variants::{Variant, variant, variants};

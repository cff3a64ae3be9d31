//! A small Customer Verification API that keeps its error contract, and violates it on request.
//!
//! It is an independent implementation of the published error-code page. The conformance harness tests itself against
//! it. Without options the harness must report nothing. With one of the [`mutants`] it must report the violation. With
//! one of the conforming [`variants`] the server keeps the contract in another way, and the harness must report nothing
//! again. All state is kept in memory and ends with the [`Running`] server.

mod app;
mod auth;
#[cfg(test)]
mod catalogues;
mod clock;
mod credentials;
mod customers;
mod dispatch;
mod documents;
mod errors;
mod fields;
mod formats;
mod idempotency;
mod ids;
mod json;
mod limiter;
mod mutants;
mod operations;
mod options;
#[cfg(test)]
mod oracles;
mod request;
mod respond;
mod route;
mod rules;
mod sandbox;
mod server;
mod settings;
mod state;
mod success;
mod tokens;
mod transport;
mod variants;
mod verification;
mod webhooks;
mod wire;

pub use credentials::{Credential, credentials};
pub use mutants::{Intermittent, Mutant, intermittent, mutant, mutants};
pub use options::Options;
pub use route::serves;
pub use server::{Running, loopback, start};
pub use tokens::token;
pub use variants::{Variant, variant, variants};

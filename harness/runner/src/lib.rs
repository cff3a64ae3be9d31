//! Runs tests against a target: the only crate that sends requests.
//!
//! `client` and `webhook` are the two directions of HTTP. `execute` runs scenarios and properties on them, `preflight`
//! looks at the target before the first test, `schedule` selects and orders the tests of a run, and `repro` writes a test as a shell
//! script. What a response means is not decided here but in the crate `judge`.

pub mod client;
pub mod execute;
pub mod preflight;
pub mod random;
pub mod repro;
pub mod schedule;
pub mod webhook;

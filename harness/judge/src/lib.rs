//! Judges what a target did: pure functions of recorded exchanges, without network and clock. It reads one file, the
//! target file.
//!
//! `check` holds the checks that judge every exchange, `expect` the expectations of scenarios. Both make findings.
//! `coverage` says what the responses show about the clauses, and `verdict` turns the record of a test into one of five
//! verdicts, with the known deviations of a `target`.

pub mod check;
pub mod coverage;
pub mod delivery;
pub mod exchange;
pub mod expect;
pub mod finding;
mod header;
pub mod matcher;
pub mod preflight;
pub mod record;
pub mod secret;
pub mod signature;
pub mod target;
pub mod verdict;

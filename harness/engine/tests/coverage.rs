//! Coverage that is earned: what an answer shows of a clause, and what a run upholds where an actor, a capability or
//! half of the API is missing.

#[path = "coverage/evidence.rs"]
mod evidence;
#[path = "coverage/half_built.rs"]
mod half_built;
#[path = "coverage/runs.rs"]
mod runs;
#[path = "coverage/unset.rs"]
mod unset;

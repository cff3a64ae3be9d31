//! Coverage of clauses: which responses are evidence that a clause is upheld, and what a run reports if an actor, a
//! capability or half of the API is missing.

#[path = "coverage/evidence.rs"]
mod evidence;
#[path = "coverage/half_built.rs"]
mod half_built;
#[path = "coverage/runs.rs"]
mod runs;
#[expect(dead_code, reason = "each test uses a part of it")]
mod shared;
#[path = "coverage/unset.rs"]
mod unset;

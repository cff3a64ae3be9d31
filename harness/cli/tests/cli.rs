//! End-to-end tests of the program `conformance`: exit codes, standard output and error, and the files it writes.
//!
//! Each module is about one area; `support` starts the program and the servers that it talks to.

#[path = "cli/built_in.rs"]
mod built_in;
#[path = "cli/cookbook.rs"]
mod cookbook;
#[path = "cli/explaining.rs"]
mod explaining;
#[path = "cli/gating.rs"]
mod gating;
#[path = "cli/instances.rs"]
mod instances;
#[path = "cli/learning.rs"]
mod learning;
#[path = "cli/limits.rs"]
mod limits;
#[path = "cli/merging.rs"]
mod merging;
#[path = "cli/options.rs"]
mod options;
#[path = "cli/preflight.rs"]
mod preflight;
#[path = "cli/program.rs"]
mod program;
#[path = "cli/proving.rs"]
mod proving;
#[path = "cli/reproducing.rs"]
mod reproducing;
#[path = "cli/running.rs"]
mod running;
#[path = "cli/secrets.rs"]
mod secrets;
#[path = "cli/selecting.rs"]
mod selecting;
#[expect(dead_code, reason = "each test uses a part of it")]
mod shared;
#[path = "../../packs/parcel/stub.rs"]
mod stub;
#[path = "cli/support.rs"]
mod support;
#[path = "cli/targeting.rs"]
mod targeting;
#[path = "cli/terminal.rs"]
mod terminal;
#[path = "cli/validating.rs"]
mod validating;
#[path = "cli/writing.rs"]
mod writing;

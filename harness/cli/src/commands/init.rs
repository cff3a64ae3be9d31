//! Drafting a pack for another API.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use super::learn::learn;
use crate::flags::InitArgs;
use crate::run::{Refusal, load};
use init::{Outcome, Pack, Sources, generate, write};
use report::output::{say, tell};
use spec::source::Problems;

/// Writes a pack. Exit code 2 where the description cannot be used or what a person has changed does not load, 3 where what
/// was generated does not load.
pub fn init(arguments: &InitArgs) -> ExitCode {
    match drafted(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(refusal) => refusal.tell(),
    }
}

fn drafted(arguments: &InitArgs) -> Result<(), Refusal> {
    let usage = |message: String| Refusal::Usage(format!("error: {message}"));
    let sources = Sources {
        openapi: arguments.openapi.clone(),
        page: arguments.page.clone(),
        problem_json: arguments.problem_json,
        name: arguments.name.clone(),
        auth: arguments.auth.clone(),
    };
    let mut pack = generate(&sources, &[]).map_err(usage)?;
    try_out(&pack, |_| Ok(()))?;
    if let Some(url) = &arguments.learn {
        let learned = try_out(&pack, |folder| learn(folder, url, arguments.create))?;
        say!("{} error responses of {url} were looked at", learned.len());
        pack = generate(&sources, &learned).map_err(usage)?;
        try_out(&pack, |_| Ok(()))?;
    }
    let outcome = write(&arguments.dir, &pack.files).map_err(usage)?;
    for warning in &pack.warnings {
        tell!("warning: {warning}");
    }
    say_outcome(&arguments.dir, &outcome);
    let (contract, library) = load(&arguments.dir)?;
    say!(
        "{} operations, {} codes, {} clauses, {} tests; next: conformance run --pack {} --target-url {}",
        contract.operations.len(),
        contract.catalog.codes.len(),
        contract.clauses.len(),
        library.tests.len(),
        arguments.dir.display(),
        arguments.learn.as_ref().unwrap_or(&pack.base)
    );
    Ok(())
}

/// Loads the pack from a folder of its own before anything is written where it belongs, and does something there.
fn try_out<T>(pack: &Pack, then: impl FnOnce(&Path) -> Result<T, Refusal>) -> Result<T, Refusal> {
    let folder = Scratch::new().map_err(Refusal::Inconclusive)?;
    write(&folder.0, &pack.files).map_err(Refusal::Inconclusive)?;
    load(&folder.0).map_err(|problems| Refusal::Inconclusive(fault_of_ours(&problems)))?;
    then(&folder.0)
}

fn fault_of_ours(problems: &Problems) -> String {
    let all: Vec<String> = problems.0.iter().map(|problem| problem.rendered()).collect();
    format!(
        "the pack that was generated does not load, which is a fault of this program; nothing was written\n\n{}",
        all.join("\n\n")
    )
}

fn say_outcome(folder: &Path, outcome: &Outcome) {
    say!("{}: {} files written", folder.display(), outcome.written);
    for name in &outcome.kept {
        say!("kept {name}, which was changed; the new version is {name}.new");
    }
    for name in &outcome.removed {
        say!("removed {name}, which is not needed any more");
    }
}

/// A folder that goes when it is no longer used.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> Result<Self, String> {
        let folder = std::env::temp_dir().join(format!("conformance-init-{}", std::process::id()));
        fs::create_dir_all(&folder).map_err(|error| format!("cannot write {}: {error}", folder.display()))?;
        Ok(Self(folder))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

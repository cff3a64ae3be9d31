//! `init`: drafts a pack for another API.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use super::learn::learn;
use crate::flags::InitArgs;
use crate::run::{Abort, load, usage};
use init::{Pack, Sources, WrittenPack, generate, generate_to_learn, write};
use report::output::{err_line, out_line};
use spec::contract::is_to_do;
use spec::source::{Problems, built_in_files};

/// Writes a pack. The exit code is 2 if the description cannot be used, or if the pack does not load because a person
/// has changed it. It is 3 if the generated pack does not load.
pub fn init(arguments: &InitArgs) -> Result<ExitCode, Abort> {
    let Some(openapi) = &arguments.openapi else {
        let files = built_in_files().iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned()));
        let outcome = write(&arguments.dir, &files.collect()).map_err(usage)?;
        say_outcome(&arguments.dir, &outcome);
        say_pack(&arguments.dir, None)?;
        return Ok(ExitCode::SUCCESS);
    };
    let sources = Sources {
        openapi: openapi.clone(),
        page: arguments.page.clone(),
        problem_json: arguments.problem_json,
        name: arguments.name.clone(),
        auth: arguments.auth.clone(),
        url: arguments.learn.clone(),
    };
    let mut learned = Vec::new();
    if let Some(url) = &arguments.learn {
        // Requests that may create something are sent only with `--create`.
        let asked = generate_to_learn(&sources, arguments.create).map_err(usage)?;
        learned = try_out(&asked, |folder| learn(folder, url, arguments.create))?;
        out_line!("{} error responses of {url} were used", learned.iter().filter(|one| one.is_error()).count());
    }
    let pack = generate(&sources, &learned).map_err(usage)?;
    try_out(&pack, |_| Ok(()))?;
    let outcome = write(&arguments.dir, &pack.files).map_err(usage)?;
    for warning in &pack.warnings {
        err_line!("warning: {warning}");
    }
    say_outcome(&arguments.dir, &outcome);
    say_pack(&arguments.dir, Some(&pack.base))?;
    if arguments.learn.is_none() {
        say_learn(&arguments.dir, openapi)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Says how to get codes if the documentation has none.
fn say_learn(folder: &Path, openapi: &Path) -> Result<(), Abort> {
    let (contract, _) = load(folder)?;
    if contract.catalog.codes.is_empty() {
        out_line!(
            "no error code is documented, so no test expects one; to take codes from the responses of the API: \
             conformance init --openapi {} --learn URL --create {}",
            openapi.display(),
            folder.display()
        );
    }
    Ok(())
}

/// Loads the written pack, and says what is in it and how to run it.
fn say_pack(folder: &Path, url: Option<&String>) -> Result<(), Abort> {
    let (contract, library) = load(folder)?;
    let target = url.map_or_else(|| "--reference".to_owned(), |url| format!("--target-url {url}"));
    out_line!(
        "{} operations, {} codes, {} clauses, {} tests; next: conformance run --pack {} {target}",
        contract.operations.len(),
        contract.catalog.codes.len(),
        contract.clauses.len(),
        library.tests.len(),
        folder.display(),
    );
    let to_do =
        contract.clauses.iter().filter_map(|clause| clause.excluded.as_deref()).filter(|one| is_to_do(one)).count();
    if to_do > 0 {
        let plural = if to_do == 1 { "clause has" } else { "clauses have" };
        out_line!(
            "{to_do} {plural} no test yet; after the first run, complete scenarios/sketches.yaml until this finds nothing: \
             conformance validate --pack {}",
            folder.display()
        );
    }
    Ok(())
}

/// Loads the pack from a temporary folder, before anything is written to the folder of the pack. Then calls `then`.
fn try_out<T>(pack: &Pack, then: impl FnOnce(&Path) -> Result<T, Abort>) -> Result<T, Abort> {
    let folder = TemporaryFolder::new().map_err(Abort::Inconclusive)?;
    write(&folder.0, &pack.files).map_err(Abort::Inconclusive)?;
    load(&folder.0).map_err(|problems| Abort::Inconclusive(does_not_load(&problems)))?;
    then(&folder.0)
}

fn does_not_load(problems: &Problems) -> String {
    let all: Vec<String> = problems.0.iter().map(|problem| problem.rendered()).collect();
    format!(
        "the generated pack does not load, which is a fault of this program; nothing was written\n\n{}",
        all.join("\n\n")
    )
}

fn say_outcome(folder: &Path, outcome: &WrittenPack) {
    out_line!("{}: {} files written", folder.display(), outcome.written);
    for name in &outcome.kept {
        out_line!("did not overwrite {name}, because it was changed; the new version is {name}.new");
    }
    for name in &outcome.removed {
        out_line!("removed {name}, because the pack does not need it any more");
    }
}

/// A folder that is removed when this is dropped.
struct TemporaryFolder(PathBuf);

impl TemporaryFolder {
    fn new() -> Result<Self, String> {
        let folder = std::env::temp_dir().join(format!("conformance-init-{}", std::process::id()));
        fs::create_dir_all(&folder).map_err(|error| format!("cannot write {}: {error}", folder.display()))?;
        Ok(Self(folder))
    }
}

impl Drop for TemporaryFolder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

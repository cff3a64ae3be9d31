//! What `prove` and `prove --proxy` share: the choice by name, the committed witnesses, and written files.

use std::path::Path;

use crate::run::{Abort, usage};
use mutate::prove::Witnesses;
use report::output::err_line;
use report::write_whole;
use spec::source::{SourceFile, suggestion};

/// The committed witnesses, in the folder of the pack: for each mutant of the reference, tests that report it.
const WITNESSES: &str = "reports/witnesses.yaml";

pub(super) fn witnesses(root: &Path) -> Result<Witnesses, Abort> {
    let file = SourceFile::read(&root.join(WITNESSES), WITNESSES);
    let read = file.and_then(|file| Witnesses::parse(WITNESSES, &file.text));
    read.map_err(|problem| usage(problem.one_line()))
}

pub(super) fn is_chosen(words: &[String], name: &str) -> bool {
    words.is_empty() || words.iter().any(|word| name.contains(word.as_str()))
}

/// Refuses a word of `--only` that is in no name.
pub(super) fn refuse_unknown_words(what: &str, only: &[String], names: &[String], hint: &str) -> Result<(), Abort> {
    let Some(word) = only.iter().find(|word| !names.iter().any(|name| name.contains(word.as_str()))) else {
        return Ok(());
    };
    let hint = suggestion(word, names).unwrap_or_else(|| hint.to_owned());
    Err(usage(format!("no {what} has `{word}` in its name: {hint}")))
}

pub(super) fn write_file(path: &Path, text: &str) -> Result<(), Abort> {
    let refusal = |error| Abort::Inconclusive(format!("cannot write {}: {error}", path.display()));
    write_whole(path, text).map_err(refusal)?;
    err_line!("wrote {}", path.display());
    Ok(())
}

//! The committed witnesses: for each mutant of the reference, tests that report it.

use std::path::Path;

use crate::run::Abort;
use mutate::prove::Witnesses;
use spec::source::SourceFile;

/// The file with the witnesses, in the folder of the pack.
const WITNESSES: &str = "reports/witnesses.yaml";

pub(super) fn witnesses(root: &Path) -> Result<Witnesses, Abort> {
    let file = SourceFile::read(&root.join(WITNESSES), WITNESSES);
    let read = file.and_then(|file| Witnesses::parse(WITNESSES, &file.text));
    read.map_err(|problem| Abort::Usage(format!("error: {}", problem.one_line())))
}

//! Reports parts of the catalogue that nothing judges.

use super::catalog::ErrorCatalog;
use super::clauses::Clause;
use crate::source::{Problems, SourceFile, Step};

/// Reports parts of the catalogue that only one check uses, if no clause names this check.
pub(super) fn check(file: &SourceFile, catalog: &ErrorCatalog, clauses: &[Clause], problems: &mut Problems) {
    let status: &[&str] = &["envelope", "pointers", "status"];
    let parts: [(&[&str], bool, &str); 2] = [
        (&["headers"], !catalog.headers.is_empty(), "required-headers"),
        (status, catalog.envelope.pointers.status.is_some(), "status-in-body"),
    ];
    // Without clauses, their file is at fault.
    for (path, _, check) in parts.into_iter().filter(|(_, is_given, _)| *is_given && !clauses.is_empty()) {
        if clauses.iter().any(|clause| clause.checks.iter().any(|name| name == check)) {
            continue;
        }
        let at: Vec<Step> = path.iter().map(|key| Step::from(*key)).collect();
        let name = path.last().copied().unwrap_or_default();
        let problem =
            file.problem(&at, format!("nothing judges `{name}`, because no clause names the check `{check}`"));
        let help = format!("add `checks: [{check}]` to a clause in schemas/clauses.yaml");
        problems.0.push(problem.with_help(Some(help)));
    }
}

//! `docs`: compares a published error-code page with the catalogue.

use std::path::Path;
use std::process::ExitCode;

use super::loaded;
use crate::flags::PackArgs;
use crate::run::{Abort, usage};
use init::docs_check::{Comparison, compare};
use report::output::out_line;
use spec::source::{Problems, SourceFile};

/// Prints each difference between a published error-code page and the catalogue. Differences give exit code 1, a page
/// without any error code gives 2.
pub fn docs(path: &Path, pack: &PackArgs) -> Result<ExitCode, Abort> {
    let (contract, _) = loaded(pack)?;
    let mut problems = Problems::default();
    let files = (
        problems.take(SourceFile::read(path, path.display().to_string())),
        problems.take(SourceFile::in_pack(&contract.root, "schemas/errors.yaml")),
    );
    let (Some(page), Some(catalog)) = files else {
        return Err(problems.into());
    };
    let comparison = compare(&page, &contract, &catalog);
    if comparison.counts.codes == 0 {
        return Err(usage(format!(
            "{}: no error code was found on this page; codes are read from headings, tables, lists, examples, and sentences that put the status behind the code: `A_CODE` (404)",
            page.name
        )));
    }
    print(path, &comparison);
    Ok(ExitCode::from(u8::from(!comparison.differences.is_empty())))
}

fn print(path: &Path, comparison: &Comparison) {
    for difference in &comparison.differences {
        out_line!("{}\n", difference.rendered());
    }
    let counts = comparison.counts;
    let found = comparison.differences.len();
    let verdict = match found {
        0 => "page and catalogue agree".to_owned(),
        1 => "1 difference".to_owned(),
        _ => format!("{found} differences"),
    };
    out_line!(
        "{}: {} codes, {} statuses, {} examples, {} headers: {verdict}",
        path.display(),
        counts.codes,
        counts.statuses,
        counts.examples,
        counts.headers
    );
}

//! Checks the entries of `headers` in `errors.yaml`.

use super::catalog::{ErrorCatalog, OccursIn};
use super::openapi::Operation;
use super::required_header::RequiredHeader;
use crate::comparison::{self, Comparison, ComparisonFault};
use crate::source::{Problems, SourceFile, suggestion};
use crate::status;

/// A fault of an entry: the member, the message, and what to do.
type Mistake = (&'static str, String, Option<String>);

/// Reports entries that no response can meet, that every response meets, or that never apply.
pub(super) fn check(file: &SourceFile, catalog: &ErrorCatalog, operations: &[Operation], problems: &mut Problems) {
    // If the description itself has errors, its operations are incomplete.
    let known: Option<Vec<String>> =
        problems.0.is_empty().then(|| operations.iter().map(|operation| operation.id.clone()).collect());
    for (index, entry) in catalog.headers.iter().enumerate() {
        let of_operations = known.iter().flat_map(|known| faults_of_operations(known, entry));
        let faults = faults_of(catalog, entry).into_iter().chain(of_operations).chain(faults_of_value(entry));
        for (member, message, help) in faults {
            let at = ["headers".into(), index.into(), member.into()];
            problems.0.push(file.problem(&at, message).with_help(help));
        }
    }
}

fn faults_of(catalog: &ErrorCatalog, entry: &RequiredHeader) -> Vec<Mistake> {
    let mut faults: Vec<Mistake> = Vec::new();
    if http::HeaderName::from_bytes(entry.header.as_bytes()).is_err() {
        faults.push(("header", format!("`{}` is not a valid header name", entry.header), None));
    }
    if entry.status.is_empty() && entry.code.is_empty() {
        let help = "add `status`, such as `5xx`, or `code`".to_owned();
        faults.push(("header", format!("no response must carry `{}`", entry.header), Some(help)));
    }
    for pattern in &entry.status {
        let listed = std::slice::from_ref(pattern);
        if !status::is_pattern(pattern) {
            let help = "write a number from 100 to 599, or a class such as `4xx`".to_owned();
            faults.push(("status", format!("`{pattern}` is not a valid status"), Some(help)));
        } else if !catalog.statuses.iter().any(|status| status::matches(listed, *status)) {
            faults.push(("status", format!("none of the documented `statuses` is {pattern}"), None));
        }
    }
    for code in &entry.code {
        match catalog.code(code) {
            None => {
                faults.push(("code", format!("unknown code `{code}`"), suggestion(code, &catalog.code_names())));
            }
            Some(known) if known.occurs_in == OccursIn::DeliveryLog => {
                let help = "remove it: no response has a header because of it".to_owned();
                faults.push(("code", format!("`{code}` occurs only in delivery logs"), Some(help)));
            }
            Some(_) => {}
        }
    }
    faults
}

fn faults_of_operations(known: &[String], entry: &RequiredHeader) -> Vec<Mistake> {
    let unknown = entry.operation.iter().filter(|name| !known.contains(name));
    unknown.map(|name| ("operation", format!("unknown operation `{name}`"), suggestion(name, known))).collect()
}

fn faults_of_value(entry: &RequiredHeader) -> Vec<Mistake> {
    let comparison = Comparison {
        equals: entry.equals.as_deref(),
        contains: entry.contains.as_deref(),
        matches: entry.matches.as_deref(),
        below: entry.below,
        at_least: entry.at_least,
    };
    comparison::faults(&comparison).into_iter().map(|fault| worded(fault, &comparison)).collect()
}

fn worded(fault: ComparisonFault, comparison: &Comparison<'_>) -> Mistake {
    let help = |text: &str| Some(text.to_owned());
    match fault {
        ComparisonFault::ContainsNothing => {
            ("contains", "every value contains the empty string".to_owned(), help("remove it"))
        }
        ComparisonFault::Pattern(reason) => {
            ("matches", format!("this is not a valid regular expression: {reason}"), None)
        }
        ComparisonFault::MatchesEverything => (
            "matches",
            "this regular expression accepts every value".to_owned(),
            help("anchor it with `^` and `$`, or remove it"),
        ),
        ComparisonFault::EmptyRange(below, least) => {
            ("below", format!("no integer is below {below} and at least {least}"), None)
        }
        ComparisonFault::Contradiction => {
            let equals = comparison.equals.unwrap_or_default();
            ("equals", format!("`{equals}` does not satisfy the other matchers"), help("remove them"))
        }
    }
}

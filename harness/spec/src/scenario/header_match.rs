//! Validates the expectation of a header: it must reject some values and accept some.

use std::collections::BTreeSet;

use regex::Regex;

use super::Variables;
use super::fault::Fault;
use super::template::{self, Template};
use super::wanted::HeaderMatch;

pub(super) fn faults(
    name: &str,
    matcher: &HeaderMatch,
    variables: &Variables,
    optional: &BTreeSet<String>,
    faults: &mut Vec<Fault>,
) {
    let mut report = |message: String, help: &str| faults.push(Fault::new(&["headers", name], message, help));
    if !is_name(name) {
        report(format!("`{name}` is not a valid header name"), "");
    }
    let texts = [&matcher.equals, &matcher.contains, &matcher.matches, &matcher.below, &matcher.at_least];
    let compares = texts.iter().any(|text| text.is_some());
    if !compares && matcher.present.is_none() {
        report(
            format!("nothing is asserted about the header `{name}`"),
            "add `present: true`, or one of `equals`, `contains`, `matches`, `below`, `at_least`",
        );
    }
    if matcher.present == Some(false) && compares {
        report(format!("`{name}` has both `present: false` and a comparison"), "remove one of the two");
    }
    if matcher.where_sent && matcher.present.is_some() {
        report("`where_sent` and `present` contradict each other".to_owned(), "remove one of the two");
    }
    if matcher.play != 0 && (matcher.at_least.is_none() || matcher.play < 0) {
        report(
            "`play` needs `at_least`, and must not be negative".to_owned(),
            "remove it, or make it positive and add `at_least`",
        );
    }
    if let Some(message) =
        texts.iter().copied().flatten().find_map(|text| may_be_null(text, optional)).filter(|_| !matcher.where_sent)
    {
        report(message, "add `where_sent: true`, or keep it without `optional`");
    }
    comparisons(matcher, variables, &mut report);
}

fn comparisons(matcher: &HeaderMatch, variables: &Variables, report: &mut impl FnMut(String, &str)) {
    // A variable that is kept from an answer has no value yet.
    let filled = |text: &Option<String>| text.as_ref().and_then(|text| template::text(text, variables).ok());
    let (equals, contains) = (filled(&matcher.equals), filled(&matcher.contains));
    if contains.as_deref() == Some("") {
        report("every value contains the empty string".to_owned(), "write `present: true`");
    }
    let pattern = filled(&matcher.matches);
    match pattern.as_deref().and_then(pattern_fault) {
        Some(PatternFault::Invalid(reason)) => {
            report(format!("`matches` is not a valid regular expression: {reason}"), "");
        }
        Some(PatternFault::AcceptsEverything) => {
            report("`matches` accepts every value".to_owned(), "anchor it with `^` and `$`, or write `present: true`");
        }
        None => {}
    }
    let pattern = pattern.and_then(|text| Regex::new(&text).ok());
    let bound = |text: &Option<String>| filled(text).map(|text| text.parse::<i64>().map_err(|_| text));
    let (below, at_least) = (bound(&matcher.below), bound(&matcher.at_least));
    for text in [&below, &at_least].into_iter().filter_map(|bound| bound.as_ref()?.as_ref().err()) {
        report(format!("`{text}` is not an integer"), "");
    }
    let (below, at_least) = (below.and_then(Result::ok), at_least.and_then(Result::ok));
    if let (Some(below), Some(at_least)) = (below, at_least)
        && below <= at_least - matcher.play
    {
        report(format!("no integer is below {below} and at least {}", at_least - matcher.play), "");
    }
    let Some(equals) = equals else { return };
    let number = equals.parse::<i64>().ok();
    let is_satisfied = contains.is_none_or(|part| equals.contains(&part))
        && pattern.is_none_or(|pattern| pattern.is_match(&equals))
        && below.is_none_or(|below| number.is_some_and(|number| number < below))
        && at_least.is_none_or(|least| number.is_some_and(|number| number >= least - matcher.play));
    if !is_satisfied {
        report(format!("`{equals}` does not satisfy the other matchers beside `equals`"), "remove them");
    }
}

fn may_be_null(text: &str, optional: &BTreeSet<String>) -> Option<String> {
    let template = Template::parse(text);
    let name = template.names().into_iter().find(|name| optional.contains(*name))?;
    Some(format!("`{name}` is kept as `optional`, so it may be null"))
}

/// What is wrong with a regular expression.
pub(super) enum PatternFault {
    Invalid(String),
    AcceptsEverything,
}

pub(super) fn pattern_fault(pattern: &str) -> Option<PatternFault> {
    match Regex::new(pattern) {
        Err(error) => Some(PatternFault::Invalid(last_line(&error.to_string()).to_owned())),
        Ok(pattern) if pattern.is_match("") && pattern.is_match("\u{1}~ nothing sends this") => {
            Some(PatternFault::AcceptsEverything)
        }
        Ok(_) => None,
    }
}

fn last_line(text: &str) -> &str {
    text.lines().next_back().unwrap_or(text).trim_start_matches("error: ")
}

/// Whether a text is a field name of RFC 9110, section 5.1.
pub(super) fn is_name(name: &str) -> bool {
    http::HeaderName::from_bytes(name.as_bytes()).is_ok()
}

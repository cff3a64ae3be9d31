//! Validates the expectation of a header: it must reject some values and accept some.

use std::collections::BTreeSet;

use super::Variables;
use super::mistake::Mistake;
use super::template::{self, Template};
use super::written_expectation::HeaderMatch;
use crate::comparison::{self, Comparison, ComparisonFault};

pub(super) fn faults(
    name: &str,
    matcher: &HeaderMatch,
    variables: &Variables,
    optional: &BTreeSet<String>,
    faults: &mut Vec<Mistake>,
) {
    let mut report = |message: String, help: &str| faults.push(Mistake::new(&["headers", name], message, help));
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
    if matcher.optional && matcher.present.is_some() {
        report("`optional` and `present` contradict each other".to_owned(), "remove one of the two");
    }
    if matcher.tolerance != 0 && (matcher.at_least.is_none() || matcher.tolerance < 0) {
        report(
            "`tolerance` needs `at_least`, and must not be negative".to_owned(),
            "remove it, or make it positive and add `at_least`",
        );
    }
    if let Some(message) =
        texts.iter().copied().flatten().find_map(|text| may_be_null(text, optional)).filter(|_| !matcher.optional)
    {
        report(message, "add `optional: true` to the header, or keep the variable without `optional`");
    }
    comparisons(matcher, variables, &mut report);
}

fn comparisons(matcher: &HeaderMatch, variables: &Variables, report: &mut impl FnMut(String, &str)) {
    // A variable that is kept from a response has no value yet.
    let filled = |text: &Option<String>| text.as_ref().and_then(|text| template::text(text, variables).ok());
    let [equals, contains, matches] = [&matcher.equals, &matcher.contains, &matcher.matches].map(filled);
    let bound = |text: &Option<String>, report: &mut dyn FnMut(String, &str)| {
        let text = filled(text)?;
        text.parse::<i64>().inspect_err(|_| report(format!("`{text}` is not an integer"), "")).ok()
    };
    let below = bound(&matcher.below, report);
    let at_least = bound(&matcher.at_least, report).map(|least| least - matcher.tolerance);
    let comparison = Comparison {
        equals: equals.as_deref(),
        contains: contains.as_deref(),
        matches: matches.as_deref(),
        below,
        at_least,
    };
    for fault in comparison::faults(&comparison) {
        match fault {
            ComparisonFault::ContainsNothing => {
                report("every value contains the empty string".to_owned(), "write `present: true`");
            }
            ComparisonFault::Pattern(reason) => {
                report(format!("`matches` is not a valid regular expression: {reason}"), "");
            }
            ComparisonFault::MatchesEverything => {
                let help = "anchor it with `^` and `$`, or write `present: true`";
                report("`matches` accepts every value".to_owned(), help);
            }
            ComparisonFault::EmptyRange(below, least) => {
                report(format!("no integer is below {below} and at least {least}"), "");
            }
            ComparisonFault::Contradiction => {
                let equals = equals.as_deref().unwrap_or_default();
                report(format!("`{equals}` does not satisfy the other matchers"), "remove them");
            }
        }
    }
}

fn may_be_null(text: &str, optional: &BTreeSet<String>) -> Option<String> {
    let template = Template::parse(text);
    let name = template.names().into_iter().find(|name| optional.contains(*name))?;
    Some(format!("`{name}` is kept as `optional`, so it may be null"))
}

/// Whether a text is a field name of RFC 9110, section 5.1.
pub(super) fn is_name(name: &str) -> bool {
    http::HeaderName::from_bytes(name.as_bytes()).is_ok()
}

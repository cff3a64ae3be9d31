//! Compiling what is expected of a header: it must be able to fail, and able to hold.

use std::collections::BTreeSet;

use regex::Regex;

use super::expectation::Fault;
use super::wanted::HeaderMatch;
use super::{Variables, template};

/// What is wrong with the expectation of one header.
pub(super) fn faults(
    name: &str,
    wanted: &HeaderMatch,
    variables: &Variables,
    optional: &BTreeSet<String>,
    faults: &mut Vec<Fault>,
) {
    let mut say = |message: String, help: &str| faults.push(Fault::new(&["headers", name], message, help));
    if !is_name(name) {
        say(format!("`{name}` is not a valid header name"), "");
    }
    let texts = [&wanted.equals, &wanted.contains, &wanted.matches, &wanted.below, &wanted.at_least];
    let compares = texts.iter().any(|text| text.is_some());
    if !compares && wanted.present.is_none() {
        say(
            format!("nothing is expected of `{name}`, so any answer will do"),
            "say `present: true`, or one of `equals`, `contains`, `matches`, `below`, `at_least`",
        );
    }
    if wanted.present == Some(false) && compares {
        say(format!("`{name}` must not be sent, and is compared all the same"), "remove one of the two");
    }
    if wanted.where_sent && wanted.present.is_some() {
        say(
            "`where_sent` says that the header may be absent, `present` decides it".to_owned(),
            "remove one of the two",
        );
    }
    if wanted.play != 0 && (wanted.at_least.is_none() || wanted.play < 0) {
        say(
            "`play` is how much less than `at_least` is still good".to_owned(),
            "remove it, or make it positive and say `at_least`",
        );
    }
    if let Some(message) =
        texts.iter().copied().flatten().find_map(|text| may_be_null(text, optional)).filter(|_| !wanted.where_sent)
    {
        say(message, "say `where_sent: true`, or keep it without `optional`");
    }
    comparisons(wanted, variables, &mut say);
}

fn comparisons(wanted: &HeaderMatch, variables: &Variables, say: &mut impl FnMut(String, &str)) {
    // What is kept from an answer has no value yet.
    let filled = |text: &Option<String>| text.as_ref().and_then(|text| template::text(text, variables).ok());
    let (equals, contains) = (filled(&wanted.equals), filled(&wanted.contains));
    if contains.as_deref() == Some("") {
        say("every value contains the empty text".to_owned(), "say `present: true`");
    }
    let pattern = filled(&wanted.matches).map(|text| Regex::new(&text));
    match &pattern {
        Some(Err(error)) => {
            say(format!("`matches` is not a valid regular expression: {}", last_line(&error.to_string())), "")
        }
        Some(Ok(pattern)) if pattern.is_match("") && pattern.is_match("\u{1}~ nothing sends this") => {
            say("`matches` accepts every value".to_owned(), "anchor it with `^` and `$`, or say `present: true`");
        }
        _ => {}
    }
    let bound = |text: &Option<String>| filled(text).map(|text| text.parse::<i64>().map_err(|_| text));
    let (below, at_least) = (bound(&wanted.below), bound(&wanted.at_least));
    for text in [&below, &at_least].into_iter().filter_map(|bound| bound.as_ref()?.as_ref().err()) {
        say(format!("`{text}` is not an integer, so nothing can be compared with it"), "");
    }
    let (below, at_least) = (below.and_then(Result::ok), at_least.and_then(Result::ok));
    if let (Some(below), Some(at_least)) = (below, at_least)
        && below <= at_least - wanted.play
    {
        say(format!("no integer is below {below} and not below {}", at_least - wanted.play), "");
    }
    let Some(equals) = equals else { return };
    let number = equals.parse::<i64>().ok();
    let holds = contains.is_none_or(|part| equals.contains(&part))
        && pattern.and_then(Result::ok).is_none_or(|pattern| pattern.is_match(&equals))
        && below.is_none_or(|below| number.is_some_and(|number| number < below))
        && at_least.is_none_or(|least| number.is_some_and(|number| number >= least - wanted.play));
    if !holds {
        say(format!("`{equals}` does not meet the other matchers beside `equals`"), "remove them");
    }
}

fn may_be_null(text: &str, optional: &BTreeSet<String>) -> Option<String> {
    let name = template::names(text).into_iter().find(|name| optional.contains(*name))?;
    Some(format!("`{name}` is kept as `optional`, so there may be nothing to compare with"))
}

fn last_line(text: &str) -> &str {
    text.lines().next_back().unwrap_or(text).trim_start_matches("error: ")
}

/// A field name of RFC 9110, section 5.1.
pub(super) fn is_name(name: &str) -> bool {
    http::HeaderName::from_bytes(name.as_bytes()).is_ok()
}

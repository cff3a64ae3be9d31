//! Comparisons of a header's value that cannot be met, or that every value meets. `errors.yaml` and scenarios both
//! write such comparisons, and each words the fault for its own reader.

use regex::Regex;

/// The comparisons of one entry; those that are absent hold for every value.
pub(crate) struct Comparison<'a> {
    pub(crate) equals: Option<&'a str>,
    pub(crate) contains: Option<&'a str>,
    pub(crate) matches: Option<&'a str>,
    pub(crate) below: Option<i64>,
    pub(crate) at_least: Option<i64>,
}

pub(crate) enum ComparisonFault {
    ContainsNothing,
    /// `matches` is not a regular expression, for this reason.
    Pattern(String),
    MatchesEverything,
    /// No integer is below the first and at least the second.
    EmptyRange(i64, i64),
    /// `equals` contradicts another comparison.
    Contradiction,
}

pub(crate) fn faults(comparison: &Comparison<'_>) -> Vec<ComparisonFault> {
    let mut faults = Vec::new();
    if comparison.contains == Some("") {
        faults.push(ComparisonFault::ContainsNothing);
    }
    let pattern = comparison.matches.map(Regex::new);
    match &pattern {
        Some(Err(error)) => {
            let text = error.to_string();
            let reason = text.lines().next_back().unwrap_or_default().trim_start_matches("error: ");
            faults.push(ComparisonFault::Pattern(reason.to_owned()));
        }
        Some(Ok(pattern)) if pattern.is_match("") && pattern.is_match("\u{1}~ nothing sends this") => {
            faults.push(ComparisonFault::MatchesEverything);
        }
        _ => {}
    }
    if let (Some(below), Some(at_least)) = (comparison.below, comparison.at_least)
        && below <= at_least
    {
        faults.push(ComparisonFault::EmptyRange(below, at_least));
    }
    let Some(equals) = comparison.equals else { return faults };
    let number = equals.parse::<i64>().ok();
    let is_met = comparison.contains.is_none_or(|part| equals.contains(part))
        && pattern.and_then(Result::ok).is_none_or(|pattern| pattern.is_match(equals))
        && comparison.below.is_none_or(|below| number.is_some_and(|number| number < below))
        && comparison.at_least.is_none_or(|least| number.is_some_and(|number| number >= least));
    if !is_met {
        faults.push(ComparisonFault::Contradiction);
    }
    faults
}

//! Findings whose expected value is not part of the defect: the same mistake shows with many of them.
//!
//! - An error that names the field in another spelling does so for every field and every clause about fields. So does one
//!   that always names the same field.
//! - A webhook that is delivered too often is so whichever number a test expects.
//! - A list that lacks an element lacks it whatever else a test expects of the element.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::expected::ABSENT;
use super::{Group, Item};
use crate::model::{FindingReport, Report};
use judge::finding::EXPECTATION;

/// The check for the field that an error names.
const FIELD_CHECK: &str = "field-names-member";
/// The shape of another spelling of the expected field.
const OTHER_SPELLING: &str = "the same name in another spelling";
/// The shape of a field that is written as a JSON Pointer, of whichever field.
const POINTER: &str = "a JSON Pointer";
/// The shape of another name.
const OTHER_NAME: &str = "another name";
const ARRAY: &str = "an array";
/// If errors name one field in the place of this many others, they always name it.
const MANY_FIELDS: usize = 3;

/// How many deliveries there were, compared with the documented number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Number {
    None,
    Fewer,
    More,
}

impl Number {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Number::None => "none",
            Number::Fewer => "fewer",
            Number::More => "more",
        }
    }
}

/// What the errors of a report say about fields.
pub(super) struct Fields<'r> {
    /// The names that errors give in the place of many others.
    constant: HashSet<&'r str>,
    /// True if any error names a field.
    named: bool,
}

impl<'r> Fields<'r> {
    pub(super) fn of(report: &'r Report, findings: &[Item<'r>]) -> Self {
        let mut exchanges = report.tests.iter().flat_map(|test| &test.exchanges);
        Self { constant: constant_names(findings), named: exchanges.any(|exchange| exchange.field.is_some()) }
    }
}

fn constant_names<'r>(findings: &[Item<'r>]) -> HashSet<&'r str> {
    let mut expected: BTreeMap<&'r str, BTreeSet<&'r str>> = BTreeMap::new();
    for finding in findings.iter().map(|item| item.finding).filter(|finding| finding.check == FIELD_CHECK) {
        expected.entry(&finding.actual).or_default().insert(&finding.expected);
    }
    expected.into_iter().filter(|(_, fields)| fields.len() >= MANY_FIELDS).map(|(name, _)| name).collect()
}

/// The group of such a finding.
pub(super) fn of<'r>(finding: &'r FindingReport, fields: &Fields<'r>) -> Option<Group<'r>> {
    let defect = finding.defect();
    if finding.check == FIELD_CHECK {
        let is_spelling = defect.actual == POINTER || is_path_to(&finding.actual, &finding.expected);
        let actual = if is_spelling { OTHER_SPELLING } else { defect.actual };
        let detail = match actual {
            OTHER_SPELLING => "",
            // Each code has its own place in a server that forgets the field; some servers never name one.
            ABSENT if fields.named => &finding.key.response,
            ABSENT => "",
            OTHER_NAME if fields.constant.contains(finding.actual.as_str()) => &finding.actual,
            _ => defect.expected,
        };
        return Some(Group::Field(actual, detail, finding.level));
    }
    if finding.check != EXPECTATION {
        return None;
    }
    if finding.part == "deliveries" {
        return number(finding).map(|number| Group::Deliveries(number, finding.level));
    }
    let of_list = defect.actual == ARRAY && defect.expected.starts_with(ARRAY);
    of_list.then_some(Group::Lacks(&finding.key.operation, &finding.key.place, finding.level))
}

/// `"body.email"` is a path to `"email"`.
fn is_path_to(actual: &str, expected: &str) -> bool {
    let name = expected.trim_matches('"');
    let parent = actual.trim_matches('"').strip_suffix(name).filter(|_| !name.is_empty());
    parent.is_some_and(|parent| parent.ends_with(|last: char| !last.is_alphanumeric()))
}

/// `exactly 1 attempt …` and `2 attempts` are more.
fn number(finding: &FindingReport) -> Option<Number> {
    let expected = first_number(finding.expected.strip_prefix("exactly ")?)?;
    let actual = if finding.actual == "none" { 0 } else { first_number(&finding.actual)? };
    match actual {
        0 => Some(Number::None),
        actual if actual < expected => Some(Number::Fewer),
        actual if actual > expected => Some(Number::More),
        _ => None,
    }
}

fn first_number(text: &str) -> Option<u64> {
    text.split(' ').next()?.parse().ok()
}

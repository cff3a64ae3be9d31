//! Known deviations: violations that are accepted for a limited time. An entry describes one violation so precisely
//! that it does not hide any other.

use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer};

use crate::finding;
use crate::finding::{EXPECTATION, Finding, Key, PLACES, Part};
use spec::contract::Contract;
use spec::source::{Problems, SourceFile, Step, suggestion};

/// A known violation: it still runs, but does not fail the run while it is as described.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Deviation {
    /// The clause that is known to be broken. This, `tests` or `responses` must be given.
    pub clause: Option<String>,
    /// The tests that show it: a name in which `*` matches any text. All tests when absent.
    pub tests: Option<String>,
    /// The check that reports it, or `expectation` for an assertion of a scenario. Any check when absent.
    pub check: Option<String>,
    /// Its place in the response: `status`, `header NAME`, `body`, `body /pointer`, `connection` or `deliveries`; `*` matches any index. Any place when absent.
    pub place: Option<String>,
    /// The `operationId`s of the operations that show it. All operations when empty.
    #[serde(default)]
    pub operations: Vec<String>,
    /// What is expected there: one of these, as in the `key` of a finding in the JSON report. Any value when empty.
    #[serde(default)]
    pub expected: Vec<String>,
    /// The shape of the actual value there: one of these, as in the `key` of a finding. Any shape when empty.
    #[serde(default)]
    pub actual: Vec<String>,
    /// The shape of the whole response: one of these, as in the `key` of a finding. Any shape when empty.
    #[serde(default)]
    pub responses: Vec<String>,
    /// Why it is accepted for now.
    pub reason: String,
    /// The ticket under which it is being fixed.
    pub ticket: String,
    /// Who is responsible for it.
    pub owner: Option<String>,
    /// The last day on which it is accepted, as YYYY-MM-DD.
    #[serde(deserialize_with = "day")]
    pub expires: chrono::NaiveDate,
    /// True if the violation is intermittent.
    #[serde(default)]
    pub flaky: bool,
    /// The line in the target file.
    #[serde(skip)]
    pub line: usize,
}

impl Deviation {
    /// True if the entry applies to this test.
    pub fn covers(&self, test: &str) -> bool {
        self.tests.as_deref().is_none_or(|pattern| fits(pattern, test))
    }

    /// True if the entry describes this finding of the test.
    pub fn describes(&self, test: &str, finding: &Finding, key: Option<&Key>) -> bool {
        let same = |wanted: &Option<String>, found: &str| wanted.as_ref().is_none_or(|wanted| wanted == found);
        self.covers(test)
            && same(&self.clause, &finding.clause)
            && same(&self.check, &finding.check)
            && self.place.as_deref().is_none_or(|place| same_place(place, &finding.part))
            && self.fits(key)
    }

    /// True if each part of the key has one of the values that the entry lists for it.
    fn fits(&self, key: Option<&Key>) -> bool {
        let one_of = |listed: &[String], part: fn(&Key) -> &String| {
            listed.is_empty() || key.is_some_and(|key| listed.contains(part(key)))
        };
        one_of(&self.operations, |key| &key.operation)
            && one_of(&self.expected, |key| &key.expected)
            && one_of(&self.actual, |key| &key.actual)
            && one_of(&self.responses, |key| &key.response)
    }

    /// What the entry is about, in a few words.
    pub fn subject(&self) -> String {
        match (&self.clause, &self.tests) {
            (Some(clause), _) => clause.clone(),
            (None, Some(tests)) => format!("what `{tests}` asserts"),
            (None, None) if !self.operations.is_empty() => self.operations.join(", "),
            (None, None) => "the contract".to_owned(),
        }
    }
}

/// Names of header fields are case-insensitive.
fn same_place(place: &str, part: &Part) -> bool {
    match part {
        Part::Header(_) => part.to_string().eq_ignore_ascii_case(place),
        _ => finding::place(&part.to_string()) == finding::place(place),
    }
}

/// Whether a name matches a pattern, in which `*` matches any text.
pub fn fits(pattern: &str, name: &str) -> bool {
    let mut pieces = pattern.split('*');
    let Some(mut rest) = pieces.next().and_then(|beginning| name.strip_prefix(beginning)) else {
        return false;
    };
    let pieces: Vec<&str> = pieces.collect();
    let Some((last, between)) = pieces.split_last() else {
        return rest.is_empty();
    };
    for piece in between {
        match rest.split_once(piece) {
            Some((_, after)) => rest = after,
            None => return false,
        }
    }
    rest.ends_with(last)
}

/// The value of an empty `expires` in a draft. `check` reports it together with all other empty members.
const UNSET_DAY: NaiveDate = NaiveDate::MIN;

fn day<'de, D: Deserializer<'de>>(deserializer: D) -> Result<NaiveDate, D::Error> {
    let text = String::deserialize(deserializer)?;
    if text.is_empty() {
        return Ok(UNSET_DAY);
    }
    let shape = text.len() == 10 && text.bytes().all(|byte| byte == b'-' || byte.is_ascii_digit());
    text.parse().ok().filter(|_| shape).ok_or_else(|| {
        serde::de::Error::custom(format!(
            "`{text}` is not a valid date: write the last day on which the violation is accepted as YYYY-MM-DD"
        ))
    })
}

/// Sets the line of each entry, and reports what is wrong with the entries.
pub(super) fn check(file: &SourceFile, deviations: &mut [Deviation], contract: &Contract, problems: &mut Problems) {
    let clauses: Vec<String> = contract.clauses.iter().map(|clause| clause.id.clone()).collect();
    let mut checks: Vec<String> = contract.clauses.iter().flat_map(|clause| clause.checks.clone()).collect();
    checks.push(EXPECTATION.to_owned());
    for (index, deviation) in deviations.iter_mut().enumerate() {
        let at = |member: &str| -> [Step; 3] { ["deviations".into(), index.into(), member.into()] };
        deviation.line = file.locate(&at("")[..2]).map_or(1, |place| place.line);
        let mut refuse = |member: &str, message: String, help: Option<String>| {
            problems.0.push(file.problem(&at(member), message).with_help(help));
        };
        if deviation.clause.is_none() && deviation.tests.is_none() && deviation.responses.is_empty() {
            let message = "a known deviation must have a `clause`, `tests` or `responses`";
            refuse("", message.to_owned(), Some("add `clause: ID` or `tests: PATTERN`".to_owned()));
        }
        let operations: Vec<String> = contract.operations.iter().map(|operation| operation.id.clone()).collect();
        for operation in deviation.operations.iter().filter(|operation| !operations.contains(operation)) {
            refuse("operations", format!("unknown operation `{operation}`"), suggestion(operation, &operations));
        }
        if let Some(clause) = deviation.clause.as_ref().filter(|clause| !clauses.contains(clause)) {
            refuse("clause", format!("unknown clause `{clause}`"), suggestion(clause, &clauses));
        }
        if let Some(check) = deviation.check.as_ref().filter(|check| !checks.contains(check)) {
            refuse("check", format!("unknown check `{check}`"), suggestion(check, &checks));
        }
        if let Some(place) = deviation.place.as_ref().filter(|place| Part::parse(place).is_none()) {
            let message = format!("`{place}` is not a valid place in a response");
            refuse("place", message, Some(format!("the places are {PLACES}")));
        }
        for (member, help) in empty_members(deviation) {
            refuse(member, format!("`{member}` is empty"), Some(help.to_owned()));
        }
    }
}

/// The members that a draft leaves empty, each with a help text.
fn empty_members(deviation: &Deviation) -> Vec<(&'static str, &'static str)> {
    let empty = |text: &str| text.trim().is_empty();
    [
        ("reason", "say why the violation is accepted for now", empty(&deviation.reason)),
        ("ticket", "name the ticket under which it is being fixed", empty(&deviation.ticket)),
        ("owner", "name who is responsible for it", deviation.owner.as_deref().is_some_and(empty)),
        ("expires", "give the last day on which it is accepted, as YYYY-MM-DD", deviation.expires == UNSET_DAY),
    ]
    .into_iter()
    .filter(|(_, _, is_empty)| *is_empty)
    .map(|(member, help, _)| (member, help))
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn star_in_a_pattern_matches_any_text() {
        for (pattern, name, wanted) in [
            ("a::b", "a::b", true),
            ("a::b", "a::bc", false),
            ("a::*", "a::b", true),
            ("*/b", "a/b", true),
            ("*/b", "a/bc", false),
            ("a*c*e", "abcde", true),
            ("a*c*e", "abcd", false),
            ("a*a", "a", false),
            ("*", "", true),
            ("", "a", false),
        ] {
            assert_eq!(fits(pattern, name), wanted, "{pattern} {name}");
        }
    }

    #[test]
    fn header_names_are_case_insensitive() {
        assert!(same_place("header retry-after", &Part::Header("Retry-After".into())));
        assert!(!same_place("body /A", &Part::Body("/a".into())));
    }

    #[test]
    fn days_must_be_written_as_iso_dates() {
        let read = |text: &str| {
            serde_json::from_str::<Deviation>(&format!(
                r#"{{ "clause": "A", "reason": "r", "ticket": "t", "expires": "{text}" }}"#
            ))
        };
        assert!(read("2030-01-31").is_ok());
        for text in ["2030-02-30", "31.01.2030", "2030-1-31", "tomorrow", "+2030-1-01"] {
            assert!(read(text).is_err_and(|error| error.to_string().contains("is not a valid date")), "{text}");
        }
    }
}

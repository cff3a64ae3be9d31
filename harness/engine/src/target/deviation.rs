//! Known deviations: violations that are let pass for a while, each described down to the mutant, so that
//! an entry hides nothing but what it speaks of.

use chrono::NaiveDate;
use serde::{Deserialize, Deserializer};

use crate::contract::Contract;
use crate::finding::{self, EXPECTATION, Finding, Key, PLACES, Part};
use crate::source::{Problems, SourceFile, Step, suggestion};

/// A known violation: it still runs, but does not fail the run while it is as described.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deviation {
    /// The clause that is known to be broken. This, `trials` or `answers` must be given.
    #[serde(default)]
    pub clause: Option<String>,
    /// The tests in which it is: a name, in which `*` stands for any text. All when absent.
    #[serde(default)]
    #[serde(rename = "trials")]
    pub tests: Option<String>,
    /// The check that reports it, `expectation` for a scenario's own assertion. Any when absent.
    #[serde(default)]
    pub check: Option<String>,
    /// Where in the answer it is: `status`, `header NAME`, `body`, `body /pointer`, `connection` or `deliveries`; `*` stands for an index. Anywhere when absent.
    #[serde(default)]
    pub place: Option<String>,
    /// The operations that show it, by their `operationId`. All when empty.
    #[serde(default)]
    pub operations: Vec<String>,
    /// What is expected there, one of these, as in the `key` of a finding in the JSON report. Anything when empty.
    #[serde(default)]
    pub expected: Vec<String>,
    /// The shape of what comes there, one of these, as in the `key` of a finding. Anything when empty.
    #[serde(default)]
    pub came: Vec<String>,
    /// The shape of the whole answer, one of these, as in the `key` of a finding. Anything when empty.
    #[serde(default)]
    pub answers: Vec<String>,
    /// Why it is let pass.
    pub reason: String,
    /// Where it is being worked on.
    pub ticket: String,
    /// Who sees to it.
    #[serde(default)]
    pub owner: Option<String>,
    /// The last day on which it is let pass, as YYYY-MM-DD.
    #[serde(deserialize_with = "day")]
    pub expires: chrono::NaiveDate,
    /// True when the violation comes and goes.
    #[serde(default)]
    pub flaky: bool,
    /// The line in the target file.
    #[serde(skip)]
    pub line: usize,
}

impl Deviation {
    /// True when the test is one of those that it speaks of.
    pub fn covers(&self, test: &str) -> bool {
        self.tests.as_deref().is_none_or(|pattern| fits(pattern, test))
    }

    /// True when it speaks of this finding of the test, and not of another one.
    pub fn describes(&self, test: &str, finding: &Finding, key: Option<&Key>) -> bool {
        let same = |wanted: &Option<String>, found: &str| wanted.as_ref().is_none_or(|wanted| wanted == found);
        self.covers(test)
            && same(&self.clause, &finding.clause)
            && same(&self.check, &finding.check)
            && self.place.as_deref().is_none_or(|place| same_place(place, &finding.part))
            && self.fits(key)
    }

    /// True when a key has one of the values that are listed for each of its parts.
    fn fits(&self, key: Option<&Key>) -> bool {
        let one_of = |listed: &[String], part: fn(&Key) -> &String| {
            listed.is_empty() || key.is_some_and(|key| listed.contains(part(key)))
        };
        one_of(&self.operations, |key| &key.operation)
            && one_of(&self.expected, |key| &key.expected)
            && one_of(&self.came, |key| &key.came)
            && one_of(&self.answers, |key| &key.answer)
    }

    /// What it speaks of, in a few words.
    pub fn subject(&self) -> String {
        match (&self.clause, &self.tests) {
            (Some(clause), _) => clause.clone(),
            (None, Some(tests)) => format!("what `{tests}` asserts"),
            (None, None) if !self.operations.is_empty() => self.operations.join(", "),
            (None, None) => "the contract".to_owned(),
        }
    }
}

/// Names of header fields have no case.
fn same_place(place: &str, part: &Part) -> bool {
    match part {
        Part::Header(_) => part.to_string().eq_ignore_ascii_case(place),
        _ => finding::place(&part.to_string()) == finding::place(place),
    }
}

/// Whether a name is as the pattern says, in which `*` stands for any text.
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

/// What an empty text of a draft is read as; `check` refuses it together with all other gaps.
const NO_DAY: NaiveDate = NaiveDate::MIN;

fn day<'de, D: Deserializer<'de>>(deserializer: D) -> Result<NaiveDate, D::Error> {
    let text = String::deserialize(deserializer)?;
    if text.is_empty() {
        return Ok(NO_DAY);
    }
    let shape = text.len() == 10 && text.bytes().all(|byte| byte == b'-' || byte.is_ascii_digit());
    text.parse().ok().filter(|_| shape).ok_or_else(|| {
        serde::de::Error::custom(format!(
            "`{text}` is no day of the calendar: write the last day on which the violation is let pass as YYYY-MM-DD"
        ))
    })
}

/// Notes the lines of the entries and says what is wrong with them.
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
        if deviation.clause.is_none() && deviation.tests.is_none() && deviation.answers.is_empty() {
            let message = "a known deviation names a `clause`, its `trials`, or the `answers` that show it";
            refuse("", message.to_owned(), Some("add `clause: ID` or `trials: PATTERN`".to_owned()));
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
            let message = format!("`{place}` is no place in an answer");
            refuse("place", message, Some(format!("the places are {PLACES}")));
        }
        for (member, gap) in gaps(deviation) {
            refuse(member, format!("`{member}` is empty"), Some(format!("{gap}; a person has to say it")));
        }
    }
}

/// What a draft leaves open, each with what is wanted.
fn gaps(deviation: &Deviation) -> Vec<(&'static str, &'static str)> {
    let empty = |text: &str| text.trim().is_empty();
    [
        ("reason", "say why the violation is let pass", empty(&deviation.reason)),
        ("ticket", "name where it is being worked on", empty(&deviation.ticket)),
        ("owner", "name who sees to it", deviation.owner.as_deref().is_some_and(empty)),
        ("expires", "give the last day on which it is let pass, as YYYY-MM-DD", deviation.expires == NO_DAY),
    ]
    .into_iter()
    .filter(|(_, _, open)| *open)
    .map(|(member, wanted, _)| (member, wanted))
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns() {
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
    fn header_names_have_no_case() {
        assert!(same_place("header retry-after", &Part::Header("Retry-After".into())));
        assert!(!same_place("body /A", &Part::Body("/a".into())));
    }

    #[test]
    fn days_are_written_in_one_way() {
        let read = |text: &str| {
            serde_json::from_str::<Deviation>(&format!(
                r#"{{ "clause": "A", "reason": "r", "ticket": "t", "expires": "{text}" }}"#
            ))
        };
        assert!(read("2030-01-31").is_ok());
        for text in ["2030-02-30", "31.01.2030", "2030-1-31", "tomorrow", "+2030-1-01"] {
            assert!(read(text).is_err_and(|error| error.to_string().contains("is no day")), "{text}");
        }
    }
}

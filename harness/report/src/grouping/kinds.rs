//! Findings whose expected value is not part of the defect: the same mistake shows with many of them.
//!
//! - An error that names the field in another spelling does so for every field and every clause about fields.
//! - A webhook that is delivered too often is so whichever number a test expects.
//! - A log that lacks an entry lacks it whatever else a test expects of the entry.

use super::Group;
use crate::model::FindingReport;
use crate::queries::Defect;
use judge::finding::EXPECTATION;

/// The check for the field that an error names.
const FIELD_CHECK: &str = "field-names-member";
/// The shape of another spelling of the expected field.
const OTHER_SPELLING: &str = "the same name in another spelling";
const ARRAY: &str = "an array";

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

/// The group of such a finding.
pub(super) fn of(finding: &FindingReport) -> Option<Group<'_>> {
    let defect = finding.defect();
    if finding.check == FIELD_CHECK {
        let detail = match defect.came {
            OTHER_SPELLING => "",
            // Each code has its own place in a server that forgets the field.
            "absent" => &finding.key.answer,
            _ => defect.expected,
        };
        return Some(Group::Field(defect.came, detail, finding.level));
    }
    if finding.check != EXPECTATION {
        return None;
    }
    if finding.part == "deliveries" {
        return number(finding).map(|number| Group::Deliveries(number, finding.level));
    }
    let of_list = defect.came == ARRAY && defect.expected.starts_with(ARRAY);
    of_list.then_some(Group::Same(Defect { expected: ARRAY, ..defect }, finding.level))
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

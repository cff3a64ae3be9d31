//! Validates the names of tests: `--list` must print each on one line, and people and tools must be able to copy it.

use serde_json::Value;

use super::compile::At;
use crate::source::{Problem, Problems, Step};

const HELP: &str = "give the case a name of its own: `cases: [{ case: NAME, … }]`";

/// Reports a case whose name contains an unprintable character; `row` is its index if the rows are in the scenario
/// itself.
pub(super) fn refuse_unprintable(at: &At<'_>, row: Option<usize>, name: &str, problems: &mut Problems) {
    let below: Vec<Step> = match row {
        Some(row) => vec!["cases".into(), row.into(), "case".into()],
        None => vec!["cases".into()],
    };
    problems.0.extend(problem(at, &below, name));
}

/// Reports a value of `each` that would put an unprintable character into a name.
pub(super) fn refuse_unprintable_value(
    at: &At<'_>,
    variable: &str,
    index: usize,
    value: &Value,
    problems: &mut Problems,
) {
    if let Some(text) = value.as_str() {
        problems.0.extend(problem(at, &["each".into(), variable.into(), index.into()], text));
    }
}

fn problem(at: &At<'_>, below: &[Step], name: &str) -> Option<Problem> {
    let found = name.chars().find(|one| is_unprintable(*one))?;
    let message = format!("the name of a test cannot contain {} (U+{:04X})", kind(found), u32::from(found));
    Some(at.problem(below, message).with_help(Some(HELP.to_owned())))
}

fn kind(found: char) -> &'static str {
    match found {
        '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => "a line end",
        '\t' => "a tab",
        _ if found.is_control() => "a control character",
        _ => "an invisible character that changes the direction or the order of text",
    }
}

/// Control characters, line ends, and characters that are invisible or change the direction of text.
fn is_unprintable(one: char) -> bool {
    one.is_control()
        || matches!(one, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unprintable_characters_are_recognised() {
        for one in ['\n', '\t', '\u{7}', '\u{202e}', '\u{2066}', '\u{200b}', '\u{feff}', '\u{85}'] {
            assert!(is_unprintable(one), "{one:?}");
        }
        for one in ['a', ' ', 'é', '漢', '/', '😀', '\u{a0}'] {
            assert!(!is_unprintable(one), "{one:?}");
        }
    }
}

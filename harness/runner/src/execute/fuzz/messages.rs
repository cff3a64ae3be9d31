//! Describes a case in one line: the place of the value, the value without invisible characters, the rule, and the
//! result.

use serde_json::Value;

use generate::{Assertion, Content, Input};
use judge::exchange::{Exchange, Response};
use judge::finding::{Finding, Part};
use spec::scenario::Property;

/// The longest shown value, in characters.
const LONGEST: usize = 120;

/// `dateOfBirth "2023-02-29" (29-february-in-a-common-year)`; the name of an example has the word before it.
pub(super) fn subject(property: &Property, rule: usize, input: &Input) -> String {
    let rule = &property.rules[rule].rule;
    let name = if rule.is_example() { format!("example {}", rule.name) } else { rule.name.to_string() };
    let companion = match (&property.companion, &input.companion) {
        (Some(member), Some(value)) => format!(" with {member} {}", visible(&value.to_string())),
        _ => String::new(),
    };
    format!("{} {}{companion} ({name})", property.slot.name(), shown(&input.content))
}

/// The message for an unmet assertion: the subject and what happened instead.
pub(super) fn assertion(subject: &str, assertion: Assertion, finding: &Finding, exchange: Option<&Exchange>) -> String {
    let response = exchange.and_then(Exchange::response);
    let status = response.map_or(0, |response| response.status);
    let result = match assertion {
        _ if finding.part == Part::Connection => "got no response".to_owned(),
        _ if status >= 500 => "caused a server error".to_owned(),
        _ if response.is_some_and(Response::is_success) => "was accepted".to_owned(),
        Assertion::Accepted => "was refused".to_owned(),
        Assertion::Refused(_) | Assertion::Handled => format!("got {}", finding.actual),
    };
    format!("{subject} {result}")
}

/// A generated value as one line without invisible characters.
pub(super) fn shown(content: &Content) -> String {
    match content {
        Content::Json(Value::String(text)) => quoted(text),
        Content::Json(value) => visible(&value.to_string()),
        Content::JsonText(text) => visible(text),
        Content::Large(text) => quoted(text),
        Content::Document(spec) => format!("a document: {}", visible(&serde_json::json!(spec).to_string())),
        Content::Segment(text) => quoted(text),
        Content::Absent => "left out".to_owned(),
        Content::Body(bytes) => match std::str::from_utf8(bytes) {
            Ok(text) => quoted(text),
            Err(_) => {
                let escaped: String = bytes.iter().flat_map(|byte| byte.escape_ascii()).map(char::from).collect();
                format!("b\"{}\"", cut(&escaped))
            }
        },
    }
}

fn quoted(text: &str) -> String {
    let count = text.chars().count();
    let suffix = if count > LONGEST { format!(" of {count} characters") } else { String::new() };
    let start: String = text.chars().take(LONGEST + 1).collect();
    format!("\"{}\"{suffix}", cut(&escaped(&start)))
}

fn visible(text: &str) -> String {
    let start: String = text.chars().take(LONGEST + 1).collect();
    cut(&start.chars().map(plain_or_escaped).collect::<String>())
}

fn escaped(text: &str) -> String {
    text.chars()
        .map(|letter| match letter {
            '"' | '\\' => format!("\\{letter}"),
            other => plain_or_escaped(other),
        })
        .collect()
}

/// Only ASCII is shown unescaped, because digits of other scripts look like ASCII digits.
fn plain_or_escaped(letter: char) -> String {
    match letter {
        ' '..='~' => letter.to_string(),
        other => other.escape_default().to_string(),
    }
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        None => text.to_owned(),
        Some((at, _)) => format!("{}…", &text[..at]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn invisible_characters_are_escaped() {
        assert_eq!(shown(&Content::Json(json!("1990-05-17\n"))), r#""1990-05-17\n""#);
        assert_eq!(shown(&Content::Json(json!("١a\u{202e}\""))), r#""\u{661}a\u{202e}\"""#);
        assert_eq!(shown(&Content::Json(json!([1, "x"]))), r#"[1,"x"]"#);
        assert_eq!(shown(&Content::Body(b"{\xff".to_vec())), r#"b"{\xff""#);
    }

    #[test]
    fn long_values_are_cut_and_show_their_length() {
        let shown = shown(&Content::Large("a".repeat(5000).into()));
        assert!(shown.ends_with("…\" of 5000 characters"), "{shown}");
        assert!(shown.chars().count() < 200);
    }
}

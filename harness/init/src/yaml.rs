//! Writes YAML as text, so that comments have their places and short steps fit in one line.

use serde_json::{Map, Value};

/// A list entry that is longer is written with one member per line.
pub(super) const WIDTH: usize = 118;
/// YAML 1.2, section 7.4.2: a key without a mark has at most 1024 characters.
const MAX_PLAIN_KEY_LENGTH: usize = 1000;
/// The comment on a line that a person has to check.
pub(super) const GUESS: &str = "# guess: check against the documentation";

/// A value in flow style.
pub(super) fn flow(value: &Value) -> String {
    match value {
        Value::String(text) => scalar(text),
        Value::Array(items) => format!("[{}]", items.iter().map(flow).collect::<Vec<_>>().join(", ")),
        Value::Object(members) if members.is_empty() => "{}".to_owned(),
        Value::Object(members) => format!("{{ {} }}", pairs(members).join(", ")),
        other => other.to_string(),
    }
}

/// A list, or its only element.
pub(super) fn one_or_many<T: serde::Serialize>(all: &[T]) -> Value {
    if let [one] = all { serde_json::json!(one) } else { serde_json::json!(all) }
}

fn pairs(members: &Map<String, Value>) -> Vec<String> {
    members.iter().map(|(key, value)| format!("{}: {}", self::key(key), flow(value))).collect()
}

/// The name of a member. A long one needs a mark before it, or parsers do not read it as a name.
fn key(name: &str) -> String {
    let text = scalar(name);
    if text.len() < MAX_PLAIN_KEY_LENGTH { text } else { format!("? {text} ") }
}

/// A text. It is quoted if YAML would read another value without quotes.
pub(super) fn scalar(text: &str) -> String {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "_-./ ".contains(letter);
    let is_plain = text.starts_with(|first: char| first.is_ascii_alphabetic() || first == '/' || first == '_')
        && !text.ends_with(' ')
        && text.chars().all(plain)
        && !is_reserved(text);
    if is_plain { text.to_owned() } else { Value::String(text.to_owned()).to_string() }
}

fn is_reserved(text: &str) -> bool {
    ["true", "false", "null", "yes", "no", "on", "off", "y", "n"].contains(&text.to_ascii_lowercase().as_str())
}

/// An entry of a list: one line if it fits, else one line per member. `note` is a comment at the end.
pub(super) fn entry(members: &Map<String, Value>, indent: usize, note: Option<&str>) -> String {
    let space = " ".repeat(indent);
    let note = note.map(|note| format!("  {note}")).unwrap_or_default();
    let line = format!("{space}- {}", flow(&Value::Object(members.clone())));
    if line.len() + note.len() <= WIDTH {
        return format!("{line}{note}\n");
    }
    let lines: Vec<String> = pairs(members);
    format!("{space}- {}{note}\n", lines.join(&format!("\n{space}  ")))
}

/// The same, with the comment behind the first line: it is about the whole entry, not about the last member.
pub(super) fn entry_about(members: &Map<String, Value>, indent: usize, note: Option<&str>) -> String {
    let text = entry(members, indent, note);
    match (note, text.trim_end().split_once('\n')) {
        (Some(note), Some((first, rest))) => {
            format!("{first}  {note}\n{}\n", rest.strip_suffix(note).unwrap_or(rest).trim_end())
        }
        _ => text,
    }
}

/// A key with a list in flow style. A long list has several lines.
pub(super) fn list(key: &str, items: &[String], indent: usize) -> String {
    let space = " ".repeat(indent);
    let mut out = format!("{space}{key}: [");
    let mut length = out.len();
    for (index, item) in items.iter().enumerate() {
        let item = scalar(item) + if index + 1 < items.len() { "," } else { "]" };
        if length + item.len() + 1 > WIDTH && index > 0 {
            out.push_str(&format!("\n{space}  "));
            length = indent + 2;
        } else if index > 0 {
            out.push(' ');
            length += 1;
        }
        length += item.len();
        out.push_str(&item);
    }
    if items.is_empty() {
        out.push(']');
    }
    out + "\n"
}

/// A text as comment lines.
pub(super) fn comment(text: &str) -> String {
    text.lines().map(|line| format!("# {line}").trim_end().to_owned() + "\n").collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn written_values_can_be_read_back() {
        let value = serde_json::json!({
            "a b": ["true", "x: y", "1", "#", "-", "~", "é", "a'b", "", "/p/q", " x", "null", "a\nb"],
            "n": [1, -2.5, true, null, {}, []],
            "${unique}": "${a} b",
            "long".repeat(2000): 1,
        });
        let read: Value = serde_yaml::from_str(&flow(&value)).expect("YAML");
        assert_eq!(read, value);
    }

    #[test]
    fn long_lists_are_folded() {
        let items: Vec<String> = (0..40).map(|number| format!("operation{number}")).collect();
        let text = list("operation", &items, 6);
        assert!(text.lines().count() > 2 && text.lines().all(|line| line.len() <= WIDTH + 2), "{text}");
        let read: Value = serde_yaml::from_str(&text).expect("YAML");
        assert_eq!(read["operation"].as_array().map(Vec::len), Some(40));
    }
}

//! A failing case of a property as an ordinary scenario: a readable file that is run like any other.

use serde_json::{Map, Value};

use super::property::{Property, PropertyRule, Slot};
use crate::contract::Contract;
use crate::fuzz::{Assertion, Content, Input, UNIQUE};

/// Longer values are not written: nobody could read the file.
const LONGEST: usize = 64 * 1024;
/// What stands in a body until a text takes its place.
const MARK: &str = "the-drawn-value-goes-here";

/// A case that fails.
pub struct Failure<'f> {
    /// The test that found it.
    pub test: &'f str,
    /// The property of that test.
    pub property: &'f Property,
    /// The place of its rule.
    pub rule: usize,
    /// What fails.
    pub input: &'f Input,
    /// The clauses that it breaks.
    pub clauses: &'f [String],
    /// By which seed it was generated, and as which case.
    pub seed: u64,
    /// The number of the case.
    pub case: usize,
}

/// The name of the file that keeps the failures of a rule, without its ending.
pub fn file_name(property: &Property, rule: usize) -> String {
    format!("{}-{}-{}", property.operation, property.slot.name(), property.rules[rule].rule.name)
}

/// A scenario file with the failures of one rule; the message of an error says why there can be none.
pub fn file_text(contract: &Contract, failures: &[Failure<'_>]) -> Result<String, String> {
    let first = failures.first().ok_or("no failure")?;
    let mut text = format!(
        "# Written by --save-failures, and run before all others: take it out once it is of no more use.\n\
         about: What {} found.\nscenarios:\n",
        first.test
    );
    for (index, failure) in failures.iter().enumerate() {
        let rule = &failure.property.rules[failure.rule];
        let name = match index {
            0 => rule.rule.name.to_owned(),
            _ => format!("{}-{}", rule.rule.name, index + 1),
        };
        text.push_str(&scenario(contract, failure, rule, &name)?);
    }
    Ok(text)
}

fn scenario(contract: &Contract, failure: &Failure<'_>, rule: &PropertyRule, name: &str) -> Result<String, String> {
    let property = failure.property;
    let sent = sent(contract, property, rule, failure.input)?;
    let mut text = format!("  - name: {name}\n    found_by: {}\n", quoted(failure.test));
    let clauses = clauses(failure, rule);
    text.push_str(&format!("    clauses: [{}]\n", clauses.join(", ")));
    text.push_str(&format!("    why: Drawn by seed {} as case {}.\n", failure.seed, failure.case));
    if !property.given.is_empty() {
        text.push_str(&format!("    given: [{}]\n", property.given.join(", ")));
    }
    if let Some(value) = &sent.variable {
        text.push_str(&format!("    cases:\n      - {{ case: smallest, value: {} }}\n", flow(value)));
    }
    text.push_str(&format!("    steps:\n      - call: {}\n        as: {}\n", property.operation, property.actor));
    if let [first, _, ..] = clauses.as_slice() {
        text.push_str(&format!("        clause: {first}\n"));
    }
    text.push_str(&format!("        {}\n        expect: {}\n", sent.line, expectation(rule)));
    Ok(text)
}

/// The clause of the assertion comes first: an unmet expectation breaks it.
fn clauses(failure: &Failure<'_>, rule: &PropertyRule) -> Vec<String> {
    let asserted = |clause: &String| *clause == rule.clause || failure.property.server_error.as_ref() == Some(clause);
    let mut clauses: Vec<String> = failure.clauses.to_vec();
    clauses.dedup();
    match clauses.iter().position(asserted) {
        Some(place) => clauses.swap(0, place),
        None => clauses.insert(0, rule.clause.clone()),
    }
    clauses
}

/// How a step sends the value: a line of YAML, and the variable that it takes, if it takes one.
struct Sent {
    line: String,
    variable: Option<Value>,
}

fn sent(contract: &Contract, property: &Property, rule: &PropertyRule, input: &Input) -> Result<Sent, String> {
    let (template, variable) = held(rule, input)?;
    let line = match (&property.slot, &input.content) {
        (Slot::Member(member), Content::JsonText(text)) => {
            let members = members(property, member, input, MARK.into());
            format!("raw: {}", quoted(&spliced(contract, property, members, text)?))
        }
        (Slot::Member(member), _) => {
            format!("with: {}", flow(&Value::Object(members(property, member, input, template))))
        }
        (Slot::Parameter(name), _) if variable.is_some() => format!("path: {{ {name}: \"${{raw(value)}}\" }}"),
        (Slot::Parameter(name), _) => format!("path: {{ {name}: {} }}", flow(&template)),
        (Slot::Body, Content::Body(bytes)) if std::str::from_utf8(bytes).is_err() => {
            format!("raw_base64: {}", crate::documents::encoded(bytes))
        }
        (Slot::Body, _) => format!("raw: {}", flow(&template)),
    };
    Ok(Sent { line, variable })
}

/// The value as it may stand in a template. One that holds what looks like a template is made a variable.
fn held(rule: &PropertyRule, input: &Input) -> Result<(Value, Option<Value>), String> {
    let value = match &input.content {
        Content::Json(Value::String(text)) if rule.rule.assertion != Assertion::Survived && text.contains(UNIQUE) => {
            return Ok((text.replace(UNIQUE, "${unique}").into(), None));
        }
        Content::Json(value) => value.clone(),
        Content::Large(text) if text.len() <= LONGEST => Value::from(&**text),
        Content::Large(text) => return Err(format!("a value of {} bytes is too long for a scenario", text.len())),
        Content::Segment(segment) => segment.clone().into(),
        Content::Body(bytes) => String::from_utf8_lossy(bytes).into(),
        Content::JsonText(_) => return Ok((Value::Null, None)),
    };
    Ok(if value.to_string().contains("${") { ("${value}".into(), Some(value)) } else { (value, None) })
}

fn members(property: &Property, member: &str, input: &Input, value: Value) -> Map<String, Value> {
    let mut members = property.with.clone();
    if let (Some(companion), Some(beside)) = (&property.companion, &input.companion) {
        members.insert(companion.clone(), beside.clone());
    }
    members.insert(member.to_owned(), value);
    members
}

/// The whole body as text, since no JSON value can hold what stands in it.
fn spliced(
    contract: &Contract,
    property: &Property,
    members: Map<String, Value>,
    text: &str,
) -> Result<String, String> {
    let example = contract.operation(&property.operation).and_then(|operation| operation.example.clone());
    let Some(Value::Object(mut body)) = example else {
        return Err(format!("{} has no example body", property.operation));
    };
    body.extend(members);
    let body = Value::Object(body).to_string();
    if body.contains("$document") {
        return Err("a body with a generated document in it cannot be written as text".to_owned());
    }
    // Within JSON's strings this is the same, and no template.
    Ok(body.replace(&format!("\"{MARK}\""), &text.replace("${", "\\u0024{")))
}

fn expectation(rule: &PropertyRule) -> String {
    let expect = &rule.expect;
    let mut parts = Vec::new();
    if expect.success {
        parts.push("success: true".to_owned());
    }
    for (said, key) in [(expect.any_documented, "any_documented"), (expect.any_refusal, "any_refusal")] {
        if said {
            parts.push(format!("{key}: true"));
        }
    }
    for (key, codes) in [("error", &expect.error), ("tolerate", &expect.tolerate)] {
        match codes.as_slice() {
            [] => {}
            [one] => parts.push(format!("{key}: {}", plain_or_quoted(one))),
            many => {
                let many: Vec<String> = many.iter().map(|code| plain_or_quoted(code)).collect();
                parts.push(format!("{key}: [{}]", many.join(", ")));
            }
        }
    }
    parts.extend(expect.field.as_ref().map(|field| format!("field: {}", plain_or_quoted(field))));
    if expect.must_answer {
        parts.push("must_answer: true".to_owned());
    }
    format!("{{ {} }}", parts.join(", "))
}

/// A value in YAML's flow style.
fn flow(value: &Value) -> String {
    match value {
        Value::String(text) => quoted(text),
        Value::Array(elements) => format!("[{}]", elements.iter().map(flow).collect::<Vec<_>>().join(", ")),
        Value::Object(members) if members.is_empty() => "{}".to_owned(),
        Value::Object(members) => {
            let members: Vec<String> =
                members.iter().map(|(name, inner)| format!("{}: {}", plain_or_quoted(name), flow(inner))).collect();
            format!("{{ {} }}", members.join(", "))
        }
        other => other.to_string(),
    }
}

fn plain_or_quoted(text: &str) -> String {
    let begins = text.starts_with(|letter: char| letter.is_ascii_alphabetic());
    let plain = text.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_');
    let word = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"].contains(&text.to_lowercase().as_str());
    if begins && plain && !word { text.to_owned() } else { quoted(text) }
}

/// A text in double quotes, with escapes for whatever is not plain ASCII.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' | '\\' => out.extend(['\\', letter]),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            ' '..='~' => out.push(letter),
            other => match u32::from(other) {
                unit @ 0..=0xFF => out.push_str(&format!("\\x{unit:02x}")),
                unit @ 0..=0xFFFF => out.push_str(&format!("\\u{unit:04x}")),
                unit => out.push_str(&format!("\\U{unit:08x}")),
            },
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_written_reads_back() {
        for value in [
            json!("a\0b\n\u{7f}\u{85}\u{202e}\u{feff}😀\"\\"),
            json!({ "no": [1, -2.5, null, true], "a b": {}, "x": { "y": "1: #" } }),
            json!("19:20"),
        ] {
            let read: Value = serde_yaml::from_str(&flow(&value)).expect("YAML");
            assert_eq!(read, value);
        }
    }
}

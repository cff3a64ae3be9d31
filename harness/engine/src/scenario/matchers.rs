//! Compiling the matchers of `expect.body`: a matcher that nothing can fail, and one that nothing can meet, are refused.

use std::collections::BTreeMap;

use serde_json::Value;

use super::expectation::Fault;
use super::wanted::MATCHERS;
use super::{Variables, template};
use crate::source::suggestion;

/// The JSON types that `$type` knows.
pub const TYPES: [&str; 7] = ["null", "boolean", "integer", "number", "string", "array", "object"];

/// What is wrong with the body of an expectation.
pub(super) fn faults(body: &BTreeMap<String, Value>, variables: &Variables, faults: &mut Vec<Fault>) {
    for (pointer, wanted) in body {
        let mut say = |message: String, help: &str| faults.push(Fault::new(&["body", pointer], message, help));
        let tokens = pointer.split('~').skip(1);
        if !pointer.is_empty() && !pointer.starts_with('/') {
            say(format!("`{pointer}` is not a JSON Pointer: it begins with `/`"), "");
        } else if tokens.into_iter().any(|rest| !rest.starts_with(['0', '1'])) {
            say(format!("`{pointer}` is not a JSON Pointer: `~` is written `~0`"), "");
        }
        value(wanted, variables, &mut say);
    }
    let absent = |wanted: &Value| matches!(wanted.get("$present"), Some(Value::Bool(false)));
    for (pointer, _) in body.iter().filter(|(_, wanted)| absent(wanted)) {
        let below = format!("{pointer}/");
        let contradicts = |(other, wanted): &(&String, &Value)| {
            other.starts_with(&below) && !absent(wanted) && wanted.get("$optional").is_none()
        };
        if let Some((other, _)) = body.iter().find(contradicts) {
            let message = format!("`{pointer}` must not be there, and `{other}` below it must");
            faults.push(Fault::new(&["body", pointer], message, "remove one of the two"));
        }
    }
}

fn value(wanted: &Value, variables: &Variables, say: &mut impl FnMut(String, &str)) {
    match wanted {
        Value::Object(members) if members.is_empty() => {
            say("`{}` accepts every object".to_owned(), "name members, or say `$type: object`");
        }
        Value::Object(members) => {
            let matcher = |name: &&String| name.starts_with('$') && !name.starts_with("${");
            if let Some(name) = members.keys().find(matcher).filter(|_| members.len() > 1) {
                say(
                    format!("the matcher `{name}` must be the only key of its object"),
                    "write each matcher in an object of its own",
                );
                return;
            }
            for (name, inner) in members {
                match name.strip_prefix('$').filter(|word| !word.starts_with('{')) {
                    Some(word) => operand(word, inner, variables, say),
                    None => value(inner, variables, say),
                }
            }
        }
        Value::Array(elements) => elements.iter().for_each(|inner| value(inner, variables, say)),
        _ => {}
    }
}

fn operand(word: &str, operand: &Value, variables: &Variables, say: &mut impl FnMut(String, &str)) {
    if !MATCHERS.contains(&word) {
        let known: Vec<String> = MATCHERS.iter().map(|name| (*name).to_owned()).collect();
        say(format!("unknown matcher `{word}`"), &suggestion(word, &known).unwrap_or_default());
        return;
    }
    if ["some", "none", "every", "not", "optional"].contains(&word) {
        return value(operand, variables, say);
    }
    // What is kept from an answer has no value yet.
    let Ok(filled) = template::value(operand, variables) else { return };
    let good = match word {
        "contains" => filled.as_str().is_some_and(|part| !part.is_empty()),
        "type" => filled.as_str().is_some_and(|name| TYPES.contains(&name)),
        _ => filled.is_boolean(),
    };
    if !good {
        let wanted = match word {
            "contains" => "a string that is not empty".to_owned(),
            "type" => format!("one of {}", TYPES.join(", ")),
            _ => "true or false".to_owned(),
        };
        say(format!("`${word}` must be {wanted}, found {filled}"), "");
    }
}

//! Templates: `${name}` in a string is replaced by a variable. A string that is nothing but one
//! template takes the variable's own JSON type. There are no expressions.

use serde_json::{Map, Value};

/// The variables of one trial, by name.
pub type Variables = Map<String, Value>;

/// A name that has no value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undefined(pub String);

/// Fills a text; values that are no strings are written as JSON.
pub fn text(template: &str, variables: &Variables) -> Result<String, Undefined> {
    let mut out = String::with_capacity(template.len());
    let mut rest = template;
    while let Some(at) = rest.find("${") {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let Some(length) = rest.find('}') else { break };
        let name = &rest[2..length];
        match lookup(name, variables)? {
            Value::String(text) => out.push_str(&text),
            other => out.push_str(&other.to_string()),
        }
        rest = &rest[length + 1..];
    }
    out.push_str(rest);
    Ok(out)
}

/// Fills every string in a value, keys included.
pub fn value(template: &Value, variables: &Variables) -> Result<Value, Undefined> {
    Ok(match template {
        Value::String(string) => match whole(string) {
            Some(name) => lookup(name, variables)?,
            None => Value::String(text(string, variables)?),
        },
        Value::Array(elements) => {
            Value::Array(elements.iter().map(|element| value(element, variables)).collect::<Result<_, _>>()?)
        }
        Value::Object(members) => Value::Object(object(members, variables)?),
        other => other.clone(),
    })
}

/// Fills every member of an object.
pub fn object(members: &Map<String, Value>, variables: &Variables) -> Result<Map<String, Value>, Undefined> {
    members.iter().map(|(key, inner)| Ok((text(key, variables)?, value(inner, variables)?))).collect()
}

/// The names that a text's templates use.
pub fn names(template: &str) -> Vec<&str> {
    template.split("${").skip(1).filter_map(|rest| rest.split_once('}').map(|(name, _)| name)).collect()
}

/// The names that a value's templates use.
pub fn names_in<'v>(template: &'v Value, found: &mut Vec<&'v str>) {
    match template {
        Value::String(string) => found.extend(names(string)),
        Value::Array(elements) => elements.iter().for_each(|element| names_in(element, found)),
        Value::Object(members) => members.iter().for_each(|(key, inner)| {
            found.extend(names(key));
            names_in(inner, found);
        }),
        _ => {}
    }
}

fn whole(string: &str) -> Option<&str> {
    let name = string.strip_prefix("${")?.strip_suffix('}')?;
    (!name.contains(['{', '}'])).then_some(name)
}

fn lookup(name: &str, variables: &Variables) -> Result<Value, Undefined> {
    if let Some(found) = variables.get(name) {
        return Ok(found.clone());
    }
    let other = name.strip_prefix("unlike.").and_then(|name| variables.get(name)).and_then(|value| match value {
        Value::String(text) => Some(unlike(text)),
        Value::Number(number) => Some(unlike(&number.to_string())),
        _ => None,
    });
    other.map(Value::String).ok_or_else(|| Undefined(name.to_owned()))
}

/// An id of the same shape that is very unlikely to exist: short numbers grow by six digits, in
/// anything else the last eight letters and digits become others of their kind. The shape of ids is
/// the API's own affair, so a made-up id could be refused for its shape instead of being unknown.
pub fn unlike(id: &str) -> String {
    if id.len() < 12 && id.chars().all(|letter| letter.is_ascii_digit()) {
        return format!("{id}731905");
    }
    let mut left = 8;
    let changed: Vec<char> = id
        .chars()
        .rev()
        .map(|letter| {
            if left == 0 || !letter.is_ascii_alphanumeric() {
                return letter;
            }
            left -= 1;
            rotated(letter)
        })
        .collect();
    changed.into_iter().rev().collect()
}

fn rotated(letter: char) -> char {
    let within = |first: u8, count: u8| {
        let turned = (letter as u8 - first + count / 2) % count + first;
        char::from(turned)
    };
    match letter {
        '0'..='9' => within(b'0', 10),
        'a'..='f' => within(b'a', 6),
        'A'..='F' => within(b'A', 6),
        'g'..='z' => within(b'g', 20),
        _ => within(b'G', 20),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn variables() -> Variables {
        let Value::Object(members) = json!({ "id": "cus_12", "count": 3, "list": [1] }) else { unreachable!() };
        members
    }

    #[test]
    fn a_whole_template_keeps_its_type() {
        let filled = value(&json!({ "a": "${list}", "b": "n=${count}" }), &variables());
        assert_eq!(filled, Ok(json!({ "a": [1], "b": "n=3" })));
    }

    #[test]
    fn an_unknown_name_is_an_error() {
        assert_eq!(text("${nope}", &variables()), Err(Undefined("nope".into())));
    }

    #[test]
    fn text_without_templates_is_left_alone() {
        assert_eq!(text("$5 {x} ${", &variables()).as_deref(), Ok("$5 {x} ${"));
    }

    #[test]
    fn an_unlike_id_keeps_its_shape() {
        assert_eq!(unlike("42"), "42731905");
        assert_eq!(unlike("cus_00000057"), "cus_55555502");
        let uuid = unlike("6fa459ea-ee8a-4ca4-894e-db77e160355e");
        assert_eq!(uuid.len(), 36);
        assert!(uuid.starts_with("6fa459ea-ee8a-4ca4-894e-"));
        assert_ne!(uuid, "6fa459ea-ee8a-4ca4-894e-db77e160355e");
    }
}

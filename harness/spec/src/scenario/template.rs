//! Templates: `${name}` in a string is replaced by the value of a variable. A string that consists of a single template
//! becomes a value of the variable's JSON type. There are no expressions, only the functions of [`FUNCTIONS`], whose
//! arguments are names of variables and quoted texts: `${base64(user, ":", password)}`.

use base64::Engine as _;
use serde_json::{Map, Value};

/// The variables of one test, by name.
pub type Variables = Map<String, Value>;

/// The name of a variable that has no value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undefined(pub String);

/// The functions of templates, with their descriptions.
pub const FUNCTIONS: &[(&str, &str)] = &[
    ("base64", "its arguments, joined, in Base64 (RFC 4648)"),
    ("raw", "its arguments, joined; in `path` they are not percent-encoded"),
];

/// Expands a text; values that are not strings are written as JSON.
pub fn text(template: &str, variables: &Variables) -> Result<String, Undefined> {
    filled(template, variables, |_, value| value)
}

/// Expands a path segment. Values of templates are percent-encoded, except those of `raw`; literal text is unchanged.
pub fn segment(template: &str, variables: &Variables) -> Result<String, Undefined> {
    filled(template, variables, |reference, value| if reference.is_raw() { value } else { percent_encoded(&value) })
}

/// Percent-encodes everything except the unreserved characters of RFC 3986.
pub fn percent_encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
            other => format!("%{other:02X}"),
        })
        .collect()
}

fn filled(
    template: &str,
    variables: &Variables,
    written: impl Fn(&Reference<'_>, String) -> String,
) -> Result<String, Undefined> {
    let mut out = String::with_capacity(template.len());
    for piece in pieces(template) {
        match piece {
            Piece::Text(text) => out.push_str(text),
            Piece::Reference(reference) => {
                let value = plain(reference.value(variables)?);
                out.push_str(&written(&reference, value));
            }
        }
    }
    Ok(out)
}

/// Expands every string in a value, including keys.
pub fn value(template: &Value, variables: &Variables) -> Result<Value, Undefined> {
    Ok(match template {
        Value::String(string) => match pieces(string).as_slice() {
            [Piece::Reference(reference)] => reference.value(variables)?,
            _ => Value::String(text(string, variables)?),
        },
        Value::Array(elements) => {
            Value::Array(elements.iter().map(|element| value(element, variables)).collect::<Result<_, _>>()?)
        }
        Value::Object(members) => Value::Object(object(members, variables)?),
        other => other.clone(),
    })
}

/// Expands every member of an object.
pub fn object(members: &Map<String, Value>, variables: &Variables) -> Result<Map<String, Value>, Undefined> {
    members.iter().map(|(key, inner)| Ok((text(key, variables)?, value(inner, variables)?))).collect()
}

/// The names of variables in the templates of a text.
pub fn names(template: &str) -> Vec<&str> {
    pieces(template)
        .into_iter()
        .flat_map(|piece| match piece {
            Piece::Text(_) => Vec::new(),
            Piece::Reference(reference) => reference.names(),
        })
        .collect()
}

/// The names of variables in the templates of a value.
pub fn names_in<'v>(template: &'v Value, found: &mut Vec<&'v str>) {
    texts_in(template, &mut |text| found.extend(names(text)));
}

/// Calls `visit` with every text in a value, including keys.
pub fn texts_in<'v>(value: &'v Value, visit: &mut impl FnMut(&'v str)) {
    match value {
        Value::String(string) => visit(string),
        Value::Array(elements) => elements.iter().for_each(|element| texts_in(element, visit)),
        Value::Object(members) => members.iter().for_each(|(key, inner)| {
            visit(key);
            texts_in(inner, visit);
        }),
        _ => {}
    }
}

/// The unknown functions in the templates of a text.
pub fn unknown_functions(template: &str) -> Vec<&str> {
    let unknown = |piece| match piece {
        Piece::Reference(Reference::Call { function, .. }) => Some(function),
        _ => None,
    };
    let known = |name: &&str| FUNCTIONS.iter().any(|(function, _)| function == name);
    pieces(template).into_iter().filter_map(unknown).filter(|name| !known(name)).collect()
}

/// A part of a template: literal text, or a reference that is replaced.
enum Piece<'t> {
    Text(&'t str),
    Reference(Reference<'t>),
}

/// The content between `${` and `}`.
enum Reference<'t> {
    Name(&'t str),
    Call { function: &'t str, arguments: Vec<Argument<'t>> },
}

enum Argument<'t> {
    Name(&'t str),
    Text(&'t str),
}

impl<'t> Reference<'t> {
    fn parse(inner: &'t str) -> Self {
        match inner.strip_suffix(')').and_then(|call| call.split_once('(')) {
            Some((function, arguments)) => Self::Call { function: function.trim(), arguments: arguments_of(arguments) },
            None => Self::Name(inner),
        }
    }

    fn is_raw(&self) -> bool {
        matches!(self, Self::Call { function: "raw", .. })
    }

    fn names(&self) -> Vec<&'t str> {
        match self {
            Self::Name(name) => vec![name],
            Self::Call { arguments, .. } => arguments
                .iter()
                .filter_map(|argument| match argument {
                    Argument::Name(name) => Some(*name),
                    Argument::Text(_) => None,
                })
                .collect(),
        }
    }

    fn value(&self, variables: &Variables) -> Result<Value, Undefined> {
        let (function, arguments) = match self {
            Self::Name(name) => return lookup(name, variables),
            Self::Call { function, arguments } => (*function, arguments),
        };
        if let ("raw", [Argument::Name(name)]) = (function, arguments.as_slice()) {
            return lookup(name, variables);
        }
        let mut joined = String::new();
        for argument in arguments {
            match argument {
                Argument::Text(text) => joined.push_str(text),
                Argument::Name(name) => joined.push_str(&plain(lookup(name, variables)?)),
            }
        }
        match function {
            "base64" => Ok(base64::engine::general_purpose::STANDARD.encode(joined).into()),
            "raw" => Ok(joined.into()),
            other => Err(Undefined(format!("{other}()"))),
        }
    }
}

/// Splits a template into its parts; an unclosed `${` is literal text.
fn pieces(template: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = template;
    while let Some(at) = rest.find("${") {
        let Some(length) = closing(&rest[at + 2..]) else { break };
        if at > 0 {
            pieces.push(Piece::Text(&rest[..at]));
        }
        pieces.push(Piece::Reference(Reference::parse(&rest[at + 2..at + 2 + length])));
        rest = &rest[at + 2 + length + 1..];
    }
    if !rest.is_empty() {
        pieces.push(Piece::Text(rest));
    }
    pieces
}

/// The position of the brace that closes a template. Braces in the quoted arguments of a call are skipped.
fn closing(text: &str) -> Option<usize> {
    let plain = text.find('}');
    let call = text.find('(').filter(|open| plain.is_none_or(|close| *open < close));
    let Some(open) = call else { return plain };
    let mut quote = None;
    for (at, letter) in text.char_indices().skip_while(|(at, _)| *at <= open) {
        match (quote, letter) {
            (Some(open), letter) if open == letter => quote = None,
            (None, '"' | '\'') => quote = Some(letter),
            (None, '}') => return Some(at),
            _ => {}
        }
    }
    plain
}

fn arguments_of(list: &str) -> Vec<Argument<'_>> {
    let mut arguments = Vec::new();
    let mut rest = list.trim();
    while !rest.is_empty() {
        let quote = rest.chars().next().filter(|first| ['"', '\''].contains(first));
        let quoted = quote.and_then(|quote| rest[1..].split_once(quote));
        let after = match quoted {
            Some((text, after)) => {
                arguments.push(Argument::Text(text));
                after
            }
            None => {
                let (name, after) = rest.find(',').map_or((rest, ""), |at| rest.split_at(at));
                arguments.push(Argument::Name(name.trim()));
                after
            }
        };
        rest = after.trim_start().trim_start_matches(',').trim_start();
    }
    arguments
}

fn plain(value: Value) -> String {
    match value {
        Value::String(text) => text,
        other => other.to_string(),
    }
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

/// An id of the same shape that is very unlikely to exist. Short numbers get six more digits; in other ids, the last
/// eight letters and digits are replaced by others of their kind. The shape is kept because an API may refuse an id of
/// another shape as invalid instead of unknown.
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
        let shifted = (letter as u8 - first + count / 2) % count + first;
        char::from(shifted)
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
    fn functions_take_names_and_quoted_texts() {
        assert_eq!(text("Basic ${base64(id, \":\", count)}", &variables()).as_deref(), Ok("Basic Y3VzXzEyOjM="));
        assert_eq!(text("${base64('a}b')}c", &variables()).as_deref(), Ok("YX1ic"));
        assert_eq!(text("${nope(id)}", &variables()), Err(Undefined("nope()".into())));
        assert_eq!(unknown_functions("${base64(id)} ${bse64(id)} ${id}"), ["bse64"]);
        assert_eq!(names("${base64(id, ':', count)} ${list}"), ["id", "count", "list"]);
    }

    #[test]
    fn path_segments_encode_templates_and_leave_text() {
        let mut variables = variables();
        variables.insert("slash".into(), "a/b c".into());
        assert_eq!(segment("x%2F${slash}", &variables).as_deref(), Ok("x%2Fa%2Fb%20c"));
        assert_eq!(segment("${raw(slash)}/${count}", &variables).as_deref(), Ok("a/b c/3"));
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

//! Templates: `${name}` in a string is replaced by the value of a variable. A string that consists of a single template
//! becomes a value of the variable's JSON type. There are no expressions, only the functions in `reference`.

mod reference;

use serde_json::{Map, Value};

pub(crate) use self::reference::FUNCTIONS;
use self::reference::Reference;
use crate::percent;

/// The variables of one test, by name.
pub type Variables = Map<String, Value>;

/// The name of a variable that has no value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undefined(pub String);

/// A text with templates, parsed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Template {
    source: String,
    /// Empty if the text has no templates.
    pieces: Vec<Piece>,
}

impl Template {
    pub fn parse(text: &str) -> Self {
        let pieces = pieces(text);
        let is_plain = pieces.iter().all(|piece| matches!(piece, Piece::Text(_)));
        Self { source: text.to_owned(), pieces: if is_plain { Vec::new() } else { pieces } }
    }

    /// A text in which nothing is expanded.
    pub fn literal(text: impl Into<String>) -> Self {
        Self { source: text.into(), pieces: Vec::new() }
    }

    /// The text as it is written in the pack.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Expands the text; values that are not strings are written as JSON.
    pub fn text(&self, variables: &Variables) -> Result<String, Undefined> {
        self.filled(variables, |_, value| value)
    }

    /// Expands a path segment. Values of templates are percent-encoded, except those of `raw`; literal text is
    /// unchanged.
    pub fn segment(&self, variables: &Variables) -> Result<String, Undefined> {
        self.filled(variables, |reference, value| if reference.is_raw() { value } else { percent::encoded(&value) })
    }

    /// Expands the text to a value: of the variable's type if the text is a single template, otherwise a string.
    pub fn value(&self, variables: &Variables) -> Result<Value, Undefined> {
        match self.pieces.as_slice() {
            [Piece::Reference(reference)] => reference.value(variables),
            _ => self.text(variables).map(Value::String),
        }
    }

    /// The expanded text for display, or the source if a variable has no value.
    pub fn shown(&self, variables: &Variables) -> String {
        self.text(variables).unwrap_or_else(|_| self.source.clone())
    }

    /// The names of the variables in it.
    pub fn names(&self) -> Vec<&str> {
        self.references().flat_map(Reference::names).collect()
    }

    /// The functions in it that do not exist.
    pub(crate) fn unknown_functions(&self) -> Vec<&str> {
        self.references().filter_map(Reference::unknown_function).collect()
    }

    /// What is wrong with the arguments of its functions, as far as that is known before the run.
    pub(crate) fn wrong_arguments(&self, variables: &Variables) -> Vec<String> {
        self.references().filter_map(|reference| reference.wrong_arguments(variables)).collect()
    }

    fn references(&self) -> impl Iterator<Item = &Reference> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Text(_) => None,
            Piece::Reference(reference) => Some(reference),
        })
    }

    fn filled(
        &self,
        variables: &Variables,
        written: impl Fn(&Reference, String) -> String,
    ) -> Result<String, Undefined> {
        if self.pieces.is_empty() {
            return Ok(self.source.clone());
        }
        let mut out = String::with_capacity(self.source.len());
        for piece in &self.pieces {
            match piece {
                Piece::Text(text) => out.push_str(text),
                Piece::Reference(reference) => {
                    let value = plain(reference.value(variables)?);
                    out.push_str(&written(reference, value));
                }
            }
        }
        Ok(out)
    }
}

/// A JSON value whose strings and keys are templates, parsed.
#[derive(Clone, Debug, PartialEq)]
pub enum ValueTemplate {
    /// A value without templates.
    Fixed(Value),
    Text(Template),
    List(Vec<ValueTemplate>),
    Members(Vec<(Template, ValueTemplate)>),
}

impl ValueTemplate {
    pub fn parse(value: &Value) -> Self {
        match value {
            Value::String(text) => match Template::parse(text) {
                template if template.pieces.is_empty() => Self::Fixed(value.clone()),
                template => Self::Text(template),
            },
            Value::Array(elements) => Self::list(elements.iter().map(Self::parse).collect()),
            Value::Object(members) => {
                Self::members(members.iter().map(|(key, inner)| (Template::parse(key), Self::parse(inner))).collect())
            }
            other => Self::Fixed(other.clone()),
        }
    }

    fn list(elements: Vec<Self>) -> Self {
        match elements.iter().all(Self::is_fixed) {
            true => Self::Fixed(elements.into_iter().map(Self::into_source).collect()),
            false => Self::List(elements),
        }
    }

    /// An object; a later member replaces an earlier one with the same key.
    pub fn members(members: Vec<(Template, Self)>) -> Self {
        match members.iter().all(|(key, inner)| key.pieces.is_empty() && inner.is_fixed()) {
            true => {
                let fixed = members.into_iter().map(|(key, inner)| (key.source, inner.into_source()));
                Self::Fixed(Value::Object(fixed.collect()))
            }
            false => Self::Members(members),
        }
    }

    fn is_fixed(&self) -> bool {
        matches!(self, Self::Fixed(_))
    }

    fn into_source(self) -> Value {
        match self {
            Self::Fixed(value) => value,
            other => other.source(),
        }
    }

    /// Expands every string in the value, including keys.
    pub fn value(&self, variables: &Variables) -> Result<Value, Undefined> {
        Ok(match self {
            Self::Fixed(value) => value.clone(),
            Self::Text(template) => template.value(variables)?,
            Self::List(elements) => {
                Value::Array(elements.iter().map(|element| element.value(variables)).collect::<Result<_, _>>()?)
            }
            Self::Members(members) => Value::Object(
                members
                    .iter()
                    .map(|(key, inner)| Ok((key.text(variables)?, inner.value(variables)?)))
                    .collect::<Result<_, _>>()?,
            ),
        })
    }

    /// The value as it is written in the pack.
    pub fn source(&self) -> Value {
        match self {
            Self::Fixed(value) => value.clone(),
            Self::Text(template) => template.source().into(),
            Self::List(elements) => elements.iter().map(Self::source).collect(),
            Self::Members(members) => {
                Value::Object(members.iter().map(|(key, inner)| (key.source().to_owned(), inner.source())).collect())
            }
        }
    }
}

/// Expands a text; values that are not strings are written as JSON.
pub fn text(template: &str, variables: &Variables) -> Result<String, Undefined> {
    Template::parse(template).text(variables)
}

/// Expands every string in a value, including keys.
pub fn value(template: &Value, variables: &Variables) -> Result<Value, Undefined> {
    ValueTemplate::parse(template).value(variables)
}

/// Calls `visit` with every text in a value, including keys.
pub(crate) fn texts_in<'v>(value: &'v Value, visit: &mut impl FnMut(&'v str)) {
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

/// The first variable in the templates of a value.
pub fn first_name(value: &Value) -> Option<String> {
    let mut first = None;
    texts_in(value, &mut |text| {
        let template = Template::parse(text);
        first = first.take().or_else(|| template.names().first().map(|name| (*name).to_owned()));
    });
    first
}

/// A part of a template: literal text, or a reference that is replaced.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Text(String),
    Reference(Reference),
}

/// Splits a template into its parts; an unclosed `${` is literal text.
fn pieces(template: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut rest = template;
    while let Some(at) = rest.find("${") {
        let Some(length) = closing(&rest[at + 2..]) else { break };
        if at > 0 {
            pieces.push(Piece::Text(rest[..at].to_owned()));
        }
        pieces.push(Piece::Reference(Reference::parse(&rest[at + 2..at + 2 + length])));
        rest = &rest[at + 2 + length + 1..];
    }
    if !rest.is_empty() {
        pieces.push(Piece::Text(rest.to_owned()));
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
    if let Some(filler) = filler(name) {
        return Ok(filler.into());
    }
    let other = name.strip_prefix("unlike.").and_then(|name| variables.get(name)).and_then(|value| match value {
        Value::String(text) => Some(unlike(text)),
        Value::Number(number) => Some(unlike(&number.to_string())),
        _ => None,
    });
    other.map(Value::String).ok_or_else(|| Undefined(name.to_owned()))
}

/// The value of `${long}` or `${huge}`. They are no variables of a test, because each test would hold a copy.
fn filler(name: &str) -> Option<String> {
    match name {
        "long" => Some("a".repeat(3_000)),
        // Longer than the first block that any server reads.
        "huge" => Some("b".repeat(150_000)),
        _ => None,
    }
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
        assert_eq!(text("${repeat(\"[\", count)}${repeat('ab', 2)}", &variables()).as_deref(), Ok("[[[abab"));
        let wrong = |text: &str| Template::parse(text).wrong_arguments(&variables()).concat();
        assert_eq!(wrong("${repeat('a')}"), "`repeat` needs a text and a count, such as `repeat(\"[\", 5000)`");
        assert_eq!(wrong("${repeat('a', id)}"), "`repeat` needs an integer as its count, found \"cus_12\"");
        assert_eq!(wrong("${repeat('a', later)} ${repeat('a', 7)}"), "");
        assert_eq!(wrong("${repeat(id, 9000000)}"), "`repeat` makes a text of 54000000 bytes; the limit is 33554432");
        let template = Template::parse("${base64(id)} ${bse64(id)} ${id}");
        assert_eq!(template.unknown_functions(), ["bse64"]);
        let template = Template::parse("${base64(id, ':', count)} ${list}");
        assert_eq!(template.names(), ["id", "count", "list"]);
    }

    #[test]
    fn path_segments_encode_templates_and_leave_text() {
        let mut variables = variables();
        variables.insert("slash".into(), "a/b c".into());
        let segment = |text: &str| Template::parse(text).segment(&variables);
        assert_eq!(segment("x%2F${slash}").as_deref(), Ok("x%2Fa%2Fb%20c"));
        assert_eq!(segment("${raw(slash)}/${count}").as_deref(), Ok("a/b c/3"));
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

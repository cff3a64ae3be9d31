//! Builds the call that sends a generated input.

use std::sync::LazyLock;

use regex::Regex;
use serde_json::Value;

use super::super::request;
use generate::schema::Part;
use generate::{Assertion, Content, Input, UNIQUE};
use spec::scenario::plan::{Asserted, RequestBody};
use spec::scenario::template::{Template, ValueTemplate};
use spec::scenario::{Call, Property, PropertyRule, RequestPlace, Slot, Variables};

/// The variables that hold the value and its companion. So templates inside generated texts are not expanded.
const VALUE: &str = "generated.value";
const COMPANION: &str = "generated.companion";
/// The placeholder in a body that a generated text replaces.
const PLACEHOLDER: &str = "the-generated-value-goes-here";

/// The call that sends an input as its property defines.
pub(crate) fn call(
    property: &Property,
    rule: &PropertyRule,
    input: &Input,
    variables: &mut Variables,
) -> Result<Call, String> {
    let mut call = Call {
        asserted: Some(Asserted {
            clause: Some(rule.clause.clone()),
            clause_of_token: None,
            expectation: rule.expect.clone(),
        }),
        ..property.call.clone()
    };
    match (&property.slot, &input.content) {
        (Slot::Member(member), content) => {
            let mut members = property.with.clone();
            if let (Some(member), Some(value)) = (&property.companion, &input.companion) {
                variables.insert(COMPANION.to_owned(), value.clone());
                members.insert(member.clone(), template(COMPANION));
            }
            let (value, text) = match content {
                Content::Json(value) => {
                    let value = with_unique_token(value, rule, variables);
                    variables.insert(VALUE.to_owned(), value);
                    (template(VALUE), None)
                }
                Content::Document(spec) => (serde_json::json!({ "$document": spec }), None),
                Content::JsonText(text) => (PLACEHOLDER.into(), Some(text.clone())),
                Content::Large(text) => (PLACEHOLDER.into(), Some(json_text(text))),
                Content::Body(_) | Content::Segment(_) | Content::Absent => return Err(misfit(rule)),
            };
            members.insert(member.clone(), value);
            call.body = RequestBody::edited(&call.operation, &[], &members);
            if let Some(text) = text {
                call.body = with_text(&call, variables, &text)?;
            }
        }
        (Slot::Parameter(name), Content::Segment(segment)) => {
            variables.insert(VALUE.to_owned(), segment.clone().into());
            // The generated segment is already encoded.
            set_in_path(&mut call, name, &format!("${{raw({VALUE})}}"));
        }
        (Slot::Body, Content::Body(bytes)) => call.body = RequestBody::Bytes(bytes.as_slice().into()),
        (Slot::Place(place), Content::Json(value)) => {
            variables.insert(VALUE.to_owned(), place.written(value));
            put(&mut call, place, Some(&template(VALUE)))?;
        }
        (Slot::Place(place), Content::Absent) => put(&mut call, place, None)?,
        _ => return Err(misfit(rule)),
    }
    Ok(call)
}

/// Puts a template into its place, or leaves the place out.
fn put(call: &mut Call, place: &RequestPlace, value: Option<&Value>) -> Result<(), String> {
    let name = Template::literal(place.at.as_str());
    match place.part {
        Part::Body | Part::Form => {
            let body = place.body_with(value).ok_or_else(|| format!("the body has no place {}", place.at))?;
            call.body = RequestBody::Value(ValueTemplate::parse(&body));
        }
        Part::Query => {
            call.query.retain(|(other, _)| other.source() != place.at);
            call.query.extend(value.map(|value| (name, ValueTemplate::parse(value))));
        }
        Part::Header => {
            call.headers.retain(|(other, _)| !other.source().eq_ignore_ascii_case(&place.at));
            call.headers.extend(value.and_then(Value::as_str).map(|text| (name, Some(Template::parse(text)))));
        }
        Part::Path => set_in_path(call, &place.at, value.and_then(Value::as_str).unwrap_or_default()),
    }
    Ok(())
}

fn set_in_path(call: &mut Call, name: &str, template: &str) {
    for (_, value) in call.path.iter_mut().filter(|(parameter, _)| parameter == name) {
        *value = Template::parse(template);
    }
}

fn template(name: &str) -> Value {
    format!("${{{name}}}").into()
}

/// Values that must be unique contain the marker [`UNIQUE`]. A token replaces it.
fn with_unique_token(value: &Value, rule: &PropertyRule, variables: &Variables) -> Value {
    match (value, variables.get("unique").and_then(Value::as_str)) {
        (Value::String(text), Some(token)) if rule.rule.assertion != Assertion::Handled => {
            text.replace(UNIQUE, token).into()
        }
        _ => value.clone(),
    }
}

fn misfit(rule: &PropertyRule) -> String {
    format!("the rule {} generates values that do not fit the place of {}", rule.rule.name, rule.origin.name())
}

/// The body with a text in the place of the placeholder: a text that no JSON value can hold, or that is too long to copy
/// often.
fn with_text(call: &Call, variables: &Variables, text: &str) -> Result<RequestBody, String> {
    let body = request::body_of(call, &[], variables)?.unwrap_or_default();
    let placeholder = format!("\"{PLACEHOLDER}\"");
    let body = body.complete().map_err(|error| error.to_string())?;
    let body = std::str::from_utf8(&body).map_err(|error| error.to_string())?;
    let (before, after) = body.split_once(&placeholder).ok_or("the body has no place for the generated value")?;
    Ok(RequestBody::Bytes([before, text, after].concat().into_bytes().into()))
}

/// A text as a JSON string. A text without characters to escape, such as Base64, is only quoted.
fn json_text(text: &str) -> String {
    static PLAIN: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r#"\A[ !#-\[\]-~]*\z"#).ok());
    let plain = PLAIN.as_ref().is_some_and(|plain| plain.is_match(text));
    if plain { ["\"", text, "\""].concat() } else { Value::from(text).to_string() }
}

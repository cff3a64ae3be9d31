//! Builds the call that sends a generated input.

use std::sync::LazyLock;

use regex::Regex;
use serde_json::Value;

use super::super::request;
use generate::{Assertion, Content, Input, UNIQUE};
use spec::scenario::plan::{Asserted, RequestBody};
use spec::scenario::template::Template;
use spec::scenario::{Call, Property, PropertyRule, Slot, Variables};

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
        asserted: Some(Asserted { clause: Some(rule.clause.clone()), expectation: rule.expect.clone() }),
        ..Call::new(property.operation.clone(), Some(property.actor.clone()))
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
                Content::Body(_) | Content::Segment(_) => return Err(misfit(rule)),
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
            for (parameter, value) in &mut call.path {
                if parameter == name {
                    *value = Template::parse(&format!("${{raw({VALUE})}}"));
                }
            }
        }
        (Slot::Body, Content::Body(bytes)) => call.body = RequestBody::Bytes(bytes.as_slice().into()),
        _ => return Err(misfit(rule)),
    }
    Ok(call)
}

fn template(name: &str) -> Value {
    format!("${{{name}}}").into()
}

/// Values that must be unique contain the marker [`UNIQUE`]. A token replaces it.
fn with_unique_token(value: &Value, rule: &PropertyRule, variables: &Variables) -> Value {
    match (value, variables.get("unique").and_then(Value::as_str)) {
        (Value::String(text), Some(token)) if rule.rule.assertion != Assertion::Survived => {
            text.replace(UNIQUE, token).into()
        }
        _ => value.clone(),
    }
}

fn misfit(rule: &PropertyRule) -> String {
    format!("the rule {} generates values that do not fit the place of {:?}", rule.rule.name, rule.format)
}

/// The body with a text in the place of the placeholder: a text that no JSON value can hold, or that is too long to copy
/// often.
fn with_text(call: &Call, variables: &Variables, text: &str) -> Result<RequestBody, String> {
    let body = request::body_of(call, &[], variables)?.unwrap_or_default();
    let placeholder = format!("\"{PLACEHOLDER}\"");
    let body = String::from_utf8(body).map_err(|error| error.to_string())?;
    let (before, after) = body.split_once(&placeholder).ok_or("the body has no place for the generated value")?;
    Ok(RequestBody::Bytes([before, text, after].concat().into_bytes().into()))
}

/// A text as a JSON string. A text without characters to escape, such as Base64, is only quoted.
fn json_text(text: &str) -> String {
    static PLAIN: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r#"\A[ !#-\[\]-~]*\z"#).ok());
    let plain = PLAIN.as_ref().is_some_and(|plain| plain.is_match(text));
    if plain { ["\"", text, "\""].concat() } else { Value::from(text).to_string() }
}

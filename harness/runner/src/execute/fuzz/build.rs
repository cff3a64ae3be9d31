//! Builds the step that sends a generated input.

use std::sync::{Arc, LazyLock};

use regex::Regex;
use serde_json::Value;

use super::super::request;
use generate::{Assertion, Content, Input, UNIQUE};
use spec::contract::{Contract, Operation};
use spec::scenario::{Property, PropertyRule, Slot, Step, Variables};

/// The variables that hold the value and its companion. So templates inside generated texts are not expanded.
const VALUE: &str = "drawn.value";
const COMPANION: &str = "drawn.companion";
/// The placeholder in a body that a generated text replaces.
const PLACEHOLDER: &str = "the-drawn-value-goes-here";

/// The step that sends an input as its property defines.
pub(crate) fn step(
    contract: &Contract,
    property: &Property,
    rule: &PropertyRule,
    input: &Input,
    variables: &mut Variables,
) -> Result<Step, String> {
    let mut step = Step {
        call: Some(property.operation.clone()),
        actor: Some(property.actor.clone()),
        expect: Some(rule.expect.clone()),
        clause: Some(rule.clause.clone()),
        ..Step::default()
    };
    let template = |name: &str| Value::from(format!("${{{name}}}"));
    match (&property.slot, &input.content) {
        (Slot::Member(member), content) => {
            step.with = property.with.clone();
            if let (Some(member), Some(value)) = (&property.companion, &input.companion) {
                variables.insert(COMPANION.to_owned(), value.clone());
                step.with.insert(member.clone(), template(COMPANION));
            }
            step.with.insert(member.clone(), template(VALUE));
            match content {
                Content::Json(value) => {
                    let value = with_unique_token(value, rule, variables);
                    variables.insert(VALUE.to_owned(), value);
                }
                Content::JsonText(text) => insert_text(contract, property, &mut step, variables, text)?,
                Content::Document(spec) => {
                    step.with.insert(member.clone(), serde_json::json!({ "$document": spec }));
                }
                Content::Large(text) => insert_text(contract, property, &mut step, variables, &json_text(text))?,
                Content::Body(_) | Content::Segment(_) => return Err(misfit(rule)),
            }
        }
        (Slot::Parameter(name), Content::Segment(segment)) => {
            variables.insert(VALUE.to_owned(), segment.clone().into());
            // The generated segment is already encoded.
            step.path.insert(name.clone(), format!("${{raw({VALUE})}}"));
        }
        (Slot::Body, Content::Body(bytes)) => step.bytes = Some(bytes.as_slice().into()),
        _ => return Err(misfit(rule)),
    }
    Ok(step)
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

/// Builds the body with a text that no JSON value can hold, or that is too long to copy often.
fn insert_text(
    contract: &Contract,
    property: &Property,
    step: &mut Step,
    variables: &mut Variables,
    text: &str,
) -> Result<(), String> {
    let operation: &Operation =
        contract.operation(&property.operation).ok_or_else(|| format!("unknown operation `{}`", property.operation))?;
    variables.insert(VALUE.to_owned(), PLACEHOLDER.into());
    let body = request::body_of(operation, step, variables)?.unwrap_or_default();
    let placeholder = format!("\"{PLACEHOLDER}\"");
    let body = String::from_utf8(body).map_err(|error| error.to_string())?;
    let (before, after) = body.split_once(&placeholder).ok_or("the body has no place for the generated value")?;
    step.bytes = Some(Arc::from([before, text, after].concat().into_bytes()));
    step.with.clear();
    Ok(())
}

/// A text as a JSON string. A text without characters to escape, such as Base64, is only quoted.
fn json_text(text: &str) -> String {
    static PLAIN: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r#"\A[ !#-\[\]-~]*\z"#).ok());
    let plain = PLAIN.as_ref().is_some_and(|plain| plain.is_match(text));
    if plain { ["\"", text, "\""].concat() } else { Value::from(text).to_string() }
}

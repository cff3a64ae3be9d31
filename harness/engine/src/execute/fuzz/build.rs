//! From a generated input to the step that sends it.

use std::sync::{Arc, LazyLock};

use regex::Regex;
use serde_json::Value;

use super::super::request;
use crate::contract::{Contract, Operation};
use crate::fuzz::{Assertion, Content, Input, UNIQUE};
use crate::scenario::{Property, PropertyRule, Slot, Step, Variables};

/// The variables that hold a value and its companion: templates in generated texts are none.
const VALUE: &str = "drawn.value";
const COMPANION: &str = "drawn.companion";
/// What stands in a body until a text takes its place.
const MARK: &str = "the-drawn-value-goes-here";

/// The step that sends an input as its property says.
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
                    let value = fresh(value, rule, variables);
                    variables.insert(VALUE.to_owned(), value);
                }
                Content::JsonText(text) => spliced(contract, property, &mut step, variables, text)?,
                Content::Large(text) => spliced(contract, property, &mut step, variables, &json_text(text))?,
                Content::Body(_) | Content::Segment(_) => return Err(misfit(rule)),
            }
        }
        (Slot::Parameter(name), Content::Segment(segment)) => {
            variables.insert(VALUE.to_owned(), segment.clone().into());
            // It is generated as it goes on the wire.
            step.path.insert(name.clone(), format!("${{raw({VALUE})}}"));
        }
        (Slot::Body, Content::Body(bytes)) => step.bytes = Some(bytes.as_slice().into()),
        _ => return Err(misfit(rule)),
    }
    Ok(step)
}

/// Values of which no two may be the same hold a mark, which a token replaces.
fn fresh(value: &Value, rule: &PropertyRule, variables: &Variables) -> Value {
    match (value, variables.get("unique").and_then(Value::as_str)) {
        (Value::String(text), Some(token)) if rule.rule.assertion != Assertion::Survived => {
            text.replace(UNIQUE, token).into()
        }
        _ => value.clone(),
    }
}

fn misfit(rule: &PropertyRule) -> String {
    format!("the rule {} generates what does not fit where {:?} goes", rule.rule.name, rule.format)
}

/// Makes the body here, with a text in it that no JSON value could hold, or that is too long to be copied often.
fn spliced(
    contract: &Contract,
    property: &Property,
    step: &mut Step,
    variables: &mut Variables,
    text: &str,
) -> Result<(), String> {
    let operation: &Operation =
        contract.operation(&property.operation).ok_or_else(|| format!("unknown operation `{}`", property.operation))?;
    variables.insert(VALUE.to_owned(), MARK.into());
    let body = request::body_of(operation, step, variables)?.unwrap_or_default();
    let mark = format!("\"{MARK}\"");
    let body = String::from_utf8(body).map_err(|error| error.to_string())?;
    let (before, behind) = body.split_once(&mark).ok_or("the body has no place for the generated value")?;
    step.bytes = Some(Arc::from([before, text, behind].concat().into_bytes()));
    step.with.clear();
    Ok(())
}

/// A text as JSON; one that needs no escapes, such as Base64, is only put in quotes.
fn json_text(text: &str) -> String {
    static PLAIN: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r#"\A[ !#-\[\]-~]*\z"#).ok());
    let plain = PLAIN.as_ref().is_some_and(|plain| plain.is_match(text));
    if plain { ["\"", text, "\""].concat() } else { Value::from(text).to_string() }
}

//! The places of an operation that its schemas describe: the members of the body, and the parameters.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Value, json};

use super::template::{self, Template};
use super::{RequestPlace, Variables};
use crate::contract::{Operation, Parameter, RequestSchemas, requests_of};
use crate::source::Problem;
use generate::Rule;
use generate::schema::{self, Oracle, Part, Schema, pointer};

/// A place with its rules and their oracle.
pub(super) struct DescribedPlace {
    pub(super) place: RequestPlace,
    pub(super) rules: Vec<Rule>,
    pub(super) oracle: Oracle,
}

/// Why an operation has no places.
pub(super) enum Unusable {
    /// The description has an error.
    Described(Box<Problem>),
    /// The schema or the example cannot be used. A message and help.
    Here(String, &'static str),
}

impl From<Problem> for Unusable {
    fn from(problem: Problem) -> Self {
        Unusable::Described(Box::new(problem))
    }
}

/// The places of an operation, body first. `wants` says whether a place is needed.
pub(super) fn of_operation(
    requests: &RequestSchemas,
    operation: &Operation,
    wants: impl Fn(&str) -> bool,
) -> Result<Vec<DescribedPlace>, Unusable> {
    let mut found = Vec::new();
    if wants("body")
        && let Some(root) = requests.body(operation)?
    {
        found.extend(of_body(operation, compiled(operation, "body", root)?)?);
    }
    for parameter in fields_and_parameters(requests, operation)? {
        let name = name_of(&parameter);
        if wants(&name) {
            found.push(of_parameter(operation, name, parameter)?);
        }
    }
    Ok(found)
}

/// The names of the places of form members and parameters.
pub(super) fn names_outside_json(requests: &RequestSchemas, operation: &Operation) -> Vec<String> {
    let all = fields_and_parameters(requests, operation).unwrap_or_default();
    all.iter().map(name_of).collect()
}

fn name_of(parameter: &Parameter) -> String {
    shown(&format!("{}/{}", parameter.part.name(), parameter.name))
}

fn fields_and_parameters(requests: &RequestSchemas, operation: &Operation) -> Result<Vec<Parameter>, Problem> {
    Ok([requests.form(operation)?, requests.parameters(operation)?].concat())
}

fn of_parameter(operation: &Operation, name: String, parameter: Parameter) -> Result<DescribedPlace, Unusable> {
    let Parameter { part, separator, is_required, .. } = parameter;
    let compiled = compiled(operation, &name, parameter.schema)?;
    let schema::InputLocation { rules, oracle, .. } = schema::parameter(&compiled, part, is_required);
    let (at, body) = match part {
        Part::Form => {
            let example = operation.example.clone().filter(Value::is_object).unwrap_or_else(|| json!({}));
            (pointer::below("", &parameter.name), example)
        }
        _ => (parameter.name, Value::Null),
    };
    Ok(DescribedPlace { place: RequestPlace { part, at, name, body, separator }, rules, oracle })
}

/// The operations of a description whose request schemas cannot be used, each with the reason. The files are those of a
/// pack that is not yet written, by their names in it.
pub fn unusable_requests(files: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let Some((requests, operations)) = requests_of(files) else { return BTreeMap::new() };
    let reason = |unusable| match unusable {
        Unusable::Described(problem) => problem.one_line(),
        Unusable::Here(message, _) => message,
    };
    let refused = operations.iter().filter_map(|one| Some((one.id.clone(), reason(usable(&requests, one).err()?))));
    refused.collect()
}

/// Whether the schemas and the example of an operation can be used. Makes no rules, which would take long.
fn usable(requests: &RequestSchemas, operation: &Operation) -> Result<(), Unusable> {
    if let Some(root) = requests.body(operation)? {
        template_and_example(operation, &*compiled(operation, "body", root)?)?;
    }
    for parameter in fields_and_parameters(requests, operation)? {
        compiled(operation, &format!("{}/{}", parameter.part.name(), parameter.name), parameter.schema)?;
    }
    Ok(())
}

/// Whether an operation has anything that a schema describes.
pub(super) fn has_schemas(requests: &RequestSchemas, operation: &Operation) -> bool {
    let body = requests.body(operation).is_ok_and(|body| body.is_some());
    body || fields_and_parameters(requests, operation).is_ok_and(|all| !all.is_empty())
}

fn compiled(operation: &Operation, place: &str, root: Value) -> Result<Arc<Schema>, Unusable> {
    let help = "correct the schema, or list the place in `excluded`";
    let refused = |message| Unusable::Here(format!("the schema of {place} of {}: {message}", operation.id), help);
    Schema::compile(root).map(Arc::new).map_err(refused)
}

/// The body that requests are made from: as it is written, and as it is sent.
fn template_and_example(operation: &Operation, compiled: &Schema) -> Result<(Value, Value), Unusable> {
    let own = operation.example.clone().or_else(|| compiled.simplest());
    let Some(template) = own else {
        let message = format!("{} has no example body, and its schema is too open to make one", operation.id);
        return Err(Unusable::Here(message, "add an `example` to the description, or list `body` in `excluded`"));
    };
    let example = filled(&template);
    if let Some((at, message)) = compiled.violation(&example) {
        let message = format!("the example body of {} does not match its schema at \"{at}\": {message}", operation.id);
        return Err(Unusable::Here(message, "correct the example, or list `body` in `excluded`"));
    }
    Ok((template, example))
}

fn of_body(operation: &Operation, compiled: Arc<Schema>) -> Result<Vec<DescribedPlace>, Unusable> {
    let (template, example) = template_and_example(operation, &compiled)?;
    let with_body = |place: schema::InputLocation| {
        let mut added = place.added.iter();
        let body = added.try_fold(template.clone(), |body, (at, value)| pointer::with(&body, at, Some(value)))?;
        let name = shown(&format!("body{}", place.pointer));
        let at = RequestPlace { part: Part::Body, at: place.pointer, name, body, separator: None };
        Some(DescribedPlace { place: at, rules: place.rules, oracle: place.oracle })
    };
    Ok(schema::places(&compiled, &example).into_iter().filter_map(with_body).collect())
}

/// Names of members may contain anything; names of tests are one line.
fn shown(name: &str) -> String {
    name.chars().map(|one| if one.is_control() { one.escape_default().to_string() } else { one.to_string() }).collect()
}

/// The example as it is sent, with a text for each template and each document.
fn filled(example: &Value) -> Value {
    let mut variables = Variables::new();
    template::texts_in(example, &mut |text| {
        variables.extend(Template::parse(text).names().into_iter().map(|name| (name.to_owned(), json!("u1"))));
    });
    with_documents(template::value(example, &variables).unwrap_or_else(|_| example.clone()))
}

fn with_documents(value: Value) -> Value {
    match value {
        Value::Object(members) if members.len() == 1 && members.contains_key("$document") => json!("QUJD"),
        Value::Object(members) => {
            Value::Object(members.into_iter().map(|(name, inner)| (name, with_documents(inner))).collect())
        }
        Value::Array(elements) => elements.into_iter().map(with_documents).collect(),
        other => other,
    }
}

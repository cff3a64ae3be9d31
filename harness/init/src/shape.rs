//! The JSON Schema of error bodies: from documented schemas, from examples, or as RFC 9457 has it.

use serde_json::{Map, Value, json};

use super::error_body::{CODE_NAMES, Envelope, ErrorBody, Hints, Origins, PROBLEM};
use super::origin::Origin;
use super::statement;

/// One schema for all documented bodies. Without schemas, the members that all examples have are required.
pub(super) fn joined(bodies: &[&ErrorBody], parts: [Option<&str>; 2]) -> Value {
    of_schemas(bodies).unwrap_or_else(|| of_examples(bodies, parts))
}

/// One schema for all bodies that have a schema; `None` if no body has one.
fn of_schemas(bodies: &[&ErrorBody]) -> Option<Value> {
    let mut schemas: Vec<&Value> = Vec::new();
    let mut statuses: Vec<&str> = Vec::new();
    for (body, schema) in bodies.iter().filter_map(|body| Some((body, body.schema.as_ref()?))) {
        schemas.extend((!schemas.contains(&schema)).then_some(schema));
        statuses.extend((!statuses.contains(&body.status.as_str())).then_some(body.status.as_str()));
    }
    let is_general = statuses.len() > 1 || statuses.iter().any(|status| status.parse::<u16>().is_err());
    (!schemas.is_empty()).then(|| statement::together(&schemas, is_general))
}

fn of_examples(bodies: &[&ErrorBody], parts: [Option<&str>; 2]) -> Value {
    let mut schema = json!({ "type": "object" });
    for pointer in parts.into_iter().flatten() {
        let everywhere = !bodies.is_empty() && bodies.iter().all(|body| body.at(pointer).is_some());
        let mut at = &mut schema;
        for token in pointer.split('/').skip(1) {
            if token == "0" {
                at = element(at, everywhere);
                continue;
            }
            if everywhere
                && at
                    .get("required")
                    .is_none_or(|names| !names.as_array().is_some_and(|all| all.iter().any(|one| one == token)))
            {
                let mut names = at.get("required").and_then(Value::as_array).cloned().unwrap_or_default();
                names.push(json!(token));
                at["required"] = Value::Array(names);
            }
            if at["properties"].get(token).is_none() {
                at["properties"][token] = json!({});
            }
            at = &mut at["properties"][token];
        }
        let mut types = bodies.iter().filter_map(|body| body.at(pointer)).map(|place| place.types.as_slice());
        if let Some([kind]) = types.next().filter(|first| types.all(|other| other == *first)) {
            at["type"] = json!(kind);
        }
    }
    schema
}

/// The schema of the elements of an array.
fn element(array: &mut Value, everywhere: bool) -> &mut Value {
    if everywhere {
        array["type"] = json!("array");
        array["minItems"] = json!(1);
    }
    if array.get("items").is_none() {
        array["items"] = json!({});
    }
    &mut array["items"]
}

/// Requires the members of RFC 9457 that every recorded response has. One status is not enough: other errors may lack them.
pub(super) fn require_what_all_have(schema: &mut Value, learned: &[ErrorBody]) {
    let mut statuses: Vec<&str> = learned.iter().map(|body| body.status.as_str()).collect();
    statuses.sort_unstable();
    statuses.dedup();
    if statuses.len() < 2 {
        return;
    }
    let names: Vec<String> =
        schema["properties"].as_object().into_iter().flatten().map(|(name, _)| name.clone()).collect();
    let everywhere = |name: &String| learned.iter().all(|body| body.at(&format!("/{name}")).is_some());
    let names: Vec<String> = names.into_iter().filter(everywhere).collect();
    if !names.is_empty() {
        schema["$comment"] = json!("`required` is learned: check against the documentation");
        schema["required"] = json!(names);
    }
}

/// The envelope of RFC 9457, in which every member is optional unless all documented schemas require it; `others` are the
/// documented errors of other forms. If a schema or an example has a further member for a code, that member is the code.
pub(super) fn problem(bodies: &[&ErrorBody], others: &[&ErrorBody], hints: Hints<'_>) -> Envelope {
    let has = |pointer: &str| bodies.iter().any(|body| body.at(pointer).is_some());
    let of_hint = |pointer: &str| bodies.iter().find_map(|body| body.at(pointer));
    let named = || {
        bodies.iter().find_map(|body| {
            CODE_NAMES
                .iter()
                .find_map(|name| body.places.iter().find(|place| place.name() == *name && place.parent().is_empty()))
        })
    };
    let own = hints.code.map_or_else(named, of_hint);
    let message = if !has("/title") && has("/detail") { "/detail" } else { "/title" };
    let code = own.map_or("/type".to_owned(), |place| place.pointer.clone());
    let is_problem = |body: &&&ErrorBody| body.media.as_deref() == Some(PROBLEM);
    let media = bodies.iter().find(is_problem).or(bodies.first()).and_then(|body| body.media.clone());
    Envelope {
        schema: problem_schema(of_schemas(&[bodies, others].concat())),
        media_type: media.filter(|_| !hints.preset).unwrap_or_else(|| PROBLEM.to_owned()),
        is_integer: own.is_some_and(|place| place.types.iter().any(|kind| kind == "integer")),
        parent: String::new(),
        code,
        message: message.to_owned(),
        details: None,
        field: None,
        status: None,
        forbids_empty_message: false,
        disputed: None,
        origins: Origins {
            shape: Origin::Documented,
            media_type: Origin::Documented,
            code: Origin::Documented,
            message: Origin::Documented,
        },
    }
}

/// The schema of RFC 9457, with what the documented schemas state about the same members and about others.
fn problem_schema(documented: Option<Value>) -> Value {
    let uri = json!({ "type": "string", "format": "uri-reference" });
    let mut properties = Map::new();
    for (name, schema) in [
        ("type", uri.clone()),
        ("title", json!({ "type": "string" })),
        ("status", json!({ "type": "integer" })),
        ("detail", json!({ "type": "string" })),
        ("instance", uri),
    ] {
        properties.insert(name.to_owned(), schema);
    }
    let mut schema = json!({ "type": "object" });
    for (word, value) in documented.iter().filter_map(Value::as_object).flatten() {
        match value.as_object().filter(|_| word == "properties") {
            Some(members) => members.iter().for_each(|(name, stated)| state(&mut properties, name, stated)),
            None => schema[word] = value.clone(),
        }
    }
    schema["properties"] = Value::Object(properties);
    schema
}

/// Takes over what the documentation states about a member. RFC 9457 adds the type and the form if it states none.
fn state(properties: &mut Map<String, Value>, name: &str, stated: &Value) {
    let mut stated = stated.as_object().cloned().unwrap_or_default();
    let known = properties.get(name).and_then(Value::as_object).cloned().unwrap_or_default();
    let is_open = !["type", "enum", "const", "anyOf"].iter().any(|word| stated.contains_key(*word));
    let is_same_type = stated.get("type").is_some() && stated.get("type") == known.get("type");
    if is_open || is_same_type {
        for (word, value) in known {
            stated.entry(word).or_insert(value);
        }
    }
    properties.insert(name.to_owned(), Value::Object(stated));
}

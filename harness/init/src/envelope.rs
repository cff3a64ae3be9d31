//! Finds the members of error bodies that contain code, message and field, in response schemas and examples.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::Learned;
use super::operations::Operation;
use super::origin::Origin;
use super::schema::{Place, places, places_of_example, simplified};

/// The media type of RFC 9457.
pub(super) const PROBLEM: &str = "application/problem+json";
const CODE_NAMES: &[&str] = &["code", "errorcode", "errcode", "errorkey"];
/// Members that contain a code only if the documented values are spelt like codes.
const POSSIBLE_CODE_NAMES: &[&str] = &["error", "type", "errortype", "reason", "name", "key", "id"];
const MESSAGE_NAMES: &[&str] =
    &["message", "msg", "errormessage", "errordescription", "detail", "title", "description", "error", "reason"];
const FIELD_NAMES: &[&str] = &["field", "param", "parameter", "property", "attribute"];
const DETAILS_NAMES: &[&str] = &["details", "hint", "moreinfo", "info"];

/// The envelope of errors, with JSON Pointers to its members.
#[derive(Debug)]
pub(super) struct Envelope {
    pub(super) schema: Value,
    pub(super) media_type: String,
    pub(super) is_integer: bool,
    /// The object that contains the members of the error.
    pub(super) parent: String,
    pub(super) code: String,
    pub(super) message: String,
    pub(super) details: Option<String>,
    pub(super) field: Option<String>,
    /// The sources of these statements.
    pub(super) origins: Origins,
}

/// The source of each statement about the envelope.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Origins {
    pub(super) shape: Origin,
    pub(super) media_type: Origin,
    pub(super) code: Origin,
    pub(super) message: Origin,
}

impl Origins {
    /// The same statements, from recorded answers instead of the documentation.
    fn learned(self) -> Self {
        let learned = |origin: Origin| origin.min(Origin::Learned);
        Self {
            shape: learned(self.shape),
            media_type: learned(self.media_type),
            code: learned(self.code),
            message: learned(self.message),
        }
    }
}

/// A documented or recorded error body.
#[derive(Debug)]
pub(super) struct ErrorBody {
    /// The status, or a class such as `4XX`.
    pub(super) status: String,
    pub(super) media: Option<String>,
    pub(super) places: Vec<Place>,
    /// Its schema; `None` for an example.
    pub(super) schema: Option<Value>,
    pub(super) description: String,
}

impl ErrorBody {
    /// The status as a number; `None` for a class.
    pub(super) fn number(&self) -> Option<u16> {
        self.status.parse().ok()
    }

    pub(super) fn at(&self, pointer: &str) -> Option<&Place> {
        self.places.iter().find(|place| place.pointer == pointer)
    }
}

/// Every error body that the operations document.
pub(super) fn bodies(operations: &[Operation<'_>]) -> Vec<ErrorBody> {
    let mut found = Vec::new();
    for response in operations.iter().flat_map(|operation| &operation.responses).filter(|one| one.is_error()) {
        let body = |places: Vec<Place>, schema: Option<Value>| ErrorBody {
            status: response.status.clone(),
            media: response.media.clone(),
            places,
            schema,
            description: response.description.clone(),
        };
        if let Some(schema) = response.schema {
            let places = places(schema);
            if !places.is_empty() && !is_of_fastapi(&places) {
                found.push(body(places, Some(simplified(schema))));
            }
        }
        found.extend(
            response.examples.iter().filter(|one| one.is_object()).map(|one| body(places_of_example(one), None)),
        );
    }
    found
}

/// The error bodies that a live API has sent.
pub(super) fn bodies_of_answers(answers: &[Learned]) -> Vec<ErrorBody> {
    let body = |answer: &Learned| ErrorBody {
        status: answer.status.to_string(),
        media: answer.media.clone(),
        places: places_of_example(&answer.body),
        schema: None,
        description: String::new(),
    };
    answers.iter().map(body).collect()
}

/// The error bodies of a page.
pub(super) fn bodies_of_page(examples: &[Value]) -> Vec<ErrorBody> {
    let body = |example: &Value| ErrorBody {
        status: String::new(),
        media: None,
        places: places_of_example(example),
        schema: None,
        description: String::new(),
    };
    let all = examples.iter().map(body);
    all.filter(|body| code_of(&body.places).is_some() && message_of(&body.places, None).is_some()).collect()
}

/// True for the body of FastAPI's validation errors. FastAPI documents it for each operation, but other errors look
/// different.
fn is_of_fastapi(places: &[Place]) -> bool {
    let array = |place: &Place| place.pointer == "/detail" && place.types == ["array"];
    places.len() == 1 && places.iter().any(array)
}

/// Finds the envelope in the documentation. If the documentation does not describe all errors, uses the recorded
/// answers.
pub(super) fn envelope(bodies: &[ErrorBody], of_page: &[ErrorBody], learned: &[ErrorBody], preset: bool) -> Envelope {
    let from_documentation = documented(bodies, of_page, preset);
    if from_documentation.origins.shape == Origin::Documented || learned.is_empty() {
        return from_documentation;
    }
    let mut seen = documented(learned, &[], false);
    seen.origins = seen.origins.learned();
    let everywhere = |pointer: &str| learned.iter().all(|body| body.at(pointer).is_some());
    let is_problem = seen.media_type == PROBLEM && learned.iter().all(|body| body.media.as_deref() == Some(PROBLEM));
    if !is_problem && !everywhere(&seen.message) {
        seen.origins.shape = Origin::Guess;
    }
    seen
}

fn documented(bodies: &[ErrorBody], of_page: &[ErrorBody], preset: bool) -> Envelope {
    let is_problem = |body: &&ErrorBody| body.media.as_deref() == Some(PROBLEM);
    if preset || bodies.iter().any(|body| is_problem(&body)) {
        let problems: Vec<&ErrorBody> = bodies.iter().filter(is_problem).chain(of_page).collect();
        return problem(&problems);
    }
    let all: Vec<&ErrorBody> = bodies.iter().chain(of_page).collect();
    let codes: Vec<String> = all.iter().filter_map(|body| Some(code_of(&body.places)?.pointer.clone())).collect();
    // A member of a few bodies is not a member of all errors.
    let code = most_common(codes.iter().cloned())
        .filter(|code| codes.iter().filter(|other| *other == code).count() * 2 >= all.len());
    let message = most_common(all.iter().filter_map(|body| message_of(&body.places, code.as_deref())));
    let first = code.as_ref().or(message.as_ref());
    let parent = first.and_then(|pointer| pointer.rsplit_once('/')).map_or("", |(parent, _)| parent).to_owned();
    let sibling = |names: &[&str]| most_common(all.iter().filter_map(|body| sibling(&body.places, &parent, names)));
    let integers = all.iter().filter_map(|body| body.at(code.as_deref()?)).filter(|place| !place.types.is_empty());
    let media = media(bodies);
    // An example without the message shows that it is optional.
    let examples = || all.iter().filter(|body| body.schema.is_none());
    Envelope {
        schema: joined(&all, [code.as_deref(), message.as_deref()]),
        is_integer: most_common(integers.map(|place| place.types[0].clone())).is_some_and(|kind| kind == "integer"),
        details: sibling(DETAILS_NAMES),
        field: sibling(FIELD_NAMES),
        origins: Origins {
            shape: Origin::of(is_general(bodies, code.is_some()) || !of_page.is_empty()),
            media_type: Origin::of(media.is_some()),
            code: Origin::of(code.is_some()),
            message: Origin::of(
                message.as_ref().is_some_and(|pointer| examples().all(|body| body.at(pointer).is_some())),
            ),
        },
        media_type: media.unwrap_or_else(|| "application/json".to_owned()),
        code: code.unwrap_or_else(|| format!("{parent}/code")),
        message: message.unwrap_or_else(|| format!("{parent}/message")),
        parent,
    }
}

/// True if the documented bodies probably describe all errors: they belong to several statuses, or have a code.
fn is_general(bodies: &[ErrorBody], has_code: bool) -> bool {
    let mut statuses: Vec<&str> = bodies.iter().map(|body| body.status.as_str()).collect();
    statuses.sort_unstable();
    statuses.dedup();
    statuses.len() > 1 || (!statuses.is_empty() && (has_code || statuses[0].parse::<u16>().is_err()))
}

fn media(bodies: &[ErrorBody]) -> Option<String> {
    let mut all: Vec<&String> = bodies.iter().filter_map(|body| body.media.as_ref()).collect();
    all.dedup();
    all.first().filter(|first| all.iter().all(|other| other == *first)).map(|first| (*first).clone())
}

fn most_common(all: impl Iterator<Item = String>) -> Option<String> {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    let mut order: Vec<String> = Vec::new();
    for one in all {
        if !order.contains(&one) {
            order.push(one.clone());
        }
        *counts.entry(one).or_default() += 1;
    }
    let largest = counts.values().max().copied()?;
    order.into_iter().find(|one| counts.get(one) == Some(&largest))
}

fn code_of(places: &[Place]) -> Option<&Place> {
    let can = |place: &&Place| place.may_be("string") || place.may_be("integer");
    let named = |name: &&&str| places.iter().filter(can).find(|place| place.name() == **name);
    // An id with digits identifies one response, not a kind of error.
    let digits = |value: &Value| value.as_str().is_some_and(|text| text.contains(|one: char| one.is_ascii_digit()));
    let is_code = |place: &Place| {
        place.values.iter().all(is_spelt_like_a_code) && (place.name() != "id" || !place.values.iter().any(digits))
    };
    let spelt = |place: &&Place| !place.values.is_empty() && is_code(place);
    let possible = |name: &&&str| places.iter().filter(spelt).find(|place| place.name() == **name);
    CODE_NAMES
        .iter()
        .find_map(|name| named(&name))
        .or_else(|| POSSIBLE_CODE_NAMES.iter().find_map(|name| possible(&name)))
}

/// True for one word, such as `not_found`, and for a URI. False for a sentence.
fn is_spelt_like_a_code(value: &Value) -> bool {
    let text = value.as_str().unwrap_or_default();
    let is_word = !text.is_empty() && !text.contains(char::is_whitespace);
    is_word && (text.contains(['_', '.', ':', '/', '-']) || text.chars().all(|letter| letter.is_ascii_alphanumeric()))
}

fn message_of(places: &[Place], code: Option<&str>) -> Option<String> {
    let can = |place: &&Place| place.may_be("string") && Some(place.pointer.as_str()) != code;
    let parent = code.and_then(|code| code.rsplit_once('/')).map(|(parent, _)| parent);
    let fits = |place: &&Place| can(place) && parent.is_none_or(|parent| place.parent() == parent);
    MESSAGE_NAMES
        .iter()
        .find_map(|name| places.iter().filter(fits).find(|place| place.name() == *name))
        .map(|place| place.pointer.clone())
}

fn sibling(places: &[Place], parent: &str, names: &[&str]) -> Option<String> {
    let fits = |place: &&Place| place.parent() == parent && place.types == ["string"];
    let plain = |place: &Place| place.values.iter().all(|value| !value.as_str().unwrap_or_default().starts_with('/'));
    let found = names.iter().find_map(|name| places.iter().filter(fits).find(|place| place.name() == *name));
    found.filter(|place| plain(place)).map(|place| place.pointer.clone())
}

/// One schema for all documented bodies: each body matches one of their schemas. Without schemas, the members that all
/// examples have are required.
fn joined(bodies: &[&ErrorBody], parts: [Option<&str>; 2]) -> Value {
    let mut schemas: Vec<&Value> = Vec::new();
    for schema in bodies.iter().filter_map(|body| body.schema.as_ref()) {
        if !schemas.contains(&schema) {
            schemas.push(schema);
        }
    }
    match schemas.as_slice() {
        [] => of_examples(bodies, parts),
        [one] => (*one).clone(),
        many => json!({ "anyOf": many }),
    }
}

fn of_examples(bodies: &[&ErrorBody], parts: [Option<&str>; 2]) -> Value {
    let mut schema = json!({ "type": "object" });
    for pointer in parts.into_iter().flatten() {
        let everywhere = !bodies.is_empty() && bodies.iter().all(|body| body.at(pointer).is_some());
        let mut at = &mut schema;
        for token in pointer.split('/').skip(1) {
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
    }
    schema
}

/// The envelope of RFC 9457, in which every member is optional. If a schema or an example has a further member for a
/// code, that member is the code.
fn problem(bodies: &[&ErrorBody]) -> Envelope {
    let has = |pointer: &str| bodies.iter().any(|body| body.at(pointer).is_some());
    let own = bodies.iter().find_map(|body| {
        CODE_NAMES
            .iter()
            .find_map(|name| body.places.iter().find(|place| place.name() == *name && place.parent().is_empty()))
    });
    let message = if !has("/title") && has("/detail") { "/detail" } else { "/title" };
    let mut properties = Map::new();
    for (name, schema) in [
        ("type", json!({ "type": "string", "format": "uri-reference" })),
        ("title", json!({ "type": "string" })),
        ("status", json!({ "type": "integer" })),
        ("detail", json!({ "type": "string" })),
        ("instance", json!({ "type": "string", "format": "uri-reference" })),
    ] {
        properties.insert(name.to_owned(), schema);
    }
    let code = own.map_or("/type".to_owned(), |place| place.pointer.clone());
    Envelope {
        schema: json!({ "type": "object", "properties": properties }),
        media_type: PROBLEM.to_owned(),
        is_integer: own.is_some_and(|place| place.types.iter().any(|kind| kind == "integer")),
        parent: String::new(),
        code,
        message: message.to_owned(),
        details: None,
        field: None,
        origins: Origins {
            shape: Origin::Documented,
            media_type: Origin::Documented,
            code: Origin::Documented,
            message: Origin::Documented,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(examples: &[Value]) -> Envelope {
        envelope(&[], &bodies_of_page(examples), &[], false)
    }

    #[test]
    fn members_are_found_by_their_names() {
        let nested = of(&[json!({ "error": { "code": "A_B", "message": "x", "param": "p" } })]);
        assert_eq!((nested.code.as_str(), nested.parent.as_str()), ("/error/code", "/error"));
        assert_eq!((nested.message.as_str(), nested.field.as_deref()), ("/error/message", Some("/error/param")));
        let flat = of(&[json!({ "errorCode": 7, "msg": "x" })]);
        assert!(flat.is_integer && flat.code == "/errorCode" && flat.message == "/msg");
        let by_id = of(&[json!({ "id": "not_found", "message": "x" })]);
        assert_eq!(by_id.code, "/id");
        let few = of(&[json!({ "code": "A", "message": "x" })]);
        assert!(few.origins.code == Origin::Documented);
        let oauth = of(&[json!({ "error": "invalid_grant", "error_description": "x" })]);
        assert_eq!((oauth.code.as_str(), oauth.message.as_str()), ("/error", "/error_description"));
    }

    #[test]
    fn a_sentence_is_not_a_code() {
        let body = ErrorBody {
            status: "404".to_owned(),
            media: None,
            places: places_of_example(&json!({ "error": "Not found" })),
            schema: None,
            description: String::new(),
        };
        let envelope = envelope(&[body], &[], &[], false);
        assert!(
            envelope.origins.code == Origin::Guess
                && envelope.message == "/error"
                && envelope.origins.shape == Origin::Guess
        );
    }

    #[test]
    fn a_message_that_an_example_lacks_is_optional() {
        let body = |example: Value| ErrorBody {
            status: "400".to_owned(),
            media: None,
            places: places_of_example(&example),
            schema: None,
            description: String::new(),
        };
        let short = body(json!({ "error": "invalid_grant" }));
        let long = body(json!({ "error": "invalid_scope", "error_description": "x" }));
        let both = envelope(&[short, long], &[], &[], false);
        assert!(both.message == "/error_description" && both.origins.message == Origin::Guess);
        assert!(both.origins.code == Origin::Documented);
    }

    #[test]
    fn a_schema_of_examples_asks_for_what_all_have() {
        let envelope = of(&[json!({ "error": { "code": "A_B", "message": "x" } })]);
        assert_eq!(envelope.schema["required"], json!(["error"]));
        assert_eq!(envelope.schema["properties"]["error"]["required"], json!(["code", "message"]));
    }
}

//! The operations, from `schemas/openapi.yaml` (OpenAPI 3.1): as much of it as scenarios need.
//!
//! The description is an open format, so unknown members are not refused here, unlike in our own
//! files; what we do need and do not find is reported at its place.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::source::{Problems, SourceFile, Step};

/// One callable operation.
#[derive(Clone, Debug)]
pub struct Operation {
    /// Its `operationId`.
    pub id: String,
    /// The method, in upper case.
    pub method: String,
    /// The path below the base URL, with `{parameters}`.
    pub path: String,
    /// What it does, in a few words.
    pub summary: String,
    /// The scope that it asks for; `None` where it asks for no credential.
    pub scope: Option<String>,
    /// True when it needs a credential.
    pub secured: bool,
    /// The media type of its request body, where it has one.
    pub media_type: Option<String>,
    /// An ordinary request body, with templates.
    pub example: Option<Value>,
    /// The documented successes, in the order of the description; there is at least one.
    pub successes: Vec<Success>,
    /// Required members of the request body.
    pub required: Vec<String>,
    /// All documented members of the request body.
    pub members: Vec<String>,
    /// The JSON types of those members whose schema says so.
    pub member_types: BTreeMap<String, Vec<String>>,
}

/// A documented success: a status, or the whole class `2XX`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Success {
    /// As the description writes it.
    pub name: String,
    /// Where the schema of its body stands in the description (a JSON Pointer).
    pub schema: Option<String>,
}

impl Success {
    /// Whether a status is this one.
    pub fn covers(&self, status: u16) -> bool {
        match self.name.parse::<u16>() {
            Ok(own) => own == status,
            Err(_) => (200..300).contains(&status),
        }
    }
}

impl Operation {
    /// The documented success with that status; one with a status of its own goes before a class.
    pub fn success_of(&self, status: u16) -> Option<&Success> {
        let own = self.successes.iter().find(|success| success.name == status.to_string());
        own.or_else(|| self.successes.iter().find(|success| success.covers(status)))
    }

    /// The documented success statuses in words: `200 or 201`.
    pub fn success_statuses(&self) -> String {
        let names: Vec<&str> = self.successes.iter().map(|success| success.name.as_str()).collect();
        names.join(" or ")
    }

    /// Whether its answers have no body, whatever their status (RFC 9110, section 9.3.2).
    pub fn is_head(&self) -> bool {
        self.method == "HEAD"
    }

    /// The names of the path parameters, in order.
    pub fn parameters(&self) -> Vec<&str> {
        self.path.split('{').skip(1).filter_map(|rest| rest.split('}').next()).collect()
    }
}

/// How a kind of credential travels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// In a header of its own.
    ApiKey {
        /// The header's name.
        header: String,
    },
    /// In `Authorization`, behind a scheme such as `Bearer`.
    Http {
        /// The scheme, as it is sent.
        scheme: String,
    },
}

pub(super) struct Api {
    pub(super) document: Value,
    pub(super) operations: Vec<Operation>,
    pub(super) schemes: Vec<Scheme>,
}

const METHODS: [&str; 7] = ["get", "put", "post", "delete", "options", "head", "patch"];

pub(super) fn load(file: &SourceFile, problems: &mut Problems) -> Option<Api> {
    let document = problems.take(file.parse_json())?;
    let empty = Map::new();
    let paths = document.get("paths").and_then(Value::as_object).unwrap_or_else(|| {
        problems.0.push(file.problem(&[], "the description has no `paths`"));
        &empty
    });
    let mut operations: Vec<Operation> = Vec::new();
    for (path, item) in paths {
        for method in METHODS {
            let Some(node) = item.get(method) else { continue };
            let at: Vec<Step> = vec!["paths".into(), path.as_str().into(), method.into()];
            match operation(&document, path, method, node) {
                Ok(found) if operations.iter().any(|other| other.id == found.id) => {
                    problems.0.push(file.problem(&at, format!("operationId `{}` stands here twice", found.id)));
                }
                Ok(found) => operations.push(found),
                Err(message) => problems.0.push(file.problem(&at, message)),
            }
        }
    }
    let schemes = schemes(&document);
    Some(Api { document, operations, schemes })
}

fn operation(document: &Value, path: &str, method: &str, node: &Value) -> Result<Operation, String> {
    let id = node.get("operationId").and_then(Value::as_str).ok_or("this operation has no `operationId`")?;
    let successes = successes_of(node, path, method);
    if successes.is_empty() {
        return Err("this operation documents no success status (200 to 299)".to_owned());
    }
    let content = node.pointer("/requestBody/content").and_then(Value::as_object);
    let (media_type, body) = content
        .and_then(|content| content.iter().next())
        .map_or((None, None), |(name, body)| (Some(name.clone()), Some(body)));
    let security = node.get("security").or_else(|| document.get("security"));
    let scope = security.and_then(scope_of);
    Ok(Operation {
        id: id.to_owned(),
        method: method.to_uppercase(),
        path: path.to_owned(),
        summary: node.get("summary").and_then(Value::as_str).unwrap_or(id).to_owned(),
        secured: security.and_then(Value::as_array).is_some_and(|list| !list.is_empty()),
        scope,
        media_type,
        example: body.and_then(|body| body.get("example")).cloned(),
        successes,
        required: body.map(|body| required_of(document, body)).unwrap_or_default(),
        members: body.map(|body| members_of(document, body)).unwrap_or_default(),
        member_types: body.map(|body| member_types_of(document, body)).unwrap_or_default(),
    })
}

/// Every documented response from 200 to 299.
fn successes_of(node: &Value, path: &str, method: &str) -> Vec<Success> {
    let responses = node.get("responses").and_then(Value::as_object).into_iter().flatten();
    responses
        .filter(|(status, _)| status.eq_ignore_ascii_case("2XX") || matches!(status.parse(), Ok(200_u16..300)))
        .map(|(status, response)| {
            let media =
                response.pointer("/content").and_then(Value::as_object).and_then(|content| content.keys().next());
            let schema = media.map(|media| {
                format!("/paths/{}/{method}/responses/{status}/content/{}/schema", escaped(path), escaped(media))
            });
            Success { name: status.clone(), schema }
        })
        .collect()
}

/// OpenAPI 3.1 lets any kind of security requirement list the roles that it needs.
fn scope_of(security: &Value) -> Option<String> {
    let first = security.as_array()?.first()?.as_object()?;
    let roles = first.values().next()?.as_array()?;
    roles.first()?.as_str().map(str::to_owned)
}

fn required_of(document: &Value, body: &Value) -> Vec<String> {
    let schema = body.get("schema").map(|schema| resolved(document, schema));
    schema
        .and_then(|schema| schema.get("required"))
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect()
}

fn members_of(document: &Value, body: &Value) -> Vec<String> {
    let schema = body.get("schema").map(|schema| resolved(document, schema));
    let members = schema.and_then(|schema| schema.get("properties")).and_then(Value::as_object);
    members.into_iter().flatten().map(|(name, _)| name.clone()).collect()
}

fn member_types_of(document: &Value, body: &Value) -> BTreeMap<String, Vec<String>> {
    let schema = body.get("schema").map(|schema| resolved(document, schema));
    let members = schema.and_then(|schema| schema.get("properties")).and_then(Value::as_object);
    let typed = members.into_iter().flatten().filter_map(|(name, member)| {
        let types = types_of(resolved(document, member));
        (!types.is_empty()).then(|| (name.clone(), types))
    });
    typed.collect()
}

/// The JSON types that a schema names itself; none where it leaves them to schemas within it.
fn types_of(schema: &Value) -> Vec<String> {
    match schema.get("type") {
        Some(Value::String(one)) => vec![one.clone()],
        Some(Value::Array(many)) => many.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        _ => Vec::new(),
    }
}

fn resolved<'d>(document: &'d Value, schema: &'d Value) -> &'d Value {
    schema
        .get("$ref")
        .and_then(Value::as_str)
        .and_then(|target| target.strip_prefix('#'))
        .and_then(|pointer| document.pointer(pointer))
        .unwrap_or(schema)
}

fn schemes(document: &Value) -> Vec<Scheme> {
    document
        .pointer("/components/securitySchemes")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
        .filter_map(|(_, scheme)| match scheme.get("type")?.as_str()? {
            "apiKey" if scheme.get("in")?.as_str()? == "header" => {
                Some(Scheme::ApiKey { header: scheme.get("name")?.as_str()?.to_owned() })
            }
            "http" => Some(Scheme::Http { scheme: capitalised(scheme.get("scheme")?.as_str()?) }),
            _ => None,
        })
        .collect()
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// A token of a JSON Pointer, escaped (RFC 6901).
pub(super) fn escaped(token: &str) -> String {
    token.replace('~', "~0").replace('/', "~1")
}

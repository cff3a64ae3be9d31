//! Reads the operations from `schemas/openapi.yaml` (OpenAPI 3.0 to 3.2), as far as scenarios need them.
//!
//! OpenAPI can be extended, so unknown members are allowed here, unlike in our own files. A member that is missing or
//! not supported is reported at its place. References are followed everywhere (`description`).

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::description::{Description, Node, Read};
use crate::source::{Problem, Problems, SourceFile};

/// One callable operation.
#[derive(Clone, Debug)]
pub struct Operation {
    /// The `operationId`.
    pub id: String,
    /// The HTTP method, in upper case.
    pub method: String,
    /// The path below the base URL, with `{parameters}`.
    pub path: String,
    /// A short description.
    pub summary: String,
    /// The scope that it requires, if any.
    pub scope: Option<String>,
    /// True if it requires a credential.
    pub secured: bool,
    /// The media type of its request body, if it has one.
    pub media_type: Option<String>,
    /// A valid request body, with templates.
    pub example: Option<Value>,
    /// The documented successes, in the order of the description; there is at least one.
    pub successes: Vec<Success>,
    /// Required members of the request body.
    pub required: Vec<String>,
    /// All documented members of the request body.
    pub members: Vec<String>,
    /// The JSON types of the members whose schemas state them.
    pub member_types: BTreeMap<String, Vec<String>>,
}

/// Operations of one contract are the same if their ids are.
impl PartialEq for Operation {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

/// A documented success: a status, or the whole class `2XX`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Success {
    /// The status as written in the description.
    pub name: String,
    /// The address of the schema of its body: a file of `schemas/`, with a JSON Pointer as its fragment.
    pub schema: Option<String>,
}

impl Success {
    pub fn covers(&self, status: u16) -> bool {
        match self.name.parse::<u16>() {
            Ok(own) => own == status,
            Err(_) => (200..300).contains(&status),
        }
    }
}

impl Operation {
    /// The documented success with that status; an exact status has priority over a class.
    pub fn success_of(&self, status: u16) -> Option<&Success> {
        let own = self.successes.iter().find(|success| success.name == status.to_string());
        own.or_else(|| self.successes.iter().find(|success| success.covers(status)))
    }

    /// The documented success statuses for messages: `200 or 201`.
    pub fn success_statuses(&self) -> String {
        let names: Vec<&str> = self.successes.iter().map(|success| success.name.as_str()).collect();
        names.join(" or ")
    }

    /// Whether its responses have no body, whatever their status (RFC 9110, section 9.3.2).
    pub fn is_head(&self) -> bool {
        self.method == "HEAD"
    }

    /// The names of the path parameters, in order.
    pub fn parameters(&self) -> Vec<&str> {
        self.path.split('{').skip(1).filter_map(|rest| rest.split('}').next()).collect()
    }

    /// The values of the path parameters in the path of a request, decoded; none of a parameter that is only a part of a
    /// segment. The request may have a path before that of the operation.
    pub fn parameters_in(&self, path: &str) -> BTreeMap<String, String> {
        let path = path.split('?').next().unwrap_or_default();
        let name = |segment: &str| segment.strip_prefix('{')?.strip_suffix('}').map(str::to_owned);
        let decoded = |value: &str| percent_encoding::percent_decode_str(value).decode_utf8().ok().map(String::from);
        let both = self.path.rsplit('/').zip(path.rsplit('/'));
        both.filter_map(|(segment, value)| Some((name(segment)?, decoded(value)?))).collect()
    }
}

/// How a kind of credential is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// In a header of its own.
    ApiKey { header: String },
    /// In `Authorization`, after a scheme such as `Bearer`.
    Http {
        /// The scheme, as it is sent.
        scheme: String,
    },
}

pub(super) struct Api {
    pub(super) description: Description,
    /// The description as it was written, before its schemas are translated for responses.
    pub(super) original: Description,
    pub(super) operations: Vec<Operation>,
    pub(super) schemes: Vec<Scheme>,
    pub(super) server_paths: Vec<String>,
}

const METHODS: [&str; 7] = ["get", "put", "post", "delete", "options", "head", "patch"];

pub(super) fn load(file: &SourceFile, read: Read<'_>, problems: &mut Problems) -> Option<Api> {
    let mut description = Description::load(file, read, problems)?;
    let original = description.clone();
    description.translate(problems);
    let mut operations: Vec<Operation> = Vec::new();
    match description.node().child("paths").filter(|paths| paths.value.is_object()) {
        Some(paths) => {
            for (path, item) in paths.children() {
                let Some(item) = problems.take(item.followed()) else { continue };
                for method in METHODS {
                    let Some(node) = item.child(method) else { continue };
                    let Some(found) = problems.take(operation(path, method, &item, &node)) else { continue };
                    if operations.iter().any(|other| other.id == found.id) {
                        problems.0.push(node.problem(format!("duplicate operationId `{}`", found.id)));
                        continue;
                    }
                    operations.push(found);
                }
            }
        }
        None => problems.0.push(file.problem(&[], "the description has no `paths`")),
    }
    let schemes = schemes(&description.node(), problems);
    let server_paths = server_paths(description.node().value);
    Some(Api { description, original, operations, schemes, server_paths })
}

/// The paths of the described `servers`, such as `/v3`, each once. A path without segments is left out.
fn server_paths(root: &Value) -> Vec<String> {
    let mut paths: Vec<String> = Vec::new();
    for server in root.get("servers").and_then(Value::as_array).into_iter().flatten() {
        let mut url = server.get("url").and_then(Value::as_str).unwrap_or_default().to_owned();
        for (name, variable) in server.get("variables").and_then(Value::as_object).into_iter().flatten() {
            let default = variable.get("default").and_then(Value::as_str).unwrap_or_default();
            url = url.replace(&format!("{{{name}}}"), default);
        }
        let below = url.split_once("://").map_or(url.as_str(), |(_, rest)| rest.find('/').map_or("", |at| &rest[at..]));
        let path = format!("/{}", below.split(['?', '#']).next().unwrap_or_default().trim_matches('/'));
        if path != "/" && !path.contains(['{', ' ']) && !paths.contains(&path) {
            paths.push(path);
        }
    }
    paths
}

fn operation(path: &str, method: &str, item: &Node<'_>, node: &Node<'_>) -> Result<Operation, Problem> {
    let id = node.value.get("operationId").and_then(Value::as_str);
    let id = id.ok_or_else(|| node.problem("this operation has no `operationId`"))?;
    check_parameters(item)?;
    check_parameters(node)?;
    let successes = successes_of(node)?;
    if successes.is_empty() {
        return Err(node.problem("this operation documents no success status (200 to 299)"));
    }
    let request = node.get("requestBody")?.map(|body| body.get("content")).transpose()?.flatten();
    let (media_type, body) = request.and_then(|content| preferred(&content)).unzip();
    let security = node.child("security").or_else(|| node.document().child("security"));
    let security = security.map(|list| security_of(&list)).transpose()?.flatten();
    let schema = body.as_ref().map(|body| body.get("schema")).transpose()?.flatten();
    Ok(Operation {
        id: id.to_owned(),
        method: method.to_uppercase(),
        path: path.to_owned(),
        summary: node.value.get("summary").and_then(Value::as_str).unwrap_or(id).to_owned(),
        secured: security.is_some(),
        scope: security.flatten(),
        media_type,
        example: body.as_ref().map(|body| example_of(body, schema.as_ref())).transpose()?.flatten(),
        successes,
        required: schema.as_ref().map(required_of).unwrap_or_default(),
        members: schema.as_ref().map(members_of).unwrap_or_default(),
        member_types: schema.as_ref().map(member_types_of).unwrap_or_default(),
    })
}

/// Reports invalid references among the parameters.
fn check_parameters(node: &Node<'_>) -> Result<(), Problem> {
    let Some(list) = node.get("parameters")? else { return Ok(()) };
    list.items().try_for_each(|parameter| parameter.followed().map(|_| ()))
}

pub(super) fn is_json(media_type: &str) -> bool {
    let name = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    name == "application/json" || name.ends_with("+json")
}

pub(super) fn is_form(media_type: &str) -> bool {
    let name = media_type.split(';').next().unwrap_or_default().trim();
    name.eq_ignore_ascii_case("application/x-www-form-urlencoded")
}

/// The JSON media type, or else the first one.
pub(super) fn preferred<'d>(content: &Node<'d>) -> Option<(String, Node<'d>)> {
    let all: Vec<(&str, Node<'d>)> = content.children().collect();
    let found = all.iter().find(|(name, _)| is_json(name)).or_else(|| all.first());
    found.map(|(name, node)| ((*name).to_owned(), node.clone()))
}

/// A valid request body: the example of the media type, or the first of its examples, or the example of the schema.
fn example_of(body: &Node<'_>, schema: Option<&Node<'_>>) -> Result<Option<Value>, Problem> {
    if let Some(example) = body.value.get("example") {
        return Ok(Some(example.clone()));
    }
    let first = body.child("examples").and_then(|examples| examples.children().next().map(|(_, example)| example));
    if let Some(example) = first.map(Node::followed).transpose()? {
        let value = example.value.get("value").cloned();
        let external = || example.problem("`externalValue` is not supported: write the `value` of the example here");
        return value.map(Some).ok_or_else(external);
    }
    let of_schema = schema
        .and_then(|schema| schema.value.get("example").or_else(|| schema.value.get("examples")?.as_array()?.first()));
    Ok(of_schema.cloned())
}

/// Every documented response from 200 to 299, and the class `2XX`.
fn successes_of(node: &Node<'_>) -> Result<Vec<Success>, Problem> {
    let responses = node.get("responses")?;
    let is_success = |status: &str| status.eq_ignore_ascii_case("2XX") || matches!(status.parse(), Ok(200_u16..300));
    let documented = responses.iter().flat_map(Node::children).filter(|(status, _)| is_success(status));
    documented
        .map(|(status, response)| {
            let content = response.followed()?.get("content")?;
            let media = content.and_then(|content| preferred(&content));
            let schema = media.and_then(|(_, media)| media.child("schema")).map(|schema| schema.address());
            Ok(Success { name: status.to_owned(), schema })
        })
        .collect()
}

/// What a list of security requirements asks for: `None` for no credential, else the scope, if any. Each requirement is
/// an alternative; the first that a single credential can satisfy is used.
fn security_of(list: &Node<'_>) -> Result<Option<Option<String>>, Problem> {
    let alternatives: Vec<Node<'_>> = list.items().collect();
    let empty = |node: &Node<'_>| node.value.as_object().is_some_and(Map::is_empty);
    if alternatives.is_empty() || alternatives.iter().any(empty) {
        return Ok(None);
    }
    let mut first_problem = None;
    for alternative in &alternatives {
        match requirement(alternative) {
            Ok(scope) => return Ok(Some(scope)),
            Err(problem) => first_problem = first_problem.or(Some(problem)),
        }
    }
    first_problem.map_or(Ok(None), Err)
}

/// The scope of a requirement that a single credential can satisfy. In OpenAPI 3.1, any kind of requirement may list
/// roles.
fn requirement(alternative: &Node<'_>) -> Result<Option<String>, Problem> {
    if !alternative.value.is_object() {
        return Err(alternative.problem("expected a mapping from the name of a security scheme to its scopes"));
    }
    let mut all = alternative.children();
    let (Some((name, roles)), None) = (all.next(), all.next()) else {
        let names: Vec<&str> = alternative.children().map(|(name, _)| name).collect();
        let message = format!("this requires {} together, but an actor has only one credential", names.join(" and "));
        let help = "describe only the credential that differs between actors, and send the other with `--header`";
        return Err(alternative.problem(message).with_help(Some(help.to_owned())));
    };
    let declared =
        alternative.document().get("components")?.map(|all| all.get("securitySchemes")).transpose()?.flatten();
    let scheme = declared.map(|declared| declared.get(name)).transpose()?.flatten();
    let scheme =
        scheme.ok_or_else(|| alternative.problem(format!("`{name}` is not among `components.securitySchemes`")))?;
    scheme_of(&scheme)?;
    Ok(roles.value.as_array().and_then(|roles| roles.first()?.as_str()).map(str::to_owned))
}

fn required_of(schema: &Node<'_>) -> Vec<String> {
    let names = schema.value.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
    names.filter(|name| !is_read_only(schema, name)).map(str::to_owned).collect()
}

fn members_of(schema: &Node<'_>) -> Vec<String> {
    let members = schema.value.get("properties").and_then(Value::as_object).into_iter().flatten();
    members.map(|(name, _)| name.clone()).filter(|name| !is_read_only(schema, name)).collect()
}

/// The JSON types of the members whose schemas state them.
fn member_types_of(schema: &Node<'_>) -> BTreeMap<String, Vec<String>> {
    let members = schema.child("properties");
    let typed = members.iter().flat_map(Node::children).filter_map(|(name, member)| {
        let types = types_of(member.followed().ok()?.value);
        (!types.is_empty()).then(|| (name.to_owned(), types))
    });
    typed.collect()
}

/// The JSON types in a schema's own `type`; types in nested schemas such as `allOf` are not considered.
fn types_of(schema: &Value) -> Vec<String> {
    match schema.get("type") {
        Some(Value::String(one)) => vec![one.clone()],
        Some(Value::Array(many)) => many.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        _ => Vec::new(),
    }
}

/// True for a member that occurs only in responses.
fn is_read_only(schema: &Node<'_>, name: &str) -> bool {
    let member = schema.child("properties").and_then(|all| all.get(name).ok().flatten());
    member.is_some_and(|member| member.value.get("readOnly") == Some(&Value::Bool(true)))
}

/// The supported kinds of credentials. An unsupported kind is a problem only if an operation requires it.
fn schemes(root: &Node<'_>, problems: &mut Problems) -> Vec<Scheme> {
    let declared = root.child("components").and_then(|all| all.child("securitySchemes"));
    let all = declared.iter().flat_map(Node::children).filter_map(|(_, scheme)| problems.take(scheme.followed()));
    all.collect::<Vec<_>>().iter().filter_map(|scheme| scheme_of(scheme).ok().flatten()).collect()
}

/// How a credential of a declared kind is sent; `None` if it is part of the connection (mutual TLS).
fn scheme_of(node: &Node<'_>) -> Result<Option<Scheme>, Problem> {
    let text = |key: &str| node.value.get(key).and_then(Value::as_str).unwrap_or_default();
    match (text("type"), text("in"), text("name"), text("scheme")) {
        ("apiKey", "header", name, _) if !name.is_empty() => Ok(Some(Scheme::ApiKey { header: name.to_owned() })),
        ("apiKey", place @ ("query" | "cookie"), ..) => {
            let help = "only keys in headers are supported; use another scheme of the API, or remove its operations";
            let message = format!("a key in the {place} is not supported");
            Err(node.problem(message).with_help(Some(help.to_owned())))
        }
        ("http", _, _, scheme) if !scheme.is_empty() => Ok(Some(Scheme::Http { scheme: capitalised(scheme) })),
        ("oauth2" | "openIdConnect", ..) => Ok(Some(Scheme::Http { scheme: "Bearer".to_owned() })),
        ("mutualTLS", ..) => Ok(None),
        (kind, ..) => Err(node.problem(format!("a security scheme of type `{kind}` is not supported"))),
    }
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

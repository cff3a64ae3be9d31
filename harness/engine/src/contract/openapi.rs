//! The operations, from `schemas/openapi.yaml` (OpenAPI 3.0 to 3.2): as much of it as scenarios need.
//!
//! The description is an open format, so unknown members are not refused here, unlike in our own
//! files; what we do need and do not find, or find and cannot do, is reported at its place. References are followed
//! everywhere (`description`).

use serde_json::{Map, Value};

use super::description::{Description, Node, Read};
use crate::source::{Problem, Problems, SourceFile};

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
    /// The documented success status.
    pub success: u16,
    /// Where the schema of the success body stands: a file of `schemas/`, and a JSON Pointer in its fragment.
    pub success_schema: Option<String>,
    /// Required members of the request body.
    pub required: Vec<String>,
    /// All documented members of the request body.
    pub members: Vec<String>,
}

impl Operation {
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
    pub(super) description: Description,
    pub(super) operations: Vec<Operation>,
    pub(super) schemes: Vec<Scheme>,
}

const METHODS: [&str; 7] = ["get", "put", "post", "delete", "options", "head", "patch"];

pub(super) fn load(file: &SourceFile, read: Read<'_>, problems: &mut Problems) -> Option<Api> {
    let description = Description::load(file, read, problems)?;
    let mut operations: Vec<Operation> = Vec::new();
    match description.node().child("paths").filter(|paths| paths.value.is_object()) {
        Some(paths) => {
            for (path, item) in paths.children() {
                let Some(item) = problems.take(item.followed()) else { continue };
                for method in METHODS {
                    let Some(node) = item.child(method) else { continue };
                    let Some(found) = problems.take(operation(path, method, &item, &node)) else { continue };
                    if operations.iter().any(|other| other.id == found.id) {
                        problems.0.push(node.problem(format!("operationId `{}` stands here twice", found.id)));
                        continue;
                    }
                    operations.push(found);
                }
            }
        }
        None => problems.0.push(file.problem(&[], "the description has no `paths`")),
    }
    let schemes = schemes(&description.node(), problems);
    Some(Api { description, operations, schemes })
}

fn operation(path: &str, method: &str, item: &Node<'_>, node: &Node<'_>) -> Result<Operation, Problem> {
    let id = node.value.get("operationId").and_then(Value::as_str);
    let id = id.ok_or_else(|| node.problem("this operation has no `operationId`"))?;
    check_parameters(item)?;
    check_parameters(node)?;
    let (success, response) = success_of(node)?;
    let request = node.get("requestBody")?.map(|body| body.get("content")).transpose()?.flatten();
    let (media_type, body) = request.and_then(|content| preferred(&content)).unzip();
    let security = node.child("security").or_else(|| node.document().child("security"));
    let security = security.map(|list| security_of(&list)).transpose()?.flatten();
    let success_schema = response.get("content")?.and_then(|content| preferred(&content));
    let success_schema = success_schema.and_then(|(_, media)| media.child("schema"));
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
        success,
        success_schema: success_schema.map(|schema| schema.address()),
        required: schema.as_ref().map(required_of).unwrap_or_default(),
        members: schema.as_ref().map(members_of).unwrap_or_default(),
    })
}

/// References among the parameters lead somewhere.
fn check_parameters(node: &Node<'_>) -> Result<(), Problem> {
    let Some(list) = node.get("parameters")? else { return Ok(()) };
    list.items().try_for_each(|parameter| parameter.followed().map(|_| ()))
}

/// The media type that is JSON, or else the first.
fn preferred<'d>(content: &Node<'d>) -> Option<(String, Node<'d>)> {
    let is_json = |name: &str| {
        let name = name.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        name == "application/json" || name.ends_with("+json")
    };
    let all: Vec<(&str, Node<'d>)> = content.children().collect();
    let found = all.iter().find(|(name, _)| is_json(name)).or_else(|| all.first());
    found.map(|(name, node)| ((*name).to_owned(), node.clone()))
}

/// An ordinary request body: the example of the media type, the first of its examples, or that of the schema.
fn example_of(body: &Node<'_>, schema: Option<&Node<'_>>) -> Result<Option<Value>, Problem> {
    if let Some(example) = body.value.get("example") {
        return Ok(Some(example.clone()));
    }
    let first = body.child("examples").and_then(|examples| examples.children().next().map(|(_, example)| example));
    if let Some(example) = first.map(Node::followed).transpose()? {
        let value = example.value.get("value").cloned();
        let elsewhere =
            || example.problem("this example stands elsewhere, and nothing is fetched: write its `value` here");
        return value.map(Some).ok_or_else(elsewhere);
    }
    let of_schema = schema
        .and_then(|schema| schema.value.get("example").or_else(|| schema.value.get("examples")?.as_array()?.first()));
    Ok(of_schema.cloned())
}

fn success_of<'d>(node: &Node<'d>) -> Result<(u16, Node<'d>), Problem> {
    let responses = node.get("responses")?;
    let found = responses.as_ref().into_iter().flat_map(Node::children).find_map(|(status, response)| {
        match status.parse::<u16>() {
            Ok(status @ 200..300) => Some((status, response)),
            _ => None,
        }
    });
    let (status, response) =
        found.ok_or_else(|| node.problem("this operation documents no success status (200 to 299)"))?;
    Ok((status, response.followed()?))
}

/// What a list of security requirements asks for: nothing, or a credential, perhaps with a scope. Each requirement is an
/// alternative; the first that an actor's one credential can meet is taken.
fn security_of(list: &Node<'_>) -> Result<Option<Option<String>>, Problem> {
    let alternatives: Vec<Node<'_>> = list.items().collect();
    let empty = |node: &Node<'_>| node.value.as_object().is_some_and(Map::is_empty);
    if alternatives.is_empty() || alternatives.iter().any(empty) {
        return Ok(None);
    }
    let mut refusal = None;
    for alternative in &alternatives {
        match requirement(alternative) {
            Ok(scope) => return Ok(Some(scope)),
            Err(problem) => refusal = refusal.or(Some(problem)),
        }
    }
    refusal.map_or(Ok(None), Err)
}

/// The scope of a requirement that one credential can meet. OpenAPI 3.1 lets any kind of requirement list the roles that it
/// needs.
fn requirement(alternative: &Node<'_>) -> Result<Option<String>, Problem> {
    let mut all = alternative.children();
    let (Some((name, roles)), None) = (all.next(), all.next()) else {
        let names: Vec<&str> = alternative.children().map(|(name, _)| name).collect();
        let message = format!("this asks for {} together, and an actor has one credential", names.join(" and "));
        let help = "describe the one that tells actors apart, and send the other with `--header`";
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

/// True for a member that only answers have.
fn is_read_only(schema: &Node<'_>, name: &str) -> bool {
    let member = schema.child("properties").and_then(|all| all.get(name).ok().flatten());
    member.is_some_and(|member| member.value.get("readOnly") == Some(&Value::Bool(true)))
}

/// The kinds of credentials that can be sent; one that cannot is a problem only where an operation asks for it.
fn schemes(root: &Node<'_>, problems: &mut Problems) -> Vec<Scheme> {
    let declared = root.child("components").and_then(|all| all.child("securitySchemes"));
    let all = declared.iter().flat_map(Node::children).filter_map(|(_, scheme)| problems.take(scheme.followed()));
    all.collect::<Vec<_>>().iter().filter_map(|scheme| scheme_of(scheme).ok().flatten()).collect()
}

/// How a credential of a declared kind travels; `None` where the connection itself carries it.
fn scheme_of(node: &Node<'_>) -> Result<Option<Scheme>, Problem> {
    let text = |key: &str| node.value.get(key).and_then(Value::as_str).unwrap_or_default();
    match (text("type"), text("in"), text("name"), text("scheme")) {
        ("apiKey", "header", name, _) if !name.is_empty() => Ok(Some(Scheme::ApiKey { header: name.to_owned() })),
        ("apiKey", place @ ("query" | "cookie"), ..) => {
            let help = "only keys in headers are sent; use another scheme of the API, or take its operations out";
            let message = format!("a key in the {place} is not supported");
            Err(node.problem(message).with_help(Some(help.to_owned())))
        }
        ("http", _, _, scheme) if !scheme.is_empty() => Ok(Some(Scheme::Http { scheme: capitalised(scheme) })),
        ("oauth2" | "openIdConnect", ..) => Ok(Some(Scheme::Http { scheme: "Bearer".to_owned() })),
        ("mutualTLS", ..) => Ok(None),
        (kind, ..) => Err(node.problem(format!("a security scheme of type `{kind}` is not understood"))),
    }
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// A token of a JSON Pointer, escaped (RFC 6901).
pub(super) fn escaped(token: &str) -> String {
    token.replace('~', "~0").replace('/', "~1")
}

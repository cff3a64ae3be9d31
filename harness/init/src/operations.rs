//! The operations of a description. First they are changed so that the contract reader accepts them, then they are
//! read.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::access::{Access, MARK, Need, is_header_name};
use super::description::{Description, METHODS, Node};
use super::example;
use super::schema::{FlatSchema, is_any_text, is_anything, types_of};

pub(super) struct Operation<'d> {
    pub(super) id: String,
    pub(super) method: String,
    pub(super) path: String,
    pub(super) need: Need,
    /// The path parameters with their schemas.
    pub(super) parameters: Vec<(String, Option<Node<'d>>)>,
    /// Query parameters and headers that must be sent, with a value.
    pub(super) query: Map<String, Value>,
    pub(super) headers: Map<String, Value>,
    /// The headers of these whose value is invented, and those that have a schema.
    pub(super) invented_headers: Vec<String>,
    pub(super) described_headers: Vec<String>,
    /// True if such a value is invented.
    pub(super) is_guessed: bool,
    pub(super) body: Option<Body<'d>>,
    /// True if a schema describes its body, in JSON or as a form, or one of its parameters.
    pub(super) has_schema: bool,
    /// True if the schema of a parameter forbids a text.
    pub(super) restricts_parameters: bool,
    pub(super) responses: Vec<Response<'d>>,
}

pub(super) struct Body<'d> {
    pub(super) is_json: bool,
    pub(super) is_form: bool,
    pub(super) schema: FlatSchema<'d>,
    /// The example that scenarios send.
    pub(super) example: Option<&'d Value>,
    /// True if the example is invented.
    pub(super) is_guessed: bool,
}

pub(super) struct Response<'d> {
    pub(super) status: String,
    pub(super) media: Option<String>,
    pub(super) schema: Option<Node<'d>>,
    /// The name of the schema, if it is a reference.
    pub(super) schema_name: Option<String>,
    pub(super) examples: Vec<&'d Value>,
    pub(super) description: String,
    /// The headers that it must have.
    pub(super) headers: Vec<String>,
}

impl Operation<'_> {
    /// True if the status is documented. A class such as `4XX` does not count.
    pub(super) fn documents(&self, status: u16) -> bool {
        self.responses.iter().any(|response| response.status == status.to_string())
    }

    /// True if the path ends in a parameter.
    pub(super) fn is_item(&self) -> bool {
        self.path.trim_end_matches('/').ends_with('}')
    }
}

impl Response<'_> {
    pub(super) fn is_error(&self) -> bool {
        self.status.starts_with(['4', '5']) || self.status == "default"
    }
}

/// What the change of the operations has left out.
pub(super) struct Normalised {
    pub(super) warnings: Vec<String>,
    /// The operations that are left out, each with the reason.
    pub(super) left_out: Vec<String>,
}

/// Changes each operation so that the contract reader accepts it, or leaves it out.
pub(super) fn normalise(description: &mut Description, access: &Access) -> Normalised {
    let mut out = Normalised { warnings: Vec::new(), left_out: Vec::new() };
    let mut paths = Map::new();
    let mut ids = documented_ids(description.node());
    for (path, item) in description.node().get("paths").map(Node::members).unwrap_or_default() {
        if !path.starts_with('/') {
            continue;
        }
        let mut kept = item.rebased();
        let methods = METHODS.iter().filter_map(|method| Some((*method, item.get(method)?)));
        let mut count = 0;
        for (method, operation) in methods {
            let name = format!("{} {path}", method.to_uppercase());
            match normalise_operation(description, access, method, path, operation, &mut ids, &mut out.warnings) {
                Ok(value) => {
                    kept[method] = value;
                    count += 1;
                }
                Err(reason) => {
                    kept.as_object_mut().map(|members| members.shift_remove(method));
                    out.left_out.push(format!("{name}: {reason}"));
                    out.warnings.push(format!("{name} is left out: {reason}"));
                }
            }
        }
        if count > 0 {
            paths.insert(path.to_owned(), kept);
        }
    }
    description.root_mut()["paths"] = Value::Object(paths);
    out
}

/// The operation ids of the description.
fn documented_ids(root: Node<'_>) -> BTreeSet<String> {
    let items = root.get("paths").map(Node::members).unwrap_or_default();
    let operations = items.into_iter().flat_map(|(_, item)| METHODS.iter().filter_map(move |method| item.get(method)));
    operations.filter_map(|operation| operation.text("operationId").map(str::to_owned)).collect()
}

fn normalise_operation(
    description: &Description,
    access: &Access,
    method: &str,
    path: &str,
    operation: Node<'_>,
    ids: &mut BTreeSet<String>,
    warnings: &mut Vec<String>,
) -> Result<Value, String> {
    let responses = operation.get("responses").map(Node::members).unwrap_or_default();
    if !responses.iter().any(|(status, _)| is_success(status)) {
        return Err("it documents no success status (200 to 299)".to_owned());
    }
    let name = format!("{} {path}", method.to_uppercase());
    if path.chars().chain(operation.text("operationId").unwrap_or_default().chars()).any(char::is_control) {
        return Err("its path or its `operationId` contains a control character".to_owned());
    }
    let mut value = operation.rebased();
    let (need, security) = access.need(operation.value, description.node().value)?;
    if let Some(security) = security {
        let before = operation.value.get("security").or_else(|| description.node().value.get("security"));
        if before.is_some_and(|before| asks_together(before, &security)) {
            warnings.push(format!("{name} asks for several credentials together, and the harness sends one: send the others with `--header`"));
        }
        // The reader of a normalised operation must not take the list for a statement of the description.
        if before.is_none() && access.unsaid.is_some() && matches!(need, Need::Undocumented(_)) {
            value[MARK] = json!(true);
        }
        value["security"] = security;
    }
    let documented = operation.text("operationId").filter(|id| ids.remove(*id)).map(str::to_owned);
    let id = documented.unwrap_or_else(|| {
        let id = derived_id(method, path, ids);
        warnings.push(format!("{name} has no unique operationId: it is called {id} here"));
        ids.insert(id.clone());
        id
    });
    value["operationId"] = Value::String(id);
    if operation.value.get("servers").is_some() {
        warnings.push(format!("{name} has its own `servers`, which are ignored: requests go to the target URL"));
    }
    if let Some(body) = operation.get("requestBody") {
        value["requestBody"] = with_example(body, &name, warnings);
    }
    Ok(value)
}

fn asks_together(before: &Value, after: &Value) -> bool {
    let chosen = after[0].as_object().and_then(|one| one.keys().next());
    let list = before.as_array().into_iter().flatten().filter_map(Value::as_object);
    let mut all = list.filter(|one| chosen.is_some_and(|chosen| one.contains_key(chosen)));
    after.as_array().is_some_and(|list| !list.is_empty()) && all.clone().count() > 0 && all.all(|one| one.len() > 1)
}

fn is_success(status: &str) -> bool {
    status.eq_ignore_ascii_case("2XX") || matches!(status.parse(), Ok(200_u16..300))
}

/// `getTodosById` of `GET /todos/{id}`.
fn derived_id(method: &str, path: &str, taken: &BTreeSet<String>) -> String {
    let mut id = method.to_owned();
    for segment in path.split('/').filter(|segment| !segment.is_empty()) {
        if segment.starts_with('{') {
            id.push_str("By");
        }
        for word in segment.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|word| !word.is_empty()) {
            let (first, rest) = word.split_at(1);
            id.push_str(&(first.to_uppercase() + rest));
        }
    }
    let mut name = id.clone();
    for number in 2.. {
        if !taken.contains(&name) {
            break;
        }
        name = format!("{id}{number}");
    }
    name
}

/// A request body with an example, which scenarios edit.
fn with_example(body: Node<'_>, name: &str, warnings: &mut Vec<String>) -> Value {
    let mut value = body.rebased();
    let Some((media, content)) = preferred(body) else { return value };
    let mut inner = content.rebased();
    let has_no_value = |example: &Value| example.get("value").is_none();
    let first = content.get("examples").map(Node::members).unwrap_or_default().into_iter().next();
    if let Some(members) = inner.as_object_mut()
        && members.get("example").is_none()
        && first.is_some_and(|(_, example)| has_no_value(example.value))
    {
        members.shift_remove("examples");
        warnings.push(format!("{name}: an example without `value` is left out"));
    }
    if (is_json(media) || is_form(media))
        && inner.get("example").is_none()
        && inner.get("examples").is_none()
        && let Some(schema) = content.get("schema")
        && let Some(members) = inner.as_object_mut()
        && schema.value.get("example").is_none()
    {
        members.insert(MARK.to_owned(), true.into());
        members.insert("example".to_owned(), example::of(schema, "example"));
    }
    value["content"][media] = inner;
    value
}

/// The media type that the contract reader uses: JSON, or else the first.
fn preferred<'d>(holder: Node<'d>) -> Option<(&'d str, Node<'d>)> {
    let all = holder.get("content").map(Node::members).unwrap_or_default();
    all.iter().find(|(name, _)| is_json(name)).or(all.first()).copied()
}

fn is_json(media: &str) -> bool {
    let name = media.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    name == "application/json" || name.ends_with("+json")
}

fn is_form(media: &str) -> bool {
    let name = media.split(';').next().unwrap_or_default().trim();
    name.eq_ignore_ascii_case("application/x-www-form-urlencoded")
}

/// Reads the operations of a normalised description.
pub(super) fn read<'d>(description: &'d Description, access: &Access) -> Vec<Operation<'d>> {
    let mut found = Vec::new();
    for (path, item) in description.node().get("paths").map(Node::members).unwrap_or_default() {
        for method in METHODS {
            let Some(node) = item.get(method) else { continue };
            let parameters = parameters(item, node);
            let (query, guessed_query) = required(&parameters, "query");
            let (headers, guessed_headers) = required(&parameters, "header");
            let names = |fits: fn(Node<'_>) -> bool| {
                let fitting = of_place(&parameters, "header").filter(|one| fits(*one));
                let names = fitting.filter_map(|one| one.text("name").filter(|name| headers.contains_key(*name)));
                names.map(str::to_owned).collect::<Vec<_>>()
            };
            found.push(Operation {
                described_headers: names(|parameter| parameter.get("schema").is_some()),
                invented_headers: names(|parameter| parameter.value.get("example").is_none()),
                id: node.text("operationId").unwrap_or_default().to_owned(),
                method: method.to_uppercase(),
                path: path.to_owned(),
                need: need(description, access, node),
                parameters: in_path(path, &parameters),
                query,
                headers,
                is_guessed: guessed_query || guessed_headers,
                body: node.get("requestBody").and_then(body),
                has_schema: has_schema(node, &parameters),
                restricts_parameters: parameters
                    .iter()
                    .filter_map(|one| one.get("schema"))
                    .any(|one| !is_any_text(one)),
                responses: responses(node),
            });
        }
    }
    found
}

fn has_schema(operation: Node<'_>, parameters: &[Node<'_>]) -> bool {
    let content =
        operation.get("requestBody").and_then(preferred).filter(|(media, _)| is_json(media) || is_form(media));
    content.iter().map(|(_, content)| content).chain(parameters).any(|holder| holder.get("schema").is_some())
}

fn need(description: &Description, access: &Access, operation: Node<'_>) -> Need {
    access.need(operation.value, description.node().value).map_or(Need::NoCredential, |(need, _)| need)
}

/// The parameters in a path, in its order, with their schemas.
fn in_path<'d>(path: &str, parameters: &[Node<'d>]) -> Vec<(String, Option<Node<'d>>)> {
    let names = path.split('{').skip(1).filter_map(|rest| rest.split('}').next());
    let parameter = |name: &str| of_place(parameters, "path").find(|one| one.text("name") == Some(name));
    names.map(|name| (name.to_owned(), parameter(name).and_then(|one| one.get("schema")))).collect()
}

/// The parameters of an operation, and then those of its path item. The first of a name is used.
fn parameters<'d>(item: Node<'d>, operation: Node<'d>) -> Vec<Node<'d>> {
    let own = operation.get("parameters").map(Node::items).unwrap_or_default();
    let of_path = item.get("parameters").map(Node::items).unwrap_or_default();
    own.into_iter().chain(of_path).collect()
}

fn of_place<'a, 'd>(parameters: &'a [Node<'d>], place: &'static str) -> impl Iterator<Item = Node<'d>> + use<'a, 'd> {
    parameters.iter().copied().filter(move |parameter| parameter.text("in") == Some(place))
}

/// The required parameters with their values, and whether a value is invented.
fn required(parameters: &[Node<'_>], place: &'static str) -> (Map<String, Value>, bool) {
    let mut guessed = false;
    let mut values = Map::new();
    for parameter in of_place(parameters, place).filter(|one| one.value.get("required") == Some(&Value::Bool(true))) {
        let name = parameter.text("name").unwrap_or_default();
        let is_set_by_harness = ["accept", "content-type", "authorization"].contains(&name.to_lowercase().as_str());
        let is_sendable = match place {
            "header" => is_header_name(name) && !is_set_by_harness,
            _ => !name.is_empty(),
        };
        if values.contains_key(name) || !is_sendable {
            continue;
        }
        let given = parameter.value.get("example").cloned();
        guessed |= given.is_none();
        let value = given.or_else(|| Some(example::of(parameter.get("schema")?, name))).unwrap_or_else(|| json!("1"));
        let scalar = match value {
            Value::Object(_) | Value::Null => json!("1"),
            Value::Array(ref items) if place == "header" || items.iter().any(|item| item.is_object()) => json!("1"),
            other => other,
        };
        let is_unsendable = |value: &Value| value.as_str().is_some_and(|text| text.chars().any(char::is_control));
        let scalar = if is_unsendable(&scalar) { json!("1") } else { scalar };
        let text = |value: Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        values.insert(name.to_owned(), if place == "header" { Value::String(text(scalar)) } else { scalar });
    }
    (values, guessed)
}

fn body<'d>(body: Node<'d>) -> Option<Body<'d>> {
    let (media, content) = preferred(body)?;
    let schema = content.get("schema");
    let of_schema = schema.and_then(|schema| schema.value.get("example"));
    let first = content.get("examples").map(Node::members).unwrap_or_default().into_iter().next();
    let example = content.value.get("example").or_else(|| first?.1.value.get("value")).or(of_schema);
    Some(Body {
        is_json: is_json(media),
        is_form: is_form(media),
        schema: schema.map(FlatSchema::of).unwrap_or_default(),
        example,
        is_guessed: content.value.get(MARK).is_some(),
    })
}

fn responses<'d>(operation: Node<'d>) -> Vec<Response<'d>> {
    let all = operation.get("responses").map(Node::members).unwrap_or_default();
    all.into_iter()
        .map(|(status, response)| {
            let content = preferred(response);
            let mut examples: Vec<&Value> =
                content.iter().filter_map(|(_, media)| media.value.get("example")).collect();
            let named = content.and_then(|(_, media)| media.get("examples")).map(Node::members).unwrap_or_default();
            examples.extend(named.into_iter().filter_map(|(_, example)| example.value.get("value")));
            let schema = content.and_then(|(_, media)| media.get("schema"));
            examples.extend(schema.and_then(|schema| schema.value.get("example")));
            Response {
                status: status.to_owned(),
                media: content.map(|(media, _)| media.split(';').next().unwrap_or(media).trim().to_owned()),
                schema,
                schema_name: content.and_then(|(_, media)| name_of(media.value.get("schema")?)),
                examples,
                description: response.text("description").unwrap_or_default().to_owned(),
                headers: required_headers(response),
            }
        })
        .collect()
}

/// The headers that a response must have. OpenAPI says that a described `Content-Type` is ignored.
fn required_headers(response: Node<'_>) -> Vec<String> {
    let all = response.get("headers").map(Node::members).unwrap_or_default();
    let is_required = |(name, header): &(&str, Node<'_>)| {
        let is_known = is_header_name(name) && !name.eq_ignore_ascii_case("content-type");
        is_known && header.value.get("required") == Some(&Value::Bool(true))
    };
    all.into_iter().filter(is_required).map(|(name, _)| name.to_owned()).collect()
}

/// The last name of a reference.
fn name_of(schema: &Value) -> Option<String> {
    let target = schema.get("$ref").and_then(Value::as_str)?;
    target.rsplit('/').next().map(str::to_owned)
}

impl Body<'_> {
    /// Members, each with a value of a type that it cannot have.
    pub(super) fn values_of_other_types(&self) -> Vec<(String, Value)> {
        self.schema
            .sent()
            .filter_map(|(name, member)| Some((name.clone(), value_of_other_type(&types_of(member.value))?)))
            .collect()
    }

    /// The members that a request must have. A member with a default may be absent.
    pub(super) fn required(&self) -> Vec<String> {
        let required = self.schema.sent().filter(|(name, _)| self.schema.required.contains(name));
        required.filter(|(_, member)| member.value.get("default").is_none()).map(|(name, _)| name.clone()).collect()
    }

    /// What a request without a member sends instead, if nothing else were left of a form: an empty form has no media type
    /// and would be refused for this reason. It is a documented parameter that need not be there, or else an unknown one.
    pub(super) fn kept_instead_of(&self, member: &str) -> Option<(String, Value)> {
        let example = self.example.and_then(Value::as_object).filter(|_| self.is_form)?;
        if example.keys().any(|name| name != member) {
            return None;
        }
        let optional = || self.schema.sent().filter(|(name, _)| name != member && !self.schema.required.contains(name));
        let has_value = |node: &Node<'_>| {
            ["example", "examples", "default", "enum", "const"].iter().any(|word| node.value.get(word).is_some())
        };
        let documented = optional().find(|(_, node)| has_value(node)).or_else(|| optional().next());
        let value = |(name, node): &(String, Node<'_>)| (name.clone(), example::of(*node, name));
        Some(documented.map_or_else(|| ("unrelated".to_owned(), json!("1")), value))
    }

    /// The required members of which a schema forbids nothing else than that they are missing.
    pub(super) fn only_required(&self) -> Vec<String> {
        let is_free = |member: &Node<'_>| match self.is_form {
            true => is_any_text(*member),
            false => is_anything(*member),
        };
        let mut names = self.required();
        names.retain(|name| self.schema.member(name).is_some_and(|member| is_free(&member)));
        names
    }

    /// True for a form whose members may be any texts.
    pub(super) fn is_free_form(&self) -> bool {
        self.is_form && self.schema.sent().all(|(_, member)| is_any_text(*member))
    }

    /// True if the step members `with` and `without` can edit the example.
    pub(super) fn is_editable(&self) -> bool {
        (self.is_json || self.is_form) && self.example.is_some_and(Value::is_object)
    }

    /// Values of flags and of listed texts that the example does not have.
    pub(super) fn other_states(&self) -> Vec<(String, Value)> {
        let mut all = Vec::new();
        for (name, member) in self.schema.sent() {
            let shown = self.example.and_then(|example| example.get(name));
            let listed: Vec<Value> = match types_of(member.value).iter().any(|kind| kind == "boolean") {
                true => vec![json!(true), json!(false)],
                false => FlatSchema::of(*member).listed().into_iter().filter(|one| one.is_string()).cloned().collect(),
            };
            // A flag that is absent is probably false.
            let is_new = |value: &Value| Some(value) != shown && (shown.is_some() || *value != json!(false));
            all.extend(listed.into_iter().filter(is_new).map(|value| (name.clone(), value)));
        }
        all
    }

    /// The members that may be texts.
    pub(super) fn text_members(&self) -> Vec<String> {
        let of_text = |member: &Node<'_>| types_of(member.value).iter().any(|kind| kind == "string");
        self.schema.sent().filter(|(_, member)| of_text(member)).map(|(name, _)| name.clone()).collect()
    }
}

/// A value of none of these types. No server converts it to one of them.
fn value_of_other_type(types: &[String]) -> Option<Value> {
    let has = |kind: &str| types.iter().any(|other| other == kind);
    match () {
        () if types.is_empty() => None,
        () if !has("object") => Some(json!({ "not": "of this type" })),
        () if !has("array") => Some(json!(["not of this type"])),
        () if !has("string") => Some(json!("not of this type")),
        () => None,
    }
}

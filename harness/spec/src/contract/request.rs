//! The schemas of what is sent: bodies and parameters, each as a JSON Schema 2020-12 that is complete in itself.
//!
//! `description` translates the schemas of the whole description for responses, where `writeOnly` members are missing. For
//! requests it is the other way round, so this module starts from the description as it was written.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::description::{Description, Node, exclusive_bounds, nullable};
use super::openapi::{Operation, is_form, is_json, preferred};
use crate::source::Problem;
use generate::schema::Part;

#[derive(Debug)]
pub struct RequestSchemas {
    description: Description,
}

/// A parameter outside the body, or a member of a form.
#[derive(Clone, Debug)]
pub struct Parameter {
    pub name: String,
    pub part: Part,
    pub is_required: bool,
    pub schema: Value,
    /// The character between the elements of a list; `None` if each element is sent by itself.
    pub separator: Option<char>,
}

/// Members whose values are schemas by name, lists of schemas, or schemas.
const NAMED: [&str; 3] = ["properties", "patternProperties", "dependentSchemas"];
const LISTED: [&str; 4] = ["allOf", "anyOf", "oneOf", "prefixItems"];
const SINGLE: [&str; 10] = [
    "items",
    "additionalProperties",
    "not",
    "if",
    "then",
    "else",
    "contains",
    "propertyNames",
    "unevaluatedItems",
    "unevaluatedProperties",
];
/// Keywords that change what references mean.
const UNSUPPORTED: [&str; 4] = ["$id", "$anchor", "$dynamicRef", "$dynamicAnchor"];
/// Members that say nothing about values.
const SILENT: [&str; 8] =
    ["$schema", "$defs", "definitions", "discriminator", "xml", "externalDocs", "title", "description"];

impl RequestSchemas {
    pub(super) fn new(description: Description) -> Self {
        Self { description }
    }

    /// The schema of the JSON body of an operation; `None` if it has no such body or no schema.
    pub fn body(&self, operation: &Operation) -> Result<Option<Value>, Problem> {
        let (_, node) = self.nodes(operation)?;
        let content = node.get("requestBody")?.map(|body| body.get("content")).transpose()?.flatten();
        let media = content.and_then(|content| preferred(&content)).filter(|(name, _)| is_json(name));
        let schema = media.and_then(|(_, media)| media.child("schema"));
        schema.map(|schema| self.complete(&schema)).transpose()
    }

    /// The members of a form that an operation takes, if it takes one.
    pub fn form(&self, operation: &Operation) -> Result<Vec<Parameter>, Problem> {
        let (_, node) = self.nodes(operation)?;
        let content = node.get("requestBody")?.map(|body| body.get("content")).transpose()?.flatten();
        let media = content.and_then(|content| preferred(&content)).filter(|(name, _)| is_form(name));
        let mut found = Vec::new();
        if let Some((_, media)) = media
            && let Some(schema) = media.child("schema")
        {
            self.fields(&media, &schema.followed()?, &mut found)?;
        }
        Ok(found)
    }

    /// The members of an object, and of the objects that it consists of.
    fn fields(&self, media: &Node<'_>, schema: &Node<'_>, found: &mut Vec<Parameter>) -> Result<(), Problem> {
        let required = schema.value.get("required").and_then(Value::as_array).cloned().unwrap_or_default();
        for (name, member) in schema.child("properties").iter().flat_map(Node::children) {
            let is_read_only = member.clone().followed()?.value.get("readOnly") == Some(&json!(true));
            if is_read_only || found.iter().any(|other| other.name == name) {
                continue;
            }
            let encoding = media.child("encoding").and_then(|all| all.child(name));
            found.push(Parameter {
                name: name.to_owned(),
                part: Part::Form,
                is_required: required.iter().any(|one| one == name),
                schema: self.complete(&member)?,
                separator: encoding.and_then(|encoding| separator(Part::Form, &encoding)),
            });
        }
        for part in schema.child("allOf").iter().flat_map(Node::items) {
            self.fields(media, &part.followed()?, found)?;
        }
        Ok(())
    }

    /// The parameters of an operation and of its path that have a schema.
    pub fn parameters(&self, operation: &Operation) -> Result<Vec<Parameter>, Problem> {
        let (item, node) = self.nodes(operation)?;
        let mut found: Vec<Parameter> = Vec::new();
        for list in [node.get("parameters")?, item.get("parameters")?].into_iter().flatten() {
            for parameter in list.items() {
                let Some(parameter) = self.parameter(&parameter.followed()?)? else { continue };
                let is_same = |other: &Parameter| (&other.name, other.part) == (&parameter.name, parameter.part);
                if !found.iter().any(is_same) {
                    found.push(parameter);
                }
            }
        }
        Ok(found)
    }

    fn parameter(&self, node: &Node<'_>) -> Result<Option<Parameter>, Problem> {
        let text = |key: &str| node.value.get(key).and_then(Value::as_str).unwrap_or_default();
        let part = match text("in") {
            "query" => Part::Query,
            "path" => Part::Path,
            "header" => Part::Header,
            _ => return Ok(None),
        };
        // OpenAPI says that such parameters are ignored: other parts of the description define these headers.
        let is_defined_elsewhere = ["accept", "content-type", "authorization"].contains(&&*text("name").to_lowercase());
        let Some(schema) = node.child("schema").filter(|_| part != Part::Header || !is_defined_elsewhere) else {
            return Ok(None);
        };
        let is_required = node.value.get("required") == Some(&Value::Bool(true));
        let separator = separator(part, node);
        Ok(Some(Parameter {
            name: text("name").to_owned(),
            part,
            is_required,
            schema: self.complete(&schema)?,
            separator,
        }))
    }

    /// The path item and the operation.
    fn nodes(&self, operation: &Operation) -> Result<(Node<'_>, Node<'_>), Problem> {
        let root = self.description.node();
        let missing = || root.problem(format!("`{}` is not in the description", operation.id));
        let item =
            root.child("paths").and_then(|paths| paths.child(&operation.path)).ok_or_else(missing)?.followed()?;
        let node = item.child(&operation.method.to_lowercase()).ok_or_else(missing)?;
        Ok((item, node))
    }

    fn complete(&self, schema: &Node<'_>) -> Result<Value, Problem> {
        let mut bundle = Bundle { is_3_0: self.description.is_3_0(), names: BTreeMap::new(), definitions: Map::new() };
        let mut root = bundle.schema(schema)?;
        if let (Value::Object(members), false) = (&mut root, bundle.definitions.is_empty()) {
            members.insert("$defs".to_owned(), Value::Object(bundle.definitions));
        }
        Ok(root)
    }
}

/// The character between the elements of a list, by the style that a parameter or the encoding of a member has.
fn separator(part: Part, node: &Node<'_>) -> Option<char> {
    let style = node.value.get("style").and_then(Value::as_str).unwrap_or_default();
    let explode = node.value.get("explode").and_then(Value::as_bool);
    match (part, style) {
        (Part::Path | Part::Header, _) => Some(','),
        (_, "spaceDelimited") if explode != Some(true) => Some(' '),
        (_, "pipeDelimited") if explode != Some(true) => Some('|'),
        _ => (explode == Some(false)).then_some(','),
    }
}

/// Collects the targets of references.
struct Bundle {
    is_3_0: bool,
    /// The name of each target below `$defs`, by its address.
    names: BTreeMap<String, String>,
    definitions: Map<String, Value>,
}

impl Bundle {
    fn schema(&mut self, node: &Node<'_>) -> Result<Value, Problem> {
        let Value::Object(own) = node.value else { return Ok(node.value.clone()) };
        if let Some(keyword) = UNSUPPORTED.iter().find(|keyword| own.contains_key(**keyword)) {
            return Err(node.problem(format!("`{keyword}` is not supported in the schema of a request")));
        }
        let mut members = Map::new();
        let is_reference = own.get("$ref").is_some_and(Value::is_string);
        if is_reference {
            members.insert("$ref".to_owned(), self.reference(node)?.into());
        }
        // In OpenAPI 3.0 a reference replaces the other members of its object.
        if !is_reference || !self.is_3_0 {
            for (key, child) in node.children() {
                self.keyword(key, &child, &mut members)?;
            }
        }
        if self.is_3_0 {
            exclusive_bounds(&mut members);
            nullable(&mut members);
        }
        require_only_what_is_sent(&mut members, node);
        Ok(Value::Object(members))
    }

    fn keyword(&mut self, key: &str, child: &Node<'_>, members: &mut Map<String, Value>) -> Result<(), Problem> {
        let value = match (key, child.value) {
            ("$ref", Value::String(_)) => return Ok(()),
            (key, _) if SILENT.contains(&key) => return Ok(()),
            (key, Value::Object(_)) if NAMED.contains(&key) => {
                let all = child.children().map(|(name, inner)| Ok((name.to_owned(), self.schema(&inner)?)));
                Value::Object(all.collect::<Result<Map<_, _>, Problem>>()?)
            }
            (key, Value::Array(_)) if LISTED.contains(&key) => {
                let all = child.items().map(|inner| self.schema(&inner));
                Value::Array(all.collect::<Result<Vec<_>, Problem>>()?)
            }
            (key, Value::Object(_)) if SINGLE.contains(&key) => self.schema(child)?,
            (_, other) => other.clone(),
        };
        members.insert(key.to_owned(), value);
        Ok(())
    }

    fn reference(&mut self, node: &Node<'_>) -> Result<String, Problem> {
        let target = node.clone().followed()?;
        let address = target.address();
        if let Some(name) = self.names.get(&address) {
            return Ok(format!("#/$defs/{name}"));
        }
        let name = self.names.len().to_string();
        self.names.insert(address, name.clone());
        let schema = self.schema(&target)?;
        self.definitions.insert(name.clone(), schema);
        Ok(format!("#/$defs/{name}"))
    }
}

/// Members that occur only in responses are not required in requests.
fn require_only_what_is_sent(members: &mut Map<String, Value>, node: &Node<'_>) {
    let all = node.child("properties");
    let is_read_only = |name: &Value| {
        let member = all.as_ref().and_then(|all| all.get(name.as_str()?).ok().flatten());
        member.is_some_and(|member| member.value.get("readOnly") == Some(&json!(true)))
    };
    if let Some(Value::Array(required)) = members.get_mut("required") {
        required.retain(|name| !is_read_only(name));
    }
}

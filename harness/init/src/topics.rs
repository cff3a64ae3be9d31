//! The rows of starter scenarios that are tables: one topic for each kind of request, one row for each operation or
//! member.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::access::{ANONYMOUS, Access, INVALID, Need};
use super::codes::Catalogue;
use super::danger::{self, Danger, DangerKind};
use super::example::matching;
use super::expectation::{self, Expected};
use super::learned::LearnedResponses;
use super::operations::{Body, Operation};
use super::origin::Origin;
use super::resources::{Resource, Setup, is_reserved, setup};
use super::topic::{
    INVALID_CREDENTIAL, MALFORMED, MEDIA_TYPE, METHOD, MISSING, MISSING_HEADER, NO_CREDENTIAL, NOT_AN_OBJECT,
    OTHER_TYPE, READ, Topic, TopicTest, UNKNOWN_ID,
};

/// Builds the rows.
pub(super) struct ScenarioBuilder<'m, 'd> {
    pub(super) operations: &'m [Operation<'d>],
    pub(super) access: &'m Access,
    pub(super) catalogue: &'m Catalogue,
    pub(super) resources: &'m [Resource],
    pub(super) responses: LearnedResponses<'m>,
    pub(super) rows: Vec<TopicTest>,
    /// Operations without rows, each with the reason.
    pub(super) left_out: Vec<String>,
    /// Operations that no test calls with values that are not those of a resource of its own.
    pub(super) dangerous: Vec<Danger>,
    /// The codes that the documentation expects for the request of a test.
    pub(super) documented_codes: BTreeSet<String>,
}

impl<'m, 'd> ScenarioBuilder<'m, 'd> {
    /// Builds the rows of all operations. `tries` is true for a pack to learn from.
    pub(super) fn build(
        operations: &'m [Operation<'d>],
        access: &'m Access,
        catalogue: &'m Catalogue,
        resources: &'m [Resource],
        responses: LearnedResponses<'m>,
        tries: bool,
    ) -> Self {
        let (rows, left_out) = (Vec::new(), Vec::new());
        let (dangerous, documented_codes) = (danger::find(operations, resources), BTreeSet::new());
        let mut builder =
            Self { operations, access, catalogue, resources, responses, rows, left_out, dangerous, documented_codes };
        for operation in operations.iter().filter(|one| !["HEAD", "OPTIONS"].contains(&one.method.as_str())) {
            if builder.deletes_unknown(operation) {
                continue;
            }
            builder.access(operation);
            builder.unknown_id(operation);
            if let Some(body) = &operation.body {
                builder.bodies(operation, body);
            }
            builder.headers(operation);
            builder.reads(operation);
            builder.method(operation);
            for row in builder.rows.iter_mut().filter(|row| row.variables["operation"] == json!(operation.id)) {
                row.expected = responses.applied(row, operation);
            }
        }
        // Nothing is documented about these, so only a response says what is right.
        builder.rows.retain(|row| tries || row.topic.name != METHOD.name || row.expected.origin == Origin::Learned);
        builder.documented_codes = builder.find_documented_codes();
        builder
    }

    /// The codes of documented refusals: those of the rows, of deleted resources and of values that a schema forbids.
    fn find_documented_codes(&self) -> BTreeSet<String> {
        let rows = self.rows.iter().map(|row| row.expected.clone());
        let reads = self.resources.iter().filter_map(|one| one.item(self.operations, "GET"));
        let deleted = reads.map(|read| expectation::deleted(self.catalogue, read));
        let invalid = self.operations.iter().filter(|one| one.has_schema && !self.deletes_unknown(one));
        let invalid = invalid.map(|one| expectation::invalid(self.catalogue, one));
        let documented = rows.chain(deleted).chain(invalid).filter(|expected| expected.is_documented);
        documented.filter_map(|expected| expected.code).collect()
    }

    /// True if the operation may delete what no test has created.
    pub(super) fn deletes_unknown(&self, operation: &Operation<'_>) -> bool {
        self.dangerous.iter().any(|danger| danger.operation == operation.id && danger.kind == DangerKind::Deletes)
    }

    /// True if the operation may create what it does not find.
    pub(super) fn creates_unknown(&self, operation: &Operation<'_>) -> bool {
        self.dangerous.iter().any(|danger| danger.operation == operation.id && danger.kind == DangerKind::Creates)
    }

    /// The codes of rows that expect the wrong field to be named.
    pub(super) fn codes_with_field(&self) -> Vec<&str> {
        let rows = self.rows.iter().filter(|row| row.expected.value.get("field").is_some());
        rows.filter_map(|row| row.expected.code.as_deref()).collect()
    }

    fn access(&mut self, operation: &Operation<'d>) {
        let Some(scheme) = self.access.scheme_of(operation.need.actor()) else { return };
        let invalid = scheme.invalid();
        if operation.need == Need::NoCredential {
            return;
        }
        let topics = [(&NO_CREDENTIAL, ANONYMOUS, None), (&INVALID_CREDENTIAL, INVALID, Some(invalid))];
        for (topic, actor, header) in topics {
            let Some(mut row) = self.row_of_access(topic, operation, actor) else { return };
            for (name, value) in header.as_ref().and_then(Value::as_object).into_iter().flatten() {
                put_header(&mut row.step, name, value.clone());
            }
            row.expected = expectation::without_access(self.catalogue, operation, header.is_some());
            self.rows.push(row);
        }
    }

    /// A request with unknown ids, or with the ids of fixtures if the operation may create what it does not find.
    fn row_of_access(&self, topic: &'static Topic, operation: &Operation<'d>, actor: &str) -> Option<TopicTest> {
        if self.creates_unknown(operation) {
            let mut row = self.row_with_setup(topic, operation, &setup(operation, self.resources)?);
            row.step.insert("as".to_owned(), json!(actor));
            return Some(row);
        }
        let mut row = self.row(topic, operation, actor);
        set_unknown_ids(operation, &mut row);
        Some(row)
    }

    fn unknown_id(&mut self, operation: &Operation<'d>) {
        if self.creates_unknown(operation) {
            return;
        }
        let mut row = self.row(&UNKNOWN_ID, operation, operation.need.actor());
        let Some(has_form) = set_unknown_ids(operation, &mut row) else { return };
        // The server may refuse an invented body or parameter before it looks for the id.
        let is_guessed = operation.is_guessed || operation.body.as_ref().is_some_and(|body| body.is_guessed);
        row.expected = expectation::unknown(self.catalogue, operation, has_form && !is_guessed);
        self.rows.push(row);
    }

    /// A method that the path does not document, once for each path.
    fn method(&mut self, operation: &Operation<'d>) {
        let of_path = || self.operations.iter().filter(|other| other.path == operation.path);
        let is_first = of_path().next().is_some_and(|first| first.id == operation.id);
        // A deletion may delete everything, and PUT may create what it does not find.
        let candidates: &[&str] = if operation.is_item() { &["PATCH"] } else { &["PATCH", "PUT"] };
        let free = candidates.iter().find(|free| of_path().all(|other| other.method != **free));
        let Some(method) = free.filter(|_| is_first) else { return };
        let mut row = self.row(&METHOD, operation, operation.need.actor());
        set_unknown_ids(operation, &mut row);
        row.step.insert("method".to_owned(), json!(method));
        self.rows.push(row);
    }

    fn bodies(&mut self, operation: &Operation<'d>, body: &Body<'d>) {
        let setup = setup(operation, self.resources);
        let Some(setup) = setup.filter(|_| body.is_json || body.is_form) else {
            let is_read = body.is_json || body.is_form;
            let reason = if is_read {
                "no fixture creates the resources in its path"
            } else {
                "its body is neither JSON nor a form"
            };
            self.left_out.push(format!("{}: {reason}", operation.id));
            return;
        };
        let invalid = expectation::invalid(self.catalogue, operation);
        let refused = |topic: &'static Topic, extra: (&str, Value), expected: Expected| {
            let mut row = self.row_with_setup(topic, operation, &setup);
            row.step.insert(extra.0.to_owned(), extra.1);
            TopicTest { expected, ..row }
        };
        let mut rows = Vec::new();
        // Any text is a form, and all of its values are texts.
        if body.is_json {
            rows.push(refused(&MALFORMED, ("raw", json!("{\"")), invalid.clone()));
        }
        if body.is_json && body.schema.is_object() {
            rows.push(refused(&NOT_AN_OBJECT, ("raw", json!("[\"not an object\"]")), invalid.clone()));
        }
        if body.is_editable() {
            for member in body.required() {
                let mut row = refused(&MISSING, ("without", json!(["${member}"])), invalid.clone());
                row.case = format!("{}/{member}", operation.id);
                row.variables.insert("member".to_owned(), json!(member));
                if let Some((name, value)) = body.kept_instead_of(&member) {
                    row.step.insert("with".to_owned(), json!({ name: value }));
                }
                rows.push(row);
            }
            for (member, value) in body.values_of_other_types().into_iter().filter(|_| body.is_json) {
                let mut row = refused(&OTHER_TYPE, ("with", json!({ "${member}": "${value}" })), invalid.clone());
                row.case = format!("{}/{member}", operation.id);
                row.variables.insert("member".to_owned(), json!(member));
                row.variables.insert("value".to_owned(), value);
                rows.push(row);
            }
        }
        if body.is_json {
            let expected = expectation::media_type(self.catalogue, operation);
            let mut other = refused(&MEDIA_TYPE, ("raw", json!("plain text")), expected);
            put_header(&mut other.step, "Content-Type", json!("text/plain"));
            rows.push(other);
        }
        self.rows.extend(rows);
    }

    /// A request without one of its required headers.
    fn headers(&mut self, operation: &Operation<'d>) {
        let Some(setup) = setup(operation, self.resources) else { return };
        let Some(expected) = expectation::missing_header(self.catalogue, operation) else { return };
        for name in operation.headers.keys() {
            let mut row = self.row_with_setup(&MISSING_HEADER, operation, &setup);
            put_header(&mut row.step, name, Value::Null);
            row.case = format!("{}/{name}", operation.id);
            self.rows.push(TopicTest { expected: expected.clone(), ..row });
        }
    }

    fn reads(&mut self, operation: &Operation<'d>) {
        let is_item = self
            .resources
            .iter()
            .any(|one| one.item(self.operations, "GET").is_some_and(|item| item.id == operation.id));
        let Some(setup) = setup(operation, self.resources).filter(|_| operation.method == "GET" && !is_item) else {
            return;
        };
        let mut row = self.row_with_setup(&READ, operation, &setup);
        let is_sure = !operation.is_guessed && operation.parameters.is_empty();
        row.expected = if is_sure { Expected::success() } else { Expected::anything() };
        self.rows.push(row);
    }

    fn row_with_setup(&self, topic: &'static Topic, operation: &Operation<'d>, setup: &Setup) -> TopicTest {
        let mut row = self.row(topic, operation, operation.need.actor());
        row.given.clone_from(&setup.fixtures);
        if !setup.path.is_empty() {
            row.step.insert("path".to_owned(), Value::Object(setup.path.clone()));
        }
        row
    }

    fn row(&self, topic: &'static Topic, operation: &Operation<'d>, actor: &str) -> TopicTest {
        let mut step = Map::new();
        step.insert("call".to_owned(), json!("${operation}"));
        step.insert("as".to_owned(), json!(actor));
        for (name, values) in [("query", &operation.query), ("headers", &operation.headers)] {
            if !values.is_empty() {
                step.insert(name.to_owned(), Value::Object(values.clone()));
            }
        }
        let mut variables = Map::new();
        variables.insert("operation".to_owned(), json!(operation.id));
        let (case, given) = (operation.id.clone(), Vec::new());
        TopicTest { topic, case, given, variables, step, expected: Expected::anything() }
    }
}

fn put_header(step: &mut Map<String, Value>, name: &str, value: Value) {
    let headers = step.entry("headers").or_insert_with(|| json!({}));
    headers[name] = value;
}

/// Sets each path parameter to a value that probably does not exist. Returns whether all values have the documented
/// form; `None` if no parameter can have such a value.
fn set_unknown_ids(operation: &Operation<'_>, row: &mut TopicTest) -> Option<bool> {
    let mut all = None;
    for (name, schema) in &operation.parameters {
        let (value, has_form) = unknown_value(schema.map(|schema| schema.value));
        let variable = if is_reserved(name) { format!("{}_in_path", variable_name(name)) } else { name.clone() };
        if variable != *name {
            let path = row.step.entry("path").or_insert_with(|| json!({}));
            path[name.as_str()] = json!(format!("${{{variable}}}"));
        }
        row.variables.insert(variable, value);
        all = match (all, has_form) {
            (before, None) => before,
            (before, Some(has_form)) => Some(before.unwrap_or(true) && has_form),
        };
    }
    all
}

fn variable_name(name: &str) -> String {
    name.chars().map(|letter| if letter.is_ascii_alphanumeric() { letter } else { '_' }).collect()
}

/// A value of a parameter that probably does not exist, and whether it has the documented form. For a parameter with
/// listed values, one of these and `None`.
fn unknown_value(schema: Option<&Value>) -> (Value, Option<bool>) {
    let text = |key: &str| schema.and_then(|schema| schema.get(key)).and_then(Value::as_str).unwrap_or_default();
    let listed =
        schema.and_then(|schema| schema.get("enum")).and_then(Value::as_array).and_then(|values| values.first());
    if let Some(first) = listed {
        return (first.clone(), None);
    }
    let most = schema.and_then(|schema| schema.get("maximum")).and_then(Value::as_i64);
    match (text("type"), text("format")) {
        ("integer" | "number", _) => (json!(most.unwrap_or(987_654_321).min(987_654_321)), Some(true)),
        (_, "uuid") => (json!("00000000-0000-4000-8000-000000000000"), Some(true)),
        _ => match matching(text("pattern")).filter(|found| {
            found.len() > 8 && found.bytes().all(|letter| letter.is_ascii_graphic() && !b"#?/\\".contains(&letter))
        }) {
            Some(found) => (json!(found), Some(true)),
            None => (json!("no-such-id"), Some(false)),
        },
    }
}

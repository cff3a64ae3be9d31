//! The files below `scenarios/`: rows that differ in nothing but their variables become one table.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::expectation::{self, Expected};
use super::resources::Resource;
use super::schema::places;
use super::topics::{ANY, CREATED, DELETED, Maker, Row, Topic};
use super::yaml::{self, GUESS};

/// A scenario, ready to be written.
struct Written {
    file: &'static str,
    topic: &'static Topic,
    clause: String,
    text: String,
}

/// The files by name, and the clauses that they are about.
pub(super) struct Scenarios {
    pub(super) files: BTreeMap<String, String>,
    pub(super) clauses: Vec<String>,
}

/// The clause about a code.
pub(super) fn clause_of_code(maker: &Maker<'_, '_>, code: &str) -> String {
    let index = maker.catalogue.codes.iter().position(|one| one.code == code).unwrap_or_default();
    format!("CODE-{}", index + 1)
}

/// The clause that a step is about. One that accepts anything says nothing about the topic's own.
fn clause(maker: &Maker<'_, '_>, topic: &Topic, expected: &Expected) -> String {
    let topic = if *expected == Expected::anything() { &ANY } else { topic };
    expected.code.as_ref().map_or_else(|| topic.clause.to_owned(), |code| clause_of_code(maker, code))
}

/// Writes all scenarios.
pub(super) fn write(maker: &Maker<'_, '_>) -> Scenarios {
    let mut written = tables(maker);
    for resource in maker.resources {
        written.extend(lifecycle(maker, resource));
    }
    let mut files: BTreeMap<String, String> = BTreeMap::new();
    let mut clauses = Vec::new();
    for one in written {
        let name = format!("scenarios/{}.yaml", one.file);
        files.entry(name).or_insert_with(|| head(maker, one.topic.file)).push_str(&one.text);
        if !clauses.contains(&one.clause) {
            clauses.push(one.clause);
        }
    }
    files.insert("scenarios/fixtures.yaml".to_owned(), fixtures(maker));
    Scenarios { files, clauses }
}

fn head(maker: &Maker<'_, '_>, file: &str) -> String {
    let about = match file {
        "access" => "Who is served, and who is refused.",
        "unknown-ids" => "Requests about things that do not exist.",
        "bodies" => "Request bodies that are not as documented.",
        _ => "Requests that succeed.",
    };
    let mut text = yaml::comment(
        "Starter scenarios, written by `conformance init`: one row is one test.\nChange them as you like; running `init` again does not overwrite what you have changed.",
    );
    if file == "bodies" && !maker.left_out.is_empty() {
        text += &yaml::comment(&format!("\nNot covered here:\n  {}", maker.left_out.join("\n  ")));
    }
    text + &format!("about: {about}\nscenarios:\n")
}

/// One scenario for each topic and step, with its rows.
fn tables(maker: &Maker<'_, '_>) -> Vec<Written> {
    let mut groups: Vec<Vec<&Row>> = Vec::new();
    for row in &maker.rows {
        let same = |other: &Row| {
            other.topic.name == row.topic.name && other.step == row.step && other.expected == row.expected
        };
        match groups.iter_mut().find(|group| same(group[0])) {
            Some(group) => group.push(row),
            None => groups.push(vec![row]),
        }
    }
    groups.sort_by_key(|group| super::topics::TOPICS.iter().position(|topic| topic.name == group[0].topic.name));
    let mut numbers: BTreeMap<&str, usize> = BTreeMap::new();
    groups.iter().map(|group| table(maker, group, numbers.entry(group[0].topic.name).or_default())).collect()
}

fn table(maker: &Maker<'_, '_>, rows: &[&Row], number: &mut usize) -> Written {
    let first = rows[0];
    *number += 1;
    let name = if *number == 1 { first.topic.name.to_owned() } else { format!("{}-{number}", first.topic.name) };
    let clause = clause(maker, first.topic, &first.expected);
    let mut text = format!("  - name: {name}\n    clauses: [{clause}]\n");
    if rows.iter().all(|row| row.given.is_empty() && row.variables.len() == 1 && row.case == row.variables["operation"])
    {
        let names: Vec<String> = rows.iter().map(|row| row.case.clone()).collect();
        text += &format!("    each:\n{}", yaml::list("operation", &names, 6));
    } else {
        text += "    cases:\n";
        rows.iter().for_each(|row| text += &case(row));
    }
    text += &format!("    steps:\n{}\n", step(&first.step, Some(&first.expected)));
    Written { file: first.topic.file, topic: first.topic, clause, text }
}

fn case(row: &Row) -> String {
    let mut members = Map::new();
    members.insert("case".to_owned(), json!(row.case));
    if !row.given.is_empty() {
        members.insert("given".to_owned(), json!(row.given));
    }
    members.extend(row.variables.clone());
    yaml::entry(&members, 6, None)
}

fn step(members: &Map<String, Value>, expected: Option<&Expected>) -> String {
    let mut members = members.clone();
    members.extend(expected.map(|expected| ("expect".to_owned(), expected.value.clone())));
    let note = expected.filter(|expected| expected.is_guess).map(|_| GUESS);
    yaml::entry(&members, 6, note)
}

/// What is made can be read, and is gone when it was deleted.
fn lifecycle(maker: &Maker<'_, '_>, resource: &Resource) -> Vec<Written> {
    let Some(read) = resource.item(maker.operations, "GET") else { return Vec::new() };
    let call = |id: &str| {
        let mut step = Map::new();
        let operation = maker.operations.iter().find(|one| one.id == id);
        step.insert("call".to_owned(), json!(id));
        step.insert("as".to_owned(), json!(operation.map_or("", |one| one.need.actor())));
        let path = operation.and_then(|one| super::resources::given(one, maker.resources)).map(|given| given.path);
        step.extend(path.filter(|path| !path.is_empty()).map(|path| ("path".to_owned(), Value::Object(path))));
        for (name, values) in operation.iter().flat_map(|one| [("query", &one.query), ("headers", &one.headers)]) {
            step.extend((!values.is_empty()).then(|| (name.to_owned(), Value::Object(values.clone()))));
        }
        step
    };
    let mut shown = Expected::success();
    let success = read.responses.iter().find(|one| one.status.starts_with('2'));
    let has_id = success
        .and_then(|one| one.schema)
        .is_some_and(|schema| places(schema).iter().any(|place| place.pointer == resource.id));
    if has_id {
        shown.value["body"] = json!({ resource.id.as_str(): format!("${{{}}}", resource.variable) });
    }
    let scenario = |topic: &'static Topic, steps: String, expected: &Expected| {
        let clause = clause(maker, topic, expected);
        let text = format!(
            "  - name: {}-{}\n    clauses: [{clause}]\n    given: [{}]\n    steps:\n{steps}\n",
            topic.name, resource.noun, resource.noun
        );
        Written { file: topic.file, topic, clause, text }
    };
    let gone = expectation::gone(maker.catalogue, read);
    let deleted = step(&call(&resource.delete), None) + &step(&call(&read.id), Some(&gone));
    vec![scenario(&CREATED, step(&call(&read.id), Some(&shown)), &shown), scenario(&DELETED, deleted, &gone)]
}

fn fixtures(maker: &Maker<'_, '_>) -> String {
    let mut text = yaml::comment(
        "What scenarios prepare with `given`. A step without `expect` must succeed; otherwise the test is inconclusive.",
    );
    text += "about: What several scenarios share.\n";
    if maker.resources.is_empty() {
        return text + "fixtures: {}\n";
    }
    text += "fixtures:\n";
    for resource in maker.resources {
        let Some(create) = maker.operations.iter().find(|one| one.id == resource.create) else { continue };
        let mut members = Map::new();
        members.insert("call".to_owned(), json!(create.id));
        members.insert("as".to_owned(), json!(create.need.actor()));
        for (name, values) in [("path", &resource.given.path), ("query", &create.query), ("headers", &create.headers)] {
            members.extend((!values.is_empty()).then(|| (name.to_owned(), Value::Object(values.clone()))));
        }
        members.insert("keep".to_owned(), json!({ resource.variable.as_str(): format!("body {}", resource.id) }));
        text += &format!("  {}:\n    about: The {} exists.\n", resource.noun, resource.noun);
        if !resource.given.fixtures.is_empty() {
            text += &format!("    given: [{}]\n", resource.given.fixtures.join(", "));
        }
        text +=
            &format!("    reuse: true\n    steps:\n{}", yaml::entry(&members, 6, resource.is_guessed.then_some(GUESS)));
    }
    text
}

//! The files in `scenarios/`. Rows that differ only in their variables become one table.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::lifecycle::lifecycle;
use super::origin::Origin;
use super::steps::{ScenarioText, clause, step};
use super::topic::{ANY, TopicTest};
use super::topics::ScenarioBuilder;
use super::yaml;

/// The files by name, and the clauses that they test.
pub(super) struct Scenarios {
    pub(super) files: BTreeMap<String, String>,
    pub(super) clauses: Vec<String>,
    /// The clauses whose tests the documentation does not support, each with the source that is the least certain.
    undocumented: BTreeMap<String, Origin>,
    /// True if a comment is a sketch of a scenario for the clause of `SUCCESS`.
    pub(super) sketches_success: bool,
}

impl Scenarios {
    /// Adds the clause of tests that the documentation supports.
    pub(super) fn add_documented(&mut self, clause: String) {
        self.undocumented.remove(&clause);
        if !self.clauses.contains(&clause) {
            self.clauses.push(clause);
        }
    }

    /// Why the statement of a clause is not documented; `None` if it is.
    pub(super) fn undocumented(&self, clause: &str) -> Option<Origin> {
        self.undocumented.get(clause).copied()
    }
}

/// Writes the files. `tries` is true for a pack to learn from.
pub(super) fn write(builder: &ScenarioBuilder<'_, '_>, tries: bool) -> Scenarios {
    let mut scenarios = tables(builder);
    for resource in builder.resources {
        scenarios.extend(lifecycle(builder, resource, tries));
    }
    let mut files: BTreeMap<String, String> = BTreeMap::new();
    let mut clauses = Vec::new();
    let mut undocumented: BTreeMap<String, Origin> = BTreeMap::new();
    let mut documented = BTreeSet::new();
    for one in scenarios {
        let name = format!("scenarios/{}.yaml", one.file);
        files.entry(name).or_insert_with(|| head(builder, one.topic.file)).push_str(&one.text);
        if one.is_documented || one.clause == ANY.clause {
            documented.insert(one.clause.clone());
        }
        let least = undocumented.entry(one.clause.clone()).or_insert(one.origin);
        *least = one.origin.min(*least);
        if !clauses.contains(&one.clause) {
            clauses.push(one.clause);
        }
    }
    files.insert("scenarios/fixtures.yaml".to_owned(), fixtures(builder));
    undocumented.retain(|clause, _| !documented.contains(clause));
    Scenarios { files, clauses, undocumented, sketches_success: false }
}

fn head(builder: &ScenarioBuilder<'_, '_>, file: &str) -> String {
    let about = match file {
        "access" => "Requests without a credential, with an invalid one, and with a valid one.",
        "unknown-ids" => "Requests with ids that do not exist.",
        "bodies" => "Invalid request bodies.",
        "headers" => "Requests without a required header.",
        "methods" => "Methods that a path does not document.",
        _ => "Requests that succeed.",
    };
    let mut text = yaml::comment(
        "Starter scenarios, written by `conformance init`. Each row is one test.\nYou can change them: `init` does not overwrite a changed file.",
    );
    if file == "bodies" && !builder.left_out.is_empty() {
        text += &yaml::comment(&format!("\nNot covered here:\n  {}", builder.left_out.join("\n  ")));
    }
    if ["access", "unknown-ids", "bodies"].contains(&file) {
        text += &super::danger::comment(&builder.dangerous);
    }
    text + &format!("about: {about}\nscenarios:\n")
}

/// One scenario for each combination of topic, step and expectation, with its rows.
fn tables(builder: &ScenarioBuilder<'_, '_>) -> Vec<ScenarioText> {
    let mut groups: Vec<Vec<&TopicTest>> = Vec::new();
    for row in &builder.rows {
        let same = |other: &TopicTest| {
            other.topic.name == row.topic.name && other.step == row.step && other.expected == row.expected
        };
        match groups.iter_mut().find(|group| same(group[0])) {
            Some(group) => group.push(row),
            None => groups.push(vec![row]),
        }
    }
    groups.sort_by_key(|group| super::topic::TOPICS.iter().position(|topic| topic.name == group[0].topic.name));
    let mut numbers: BTreeMap<&str, usize> = BTreeMap::new();
    groups.iter().map(|group| table(builder, group, numbers.entry(group[0].topic.name).or_default())).collect()
}

fn table(builder: &ScenarioBuilder<'_, '_>, rows: &[&TopicTest], number: &mut usize) -> ScenarioText {
    let first = rows[0];
    *number += 1;
    let name = if *number == 1 { first.topic.name.to_owned() } else { format!("{}-{number}", first.topic.name) };
    let clause = clause(builder, first.topic, &first.expected);
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
    let (origin, is_documented) = (first.expected.origin, first.expected.is_documented);
    ScenarioText { file: first.topic.file, topic: first.topic, clause, origin, is_documented, text }
}

fn case(row: &TopicTest) -> String {
    let mut members = Map::new();
    members.insert("case".to_owned(), json!(row.case));
    if !row.given.is_empty() {
        members.insert("given".to_owned(), json!(row.given));
    }
    members.extend(row.variables.clone());
    yaml::entry(&members, 6, None)
}

fn fixtures(builder: &ScenarioBuilder<'_, '_>) -> String {
    let mut text = yaml::comment(
        "Fixtures: setup steps that scenarios name in `given`. If a step without `expect` fails, the test is inconclusive.",
    );
    text += "about: Setup steps that several scenarios share.\n";
    if builder.resources.is_empty() {
        return text + "fixtures: {}\n";
    }
    text += "fixtures:\n";
    for resource in builder.resources {
        let Some(create) = builder.operations.iter().find(|one| one.id == resource.create) else { continue };
        let mut members = Map::new();
        members.insert("call".to_owned(), json!(create.id));
        members.insert("as".to_owned(), json!(create.need.actor()));
        for (name, values) in [("path", &resource.setup.path), ("query", &create.query), ("headers", &create.headers)] {
            members.extend((!values.is_empty()).then(|| (name.to_owned(), Value::Object(values.clone()))));
        }
        let deletable = super::lifecycle::deletable(builder, resource);
        let note = if deletable.is_some() { Origin::Learned.note() } else { Origin::of(!resource.is_guessed).note() };
        members.extend(deletable.map(|values| ("with".to_owned(), Value::Object(values))));
        members.insert("keep".to_owned(), resource.keep());
        text += &format!("  {}:\n    about: The {} exists.\n", resource.noun, resource.noun);
        if !resource.setup.fixtures.is_empty() {
            text += &format!("    given: [{}]\n", resource.setup.fixtures.join(", "));
        }
        text += &format!("    reuse: true\n    steps:\n{}", yaml::entry(&members, 6, note));
    }
    text
}

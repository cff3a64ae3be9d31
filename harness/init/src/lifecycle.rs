//! Scenarios about the creation and the deletion of a resource.
//!
//! Some APIs delete a resource only in a certain state. If the API has refused to delete a new one, values of its members
//! are tried: a flag or a state with which a new resource can be deleted.

use serde_json::{Map, Value, json};

use super::expectation::{self, Expected};
use super::operations::Operation;
use super::origin::Origin;
use super::resources::Resource;
use super::schema::places;
use super::steps::{ScenarioText, call, clause, sketched, step};
use super::topic::{CREATED, CREATION, DELETED, REFUSED_DELETION, Topic};
use super::topics::ScenarioBuilder;

/// How many values are tried.
const MOST: usize = 4;

/// A created resource can be read, and a deleted one cannot. If the API has refused to delete a new one, that is a
/// scenario as well.
pub(super) fn lifecycle(builder: &ScenarioBuilder<'_, '_>, resource: &Resource, tries: bool) -> Vec<ScenarioText> {
    let Some(life) = Lifecycle::of(builder, resource) else { return Vec::new() };
    let mut all: Vec<ScenarioText> = life.creation_succeeds().into_iter().chain([life.created()]).collect();
    match life.refusal() {
        None => all.push(life.deleted()),
        Some(refused) => all.extend(life.refused(&refused)),
    }
    if tries {
        all.extend(life.values().into_iter().map(|(name, values)| life.tried(&name, values)));
    }
    all
}

/// The values with which the API has deleted a new resource, although it refuses to delete one with the example.
pub(super) fn deletable(builder: &ScenarioBuilder<'_, '_>, resource: &Resource) -> Option<Map<String, Value>> {
    let life = Lifecycle::of(builder, resource)?;
    life.refusal().and_then(|_| life.deletable())
}

struct Lifecycle<'b, 'm, 'd> {
    builder: &'b ScenarioBuilder<'m, 'd>,
    resource: &'b Resource,
    create: &'b Operation<'d>,
    delete: &'b Operation<'d>,
    read: &'b Operation<'d>,
}

impl<'b, 'm, 'd> Lifecycle<'b, 'm, 'd> {
    fn of(builder: &'b ScenarioBuilder<'m, 'd>, resource: &'b Resource) -> Option<Self> {
        let find = |id: &String| builder.operations.iter().find(|one| one.id == *id);
        let read = resource.item(builder.operations, "GET")?;
        Some(Self { builder, resource, create: find(&resource.create)?, delete: find(&resource.delete)?, read })
    }

    /// The creation itself, as the fixture does it. An API may refuse an invented example, so it must have accepted it.
    fn creation_succeeds(&self) -> Option<ScenarioText> {
        let is_invented = self.create.is_guessed || self.create.body.as_ref().is_some_and(|body| body.is_guessed);
        let mut expected = Expected::success();
        if is_invented || self.refusal().is_some() {
            expected.origin = Origin::Learned;
        }
        if expected.origin == Origin::Learned && !self.builder.responses.confirms_creation(&self.create.id) {
            return None;
        }
        let mut create = call(self.builder, self.create);
        let values = self.refusal().and_then(|_| self.deletable());
        create.extend(values.map(|values| ("with".to_owned(), Value::Object(values))));
        let steps = step(&create, Some(&expected));
        let scenario = self.scenario(&CREATION, &self.resource.noun, &self.resource.setup.fixtures, &steps, &expected);
        // The description says that it succeeds. Only the values are learned.
        Some(ScenarioText { origin: Origin::Documented, is_documented: true, ..scenario })
    }

    fn created(&self) -> ScenarioText {
        let resource = self.resource;
        let mut shown = Expected::success();
        let success = self.read.responses.iter().find(|one| one.status.starts_with('2'));
        let has_id = success
            .and_then(|one| one.schema)
            .is_some_and(|schema| places(schema).iter().any(|place| place.pointer == resource.id));
        let is_learned = !has_id && self.builder.responses.shows_id(&self.read.id, &resource.id);
        if has_id || is_learned {
            shown.value["body"] = json!({ resource.id.as_str(): format!("${{{}}}", resource.variable) });
        }
        if is_learned {
            shown.origin = Origin::Learned;
        }
        let given = [resource.noun.clone()];
        let steps = step(&call(self.builder, self.read), Some(&shown));
        let scenario = self.scenario(&CREATED, &resource.noun, &given, &steps, &shown);
        ScenarioText { origin: Origin::Documented, is_documented: true, ..scenario }
    }

    /// A new resource is deleted and then read.
    fn deleted(&self) -> ScenarioText {
        let (steps, expected) = self.deletion();
        let noun = &self.resource.noun;
        self.scenario(&DELETED, noun, std::slice::from_ref(noun), &steps, &expected)
    }

    /// The same for a resource with other values than the example has.
    fn tried(&self, name: &str, values: Map<String, Value>) -> ScenarioText {
        let (steps, expected) = self.deletion();
        let steps = self.creation(Some(values)) + &steps;
        let name = format!("{}-{name}", self.resource.noun);
        self.scenario(&DELETED, &name, &self.resource.setup.fixtures, &steps, &expected)
    }

    fn deletion(&self) -> (String, Expected) {
        let documented = expectation::deleted(self.builder.catalogue, self.read);
        let expected =
            self.builder.responses.after_deletion(documented, &self.resource.noun, &self.delete.id, &self.read.id);
        let read = step(&call(self.builder, self.read), Some(&expected));
        (step(&call(self.builder, self.delete), None) + &read, expected)
    }

    fn creation(&self, values: Option<Map<String, Value>>) -> String {
        let mut create = call(self.builder, self.create);
        create.extend(values.map(|values| ("with".to_owned(), Value::Object(values))));
        create.insert("keep".to_owned(), self.resource.keep());
        step(&create, None)
    }

    /// The API refuses to delete a resource that is like the example. If it deletes others, fixtures create such a one;
    /// otherwise the scenario of the deletion is a comment.
    fn refused(&self, refused: &Expected) -> Vec<ScenarioText> {
        let noun = &self.resource.noun;
        let steps = self.creation(None) + &step(&call(self.builder, self.delete), Some(refused));
        let mut refusal = self.scenario(&REFUSED_DELETION, noun, &self.resource.setup.fixtures, &steps, refused);
        let deletion = self.deleted();
        if self.deletable().is_some() {
            return vec![refusal, deletion];
        }
        refusal.text += &format!(
            "  # Make it possible to delete a new {noun} (an example in schemas/openapi.yaml, or steps in fixtures.yaml). Then\n  \
             # remove the `#`, and add the clause {} to schemas/clauses.yaml.\n{}\n",
            deletion.clause,
            sketched(&deletion.text)
        );
        vec![refusal]
    }

    fn refusal(&self) -> Option<Expected> {
        let refusal = self.builder.responses.refused_deletion(&self.resource.noun, &self.delete.id);
        refusal.map(|refusal| refusal.expected())
    }

    fn deletable(&self) -> Option<Map<String, Value>> {
        let noun = &self.resource.noun;
        let works = |name: &str| {
            self.builder.responses.confirms_deletion(&format!("{noun}-{name}"), &self.delete.id, &self.read.id)
        };
        self.values().into_iter().find(|(name, _)| works(name)).map(|(_, values)| values)
    }

    fn scenario(
        &self,
        topic: &'static Topic,
        name: &str,
        given: &[String],
        steps: &str,
        expected: &Expected,
    ) -> ScenarioText {
        let clause = clause(self.builder, topic, expected);
        let given = if given.is_empty() { String::new() } else { format!("    given: [{}]\n", given.join(", ")) };
        let text = format!("  - name: {}-{name}\n    clauses: [{clause}]\n{given}    steps:\n{steps}\n", topic.name);
        let (origin, is_documented) = (expected.origin, expected.is_documented);
        ScenarioText { file: topic.file, topic, clause, origin, is_documented, text }
    }

    /// Values of flags and of listed states that the example does not have, each with a name.
    fn values(&self) -> Vec<(String, Map<String, Value>)> {
        let Some(body) = self.create.body.as_ref().filter(|body| body.is_editable()) else { return Vec::new() };
        let mut all = Vec::new();
        for (member, value) in body.other_states() {
            let name = super::access::kebab(&format!(
                "with {member} {}",
                value.as_str().map_or_else(|| value.to_string(), str::to_owned)
            ));
            all.push((name, Map::from_iter([(member, value)])));
        }
        all.truncate(MOST);
        all
    }
}

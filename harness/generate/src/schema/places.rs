//! Finds the places in a request and makes their rules: every member that the schema describes, the members of nested
//! objects, and the first element of each list.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::{Value, json};

use super::spot::{Spot, boundary};
use super::view::{View, listed, probable_types, views};
use super::{Oracle, Part, Schema, allowed, faults, pointer, valid};
use crate::rule::{Assertion, Content, Input, Rule, Source};
use crate::sample::inputs;

/// A member that no schema describes is sent under this name.
pub const UNKNOWN_MEMBER: &str = "unknownMember";

/// Places are nested at most so deep.
const DEEPEST: usize = 8;
/// The most places of one body.
const MAX_PLACES: usize = 200;
/// How many values of a rule the oracle judges before the rule is used.
const SAMPLES: u8 = 12;

/// A place in a request, with its rules.
#[derive(Clone, Debug)]
pub struct InputLocation {
    /// The JSON Pointer in the body; empty for a parameter and for the whole body.
    pub pointer: String,
    /// What has to be added to the example, in this order, so that the place exists.
    pub added: Vec<(String, Value)>,
    pub rules: Vec<Rule>,
    pub oracle: Oracle,
}

/// The places of a body. The example must be valid.
pub fn places(schema: &Arc<Schema>, example: &Value) -> Vec<InputLocation> {
    let mut search = Search { schema, places: Vec::new() };
    let found = views(&schema.root, &schema.root);
    let root = Found { pointer: String::new(), base: example.clone(), added: Vec::new(), is_required: false };
    search.visit(&root, &found, 0);
    search.places
}

/// The place of a parameter of the query, the path or the header, or of a member of a form.
pub fn parameter(schema: &Arc<Schema>, part: Part, is_required: bool) -> InputLocation {
    let spot = Spot {
        schema: Arc::clone(schema),
        views: views(&schema.root, &schema.root),
        present: None,
        // A path without its parameter is another path.
        is_required: is_required && part != Part::Path,
        part,
    };
    let oracle = Oracle { schema: Arc::clone(schema), base: Value::Null, pointer: String::new(), part };
    let is_sent = |rule: &Rule| match &rule.source {
        Source::Example(input) => !matches!(&input.content, Content::Json(Value::Object(_) | Value::Null)),
        Source::Strategy(_) => true,
    };
    // Whether a path exists is not decided by the schema of its parameter.
    let is_claimed = |rule: &Rule| part != Part::Path || rule.assertion != Assertion::Accepted;
    let has = |name: &str| spot.types().iter().any(|kind| kind == name);
    let all = match (has("object"), has("array")) {
        (true, _) => faults::missing(&spot).into_iter().collect(),
        (false, true) => [rules_of(&spot), rules_of_elements(&spot)].concat(),
        (false, false) => rules_of(&spot),
    };
    let rules = decided(all, &oracle).into_iter().filter(|rule| is_sent(rule) && is_claimed(rule)).collect();
    InputLocation { pointer: String::new(), added: Vec::new(), rules, oracle }
}

/// The faults of one element, in a list of one.
fn rules_of_elements(spot: &Spot) -> Vec<Rule> {
    let root = &spot.schema.root;
    let items: Vec<&Value> = spot.views.iter().filter_map(|view| view.get("items")).collect();
    let views = items.iter().flat_map(|items| views(root, items)).collect();
    let element = Spot { schema: Arc::clone(&spot.schema), views, present: None, is_required: false, part: spot.part };
    faults::rules(&element).into_iter().map(|rule| rule.map(in_a_list)).collect()
}

fn in_a_list(input: Input) -> Input {
    let content = match input.content {
        Content::Json(value) => Content::Json(Value::Array(vec![value])),
        other => other,
    };
    Input { content, ..input }
}

struct Search<'s> {
    schema: &'s Arc<Schema>,
    places: Vec<InputLocation>,
}

/// A place that is about to be visited.
#[derive(Clone)]
struct Found {
    pointer: String,
    /// The body in which it exists.
    base: Value,
    added: Vec<(String, Value)>,
    is_required: bool,
}

impl Search<'_> {
    fn visit(&mut self, found: &Found, all: &[View], depth: usize) {
        if depth > DEEPEST || self.places.len() >= MAX_PLACES {
            return;
        }
        let present = found.base.pointer(&found.pointer).cloned();
        let spot = Spot {
            schema: Arc::clone(self.schema),
            views: all.to_vec(),
            present: present.clone(),
            is_required: found.is_required,
            part: Part::Body,
        };
        let rules = if found.pointer.is_empty() { allowed::rules(&spot) } else { rules_of(&spot) };
        self.add(found, rules);
        let Some(view) = self.view_of(all, present.as_ref()) else { return };
        let types = probable_types(&view);
        if types.iter().any(|kind| kind == "object") {
            self.members(found, &view, depth);
        } else if types.iter().any(|kind| kind == "array") {
            self.first_element(found, &view, depth);
        }
    }

    /// The alternative that the example uses, or else the first one that has places.
    fn view_of(&self, all: &[View], present: Option<&Value>) -> Option<View> {
        let fits = |view: &&View| {
            let mut schema = (*view).clone();
            schema.extend(self.schema.root.get("$defs").map(|all| ("$defs".to_owned(), all.clone())));
            present.is_some_and(|value| Schema::compile(Value::Object(schema)).is_ok_and(|one| one.accepts(value)))
        };
        let has_places = |view: &&View| probable_types(view).iter().any(|kind| kind == "object" || kind == "array");
        match all {
            [only] => Some(only.clone()),
            _ => all.iter().find(fits).or_else(|| all.iter().find(has_places)).cloned(),
        }
    }

    fn members(&mut self, found: &Found, view: &View, depth: usize) {
        let root = &self.schema.root;
        let Some(within) = self.with_value(found, Value::is_object, || valid::simplest_of(root, view, 0)) else {
            return;
        };
        let required = view.get("required").map(listed).unwrap_or_default();
        for (name, schema) in valid::sent_members(root, view) {
            let is_required = required.contains(&name);
            let member = Found { pointer: pointer::below(&found.pointer, &name), is_required, ..within.clone() };
            self.visit(&member, &views(root, &schema), depth + 1);
        }
        self.unknown_member(&within, view, found);
    }

    /// What a server does with a member that is not described is open, unless the schema refuses it.
    fn unknown_member(&mut self, within: &Found, view: &View, object: &Found) {
        let unknown = Found { pointer: pointer::below(&object.pointer, UNKNOWN_MEMBER), ..within.clone() };
        let is_refused = view.get("additionalProperties") == Some(&Value::Bool(false));
        let rules = match is_refused {
            true => vec![boundary("additional-member", Assertion::Refused("additional-member"), json!("unknown"))],
            false => [("text", json!("unknown")), ("number", json!(12)), ("object", json!({ "un": ["known"] }))]
                .into_iter()
                .map(|(kind, value)| boundary(format!("unknown-member-{kind}"), Assertion::Handled, value))
                .collect(),
        };
        self.add(&unknown, rules);
    }

    fn first_element(&mut self, found: &Found, view: &View, depth: usize) {
        let Some(items) = view.get("items").filter(|_| !view.contains_key("prefixItems")) else { return };
        let is_filled = |value: &Value| value.as_array().is_some_and(|all| !all.is_empty());
        let root = &self.schema.root;
        let Some(within) = self.with_value(found, is_filled, || valid::simplest_of(root, view, 0)) else { return };
        let element = Found { pointer: pointer::below(&found.pointer, "0"), is_required: false, ..within };
        self.visit(&element, &views(root, items), depth + 1);
    }

    /// The place with a value in which members or elements can be set: that of the example, or the simplest one.
    fn with_value(
        &self,
        found: &Found,
        fits: impl Fn(&Value) -> bool,
        simplest: impl Fn() -> Option<Value>,
    ) -> Option<Found> {
        if found.base.pointer(&found.pointer).is_some_and(&fits) {
            return Some(found.clone());
        }
        let value = simplest().filter(&fits)?;
        let base = pointer::with(&found.base, &found.pointer, Some(&value)).filter(|base| self.schema.accepts(base))?;
        let mut added = found.added.clone();
        added.push((found.pointer.clone(), value));
        Some(Found { base, added, ..found.clone() })
    }

    fn add(&mut self, found: &Found, rules: Vec<Rule>) {
        let oracle = Oracle {
            schema: Arc::clone(self.schema),
            base: found.base.clone(),
            pointer: found.pointer.clone(),
            part: Part::Body,
        };
        let rules = decided(rules, &oracle);
        if !rules.is_empty() {
            self.places.push(InputLocation {
                pointer: found.pointer.clone(),
                added: found.added.clone(),
                rules,
                oracle,
            });
        }
    }
}

fn rules_of(spot: &Spot) -> Vec<Rule> {
    [allowed::rules(spot), faults::rules(spot)].concat()
}

/// The rules whose values the oracle decides, each name once.
fn decided(rules: Vec<Rule>, oracle: &Oracle) -> Vec<Rule> {
    let mut names = BTreeSet::new();
    rules.into_iter().filter(|rule| is_decided(rule, oracle) && names.insert(rule.name.clone())).collect()
}

fn is_decided(rule: &Rule, oracle: &Oracle) -> bool {
    match &rule.source {
        Source::Example(input) => oracle.agrees(rule.assertion, input),
        Source::Strategy(strategy) => {
            let all = inputs(strategy, (0..SAMPLES).map(|number| [number; 32]));
            let agreed = all.iter().filter(|input| oracle.agrees(rule.assertion, input)).count();
            agreed * 2 >= usize::from(SAMPLES)
        }
    }
}

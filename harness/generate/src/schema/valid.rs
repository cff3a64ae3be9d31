//! Values that a schema allows: any of them as a strategy, and the simplest one.

use std::cell::Cell;

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::{BoxedStrategy, Just, Strategy, any};
use proptest::sample::select;
use proptest::strategy::Union;
use serde_json::{Map, Value, json};

use super::number::Grid;
use super::texts::Texts;
use super::view::{View, count, listed, probable_types, views};

/// Values are nested at most so deep. Below, optional members are left out.
const DEEPEST: usize = 5;
/// A strategy consists of about so many others.
const MAX_PARTS: usize = 400;
/// How many more elements a list has than it must have.
const LONGER: usize = 3;
/// Longer lists are not generated.
const MAX_ELEMENTS: usize = 100;

/// Any allowed value; `None` if the schema cannot be generated from.
pub(super) fn strategy(root: &Value, schema: &Value, depth: usize) -> Option<BoxedStrategy<Value>> {
    Maker { root, left: Cell::new(MAX_PARTS) }.strategy(schema, depth)
}

pub(super) fn of_view(root: &Value, view: &View, depth: usize) -> Option<BoxedStrategy<Value>> {
    Maker { root, left: Cell::new(MAX_PARTS) }.of_view(view, depth)
}

/// Makes a strategy from the schemas below a root. Schemas that contain themselves several times would grow with every
/// level, so their number is limited: then optional members are left out, and the first alternative is used.
struct Maker<'r> {
    root: &'r Value,
    left: Cell<usize>,
}

impl Maker<'_> {
    fn strategy(&self, schema: &Value, depth: usize) -> Option<BoxedStrategy<Value>> {
        self.left.set(self.left.get().saturating_sub(1));
        let views = views(self.root, schema);
        let made = views.iter().filter_map(|view| self.of_view(view, depth));
        let all: Vec<BoxedStrategy<Value>> = made.take(if self.is_spent() { 1 } else { usize::MAX }).collect();
        (!all.is_empty()).then(|| Union::new(all).boxed())
    }

    fn is_spent(&self) -> bool {
        self.left.get() == 0
    }

    fn of_view(&self, view: &View, depth: usize) -> Option<BoxedStrategy<Value>> {
        if let Some(value) = view.get("const") {
            return Some(Just(value.clone()).boxed());
        }
        if let Some(values) = view.get("enum").and_then(Value::as_array).filter(|values| !values.is_empty()) {
            return Some(select(values.clone()).boxed());
        }
        let types = probable_types(view);
        let all: Vec<BoxedStrategy<Value>> = types.iter().filter_map(|kind| self.of_type(view, kind, depth)).collect();
        (!all.is_empty()).then(|| Union::new(all).boxed())
    }

    fn of_type(&self, view: &View, kind: &str, depth: usize) -> Option<BoxedStrategy<Value>> {
        match kind {
            "null" => Some(Just(Value::Null).boxed()),
            "boolean" => Some(any::<bool>().prop_map(Value::from).boxed()),
            "integer" | "number" => {
                Grid::of(view, kind == "integer")?.valid(view.get("format") == Some(&json!("int32")))
            }
            "string" => Some(Texts::of(view).valid()?.prop_map(Value::from).boxed()),
            "array" => self.list(view, depth),
            "object" => self.object(view, depth),
            _ => None,
        }
    }

    fn list(&self, view: &View, depth: usize) -> Option<BoxedStrategy<Value>> {
        let least = count(view, "minItems").unwrap_or(0);
        let most = count(view, "maxItems").unwrap_or(usize::MAX).min(least + LONGER);
        if (depth >= DEEPEST || self.is_spent()) && least == 0 {
            return Some(Just(json!([])).boxed());
        }
        // Without a schema for its elements, nothing is known about them.
        let items = view.get("items").filter(|_| !view.contains_key("prefixItems"))?;
        let element = self.strategy(items, depth + 1)?;
        let is_set = view.get("uniqueItems") == Some(&Value::Bool(true));
        let elements = (least <= most && least <= MAX_ELEMENTS).then(|| vec(element, least..=most))?;
        Some(elements.prop_map(move |all| if is_set { distinct(all) } else { all.into() }).boxed())
    }

    fn object(&self, view: &View, depth: usize) -> Option<BoxedStrategy<Value>> {
        let required = view.get("required").map(listed).unwrap_or_default();
        let mut members: Vec<BoxedStrategy<Option<(String, Value)>>> = Vec::new();
        for (name, schema) in sent_members(self.root, view) {
            let is_required = required.contains(&name);
            if !is_required && (depth >= DEEPEST || self.is_spent()) {
                continue;
            }
            let named = name.clone();
            match self.strategy(&schema, depth + 1) {
                Some(value) if is_required => {
                    members.push(value.prop_map(move |value| Some((named.clone(), value))).boxed());
                }
                Some(value) => {
                    members.push(option::of(value).prop_map(move |value| Some((named.clone(), value?))).boxed());
                }
                None if is_required => return None,
                None => {}
            }
        }
        let is_described = |name: &String| view.get("properties").and_then(|all| all.get(name)).is_some();
        if !required.iter().all(is_described) {
            return None;
        }
        Some(members.prop_map(|members| Value::Object(members.into_iter().flatten().collect::<Map<_, _>>())).boxed())
    }
}

fn distinct(all: Vec<Value>) -> Value {
    let mut kept: Vec<Value> = Vec::new();
    for one in all {
        if !kept.contains(&one) {
            kept.push(one);
        }
    }
    kept.into()
}

/// The members that a request may contain: those that are not `readOnly`.
pub(super) fn sent_members(root: &Value, view: &View) -> Vec<(String, Value)> {
    let is_sent = |schema: &Value| {
        let all = views(root, schema);
        all.is_empty() || all.iter().any(|view| view.get("readOnly") != Some(&Value::Bool(true)))
    };
    let all = view.get("properties").and_then(Value::as_object).into_iter().flatten();
    all.filter(|(_, schema)| is_sent(schema)).map(|(name, schema)| (name.clone(), schema.clone())).collect()
}

/// The simplest allowed value. Lists have an element, so that values can be put into it.
pub(super) fn simplest(root: &Value, schema: &Value, depth: usize) -> Option<Value> {
    views(root, schema).iter().find_map(|view| simplest_of(root, view, depth))
}

pub(super) fn simplest_of(root: &Value, view: &View, depth: usize) -> Option<Value> {
    let listed_value = view.get("const").or_else(|| view.get("enum")?.as_array()?.first());
    if let Some(value) = listed_value.or_else(|| view.get("example")).or_else(|| view.get("default")) {
        return Some(value.clone());
    }
    let types = probable_types(view);
    match types.iter().find(|kind| *kind != "null").or(types.first())?.as_str() {
        "null" => Some(Value::Null),
        "boolean" => Some(Value::Bool(false)),
        kind @ ("integer" | "number") => Some(Grid::of(view, kind == "integer")?.simplest()),
        "string" => Texts::of(view).simplest().map(Value::from),
        "array" => simplest_list(root, view, depth),
        "object" => simplest_object(root, view, depth),
        _ => None,
    }
}

fn simplest_list(root: &Value, view: &View, depth: usize) -> Option<Value> {
    let least = count(view, "minItems").unwrap_or(0);
    if depth > DEEPEST && least == 0 {
        return Some(json!([]));
    }
    let element = simplest(root, view.get("items")?, depth + 1)?;
    let length = least.max(1).min(count(view, "maxItems").unwrap_or(usize::MAX));
    (length <= MAX_ELEMENTS).then(|| vec![element; length].into())
}

fn simplest_object(root: &Value, view: &View, depth: usize) -> Option<Value> {
    let required = view.get("required").map(listed).unwrap_or_default();
    if depth > DEEPEST && !required.is_empty() {
        return None;
    }
    let members = sent_members(root, view).into_iter().filter(|(name, _)| required.contains(name));
    members
        .map(|(name, schema)| Some((name, simplest(root, &schema, depth + 1)?)))
        .collect::<Option<Map<_, _>>>()
        .map(Value::Object)
}

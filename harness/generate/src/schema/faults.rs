//! The rules of invalid values. Each rule breaks one keyword of the schema, and its kind tells the pack which one.

use proptest::collection::vec;
use proptest::prelude::{BoxedStrategy, Strategy};
use proptest::sample::select;
use serde_json::{Value, json};

use super::number::Grid;
use super::spot::{Spot, boundary};
use super::texts::Texts;
use super::view::{View, count, probable_types};
use super::{Part, Schema, valid};
use crate::rule::{Assertion, Content, Input, Rule};

/// Longer lists are not sent.
const MAX_ITEMS: usize = 100;

pub(super) fn rules(spot: &Spot) -> Vec<Rule> {
    let mut rules: Vec<Rule> = missing(spot).into_iter().collect();
    match spot.part {
        Part::Body => rules.extend(types_of_body(&spot.types(), spot.present.as_ref())),
        Part::Form | Part::Query | Part::Path | Part::Header => rules.extend(types_of_text(&spot.types())),
    }
    for view in &spot.views {
        if view.contains_key("enum") || view.contains_key("const") {
            rules.extend(unlisted(spot, view));
            continue;
        }
        for kind in probable_types(view) {
            match kind.as_str() {
                "integer" | "number" => rules.extend(ranges(spot, view, kind == "integer")),
                "string" => rules.extend(texts(spot, view)),
                "array" => rules.extend(lists(spot, view)),
                _ => {}
            }
        }
    }
    rules
}

/// The rule that leaves out what is required.
pub(super) fn missing(spot: &Spot) -> Option<Rule> {
    let absent = Input { content: Content::Absent, companion: None };
    spot.is_required.then(|| Rule::example("missing-required", Assertion::Refused("missing"), absent))
}

fn refused(kind: &'static str, name: &'static str, value: impl Into<Value>) -> Rule {
    boundary(name, Assertion::Refused(kind), value.into())
}

// ---------------------------------------------------------------- types

/// Values of other types. Those that many servers convert, such as `"12"` for 12, are a kind of their own.
fn types_of_body(types: &[String], present: Option<&Value>) -> Vec<Rule> {
    let has = |kinds: &[&str]| types.iter().any(|kind| kinds.contains(&kind.as_str()));
    if types.is_empty() {
        return Vec::new();
    }
    let (scalar, numeric) = (has(&["string", "integer", "number", "boolean"]), has(&["integer", "number"]));
    let fraction = present.and_then(Value::as_i64).map_or(1.5, |whole| whole as f64 + 0.5);
    let candidates = [
        (!has(&["null"]), refused("null", "null-not-allowed", Value::Null)),
        (!has(&["object"]), refused("wrong-type", "wrong-type-object", json!({ "not": "of this type" }))),
        (!has(&["array"]), refused("wrong-type", "wrong-type-list", json!(["not of this type"]))),
        (!has(&["string"]), refused("wrong-type", "wrong-type-text", "not of this type")),
        (!scalar, refused("wrong-type", "wrong-type-number", 12)),
        (!scalar, refused("wrong-type", "wrong-type-boolean", true)),
        (has(&["integer"]) && !has(&["number"]), refused("wrong-type", "wrong-type-fraction", fraction)),
        (has(&["string"]) && !numeric, refused("convertible-type", "convertible-number", 12)),
        (has(&["string"]) && !has(&["boolean"]), refused("convertible-type", "convertible-boolean", true)),
        (numeric && !has(&["string"]), refused("convertible-type", "convertible-text", convertible(present))),
        (has(&["boolean"]) && !has(&["string"]), refused("convertible-type", "convertible-word", "true")),
        (has(&["boolean"]) && !numeric, refused("convertible-type", "convertible-one", 1)),
    ];
    candidates.into_iter().filter(|(fits, _)| *fits).map(|(_, rule)| rule).collect()
}

/// The number of the example as text, so that only its type is wrong.
fn convertible(present: Option<&Value>) -> String {
    present.filter(|value| value.is_number()).map_or_else(|| "1".to_owned(), Value::to_string)
}

/// A parameter is text, so only what cannot be read as its type has a wrong one.
fn types_of_text(types: &[String]) -> Vec<Rule> {
    let only = |kinds: &[&str]| !types.is_empty() && types.iter().all(|kind| kinds.contains(&kind.as_str()));
    let candidates = [
        (only(&["integer", "number", "boolean"]), refused("wrong-type", "wrong-type-text", "twelve")),
        (only(&["integer"]), refused("wrong-type", "wrong-type-fraction", 1.5)),
    ];
    candidates.into_iter().filter(|(fits, _)| *fits).map(|(_, rule)| rule).collect()
}

// ---------------------------------------------------------------- values

fn unlisted(spot: &Spot, view: &View) -> Vec<Rule> {
    let constant = view.get("const").cloned().map(|value| vec![value]);
    let values = view.get("enum").and_then(Value::as_array).cloned().or(constant).unwrap_or_default();
    let mut rules = Vec::new();
    if let Some(text) = values.iter().find_map(Value::as_str) {
        rules.push(refused("enum", "enum-value-and-a-letter", format!("{text}x")));
        rules.extend(spot.generated(view, "not-in-enum", Assertion::Refused("enum"), |_, _| {
            Some(
                vec(select(('a'..='z').collect::<Vec<char>>()), 3..12)
                    .prop_map(|all| String::from_iter(all).into())
                    .boxed(),
            )
        }));
    }
    if let Some(largest) = values.iter().filter_map(Value::as_i64).max() {
        rules.extend(largest.checked_add(1).map(|next| refused("enum", "number-not-in-enum", next)));
    }
    rules
}

fn ranges(spot: &Spot, view: &View, is_integer: bool) -> Vec<Rule> {
    let Some(grid) = Grid::of(view, is_integer) else { return Vec::new() };
    let mut rules = Vec::new();
    if let Some(high) = grid.high {
        rules.push(refused("range", "just-above-maximum", grid.next(high, 1)));
        rules.extend(spot.generated(view, "above-maximum", Assertion::Refused("range"), above));
    }
    if let Some(low) = grid.low {
        rules.push(refused("range", "just-below-minimum", grid.next(low, -1)));
        rules.extend(spot.generated(view, "below-minimum", Assertion::Refused("range"), below));
    }
    if view.contains_key("multipleOf") {
        rules.extend(spot.generated(view, "not-a-multiple", Assertion::Refused("multiple"), between));
    }
    rules
}

fn grid_of(view: &View) -> Option<Grid> {
    Grid::of(view, !probable_types(view).iter().any(|kind| kind == "number"))
}

fn above(_: &Schema, view: &View) -> Option<BoxedStrategy<Value>> {
    let grid = grid_of(view)?;
    Some(grid.beyond(grid.high?, 1))
}

fn below(_: &Schema, view: &View) -> Option<BoxedStrategy<Value>> {
    let grid = grid_of(view)?;
    Some(grid.beyond(grid.low?, -1))
}

fn between(_: &Schema, view: &View) -> Option<BoxedStrategy<Value>> {
    grid_of(view)?.between()
}

fn texts(spot: &Spot, view: &View) -> Vec<Rule> {
    let texts = Texts::of(view);
    let mut rules = Vec::new();
    let longer = texts.most.and_then(|most| texts.of_length(most + 1));
    rules.extend(longer.map(|text| refused("length", "one-character-too-long", text)));
    let shorter = texts.least.checked_sub(1).and_then(|length| texts.of_length(length));
    rules.extend(shorter.map(|text| refused("length", "one-character-too-short", text)));
    let makes: [(&'static str, &'static str, super::spot::Make); 4] = [
        ("length", "too-long", |_, view| Some(as_values(Texts::of(view).too_long()?))),
        ("length", "too-short", |_, view| Some(as_values(Texts::of(view).too_short()?))),
        ("pattern", "pattern-mismatch", |_, view| Some(as_values(Texts::of(view).of_another_pattern()?))),
        ("format", "format-mismatch", |_, view| Some(as_values(Texts::of(view).of_another_format()?))),
    ];
    rules.extend(
        makes.iter().filter_map(|(kind, name, make)| spot.generated(view, name, Assertion::Refused(kind), *make)),
    );
    rules
}

fn as_values(texts: BoxedStrategy<String>) -> BoxedStrategy<Value> {
    texts.prop_map(Value::from).boxed()
}

// ---------------------------------------------------------------- lists

fn lists(spot: &Spot, view: &View) -> Vec<Rule> {
    let present = spot.present.as_ref().and_then(|list| list.get(0)).cloned();
    let simplest = || view.get("items").and_then(|items| valid::simplest(&spot.schema.root, items, 0));
    let Some(item) = present.or_else(simplest) else { return Vec::new() };
    let least = count(view, "minItems").filter(|least| (1..=MAX_ITEMS).contains(least));
    let most = count(view, "maxItems").filter(|most| *most < MAX_ITEMS);
    let repeated = |size: usize| json!(vec![item.clone(); size]);
    let mut rules = Vec::new();
    rules.extend(least.map(|least| refused("items", "one-item-too-few", repeated(least - 1))));
    if view.get("uniqueItems") == Some(&Value::Bool(true)) {
        rules.push(refused("items", "duplicate-item", repeated(least.unwrap_or(2).max(2))));
    } else {
        rules.extend(most.map(|most| refused("items", "one-item-too-many", repeated(most + 1))));
    }
    rules.extend(most.and(spot.generated(view, "too-many-items", Assertion::Refused("items"), too_many)));
    rules
}

fn too_many(schema: &Schema, view: &View) -> Option<BoxedStrategy<Value>> {
    let most = count(view, "maxItems")?;
    let element = valid::strategy(&schema.root, view.get("items")?, 1)?;
    Some(vec(element, most + 1..=most + 3).prop_map(Value::from).boxed())
}

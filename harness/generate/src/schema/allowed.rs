//! The rules of valid values: every boundary of the schema once, and any value between them.

use serde_json::{Value, json};

use super::number::Grid;
use super::spot::{Spot, boundary};
use super::texts::Texts;
use super::valid;
use super::view::{View, count, probable_types};
use crate::rule::{Assertion, Content, Input, Rule};

/// The most values of an `enum` that are sent.
const MAX_VALUES: usize = 50;
/// Longer lists are not sent.
const MAX_ITEMS: usize = 100;

const ACCEPTED: Assertion = Assertion::Accepted;

pub(super) fn rules(spot: &Spot) -> Vec<Rule> {
    let mut rules = Vec::new();
    if !spot.is_required && spot.present.is_some() {
        rules.push(Rule::example("absent-optional", ACCEPTED, Input { content: Content::Absent, companion: None }));
    }
    for view in &spot.views {
        rules.extend(listed_values(view));
        for kind in probable_types(view).iter().filter(|_| !view.contains_key("enum") && !view.contains_key("const")) {
            rules.extend(boundaries(spot, view, kind));
        }
        let any_value = |schema: &super::Schema, view: &View| valid::of_view(&schema.root, view, 0);
        rules.extend(spot.generated(view, "any-valid-value", ACCEPTED, any_value));
    }
    rules
}

fn listed_values(view: &View) -> Vec<Rule> {
    let values = view.get("enum").and_then(Value::as_array).into_iter().flatten().take(MAX_VALUES).enumerate();
    let mut rules: Vec<Rule> =
        values.map(|(index, value)| boundary(format!("enum-value-{}", index + 1), ACCEPTED, value.clone())).collect();
    rules.extend(view.get("const").map(|value| boundary("the-constant", ACCEPTED, value.clone())));
    rules
}

fn boundaries(spot: &Spot, view: &View, kind: &str) -> Vec<Rule> {
    match kind {
        "null" => vec![boundary("null-allowed", ACCEPTED, Value::Null)],
        "boolean" => vec![boundary("true", ACCEPTED, true.into()), boundary("false", ACCEPTED, false.into())],
        "integer" | "number" => numbers(view, kind == "integer"),
        "string" => lengths(view),
        "array" => sizes(spot, view),
        _ => Vec::new(),
    }
}

fn numbers(view: &View, is_integer: bool) -> Vec<Rule> {
    let Some(grid) = Grid::of(view, is_integer) else { return Vec::new() };
    let limits = [("minimum", grid.low), ("maximum", grid.high)];
    limits.iter().filter_map(|(name, limit)| Some(boundary(*name, ACCEPTED, grid.value((*limit)?)))).collect()
}

/// Without `minLength`, an empty text is not sent: whether a text may be empty is often documented elsewhere.
fn lengths(view: &View) -> Vec<Rule> {
    let texts = Texts::of(view);
    let limits = [("shortest", view.get("minLength").map(|_| texts.least)), ("longest", texts.most)];
    let of_length = |(name, length): (&'static str, Option<usize>)| {
        Some(boundary(name, ACCEPTED, texts.of_length(length?)?.into()))
    };
    limits.into_iter().filter_map(of_length).collect()
}

fn sizes(spot: &Spot, view: &View) -> Vec<Rule> {
    let Some(items) = view.get("items") else { return Vec::new() };
    let present = spot.present.as_ref().and_then(|list| list.get(0)).cloned();
    let Some(item) = present.or_else(|| valid::simplest(&spot.schema.root, items, 0)) else { return Vec::new() };
    let limits = [("fewest-items", count(view, "minItems")), ("most-items", count(view, "maxItems"))];
    let limits = limits.into_iter().filter_map(|(name, size)| Some((name, size.filter(|size| *size <= MAX_ITEMS)?)));
    limits.map(|(name, size)| boundary(name, ACCEPTED, json!(vec![item.clone(); size]))).collect()
}

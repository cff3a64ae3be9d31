//! Tests of whole schemas: which rules a place has, and that the oracle decides all their values.

use std::collections::BTreeMap;
use std::sync::Arc;

use generate::schema::{InputLocation, Part, Schema, parameter, places};
use generate::{Assertion, Content, Input, Rule, Source, replay};
use serde_json::{Value, json};

fn compiled(schema: Value) -> Arc<Schema> {
    Arc::new(Schema::compile(schema).expect("a schema"))
}

/// The names of the rules by place, those of valid values apart.
fn rules(schema: Value, example: &Value) -> BTreeMap<String, (Vec<String>, Vec<String>)> {
    let found = places(&compiled(schema), example);
    found.iter().map(|place| (place.pointer.clone(), names(place))).collect()
}

fn names(place: &InputLocation) -> (Vec<String>, Vec<String>) {
    let names = |accepted: bool| {
        let of_kind = place.rules.iter().filter(|rule| (rule.assertion == Assertion::Accepted) == accepted);
        of_kind.map(|rule| rule.name.to_string()).collect()
    };
    (names(true), names(false))
}

fn order() -> Value {
    json!({
        "type": "object",
        "required": ["lines", "priority"],
        "properties": {
            "priority": { "enum": ["low", "high"] },
            "note": { "type": ["string", "null"], "minLength": 2, "maxLength": 5 },
            "total": { "type": "number", "exclusiveMinimum": 0, "maximum": 10, "multipleOf": 0.1 },
            "lines": { "type": "array", "minItems": 1, "maxItems": 3, "items": { "$ref": "#/$defs/line" } },
            "id": { "type": "string", "readOnly": true },
        },
        "additionalProperties": false,
        "$defs": {
            "line": {
                "type": "object",
                "required": ["sku"],
                "properties": { "sku": { "type": "string", "pattern": "^[A-Z]{2}-\\d{3}$" }, "gift": { "type": "boolean" } },
            },
        },
    })
}

fn example() -> Value {
    json!({ "priority": "low", "lines": [{ "sku": "AB-123" }] })
}

#[test]
fn each_keyword_has_its_rules() {
    let found = rules(order(), &example());
    let refused = |pointer: &str| found[pointer].1.join(" ");
    let accepted = |pointer: &str| found[pointer].0.join(" ");
    assert_eq!(
        refused("/priority"),
        "missing-required null-not-allowed wrong-type-object wrong-type-list convertible-number convertible-boolean \
         enum-value-and-a-letter not-in-enum"
    );
    assert_eq!(accepted("/priority"), "enum-value-1 enum-value-2 any-valid-value");
    assert_eq!(
        refused("/note"),
        "wrong-type-object wrong-type-list convertible-number convertible-boolean one-character-too-long \
         one-character-too-short too-long too-short"
    );
    assert_eq!(accepted("/note"), "shortest longest null-allowed any-valid-value");
    assert_eq!(
        refused("/total"),
        "null-not-allowed wrong-type-object wrong-type-list wrong-type-text convertible-text just-above-maximum \
         above-maximum just-below-minimum below-minimum not-a-multiple"
    );
    assert_eq!(accepted("/total"), "minimum maximum any-valid-value");
    assert!(refused("/lines").ends_with("one-item-too-few one-item-too-many too-many-items"), "{}", refused("/lines"));
    assert!(refused("/lines/0/sku").starts_with("missing-required"));
    assert!(refused("/lines/0/sku").ends_with("pattern-mismatch"));
    assert_eq!(accepted("/lines/0/gift"), "true false any-valid-value");
    assert_eq!(refused("/unknownMember"), "additional-member");
    assert_eq!(refused("/lines/0/unknownMember"), "unknown-member-text unknown-member-number unknown-member-object");
    assert!(!found.contains_key("/id"), "a member of responses only");
}

#[test]
fn values_of_every_rule_are_decided_by_the_oracle_after_shrinking_too() {
    for place in places(&compiled(order()), &example()) {
        for rule in place.rules.iter().filter(|rule| !rule.is_example()) {
            let agreed = (0..40).filter(|number| {
                let input = replay(rule, &[*number; 32], &[]);
                input.is_some_and(|input| place.oracle.agrees(rule.assertion, &input))
            });
            assert!(agreed.count() >= 30, "{} {}", place.pointer, rule.name);
            let simplest = (0..60).map_while(|steps| replay(rule, &[7; 32], &vec![true; steps])).last();
            assert!(simplest.is_some(), "{} {}", place.pointer, rule.name);
        }
    }
}

fn value(place: &InputLocation, name: &str) -> Value {
    let rule = place.rules.iter().find(|rule| rule.name == name).unwrap_or_else(|| panic!("{name} in {place:?}"));
    let input = match &rule.source {
        Source::Example(input) => input.clone(),
        Source::Strategy(_) => replay(rule, &[1; 32], &[]).expect("a value"),
    };
    match input.content {
        Content::Json(value) => value,
        other => panic!("{other:?}"),
    }
}

#[test]
fn boundary_values_are_the_nearest_ones() {
    let found = places(&compiled(order()), &example());
    let at = |pointer: &str| found.iter().find(|place| place.pointer == pointer).expect("a place");
    assert_eq!(value(at("/total"), "minimum"), json!(0.1));
    assert_eq!(value(at("/total"), "just-above-maximum"), json!(10.1));
    assert_eq!(value(at("/total"), "just-below-minimum"), json!(0));
    assert_eq!(value(at("/note"), "one-character-too-long"), json!("aaaaaa"));
    assert_eq!(value(at("/note"), "one-character-too-short"), json!("a"));
    assert_eq!(value(at("/lines"), "one-item-too-few"), json!([]));
    assert_eq!(value(at("/lines"), "one-item-too-many").as_array().map(Vec::len), Some(4));
}

#[test]
fn what_an_alternative_allows_is_not_refused() {
    let schema =
        json!({ "properties": { "a": { "anyOf": [{ "type": "string", "maxLength": 3 }, { "type": "integer" }] } } });
    let found = rules(schema, &json!({ "a": 1 }));
    let refused = found["/a"].1.join(" ");
    assert!(!refused.contains("convertible-number") && !refused.contains("wrong-type-text"), "{refused}");
    assert!(refused.contains("one-character-too-long") && refused.contains("wrong-type-object"), "{refused}");

    let overlapping = json!({ "properties": { "a": { "anyOf": [{ "maximum": 3 }, { "maximum": 9 }] } } });
    let found = places(&compiled(overlapping), &json!({ "a": 1 }));
    let above = found.iter().find(|place| place.pointer == "/a").expect("a place");
    assert_eq!(value(above, "just-above-maximum"), json!(9.01), "what is above 3 is allowed by the second");
}

#[test]
fn conditions_between_members_are_judged_by_the_whole_body() {
    let schema = json!({
        "type": "object",
        "properties": { "kind": { "enum": ["box", "tube"] }, "weight": { "type": "integer", "minimum": 1 } },
        "if": { "properties": { "kind": { "const": "tube" } } },
        "then": { "properties": { "weight": { "maximum": 5 } } },
    });
    let found = rules(schema, &json!({ "kind": "box", "weight": 50 }));
    // A tube of this weight is not valid, so the second kind is not claimed.
    assert_eq!(found["/kind"].0.join(" "), "enum-value-1 any-valid-value");
    assert!(found["/weight"].0.iter().any(|name| name == "minimum"));
}

#[test]
fn unknown_formats_and_patterns_have_no_generated_texts() {
    for keyword in [json!({ "format": "iban" }), json!({ "pattern": "^(?=a)b" })] {
        let mut member = json!({ "type": "string" });
        member.as_object_mut().expect("an object").extend(keyword.as_object().cloned().unwrap_or_default());
        let found = rules(json!({ "properties": { "a": member } }), &json!({}));
        assert!(!found["/a"].0.iter().any(|name| name == "any-valid-value"), "{found:?}");
        assert!(found["/a"].1.iter().any(|name| name == "wrong-type-object"), "{found:?}");
    }
}

#[test]
fn endless_schemas_end() {
    let tree = json!({ "type": "object", "required": ["name"], "properties": {
        "name": { "type": "string", "minLength": 1 },
        "parts": { "type": "array", "items": { "$ref": "#" } },
    } });
    let found = rules(tree, &json!({ "name": "a" }));
    assert!(found.contains_key("/parts/0/name") && found.len() <= 200, "{}", found.len());
}

#[test]
fn schemas_that_contain_themselves_in_many_places_do_not_grow() {
    let names = ["all", "any", "none", "least"];
    let members: serde_json::Map<String, Value> =
        names.iter().map(|name| ((*name).to_owned(), json!({ "type": "array", "items": { "$ref": "#" } }))).collect();
    let alternatives = json!([{ "required": ["all"] }, { "required": ["any"] }, { "required": ["none"] }, {}]);
    let filter = json!({ "type": "object", "properties": members, "anyOf": alternatives });
    let found = rules(filter, &json!({ "all": [] }));
    assert!(found[""].0.iter().any(|name| name == "any-valid-value"), "{:?}", found[""]);
}

#[test]
fn known_formats_have_valid_and_invalid_texts() {
    for format in ["date", "date-time", "time", "email", "uuid", "uri", "hostname", "ipv4", "ipv6"] {
        let schema = json!({ "properties": { "a": { "type": "string", "format": format } } });
        let found = rules(schema, &json!({}));
        assert!(found["/a"].0.iter().any(|name| name == "any-valid-value"), "{format}: {found:?}");
        assert!(found["/a"].1.iter().any(|name| name == "format-mismatch"), "{format}: {found:?}");
    }
}

#[test]
fn parameters_are_judged_as_the_text_that_is_sent() {
    let of = |schema: Value, part: Part| names(&parameter(&compiled(schema), part, true)).1.join(" ");
    let limit = json!({ "type": "integer", "minimum": 1, "maximum": 50 });
    assert_eq!(
        of(limit.clone(), Part::Query),
        "missing-required wrong-type-text wrong-type-fraction just-above-maximum above-maximum just-below-minimum \
         below-minimum"
    );
    assert!(!of(limit, Part::Path).contains("missing-required"));
    assert_eq!(of(json!({ "type": "string" }), Part::Query), "missing-required");
    // An empty segment would be another path.
    assert_eq!(of(json!({ "type": "string", "minLength": 1 }), Part::Path), "");
    let list = json!({ "type": "array", "items": { "type": "integer", "maximum": 9 }, "maxItems": 3 });
    assert_eq!(
        of(list, Part::Query),
        "missing-required one-item-too-many too-many-items wrong-type-text wrong-type-fraction just-above-maximum above-maximum"
    );
    assert_eq!(of(json!({ "type": "object" }), Part::Form), "missing-required");
}

#[test]
fn values_that_the_schema_does_not_decide_are_not_claimed() {
    let place = parameter(&compiled(json!({ "type": "integer" })), Part::Query, false);
    let agrees = |value: Value, assertion: Assertion| {
        place.oracle.agrees(assertion, &Input { content: Content::Json(value), companion: None })
    };
    assert!(!agrees(json!("12"), Assertion::Refused("wrong-type")), "the text of a valid number");
    assert!(agrees(json!("twelve"), Assertion::Refused("wrong-type")));
    assert!(agrees(json!(12), Assertion::Accepted));
    assert!(!place.oracle.agrees(Assertion::Accepted, &Input { content: Content::Body(Vec::new()), companion: None }));
}

#[test]
fn a_missing_object_is_added_before_its_members_are_tested() {
    let schema = json!({ "type": "object", "properties": { "size": {
        "type": "object",
        "required": ["width"],
        "properties": { "width": { "type": "integer", "minimum": 1 }, "depth": { "type": "integer" } },
    } } });
    let found = places(&compiled(schema), &json!({}));
    let width = found.iter().find(|place| place.pointer == "/size/width").expect("a place");
    assert_eq!(width.added, [("/size".to_owned(), json!({ "width": 1 }))]);
    let has = |name: &str| width.rules.iter().any(|rule: &Rule| rule.name == name);
    assert!(has("missing-required") && has("just-below-minimum"));
}

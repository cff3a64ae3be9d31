//! Changes to the data of a file: the text is still YAML or JSON.

use serde_json::{Map, Value, json};

use super::dice::Dice;

/// The changed file; none if the text is not data that JSON can hold.
pub fn change(name: &str, text: &str, dice: &mut Dice) -> Option<Vec<u8>> {
    let mut data: Value = serde_yaml::from_str(text).ok()?;
    for _ in 0..=dice.below(2) {
        let pointers = pointers(&data);
        let pointer = dice.pick(&pointers).clone();
        alter(data.pointer_mut(&pointer)?, dice);
    }
    let is_json = name.ends_with(".json") || dice.chance(3);
    if is_json {
        serde_json::to_vec_pretty(&data).ok()
    } else {
        serde_yaml::to_string(&data).ok().map(String::into_bytes)
    }
}

fn alter(value: &mut Value, dice: &mut Dice) {
    let other = other(dice);
    match (value, dice.below(4)) {
        (Value::Object(members), 0..=2) if !members.is_empty() => {
            let names: Vec<String> = members.keys().cloned().collect();
            let name = dice.pick(&names).clone();
            alter_member(members, &name, other, dice);
        }
        (Value::Array(elements), 0) if !elements.is_empty() => {
            elements.remove(dice.below(elements.len()));
        }
        (Value::Array(elements), 1) => elements.push(other),
        (Value::Array(elements), 2) if !elements.is_empty() => elements.push(dice.pick(elements).clone()),
        (Value::String(text), 0) => text.push_str(dice.pick::<&str>(&["x", " ", "${", "}", "/", "\n", "\u{0}", "~1"])),
        (Value::String(text), 1) => text.clear(),
        (value, _) => *value = other,
    }
}

fn alter_member(members: &mut Map<String, Value>, name: &str, other: Value, dice: &mut Dice) {
    match dice.below(4) {
        0 => drop(members.shift_remove(name)),
        1 => drop(members.insert(name.to_owned(), other)),
        2 => drop(members.insert(format!("{name}x"), other)),
        _ => {
            if let Some(value) = members.shift_remove(name) {
                let renamed = dice.pick(&["", "call", "$ref", "expect", "type", "x-y", "0", "é"]);
                members.insert((*renamed).to_owned(), value);
            }
        }
    }
}

fn other(dice: &mut Dice) -> Value {
    let values = [
        json!(null),
        json!(true),
        json!(0),
        json!(-1),
        json!(1e308),
        json!(u64::MAX),
        json!(""),
        json!("x"),
        json!("${x}"),
        json!("#/"),
        json!([]),
        json!([[]]),
        json!([1, "a", null]),
        json!({}),
        json!({ "": "" }),
        json!({ "$ref": "#" }),
        json!({ "$ref": "#/paths" }),
        json!({ "type": "object" }),
        json!({ "allOf": [{ "$ref": "#/components" }] }),
        json!("a".repeat(5_000)),
        json!("2026-02-30"),
        json!("(("),
        json!({ "pattern": "(a+)+$" }),
    ];
    dice.pick(&values).clone()
}

/// The pointers of all values (RFC 6901), the whole first.
fn pointers(data: &Value) -> Vec<String> {
    let mut found = vec![String::new()];
    let mut index = 0;
    while index < found.len() {
        let below: Vec<String> = match data.pointer(&found[index]) {
            Some(Value::Object(members)) => members
                .keys()
                .map(|name| format!("{}/{}", found[index], name.replace('~', "~0").replace('/', "~1")))
                .collect(),
            Some(Value::Array(elements)) => {
                (0..elements.len()).map(|element| format!("{}/{element}", found[index])).collect()
            }
            _ => Vec::new(),
        };
        found.extend(below);
        index += 1;
    }
    found
}

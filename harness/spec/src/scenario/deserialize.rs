//! Deserializes the parts of the scenario language that can be written in more than one way: tables of cases, lists
//! that may be written as a single element, and strings that may be written as numbers.

use std::collections::BTreeMap;

use serde::de::{self, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

use super::model::{Case, Cases};

impl<'de> Deserialize<'de> for Case {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut members = Map::<String, Value>::deserialize(deserializer)?;
        let name = match members.remove("case") {
            Some(Value::String(name)) => name,
            Some(other) => return Err(de::Error::custom(format!("`case` must be a name, found {other}"))),
            None => return Err(de::Error::missing_field("case")),
        };
        Ok(Self {
            name,
            given: names::<D>(&mut members, "given")?,
            needs: names::<D>(&mut members, "needs")?,
            clause: clause::<D>(&mut members)?,
            variables: members,
        })
    }
}

fn clause<'de, D: Deserializer<'de>>(members: &mut Map<String, Value>) -> Result<Option<String>, D::Error> {
    match members.remove("clause") {
        None => Ok(None),
        Some(Value::String(id)) => Ok(Some(id)),
        Some(other) => Err(de::Error::custom(format!("`clause` must be the id of a clause, found {other}"))),
    }
}

fn names<'de, D: Deserializer<'de>>(members: &mut Map<String, Value>, key: &str) -> Result<Vec<String>, D::Error> {
    let value = members.remove(key).unwrap_or(Value::Array(Vec::new()));
    serde_json::from_value(value).map_err(|_| de::Error::custom(format!("`{key}` must be a list of names")))
}

impl<'de> Deserialize<'de> for Cases {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = Cases;
            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str("a list of cases, or the name of a table")
            }
            fn visit_str<E: de::Error>(self, name: &str) -> Result<Cases, E> {
                Ok(Cases::Table(name.to_owned()))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut rows: A) -> Result<Cases, A::Error> {
                let mut cases = Vec::new();
                while let Some(row) = rows.next_element()? {
                    cases.push(row);
                }
                Ok(Cases::Rows(cases))
            }
        }
        deserializer.deserialize_any(Either)
    }
}

/// A member that is there, even if its value is null.
pub(super) fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

/// A list that may be written as a single element; integers become strings of their digits.
pub(super) fn one_or_many<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    struct OneOrMany;
    impl<'de> Visitor<'de> for OneOrMany {
        type Value = Vec<String>;
        fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            formatter.write_str("a code, or a list of codes")
        }
        fn visit_str<E: de::Error>(self, one: &str) -> Result<Vec<String>, E> {
            Ok(vec![one.to_owned()])
        }
        fn visit_u64<E: de::Error>(self, one: u64) -> Result<Vec<String>, E> {
            Ok(vec![one.to_string()])
        }
        fn visit_i64<E: de::Error>(self, one: i64) -> Result<Vec<String>, E> {
            Ok(vec![one.to_string()])
        }
        fn visit_seq<A: SeqAccess<'de>>(self, mut many: A) -> Result<Vec<String>, A::Error> {
            let mut codes = Vec::new();
            while let Some(code) = many.next_element::<Value>()? {
                codes.push(code.as_str().map_or_else(|| code.to_string(), str::to_owned));
            }
            if codes.is_empty() {
                return Err(de::Error::custom("an empty list asserts nothing: add at least one entry, or remove it"));
            }
            Ok(codes)
        }
    }
    deserializer.deserialize_any(OneOrMany)
}

/// A string that may be written as a number or a boolean, which become their JSON text.
pub(super) fn scalar<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    text_of(&Value::deserialize(deserializer)?).map(Some)
}

/// Strings by name, each of which may be written as a number or a boolean.
pub(super) fn scalars<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeMap<String, String>, D::Error> {
    let values = Map::<String, Value>::deserialize(deserializer)?;
    values.into_iter().map(|(name, value)| Ok((name, text_of(&value)?))).collect()
}

fn text_of<E: de::Error>(value: &Value) -> Result<String, E> {
    match value {
        Value::String(text) => Ok(text.clone()),
        Value::Number(_) | Value::Bool(_) => Ok(value.to_string()),
        other => Err(E::custom(format!("expected a string, a number or a boolean, found {other}"))),
    }
}

/// A mapping that must not be empty: an empty one looks like an assertion, but asserts nothing.
pub(super) fn not_empty<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<BTreeMap<String, T>, D::Error> {
    let map = BTreeMap::deserialize(deserializer)?;
    if map.is_empty() {
        return Err(de::Error::custom("an empty mapping asserts nothing: add a member, or remove it"));
    }
    Ok(map)
}

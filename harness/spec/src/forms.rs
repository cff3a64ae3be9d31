//! Values of our files that can be written in more than one way: lists that may be written as a single element, and
//! strings that may be written as numbers.

use std::borrow::Cow;
use std::collections::BTreeMap;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{self, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

/// A list that may be written as a single element; integers become strings of their digits.
pub(crate) fn one_or_many<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
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

/// A list of statuses that may be written as a single one.
pub(crate) fn one_or_many_statuses<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u16>, D::Error> {
    #[derive(Clone, Copy)]
    struct Statuses;
    impl<'de> Visitor<'de> for Statuses {
        type Value = Vec<u16>;
        fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            formatter.write_str("a status from 100 to 599, or a list of them")
        }
        fn visit_u64<E: de::Error>(self, one: u64) -> Result<Vec<u16>, E> {
            let status = u16::try_from(one).ok().filter(|status| (100..600).contains(status));
            let message = || E::custom(format!("expected a status from 100 to 599, found {one}"));
            status.map(|status| vec![status]).ok_or_else(message)
        }
        fn visit_i64<E: de::Error>(self, one: i64) -> Result<Vec<u16>, E> {
            Err(E::custom(format!("expected a status from 100 to 599, found {one}")))
        }
        fn visit_seq<A: SeqAccess<'de>>(self, mut many: A) -> Result<Vec<u16>, A::Error> {
            let mut statuses = Vec::new();
            while let Some(status) = many.next_element::<u64>()? {
                statuses.extend(self.visit_u64::<A::Error>(status)?);
            }
            match statuses.is_empty() {
                true => Err(de::Error::custom("an empty list of statuses: add at least one, or remove it")),
                false => Ok(statuses),
            }
        }
    }
    deserializer.deserialize_any(Statuses)
}

/// A string that may be written as a number or a boolean, which become their JSON text.
pub(crate) fn scalar<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    text_of(&Value::deserialize(deserializer)?).map(Some)
}

/// Strings by name, each of which may be written as a number or a boolean.
pub(crate) fn scalars<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeMap<String, String>, D::Error> {
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
pub(crate) fn not_empty<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<BTreeMap<String, T>, D::Error> {
    let map = BTreeMap::deserialize(deserializer)?;
    if map.is_empty() {
        return Err(de::Error::custom("an empty mapping asserts nothing: add a member, or remove it"));
    }
    Ok(map)
}

/// A member that is there, even if its value is null.
pub(crate) fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

/// Gives a function of this file its JSON Schema: `#[schemars(with = "…")]` names the type where
/// `deserialize_with` names the function.
macro_rules! schema {
    ($name:ident: $($schema:tt)+) => {
        pub(crate) struct $name;

        impl JsonSchema for $name {
            fn inline_schema() -> bool {
                true
            }
            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }
            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!($($schema)+)
            }
        }
    };
}

schema!(CodeSchema: { "type": ["string", "integer"] });
schema!(ScalarSchema: { "type": ["string", "number", "boolean"] });
schema!(OneOrManySchema: { "anyOf": [
    { "type": ["string", "integer"] },
    { "type": "array", "minItems": 1, "items": { "type": ["string", "integer"] } },
] });
schema!(StatusesSchema: { "anyOf": [
    { "type": "integer", "minimum": 100, "maximum": 599 },
    { "type": "array", "minItems": 1, "items": { "type": "integer", "minimum": 100, "maximum": 599 } },
] });
schema!(ReplySchema: { "anyOf": [
    { "type": "integer", "minimum": 200, "maximum": 599 },
    { "enum": ["slow", "late", "trickle", "silence", "reset"] },
    { "type": "string", "pattern": "^\\$\\{.+\\}$" },
] });

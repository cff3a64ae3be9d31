//! Tables of cases: one test for each row. They can be written in more than one way.

use schemars::JsonSchema;
use serde::de::{self, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

/// One row of a table: a name, variables, and perhaps its own fixtures, capabilities and clause.
#[derive(Clone, Debug, PartialEq, JsonSchema)]
pub struct Case {
    /// The name of the row, which becomes part of the test's name.
    #[schemars(rename = "case")]
    pub name: String,
    /// Fixtures that this row needs in addition to those of the scenario.
    #[schemars(default)]
    pub given: Vec<String>,
    /// Capabilities that this row needs in addition to those of the scenario.
    #[schemars(default)]
    pub needs: Vec<String>,
    /// The clause that this row tests, if the scenario has several.
    pub clause: Option<String>,
    /// All other members: the variables.
    #[schemars(flatten)]
    pub variables: Map<String, Value>,
}

/// The cases of a scenario.
#[derive(Clone, Debug, Default, PartialEq, JsonSchema)]
#[schemars(untagged)]
pub enum Cases {
    /// No table: the scenario is a single test.
    #[default]
    #[schemars(skip)]
    One,
    /// A table from `fixtures.yaml`.
    Table(String),
    /// Rows in the scenario itself.
    Rows(Vec<Case>),
}

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

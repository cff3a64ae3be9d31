//! One place of a request while its rules are made.

use std::sync::Arc;

use proptest::prelude::{BoxedStrategy, Just, Strategy};
use serde_json::Value;

use super::view::{View, stated_types};
use super::{Part, Schema};
use crate::rule::{Assertion, Content, Input, Rule};

/// A place: what its schema says, and the value that the example has there.
pub(super) struct Spot {
    pub(super) schema: Arc<Schema>,
    /// The alternatives of the place's schema.
    pub(super) views: Vec<View>,
    pub(super) present: Option<Value>,
    pub(super) is_required: bool,
    pub(super) part: Part,
}

/// Makes the values of a rule from a view; `None` if the view says nothing that the rule could break or use.
pub(super) type Make = fn(&Schema, &View) -> Option<BoxedStrategy<Value>>;

impl Spot {
    /// The types that the place may have; empty if an alternative states none.
    pub(super) fn types(&self) -> Vec<String> {
        let all: Vec<Vec<String>> = self.views.iter().map(stated_types).collect();
        if all.iter().any(Vec::is_empty) { Vec::new() } else { all.concat() }
    }

    /// A rule whose values are made from a view, if the view has any.
    pub(super) fn generated(&self, view: &View, name: &'static str, assertion: Assertion, make: Make) -> Option<Rule> {
        drop(make(&self.schema, view)?);
        let (schema, view) = (Arc::clone(&self.schema), view.clone());
        let strategy = move || match make(&schema, &view) {
            Some(values) => values.prop_map(json_input).boxed(),
            None => Just(Input { content: Content::Absent, companion: None }).boxed(),
        };
        Some(Rule::generated(name, assertion, strategy))
    }
}

/// A rule with a single value, which is always sent.
pub(super) fn boundary(name: impl Into<std::borrow::Cow<'static, str>>, assertion: Assertion, value: Value) -> Rule {
    Rule::example(name, assertion, json_input(value))
}

pub(super) fn json_input(value: Value) -> Input {
    Input { content: Content::Json(value), companion: None }
}

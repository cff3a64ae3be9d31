//! A few rules whose values are easy to check by eye.

use generate::{Assertion, Content, Input, Registry, Rule, ValueFormat};
use proptest::prelude::{Just, Strategy};
use proptest::strategy::BoxedStrategy;
use serde_json::Value;

/// Rules for dates, texts, bodies and path ids. Its oracle agrees with every value.
pub const REGISTRY: Registry = Registry { rules, agrees: |_, _, _| true };

/// The same rules with an oracle that rejects every value.
pub fn disagreeing() -> Registry {
    Registry { agrees: |_, _, _| false, ..REGISTRY }
}

fn rules(format: ValueFormat) -> Vec<Rule> {
    match format {
        ValueFormat::CalendarDate => vec![
            rule("real-date", Assertion::Accepted, || dates(1..=12, 1..=28, "-")),
            rule("last-of-december", Assertion::Accepted, || dates(12..=12, 1..=31, "-")),
            rule("month-thirteen", Assertion::Refused("malformed"), || dates(13..=99, 1..=28, "-")),
            rule("day-thirty-one-of-april", Assertion::Refused("malformed"), || dates(4..=4, 31..=31, "-")),
            rule("day-zero", Assertion::Refused("malformed"), || dates(1..=12, 0..=0, "-")),
            rule("slashes", Assertion::Refused("malformed"), || dates(1..=12, 1..=28, "/")),
        ],
        ValueFormat::Text => vec![rule("control-characters", Assertion::Handled, || {
            text(proptest::collection::vec(0u8..32, 1..4).prop_map(|bytes| bytes.into_iter().map(char::from).collect()))
        })],
        ValueFormat::NotText => vec![rule("number", Assertion::Refused("wrong-type"), || {
            (0..10_000u32).prop_map(|number| Input { content: Content::Json(number.into()), companion: None }).boxed()
        })],
        ValueFormat::Body => vec![
            rule("bracket", Assertion::Refused("not-json"), || {
                Just(Input { content: Content::Body(b"[".to_vec()), companion: None }).boxed()
            }),
            rule("no-utf-8", Assertion::Handled, || {
                Just(Input { content: Content::Body(b"{\"a\":\"\xff\"}".to_vec()), companion: None }).boxed()
            }),
        ],
        ValueFormat::PathId => vec![rule("percent-encoded-bytes", Assertion::Handled, || {
            (1..=255u8).prop_map(|byte| segment(format!("x%{byte:02X}"))).boxed()
        })],
        _ => Vec::new(),
    }
}

fn rule(name: &'static str, assertion: Assertion, strategy: fn() -> BoxedStrategy<Input>) -> Rule {
    Rule::generated(name, assertion, strategy)
}

fn text(strategy: impl Strategy<Value = String> + 'static) -> BoxedStrategy<Input> {
    strategy.prop_map(|text| Input { content: Content::Json(Value::String(text)), companion: None }).boxed()
}

fn segment(text: String) -> Input {
    Input { content: Content::Segment(text), companion: None }
}

fn dates(
    months: std::ops::RangeInclusive<u8>,
    days: std::ops::RangeInclusive<u8>,
    separator: &'static str,
) -> BoxedStrategy<Input> {
    text(
        (1900..=2020u16, months, days)
            .prop_map(move |(year, month, day)| format!("{year}{separator}{month:02}{separator}{day:02}")),
    )
}

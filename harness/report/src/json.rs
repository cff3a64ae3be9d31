//! The JSON report: the model, serialized without changes.

use super::model::Report;

pub fn render(report: &Report) -> String {
    let mut text = serde_json::to_string_pretty(report).unwrap_or_else(|error| unreachable!("{error}"));
    text.push('\n');
    text
}

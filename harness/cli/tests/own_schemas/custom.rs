//! Schemas of types whose form in a file differs from that of the type.

use serde_json::{Value, json};

/// The schemas of types with their own `Deserialize`.
pub fn custom_schema(name: &str) -> Option<Value> {
    Some(match name {
        "Case" => json!({
            "description": "One row of a table: a name, variables and, optionally, fixtures and capabilities of its own.",
            "type": "object",
            "required": ["case"],
            "properties": {
                "case": { "description": "The name of the row, a part of the name of the test.", "type": "string" },
                "given": { "description": "Fixtures that this row needs in addition to those of the scenario.", "type": "array", "items": { "type": "string" } },
                "needs": { "description": "Capabilities that this row needs in addition to those of the scenario.", "type": "array", "items": { "type": "string" } },
                "clause": { "description": "The clause that this row is about, if the scenario has several.", "type": "string" },
            },
        }),
        "Cases" => json!({
            "description": "A list of rows, or the name of a shared table.",
            "anyOf": [{ "type": "string" }, { "type": "array", "items": { "$ref": "#/$defs/Case" } }],
        }),
        "Reply" => json!({
            "description": "An HTTP status, or a kind of failure instead of a response.",
            "anyOf": [
                { "type": "integer", "minimum": 200, "maximum": 599 },
                { "enum": ["slow", "late", "trickle", "silence", "reset"] },
            ],
        }),
        _ => return None,
    })
}

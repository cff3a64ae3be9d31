//! The JSON Schemas of our own files, for editors: `tests/own_schemas.rs` makes them from the types and
//! their doc comments, and refuses any that has fallen behind.

use crate::source::suggestion;

/// Each file by the name that the command line knows, with its schema as it is committed.
pub const SCHEMAS: [(&str, &str); 5] = [
    ("scenario", include_str!("../../../schemas/scenario.schema.json")),
    ("fixtures", include_str!("../../../schemas/fixtures.schema.json")),
    ("formats", include_str!("../../../schemas/formats.schema.json")),
    ("target", include_str!("../../../schemas/target.schema.json")),
    ("report", include_str!("../../../schemas/report.schema.json")),
];

/// The schema of that name; the message of an error names those that there are.
pub fn named(name: &str) -> Result<&'static str, String> {
    if let Some((_, schema)) = SCHEMAS.iter().find(|(known, _)| *known == name) {
        return Ok(schema);
    }
    let known: Vec<String> = SCHEMAS.iter().map(|(known, _)| (*known).to_owned()).collect();
    let hint = suggestion(name, &known).unwrap_or_else(|| format!("there are {}", known.join(", ")));
    Err(format!("there is no schema `{name}`: {hint}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_name_is_corrected() {
        assert_eq!(named("scenaro"), Err("there is no schema `scenaro`: did you mean `scenario`?".to_owned()));
        assert!(
            named("x").expect_err("no such schema").ends_with("there are scenario, fixtures, formats, target, report")
        );
    }
}

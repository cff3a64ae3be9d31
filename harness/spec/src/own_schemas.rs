//! The JSON Schemas of our own files, for editors. `tests/own_schemas.rs` generates them from the types and their doc
//! comments, and fails if a committed schema is stale.

use crate::source::suggestion;

/// Each kind of file: its name on the command line, and its committed schema.
pub const SCHEMAS: [(&str, &str); 10] = [
    ("scenario", include_str!("../schemas/scenario.schema.json")),
    ("fixtures", include_str!("../schemas/fixtures.schema.json")),
    ("formats", include_str!("../schemas/formats.schema.json")),
    ("errors", include_str!("../schemas/errors.schema.json")),
    ("clauses", include_str!("../schemas/clauses.schema.json")),
    ("conventions", include_str!("../schemas/conventions.schema.json")),
    ("target", include_str!("../schemas/target.schema.json")),
    ("report", include_str!("../schemas/report.schema.json")),
    ("survivors", include_str!("../schemas/survivors.schema.json")),
    ("mutations", include_str!("../schemas/mutations.schema.json")),
];

/// The schema of that name, or a message that lists the known names.
pub fn named(name: &str) -> Result<&'static str, String> {
    if let Some((_, schema)) = SCHEMAS.iter().find(|(known, _)| *known == name) {
        return Ok(schema);
    }
    let known: Vec<String> = SCHEMAS.iter().map(|(known, _)| (*known).to_owned()).collect();
    let hint = suggestion(name, &known).unwrap_or_else(|| format!("expected one of {}", known.join(", ")));
    Err(format!("unknown schema `{name}`: {hint}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_name_gives_a_suggestion() {
        assert_eq!(named("scenaro"), Err("unknown schema `scenaro`: did you mean `scenario`?".to_owned()));
        assert!(
            named("x")
                .expect_err("no such schema")
                .ends_with("expected one of scenario, fixtures, formats, errors, clauses, conventions, target, report, survivors, mutations")
        );
    }
}

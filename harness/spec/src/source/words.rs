//! Rewrites the messages of the YAML parser in YAML terms instead of Rust types.

/// The parser's names for kinds of values, and the names that messages show. Longer names come first.
const KINDS: &[(&str, &str)] = &[
    ("a sequence", "a list"),
    ("sequence", "a list"),
    ("a map", "a mapping"),
    ("map", "a mapping"),
    ("f64", "a number"),
    ("usize", "an integer"),
    ("u16", "an integer from 0 to 65535"),
    ("u32", "an integer"),
    ("u64", "an integer"),
    ("i64", "an integer"),
    ("unit value", "an empty value"),
    ("a boolean", "true or false"),
];

/// Rewrites a message about a value of the wrong type; other messages stay as they are.
pub(super) fn type_error(message: &str) -> String {
    let Some((found, expected)) =
        message.strip_prefix("invalid type: ").and_then(|rest| rest.rsplit_once(", expected "))
    else {
        return message.to_owned();
    };
    let kind = |word: &str| KINDS.iter().find(|(technical, _)| *technical == word).map(|(_, shown)| *shown);
    let expected = match expected {
        word if word.starts_with("struct ") => "a mapping",
        word => kind(word).unwrap_or(word),
    };
    let found = kind(found).map_or_else(|| found.replacen("string ", "the string ", 1), str::to_owned);
    let found = found.replacen("integer ", "the number ", 1).replacen("boolean ", "", 1);
    format!("expected {expected}, found {found}")
}

/// The help for a missing member.
pub(super) fn help_for_missing_field(message: &str) -> Option<String> {
    let name = message.strip_prefix("missing field `")?.split('`').next()?;
    Some(format!("add `{name}: …`"))
}

/// Rewrites messages of the parser that name no YAML term.
pub(super) fn syntax_error(message: &str) -> String {
    let plain = match message {
        "deserializing from YAML containing more than one document is not supported" => {
            "the file contains more than one YAML document"
        }
        "recursion limit exceeded" => "values are nested too deeply, or an alias refers to a value that contains it",
        "repetition limit exceeded" => "aliases repeat too many values",
        other => other,
    };
    plain.to_owned()
}

/// The help for a YAML syntax error.
pub(super) fn help_for_syntax_error(message: &str) -> Option<String> {
    let help = match message {
        _ if message.contains("tab character") => "indent with spaces",
        _ if message.contains("mapping values are not allowed") => {
            "put a string that contains a colon and a space in quotation marks, or correct the indentation"
        }
        _ if message.contains("duplicate entry") => "each key may occur only once: remove one of them",
        _ if message.contains("did not find expected") => {
            "close the bracket, brace or quotation mark that is open before this place, or correct the indentation"
        }
        _ if message.contains("cannot start any token") => {
            "indent with spaces, not with tabs; put a string that begins with `@`, `%` or a backtick in quotation marks"
        }
        _ if message.contains("more than one document") => {
            "write one document into each file, without `---` in between"
        }
        _ if message.contains("recursion limit") => "at most 128 levels are read",
        _ if message.contains("repetition limit") => "write the values without aliases",
        _ => return None,
    };
    Some(help.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn type_errors_use_yaml_terms() {
        for (message, expected) in [
            ("invalid type: string \"fast\", expected f64", "expected a number, found the string \"fast\""),
            ("invalid type: map, expected a sequence", "expected a list, found a mapping"),
            ("invalid type: sequence, expected struct Sample", "expected a mapping, found a list"),
            ("invalid type: integer `7`, expected a string", "expected a string, found the number `7`"),
            ("something else", "something else"),
        ] {
            assert_eq!(type_error(message), expected);
        }
    }
}

//! The parser's messages in words that a person who writes YAML knows.

/// Kinds of values as the parser calls them, and as people do. Longer ones come first.
const KINDS: &[(&str, &str)] = &[
    ("a sequence", "a list"),
    ("sequence", "a list"),
    ("a map", "a mapping of names to values"),
    ("map", "a mapping of names to values"),
    ("f64", "a number"),
    ("usize", "a whole number"),
    ("u16", "a whole number from 0 to 65535"),
    ("u32", "a whole number"),
    ("u64", "a whole number"),
    ("i64", "a whole number"),
    ("unit value", "nothing"),
    ("a string", "a text"),
    ("a boolean", "true or false"),
];

/// A message about a value of a wrong kind without the names of types.
pub(super) fn plain(message: &str) -> String {
    let Some((found, expected)) =
        message.strip_prefix("invalid type: ").and_then(|rest| rest.rsplit_once(", expected "))
    else {
        return message.to_owned();
    };
    let kind = |word: &str| KINDS.iter().find(|(technical, _)| *technical == word).map(|(_, plain)| *plain);
    let wanted = match expected {
        word if word.starts_with("struct ") => "a mapping of names to values",
        word => kind(word).unwrap_or(word),
    };
    let found = kind(found).map_or_else(|| found.replacen("string ", "the text ", 1), str::to_owned);
    let found = found.replacen("integer ", "the number ", 1).replacen("boolean ", "", 1);
    format!("{wanted} is wanted here, not {found}")
}

/// What to do where a member is missing.
pub(super) fn missing(message: &str) -> Option<String> {
    let name = message.strip_prefix("missing field `")?.split('`').next()?;
    Some(format!("add `{name}: …`"))
}

/// What to do about text that is no YAML.
pub(super) fn of_the_parser(message: &str) -> Option<String> {
    let help = match message {
        _ if message.contains("tab character") => "indent with spaces",
        _ if message.contains("mapping values are not allowed") => {
            "a text with a colon and a space in it stands in quotation marks; or the indentation is off"
        }
        _ if message.contains("duplicate entry") => "each name stands once: keep one of them",
        _ if message.contains("did not find expected") => {
            "a bracket, a brace or a quotation mark before this is not closed, or the indentation is off"
        }
        _ => return None,
    };
    Some(help.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_called_as_people_call_them() {
        for (message, wanted) in [
            ("invalid type: string \"fast\", expected f64", "a number is wanted here, not the text \"fast\""),
            ("invalid type: map, expected a sequence", "a list is wanted here, not a mapping of names to values"),
            (
                "invalid type: sequence, expected struct Sample",
                "a mapping of names to values is wanted here, not a list",
            ),
            ("invalid type: integer `7`, expected a string", "a text is wanted here, not the number `7`"),
            ("something else", "something else"),
        ] {
            assert_eq!(plain(message), wanted);
        }
    }
}

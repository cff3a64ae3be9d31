//! Names and descriptions from attributes and doc comments.

/// The name of a member or value in a file.
pub fn serialised_name(name: &str, attributes: &str, style: Option<&str>) -> String {
    if let Some(other) = quoted_after(attributes, "rename = ") {
        return other.to_owned();
    }
    match style {
        Some("camelCase") => {
            let mut values = name.split('_');
            let first = values.next().unwrap_or_default().to_owned();
            values.fold(first, |name, word| name + &word[..1].to_uppercase() + &word[1..])
        }
        Some("kebab-case") => {
            let mut out = String::new();
            for letter in name.chars() {
                if letter.is_uppercase() && !out.is_empty() {
                    out.push('-');
                }
                out.extend(letter.to_lowercase());
            }
            out
        }
        Some("lowercase") => name.to_lowercase(),
        _ => name.to_owned(),
    }
}

/// The quoted text after `before`.
pub fn quoted_after<'t>(text: &'t str, before: &str) -> Option<&'t str> {
    text.split_once(before)?.1.split('"').nth(1)
}

/// The text of doc comments.
pub fn description(comments: &str) -> String {
    let lines: Vec<&str> = comments.lines().map(|line| line.trim().trim_start_matches("///").trim()).collect();
    lines.join(" ")
}

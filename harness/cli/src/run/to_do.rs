//! The line of the summary about what the pack itself calls unfinished (`excluded: "to do: …"`).

use report::Report;
use spec::contract::is_to_do;

/// The most names in the line.
const MOST: usize = 8;

/// Empty if nothing is left to do.
pub(super) fn line(report: &Report) -> String {
    let is_open = |excluded: &Option<String>| excluded.as_deref().is_some_and(is_to_do);
    let clauses: Vec<&str> =
        report.clauses.iter().filter(|clause| is_open(&clause.excluded)).map(|clause| clause.id.as_str()).collect();
    let codes: Vec<&str> =
        report.error_codes.iter().filter(|code| is_open(&code.excluded)).map(|code| code.code.as_str()).collect();
    let parts = [("clause", clauses), ("code", codes)].into_iter().filter(|(_, names)| !names.is_empty());
    let parts: Vec<String> = parts.map(|(word, names)| in_words(word, &names)).collect();
    match parts.is_empty() {
        true => String::new(),
        false => format!("  to do   not judged yet: {}; `conformance validate` says what to do\n", parts.join(", ")),
    }
}

fn in_words(word: &str, names: &[&str]) -> String {
    let plural = if names.len() == 1 { "" } else { "s" };
    let more = names.len().saturating_sub(MOST);
    let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{} {word}{plural} ({}{rest})", names.len(), names[..names.len() - more].join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lists_are_cut() {
        assert_eq!(in_words("clause", &["A-1"]), "1 clause (A-1)");
        let names = ["A"; 10];
        assert_eq!(in_words("code", &names), "10 codes (A, A, A, A, A, A, A, A and 2 more)");
    }
}

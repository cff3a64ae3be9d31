//! What a page says that a code means: the text next to a code in a table or a list, or below it in a section.

use std::sync::LazyLock;

use regex::Regex;

use super::facts::Reader;
use super::items::Table;
use super::words;

/// Longer texts are cut, because a meaning is one line of the catalogue.
const LONGEST: usize = 100;
/// Parts of the title of a column of meanings.
const TITLES: [&str; 8] = ["meaning", "means", "description", "explanation", "cause", "when", "details", "message"];
/// A status or separators before the text: `(404): `, `401 - `.
static LEAD: LazyLock<Regex> =
    LazyLock::new(|| words::pattern(r"^(?:[\s:–—=-]|[(\[]?(?i:http\s*)?(?i:status:?\s*)?[1-5][0-9]{2}\b[)\]]?)+"));

impl Reader<'_> {
    /// Notes what codes mean, unless an earlier part of the page has said it.
    pub(super) fn meaning(&mut self, codes: &[String], text: &str) {
        let [code] = codes else { return };
        if self.facts.meanings.contains_key(code) {
            return;
        }
        if let Some(text) = sentence(text) {
            self.facts.meanings.insert(code.clone(), text);
        }
    }
}

/// The column with the meanings: the one whose title says so, or else the first that contains sentences.
pub(super) fn column(table: &Table, taken: [Option<usize>; 2]) -> Option<usize> {
    let others = || (0..table.head.len()).filter(|index| !taken.contains(&Some(*index)));
    let is_titled = |index: &usize| {
        let title = table.head[*index].to_lowercase();
        TITLES.iter().any(|part| title.contains(part))
    };
    let has_sentences = |index: &usize| {
        let cells = || table.rows.iter().filter_map(|(_, row)| row.get(*index)).filter(|cell| !cell.is_empty());
        cells().count() > 0 && cells().all(|cell| cell.split_whitespace().count() > 2)
    };
    others().find(is_titled).or_else(|| others().find(has_sentences))
}

/// The first sentence of a text; `None` for less than two words.
fn sentence(text: &str) -> Option<String> {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let text = LEAD.replace(&text, "");
    let first = text.split_inclusive(". ").next().unwrap_or_default().trim();
    if first.split(' ').count() < 2 {
        return None;
    }
    if first.chars().count() <= LONGEST {
        return Some(first.to_owned());
    }
    let cut: String = first.chars().take(LONGEST).collect();
    let end = cut.rfind(' ').unwrap_or(cut.len());
    Some(format!("{}…", cut[..end].trim_end_matches([',', ';', ':'])))
}

#[cfg(test)]
mod tests {
    use super::super::first_reading::codes_of;
    use super::*;
    use spec::contract::{CodeType, Envelope, ErrorCatalog, FieldForm, Pointers};

    /// The meaning of the code `A_B` on a page.
    fn meaning(page: &str) -> Option<String> {
        let pointers = Pointers { code: "/code".to_owned(), message: "/message".to_owned(), ..Pointers::default() };
        let (schema, media_type) = (String::new(), String::new());
        let (code_type, field_form) = (CodeType::String, FieldForm::default());
        let envelope = Envelope { schema, media_type, code_type, field_form, pointers };
        let (statuses, headers, codes) = (Vec::new(), Vec::new(), Vec::new());
        let catalog = ErrorCatalog { envelope, statuses, request_id: None, rate_limit: None, headers, codes };
        codes_of(page, &catalog).into_iter().find(|found| found.code == "A_B")?.means
    }

    #[test]
    fn meanings_are_read_next_to_and_below_codes() {
        for page in [
            "# Errors\n\n| Code | Status | Meaning |\n|---|---|---|\n| `A_B` | 404 | It is gone. Ask again. |\n",
            "# Errors\n\n| Status | Error code | Notes |\n|---|---|---|\n| 404 | `A_B` | It is gone. |\n",
            "# Error codes\n\n- `A_B` (404): It is gone.\n- `C_D` (409): It is not.\n",
            "# Error codes\n\n- `A_B`: It is gone.\n- `C_D`: It is not.\n",
            "# Errors\n\n- A_B (404) - It is gone.\n",
            "# Errors\n\n## A_B (404)\n\nStatus: 404\n\nIt is gone. Ask again.\n",
            "# Error codes\n\nA_B\n: It is gone.\n",
        ] {
            assert_eq!(meaning(page).as_deref(), Some("It is gone."), "{page}");
        }
    }

    #[test]
    fn a_page_may_say_nothing_about_a_code() {
        for page in [
            "# Errors\n\n| Error code | Status |\n|---|---|\n| `A_B` | 404 |\n",
            "# Errors\n\n| Error code | Status | Meaning |\n|---|---|---|\n| `A_B` / `C_D` | 404 | Both of them. |\n",
            "# Errors\n\n## A_B (404)\n\n```json\n{ \"code\": \"A_B\" }\n```\n\n# Other things\n\nIt is fine.\n",
        ] {
            assert_eq!(meaning(page), None, "{page}");
        }
    }

    #[test]
    fn a_long_sentence_is_cut_at_a_word() {
        let text = sentence(&"the word, ".repeat(30)).expect("a sentence");
        assert!(text.chars().count() <= LONGEST && text.ends_with("word…"), "{text}");
    }
}

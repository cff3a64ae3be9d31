//! Decides which words of a page could be error codes. Pages spell codes in many ways: `NOT_FOUND`, `card_declined`,
//! `PaymentRequired`, `auth.token-revoked`, `E1042`, `10042`.

use std::sync::LazyLock;

use regex::Regex;
use serde_json::Value;

use super::uris::is_uri;
use spec::contract::ErrorCatalog;

static CAPITALS: LazyLock<Regex> = LazyLock::new(|| pattern(r"^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+$"));
/// One word of letters, digits and joining characters.
static WORD: LazyLock<Regex> = LazyLock::new(|| pattern(r"^[A-Za-z0-9]+(?:[_.:-][A-Za-z0-9]+)*$"));
static SPELT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"^(?:[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+",                 // NOT_FOUND
        r"|[A-Z]{3,}",                                        // GONE
        r"|[a-z0-9]+(?:_[a-z0-9]+)+",                         // card_declined
        r"|[a-z]+(?:[.:][a-z]+(?:[_-][a-z]+)*)+",             // auth.token-revoked
        r"|(?:[A-Z][a-z0-9]+){2,}|[a-z]+(?:[A-Z][a-z0-9]+)+", // PaymentRequired, paymentRequired
        r"|[A-Z]{1,8}[-_]?[0-9]{2,}",                         // E1042, KYC-17
        r"|[0-9]{4,})$",                                      // 10042
    ))
});

/// A heading that is a number of at least four digits, or such a number before a name: `-1003 TOO_MANY_REQUESTS`,
/// `10042: Token is missing`. After a negative number, any name is allowed.
static NUMBERED: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^(?:(-[0-9]{4,})\b.*|([0-9]{4,})(\s*[:–—]\s.*|\s+-\s.*|\s+[A-Z][A-Z0-9_]*)?)$"));
/// A remark after a code: `(see below)`, `[deprecated]`.
static HINT: LazyLock<Regex> = LazyLock::new(|| pattern(r"\([^()]*\)|\[[^\[\]]*\]"));
static STATUS_IN_HINT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?i)[(\[]\s*(?:http\b)?\s*(?:status\b)?\s*(?:code\b)?\s*:?\s*([1-5][0-9]{2})\b[^)\]]*[)\]]")
});
pub(super) static STATUS: LazyLock<Regex> = LazyLock::new(|| pattern(r"\b[1-5][0-9]{2}\b"));
/// A code before its explanation in one cell: `A_B: the text`, `10042 - the text`.
static EXPLAINED: LazyLock<Regex> = LazyLock::new(|| pattern(r"^([^\s:–—]+)(?:\s+[-–—]+|:|\s+=)\s+\S"));
/// A heading about errors.
pub(super) static ERRORS: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)\berrors?\b"));
static YEAR: LazyLock<Regex> = LazyLock::new(|| pattern(r"^(?:19|20)[0-9]{2}$"));

pub(super) fn pattern(text: &str) -> Regex {
    Regex::new(text).unwrap_or_else(|error| unreachable!("a fixed pattern: {error}"))
}

/// Abbreviations in headings that are not codes.
const ABBREVIATIONS: [&str; 14] =
    ["API", "HTTP", "HTTPS", "JSON", "REST", "URL", "JWT", "FAQ", "SDK", "CLI", "OAUTH", "GET", "POST", "TLS"];

/// True for words in capitals joined by underscores, such as `NOT_FOUND`.
pub(super) fn is_in_capitals(word: &str) -> bool {
    CAPITALS.is_match(word)
}

/// True for a word that is very probably a code, even in a heading.
pub(super) fn is_spelt_like_a_code(word: &str) -> bool {
    (SPELT.is_match(word) && !ABBREVIATIONS.contains(&word)) || is_uri(word)
}

/// The number that is a heading or begins one, unless it is a year.
pub(super) fn numbered(title: &str) -> Option<&str> {
    let found = NUMBERED.captures(title.trim())?;
    let number = found.get(1).or_else(|| found.get(2))?.as_str();
    (found.get(3).is_some() || !YEAR.is_match(number)).then_some(number)
}

/// True for a number with too many digits for a status.
pub(super) fn is_long_number(word: &str) -> bool {
    let digits = word.strip_prefix('-').unwrap_or(word);
    digits.len() >= 4 && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// True for a cell without letters and digits.
pub(super) fn is_blank(cell: &str) -> bool {
    cell.chars().all(|letter| !letter.is_alphanumeric())
}

/// True for a cell that names no code: a blank one, or a word for the codes that are not listed.
pub(super) fn is_empty_cell(cell: &str) -> bool {
    is_blank(cell) || is_rest(cell.trim())
}

/// True for the title of a column that contains the types of problems, if its cells are URIs.
pub(super) fn is_title_of_uris(title: &str) -> bool {
    let title = title.to_lowercase();
    ["type", "uri", "url", "problem", "error", "name", "id"].iter().any(|part| title.contains(part))
}

/// True for the title of a column that can only contain the codes of errors: `Error code`, `API code`.
pub(super) fn is_title_of_error_codes(title: &str) -> bool {
    const OTHERS: [&str; 15] = [
        "of",
        "types",
        "api",
        "app",
        "application",
        "business",
        "internal",
        "custom",
        "response",
        "result",
        "numeric",
        "string",
        "the",
        "reason",
        "sub",
    ];
    let title = title.to_lowercase();
    let words: Vec<&str> =
        title.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let is = |word: &str, names: &[&str]| names.contains(&word);
    let about = |word: &str| is(word, &["error", "errors", "err", "failure", "problem"]) || OTHERS.contains(&word);
    let code = |word: &str| is(word, &["code", "codes", "errorcode", "errorcodes", "errcode"]);
    words.iter().any(|word| code(word))
        && words.iter().all(|word| code(word) || about(word))
        && (words.iter().any(|word| about(word)) || words.iter().any(|word| word.starts_with("err")))
}

/// True for the title `Code`, which says nothing about the kind of code.
pub(super) fn is_only_code(title: &str) -> bool {
    ["code", "codes"].contains(&title.trim().to_lowercase().as_str())
}

/// True for a number that could be a status.
pub(super) fn is_status(word: &str) -> bool {
    word.len() == 3 && STATUS.is_match(word)
}

/// The statuses of a cell in their order. Numbers in a hint count only if there are no others.
pub(super) fn statuses_of_cell(cell: &str) -> Vec<u16> {
    let of = |text: &str| STATUS.find_iter(text).filter_map(|found| found.as_str().parse().ok()).collect::<Vec<u16>>();
    let plain = of(&HINT.replace_all(cell, " "));
    if plain.is_empty() { of(cell) } else { plain }
}

/// The status in a hint after a code: `A_B (401)`, `A_B (HTTP 401)`.
pub(super) fn status_in_hint(cell: &str) -> Option<u16> {
    STATUS_IN_HINT.captures(cell)?[1].parse().ok()
}

/// True for any single word and for a URI. This is enough in a column of codes if the row has a status.
pub(super) fn could_be_a_code(word: &str) -> bool {
    WORD.is_match(word) || is_uri(word)
}

/// True for a placeholder for a code in a general example.
pub(super) fn is_placeholder(word: &str) -> bool {
    let word = word.to_ascii_lowercase().replace(['_', '-', '.'], "");
    ["errorcode", "code", "string", "somecode", "yourcode", "error", "codehere", "errorcodehere", "xxx"]
        .contains(&word.as_str())
}

/// True for the title of a column of codes.
pub(super) fn is_title_of_codes(title: &str) -> bool {
    let title = title.to_lowercase();
    speaks_of_codes(&title)
        || ["error", "errors", "reason", "exception", "errno", "error no", "error no.", "error number", "错误", "錯誤"]
            .contains(&title.as_str())
}

/// True for a title or heading that has a word for codes.
pub(super) fn speaks_of_codes(title: &str) -> bool {
    let title = title.to_lowercase();
    TITLES_OF_CODES.iter().any(|part| title.contains(part))
}

/// True for a title without spaces, such as `ErrorCodes`.
pub(super) fn is_title_in_one_word(word: &str) -> bool {
    let word = word.to_lowercase().replace(['_', '-'], "");
    let rest = ["errors", "error", "status", "response", "http"].iter().find_map(|start| word.strip_prefix(start));
    rest.is_some_and(|rest| ["code", "codes", "handling", "messages", "types", "list", "responses"].contains(&rest))
}

/// Parts of titles in several languages.
const TITLES_OF_CODES: [&str; 12] = [
    "code",
    "error type",
    "type of error",
    "error name",
    "error id",
    "código",
    "codigo",
    "kod",
    "код",
    "错误码",
    "錯誤碼",
    "エラーコード",
];

/// The words of a cell that may contain several codes: `A / B`, `A, B`, `A or B`, one per line. Hints in parentheses
/// and an explanation after a code are left out. Empty if a part is not a single word.
pub(super) fn of_cell(cell: &str) -> Vec<String> {
    let cell = HINT.replace_all(cell, " ");
    if let Some(uris) = super::uris::of_cell(&cell) {
        return uris;
    }
    let lines: Vec<&str> = cell.lines().map(explained).collect();
    let parts = lines
        .iter()
        .flat_map(|line| line.split(['/', ',', ';', '|']))
        .flat_map(|part| part.split(" or "))
        .flat_map(|part| part.split(" and "));
    let parts: Vec<&str> =
        parts.map(|part| part.trim().trim_matches(['`', '"', '\'', '†'])).filter(|part| !part.is_empty()).collect();
    let parts: Vec<&str> = parts.into_iter().filter(|part| !is_rest(part)).map(without_footnote).collect();
    let spaced: Vec<&str> = lines.iter().flat_map(|line| line.split_whitespace()).collect();
    let words = match parts.iter().any(|part| part.contains(char::is_whitespace)) {
        false => parts,
        // Codes separated by spaces only; the words of a sentence are not all in capitals.
        true if spaced.iter().all(|word| is_in_capitals(word)) => spaced,
        true => Vec::new(),
    };
    words.into_iter().map(str::to_owned).collect()
}

/// A code without the mark of a footnote: `A_B*`. In `08*`, the mark stands for any letters.
fn without_footnote(word: &str) -> &str {
    word.strip_suffix('*').map(|code| code.trim_matches('`')).filter(|code| is_in_capitals(code)).unwrap_or(word)
}

/// The code of a line that explains it; any other line as it is.
fn explained(line: &str) -> &str {
    let lead = EXPLAINED.captures(line.trim()).and_then(|found| found.get(1)).map(|lead| lead.as_str());
    lead.filter(|lead| is_spelt_like_a_code(lead.trim_matches(['`', '"', '\'']))).unwrap_or(line)
}

/// True for a word that stands for the codes that are not listed.
fn is_rest(word: &str) -> bool {
    ["other", "others", "default", "none", "any", "all", "n/a", "-", "–", "—"].contains(&word.to_lowercase().as_str())
}

/// The code of an error body, whatever its type.
pub(super) fn code_in(body: &Value, catalog: &ErrorCatalog) -> Option<String> {
    match body.pointer(&catalog.envelope.pointers.code)? {
        Value::String(code) => Some(code.clone()),
        Value::Number(code) => Some(code.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_recognised_by_their_spelling() {
        for word in [
            "NOT_FOUND",
            "GONE",
            "card_declined",
            "PaymentRequired",
            "auth.token-revoked",
            "E1042",
            "KYC-17",
            "10042",
            "invalidRequest",
        ] {
            assert!(is_spelt_like_a_code(word) && could_be_a_code(word), "{word}");
        }
        for word in ["Errors", "error", "404", "HTTP", "JSON", "Authentication", "v2", "A"] {
            assert!(!is_spelt_like_a_code(word), "{word}");
        }
    }

    #[test]
    fn a_cell_may_hold_several_codes() {
        for cell in ["A_B / C", "A_B, C", "A_B\nC", "`A_B` or `C`", "A_B; C", "A_B|C"] {
            assert_eq!(of_cell(cell), ["A_B", "C"], "{cell}");
        }
        assert_eq!(of_cell("A_B C_D"), ["A_B", "C_D"]);
        assert_eq!(of_cell("InternalError/Other"), ["InternalError"]);
        assert!(of_cell("Bad Request").is_empty() && of_cell("").is_empty());
    }

    #[test]
    fn headings_may_be_numbers() {
        for (title, code) in [
            ("-1003 TOO_MANY_REQUESTS", Some("-1003")),
            ("-2021 Order was not replaced", Some("-2021")),
            ("10042", Some("10042")),
            ("10042: Token is missing", Some("10042")),
            ("10042 - Token is missing", Some("10042")),
            ("10000 requests", None),
            ("2024", None),
            ("404", None),
        ] {
            assert_eq!(numbered(title), code, "{title}");
        }
        assert_eq!(numbered("10xx - General"), None);
    }

    #[test]
    fn placeholders_are_not_codes() {
        assert!(is_placeholder("ERROR_CODE") && is_placeholder("string") && !is_placeholder("GONE"));
    }
}

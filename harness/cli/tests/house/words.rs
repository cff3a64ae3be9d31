//! Words that the project has replaced by terms of its field must not come back: not in code, comments, messages or
//! Markdown.

use std::sync::LazyLock;

use regex::Regex;

use super::{files, root};

/// Each replaced word, in lower case, and the term to use instead. Identifiers count, and so do forms with `s`, `es`,
/// `d`, `ed` and `ing`.
const REPLACED: &[(&str, &str)] = &[
    ("trial", "test"),
    ("promise", "clause"),
    ("breach", "violation"),
    ("veil", "redact"),
    ("ledger", "created resources"),
    ("deck", "sample"),
    ("hunt", "shrink"),
    ("lane", "worker"),
    ("slip", "mutant"),
    ("habit", "switch"),
    ("second opinion", "oracle"),
    ("left behind", "leftover resource"),
    ("not to be had", "unsupported by this target"),
    ("take away", "clean up"),
    ("is no url", "is not a valid URL"),
    ("odd", "invalid, malformed, boundary or unusual"),
    ("told", "reported, or who says it"),
    ("in short", "summary"),
    ("beside", "next to, together with, or in the same folder"),
    ("is no such", "what does not exist"),
    ("answer", "response, or the verbs respond and return"),
    ("came", "the actual value, or was received"),
];

/// Patterns of text that may stay, with the reason and an example.
const ALLOWED: &[(&str, &str, &str)] = &[
    (r"\bTrial\b", "a type of libtest-mimic", "use libtest_mimic::Trial;"),
    (r"\b[Bb]esides\b", "in addition to", "flags besides those of libtest"),
];

/// Files that are not searched, with the reason.
const NOT_SEARCHED: &[(&str, &str)] = &[
    ("CHANGELOG.md", "it names what earlier versions called things"),
    ("harness/cli/tests/house/words.rs", "it lists the words"),
    ("reports/example/", "it is generated"),
    ("reports/kill-matrix.md", "it is generated"),
];

#[test]
fn replaced_words_are_not_used() {
    let mut faults = Vec::new();
    for path in ["rs", "md"].iter().flat_map(|extension| files(&root(), extension)) {
        let name = path.strip_prefix(root()).expect("a path below the root").to_string_lossy().replace('\\', "/");
        if !NOT_SEARCHED.iter().any(|(skipped, _)| name.starts_with(skipped)) {
            let text = std::fs::read_to_string(&path).expect("a text");
            let found = replaced_words(&text).into_iter();
            faults.extend(found.map(|fault| format!("{name}: {fault}")));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn word_rule_detects_each_replaced_word() {
    for (word, term) in REPLACED {
        let snake = word.replace(' ', "_");
        let camel: String = word.split(' ').map(|part| part[..1].to_uppercase() + &part[1..]).collect();
        let broken_line = word.replace(' ', "\n/// ");
        for text in [
            format!("/// Some {word} here.\n"),
            format!("let text = \"{}s: {{count}}\";\n", word.to_uppercase()),
            format!("fn count_{snake}_again() {{}}\n"),
            format!("struct My{camel}Report;\n"),
            format!("- the {}-like thing\n", word.replace(' ', "-")),
            format!("/// Some {broken_line}\n"),
        ] {
            assert_eq!(replaced_words(&text), [format!("line 1: `{word}`: write `{term}`")], "{text}");
        }
    }
    assert!(replaced_words("// available, decker, industrial, planes, slippery, surveillance\n").is_empty());
    assert_eq!(replaced_words("one\ntwo\ntrials\n"), ["line 3: `trial`: write `test`"]);
}

#[test]
fn word_rule_permits_the_allowed_texts() {
    for (_, reason, example) in ALLOWED {
        assert_eq!(replaced_words(example), Vec::<String>::new(), "{reason}");
    }
    assert_eq!(replaced_words("struct TrialReport; // Trials\n").len(), 2);
}

/// Each use of a replaced word in a text, with its line and the term to use instead.
fn replaced_words(text: &str) -> Vec<String> {
    static ALLOWED_TEXT: LazyLock<Regex> = LazyLock::new(|| {
        let patterns: Vec<&str> = ALLOWED.iter().map(|(pattern, _, _)| *pattern).collect();
        Regex::new(&patterns.join("|")).expect("a pattern")
    });
    static CAMEL_CASE: LazyLock<Regex> = LazyLock::new(|| Regex::new("([a-z0-9])([A-Z])").expect("a pattern"));
    static WORD: LazyLock<Regex> = LazyLock::new(|| {
        // Two words of a phrase may be separated by a line break and the marks of a comment.
        let words: Vec<String> = REPLACED.iter().map(|(word, _)| word.replace(' ', r"[\s/!]+")).collect();
        Regex::new(&format!(r"(?i)\b({})(?:s|es|d|ed|ing)?\b", words.join("|"))).expect("a pattern")
    });
    let text = ALLOWED_TEXT.replace_all(text, "");
    let text = CAMEL_CASE.replace_all(&text, "$1 $2").replace(['_', '-'], " ");
    WORD.captures_iter(&text)
        .map(|found| {
            let line = text[..found.get(0).expect("a match").start()].matches('\n').count() + 1;
            let parts = found[1].split(|letter: char| !letter.is_alphanumeric()).filter(|part| !part.is_empty());
            let word = parts.collect::<Vec<_>>().join(" ").to_lowercase();
            let (_, term) = REPLACED.iter().find(|(known, _)| *known == word).expect("a listed word");
            format!("line {line}: `{word}`: write `{term}`")
        })
        .collect()
}

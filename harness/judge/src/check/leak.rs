//! The check `no-leak`: an error response must not expose internals of the server or the credential of the caller.

use std::borrow::Cow;
use std::cell::LazyCell;
use std::sync::{LazyLock, OnceLock};

use regex::Regex;
use regex::bytes::{Regex as ByteRegex, RegexBuilder, RegexSet, RegexSetBuilder};
use serde_json::Value;

use super::{Check, ExchangeContext};
use crate::finding::{Part, Violation, quoted};
use crate::secret::finder;
use spec::percent;

pub(super) const NO_LEAK: Check = Check {
    name: "no-leak",
    statement: "an error exposes no stack trace, SQL, server path or credential",
    applies: |context| context.response.is_error(),
    run: no_leak,
};

/// The patterns as (kind, regular expression). Each is narrow, so that ordinary prose never matches.
const PATTERNS: [(&str, &str); 21] = [
    ("a stack trace", r"Traceback \(most recent call last\)"),
    ("a stack trace", r#"File "[^"\n]+", line \d+"#),
    ("a stack trace", r"\bat [\w$.<>\[\]/]+\s?\([^()\n]*:\d+(?::\d+)?\)"),
    ("a stack trace", r"\bat (?:async )?(?:file://)?/[\w./@-]+:\d+:\d+"),
    ("a stack trace", r"\bat [\w.$<>`]+\([^()\n]*\) in [^\n]+:line \d+"),
    ("a stack trace", r"\bpanicked at\b|\bstack backtrace:|\bgoroutine \d+ \[|\bcore dumped\b"),
    ("a stack trace", r"/?\b[\w/.-]+\.(?:rs|py|rb|go|java|kt|js|mjs|ts|php|cs|cpp|scala|ex|pl):\d+\b"),
    ("a stack trace", r"\.(?:php|phtml) on line \d+"),
    ("a stack trace", r"\b(?:[a-z]\w*\.){2,}[A-Z]\w*(?:Exception|Error|Fault)\b"),
    (
        "a stack trace",
        r"\b(?:NullPointer|IllegalState|IllegalArgument|IndexOutOfBounds|ClassCast|NullReference|ArgumentNull|InvalidOperation|OutOfMemory|StackOverflow)(?:Exception|Error)\b",
    ),
    (
        "a stack trace",
        r"\b(?:TypeError|ValueError|KeyError|IndexError|AttributeError|NameError|ZeroDivisionError|UnicodeDecodeError|ReferenceError|RangeError|NoMethodError|RuntimeError|IntegrityError|OperationalError|JSONDecodeError): ",
    ),
    (
        "SQL",
        r"\bSELECT\b[^;]{1,200}\bFROM\b|\bINSERT INTO\b|\bDELETE FROM\b|\bUPDATE\s+\S+\s+SET\b|\bWHERE\s+\S+\s*=|\b(?:CREATE|ALTER|DROP) TABLE\b",
    ),
    (
        "SQL",
        r"(?i)\bselect\b[^.;]{1,200}\bfrom\b[^.;]{1,100}\bwhere\b\s+\S+\s*(?:=|<|>|\blike\b|\bin\b)|\bselect \* from\b|\binsert into \S+ ?\(|\bdelete from \S+ where\b|\bupdate \S+ set \S+ ?=",
    ),
    (
        "SQL",
        r"\bSQLSTATE\b|\bORA-\d{5}\b|(?i)\bviolates (?:unique|foreign key|check|not-null) constraint\b|\b(?:UNIQUE|FOREIGN KEY|NOT NULL|CHECK) constraint failed\b|\bsyntax error at or near\b|\brelation \S+ does not exist\b|\bno such (?:table|column):|\bunknown column '|\byou have an error in your sql syntax|\bduplicate entry '[^']*' for key\b",
    ),
    (
        "SQL",
        r"\b(?:psycopg2?|sqlalchemy|sqlite3|pymysql|pg_catalog|org\.postgresql|org\.hibernate|com\.mysql|java\.sql|sqlx::|diesel::)",
    ),
    (
        "a database error",
        r"\bE11000 duplicate key\b|\bWRONGTYPE Operation\b|\bMongo(?:Server|Network|Write)?Error\b|\b(?:ResourceNotFound|ConditionalCheckFailed)Exception\b",
    ),
    (
        "an internal address",
        r"\b(?:postgres(?:ql)?|mysql|mariadb|mongodb(?:\+srv)?|redis|rediss|amqps?|kafka|jdbc:\w+)://[^\s]+|\b(?:ECONNREFUSED|ECONNRESET|ENOTFOUND|ETIMEDOUT|EAI_AGAIN)\b",
    ),
    (
        "a server path",
        r#"(?:^|[\s"'`(=:\[<>,])/(?:usr|home|var|opt|srv|etc|root|tmp|proc|mnt|Users|private|workspace|app|code|build|deploy|releases|data)/[\w.@+-]+(?:/[\w.@+-]+)*"#,
    ),
    (
        "a server path",
        r#"(?:^|[\s"'`(=:\[<>,])(?:\.{0,2}/)?(?:[\w.@+-]+/)+[\w.@+-]+\.(?:rs|py|rb|go|java|kt|js|mjs|ts|php|cs|cpp|scala|so|dll|jar|war|conf|ini|env|sqlite3?|pem)\b"#,
    ),
    ("a server path", r"\b[A-Za-z]:\\(?:[\w .@+-]+\\)*[\w .@+-]+|\\\\[\w.-]+\\[\w$.-]+\\"),
    ("a server path", r"\bfile:///\S+"),
];

/// The patterns as (kind, regular expression), for `repro` scripts, which judge without this program.
pub fn leak_patterns() -> impl Iterator<Item = (&'static str, &'static str)> {
    PATTERNS.into_iter()
}

/// All patterns in one pass, because hardly any response matches. They know ASCII only: with the letters of all
/// languages, each process would take longer to compile them than to run a test.
static ANY: LazyLock<RegexSet> = LazyLock::new(|| {
    let set = RegexSetBuilder::new(PATTERNS.map(|(_, pattern)| pattern)).unicode(false).build();
    set.unwrap_or_else(|error| unreachable!("{error}"))
});

/// Each pattern alone, compiled when it first matches.
static ALONE: [OnceLock<ByteRegex>; PATTERNS.len()] = [const { OnceLock::new() }; PATTERNS.len()];

/// The kinds and expressions that match a text.
fn matching(text: &str) -> impl Iterator<Item = (&'static str, &'static ByteRegex)> {
    let compiled = |pattern| {
        let built = RegexBuilder::new(pattern).unicode(false).build();
        built.unwrap_or_else(|error| unreachable!("{error}"))
    };
    let matches = ANY.matches(text.as_bytes()).into_iter();
    matches.map(move |index| {
        let (kind, pattern) = PATTERNS[index];
        (kind, ALONE[index].get_or_init(|| compiled(pattern)))
    })
}

static URL: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r#"\b(?:https?|wss?)://[^\s"'<>]+"#).unwrap_or_else(|error| unreachable!("{error}")));

/// Addresses are no paths of the server.
fn without_urls(text: &str) -> Cow<'_, str> {
    if text.contains("://") { URL.replace_all(text, " ") } else { Cow::Borrowed(text) }
}

fn no_leak(context: &ExchangeContext<'_>) -> Vec<Violation> {
    // Computed only if something was found.
    let submitted = LazyCell::new(|| submitted(context).iter().map(|text| forms(text)).collect::<Vec<Forms>>());
    let mut violations = Vec::new();
    let mut matches = 0;
    for (part, text) in shown_texts(context) {
        if let Some(form) = credential_in(context, &text) {
            violations.push(Violation::new(part.clone(), "no credential", form));
        }
        let text = without_urls(&text);
        for (kind, regex) in matching(&text) {
            let found = regex
                .find_iter(text.as_bytes())
                .take_while(|_| {
                    matches += 1;
                    matches <= MAX_MATCHES
                })
                .map(|found| {
                    let found = String::from_utf8_lossy(found.as_bytes());
                    let is_around = |letter: char| letter.is_whitespace() || "\"'`(=:[<>,)]};".contains(letter);
                    found.trim_matches(is_around).to_owned()
                })
                .find(|found| !is_quoted(found, &submitted));
            if let Some(found) = found {
                violations.push(Violation::new(
                    part.clone(),
                    format!("no internal details, such as {kind}"),
                    quoted(&found),
                ));
                break;
            }
        }
    }
    violations
}

/// The most bytes and texts of a response that are searched, and the most of one text: its first and its last part. No
/// error is that long, and searching takes time.
const MAX_BYTES: usize = 256 * 1024;
const MAX_TEXTS: usize = 2000;
const FIRST_PART: usize = 96 * 1024;
const LAST_PART: usize = 32 * 1024;
/// The most matches in one response that are compared with the request.
const MAX_MATCHES: usize = 500;
/// The most bytes of a request body that are compared.
const MAX_SUBMITTED: usize = 256 * 1024;

/// The texts in the response: each string of a JSON body, or the whole body, and the headers.
fn shown_texts(context: &ExchangeContext<'_>) -> Vec<(Part, String)> {
    let mut texts = Texts::default();
    for (name, value) in &context.response.headers {
        texts.add(Part::Header(name.clone()), &String::from_utf8_lossy(value));
    }
    match &context.body {
        Some(body) => texts.add_strings(body, String::new()),
        None => texts.add(Part::Body(String::new()), &String::from_utf8_lossy(&context.response.body)),
    }
    texts.found
}

/// Texts with their places, up to the limits.
#[derive(Default)]
struct Texts {
    found: Vec<(Part, String)>,
    bytes: usize,
}

impl Texts {
    fn add(&mut self, part: Part, text: &str) {
        let text = if text.len() > FIRST_PART + LAST_PART {
            let first = &text[..text.floor_char_boundary(FIRST_PART)];
            format!("{first}\n{}", &text[text.ceil_char_boundary(text.len() - LAST_PART)..])
        } else {
            text.to_owned()
        };
        self.bytes += text.len();
        self.found.push((part, text));
    }

    fn is_full(&self) -> bool {
        self.found.len() >= MAX_TEXTS || self.bytes >= MAX_BYTES
    }

    fn add_strings(&mut self, value: &Value, at: String) {
        match value {
            _ if self.is_full() => {}
            Value::String(text) => self.add(Part::Body(at), text),
            Value::Array(elements) => {
                for (index, inner) in elements.iter().enumerate().take(MAX_TEXTS) {
                    self.add_strings(inner, format!("{at}/{index}"));
                }
            }
            Value::Object(members) => {
                for (name, inner) in members.iter().take(MAX_TEXTS) {
                    self.add(Part::Body(at.clone()), name);
                    // A place counts as well, because names may be long and nested.
                    self.bytes += at.len() + name.len();
                    self.add_strings(inner, format!("{at}/{name}"));
                }
            }
            _ => {}
        }
    }
}

/// The form of the credential in the text, plain or encoded, if any.
fn credential_in(context: &ExchangeContext<'_>, text: &str) -> Option<&'static str> {
    let folded = text.replace(['\n', '\r'], "");
    context.secrets.iter().find_map(|secret| {
        if folded.contains(secret.as_str()) {
            return Some("the credential that was sent");
        }
        finder(secret)?.is_match(&folded).then_some("the credential that was sent, encoded")
    })
}

/// Whether a text is quoted from the request: literally, in another letter case, with escapes of JSON, Python or HTML,
/// or shortened.
fn is_quoted(found: &str, submitted: &[Forms]) -> bool {
    let forms = forms(found);
    // The remainder of an escaped control character, such as `t:\x7f`, looks like the start of a path.
    if forms.without_escapes.len() < MIN_LETTERS {
        return true;
    }
    let holds = |text: &str| text.contains(&forms.letters) || text.contains(&forms.without_escapes);
    submitted.iter().any(|text| text.whole.contains(found) || holds(&text.letters) || holds(&text.without_escapes))
}

/// A text, its letters, and its letters without escapes.
struct Forms {
    whole: String,
    letters: String,
    without_escapes: String,
}

fn forms(text: &str) -> Forms {
    Forms { whole: text.to_owned(), letters: letters(text), without_escapes: letters(&without_escapes(text)) }
}

/// A match with fewer letters and digits is ignored.
const MIN_LETTERS: usize = 3;

/// The letters and digits of a text, in lower case.
fn letters(text: &str) -> String {
    text.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_lowercase()).collect()
}

fn without_escapes(text: &str) -> String {
    static ESCAPES: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"\\x[0-9a-fA-F]{2}|\\u\{?[0-9a-fA-F]{1,6}\}?|\\U[0-9a-fA-F]{8}|\\[abefnrtv0]|&#?\w{1,8};|\.\.\.$|%[0-9a-fA-F]{2}")
            .unwrap_or_else(|error| unreachable!("{error}"))
    });
    ESCAPES.replace_all(text, " ").into_owned()
}

/// The texts of the request. A response may quote them.
fn submitted(context: &ExchangeContext<'_>) -> Vec<String> {
    let request = &context.exchange.request;
    let body = &request.body[..request.body.len().min(MAX_SUBMITTED)];
    let mut texts =
        vec![request.path.clone(), percent::decoded(&request.path), String::from_utf8_lossy(body).into_owned()];
    if let Ok(body) = serde_json::from_slice::<Value>(body) {
        let mut strings = Texts::default();
        strings.add_strings(&body, String::new());
        texts.extend(strings.found.into_iter().map(|(_, text)| text));
    }
    texts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leaks(text: &str) -> bool {
        matching(&without_urls(text)).next().is_some()
    }

    #[test]
    fn internal_details_are_recognized() {
        let texts = [
            "Traceback (most recent call last):\n  File \"/srv/app.py\", line 3, in get",
            "java.lang.NullPointerException at com.kyc.Api.get(Api.java:41)",
            "TypeError: x is undefined\n    at get (/app/index.js:10:5)",
            "thread 'main' panicked at src/main.rs:4:5",
            "SELECT id, email FROM customers WHERE email = 'a'",
            "ERROR: duplicate key value violates unique constraint \"customers_email_key\"",
            "cannot open /var/lib/kyc/data.db",
            "cannot open C:\\inetpub\\kyc\\web.config",
            "at Kyc.Api.Get(String id) in D:\\a\\Api.cs:line 20",
            "error in /opt/kyc/releases/7/config.rb",
            "E11000 duplicate key error collection: kyc.customers index: email_1",
            "connect ECONNREFUSED 10.0.0.7:5432",
            "could not reach postgres://kyc@db.internal:5432/customers",
        ];
        for text in texts {
            assert!(leaks(text), "{text}");
        }
    }

    #[test]
    fn a_source_file_is_found_with_its_first_slash() {
        let text = "error in /srv/kyc/app.py:31";
        let found: Vec<&str> = matching(text)
            .filter_map(|(_, pattern)| std::str::from_utf8(pattern.find(text.as_bytes())?.as_bytes()).ok())
            .collect();
        assert!(found.contains(&"/srv/kyc/app.py:31"), "{found:?}");
    }

    #[test]
    fn quotes_of_the_request_are_recognized_in_any_form() {
        let sent = |text: &str| vec![forms(text)];
        for (found, text) in [
            ("file:///etc/hosts", "file:///etc/hosts"),
            (r"c:\users\ada", r"C:\Users\Ada"),
            (r"C:\con...", r"C:\concerts\1990.txt"),
            (r"\\A\x0e\x00", "\\\\A\u{e}\0"),
            (r"t:\x7f", "\t:\u{7f}"),
            ("/etc/passwd&#39;", "/etc/passwd'"),
        ] {
            assert!(is_quoted(found, &sent(text)), "{found} quotes {text}");
        }
        assert!(!is_quoted("/srv/kyc/app.py", &sent("ada@example.com")));
        assert!(!is_quoted("/etc/passwd", &sent("/etc/hosts")));
    }

    #[test]
    fn ordinary_prose_is_not_a_leak() {
        let texts = [
            "Customer with ID 'cus_invalid123' does not exist",
            "Select a date from the list, where it applies",
            "See https://docs.example.com/var/errors.html#x for help",
            "Field 'dateOfBirth' must be in YYYY-MM-DD format",
            "Update your data and set a new address",
            "Document must be JPG, PNG, or PDF. Max size: 10MB",
            "image/png is not application/pdf",
            "GET /api/v1/customers/cus_1 is limited to 300 a minute",
            "Request ID: req_abc123xyz",
            "Token expired at 2025-11-05T10:30:00Z",
            "Error: value error at line 1, column 5",
            "nginx/1.25.3",
            "max-age=0; path=/; HttpOnly",
            "Sun, 06 Nov 1994 08:49:37 GMT",
            "A duplicate key was sent in the request",
            "The connection was refused; try again later",
        ];
        for text in texts {
            assert!(!leaks(text), "{text}");
        }
    }
}

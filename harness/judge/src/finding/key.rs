//! The key of a finding identifies the cause of a violation, in this run and in later ones.
//!
//! Causes, baselines, known deviations, `compare`, `history` and the fingerprints of reports use it. A key consists of
//! the operation, the clause, the check, the place in the response, the expected value, and the *shape* of the received
//! value. Nothing in it changes from run to run: no id, time, generated value, test name or message.
//!
//! ```text
//! createCustomer | STA-3 success-status | status              | 201 for createCustomer | 200
//! getCustomer    | LOG-1 request-id-present | header X-Request-Id | an id                  | absent
//! updateCustomer | FMT-4 expectation    | status              | INVALID_FIELD_FORMAT (422) | success
//! ```

use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::{EXPECTATION, Finding, Part};
use crate::exchange::{Exchange, Response};
use spec::contract::Contract;

/// The longest text of a key, in characters.
const LONGEST: usize = 200;
/// The most members in the shape of a body.
const MAX_MEMBERS: usize = 8;
/// The placeholders for values that differ from run to run.
const ANY_TEXT: &str = "\"…\"";
const ANY_NUMBER: char = '#';

/// The identity of a cause.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// The operation that was called.
    pub operation: String,
    /// The violated clause.
    pub clause: String,
    /// The check that reports it.
    pub check: String,
    /// The part of the response; `*` stands for an index.
    pub place: String,
    /// What was expected, without values that differ from run to run.
    pub expected: String,
    /// The shape of the received value in that place.
    pub actual: String,
    /// The rule that generated the value, for an expectation of a property.
    pub rule: Option<String>,
    /// The shape of the whole response. It is not part of the identity.
    pub response: String,
}

impl Key {
    /// The key of a finding about an exchange.
    pub fn of(contract: &Contract, finding: &Finding, exchange: Option<&Exchange>, rule: Option<&str>) -> Self {
        let response = exchange.map_or_else(|| "no response".to_owned(), |exchange| response_shape(contract, exchange));
        Self {
            operation: exchange.map(|exchange| exchange.request.operation.clone()).unwrap_or_default(),
            clause: finding.clause.clone(),
            check: finding.check.clone(),
            place: place(&finding.part.to_string()),
            expected: expected(contract, finding),
            actual: actual(contract, finding, exchange, &response),
            rule: rule.filter(|_| finding.check == EXPECTATION).map(str::to_owned),
            response,
        }
    }

    /// The key as a short id, the same in every run.
    pub fn id(&self) -> String {
        let rule = self.rule.as_deref().unwrap_or_default();
        let Self { operation, clause, check, place, expected, actual, .. } = self;
        digest(&[operation, clause, check, place, expected, actual, rule])
    }
}

/// A short hash of texts, the same in every run.
pub fn digest(texts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for text in texts {
        hash.update((text.len() as u64).to_be_bytes());
        hash.update(text.as_bytes());
    }
    hex::encode(hash.finalize())[..16].to_owned()
}

/// A part of a response as in keys: `*` replaces the index in a list.
pub fn place(part: &str) -> String {
    let is_index = |segment: &str| !segment.is_empty() && segment.bytes().all(|byte| byte.is_ascii_digit());
    let segments: Vec<&str> =
        part.split('/').enumerate().map(|(at, one)| if at > 0 && is_index(one) { "*" } else { one }).collect();
    segments.join("/")
}

/// True for the shape of a 2xx response that is not an error.
fn is_plain_success(shape: &str) -> bool {
    shape.len() == 3 && shape.starts_with('2')
}

/// The shape of a whole response: its status, and its code or the shape of its body.
pub fn response_shape(contract: &Contract, exchange: &Exchange) -> String {
    let Some(response) = exchange.response() else { return "no response".to_owned() };
    let body = response.json();
    let operation = contract.operation(&exchange.request.operation);
    let code =
        operation.zip(body.as_ref()).and_then(|(operation, body)| response.error_code(contract, operation, body));
    let code = code.filter(|code| is_shown(contract, code));
    match code {
        None if response.is_success() => response.status.to_string(),
        Some(code) => format!("{} {code}", response.status),
        None => format!("{} {}", response.status, body_shape(response, body.as_ref())),
    }
}

fn body_shape(response: &Response, body: Option<&Value>) -> String {
    let media_type = || {
        let declared = response.header("content-type").and_then(|value| value.split(';').next());
        declared.map_or_else(|| "without a media type".to_owned(), |essence| essence.trim().to_lowercase())
    };
    match body {
        _ if response.body.is_empty() => "without a body".to_owned(),
        Some(Value::Object(members)) => {
            let mut names: Vec<&str> = members.keys().map(|name| if is_plain(name) { name } else { "…" }).collect();
            names.sort_unstable();
            names.dedup();
            names.truncate(MAX_MEMBERS);
            format!("{{{}}}", names.join(", "))
        }
        Some(value) => kind(value).to_owned(),
        None => media_type(),
    }
}

/// The shape of the actual value at the location of a finding.
fn actual(contract: &Contract, finding: &Finding, exchange: Option<&Exchange>, shape: &str) -> String {
    let Some(response) = exchange.and_then(Exchange::response) else {
        return if finding.part == Part::Deliveries {
            without_values(&finding.actual, false)
        } else {
            shape.to_owned()
        };
    };
    match &finding.part {
        _ if is_about_the_response(contract, finding) && is_plain_success(shape) => "success".to_owned(),
        _ if is_about_the_response(contract, finding) => shape.to_owned(),
        Part::Status => response.status.to_string(),
        Part::Header(name) => header_shape(response, name),
        Part::Body(pointer) => in_body(contract, finding, response, pointer),
        Part::Connection => "no response".to_owned(),
        Part::Deliveries => without_values(&finding.actual, false),
    }
}

/// Whether the finding is an expectation about the code or the status as a whole.
fn is_about_the_response(contract: &Contract, finding: &Finding) -> bool {
    finding.check == EXPECTATION
        && match &finding.part {
            Part::Status => true,
            Part::Body(pointer) => *pointer == contract.catalog.envelope.pointers.code,
            _ => false,
        }
}

fn header_shape(response: &Response, name: &str) -> String {
    match response.header_bytes(name).map(String::from_utf8_lossy) {
        None => "absent".to_owned(),
        Some(value) if value.trim().is_empty() => "empty".to_owned(),
        Some(value) if name.eq_ignore_ascii_case("content-type") => {
            let essence = value.split(';').next().unwrap_or_default().trim().to_lowercase();
            if essence.len() <= LONGEST && essence.bytes().all(is_of_a_media_type) {
                essence
            } else {
                "text".to_owned()
            }
        }
        Some(value) if value.trim().parse::<i64>().is_ok() => "a number".to_owned(),
        Some(_) => "text".to_owned(),
    }
}

fn in_body(contract: &Contract, finding: &Finding, response: &Response, pointer: &str) -> String {
    let body = response.json();
    let envelope = &contract.catalog.envelope;
    let pointers = &envelope.pointers;
    let names_a_field = Some(pointer) == pointers.field.as_deref();
    let found = body.as_ref().and_then(|body| match names_a_field {
        true => envelope.fields_in(body).first().copied(),
        false => body.pointer(pointer),
    });
    match found {
        _ if response.body.is_empty() => "no body".to_owned(),
        None if body.is_some() && response.is_error() && pointer == pointers.envelope => {
            body_shape(response, body.as_ref())
        }
        None if body.is_some() => "absent".to_owned(),
        None => body_shape(response, None),
        Some(Value::String(code)) if pointer == pointers.code && is_shown(contract, code) => code.clone(),
        Some(Value::String(name)) if names_a_field => other_name(name, &finding.expected),
        Some(value) => kind(value).to_owned(),
    }
}

/// How the name of a field differs from the expected one. The name itself may be any text, so it is left out.
fn other_name(name: &str, expected: &str) -> String {
    let letters = |text: &str| -> String {
        text.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_lowercase()).collect()
    };
    match name {
        "" => "an empty string",
        _ if letters(name) == letters(expected) => "the same name in another spelling",
        _ if name.starts_with('/') => "a JSON Pointer",
        _ => "another name",
    }
    .to_owned()
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(text) if text.is_empty() => "an empty string",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

/// The expected value, without parts that differ from run to run.
fn expected(contract: &Contract, finding: &Finding) -> String {
    let names_a_field = match &finding.part {
        Part::Body(pointer) => Some(pointer) == contract.catalog.envelope.pointers.field.as_ref(),
        _ => false,
    };
    if names_a_field && finding.check != EXPECTATION {
        return finding.expected.chars().take(LONGEST).collect();
    }
    // Drops the status of `success (201)`. The check `success-status` judges it.
    let text = finding.expected.split(' ').collect::<Vec<_>>();
    let mut words: Vec<&str> = Vec::new();
    for word in text {
        let is_status = word.len() == 5 && word.starts_with('(') && word.ends_with(')');
        if is_status && words.last() == Some(&"success") && finding.check == EXPECTATION {
            continue;
        }
        words.push(word);
    }
    let about_the_response = is_about_the_response(contract, finding);
    let text = without_values(&words.join(" "), finding.part == Part::Status || about_the_response);
    if about_the_response { in_order(&text) } else { text }
}

/// Alternatives in the same order, whichever order a scenario lists them in: `A (400) or B (422)`.
fn in_order(text: &str) -> String {
    if text.starts_with("any") {
        return text.to_owned();
    }
    let mut alternatives: Vec<&str> = text.split(" or ").collect();
    alternatives.sort_by_key(|one| (!one.starts_with("success"), *one));
    alternatives.join(" or ")
}

/// A text without quoted values and numbers. Constants such as codes and names of members stay. If `statuses` is true,
/// status codes stay, too.
fn without_values(text: &str, statuses: bool) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        let taken = match letter {
            '"' => quoted(rest, &mut out),
            '0'..='9' => number(rest, statuses, &mut out),
            other => {
                out.push(other);
                other.len_utf8()
            }
        };
        rest = &rest[taken..];
    }
    // The number of the delivery attempt differs from run to run.
    let out = out.split(" (attempt ").next().unwrap_or_default();
    out.chars().take(LONGEST).collect()
}

fn quoted(text: &str, out: &mut String) -> usize {
    let mut escaped = false;
    let end = text.char_indices().skip(1).find(|(_, letter)| {
        let ends = *letter == '"' && !escaped;
        escaped = *letter == '\\' && !escaped;
        ends
    });
    let Some((end, _)) = end else {
        out.push_str(ANY_TEXT);
        return text.len();
    };
    let (content, after) = (&text[1..end], &text[end + 1..]);
    let is_member = after.starts_with(':') && is_plain(content);
    if is_member || is_constant(content) {
        out.push_str(&text[..=end]);
    } else {
        out.push_str(ANY_TEXT);
    }
    end + 1
}

fn number(text: &str, statuses: bool, out: &mut String) -> usize {
    let end = text.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(text.len());
    let alone = !out.ends_with(|letter: char| letter.is_alphanumeric() || "-.:_".contains(letter));
    let is_status = text[..end].parse::<u16>().is_ok_and(|number| end == 3 && (100..600).contains(&number));
    if statuses && alone && is_status {
        out.push_str(&text[..end]);
    } else {
        out.push(ANY_NUMBER);
    }
    end
}

/// A constant of the API, such as a code or a state: `NOT_FOUND`.
fn is_constant(text: &str) -> bool {
    let in_capitals = |letter: u8| letter.is_ascii_uppercase() || letter == b'_' || letter.is_ascii_digit();
    (3..=60).contains(&text.len())
        && text.bytes().all(in_capitals)
        && text.bytes().filter(u8::is_ascii_uppercase).count() > text.len() / 2
}

/// Whether a key shows a code: a published one, or one that looks like a code.
fn is_shown(contract: &Contract, code: &str) -> bool {
    contract.catalog.code(code).is_some() || is_code(code)
}

/// Codes are constants or short integers.
fn is_code(text: &str) -> bool {
    is_constant(text) || ((1..=6).contains(&text.len()) && text.bytes().all(|letter| letter.is_ascii_digit()))
}

fn is_plain(name: &str) -> bool {
    (1..=40).contains(&name.len()) && name.bytes().all(|letter| letter.is_ascii_alphabetic() || letter == b'_')
}

fn is_of_a_media_type(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"/+-.".contains(&byte)
}

#[cfg(test)]
mod tests;

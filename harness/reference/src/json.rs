//! Reads the body of a request as a JSON object. Only a variant looks at the media type.

use std::collections::{BTreeMap, BTreeSet};

use hyper::header::CONTENT_TYPE;
use regex::Regex;
use serde_json::value::RawValue;
use serde_json::{Deserializer, Map, Value};

use crate::api::{Body, Request};
use crate::customers::operations::IMMUTABLE;
use crate::errors::{Code, Fault, shortened};
use crate::fields as customer;
use crate::mutants::{Mutant, fields, statuses};
use crate::route::Operation;
use crate::switches::Switches;
use crate::variants::requests;

/// Values with deeper nesting make a mutant fail.
const DEEP: usize = 50;

/// The JSON object in the body.
pub(crate) fn object(
    request: &Request,
    operation: Operation,
    switches: &Switches,
) -> Result<Map<String, Value>, Fault> {
    if switches.vary(requests::OTHER_MEDIA_TYPES_REFUSED) && is_declared_otherwise(request) {
        return Err(malformed("The body must be declared as application/json", switches));
    }
    let members = read(&request.body, operation, switches)?;
    if switches.has(fields::UNKNOWN_MEMBER_500) && unknown_member(&members, operation).is_some() {
        return Err(Fault::internal());
    }
    match unknown_member(&members, operation) {
        Some(name) if switches.vary(requests::UNKNOWN_MEMBERS_REFUSED) => {
            let name = shortened(name);
            Err(Fault::invalid(&name, format!("Field '{name}' is unknown")))
        }
        _ => Ok(members),
    }
}

/// Whether the Content-Type of the request is not JSON.
fn is_declared_otherwise(request: &Request) -> bool {
    request.headers.get(CONTENT_TYPE).is_some_and(|value| {
        let essence = value.to_str().unwrap_or_default().split(';').next().unwrap_or_default().trim();
        !essence.eq_ignore_ascii_case("application/json") && !essence.to_ascii_lowercase().ends_with("+json")
    })
}

/// A member that the operation does not define.
fn unknown_member(members: &Map<String, Value>, operation: Operation) -> Option<&String> {
    let known = |name: &&String| match operation {
        Operation::CreateCustomer | Operation::UpdateCustomer => {
            customer::names().chain(IMMUTABLE).any(|field| field == name.as_str())
        }
        Operation::UploadDocument => ["type", "contentType", "content"].contains(&name.as_str()),
        Operation::CreateWebhook => name.as_str() == "url",
        _ => true,
    };
    members.keys().find(|name| !known(name))
}

fn read(body: &Body, operation: Operation, switches: &Switches) -> Result<Map<String, Value>, Fault> {
    let bytes = match body {
        Body::Whole(bytes) => bytes,
        Body::CutShort => return Err(malformed("The body ended early", switches)),
        Body::TooLong if operation == Operation::UploadDocument => {
            return Err(crate::documents::oversize(switches));
        }
        Body::TooLong => return Err(malformed("The body is too long", switches)),
    };
    if let Some(fault) = mutant_failure(bytes, switches) {
        return Err(fault);
    }
    match parse(bytes, switches) {
        Ok(Value::Object(members)) => Ok(members),
        Ok(other) => not_an_object(&other, operation, switches),
        Err(_) if skips_empty_body(bytes, operation, switches) => Ok(Map::new()),
        Err(problem) => Err(unreadable_member(bytes)
            .unwrap_or_else(|| malformed(&format!("The body is not JSON: {problem}"), switches))),
    }
}

fn parse(bytes: &[u8], switches: &Switches) -> serde_json::Result<Value> {
    let parsed = if switches.has(fields::ACCEPTS_TRAILING_GARBAGE) {
        let mut values = Deserializer::from_slice(bytes).into_iter();
        values.next().unwrap_or_else(|| serde_json::from_slice(bytes))
    } else {
        serde_json::from_slice(bytes)
    };
    if parsed.is_err() && switches.has(fields::ACCEPTS_CUT_SHORT_JSON) {
        return serde_json::from_slice(&[bytes, b"}"].concat());
    }
    if parsed.is_err()
        && let Some(repaired) = repaired(bytes, switches)
    {
        return serde_json::from_str(&repaired);
    }
    parsed
}

/// Malformed JSON that mutants accept: a pattern and its replacement.
const REPAIRS: &[(Mutant, (&str, &str))] = &[
    (fields::ACCEPTS_SINGLE_QUOTES, ("'", "\"")),
    (fields::ACCEPTS_TRAILING_COMMAS, (r",(\s*[}\]])", "$1")),
    (fields::ACCEPTS_COMMENTS, (r"(?s)/\*.*?\*/|//[^\n]*", "")),
    (fields::ACCEPTS_BARE_NAMES, (r"([{,]\s*)([A-Za-z]+)\s*:", "$1\"$2\":")),
];

fn repaired(bytes: &[u8], switches: &Switches) -> Option<String> {
    let (pattern, replacement) = switches.first(REPAIRS)?;
    Some(Regex::new(pattern).ok()?.replace_all(std::str::from_utf8(bytes).ok()?, replacement).into_owned())
}

/// The error for a body in which only the value of one member cannot be read: a lone surrogate, a number that is too
/// large, nesting that is too deep.
fn unreadable_member(bytes: &[u8]) -> Option<Fault> {
    let members: BTreeMap<String, &RawValue> = serde_json::from_slice(bytes).ok()?;
    let unreadable = |value: &RawValue| serde_json::from_str::<Value>(value.get()).err();
    let (name, problem) = members.iter().find_map(|(name, value)| unreadable(value).map(|problem| (name, problem)))?;
    let name = shortened(name);
    Some(Fault::invalid(&name, format!("Field '{name}' cannot be read: {problem}")))
}

fn not_an_object(value: &Value, operation: Operation, switches: &Switches) -> Result<Map<String, Value>, Fault> {
    if value.is_null() && switches.has(fields::NULL_BODY_500) {
        return Err(Fault::internal());
    }
    let lenient = (value.is_array() && switches.has(fields::PATCH_ACCEPTS_ARRAY))
        || (value.is_null() && switches.has(fields::UPDATE_ACCEPTS_NULL_BODY));
    if lenient && operation == Operation::UpdateCustomer {
        return Ok(Map::new());
    }
    if let Some([Value::Object(only)]) = value.as_array().map(Vec::as_slice)
        && operation == Operation::CreateCustomer
        && switches.has(fields::LIST_OF_ONE_ACCEPTED)
    {
        return Ok(only.clone());
    }
    let inner = value.as_str().and_then(|text| serde_json::from_str(text).ok());
    if let Some(members) = inner.filter(|_| switches.has(fields::ACCEPTS_TEXT_BODIES)) {
        return Ok(members);
    }
    Err(malformed("The body must be a JSON object", switches))
}

fn skips_empty_body(bytes: &[u8], operation: Operation, switches: &Switches) -> bool {
    bytes.is_empty() && operation == Operation::UpdateCustomer && switches.has(fields::PATCH_ACCEPTS_NO_BODY)
}

fn malformed(details: &str, switches: &Switches) -> Fault {
    let fault = Fault::new(Code::ValidationError).details(details);
    match () {
        () if switches.has(fields::MALFORMED_JSON_500) => Fault::internal(),
        () if switches.has(fields::MALFORMED_JSON_AS_FORMAT_ERROR) => fault.code(Code::InvalidFieldFormat),
        () if switches.has(statuses::MALFORMED_JSON_AS_422) => fault.status(422),
        () if switches.has(crate::mutants::server::LEAKS_FILE_PATH) => {
            fault.details(format!("{details} (/srv/verification/api/src/http/parser.rs:112:17)"))
        }
        () => fault,
    }
}

/// Whether a body makes a mutant fail.
type Trigger = fn(&[u8]) -> bool;

/// The server error of a mutant that cannot handle the body.
fn mutant_failure(bytes: &[u8], switches: &Switches) -> Option<Fault> {
    let triggers: &[(Mutant, Trigger)] = &[
        (fields::HUGE_NUMBER_500, has_huge_number),
        (fields::DUPLICATE_MEMBER_500, has_duplicate_member),
        (fields::BLANK_BODY_500, |bytes| !bytes.is_empty() && bytes.trim_ascii().is_empty()),
        (fields::DEEP_ARRAY_500, |bytes| bytes.starts_with(b"[") && depth(bytes) > DEEP),
    ];
    let fails = triggers.iter().any(|(mutant, triggers)| switches.has(*mutant) && triggers(bytes))
        || (switches.has(fields::INVALID_UTF8_500) && std::str::from_utf8(bytes).is_err())
        || (switches.has(fields::LONE_SURROGATE_500) && has_lone_surrogate(bytes))
        || (switches.has(fields::DEEP_NESTING_500) && bytes.starts_with(b"{") && depth(bytes) > DEEP);
    fails.then(Fault::internal)
}

/// Whether a member's value is a number that 64 bits cannot hold.
fn has_huge_number(bytes: &[u8]) -> bool {
    let pattern = Regex::new(r":\s*-?(?:[0-9]{20,}|[0-9.]+[eE]\+?[0-9]{3,})");
    pattern.is_ok_and(|pattern| pattern.is_match(&String::from_utf8_lossy(bytes)))
}

/// Whether two members of the body have the same name, at any depth.
fn has_duplicate_member(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    let mut seen = BTreeSet::new();
    Regex::new(r#""([^"\\]*)"\s*:"#).is_ok_and(|pattern| {
        pattern
            .captures_iter(&text)
            .any(|found| found.get(1).is_some_and(|name| !seen.insert(name.as_str().to_owned())))
    })
}

fn has_lone_surrogate(bytes: &[u8]) -> bool {
    serde_json::from_slice::<Value>(bytes).is_err() && bytes.windows(3).any(|three| three.eq_ignore_ascii_case(b"\\ud"))
}

/// How deeply brackets are nested outside of strings.
fn depth(bytes: &[u8]) -> usize {
    let (mut now, mut most, mut quoted, mut escaped) = (0_usize, 0, false, false);
    for &byte in bytes {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b'{' | b'[' if !quoted => now += 1,
            b'}' | b']' if !quoted => now = now.saturating_sub(1),
            _ => {}
        }
        most = most.max(now);
    }
    most
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &[u8]) -> Result<Map<String, Value>, Fault> {
        super::read(&Body::Whole(text.to_vec()), Operation::CreateCustomer, &Switches::default())
    }

    #[test]
    fn object_is_read() {
        assert_eq!(read(br#" {"a": 1} "#).expect("an object")["a"], 1);
    }

    #[test]
    fn other_bodies_are_validation_errors() {
        let deep = format!("{{\"a\":{}{}}}", "[".repeat(5000), "]".repeat(5000));
        let texts: [&[u8]; 9] =
            [b"", b"{", b"[]", b"null", b"1", b"{} x", b"\xff", br#"{"a":"\ud800"}"#, deep.as_bytes()];
        for text in texts {
            let fault = read(text).expect_err("malformed");
            assert_eq!(fault.code, Code::ValidationError);
        }
    }

    #[test]
    fn unreadable_member_is_named() {
        let deep = format!("{{\"a\":1,\"b\":{}{}}}", "[".repeat(5000), "]".repeat(5000));
        for text in [r#"{"a":1,"b":"\ud800"}"#, r#"{"b":1e999}"#, deep.as_str()] {
            assert_eq!(read(text.as_bytes()).expect_err("unreadable").field.as_deref(), Some("b"));
        }
        assert_eq!(read(br#"{"b":"\x"}"#).expect_err("malformed").field, None);
    }
}

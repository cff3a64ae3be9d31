//! Mutants that read bodies wrongly: malformed JSON, other JSON, unusual JSON.

use std::collections::BTreeSet;

use regex::Regex;
use serde_json::{Deserializer, Map, Value, json};

use super::Mutated;
use crate::documents::DocumentRules;
use crate::errors::{ApiError, Code};
use crate::json::BodyRules;
use crate::mutants::{Mutant, fields, responses};
use crate::request::{Body, Request};
use crate::route::Operation;
use crate::variants::rules::bodies::unknown_member;

/// Values with deeper nesting make a mutant fail.
const DEEP: usize = 50;

impl BodyRules for Mutated {
    fn body(&self, request: &Request, operation: Operation) -> Result<Map<String, Value>, ApiError> {
        let bytes = match &request.body {
            Body::Whole(bytes) if self.fails_on(bytes) => return Err(ApiError::internal()),
            Body::Whole(bytes) => bytes.as_slice(),
            Body::TooLong if operation == Operation::UploadDocument => return Err(self.oversize()),
            Body::TooLong | Body::CutShort => &[],
        };
        let trailing = self.is_active(fields::ACCEPTS_TRAILING_GARBAGE);
        let mut members = match self.base.body(request, operation) {
            Err(fault) if is_malformed(&fault) => match self.accepted(bytes, operation, trailing)? {
                Some(members) => members,
                None => return Err(self.malformed(fault)),
            },
            read => read?,
        };
        if unknown_member(&members, operation).is_some() && self.is_active(fields::UNKNOWN_MEMBER_500) {
            return Err(ApiError::internal());
        }
        let keyed = operation == Operation::CreateCustomer && request.headers.contains_key("idempotency-key");
        if keyed && self.is_active(fields::LAST_NAME_OPTIONAL_UNDER_KEYS) {
            members.entry("lastName").or_insert_with(|| json!("-"));
        }
        Ok(members)
    }
}

/// Whether the body as a whole is at fault.
fn is_malformed(fault: &ApiError) -> bool {
    fault.code == Code::ValidationError && fault.field.is_none()
}

impl Mutated {
    /// The members of a malformed body that a mutant accepts.
    fn accepted(
        &self,
        bytes: &[u8],
        operation: Operation,
        trailing: bool,
    ) -> Result<Option<Map<String, Value>>, ApiError> {
        let value = match serde_json::from_slice(bytes) {
            Ok(Value::Object(_)) => None,
            Ok(other) => Some(other),
            Err(_) => self.repaired(bytes, trailing),
        };
        match value {
            Some(Value::Object(members)) => Ok(Some(members)),
            Some(Value::Null) if self.is_active(fields::NULL_BODY_500) => Err(ApiError::internal()),
            Some(other) => Ok(self.members_of(&other, operation)),
            None => {
                let empty = bytes.is_empty() && operation == Operation::UpdateCustomer;
                Ok((empty && self.is_active(fields::PATCH_ACCEPTS_NO_BODY)).then(Map::new))
            }
        }
    }

    /// What a mutant reads in malformed JSON.
    fn repaired(&self, bytes: &[u8], trailing: bool) -> Option<Value> {
        if let Some(Ok(first)) = Deserializer::from_slice(bytes).into_iter().next().filter(|_| trailing) {
            return Some(first);
        }
        if self.is_active(fields::ACCEPTS_CUT_SHORT_JSON) {
            return serde_json::from_slice(&[bytes, b"}"].concat()).ok();
        }
        let (pattern, replacement) = self.first(REPAIRS)?;
        let text = std::str::from_utf8(bytes).ok()?;
        serde_json::from_str(&Regex::new(pattern).ok()?.replace_all(text, replacement)).ok()
    }

    /// The members that a mutant finds in JSON that is not an object.
    fn members_of(&self, value: &Value, operation: Operation) -> Option<Map<String, Value>> {
        let lenient = (value.is_array() && self.is_active(fields::PATCH_ACCEPTS_ARRAY))
            || (value.is_null() && self.is_active(fields::UPDATE_ACCEPTS_NULL_BODY));
        if lenient && operation == Operation::UpdateCustomer {
            return Some(Map::new());
        }
        if let Some([Value::Object(only)]) = value.as_array().map(Vec::as_slice)
            && operation == Operation::CreateCustomer
            && self.is_active(fields::LIST_OF_ONE_ACCEPTED)
        {
            return Some(only.clone());
        }
        let inner = value.as_str().and_then(|text| serde_json::from_str(text).ok());
        inner.filter(|_| self.is_active(fields::ACCEPTS_TEXT_BODIES))
    }

    /// The error of a mutant for a malformed body.
    fn malformed(&self, fault: ApiError) -> ApiError {
        match () {
            () if self.is_active(fields::MALFORMED_JSON_500) => ApiError::internal(),
            () if self.is_active(fields::MALFORMED_JSON_AS_FORMAT_ERROR) => fault.code(Code::InvalidFieldFormat),
            () if self.is_active(responses::MALFORMED_JSON_AS_422) => fault.status(422),
            () => fault,
        }
    }

    /// Whether a mutant cannot handle the body.
    fn fails_on(&self, bytes: &[u8]) -> bool {
        TRIGGERS.iter().any(|(mutant, triggers)| self.is_active(*mutant) && triggers(bytes))
    }
}

/// Malformed JSON that mutants accept: a pattern and its replacement.
const REPAIRS: &[(Mutant, (&str, &str))] = &[
    (fields::ACCEPTS_SINGLE_QUOTES, ("'", "\"")),
    (fields::ACCEPTS_TRAILING_COMMAS, (r",(\s*[}\]])", "$1")),
    (fields::ACCEPTS_COMMENTS, (r"(?s)/\*.*?\*/|//[^\n]*", "")),
    (fields::ACCEPTS_BARE_NAMES, (r"([{,]\s*)([A-Za-z]+)\s*:", "$1\"$2\":")),
];

/// Whether a body makes a mutant fail.
type Trigger = fn(&[u8]) -> bool;

const TRIGGERS: &[(Mutant, Trigger)] = &[
    (fields::HUGE_NUMBER_500, has_huge_number),
    (fields::DUPLICATE_MEMBER_500, has_duplicate_member),
    (fields::BLANK_BODY_500, |bytes| !bytes.is_empty() && bytes.trim_ascii().is_empty()),
    (fields::DEEP_ARRAY_500, |bytes| bytes.starts_with(b"[") && depth(bytes) > DEEP),
    (fields::INVALID_UTF8_500, |bytes| std::str::from_utf8(bytes).is_err()),
    (fields::LONE_SURROGATE_500, has_lone_surrogate),
    (fields::DEEP_NESTING_500, |bytes| bytes.starts_with(b"{") && depth(bytes) > DEEP),
];

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

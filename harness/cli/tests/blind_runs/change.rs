//! The changes of mutants: in the responses to one step, or in the deliveries that one step awaits.

use judge::exchange::Response;
use serde_json::{Value, json};

/// A part of a response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ResponsePart {
    Status,
    Body(String),
    Header(String),
}

/// A change of a response or of a delivery.
#[derive(Clone, Debug)]
pub enum Change {
    /// The part is missing.
    Missing(ResponsePart),
    /// The part has another value of the same type and length.
    Other(ResponsePart),
    /// This number is added to the part.
    Number(ResponsePart, i64),
    /// The body has this value at a pointer; `None` removes the value.
    Value(String, Option<Value>),
    /// A refusal becomes the last success of the run, or else a success with an empty list.
    Accepted,
    /// A refusal has another status and code.
    Code(u16, &'static str),
    /// The last refusal of the run is sent again.
    RefusedAgain,
    /// A refusal does not say how long to wait.
    NoDelay,
    Delivery(Delivery),
}

/// What is changed in the deliveries that a step awaits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery {
    NoneArrives,
    /// The last does not arrive.
    LastMissing,
    Attempt(Which, Fault),
}

/// Which of the attempts is changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    First,
    Last,
}

/// The fault of one attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It arrives twice at the same time.
    Twice,
    /// It arrives again some time after it was accepted.
    AgainLater,
    OtherDigit,
    NoPrefix,
    Unsigned,
    /// Its signed timestamp is ten minutes in the past, or in the future.
    Old,
    Ahead,
    /// Its timestamp is not the signed one.
    OtherTimestamp,
    NoTimestamp,
    /// A space follows the signed body.
    Space,
    /// One member of the signed body has another value.
    OtherMember,
    /// The body is a list, and signed.
    List,
    /// The body belongs to another customer, and is signed.
    OtherCustomer,
    /// The body has a member that the other attempts do not have, and is signed.
    OtherContent,
}

impl Fault {
    pub const ALL: [Fault; 14] = [
        Fault::Twice,
        Fault::AgainLater,
        Fault::OtherDigit,
        Fault::NoPrefix,
        Fault::Unsigned,
        Fault::Old,
        Fault::Ahead,
        Fault::OtherTimestamp,
        Fault::NoTimestamp,
        Fault::Space,
        Fault::OtherMember,
        Fault::List,
        Fault::OtherCustomer,
        Fault::OtherContent,
    ];
}

/// Previous responses that a change may need.
#[derive(Debug, Default)]
pub struct PreviousResponses {
    pub success: Option<Response>,
    pub refusal: Option<Response>,
}

impl Change {
    /// Changes a response. Returns false if the change does not apply to it.
    pub fn apply(&self, response: &mut Response, seen: &PreviousResponses) -> bool {
        let refused = response.status >= 400;
        match self {
            Change::Missing(place) => edit(response, place, |_| None),
            Change::Other(place) => edit(response, place, |value| Some(other(value))),
            Change::Number(place, by) => edit(response, place, |value| with_offset(value, *by)),
            Change::Value(pointer, value) => set(response, pointer, value.clone()),
            Change::Accepted if refused => {
                let empty = Response { status: 200, body: br#"{"customers":[]}"#.to_vec().into(), ..response.clone() };
                *response = seen.success.clone().unwrap_or(empty);
                true
            }
            Change::Code(status, code) if refused => {
                response.status = *status;
                set(response, "/error/code", Some((*code).into()))
            }
            Change::RefusedAgain => seen.refusal.clone().map(|refusal| *response = refusal).is_some(),
            Change::NoDelay if refused => {
                response.headers.retain(|(name, _)| name != "retry-after" && name != "x-ratelimit-reset");
                set(response, "/error/retryAfter", None)
            }
            Change::Accepted | Change::Code(..) | Change::NoDelay | Change::Delivery(_) => false,
        }
    }
}

fn edit(response: &mut Response, place: &ResponsePart, change: impl Fn(&Value) -> Option<Value>) -> bool {
    match place {
        ResponsePart::Status => {
            response.status = if response.status == 200 { 201 } else { 200 };
            true
        }
        ResponsePart::Body(pointer) => {
            let Some(old) = response.json().and_then(|body| body.pointer(pointer).cloned()) else { return false };
            set(response, pointer, change(&old))
        }
        ResponsePart::Header(name) => {
            let Some(new) = response.header(name).map(|old| change(&old.into())) else { return false };
            response.headers.retain(|(other, _)| !other.eq_ignore_ascii_case(name));
            let text = new.map(|new| new.as_str().map_or_else(|| new.to_string(), str::to_owned));
            response.headers.extend(text.map(|text| (name.to_lowercase(), text.into_bytes())));
            true
        }
    }
}

/// Sets a member of the body, or removes it. A response without JSON gets an object.
fn set(response: &mut Response, pointer: &str, value: Option<Value>) -> bool {
    let mut body = response.json().unwrap_or_else(|| json!({}));
    let (parent, name) = pointer.rsplit_once('/').unwrap_or_default();
    let Some(Value::Object(members)) = body.pointer_mut(parent) else { return false };
    match value {
        Some(value) => drop(members.insert(name.to_owned(), value)),
        None => drop(members.shift_remove(name)),
    }
    response.body = body.to_string().into_bytes().into();
    true
}

/// Another value of the same type. In a text, the last digit or else the last letter is replaced by the next one.
pub fn other(value: &Value) -> Value {
    match value {
        Value::String(text) => {
            let digit = text.rfind(|letter: char| letter.is_ascii_digit());
            let at = digit.or_else(|| text.rfind(|letter: char| letter.is_ascii_alphabetic()));
            let Some(at) = at else { return format!("{text}x").into() };
            let next = match text.as_bytes()[at] {
                b'9' => '0',
                b'z' => 'a',
                b'Z' => 'A',
                letter => char::from(letter + 1),
            };
            format!("{}{next}{}", &text[..at], &text[at + 1..]).into()
        }
        Value::Bool(is) => (!is).into(),
        Value::Number(_) => with_offset(value, 1).unwrap_or_default(),
        Value::Array(elements) => elements.iter().cloned().chain([json!("another")]).collect(),
        Value::Object(members) => members.iter().map(|(name, inner)| (name.clone(), other(inner))).collect(),
        Value::Null => json!("not null"),
    }
}

fn with_offset(value: &Value, by: i64) -> Option<Value> {
    match value {
        Value::String(text) => Some((text.parse::<i64>().ok()? + by).to_string().into()),
        _ => Some((value.as_i64()? + by).into()),
    }
}

//! The situation of a request: its parts, and the previous request about the same resource. Some faults are visible only
//! in one situation, for example with one value of a member, or in a read after a refused update.

use std::collections::HashMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::body::text;
use generate::schema::pointer::below;
use judge::exchange::{MAX_KEPT, Request, Response};

/// The length in bytes of the longest body that is examined.
const MAX_BODY: usize = 1 << 20;
/// The length of the longest value that is compared as it is. Longer ones are compared by their SHA-256.
const MAX_VALUE_LENGTH: usize = 200;
/// The number of requests about a resource that are remembered.
const MAX_PAST: usize = 5;
/// The depth to which the members of a body are examined.
const DEEPEST: usize = 4;

/// A class of responses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ResponseKind {
    /// Statuses from 400.
    Errors,
    /// Statuses from 200 to 299.
    Successes,
    /// Webhook deliveries of the target, which are no responses.
    Deliveries,
}

impl ResponseKind {
    /// Its name in a file of mutations.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Errors => "errors",
            Self::Successes => "successes",
            Self::Deliveries => "deliveries",
        }
    }
}

/// A part of a request with a value.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RequestPart {
    /// `body` for a body that is not a JSON object, `body` with a JSON Pointer, `digest` for the SHA-256 of a
    /// body that is too long to be recorded, `path` for the path, `query` with a name, or `header` with a name in lower case.
    pub at: String,
    /// Its value. `sha256:…` stands for a value of more than 200 bytes.
    #[serde(default)]
    pub value: Value,
    /// True if the request has no such header, or a JSON object without this member. `value` is then not used.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub absent: bool,
    /// True if any value will do. `value` is then not used.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub present: bool,
}

impl RequestPart {
    /// A part with a value.
    pub(super) fn new(at: String, value: Value) -> Self {
        Self { at, value, absent: false, present: false }
    }

    /// The condition that a member is missing.
    pub(super) fn absent(at: String) -> Self {
        Self { absent: true, ..Self::new(at, Value::Null) }
    }

    /// The condition that there is a part.
    pub(super) fn present(at: String) -> Self {
        Self { present: true, ..Self::new(at, Value::Null) }
    }
}

/// An earlier request about the same resource.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Previous {
    /// The operation that was called.
    pub operation: String,
    /// Whether it was refused.
    pub responses: ResponseKind,
    /// The code of the refusal; any by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// The actor who sent it; any by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor: Option<String>,
}

impl Previous {
    /// A request about which nothing else is known.
    pub(super) fn new(operation: &str, responses: ResponseKind) -> Self {
        Self { operation: operation.to_owned(), responses, code: None, actor: None }
    }

    /// A request with its response.
    pub(super) fn of(operation: &str, response: &Response, code: Option<&str>, actor: Option<&str>) -> Self {
        let responses = if response.is_error() { ResponseKind::Errors } else { ResponseKind::Successes };
        let (code, actor) = (code.map(str::to_owned), actor.map(str::to_owned));
        Self { code, actor, ..Self::new(operation, responses) }
    }

    /// True if an earlier request is as this condition says.
    pub(super) fn describes(&self, earlier: &Self) -> bool {
        let same = |wanted: &Option<String>, found: &Option<String>| wanted.is_none() || wanted == found;
        (&self.operation, self.responses) == (&earlier.operation, earlier.responses)
            && same(&self.code, &earlier.code)
            && same(&self.actor, &earlier.actor)
    }
}

/// All parts of a request.
#[derive(Clone, Debug, Default)]
pub struct Parts {
    pub(super) all: Vec<RequestPart>,
    /// True if the body is a JSON object.
    pub(super) is_object: bool,
}

impl Parts {
    pub fn of(request: &Request) -> Self {
        let mut parts = Self::default();
        let header = |name: &str| request.headers.iter().find(|(found, _)| found.eq_ignore_ascii_case(name));
        let is_form = header("content-type").is_some_and(|(_, value)| value.starts_with(b"application/x-www-form"));
        if let Some(digest) = request.body.digest_of_whole() {
            parts.add("digest".to_owned(), digest.into());
        } else {
            let body = request.body.complete().unwrap_or_default();
            if body.len() > MAX_KEPT {
                parts.add("digest".to_owned(), hex::encode(Sha256::digest(&body)).into());
            }
            if body.len() <= MAX_BODY {
                parts.add_body(&body, is_form);
            }
        }
        let (path, query) = request.path.split_once('?').unwrap_or((&request.path, ""));
        parts.add("path".to_owned(), path.into());
        for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
            parts.add(format!("query {name}"), Value::from(value));
        }
        for (name, value) in &request.headers {
            let value = String::from_utf8_lossy(value).into_owned();
            parts.add(format!("header {}", name.to_ascii_lowercase()), value.into());
        }
        parts
    }

    /// True if the request has this part.
    pub(super) fn contains(&self, part: &RequestPart) -> bool {
        let is_there = || self.all.iter().any(|own| own.at == part.at);
        match part {
            RequestPart { absent: true, at, .. } => (self.is_object || at.starts_with("header ")) && !is_there(),
            RequestPart { present: true, .. } => is_there(),
            _ => self.all.contains(part),
        }
    }

    /// The text at a place of the request.
    pub(super) fn text(&self, place: &str) -> Option<&str> {
        self.all.iter().find(|part| part.at == place).and_then(|part| part.value.as_str())
    }

    fn add_body(&mut self, bytes: &[u8], is_form: bool) {
        let body = match serde_json::from_slice(bytes) {
            _ if is_form => form(bytes),
            Ok(body) => body,
            Err(_) => Value::from(String::from_utf8_lossy(bytes)),
        };
        self.is_object = body.is_object();
        if self.is_object {
            self.add_members(&body, "", 0);
        } else {
            self.add("body".to_owned(), body);
        }
    }

    fn add_members(&mut self, object: &Value, pointer: &str, depth: usize) {
        let members = object.as_object().into_iter().flatten().filter(|_| depth < DEEPEST);
        for (name, inner) in members {
            let at = below(pointer, name);
            self.add(format!("body {at}"), inner.clone());
            self.add_members(inner, &at, depth + 1);
        }
    }

    fn add(&mut self, at: String, value: Value) {
        let text = value.to_string();
        let value = if text.len() > MAX_VALUE_LENGTH {
            Value::from(format!("sha256:{}", hex::encode(Sha256::digest(text))))
        } else {
            value
        };
        self.all.push(RequestPart::new(at, value));
    }
}

fn form(bytes: &[u8]) -> Value {
    let mut body = json!({});
    for (name, value) in url::form_urlencoded::parse(bytes) {
        body[name.as_ref()] = value.into();
    }
    body
}

/// The last requests about each resource. A resource is known by its id: a value of a path parameter, or a member of the
/// response to its creation. Or a part of the requests is the id, such as a mail address.
#[derive(Debug, Default)]
pub(super) struct History {
    of: HashMap<String, Past>,
}

/// The last requests about a resource.
#[derive(Clone, Debug, Default)]
pub(super) struct Past {
    /// The oldest is the first.
    pub(super) previous: Vec<Previous>,
    /// The JSON body that the last one sent, if it was refused.
    pub(super) refused: Option<Value>,
}

impl History {
    /// The last requests about the resource with one of these ids, before a request. If a read is repeated, as by a step
    /// that waits for a change, the requests before the first one count.
    pub(super) fn past(&self, ids: &[&str], method: &str, operation: Option<&str>, actor: Option<&str>) -> Past {
        let mut past = ids.iter().rev().find_map(|id| self.of.get(*id)).cloned().unwrap_or_default();
        past.previous.pop_if(|last| {
            let is_same = Some(last.operation.as_str()) == operation && last.actor.as_deref() == actor;
            method == "GET" && last.responses == ResponseKind::Successes && is_same
        });
        past
    }

    /// Adds a request with the ids in it. If it has none, `creates` says that a response may contain one.
    pub(super) fn add(
        &mut self,
        ids: &[&str],
        creates: bool,
        added: &Previous,
        request: &Request,
        response: &Response,
    ) {
        let is_short = request.body.length() <= MAX_BODY;
        let sent = || serde_json::from_slice(&request.body).ok().filter(|_| is_short);
        let refused: Option<Value> = response.is_error().then(sent).flatten();
        let created = if creates && ids.is_empty() && response.is_success() { scalars(response) } else { Vec::new() };
        for id in ids.iter().map(|id| (*id).to_owned()).chain(created) {
            let past = self.of.entry(id).or_default();
            let is_repeated = request.method == "GET" && past.previous.last() == Some(added);
            if !is_repeated {
                past.previous.push(added.clone());
            }
            let excess = past.previous.len().saturating_sub(MAX_PAST);
            past.previous.drain(..excess);
            past.refused.clone_from(&refused);
        }
    }
}

/// The texts and numbers of the members of a body, one of which may be an id.
fn scalars(response: &Response) -> Vec<String> {
    let Some(Value::Object(members)) = response.json() else { return Vec::new() };
    members.values().filter_map(text).collect()
}

#[cfg(test)]
mod tests {
    use std::slice;

    use super::*;

    fn request(path: &str, media_type: &str, body: &str) -> Request {
        Request {
            operation: String::new(),
            actor: String::new(),
            method: "POST".to_owned(),
            url: String::new(),
            path: path.to_owned(),
            headers: vec![("Content-Type".to_owned(), media_type.as_bytes().to_vec())],
            body: body.as_bytes().to_vec().into(),
        }
    }

    fn part(at: &str, value: Value) -> RequestPart {
        RequestPart::new(at.to_owned(), value)
    }

    #[test]
    fn a_part_is_found_with_its_value() {
        let json = Parts::of(&request("/a?x=1", "application/json", r#"{"a":{"b":null},"c":[1]}"#));
        for (at, value) in [
            ("body /a/b", Value::Null),
            ("body /c", json!([1])),
            ("query x", json!("1")),
            ("header content-type", json!("application/json")),
        ] {
            assert!(json.contains(&part(at, value)), "{at}");
        }
        assert!(!json.contains(&part("body /c", json!([2]))));
        let absent = |at: &str| RequestPart::absent(at.to_owned());
        assert!(json.contains(&absent("body /d")) && !json.contains(&absent("body /a/b")));
        let present = |at: &str| RequestPart::present(at.to_owned());
        assert!(json.contains(&present("query x")) && !json.contains(&present("query y")));
        assert!(json.contains(&absent("header x")) && !json.contains(&absent("header content-type")));
        assert_eq!((json.text("query x"), json.text("body /c")), (Some("1"), None));
        let form = Parts::of(&request("/", "application/x-www-form-urlencoded", "a=1+2"));
        assert!(form.contains(&part("body /a", json!("1 2"))));
        let malformed = Parts::of(&request("/", "application/json", "{"));
        assert!(malformed.contains(&part("body", json!("{"))) && !malformed.contains(&absent("body /d")));
    }

    #[test]
    fn long_values_are_compared_by_their_digest() {
        let of = |text: &str| Parts::of(&request("/", "application/json", &json!({ "a": text }).to_string()));
        let (one, other) = (of(&"x".repeat(900)), of(&"y".repeat(900)));
        let long = one.all[0].clone();
        assert!(long.value.as_str().is_some_and(|text| text.starts_with("sha256:")));
        assert!(one.contains(&long) && !other.contains(&long));
    }

    #[test]
    fn earlier_requests_are_about_the_same_resource() {
        let mut history = History::default();
        let response =
            |status: u16, body: &str| Response { status, body: body.as_bytes().to_vec().into(), ..Response::default() };
        let past = |history: &History, id| history.past(&[id], "GET", Some("read"), None);
        let reading = |path: &str| Request { method: "GET".to_owned(), ..request(path, "", "") };
        let created = Previous::new("create", ResponseKind::Successes);
        history.add(&[], true, &created, &request("/a", "", ""), &response(201, r#"{"id":"a-1","size":7}"#));
        assert_eq!(past(&history, "a-1").previous, slice::from_ref(&created));
        assert!(past(&history, "a-2").previous.is_empty());
        let refused = Previous::new("update", ResponseKind::Errors);
        history.add(&["a-1"], true, &refused, &request("/a/a-1", "", r#"{"size":-1}"#), &response(400, ""));
        let all = past(&history, "a-1");
        assert_eq!(all.previous, [created.clone(), refused.clone()]);
        assert_eq!(all.refused, Some(json!({ "size": -1 })));
        let read = Previous::new("read", ResponseKind::Successes);
        for _ in 0..2 {
            history.add(&["a-1"], true, &read, &reading("/a/a-1"), &response(200, ""));
        }
        assert_eq!(past(&history, "a-1").previous, [created, refused], "a repeated read is no earlier request");
        assert_eq!(history.past(&["a-1"], "GET", Some("read"), Some("clerk")).previous.len(), 3);
        let listed = Previous::new("list", ResponseKind::Successes);
        for _ in 0..MAX_PAST {
            history.add(&["a-1"], true, &listed, &request("/", "", ""), &response(200, ""));
        }
        let all = past(&history, "a-1");
        assert_eq!((all.previous.len(), all.refused), (MAX_PAST, None));
        assert!(all.previous.iter().all(|previous| previous.operation == "list"));
    }

    #[test]
    fn an_earlier_request_has_the_code_and_the_actor_of_the_condition() {
        let wanted = Previous::new("update", ResponseKind::Errors);
        let earlier = Previous { code: Some("GONE".to_owned()), actor: Some("clerk".to_owned()), ..wanted.clone() };
        assert!(wanted.describes(&earlier) && earlier.describes(&earlier) && !earlier.describes(&wanted));
        assert!(!Previous { actor: Some("reader".to_owned()), ..wanted }.describes(&earlier));
    }
}

//! Checks of error bodies, by the JSON Schema and the pointers of the contract.

use std::collections::HashSet;
use std::fmt;

use serde::de::{self, DeserializeSeed, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use super::{Check, ExchangeContext, is_judged};
use crate::finding::{Part, Violation, quoted};
use generate::schema::pointer::below;
use spec::contract::{Level, Misfit};

pub(super) const PRESENT: Check = Check {
    name: "envelope-present",
    statement: "an error response is a JSON object that holds the documented envelope",
    applies: |context| is_error(context) && context.judges_body(),
    run: present,
};

pub(super) const CODE_REGISTERED: Check = Check {
    name: "code-registered",
    statement: "the error code is one of the published codes",
    applies: has_envelope,
    run: code_registered,
};

pub(super) const MESSAGE_PRESENT: Check = Check {
    name: "message-present",
    statement: "the error has a message that is not empty",
    applies: has_envelope,
    run: |context| misfits_at(context, Some(&context.contract.catalog.envelope.pointers.message)),
};

pub(super) const DETAILS_ARE_TEXT: Check = Check {
    name: "details-are-text",
    statement: "details, where present, are a string",
    applies: |context| has_part(context, "details"),
    run: |context| misfits_at(context, context.contract.catalog.envelope.pointers.details.as_deref()),
};

pub(super) const FIELD_NAMES_MEMBER: Check = Check {
    name: "field-names-member",
    statement: "the error names the field at fault, spelt as in the request",
    applies: |context| names_field(context) || (!fields(context).is_empty() && !names_unusual_member_sent(context)),
    run: field_names_member,
};

pub(super) const STATUS_IN_BODY: Check = Check {
    name: "status-in-body",
    statement: "the status in an error body is that of the response",
    applies: |context| has_part(context, "status") || !misfits_of_status(context).is_empty(),
    run: status_in_body,
};

pub(super) const RETRY_DELAY_PRESENT: Check = Check {
    name: "retry-delay-present",
    statement: "the error states the retry delay in whole seconds",
    applies: |context| has_envelope(context) && requires_retry_delay(context),
    run: |context| misfits_at(context, context.contract.catalog.envelope.pointers.retry_delay.as_deref()),
};

pub(super) const NO_UNDOCUMENTED_MEMBERS: Check = Check {
    name: "no-undocumented-members",
    statement: "an error body has only documented members, each in its documented place",
    applies: has_envelope,
    run: no_undocumented_members,
};

pub(super) const MEDIA_TYPE: Check = Check {
    name: "error-media-type",
    statement: "an error body is declared with the documented media type",
    // A response to HEAD may omit headers that the server only knows after it has built the body.
    applies: |context| is_error(context) && !context.is_head(),
    run: media_type,
};

pub(super) const SUCCESS_WITHOUT_ERROR: Check = Check {
    name: "success-without-error",
    statement: "a success holds no error envelope",
    // A body that HTTP does not allow cannot be read.
    applies: |context| context.response.is_success() && !context.response.body.is_empty(),
    run: success_without_error,
};

pub(super) const STRICT_JSON: Check = Check {
    name: "strict-json",
    statement: "an error body is UTF-8 without a byte order mark, and names no member twice",
    // `envelope-present` reports a body that is not JSON at all.
    applies: |context| {
        is_error(context) && context.judges_body() && (context.body.is_some() || !strict_json(context).is_empty())
    },
    run: strict_json,
};

fn is_error(context: &ExchangeContext<'_>) -> bool {
    context.response.is_error()
}

/// Whether the parts of the envelope can be read.
fn has_envelope(context: &ExchangeContext<'_>) -> bool {
    is_error(context)
        && context.body.as_ref().is_some_and(|body| {
            body.pointer(&context.contract.catalog.envelope.pointers.envelope).is_some_and(Value::is_object)
        })
}

fn has_part(context: &ExchangeContext<'_>, name: &str) -> bool {
    let pointer = context.contract.catalog.envelope.pointers.part(name);
    has_envelope(context) && pointer.is_some_and(|pointer| part(context, pointer).is_some())
}

fn part<'b>(context: &'b ExchangeContext<'_>, pointer: &str) -> Option<&'b Value> {
    context.body.as_ref()?.pointer(pointer)
}

fn names_field(context: &ExchangeContext<'_>) -> bool {
    has_envelope(context)
        && context.field_at_fault.is_some()
        && context.contract.catalog.envelope.pointers.field.is_some()
        && context.entry().is_some_and(|entry| entry.names_field)
}

/// Every value that names a field.
fn fields<'b>(context: &'b ExchangeContext<'_>) -> Vec<&'b Value> {
    let body = context.body.as_ref().filter(|_| has_envelope(context));
    body.map(|body| context.contract.catalog.envelope.fields_in(body)).unwrap_or_default()
}

/// Whether the named field is an unusual member name of our request, such as "".
fn names_unusual_member_sent(context: &ExchangeContext<'_>) -> bool {
    let unusual = |name: &&str| name.is_empty() || name.starts_with('/');
    let mut named = fields(context).into_iter().filter_map(Value::as_str).filter(unusual);
    let sent = || serde_json::from_slice::<Value>(&context.exchange.request.body).unwrap_or_default();
    named.any(|name| has_member(&sent(), name))
}

fn has_member(value: &Value, name: &str) -> bool {
    match value {
        Value::Object(members) => members.contains_key(name) || members.values().any(|inner| has_member(inner, name)),
        Value::Array(elements) => elements.iter().any(|inner| has_member(inner, name)),
        _ => false,
    }
}

fn requires_retry_delay(context: &ExchangeContext<'_>) -> bool {
    context.entry().is_some_and(|entry| entry.requires.iter().any(|part| part == "retry_delay"))
}

/// Where the body does not fit the envelope. Computed once for all checks.
fn misfits<'m>(context: &'m ExchangeContext<'_>) -> &'m [Misfit] {
    context.misfits.get_or_init(|| {
        let Some(body) = &context.body else { return Vec::new() };
        let code = context.entry().map(|entry| entry.code.as_str());
        let mut misfits = context.contract.schemas.envelope_misfits(code, body);
        // The derived schema repeats requirements of the general one, so one fault may be reported twice.
        let mut seen = HashSet::new();
        misfits.retain(|misfit| seen.insert(misfit.pointer.clone()));
        misfits
    })
}

pub(super) fn misfits_at(context: &ExchangeContext<'_>, pointer: Option<&str>) -> Vec<Violation> {
    misfits(context).iter().filter(|misfit| Some(misfit.pointer.as_str()) == pointer).map(violation).collect()
}

fn violation(misfit: &Misfit) -> Violation {
    Violation::body(&misfit.pointer, misfit.expected.clone(), misfit.actual.clone())
}

fn present(context: &ExchangeContext<'_>) -> Vec<Violation> {
    let pointers = &context.contract.catalog.envelope.pointers;
    if context.body.is_none() {
        let text = String::from_utf8_lossy(&context.response.body);
        let actual = if text.is_empty() { "no body".to_owned() } else { format!("no JSON: {}", quoted(&text)) };
        return vec![Violation::body("", "a JSON object", actual)];
    }
    let parts = [
        (Some(&pointers.code), CODE_REGISTERED.name),
        (Some(&pointers.message), MESSAGE_PRESENT.name),
        (pointers.status.as_ref(), STATUS_IN_BODY.name),
        (pointers.details.as_ref(), DETAILS_ARE_TEXT.name),
        (pointers.retry_delay.as_ref(), RETRY_DELAY_PRESENT.name),
    ];
    // A part has a check of its own. If no clause of this level names that check, the part is judged here.
    let level = context.contract.clause_of_check(PRESENT.name).map_or(Level::Should, |clause| clause.level);
    let is_part_judged = |check: &str| is_judged(context.contract, check, level);
    let is_elsewhere = |misfit: &Misfit| {
        let of_part =
            |(pointer, check): &(Option<&String>, &str)| *pointer == Some(&misfit.pointer) && is_part_judged(check);
        let is_field = context.contract.catalog.envelope.is_field(&misfit.pointer);
        parts.iter().any(of_part) || is_field && is_part_judged(FIELD_NAMES_MEMBER.name)
    };
    misfits(context).iter().filter(|misfit| !is_elsewhere(misfit)).map(violation).collect()
}

fn misfits_of_status(context: &ExchangeContext<'_>) -> Vec<Violation> {
    let pointer = context.contract.catalog.envelope.pointers.status.as_deref().filter(|_| has_envelope(context));
    pointer.map(|pointer| misfits_at(context, Some(pointer))).unwrap_or_default()
}

fn status_in_body(context: &ExchangeContext<'_>) -> Vec<Violation> {
    let misfits = misfits_of_status(context);
    let pointer = context.contract.catalog.envelope.pointers.status.as_deref();
    let (Some(pointer), true) = (pointer, misfits.is_empty()) else { return misfits };
    let status = context.response.status;
    let states = |value: &Value| match value {
        Value::String(text) => *text == status.to_string(),
        other => other.as_f64() == Some(f64::from(status)),
    };
    match part(context, pointer) {
        Some(found) if !states(found) => {
            vec![Violation::body(pointer, format!("{status}, as in the status line"), spec::contract::shown(found))]
        }
        _ => Vec::new(),
    }
}

fn code_registered(context: &ExchangeContext<'_>) -> Vec<Violation> {
    let pointer = &context.contract.catalog.envelope.pointers.code;
    match &context.code {
        None => {
            let actual = part(context, pointer).map_or_else(|| "nothing there".to_owned(), Value::to_string);
            vec![Violation::body(pointer, "a published error code", actual)]
        }
        Some(code) if context.entry().is_none() => {
            let hint = spec::source::suggestion(code, &context.contract.catalog.code_names());
            let hint = hint.map(|hint| format!(" ({hint})")).unwrap_or_default();
            vec![Violation::body(pointer, "a published error code", format!("{code}{hint}"))]
        }
        Some(_) => Vec::new(),
    }
}

fn field_names_member(context: &ExchangeContext<'_>) -> Vec<Violation> {
    let envelope = &context.contract.catalog.envelope;
    let Some(pointer) = envelope.pointers.field.as_deref() else { return Vec::new() };
    let misfits: Vec<&Misfit> = misfits(context).iter().filter(|misfit| envelope.is_field(&misfit.pointer)).collect();
    if !misfits.is_empty() {
        return misfits.into_iter().map(violation).collect();
    }
    let form = envelope.field_form;
    let found: Vec<&str> = fields(context).into_iter().filter_map(Value::as_str).collect();
    let shown = |found: Option<&&str>| found.map_or_else(|| "nothing there".to_owned(), |found| quoted(found));
    match context.field_at_fault.filter(|_| names_field(context)) {
        Some(expected) if found.iter().any(|found| form.is_same(expected, found)) => Vec::new(),
        Some(expected) => vec![Violation::body(pointer, quoted(&form.written(expected)), shown(found.first()))],
        None => {
            let wrong = found.iter().find(|found| !form.fits(found));
            wrong.map(|_| Violation::body(pointer, form.words(), shown(wrong))).into_iter().collect()
        }
    }
}

/// The most undocumented members that are listed.
const MAX_MEMBERS: usize = 20;

fn no_undocumented_members(context: &ExchangeContext<'_>) -> Vec<Violation> {
    let mut violations = Vec::new();
    for (pointer, documented) in context.contract.schemas.documented_members() {
        let members = part(context, pointer).and_then(Value::as_object);
        let undocumented =
            members.into_iter().flatten().map(|(name, _)| name).filter(|name| !documented.contains(*name));
        // A target may send any number of members.
        for name in undocumented.take(MAX_MEMBERS) {
            let expected = format!("only {}", documented.join(", "));
            violations.push(Violation::body(pointer, expected, format!("a member {}", quoted(name))));
        }
    }
    if let Some(pointer) = context.contract.catalog.envelope.pointers.retry_delay.as_deref()
        && context.entry().is_some()
        && !requires_retry_delay(context)
        && part(context, pointer).is_some()
    {
        let code = context.code.as_deref().unwrap_or_default();
        violations.push(Violation::body(pointer, format!("no retry delay on {code}"), "a retry delay"));
    }
    violations
}

fn media_type(context: &ExchangeContext<'_>) -> Vec<Violation> {
    let expected = &context.contract.catalog.envelope.media_type;
    let actual = context.response.header("content-type");
    let essence = actual.and_then(|value| value.split(';').next()).map(str::trim);
    if essence.is_some_and(|essence| essence.eq_ignore_ascii_case(expected)) {
        return Vec::new();
    }
    let actual = actual.map_or_else(|| "no such header".to_owned(), quoted);
    vec![Violation::header("Content-Type", expected.clone(), actual)]
}

fn success_without_error(context: &ExchangeContext<'_>) -> Vec<Violation> {
    let pointers = &context.contract.catalog.envelope.pointers;
    let Some(body) = &context.body else { return Vec::new() };
    let object = !pointers.envelope.is_empty() && body.pointer(&pointers.envelope).is_some_and(Value::is_object);
    let code =
        context.contract.catalog.code_in(body).is_some_and(|code| context.contract.catalog.code(&code).is_some());
    if !object && !code {
        return Vec::new();
    }
    let actual = body
        .pointer(&pointers.code)
        .map_or_else(|| "an error envelope".to_owned(), |code| format!("an error envelope with the code {code}"));
    vec![Violation::body(&pointers.envelope, "no error envelope", actual)]
}

fn strict_json(context: &ExchangeContext<'_>) -> Vec<Violation> {
    let body = &context.response.body;
    let mut violations = Vec::new();
    if body.starts_with(b"\xef\xbb\xbf") {
        violations.push(Violation::body("", "JSON without a byte order mark", "a byte order mark"));
    }
    if let Err(error) = std::str::from_utf8(body) {
        violations.push(Violation::body("", "UTF-8", format!("invalid UTF-8 at byte {}", error.valid_up_to())));
    }
    let text = String::from_utf8_lossy(body);
    let mut walk = Walk::default();
    let mut parser = serde_json::Deserializer::from_str(text.trim_start_matches('\u{feff}'));
    // `envelope-present` reports a body that is not JSON at all.
    if Members(&mut walk).deserialize(&mut parser).is_ok() {
        violations.extend(walk.duplicates.into_iter().map(|pointer| Violation {
            part: Part::Body(pointer),
            expected: "each member once".to_owned(),
            actual: "the same member twice".to_owned(),
        }));
    }
    violations
}

/// The most duplicate members that are listed.
const MAX_DUPLICATES: usize = 20;

/// The place of a walk through a document, and the duplicate members so far.
#[derive(Default)]
struct Walk {
    /// The names and indexes on the way from the root.
    way: Vec<String>,
    duplicates: Vec<String>,
}

impl Walk {
    fn note(&mut self) {
        if self.duplicates.len() < MAX_DUPLICATES {
            let escaped = self.way.iter().map(|name| below("", name));
            self.duplicates.push(escaped.collect());
        }
    }
}

/// Walks a document and records every duplicate member.
struct Members<'w>(&'w mut Walk);

impl<'de> DeserializeSeed<'de> for Members<'_> {
    type Value = ();
    fn deserialize<D: de::Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

macro_rules! ignore {
    ($($name:ident: $kind:ty),*) => {
        $(fn $name<E>(self, _: $kind) -> Result<(), E> { Ok(()) })*
    };
}

impl<'de> Visitor<'de> for Members<'_> {
    type Value = ();
    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("any JSON")
    }
    ignore!(visit_bool: bool, visit_i64: i64, visit_u64: u64, visit_f64: f64, visit_str: &str);
    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<(), A::Error> {
        let mut index = 0;
        loop {
            self.0.way.push(index.to_string());
            let element = elements.next_element_seed(Members(self.0))?;
            self.0.way.pop();
            if element.is_none() {
                return Ok(());
            }
            index += 1;
        }
    }
    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        let mut names = HashSet::new();
        while let Some(name) = members.next_key::<String>()? {
            self.0.way.push(name.clone());
            if !names.insert(name) {
                self.0.note();
            }
            members.next_value_seed(Members(self.0))?;
            self.0.way.pop();
        }
        Ok(())
    }
}

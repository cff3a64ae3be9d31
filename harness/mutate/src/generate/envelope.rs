//! Mutations of all errors: envelope, message, body, request id, required headers and rate-limit headers.

use serde_json::{Value, json};

use super::{Generator, PRESENT, beyond_tolerance, header, of, replaced};
use crate::mutation::{Change, Mutation, When};
use generate::schema::pointer::below;
use spec::contract::{RateLimit, RetryAfterForm};

/// Internals of a server that no error may show.
const LEAKS: [(&str, &str); 6] = [
    ("python-trace", "\nTraceback (most recent call last):\n  File \"/srv/app/handlers.py\", line 42, in handle\n"),
    ("java-trace", "\njava.lang.NullPointerException\n\tat com.example.app.Handler.handle(Handler.java:42)\n"),
    ("node-trace", "\nTypeError: x is undefined\n    at handle (/srv/app/handlers.js:42:7)\n"),
    ("sql", ": SELECT id, secret FROM accounts WHERE id = 42"),
    ("database-address", ": postgres://app:secret@db-1:5432/app does not respond"),
    ("server-path", ": cannot open /etc/app/settings.conf"),
];

impl Generator<'_> {
    /// Mutations of the envelope and its code.
    pub(super) fn envelope(&self) -> Vec<Mutation> {
        const REGISTERED: &[&str] = &["code-registered"];
        let pointers = &self.contract.catalog.envelope.pointers;
        let at = || pointers.envelope.clone();
        let code = || pointers.code.clone();
        let set = |at: String, to: Value| Change::SetMember { at, to };
        let undocumented = below(&pointers.envelope, "undocumentedMember");
        let mut all = vec![
            self.error("envelope/text", set(at(), json!("an error")), PRESENT),
            self.error("envelope/list", set(at(), json!([])), PRESENT),
            self.error("envelope/more-members", set(undocumented, json!(true)), &["no-undocumented-members"]),
            self.error("code/removed", Change::RemoveMember { at: code() }, REGISTERED),
            self.error("code/renamed", Change::RenameMember { at: code(), to: "errorId".to_owned() }, REGISTERED),
            self.error("code/null", set(code(), Value::Null), REGISTERED),
            self.error("code/empty", set(code(), json!("")), REGISTERED),
            self.error("code/retyped", set(code(), json!([7])), REGISTERED),
            self.error("code/unknown", set(code(), self.unknown_code()), REGISTERED),
        ];
        if !pointers.envelope.is_empty() {
            all.push(self.error("envelope/removed", Change::RemoveMember { at: at() }, PRESENT));
            all.push(self.error(
                "envelope/renamed",
                Change::RenameMember { at: at(), to: "fault".to_owned() },
                PRESENT,
            ));
        }
        all
    }

    fn unknown_code(&self) -> Value {
        let name = if self.contract.catalog.code("99999").is_some() { "99998" } else { "99999" };
        match crate::change::code_value(name, &self.contract.catalog) {
            Value::String(_) => json!("SOME_OTHER_ERROR"),
            number => number,
        }
    }

    /// Mutations of the message, the details and the field.
    pub(super) fn message(&self) -> Vec<Mutation> {
        const PRESENT: &[&str] = &["message-present"];
        let pointers = &self.contract.catalog.envelope.pointers;
        let at = || pointers.message.clone();
        let set = |at: &String, to: Value| Change::SetMember { at: at.clone(), to };
        let mut all = vec![
            self.error("message/removed", Change::RemoveMember { at: at() }, PRESENT),
            self.error("message/renamed", Change::RenameMember { at: at(), to: "text".to_owned() }, PRESENT),
            self.error("message/empty", set(&pointers.message, json!("")), PRESENT),
            self.error("message/null", set(&pointers.message, Value::Null), PRESENT),
            self.error("message/retyped", set(&pointers.message, json!(["refused"])), PRESENT),
        ];
        for (name, text) in LEAKS {
            let change = Change::AppendText { at: at(), text: text.to_owned() };
            all.push(self.error(&format!("message/leaks-{name}"), change, &["no-leak"]));
        }
        if let Some(status) = &pointers.status {
            all.push(self.error("status-in-body/other", set(status, json!(299)), &["status-in-body"]));
            all.push(self.error("status-in-body/list", set(status, json!([])), &["status-in-body"]));
        }
        if let Some(details) = &pointers.details {
            all.push(self.error("details/retyped", set(details, json!(7)), &["details-are-text"]));
            all.push(self.error("details/list", set(details, json!([])), &["details-are-text"]));
        }
        if let Some(field) = &self.contract.catalog.envelope.first_field() {
            all.push(self.error("field/retyped", set(field, json!(7)), &["field-names-member"]));
            all.push(self.error("field/list", set(field, json!([])), &["field-names-member"]));
        }
        all
    }

    /// Mutations of the bytes and the media type of an error body.
    pub(super) fn body(&self) -> Vec<Mutation> {
        let media_type = |to: &str| Change::SetHeader { name: "Content-Type".to_owned(), to: to.to_owned() };
        let documented = self.contract.catalog.envelope.media_type.as_str();
        const STRICT: &[&str] = &["strict-json"];
        let no_type = Change::RemoveHeader { name: "Content-Type".to_owned() };
        let other = if documented == "application/problem+json" { "text/json" } else { "application/problem+json" };
        vec![
            self.error("body/empty", replaced(documented, ""), PRESENT),
            self.error("body/cut", Change::Truncate, PRESENT),
            self.error("body/byte-order-mark", Change::ByteOrderMark, STRICT),
            self.error("body/utf-16", Change::Utf16, &["strict-json", "envelope-present"]),
            self.error("body/member-twice", Change::RepeatMember, STRICT),
            self.error("media-type/html", media_type("text/html"), &["error-media-type"]),
            self.error("media-type/other", media_type(other), &["error-media-type"]),
            self.error("media-type/removed", no_type, &["error-media-type"]),
        ]
    }

    /// Mutations of the request id.
    pub(super) fn request_id(&self) -> Vec<Mutation> {
        let Some(id) = &self.contract.catalog.request_id else { return Vec::new() };
        let name = || id.header.clone();
        let set = |to: &str| Change::SetHeader { name: name(), to: to.to_owned() };
        const PRESENT: &[&str] = &["request-id-present"];
        vec![
            self.error(&header(&id.header, "removed"), Change::RemoveHeader { name: name() }, PRESENT),
            self.error(&header(&id.header, "empty"), set(""), PRESENT),
            self.error(&header(&id.header, "constant"), set("0000-0000"), &["request-id-unique"]),
        ]
    }

    /// Mutations of the headers that responses with a certain status or code must carry.
    pub(super) fn required_headers(&self) -> Vec<Mutation> {
        const PRESENT: &[&str] = &["required-headers"];
        let catalog = &self.contract.catalog;
        let mut all = Vec::new();
        for entry in &catalog.headers {
            let removed = |what: String, when| {
                let change = Change::RemoveHeader { name: entry.header.clone() };
                self.judged(header(&entry.header, &format!("removed-from-{what}")), when, change, PRESENT)
            };
            let statuses = || catalog.statuses.iter().copied().filter(|status| entry.applies(*status, None));
            let of_operation = |operation: Option<&String>| {
                let suffix = operation.map(|id| format!("-of-{id}")).unwrap_or_default();
                let with = |when: When| When { operation: operation.cloned(), ..when };
                let of_status = statuses().map(|to| {
                    let when = When { status: Some(to), ..When::default() };
                    removed(format!("{to}{suffix}"), with(when))
                });
                let of_code = entry.code.iter().map(|code| removed(format!("{code}{suffix}"), with(of(code))));
                of_status.chain(of_code).collect::<Vec<_>>()
            };
            match entry.operation.as_slice() {
                [] => all.extend(of_operation(None)),
                operations => all.extend(operations.iter().flat_map(|id| of_operation(Some(id)))),
            }
        }
        all
    }

    /// Mutations of the headers of a rate-limit error.
    pub(super) fn rate_limit(&self, limit: &RateLimit) -> Vec<Mutation> {
        let when = || When { code: Some(limit.code.clone()), ..When::default() };
        let one = |name: String, change, checks: &[&str]| self.judged(name, when(), change, checks);
        let names = [&limit.limit, &limit.remaining, &limit.reset, &limit.combined, &limit.retry_after];
        const HEADERS: &[&str] = &["rate-limit-headers"];
        let mut all = Vec::new();
        for name in names.into_iter().flatten() {
            let set = |to: &str| Change::SetHeader { name: name.clone(), to: to.to_owned() };
            all.push(one(header(name, "removed"), Change::RemoveHeader { name: name.clone() }, HEADERS));
            all.push(one(header(name, "retyped"), set("some"), HEADERS));
            all.push(one(header(name, "empty"), set(""), HEADERS));
        }
        let shift = |name: &String, by| Change::OffsetHeader { name: name.clone(), by };
        if let Some(name) = &limit.remaining {
            let twice = Change::RepeatHeader { name: name.clone(), to: "1".to_owned() };
            all.push(one(header(name, "one-more"), shift(name, 1), &["remaining-is-zero"]));
            all.push(one(header(name, "twice"), twice, &["remaining-is-zero"]));
        }
        if let Some(name) = &limit.reset {
            all.push(one(header(name, "an-hour-late"), shift(name, 3600), &["reset-agrees"]));
        }
        if let Some(name) = limit.retry_after.as_ref().filter(|_| limit.retry_after_form != RetryAfterForm::HttpDate) {
            let agree = &["retry-delay-agrees", "reset-agrees"];
            all.push(one(header(name, "longer"), shift(name, beyond_tolerance(limit)), agree));
        }
        all
    }
}

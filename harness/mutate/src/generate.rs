//! Generates the mutations of a contract from its codes, its envelope, its headers and its operations.
//!
//! A mutation is generated only if its result violates the contract. Mutations of a pair of operation and code are
//! generated for the pairs that the target has shown.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::blame::{of_checks, of_code, of_field};
use super::members;
use super::mutation::{Answers, Change, Mutation, When};
use generate::schema::pointer::below;
use spec::contract::{Contract, DetailsName, ErrorCode, Operation, RateLimit, RetryAfterForm, Success};

/// The error page of a web server.
const PAGE: &str = "<html><head><title>Error</title></head><body><center><h1>Error</h1></center></body></html>";
/// The default error body of several web frameworks.
const DETAIL: &str = r#"{"detail":"Not Found"}"#;

/// Internals of a server that no error may show.
const LEAKS: [(&str, &str); 3] = [
    ("python-trace", "\nTraceback (most recent call last):\n  File \"/srv/app/handlers.py\", line 42, in handle\n"),
    ("java-trace", "\njava.lang.NullPointerException\n\tat com.example.app.Handler.handle(Handler.java:42)\n"),
    ("sql", ": SELECT id, secret FROM accounts WHERE id = 42"),
];

/// All mutations for a contract; `observed` are the pairs of operation and code that the target has shown.
pub fn generate(contract: &Contract, observed: &BTreeSet<(String, String)>) -> Vec<Mutation> {
    let generator = Generator { contract };
    let catalog = &contract.catalog;
    let mut all = generator.envelope();
    all.extend(generator.message());
    all.extend(generator.body());
    all.extend(generator.request_id());
    all.extend(generator.required_headers());
    all.extend(catalog.rate_limit.iter().flat_map(|limit| generator.rate_limit(limit)));
    for (entry, status) in codes_with_status(contract) {
        all.extend(generator.code(entry, status));
        all.extend(generator.parts_of_code(entry));
    }
    all.extend(contract.operations.iter().flat_map(|operation| generator.operation(operation)));
    for (operation, code) in observed {
        let (Some(operation), Some(entry)) = (contract.operation(operation), catalog.code(code)) else { continue };
        all.extend(generator.pair(operation, entry));
    }
    all
}

/// The codes of responses to requests, each with its status.
fn codes_with_status(contract: &Contract) -> impl Iterator<Item = (&ErrorCode, u16)> {
    contract.catalog.codes.iter().filter_map(|entry| Some((entry, entry.status()?)))
}

struct Generator<'c> {
    contract: &'c Contract,
}

impl Generator<'_> {
    fn judged(&self, name: String, when: When, change: Change, checks: &[&str]) -> Mutation {
        Mutation { name, when, change, clauses: of_checks(self.contract, checks) }
    }

    /// A mutation of all errors.
    fn error(&self, name: &str, change: Change, checks: &[&str]) -> Mutation {
        self.judged(name.to_owned(), errors(), change, checks)
    }

    /// Mutations of the envelope and its code.
    fn envelope(&self) -> Vec<Mutation> {
        const PRESENT: &[&str] = &["envelope-present"];
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
        match super::change::code_value(name, &self.contract.catalog) {
            Value::String(_) => json!("SOME_OTHER_ERROR"),
            number => number,
        }
    }

    /// Mutations of the message, the details and the field.
    fn message(&self) -> Vec<Mutation> {
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
    fn body(&self) -> Vec<Mutation> {
        let media_type = |to: &str| Change::SetHeader { name: "Content-Type".to_owned(), to: to.to_owned() };
        let replaced =
            |media_type: &str, text: &str| Change::Replace { media_type: media_type.to_owned(), text: text.to_owned() };
        let documented = self.contract.catalog.envelope.media_type.as_str();
        const PRESENT: &[&str] = &["envelope-present"];
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
    fn request_id(&self) -> Vec<Mutation> {
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
    fn required_headers(&self) -> Vec<Mutation> {
        const PRESENT: &[&str] = &["required-headers"];
        let catalog = &self.contract.catalog;
        let mut all = Vec::new();
        for entry in &catalog.headers {
            let removed = |what: String, when| {
                let change = Change::RemoveHeader { name: entry.header.clone() };
                self.judged(header(&entry.header, &format!("removed-from-{what}")), when, change, PRESENT)
            };
            let statuses = catalog.statuses.iter().copied().filter(|status| entry.applies(*status, None));
            all.extend(statuses.map(|to| removed(to.to_string(), When { status: Some(to), ..When::default() })));
            all.extend(entry.code.iter().map(|code| removed(code.clone(), of(code))));
        }
        all
    }

    /// Mutations of the headers of a rate-limit error.
    fn rate_limit(&self, limit: &RateLimit) -> Vec<Mutation> {
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

    /// Mutations of every error with a code.
    fn code(&self, entry: &ErrorCode, status: u16) -> Vec<Mutation> {
        let code = entry.code.as_str();
        let one =
            |what: &str, change, checks: &[&str]| self.judged(format!("code/{code}/{what}"), of(code), change, checks);
        let replaced =
            |media_type: &str, text: &str| Change::Replace { media_type: media_type.to_owned(), text: text.to_owned() };
        const PRESENT: &[&str] = &["envelope-present"];
        // If the envelope is the whole body, any object is an envelope, but its members are missing.
        let is_whole_body = self.contract.catalog.envelope.pointers.envelope.is_empty();
        let no_members = if is_whole_body { &["code-registered", "message-present"] } else { PRESENT };
        const STATUS: &[&str] = &["status-matches-code", "status-documented", "status-in-body"];
        let mut all = vec![
            one("html-page", replaced("text/html", PAGE), PRESENT),
            one("framework-body", replaced(&self.contract.catalog.envelope.media_type, DETAIL), no_members),
        ];
        for to in self.other_statuses(&entry.statuses) {
            all.push(one(&format!("status-{to}"), Change::SetStatus { to }, STATUS));
        }
        for (other, to) in self.other_codes(code, status) {
            let change = Change::SetCode { to: other.to_owned(), status: to };
            let clauses = of_code(self.contract, code);
            all.push(Mutation { name: format!("code/{code}/code-{other}"), when: of(code), change, clauses });
        }
        all
    }

    /// Mutations of the members that an error with a code must have.
    fn parts_of_code(&self, entry: &ErrorCode) -> Vec<Mutation> {
        let (code, pointers) = (entry.code.as_str(), &self.contract.catalog.envelope.pointers);
        let one =
            |what: &str, change, checks: &[&str]| self.judged(format!("code/{code}/{what}"), of(code), change, checks);
        let set = |at: &String, to: Value| Change::SetMember { at: at.clone(), to };
        let mut all = Vec::new();
        let field = self.contract.catalog.envelope.first_field();
        if let Some(at) = field.filter(|_| entry.names_field) {
            let clauses = [of_checks(self.contract, &["field-names-member"]), of_field(self.contract, code)].concat();
            let changes = [
                ("field-removed", Change::RemoveMember { at: at.clone() }),
                ("field-other", Change::AppendText { at: at.clone(), text: "Other".to_owned() }),
            ];
            all.extend(changes.map(|(what, change)| Mutation {
                name: format!("code/{code}/{what}"),
                when: of(code),
                change,
                clauses: clauses.clone(),
            }));
        }
        let named = entry.details_name.map(|name| match name {
            DetailsName::Expiry => "expiry-named",
            DetailsName::RequestId => "request-id-in-details",
        });
        if let (Some(at), Some(check)) = (&pointers.details, named) {
            all.push(one("details-removed", Change::RemoveMember { at: at.clone() }, &[check]));
            all.push(one("details-other", set(at, json!("See the documentation")), &[check]));
        }
        let requires_delay = entry.requires.iter().any(|part| part == "retry_delay");
        if let Some(at) = pointers.retry_delay.as_ref().filter(|_| requires_delay) {
            const DELAY: &[&str] = &["retry-delay-present"];
            all.push(one("delay-removed", Change::RemoveMember { at: at.clone() }, DELAY));
            all.push(one("delay-retyped", set(at, json!("soon")), DELAY));
            all.push(one("delay-negative", set(at, json!(-1)), DELAY));
            let by = self.contract.catalog.rate_limit.as_ref().map_or(5, beyond_tolerance);
            let longer = Change::OffsetMember { at: at.clone(), by };
            all.push(one("delay-longer", longer, &["retry-delay-agrees"]));
        }
        all
    }

    /// A status of the same class, one of another class, and an undocumented one.
    fn other_statuses(&self, own: &[u16]) -> Vec<u16> {
        let documented = &self.contract.catalog.statuses;
        let errors = || documented.iter().copied().filter(|other| *other >= 400 && !own.contains(other));
        let is_of_same_class = |other: &u16| own.iter().any(|status| other / 100 == status / 100);
        let same = errors().find(is_of_same_class);
        let other = errors().find(|other| !is_of_same_class(other));
        let unknown = [418, 410, 406].into_iter().find(|unknown| !documented.contains(unknown));
        [same, other, unknown].into_iter().flatten().collect()
    }

    /// Another code with the same status, and one with another status.
    fn other_codes(&self, code: &str, status: u16) -> Vec<(&str, u16)> {
        let others = || codes_with_status(self.contract).filter(|(entry, _)| entry.code != code);
        let same = others().find(|(_, other)| *other == status);
        let other = others().find(|(_, other)| *other != status && other / 100 == status / 100);
        let other = other.or_else(|| others().find(|(_, other)| *other != status));
        [same, other].into_iter().flatten().map(|(entry, status)| (entry.code.as_str(), status)).collect()
    }

    /// Mutations of the successes of an operation.
    fn operation(&self, operation: &Operation) -> Vec<Mutation> {
        let name = |what: &str| format!("operation/{}/{what}", operation.id);
        let when =
            || When { operation: Some(operation.id.clone()), answers: Some(Answers::Successes), ..When::default() };
        let without_clause =
            |what: &str, change| Mutation { name: name(what), when: when(), change, clauses: Vec::new() };
        let mut all = Vec::new();
        for to in [200, 201, 202].into_iter().filter(|to| operation.success_of(*to).is_none()).take(1) {
            all.push(self.judged(name(&format!("status-{to}")), when(), Change::SetStatus { to }, &["success-status"]));
        }
        let server_error = codes_with_status(self.contract).max_by_key(|(_, status)| *status == 500);
        let not_found = codes_with_status(self.contract).max_by_key(|(_, status)| *status == 404);
        let mut refusals: Vec<(&ErrorCode, u16)> = [server_error, not_found].into_iter().flatten().collect();
        refusals.dedup_by_key(|(entry, _)| entry.code.clone());
        for (entry, status) in refusals {
            let change = Change::Refuse { code: entry.code.clone(), status };
            all.push(without_clause(&format!("refused-as-{}", entry.code), change));
        }
        if operation.method == "GET" {
            all.push(without_clause("stale", Change::Stale));
        }
        if let Some(success) = operation.successes.first().filter(|success| success.schema.is_some()) {
            all.extend(self.success_body(operation, success));
        }
        all
    }

    /// Mutations of the body of a success.
    fn success_body(&self, operation: &Operation, success: &Success) -> Vec<Mutation> {
        let when =
            || When { operation: Some(operation.id.clone()), answers: Some(Answers::Successes), ..When::default() };
        let one = |what: &str, change, checks: &[&str]| {
            self.judged(format!("operation/{}/{what}", operation.id), when(), change, checks)
        };
        let page = |text: &str| Change::Replace { media_type: "text/html".to_owned(), text: text.to_owned() };
        const BODY: &[&str] = &["success-body"];
        let mut all = vec![
            one("empty-body", Change::Replace { media_type: "application/json".to_owned(), text: String::new() }, BODY),
            one("html-page", page(PAGE), BODY),
            one("cut", Change::Truncate, BODY),
        ];
        for member in members::required(self.contract, operation, success) {
            let change = Change::RemoveMember { at: member.clone() };
            all.push(one(&format!("without{member}"), change, BODY));
        }
        for member in members::typed(self.contract, operation, success) {
            let change = Change::SetMember { at: member.clone(), to: json!({ "value": [] }) };
            all.push(one(&format!("retyped{member}"), change, BODY));
        }
        let catalog = &self.contract.catalog;
        if let Some(entry) = catalog.codes.first() {
            let pointers = &catalog.envelope.pointers;
            let code = super::change::code_value(&entry.code, catalog);
            let inner = pointers.code.strip_prefix(&pointers.envelope).unwrap_or_default();
            let (at, to) = match pointers.envelope.as_str() {
                "" => (pointers.code.clone(), code),
                envelope => {
                    let mut to = json!({});
                    super::body::grow(&mut to, inner, code);
                    (envelope.to_owned(), to)
                }
            };
            all.push(one("contains-an-error", Change::SetMember { at, to }, &["success-without-error"]));
        }
        all
    }

    /// Mutations of the errors of one operation with one code.
    fn pair(&self, operation: &Operation, entry: &ErrorCode) -> Vec<Mutation> {
        let (Some(status), code) = (entry.status(), entry.code.as_str()) else { return Vec::new() };
        let success = operation.successes.iter().find_map(|success| success.name.parse().ok()).unwrap_or(200);
        let others = self.other_codes(code, status).into_iter();
        let mut changes: Vec<(String, Change)> = others
            .map(|(other, to)| (format!("code-{other}"), Change::SetCode { to: other.to_owned(), status: to }))
            .collect();
        changes.push(("succeeds".to_owned(), Change::Succeed { status: success }));
        let one = |(what, change)| Mutation {
            name: format!("operation/{}/{code}/{what}", operation.id),
            when: When { operation: Some(operation.id.clone()), ..of(code) },
            change,
            clauses: of_code(self.contract, code),
        };
        changes.into_iter().map(one).collect()
    }
}

/// The seconds to add to a delay so that it is too long for the contract, but not for a test.
fn beyond_tolerance(limit: &RateLimit) -> i64 {
    limit.retry_play_seconds.max(limit.reset_play_seconds) + 2
}

fn errors() -> When {
    When { answers: Some(Answers::Errors), ..When::default() }
}

/// The errors of a code.
fn of(code: &str) -> When {
    When { code: Some(code.to_owned()), answers: Some(Answers::Errors), ..When::default() }
}

fn header(name: &str, what: &str) -> String {
    format!("header/{name}/{what}")
}

#[cfg(test)]
#[path = "generate_tests.rs"]
mod tests;

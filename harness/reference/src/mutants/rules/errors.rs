//! Mutations of a correct error response: its status, members, bytes and headers.
//!
//! These mutants need only the code of the error. Mutants that need its cause are in the file of that cause.

use serde_json::{Map, Value, json};

use super::Mutated;
use crate::clock::TimeRules as _;
use crate::errors::Code;
use crate::mutants::{Mutant, envelope, limits, resources, server, statuses};
use crate::request::RequestContext;
use crate::route::Operation;

/// What the mutants need to know about an error response.
#[derive(Debug)]
pub(super) struct ErrorSituation<'a> {
    pub(super) rules: &'a Mutated,
    pub(super) context: &'a RequestContext,
    pub(super) code: Code,
    /// The number of earlier errors.
    pub(super) count: u64,
}

const WRONG_STATUSES: &[(Code, Mutant, u16)] = &[
    (Code::AuthenticationFailed, statuses::AUTHENTICATION_AS_403, 403),
    (Code::TokenExpired, statuses::TOKEN_EXPIRED_AS_403, 403),
    (Code::InsufficientPermissions, statuses::PERMISSIONS_AS_401, 401),
    (Code::ValidationError, statuses::VALIDATION_AS_422, 422),
    (Code::InvalidFieldFormat, statuses::FORMAT_AS_400, 400),
    (Code::InvalidDocumentFormat, statuses::DOCUMENT_FORMAT_AS_400, 400),
    (Code::DocumentQualityInsufficient, statuses::QUALITY_AS_400, 400),
    (Code::VerificationFailed, statuses::VERIFICATION_FAILED_AS_409, 409),
    (Code::ResourceNotFound, statuses::NOT_FOUND_AS_400, 400),
    (Code::ResourceConflict, statuses::CONFLICT_AS_422, 422),
    (Code::DuplicateResource, statuses::DUPLICATE_AS_400, 400),
    (Code::RateLimitExceeded, statuses::RATE_LIMIT_AS_503, 503),
    (Code::InternalServerError, statuses::INTERNAL_AS_503, 503),
    (Code::InternalServerError, statuses::INTERNAL_AS_502, 502),
    (Code::ServiceUnavailable, statuses::UNAVAILABLE_AS_500, 500),
    (Code::WebhookSignatureInvalid, statuses::WEBHOOK_SIGNATURE_AS_403, 403),
    (Code::WebhookSignatureInvalid, statuses::WEBHOOK_SIGNATURE_AS_400, 400),
];

impl ErrorSituation<'_> {
    fn is_active(&self, mutant: Mutant) -> bool {
        self.rules.is_active(mutant)
    }

    fn applies(&self, code: Code, mutant: Mutant) -> bool {
        self.code == code && self.is_active(mutant)
    }

    fn is_fifth(&self) -> bool {
        self.count % 5 == 4
    }

    /// The status of the response.
    pub(super) fn status(&self, correct: u16) -> u16 {
        if self.is_fifth() && self.applies(Code::InvalidFieldFormat, statuses::EVERY_FIFTH_FORMAT_AS_400) {
            return 400;
        }
        WRONG_STATUSES
            .iter()
            .find(|(code, mutant, _)| self.applies(*code, *mutant))
            .map_or(correct, |(_, _, wrong)| *wrong)
    }

    /// Mutates the members of `error`.
    pub(super) fn mutate_members(&self, error: &mut Map<String, Value>) {
        self.mutate_code(error);
        self.mutate_message(error);
        self.mutate_details(error);
        self.mutate_field(error);
        self.mutate_retry_after(error);
        if self.is_active(envelope::UNDOCUMENTED_ERROR_MEMBER) {
            error.insert("documentationUrl".to_owned(), json!("https://example.com/errors"));
        }
    }

    fn mutate_code(&self, error: &mut Map<String, Value>) {
        let wrong = match () {
            () if self.is_active(envelope::CODE_MISSING) => {
                error.shift_remove("code");
                return;
            }
            () if self.is_active(envelope::NUMERIC_CODE) => json!(self.status(self.code.status())),
            () if self.is_active(envelope::LOWER_CASE_CODE) => json!(self.code.name().to_lowercase()),
            () if self.applies(Code::ResourceConflict, envelope::UNDOCUMENTED_CONFLICT_CODE) => {
                json!("STATE_CONFLICT")
            }
            () if self.applies(Code::ValidationError, envelope::CODE_WITH_TRAILING_SPACE) => {
                json!("VALIDATION_ERROR ")
            }
            () if self.context.operation == Some(Operation::GetTransaction)
                && self.applies(Code::ResourceNotFound, envelope::UNDOCUMENTED_CODE_ON_TRANSACTIONS) =>
            {
                json!("TRANSACTION_NOT_FOUND")
            }
            () => return,
        };
        error.insert("code".to_owned(), wrong);
    }

    fn mutate_message(&self, error: &mut Map<String, Value>) {
        let wrong = match () {
            () if self.is_active(envelope::MESSAGE_MISSING) => {
                error.shift_remove("message");
                return;
            }
            () if self.is_active(envelope::EMPTY_MESSAGE) => json!(""),
            () if self.is_fifth() && self.is_active(envelope::EVERY_FIFTH_MESSAGE_EMPTY) => json!(""),
            () if self.is_active(envelope::MESSAGE_IS_OBJECT) => json!({ "en": self.code.message() }),
            () if self.applies(Code::DocumentQualityInsufficient, envelope::NULL_MESSAGE_ON_QUALITY) => Value::Null,
            () => return,
        };
        error.insert("message".to_owned(), wrong);
    }

    fn mutate_details(&self, error: &mut Map<String, Value>) {
        let details = error.get("details").cloned().unwrap_or_else(|| json!("None"));
        let wrong = match () {
            () if self.applies(Code::ResourceNotFound, envelope::DETAILS_IS_OBJECT) => {
                json!({ "reason": details })
            }
            () if self.is_fifth() && self.is_active(envelope::EVERY_FIFTH_DETAILS_AS_OBJECT) => {
                json!({ "reason": details })
            }
            () if self.applies(Code::ValidationError, envelope::DETAILS_IS_ARRAY) => {
                json!([details])
            }
            () if self.applies(Code::InsufficientPermissions, envelope::NULL_DETAILS) => Value::Null,
            () if self.applies(Code::InternalServerError, server::REQUEST_ID_NOT_IN_DETAILS) => {
                json!("Please try again")
            }
            () if self.applies(Code::InternalServerError, server::ANOTHER_REQUEST_ID_IN_DETAILS) => {
                json!(format!("Request ID: {}x", self.context.request_id))
            }
            () => return,
        };
        error.insert("details".to_owned(), wrong);
    }

    fn mutate_field(&self, error: &mut Map<String, Value>) {
        if self.applies(Code::ResourceNotFound, envelope::NULL_FIELD) {
            error.insert("field".to_owned(), Value::Null);
        }
        let Some(name) = error.get("field").and_then(Value::as_str).map(str::to_owned) else {
            return;
        };
        match self.wrong_field(&name) {
            Some(Value::Null) => {
                error.shift_remove("field");
            }
            Some(wrong) => {
                error.insert("field".to_owned(), wrong);
            }
            None => {}
        }
    }

    /// The wrong value of `field`; null means that `field` is left out.
    fn wrong_field(&self, name: &str) -> Option<Value> {
        let format = Code::InvalidFieldFormat;
        match () {
            () if self.is_active(envelope::DROPS_FIELD) => Some(Value::Null),
            () if self.applies(format, envelope::DROPS_FORMAT_FIELD) => Some(Value::Null),
            () if self.applies(format, envelope::EMPTY_FIELD) => Some(json!("")),
            () if self.applies(format, envelope::FIELD_IS_ARRAY) => Some(json!([name])),
            () if self.is_active(envelope::FIELD_AS_JSON_POINTER) => Some(json!(format!("/{name}"))),
            () if self.is_active(envelope::FIELD_WITH_OBJECT_NAME) => Some(json!(format!("customer.{name}"))),
            () if self.is_active(envelope::FIELD_IN_SNAKE_CASE) => Some(json!(snake_case(name))),
            () if self.is_active(envelope::FIELD_ALWAYS_EMAIL) => Some(json!("email")),
            () => None,
        }
    }

    fn mutate_retry_after(&self, error: &mut Map<String, Value>) {
        if self.applies(Code::ServiceUnavailable, envelope::RETRY_AFTER_MEMBER_ON_UNAVAILABLE) {
            error.insert("retryAfter".to_owned(), json!(30));
        }
        let Some(seconds) = error.get("retryAfter").and_then(Value::as_u64) else {
            return;
        };
        if self.code != Code::RateLimitExceeded {
            return;
        }
        let wrong = match () {
            () if self.is_active(envelope::DROPS_RETRY_AFTER_MEMBER) => {
                error.shift_remove("retryAfter");
                return;
            }
            () if self.is_active(envelope::RETRY_AFTER_MEMBER_IS_STRING) => json!(seconds.to_string()),
            () if self.is_active(envelope::FRACTIONAL_RETRY_AFTER_MEMBER) => {
                json!(f64::from(u32::try_from(seconds).unwrap_or(1)) - 0.5)
            }
            () if self.is_active(envelope::NEGATIVE_RETRY_AFTER_MEMBER) => json!(-60),
            () if self.is_active(limits::RETRY_AFTER_DISAGREES) => json!(seconds + 30),
            () if self.is_active(limits::RETRY_AFTER_MEMBER_IN_MILLISECONDS) => json!(seconds * 1000),
            () => return,
        };
        error.insert("retryAfter".to_owned(), wrong);
    }

    /// The body around the members of `error`.
    pub(super) fn envelope(&self, error: Map<String, Value>, status: u16) -> Value {
        let bare_delete = self.context.operation == Some(Operation::DeleteCustomer)
            && self.is_active(envelope::BARE_ERROR_OBJECT_ON_DELETE);
        match () {
            () if bare_delete || self.is_active(envelope::BARE_ERROR_OBJECT) => Value::Object(error),
            () if self.is_active(envelope::ERROR_IN_ARRAY) => json!([{ "error": error }]),
            () if self.is_active(envelope::ERROR_IS_STRING) => json!({ "error": self.code.name() }),
            () if self.is_active(envelope::ERRORS_IN_PLURAL) => json!({ "errors": [error] }),
            () if self.is_active(envelope::UNDOCUMENTED_TOP_MEMBER) => {
                json!({ "error": error, "timestamp": self.rules.timestamp(), "status": status })
            }
            () if self.applies(Code::WebhookSignatureInvalid, envelope::WEBHOOK_ERRORS_AS_PLAIN_WORDS) => {
                json!("invalid signature")
            }
            () => json!({ "error": error }),
        }
    }

    /// The mutated bytes of the body.
    pub(super) fn mutate_bytes(&self, bytes: Vec<u8>) -> Vec<u8> {
        let empty = self.applies(Code::AuthenticationFailed, envelope::EMPTY_UNAUTHORISED_BODY)
            || self.applies(Code::InternalServerError, server::EMPTY_500);
        match () {
            () if empty => Vec::new(),
            () if self.is_html_page() => html_page(self.code.message()),
            () if self.is_active(envelope::CUT_SHORT_ERRORS) => bytes[..bytes.len() - 2].to_vec(),
            () if self.is_active(envelope::BOM_IN_ERRORS) => [b"\xef\xbb\xbf", bytes.as_slice()].concat(),
            () if self.is_active(envelope::DUPLICATE_MEMBER) => self.with_code_twice(&bytes),
            () if self.applies(Code::ResourceNotFound, envelope::LATIN_1_ERRORS) => with_latin_1(&bytes),
            () => bytes,
        }
    }

    fn is_html_page(&self) -> bool {
        self.applies(Code::InternalServerError, server::HTML_500_PAGE)
            || self.applies(Code::ServiceUnavailable, server::HTML_MAINTENANCE_PAGE)
            || (self.context.bad_escape && self.is_active(resources::HTML_PAGE_FOR_BAD_ESCAPES))
    }

    fn with_code_twice(&self, bytes: &[u8]) -> Vec<u8> {
        let doubled = format!("{{\"code\":\"{}\",\"code\":", self.code.name());
        String::from_utf8_lossy(bytes).replacen("{\"code\":", &doubled, 1).into_bytes()
    }

    /// The media type of the response; `None` if a mutant leaves it out.
    pub(super) fn media_type(&self, correct: &'static str) -> Option<&'static str> {
        match () {
            () if self.is_active(envelope::DROPS_CONTENT_TYPE) => None,
            () if self.is_active(envelope::TEXT_PLAIN_ERRORS) => Some("text/plain; charset=utf-8"),
            () if self.is_fifth()
                && self.code.status() < 500
                && self.is_active(envelope::EVERY_FIFTH_ERROR_AS_TEXT_PLAIN) =>
            {
                Some("text/plain")
            }
            () if self.is_active(envelope::PROBLEM_JSON_ERRORS) => Some("application/problem+json"),
            () if self.applies(Code::ResourceNotFound, envelope::NOT_FOUND_AS_TEXT_HTML) => Some("text/html"),
            () if self.applies(Code::WebhookSignatureInvalid, envelope::WEBHOOK_ERRORS_AS_TEXT_PLAIN) => {
                Some("text/plain")
            }
            () if self.is_html_page() => Some("text/html"),
            () => Some(correct),
        }
    }

    /// The request id in the response; `None` if a mutant leaves it out.
    pub(super) fn request_id(&self) -> Option<&str> {
        let below_500 = self.code.status() < 500;
        let on_401 = self.code.status() == 401 && self.is_active(server::DROPS_REQUEST_ID_ON_401);
        match () {
            () if below_500 && self.is_active(server::DROPS_REQUEST_ID) => None,
            () if below_500 && self.is_fifth() && self.is_active(server::EVERY_FIFTH_ERROR_WITHOUT_REQUEST_ID) => None,
            () if on_401 => None,
            () if below_500 && self.is_active(server::EMPTY_REQUEST_ID) => Some(""),
            () => Some(&self.context.request_id),
        }
    }
}

fn snake_case(name: &str) -> String {
    let mut snake = String::new();
    for one in name.chars() {
        if one.is_ascii_uppercase() {
            snake.push('_');
        }
        snake.push(one.to_ascii_lowercase());
    }
    snake
}

fn html_page(title: &str) -> Vec<u8> {
    format!("<!DOCTYPE html><html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>").into_bytes()
}

/// The bytes with a Latin-1 `é` at the beginning of the message.
fn with_latin_1(bytes: &[u8]) -> Vec<u8> {
    let mark = b"\"message\":\"";
    match bytes.windows(mark.len()).position(|window| window == mark) {
        Some(at) => {
            let (head, tail) = bytes.split_at(at + mark.len());
            [head, b"\xe9 ", tail].concat()
        }
        None => bytes.to_vec(),
    }
}

//! The error catalogue, `schemas/errors.yaml`: codes with their statuses, members, headers and retry rules.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::clauses::Clause;
use super::field_form::FieldForm;
use super::rate_limit::RateLimit;
use super::required_header::RequiredHeader;
use crate::forms::{CodeSchema, StatusesSchema, one_or_many_statuses};
use crate::source::{Problems, SourceFile, Step};

/// The structure of error responses, and the status of each code.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ErrorCatalog {
    /// The structure of error bodies.
    pub envelope: Envelope,
    /// The statuses that documented operations may return.
    pub statuses: Vec<u16>,
    /// The header that identifies a response, if the API has one.
    pub request_id: Option<RequestId>,
    /// The headers of rate-limit refusals, if the API has a rate limit.
    pub rate_limit: Option<RateLimit>,
    /// The headers that every response with a certain status or code carries; the check `required-headers` judges them.
    #[serde(default)]
    pub headers: Vec<RequiredHeader>,
    /// All error codes.
    pub codes: Vec<ErrorCode>,
}

/// Where the parts of an error body are.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Envelope {
    /// The file name of its JSON Schema, in the same folder.
    pub schema: String,
    /// The media type of error bodies, without parameters.
    pub media_type: String,
    /// Whether codes are strings or integers.
    pub code_type: CodeType,
    /// The form in which `pointers.field` names the invalid field.
    #[serde(default)]
    pub field_form: FieldForm,
    /// The JSON Pointer of each part.
    pub pointers: Pointers,
}

/// The JSON type of error codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum CodeType {
    /// `"NOT_FOUND"`.
    String,
    /// `40401`.
    Integer,
}

/// RFC 6901 pointers to the parts of an error body.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Pointers {
    /// The object that is the envelope; the empty string is the body itself.
    pub envelope: String,
    /// The error code.
    pub code: String,
    /// The message for people.
    pub message: String,
    /// The HTTP status, repeated in the body. The check `status-in-body` compares it with that of the response.
    pub status: Option<String>,
    /// Further details.
    pub details: Option<String>,
    /// The invalid field. A segment `*` is every element of an array, of which one must name the field:
    /// `/errors/*/pointer`.
    pub field: Option<String>,
    /// The number of seconds after which a retry makes sense.
    pub retry_delay: Option<String>,
}

impl Pointers {
    /// The pointer of a part that `requires` names.
    pub fn part(&self, name: &str) -> Option<&str> {
        match name {
            "status" => self.status.as_deref(),
            "details" => self.details.as_deref(),
            "field" => self.field.as_deref(),
            "retry_delay" => self.retry_delay.as_deref(),
            _ => None,
        }
    }
}

/// The header that identifies a response.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RequestId {
    /// The name of the header.
    pub header: String,
}

/// How a client should retry after an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Retry {
    /// The same request will fail again.
    Never,
    /// Renew the credential, then retry once.
    Credential,
    /// Retry after the delay that the response gives.
    AfterDelay,
    /// Retry with exponential backoff.
    Backoff,
}

/// Where a code can occur.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum OccursIn {
    /// In responses to requests.
    #[default]
    Response,
    /// Only in the log of webhook deliveries.
    DeliveryLog,
}

/// A value that `details` must contain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum DetailsValue {
    /// The time at which the credential expired, in RFC 3339 format.
    Expiry,
    /// The request id from the header.
    RequestId,
}

/// One published error code.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ErrorCode {
    /// The code as a string; an integer code is its digits.
    #[serde(deserialize_with = "code_text")]
    #[schemars(with = "CodeSchema")]
    pub code: String,
    /// The status, or a list of statuses if the code comes with one of several; absent for a code that never occurs in a
    /// response.
    #[serde(default, rename = "status", deserialize_with = "one_or_many_statuses")]
    #[schemars(with = "StatusesSchema")]
    pub statuses: Vec<u16>,
    /// Where it can occur.
    #[serde(default)]
    pub occurs_in: OccursIn,
    /// How a client should retry.
    pub retry: Retry,
    /// Parts that a response with this code must have, by their names in `pointers`.
    #[serde(default)]
    pub requires: Vec<String>,
    /// True if a response with this code names the invalid field, where there is one.
    #[serde(default)]
    pub names_field: bool,
    /// A value that `details` must contain.
    pub details_contain: Option<DetailsValue>,
    /// Why no test can observe the code; a certificate then does not require it, and a clause that is only about excluded
    /// codes is excluded, too. `to do: …` is not a reason: it only holds until the pack is finished.
    pub excluded: Option<String>,
    /// The section of the published documentation.
    pub page: String,
    /// What it means.
    pub means: String,
}

impl ErrorCode {
    /// The first documented status.
    pub fn status(&self) -> Option<u16> {
        self.statuses.first().copied()
    }

    /// The status, if the code always comes with the same one.
    pub fn only_status(&self) -> Option<u16> {
        self.status().filter(|_| self.statuses.len() == 1)
    }

    /// The statuses as messages show them; `None` for a code that never occurs in a response.
    pub fn statuses_in_words(&self) -> Option<String> {
        let all: Vec<String> = self.statuses.iter().map(u16::to_string).collect();
        (!all.is_empty()).then(|| all.join(" or "))
    }
}

impl ErrorCatalog {
    pub fn code(&self, code: &str) -> Option<&ErrorCode> {
        self.codes.iter().find(|entry| entry.code == code)
    }

    /// The code in an error body as a string; it need not be in the catalogue. A text that is too long for a code is cut.
    pub fn code_in(&self, body: &Value) -> Option<String> {
        const MAX_CODE_LENGTH: usize = 200;
        match (body.pointer(&self.envelope.pointers.code)?, self.envelope.code_type) {
            (Value::String(text), CodeType::String) if text.len() > MAX_CODE_LENGTH => {
                Some(format!("{}…", &text[..text.floor_char_boundary(MAX_CODE_LENGTH)]))
            }
            (Value::String(code), CodeType::String) => Some(code.clone()),
            (Value::Number(code), CodeType::Integer) => Some(code.to_string()),
            _ => None,
        }
    }

    pub fn code_names(&self) -> Vec<String> {
        self.codes.iter().map(|entry| entry.code.clone()).collect()
    }
}

fn code_text<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    match Value::deserialize(deserializer)? {
        Value::String(text) => Ok(text),
        Value::Number(number) => Ok(number.to_string()),
        _ => Err(serde::de::Error::custom("a code must be a string or an integer")),
    }
}

pub(super) fn load(file: &SourceFile, problems: &mut Problems) -> Option<ErrorCatalog> {
    let catalog = problems.take(file.parse::<ErrorCatalog>())?;
    for (index, entry) in catalog.codes.iter().enumerate() {
        for fault in faults_of(&catalog, index, entry) {
            let at = ["codes".into(), index.into(), fault.0.into()];
            problems.0.push(file.problem(&at, fault.1));
        }
    }
    if let Some(limit) = &catalog.rate_limit
        && catalog.code(&limit.code).is_none()
    {
        let at = ["rate_limit".into(), "code".into()];
        let help = crate::source::suggestion(&limit.code, &catalog.code_names());
        let problem = file.problem(&at, format!("unknown code `{}`", limit.code));
        problems.0.push(problem.with_help(help));
    }
    Some(catalog)
}

/// Reports parts of the catalogue that only one check uses, if no clause names this check.
pub(super) fn check_judged(file: &SourceFile, catalog: &ErrorCatalog, clauses: &[Clause], problems: &mut Problems) {
    let status: &[&str] = &["envelope", "pointers", "status"];
    let parts: [(&[&str], bool, &str); 2] = [
        (&["headers"], !catalog.headers.is_empty(), "required-headers"),
        (status, catalog.envelope.pointers.status.is_some(), "status-in-body"),
    ];
    // Without clauses, their file is at fault.
    for (path, _, check) in parts.into_iter().filter(|(_, is_given, _)| *is_given && !clauses.is_empty()) {
        if clauses.iter().any(|clause| clause.checks.iter().any(|name| name == check)) {
            continue;
        }
        let at: Vec<Step> = path.iter().map(|key| Step::from(*key)).collect();
        let name = path.last().copied().unwrap_or_default();
        let problem =
            file.problem(&at, format!("nothing judges `{name}`, because no clause names the check `{check}`"));
        let help = format!("add `checks: [{check}]` to a clause in schemas/clauses.yaml");
        problems.0.push(problem.with_help(Some(help)));
    }
}

fn faults_of(catalog: &ErrorCatalog, index: usize, entry: &ErrorCode) -> Vec<(&'static str, String)> {
    let mut faults = Vec::new();
    if catalog.codes[..index].iter().any(|other| other.code == entry.code) {
        faults.push(("code", format!("duplicate code `{}`", entry.code)));
    }
    match (entry.occurs_in, entry.statuses.as_slice()) {
        (OccursIn::Response, []) => faults.push(("code", format!("code `{}` has no status", entry.code))),
        (OccursIn::DeliveryLog, [_, ..]) => {
            faults.push(("status", "a code with `occurs_in: delivery-log` must not have a status".to_owned()))
        }
        (OccursIn::Response, all) => {
            for (at, status) in all.iter().enumerate() {
                if !catalog.statuses.contains(status) {
                    faults.push(("status", format!("status {status} is not among the documented `statuses`")));
                } else if all[..at].contains(status) {
                    faults.push(("status", format!("status {status} is listed twice")));
                }
            }
        }
        (OccursIn::DeliveryLog, []) => {}
    }
    if entry.excluded.as_ref().is_some_and(|reason| reason.trim().is_empty()) {
        faults.push(("excluded", "`excluded` is empty: say why no test can observe the code".to_owned()));
    }
    for part in &entry.requires {
        if catalog.envelope.pointers.part(part).is_none() {
            faults.push(("requires", format!("`{part}` has no pointer in `envelope.pointers`")));
        }
    }
    faults
}

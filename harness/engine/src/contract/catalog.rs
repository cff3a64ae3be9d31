//! The error catalogue, `schemas/errors.yaml`: codes, statuses, members, headers, retry rules.

use serde::Deserialize;
use serde_json::Value;

use super::rate_limit::RateLimit;
use crate::source::{Problems, SourceFile};

/// What every error answer looks like, and which code comes with which status.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ErrorCatalog {
    /// The envelope's shape.
    pub envelope: Envelope,
    /// The statuses that documented operations may answer with.
    pub statuses: Vec<u16>,
    /// The header that identifies a response, if the API has one.
    #[serde(default)]
    pub request_id: Option<RequestId>,
    /// How refusals for too many requests describe themselves, if the API has such.
    #[serde(default)]
    pub rate_limit: Option<RateLimit>,
    /// The codes.
    pub codes: Vec<ErrorCode>,
}

/// Where things stand in an error body.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Envelope {
    /// The file name of its JSON Schema, in the same folder.
    pub schema: String,
    /// The media type of error bodies, without parameters.
    pub media_type: String,
    /// Whether codes are strings or integers.
    pub code_type: CodeType,
    /// Where each part stands.
    pub pointers: Pointers,
}

/// The JSON type of error codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CodeType {
    /// `"NOT_FOUND"`.
    String,
    /// `40401`.
    Integer,
}

/// RFC 6901 pointers to the parts of an error body.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pointers {
    /// The object that is the envelope; the empty string is the body itself.
    pub envelope: String,
    /// The code.
    pub code: String,
    /// The message.
    pub message: String,
    /// More about the case.
    #[serde(default)]
    pub details: Option<String>,
    /// The name of the field at fault.
    #[serde(default)]
    pub field: Option<String>,
    /// Seconds until the next attempt makes sense.
    #[serde(default)]
    pub retry_delay: Option<String>,
}

impl Pointers {
    /// The pointer of a part named in `requires`.
    pub fn part(&self, name: &str) -> Option<&str> {
        match name {
            "details" => self.details.as_deref(),
            "field" => self.field.as_deref(),
            "retry_delay" => self.retry_delay.as_deref(),
            _ => None,
        }
    }
}

/// The header that identifies a response.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RequestId {
    /// Its name.
    pub header: String,
}

/// What a client does after an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Retry {
    /// The same request will fail again.
    Never,
    /// Renew the credential, then try once more.
    Credential,
    /// Try again after the delay that the answer names.
    AfterDelay,
    /// Try again with growing pauses.
    Backoff,
}

/// Where a code can be met.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Surface {
    /// In answers to calls.
    #[default]
    Response,
    /// Only in the log of outbound deliveries.
    DeliveryLog,
}

/// Something that `details` must name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DetailsName {
    /// The credential's time of expiry, as RFC 3339.
    Expiry,
    /// The request id that the header shows.
    RequestId,
}

/// One published error code.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ErrorCode {
    /// The code, as text; an integer code is written in digits.
    #[serde(deserialize_with = "code_text")]
    pub code: String,
    /// Its status; absent for one that never answers a call.
    #[serde(default)]
    pub status: Option<u16>,
    /// Where it can be met.
    #[serde(default)]
    pub surface: Surface,
    /// What a client does.
    pub retry: Retry,
    /// Parts (named as in `pointers`) that must be there with this code.
    #[serde(default)]
    pub requires: Vec<String>,
    /// True when it names the one field at fault, where one is.
    #[serde(default)]
    pub names_field: bool,
    /// What `details` must name.
    #[serde(default)]
    pub details_name: Option<DetailsName>,
    /// Why no test can observe it, where none can; a certificate does not ask for it then.
    #[serde(default)]
    pub excluded: Option<String>,
    /// The section of the page.
    pub page: String,
    /// What it means, in our words.
    pub means: String,
}

impl ErrorCatalog {
    /// The entry of a code.
    pub fn code(&self, code: &str) -> Option<&ErrorCode> {
        self.codes.iter().find(|entry| entry.code == code)
    }

    /// The code in an error body, as text, registered or not.
    pub fn code_in(&self, body: &Value) -> Option<String> {
        match (body.pointer(&self.envelope.pointers.code)?, self.envelope.code_type) {
            (Value::String(code), CodeType::String) => Some(code.clone()),
            (Value::Number(code), CodeType::Integer) => Some(code.to_string()),
            _ => None,
        }
    }

    /// A text part of an error body.
    pub fn text_in<'b>(&self, body: &'b Value, pointer: &str) -> Option<&'b str> {
        body.pointer(pointer).and_then(Value::as_str)
    }

    /// All codes, as text.
    pub fn code_names(&self) -> Vec<String> {
        self.codes.iter().map(|entry| entry.code.clone()).collect()
    }
}

fn code_text<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    match Value::deserialize(deserializer)? {
        Value::String(text) => Ok(text),
        Value::Number(number) => Ok(number.to_string()),
        _ => Err(serde::de::Error::custom("a code is a string or an integer")),
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

fn faults_of(catalog: &ErrorCatalog, index: usize, entry: &ErrorCode) -> Vec<(&'static str, String)> {
    let mut faults = Vec::new();
    if catalog.codes[..index].iter().any(|other| other.code == entry.code) {
        faults.push(("code", format!("code `{}` stands here twice", entry.code)));
    }
    match (entry.surface, entry.status) {
        (Surface::Response, None) => faults.push(("code", format!("code `{}` has no status", entry.code))),
        (Surface::DeliveryLog, Some(_)) => {
            faults.push(("status", "a code of the delivery log has no status".to_owned()))
        }
        (Surface::Response, Some(status)) if !catalog.statuses.contains(&status) => {
            faults.push(("status", format!("status {status} is not among the documented `statuses`")));
        }
        _ => {}
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

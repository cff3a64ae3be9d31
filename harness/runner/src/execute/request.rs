//! Builds the request of a step: templates, path, credential, body, signature. `sending` sends it.

use chrono::{DateTime, Utc};
use serde::ser::Error as _;
use serde::{Deserialize as _, Serialize, Serializer};
use serde_json::Value;

use super::{form, sign};
use crate::client::url_as_sent;
use generate::documents;
use generate::documents::{Base64Text, DocumentSpec};
use judge::exchange::Request;
use judge::target::Target;
use spec::contract::{Contract, Operation};
use spec::scenario::{Sign, Step, Variables, template};

/// A request that is ready to be sent.
#[derive(Clone)]
pub struct Prepared {
    /// The request as reports may show it: the name of the variable stands for a credential.
    pub request: Request,
    /// The headers that carry credentials, as they are sent.
    pub secret_headers: Vec<(String, String)>,
    /// The credentials themselves, for the check `no-leak`.
    pub secrets: Vec<String>,
    /// When the credential expired, if it contains its expiry.
    pub expiry: Option<DateTime<Utc>>,
}

/// Builds the request of a step; the message of an error says what is missing.
pub fn prepare(
    contract: &Contract,
    target: &Target,
    base: &str,
    step: &Step,
    variables: &Variables,
    now: DateTime<Utc>,
) -> Result<Prepared, String> {
    let id = filled(step.call.as_deref().unwrap_or_default(), variables)?;
    let operation = contract.operation(&id).ok_or_else(|| format!("unknown operation `{id}`"))?;
    let url = url_as_sent(&format!("{base}{}", path_of(operation, step, variables)?));
    let path = url.strip_prefix(base).unwrap_or(&url).to_owned();
    let body = body_of(operation, step, variables)?;
    let actor = filled(step.actor.as_deref().unwrap_or("anonymous"), variables)?;
    let mut headers: Vec<(String, String)> = Vec::new();
    if let (Some(media_type), true) = (&operation.media_type, body.is_some()) {
        headers.push(("content-type".to_owned(), media_type.clone()));
    }
    let body = body.unwrap_or_default();
    if let Some(sign) = &step.sign {
        headers.extend(signature(contract, target, sign, &body, variables, now)?);
    }
    let mut prepared = Prepared {
        request: Request {
            operation: operation.id.clone(),
            actor: actor.clone(),
            method: operation.method.clone(),
            url,
            path,
            headers: Vec::new(),
            body: body.into(),
        },
        secret_headers: Vec::new(),
        secrets: Vec::new(),
        expiry: None,
    };
    if let Some(credential) = target.credentials.get(&actor).filter(|_| step.actor.is_some()) {
        let header = credential
            .header(&actor, &contract.schemes, step.alter)
            .ok_or_else(|| format!("the contract has no header for the credential of {actor}"))?;
        prepared.expiry = credential.expiry();
        prepared.secrets = vec![header.credential, credential.expose().to_owned()];
        prepared.secrets.retain(|secret| secret.len() >= 6);
        headers.push((header.name.clone(), header.shell));
        prepared.secret_headers.push((header.name, header.value));
    }
    set_headers(step, variables, &mut headers)?;
    prepared.request.headers =
        headers.into_iter().map(|(name, value)| (name.to_lowercase(), value.into_bytes())).collect();
    Ok(prepared)
}

fn filled(text: &str, variables: &Variables) -> Result<String, String> {
    template::text(text, variables).map_err(|missing| format!("`{}` has no value", missing.0))
}

/// The path with its parameters and query. Template values are percent-encoded. Literal text and `${raw(…)}` are sent
/// unchanged.
fn path_of(operation: &Operation, step: &Step, variables: &Variables) -> Result<String, String> {
    let missing = |missing: template::Undefined| format!("`{}` has no value", missing.0);
    let mut path = operation.path.clone();
    for name in operation.parameters() {
        let own = format!("${{{name}}}");
        let value = template::segment(step.path.get(name).unwrap_or(&own), variables).map_err(missing)?;
        path = path.replace(&format!("{{{name}}}"), &value);
    }
    let mut query = Vec::new();
    for (name, value) in &step.query {
        let name = template::percent_encoded(&filled(name, variables)?);
        let values = match template::value(value, variables).map_err(missing)? {
            Value::Array(values) => values,
            one => vec![one],
        };
        query.extend(values.iter().map(|value| {
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            format!("{name}={}", template::percent_encoded(&text))
        }));
    }
    if !query.is_empty() {
        path.push(if path.contains('?') { '&' } else { '?' });
        path.push_str(&query.join("&"));
    }
    Ok(path)
}

/// The body of a step; `None` if the operation has none. An object is a form or JSON, depending on the content type.
pub(super) fn body_of(operation: &Operation, step: &Step, variables: &Variables) -> Result<Option<Vec<u8>>, String> {
    if let Some(bytes) = &step.bytes {
        return Ok(Some(bytes.to_vec()));
    }
    if let Some(raw) = &step.raw {
        return Ok(Some(filled(raw, variables)?.into_bytes()));
    }
    if let Some(text) = &step.raw_base64 {
        return documents::decoded(text).map(Some).ok_or_else(|| "`raw_base64` is not Base64".to_owned());
    }
    let template = match (&step.body, &operation.example) {
        (Some(body), _) => body.clone(),
        (None, Some(example)) => edited(example, step, variables)?,
        (None, None) => return Ok(None),
    };
    let value = template::value(&template, variables).map_err(|missing| format!("`{}` has no value", missing.0))?;
    if form::sends_form(operation, step) {
        let value = serde_json::to_value(WithDocuments(&value)).map_err(|error| error.to_string())?;
        if let Some(text) = form::encoded(&value) {
            return Ok(Some(text.into_bytes()));
        }
    }
    let mut body = Vec::with_capacity(documents_length(&value) + SHORT_BODY);
    serde_json::to_writer(&mut body, &WithDocuments(&value)).map_err(|error| error.to_string())?;
    Ok(Some(body))
}

/// The space for a body besides its documents.
const SHORT_BODY: usize = 1024;

/// The length of the large documents in the body of a step. An error shows when the body is built.
pub(super) fn length_of_documents(step: &Step, variables: &Variables) -> usize {
    let values = step.with.values().chain(&step.body);
    let filled = values.filter_map(|value| template::value(value, variables).ok());
    filled.map(|value| documents_length(&value)).sum()
}

fn edited(example: &Value, step: &Step, variables: &Variables) -> Result<Value, String> {
    let Value::Object(members) = example else {
        return Ok(example.clone());
    };
    let mut members = members.clone();
    for name in &step.without {
        members.shift_remove(&filled(name, variables)?);
    }
    for (name, value) in &step.with {
        members.insert(filled(name, variables)?, value.clone());
    }
    Ok(Value::Object(members))
}

/// A value in which each `{ $document: … }` is written as the Base64 of such a document.
struct WithDocuments<'v>(&'v Value);

impl Serialize for WithDocuments<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if let Some(spec) = document_of(self.0) {
            let document = spec.and_then(Base64Text::new).map_err(S::Error::custom)?;
            return serializer.collect_str(&document);
        }
        match self.0 {
            Value::Object(members) => {
                serializer.collect_map(members.iter().map(|(name, inner)| (name, WithDocuments(inner))))
            }
            Value::Array(elements) => serializer.collect_seq(elements.iter().map(WithDocuments)),
            other => other.serialize(serializer),
        }
    }
}

/// The description of a document, if the value is one.
fn document_of(value: &Value) -> Option<Result<DocumentSpec, String>> {
    let members = value.as_object().filter(|members| members.len() == 1)?;
    let spec = members.get("$document")?;
    Some(DocumentSpec::deserialize(spec).map_err(|error| format!("$document: {error}")))
}

/// The length of all documents of a given size, in Base64.
fn documents_length(value: &Value) -> usize {
    if let Some(spec) = document_of(value) {
        return spec.ok().and_then(|spec| spec.bytes).unwrap_or(0).div_ceil(3).saturating_mul(4);
    }
    match value {
        Value::Object(members) => members.values().map(documents_length).sum(),
        Value::Array(elements) => elements.iter().map(documents_length).sum(),
        _ => 0,
    }
}

fn signature(
    contract: &Contract,
    target: &Target,
    sign: &Sign,
    body: &[u8],
    variables: &Variables,
    now: DateTime<Utc>,
) -> Result<Vec<(String, String)>, String> {
    let signing = contract.conventions.signing.as_ref().ok_or("the contract defines no signing")?;
    let secret = target
        .credentials
        .get(&signing.secret_actor)
        .ok_or_else(|| format!("no secret for the actor {}", signing.secret_actor))?;
    let mut sign = sign.clone();
    if let Some(text) = &sign.timestamp {
        sign.timestamp = Some(filled(text, variables)?);
    }
    if let Some(text) = &sign.secret {
        sign.secret = Some(filled(text, variables)?);
    }
    if let Some(text) = &sign.signed_body {
        sign.signed_body = Some(filled(text, variables)?);
    }
    Ok(sign::headers(signing, &sign, secret.expose(), body, now.timestamp()))
}

fn set_headers(step: &Step, variables: &Variables, headers: &mut Vec<(String, String)>) -> Result<(), String> {
    for (name, value) in &step.headers {
        let name = filled(name, variables)?;
        headers.retain(|(other, _)| !other.eq_ignore_ascii_case(&name));
        if let Some(value) = value {
            headers.push((name, filled(value, variables)?));
        }
    }
    Ok(())
}

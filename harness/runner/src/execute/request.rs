//! Builds the request of a call: templates, path, credential, body, signature. `sending` sends it.

use std::io;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::ser::Error as _;
use serde::{Deserialize as _, Serialize, Serializer};
use serde_json::Value;

use super::{form, sign};
use crate::client::url_as_sent;
use generate::documents::{Base64Text, DocumentSpec};
use judge::exchange::{Body, Request};
use judge::target::Target;
use spec::contract::Contract;
use spec::percent;
use spec::scenario::plan::{RequestBody, Sign};
use spec::scenario::template::{Template, Undefined};
use spec::scenario::{Call, Variables};

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

/// Builds the request of a call; the message of an error says what is missing.
pub fn prepare(
    contract: &Contract,
    target: &Target,
    base: &str,
    call: &Call,
    variables: &Variables,
    now: DateTime<Utc>,
) -> Result<Prepared, String> {
    let operation = &call.operation;
    let url = url_as_sent(&format!("{base}{}", path_of(call, variables)?));
    let path = url.strip_prefix(base).unwrap_or(&url).to_owned();
    let own_headers = headers_of(call, variables)?;
    let body = body_of(call, &own_headers, variables)?;
    let actor = call.actor.as_deref().unwrap_or("anonymous");
    let mut headers: Vec<(String, String)> = Vec::new();
    if let (Some(media_type), true) = (&operation.media_type, body.is_some()) {
        headers.push(("content-type".to_owned(), media_type.clone()));
    }
    let body = body.unwrap_or_default();
    if let Some(sign) = &call.sign {
        headers.extend(signature(contract, target, sign, &body, variables, now)?);
    }
    let mut prepared = Prepared {
        request: Request {
            operation: operation.id.clone(),
            actor: actor.to_owned(),
            method: call.method.clone(),
            url,
            path,
            headers: Vec::new(),
            body,
        },
        secret_headers: Vec::new(),
        secrets: Vec::new(),
        expiry: None,
    };
    if let Some(credential) = target.credentials.get(actor).filter(|_| call.actor.is_some()) {
        let header = credential
            .header(actor, &contract.schemes, call.alter)
            .ok_or_else(|| format!("the contract has no header for the credential of {actor}"))?;
        prepared.expiry = credential.expiry();
        prepared.secrets = vec![header.credential, credential.expose().to_owned()];
        prepared.secrets.retain(|secret| secret.len() >= 6);
        headers.push((header.name.clone(), header.shell));
        prepared.secret_headers.push((header.name, header.value));
    }
    for (name, value) in own_headers {
        headers.retain(|(other, _)| !other.eq_ignore_ascii_case(&name));
        headers.extend(value.map(|value| (name, value)));
    }
    prepared.request.headers =
        headers.into_iter().map(|(name, value)| (name.to_lowercase(), value.into_bytes())).collect();
    Ok(prepared)
}

fn missing(variable: Undefined) -> String {
    format!("`{}` has no value", variable.0)
}

fn filled(text: &Template, variables: &Variables) -> Result<String, String> {
    text.text(variables).map_err(missing)
}

/// The path with its parameters and query. Template values are percent-encoded. Literal text and `${raw(…)}` are sent
/// unchanged.
fn path_of(call: &Call, variables: &Variables) -> Result<String, String> {
    let mut path = match &call.send_to {
        Some(path) => path.segment(variables).map_err(missing)?,
        None => call.operation.path.clone(),
    };
    for (name, value) in &call.path {
        path = path.replace(&format!("{{{name}}}"), &value.segment(variables).map_err(missing)?);
    }
    let mut query = Vec::new();
    for (name, value) in &call.query {
        let name = percent::encoded(&filled(name, variables)?);
        let values = match value.value(variables).map_err(missing)? {
            Value::Array(values) => values,
            one => vec![one],
        };
        query.extend(values.iter().map(|value| {
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            format!("{name}={}", percent::encoded(&text))
        }));
    }
    if !query.is_empty() {
        path.push(if path.contains('?') { '&' } else { '?' });
        path.push_str(&query.join("&"));
    }
    Ok(path)
}

/// The headers that the call itself sets or removes.
pub(crate) fn headers_of(call: &Call, variables: &Variables) -> Result<Vec<(String, Option<String>)>, String> {
    let header = |(name, value): &(Template, Option<Template>)| {
        let value = value.as_ref().map(|value| filled(value, variables)).transpose()?;
        Ok((filled(name, variables)?, value))
    };
    call.headers.iter().map(header).collect()
}

/// The body of a call; `None` if it has none. An object is a form or JSON, depending on the content type.
pub(super) fn body_of(
    call: &Call,
    headers: &[(String, Option<String>)],
    variables: &Variables,
) -> Result<Option<Body>, String> {
    let template = match &call.body {
        RequestBody::None => return Ok(None),
        RequestBody::Bytes(bytes) => return Ok(Some(bytes.to_vec().into())),
        RequestBody::Text(text) => return Ok(Some(filled(text, variables)?.into_bytes().into())),
        RequestBody::Value(template) => template,
    };
    let value = template.value(variables).map_err(missing)?;
    if form::sends_form(&call.operation, headers) {
        let value = serde_json::to_value(WithDocuments(&value)).map_err(|error| error.to_string())?;
        if let Some(text) = form::encoded(&value) {
            return Ok(Some(text.into_bytes().into()));
        }
    }
    let length = documents_length(&value);
    let write = move |out: &mut dyn io::Write| Ok(serde_json::to_writer(out, &WithDocuments(&value))?);
    // A signature needs the whole body.
    let body = if length > LONG_DOCUMENTS && call.sign.is_none() {
        Body::written(Arc::new(write))
    } else {
        let mut body = Vec::with_capacity(length + SHORT_BODY);
        write(&mut body).map(|()| body.into())
    };
    body.map(Some).map_err(|error| error.to_string())
}

/// The space for a body besides its documents.
const SHORT_BODY: usize = 1024;
/// With longer documents, in bytes of Base64, a JSON body is written while it is sent, and never kept.
const LONG_DOCUMENTS: usize = 1024 * 1024;

/// The length of the large documents in the body of a call. An error shows when the body is built.
pub(super) fn length_of_documents(call: &Call, variables: &Variables) -> usize {
    let RequestBody::Value(template) = &call.body else { return 0 };
    template.value(variables).map_or(0, |value| documents_length(&value))
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
    let text = |template: &Option<Template>| template.as_ref().map(|text| filled(text, variables)).transpose();
    let texts = sign::Texts {
        timestamp: text(&sign.timestamp)?.unwrap_or_else(|| (now.timestamp() + sign.offset_seconds).to_string()),
        secret: text(&sign.secret)?.unwrap_or_else(|| secret.expose().to_owned()),
        signed_body: text(&sign.signed_body)?.map_or_else(|| body.to_vec(), String::into_bytes),
    };
    Ok(sign::headers(signing, sign, texts))
}

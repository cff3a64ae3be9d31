//! Builds the request of a call: templates, path, credential, body, signature. `sending` sends it.

use std::io;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::Deserialize as _;
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
        let mut json = Vec::new();
        write_json(&value, &mut json).map_err(|error| error.to_string())?;
        let value = serde_json::from_slice(&json).map_err(|error| error.to_string())?;
        if let Some(text) = form::encoded(&value) {
            return Ok(Some(text.into_bytes().into()));
        }
    }
    let length = documents_length(&value);
    let write = move |out: &mut dyn io::Write| write_json(&value, out);
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

/// Writes a value as JSON. Each `{ $document: … }` in it is written as the Base64 of such a document, of which no
/// character needs an escape in JSON.
fn write_json(value: &Value, out: &mut dyn io::Write) -> io::Result<()> {
    if let Some(spec) = document_of(value) {
        let document = spec.and_then(Base64Text::new).map_err(io::Error::other)?;
        out.write_all(b"\"")?;
        document.write_to(out)?;
        return out.write_all(b"\"");
    }
    match value {
        Value::Object(members) => {
            out.write_all(b"{")?;
            for (index, (name, inner)) in members.iter().enumerate() {
                out.write_all(if index == 0 { b"" } else { b"," })?;
                serde_json::to_writer(&mut *out, name)?;
                out.write_all(b":")?;
                write_json(inner, out)?;
            }
            out.write_all(b"}")
        }
        Value::Array(elements) => {
            out.write_all(b"[")?;
            for (index, inner) in elements.iter().enumerate() {
                out.write_all(if index == 0 { b"" } else { b"," })?;
                write_json(inner, out)?;
            }
            out.write_all(b"]")
        }
        other => Ok(serde_json::to_writer(out, other)?),
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn documents_in_a_body_are_written_as_base64() {
        let value = json!({
            "a\"b": [1.5, null, "é\n", [], {}],
            "content": { "$document": { "kind": "text" } },
            "files": [{ "$document": { "kind": "empty" } }, true],
        });
        let mut out = Vec::new();
        write_json(&value, &mut out).expect("written");
        let mut written: Value = serde_json::from_slice(&out).expect("JSON");
        let content = generate::documents::decoded(written["content"].take().as_str().expect("a text"));
        assert!(content.is_some_and(|bytes| bytes.starts_with(b"This is a passport")));
        assert_eq!(written, json!({ "a\"b": [1.5, null, "é\n", [], {}], "content": null, "files": ["", true] }));
        let wrong = json!({ "content": { "$document": { "kind": "png", "bytes": 3 } } });
        let error = write_json(&wrong, &mut Vec::new()).expect_err("too small").to_string();
        assert!(error.contains("cannot make a Png of 3 bytes"), "{error}");
    }
}

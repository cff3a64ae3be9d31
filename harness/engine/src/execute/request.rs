//! Builds the request of a step: templates, path, credential, body, signature. `sending` sends it.

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};

use super::sign;
use crate::contract::{Contract, Operation};
use crate::documents::{self, DocumentSpec};
use crate::exchange::Request;
use crate::scenario::{Sign, Step, Variables, template};
use crate::target::{Target, url_as_sent};

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

/// The body of a step; `None` if the operation has none.
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
    let value = with_documents(value)?;
    Ok(Some(value.to_string().into_bytes()))
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

/// Replaces each `{ $document: … }` with the Base64 of such a document.
fn with_documents(value: Value) -> Result<Value, String> {
    Ok(match value {
        Value::Object(members) if members.len() == 1 && members.contains_key("$document") => {
            let spec = members.into_iter().next().map(|(_, spec)| spec).unwrap_or_default();
            let spec: DocumentSpec = serde_json::from_value(spec).map_err(|error| format!("$document: {error}"))?;
            Value::String(documents::base64(spec)?.to_string())
        }
        Value::Object(members) => {
            let mut filled = Map::new();
            for (name, inner) in members {
                filled.insert(name, with_documents(inner)?);
            }
            Value::Object(filled)
        }
        Value::Array(elements) => Value::Array(elements.into_iter().map(with_documents).collect::<Result<_, _>>()?),
        other => other,
    })
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

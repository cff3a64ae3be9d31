//! Applies a change to a response, as a pure function.

use serde_json::Value;

use super::body::{grow, parent, remove, rename, set, text};
use super::mutation::{Case, Change};
use super::notation::{escaped, indented, reversed};
use judge::exchange::{Body, Response};
use spec::contract::{CodeType, ErrorCatalog};

/// Further input of a change.
#[derive(Clone, Copy, Debug)]
pub struct Surroundings<'s> {
    /// The places of the members of an error body.
    pub catalog: &'s ErrorCatalog,
    /// The previous response to the same request.
    pub previous: Option<&'s Response>,
    /// The last successful response of the same operation.
    pub success: Option<&'s Response>,
    /// The JSON body of the previous request about the same resource, if it was refused.
    pub refused: Option<&'s Value>,
}

/// The changed response; `None` if the change does not apply, or if the result is equal to the response. A change of the
/// way of sending is the proxy's business, so its result is equal.
pub fn apply(change: &Change, response: &Response, surroundings: Surroundings<'_>) -> Option<Response> {
    let changed = match change {
        Change::SetStatus { to } => Response { status: *to, ..response.clone() },
        Change::SetCode { to, status } => set_code(response, to, *status, surroundings.catalog)?,
        Change::RemoveMember { at } => edited(response, |body| remove(body, at).map(drop))?,
        Change::RenameMember { at, to } => edited(response, |body| rename(body, at, to))?,
        Change::SetMember { at, to } => edited(response, |body| set(body, at, to.clone()))?,
        Change::OffsetMember { at, by } => edited(response, |body| {
            let number = body.pointer(at)?.as_i64()?;
            set(body, at, (number + by).into())
        })?,
        Change::AppendText { at, text } => edited(response, |body| {
            let whole = format!("{}{text}", body.pointer(at)?.as_str()?);
            set(body, at, whole.into())
        })?,
        Change::FormatMember { at, text: new } => edited(response, |body| {
            let old = text(body.pointer(at)?)?;
            set(body, at, new.replace("{}", &old).into())
        })?,
        Change::ChangeCase { at, to } => edited(response, |body| {
            let changed = in_case(body.pointer(at)?.as_str()?, *to);
            set(body, at, changed.into())
        })?,
        Change::Wrap { at } => edited(response, |body| {
            let element = body.pointer(at)?.clone();
            set(body, at, vec![element].into())
        })?,
        Change::Unwrap { at } => edited(response, |body| {
            let inner = body.pointer(at)?.clone();
            *body.pointer_mut(parent(at)?.0)? = inner;
            Some(())
        })?,
        Change::RepeatMember => with_body(response, repeated(&response.body)?),
        Change::RemoveHeader { name } => without_header(response, name),
        Change::SetHeader { name, to } => with_header(&without_header(response, name), name, to),
        Change::RepeatHeader { name, to } => {
            response.header_bytes(name)?;
            let mut changed = response.clone();
            changed.headers.insert(0, (name.to_ascii_lowercase(), to.clone().into_bytes()));
            changed
        }
        Change::OffsetHeader { name, by } => {
            let number = response.header(name)?.parse::<i64>().ok()? + by;
            with_header(&without_header(response, name), name, &number.to_string())
        }
        Change::ByteOrderMark => with_body(response, [b"\xef\xbb\xbf", &response.body[..]].concat()),
        Change::Utf16 => utf16(response)?,
        Change::Latin1 => with_body(response, latin_1(std::str::from_utf8(&response.body).ok()?)),
        Change::Truncate => with_body(response, response.body[..response.body.len() / 2].to_vec()),
        Change::Replace { media_type, text } => {
            with_body(&with_media_type(response, media_type), text.clone().into_bytes())
        }
        Change::Succeed { status } => succeed(response, *status, surroundings.success),
        Change::Refuse { code, status } => refuse(response, code, *status, surroundings.catalog),
        Change::Stale => stale(response, surroundings.previous?),
        Change::ShowRefused => {
            let refused = surroundings.refused?.as_object()?;
            edited(response, |body| {
                let shown = body.as_object_mut()?.iter_mut();
                shown
                    .filter(|(name, _)| refused.contains_key(*name))
                    .for_each(|(name, value)| *value = refused[name].clone());
                Some(())
            })?
        }
        Change::AppendHeader { name, text } => {
            let whole = format!("{}{text}", response.header(name)?);
            with_header(&without_header(response, name), name, &whole)
        }
        Change::UpperCaseHeader { name } => {
            let capitals = response.header(name)?.to_ascii_uppercase();
            with_header(&without_header(response, name), name, &capitals)
        }
        Change::TitleCaseHeaders | Change::Close | Change::Delay { .. } => return Some(response.clone()),
        Change::Drop | Change::Repeat => return None,
        Change::Chunk { .. } => return (!response.body.is_empty()).then(|| response.clone()),
        Change::ReverseMembers => with_body(response, reversed(response.json()?).to_string().into_bytes()),
        Change::Indent => with_body(response, indented(&response.json()?)?),
        Change::EscapeCharacters => with_body(response, escaped(&response.json()?.to_string())),
        Change::Several { changes } => {
            let one = |changed: Response, change| apply(change, &changed, surroundings).unwrap_or(changed);
            changes.iter().fold(response.clone(), one)
        }
    };
    let same =
        changed.status == response.status && changed.body == response.body && changed.headers == response.headers;
    (!same).then_some(changed)
}

fn set_code(response: &Response, to: &str, status: u16, catalog: &ErrorCatalog) -> Option<Response> {
    let at = &catalog.envelope.pointers.code;
    let changed = edited(response, |body| {
        body.pointer(at)?;
        // The status in the body stays right: the mutation is about the code.
        if let Some(at) = catalog.envelope.pointers.status.as_deref().filter(|at| body.pointer(at).is_some()) {
            set(body, at, status.into());
        }
        set(body, at, code_value(to, catalog))
    })?;
    Some(Response { status, ..changed })
}

/// A code as the envelope writes it.
pub(super) fn code_value(code: &str, catalog: &ErrorCatalog) -> Value {
    match (catalog.envelope.code_type, code.parse::<i64>()) {
        (CodeType::Integer, Ok(number)) => number.into(),
        _ => code.into(),
    }
}

fn edited(response: &Response, edit: impl FnOnce(&mut Value) -> Option<()>) -> Option<Response> {
    let mut body = response.json()?;
    edit(&mut body)?;
    Some(with_body(response, body.to_string().into_bytes()))
}

fn with_body(response: &Response, body: impl Into<Body>) -> Response {
    Response { body: body.into(), ..response.clone() }
}

fn with_media_type(response: &Response, media_type: &str) -> Response {
    with_header(&without_header(response, "content-type"), "content-type", media_type)
}

fn with_header(response: &Response, name: &str, value: &str) -> Response {
    let mut changed = response.clone();
    changed.headers.push((name.to_ascii_lowercase(), value.as_bytes().to_vec()));
    changed
}

fn without_header(response: &Response, name: &str) -> Response {
    let mut changed = response.clone();
    changed.headers.retain(|(found, _)| !found.eq_ignore_ascii_case(name));
    changed
}

/// The text of an object with its first member twice.
fn repeated(body: &[u8]) -> Option<Vec<u8>> {
    let Ok(Value::Object(members)) = serde_json::from_slice::<Value>(body) else { return None };
    let (name, value) = members.iter().next()?;
    let whole = Value::Object(members.clone()).to_string();
    let first = format!("{{{}:{value},", Value::String(name.clone()));
    Some(whole.replacen('{', &first, 1).into_bytes())
}

fn in_case(name: &str, case: Case) -> String {
    if case == Case::Lower {
        return name.to_lowercase();
    }
    let mut snake = String::new();
    for one in name.chars() {
        if one.is_uppercase() {
            snake.push('_');
        }
        snake.extend(one.to_lowercase());
    }
    snake
}

/// The bytes in ISO 8859-1; a question mark stands for each character that it does not have.
fn latin_1(text: &str) -> Vec<u8> {
    text.chars().map(|one| u8::try_from(u32::from(one)).unwrap_or(b'?')).collect()
}

fn utf16(response: &Response) -> Option<Response> {
    let text = std::str::from_utf8(&response.body).ok().filter(|text| !text.is_empty())?;
    let bytes: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let media_type = response.header("content-type").unwrap_or_default();
    let essence = media_type.split(';').next().unwrap_or_default().trim();
    Some(with_body(&with_media_type(response, &format!("{essence}; charset=utf-16le")), bytes))
}

fn succeed(response: &Response, status: u16, success: Option<&Response>) -> Response {
    let empty = status == 204;
    match success.filter(|_| !empty) {
        Some(success) => {
            let media_type = success.header("content-type").unwrap_or("application/json");
            Response { status, ..with_body(&with_media_type(response, media_type), success.body.clone()) }
        }
        None if empty => Response { status, ..with_body(&without_header(response, "content-type"), Vec::new()) },
        None => Response { status, ..with_body(&with_media_type(response, "application/json"), b"{}".to_vec()) },
    }
}

fn refuse(response: &Response, code: &str, status: u16, catalog: &ErrorCatalog) -> Response {
    let pointers = &catalog.envelope.pointers;
    let mut body = Value::Object(serde_json::Map::new());
    grow(&mut body, &pointers.code, code_value(code, catalog));
    grow(&mut body, &pointers.message, "The request was refused".into());
    if let Some(at) = &pointers.status {
        grow(&mut body, at, status.into());
    }
    let typed = with_media_type(response, &catalog.envelope.media_type);
    Response { status, ..with_body(&typed, body.to_string().into_bytes()) }
}

/// The previous status and body with the headers of the new response. A cache also writes its own dates and request
/// ids.
fn stale(response: &Response, previous: &Response) -> Response {
    Response { status: previous.status, ..with_body(response, previous.body.clone()) }
}

#[cfg(test)]
#[path = "change_tests.rs"]
mod tests;

//! Checks uploaded documents: encoding, size, type and quality.

mod content;
pub(crate) mod image;
mod kind;

use serde_json::{Map, Value};

#[cfg(test)]
pub(crate) use content::decode;
pub(crate) use content::{decode_without_breaks, unfit};
pub(crate) use kind::DocumentKind;

use crate::errors::ApiError;
use crate::fields::{self, FieldRules};
use image::Headers;

/// The size limit of a decoded document.
pub(crate) const LARGEST: usize = 10 * 1024 * 1024;

/// An accepted document.
#[derive(Debug)]
pub(crate) struct Document {
    /// The kind of identity document, such as `PASSPORT`.
    pub(crate) purpose: String,
    pub(crate) media_type: String,
    pub(crate) size: usize,
}

/// Which documents are accepted.
pub(crate) trait DocumentRules: FieldRules {
    /// Whether empty content has its own error. DOC-2: otherwise it is of an unsupported type.
    fn empty_content(&self) -> Option<ApiError> {
        None
    }

    /// DOC-4: content that is not Base64.
    fn decode(&self, text: &str) -> Result<Vec<u8>, ApiError> {
        content::decode(text)
    }

    /// DOC-3: the size limit of a decoded document.
    fn largest(&self) -> usize {
        LARGEST
    }

    /// DOC-3: a document that is too large.
    fn oversize(&self) -> ApiError {
        oversize()
    }

    fn checks_content(&self, _members: &Map<String, Value>) -> bool {
        true
    }

    /// DOC-1: the type of a document, by its first bytes.
    fn kind(&self, bytes: &[u8]) -> DocumentKind {
        kind::of(bytes)
    }

    /// DOC-2: content of any other type.
    fn unsupported(&self, _bytes: &[u8], _declared: DocumentKind) -> Result<(), ApiError> {
        Err(unfit("Document must be JPG, PNG, or PDF. Max size: 10MB"))
    }

    /// DOC-5: whether the content may be of another type than the declared one.
    fn ignores_declared_type(&self, _declared: DocumentKind) -> bool {
        false
    }

    /// Damaged and tiny files of a right type are left open.
    fn check_integrity(&self, _bytes: &[u8], _kind: DocumentKind) -> Result<(), ApiError> {
        Ok(())
    }

    /// DOC-6: the resolution and the colour of an image.
    fn check_quality(&self, headers: Headers, _kind: DocumentKind) -> Result<(), ApiError> {
        image::judge(&headers)
    }
}

/// The document in a request, or the error if it is not acceptable.
pub(crate) fn judge(members: &Map<String, Value>, rules: &dyn DocumentRules) -> Result<Document, ApiError> {
    let purpose = named(members, "type", rules)?;
    let media_type = named(members, "contentType", rules)?;
    let text = fields::required_text(members, "content", rules)?;
    if text.is_empty()
        && let Some(fault) = rules.empty_content()
    {
        return Err(fault);
    }
    let bytes = rules.decode(text)?;
    if bytes.len() > rules.largest() {
        return Err(rules.oversize());
    }
    if rules.checks_content(members) {
        refuse_unfit(&bytes, kind::declared(&media_type), rules)?;
    }
    Ok(Document { purpose, media_type, size: bytes.len() })
}

/// The error for a document that is too large.
pub(crate) fn oversize() -> ApiError {
    unfit("Document must not be larger than 10MB")
}

fn named(members: &Map<String, Value>, name: &'static str, rules: &dyn FieldRules) -> Result<String, ApiError> {
    let text = fields::required_text(members, name, rules)?;
    if text.is_empty() {
        return Err(ApiError::invalid(name, format!("Field '{name}' must not be empty")));
    }
    Ok(text.to_owned())
}

fn refuse_unfit(bytes: &[u8], declared: DocumentKind, rules: &dyn DocumentRules) -> Result<(), ApiError> {
    let kind = rules.kind(bytes);
    if kind == DocumentKind::Unsupported {
        return rules.unsupported(bytes, declared);
    }
    if kind != declared && !rules.ignores_declared_type(declared) {
        return Err(unfit("The content is not of the declared type"));
    }
    rules.check_integrity(bytes, kind)?;
    image::headers(bytes, kind).map_or(Ok(()), |headers| rules.check_quality(headers, kind))
}

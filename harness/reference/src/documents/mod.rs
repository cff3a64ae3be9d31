//! Documents: what may be uploaded, and whether it is good enough.

mod content;
mod image;

use serde_json::{Map, Value};

use crate::defects::{Flaws, documents, statuses};
use crate::errors::{Code, Fault};
use crate::fields;

/// The largest document, decoded.
const LARGEST: usize = 10 * 1024 * 1024;
const SMALLER_LIMIT: usize = 5 * 1024 * 1024;
const FEWEST_DPI: f64 = 300.0;

/// What a document is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Jpeg,
    Png,
    Pdf,
    /// None of the permitted kinds; only a defect goes on with it.
    Foreign,
}

/// A document that was accepted.
#[derive(Debug)]
pub(crate) struct Document {
    /// What it is for: `PASSPORT` and the like.
    pub(crate) purpose: String,
    pub(crate) media_type: String,
    pub(crate) size: usize,
}

/// The document that a request holds, if it is fit.
pub(crate) fn judge(members: &Map<String, Value>, flaws: &Flaws) -> Result<Document, Fault> {
    let purpose = named(members, "type", flaws)?;
    let media_type = named(members, "contentType", flaws)?;
    let text = fields::required_text(members, "content", flaws)?;
    refuse_long_text(text, flaws)?;
    let bytes = content::decode(text, flaws)?;
    refuse_large(bytes.len(), flaws)?;
    if !skips_content(members, &bytes, flaws) {
        refuse_unfit(&bytes, &media_type, flaws)?;
    }
    Ok(Document { purpose, media_type, size: bytes.len() })
}

/// The error for a document that is too big.
pub(crate) fn oversize(flaws: &Flaws) -> Fault {
    let fault = unfit("Document must not be larger than 10MB");
    match () {
        () if flaws.has(statuses::OVERSIZE_AS_413) => fault.status(413),
        () if flaws.has(documents::OVERSIZE_AS_VALIDATION_ERROR) => fault.code(Code::ValidationError).field("content"),
        () => fault,
    }
}

/// Whether a text is Base64.
#[cfg(test)]
pub(crate) fn decodes(text: &str) -> bool {
    content::decode(text, &Flaws::default()).is_ok()
}

fn named(members: &Map<String, Value>, name: &'static str, flaws: &Flaws) -> Result<String, Fault> {
    let text = fields::required_text(members, name, flaws)?;
    if text.is_empty() {
        return Err(Fault::invalid(name, format!("Field '{name}' must not be empty")));
    }
    Ok(text.to_owned())
}

/// Whether a defect lets the content pass unseen.
fn skips_content(members: &Map<String, Value>, bytes: &[u8], flaws: &Flaws) -> bool {
    let missing = !members.contains_key("content");
    missing || (bytes.is_empty() && flaws.has(documents::ACCEPTS_EMPTY_CONTENT))
}

fn refuse_long_text(text: &str, flaws: &Flaws) -> Result<(), Fault> {
    if text.len() > LARGEST && flaws.has(documents::MEASURES_ENCODED_LENGTH) {
        return Err(oversize(flaws));
    }
    Ok(())
}

fn refuse_large(size: usize, flaws: &Flaws) -> Result<(), Fault> {
    let largest = match () {
        () if flaws.has(documents::ACCEPTS_OVERSIZE) => usize::MAX,
        () if flaws.has(documents::FIVE_MEGABYTE_LIMIT) => SMALLER_LIMIT,
        () => LARGEST,
    };
    if size > largest { Err(oversize(flaws)) } else { Ok(()) }
}

fn refuse_unfit(bytes: &[u8], media_type: &str, flaws: &Flaws) -> Result<(), Fault> {
    let declared = declared_kind(media_type);
    let kind = kind(bytes, flaws);
    if flaws.has(documents::TRUSTS_DECLARED_TYPE) && declared != Kind::Foreign {
        return image::judge(bytes, kind, flaws);
    }
    match kind {
        Kind::Foreign if is_tolerated(bytes, flaws) => return Ok(()),
        Kind::Foreign => return Err(foreign(flaws)),
        _ => {}
    }
    if kind != declared && !flaws.has(documents::IGNORES_DECLARED_TYPE) {
        return Err(unfit("The content is not of the declared type"));
    }
    image::judge(bytes, kind, flaws)
}

fn declared_kind(media_type: &str) -> Kind {
    let essence = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    match essence.as_str() {
        "image/jpeg" | "image/jpg" => Kind::Jpeg,
        "image/png" => Kind::Png,
        "application/pdf" => Kind::Pdf,
        _ => Kind::Foreign,
    }
}

/// The kind of a document, by its first bytes.
fn kind(bytes: &[u8], flaws: &Flaws) -> Kind {
    match bytes {
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] if !flaws.has(documents::REJECTS_PNG) => Kind::Png,
        [0xff, 0xd8, 0xff, ..] if !flaws.has(documents::REJECTS_JPEG) => Kind::Jpeg,
        [b'%', b'P', b'D', b'F', b'-', ..] if !flaws.has(documents::REJECTS_PDF) => Kind::Pdf,
        _ => Kind::Foreign,
    }
}

fn is_tolerated(bytes: &[u8], flaws: &Flaws) -> bool {
    let starts = |prefix: &[u8]| bytes.starts_with(prefix);
    (starts(b"GIF8") && flaws.has(documents::ACCEPTS_GIF))
        || ((starts(b"II*\0") || starts(b"MM\0*")) && flaws.has(documents::ACCEPTS_TIFF))
        || (starts(b"<") && flaws.has(documents::ACCEPTS_HTML))
        || (!bytes.is_empty() && bytes.is_ascii() && flaws.has(documents::ACCEPTS_PLAIN_TEXT))
}

fn foreign(flaws: &Flaws) -> Fault {
    let fault = unfit("Document must be JPG, PNG, or PDF. Max size: 10MB");
    match () {
        () if flaws.has(statuses::FOREIGN_DOCUMENT_AS_415) => fault.status(415),
        () if flaws.has(documents::FOREIGN_DOCUMENT_AS_QUALITY) => fault.code(Code::DocumentQualityInsufficient),
        () => fault,
    }
}

fn unfit(details: &str) -> Fault {
    Fault::new(Code::InvalidDocumentFormat).details(details)
}

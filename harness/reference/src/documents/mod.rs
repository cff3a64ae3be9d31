//! Checks uploaded documents: encoding, size, type and quality.

mod content;
mod damage;
mod image;

use serde_json::{Map, Value};

use crate::errors::{Code, Fault};
use crate::fields;
use crate::mutants::{documents, statuses};
use crate::switches::Switches;
use crate::variants::documents as variants;

/// The size limit of a decoded document.
const LARGEST: usize = 10 * 1024 * 1024;
/// Ten decimal megabytes.
const DECIMAL_LIMIT: usize = 10_000_000;
/// A variant rejects documents of fewer bytes.
const TINY: usize = 100;
const LARGER_LIMIT: usize = 11 * 1024 * 1024;
const SMALLER_LIMIT: usize = 5 * 1024 * 1024;
const FEWEST_DPI: f64 = 300.0;

/// The type of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Jpeg,
    Png,
    Pdf,
    /// Any other type. Only a mutant accepts it.
    Unsupported,
}

/// An accepted document.
#[derive(Debug)]
pub(crate) struct Document {
    /// The kind of identity document, such as `PASSPORT`.
    pub(crate) purpose: String,
    pub(crate) media_type: String,
    pub(crate) size: usize,
}

/// The document in a request, or the error if it is not acceptable.
pub(crate) fn judge(members: &Map<String, Value>, switches: &Switches) -> Result<Document, Fault> {
    let purpose = named(members, "type", switches)?;
    let media_type = named(members, "contentType", switches)?;
    let text = fields::required_text(members, "content", switches)?;
    if text.is_empty() && members.contains_key("content") {
        refuse_empty(switches)?;
    }
    refuse_long_text(text, switches)?;
    let bytes = content::decode(text, switches)?;
    refuse_large(bytes.len(), switches)?;
    if !skips_content(members, &bytes, switches) {
        refuse_unfit(&bytes, &media_type, switches)?;
    }
    Ok(Document { purpose, media_type, size: bytes.len() })
}

/// The error for a document that is too large.
pub(crate) fn oversize(switches: &Switches) -> Fault {
    let fault = unfit("Document must not be larger than 10MB");
    match () {
        () if switches.has(statuses::OVERSIZE_AS_413) => fault.status(413),
        () if switches.has(documents::OVERSIZE_AS_QUALITY) => fault.code(Code::DocumentQualityInsufficient),
        () if switches.has(documents::OVERSIZE_AS_VALIDATION_ERROR) => {
            fault.code(Code::ValidationError).field("content")
        }
        () => fault,
    }
}

/// Whether a text is Base64.
#[cfg(test)]
pub(crate) fn decodes(text: &str) -> bool {
    content::decode(text, &Switches::default()).is_ok()
}

fn named(members: &Map<String, Value>, name: &'static str, switches: &Switches) -> Result<String, Fault> {
    let text = fields::required_text(members, name, switches)?;
    if text.is_empty() {
        return Err(Fault::invalid(name, format!("Field '{name}' must not be empty")));
    }
    Ok(text.to_owned())
}

/// Whether a mutant accepts the document without looking at its content.
fn skips_content(members: &Map<String, Value>, bytes: &[u8], switches: &Switches) -> bool {
    let missing = !members.contains_key("content");
    missing || (bytes.is_empty() && switches.has(documents::ACCEPTS_EMPTY_CONTENT))
}

/// Rejects empty content with the code of a variant. Without a variant a later check rejects it.
fn refuse_empty(switches: &Switches) -> Result<(), Fault> {
    let demand = "Field 'content' must not be empty";
    match () {
        () if switches.vary(variants::EMPTY_CONTENT_AS_VALIDATION_ERROR) => Err(Fault::invalid("content", demand)),
        () if switches.vary(variants::EMPTY_CONTENT_AS_FORMAT_ERROR) => Err(Fault::format("content", demand)),
        () => Ok(()),
    }
}

fn refuse_long_text(text: &str, switches: &Switches) -> Result<(), Fault> {
    if text.len() > LARGEST && switches.has(documents::MEASURES_ENCODED_LENGTH) {
        return Err(oversize(switches));
    }
    Ok(())
}

fn refuse_large(size: usize, switches: &Switches) -> Result<(), Fault> {
    let wrong = [
        (documents::ACCEPTS_OVERSIZE, usize::MAX),
        (documents::FIVE_MEGABYTE_LIMIT, SMALLER_LIMIT),
        (documents::ACCEPTS_ONE_BYTE_TOO_MANY, LARGEST + 1),
        (documents::LIMIT_OF_ELEVEN_MEGABYTES, LARGER_LIMIT),
        (documents::LIMIT_JUST_BELOW_TEN_MEGABYTES, DECIMAL_LIMIT - 1),
    ];
    let largest = match () {
        () if switches.vary(variants::DECIMAL_SIZE_LIMIT) => DECIMAL_LIMIT,
        () => switches.first(&wrong).unwrap_or(LARGEST),
    };
    if size > largest { Err(oversize(switches)) } else { Ok(()) }
}

fn refuse_unfit(bytes: &[u8], media_type: &str, switches: &Switches) -> Result<(), Fault> {
    let declared = declared_kind(media_type);
    let kind = kind(bytes, switches);
    if is_trusted(declared, switches) {
        return image::judge(bytes, kind, switches);
    }
    match kind {
        Kind::Unsupported if is_tolerated(bytes, switches) => return Ok(()),
        Kind::Unsupported => return Err(unsupported(switches)),
        _ => {}
    }
    if kind != declared && !switches.has(documents::IGNORES_DECLARED_TYPE) {
        return Err(unfit("The content is not of the declared type"));
    }
    let tiny = bytes.len() < TINY && switches.vary(variants::TINY_DOCUMENTS_REFUSED);
    if tiny || (switches.vary(variants::DAMAGED_DOCUMENTS_REFUSED) && !damage::is_whole(bytes, kind)) {
        return Err(unfit("The document is damaged or incomplete"));
    }
    image::judge(bytes, kind, switches)
}

/// Whether a mutant trusts the declared type.
fn is_trusted(declared: Kind, switches: &Switches) -> bool {
    (declared != Kind::Unsupported && switches.has(documents::TRUSTS_DECLARED_TYPE))
        || (declared == Kind::Pdf && switches.has(documents::TRUSTS_DECLARED_PDF))
}

fn declared_kind(media_type: &str) -> Kind {
    let essence = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    match essence.as_str() {
        "image/jpeg" | "image/jpg" => Kind::Jpeg,
        "image/png" => Kind::Png,
        "application/pdf" => Kind::Pdf,
        _ => Kind::Unsupported,
    }
}

/// The type of a document, by its first bytes.
fn kind(bytes: &[u8], switches: &Switches) -> Kind {
    match bytes {
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] if !switches.has(documents::REJECTS_PNG) => Kind::Png,
        [0xff, 0xd8, 0xff, 0xe1, ..] if switches.has(documents::REJECTS_EXIF_JPEGS) => Kind::Unsupported,
        [0xff, 0xd8, 0xff, ..]
            if image::is_progressive(bytes) && switches.has(documents::REJECTS_PROGRESSIVE_JPEGS) =>
        {
            Kind::Unsupported
        }
        [0xff, 0xd8, 0xff, ..] if !switches.has(documents::REJECTS_JPEG) => Kind::Jpeg,
        [b'%', b'P', b'D', b'F', b'-', ..] if !switches.has(documents::REJECTS_PDF) => Kind::Pdf,
        _ => Kind::Unsupported,
    }
}

fn is_tolerated(bytes: &[u8], switches: &Switches) -> bool {
    let starts = |prefix: &[u8]| bytes.starts_with(prefix);
    let known_start = [&b"\x89P"[..], b"\xff\xd8", b"%P"].iter().any(|two| starts(two));
    (starts(b"GIF8") && switches.has(documents::ACCEPTS_GIF))
        || (starts(b"BM") && switches.has(documents::ACCEPTS_BMP))
        || (starts(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") && switches.has(documents::ACCEPTS_WEBP))
        || (bytes.windows(4).take(200).any(|four| four == b"<svg") && switches.has(documents::ACCEPTS_SVG))
        || (starts(b"PK\x03\x04") && switches.has(documents::ACCEPTS_ZIP))
        || (known_start && switches.has(documents::SNIFFS_TWO_BYTES))
        || (!bytes.is_empty() && switches.strikes(documents::EVERY_FIFTH_DOCUMENT_UNCHECKED))
        || ((starts(b"II*\0") || starts(b"MM\0*")) && switches.has(documents::ACCEPTS_TIFF))
        || (starts(b"<") && switches.has(documents::ACCEPTS_HTML))
        || (!bytes.is_empty() && bytes.is_ascii() && switches.has(documents::ACCEPTS_PLAIN_TEXT))
}

fn unsupported(switches: &Switches) -> Fault {
    let fault = unfit("Document must be JPG, PNG, or PDF. Max size: 10MB");
    match () {
        () if switches.has(statuses::FOREIGN_DOCUMENT_AS_415) => fault.status(415),
        () if switches.has(documents::FOREIGN_DOCUMENT_AS_QUALITY) => fault.code(Code::DocumentQualityInsufficient),
        () => fault,
    }
}

fn unfit(details: &str) -> Fault {
    Fault::new(Code::InvalidDocumentFormat).details(details)
}

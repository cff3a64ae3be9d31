//! Mutants of the document checks: type, size, encoding, quality.

use serde_json::{Map, Value};

use super::Mutated;
use crate::documents::image::{self, CENTIMETRES_PER_INCH, Headers, METRES_PER_INCH};
use crate::documents::{DocumentKind, DocumentRules, LARGEST, decode_without_breaks};
use crate::errors::{ApiError, Code};
use crate::mutants::{documents, responses};

const DECIMAL_LIMIT: usize = 10_000_000;
const LARGER_LIMIT: usize = 11 * 1024 * 1024;
const SMALLER_LIMIT: usize = 5 * 1024 * 1024;

impl DocumentRules for Mutated {
    unchanged! {
        fn empty_content(&self) -> Option<ApiError>;
        fn check_integrity(&self, bytes: &[u8], kind: DocumentKind) -> Result<(), ApiError>;
    }

    fn decode(&self, text: &str) -> Result<Vec<u8>, ApiError> {
        if text.len() > LARGEST && self.is_active(documents::MEASURES_ENCODED_LENGTH) {
            return Err(self.oversize());
        }
        let text = match text.strip_prefix("data:").and_then(|rest| rest.split_once(";base64,")) {
            Some((_, rest)) if self.is_active(documents::ACCEPTS_DATA_URIS) => rest,
            _ => text,
        };
        self.base.decode(text).or_else(|fault| self.decode_leniently(text).ok_or(fault)).map_err(|fault| {
            let invalid = self.is_active(documents::BAD_BASE64_AS_VALIDATION_ERROR);
            if invalid { fault.code(Code::ValidationError).field("content") } else { fault }
        })
    }

    fn largest(&self) -> usize {
        let wrong = [
            (documents::ACCEPTS_OVERSIZE, usize::MAX),
            (documents::FIVE_MEGABYTE_LIMIT, SMALLER_LIMIT),
            (documents::ACCEPTS_ONE_BYTE_TOO_MANY, LARGEST + 1),
            (documents::LIMIT_OF_ELEVEN_MEGABYTES, LARGER_LIMIT),
            (documents::LIMIT_JUST_BELOW_TEN_MEGABYTES, DECIMAL_LIMIT - 1),
        ];
        self.first(&wrong).unwrap_or_else(|| self.base.largest())
    }

    fn oversize(&self) -> ApiError {
        let fault = self.base.oversize();
        match () {
            () if self.is_active(responses::OVERSIZE_AS_413) => fault.status(413),
            () if self.is_active(documents::OVERSIZE_AS_QUALITY) => fault.code(Code::DocumentQualityInsufficient),
            () if self.is_active(documents::OVERSIZE_AS_VALIDATION_ERROR) => {
                fault.code(Code::ValidationError).field("content")
            }
            () => fault,
        }
    }

    fn checks_content(&self, members: &Map<String, Value>) -> bool {
        // Without content the document was accepted by a mutant that needs none.
        match members.get("content").and_then(Value::as_str) {
            None => false,
            Some("") => !self.is_active(documents::ACCEPTS_EMPTY_CONTENT),
            Some(_) => true,
        }
    }

    fn kind(&self, bytes: &[u8]) -> DocumentKind {
        let kind = self.base.kind(bytes);
        let rejected = match kind {
            DocumentKind::Png => self.is_active(documents::REJECTS_PNG),
            DocumentKind::Jpeg => self.rejects_jpeg(bytes),
            DocumentKind::Pdf => self.is_active(documents::REJECTS_PDF),
            DocumentKind::Unsupported => true,
        };
        if rejected { DocumentKind::Unsupported } else { kind }
    }

    fn unsupported(&self, bytes: &[u8], declared: DocumentKind) -> Result<(), ApiError> {
        if self.trusts(declared) || self.is_tolerated(bytes) {
            return Ok(());
        }
        self.base.unsupported(bytes, declared).map_err(|fault| match () {
            () if self.is_active(responses::FOREIGN_DOCUMENT_AS_415) => fault.status(415),
            () if self.is_active(documents::FOREIGN_DOCUMENT_AS_QUALITY) => {
                fault.code(Code::DocumentQualityInsufficient)
            }
            () => fault,
        })
    }

    fn ignores_declared_type(&self, declared: DocumentKind) -> bool {
        self.trusts(declared) || self.is_active(documents::IGNORES_DECLARED_TYPE)
    }

    fn check_quality(&self, headers: Headers, kind: DocumentKind) -> Result<(), ApiError> {
        let gray = self.sees_gray(&headers, kind);
        let resolution = headers.resolution.filter(|_| !gray).map(|_| self.seen_resolution(&headers, kind));
        self.base.check_quality(Headers { gray, resolution, ..headers }, kind).map_err(|fault| match () {
            () if gray && self.is_active(documents::GRAYSCALE_AS_VERIFICATION_FAILED) => {
                fault.code(Code::VerificationFailed)
            }
            () if self.is_active(documents::QUALITY_AS_FORMAT) => fault.code(Code::InvalidDocumentFormat),
            () => fault,
        })
    }
}

impl Mutated {
    /// Whether a mutant trusts the declared type.
    fn trusts(&self, declared: DocumentKind) -> bool {
        (declared != DocumentKind::Unsupported && self.is_active(documents::TRUSTS_DECLARED_TYPE))
            || (declared == DocumentKind::Pdf && self.is_active(documents::TRUSTS_DECLARED_PDF))
    }

    fn rejects_jpeg(&self, bytes: &[u8]) -> bool {
        let progressive = || image::headers(bytes, DocumentKind::Jpeg).is_some_and(|headers| headers.progressive);
        (bytes.get(3) == Some(&0xe1) && self.is_active(documents::REJECTS_EXIF_JPEGS))
            || (progressive() && self.is_active(documents::REJECTS_PROGRESSIVE_JPEGS))
            || self.is_active(documents::REJECTS_JPEG)
    }

    fn is_tolerated(&self, bytes: &[u8]) -> bool {
        let starts = |prefix: &[u8]| bytes.starts_with(prefix);
        let known_start = [&b"\x89P"[..], b"\xff\xd8", b"%P"].iter().any(|two| starts(two));
        (starts(b"GIF8") && self.is_active(documents::ACCEPTS_GIF))
            || (starts(b"BM") && self.is_active(documents::ACCEPTS_BMP))
            || (starts(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") && self.is_active(documents::ACCEPTS_WEBP))
            || (bytes.windows(4).take(200).any(|four| four == b"<svg") && self.is_active(documents::ACCEPTS_SVG))
            || (starts(b"PK\x03\x04") && self.is_active(documents::ACCEPTS_ZIP))
            || (known_start && self.is_active(documents::SNIFFS_TWO_BYTES))
            || (!bytes.is_empty() && self.every_fifth_time(documents::EVERY_FIFTH_DOCUMENT_UNCHECKED))
            || ((starts(b"II*\0") || starts(b"MM\0*")) && self.is_active(documents::ACCEPTS_TIFF))
            || (starts(b"<") && self.is_active(documents::ACCEPTS_HTML))
            || (!bytes.is_empty() && bytes.is_ascii() && self.is_active(documents::ACCEPTS_PLAIN_TEXT))
    }

    /// Decodes malformed Base64 if a mutant accepts it.
    fn decode_leniently(&self, text: &str) -> Option<Vec<u8>> {
        let kept = match () {
            () if self.is_active(documents::ACCEPTS_URL_ALPHABET) => text.replace('-', "+").replace('_', "/"),
            () if self.is_active(documents::STOPS_AT_BAD_CHARACTER) => up_to_bad_character(text).to_owned(),
            () if self.is_active(documents::IGNORES_WHAT_FOLLOWS_PADDING) => up_to_padding(text).to_owned(),
            () if self.is_active(documents::ACCEPTS_BAD_BASE64) => good_characters(text),
            () => return None,
        };
        decode_without_breaks(&kept)
    }

    fn sees_gray(&self, headers: &Headers, kind: DocumentKind) -> bool {
        let gray = headers.gray
            || (headers.colour_type == Some(3) && self.is_active(documents::REJECTS_PALETTE_PNGS))
            || (headers.colour_type == Some(6) && self.is_active(documents::REJECTS_ALPHA_PNGS));
        let tolerated = || {
            self.is_active(documents::ACCEPTS_GRAYSCALE)
                || (kind == DocumentKind::Jpeg && self.is_active(documents::ACCEPTS_GRAYSCALE_JPEG))
                || (kind == DocumentKind::Png && self.is_active(documents::ACCEPTS_GRAYSCALE_PNG))
                || (headers.deep && self.is_active(documents::ACCEPTS_DEEP_GRAYSCALE))
                || (headers.progressive && self.is_active(documents::OVERLOOKS_PROGRESSIVE_GRAY))
                || (headers.colour_type == Some(4) && self.is_active(documents::ACCEPTS_GRAY_WITH_ALPHA))
        };
        gray && !tolerated()
    }

    /// The resolution that a mutant reads or demands.
    fn seen_resolution(&self, headers: &Headers, kind: DocumentKind) -> (f64, f64) {
        let (across, down) = headers.resolution.unwrap_or_default();
        let least = if self.is_active(documents::IGNORES_VERTICAL_RESOLUTION) { across } else { across.min(down) };
        let ignored = self.is_active(documents::ACCEPTS_ANY_RESOLUTION)
            || (kind == DocumentKind::Jpeg && self.is_active(documents::IGNORES_JPEG_RESOLUTION))
            || (kind == DocumentKind::Png && self.is_active(documents::IGNORES_PNG_RESOLUTION))
            || (least.round() >= 290.0 && self.is_active(documents::ACCEPTS_299_DPI));
        let seen = match () {
            () if ignored => f64::INFINITY,
            () if least.round() < 301.0 && self.is_active(documents::NEEDS_301_DPI) => 0.0,
            () if self.is_active(documents::REJECTS_UNROUNDED_300_DPI) => least.floor(),
            () if headers.per_centimetre && self.is_active(documents::TAKES_CENTIMETRES_FOR_INCHES) => {
                least / CENTIMETRES_PER_INCH
            }
            () if kind == DocumentKind::Png && self.is_active(documents::TAKES_METRES_FOR_INCHES) => {
                least / METRES_PER_INCH
            }
            () => least,
        };
        (seen, seen)
    }
}

/// The groups of four before the first group with a bad character.
fn up_to_bad_character(text: &str) -> &str {
    let good = text.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || b"+/".contains(byte)).count();
    &text[..good - good % 4]
}

fn up_to_padding(text: &str) -> &str {
    let end = text.find('=').map_or(text.len(), |at| at + text[at..].bytes().take_while(|byte| *byte == b'=').count());
    &text[..end]
}

/// The characters of Base64, without a last one that stands alone.
fn good_characters(text: &str) -> String {
    let mut kept = text.to_owned();
    kept.retain(|one| one.is_ascii_alphanumeric() || matches!(one, '+' | '/'));
    while kept.len() % 4 == 1 {
        kept.pop();
    }
    kept
}

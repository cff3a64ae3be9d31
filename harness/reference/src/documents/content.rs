//! Decodes the Base64 text of a document.
//!
//! Line breaks and missing padding are accepted because many encoders write them so. Other characters are rejected.

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use crate::errors::{ApiError, Code};

const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// Decodes a Base64 text.
pub(crate) fn decode(text: &str) -> Result<Vec<u8>, ApiError> {
    let has_breaks = memchr::memchr2(b'\r', b'\n', text.as_bytes()).is_some();
    let decoded =
        if has_breaks { decode_without_breaks(&text.replace(['\r', '\n'], "")) } else { decode_without_breaks(text) };
    decoded.ok_or_else(|| unfit("The content is not a Base64 string"))
}

/// Decodes a text without line breaks. Padding must be complete or missing.
pub(crate) fn decode_without_breaks(text: &str) -> Option<Vec<u8>> {
    let half_padded = text.ends_with('=') && !text.len().is_multiple_of(4);
    LENIENT.decode(text).ok().filter(|_| !half_padded)
}

/// INVALID_DOCUMENT_FORMAT with these details.
pub(crate) fn unfit(details: &str) -> ApiError {
    ApiError::new(Code::InvalidDocumentFormat).details(details)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(text: &str) -> Option<Vec<u8>> {
        decode(text).ok()
    }

    #[test]
    fn base64_is_decoded_with_or_without_breaks_and_padding() {
        for text in ["aGVsbG8=", "aGVsbG8", "aGVs\r\nbG8="] {
            assert_eq!(decoded(text).as_deref(), Some(&b"hello"[..]), "{text:?}");
        }
    }

    #[test]
    fn other_texts_are_rejected() {
        for text in ["a", "=", "aGVs*bG8=", "data:image/png;base64,aGVsbG8=", "aGVsbG8==", "aGVs bG8=", "ab="] {
            assert_eq!(decoded(text), None, "{text:?}");
        }
    }
}

//! Decodes the Base64 text of a document.
//!
//! Line breaks and missing padding are accepted because many encoders write them so. Other characters are rejected.

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use crate::errors::{Code, Fault};
use crate::mutants::documents;
use crate::switches::Switches;
use crate::variants::documents as variants;

const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// Decodes a Base64 text.
pub(crate) fn decode(text: &str, switches: &Switches) -> Result<Vec<u8>, Fault> {
    let text = match text.strip_prefix("data:").and_then(|rest| rest.split_once(";base64,")) {
        Some((_, rest)) if switches.has(documents::ACCEPTS_DATA_URIS) => rest,
        _ => text,
    };
    let has_breaks = memchr::memchr2(b'\r', b'\n', text.as_bytes()).is_some();
    let refused = (has_breaks && switches.vary(variants::LINE_BREAKS_IN_BASE64_REFUSED))
        || (switches.vary(variants::UNPADDED_BASE64_REFUSED) && is_unpadded(text));
    if refused {
        return Err(bad(switches));
    }
    let decoded =
        if has_breaks { decode_without_breaks(&text.replace(['\r', '\n'], "")) } else { decode_without_breaks(text) };
    decoded.map_or_else(|| decode_leniently(text, switches), Ok)
}

/// Whether padding is missing.
fn is_unpadded(text: &str) -> bool {
    text.bytes().filter(|byte| !matches!(byte, b'\r' | b'\n')).count() % 4 != 0
}

/// Decodes a text without line breaks. Padding must be complete or missing.
fn decode_without_breaks(text: &str) -> Option<Vec<u8>> {
    let half_padded = text.ends_with('=') && !text.len().is_multiple_of(4);
    LENIENT.decode(text).ok().filter(|_| !half_padded)
}

/// Decodes malformed Base64 if a mutant accepts it.
fn decode_leniently(text: &str, switches: &Switches) -> Result<Vec<u8>, Fault> {
    let kept = match () {
        () if switches.has(documents::ACCEPTS_URL_ALPHABET) => text.replace('-', "+").replace('_', "/"),
        () if switches.has(documents::STOPS_AT_BAD_CHARACTER) => up_to_bad_character(text).to_owned(),
        () if switches.has(documents::IGNORES_WHAT_FOLLOWS_PADDING) => up_to_padding(text).to_owned(),
        () => return decode_good_characters(text, switches),
    };
    decode_without_breaks(&kept).ok_or_else(|| bad(switches))
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

fn decode_good_characters(text: &str, switches: &Switches) -> Result<Vec<u8>, Fault> {
    if switches.has(documents::ACCEPTS_BAD_BASE64) {
        let mut kept = text.to_owned();
        kept.retain(|one| one.is_ascii_alphanumeric() || matches!(one, '+' | '/'));
        while kept.len() % 4 == 1 {
            kept.pop();
        }
        return LENIENT.decode(kept).map_err(|_| bad(switches));
    }
    Err(bad(switches))
}

fn bad(switches: &Switches) -> Fault {
    let fault = Fault::new(Code::InvalidDocumentFormat).details("The content is not a Base64 string");
    if switches.has(documents::BAD_BASE64_AS_VALIDATION_ERROR) {
        fault.code(Code::ValidationError).field("content")
    } else {
        fault
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(text: &str) -> Option<Vec<u8>> {
        decode(text, &Switches::default()).ok()
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

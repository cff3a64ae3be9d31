//! Judges documents with the crates `base64`, `infer` and `png`, and by the headers of JPEG files.

use std::io::Cursor;

use base64::Engine as _;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, STANDARD};
use parking_lot::Mutex;

use crate::documents;
use crate::documents::DocumentSpec;
use crate::rule::Assertion;

/// More decoded bytes must be refused.
const REFUSED_ABOVE: usize = 10 * 1024 * 1024;
/// Up to this number of decoded bytes must be accepted.
const ACCEPTED_UP_TO: usize = 10_000_000;

const PNG: &str = "image/png";
const JPG: &str = "image/jpeg";
const PDF: &str = "application/pdf";

/// Accepts everything that some Base64 decoder accepts, except white space.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

pub(super) fn is_valid(text: &str, declared: &str) -> bool {
    STANDARD.decode(text).is_ok_and(|bytes| is_valid_file(&bytes, declared))
}

fn is_valid_file(bytes: &[u8], declared: &str) -> bool {
    bytes.len() <= ACCEPTED_UP_TO && kind(bytes) == Some(declared) && is_whole(bytes) && faults(bytes) == Some(0)
}

/// The same judgement of a document that is not encoded yet. One at a time, because each may be many megabytes long.
pub(super) fn agrees(assertion: Assertion, spec: DocumentSpec, declared: &str) -> bool {
    static ONE: Mutex<()> = Mutex::new(());
    let _one = ONE.lock();
    let Ok(bytes) = documents::bytes(spec) else { return false };
    match assertion {
        Assertion::Accepted => is_valid_file(&bytes, declared),
        Assertion::Refused(kind_of_fault) => is_refused_file(kind_of_fault, &bytes, declared),
        Assertion::Handled => true,
    }
}

/// Whether it must be refused for this kind of fault, and for no other.
pub(super) fn is_refused(kind_of_fault: &str, text: &str, declared: &str) -> bool {
    match kind_of_fault {
        "not-base64" => is_not_base64(text),
        "empty-content" => text.is_empty(),
        _ => STANDARD.decode(text).is_ok_and(|bytes| is_refused_file(kind_of_fault, &bytes, declared)),
    }
}

fn is_refused_file(kind_of_fault: &str, bytes: &[u8], declared: &str) -> bool {
    let found = kind(bytes);
    match kind_of_fault {
        "content" => !bytes.is_empty() && !may_be_accepted(bytes),
        "too-large" => bytes.len() > REFUSED_ABOVE && found == Some(declared) && is_whole(bytes),
        "mislabelled" => {
            found.is_some_and(|found| found != declared)
                && [PNG, JPG, PDF].contains(&declared)
                && is_whole(bytes)
                && faults(bytes) == Some(0)
        }
        "quality" => {
            bytes.len() <= ACCEPTED_UP_TO && found == Some(declared) && is_whole(bytes) && faults(bytes) == Some(1)
        }
        _ => false,
    }
}

/// No decoder accepts it, even without white space, without padding, or with too much padding.
fn is_not_base64(text: &str) -> bool {
    let tight: String = text.chars().filter(|one| !one.is_ascii_whitespace()).collect();
    let bare = tight.trim_end_matches('=');
    let padded_by_halves = tight.len() > bare.len() && !bare.len().is_multiple_of(4) && !tight.len().is_multiple_of(4);
    !bare.is_empty() && (LENIENT.decode(bare).is_err() || padded_by_halves)
}

/// The media type, if it is one of the three accepted ones.
fn kind(bytes: &[u8]) -> Option<&'static str> {
    let found = infer::get(bytes)?.mime_type();
    [PNG, JPG, PDF].into_iter().find(|kind| *kind == found)
}

/// Whether a lenient reader may recognise an accepted kind, because a signature occurs after the start of the file.
fn may_be_accepted(bytes: &[u8]) -> bool {
    let head = &bytes[..bytes.len().min(4096)];
    let holds = |mark: &[u8]| head.windows(mark.len()).any(|window| window == mark);
    kind(bytes).is_some() || holds(b"%PDF-") || holds(b"\x89PNG") || holds(b"\xff\xd8\xff")
}

/// Whether the file is complete, and more than a stub.
fn is_whole(bytes: &[u8]) -> bool {
    match kind(bytes) {
        Some(PNG) => decoded(bytes).is_some(),
        Some(JPG) => bytes.ends_with(&[0xff, 0xd9]) && bytes.len() > 1_000,
        Some(PDF) => has_xref_table(bytes),
        _ => false,
    }
}

/// The colours and the resolution of a PNG, if the whole picture can be decoded.
fn decoded(bytes: &[u8]) -> Option<(png::ColorType, Option<png::PixelDimensions>)> {
    let mut reader = png::Decoder::new(Cursor::new(bytes)).read_info().ok()?;
    let mut pixels = vec![0; reader.output_buffer_size()?];
    reader.next_frame(&mut pixels).ok()?;
    reader.finish().ok()?;
    let info = reader.info();
    (info.width >= 100 && info.height >= 100).then_some((info.color_type, info.pixel_dims))
}

/// Whether the second-last line of a PDF has the offset of the cross-reference table.
fn has_xref_table(bytes: &[u8]) -> bool {
    let tail = String::from_utf8_lossy(&bytes[bytes.len().saturating_sub(64)..]).into_owned();
    let place =
        tail.split_once("startxref").and_then(|(_, rest)| rest.split_whitespace().next()?.parse::<usize>().ok());
    tail.trim_end().ends_with("%%EOF")
        && place.is_some_and(|place| bytes.get(place..).is_some_and(|at| at.starts_with(b"xref")))
}

/// The number of quality faults of a picture: low resolution, no colour. `None` if the file does not state them.
fn faults(bytes: &[u8]) -> Option<usize> {
    let (dots, gray) = match kind(bytes)? {
        PNG => png_quality(bytes)?,
        JPG => jpg_quality(bytes)?,
        _ => return Some(0),
    };
    // Near the limit the result depends on rounding: nothing is asserted from 299.5 to 300, except for PNG's 11811.
    let rounded = dots.round();
    let near = rounded == 300.0 && (dots - 300.0).abs() > 0.01;
    (!near).then_some(usize::from(rounded < 300.0) + usize::from(gray))
}

fn png_quality(bytes: &[u8]) -> Option<(f64, bool)> {
    let (colour, dims) = decoded(bytes)?;
    let dims = dims.filter(|dims| dims.unit == png::Unit::Meter)?;
    let gray = matches!(colour, png::ColorType::Grayscale | png::ColorType::GrayscaleAlpha);
    Some((f64::from(dims.xppu.min(dims.yppu)) * 0.0254, gray))
}

/// The density in the JFIF header, which is first or after EXIF, and the components of the first frame.
fn jpg_quality(bytes: &[u8]) -> Option<(f64, bool)> {
    let first = bytes;
    let after_exif = || {
        let length = u16::from_be_bytes([*first.get(4)?, *first.get(5)?]);
        first.get(2 + usize::from(length)..).filter(|_| first.get(6..10) == Some(b"Exif"))
    };
    let header = if first.get(6..11)? == b"JFIF\0" { first } else { after_exif()? };
    if header.get(6..11)? != b"JFIF\0" {
        return None;
    }
    let word = |at: usize| Some(u16::from_be_bytes([*header.get(at)?, *header.get(at + 1)?]));
    let dots = f64::from(word(14)?.min(word(16)?));
    let dots = match header.get(13)? {
        1 => dots,
        2 => dots * 2.54,
        _ => return None,
    };
    let frame =
        bytes.windows(4).position(|window| window[0] == 0xff && matches!(window[1], 0xc0..=0xc2) && window[2] == 0)?;
    let components = *bytes.get(frame + 9)?;
    matches!(components, 1 | 3).then_some((dots, components == 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_not_base64_only_if_every_decoder_rejects_it() {
        for text in
            ["abcd*", "data:image/png;base64,abcd", "ab-_", "a=bc", "=abc", "Zg=", "abcde", "\u{200b}abcd", "ab\0cd"]
        {
            assert!(is_not_base64(text), "{text:?}");
        }
        for text in ["abcd", "Zg==", "Zg", "Zm9vYg", "ab\ncd", " abcd ", "abcd=", "abcd==", "Zm9vYmFy====", "Zh=="] {
            assert!(!is_not_base64(text), "{text:?}");
        }
    }

    #[test]
    fn oracle_makes_no_assertion_on_incomplete_files() {
        for bytes in [&b"\x89PNG\r\n\x1a\n"[..], b"%PDF-1.4", b"\n\n%PDF-1.4\n", b"\xff\xd8\xff\xe0"] {
            let text = STANDARD.encode(bytes);
            assert!(!is_valid(&text, PNG) && !is_refused("content", &text, PNG), "{bytes:?}");
        }
        assert!(is_refused("content", &STANDARD.encode("GIF89a and so on"), PNG));
    }
}

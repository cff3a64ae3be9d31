//! Documents as the crates `infer` and `png` see them, and as the first bytes of a JPEG say.

use std::io::Cursor;

use base64::Engine as _;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, STANDARD};

/// More decoded bytes than this must be refused; not more than that accepted.
const LIMIT: usize = 10 * 1024 * 1024;
const SURE: usize = 10_000_000;

const PNG: &str = "image/png";
const JPG: &str = "image/jpeg";
const PDF: &str = "application/pdf";

/// Takes everything that some reading of Base64 takes, white space apart.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

pub(super) fn is_valid(text: &str, declared: &str) -> bool {
    let Ok(bytes) = STANDARD.decode(text) else {
        return false;
    };
    bytes.len() <= SURE && kind(&bytes) == Some(declared) && is_whole(&bytes) && faults(&bytes) == Some(0)
}

/// Whether it must be refused for that kind of fault, and for no other.
pub(super) fn is_refused(kind_of_fault: &str, text: &str, declared: &str) -> bool {
    match kind_of_fault {
        "not-base64" => is_no_base64(text),
        "empty-content" => text.is_empty(),
        _ => STANDARD.decode(text).is_ok_and(|bytes| is_refused_file(kind_of_fault, &bytes, declared)),
    }
}

fn is_refused_file(kind_of_fault: &str, bytes: &[u8], declared: &str) -> bool {
    let found = kind(bytes);
    match kind_of_fault {
        "content" => !bytes.is_empty() && !is_perhaps_good(bytes),
        "too-large" => bytes.len() > LIMIT && found == Some(declared) && is_whole(bytes),
        "mislabelled" => {
            found.is_some_and(|found| found != declared)
                && [PNG, JPG, PDF].contains(&declared)
                && is_whole(bytes)
                && faults(bytes) == Some(0)
        }
        "quality" => bytes.len() <= SURE && found == Some(declared) && is_whole(bytes) && faults(bytes) == Some(1),
        _ => false,
    }
}

/// No reading takes it: not without its white space, not without its padding, nor with too much of that.
fn is_no_base64(text: &str) -> bool {
    let tight: String = text.chars().filter(|one| !one.is_ascii_whitespace()).collect();
    let bare = tight.trim_end_matches('=');
    let padded_by_halves = tight.len() > bare.len() && !bare.len().is_multiple_of(4) && !tight.len().is_multiple_of(4);
    !bare.is_empty() && (LENIENT.decode(bare).is_err() || padded_by_halves)
}

/// The media type, of the three that are taken.
fn kind(bytes: &[u8]) -> Option<&'static str> {
    let found = infer::get(bytes)?.mime_type();
    [PNG, JPG, PDF].into_iter().find(|kind| *kind == found)
}

/// Lenient readers find their kind further behind, too.
fn is_perhaps_good(bytes: &[u8]) -> bool {
    let head = &bytes[..bytes.len().min(4096)];
    let holds = |mark: &[u8]| head.windows(mark.len()).any(|window| window == mark);
    kind(bytes).is_some() || holds(b"%PDF-") || holds(b"\x89PNG") || holds(b"\xff\xd8\xff")
}

/// A file that ends as its kind does, and is no mere stub.
fn is_whole(bytes: &[u8]) -> bool {
    match kind(bytes) {
        Some(PNG) => decoded(bytes).is_some(),
        Some(JPG) => bytes.ends_with(&[0xff, 0xd9]) && bytes.len() > 1_000,
        Some(PDF) => has_table(bytes),
        _ => false,
    }
}

/// The whole picture can be read; what its header says.
fn decoded(bytes: &[u8]) -> Option<(png::ColorType, Option<png::PixelDimensions>)> {
    let mut reader = png::Decoder::new(Cursor::new(bytes)).read_info().ok()?;
    let mut pixels = vec![0; reader.output_buffer_size()?];
    reader.next_frame(&mut pixels).ok()?;
    reader.finish().ok()?;
    let info = reader.info();
    (info.width >= 100 && info.height >= 100).then_some((info.color_type, info.pixel_dims))
}

/// The last line but one says where the table of objects begins.
fn has_table(bytes: &[u8]) -> bool {
    let tail = String::from_utf8_lossy(&bytes[bytes.len().saturating_sub(64)..]).into_owned();
    let place =
        tail.split_once("startxref").and_then(|(_, rest)| rest.split_whitespace().next()?.parse::<usize>().ok());
    tail.trim_end().ends_with("%%EOF")
        && place.is_some_and(|place| bytes.get(place..).is_some_and(|at| at.starts_with(b"xref")))
}

/// How many faults of quality a picture has: too coarse, without colour. `None` where it does not say.
fn faults(bytes: &[u8]) -> Option<usize> {
    let (dots, gray) = match kind(bytes)? {
        PNG => png_quality(bytes)?,
        JPG => jpg_quality(bytes)?,
        _ => return Some(0),
    };
    // What is near the limit is judged by how one rounds: between 299.5 and 300 nothing is said, apart from PNG's 11811.
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

/// The density of the JFIF header, first or behind EXIF, and the components of the first frame.
fn jpg_quality(bytes: &[u8]) -> Option<(f64, bool)> {
    let first = bytes;
    let behind_exif = || {
        let length = u16::from_be_bytes([*first.get(4)?, *first.get(5)?]);
        first.get(2 + usize::from(length)..).filter(|_| first.get(6..10) == Some(b"Exif"))
    };
    let header = if first.get(6..11)? == b"JFIF\0" { first } else { behind_exif()? };
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
    fn only_what_no_reading_takes_is_no_base64() {
        for text in
            ["abcd*", "data:image/png;base64,abcd", "ab-_", "a=bc", "=abc", "Zg=", "abcde", "\u{200b}abcd", "ab\0cd"]
        {
            assert!(is_no_base64(text), "{text:?}");
        }
        for text in ["abcd", "Zg==", "Zg", "Zm9vYg", "ab\ncd", " abcd ", "abcd=", "abcd==", "Zm9vYmFy====", "Zh=="] {
            assert!(!is_no_base64(text), "{text:?}");
        }
    }

    #[test]
    fn what_is_near_a_good_file_is_not_asserted() {
        for bytes in [&b"\x89PNG\r\n\x1a\n"[..], b"%PDF-1.4", b"\n\n%PDF-1.4\n", b"\xff\xd8\xff\xe0"] {
            let text = STANDARD.encode(bytes);
            assert!(!is_valid(&text, PNG) && !is_refused("content", &text, PNG), "{bytes:?}");
        }
        assert!(is_refused("content", &STANDARD.encode("GIF89a and so on"), PNG));
    }
}

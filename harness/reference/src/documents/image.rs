//! Checks the quality of an image by its headers: resolution and colour.
//!
//! Only the headers of PNG and JPEG are read; EXIF is not. An image that does not state a property is accepted.

use super::{FEWEST_DPI, Kind};
use crate::errors::{Code, Fault};
use crate::mutants::documents;
use crate::switches::Switches;
use crate::variants::documents as variants;

const CENTIMETRES_PER_INCH: f64 = 2.54;
const METRES_PER_INCH: f64 = 0.0254;

/// The properties in the headers.
#[derive(Debug, Default, PartialEq)]
struct Headers {
    /// Dots per inch, horizontal and vertical.
    resolution: Option<(f64, f64)>,
    gray: bool,
    alpha: bool,
    /// Sixteen bits per sample.
    deep: bool,
    progressive: bool,
}

/// Rejects an image of poor quality. The quality of a PDF is not checked.
pub(super) fn judge(bytes: &[u8], kind: Kind, switches: &Switches) -> Result<(), Fault> {
    let headers = match kind {
        Kind::Png => png(bytes, switches),
        Kind::Jpeg => jpeg(bytes, switches),
        Kind::Pdf | Kind::Unsupported => return Ok(()),
    };
    if headers.gray && !is_gray_tolerated(&headers, kind, switches) {
        return Err(gray_fault(switches));
    }
    match headers.resolution {
        Some(resolution) if !suffices(resolution, kind, switches) => {
            Err(poor("Document images need a resolution of at least 300 DPI", switches))
        }
        None if switches.vary(variants::UNSTATED_RESOLUTION_REFUSED) => {
            Err(poor("Document images must state their resolution", switches))
        }
        _ => Ok(()),
    }
}

fn suffices((across, down): (f64, f64), kind: Kind, switches: &Switches) -> bool {
    let least = match () {
        () if switches.has(documents::IGNORES_VERTICAL_RESOLUTION) => across,
        () => across.min(down),
    };
    let ignored = switches.has(documents::ACCEPTS_ANY_RESOLUTION)
        || (kind == Kind::Jpeg && switches.has(documents::IGNORES_JPEG_RESOLUTION))
        || (kind == Kind::Png && switches.has(documents::IGNORES_PNG_RESOLUTION));
    let wrong = [(documents::ACCEPTS_299_DPI, 290.0), (documents::NEEDS_301_DPI, 301.0)];
    let fewest = switches.first(&wrong).unwrap_or(FEWEST_DPI);
    let rounded = if switches.has(documents::REJECTS_UNROUNDED_300_DPI) { least } else { least.round() };
    ignored || rounded >= fewest
}

fn is_gray_tolerated(headers: &Headers, kind: Kind, switches: &Switches) -> bool {
    switches.has(documents::ACCEPTS_GRAYSCALE)
        || (kind == Kind::Jpeg && switches.has(documents::ACCEPTS_GRAYSCALE_JPEG))
        || (kind == Kind::Png && switches.has(documents::ACCEPTS_GRAYSCALE_PNG))
        || (headers.deep && switches.has(documents::ACCEPTS_DEEP_GRAYSCALE))
        || (headers.progressive && switches.has(documents::OVERLOOKS_PROGRESSIVE_GRAY))
        || (headers.alpha && switches.has(documents::ACCEPTS_GRAY_WITH_ALPHA))
}

fn gray_fault(switches: &Switches) -> Fault {
    let fault = poor("Document images must be in color", switches);
    if switches.has(documents::GRAYSCALE_AS_VERIFICATION_FAILED) { fault.code(Code::VerificationFailed) } else { fault }
}

fn poor(details: &str, switches: &Switches) -> Fault {
    let fault = Fault::new(Code::DocumentQualityInsufficient).details(details);
    if switches.has(documents::QUALITY_AS_FORMAT) { fault.code(Code::InvalidDocumentFormat) } else { fault }
}

/// The headers of a PNG: colour type from IHDR, resolution from pHYs.
fn png(bytes: &[u8], switches: &Switches) -> Headers {
    let mut headers = Headers::default();
    let mut rest = bytes.get(8..).unwrap_or_default();
    while let Some((name, data, after)) = chunk(rest) {
        match name {
            b"IHDR" => {
                let colour_type = data.get(9).copied().unwrap_or(2);
                headers.gray = matches!(colour_type, 0 | 4) || is_mistaken_for_gray(colour_type, switches);
                headers.deep = data.get(8) == Some(&16);
                headers.alpha = colour_type == 4;
            }
            b"pHYs" => headers.resolution = pixels_per_metre(data, switches),
            b"IDAT" | b"IEND" => break,
            _ => {}
        }
        rest = after;
    }
    headers
}

/// The name and the data of the first chunk, and the bytes after the chunk.
fn chunk(bytes: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let length = usize::try_from(big_endian(bytes.get(..4)?)).ok()?;
    let end = length.checked_add(8)?;
    let after = bytes.get(end.checked_add(4)?..).unwrap_or_default();
    Some((bytes.get(4..8)?, bytes.get(8..end)?, after))
}

/// Whether a mutant treats this colour type as gray.
fn is_mistaken_for_gray(colour_type: u8, switches: &Switches) -> bool {
    (colour_type == 3 && switches.has(documents::REJECTS_PALETTE_PNGS))
        || (colour_type == 6 && switches.has(documents::REJECTS_ALPHA_PNGS))
}

fn pixels_per_metre(data: &[u8], switches: &Switches) -> Option<(f64, f64)> {
    let (across, down, unit) = (data.get(..4)?, data.get(4..8)?, data.get(8)?);
    let factor = if switches.has(documents::TAKES_METRES_FOR_INCHES) { 1.0 } else { METRES_PER_INCH };
    let per_inch = |bytes| f64::from(big_endian(bytes)) * factor;
    (*unit == 1).then(|| (per_inch(across), per_inch(down)))
}

/// The headers of a JPEG: resolution from the JFIF segment, colour from the frame header.
fn jpeg(bytes: &[u8], switches: &Switches) -> Headers {
    let mut headers = Headers::default();
    let mut rest = bytes.get(2..).unwrap_or_default();
    while let Some((marker, data, after)) = segment(rest) {
        match marker {
            0xe0 if data.starts_with(b"JFIF\0") => headers.resolution = density(data, switches),
            0xc0..=0xcf if !matches!(marker, 0xc4 | 0xc8 | 0xcc) => {
                headers.gray = data.get(5) == Some(&1);
                headers.progressive = marker == 0xc2;
            }
            0xda | 0xd9 => break,
            _ => {}
        }
        rest = after;
    }
    headers
}

/// Whether a JPEG is progressive.
pub(super) fn is_progressive(bytes: &[u8]) -> bool {
    jpeg(bytes, &Switches::default()).progressive
}

/// The marker and the data of the first segment, and the bytes after the segment.
fn segment(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let start = bytes.iter().position(|byte| *byte != 0xff)?;
    if start == 0 {
        return None;
    }
    let marker = bytes[start];
    let bytes = &bytes[start + 1..];
    let length = usize::try_from(big_endian(bytes.get(..2)?)).ok()?;
    Some((marker, bytes.get(2..length)?, bytes.get(length..)?))
}

fn density(data: &[u8], switches: &Switches) -> Option<(f64, f64)> {
    let (unit, across, down) = (data.get(7)?, data.get(8..10)?, data.get(10..12)?);
    let dots = (f64::from(big_endian(across)), f64::from(big_endian(down)));
    match unit {
        1 => Some(dots),
        2 if switches.has(documents::TAKES_CENTIMETRES_FOR_INCHES) => Some(dots),
        2 => Some((dots.0 * CENTIMETRES_PER_INCH, dots.1 * CENTIMETRES_PER_INCH)),
        _ => None,
    }
}

fn big_endian(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0, |number, byte| (number << 8) | u32::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn png_of(colour_type: u8, per_metre: u32) -> Vec<u8> {
        let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
        let mut add = |name: &[u8; 4], data: &[u8]| {
            bytes.extend(u32::try_from(data.len()).expect("short").to_be_bytes());
            bytes.extend(name);
            bytes.extend(data);
            bytes.extend([0; 4]);
        };
        add(b"IHDR", &[0, 0, 0, 1, 0, 0, 0, 1, 8, colour_type, 0, 0, 0]);
        let both = [per_metre.to_be_bytes(), per_metre.to_be_bytes()].concat();
        add(b"pHYs", &[both, vec![1]].concat());
        add(b"IDAT", &[]);
        bytes
    }

    fn jpeg_of(unit: u8, density: u8, components: u8) -> Vec<u8> {
        let mut bytes = vec![0xff, 0xd8, 0xff, 0xe0, 0, 16];
        bytes.extend(b"JFIF\0\x01\x01");
        bytes.extend([unit, 1, density, 1, density, 0, 0]);
        bytes.extend([0xff, 0xc0, 0, 8, 8, 0, 1, 0, 1, components, 0xff, 0xd9]);
        bytes
    }

    fn code(bytes: &[u8], kind: Kind) -> Option<Code> {
        judge(bytes, kind, &Switches::default()).err().map(|fault| fault.code)
    }

    #[test]
    fn png_with_low_resolution_or_gray_is_rejected() {
        let poor = Some(Code::DocumentQualityInsufficient);
        assert_eq!(code(&png_of(2, 11811), Kind::Png), None);
        assert_eq!(code(&png_of(3, 11811), Kind::Png), None);
        assert_eq!(code(&png_of(2, 11770), Kind::Png), poor);
        assert_eq!(code(&png_of(0, 11811), Kind::Png), poor);
        assert_eq!(code(&png_of(4, 11811), Kind::Png), poor);
    }

    #[test]
    fn jpeg_with_low_resolution_or_gray_is_rejected() {
        let poor = Some(Code::DocumentQualityInsufficient);
        assert_eq!(code(&jpeg_of(1, 44, 3), Kind::Jpeg), None);
        assert_eq!(code(&jpeg_of(1, 43, 3), Kind::Jpeg), poor);
        assert_eq!(code(&jpeg_of(2, 0, 3), Kind::Jpeg), None);
        assert_eq!(code(&jpeg_of(0, 1, 3), Kind::Jpeg), None);
        assert_eq!(code(&jpeg_of(1, 44, 1), Kind::Jpeg), poor);
    }

    #[test]
    fn truncated_images_do_not_panic() {
        for bytes in [png_of(2, 11811), jpeg_of(1, 44, 3)] {
            for end in 0..bytes.len() {
                let _ = png(&bytes[..end], &Switches::default());
                let _ = jpeg(&bytes[..end], &Switches::default());
            }
        }
    }
}

//! Checks the quality of an image by its headers: resolution and colour.
//!
//! Only the headers of PNG and JPEG are read; EXIF is not. An image that does not state a property is accepted.

use super::kind::DocumentKind;
use crate::errors::{ApiError, Code};

const MIN_DPI: f64 = 300.0;
pub(crate) const CENTIMETRES_PER_INCH: f64 = 2.54;
pub(crate) const METRES_PER_INCH: f64 = 0.0254;

/// The properties in the headers.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Headers {
    /// Dots per inch, horizontal and vertical.
    pub(crate) resolution: Option<(f64, f64)>,
    /// Whether the headers state it in dots per centimetre.
    pub(crate) per_centimetre: bool,
    pub(crate) gray: bool,
    /// The colour type of a PNG.
    pub(crate) colour_type: Option<u8>,
    /// Sixteen bits per sample.
    pub(crate) deep: bool,
    pub(crate) progressive: bool,
}

/// The headers of an image. Those of a PDF are not read.
pub(crate) fn headers(bytes: &[u8], kind: DocumentKind) -> Option<Headers> {
    match kind {
        DocumentKind::Png => Some(png(bytes)),
        DocumentKind::Jpeg => Some(jpeg(bytes)),
        DocumentKind::Pdf | DocumentKind::Unsupported => None,
    }
}

/// Rejects an image of poor quality.
pub(crate) fn judge(headers: &Headers) -> Result<(), ApiError> {
    if headers.gray {
        return Err(poor("Document images must be in color"));
    }
    match headers.resolution {
        Some((across, down)) if across.min(down).round() < MIN_DPI => {
            Err(poor("Document images need a resolution of at least 300 DPI"))
        }
        _ => Ok(()),
    }
}

/// DOCUMENT_QUALITY_INSUFFICIENT with these details.
pub(crate) fn poor(details: &str) -> ApiError {
    ApiError::new(Code::DocumentQualityInsufficient).details(details)
}

/// The headers of a PNG: colour type from IHDR, resolution from pHYs.
fn png(bytes: &[u8]) -> Headers {
    let mut headers = Headers::default();
    let mut rest = bytes.get(8..).unwrap_or_default();
    while let Some((name, data, after)) = chunk(rest) {
        match name {
            b"IHDR" => {
                headers.colour_type = data.get(9).copied();
                headers.gray = matches!(headers.colour_type, Some(0 | 4));
                headers.deep = data.get(8) == Some(&16);
            }
            b"pHYs" => headers.resolution = pixels_per_metre(data),
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

fn pixels_per_metre(data: &[u8]) -> Option<(f64, f64)> {
    let (across, down, unit) = (data.get(..4)?, data.get(4..8)?, data.get(8)?);
    let per_inch = |bytes| f64::from(big_endian(bytes)) * METRES_PER_INCH;
    (*unit == 1).then(|| (per_inch(across), per_inch(down)))
}

/// The headers of a JPEG: resolution from the JFIF segment, colour from the frame header.
fn jpeg(bytes: &[u8]) -> Headers {
    let mut headers = Headers::default();
    let mut rest = bytes.get(2..).unwrap_or_default();
    while let Some((marker, data, after)) = segment(rest) {
        match marker {
            0xe0 if data.starts_with(b"JFIF\0") => {
                headers.resolution = density(data);
                headers.per_centimetre = data.get(7) == Some(&2);
            }
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

fn density(data: &[u8]) -> Option<(f64, f64)> {
    let (unit, across, down) = (data.get(7)?, data.get(8..10)?, data.get(10..12)?);
    let (across, down) = (f64::from(big_endian(across)), f64::from(big_endian(down)));
    match unit {
        1 => Some((across, down)),
        2 => Some((across * CENTIMETRES_PER_INCH, down * CENTIMETRES_PER_INCH)),
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

    fn code(bytes: &[u8], kind: DocumentKind) -> Option<Code> {
        judge(&headers(bytes, kind).expect("an image")).err().map(|fault| fault.code)
    }

    #[test]
    fn png_with_low_resolution_or_gray_is_rejected() {
        let poor = Some(Code::DocumentQualityInsufficient);
        assert_eq!(code(&png_of(2, 11811), DocumentKind::Png), None);
        assert_eq!(code(&png_of(3, 11811), DocumentKind::Png), None);
        assert_eq!(code(&png_of(2, 11770), DocumentKind::Png), poor);
        assert_eq!(code(&png_of(0, 11811), DocumentKind::Png), poor);
        assert_eq!(code(&png_of(4, 11811), DocumentKind::Png), poor);
    }

    #[test]
    fn jpeg_with_low_resolution_or_gray_is_rejected() {
        let poor = Some(Code::DocumentQualityInsufficient);
        assert_eq!(code(&jpeg_of(1, 44, 3), DocumentKind::Jpeg), None);
        assert_eq!(code(&jpeg_of(1, 43, 3), DocumentKind::Jpeg), poor);
        assert_eq!(code(&jpeg_of(2, 0, 3), DocumentKind::Jpeg), None);
        assert_eq!(code(&jpeg_of(0, 1, 3), DocumentKind::Jpeg), None);
        assert_eq!(code(&jpeg_of(1, 44, 1), DocumentKind::Jpeg), poor);
    }

    #[test]
    fn truncated_images_do_not_panic() {
        for bytes in [png_of(2, 11811), jpeg_of(1, 44, 3)] {
            for end in 0..bytes.len() {
                let _ = png(&bytes[..end]);
                let _ = jpeg(&bytes[..end]);
            }
        }
    }
}

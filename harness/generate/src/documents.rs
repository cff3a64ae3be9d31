//! Generates documents: JPG, PNG and PDF files with a given resolution, colour and size, and files of other kinds.
//!
//! Nothing is read from disk, so sizes and densities are exact.

use std::collections::HashMap;
use std::io;
use std::sync::{Arc, LazyLock, OnceLock};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use parking_lot::Mutex;
use serde::{Deserialize, Serialize};

/// The description of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DocumentSpec {
    pub kind: DocumentKind,
    /// The resolution in dots per inch, if the kind has one.
    #[serde(default = "default_dpi")]
    pub dpi: u32,
    /// True to write the resolution in dots per centimetre, if the kind can (JPEG).
    #[serde(default)]
    pub centimetres: bool,
    /// The colours, if the kind has any.
    #[serde(default)]
    pub colour: Colour,
    /// The exact size in bytes, reached by padding that the format allows. Without it, the natural size.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bytes: Option<usize>,
}

/// The kind of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DocumentKind {
    /// Portable Network Graphics (ISO/IEC 15948).
    Png,
    /// JPEG in a JFIF file (ISO/IEC 10918-5).
    Jpg,
    /// Portable Document Format (ISO 32000).
    Pdf,
    /// Graphics Interchange Format 89a.
    Gif,
    /// Tagged Image File Format 6.0.
    Tiff,
    /// Windows bitmap.
    Bmp,
    /// WebP, lossless.
    Webp,
    /// An HTML page.
    Html,
    /// Scalable Vector Graphics.
    Svg,
    Text,
    /// A ZIP archive (APPNOTE.TXT) of one text file.
    Zip,
    /// No bytes at all.
    Empty,
}

/// The colours of an image.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Colour {
    /// Red, green and blue.
    #[default]
    Rgb,
    Gray,
    /// Grayscale with an alpha channel if the kind has one (PNG), else grayscale.
    GrayAlpha,
}

/// Well above every limit, so that only tests of the limit are near it.
fn default_dpi() -> u32 {
    600
}

/// The size of every image in pixels: an identity page of about 90 by 62 millimetres at 300 DPI.
const WIDTH: u16 = 1063;
const HEIGHT: u16 = 732;

/// A document of its natural size, or an error.
type Natural = Result<Arc<[u8]>, String>;

/// Each document of its natural size has its own cell, so that concurrent callers build it once.
static CACHE: LazyLock<Mutex<HashMap<DocumentSpec, Arc<OnceLock<Natural>>>>> = LazyLock::new(Mutex::default);

/// The Base64 of a document (RFC 4648, with padding), encoded while it is written: a document of many megabytes is never
/// kept.
pub struct Base64Text(Vec<Piece>);

impl Base64Text {
    pub fn new(spec: DocumentSpec) -> Result<Self, String> {
        pieces(spec).map(Self)
    }

    pub fn write_to(&self, out: &mut (impl io::Write + ?Sized)) -> io::Result<()> {
        let mut block = Vec::with_capacity(AT_ONCE);
        for piece in &self.0 {
            let mut from = 0;
            while from < piece.len() {
                let count = (AT_ONCE - block.len()).min(piece.len() - from);
                piece.append_part(from, count, &mut block);
                from += count;
                if block.len() == AT_ONCE {
                    out.write_all(STANDARD.encode(&block).as_bytes())?;
                    block.clear();
                }
            }
        }
        out.write_all(STANDARD.encode(&block).as_bytes())
    }
}

/// How many bytes are encoded at a time; a multiple of three.
const AT_ONCE: usize = 48 * 1024;

/// A part of a document.
enum Piece {
    Bytes(Vec<u8>),
    /// The same byte so many times.
    Fill(u8, usize),
}

impl Piece {
    fn len(&self) -> usize {
        match self {
            Piece::Bytes(bytes) => bytes.len(),
            Piece::Fill(_, count) => *count,
        }
    }

    fn append_part(&self, from: usize, count: usize, out: &mut Vec<u8>) {
        match self {
            Piece::Bytes(bytes) => out.extend_from_slice(&bytes[from..from + count]),
            Piece::Fill(byte, _) => {
                // In blocks: without optimization, a byte at a time takes long.
                let block = [*byte; 4096];
                let full = out.len() + count;
                while out.len() < full {
                    out.extend_from_slice(&block[..block.len().min(full - out.len())]);
                }
            }
        }
    }
}

/// Bytes as Base64 text (RFC 4648, with padding).
pub fn encoded(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// The bytes of a Base64 text (RFC 4648, with padding).
pub fn decoded(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).ok()
}

pub fn bytes(spec: DocumentSpec) -> Result<Vec<u8>, String> {
    let pieces = pieces(spec)?;
    let mut bytes = Vec::with_capacity(pieces.iter().map(Piece::len).sum());
    pieces.iter().for_each(|piece| piece.append_part(0, piece.len(), &mut bytes));
    Ok(bytes)
}

fn pieces(spec: DocumentSpec) -> Result<Vec<Piece>, String> {
    let natural = natural(DocumentSpec { bytes: None, ..spec })?.to_vec();
    let Some(size) = spec.bytes else { return Ok(vec![Piece::Bytes(natural)]) };
    let missing = size
        .checked_sub(natural.len())
        .ok_or_else(|| format!("cannot make a {:?} of {size} bytes: it needs at least {}", spec.kind, natural.len()))?;
    let padded = match spec.kind {
        DocumentKind::Png => pad_png(natural, missing),
        DocumentKind::Jpg => pad_jpg(natural, missing),
        DocumentKind::Pdf => pad_pdf(missing),
        _ => Some(vec![Piece::Bytes(natural), Piece::Fill(b' ', missing)]),
    };
    padded
        .filter(|pieces| pieces.iter().map(Piece::len).sum::<usize>() == size)
        .ok_or_else(|| format!("cannot make a {:?} of exactly {size} bytes", spec.kind))
}

/// The document of its natural size. It is built once and kept.
fn natural(spec: DocumentSpec) -> Natural {
    let cell = CACHE.lock().entry(spec).or_default().clone();
    cell.get_or_init(|| built(spec).map(Arc::from)).clone()
}

fn built(spec: DocumentSpec) -> Result<Vec<u8>, String> {
    Ok(match spec.kind {
        DocumentKind::Png => png(spec).map_err(|error| error.to_string())?,
        DocumentKind::Jpg => jpg(spec).map_err(|error| error.to_string())?,
        DocumentKind::Pdf => natural_pdf(),
        DocumentKind::Gif => gif(),
        DocumentKind::Tiff => tiff(),
        DocumentKind::Bmp => bmp(),
        DocumentKind::Webp => webp(),
        DocumentKind::Html => b"<!DOCTYPE html>\n<html><head><title>Passport</title></head><body><p>Passport</p></body></html>\n".to_vec(),
        DocumentKind::Svg => b"<?xml version=\"1.0\"?>\n<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"90mm\" height=\"62mm\"><rect width=\"100\" height=\"60\" fill=\"teal\"/></svg>\n".to_vec(),
        DocumentKind::Text => b"This is a passport, in plain text, line by line.\nName: Ada Lovelace\n".to_vec(),
        DocumentKind::Zip => zip(b"passport.txt", b"Passport of Ada Lovelace\n"),
        DocumentKind::Empty => Vec::new(),
    })
}

/// The fields of the page: their colours, their width and their height.
const FIELDS: [[u8; 3]; 4] = [[0x1f, 0x4e, 0x79], [0xf2, 0xe6, 0xc9], [0xa6, 0x2b, 0x2b], [0x2e, 0x6b, 0x3f]];
const FIELD_WIDTH: usize = 177;
const FIELD_HEIGHT: usize = 122;

/// A page with a few coloured fields, so that it is a picture but compresses well. Built row by row, because building
/// it pixel by pixel takes a second without optimization.
fn pixels(colour: Colour) -> Vec<u8> {
    let (width, height) = (usize::from(WIDTH), usize::from(HEIGHT));
    let mut page = Vec::new();
    for (band, top) in (0..height).step_by(FIELD_HEIGHT).enumerate() {
        let mut row = Vec::new();
        for (column, left) in (0..width).step_by(FIELD_WIDTH).enumerate() {
            let field = point(FIELDS[(column + band) % FIELDS.len()], colour);
            row.extend(field.repeat(FIELD_WIDTH.min(width - left)));
        }
        page.extend(row.repeat(FIELD_HEIGHT.min(height - top)));
    }
    page
}

fn point([red, green, blue]: [u8; 3], colour: Colour) -> Vec<u8> {
    let gray = ((u32::from(red) * 3 + u32::from(green) * 6 + u32::from(blue)) / 10) as u8;
    match colour {
        Colour::Rgb => vec![red, green, blue],
        Colour::Gray => vec![gray],
        Colour::GrayAlpha => vec![gray, 255],
    }
}

fn png(spec: DocumentSpec) -> Result<Vec<u8>, png::EncodingError> {
    let mut out = Vec::new();
    let mut encoder = png::Encoder::new(&mut out, WIDTH.into(), HEIGHT.into());
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_color(match spec.colour {
        Colour::Rgb => png::ColorType::Rgb,
        Colour::Gray => png::ColorType::Grayscale,
        Colour::GrayAlpha => png::ColorType::GrayscaleAlpha,
    });
    // Pixels per metre. 300 DPI is 11811.02, which the format can only store as 11811.
    let per_metre = (f64::from(spec.dpi) / 0.0254).round() as u32;
    encoder.set_pixel_dims(Some(png::PixelDimensions { xppu: per_metre, yppu: per_metre, unit: png::Unit::Meter }));
    encoder.set_compression(png::Compression::Fast);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&pixels(spec.colour))?;
    writer.finish()?;
    Ok(out)
}

/// Inserts a private ancillary chunk before the end chunk. It takes at least 12 bytes.
fn pad_png(mut file: Vec<u8>, missing: usize) -> Option<Vec<Piece>> {
    const END_CHUNK: usize = 12;
    const NAME: &[u8] = b"prVt";
    let length = missing.checked_sub(12)?;
    let end = file.split_off(file.len() - END_CHUNK);
    file.extend(u32::try_from(length).ok()?.to_be_bytes());
    file.extend(NAME);
    let mut crc = crc32fast::Hasher::new();
    crc.update(NAME);
    let (block, mut left) = ([b'.'; 4096], length);
    while left > 0 {
        let count = left.min(block.len());
        crc.update(&block[..count]);
        left -= count;
    }
    let end = [&crc.finalize().to_be_bytes()[..], &end].concat();
    Some(vec![Piece::Bytes(file), Piece::Fill(b'.', length), Piece::Bytes(end)])
}

fn jpg(spec: DocumentSpec) -> Result<Vec<u8>, jpeg_encoder::EncodingError> {
    let mut out = Vec::new();
    let mut encoder = jpeg_encoder::Encoder::new(&mut out, 60);
    let (dots, unit) = match spec.centimetres {
        true => ((f64::from(spec.dpi) / 2.54).round() as u32, jpeg_encoder::PixelDensityUnit::Centimeters),
        false => (spec.dpi, jpeg_encoder::PixelDensityUnit::Inches),
    };
    let dots = u16::try_from(dots).unwrap_or(u16::MAX);
    encoder.set_density(jpeg_encoder::PixelDensity { density: (dots, dots), unit });
    let (colour, kind) = match spec.colour {
        Colour::Rgb => (Colour::Rgb, jpeg_encoder::ColorType::Rgb),
        Colour::Gray | Colour::GrayAlpha => (Colour::Gray, jpeg_encoder::ColorType::Luma),
    };
    encoder.encode(&pixels(colour), WIDTH, HEIGHT, kind)?;
    Ok(out)
}

/// Inserts comment segments after the JFIF header.
fn pad_jpg(mut file: Vec<u8>, missing: usize) -> Option<Vec<Piece>> {
    let header = 4 + usize::from(u16::from_be_bytes([file[4], file[5]]));
    let rest = file.split_off(header);
    let mut out = vec![Piece::Bytes(file)];
    let mut left = missing;
    while left > 0 {
        // A segment takes 4 to 65,537 bytes. The remainder must not be too small for one.
        let take = if left > 65_537 { left.min(65_537).min(left - 4) } else { left };
        let length = u16::try_from(take.checked_sub(2)?).ok()?;
        out.push(Piece::Bytes([&[0xFF, 0xFE][..], &length.to_be_bytes()].concat()));
        out.push(Piece::Fill(b'.', take - 4));
        left -= take;
    }
    out.push(Piece::Bytes(rest));
    Some(out)
}

/// A page with text, and an unreferenced stream object of `padding` bytes.
fn pdf(padding: usize) -> Vec<Piece> {
    let line = |number: usize| format!("(Passport of Ada Lovelace, line {number}) Tj 0 -16 Td ");
    let text = format!("BT /F1 12 Tf 72 780 Td {}ET", (1..=44).map(line).collect::<String>());
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>".to_owned(),
        format!("<< /Length {} >>\nstream\n{text}\nendstream", text.len()),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_owned(),
        format!("<< /Length {padding} >>\nstream\n"),
    ];
    let mut out = b"%PDF-1.4\n%\xE2\xE3\xCF\xD3\n".to_vec();
    let mut offsets = Vec::new();
    for (index, object) in objects.iter().enumerate() {
        offsets.push(out.len());
        out.extend_from_slice(format!("{} 0 obj\n", index + 1).as_bytes());
        out.extend_from_slice(object.as_bytes());
        if index + 1 < objects.len() {
            out.extend_from_slice(b"\nendobj\n");
        }
    }
    let mut end = b"\nendstream\nendobj\n".to_vec();
    let table = out.len() + padding + end.len();
    end.extend(format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1).bytes());
    for offset in offsets {
        end.extend(format!("{offset:010} 00000 n \n").bytes());
    }
    end.extend(format!("trailer\n<< /Size {} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n", objects.len() + 1).bytes());
    vec![Piece::Bytes(out), Piece::Fill(b'.', padding), Piece::Bytes(end)]
}

/// The length of the padding and the offset of the table are written in digits, so a longer padding can need a few
/// additional bytes.
fn pad_pdf(missing: usize) -> Option<Vec<Piece>> {
    let plain = natural_pdf();
    let digits = |number: usize| number.to_string().len();
    let table = plain.windows(5).position(|bytes| bytes == b"xref\n")?;
    let extra = |padding: usize| {
        let length = digits(padding) - 1;
        length + digits(table + padding + length) - digits(table)
    };
    (missing.saturating_sub(24)..=missing).find(|padding| padding + extra(*padding) == missing).map(pdf)
}

fn natural_pdf() -> Vec<u8> {
    let mut bytes = Vec::new();
    pdf(0).iter().for_each(|piece| piece.append_part(0, piece.len(), &mut bytes));
    bytes
}

fn gif() -> Vec<u8> {
    let mut out = b"GIF89a".to_vec();
    out.extend([1, 0, 1, 0, 0x80, 0, 0]);
    out.extend([0x1f, 0x4e, 0x79, 0xff, 0xff, 0xff]);
    out.extend([0x2C, 0, 0, 0, 0, 1, 0, 1, 0, 0]);
    out.extend([2, 2, 0x44, 0x01, 0, 0x3B]);
    out
}

fn tiff() -> Vec<u8> {
    let entries: [(u16, u16, u32); 8] =
        [(256, 3, 1), (257, 3, 1), (258, 3, 8), (259, 3, 1), (262, 3, 1), (273, 4, 8), (278, 3, 1), (279, 4, 1)];
    let mut out = b"II*\0".to_vec();
    out.extend(10u32.to_le_bytes());
    out.extend([0x7F, 0]);
    out.extend((entries.len() as u16).to_le_bytes());
    for (tag, kind, value) in entries {
        out.extend(tag.to_le_bytes());
        out.extend(kind.to_le_bytes());
        out.extend(1u32.to_le_bytes());
        out.extend(value.to_le_bytes());
    }
    out.extend(0u32.to_le_bytes());
    out
}

fn bmp() -> Vec<u8> {
    let mut out = b"BM".to_vec();
    for number in [58u32, 0, 54, 40, 1, 1] {
        out.extend(number.to_le_bytes());
    }
    out.extend(1u16.to_le_bytes());
    out.extend(24u16.to_le_bytes());
    for number in [0u32, 4, 11811, 11811, 0, 0] {
        out.extend(number.to_le_bytes());
    }
    out.extend([0x79, 0x4e, 0x1f, 0]);
    out
}

/// One uncompressed file: local header, directory entry and end of directory.
fn zip(name: &[u8], content: &[u8]) -> Vec<u8> {
    let size = (content.len() as u32).to_le_bytes();
    let length = (name.len() as u16).to_le_bytes();
    // Version, flags, method (stored), time and date (1 January 1980), checksum, both sizes, lengths of name and extra
    // field.
    let common = [
        &[20, 0, 0, 0, 0, 0, 0, 0, 0x21, 0][..],
        &crc32fast::hash(content).to_le_bytes(),
        &size,
        &size,
        &length,
        &[0, 0],
    ]
    .concat();
    let local = [b"PK\x03\x04", &common[..], name, content].concat();
    let entry = [b"PK\x01\x02\x14\0", &common[..], &[0; 14], name].concat();
    let end = [
        b"PK\x05\x06\0\0\0\0\x01\0\x01\0",
        &(entry.len() as u32).to_le_bytes()[..],
        &(local.len() as u32).to_le_bytes(),
        &[0, 0],
    ]
    .concat();
    [local, entry, end].concat()
}

fn webp() -> Vec<u8> {
    // One pixel, lossless: signature, 14 + 14 bits of size, then five codes of a single symbol each.
    let mut out = b"RIFF".to_vec();
    out.extend(26u32.to_le_bytes());
    out.extend(b"WEBPVP8L");
    out.extend(13u32.to_le_bytes());
    out.extend([0x2F, 0, 0, 0, 0x10, 0x07, 0x10, 0x11, 0x11, 0x88, 0x88, 0xFE, 0x07, 0]);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spec(kind: DocumentKind) -> DocumentSpec {
        DocumentSpec { kind, dpi: 300, centimetres: false, colour: Colour::Rgb, bytes: None }
    }

    #[test]
    fn png_has_its_density_even_with_padding() {
        for size in [None, Some(1_000_000)] {
            let file = bytes(DocumentSpec { bytes: size, dpi: 299, ..spec(DocumentKind::Png) }).expect("a file");
            let mut reader = png::Decoder::new(std::io::Cursor::new(&file)).read_info().expect("a header");
            let mut pixels = vec![0; reader.output_buffer_size().expect("a size")];
            reader.next_frame(&mut pixels).expect("pixels");
            reader.finish().expect("an end");
            assert_eq!(reader.info().pixel_dims.expect("dimensions").xppu, 11772);
            assert_eq!(size.unwrap_or(file.len()), file.len());
        }
    }

    #[test]
    fn sizes_are_exact() {
        for kind in [DocumentKind::Png, DocumentKind::Jpg, DocumentKind::Pdf, DocumentKind::Text] {
            for size in [200_000, 10_000_000, 10 * 1024 * 1024 + 1] {
                let spec = DocumentSpec { bytes: Some(size), ..spec(kind) };
                let file = bytes(spec).expect("a file");
                assert_eq!(file.len(), size, "{kind:?}");
                let mut text = Vec::new();
                Base64Text::new(spec).expect("a file").write_to(&mut text).expect("written");
                assert!(
                    decoded(std::str::from_utf8(&text).expect("ASCII")).as_deref() == Some(&file[..]),
                    "{kind:?} of {size} bytes in blocks"
                );
            }
        }
    }

    #[test]
    fn jpg_has_its_density_and_colour() {
        let file = bytes(DocumentSpec { dpi: 72, colour: Colour::Gray, ..spec(DocumentKind::Jpg) }).expect("a file");
        assert_eq!(&file[6..11], b"JFIF\0");
        assert_eq!(&file[13..18], &[1, 0, 72, 0, 72]);
        let frame = file.windows(2).position(|pair| pair == [0xFF, 0xC0]).expect("a frame");
        assert_eq!(file[frame + 9], 1, "components");
    }

    #[test]
    fn pdf_cross_references_point_at_objects() {
        let file = bytes(DocumentSpec { bytes: Some(50_000), ..spec(DocumentKind::Pdf) }).expect("a file");
        let text = String::from_utf8_lossy(&file);
        let table = text.rfind("xref\n0 7\n").expect("a table");
        let offset: usize = text[table + 9 + 20..table + 9 + 30].parse().expect("digits");
        assert!(file[offset..].starts_with(b"1 0 obj"));
    }

    #[test]
    fn impossible_size_is_an_error() {
        assert!(bytes(DocumentSpec { bytes: Some(10), ..spec(DocumentKind::Png) }).is_err());
    }
}

//! Generates documents: JPG, PNG and PDF files with a given resolution, colour and size, and files of other kinds.
//!
//! Nothing is read from disk, so sizes and densities are exact.

use std::io;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use crate::pictures::{self, Colours, Dots, Picture, PictureKind};

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
    /// Portable Document ValueFormat (ISO 32000).
    Pdf,
    /// Graphics Interchange ValueFormat 89a.
    Gif,
    /// Tagged Image File ValueFormat 6.0.
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
    let natural = natural(spec);
    let Some(size) = spec.bytes else { return Ok(vec![Piece::Bytes(natural)]) };
    let missing = size
        .checked_sub(natural.len())
        .ok_or_else(|| format!("cannot make a {:?} of {size} bytes: it needs at least {}", spec.kind, natural.len()))?;
    let padded = match spec.kind {
        DocumentKind::Png => pad_png(natural, missing),
        DocumentKind::Jpg => pad_jpg(natural, missing),
        DocumentKind::Pdf => pad_pdf(natural, missing),
        _ => Some(vec![Piece::Bytes(natural), Piece::Fill(b' ', missing)]),
    };
    padded
        .filter(|pieces| pieces.iter().map(Piece::len).sum::<usize>() == size)
        .ok_or_else(|| format!("cannot make a {:?} of exactly {size} bytes", spec.kind))
}

/// The document of its natural size.
fn natural(spec: DocumentSpec) -> Vec<u8> {
    match spec.kind {
        DocumentKind::Png => pictures::file(PictureKind::Png, png(spec)).to_vec(),
        DocumentKind::Jpg => pictures::file(PictureKind::Jpg, jpg(spec)).to_vec(),
        DocumentKind::Pdf => pictures::pdf(1, "1.4"),
        DocumentKind::Gif => gif(),
        DocumentKind::Tiff => tiff(false),
        DocumentKind::Bmp => bmp(),
        DocumentKind::Webp => webp(),
        DocumentKind::Html => b"<!DOCTYPE html>\n<html><head><title>Passport</title></head><body><p>Passport</p></body></html>\n".to_vec(),
        DocumentKind::Svg => b"<?xml version=\"1.0\"?>\n<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"90mm\" height=\"62mm\"><rect width=\"100\" height=\"60\" fill=\"teal\"/></svg>\n".to_vec(),
        DocumentKind::Text => b"This is a passport, in plain text, line by line.\nName: Ada Lovelace\n".to_vec(),
        DocumentKind::Zip => zip(b"passport.txt", b"Passport of Ada Lovelace\n"),
        DocumentKind::Empty => Vec::new(),
    }
}

/// PNG states pixels per metre. 300 DPI is 11811.02, which the format can only store as 11811.
fn png(spec: DocumentSpec) -> Picture {
    let per_metre = (f64::from(spec.dpi) / 0.0254).round() as u32;
    page(spec, Dots::PerMetre(per_metre, per_metre))
}

fn jpg(spec: DocumentSpec) -> Picture {
    let short = |dots: u32| u16::try_from(dots).unwrap_or(u16::MAX);
    let (inch, centimetre) = (short(spec.dpi), short((f64::from(spec.dpi) / 2.54).round() as u32));
    let dots = if spec.centimetres { Dots::PerCentimetre(centimetre, centimetre) } else { Dots::PerInch(inch, inch) };
    page(spec, dots)
}

fn page(spec: DocumentSpec, dots: Dots) -> Picture {
    let colours = match spec.colour {
        Colour::Rgb => Colours::Rgb,
        Colour::Gray => Colours::Gray,
        Colour::GrayAlpha => Colours::GrayAlpha,
    };
    Picture { colours, dots, ..Picture::in_colour(WIDTH, HEIGHT) }
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

/// Inserts empty lines before the cross-reference table. Its offset is written at the end, and can need more digits.
fn pad_pdf(mut file: Vec<u8>, missing: usize) -> Option<Vec<Piece>> {
    let table = file.windows(5).position(|bytes| bytes == b"xref\n")?;
    let end = String::from_utf8(file.split_off(table)).ok()?;
    let digits = |number: usize| number.to_string().len();
    let is_exact = |padding: &usize| padding + digits(table + padding) - digits(table) == missing;
    let padding = (missing.saturating_sub(24)..=missing).find(is_exact)?;
    let end = end.replace(&format!("startxref\n{table}\n"), &format!("startxref\n{}\n", table + padding));
    Some(vec![Piece::Bytes(file), Piece::Fill(b'\n', padding), Piece::Bytes(end.into_bytes())])
}

fn gif() -> Vec<u8> {
    let mut out = b"GIF89a".to_vec();
    out.extend([1, 0, 1, 0, 0x80, 0, 0]);
    out.extend([0x1f, 0x4e, 0x79, 0xff, 0xff, 0xff]);
    out.extend([0x2C, 0, 0, 0, 0, 1, 0, 1, 0, 0]);
    out.extend([2, 2, 0x44, 0x01, 0, 0x3B]);
    out
}

/// A grayscale TIFF of one pixel.
pub(crate) fn tiff(big_endian: bool) -> Vec<u8> {
    let entries: [(u16, u16, u32); 8] =
        [(256, 3, 1), (257, 3, 1), (258, 3, 8), (259, 3, 1), (262, 3, 1), (273, 4, 8), (278, 3, 1), (279, 4, 1)];
    let short = |number: u16| if big_endian { number.to_be_bytes() } else { number.to_le_bytes() };
    let long = |number: u32| if big_endian { number.to_be_bytes() } else { number.to_le_bytes() };
    let mut out = if big_endian { b"MM".to_vec() } else { b"II".to_vec() };
    out.extend(short(42));
    out.extend(long(10));
    out.extend([0x7F, 0]);
    out.extend(short(entries.len() as u16));
    for (tag, kind, value) in entries {
        out.extend(short(tag));
        out.extend(short(kind));
        out.extend(long(1));
        // A 16-bit value is in the first two of its four bytes.
        out.extend(long(if big_endian && kind == 3 { value << 16 } else { value }));
    }
    out.extend([0; 4]);
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
        let number = |text: &str| text.parse::<usize>().expect("digits");
        let start = text.rfind("startxref\n").expect("the offset of the table") + 10;
        let table = file.split_at(number(text[start..].lines().next().expect("a line"))).1;
        assert!(table.starts_with(b"xref\n0 6\n"));
        let offset = number(std::str::from_utf8(&table[9 + 20..9 + 30]).expect("ASCII"));
        assert!(file[offset..].starts_with(b"1 0 obj"));
    }

    #[test]
    fn impossible_size_is_an_error() {
        assert!(bytes(DocumentSpec { bytes: Some(10), ..spec(DocumentKind::Png) }).is_err());
    }
}

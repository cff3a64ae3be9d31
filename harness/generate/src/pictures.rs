//! Builds pictures and PDFs with generated properties: size, colours, resolution in both units and both directions,
//! number of pages. The pictures are fields of colour with some noise, so that files stay small.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

use parking_lot::Mutex;

/// The properties of a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Picture {
    pub(super) width: u16,
    pub(super) height: u16,
    pub(super) colours: Colours,
    pub(super) dots: Dots,
    /// The position of the noise.
    pub(super) noise: u8,
    pub(super) writing: Writing,
}

impl Picture {
    /// A picture in colour with 300 dots an inch.
    pub(super) fn in_colour(width: u16, height: u16) -> Self {
        let (colours, dots) = (Colours::Rgb, Dots::PerInch(300, 300));
        Self { width, height, colours, dots, noise: 0, writing: Writing::Baseline }
    }
}

/// How a JPEG is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Writing {
    /// Baseline mode, with a JFIF header.
    Baseline,
    /// Progressive mode (ISO/IEC 10918-1), with a JFIF header.
    Progressive,
    /// Like cameras: an EXIF segment with the resolution first, then the JFIF header.
    ExifFirst,
}

/// How the colours are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Colours {
    Rgb,
    Rgba,
    Palette,
    Rgb16,
    Gray,
    GrayAlpha,
    Gray16,
    Gray1,
    Gray2,
    Gray4,
    GrayAlpha16,
    /// Cyan, magenta, yellow and black; JPEG only.
    Cmyk,
}

/// The stated resolution: horizontal and vertical.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Dots {
    PerInch(u16, u16),
    PerCentimetre(u16, u16),
    /// Pixels per metre, as in PNG.
    PerMetre(u32, u32),
    /// Nothing is stated.
    Unstated,
}

/// The kinds of pictures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum PictureKind {
    Png,
    Jpg,
}

/// Built pictures by their properties.
type Files = HashMap<(PictureKind, Picture), Arc<[u8]>>;

/// A cache of built pictures, because shrinking generates the same ones repeatedly.
static CACHE: LazyLock<Mutex<Files>> = LazyLock::new(Mutex::default);

/// The maximum number of pictures in the cache, which is then emptied. A run generates fewer.
const MOST: usize = 256;

/// The picture as a file; empty if encoding fails.
pub(super) fn file(kind: PictureKind, picture: Picture) -> Arc<[u8]> {
    let found = |cache: &Files| cache.get(&(kind, picture)).cloned();
    if let Some(file) = found(&CACHE.lock()) {
        return file;
    }
    let built: Arc<[u8]> = match kind {
        PictureKind::Png => png(picture).unwrap_or_default().into(),
        PictureKind::Jpg => jpg(picture).unwrap_or_default().into(),
    };
    let mut cache = CACHE.lock();
    if cache.len() >= MOST {
        cache.clear();
    }
    cache.insert((kind, picture), built.clone());
    built
}

const PALETTE: [[u8; 3]; 4] = [[0x24, 0x5a, 0x8c], [0xf0, 0xe0, 0xc0], [0xb0, 0x30, 0x28], [0x28, 0x78, 0x48]];

/// Fields in the colours of the palette, with one pixel of noise in each row. Pixels are filled by rows, because single
/// pixels take seconds in a build without optimisation.
fn pixels(picture: Picture) -> Vec<u8> {
    const FIELD: usize = 61;
    let (width, height) = (usize::from(picture.width), usize::from(picture.height));
    if let Some(bits) = bits_of_gray(picture.colours) {
        let row = (width * bits).div_ceil(8);
        return (0..height).flat_map(|y| vec![[0x1b_u8, 0xe4][y / FIELD % 2]; row]).collect();
    }
    let points = [0, 1, 2, 3].map(|index| point(index, picture.colours));
    let size = points[0].len();
    let mut page = Vec::with_capacity(width * height * size);
    for (band, top) in (0..height).step_by(FIELD).enumerate() {
        let mut row = Vec::with_capacity(width * size);
        for (column, left) in (0..width).step_by(FIELD).enumerate() {
            row.extend(points[(column + band) % points.len()].repeat(FIELD.min(width - left)));
        }
        for y in top..height.min(top + FIELD) {
            let start = page.len();
            page.extend_from_slice(&row);
            let speck = start + (y * 17 + usize::from(picture.noise)) % width * size;
            page[speck..speck + size].copy_from_slice(&points[y % points.len()]);
        }
    }
    page
}

/// The bits of a pixel, if several pixels share a byte.
fn bits_of_gray(colours: Colours) -> Option<usize> {
    match colours {
        Colours::Gray1 => Some(1),
        Colours::Gray2 => Some(2),
        Colours::Gray4 => Some(4),
        _ => None,
    }
}

fn point(index: u8, colours: Colours) -> Vec<u8> {
    let [red, green, blue] = PALETTE[usize::from(index)];
    let gray = index * 60 + 30;
    match colours {
        Colours::Rgb => vec![red, green, blue],
        Colours::Rgba => vec![red, green, blue, 255],
        Colours::Rgb16 => vec![red, 0, green, 0, blue, 0],
        Colours::Palette => vec![index],
        Colours::Gray | Colours::Gray1 | Colours::Gray2 | Colours::Gray4 => vec![gray],
        Colours::GrayAlpha16 => vec![gray, 0, 255, 255],
        Colours::GrayAlpha => vec![gray, 255],
        Colours::Gray16 => vec![gray, 0],
        Colours::Cmyk => vec![255 - red, 255 - green, 255 - blue, 0],
    }
}

fn png(picture: Picture) -> Result<Vec<u8>, png::EncodingError> {
    let mut out = Vec::new();
    let mut encoder = png::Encoder::new(&mut out, picture.width.into(), picture.height.into());
    let (colour, depth) = match picture.colours {
        Colours::Rgb | Colours::Cmyk => (png::ColorType::Rgb, png::BitDepth::Eight),
        Colours::Rgba => (png::ColorType::Rgba, png::BitDepth::Eight),
        Colours::Rgb16 => (png::ColorType::Rgb, png::BitDepth::Sixteen),
        Colours::Palette => (png::ColorType::Indexed, png::BitDepth::Eight),
        Colours::Gray => (png::ColorType::Grayscale, png::BitDepth::Eight),
        Colours::GrayAlpha => (png::ColorType::GrayscaleAlpha, png::BitDepth::Eight),
        Colours::Gray16 => (png::ColorType::Grayscale, png::BitDepth::Sixteen),
        Colours::Gray1 => (png::ColorType::Grayscale, png::BitDepth::One),
        Colours::Gray2 => (png::ColorType::Grayscale, png::BitDepth::Two),
        Colours::Gray4 => (png::ColorType::Grayscale, png::BitDepth::Four),
        Colours::GrayAlpha16 => (png::ColorType::GrayscaleAlpha, png::BitDepth::Sixteen),
    };
    encoder.set_color(colour);
    encoder.set_depth(depth);
    if picture.colours == Colours::Palette {
        encoder.set_palette(PALETTE.concat());
    }
    if let Some((xppu, yppu)) = per_metre(picture.dots) {
        encoder.set_pixel_dims(Some(png::PixelDimensions { xppu, yppu, unit: png::Unit::Meter }));
    }
    encoder.set_compression(png::Compression::Fast);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&pixels(picture))?;
    writer.finish()?;
    Ok(out)
}

fn per_metre(dots: Dots) -> Option<(u32, u32)> {
    let from_inch = |dots: u16| (f64::from(dots) / 0.0254).round() as u32;
    match dots {
        Dots::PerInch(across, down) => Some((from_inch(across), from_inch(down))),
        Dots::PerCentimetre(across, down) => Some((u32::from(across) * 100, u32::from(down) * 100)),
        Dots::PerMetre(across, down) => Some((across, down)),
        Dots::Unstated => None,
    }
}

fn jpg(picture: Picture) -> Result<Vec<u8>, jpeg_encoder::EncodingError> {
    use jpeg_encoder::{ColorType, Encoder, PixelDensity, PixelDensityUnit};
    let mut out = Vec::new();
    let mut encoder = Encoder::new(&mut out, 60);
    let (density, unit) = match picture.dots {
        Dots::PerInch(across, down) => ((across, down), PixelDensityUnit::Inches),
        Dots::PerCentimetre(across, down) => ((across, down), PixelDensityUnit::Centimeters),
        Dots::PerMetre(..) | Dots::Unstated => ((1, 1), PixelDensityUnit::PixelAspectRatio),
    };
    encoder.set_density(PixelDensity { density, unit });
    encoder.set_progressive(picture.writing == Writing::Progressive);
    let (colours, kind) = match picture.colours {
        Colours::Gray
        | Colours::GrayAlpha
        | Colours::Gray16
        | Colours::Gray1
        | Colours::Gray2
        | Colours::Gray4
        | Colours::GrayAlpha16 => (Colours::Gray, ColorType::Luma),
        Colours::Cmyk => (Colours::Cmyk, ColorType::Cmyk),
        _ => (Colours::Rgb, ColorType::Rgb),
    };
    encoder.encode(&pixels(Picture { colours, ..picture }), picture.width, picture.height, kind)?;
    if picture.writing == Writing::ExifFirst {
        const START_OF_IMAGE: usize = 2;
        out.splice(START_OF_IMAGE..START_OF_IMAGE, exif(picture.dots));
    }
    Ok(out)
}

/// An APP1 segment with only the resolution (EXIF 2.3: tags 011A, 011B and 0128 of the first directory).
fn exif(dots: Dots) -> Vec<u8> {
    let (across, down, unit) = match dots {
        Dots::PerInch(across, down) => (across, down, 2u16),
        Dots::PerCentimetre(across, down) => (across, down, 3),
        Dots::PerMetre(..) | Dots::Unstated => (1, 1, 1),
    };
    const ENTRIES: u16 = 3;
    /// The offset of the two fractions from the byte order mark: header, count, entries, end.
    const FRACTIONS: u32 = 8 + 2 + 12 * ENTRIES as u32 + 4;
    let mut body = b"Exif\0\0MM\0\x2a\0\0\0\x08".to_vec();
    body.extend(ENTRIES.to_be_bytes());
    for (tag, place) in [(0x011a_u16, FRACTIONS), (0x011b, FRACTIONS + 8)] {
        body.extend(tag.to_be_bytes());
        body.extend([0, 5, 0, 0, 0, 1]);
        body.extend(place.to_be_bytes());
    }
    body.extend([0x01, 0x28, 0, 3, 0, 0, 0, 1]);
    body.extend(unit.to_be_bytes());
    body.extend([0; 6]);
    for dots in [across, down] {
        body.extend(u32::from(dots).to_be_bytes());
        body.extend(1u32.to_be_bytes());
    }
    let length = (body.len() + 2) as u16;
    [&[0xff, 0xe1][..], &length.to_be_bytes(), &body].concat()
}

/// A PDF with this number of pages, each with 40 lines of text.
pub(super) fn pdf(pages: usize, version: &str) -> Vec<u8> {
    let kids: Vec<String> = (0..pages).map(|page| format!("{} 0 R", 4 + page * 2)).collect();
    let mut objects = vec![
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        format!("<< /Type /Pages /Count {pages} /Kids [{}] >>", kids.join(" ")),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Times-Roman >>".to_owned(),
    ];
    for page in 0..pages {
        let line =
            |number: usize| format!("(Page {}, line {number} of the record of Ada Lovelace) Tj 0 -16 Td ", page + 1);
        let words = format!("BT /F1 12 Tf 60 780 Td {}ET", (1..=40).map(line).collect::<String>());
        objects.push(format!(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 3 0 R >> >> /Contents {} 0 R >>",
            5 + page * 2
        ));
        objects.push(format!("<< /Length {} >>\nstream\n{words}\nendstream", words.len()));
    }
    pdf_file(&objects, version)
}

/// A PDF file with the objects and their cross-reference table.
fn pdf_file(objects: &[String], version: &str) -> Vec<u8> {
    let mut out = format!("%PDF-{version}\n%").into_bytes();
    out.extend([0xe2, 0xe3, 0xcf, 0xd3, b'\n']);
    let mut table = format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1);
    for (index, object) in objects.iter().enumerate() {
        table.push_str(&format!("{:010} 00000 n \n", out.len()));
        out.extend(format!("{} 0 obj\n{object}\nendobj\n", index + 1).into_bytes());
    }
    let start = out.len();
    out.extend(table.into_bytes());
    out.extend(
        format!("trailer\n<< /Root 1 0 R /Size {} >>\nstartxref\n{start}\n%%EOF\n", objects.len() + 1).into_bytes(),
    );
    out
}

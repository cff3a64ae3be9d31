//! Files in Base64 with their declared media type: good ones, others of every kind, too large ones, texts that are no
//! Base64, and pictures of poor quality. All are built here, bit for bit.

use std::sync::Arc;

use proptest::prelude::{BoxedStrategy, Just, Strategy, any};
use proptest::sample::{Index, select};
use serde_json::Value;

use super::document_open::open;
use super::generate::{accepted, inserted, refused_as};
use super::pictures::{Colours, Dots, Kind, Picture, Writing, encoded, file, pdf};
use super::rule::{Content, Input, Rule};
use crate::documents::{self, Colour, DocumentSpec};

pub(super) const PNG: &str = "image/png";
pub(super) const JPG: &str = "image/jpeg";
pub(super) const PDF: &str = "application/pdf";

/// What must be accepted at the least, in bytes, and the first size that must not.
const LARGEST: usize = 10_000_000;
const TOO_LARGE: usize = 10 * 1024 * 1024 + 1;

/// From this size on a text is built once and shared.
const LARGE: usize = 100_000;

pub(super) fn rules() -> Vec<Rule> {
    [good(), sizes(), others(), mislabelled(), no_base64(), poor(), open()].concat()
}

fn good() -> Vec<Rule> {
    vec![
        accepted("png-in-colour", || png(picture(Colours::Rgb, fine_inches()))),
        accepted("png-with-alpha", || png(picture(Colours::Rgba, fine_inches()))),
        accepted("png-with-a-palette", || png(picture(Colours::Palette, fine_inches()))),
        accepted("png-of-16-bits", || png(picture(Colours::Rgb16, fine_inches()))),
        accepted("png-of-11811-pixels-a-metre", || png(picture(Colours::Rgb, Just(Dots::PerMetre(11_811, 11_811))))),
        accepted("jpg-in-colour", || jpg(picture(Colours::Rgb, fine_inches()))),
        accepted("jpg-of-300-dots-an-inch", || jpg(picture(Colours::Rgb, Just(Dots::PerInch(300, 300))))),
        accepted("jpg-in-dots-a-centimetre", || {
            jpg(picture(Colours::Rgb, (119u16..=280).prop_map(|dots| Dots::PerCentimetre(dots, dots))))
        }),
        accepted("jpg-progressive", || jpg(written(Writing::Progressive, picture(Colours::Rgb, fine_inches())))),
        accepted("jpg-with-exif-first", || jpg(written(Writing::ExifFirst, picture(Colours::Rgb, fine_inches())))),
        accepted("pdf", || pages(1..=1)),
        accepted("pdf-of-version-one-five", || Just(input(&encoded(&pdf(3, "1.5")), PDF)).boxed()),
        accepted("pdf-of-version-one-seven", || Just(input(&encoded(&pdf(3, "1.7")), PDF)).boxed()),
        accepted("pdf-of-many-pages", || pages(2..=60)),
    ]
}

fn sizes() -> Vec<Rule> {
    let once = |rule: Rule| Rule { at_most: Some(1), ..rule };
    vec![
        once(accepted("png-of-10000000-bytes", || sized(documents::Kind::Png, PNG, LARGEST))),
        once(accepted("jpg-of-10000000-bytes", || sized(documents::Kind::Jpg, JPG, LARGEST))),
        once(accepted("pdf-of-10000000-bytes", || sized(documents::Kind::Pdf, PDF, LARGEST))),
        once(refused_as("too-large", "one-byte-above-10-mebibytes", || sized(documents::Kind::Pdf, PDF, TOO_LARGE))),
        once(refused_as("too-large", "jpg-of-14-mebibytes", || sized(documents::Kind::Jpg, JPG, 14 * 1024 * 1024))),
    ]
}

/// Files of other kinds, declared as what they are not, or as what they are.
fn others() -> Vec<Rule> {
    let content = |name, strategy| refused_as("content", name, strategy);
    vec![
        content("gif", || other(|| built(documents::Kind::Gif))),
        content("tiff", || other(|| built(documents::Kind::Tiff))),
        content("gif-of-1987", || other(|| [&b"GIF87a"[..], &built(documents::Kind::Gif)[6..]].concat())),
        content("tiff-big-end-first", || other(tiff_big_end_first)),
        content("hexadecimal", || {
            text_of_a_picture()
                .prop_map(|text| {
                    let bytes = documents::decoded(&text).unwrap_or_default();
                    input(&bytes.iter().take(1_200).map(|byte| format!("{byte:02x}")).collect::<String>(), PNG)
                })
                .boxed()
        }),
        content("bmp", || other(|| built(documents::Kind::Bmp))),
        content("webp", || other(|| built(documents::Kind::Webp))),
        content("html", || other(|| built(documents::Kind::Html))),
        content("svg", || other(|| built(documents::Kind::Svg))),
        content("plain-text", || other(|| built(documents::Kind::Text))),
        content("zip-without-files", || other(|| b"PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0".to_vec())),
        content("declared-as-what-it-is", || {
            let kinds: Vec<(documents::Kind, &str)> = vec![
                (documents::Kind::Gif, "image/gif"),
                (documents::Kind::Tiff, "image/tiff"),
                (documents::Kind::Bmp, "image/bmp"),
                (documents::Kind::Webp, "image/webp"),
                (documents::Kind::Html, "text/html"),
                (documents::Kind::Svg, "image/svg+xml"),
                (documents::Kind::Text, "text/plain"),
                (documents::Kind::Zip, "application/zip"),
            ];
            select(kinds).prop_map(|(kind, declared)| input(&encoded(&built(kind)), declared)).boxed()
        }),
        content("xml", || other(|| b"<?xml version=\"1.0\"?>\n<passport><name>Ada</name></passport>\n".to_vec())),
        content("json", || other(|| b"{\"passport\": {\"name\": \"Ada\"}}\n".to_vec())),
        content("comma-separated-values", || other(|| b"name,born\nAda Lovelace,1815-12-10\n".to_vec())),
        content("rich-text", || other(|| b"{\\rtf1\\ansi Passport of Ada Lovelace}".to_vec())),
        content("postscript", || {
            other(|| b"%!PS-Adobe-3.0\n/Times-Roman findfont 12 scalefont setfont\nshowpage\n".to_vec())
        }),
        content("icon", || {
            other(|| [&[0, 0, 1, 0, 1, 0, 1, 1, 0, 0, 1, 0, 32, 0, 48, 0, 0, 0, 22, 0, 0, 0][..], &[0; 48]].concat())
        }),
        content("program-of-linux", || other(|| [&b"\x7fELF\x02\x01\x01\0"[..], &[0; 120]].concat())),
        content("program-of-windows", || other(|| [&b"MZ\x90\0\x03\0\0\0"[..], &[0; 120]].concat())),
        content("script", || other(|| b"#!/bin/sh\necho passport\n".to_vec())),
        content("photograph-of-a-telephone", || {
            other(|| [&b"\0\0\0\x18ftypheic\0\0\0\0heicmif1"[..], &[0; 64]].concat())
        }),
        content("archive", || other(|| [&b"\x1f\x8b\x08\0\0\0\0\0\0\x03"[..], &[7; 40]].concat())),
        content("zeros", || other(|| vec![0; 600])),
        content("any-bytes", || {
            (proptest::collection::vec(any::<u8>(), 200..2_000), declared())
                .prop_map(|(bytes, declared)| input(&encoded(&bytes), declared))
                .boxed()
        }),
        content("two-good-bytes-and-no-more", || {
            let heads: Vec<(&[u8], &str)> = vec![(b"\x89P", PNG), (b"\xff\xd8", JPG), (b"%P", PDF)];
            select(heads)
                .prop_map(|(head, declared)| {
                    input(&encoded(&[head, b" is how this passport of Ada Lovelace begins.\n"].concat()), declared)
                })
                .boxed()
        }),
        content("zip-of-one-file", || other(|| built(documents::Kind::Zip))),
        content("name-of-a-kind-without-the-file", || {
            let words: Vec<&[u8]> =
                vec![b"PNG", b"passport.pdf", b"image/png", b"JFIF is the name of a format, and here it is a word"];
            (select(words), declared()).prop_map(|(word, declared)| input(&encoded(word), declared)).boxed()
        }),
        refused_as("empty-content", "no-bytes", || declared().prop_map(|declared| input("", declared)).boxed()),
    ]
}

fn mislabelled() -> Vec<Rule> {
    let wrong = |name, strategy| refused_as("mislabelled", name, strategy);
    vec![
        wrong("png-declared-as-something-else", || {
            (rgb(), select(vec![JPG, PDF]))
                .prop_map(|(picture, declared)| input(&encoded(&file(Kind::Png, picture)), declared))
                .boxed()
        }),
        wrong("jpg-declared-as-something-else", || {
            (rgb(), select(vec![PNG, PDF]))
                .prop_map(|(picture, declared)| input(&encoded(&file(Kind::Jpg, picture)), declared))
                .boxed()
        }),
        wrong("pdf-declared-as-something-else", || {
            (1usize..4, select(vec![PNG, JPG]))
                .prop_map(|(pages, declared)| input(&encoded(&pdf(pages, "1.4")), declared))
                .boxed()
        }),
    ]
}

fn no_base64() -> Vec<Rule> {
    const STRANGERS: &[&str] = &["*", "!", "#", "$", "%", "\u{e9}", ".", "\0", "@", "\u{200b}"];
    let broken = |name, strategy| refused_as("not-base64", name, strategy);
    vec![
        broken("stranger-early", || spoilt(|text, _| with(text, 10, "*"))),
        broken("stranger-in-the-middle", || spoilt(|text, _| with(text, text.len() / 2, "*"))),
        broken("stranger-late", || spoilt(|text, _| with(text, text.len() - 6, "*"))),
        broken("stranger-for-the-first-character", || spoilt(|text, _| format!("*{}", &text[1..]))),
        broken("stranger-somewhere", || {
            (text_of_a_picture(), any::<Index>(), select(STRANGERS))
                .prop_map(|(text, at, stranger)| input(&inserted(&text, at, stranger), PNG))
                .boxed()
        }),
        broken("alphabet-of-addresses", || spoilt(|text, _| text.replace('+', "-").replace('/', "_"))),
        broken("hyphen-for-plus", || spoilt(|text, _| text.replace('+', "-"))),
        broken("underscore-for-slash", || spoilt(|text, _| text.replace('/', "_"))),
        broken("data-address", || spoilt(|text, _| format!("data:image/png;base64,{text}"))),
        broken("name-before", || spoilt(|text, _| format!("base64:{text}"))),
        broken("percent-encoded", || spoilt(|text, _| text.replace('+', "%2B").replace('/', "%2F"))),
        broken("padding-in-the-middle", || spoilt(|text, at| with(text, 4 + at.index(text.len() - 12), "="))),
        broken("more-behind-the-padding", || spoilt(|text, _| format!("{}=AAAA", &text[..text.len() / 4 * 4 - 5]))),
        broken("padding-first", || spoilt(|text, _| format!("={text}"))),
        broken("one-character-too-many", || spoilt(|text, _| dangling(text))),
        broken("words", || {
            select(vec![
                "This is no Base64.",
                "not-a-file!",
                "<binary>",
                "[object Object]",
                "passport.png",
                "C:\\passport.png",
                "https://example.com/a.png",
            ])
            .prop_map(|words| input(words, PNG))
            .boxed()
        }),
        broken("hexadecimal-with-prefix", || Just(input("\\x89504e470d0a1a0a0000000d49484452", PNG)).boxed()),
        broken("raw-bytes-as-text", || Just(input("\u{89}PNG\r\n\u{1a}\n\0\0\0\rIHDR\0\0\0\u{1}", PNG)).boxed()),
        broken("full-width-letters", || spoilt(|text, _| text.replace('A', "\u{ff21}"))),
        broken("in-quotation-marks", || spoilt(|text, _| format!("\"{text}\""))),
        broken("comma-for-plus", || spoilt(|text, _| text.replace('+', ","))),
    ]
}

/// Pictures that are too coarse, or without colour.
fn poor() -> Vec<Rule> {
    let poor = |name, strategy| refused_as("quality", name, strategy);
    vec![
        poor("png-of-299-dots-an-inch", || png(picture(Colours::Rgb, Just(Dots::PerInch(299, 299))))),
        poor("png-of-low-resolution", || png(picture(Colours::Rgb, coarse_inches()))),
        poor("jpg-of-299-dots-an-inch", || jpg(picture(Colours::Rgb, Just(Dots::PerInch(299, 299))))),
        poor("jpg-of-low-resolution", || jpg(picture(Colours::Rgb, coarse_inches()))),
        poor("jpg-of-few-dots-a-centimetre", || {
            jpg(picture(Colours::Rgb, (28u16..=117).prop_map(|dots| Dots::PerCentimetre(dots, dots))))
        }),
        poor("png-coarse-downwards", || png(picture(Colours::Rgb, lopsided(|dots| Dots::PerInch(300, dots))))),
        poor("png-coarse-across", || png(picture(Colours::Rgb, lopsided(|dots| Dots::PerInch(dots, 300))))),
        poor("jpg-coarse-downwards", || jpg(picture(Colours::Rgb, lopsided(|dots| Dots::PerInch(300, dots))))),
        poor("jpg-coarse-across", || jpg(picture(Colours::Rgb, lopsided(|dots| Dots::PerInch(dots, 300))))),
        poor("gray-png", || png(picture(Colours::Gray, fine_inches()))),
        poor("gray-png-with-alpha", || png(picture(Colours::GrayAlpha, fine_inches()))),
        poor("gray-png-of-16-bits", || png(picture(Colours::Gray16, fine_inches()))),
        poor("gray-png-of-one-bit", || png(picture(Colours::Gray1, fine_inches()))),
        poor("gray-png-of-two-bits", || png(picture(Colours::Gray2, fine_inches()))),
        poor("gray-png-of-four-bits", || png(picture(Colours::Gray4, fine_inches()))),
        poor("gray-png-with-alpha-of-16-bits", || png(picture(Colours::GrayAlpha16, fine_inches()))),
        poor("gray-jpg", || jpg(picture(Colours::Gray, fine_inches()))),
        poor("gray-progressive-jpg", || jpg(written(Writing::Progressive, picture(Colours::Gray, fine_inches())))),
    ]
}

// ---------------------------------------------------------------- what is generated

pub(super) fn input(text: &str, declared: &str) -> Input {
    let content = match text.len() {
        0..LARGE => Content::Json(text.into()),
        _ => Content::Large(text.into()),
    };
    Input { content, companion: Some(Value::String(declared.to_owned())) }
}

pub(super) fn picture(colours: Colours, dots: impl Strategy<Value = Dots> + 'static) -> BoxedStrategy<Picture> {
    (640u16..760, 400u16..480, dots, any::<u8>())
        .prop_map(move |(width, height, dots, noise)| Picture {
            width,
            height,
            colours,
            dots,
            noise,
            writing: Writing::Baseline,
        })
        .boxed()
}

fn written(writing: Writing, pictures: BoxedStrategy<Picture>) -> BoxedStrategy<Picture> {
    pictures.prop_map(move |picture| Picture { writing, ..picture }).boxed()
}

fn rgb() -> BoxedStrategy<Picture> {
    picture(Colours::Rgb, Just(Dots::PerInch(300, 300)))
}

pub(super) fn png(pictures: BoxedStrategy<Picture>) -> BoxedStrategy<Input> {
    pictures.prop_map(|picture| input(&encoded(&file(Kind::Png, picture)), PNG)).boxed()
}

pub(super) fn jpg(pictures: BoxedStrategy<Picture>) -> BoxedStrategy<Input> {
    pictures.prop_map(|picture| input(&encoded(&file(Kind::Jpg, picture)), JPG)).boxed()
}

fn fine_inches() -> BoxedStrategy<Dots> {
    (0u16..=900).prop_map(|more| Dots::PerInch(300 + more, 300 + more)).boxed()
}

fn coarse_inches() -> BoxedStrategy<Dots> {
    (0u16..=226).prop_map(|less| Dots::PerInch(298 - less, 298 - less)).boxed()
}

/// Fine in one direction, and coarse in the other.
fn lopsided(dots: fn(u16) -> Dots) -> BoxedStrategy<Dots> {
    (72u16..=299).prop_map(dots).boxed()
}

fn pages(counts: std::ops::RangeInclusive<usize>) -> BoxedStrategy<Input> {
    (counts, select(vec!["1.4", "1.5", "1.7", "2.0"]))
        .prop_map(|(pages, version)| input(&encoded(&pdf(pages, version)), PDF))
        .boxed()
}

/// A file of an exact size, built once and shared.
pub(super) fn sized(kind: documents::Kind, declared: &'static str, bytes: usize) -> BoxedStrategy<Input> {
    Just(())
        .prop_map(move |()| {
            let text: Arc<str> =
                documents::base64(DocumentSpec { bytes: Some(bytes), ..spec(kind) }).unwrap_or_default();
            Input { content: Content::Large(text), companion: Some(Value::String(declared.to_owned())) }
        })
        .boxed()
}

/// A grayscale TIFF of one point whose numbers begin with their big end.
fn tiff_big_end_first() -> Vec<u8> {
    let entries: [(u16, u16, u32); 8] =
        [(256, 3, 1), (257, 3, 1), (258, 3, 8), (259, 3, 1), (262, 3, 1), (273, 4, 8), (278, 3, 1), (279, 4, 1)];
    let mut out = b"MM\0*\0\0\0\x0a\x7f\0".to_vec();
    out.extend((entries.len() as u16).to_be_bytes());
    for (tag, kind, value) in entries {
        out.extend(tag.to_be_bytes());
        out.extend(kind.to_be_bytes());
        out.extend(1u32.to_be_bytes());
        // A short value stands at the left of its four bytes.
        out.extend(if kind == 3 { (value << 16).to_be_bytes() } else { value.to_be_bytes() });
    }
    out.extend([0; 4]);
    out
}

fn built(kind: documents::Kind) -> Vec<u8> {
    documents::bytes(spec(kind)).unwrap_or_default()
}

fn spec(kind: documents::Kind) -> DocumentSpec {
    DocumentSpec { kind, dpi: 600, centimetres: false, colour: Colour::Rgb, bytes: None }
}

/// A media type that is taken.
fn declared() -> impl Strategy<Value = &'static str> + Clone + 'static {
    select(vec![PNG, JPG, PDF])
}

fn other(bytes: fn() -> Vec<u8>) -> BoxedStrategy<Input> {
    declared().prop_map(move |declared| input(&encoded(&bytes()), declared)).boxed()
}

pub(super) fn text_of_a_picture() -> BoxedStrategy<String> {
    rgb().prop_map(|picture| encoded(&file(Kind::Png, picture))).boxed()
}

/// The text of a good picture, spoilt.
fn spoilt(spoil: fn(&str, Index) -> String) -> BoxedStrategy<Input> {
    (text_of_a_picture(), any::<Index>()).prop_map(move |(text, at)| input(&spoil(&text, at), PNG)).boxed()
}

fn with(text: &str, at: usize, sign: &str) -> String {
    format!("{}{sign}{}", &text[..at], &text[at..])
}

/// As many characters as no Base64 has: four times some, and one.
fn dangling(text: &str) -> String {
    let bare = text.trim_end_matches('=');
    format!("{}A", &bare[..bare.len() / 4 * 4])
}

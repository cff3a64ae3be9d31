//! Documents about which the contract asserts nothing: the server may accept or refuse them, but must not fail.

use proptest::prelude::{BoxedStrategy, Just, Strategy, any};
use proptest::sample::{Index, select};

use super::document::{JPG, PDF, PNG, input, jpg, picture, png, sized, text_of_a_picture};
use super::pictures::{Colours, Dots, Picture, PictureKind, file, pdf};
use super::rule::{Input, Rule};
use super::strategies::handled;
use crate::documents::{self, encoded};

pub(super) fn unspecified() -> Vec<Rule> {
    let once = |rule: Rule| Rule { at_most: Some(1), ..rule };
    vec![
        handled("cut-short", || {
            altered(|bytes, at| {
                let end = 9 + at.index(bytes.len() - 9);
                bytes.truncate(end);
            })
        }),
        handled("damaged", || {
            altered(|bytes, at| {
                let place = 9 + at.index(bytes.len() - 9);
                bytes[place] ^= 0x55;
            })
        }),
        handled("first-bytes-alone", || {
            let heads: Vec<(&[u8], &str)> = vec![
                (b"\x89PNG\r\n\x1a\n", PNG),
                (b"\xff\xd8\xff\xe0", JPG),
                (b"\xff\xd8", JPG),
                (b"%PDF-1.4\n", PDF),
                (b"%PDF-", PDF),
            ];
            select(heads).prop_map(|(head, declared)| input(&encoded(head), declared)).boxed()
        }),
        handled("something-behind-the-end", || altered(|bytes, _| bytes.extend(b"<script></script>PK\x03\x04"))),
        handled("something-before-the-beginning", || {
            altered(|bytes, _| {
                bytes.splice(0..0, *b"\n\n");
            })
        }),
        handled("png-of-one-point", || png(tiny())),
        handled("jpg-of-one-point", || jpg(tiny())),
        handled("png-without-resolution", || png(picture(Colours::Rgb, Just(Dots::Unstated)))),
        handled("jpg-without-resolution", || jpg(picture(Colours::Rgb, Just(Dots::Unstated)))),
        handled("jpg-of-118-dots-a-centimetre", || jpg(picture(Colours::Rgb, Just(Dots::PerCentimetre(118, 118))))),
        handled("jpg-of-four-colours", || jpg(picture(Colours::Cmyk, Just(Dots::PerInch(300, 300))))),
        handled("resolution-of-zero", || jpg(picture(Colours::Rgb, Just(Dots::PerInch(0, 0))))),
        handled("resolution-beyond-reason", || png(picture(Colours::Rgb, Just(Dots::PerMetre(u32::MAX >> 1, 1))))),
        handled("pdf-of-an-unknown-version", || {
            select(vec!["0.0", "9.9", "1.04", "x"]).prop_map(|version| input(&encoded(&pdf(1, version)), PDF)).boxed()
        }),
        handled("pdf-that-says-it-is-encrypted", || Just(()).prop_map(|()| input(&encoded(&encrypted()), PDF)).boxed()),
        handled("padding-left-out", || {
            text_of_a_picture().prop_map(|text| input(text.trim_end_matches('='), PNG)).boxed()
        }),
        handled("padding-too-long", || text_of_a_picture().prop_map(|text| input(&format!("{text}=="), PNG)).boxed()),
        handled("white-space-in-base64", || {
            (text_of_a_picture(), any::<Index>(), select(vec![" ", "\n", "\r\n", "\t"]))
                .prop_map(|(text, at, space)| input(&super::strategies::inserted(&text, at, space), PNG))
                .boxed()
        }),
        handled("base64-in-lines", || text_of_a_picture().prop_map(|text| input(&in_lines(&text), PNG)).boxed()),
        handled("base64-twice", || text_of_a_picture().prop_map(|text| input(&encoded(text.as_bytes()), PNG)).boxed()),
        handled("other-names-of-the-media-type", || {
            (
                text_of_a_picture(),
                select(vec!["image/PNG", "image/x-png", "png", "image/png; charset=x", "", "*/*", "image/*"]),
            )
                .prop_map(|(text, declared)| input(&text, declared))
                .boxed()
        }),
        once(handled("between-10000000-bytes-and-10-mebibytes", || {
            sized(documents::DocumentKind::Pdf, PDF, 10_400_000)
        })),
    ]
}

fn tiny() -> BoxedStrategy<Picture> {
    Just(Picture::in_colour(1, 1)).boxed()
}

/// A valid file of one of the three kinds, altered.
fn altered(alter: fn(&mut Vec<u8>, Index)) -> BoxedStrategy<Input> {
    (0u8..3, any::<Index>())
        .prop_map(move |(kind, at)| {
            let valid = Picture { noise: 1, ..Picture::in_colour(640, 400) };
            let (mut bytes, declared) = match kind {
                0 => (file(PictureKind::Png, valid).to_vec(), PNG),
                1 => (file(PictureKind::Jpg, valid).to_vec(), JPG),
                _ => (pdf(1, "1.4"), PDF),
            };
            alter(&mut bytes, at);
            input(&encoded(&bytes), declared)
        })
        .boxed()
}

/// A PDF that declares encryption, without valid key data.
fn encrypted() -> Vec<u8> {
    let text = String::from_utf8_lossy(&pdf(1, "1.4"))
        .replace("/Root 1 0 R", "/Root 1 0 R /Encrypt << /Filter /Standard /V 1 /R 2 >>");
    text.into_bytes()
}

fn in_lines(text: &str) -> String {
    let lines: Vec<&str> = text.as_bytes().chunks(76).filter_map(|line| std::str::from_utf8(line).ok()).collect();
    lines.join("\r\n")
}

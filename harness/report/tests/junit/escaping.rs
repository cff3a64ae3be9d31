//! Hostile texts from a target: the JUnit report stays well-formed, loses nothing, and runs no command of its readers.

use super::FLAVOURS;
use super::reading::{assert_valid, cases, outcome, parsed, render, texts};
use super::sample::hostile_report;

/// Every byte value that a target may send, and every kind of code point that XML forbids or readers mishandle.
#[test]
fn any_text_of_the_target_is_valid_xml_and_complete() {
    let bytes: Vec<u8> = (0..=255).collect();
    let latin: String = bytes.iter().map(|byte| char::from(*byte)).collect();
    let lossy = String::from_utf8_lossy(&bytes).into_owned();
    let forbidden: String = (0..=0xFFFF_u32)
        .chain(0x1FFFE..=0x1FFFF)
        .filter_map(char::from_u32)
        .filter(|letter| !is_xml(*letter))
        .collect();
    assert_eq!(forbidden.chars().count(), 29 + 2, "C0 without tab, LF, CR; U+FFFE and U+FFFF");
    let marks = "]]> <![CDATA[ &amp; &#27; <!-- --> <?x?> \u{1b}[31mred\u{1b}[0m \u{202e}\u{2066}\u{feff}\u{2028}\u{10FFFF}🦀日本語 \r\n a\rb";
    for hostile in [latin, lossy, forbidden, marks.to_owned()] {
        let report = hostile_report(&hostile);
        for flavour in FLAVOURS {
            let text = render(flavour, &report);
            assert!(
                text.chars().all(|letter| is_xml(letter) && letter != '\r' && !('\u{7f}'..='\u{9f}').contains(&letter))
            );
            assert!(!text.contains("]]>"));
            let allowed = ["&#10;", "&#9;"];
            text.match_indices("&#")
                .for_each(|(at, _)| assert!(allowed.iter().any(|whole| text[at..].starts_with(whole))));
            assert_valid(flavour, &text);
            assert_eq!(parsed(&text).tests, 6);
            let texts = texts(&text);
            assert_eq!(texts.len(), 5, "every test but the passed one has a text");
            texts.iter().for_each(|text| assert!(without_margins(text).contains(&escaped(&hostile)), "{text:?}"));
        }
    }
}

#[test]
fn messages_are_one_line_of_at_most_200_characters() {
    let report = hostile_report(&"two\nlines\tand 🦀 \u{1b} \"more\" ".repeat(50));
    for flavour in FLAVOURS {
        let read = parsed(&render(flavour, &report));
        for message in cases(&read).filter_map(outcome).map(|(_, message, _)| message) {
            assert!(
                message.chars().count() <= 200 && !message.contains(['\n', '\t']) && message.ends_with('…'),
                "{message}"
            );
        }
    }
}

#[test]
fn commands_in_texts_of_the_target_are_escaped() {
    let report = hostile_report("x\n::error::y\n[[ATTACHMENT|/etc/passwd]]\n[[PROPERTY|a=b]]");
    for flavour in FLAVOURS {
        let text = render(flavour, &report);
        assert!(!text.contains("[[ATTACHMENT|") && !text.contains("[[PROPERTY|"), "{text}");
        assert!(!text.lines().any(|line| line.trim_start().starts_with("::")), "{text}");
        assert!(text.contains("[\\u{5b}ATTACHMENT|/etc/passwd]]"));
    }
}

#[test]
fn long_text_is_truncated_with_a_note() {
    let report = hostile_report(&"<\u{1b}>".repeat(100_000));
    for flavour in FLAVOURS {
        let text = render(flavour, &report);
        let most = text.split('>').map(|piece| piece.trim_end_matches("</failure").len()).max().expect("elements");
        assert!(most <= 64 * 1024, "{most} bytes in one text");
        assert!(text.contains("bytes are shown]</failure>") && text.contains("bytes are shown]</system-out>"));
        assert_valid(flavour, &text);
    }
}

/// Whether XML 1.0 allows the character.
fn is_xml(letter: char) -> bool {
    matches!(letter, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}

/// The escaped form that the report must show, computed independently of the harness.
fn escaped(text: &str) -> String {
    let hidden = |letter: char| {
        let number = u32::from(letter);
        (letter.is_control() && !"\n\t".contains(letter))
            || [0x61c, 0x200e, 0x200f, 0x2028, 0x2029, 0xfeff].contains(&number)
            || (0x202a..=0x202e).contains(&number)
            || (0x2066..=0x2069).contains(&number)
            || number % 0x10000 >= 0xfffe
    };
    text.chars()
        .map(|letter| if hidden(letter) { letter.escape_unicode().to_string() } else { letter.to_string() })
        .collect()
}

fn without_margins(text: &str) -> String {
    text.replace("\n            | ", "\n")
}

//! Telephone numbers in E.164 format, and other notations that people use.

use std::sync::LazyLock;

use proptest::collection::vec;
use proptest::prelude::{BoxedStrategy, Strategy, any};
use proptest::sample::{Index, select};

use super::expand::{Patterns, choices};
use super::phone_plans::{INNER_ZERO, LONG_CODES, LONGEST, OF_FIFTEEN_DIGITS, OF_SEVEN_DIGITS, PLANS, SHORTEST};
use super::rule::{Input, Rule};
use super::strategies::{
    CONTROLS, INVISIBLE, LINE_ENDS, SPACES, accepted, blank, in_foreign_digits, infixed, inserted, is_digit, one_of,
    prefixed, refused, refused_as, replaced, suffixed, text, with_foreign_digit,
};

static ORDINARY: LazyLock<Patterns> = LazyLock::new(|| Patterns::new(PLANS.iter().copied()));
/// The plans by world zone (ITU-T E.164): the first digit of the country code, from 1.
static ZONES: LazyLock<Vec<Patterns>> = LazyLock::new(|| {
    let of = |zone: char| Patterns::new(PLANS.iter().copied().filter(|plan| plan.starts_with(zone)));
    ('1'..='9').map(of).collect()
});
static WITH_LONG_CODE: LazyLock<Patterns> = LazyLock::new(|| Patterns::new(LONG_CODES.iter().copied()));
static FIFTEEN: LazyLock<Patterns> = LazyLock::new(|| Patterns::new(OF_FIFTEEN_DIGITS.iter().copied()));
static SEVEN: LazyLock<Patterns> = LazyLock::new(|| Patterns::new(OF_SEVEN_DIGITS.iter().copied()));
static SHORT: LazyLock<Patterns> = LazyLock::new(|| Patterns::new(SHORTEST.iter().copied()));
static LONG: LazyLock<Patterns> = LazyLock::new(|| Patterns::new(LONGEST.iter().copied()));
static WITH_INNER_ZERO: LazyLock<Patterns> = LazyLock::new(|| Patterns::new(INNER_ZERO.iter().copied()));

pub(super) fn rules() -> Vec<Rule> {
    [valid(), counts(), prefixes(), punctuation(), characters(), surroundings(), notations()].concat()
}

fn valid() -> Vec<Rule> {
    vec![
        accepted("numbers-of-many-countries", || text(number())),
        accepted("numbers-of-north-america", || text(numbers_of_zone(1))),
        accepted("numbers-of-africa", || text(numbers_of_zone(2))),
        accepted("numbers-of-southern-and-western-europe", || text(numbers_of_zone(3))),
        accepted("numbers-of-northern-and-central-europe", || text(numbers_of_zone(4))),
        accepted("numbers-of-latin-america", || text(numbers_of_zone(5))),
        accepted("numbers-of-oceania-and-south-east-asia", || text(numbers_of_zone(6))),
        accepted("numbers-of-russia-and-kazakhstan", || text(numbers_of_zone(7))),
        accepted("numbers-of-east-asia", || text(numbers_of_zone(8))),
        accepted("numbers-of-south-and-west-asia", || text(numbers_of_zone(9))),
        accepted("codes-of-three-digits", || text(numbers(&WITH_LONG_CODE))),
        accepted("shortest-numbers-in-use", || text(numbers(&SHORT))),
        accepted("longest-numbers-in-use", || text(numbers(&LONG))),
        accepted("numbers-of-seven-digits", || text(numbers(&SEVEN))),
        accepted("numbers-of-fifteen-digits", || text(numbers(&FIFTEEN))),
        accepted("zero-behind-the-country-code", || text(numbers(&WITH_INNER_ZERO))),
    ]
}

fn counts() -> Vec<Rule> {
    vec![
        refused("sixteen-digits", || text(digits(16..=16))),
        refused("seventeen-digits-and-more", || text(digits(17..=40))),
        refused("hundreds-of-digits", || text((100usize..1500).prop_map(|count| format!("+1{}", "5".repeat(count))))),
        refused("one-digit", || text(digits(1..=1))),
        refused("plus-alone", || one_of(&["+"])),
        refused("pluses-alone", || one_of(&["++", "+ "])),
    ]
}

fn prefixes() -> Vec<Rule> {
    vec![
        refused("no-plus", || edited(|number| number[1..].to_owned())),
        refused("double-zero-for-plus", || edited(|number| format!("00{}", &number[1..]))),
        refused("north-american-prefix-for-plus", || edited(|number| format!("011{}", &number[1..]))),
        refused("trunk-zero-alone", || edited(|number| format!("0{}", &number[3..]))),
        refused("zero-behind-the-plus", || edited(|number| format!("+0{}", &number[1..number.len().min(13)]))),
        refused("two-zeros-behind-the-plus", || edited(|number| format!("+00{}", &number[1..number.len().min(12)]))),
        refused("two-pluses", || edited(|number| format!("+{number}"))),
        refused("plus-and-space", || edited(|number| format!("+ {}", &number[1..]))),
        refused("minus-for-plus", || edited(|number| format!("-{}", &number[1..]))),
        refused("full-width-plus", || edited(|number| format!("\u{ff0b}{}", &number[1..]))),
        refused("tel-uri", || edited(|number| format!("tel:{number}"))),
        refused("pluses-of-other-alphabets", || {
            text(
                (number(), select(vec!["\u{ff0b}", "\u{207a}", "\u{fe62}", "\u{2795}", "%2B", "&#43;"]))
                    .prop_map(|(number, plus)| format!("{plus}{}", &number[1..])),
            )
        }),
        refused("plus-behind", || edited(|number| format!("{}+", &number[1..]))),
        refused("plus-inside", || infixed(number(), &["+"])),
        refused("plus-at-both-ends", || suffixed(number(), &["+"])),
    ]
}

fn punctuation() -> Vec<Rule> {
    vec![
        refused("spaces-inside", || infixed(number(), SPACES)),
        refused("hyphens-inside", || infixed(number(), &["-", "--"])),
        refused("dots-inside", || infixed(number(), &["."])),
        refused("slashes-and-other-signs-inside", || {
            infixed(number(), &["/", "_", ",", ";", ":", "*", "#", "'", "~", "\\"])
        }),
        refused("dashes-inside", || infixed(number(), &["\u{2013}", "\u{2011}", "\u{2014}", "\u{2212}"])),
        refused("brackets-around-the-area", || {
            edited(|number| format!("{}({}){}", &number[..3], &number[3..5], &number[5..]))
        }),
        refused("zero-in-brackets", || edited(|number| format!("{}(0){}", &number[..3], &number[3..]))),
        refused("grouped-with-spaces", || edited(|number| grouped(&number, " "))),
        refused("grouped-with-hyphens", || edited(|number| grouped(&number, "-"))),
        refused("grouped-with-dots", || edited(|number| grouped(&number, "."))),
        refused("north-american-writing", || {
            text((2u32..=9, 0u32..=99, 0u32..=9999, any::<bool>()).prop_map(|(first, rest, line, brackets)| {
                let line = format!("{first}{rest:02}-{line:04}");
                if brackets { format!("(415) {line}") } else { format!("415-{line}") }
            }))
        }),
    ]
}

fn characters() -> Vec<Rule> {
    vec![
        refused("letter-for-a-digit", || {
            text(
                (number(), any::<Index>(), select(vec!["A", "x", "O", "l", "e"]))
                    .prop_map(|(number, at, letter)| replaced(&number, at, is_digit, |_| letter.to_owned())),
            )
        }),
        refused("letters-to-remember", || {
            text((number(), select(vec!["CALL", "TAXI", "INFO", "flowers"])).prop_map(|(number, word)| {
                format!("{}{word}", &number[..number.len().saturating_sub(word.len()).max(2)])
            }))
        }),
        refused("letter-behind", || suffixed(number(), &["a", "x", "p", "w"])),
        refused("letter-before", || prefixed(number(), &["a", "x", "T"])),
        refused("one-digit-of-another-script", || with_foreign_digit(number())),
        refused("digits-of-another-script", || in_foreign_digits(number())),
        refused("superscript-digits", || {
            text(
                (number(), any::<Index>(), select(vec!["\u{b2}", "\u{b3}", "\u{2074}", "\u{2460}"]))
                    .prop_map(|(number, at, sign)| replaced(&number, at, is_digit, |_| sign.to_owned())),
            )
        }),
        refused("control-inside", || infixed(number(), CONTROLS)),
        refused("trailing-nul", || suffixed(number(), &["\0", "\0x"])),
        refused("unseen-characters", || {
            text((number(), any::<Index>(), select(INVISIBLE)).prop_map(|(number, at, invisible)| match at.index(3) {
                0 => format!("{invisible}{number}"),
                1 => format!("{number}{invisible}"),
                _ => inserted(&number, at, invisible),
            }))
        }),
    ]
}

fn surroundings() -> Vec<Rule> {
    vec![
        refused("leading-space", || prefixed(number(), SPACES)),
        refused("trailing-space", || suffixed(number(), SPACES)),
        refused("leading-line-end", || prefixed(number(), LINE_ENDS)),
        refused("trailing-newline", || suffixed(number(), &["\n"])),
        refused("trailing-line-ends", || suffixed(number(), &["\r\n", "\r", "\n\n", "\u{2028}", "\u{85}"])),
        refused("newline-inside", || infixed(number(), &["\n", "\r\n"])),
        refused("second-line", || suffixed(number(), &["\n+14155552671", "\nx"])),
        refused("line-before", || prefixed(number(), &["x\n", "+14155552671\n"])),
        refused("quotation-marks", || edited(|number| format!("\"{number}\""))),
        refused("label-before", || prefixed(number(), &["tel:", "Tel. ", "callto:", "sip:", "phone=", "mobile "])),
        refused("two-numbers", || {
            text(
                (number(), select(vec![",", ";", "/", " ", " or "]))
                    .prop_map(|(number, sign)| format!("{number}{sign}{number}")),
            )
        }),
        refused("extension", || {
            suffixed(number(), &["x1", " x12", " ext. 5", ";ext=123", ",,1", "#1", " extension 4711"])
        }),
        refused("domain-behind", || suffixed(number(), &["@example.com", ";phone-context=+1", "?call"])),
    ]
}

fn notations() -> Vec<Rule> {
    vec![
        refused("name-of-the-country", || {
            text(
                (number(), select(vec!["US", "us ", "+US", "GB"]))
                    .prop_map(|(number, country)| format!("{country}{}", &number[1..])),
            )
        }),
        refused("powers-of-ten", || one_of(&["+1.4155552671e10", "1.4155552671E+10", "+14155552671.0", "+0x34BE2F1F"])),
        refused("service-codes", || one_of(&["112", "911", "*100#", "*#06#", "**21*123#"])),
        refused("words", || one_of(&["none", "null", "unknown", "N/A", "undefined", "-", "mobile", "+phone"])),
        refused("letters-alone", || {
            text(vec(b'a'..=b'z', 2..=15).prop_map(|letters| {
                letters.into_iter().map(char::from).fold("+".to_owned(), |out, one| out + &one.to_string())
            }))
        }),
        refused_as("empty", "nothing-written", blank),
    ]
}

// ---------------------------------------------------------------- numbers

fn number() -> impl Strategy<Value = String> + Clone + 'static {
    numbers(&ORDINARY)
}

fn numbers(plans: &'static LazyLock<Patterns>) -> impl Strategy<Value = String> + Clone + 'static {
    choices().prop_map(|choices| format!("+{}", plans.text(&choices)))
}

fn numbers_of_zone(zone: usize) -> impl Strategy<Value = String> + Clone + 'static {
    choices().prop_map(move |choices| format!("+{}", ZONES[zone - 1].text(&choices)))
}

fn edited(edit: fn(String) -> String) -> BoxedStrategy<Input> {
    text(number().prop_map(edit))
}

/// A plus sign and a number of digits, the first not 0.
fn digits(counts: std::ops::RangeInclusive<usize>) -> impl Strategy<Value = String> + 'static {
    let more = vec(0u8..=9, counts.start() - 1..=counts.end() - 1);
    (1u8..=9, more).prop_map(|(first, more)| {
        let more: String = more.into_iter().map(|digit| digit.to_string()).collect();
        format!("+{first}{more}")
    })
}

/// The digits after the first two, in groups of three.
fn grouped(number: &str, sign: &str) -> String {
    let mut out = number[..3].to_owned();
    for (at, digit) in number[3..].chars().enumerate() {
        if at % 3 == 0 {
            out.push_str(sign);
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::super::expand::read;
    use super::*;

    #[test]
    fn every_plan_is_a_valid_pattern() {
        for plan in [PLANS, LONG_CODES, SHORTEST, LONGEST, INNER_ZERO].concat() {
            assert!(read(plan).is_some(), "{plan}");
        }
    }
}

//! Phone numbers: E.164, a plus sign and 2 to 15 ASCII digits of which the first is not 0.

use std::borrow::Cow;

use crate::mutants::formats;
use crate::switches::Switches;
use crate::variants::formats as variants;

/// Country codes that the ITU has not assigned.
const UNASSIGNED: [&str; 12] = ["210", "214", "215", "217", "219", "281", "282", "283", "422", "830", "890", "999"];

/// Whether the text is a phone number.
pub(crate) fn is_valid(text: &str, switches: &Switches) -> bool {
    let text = lenient(text, switches);
    text.strip_prefix('+').is_some_and(|digits| are_valid(digits, switches)) && !is_refused(&text, switches)
}

fn are_valid(digits: &str, switches: &Switches) -> bool {
    let fewest = if switches.has(formats::ACCEPTS_ONE_DIGIT) { 1 } else { 2 };
    let most = if switches.has(formats::ACCEPTS_16_DIGITS) { 16 } else { 15 };
    (fewest..=most).contains(&digits.len())
        && digits.bytes().all(|byte| byte.is_ascii_digit())
        && (!digits.starts_with('0') || switches.has(formats::ACCEPTS_ZERO_COUNTRY_CODE))
}

fn is_refused(text: &str, switches: &Switches) -> bool {
    let digits = text.len() - 1;
    let unassigned = UNASSIGNED.iter().any(|code| text[1..].starts_with(code));
    (digits < 11 && switches.has(formats::REJECTS_SHORT_PHONE_NUMBERS))
        || (digits < 7 && switches.vary(variants::SHORT_PHONE_NUMBERS_REFUSED))
        || (unassigned && switches.vary(variants::UNASSIGNED_COUNTRY_CODES_REFUSED))
        || (digits > 11 && switches.has(formats::REJECTS_LONG_PHONE_NUMBERS))
        || (!text.starts_with("+1") && switches.has(formats::NORTH_AMERICAN_PHONES_ONLY))
}

/// The text as a mutant reads it.
fn lenient<'a>(text: &'a str, switches: &Switches) -> Cow<'a, str> {
    match () {
        () if switches.has(formats::ACCEPTS_PHONE_TRAILING_NEWLINE) => text.strip_suffix('\n').unwrap_or(text).into(),
        () if switches.has(formats::ACCEPTS_DOUBLE_PLUS) => text.replace("++", "+").into(),
        () if switches.has(formats::ACCEPTS_MISSING_PLUS) && !text.starts_with('+') => format!("+{text}").into(),
        () if switches.has(formats::ACCEPTS_DOUBLE_ZERO_PREFIX) => match text.strip_prefix("00") {
            Some(digits) => format!("+{digits}").into(),
            None => text.into(),
        },
        () if switches.has(formats::ACCEPTS_PHONE_PUNCTUATION) => text.replace([' ', '-', '(', ')', '.'], "").into(),
        () if switches.has(formats::ACCEPTS_PHONE_LETTERS) => {
            text.replace(|one: char| one.is_ascii_alphabetic(), "2").into()
        }
        () if switches.has(formats::ACCEPTS_PHONE_EXTENSION) => without_extension(text).into(),
        () if switches.has(formats::ACCEPTS_FOREIGN_DIGITS_IN_PHONES) => super::with_ascii_digits(text).into(),
        () => text.into(),
    }
}

fn without_extension(text: &str) -> &str {
    text.split([';', 'x', ',', '#']).next().unwrap_or(text).trim_end_matches([' ', 'e'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn e164_numbers_only_are_accepted() {
        let valid = |text| is_valid(text, &Switches::default());
        for text in ["+12", "+14155552671", "+123456789012345"] {
            assert!(valid(text), "{text}");
        }
        for text in [
            "",
            "+",
            "+1",
            "+1234567890123456",
            "14155552671",
            "++14155552671",
            "+04155552671",
            "+1 415 555 2671",
            "+1415555CALL",
            "+14155552671\n",
            "+١٤١٥٥٥٥٢٦٧١",
            "0014155552671",
        ] {
            assert!(!valid(text), "{text:?}");
        }
    }
}

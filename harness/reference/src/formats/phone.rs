//! Phone numbers: E.164, which is a plus sign and 2 to 15 ASCII digits, the first not 0.

use std::borrow::Cow;

use crate::defects::formats;
use crate::habits::Habits;
use crate::variations::formats as variants;

/// Country codes that the ITU has given to nobody.
const UNASSIGNED: [&str; 12] = ["210", "214", "215", "217", "219", "281", "282", "283", "422", "830", "890", "999"];

/// Whether the text is a phone number.
pub(crate) fn is_valid(text: &str, habits: &Habits) -> bool {
    let text = lenient(text, habits);
    text.strip_prefix('+').is_some_and(|digits| are_valid(digits, habits)) && !is_refused(&text, habits)
}

fn are_valid(digits: &str, habits: &Habits) -> bool {
    let fewest = if habits.has(formats::ACCEPTS_ONE_DIGIT) { 1 } else { 2 };
    let most = if habits.has(formats::ACCEPTS_16_DIGITS) { 16 } else { 15 };
    (fewest..=most).contains(&digits.len())
        && digits.bytes().all(|byte| byte.is_ascii_digit())
        && (!digits.starts_with('0') || habits.has(formats::ACCEPTS_ZERO_COUNTRY_CODE))
}

fn is_refused(text: &str, habits: &Habits) -> bool {
    let digits = text.len() - 1;
    let unassigned = UNASSIGNED.iter().any(|code| text[1..].starts_with(code));
    (digits < 11 && habits.has(formats::REJECTS_SHORT_PHONE_NUMBERS))
        || (digits < 7 && habits.vary(variants::SHORT_PHONE_NUMBERS_REFUSED))
        || (unassigned && habits.vary(variants::UNASSIGNED_COUNTRY_CODES_REFUSED))
        || (digits > 11 && habits.has(formats::REJECTS_LONG_PHONE_NUMBERS))
        || (!text.starts_with("+1") && habits.has(formats::NORTH_AMERICAN_PHONES_ONLY))
}

/// The text as a defect reads it.
fn lenient<'a>(text: &'a str, habits: &Habits) -> Cow<'a, str> {
    match () {
        () if habits.has(formats::ACCEPTS_PHONE_TRAILING_NEWLINE) => text.strip_suffix('\n').unwrap_or(text).into(),
        () if habits.has(formats::ACCEPTS_DOUBLE_PLUS) => text.replace("++", "+").into(),
        () if habits.has(formats::ACCEPTS_MISSING_PLUS) && !text.starts_with('+') => format!("+{text}").into(),
        () if habits.has(formats::ACCEPTS_DOUBLE_ZERO_PREFIX) => match text.strip_prefix("00") {
            Some(digits) => format!("+{digits}").into(),
            None => text.into(),
        },
        () if habits.has(formats::ACCEPTS_PHONE_PUNCTUATION) => text.replace([' ', '-', '(', ')', '.'], "").into(),
        () if habits.has(formats::ACCEPTS_PHONE_LETTERS) => {
            text.replace(|one: char| one.is_ascii_alphabetic(), "2").into()
        }
        () if habits.has(formats::ACCEPTS_PHONE_EXTENSION) => without_extension(text).into(),
        () if habits.has(formats::ACCEPTS_FOREIGN_DIGITS_IN_PHONES) => super::with_ascii_digits(text).into(),
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
    fn the_shape_decides() {
        let valid = |text| is_valid(text, &Habits::default());
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

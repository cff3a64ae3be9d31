//! Phone numbers: E.164, which is a plus sign and 2 to 15 ASCII digits, the first not 0.

use std::borrow::Cow;

use crate::defects::{Flaws, formats};

/// Whether the text is a phone number.
pub(crate) fn is_valid(text: &str, flaws: &Flaws) -> bool {
    let text = lenient(text, flaws);
    text.strip_prefix('+').is_some_and(|digits| are_valid(digits, flaws)) && !is_refused(&text, flaws)
}

fn are_valid(digits: &str, flaws: &Flaws) -> bool {
    let fewest = if flaws.has(formats::ACCEPTS_ONE_DIGIT) { 1 } else { 2 };
    let most = if flaws.has(formats::ACCEPTS_16_DIGITS) { 16 } else { 15 };
    (fewest..=most).contains(&digits.len())
        && digits.bytes().all(|byte| byte.is_ascii_digit())
        && (!digits.starts_with('0') || flaws.has(formats::ACCEPTS_ZERO_COUNTRY_CODE))
}

fn is_refused(text: &str, flaws: &Flaws) -> bool {
    let digits = text.len() - 1;
    (digits < 11 && flaws.has(formats::REJECTS_SHORT_PHONE_NUMBERS))
        || (digits > 11 && flaws.has(formats::REJECTS_LONG_PHONE_NUMBERS))
        || (!text.starts_with("+1") && flaws.has(formats::NORTH_AMERICAN_PHONES_ONLY))
}

/// The text as a defect reads it.
fn lenient<'a>(text: &'a str, flaws: &Flaws) -> Cow<'a, str> {
    match () {
        () if flaws.has(formats::ACCEPTS_PHONE_TRAILING_NEWLINE) => text.strip_suffix('\n').unwrap_or(text).into(),
        () if flaws.has(formats::ACCEPTS_DOUBLE_PLUS) => text.replace("++", "+").into(),
        () if flaws.has(formats::ACCEPTS_MISSING_PLUS) && !text.starts_with('+') => format!("+{text}").into(),
        () if flaws.has(formats::ACCEPTS_DOUBLE_ZERO_PREFIX) => match text.strip_prefix("00") {
            Some(digits) => format!("+{digits}").into(),
            None => text.into(),
        },
        () if flaws.has(formats::ACCEPTS_PHONE_PUNCTUATION) => text.replace([' ', '-', '(', ')', '.'], "").into(),
        () if flaws.has(formats::ACCEPTS_PHONE_LETTERS) => {
            text.replace(|one: char| one.is_ascii_alphabetic(), "2").into()
        }
        () if flaws.has(formats::ACCEPTS_PHONE_EXTENSION) => without_extension(text).into(),
        () if flaws.has(formats::ACCEPTS_FOREIGN_DIGITS_IN_PHONES) => super::with_ascii_digits(text).into(),
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
        let valid = |text| is_valid(text, &Flaws::default());
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

//! Phone numbers: E.164, a plus sign and 2 to 15 ASCII digits of which the first is not 0.

/// Whether the text is a phone number.
pub(crate) fn is_valid(text: &str) -> bool {
    text.strip_prefix('+').is_some_and(|digits| {
        (2..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit()) && !digits.starts_with('0')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn e164_numbers_only_are_accepted() {
        for text in ["+12", "+14155552671", "+123456789012345"] {
            assert!(is_valid(text), "{text}");
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
            assert!(!is_valid(text), "{text:?}");
        }
    }
}

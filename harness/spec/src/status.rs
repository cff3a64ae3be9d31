//! Statuses as our files write them: a number, or a class such as `4xx`.

/// Whether a text is a status from 100 to 599, or a class of statuses.
pub(crate) fn is_pattern(text: &str) -> bool {
    let mut letters = text.chars();
    let class = letters.next().is_some_and(|first| ('1'..='5').contains(&first));
    let rest = letters.as_str();
    class && (rest.eq_ignore_ascii_case("xx") || (rest.len() == 2 && rest.bytes().all(|byte| byte.is_ascii_digit())))
}

pub fn matches(patterns: &[String], status: u16) -> bool {
    patterns.iter().any(|pattern| match pattern.parse::<u16>() {
        Ok(number) => number == status,
        Err(_) => pattern.starts_with(char::from_digit(u32::from(status / 100), 10).unwrap_or(' ')),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_classes_are_read() {
        for good in ["100", "304", "4xx", "5XX"] {
            assert!(is_pattern(good), "{good}");
        }
        for bad in ["", "99", "600", "4x", "xxx", "40", "4000", "+40", "success"] {
            assert!(!is_pattern(bad), "{bad}");
        }
        let listed = ["304".to_owned(), "4xx".to_owned()];
        assert!(matches(&listed, 304) && matches(&listed, 418));
        assert!(!matches(&listed, 300) && !matches(&listed, 500));
    }
}

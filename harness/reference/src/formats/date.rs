//! Dates: YYYY-MM-DD in ASCII digits, a day of the Gregorian calendar.

#[derive(Clone, Copy, Debug)]
pub(crate) struct Date {
    pub(crate) year: u32,
    pub(crate) month: u32,
    pub(crate) day: u32,
}

/// Whether the text is a date that exists.
pub(crate) fn is_valid(text: &str) -> bool {
    parse(text).is_some_and(exists)
}

/// Reads YYYY-MM-DD. The date need not exist.
pub(crate) fn parse(text: &str) -> Option<Date> {
    let bytes = text.as_bytes();
    let shape = bytes.len() == 10
        && bytes.iter().enumerate().all(|(at, byte)| match at {
            4 | 7 => *byte == b'-',
            _ => byte.is_ascii_digit(),
        });
    if !shape {
        return None;
    }
    Some(Date { year: text[..4].parse().ok()?, month: text[5..7].parse().ok()?, day: text[8..].parse().ok()? })
}

fn exists(date: Date) -> bool {
    date.year >= 1 && (1..=12).contains(&date.month) && (1..=last_day(date)).contains(&date.day)
}

fn last_day(date: Date) -> u32 {
    match date.month {
        2 if is_leap(date.year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

fn is_leap(year: u32) -> bool {
    year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::NaiveDate;

    #[test]
    fn every_day_of_two_centuries_is_a_date() {
        let first = NaiveDate::from_ymd_opt(1900, 1, 1).expect("a date");
        for day in first.iter_days().take(366 * 200) {
            assert!(is_valid(&day.format("%Y-%m-%d").to_string()), "{day}");
        }
    }

    #[test]
    fn invalid_dates_are_rejected() {
        for text in [
            "2023-02-29",
            "1900-02-29",
            "2024-04-31",
            "2024-13-01",
            "2024-00-10",
            "2024-01-00",
            "2024-1-1",
            "20240101",
            "2024/01/01",
            "01-01-2024",
            "2024-01-01T00:00:00Z",
            " 2024-01-01",
            "2024-01-01\n",
            "٢٠٢٤-٠١-٠١",
            "",
            "2024-01-011",
            "-024-01-01",
            "0000-01-01",
        ] {
            assert!(!is_valid(text), "{text:?}");
        }
    }
}

//! Dates: YYYY-MM-DD in ASCII digits, a day of the Gregorian calendar.

use std::borrow::Cow;

use crate::clock;
use crate::mutants::formats;
use crate::switches::Switches;
use crate::variants::formats as variants;

#[derive(Clone, Copy, Debug)]
struct Date {
    year: u32,
    month: u32,
    day: u32,
}

/// Whether the text is a date that exists.
pub(crate) fn is_valid(text: &str, switches: &Switches) -> bool {
    let text = lenient(text, switches);
    parse(&text).is_some_and(|date| exists(date, switches) && !is_refused(date, switches))
}

fn parse(text: &str) -> Option<Date> {
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

fn exists(date: Date, switches: &Switches) -> bool {
    let known_month = (1..=12).contains(&date.month) || switches.has(formats::ACCEPTS_MONTH_13);
    date.year >= 1 && known_month && (1..=last_day(date, switches)).contains(&date.day)
}

fn last_day(date: Date, switches: &Switches) -> u32 {
    match date.month {
        2 if is_leap(date.year, switches) => 29,
        2 => 28,
        4 | 6 | 9 | 11 if !switches.has(formats::ACCEPTS_APRIL_31) => 30,
        _ => 31,
    }
}

fn is_leap(year: u32, switches: &Switches) -> bool {
    let fourth = year.is_multiple_of(4);
    let century = year.is_multiple_of(100) && !year.is_multiple_of(400);
    match () {
        () if switches.has(formats::ACCEPTS_2023_02_29) => true,
        () if switches.has(formats::ACCEPTS_1900_02_29) => fourth,
        () => fourth && !century,
    }
}

fn is_refused(date: Date, switches: &Switches) -> bool {
    let is = |month, day| date.month == month && date.day == day;
    (is(2, 29) && switches.has(formats::REJECTS_LEAP_DAYS))
        || (is(12, 31) && switches.has(formats::REJECTS_NEW_YEARS_EVE))
        || (date.year < 1970 && switches.has(formats::REJECTS_DATES_BEFORE_1970))
        || (date.year < 1900 && switches.vary(variants::DATES_BEFORE_1900_REFUSED))
        || (switches.vary(variants::FUTURE_DATES_REFUSED) && is_future(date, switches))
}

/// Whether the date is in the future in every time zone.
fn is_future(date: Date, switches: &Switches) -> bool {
    let tomorrow = clock::rfc3339(clock::signed_seconds(switches) + 24 * 3600);
    format!("{:04}-{:02}-{:02}", date.year, date.month, date.day).as_str() > &tomorrow[..10]
}

/// The text as a mutant reads it.
fn lenient<'a>(text: &'a str, switches: &Switches) -> Cow<'a, str> {
    match () {
        () if switches.has(formats::ACCEPTS_DATE_TRAILING_NEWLINE) => text.strip_suffix('\n').unwrap_or(text).into(),
        () if switches.has(formats::TRIMS_DATES) => text.trim().into(),
        () if switches.has(formats::ACCEPTS_DATE_TIMES) => text.split_once('T').map_or(text, |(date, _)| date).into(),
        () if switches.has(formats::ACCEPTS_SLASHES) => text.replace('/', "-").into(),
        () if switches.has(formats::ACCEPTS_BASIC_DATES) => hyphenated(text).into(),
        () if switches.has(formats::ACCEPTS_SHORT_DATES) => padded(text).into(),
        () if switches.has(formats::ACCEPTS_DAY_FIRST) => year_first(text).into(),
        () if switches.has(formats::ACCEPTS_FOREIGN_DIGITS_IN_DATES) => super::with_ascii_digits(text).into(),
        () => text.into(),
    }
}

fn hyphenated(text: &str) -> String {
    if text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return format!("{}-{}-{}", &text[..4], &text[4..6], &text[6..]);
    }
    text.to_owned()
}

fn padded(text: &str) -> String {
    match text.split('-').collect::<Vec<_>>().as_slice() {
        [year, month, day] => format!("{year}-{month:0>2}-{day:0>2}"),
        _ => text.to_owned(),
    }
}

fn year_first(text: &str) -> String {
    match text.split(['-', '/', '.']).collect::<Vec<_>>().as_slice() {
        [day, month, year] if day.len() == 2 && year.len() == 4 => format!("{year}-{month}-{day}"),
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::NaiveDate;

    fn valid(text: &str) -> bool {
        is_valid(text, &Switches::default())
    }

    #[test]
    fn every_day_of_two_centuries_is_a_date() {
        let first = NaiveDate::from_ymd_opt(1900, 1, 1).expect("a date");
        for day in first.iter_days().take(366 * 200) {
            assert!(valid(&day.format("%Y-%m-%d").to_string()), "{day}");
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
            assert!(!valid(text), "{text:?}");
        }
    }
}

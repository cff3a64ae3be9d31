//! Calendar dates: valid ones, impossible ones, and other notations.

use proptest::prelude::{Just, Strategy, any};
use proptest::sample::{Index, select};

use super::rule::{Input, Rule};
use super::strategies::{
    CONTROLS, INVISIBLE, LINE_ENDS, SPACES, accepted, blank, in_foreign_digits, infixed, inserted, is_digit, one_of,
    prefixed, refused, refused_as, replaced, shortened, suffixed, text, with_foreign_digit,
};

/// The years of valid dates: from the first of the contract to one that is in the past on every clock.
const FIRST_YEAR: u32 = 1900;
const LAST_YEAR: u32 = 2025;

pub(super) fn rules() -> Vec<Rule> {
    [valid(), impossible(), separators(), orders(), widths(), additions(), scripts(), other_notations(), empty()]
        .concat()
}

fn valid() -> Vec<Rule> {
    vec![
        accepted("any-day-since-1900", || text(valid_date())),
        accepted("leap-days", || text(leap_year().prop_map(|year| format!("{year}-02-29")))),
        accepted("leap-day-of-the-century-2000", || one_of(&["2000-02-29"])),
        accepted("last-days-of-months", || {
            text((year(), 1u32..=12).prop_map(|(year, month)| day_of(year, month, last_day(year, month))))
        }),
        accepted("first-days-of-months", || text((year(), 1u32..=12).prop_map(|(year, month)| day_of(year, month, 1)))),
        accepted("new-years-eve-and-day", || {
            text((year(), select(vec!["01-01", "12-31"])).prop_map(|(year, day)| format!("{year}-{day}")))
        }),
        accepted("days-above-twelve", || {
            text((year(), 1u32..=12, 13u32..=28).prop_map(|(year, month, day)| day_of(year, month, day)))
        }),
        accepted("days-before-1970", || {
            text((0u32..70, 1u32..=12, 1u32..=28).prop_map(|(back, month, day)| day_of(1969 - back, month, day)))
        }),
        accepted("days-of-1900", || {
            text((1u32..=12, 1u32..=28).prop_map(|(month, day)| day_of(FIRST_YEAR, month, day)))
        }),
        accepted("first-and-last-dates-claimed", || one_of(&["1900-01-01", "1999-12-31", "2000-01-01", "2025-12-31"])),
    ]
}

/// Well-formed, but not a day of the calendar.
fn impossible() -> Vec<Rule> {
    vec![
        refused("month-thirteen", || text((year(), 1u32..=28).prop_map(|(year, day)| day_of(year, 13, day)))),
        refused("month-above-thirteen", || {
            text((year(), 14u32..=99, 1u32..=28).prop_map(|(year, month, day)| day_of(year, month, day)))
        }),
        refused("month-zero", || text((year(), 1u32..=28).prop_map(|(year, day)| day_of(year, 0, day)))),
        refused("day-zero", || text((year(), 1u32..=12).prop_map(|(year, month)| day_of(year, month, 0)))),
        refused("day-above-thirty-one", || {
            text((year(), 1u32..=12, 32u32..=99).prop_map(|(year, month, day)| day_of(year, month, day)))
        }),
        refused("thirty-first-of-a-short-month", || {
            text((year(), select(vec![4, 6, 9, 11])).prop_map(|(year, month)| day_of(year, month, 31)))
        }),
        refused("thirtieth-of-february", || text((year(), 30u32..=31).prop_map(|(year, day)| day_of(year, 2, day)))),
        refused("leap-day-of-a-common-year", || {
            text(year().prop_filter("a leap year", |year| !is_leap(*year)).prop_map(|year| day_of(year, 2, 29)))
        }),
        refused("leap-day-of-a-common-century", || {
            one_of(&["1900-02-29", "2100-02-29", "1800-02-29", "1700-02-29", "2200-02-29", "2300-02-29"])
        }),
        refused("all-zeros", || one_of(&["0000-00-00", "2000-00-00", "1970-00-01"])),
    ]
}

fn separators() -> Vec<Rule> {
    vec![
        refused("slashes", || edited(|day| day.replace('-', "/"))),
        refused("dots", || edited(|day| day.replace('-', "."))),
        refused("spaces-for-hyphens", || edited(|day| day.replace('-', " "))),
        refused("other-separators", || {
            text((valid_date(), select(vec![":", "_", ",", "+", "~"])).prop_map(|(day, one)| day.replace('-', one)))
        }),
        refused("dashes-that-are-no-hyphens", || {
            let dashes = vec!["\u{2013}", "\u{2011}", "\u{2212}", "\u{2014}", "\u{2010}", "\u{ff0d}", "\u{ad}"];
            text((valid_date(), select(dashes)).prop_map(|(day, dash)| day.replace('-', dash)))
        }),
        refused("one-separator-differs", || {
            text(
                (valid_date(), any::<Index>(), select(vec!["/", ".", " ", "\u{2013}"]))
                    .prop_map(|(day, at, other)| replaced(&day, at, |one| one == '-', |_| other.to_owned())),
            )
        }),
        refused("hyphen-twice", || {
            text(
                (valid_date(), any::<Index>())
                    .prop_map(|(day, at)| replaced(&day, at, |one| one == '-', |_| "--".to_owned())),
            )
        }),
        refused("one-hyphen-missing", || {
            text(
                (valid_date(), any::<Index>())
                    .prop_map(|(day, at)| replaced(&day, at, |one| one == '-', |_| String::new())),
            )
        }),
        refused("no-hyphens", || edited(|day| day.replace('-', ""))),
    ]
}

fn orders() -> Vec<Rule> {
    vec![
        refused("day-first", || reordered(&["-"], |year, month, day, sign| format!("{day}{sign}{month}{sign}{year}"))),
        refused("day-first-with-other-separators", || {
            reordered(&["/", "."], |year, month, day, sign| format!("{day}{sign}{month}{sign}{year}"))
        }),
        refused("month-first", || {
            reordered(&["-", "/"], |year, month, day, sign| format!("{month}{sign}{day}{sign}{year}"))
        }),
        refused("year-day-month", || {
            text((year(), 1u32..=12, 13u32..=28).prop_map(|(year, month, day)| format!("{year}-{day}-{month:02}")))
        }),
    ]
}

fn widths() -> Vec<Rule> {
    vec![
        refused("two-digit-year", || edited(|day| day[2..].to_owned())),
        refused("three-digit-year", || edited(|day| day[1..].to_owned())),
        refused("five-digit-year", || text((valid_date(), 0u32..=9).prop_map(|(day, digit)| format!("{digit}{day}")))),
        refused("six-digit-signed-year", || prefixed(valid_date(), &["+00", "-00"])),
        refused("month-without-its-zero", || {
            text((year(), 1u32..=9, 1u32..=28).prop_map(|(year, month, day)| format!("{year}-{month}-{day:02}")))
        }),
        refused("day-without-its-zero", || {
            text((year(), 1u32..=12, 1u32..=9).prop_map(|(year, month, day)| format!("{year}-{month:02}-{day}")))
        }),
        refused("month-and-day-without-zeros", || {
            text((year(), 1u32..=9, 1u32..=9).prop_map(|(year, month, day)| format!("{year}-{month}-{day}")))
        }),
        refused("spaces-for-zeros", || {
            text((year(), 1u32..=9, 1u32..=9).prop_map(|(year, month, day)| format!("{year}-{month:2}-{day:2}")))
        }),
        refused("three-digit-month", || edited(|day| format!("{}-0{}", &day[..4], &day[5..]))),
        refused("three-digit-day", || edited(|day| format!("{}-0{}", &day[..7], &day[8..]))),
        refused("one-character-less", || shortened(valid_date())),
        refused("one-digit-more", || {
            text(
                (valid_date(), any::<Index>(), 0u32..=9)
                    .prop_map(|(day, at, digit)| inserted(&day, at, &digit.to_string())),
            )
        }),
        refused("year-and-month-alone", || edited(|day| day[..7].to_owned())),
        refused("year-alone", || edited(|day| day[..4].to_owned())),
        refused("hyphen-behind", || suffixed(valid_date(), &["-", "-1", "-01"])),
    ]
}

fn additions() -> Vec<Rule> {
    vec![
        refused("time-part", || {
            suffixed(
                valid_date(),
                &["T00:00:00Z", "T00:00:00", "T00:00", "T23:59:59.999Z", "T00:00:00+00:00", "T12:30:00.5Z"],
            )
        }),
        refused("time-part-behind-a-space", || {
            suffixed(valid_date(), &[" 00:00:00", " 00:00", " 00:00:00Z", " 12:00 AM"])
        }),
        refused("dangling-time-mark", || suffixed(valid_date(), &["T"])),
        refused("time-zone", || suffixed(valid_date(), &["Z", "+00:00", "+01:00", " UTC", "[Europe/Paris]"])),
        refused("leading-space", || prefixed(valid_date(), SPACES)),
        refused("trailing-space", || suffixed(valid_date(), SPACES)),
        refused("inner-space", || infixed(valid_date(), &[" ", "\t"])),
        refused("leading-line-end", || prefixed(valid_date(), LINE_ENDS)),
        refused("trailing-newline", || suffixed(valid_date(), &["\n"])),
        refused("trailing-line-ends", || suffixed(valid_date(), &["\r\n", "\r", "\n\n", "\u{2028}", "\u{85}"])),
        refused("second-line", || suffixed(valid_date(), &["\n2000-01-01", "\nx", "\n'"])),
        refused("line-before", || prefixed(valid_date(), &["2000-01-01\n", "x\n"])),
        refused("trailing-nul", || suffixed(valid_date(), &["\0", "\0x"])),
        refused("control-inside", || infixed(valid_date(), CONTROLS)),
        refused("unseen-characters", || {
            text((valid_date(), any::<Index>(), select(INVISIBLE)).prop_map(|(day, at, invisible)| match at.index(3) {
                0 => format!("{invisible}{day}"),
                1 => format!("{day}{invisible}"),
                _ => inserted(&day, at, invisible),
            }))
        }),
        refused("letter-behind", || suffixed(valid_date(), &["x", "a", "th"])),
        refused("letter-before", || prefixed(valid_date(), &["x", "d", "on "])),
        refused("plus-sign", || prefixed(valid_date(), &["+"])),
        refused("minus-sign", || prefixed(valid_date(), &["-", "--"])),
        refused("quotation-marks", || edited(|day| format!("\"{day}\""))),
        refused("era", || suffixed(valid_date(), &[" AD", " CE", " BC"])),
        refused("interval", || {
            text((valid_date(), select(vec!["/", "/P1D", " - ", "--"])).prop_map(|(day, sign)| match sign {
                "/P1D" => format!("{day}{sign}"),
                _ => format!("{day}{sign}{day}"),
            }))
        }),
    ]
}

fn scripts() -> Vec<Rule> {
    vec![
        refused("one-digit-of-another-script", || with_foreign_digit(valid_date())),
        refused("digits-of-another-script", || in_foreign_digits(valid_date())),
        refused("letter-for-a-digit", || {
            text(
                (valid_date(), any::<Index>(), select(vec!["O", "l", "x", "A", "e"]))
                    .prop_map(|(day, at, letter)| replaced(&day, at, is_digit, |_| letter.to_owned())),
            )
        }),
        refused("neighbours-of-digits", || {
            text(
                (valid_date(), any::<Index>(), select(vec![":", "/", ";", "\u{b2}", "\u{2460}"]))
                    .prop_map(|(day, at, sign)| replaced(&day, at, is_digit, |_| sign.to_owned())),
            )
        }),
    ]
}

fn other_notations() -> Vec<Rule> {
    const MONTHS: &[&str] = &["Jan", "feb", "MAR", "April", "May", "Sept"];
    vec![
        refused("week-date", || {
            text((year(), 10u32..=52, 1u32..=7).prop_map(|(year, week, day)| format!("{year}-W{week}-{day}")))
        }),
        refused("week-alone", || text((year(), 10u32..=52).prop_map(|(year, week)| format!("{year}-W{week}")))),
        refused("ordinal-date", || text((year(), 1u32..=365).prop_map(|(year, day)| format!("{year}-{day:03}")))),
        refused("name-of-the-month", || {
            text((year(), select(MONTHS), 10u32..=28).prop_map(|(year, month, day)| format!("{year}-{month}-{day}")))
        }),
        refused("written-out", || {
            text((year(), select(MONTHS), 10u32..=28, any::<bool>()).prop_map(
                |(year, month, day, first)| match first {
                    true => format!("{month} {day}, {year}"),
                    false => format!("{day} {month} {year}"),
                },
            ))
        }),
        refused("seconds-since-1970", || one_of(&["0", "86400", "1700000000", "1700000000000", "-86400", "45000"])),
        refused("words", || {
            one_of(&["today", "now", "yesterday", "null", "undefined", "NaN", "Invalid date", "unknown", "N/A", "-"])
        }),
        refused("letters-of-the-format", || one_of(&["YYYY-MM-DD", "yyyy-mm-dd", "2000-MM-DD", "%Y-%m-%d"])),
    ]
}

fn empty() -> Vec<Rule> {
    vec![refused_as("empty", "nothing-written", blank)]
}

// ---------------------------------------------------------------- days

/// A valid date in the range that the contract asserts.
fn valid_date() -> impl Strategy<Value = String> + Clone + 'static {
    (year(), 1u32..=12, 1u32..=31).prop_map(|(year, month, day)| day_of(year, month, day.min(last_day(year, month))))
}

/// A year in that range; the simplest is 2000.
fn year() -> impl Strategy<Value = u32> + Clone + 'static {
    const YEARS: u32 = LAST_YEAR - FIRST_YEAR + 1;
    (0..YEARS).prop_map(|back| FIRST_YEAR + (2000 - FIRST_YEAR + back) % YEARS)
}

fn leap_year() -> impl Strategy<Value = u32> + Clone + 'static {
    year().prop_filter("no leap year", |year| is_leap(*year))
}

fn day_of(year: u32, month: u32, day: u32) -> String {
    format!("{year:04}-{month:02}-{day:02}")
}

fn last_day(year: u32, month: u32) -> u32 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if is_leap(year) => 29,
        2 => 28,
        _ => 31,
    }
}

fn is_leap(year: u32) -> bool {
    year.is_multiple_of(400) || (year.is_multiple_of(4) && !year.is_multiple_of(100))
}

/// A valid date, edited.
fn edited(edit: fn(String) -> String) -> proptest::strategy::BoxedStrategy<Input> {
    text(valid_date().prop_map(edit))
}

/// Year, month and day in another order, with one of the separators.
fn reordered(
    signs: &'static [&'static str],
    order: fn(&str, &str, &str, &str) -> String,
) -> proptest::strategy::BoxedStrategy<Input> {
    text(
        (valid_date(), select(signs), Just(order))
            .prop_map(|(day, sign, order)| order(&day[..4], &day[5..7], &day[8..], sign)),
    )
}

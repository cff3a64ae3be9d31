//! Postal codes with their country: the country's own examples and codes near them, and codes that do not match the
//! country's pattern in any reading.

use std::sync::LazyLock;

use proptest::prelude::{BoxedStrategy, Strategy, any};
use proptest::sample::{Index, select};
use serde_json::Value;

use super::expand::{Patterns, choices};
use super::rule::{Content, Input, Rule};
use super::strategies::{
    CONTROLS, LINE_ENDS, SPACES, accepted, digit_in_script, handled, inserted, is_digit, refused, refused_as, replaced,
    word,
};

static TABLE: &str = include_str!("data/postal_google.tsv");

/// A country in the data set that has postal codes.
struct Country {
    code: &'static str,
    pattern: Patterns,
    examples: Vec<&'static str>,
}

/// Well-known countries, which come first so that shrinking moves towards them.
const FAMILIAR: [&str; 10] = ["DE", "US", "FR", "CA", "GB", "NL", "JP", "BR", "PL", "IN"];

/// Countries in which digits of other scripts are in everyday use.
const OTHER_DIGITS: [&str; 24] = [
    "AE", "AF", "BD", "BH", "BT", "DZ", "EG", "EH", "IN", "IQ", "IR", "JO", "KH", "KW", "LA", "LB", "LK", "MM", "NP",
    "OM", "PK", "SA", "SD", "TH",
];

static COUNTRIES: LazyLock<Vec<Country>> = LazyLock::new(|| {
    let mut countries: Vec<Country> = TABLE.lines().filter(|line| !line.starts_with('#')).filter_map(country).collect();
    countries.sort_by_key(|country| FAMILIAR.iter().position(|code| *code == country.code).unwrap_or(FAMILIAR.len()));
    countries
});

fn country(line: &'static str) -> Option<Country> {
    let cells: Vec<&str> = line.split('\t').collect();
    let [code, pattern, examples] = cells.as_slice() else {
        return None;
    };
    let examples: Vec<&str> = examples.split(',').filter(|example| !example.is_empty()).collect();
    (!examples.is_empty()).then(|| Country { code, pattern: Patterns::new([*pattern]), examples })
}

pub(super) fn rules() -> Vec<Rule> {
    [valid(), lengths(), letters_and_digits(), elsewhere(), signs(), words(), unspecified()].concat()
}

fn valid() -> Vec<Rule> {
    vec![
        accepted("the-countrys-own-examples", || edited(example(), |example| example)),
        accepted("examples-of-familiar-countries", || edited(familiar(), |example| example)),
        accepted("zip-codes-of-nine-digits", || {
            select(vec!["22162-1010", "22201-2010"]).prop_map(|code| input("US", code)).boxed()
        }),
        accepted("codes-near-an-example", || {
            (example(), any::<[u8; 2]>()).prop_map(|((country, code), last)| input(country, &near(&code, last))).boxed()
        }),
    ]
}

fn lengths() -> Vec<Rule> {
    vec![
        refused("one-digit-more", || edited(example(), |code| format!("{code}0"))),
        refused("one-digit-before", || edited(example(), |code| format!("1{code}"))),
        refused("one-digit-more-inside", || edited_at(|code, at| inserted(code, at, "5"))),
        refused("one-character-less", || edited_at(|code, at| replaced(code, at, |_| true, |_| String::new()))),
        refused("one-digit-less", || edited_at(|code, at| replaced(code, at, is_digit, |_| String::new()))),
        refused("one-character-alone", || edited(example(), |code| code[..1].to_owned())),
        refused("code-twice", || edited(example(), |code| code.repeat(2))),
        refused("much-too-long", || {
            (example(), 20usize..1000).prop_map(|((country, _), count)| input(country, &"1".repeat(count))).boxed()
        }),
    ]
}

fn letters_and_digits() -> Vec<Rule> {
    vec![
        refused("letter-for-a-digit", || edited_at(|code, at| replaced(code, at, is_digit, |_| "Q".to_owned()))),
        refused("letter-that-looks-like-a-digit", || {
            edited_at(|code, at| {
                replaced(code, at, is_digit, |digit| {
                    match digit {
                        '0' => "O",
                        '1' => "I",
                        '5' => "S",
                        '8' => "B",
                        '2' => "Z",
                        _ => "G",
                    }
                    .to_owned()
                })
            })
        }),
        refused("letters-for-all-digits", || {
            edited(example(), |code| code.chars().map(|one| if is_digit(one) { 'X' } else { one }).collect())
        }),
        refused("digit-for-a-letter", || {
            edited_at_with_letters(|code, at| replaced(code, at, |one| one.is_ascii_uppercase(), |_| "7".to_owned()))
        }),
        refused("digit-for-a-letter-in-a-familiar-country", || {
            let codes = select(vec![("CA", "71A 0B1"), ("CA", "K17 0B1"), ("NL", "1012 7K")]);
            codes.prop_map(|(country, code)| input(country, code)).boxed()
        }),
        refused("letter-of-another-alphabet", || {
            edited_at_with_letters(|code, at| {
                replaced(code, at, |one| one.is_ascii_uppercase(), |_| "\u{416}".to_owned())
            })
        }),
        refused("digit-of-another-script", || {
            let scripts = select(vec!['\u{966}', '\u{e50}', '\u{9e6}', '\u{6f0}']);
            (ascii_digit_example(), any::<Index>(), scripts)
                .prop_map(|((country, code), at, zero)| {
                    input(country, &replaced(&code, at, is_digit, |digit| digit_in_script(digit, zero)))
                })
                .boxed()
        }),
    ]
}

fn elsewhere() -> Vec<Rule> {
    vec![
        refused("another-countrys-example", || {
            (example(), example())
                .prop_filter("a code of another shape", |((_, own), (_, code))| shape(own) != shape(code))
                .prop_map(|((country, _), (_, code))| input(country, &code))
                .boxed()
        }),
        refused("canadian-code-elsewhere", || foreign_code(&["H3Z 2Y7", "K1A 0B1", "V8X 3X4"])),
        refused("british-code-elsewhere", || foreign_code(&["EC1Y 8SY", "SO23 9AP", "M2 5BQ"])),
        refused("five-digits-elsewhere", || foreign_code(&["26133", "95014", "33380"])),
        refused("four-digits-elsewhere", || foreign_code(&["1010", "2544", "8660"])),
        refused("six-digits-elsewhere", || foreign_code(&["266033", "110034", "247112"])),
        refused("japanese-code-elsewhere", || foreign_code(&["154-0023", "350-1106"])),
        refused("polish-code-elsewhere", || foreign_code(&["00-950", "05-470"])),
        refused("dutch-code-elsewhere", || foreign_code(&["1234 AB", "2490 AA"])),
        refused("canadian-code-in-a-familiar-country", || within_familiar(&["H3Z 2Y7", "V8X 3X4"])),
        refused("four-digits-in-a-familiar-country", || within_familiar(&["2544", "8660"])),
        refused("five-digits-in-a-familiar-country", || within_familiar(&["26133", "95014"])),
    ]
}

fn signs() -> Vec<Rule> {
    const SIGNS: &[&str] = &["_", "/", ".", "|", ":", "+", ",", "*", "#"];
    vec![
        refused("wrong-separator", || {
            (separated_example(), any::<Index>(), select(SIGNS))
                .prop_map(|((country, code), at, sign)| {
                    input(country, &replaced(&code, at, |one| [' ', '-'].contains(&one), |_| sign.to_owned()))
                })
                .boxed()
        }),
        refused("sign-inside", || with_sign_inside(SIGNS)),
        refused("sign-for-a-digit", || edited_at(|code, at| replaced(code, at, is_digit, |_| "?".to_owned()))),
        refused("control-inside", || with_sign_inside(CONTROLS)),
        refused("nul-inside", || with_sign_inside(&["\0"])),
        refused("unseen-inside", || with_sign_inside(&["\u{200b}", "\u{200c}", "\u{200d}", "\u{2060}", "\u{ad}"])),
        refused("trailing-nul", || edited(example(), |code| format!("{code}\0"))),
        refused("sign-before", || edited(example(), |code| format!("+{code}"))),
        refused("fraction", || edited(example(), |code| format!("{code}.0"))),
        refused("wildcard", || edited_at(|code, at| replaced(code, at, is_digit, |_| "*".to_owned()))),
    ]
}

fn words() -> Vec<Rule> {
    vec![
        refused("second-line", || edited(example(), |code| format!("{code}\nx"))),
        refused("line-before", || edited(example(), |code| format!("x\n{code}"))),
        refused("two-codes", || edited(example(), |code| format!("{code},{code}"))),
        refused("word-stuck-to-the-code", || edited(example(), |code| format!("{code}xyzzy"))),
        refused("word-before", || edited(example(), |code| format!("unknown:{code}"))),
        refused("words", || {
            in_any_country(&["unknown", "none", "null", "N/A", "postcode", "not applicable", "?", "xxxxxx"])
        }),
        refused("quotation-marks", || edited(example(), |code| format!("\"{code}\""))),
        refused_as("empty", "nothing-written", || in_any_country(&["", " ", "   ", "\t", "\n"])),
    ]
}

/// Codes about which the contract asserts nothing.
fn unspecified() -> Vec<Rule> {
    vec![
        handled("any-code-of-the-pattern", || {
            (0..COUNTRIES.len(), choices())
                .prop_map(|(which, choices)| input(COUNTRIES[which].code, &COUNTRIES[which].pattern.text(&choices)))
                .boxed()
        }),
        handled("lower-case", || edited(lettered_example(), |code| code.to_lowercase())),
        handled("spaces-around", || {
            (example(), select(SPACES), any::<bool>())
                .prop_map(|((country, code), space, before)| match before {
                    true => input(country, &format!("{space}{code}")),
                    false => input(country, &format!("{code}{space}")),
                })
                .boxed()
        }),
        handled("line-end-behind", || {
            (example(), select(LINE_ENDS))
                .prop_map(|((country, code), end)| input(country, &format!("{code}{end}")))
                .boxed()
        }),
        handled("full-width-digits", || {
            edited(example(), |code| {
                code.chars()
                    .map(|one| if is_digit(one) { digit_in_script(one, '\u{ff10}') } else { one.to_string() })
                    .collect()
            })
        }),
        handled("separator-left-out", || edited(separated_example(), |code| code.replace([' ', '-'], ""))),
        handled("other-usual-separator", || {
            edited(separated_example(), |code| {
                code.chars()
                    .map(|one| match one {
                        ' ' => '-',
                        '-' => ' ',
                        other => other,
                    })
                    .collect()
            })
        }),
        handled("country-before-the-code", || {
            example().prop_map(|(country, code)| input(country, &format!("{country}-{code}"))).boxed()
        }),
        handled("country-without-a-pattern", || {
            (word(&["AE", "HK", "QA", "AO", "ZW"]), word(&["00000", "12345", "X", "1-2-3"]))
                .prop_map(|(country, code)| input(&country, &code))
                .boxed()
        }),
        handled("unknown-country", || {
            (word(&["XX", "ZZ", "QQ", "UK", "EU"]), word(&["12345", "A1A 1A1"]))
                .prop_map(|(country, code)| input(&country, &code))
                .boxed()
        }),
    ]
}

// ---------------------------------------------------------------- codes

fn input(country: &str, code: &str) -> Input {
    Input { content: Content::Json(code.into()), companion: Some(Value::String(country.to_owned())) }
}

type CountryCode = (&'static str, String);

fn example() -> impl Strategy<Value = CountryCode> + Clone + 'static {
    example_of(0..COUNTRIES.len())
}

fn familiar() -> impl Strategy<Value = CountryCode> + Clone + 'static {
    example_of(0..FAMILIAR.len())
}

fn example_of(range: std::ops::Range<usize>) -> impl Strategy<Value = CountryCode> + Clone + 'static {
    (range, any::<Index>()).prop_map(|(which, at)| {
        let country = &COUNTRIES[which];
        (country.code, at.get(&country.examples).to_string())
    })
}

fn lettered_example() -> impl Strategy<Value = CountryCode> + Clone + 'static {
    example().prop_filter("no letters", |(_, code)| code.contains(|one: char| one.is_ascii_uppercase()))
}

fn separated_example() -> impl Strategy<Value = CountryCode> + Clone + 'static {
    example().prop_filter("no separator", |(_, code)| code.contains([' ', '-']))
}

/// An example of a country in which only ASCII digits are in use.
fn ascii_digit_example() -> impl Strategy<Value = CountryCode> + Clone + 'static {
    example().prop_filter("digits of its own", |(country, _)| !OTHER_DIGITS.contains(country))
}

fn edited(codes: impl Strategy<Value = CountryCode> + 'static, edit: fn(String) -> String) -> BoxedStrategy<Input> {
    codes.prop_map(move |(country, code)| input(country, &edit(code))).boxed()
}

fn edited_at(edit: fn(&str, Index) -> String) -> BoxedStrategy<Input> {
    (example(), any::<Index>()).prop_map(move |((country, code), at)| input(country, &edit(&code, at))).boxed()
}

fn edited_at_with_letters(edit: fn(&str, Index) -> String) -> BoxedStrategy<Input> {
    (lettered_example(), any::<Index>()).prop_map(move |((country, code), at)| input(country, &edit(&code, at))).boxed()
}

fn with_sign_inside(signs: &'static [&'static str]) -> BoxedStrategy<Input> {
    (example(), any::<Index>(), select(signs))
        .prop_map(|((country, code), at, sign)| input(country, &inserted(&code, at, sign)))
        .boxed()
}

/// One of the texts, in any country.
fn in_any_country(codes: &'static [&'static str]) -> BoxedStrategy<Input> {
    (example(), word(codes)).prop_map(|((country, _), code)| input(country, &code)).boxed()
}

/// One of the codes, in a country whose codes have another length.
fn foreign_code(codes: &'static [&'static str]) -> BoxedStrategy<Input> {
    (example(), word(codes))
        .prop_filter("a code of that length", |((_, own), code)| length(own) != length(code))
        .prop_map(|((country, _), code)| input(country, &code))
        .boxed()
}

/// The code with each digit as `d` and each letter as `l`.
fn shape(code: &str) -> String {
    code.chars()
        .map(|one| match one {
            one if is_digit(one) => 'd',
            one if one.is_ascii_uppercase() => 'l',
            other => other,
        })
        .collect()
}

/// The number of characters without separators.
fn length(code: &str) -> usize {
    code.chars().filter(|one| ![' ', '-'].contains(one)).count()
}

fn within_familiar(codes: &'static [&'static str]) -> BoxedStrategy<Input> {
    (familiar(), word(codes))
        .prop_filter("a code of that length", |((_, own), code)| length(own) != length(code))
        .prop_map(|((country, _), code)| input(country, &code))
        .boxed()
}

/// The code with its last two characters changed; digits stay digits, and letters stay letters.
fn near(code: &str, last: [u8; 2]) -> String {
    let count = code.chars().count();
    let change = |one: char, by: u8| match one {
        '0'..='9' => char::from(b'0' + (one as u8 - b'0' + by % 10) % 10),
        'A'..='Z' => char::from(b'A' + (one as u8 - b'A' + by % 26) % 26),
        other => other,
    };
    code.chars()
        .enumerate()
        .map(|(at, one)| match count - at {
            1 => change(one, last[0]),
            2 => change(one, last[1]),
            _ => one,
        })
        .collect()
}

//! Postal codes with their country: the country's own examples and codes near them, and codes that no reading of the
//! country's pattern admits.

use std::sync::LazyLock;

use proptest::prelude::{BoxedStrategy, Strategy, any};
use proptest::sample::{Index, select};
use serde_json::Value;

use super::expand::{Patterns, choices};
use super::generate::{
    CONTROLS, LINE_ENDS, SPACES, accepted, foreign, inserted, is_digit, refused, refused_as, replaced, survived, word,
};
use super::rule::{Content, Input, Rule};

static TABLE: &str = include_str!("data/postal_google.tsv");

/// A country of the data set that has codes of its own.
struct Country {
    code: &'static str,
    pattern: Patterns,
    examples: Vec<&'static str>,
}

/// Well-known ones first: shrinking walks there.
const FAMILIAR: [&str; 10] = ["DE", "US", "FR", "CA", "GB", "NL", "JP", "BR", "PL", "IN"];

/// Where digits of other scripts are in everyday use.
const OWN_DIGITS: [&str; 24] = [
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
    [valid(), lengths(), letters_and_digits(), elsewhere(), signs(), words(), open()].concat()
}

fn valid() -> Vec<Rule> {
    vec![
        accepted("the-countrys-own-examples", || coded(example(), |example| example)),
        accepted("examples-of-familiar-countries", || coded(familiar(), |example| example)),
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
        refused("one-digit-more", || coded(example(), |code| format!("{code}0"))),
        refused("one-digit-before", || coded(example(), |code| format!("1{code}"))),
        refused("one-digit-more-inside", || altered(|code, at| inserted(code, at, "5"))),
        refused("one-character-less", || altered(|code, at| replaced(code, at, |_| true, |_| String::new()))),
        refused("one-digit-less", || altered(|code, at| replaced(code, at, is_digit, |_| String::new()))),
        refused("one-character-alone", || coded(example(), |code| code[..1].to_owned())),
        refused("code-twice", || coded(example(), |code| code.repeat(2))),
        refused("much-too-long", || {
            (example(), 20usize..1000).prop_map(|((country, _), count)| input(country, &"1".repeat(count))).boxed()
        }),
    ]
}

fn letters_and_digits() -> Vec<Rule> {
    vec![
        refused("letter-for-a-digit", || altered(|code, at| replaced(code, at, is_digit, |_| "Q".to_owned()))),
        refused("letter-that-looks-like-a-digit", || {
            altered(|code, at| {
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
            coded(example(), |code| code.chars().map(|one| if is_digit(one) { 'X' } else { one }).collect())
        }),
        refused("digit-for-a-letter", || {
            lettered(|code, at| replaced(code, at, |one| one.is_ascii_uppercase(), |_| "7".to_owned()))
        }),
        refused("digit-for-a-letter-in-a-familiar-country", || {
            let codes = select(vec![("CA", "71A 0B1"), ("CA", "K17 0B1"), ("NL", "1012 7K")]);
            codes.prop_map(|(country, code)| input(country, code)).boxed()
        }),
        refused("letter-of-another-alphabet", || {
            lettered(|code, at| replaced(code, at, |one| one.is_ascii_uppercase(), |_| "\u{416}".to_owned()))
        }),
        refused("digit-of-another-script", || {
            let scripts = select(vec!['\u{966}', '\u{e50}', '\u{9e6}', '\u{6f0}']);
            (abroad(), any::<Index>(), scripts)
                .prop_map(|((country, code), at, zero)| {
                    input(country, &replaced(&code, at, is_digit, |digit| foreign(digit, zero)))
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
            (parted_code(), any::<Index>(), select(SIGNS))
                .prop_map(|((country, code), at, sign)| {
                    input(country, &replaced(&code, at, |one| [' ', '-'].contains(&one), |_| sign.to_owned()))
                })
                .boxed()
        }),
        refused("sign-inside", || between(SIGNS)),
        refused("sign-for-a-digit", || altered(|code, at| replaced(code, at, is_digit, |_| "?".to_owned()))),
        refused("control-inside", || between(CONTROLS)),
        refused("nul-inside", || between(&["\0"])),
        refused("unseen-inside", || between(&["\u{200b}", "\u{200c}", "\u{200d}", "\u{2060}", "\u{ad}"])),
        refused("trailing-nul", || coded(example(), |code| format!("{code}\0"))),
        refused("sign-before", || coded(example(), |code| format!("+{code}"))),
        refused("fraction", || coded(example(), |code| format!("{code}.0"))),
        refused("wildcard", || altered(|code, at| replaced(code, at, is_digit, |_| "*".to_owned()))),
    ]
}

fn words() -> Vec<Rule> {
    vec![
        refused("second-line", || coded(example(), |code| format!("{code}\nx"))),
        refused("line-before", || coded(example(), |code| format!("x\n{code}"))),
        refused("two-codes", || coded(example(), |code| format!("{code},{code}"))),
        refused("word-stuck-to-the-code", || coded(example(), |code| format!("{code}xyzzy"))),
        refused("word-before", || coded(example(), |code| format!("unknown:{code}"))),
        refused("words", || among(&["unknown", "none", "null", "N/A", "postcode", "not applicable", "?", "xxxxxx"])),
        refused("quotation-marks", || coded(example(), |code| format!("\"{code}\""))),
        refused_as("empty", "nothing-written", || among(&["", " ", "   ", "\t", "\n"])),
    ]
}

/// What the contract leaves open.
fn open() -> Vec<Rule> {
    vec![
        survived("any-code-of-the-pattern", || {
            (0..COUNTRIES.len(), choices())
                .prop_map(|(which, choices)| input(COUNTRIES[which].code, &COUNTRIES[which].pattern.text(&choices)))
                .boxed()
        }),
        survived("lower-case", || coded(lettered_example(), |code| code.to_lowercase())),
        survived("spaces-around", || {
            (example(), select(SPACES), any::<bool>())
                .prop_map(|((country, code), space, before)| match before {
                    true => input(country, &format!("{space}{code}")),
                    false => input(country, &format!("{code}{space}")),
                })
                .boxed()
        }),
        survived("line-end-behind", || {
            (example(), select(LINE_ENDS))
                .prop_map(|((country, code), end)| input(country, &format!("{code}{end}")))
                .boxed()
        }),
        survived("full-width-digits", || {
            coded(example(), |code| {
                code.chars().map(|one| if is_digit(one) { foreign(one, '\u{ff10}') } else { one.to_string() }).collect()
            })
        }),
        survived("separator-left-out", || coded(parted_code(), |code| code.replace([' ', '-'], ""))),
        survived("other-usual-separator", || {
            coded(parted_code(), |code| {
                code.chars()
                    .map(|one| match one {
                        ' ' => '-',
                        '-' => ' ',
                        other => other,
                    })
                    .collect()
            })
        }),
        survived("country-before-the-code", || {
            example().prop_map(|(country, code)| input(country, &format!("{country}-{code}"))).boxed()
        }),
        survived("country-without-a-pattern", || {
            (word(&["AE", "HK", "QA", "AO", "ZW"]), word(&["00000", "12345", "X", "1-2-3"]))
                .prop_map(|(country, code)| input(&country, &code))
                .boxed()
        }),
        survived("unknown-country", || {
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

type Coded = (&'static str, String);

/// A country and one of its own examples.
fn example() -> impl Strategy<Value = Coded> + Clone + 'static {
    of(0..COUNTRIES.len())
}

fn familiar() -> impl Strategy<Value = Coded> + Clone + 'static {
    of(0..FAMILIAR.len())
}

fn of(range: std::ops::Range<usize>) -> impl Strategy<Value = Coded> + Clone + 'static {
    (range, any::<Index>()).prop_map(|(which, at)| {
        let country = &COUNTRIES[which];
        (country.code, at.get(&country.examples).to_string())
    })
}

fn lettered_example() -> impl Strategy<Value = Coded> + Clone + 'static {
    example().prop_filter("no letters", |(_, code)| code.contains(|one: char| one.is_ascii_uppercase()))
}

fn parted_code() -> impl Strategy<Value = Coded> + Clone + 'static {
    example().prop_filter("no separator", |(_, code)| code.contains([' ', '-']))
}

/// A country where ASCII digits are the only ones in use.
fn abroad() -> impl Strategy<Value = Coded> + Clone + 'static {
    example().prop_filter("digits of its own", |(country, _)| !OWN_DIGITS.contains(country))
}

fn coded(codes: impl Strategy<Value = Coded> + 'static, edit: fn(String) -> String) -> BoxedStrategy<Input> {
    codes.prop_map(move |(country, code)| input(country, &edit(code))).boxed()
}

fn altered(edit: fn(&str, Index) -> String) -> BoxedStrategy<Input> {
    (example(), any::<Index>()).prop_map(move |((country, code), at)| input(country, &edit(&code, at))).boxed()
}

fn lettered(edit: fn(&str, Index) -> String) -> BoxedStrategy<Input> {
    (lettered_example(), any::<Index>()).prop_map(move |((country, code), at)| input(country, &edit(&code, at))).boxed()
}

fn between(signs: &'static [&'static str]) -> BoxedStrategy<Input> {
    (example(), any::<Index>(), select(signs))
        .prop_map(|((country, code), at, sign)| input(country, &inserted(&code, at, sign)))
        .boxed()
}

/// One of the texts, in any country.
fn among(codes: &'static [&'static str]) -> BoxedStrategy<Input> {
    (example(), word(codes)).prop_map(|((country, _), code)| input(country, &code)).boxed()
}

/// One of the codes, in a country whose own have another length.
fn foreign_code(codes: &'static [&'static str]) -> BoxedStrategy<Input> {
    (example(), word(codes))
        .prop_filter("a code of that length", |((_, own), code)| length(own) != length(code))
        .prop_map(|((country, _), code)| input(country, &code))
        .boxed()
}

/// Which of its characters are digits, letters and separators.
fn shape(code: &str) -> String {
    code.chars()
        .map(|one| match one {
            one if is_digit(one) => 'd',
            one if one.is_ascii_uppercase() => 'l',
            other => other,
        })
        .collect()
}

/// Without separators.
fn length(code: &str) -> usize {
    code.chars().filter(|one| ![' ', '-'].contains(one)).count()
}

fn within_familiar(codes: &'static [&'static str]) -> BoxedStrategy<Input> {
    (familiar(), word(codes))
        .prop_filter("a code of that length", |((_, own), code)| length(own) != length(code))
        .prop_map(|((country, _), code)| input(country, &code))
        .boxed()
}

/// The code with its last two characters changed, digits to digits and letters to letters.
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

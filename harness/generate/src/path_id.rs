//! Unusual ids in the path, in the form in which they are sent. None can be the id of an existing resource, so there
//! are no small numbers, and no words that an API might define. None is `.` or `..` in any encoding, because clients
//! resolve these and send another path.

use proptest::collection::vec;
use proptest::prelude::{BoxedStrategy, Strategy, any};
use proptest::sample::select;

use super::rule::{Content, Input, Rule};
use super::strategies::handled;

/// The length of the longest segment; many servers accept 8 KiB for the whole request line.
const LONGEST: usize = 4_000;

pub(super) fn rules() -> Vec<Rule> {
    vec![
        handled("encoded-nul", || one_of(&["%00", "cus_%00", "%00cus_1", "cus%00_1"])),
        handled("encoded-slashes", || one_of(&["%2F", "cus_1%2Fx", "%2f%2f", "%5C", "a%5Cb", "%252F"])),
        handled("encoded-steps", || {
            one_of(&["..%2F..%2Fetc%2Fpasswd", "%2e%2e%2fx", "x%2f..%2fy", "..%5c..%5cx", "%252e%252e%252f"])
        }),
        handled("encoded-spaces", || one_of(&["%20", "%20%20", "cus_1%20", "%20cus_1", "%09", "%C2%A0"])),
        handled("encoded-line-ends", || one_of(&["%0A", "%0D%0A", "cus_1%0A", "x%0D%0AX-Injected:%20yes"])),
        handled("dots", || {
            one_of(&["...", "....", "cus_1.", ".cus_1", "cus..1", "cus_1.json", ".well-known", "a.b.c"])
        }),
        handled("encoded-marks-of-the-path", || {
            one_of(&["%3F", "a%3Fb=c", "%23", "a%23b", "%3B", "a;b=c", "a%26b", "%25"])
        }),
        handled("signs", || one_of(&["-", "_", "~", "!", "$", "'", "(", ")", "+", ",", ":", ";", "=", "@", "&"])),
        handled("invalid-percent-encodings", || one_of(&["%", "%2", "%zz", "cus_%", "%u0041", "%%", "%-1"])),
        handled("invalid-utf-8", || one_of(&["%FF", "%C0%AE", "%ED%A0%80", "%80", "a%E2%82", "%F5%80%80%80"])),
        handled("letters-beyond-ascii", || {
            one_of(&["%C3%A9", "%F0%9F%98%80", "%D8%A7", "%E2%80%AE", "%EF%BB%BF", "%E2%80%8B"])
        }),
        handled("zero-and-negative", || {
            one_of(&["0", "-1", "00000", "-00", "9223372036854775808", "-9223372036854775809", "1e9", "NaN"])
        }),
        handled("words", || one_of(&["null", "undefined", "true", "false", "None", "NULL", "nil", "void"])),
        handled("name-of-a-prototype", || one_of(&["__proto__"])),
        handled("name-of-a-constructor", || one_of(&["constructor"])),
        handled("names-that-objects-have", || {
            one_of(&["toString", "hasOwnProperty", "valueOf", "prototype", "__class__", "__init__", "__dict__"])
        }),
        handled("ids-of-other-kinds", || {
            one_of(&[
                "00000000-0000-0000-0000-000000000000",
                "FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF",
                "507f1f77bcf86cd799439011",
                "01ARZ3NDEKTSV4RRFFQ69G5FAV",
                "cus_",
                "cus",
            ])
        }),
        handled("letter-case", || one_of(&["CUS_1", "Cus_1", "cUS_abc"])),
        handled("queries-of-stores", || {
            one_of(&[
                "'",
                "1'%20OR%20'1'='1",
                "1;%20DROP%20TABLE%20x",
                "%22",
                "%27--",
                "%7B%22$gt%22:%22%22%7D",
                "*)(uid=*",
            ])
        }),
        handled("templates-and-markup", || {
            one_of(&["%7B%7B7*7%7D%7D", "$%7B7*7%7D", "%3Cscript%3E", "%25s%25n", "%7B0%7D", "%7BcustomerId%7D"])
        }),
        handled("lists", || one_of(&["a,b", "a%2Cb", "[1]", "%5B%5D", "a;b", "a|b"])),
        handled("long", || segment((256usize..LONGEST).prop_map(|count| "a".repeat(count)))),
        handled("long-and-encoded", || segment((100usize..LONGEST / 3).prop_map(|count| "%41".repeat(count)))),
        handled("long-number", || segment((20usize..LONGEST).prop_map(|count| "9".repeat(count)))),
        handled("any-bytes-encoded", || {
            segment(vec(any::<u8>(), 1..40).prop_map(|bytes| {
                let encoded: String = bytes.iter().map(|byte| format!("%{byte:02X}")).collect();
                if bytes.iter().all(|byte| *byte == b'.') { format!("x{encoded}") } else { encoded }
            }))
        }),
    ]
}

fn one_of(segments: &'static [&'static str]) -> BoxedStrategy<Input> {
    segment(select(segments).prop_map(str::to_owned))
}

fn segment(segments: impl Strategy<Value = String> + 'static) -> BoxedStrategy<Input> {
    segments.prop_map(|segment| Input { content: Content::Segment(segment), companion: None }).boxed()
}

//! Unusual texts for string members, and values of other types for string members. The server must handle the first
//! without failing, and must refuse the second.

use proptest::collection::vec;
use proptest::prelude::{BoxedStrategy, Just, Strategy, any};
use proptest::sample::select;
use serde_json::{Value, json};

use super::rule::{Content, Input, Rule};
use super::strategies::{handled, one_of, refused_as, text};

/// The longest text that is generated, in characters.
const LONGEST: usize = 65_536;

/// The maximum depth of nested values. `serde_json` and similar parsers stop at 128; others overflow their stack.
const DEEPEST: usize = 2_000;

pub(super) fn rules() -> Vec<Rule> {
    [scripts(), controls(), lengths(), escapes(), commands(), lookalikes()].concat()
}

fn scripts() -> Vec<Rule> {
    vec![
        handled("bidirectional-marks", || {
            around(&["\u{202e}", "\u{202d}", "\u{2066}", "\u{2069}", "\u{200f}", "\u{61c}"])
        }),
        handled("zero-width-characters", || {
            around(&["\u{200b}", "\u{200c}", "\u{200d}", "\u{feff}", "\u{2060}", "\u{ad}"])
        }),
        handled("combining-characters", || {
            text(
                (1usize..400, select(vec!["\u{301}", "\u{327}", "\u{20e3}", "\u{489}", "\u{e0100}"]))
                    .prop_map(|(count, mark)| format!("Z{}", mark.repeat(count))),
            )
        }),
        handled("one-letter-in-two-encodings", || {
            one_of(&["\u{e9}", "e\u{301}", "\u{1e69}", "s\u{323}\u{307}", "\u{212b}", "\u{fb03}"])
        }),
        handled("emoji", || {
            one_of(&[
                "\u{1f600}",
                "\u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467}",
                "\u{1f3f3}\u{fe0f}\u{200d}\u{1f308}",
                "\u{1f1e9}\u{1f1ea}",
                "\u{1f44d}\u{1f3fd}",
            ])
        }),
        handled("characters-beyond-the-basic-plane", || {
            one_of(&["\u{20000}", "\u{1d4d0}\u{1d4ed}\u{1d4ea}", "\u{10ffff}", "\u{12000}"])
        }),
        handled("scripts-from-right-to-left", || {
            one_of(&[
                "\u{639}\u{627}\u{626}\u{634}\u{629}",
                "\u{5e9}\u{5c2}\u{5b8}\u{5e8}\u{5b8}\u{5d4}",
                "\u{7a0}\u{7a6}",
            ])
        }),
        handled("letters-that-change-length-with-case", || {
            one_of(&["\u{130}", "\u{df}", "\u{149}", "\u{1f50}", "\u{fb01}", "\u{131}i"])
        }),
        handled("private-use-and-noncharacters", || {
            one_of(&["\u{e000}", "\u{f8ff}", "\u{fffe}", "\u{ffff}", "\u{fffd}", "\u{1fffe}"])
        }),
        handled("any-characters", || text(vec(any::<char>(), 1..60).prop_map(|all| all.into_iter().collect()))),
        handled("spaces-of-all-kinds", || {
            around(&["\u{a0}", "\u{1680}", "\u{2003}", "\u{2028}", "\u{2029}", "\u{3000}", "\u{85}"])
        }),
    ]
}

fn controls() -> Vec<Rule> {
    vec![
        handled("nul", || one_of(&["\0", "Ada\0", "\0Ada", "Ada\0Lovelace", "\0\0\0\0"])),
        handled("control-characters", || {
            around(&["\u{1}", "\u{7}", "\u{8}", "\u{b}", "\u{c}", "\u{1b}[31m", "\u{7f}", "\u{9b}"])
        }),
        handled("line-ends", || around(&["\n", "\r\n", "\r", "\n\n", "\r\nX-Injected: yes\r\n\r\n"])),
        handled("empty-text", || one_of(&[""])),
        handled("blank", || {
            text(
                vec(select(vec![' ', '\t', '\n', '\r', '\u{b}', '\u{a0}']), 1..40)
                    .prop_map(|all| all.into_iter().collect()),
            )
        }),
    ]
}

fn lengths() -> Vec<Rule> {
    vec![
        handled("long-text", || text((256usize..LONGEST).prop_map(|count| "a".repeat(count)))),
        handled("lengths-about-powers-of-two", || {
            let lengths = vec![255usize, 256, 257, 1023, 1024, 1025, 4096, 8191, 8192, 16_384, 32_768, 65_535, LONGEST];
            text(select(lengths).prop_map(|count| "x".repeat(count)))
        }),
        handled("long-text-of-wide-characters", || text((64usize..8_192).prop_map(|count| "\u{1f600}".repeat(count)))),
        handled("one-character", || text(any::<char>().prop_map(String::from))),
        handled("many-lines", || text((10usize..4_000).prop_map(|count| "a\n".repeat(count)))),
    ]
}

/// Values that only JSON text can express.
fn escapes() -> Vec<Rule> {
    vec![
        Rule {
            may_be_unreadable: true,
            ..handled("unpaired-surrogates", || {
                raw(&[r#""\ud800""#, r#""\udfff""#, r#""a\ud83db""#, r#""\ude00\ud83d""#, r#""\ud800\ud800""#])
            })
        },
        handled("nul-as-an-escape", || raw(&[r#""\u0000""#, r#""Ada\u0000Lovelace""#])),
        handled("needless-escapes", || {
            raw(&[r#""\u0041\u0064\u0061""#, r#""\/\b\f""#, r#""\ud83d\ude00""#, r#""\u000aAda""#])
        }),
    ]
}

/// Texts that are harmless as data, and harmful in a server that builds commands or queries from them.
fn commands() -> Vec<Rule> {
    vec![
        handled("quotes-as-in-queries", || {
            one_of(&[
                "'",
                "O'Neil",
                "' OR '1'='1",
                "'; DROP TABLE customers; --",
                "\" OR \"\"=\"",
                "1; SELECT 1",
                "'||(SELECT 1)||'",
                "\\'",
                "%' --",
            ])
        }),
        handled("markup", || {
            one_of(&[
                "<b>Ada</b>",
                "<script>alert(1)</script>",
                "\"><img src=x>",
                "&lt;&amp;&#0;",
                "<!--",
                "]]>",
                "<![CDATA[",
            ])
        }),
        handled("entities-of-xml", || {
            one_of(&["<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>", "&xxe;", "<?xml version=\"1.0\"?>"])
        }),
        handled("templates", || {
            one_of(&[
                "{{7*7}}",
                "${7*7}",
                "#{7*7}",
                "<%= 7*7 %>",
                "{% raw %}",
                "${jndi:ldap://localhost/a}",
                "{0}",
                "$name",
            ])
        }),
        handled("formats", || {
            one_of(&["%s%s%s%s", "%n%n", "%d", "%x%x%x", "%99999d", "{}", "{:?}", "{0.__class__}", "%(name)s"])
        }),
        handled("paths", || {
            one_of(&[
                "../../../../etc/passwd",
                "..\\..\\windows\\win.ini",
                "/dev/null",
                "C:\\con",
                "file:///etc/hosts",
                "~root",
            ])
        }),
        handled("commands-of-shells", || {
            one_of(&["; ls", "| cat", "`id`", "$(id)", "&& true", "\n/bin/true", "-rf", "--help"])
        }),
        handled("queries-of-other-stores", || {
            one_of(&["{\"$gt\": \"\"}", "[$ne]=1", "*)(uid=*", "' or count(/*)=1 or '", "__proto__", "constructor"])
        }),
        handled("percent-encodings", || one_of(&["%00", "%0a", "%", "%zz", "%c0%ae", "%2e%2e%2f", "&#x0;", "+"])),
        handled("patterns", || one_of(&["(a+)+$", "[", "(?<", "\\", ".*", "(((((((((((((((((((("])),
        handled("repeated-letters-and-a-stranger", || {
            text((20usize..5_000).prop_map(|count| format!("{}!", "a".repeat(count))))
        }),
    ]
}

fn lookalikes() -> Vec<Rule> {
    vec![
        handled("numbers-as-text", || {
            one_of(&["0", "-1", "1e400", "NaN", "Infinity", "-0", "0x10", "1_000", "99999999999999999999999"])
        }),
        handled("words-of-languages", || {
            one_of(&["null", "undefined", "true", "None", "nil", "[object Object]", "NULL", "void"])
        }),
        handled("json-as-text", || one_of(&["{}", "[]", "{\"a\":1}", "\"", "\\\"", "\\u0000", "[[[[[[["])),
        handled("addresses-as-text", || {
            one_of(&["http://localhost/", "javascript:void(0)", "data:text/html,x", "//localhost", "mailto:"])
        }),
    ]
}

// ---------------------------------------------------------------- other types

/// Values of other types for a member that must be a string.
pub(super) fn rules_of_other_types() -> Vec<Rule> {
    let wrong = |name, strategy| refused_as("wrong-type", name, strategy);
    vec![
        refused_as("null", "null", || value(Just(Value::Null))),
        wrong("whole-number", || {
            value(select(vec![json!(0), json!(1), json!(-1), json!(20_000_101), json!(i64::MAX), json!(u64::MAX)]))
        }),
        wrong("fraction", || value(select(vec![json!(0.5), json!(-1.25), json!(1e300), json!(5e-324)]))),
        wrong("truth-value", || value(any::<bool>().prop_map(Value::Bool))),
        wrong("empty-list", || value(Just(json!([])))),
        wrong("list-of-texts", || value(vec("[a-z]{1,8}", 1..4).prop_map(|words| json!(words)))),
        wrong("empty-object", || value(Just(json!({})))),
        wrong("object", || value("[a-z]{1,8}".prop_map(|word| json!({ "value": word })))),
        wrong("object-as-in-queries", || {
            value(select(vec![json!({ "$gt": "" }), json!({ "$ne": null }), json!({ "toString": 1 })]))
        }),
        wrong("list-of-lists", || value((1usize..60).prop_map(nested))),
        wrong("mixed-list", || value(Just(json!([null, 1, "a", {}, []])))),
        handled("huge-numbers", || {
            raw(&["1e400", "-1e400", "123456789012345678901234567890", "1e-400", "0.1e1000000000"])
        }),
        handled("long-number", || text_of_json((400usize..20_000).prop_map(|count| "9".repeat(count)))),
        handled("deeply-nested-lists", || {
            text_of_json((100usize..=DEEPEST).prop_map(|depth| format!("{}{}", "[".repeat(depth), "]".repeat(depth))))
        }),
        handled("deeply-nested-objects", || {
            text_of_json(
                (100usize..=DEEPEST).prop_map(|depth| format!("{}1{}", "{\"a\":".repeat(depth), "}".repeat(depth))),
            )
        }),
        handled("members-twice", || raw(&["{\"a\":1,\"a\":2}", "{\"a\":\"x\",\"a\":null,\"a\":[]}"])),
        handled("long-list", || {
            text_of_json((1_000usize..10_000).prop_map(|count| format!("[{}0]", "0,".repeat(count))))
        }),
    ]
}

fn nested(depth: usize) -> Value {
    (0..depth).fold(json!([]), |inner, _| json!([inner]))
}

// ---------------------------------------------------------------- inputs

fn value(values: impl Strategy<Value = Value> + 'static) -> BoxedStrategy<Input> {
    values.prop_map(|value| Input { content: Content::Json(value), companion: None }).boxed()
}

fn raw(texts: &'static [&'static str]) -> BoxedStrategy<Input> {
    text_of_json(select(texts).prop_map(str::to_owned))
}

fn text_of_json(texts: impl Strategy<Value = String> + 'static) -> BoxedStrategy<Input> {
    texts.prop_map(|text| Input { content: Content::JsonText(text), companion: None }).boxed()
}

/// One of the words: alone, after, before, or inside a name.
fn around(words: &'static [&'static str]) -> BoxedStrategy<Input> {
    text((select(words), 0u8..4, 1usize..5).prop_map(|(word, place, count)| match place {
        0 => word.to_owned(),
        1 => format!("Ada{word}"),
        2 => format!("{word}Ada"),
        _ => format!("Ada{}Lovelace", word.repeat(count)),
    }))
}

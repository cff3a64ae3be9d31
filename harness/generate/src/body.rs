//! Whole bodies that are not JSON, or not a JSON object, and bodies that some parsers accept and others refuse.

use proptest::prelude::{BoxedStrategy, Strategy, any};
use proptest::sample::{Index, select};

use super::rule::{Content, Input, Rule};
use super::strategies::{handled, inserted, refused_as};

/// Valid objects, which the rules break.
const OBJECTS: &[&str] = &[
    r#"{"a":"b"}"#,
    r#"{"name":"Ada","tags":["x","y"],"more":{"n":1,"t":true}}"#,
    r#"{"a":[1,2.5e3,-4],"b":null,"c":"\u00e9\n\"quoted\""}"#,
];

pub(super) fn rules() -> Vec<Rule> {
    [truncated(), grammar(), not_objects(), parser_dependent()].concat()
}

fn truncated() -> Vec<Rule> {
    vec![
        not_json("cut-short", || {
            from((object(), any::<Index>()).prop_map(|(object, at)| {
                let ends: Vec<usize> = object.char_indices().map(|(at, _)| at).skip(1).collect();
                object[..ends[at.index(ends.len())]].to_owned()
            }))
        }),
        not_json("last-brace-missing", || edited(|object| object[..object.len() - 1].to_owned())),
        not_json("first-brace-missing", || edited(|object| object[1..].to_owned())),
        not_json("text-left-open", || words(&[r#"{"a":"b}"#, r#"{"a"#, r#"{"a":"b\"}"#])),
        not_json("list-left-open", || words(&[r#"{"a":[1}"#, r#"{"a":[1,2"#, r#"{"a":[}"#])),
        not_json("no-bytes", || words(&[""])),
        not_json("white-space-alone", || words(&[" ", "\n", "\t\r\n  "])),
    ]
}

fn grammar() -> Vec<Rule> {
    vec![
        not_json("trailing-comma", || edited(|object| format!("{},}}", &object[..object.len() - 1]))),
        not_json("leading-comma", || edited(|object| format!("{{,{}", &object[1..]))),
        not_json("trailing-comma-in-a-list", || words(&[r#"{"a":[1,]}"#, r#"{"a":["x",]}"#])),
        not_json("two-commas", || words(&[r#"{"a":1,,"b":2}"#, r#"{"a":[1,,2]}"#])),
        not_json("comma-missing", || words(&[r#"{"a":1 "b":2}"#, r#"{"a":[1 2]}"#, "{\"a\":1\n\"b\":2}"])),
        not_json("colon-missing", || words(&[r#"{"a" "b"}"#, r#"{"a"}"#, r#"{"a","b"}"#])),
        not_json("two-colons", || edited(|object| object.replacen(':', "::", 1))),
        not_json("equals-for-colon", || edited(|object| object.replacen(':', "=", 1))),
        not_json("single-quotes", || edited(|object| object.replace('"', "'"))),
        not_json("curly-quotes", || words(&["{\u{201c}a\u{201d}:\u{201c}b\u{201d}}"])),
        not_json("names-without-quotes", || words(&[r#"{a:"b"}"#, "{a:1}", "{name:\"Ada\",x:2}"])),
        not_json("values-without-quotes", || words(&[r#"{"a":b}"#, r#"{"a":Ada}"#, r#"{"a":2000-01-01}"#])),
        not_json("value-missing", || words(&[r#"{"a":}"#, r#"{"a":,"b":1}"#])),
        not_json("name-missing", || words(&[r#"{:"b"}"#, r#"{1:"b"}"#, r#"{null:1}"#])),
        not_json("not-a-number", || words(&[r#"{"a":NaN}"#, r#"{"a":Infinity}"#, r#"{"a":-Infinity}"#])),
        not_json("numbers-of-other-languages", || {
            words(&[r#"{"a":01}"#, r#"{"a":0x10}"#, r#"{"a":1.}"#, r#"{"a":.5}"#, r#"{"a":+1}"#, r#"{"a":1_000}"#])
        }),
        not_json("words-of-other-languages", || {
            words(&[r#"{"a":True}"#, r#"{"a":None}"#, r#"{"a":undefined}"#, r#"{"a":NULL}"#, r#"{"a":nil}"#])
        }),
        not_json("comments-to-the-end-of-the-line", || words(&[r#"{"a":1}//x"#, "// x\n{\"a\":1}"])),
        not_json("comments-in-blocks", || words(&[r#"{/*x*/"a":1}"#, r#"{"a":/*x*/1}"#, r#"{"a":1}/*x*/"#])),
        not_json("comments-behind-a-hash", || words(&["{\"a\":1 # x\n}", "# x\n{\"a\":1}"])),
        not_json("raw-line-end-in-a-text", || words(&["{\"a\":\"x\ny\"}", "{\"a\":\"x\ty\"}", "{\"a\":\"x\0y\"}"])),
        not_json("unknown-escapes", || {
            words(&[r#"{"a":"\x41"}"#, r#"{"a":"\q"}"#, r#"{"a":"\u12"}"#, r#"{"a":"\'"}"#])
        }),
        not_json("brackets-mixed-up", || words(&[r#"{"a":[1}]"#, r#"{"a":1]"#, r#"["a":1}"#, r#"("a":1)"#])),
        not_json("two-documents", || edited(|object| format!("{object}{object}"))),
        not_json("two-documents-on-lines", || edited(|object| format!("{object}\n{object}\n"))),
        not_json("text-behind", || {
            from(
                (object(), select(vec!["x", ";", "}", "]", ",", "\0"]))
                    .prop_map(|(object, tail)| format!("{object}{tail}")),
            )
        }),
        not_json("text-before", || {
            from(
                (object(), select(vec!["x", ")]}',\n", "while(1);", "var a=", "callback("]))
                    .prop_map(|(object, head)| format!("{head}{object}")),
            )
        }),
        not_json("sign-inside", || {
            from(
                (object(), any::<Index>(), select(vec!["\u{1}", "\u{7f}\"", "\u{b}"]))
                    .prop_map(|(object, at, sign)| inserted(&object, at, sign)),
            )
        }),
        not_json("other-formats", || {
            words(&[
                "a: b\n",
                "a=b&c=d",
                "<a>b</a>",
                "[a]\nb = 1\n",
                "a,b\n1,2\n",
                "--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nb\r\n--x--\r\n",
                "<!DOCTYPE html><p>a</p>",
            ])
        }),
        not_json("bytes-of-no-text", || {
            bytes(select(vec![
                vec![0u8],
                vec![0, 0, 0, 0],
                b"\x1f\x8b\x08\0".to_vec(),
                b"\x89PNG\r\n\x1a\n".to_vec(),
                vec![0xff; 8],
            ]))
        }),
    ]
}

/// JSON, but not an object.
fn not_objects() -> Vec<Rule> {
    vec![
        not_an_object("list-at-the-top", || {
            from(
                (object(), any::<bool>())
                    .prop_map(|(object, filled)| if filled { format!("[{object}]") } else { "[]".to_owned() }),
            )
        }),
        not_an_object("text-at-the-top", || words(&[r#""""#, r#""Ada""#])),
        not_an_object("object-written-as-a-text", || words(&[r#""{\"a\":1}""#, r#""{}""#])),
        not_an_object("number-at-the-top", || words(&["0", "42", "-1.5e3"])),
        not_an_object("truth-at-the-top", || words(&["true", "false"])),
        not_an_object("null-at-the-top", || words(&["null"])),
    ]
}

/// Bodies that some parsers accept and others refuse.
fn parser_dependent() -> Vec<Rule> {
    vec![
        handled("byte-order-mark", || edited(|object| format!("\u{feff}{object}"))),
        handled("members-twice", || {
            words(&[r#"{"a":1,"a":2}"#, r#"{"email":"a","email":"b"}"#, r#"{"a":1,"\u0061":2}"#])
        }),
        handled("bytes-that-are-no-utf-8", || {
            bytes((object(), any::<Index>(), select(vec![0x80u8, 0xc0, 0xff, 0xfe, 0xed])).prop_map(
                |(object, at, byte)| {
                    let mut bytes = object.into_bytes();
                    let place = at.index(bytes.len());
                    bytes.insert(place, byte);
                    bytes
                },
            ))
        }),
        handled("other-encodings", || {
            bytes((object(), 0u8..3).prop_map(|(object, which)| match which {
                0 => object.encode_utf16().flat_map(u16::to_le_bytes).collect(),
                1 => object.encode_utf16().flat_map(u16::to_be_bytes).collect(),
                _ => object.chars().flat_map(|one| u32::from(one).to_be_bytes()).collect(),
            }))
        }),
        handled("deeply-nested-lists", || {
            from((100usize..=2_000).prop_map(|depth| format!("{}{}", "[".repeat(depth), "]".repeat(depth))))
        }),
        handled("deeply-nested-and-left-open", || from((100usize..=20_000).prop_map(|depth| "[".repeat(depth)))),
        handled("deeply-nested-objects", || {
            from((100usize..=2_000).prop_map(|depth| format!("{}1{}", "{\"a\":".repeat(depth), "}".repeat(depth))))
        }),
        handled("huge-numbers", || {
            words(&[r#"{"a":1e400}"#, r#"{"a":-1e400}"#, r#"{"a":123456789012345678901234567890}"#])
        }),
        handled("many-members", || {
            from((100usize..5_000).prop_map(|count| {
                let members: Vec<String> = (0..count).map(|number| format!("\"m{number}\":{number}")).collect();
                format!("{{{}}}", members.join(","))
            }))
        }),
        handled("unusual-names", || {
            words(&[r#"{"":1}"#, r#"{"__proto__":{"a":1}}"#, r#"{"\u0000":1}"#, r#"{"a.b[0]":1}"#, r#"{"$where":"1"}"#])
        }),
        handled("empty-object", || words(&["{}", " { } ", "{}\n"])),
        handled("much-white-space", || from((100usize..20_000).prop_map(|count| format!("{{{}}}", " ".repeat(count))))),
    ]
}

fn not_json(name: &'static str, strategy: fn() -> BoxedStrategy<Input>) -> Rule {
    refused_as("not-json", name, strategy)
}

fn not_an_object(name: &'static str, strategy: fn() -> BoxedStrategy<Input>) -> Rule {
    refused_as("not-an-object", name, strategy)
}

fn object() -> impl Strategy<Value = String> + Clone + 'static {
    select(OBJECTS).prop_map(str::to_owned)
}

fn edited(edit: fn(String) -> String) -> BoxedStrategy<Input> {
    from(object().prop_map(edit))
}

fn words(words: &'static [&'static str]) -> BoxedStrategy<Input> {
    from(select(words).prop_map(str::to_owned))
}

fn from(texts: impl Strategy<Value = String> + 'static) -> BoxedStrategy<Input> {
    bytes(texts.prop_map(String::into_bytes))
}

fn bytes(bodies: impl Strategy<Value = Vec<u8>> + 'static) -> BoxedStrategy<Input> {
    bodies.prop_map(|body| Input { content: Content::Body(body), companion: None }).boxed()
}

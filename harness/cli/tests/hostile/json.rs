//! Behaviours of JSON: sizes, depths and values that are dear to read, to judge or to show.

use super::bytes::{head, status, text, whole};
use super::server::Move::Repeat;
use super::server::{Asked, Behaviour, Move, made};

pub const BEHAVIOURS: &[Behaviour] = &[
    made("million-members", |asked| members(asked, 1_000_000)),
    made("members-at-the-limit", |asked| members(asked, 30_000)),
    made("million-elements", |asked| around(asked, "{\"data\":[0", ",0", 1_000_000, "]}")),
    made("elements-at-the-limit", |asked| around(asked, "{\"data\":[0", ",{}", 50_000, "]}")),
    made("million-lists", |asked| around(asked, "[[]", ",[]", 1_000_000, "]")),
    made("list-of-errors", |asked| {
        around(asked, "{\"error\":[0", ",{\"code\":\"X\",\"message\":\"m\"}", 300_000, "]}")
    }),
    made("depth-of-arrays", |asked| around(asked, &"[".repeat(100_000), "", 0, &"]".repeat(100_000))),
    made("depth-of-objects", |asked| {
        around(asked, &"{\"error\":".repeat(100_000), "", 0, &format!("1{}", "}".repeat(100_000)))
    }),
    made("depth-without-end", |asked| around(asked, "", "{\"a\":[", 100_000, "")),
    made("depth-at-the-limit", |asked| {
        around(asked, &"{\"error\":".repeat(500), "", 0, &format!("1{}", "}".repeat(500)))
    }),
    made("depth-of-long-names", deep_names),
    made("digits", |asked| around(asked, "{\"error\":{\"code\":", "1234567890", 1000, "}}")),
    made("many-digits", |asked| around(asked, "[0", &format!(",{}", "9".repeat(10_000)), 1000, "]")),
    made("digits-of-megabytes", |asked| around(asked, "{\"retryAfter\":", "1234567890", 500_000, "}")),
    made("exponents", |asked| around(asked, "[1", ",-1e999999999,1e-999999999,1E+400", 30_000, "]")),
    made("duplicate-members", |asked| around(asked, "{\"error\":1", ",\"error\":{\"code\":\"X\"}", 40_000, "}")),
    made("duplicate-codes", |_| {
        whole(
            "422 No",
            "",
            br#"{"error":{"code":"MISSING_FIELD","code":"AUTHENTICATION_FAILED","message":"a","message":""}}"#,
        )
    }),
    made("message-of-20-mb", |asked| message(asked, "n", 20_000_000)),
    made("message-of-15-mb", |asked| message(asked, "n", 15_000_000)),
    made("message-of-1-mb", |asked| message(asked, "é ", 500_000)),
    made("message-of-escapes", |asked| message(asked, "\\u0041", 2_000_000)),
    made("message-of-backslashes", |asked| message(asked, "\\\\\\\"", 2_000_000)),
    made("message-of-percents", |asked| message(asked, "%2525&amp;amp;", 800_000)),
    made("message-of-lone-surrogates", |asked| message(asked, "\\ud800", 2_000_000)),
    made("message-of-stack-traces", |asked| message(asked, " at foo (/usr/lib/x.js:1:1)", 400_000)),
    made("message-of-half-sql", |asked| message(asked, "SELECT a, UPDATE b WHERE c select d ", 300_000)),
    made("message-of-paths", |asked| message(asked, "a/b.c/", 2_000_000)),
    made("message-of-addresses", |asked| message(asked, "a@b.c +4915112345678 ", 500_000)),
    made("message-of-dots", |asked| message(asked, "a.", 6_000_000)),
    made("code-of-megabytes", |asked| {
        around(asked, "{\"error\":{\"code\":\"", "CODE_", 1_000_000, "\",\"message\":\"m\"}}")
    }),
    made("field-of-megabytes", |asked| {
        around(
            asked,
            "{\"error\":{\"code\":\"MISSING_FIELD\",\"message\":\"m\",\"field\":\"",
            "name.",
            1_000_000,
            "\"}}",
        )
    }),
    made("name-of-megabytes", |asked| {
        around(asked, "{\"error\":{\"code\":\"X\",\"message\":\"m\",\"", "name.", 1_000_000, "\":1}}")
    }),
    made("id-of-megabytes", |asked| around(asked, "{\"id\":\"", "id", 1_000_000, "\",\"customerId\":\"x\"}")),
    made("spaces", |asked| around(asked, "{", " \n", 7_000_000, "}")),
    made("error-in-every-type", every_type),
    made("names-that-differ-in-case", |asked| {
        let body = br#"{"Error":{"Code":"X"},"error":{"CODE":"Y","code":"AUTHENTICATION_FAILED","Message":1,"message":"m"},"ERROR":[]}"#;
        whole(status(asked), "", body)
    }),
    made("numbers-beyond-floats", |asked| {
        let body = br#"{"error":{"code":1e999,"message":-1e999,"field":1e-999,"retryAfter":1e999,"details":[1E400,0e999]},"retryAfter":9007199254740993}"#;
        whole(status(asked), "retry-after: 1e999\r\n", body)
    }),
    made("depth-of-details", |asked| {
        let start = r#"{"error":{"code":"AUTHENTICATION_FAILED","message":"m","details":"#;
        around(asked, &format!("{start}{}", "[{\"a\":".repeat(240)), "", 0, &format!("1{}}}}}", "}]".repeat(240)))
    }),
    made("distinct-messages", distinct),
    made("distinct-members", distinct_members),
    made("json-lines", |asked| around(asked, "", "{\"error\":{\"code\":\"X\"}}\n", 100_000, "")),
    made("not-a-number", |asked| {
        whole(
            status(asked),
            "",
            b"{\"error\":{\"code\":NaN,\"message\":Infinity,\"a\":-0,\"b\":01,\"c\":.5,\"d\":0x1F}}",
        )
    }),
];

/// A response whose body is `start`, then `part` so many times, then `end`.
fn around(asked: &Asked, start: &str, part: &str, times: usize, end: &str) -> Vec<Move> {
    let length = start.len() + part.len() * times + end.len();
    let head = head(status(asked), &format!("content-length: {length}\r\n"));
    vec![text(&(head + start)), Repeat(part.as_bytes().to_vec(), times), text(end)]
}

fn message(asked: &Asked, part: &str, times: usize) -> Vec<Move> {
    around(asked, "{\"error\":{\"code\":\"AUTHENTICATION_FAILED\",\"message\":\"", part, times, "\"}}")
}

fn members(asked: &Asked, count: usize) -> Vec<Move> {
    let members: String = (0..count).map(|number| format!(",\"m{number}\":{number}")).collect();
    let body = format!("{{\"error\":{{\"code\":\"X\",\"message\":\"m\"{members}}}}}");
    whole(status(asked), "", body.as_bytes())
}

/// Places in it are long, because every name on the way is.
fn deep_names(asked: &Asked) -> Vec<Move> {
    let part = format!("{{\"{}\":[1,2,\"at /usr/lib/x.js:1\",", "n".repeat(25_000));
    around(asked, "{\"error\":", &part, 200, &format!("1{}}}", "]}".repeat(200)))
}

fn every_type(asked: &Asked) -> Vec<Move> {
    let values =
        ["null", "true", "0", "\"\"", "[]", "{}", "{\"code\":{},\"message\":[]}", "{\"code\":1,\"message\":{}}"];
    let value = values[asked.number % values.len()];
    whole(status(asked), "", format!("{{\"error\":{value}}}").as_bytes())
}

/// No two responses are equal, so nothing can be shared.
fn distinct(asked: &Asked) -> Vec<Move> {
    let message = format!("{} ", asked.number).repeat(10_000);
    let body = format!("{{\"error\":{{\"code\":\"CODE_{}\",\"message\":\"{message}\"}}}}", asked.number);
    whole("422 No", &format!("x-request-id: {}\r\n", "r".repeat(3000)), body.as_bytes())
}

fn distinct_members(asked: &Asked) -> Vec<Move> {
    let members: Vec<String> =
        (0..200).map(|at| format!("\"m{}_{at}\":\"{}\"", asked.number, "v".repeat(100))).collect();
    whole("500 Oops", "", format!("{{{}}}", members.join(",")).as_bytes())
}

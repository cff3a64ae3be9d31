//! Behaviours of JSON: sizes, depths and values that are dear to read, to judge or to show.

use super::bytes::{head, status, text, whole};
use super::server::Part::Repeat;
use super::server::{Behaviour, HostileRequest, Part, made};

pub const BEHAVIOURS: &[Behaviour] = &[
    made("million-members", |request| members(request, 1_000_000)),
    made("members-at-the-limit", |request| members(request, 30_000)),
    made("million-elements", |request| around(request, "{\"data\":[0", ",0", 1_000_000, "]}")),
    made("elements-at-the-limit", |request| around(request, "{\"data\":[0", ",{}", 50_000, "]}")),
    made("million-lists", |request| around(request, "[[]", ",[]", 1_000_000, "]")),
    made("list-of-errors", |request| {
        around(request, "{\"error\":[0", ",{\"code\":\"X\",\"message\":\"m\"}", 300_000, "]}")
    }),
    made("depth-of-arrays", |request| around(request, &"[".repeat(100_000), "", 0, &"]".repeat(100_000))),
    made("depth-of-objects", |request| {
        around(request, &"{\"error\":".repeat(100_000), "", 0, &format!("1{}", "}".repeat(100_000)))
    }),
    made("depth-without-end", |request| around(request, "", "{\"a\":[", 100_000, "")),
    made("depth-at-the-limit", |request| {
        around(request, &"{\"error\":".repeat(500), "", 0, &format!("1{}", "}".repeat(500)))
    }),
    made("depth-of-long-names", deep_names),
    made("digits", |request| around(request, "{\"error\":{\"code\":", "1234567890", 1000, "}}")),
    made("many-digits", |request| around(request, "[0", &format!(",{}", "9".repeat(10_000)), 1000, "]")),
    made("digits-of-megabytes", |request| around(request, "{\"retryAfter\":", "1234567890", 500_000, "}")),
    made("exponents", |request| around(request, "[1", ",-1e999999999,1e-999999999,1E+400", 30_000, "]")),
    made("duplicate-members", |request| around(request, "{\"error\":1", ",\"error\":{\"code\":\"X\"}", 40_000, "}")),
    made("duplicate-codes", |_| {
        whole(
            "422 No",
            "",
            br#"{"error":{"code":"MISSING_FIELD","code":"AUTHENTICATION_FAILED","message":"a","message":""}}"#,
        )
    }),
    made("message-of-20-mb", |request| message(request, "n", 20_000_000)),
    made("message-of-15-mb", |request| message(request, "n", 15_000_000)),
    made("message-of-1-mb", |request| message(request, "é ", 500_000)),
    made("message-of-escapes", |request| message(request, "\\u0041", 2_000_000)),
    made("message-of-backslashes", |request| message(request, "\\\\\\\"", 2_000_000)),
    made("message-of-percents", |request| message(request, "%2525&amp;amp;", 800_000)),
    made("message-of-lone-surrogates", |request| message(request, "\\ud800", 2_000_000)),
    made("message-of-stack-traces", |request| message(request, " at foo (/usr/lib/x.js:1:1)", 400_000)),
    made("message-of-half-sql", |request| message(request, "SELECT a, UPDATE b WHERE c select d ", 300_000)),
    made("message-of-paths", |request| message(request, "a/b.c/", 2_000_000)),
    made("message-of-addresses", |request| message(request, "a@b.c +4915112345678 ", 500_000)),
    made("message-of-dots", |request| message(request, "a.", 6_000_000)),
    made("code-of-megabytes", |request| {
        around(request, "{\"error\":{\"code\":\"", "CODE_", 1_000_000, "\",\"message\":\"m\"}}")
    }),
    made("field-of-megabytes", |request| {
        around(
            request,
            "{\"error\":{\"code\":\"MISSING_FIELD\",\"message\":\"m\",\"field\":\"",
            "name.",
            1_000_000,
            "\"}}",
        )
    }),
    made("name-of-megabytes", |request| {
        around(request, "{\"error\":{\"code\":\"X\",\"message\":\"m\",\"", "name.", 1_000_000, "\":1}}")
    }),
    made("id-of-megabytes", |request| around(request, "{\"id\":\"", "id", 1_000_000, "\",\"customerId\":\"x\"}")),
    made("spaces", |request| around(request, "{", " \n", 7_000_000, "}")),
    made("error-in-every-type", every_type),
    made("names-that-differ-in-case", |request| {
        let body = br#"{"Error":{"Code":"X"},"error":{"CODE":"Y","code":"AUTHENTICATION_FAILED","Message":1,"message":"m"},"ERROR":[]}"#;
        whole(status(request), "", body)
    }),
    made("numbers-beyond-floats", |request| {
        let body = br#"{"error":{"code":1e999,"message":-1e999,"field":1e-999,"retryAfter":1e999,"details":[1E400,0e999]},"retryAfter":9007199254740993}"#;
        whole(status(request), "retry-after: 1e999\r\n", body)
    }),
    made("depth-of-details", |request| {
        let start = r#"{"error":{"code":"AUTHENTICATION_FAILED","message":"m","details":"#;
        around(request, &format!("{start}{}", "[{\"a\":".repeat(240)), "", 0, &format!("1{}}}}}", "}]".repeat(240)))
    }),
    made("distinct-messages", distinct),
    made("distinct-members", distinct_members),
    made("json-lines", |request| around(request, "", "{\"error\":{\"code\":\"X\"}}\n", 100_000, "")),
    made("not-a-number", |request| {
        whole(
            status(request),
            "",
            b"{\"error\":{\"code\":NaN,\"message\":Infinity,\"a\":-0,\"b\":01,\"c\":.5,\"d\":0x1F}}",
        )
    }),
];

/// A response whose body is `start`, then `part` so many times, then `end`.
fn around(request: &HostileRequest, start: &str, part: &str, times: usize, end: &str) -> Vec<Part> {
    let length = start.len() + part.len() * times + end.len();
    let head = head(status(request), &format!("content-length: {length}\r\n"));
    vec![text(&(head + start)), Repeat(part.as_bytes().to_vec(), times), text(end)]
}

fn message(request: &HostileRequest, part: &str, times: usize) -> Vec<Part> {
    around(request, "{\"error\":{\"code\":\"AUTHENTICATION_FAILED\",\"message\":\"", part, times, "\"}}")
}

fn members(request: &HostileRequest, count: usize) -> Vec<Part> {
    let members: String = (0..count).map(|number| format!(",\"m{number}\":{number}")).collect();
    let body = format!("{{\"error\":{{\"code\":\"X\",\"message\":\"m\"{members}}}}}");
    whole(status(request), "", body.as_bytes())
}

/// Places in it are long, because every name on the way is.
fn deep_names(request: &HostileRequest) -> Vec<Part> {
    let part = format!("{{\"{}\":[1,2,\"at /usr/lib/x.js:1\",", "n".repeat(25_000));
    around(request, "{\"error\":", &part, 200, &format!("1{}}}", "]}".repeat(200)))
}

fn every_type(request: &HostileRequest) -> Vec<Part> {
    let values =
        ["null", "true", "0", "\"\"", "[]", "{}", "{\"code\":{},\"message\":[]}", "{\"code\":1,\"message\":{}}"];
    let value = values[request.number % values.len()];
    whole(status(request), "", format!("{{\"error\":{value}}}").as_bytes())
}

/// No two responses are equal, so nothing can be shared.
fn distinct(request: &HostileRequest) -> Vec<Part> {
    let message = format!("{} ", request.number).repeat(10_000);
    let body = format!("{{\"error\":{{\"code\":\"CODE_{}\",\"message\":\"{message}\"}}}}", request.number);
    whole("422 No", &format!("x-request-id: {}\r\n", "r".repeat(3000)), body.as_bytes())
}

fn distinct_members(request: &HostileRequest) -> Vec<Part> {
    let members: Vec<String> =
        (0..200).map(|at| format!("\"m{}_{at}\":\"{}\"", request.number, "v".repeat(100))).collect();
    whole("500 Oops", "", format!("{{{}}}", members.join(",")).as_bytes())
}

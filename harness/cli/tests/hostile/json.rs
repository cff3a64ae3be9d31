//! Behaviours of JSON: sizes, depths and values that are dear to read, to judge or to show.

use super::bytes::{head, status, text, whole};
use super::server::Answers::Made;
use super::server::Move::Repeat;
use super::server::{Asked, Behaviour, Move};

pub const BEHAVIOURS: &[Behaviour] = &[
    Behaviour { name: "million-members", answers: Made(|asked| members(asked, 1_000_000)) },
    Behaviour { name: "members-at-the-limit", answers: Made(|asked| members(asked, 30_000)) },
    Behaviour { name: "million-elements", answers: Made(|asked| around(asked, "{\"data\":[0", ",0", 1_000_000, "]}")) },
    Behaviour {
        name: "elements-at-the-limit",
        answers: Made(|asked| around(asked, "{\"data\":[0", ",{}", 50_000, "]}")),
    },
    Behaviour { name: "million-lists", answers: Made(|asked| around(asked, "[[]", ",[]", 1_000_000, "]")) },
    Behaviour {
        name: "list-of-errors",
        answers: Made(|asked| around(asked, "{\"error\":[0", ",{\"code\":\"X\",\"message\":\"m\"}", 300_000, "]}")),
    },
    Behaviour {
        name: "depth-of-arrays",
        answers: Made(|asked| around(asked, &"[".repeat(100_000), "", 0, &"]".repeat(100_000))),
    },
    Behaviour {
        name: "depth-of-objects",
        answers: Made(|asked| {
            around(asked, &"{\"error\":".repeat(100_000), "", 0, &format!("1{}", "}".repeat(100_000)))
        }),
    },
    Behaviour { name: "depth-without-end", answers: Made(|asked| around(asked, "", "{\"a\":[", 100_000, "")) },
    Behaviour {
        name: "depth-at-the-limit",
        answers: Made(|asked| around(asked, &"{\"error\":".repeat(500), "", 0, &format!("1{}", "}".repeat(500)))),
    },
    Behaviour { name: "depth-of-long-names", answers: Made(deep_names) },
    Behaviour {
        name: "digits",
        answers: Made(|asked| around(asked, "{\"error\":{\"code\":", "1234567890", 1000, "}}")),
    },
    Behaviour {
        name: "many-digits",
        answers: Made(|asked| around(asked, "[0", &format!(",{}", "9".repeat(10_000)), 1000, "]")),
    },
    Behaviour {
        name: "digits-of-megabytes",
        answers: Made(|asked| around(asked, "{\"retryAfter\":", "1234567890", 500_000, "}")),
    },
    Behaviour {
        name: "exponents",
        answers: Made(|asked| around(asked, "[1", ",-1e999999999,1e-999999999,1E+400", 30_000, "]")),
    },
    Behaviour {
        name: "duplicate-members",
        answers: Made(|asked| around(asked, "{\"error\":1", ",\"error\":{\"code\":\"X\"}", 40_000, "}")),
    },
    Behaviour {
        name: "duplicate-codes",
        answers: Made(|_| {
            whole(
                "422 No",
                "",
                br#"{"error":{"code":"MISSING_FIELD","code":"AUTHENTICATION_FAILED","message":"a","message":""}}"#,
            )
        }),
    },
    Behaviour { name: "message-of-20-mb", answers: Made(|asked| message(asked, "n", 20_000_000)) },
    Behaviour { name: "message-of-15-mb", answers: Made(|asked| message(asked, "n", 15_000_000)) },
    Behaviour { name: "message-of-1-mb", answers: Made(|asked| message(asked, "é ", 500_000)) },
    Behaviour { name: "message-of-escapes", answers: Made(|asked| message(asked, "\\u0041", 2_000_000)) },
    Behaviour { name: "message-of-backslashes", answers: Made(|asked| message(asked, "\\\\\\\"", 2_000_000)) },
    Behaviour { name: "message-of-percents", answers: Made(|asked| message(asked, "%2525&amp;amp;", 800_000)) },
    Behaviour { name: "message-of-lone-surrogates", answers: Made(|asked| message(asked, "\\ud800", 2_000_000)) },
    Behaviour {
        name: "message-of-stack-traces",
        answers: Made(|asked| message(asked, " at foo (/usr/lib/x.js:1:1)", 400_000)),
    },
    Behaviour {
        name: "message-of-half-sql",
        answers: Made(|asked| message(asked, "SELECT a, UPDATE b WHERE c select d ", 300_000)),
    },
    Behaviour { name: "message-of-paths", answers: Made(|asked| message(asked, "a/b.c/", 2_000_000)) },
    Behaviour { name: "message-of-addresses", answers: Made(|asked| message(asked, "a@b.c +4915112345678 ", 500_000)) },
    Behaviour { name: "message-of-dots", answers: Made(|asked| message(asked, "a.", 6_000_000)) },
    Behaviour {
        name: "code-of-megabytes",
        answers: Made(|asked| around(asked, "{\"error\":{\"code\":\"", "CODE_", 1_000_000, "\",\"message\":\"m\"}}")),
    },
    Behaviour {
        name: "field-of-megabytes",
        answers: Made(|asked| {
            around(
                asked,
                "{\"error\":{\"code\":\"MISSING_FIELD\",\"message\":\"m\",\"field\":\"",
                "name.",
                1_000_000,
                "\"}}",
            )
        }),
    },
    Behaviour {
        name: "name-of-megabytes",
        answers: Made(|asked| {
            around(asked, "{\"error\":{\"code\":\"X\",\"message\":\"m\",\"", "name.", 1_000_000, "\":1}}")
        }),
    },
    Behaviour {
        name: "id-of-megabytes",
        answers: Made(|asked| around(asked, "{\"id\":\"", "id", 1_000_000, "\",\"customerId\":\"x\"}")),
    },
    Behaviour { name: "spaces", answers: Made(|asked| around(asked, "{", " \n", 7_000_000, "}")) },
    Behaviour { name: "error-in-every-type", answers: Made(every_type) },
    Behaviour {
        name: "names-that-differ-in-case",
        answers: Made(|asked| {
            let body = br#"{"Error":{"Code":"X"},"error":{"CODE":"Y","code":"AUTHENTICATION_FAILED","Message":1,"message":"m"},"ERROR":[]}"#;
            whole(status(asked), "", body)
        }),
    },
    Behaviour {
        name: "numbers-beyond-floats",
        answers: Made(|asked| {
            let body = br#"{"error":{"code":1e999,"message":-1e999,"field":1e-999,"retryAfter":1e999,"details":[1E400,0e999]},"retryAfter":9007199254740993}"#;
            whole(status(asked), "retry-after: 1e999\r\n", body)
        }),
    },
    Behaviour {
        name: "depth-of-details",
        answers: Made(|asked| {
            let start = r#"{"error":{"code":"AUTHENTICATION_FAILED","message":"m","details":"#;
            around(asked, &format!("{start}{}", "[{\"a\":".repeat(240)), "", 0, &format!("1{}}}}}", "}]".repeat(240)))
        }),
    },
    Behaviour { name: "distinct-messages", answers: Made(distinct) },
    Behaviour { name: "distinct-members", answers: Made(distinct_members) },
    Behaviour {
        name: "json-lines",
        answers: Made(|asked| around(asked, "", "{\"error\":{\"code\":\"X\"}}\n", 100_000, "")),
    },
    Behaviour {
        name: "not-a-number",
        answers: Made(|asked| {
            whole(
                status(asked),
                "",
                b"{\"error\":{\"code\":NaN,\"message\":Infinity,\"a\":-0,\"b\":01,\"c\":.5,\"d\":0x1F}}",
            )
        }),
    },
];

/// An answer whose body is `start`, then `part` so many times, then `end`.
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

/// No two answers are equal, so nothing can be shared.
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

//! Behaviours below HTTP, and of HTTP itself.

use std::io::Write as _;
use std::sync::LazyLock;
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;

use super::server::Part::{Drip, Hold, Pause, Repeat, Reset, Send};
use super::server::{Behaviour, ENDLESS, HostileRequest, Part, early, made, over_tls};

const SECOND: Duration = Duration::from_secs(1);
const ERROR: &str = r#"{"error":{"code":"AUTHENTICATION_FAILED","message":"No."}}"#;

pub const BEHAVIOURS: &[Behaviour] = &[
    made("silent", |_| vec![Hold]),
    made("slow-headers", |_| vec![Drip(head("200 OK", "").into_bytes(), SECOND)]),
    made("byte-a-second", |_| slow_body()),
    made("chunk-a-second", |_| slow_chunks()),
    made("endless-headers", |_| vec![status_line(), Repeat(b"x-more: 1\r\n".to_vec(), ENDLESS)]),
    made("endless-header-value", |_| vec![status_line(), text("x-long: "), Repeat(b"a".to_vec(), ENDLESS)]),
    made("header-of-a-megabyte", |request| {
        whole(status(request), &format!("x-long: {}\r\n", "a".repeat(1_000_000)), b"{}")
    }),
    made("endless-reason", |_| vec![text("HTTP/1.1 200 "), Repeat(b"OK ".to_vec(), ENDLESS)]),
    made("endless-body", |request| vec![text(&head(status(request), "")), Repeat(b"{\"a\": [".to_vec(), ENDLESS)]),
    made("endless-text", |_| {
        vec![
            text(&head("500 Oops", "content-type: text/html\r\n")),
            Repeat(b"<p>at /usr/lib/app.js:1</p>\n".to_vec(), ENDLESS),
        ]
    }),
    made("endless-chunks", |request| vec![chunked(status(request)), Repeat(b"7\r\n{\"a\": [\r\n".to_vec(), ENDLESS)]),
    made("endless-tiny-chunks", |request| vec![chunked(status(request)), Repeat(b"1\r\n \r\n".to_vec(), ENDLESS)]),
    made("endless-chunk-extension", |request| {
        vec![chunked(status(request)), text("1;a="), Repeat(b"b".to_vec(), ENDLESS)]
    }),
    made("chunk-extension-of-megabytes", |request| {
        vec![chunked(status(request)), text("2;a=\""), Repeat(b"b".to_vec(), 3_000_000), text("\"\r\n{}\r\n0\r\n\r\n")]
    }),
    made("trailers-that-contradict", |request| {
        vec![
            chunked(status(request)),
            text("2\r\n{}\r\n0\r\ncontent-length: 99\r\nx-request-id: other\r\nretry-after: 1\r\n\r\n"),
        ]
    }),
    made("endless-trailers", |request| {
        vec![chunked(status(request)), text("2\r\n{}\r\n0\r\n"), Repeat(b"x-more: 1\r\n".to_vec(), ENDLESS)]
    }),
    made("huge-length", |_| vec![text("HTTP/1.1 200 OK\r\ncontent-length: 999999999999999999\r\n\r\n{"), Hold]),
    made("huge-length-close", |_| vec![text("HTTP/1.1 200 OK\r\ncontent-length: 999999999999999999\r\n\r\n{")]),
    made("length-beyond-numbers", |_| {
        vec![text("HTTP/1.1 200 OK\r\ncontent-length: 99999999999999999999999999\r\n\r\n{}")]
    }),
    made("length-too-long", |_| vec![text("HTTP/1.1 401 No\r\ncontent-length: 1000\r\n\r\n{}")]),
    made("length-too-short", |_| vec![text("HTTP/1.1 401 No\r\ncontent-length: 10\r\n\r\n"), text(ERROR), Hold]),
    made("two-lengths", |_| {
        vec![text("HTTP/1.1 401 No\r\ncontent-length: 10\r\ncontent-length: 58\r\n\r\n"), text(ERROR)]
    }),
    made("same-length-twice", |_| {
        let length = ERROR.len();
        vec![
            text(&format!("HTTP/1.1 401 No\r\ncontent-length: {length}\r\ncontent-length: {length}\r\n\r\n")),
            text(ERROR),
        ]
    }),
    made("negative-length", |_| vec![text("HTTP/1.1 401 No\r\ncontent-length: -1\r\n\r\n"), text(ERROR)]),
    made("length-and-chunks", |_| {
        vec![text("HTTP/1.1 401 No\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n"), text(ERROR)]
    }),
    made("chunk-size-overflow", |_| vec![chunked("200 OK"), text("fffffffffffffffff\r\n{}")]),
    made("chunk-size-garbage", |_| vec![chunked("200 OK"), text("two\r\n{}\r\n0\r\n\r\n")]),
    made("close-at-once", |_| Vec::new()),
    made("close-in-headers", |_| vec![text("HTTP/1.1 200 OK\r\ncontent-ty")]),
    made("close-in-chunks", |_| vec![chunked("200 OK"), text("ff\r\n{\"a\":")]),
    made("reset", |_| vec![Reset]),
    made("reset-in-body", |_| vec![text("HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{"), Pause(SECOND / 10), Reset]),
    made("garbage", |request| vec![Send(garbage(request.number, 100_000))]),
    made("endless-garbage", |request| vec![Repeat(garbage(request.number, 65_536), ENDLESS)]),
    made("garbage-body", |request| whole(status(request), "", &garbage(request.number, 100_000))),
    made("gzip-bomb", |request| bomb(status(request), b"")),
    made("gzip-bomb-of-json", |request| bomb(status(request), b"{\"error\":{\"code\":\"")),
    made("gzip-cut", |_| whole("200 OK", "content-encoding: gzip\r\n", &zipped(&[b'{'; 100_000])[..60])),
    made("gzip-claimed", |_| whole("401 No", "content-encoding: gzip\r\n", ERROR.as_bytes())),
    made("gzip-twice", |_| whole("401 No", "content-encoding: gzip, gzip\r\n", &zipped(&zipped(ERROR.as_bytes())))),
    made("gzip-in-gzip-said-once", |_| {
        whole("401 No", "content-encoding: gzip\r\n", &zipped(&zipped(ERROR.as_bytes())))
    }),
    made("gzip-bomb-in-chunks", |request| {
        let zipped = zipped(&vec![b' '; 40_000_000]);
        let head = chunked_with(status(request), "content-encoding: gzip\r\n");
        vec![head, text(&format!("{:x}\r\n", zipped.len())), Send(zipped), text("\r\n0\r\n\r\n")]
    }),
    made("unknown-coding", |request| whole("401 No", "content-encoding: br\r\n", &garbage(request.number, 1000))),
    made("invalid-utf8", |_| {
        whole(
            "422 No",
            "",
            b"{\"error\":{\"code\":\"\xff\xfe\xc0\x80\",\"message\":\"\xed\xa0\x80 \xf8\x88\x80\x80\x80\"}}",
        )
    }),
    made("invalid-utf8-megabytes", |request| whole(status(request), "", &b"\xff\xfe \"".repeat(1_000_000))),
    made("nul-bytes", |request| whole(status(request), "x-nul: a\0b\r\n", &[0; 5000])),
    made("ansi", |_| {
        whole(
            "422 \x1b[2J\x1b]0;title\x07",
            "x-request-id: \x1b[31mred\r\n",
            b"\x1b[2J{\"error\":{\"code\":\"\x1b[31m\",\"message\":\"\x1bc\"}}",
        )
    }),
    made("http-0.9", |_| vec![text(ERROR)]),
    made("http-2", |_| {
        vec![Send(b"\0\0\x12\x04\0\0\0\0\0\0\x03\0\0\0\x80\0\x04\0\x01\0\0\0\x05\0\xff\xff\xff".to_vec()), Hold]
    }),
    made("http-7", |_| vec![text("HTTP/7.3 200 OK\r\ncontent-length: 2\r\n\r\n{}")]),
    made("status-000", |_| whole("000 None", "", b"{}")),
    made("status-999", |_| whole("999 Much", "", b"{}")),
    made("storm-of-100", |_| vec![Repeat(b"HTTP/1.1 100 Continue\r\n\r\n".to_vec(), ENDLESS)]),
    made("storm-of-103", |_| vec![Repeat(b"HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n".to_vec(), ENDLESS)]),
    made("switching-protocols", |_| {
        vec![
            text("HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n"),
            Repeat(b"x".to_vec(), ENDLESS),
        ]
    }),
    made("many-headers", |request| whole(status(request), &"x-more: 1\r\n".repeat(990), ERROR.as_bytes())),
    made("long-headers", |request| whole(status(request), &long_headers(request.number), ERROR.as_bytes())),
    made("unasked-responses", |_| {
        [
            whole_open("401 No", ERROR),
            whole_open("200 OK", "{}"),
            vec![Repeat(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n".to_vec(), 100), Hold],
        ]
        .into_iter()
        .flatten()
        .collect()
    }),
    made("bare-line-feeds", |_| vec![text("HTTP/1.1 401 No\ncontent-length: 2\nx-folded: a\n b\n\n{}")]),
    made("drip-within-the-timeout", |request| {
        let head = head(status(request), &format!("content-length: {}\r\n", ERROR.len()));
        vec![text(&head), Drip(ERROR.as_bytes().to_vec(), SECOND / 50)]
    }),
    made("upgrade-without-101", |request| {
        let head = format!("HTTP/1.1 {}\r\nconnection: upgrade\r\nupgrade: h2c, websocket\r\n\r\n", status(request));
        vec![text(&head), text(ERROR)]
    }),
    early("response-before-the-request", || whole("401 No", "", ERROR.as_bytes())),
    early("responses-without-requests", || {
        vec![Repeat(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}".to_vec(), 100_000), Hold]
    }),
    early("reset-before-the-request", || vec![Reset]),
    made("utf-16", |_| {
        let body: Vec<u8> = ERROR.encode_utf16().flat_map(u16::to_le_bytes).collect();
        whole("401 No", "content-type: application/json; charset=utf-16\r\n", &[b"\xff\xfe", body.as_slice()].concat())
    }),
    made("body-of-204", |_| whole("204 None", "", ERROR.as_bytes())),
    made("body-of-head-and-304", |_| whole("304 Same", "", ERROR.as_bytes())),
    over_tls("tls-garbage", || vec![Send(garbage(1, 100_000))]),
    over_tls("tls-silent", || vec![Hold]),
    over_tls("tls-close", Vec::new),
    over_tls("tls-endless-handshake", || {
        vec![Repeat([b"\x16\x03\x03\x40\x00".as_slice(), &[2; 0x4000]].concat(), ENDLESS)]
    }),
    over_tls("tls-endless-alerts", || vec![Repeat(b"\x15\x03\x03\x00\x02\x01\x00".to_vec(), ENDLESS)]),
    over_tls("tls-plain-response", || whole("401 No", "", ERROR.as_bytes())),
];

pub fn text(text: &str) -> Part {
    Send(text.as_bytes().to_vec())
}

/// Successes and errors by turns, so that both are judged.
pub fn status(request: &HostileRequest) -> &'static str {
    ["200 OK", "422 No", "500 Oops", "401 No"][request.number % 4]
}

pub fn head(status: &str, more: &str) -> String {
    format!("HTTP/1.1 {status}\r\ncontent-type: application/json\r\nx-request-id: r\r\nconnection: close\r\n{more}\r\n")
}

/// A complete response.
pub fn whole(status: &str, more: &str, body: &[u8]) -> Vec<Part> {
    vec![text(&head(status, &format!("content-length: {}\r\n{more}", body.len()))), Send(body.to_vec())]
}

fn whole_open(status: &str, body: &str) -> Vec<Part> {
    vec![text(&format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\n\r\n{body}", body.len()))]
}

fn status_line() -> Part {
    text("HTTP/1.1 200 OK\r\n")
}

fn chunked(status: &str) -> Part {
    chunked_with(status, "")
}

fn chunked_with(status: &str, more: &str) -> Part {
    text(&head(status, &format!("transfer-encoding: chunked\r\n{more}")))
}

fn slow_body() -> Vec<Part> {
    vec![
        text(&head("401 No", &format!("content-length: {}\r\n", ERROR.len()))),
        Drip(ERROR.as_bytes().to_vec(), SECOND),
    ]
}

fn slow_chunks() -> Vec<Part> {
    let chunks = (0..60).flat_map(|_| [text("1\r\n \r\n"), Pause(SECOND)]);
    std::iter::once(chunked("200 OK")).chain(chunks).collect()
}

fn long_headers(number: usize) -> String {
    (0..40).map(|at| format!("x-long-{at}: {}\r\n", format!("{number}-").repeat(1500))).collect()
}

/// Bytes without a pattern, the same for the same number.
fn garbage(number: usize, count: usize) -> Vec<u8> {
    let mut state = (number as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 24) as u8
    };
    std::iter::repeat_with(next).take(count).collect()
}

fn zipped(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).expect("memory");
    encoder.finish().expect("memory")
}

/// Some GiB of digits in few bytes: members of gzip one after the other.
fn bomb(status: &str, start: &[u8]) -> Vec<Part> {
    static MEMBER: LazyLock<Vec<u8>> = LazyLock::new(|| zipped(&vec![b'0'; 10_000_000]));
    let start = zipped(start);
    let length = start.len() + MEMBER.len() * 500;
    let head = head(status, &format!("content-encoding: gzip\r\ncontent-length: {length}\r\n"));
    vec![text(&head), Send(start), Repeat(MEMBER.clone(), 500)]
}

//! Behaviours below HTTP, and of HTTP itself.

use std::io::Write as _;
use std::sync::LazyLock;
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;

use super::server::Answers::{Early, Made, OverTls};
use super::server::Move::{Drip, Hold, Pause, Repeat, Reset, Send};
use super::server::{Asked, Behaviour, ENDLESS, Move};

const SECOND: Duration = Duration::from_secs(1);
const ERROR: &str = r#"{"error":{"code":"AUTHENTICATION_FAILED","message":"No."}}"#;

pub const BEHAVIOURS: &[Behaviour] = &[
    Behaviour { name: "silent", answers: Made(|_| vec![Hold]) },
    Behaviour { name: "slow-headers", answers: Made(|_| vec![Drip(head("200 OK", "").into_bytes(), SECOND)]) },
    Behaviour { name: "byte-a-second", answers: Made(|_| slow_body()) },
    Behaviour { name: "chunk-a-second", answers: Made(|_| slow_chunks()) },
    Behaviour {
        name: "endless-headers",
        answers: Made(|_| vec![status_line(), Repeat(b"x-more: 1\r\n".to_vec(), ENDLESS)]),
    },
    Behaviour {
        name: "endless-header-value",
        answers: Made(|_| vec![status_line(), text("x-long: "), Repeat(b"a".to_vec(), ENDLESS)]),
    },
    Behaviour {
        name: "header-of-a-megabyte",
        answers: Made(|asked| whole(status(asked), &format!("x-long: {}\r\n", "a".repeat(1_000_000)), b"{}")),
    },
    Behaviour {
        name: "endless-reason",
        answers: Made(|_| vec![text("HTTP/1.1 200 "), Repeat(b"OK ".to_vec(), ENDLESS)]),
    },
    Behaviour {
        name: "endless-body",
        answers: Made(|asked| vec![text(&head(status(asked), "")), Repeat(b"{\"a\": [".to_vec(), ENDLESS)]),
    },
    Behaviour {
        name: "endless-text",
        answers: Made(|_| {
            vec![
                text(&head("500 Oops", "content-type: text/html\r\n")),
                Repeat(b"<p>at /usr/lib/app.js:1</p>\n".to_vec(), ENDLESS),
            ]
        }),
    },
    Behaviour {
        name: "endless-chunks",
        answers: Made(|asked| vec![chunked(status(asked)), Repeat(b"7\r\n{\"a\": [\r\n".to_vec(), ENDLESS)]),
    },
    Behaviour {
        name: "endless-tiny-chunks",
        answers: Made(|asked| vec![chunked(status(asked)), Repeat(b"1\r\n \r\n".to_vec(), ENDLESS)]),
    },
    Behaviour {
        name: "endless-chunk-extension",
        answers: Made(|asked| vec![chunked(status(asked)), text("1;a="), Repeat(b"b".to_vec(), ENDLESS)]),
    },
    Behaviour {
        name: "chunk-extension-of-megabytes",
        answers: Made(|asked| {
            vec![
                chunked(status(asked)),
                text("2;a=\""),
                Repeat(b"b".to_vec(), 3_000_000),
                text("\"\r\n{}\r\n0\r\n\r\n"),
            ]
        }),
    },
    Behaviour {
        name: "trailers-that-contradict",
        answers: Made(|asked| {
            vec![
                chunked(status(asked)),
                text("2\r\n{}\r\n0\r\ncontent-length: 99\r\nx-request-id: other\r\nretry-after: 1\r\n\r\n"),
            ]
        }),
    },
    Behaviour {
        name: "endless-trailers",
        answers: Made(|asked| {
            vec![chunked(status(asked)), text("2\r\n{}\r\n0\r\n"), Repeat(b"x-more: 1\r\n".to_vec(), ENDLESS)]
        }),
    },
    Behaviour {
        name: "huge-length",
        answers: Made(|_| vec![text("HTTP/1.1 200 OK\r\ncontent-length: 999999999999999999\r\n\r\n{"), Hold]),
    },
    Behaviour {
        name: "huge-length-close",
        answers: Made(|_| vec![text("HTTP/1.1 200 OK\r\ncontent-length: 999999999999999999\r\n\r\n{")]),
    },
    Behaviour {
        name: "length-beyond-numbers",
        answers: Made(|_| vec![text("HTTP/1.1 200 OK\r\ncontent-length: 99999999999999999999999999\r\n\r\n{}")]),
    },
    Behaviour {
        name: "length-too-long",
        answers: Made(|_| vec![text("HTTP/1.1 401 No\r\ncontent-length: 1000\r\n\r\n{}")]),
    },
    Behaviour {
        name: "length-too-short",
        answers: Made(|_| vec![text("HTTP/1.1 401 No\r\ncontent-length: 10\r\n\r\n"), text(ERROR), Hold]),
    },
    Behaviour {
        name: "two-lengths",
        answers: Made(|_| {
            vec![text("HTTP/1.1 401 No\r\ncontent-length: 10\r\ncontent-length: 58\r\n\r\n"), text(ERROR)]
        }),
    },
    Behaviour {
        name: "same-length-twice",
        answers: Made(|_| {
            let length = ERROR.len();
            vec![
                text(&format!("HTTP/1.1 401 No\r\ncontent-length: {length}\r\ncontent-length: {length}\r\n\r\n")),
                text(ERROR),
            ]
        }),
    },
    Behaviour {
        name: "negative-length",
        answers: Made(|_| vec![text("HTTP/1.1 401 No\r\ncontent-length: -1\r\n\r\n"), text(ERROR)]),
    },
    Behaviour {
        name: "length-and-chunks",
        answers: Made(|_| {
            vec![text("HTTP/1.1 401 No\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n"), text(ERROR)]
        }),
    },
    Behaviour {
        name: "chunk-size-overflow",
        answers: Made(|_| vec![chunked("200 OK"), text("fffffffffffffffff\r\n{}")]),
    },
    Behaviour {
        name: "chunk-size-garbage",
        answers: Made(|_| vec![chunked("200 OK"), text("two\r\n{}\r\n0\r\n\r\n")]),
    },
    Behaviour { name: "close-at-once", answers: Made(|_| Vec::new()) },
    Behaviour { name: "close-in-headers", answers: Made(|_| vec![text("HTTP/1.1 200 OK\r\ncontent-ty")]) },
    Behaviour { name: "close-in-chunks", answers: Made(|_| vec![chunked("200 OK"), text("ff\r\n{\"a\":")]) },
    Behaviour { name: "reset", answers: Made(|_| vec![Reset]) },
    Behaviour {
        name: "reset-in-body",
        answers: Made(|_| vec![text("HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{"), Pause(SECOND / 10), Reset]),
    },
    Behaviour { name: "garbage", answers: Made(|asked| vec![Send(garbage(asked.number, 100_000))]) },
    Behaviour { name: "endless-garbage", answers: Made(|asked| vec![Repeat(garbage(asked.number, 65_536), ENDLESS)]) },
    Behaviour {
        name: "garbage-body",
        answers: Made(|asked| whole(status(asked), "", &garbage(asked.number, 100_000))),
    },
    Behaviour { name: "gzip-bomb", answers: Made(|asked| bomb(status(asked), b"")) },
    Behaviour { name: "gzip-bomb-of-json", answers: Made(|asked| bomb(status(asked), b"{\"error\":{\"code\":\"")) },
    Behaviour {
        name: "gzip-cut",
        answers: Made(|_| whole("200 OK", "content-encoding: gzip\r\n", &zipped(&[b'{'; 100_000])[..60])),
    },
    Behaviour {
        name: "gzip-claimed",
        answers: Made(|_| whole("401 No", "content-encoding: gzip\r\n", ERROR.as_bytes())),
    },
    Behaviour {
        name: "gzip-twice",
        answers: Made(|_| whole("401 No", "content-encoding: gzip, gzip\r\n", &zipped(&zipped(ERROR.as_bytes())))),
    },
    Behaviour {
        name: "gzip-in-gzip-said-once",
        answers: Made(|_| whole("401 No", "content-encoding: gzip\r\n", &zipped(&zipped(ERROR.as_bytes())))),
    },
    Behaviour {
        name: "gzip-bomb-in-chunks",
        answers: Made(|asked| {
            let zipped = zipped(&vec![b' '; 40_000_000]);
            let head = chunked_with(status(asked), "content-encoding: gzip\r\n");
            vec![head, text(&format!("{:x}\r\n", zipped.len())), Send(zipped), text("\r\n0\r\n\r\n")]
        }),
    },
    Behaviour {
        name: "unknown-coding",
        answers: Made(|asked| whole("401 No", "content-encoding: br\r\n", &garbage(asked.number, 1000))),
    },
    Behaviour {
        name: "invalid-utf8",
        answers: Made(|_| {
            whole(
                "422 No",
                "",
                b"{\"error\":{\"code\":\"\xff\xfe\xc0\x80\",\"message\":\"\xed\xa0\x80 \xf8\x88\x80\x80\x80\"}}",
            )
        }),
    },
    Behaviour {
        name: "invalid-utf8-megabytes",
        answers: Made(|asked| whole(status(asked), "", &b"\xff\xfe \"".repeat(1_000_000))),
    },
    Behaviour { name: "nul-bytes", answers: Made(|asked| whole(status(asked), "x-nul: a\0b\r\n", &[0; 5000])) },
    Behaviour {
        name: "ansi",
        answers: Made(|_| {
            whole(
                "422 \x1b[2J\x1b]0;title\x07",
                "x-request-id: \x1b[31mred\r\n",
                b"\x1b[2J{\"error\":{\"code\":\"\x1b[31m\",\"message\":\"\x1bc\"}}",
            )
        }),
    },
    Behaviour { name: "http-0.9", answers: Made(|_| vec![text(ERROR)]) },
    Behaviour {
        name: "http-2",
        answers: Made(|_| {
            vec![Send(b"\0\0\x12\x04\0\0\0\0\0\0\x03\0\0\0\x80\0\x04\0\x01\0\0\0\x05\0\xff\xff\xff".to_vec()), Hold]
        }),
    },
    Behaviour { name: "http-7", answers: Made(|_| vec![text("HTTP/7.3 200 OK\r\ncontent-length: 2\r\n\r\n{}")]) },
    Behaviour { name: "status-000", answers: Made(|_| whole("000 None", "", b"{}")) },
    Behaviour { name: "status-999", answers: Made(|_| whole("999 Much", "", b"{}")) },
    Behaviour {
        name: "storm-of-100",
        answers: Made(|_| vec![Repeat(b"HTTP/1.1 100 Continue\r\n\r\n".to_vec(), ENDLESS)]),
    },
    Behaviour {
        name: "storm-of-103",
        answers: Made(|_| vec![Repeat(b"HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n".to_vec(), ENDLESS)]),
    },
    Behaviour {
        name: "switching-protocols",
        answers: Made(|_| {
            vec![
                text("HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n"),
                Repeat(b"x".to_vec(), ENDLESS),
            ]
        }),
    },
    Behaviour {
        name: "many-headers",
        answers: Made(|asked| whole(status(asked), &"x-more: 1\r\n".repeat(990), ERROR.as_bytes())),
    },
    Behaviour {
        name: "long-headers",
        answers: Made(|asked| whole(status(asked), &long_headers(asked.number), ERROR.as_bytes())),
    },
    Behaviour {
        name: "unasked-answers",
        answers: Made(|_| {
            [
                whole_open("401 No", ERROR),
                whole_open("200 OK", "{}"),
                vec![Repeat(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n".to_vec(), 100), Hold],
            ]
            .into_iter()
            .flatten()
            .collect()
        }),
    },
    Behaviour {
        name: "bare-line-feeds",
        answers: Made(|_| vec![text("HTTP/1.1 401 No\ncontent-length: 2\nx-folded: a\n b\n\n{}")]),
    },
    Behaviour {
        name: "drip-within-the-timeout",
        answers: Made(|asked| {
            let head = head(status(asked), &format!("content-length: {}\r\n", ERROR.len()));
            vec![text(&head), Drip(ERROR.as_bytes().to_vec(), SECOND / 50)]
        }),
    },
    Behaviour {
        name: "upgrade-without-101",
        answers: Made(|asked| {
            let head = format!("HTTP/1.1 {}\r\nconnection: upgrade\r\nupgrade: h2c, websocket\r\n\r\n", status(asked));
            vec![text(&head), text(ERROR)]
        }),
    },
    Behaviour { name: "answer-before-the-request", answers: Early(|| whole("401 No", "", ERROR.as_bytes())) },
    Behaviour {
        name: "answers-without-requests",
        answers: Early(|| vec![Repeat(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}".to_vec(), 100_000), Hold]),
    },
    Behaviour { name: "reset-before-the-request", answers: Early(|| vec![Reset]) },
    Behaviour {
        name: "utf-16",
        answers: Made(|_| {
            let body: Vec<u8> = ERROR.encode_utf16().flat_map(u16::to_le_bytes).collect();
            whole(
                "401 No",
                "content-type: application/json; charset=utf-16\r\n",
                &[b"\xff\xfe", body.as_slice()].concat(),
            )
        }),
    },
    Behaviour { name: "body-of-204", answers: Made(|_| whole("204 None", "", ERROR.as_bytes())) },
    Behaviour { name: "body-of-head-and-304", answers: Made(|_| whole("304 Same", "", ERROR.as_bytes())) },
    Behaviour { name: "tls-garbage", answers: OverTls(|| vec![Send(garbage(1, 100_000))]) },
    Behaviour { name: "tls-silent", answers: OverTls(|| vec![Hold]) },
    Behaviour { name: "tls-close", answers: OverTls(Vec::new) },
    Behaviour {
        name: "tls-endless-handshake",
        answers: OverTls(|| vec![Repeat([b"\x16\x03\x03\x40\x00".as_slice(), &[2; 0x4000]].concat(), ENDLESS)]),
    },
    Behaviour {
        name: "tls-endless-alerts",
        answers: OverTls(|| vec![Repeat(b"\x15\x03\x03\x00\x02\x01\x00".to_vec(), ENDLESS)]),
    },
    Behaviour { name: "tls-plain-answer", answers: OverTls(|| whole("401 No", "", ERROR.as_bytes())) },
];

pub fn text(text: &str) -> Move {
    Send(text.as_bytes().to_vec())
}

/// Successes and errors by turns, so that both are judged.
pub fn status(asked: &Asked) -> &'static str {
    ["200 OK", "422 No", "500 Oops", "401 No"][asked.number % 4]
}

pub fn head(status: &str, more: &str) -> String {
    format!("HTTP/1.1 {status}\r\ncontent-type: application/json\r\nx-request-id: r\r\nconnection: close\r\n{more}\r\n")
}

/// A complete answer.
pub fn whole(status: &str, more: &str, body: &[u8]) -> Vec<Move> {
    vec![text(&head(status, &format!("content-length: {}\r\n{more}", body.len()))), Send(body.to_vec())]
}

fn whole_open(status: &str, body: &str) -> Vec<Move> {
    vec![text(&format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\n\r\n{body}", body.len()))]
}

fn status_line() -> Move {
    text("HTTP/1.1 200 OK\r\n")
}

fn chunked(status: &str) -> Move {
    chunked_with(status, "")
}

fn chunked_with(status: &str, more: &str) -> Move {
    text(&head(status, &format!("transfer-encoding: chunked\r\n{more}")))
}

fn slow_body() -> Vec<Move> {
    vec![
        text(&head("401 No", &format!("content-length: {}\r\n", ERROR.len()))),
        Drip(ERROR.as_bytes().to_vec(), SECOND),
    ]
}

fn slow_chunks() -> Vec<Move> {
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
fn bomb(status: &str, start: &[u8]) -> Vec<Move> {
    static MEMBER: LazyLock<Vec<u8>> = LazyLock::new(|| zipped(&vec![b'0'; 10_000_000]));
    let start = zipped(start);
    let length = start.len() + MEMBER.len() * 500;
    let head = head(status, &format!("content-encoding: gzip\r\ncontent-length: {length}\r\n"));
    vec![text(&head), Send(start), Repeat(MEMBER.clone(), 500)]
}

//! What the harness cannot read is said as a limit of its own, and never as a fault of the API.

use super::preflight::{Scripted, http};
use super::support::{Program, folder, write};

const BODY: &str = r#"{"error":{"code":"AUTHENTICATION_FAILED","message":"No."}}"#;

/// Answers every request with a refusal, with further header lines and another body.
fn refusing(further: &str, body: &str) -> Scripted {
    let answer = String::from_utf8(http("401 Unauthorized", "application/json", body)).expect("a text");
    let answer = answer.replacen("\r\n", &format!("\r\nX-Request-Id: r-UNIQUE\r\n{further}"), 1);
    Scripted::start(move |asked| answer.replacen("UNIQUE", &asked.number.to_string(), 1).into_bytes())
}

fn many_headers(count: usize) -> String {
    (0..count).map(|number| format!("X-{number}: v\r\n")).collect()
}

#[test]
fn answers_within_the_limits_are_read() {
    let long = BODY.replace("No.", &"n".repeat(5_000_000));
    let number = BODY.replace("}}", "},\"x\":1e400}");
    let cases = [
        (many_headers(120), BODY),
        (String::new(), long.as_str()),
        (String::new(), number.as_str()),
        // Some servers name a charset as a coding.
        ("Content-Encoding: utf-8\r\n".to_owned(), BODY),
    ];
    for (further, body) in cases {
        let server = refusing(&further, body);
        let said = Program::run(&["--target-url", &server.url, "callers-without-credential"]);
        said.ended(0);
    }
}

#[test]
fn answers_beyond_the_limits_are_inconclusive_with_the_limit() {
    let too_long = BODY.replace("No.", &"n".repeat(17 * 1024 * 1024));
    let cases = [
        (many_headers(2000), BODY, "more than 1000 header fields"),
        (String::new(), too_long.as_str(), "a body of more than 16 MiB, the most that the harness reads"),
        ("Content-Encoding: br\r\n".to_owned(), "\u{1}\u{2}rubbish", "the content coding \"br\""),
    ];
    for (further, body, limit) in cases {
        let server = refusing(&further, body);
        let said = Program::run(&["--target-url", &server.url, "--no-preflight", "callers-without-credential"]);
        said.ended(3);
        assert!(said.out.contains(limit), "no {limit:?} in {}", said.out);
        assert!(!said.out.contains("no JSON"), "{}", said.out);
    }
}

#[test]
fn a_file_without_a_certificate_is_refused() {
    let folder = folder();
    let cases = [
        ("empty.pem", "", "the file is empty; expected a certificate in PEM"),
        ("der.pem", "0\u{1}\u{2}", "the file seems to be DER: convert it with `openssl x509"),
        ("key.pem", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", "only a private key"),
        ("text.pem", "hello\n", "expected PEM, which begins with"),
    ];
    for (name, text, wanted) in cases {
        let file = write(&folder, name, text);
        let said = Program::run(&["--target-url", "https://127.0.0.1:1", "--ca-cert", &file]);
        said.refused_in_a_line(2, wanted);
    }
}

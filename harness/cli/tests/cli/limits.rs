//! Responses that exceed a limit of the harness: the test names the limit. It is inconclusive, except for a body that is
//! longer than any documented response, which is a violation.

use super::support::{CannedServer, Folder, Program, json_response};

const BODY: &str = r#"{"error":{"code":"AUTHENTICATION_FAILED","message":"No."}}"#;

/// A server that responds to every request with 401, additional header lines, and the given body.
fn refusing(more_headers: &str, body: &str) -> CannedServer {
    let response = String::from_utf8(json_response("401 Unauthorized", body)).expect("a text");
    let response = response.replacen("\r\n", &format!("\r\nX-Request-Id: r-UNIQUE\r\n{more_headers}"), 1);
    CannedServer::start(move |request| response.replacen("UNIQUE", &request.number.to_string(), 1).into_bytes())
}

fn many_headers(count: usize) -> String {
    (0..count).map(|number| format!("X-{number}: v\r\n")).collect()
}

#[test]
fn responses_within_the_limits_are_read() {
    let long = BODY.replace("No.", &"n".repeat(5_000_000));
    let number = BODY.replace("}}", "},\"x\":1e400}");
    let cases = [
        (many_headers(120), BODY),
        (String::new(), long.as_str()),
        (String::new(), number.as_str()),
        // Some servers put a charset into `Content-Encoding`.
        ("Content-Encoding: utf-8\r\n".to_owned(), BODY),
    ];
    for (more_headers, body) in cases {
        let server = refusing(&more_headers, body);
        let output = Program::run(&["--target-url", &server.url, "callers-without-credential"]);
        output.assert_exit_code(0);
    }
}

#[test]
fn responses_beyond_a_limit_are_inconclusive_and_name_the_limit() {
    let cases = [
        (many_headers(2000), BODY, "more than 1000 header fields"),
        ("Content-Encoding: br\r\n".to_owned(), "\u{1}\u{2}rubbish", "the content coding \"br\""),
    ];
    for (more_headers, body, limit) in cases {
        let server = refusing(&more_headers, body);
        let output = Program::run(&["--target-url", &server.url, "--no-preflight", "callers-without-credential"]);
        output.assert_exit_code(3);
        assert!(output.out.contains(limit), "no {limit:?} in {}", output.out);
        assert!(!output.out.contains("no JSON"), "{}", output.out);
    }
}

#[test]
fn body_beyond_the_limit_is_a_violation_that_names_the_limit() {
    let server = refusing("", &BODY.replace("No.", &"n".repeat(17 * 1024 * 1024)));
    let output = Program::run(&["--target-url", &server.url, "--no-preflight", "callers-without-credential"]);
    output.assert_exit_code(1);
    assert!(output.out.contains("16 MiB"), "{}", output.out);
    assert!(!output.out.contains("no JSON"), "{}", output.out);
}

#[test]
fn ca_file_without_a_certificate_is_refused() {
    let folder = Folder::new();
    let cases = [
        ("empty.pem", "", "the file is empty; expected a certificate in PEM"),
        ("der.pem", "0\u{1}\u{2}", "the file seems to be DER: convert it with `openssl x509"),
        ("key.pem", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", "only a private key"),
        ("text.pem", "hello\n", "expected PEM, which begins with"),
    ];
    for (name, text, expected) in cases {
        let file = folder.write(name, text);
        let output = Program::run(&["--target-url", "https://127.0.0.1:1", "--ca-cert", &file]);
        output.assert_refused_with(2, expected);
    }
}

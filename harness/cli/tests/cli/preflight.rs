//! The preflight before the first test, and `doctor`: wrong URLs, path prefixes and credentials, missing operations.

use serde_json::Value;

use super::support::{CannedServer, Folder, Program, ProgramOutput, Received, ReferenceServer, http, json_response};

fn json(status: &str, body: &Value) -> Vec<u8> {
    json_response(status, &body.to_string())
}

fn error(status: &str, code: &str) -> Vec<u8> {
    json(status, &serde_json::json!({ "error": { "code": code, "message": "No." } }))
}

/// The 404 of a web framework for a path without a route.
fn no_route() -> Vec<u8> {
    json("404 Not Found", &serde_json::json!({ "detail": "Not Found" }))
}

/// An invocation of the program with keys of a reader and of an admin.
fn with_keys(arguments: &[&str]) -> Program {
    let program = Program::new(arguments).env("CONFORMANCE_ACTOR_READER", "key:r-0123456789");
    program.env("CONFORMANCE_ACTOR_ADMIN", "key:a-0123456789")
}

/// Asserts that the run stops before the first test with one error message, and writes its report.
#[track_caller]
fn assert_stopped_before_first_test(url: &str, message: &str) {
    let (output, report) = Program::new(&["run", "--target-url", url, "callers-without-credential"]).with_report();
    output.assert_exit_code(3);
    let messages: Vec<&str> = output.err.lines().filter(|line| line.starts_with("error: ")).collect();
    assert!(messages.len() == 1 && messages[0].contains(message), "no {message:?} in {}", output.err);
    assert!(!output.out.contains("running"), "{}", output.out);
    assert!(report["preflight"]["stopReason"].as_str().is_some_and(|stop| stop.contains(message)), "{report}");
    assert_eq!(report["exitCode"], 3);
}

#[test]
fn wrong_url_ends_the_run_with_one_message() {
    type Script = fn(&Received) -> Vec<u8>;
    let scripts: [(Script, &str); 15] = [
        (
            |_| b"HTTP/1.1 302 Found\r\nLocation: /login\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".to_vec(),
            "redirects every request (302 to /login)",
        ),
        (|_| http("200 OK", "text/html", "<html>Log in</html>"), "responds to every request with a web page"),
        (
            |_| http("502 Bad Gateway", "text/html", "<html>Bad Gateway</html>"),
            "a gateway that cannot reach the service",
        ),
        (|_| error("503 Service Unavailable", "SERVICE_UNAVAILABLE"), "when the service is available"),
        (
            |_| json("503 Service Unavailable", &serde_json::json!({ "status": "maintenance" })),
            "the service is not available",
        ),
        (|_| error("429 Too Many Requests", "RATE_LIMIT_EXCEEDED"), "the rate limit is exhausted"),
        (|_| json("500 Oops", &serde_json::json!({ "message": "Oops" })), "it does not come from the API"),
        (|_| http("400 Bad Request", "text/html", "<html>unknown host</html>"), "it does not come from the API"),
        // A single-page application serves its page to every GET, and knows no other method.
        (
            |request| match request.method.as_str() {
                "GET" => http("200 OK", "text/html", "<!doctype html><div id=app></div>"),
                _ => http("405 Method Not Allowed", "text/html", "<html>405</html>"),
            },
            "responds to every request with a web page",
        ),
        (
            |request| match request.method.as_str() {
                "GET" => {
                    b"HTTP/1.1 302 Found\r\nLocation: /login\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".to_vec()
                }
                _ => http("403 Forbidden", "text/html", "<html>No CSRF token</html>"),
            },
            "redirects every request (302 to /login)",
        ),
        (|_| no_route(), "operations that were tried exists at "),
        (|_| b"\x15\x03\x01\x00\x02\x02\x46".to_vec(), "expects TLS: give https://"),
        (|_| b"\x00\x00\x06\x04\x00\x00\x00\x00\x00\x00\x03\x00\x00\x00\x64".to_vec(), "supports HTTP/2 only"),
        (|_| b"SSH-2.0-OpenSSH_9.6\r\n".to_vec(), "does not respond with HTTP (its response begins with \"SSH-2.0-"),
        (|_| Vec::new(), "closes each connection without a response"),
    ];
    for (script, message) in scripts {
        assert_stopped_before_first_test(&CannedServer::start(script).url, message);
    }
}

#[test]
fn redirect_of_every_request_ends_the_run() {
    let server = CannedServer::start(|request| {
        let host = "127.0.0.1";
        format!("HTTP/1.1 301 Moved\r\nLocation: https://{host}{}\r\nContent-Length: 0\r\n\r\n", request.path)
            .into_bytes()
    });
    assert_stopped_before_first_test(&server.url, "redirects every request (301");
}

#[test]
fn wrong_path_prefix_is_reported_with_the_url_that_responses() {
    let moved = CannedServer::start(|request| match request.path.starts_with("/api/api/v1/") {
        true => error("401 Unauthorized", "AUTHENTICATION_FAILED"),
        false => no_route(),
    });
    assert_stopped_before_first_test(&moved.url, &format!("but {}/api responds with the API's envelope", moved.url));
    let served = ReferenceServer::start(&[]);
    assert_stopped_before_first_test(
        &format!("{}/api/v1", served.url),
        &format!("but {} responds with the API's envelope: give that as the URL", served.url),
    );
    let bare = CannedServer::start(|request| match request.path.starts_with("/customers") {
        true => error("401 Unauthorized", "AUTHENTICATION_FAILED"),
        false => http("404 Not Found", "text/html", &format!("Cannot {} {}", request.method, request.path)),
    });
    assert_stopped_before_first_test(&bare.url, "remove /api/v1 from the paths");
}

#[test]
fn other_version_prefix_is_reported() {
    let newer = CannedServer::start(|request| match request.path.starts_with("/api/v2/customers") {
        true => error("401 Unauthorized", "AUTHENTICATION_FAILED"),
        false => no_route(),
    });
    assert_stopped_before_first_test(&newer.url, "but under /api/v2 the same server responds with the API's envelope");
}

#[test]
fn gateway_that_refuses_every_credential_ends_the_run() {
    let gateway = |body: &'static str| {
        CannedServer::start(move |request| match request.header("x-api-key") {
            "r-through-the-gate" => json("200 OK", &serde_json::json!({ "customers": [] })),
            _ => http("401 Unauthorized", "text/html", body),
        })
    };
    let run = |key: &str| {
        let server = gateway("<html>Authorization Required</html>");
        Program::new(&["run", "--target-url", &server.url, "callers-without-credential"])
            .env("CONFORMANCE_ACTOR_READER", key)
            .output()
    };
    let refused = run("key:r-0123456789");
    refused.assert_exit_code(3);
    assert!(refused.err.contains("accepts no credential of this run"), "{}", refused.err);
    // The response without a credential is a violation, which the tests report.
    run("key:r-through-the-gate").assert_exit_code(1);
}

#[test]
fn api_that_returns_404_without_credential_is_tested() {
    let hidden = CannedServer::start(|request| match request.header("x-api-key") {
        "" => error("404 Not Found", "RESOURCE_NOT_FOUND"),
        _ => json("200 OK", &serde_json::json!({ "customers": [] })),
    });
    let output = with_keys(&["run", "--target-url", &hidden.url, "callers-without-credential"]).output();
    output.assert_exit_code(1);
}

// ---------------------------------------------------------------- credentials

const TESTS: [&str; 3] = ["created-customer-can-be-read", "callers-without-credential", "success::receiving-an-event"];

/// Runs three tests with some of the printed credentials replaced.
fn run_with_credentials(served: &ReferenceServer, others: &[(&str, &str)]) -> ProgramOutput {
    let program = served.program(&[&["run"], TESTS.as_slice()].concat());
    others.iter().fold(program, |program, (name, value)| program.env(name, value)).output()
}

/// Asserts that the preflight prints exactly one message, and that the tests are inconclusive.
#[track_caller]
fn assert_one_preflight_message(output: &ProgramOutput, message: &str) {
    output.assert_exit_code(3);
    let messages: Vec<&str> = output.err.lines().filter(|line| line.starts_with("preflight: ")).collect();
    assert!(messages.len() == 1 && messages[0].contains(message), "no {message:?} alone in {}", output.err);
    assert!(output.out.contains("inconclusive") && !output.out.contains("breaks its contract"), "{}", output.out);
    let (_, obstacle) = output.out.split_once("\nno verdict; remove these obstacles first:\n").expect("an obstacle");
    assert!(
        obstacle.contains("could not be judged") && obstacle.contains("\n  next    conformance doctor "),
        "{obstacle}"
    );
}

#[test]
fn correct_credentials_give_no_preflight_message() {
    let served = ReferenceServer::start(&[]);
    let output = run_with_credentials(&served, &[]);
    output.assert_exit_code(0);
    assert!(!output.err.contains("preflight:"), "{}", output.err);
}

#[test]
fn rejected_credential_is_reported_once() {
    let served = ReferenceServer::start(&[]);
    for name in ["CONFORMANCE_ACTOR_WRITER", "CONFORMANCE_ACTOR_READER"] {
        assert_one_preflight_message(
            &run_with_credentials(&served, &[(name, "key:no-such-key")]),
            &format!("{name} is not accepted by the target"),
        );
    }
    let output = run_with_credentials(&served, &[("CONFORMANCE_ACTOR_WEBHOOK", "secret:no-such-secret")]);
    assert_one_preflight_message(&output, "CONFORMANCE_ACTOR_WEBHOOK does not sign as the target expects");
}

#[test]
fn rejection_of_all_credentials_is_one_message() {
    let served = ReferenceServer::start(&[]);
    let others = ["ADMIN", "WRITER", "READER"].map(|actor| format!("CONFORMANCE_ACTOR_{actor}"));
    let others: Vec<(&str, String)> =
        others.iter().enumerate().map(|(index, name)| (name.as_str(), format!("key:nobody-{index}"))).collect();
    let others: Vec<(&str, &str)> = others.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert_one_preflight_message(
        &run_with_credentials(&served, &others),
        "the target accepts none of the credentials CONFORMANCE_ACTOR_",
    );
}

#[test]
fn swapped_credentials_are_reported_with_both_names() {
    let served = ReferenceServer::start(&[]);
    let key = |actor: &str| served.credential(&format!("CONFORMANCE_ACTOR_{actor}"));
    let (reader, writer) = (key("READER"), key("WRITER"));
    let output =
        run_with_credentials(&served, &[("CONFORMANCE_ACTOR_READER", &writer), ("CONFORMANCE_ACTOR_WRITER", &reader)]);
    assert_one_preflight_message(&output, "CONFORMANCE_ACTOR_WRITER and CONFORMANCE_ACTOR_READER seem to be swapped");
    let output = run_with_credentials(&served, &[("CONFORMANCE_ACTOR_READER", &writer)]);
    assert_one_preflight_message(
        &output,
        "CONFORMANCE_ACTOR_READER and CONFORMANCE_ACTOR_WRITER hold the same credential",
    );
    let output = run_with_credentials(&served, &[("CONFORMANCE_ACTOR_WRITER", &reader)]);
    output.assert_exit_code(3);
    assert!(output.err.contains("CONFORMANCE_ACTOR_WRITER is accepted, but not for WRITE"), "{}", output.err);
}

#[test]
fn single_operation_that_refuses_a_credential_is_no_preflight_message() {
    // Only `GET /customers` refuses the reader, so the API is at fault and not the credential.
    let server =
        CannedServer::start(|request| match (request.header("x-api-key"), request.path.ends_with("/customers")) {
            ("", _) | (_, true) => error("401 Unauthorized", "AUTHENTICATION_FAILED"),
            _ => error("404 Not Found", "RESOURCE_NOT_FOUND"),
        });
    let output = with_keys(&["run", "--target-url", &server.url, "some-expectations-accept-alternatives"])
        .env("CONFORMANCE_ACTOR_WRITER", "key:w-0123456789")
        .output();
    assert!(!output.err.contains("preflight: CONFORMANCE_ACTOR_READER"), "{}", output.err);
    let served = ReferenceServer::start(&["reader-may-create"]);
    let output = served.program(&["run", "insufficient-permissions"]).output();
    output.assert_exit_code(1);
    assert!(!output.err.contains("preflight:"), "{}", output.err);
}

/// Some APIs do not tell a resource that does not exist from one that the caller may not see.
#[test]
fn forbidden_id_that_does_not_exist_says_nothing_about_a_credential_without_a_scope() {
    let server = CannedServer::start(|request| match (request.header("authorization"), request.path.as_str()) {
        (_, path) if path.starts_with("/orders") && !path.starts_with("/orders/") => {
            error("400 Bad Request", "INVALID")
        }
        ("", _) => error("401 Unauthorized", "LOGIN"),
        (_, path) if path.starts_with("/orders/") => error("403 Forbidden", "HIDDEN"),
        _ => no_route(),
    });
    let output = Program::new(&["doctor", "--pack", "harness/packs/orders", "--target-url", &server.url])
        .env("CONFORMANCE_ACTOR_CLERK", "bearer:t-0123456789")
        .output();
    assert!(output.out.contains("unclear: 400") && !output.out.contains("not for"), "{} {}", output.out, output.err);
}

// ---------------------------------------------------------------- operations and capabilities

/// A server with four operations and their permissions; every other path has no route.
fn half_built() -> CannedServer {
    CannedServer::start(|request| {
        let path = request.path.strip_prefix("/api/v1").unwrap_or_default();
        let id = path.strip_prefix("/customers/").or_else(|| path.strip_prefix("/transactions/"));
        if path != "/customers" && id.is_none_or(|id| id.contains('/')) {
            return no_route();
        }
        match (request.header("x-api-key"), request.method.as_str()) {
            ("", _) => error("401 Unauthorized", "AUTHENTICATION_FAILED"),
            (_, "GET") if id.is_none() => json("200 OK", &serde_json::json!({ "customers": [] })),
            ("r-0123456789", "POST" | "PATCH" | "DELETE") => {
                json("403 Forbidden", &serde_json::json!({ "detail": "Forbidden" }))
            }
            _ => json("404 Not Found", &serde_json::json!({ "detail": "no such customer" })),
        }
    })
}

const MISSING: [&str; 5] =
    ["uploadDocument", "submitVerification", "createWebhook", "listWebhookDeliveries", "receiveWebhookEvent"];

#[test]
fn doctor_lists_missing_operations_and_writes_a_target_file() {
    let server = half_built();
    let folder = Folder::new();
    let file = format!("{}/target.yaml", folder.path());
    let doctor = |file: &str| with_keys(&["doctor", "--target-url", &server.url, "--write", file]).output();
    let output = doctor(&file);
    output.assert_exit_code(0);
    for operation in MISSING {
        assert!(output.out.contains(&format!("MISSING     {operation}")), "{operation}: {}", output.out);
    }
    assert_eq!(output.out.matches("MISSING     ").count(), 6, "{}", output.out);
    assert!(output.out.contains("accepted with scope READ"), "{}", output.out);
    let draft = std::fs::read_to_string(&file).expect("a target file");
    assert!(draft.contains("  admin: CONFORMANCE_ACTOR_ADMIN") && draft.contains("# not set: writer:"), "{draft}");
    assert!(!draft.contains("0123456789"), "{draft}");
    Program::new(&["validate", "--target", &file]).output().assert_exit_code(0);
    let output = doctor(&file);
    output.assert_refused_with(2, "exists; doctor does not overwrite it");
    let output = Program::new(&[
        "run",
        "--target",
        &file,
        "no-such-delivery",
        "callers-without-credential",
        "receiving-an-event",
    ])
    .env("CONFORMANCE_ACTOR_WEBHOOK", "secret:w-0123456789")
    .output();
    assert!(output.out.contains("the target lacks the operation receiveWebhookEvent"), "{}", output.out);
    assert!(!output.err.contains("preflight:"), "{}", output.err);
}

#[test]
fn doctor_exits_with_3_for_an_unusable_target() {
    let gateway = CannedServer::start(|_| http("502 Bad Gateway", "text/html", "<html>"));
    let output = Program::new(&["doctor", "--target-url", &gateway.url]).output();
    output.assert_exit_code(3);
    assert!(output.out.contains("a gateway that cannot reach the service"), "{}", output.out);
    Program::new(&["doctor"]).output().assert_refused_with(2, "doctor needs a URL");
}

#[test]
fn missing_capability_is_reported() {
    let server = half_built();
    let output = with_keys(&["run", "--target-url", &server.url, "server-errors/"]).output();
    assert!(output.err.contains("preflight: the target seems to lack sandbox-errors"), "{}", output.err);
}

#[test]
fn missing_operations_are_named_in_one_line_and_left_to_the_causes_by_a_quiet_run() {
    let server = half_built();
    let run = |quiet: &[&str]| {
        let mut arguments = vec!["run", "--target-url", &server.url, "insufficient-permissions"];
        arguments.extend(quiet);
        with_keys(&arguments).output()
    };
    let output = run(&[]);
    output.assert_exit_code(1);
    let lines: Vec<&str> = output.err.lines().filter(|line| line.contains("not to be implemented")).collect();
    assert!(lines.len() == 1 && lines[0].starts_with("preflight: 2 operations"), "{}", output.err);
    let quiet = run(&["-q"]);
    quiet.assert_exit_code(1);
    assert_eq!(quiet.err, "");
    assert!(quiet.out.contains("the operation createWebhook is not implemented"), "{}", quiet.out);
}

// ---------------------------------------------------------------- when it runs

#[test]
fn preflight_can_be_switched_off() {
    let page = CannedServer::start(|_| http("200 OK", "text/html", "<html>Log in</html>"));
    let output = Program::run(&["--no-preflight", "--target-url", &page.url, "callers-without-credential"]);
    output.assert_exit_code(1);
    let by_test = Program::new(&["run", "--target-url", &page.url, "callers-without-credential"]).env("NEXTEST", "1");
    by_test.output().assert_exit_code(1);
    Program::run(&["--list", "--target-url", &page.url, "callers-without-credential"]).assert_exit_code(0);
}

#[test]
fn preflight_sends_at_most_17_requests() {
    let server = half_built();
    let program = Program::new(&["run", "--target-url", &server.url, "callers-without-credential"]);
    let (output, report) = program.env("CONFORMANCE_ACTOR_READER", "key:r-0123456789").with_report();
    assert!(output.code == 0 || output.code == 1, "{}", output.err);
    let requests = report["preflight"]["requests"].as_u64().expect("a number");
    assert!(requests > 0 && requests <= 17, "{requests}");
    assert!(server.requests() as u64 > requests);
}

//! What a user is told before the first test: wrong URLs, prefixes and credentials, and operations that are missing.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::Value;

use super::support::{Program, Said, Served, folder};

/// A request as far as these servers care.
pub struct Asked {
    method: String,
    path: String,
    key: String,
    signature: String,
    /// How many came before.
    pub number: usize,
}

/// A server that answers each request with the bytes that a function gives, and closes.
pub struct Scripted {
    pub url: String,
    requests: Arc<AtomicUsize>,
}

impl Scripted {
    pub fn start(answer: impl Fn(&Asked) -> Vec<u8> + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let requests = Arc::new(AtomicUsize::new(0));
        let (answer, counted) = (Arc::new(answer), requests.clone());
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (answer, counted) = (answer.clone(), counted.clone());
                std::thread::spawn(move || serve(stream, answer.as_ref(), &counted));
            }
        });
        Self { url, requests }
    }
}

fn serve(mut stream: TcpStream, answer: &dyn Fn(&Asked) -> Vec<u8>, counted: &AtomicUsize) -> Option<()> {
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    let mut first = String::new();
    reader.read_line(&mut first).ok().filter(|read| *read > 0)?;
    let mut words = first.split(' ').map(str::to_owned);
    let mut asked = Asked {
        method: words.next()?,
        path: words.next().unwrap_or_default(),
        key: String::new(),
        signature: String::new(),
        number: counted.fetch_add(1, Ordering::Relaxed),
    };
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        match name.to_lowercase().as_str() {
            "x-api-key" => value.trim().clone_into(&mut asked.key),
            "x-webhook-signature" => value.trim().clone_into(&mut asked.signature),
            "content-length" => length = value.trim().parse().ok()?,
            _ => {}
        }
    }
    reader.take(length).read_to_end(&mut Vec::new()).ok()?;
    stream.write_all(&answer(&asked)).ok()
}

pub fn http(status: &str, media_type: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!(
        "HTTP/1.1 {status}\r\nContent-Type: {media_type}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    )
    .into_bytes()
}

fn json(status: &str, body: &Value) -> Vec<u8> {
    http(status, "application/json", &body.to_string())
}

fn error(status: &str, code: &str) -> Vec<u8> {
    json(status, &serde_json::json!({ "error": { "code": code, "message": "No." } }))
}

/// The framework's answer to a path that nobody serves.
fn nowhere() -> Vec<u8> {
    json("404 Not Found", &serde_json::json!({ "detail": "Not Found" }))
}

/// The run ended before the first test, with one sentence, and wrote its report.
#[track_caller]
fn ended_before_the_first_test(url: &str, sentence: &str) {
    let folder = folder();
    let report = format!("{}/report.json", folder.path());
    let said =
        Program::run(&["--target-url", url, "--report", &format!("json={report}"), "callers-without-credential"]);
    said.ended(3);
    let told: Vec<&str> = said.err.lines().filter(|line| line.starts_with("error: ")).collect();
    assert!(told.len() == 1 && told[0].contains(sentence), "no {sentence:?} in {}", said.err);
    assert!(!said.out.contains("running"), "{}", said.out);
    let report: Value = serde_json::from_str(&std::fs::read_to_string(report).expect("a report")).expect("JSON");
    assert!(report["preflight"]["stop"].as_str().is_some_and(|stop| stop.contains(sentence)), "{report}");
    assert_eq!(report["exitCode"], 3);
}

#[test]
fn a_wrong_url_ends_the_run_with_one_sentence() {
    type Script = fn(&Asked) -> Vec<u8>;
    let scripts: [(Script, &str); 9] = [
        (
            |_| b"HTTP/1.1 302 Found\r\nLocation: /login\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".to_vec(),
            "redirects every request (302 to /login)",
        ),
        (|_| http("200 OK", "text/html", "<html>Log in</html>"), "answers every request with a web page"),
        (
            |_| http("502 Bad Gateway", "text/html", "<html>Bad Gateway</html>"),
            "a gateway that cannot reach the service",
        ),
        (|_| error("503 Service Unavailable", "SERVICE_UNAVAILABLE"), "when the service is available"),
        (|_| nowhere(), "operations that were tried exists at "),
        (|_| b"\x15\x03\x01\x00\x02\x02\x46".to_vec(), "speaks TLS: give https://"),
        (|_| b"\x00\x00\x06\x04\x00\x00\x00\x00\x00\x00\x03\x00\x00\x00\x64".to_vec(), "speaks HTTP/2 only"),
        (|_| b"SSH-2.0-OpenSSH_9.6\r\n".to_vec(), "does not speak HTTP (it begins with \"SSH-2.0-"),
        (|_| Vec::new(), "closes each connection without an answer"),
    ];
    for (script, sentence) in scripts {
        ended_before_the_first_test(&Scripted::start(script).url, sentence);
    }
}

#[test]
fn a_redirect_to_https_names_the_url_to_give() {
    let server = Scripted::start(|asked| {
        let host = "127.0.0.1";
        format!("HTTP/1.1 301 Moved\r\nLocation: https://{host}{}\r\nContent-Length: 0\r\n\r\n", asked.path)
            .into_bytes()
    });
    ended_before_the_first_test(&server.url, "redirects every request (301");
}

#[test]
fn a_wrong_prefix_names_the_place_that_answers() {
    let moved = Scripted::start(|asked| match asked.path.starts_with("/api/api/v1/") {
        true => error("401 Unauthorized", "AUTHENTICATION_FAILED"),
        false => nowhere(),
    });
    ended_before_the_first_test(&moved.url, &format!("but {}/api answers with the API's envelope", moved.url));
    let served = Served::start(&[]);
    ended_before_the_first_test(
        &format!("{}/api/v1", served.url),
        &format!("but {} answers with the API's envelope: give that as the URL", served.url),
    );
    let bare = Scripted::start(|asked| match asked.path.starts_with("/customers") {
        true => error("401 Unauthorized", "AUTHENTICATION_FAILED"),
        false => http("404 Not Found", "text/html", &format!("Cannot {} {}", asked.method, asked.path)),
    });
    ended_before_the_first_test(&bare.url, "take /api/v1 out of the paths");
}

#[test]
fn an_api_that_hides_from_strangers_is_tested() {
    let hidden = Scripted::start(|asked| match asked.key.as_str() {
        "" => error("404 Not Found", "RESOURCE_NOT_FOUND"),
        _ => json("200 OK", &serde_json::json!({ "customers": [] })),
    });
    let said = Program::new(&["run", "--target-url", &hidden.url, "callers-without-credential"])
        .env("CONFORMANCE_ACTOR_READER", "key:r-0123456789")
        .env("CONFORMANCE_ACTOR_ADMIN", "key:a-0123456789")
        .go();
    said.ended(1);
}

// ---------------------------------------------------------------- credentials

const TESTS: [&str; 3] = ["what-was-created-can-be-read", "callers-without-credential", "success::taking-an-event"];

/// Runs three tests with other credentials than those that were printed.
fn run_with(served: &Served, others: &[(&str, &str)]) -> Said {
    let program = served.program(&[&["run"], TESTS.as_slice()].concat());
    others.iter().fold(program, |program, (name, value)| program.env(name, value)).go()
}

#[track_caller]
fn told_once(said: &Said, sentence: &str) {
    said.ended(3);
    let told: Vec<&str> = said.err.lines().filter(|line| line.starts_with("preflight: ")).collect();
    assert!(told.len() == 1 && told[0].contains(sentence), "no {sentence:?} alone in {}", said.err);
    assert!(said.out.contains("inconclusive") && !said.out.contains("breaks its contract"), "{}", said.out);
}

#[test]
fn right_credentials_are_passed_over_in_silence() {
    let served = Served::start(&[]);
    let said = run_with(&served, &[]);
    said.ended(0);
    assert!(!said.err.contains("preflight:"), "{}", said.err);
}

#[test]
fn a_credential_that_is_not_accepted_is_told_once() {
    let served = Served::start(&[]);
    for name in ["CONFORMANCE_ACTOR_WRITER", "CONFORMANCE_ACTOR_READER"] {
        told_once(&run_with(&served, &[(name, "key:no-such-key")]), &format!("{name} is not accepted by the target"));
    }
    let said = run_with(&served, &[("CONFORMANCE_ACTOR_WEBHOOK", "secret:no-such-secret")]);
    told_once(&said, "CONFORMANCE_ACTOR_WEBHOOK does not sign as the target expects");
}

#[test]
fn credentials_that_are_all_refused_are_told_in_one_sentence() {
    let served = Served::start(&[]);
    let others = ["ADMIN", "WRITER", "READER"].map(|actor| format!("CONFORMANCE_ACTOR_{actor}"));
    let others: Vec<(&str, String)> =
        others.iter().enumerate().map(|(index, name)| (name.as_str(), format!("key:nobody-{index}"))).collect();
    let others: Vec<(&str, &str)> = others.iter().map(|(name, value)| (*name, value.as_str())).collect();
    told_once(&run_with(&served, &others), "the target accepts none of the credentials CONFORMANCE_ACTOR_");
}

#[test]
fn swapped_credentials_are_told_with_both_names() {
    let served = Served::start(&[]);
    let key = |actor: &str| served.credential(&format!("CONFORMANCE_ACTOR_{actor}"));
    let (reader, writer) = (key("READER"), key("WRITER"));
    let said = run_with(&served, &[("CONFORMANCE_ACTOR_READER", &writer), ("CONFORMANCE_ACTOR_WRITER", &reader)]);
    told_once(&said, "CONFORMANCE_ACTOR_WRITER and CONFORMANCE_ACTOR_READER seem to be swapped");
    let said = run_with(&served, &[("CONFORMANCE_ACTOR_READER", &writer)]);
    told_once(&said, "CONFORMANCE_ACTOR_READER and CONFORMANCE_ACTOR_WRITER hold the same credential");
    let said = run_with(&served, &[("CONFORMANCE_ACTOR_WRITER", &reader)]);
    said.ended(3);
    assert!(said.err.contains("CONFORMANCE_ACTOR_WRITER is accepted, but not for WRITE"), "{}", said.err);
}

#[test]
fn one_operation_that_refuses_wrongly_still_fails() {
    // A reader is refused where customers are listed, and nowhere else: that is the API's fault.
    let server = Scripted::start(|asked| match (asked.key.as_str(), asked.path.ends_with("/customers")) {
        ("", _) | (_, true) => error("401 Unauthorized", "AUTHENTICATION_FAILED"),
        _ => error("404 Not Found", "RESOURCE_NOT_FOUND"),
    });
    let said = Program::new(&["run", "--target-url", &server.url, "some-expectations-are-wider"])
        .env("CONFORMANCE_ACTOR_READER", "key:r-0123456789")
        .env("CONFORMANCE_ACTOR_ADMIN", "key:a-0123456789")
        .env("CONFORMANCE_ACTOR_WRITER", "key:w-0123456789")
        .go();
    assert!(!said.err.contains("preflight: CONFORMANCE_ACTOR_READER"), "{}", said.err);
    let served = Served::start(&["reader-may-create"]);
    let said = served.program(&["run", "insufficient-permissions"]).go();
    said.ended(1);
    assert!(!said.err.contains("preflight:"), "{}", said.err);
}

// ---------------------------------------------------------------- operations and capabilities

/// Four operations with their permissions; of all others the framework knows nothing.
fn half_built() -> Scripted {
    Scripted::start(|asked| {
        let path = asked.path.strip_prefix("/api/v1").unwrap_or_default();
        let id = path.strip_prefix("/customers/").or_else(|| path.strip_prefix("/transactions/"));
        if path != "/customers" && id.is_none_or(|id| id.contains('/')) {
            return nowhere();
        }
        match (asked.key.as_str(), asked.method.as_str()) {
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
fn the_doctor_names_missing_operations_and_drafts_a_target_file() {
    let server = half_built();
    let folder = folder();
    let file = format!("{}/target.yaml", folder.path());
    let doctor = |file: &str| {
        Program::new(&["doctor", "--target-url", &server.url, "--write", file])
            .env("CONFORMANCE_ACTOR_READER", "key:r-0123456789")
            .env("CONFORMANCE_ACTOR_ADMIN", "key:a-0123456789")
            .go()
    };
    let said = doctor(&file);
    said.ended(0);
    for operation in MISSING {
        assert!(said.out.contains(&format!("MISSING     {operation}")), "{operation}: {}", said.out);
    }
    assert_eq!(said.out.matches("MISSING     ").count(), 6, "{}", said.out);
    assert!(said.out.contains("accepted with scope READ"), "{}", said.out);
    let draft = std::fs::read_to_string(&file).expect("a target file");
    assert!(draft.contains("  admin: CONFORMANCE_ACTOR_ADMIN") && draft.contains("# not set: writer:"), "{draft}");
    assert!(!draft.contains("0123456789"), "{draft}");
    Program::new(&["validate", "--target", &file]).go().ended(0);
    let said = doctor(&file);
    said.refused_in_a_line(2, "exists; doctor does not overwrite it");
    let said =
        Program::new(&["run", "--target", &file, "no-such-delivery", "callers-without-credential", "taking-an-event"])
            .env("CONFORMANCE_ACTOR_WEBHOOK", "secret:w-0123456789")
            .go();
    assert!(said.out.contains("the target lacks the operation receiveWebhookEvent"), "{}", said.out);
    assert!(!said.err.contains("preflight:"), "{}", said.err);
}

#[test]
fn the_doctor_ends_with_3_where_something_must_be_corrected() {
    let gateway = Scripted::start(|_| http("502 Bad Gateway", "text/html", "<html>"));
    let said = Program::new(&["doctor", "--target-url", &gateway.url]).go();
    said.ended(3);
    assert!(said.out.contains("a gateway that cannot reach the service"), "{}", said.out);
    Program::new(&["doctor"]).go().refused_in_a_line(2, "doctor needs a URL");
}

#[test]
fn a_capability_that_is_ignored_makes_its_tests_inconclusive() {
    let server = half_built();
    let said = Program::new(&["run", "--target-url", &server.url, "server-errors/"])
        .env("CONFORMANCE_ACTOR_READER", "key:r-0123456789")
        .env("CONFORMANCE_ACTOR_ADMIN", "key:a-0123456789")
        .go();
    assert!(said.err.contains("preflight: the target seems to lack sandbox-errors"), "{}", said.err);
}

// ---------------------------------------------------------------- when

#[test]
fn a_preflight_can_be_switched_off() {
    let page = Scripted::start(|_| http("200 OK", "text/html", "<html>Log in</html>"));
    let said = Program::run(&["--no-preflight", "--target-url", &page.url, "callers-without-credential"]);
    said.ended(1);
    let by_test = Program::new(&["run", "--target-url", &page.url, "callers-without-credential"]).env("NEXTEST", "1");
    by_test.go().ended(1);
    Program::run(&["--list", "--target-url", &page.url, "callers-without-credential"]).ended(0);
}

#[test]
fn a_preflight_sends_few_requests() {
    let server = half_built();
    let folder = folder();
    let report = format!("{}/report.json", folder.path());
    let said = Program::new(&["run", "--target-url", &server.url, "callers-without-credential"])
        .env("CONFORMANCE_ACTOR_READER", "key:r-0123456789")
        .env("CONFORMANCE_REPORT", &format!("json={report}"))
        .go();
    assert!(said.code == 0 || said.code == 1, "{}", said.err);
    let report: Value = serde_json::from_str(&std::fs::read_to_string(report).expect("a report")).expect("JSON");
    let requests = report["preflight"]["requests"].as_u64().expect("a number");
    assert!(requests > 0 && requests <= 17, "{requests}");
    assert!(server.requests.load(Ordering::Relaxed) as u64 > requests);
}

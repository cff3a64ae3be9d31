//! Redaction: no output and no report shows a secret, however an API encodes it. Other text is not changed.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use spec::percent::encoded;

use super::support::{CannedServer, Folder, Program, echo_server, http_with, json_response, read};

/// A key with characters that encodings escape.
const KEY: &str = "q7Zt/4bX+9LmR2\"ck<V&w'8\\Ys==";
const TOKEN: &str = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ0ZXN0ZXIiLCJleHAiOjQxMDI0NDQ4MDB9.Zm9yIG5vYm9keSB0byBzZWUh";

/// The kinds of all report formats.
static FORMATS: LazyLock<Vec<&str>> = LazyLock::new(|| report::FORMATS.iter().map(|format| format.kind).collect());

/// A secret as servers and libraries may encode, wrap, cut or quote it.
fn encodings(secret: &str) -> Vec<String> {
    let each = |write: &dyn Fn(char) -> String| secret.chars().map(write).collect::<String>();
    let symbols = |write: &dyn Fn(char) -> String| {
        each(&|letter| if letter.is_ascii_alphanumeric() { letter.to_string() } else { write(letter) })
    };
    let code = |letter: char| u32::from(letter);
    let json = json!(secret).to_string();
    let base64 = STANDARD.encode(secret);
    let digits = hex::encode(secret.as_bytes());
    let pieces = |separator: &str, length: usize| {
        let letters: Vec<char> = secret.chars().collect();
        letters.chunks(length).map(|piece| piece.iter().collect::<String>()).collect::<Vec<_>>().join(separator)
    };
    let named = |letter: char| match letter {
        '/' => "&sol;".to_owned(),
        '+' => "&plus;".to_owned(),
        '=' => "&equals;".to_owned(),
        '"' => "&quot;".to_owned(),
        '<' => "&lt;".to_owned(),
        '&' => "&amp;".to_owned(),
        '\'' => "&apos;".to_owned(),
        '\\' => "&bsol;".to_owned(),
        '.' => "&period;".to_owned(),
        other => other.to_string(),
    };
    vec![
        secret.to_owned(),
        secret.to_uppercase(),
        secret.to_lowercase(),
        secret.chars().rev().collect(),
        json.clone(),
        json!(json).to_string(),
        json!(json!(json).to_string()).to_string(),
        symbols(&|letter| format!("\\{letter}")),
        symbols(&|letter| format!("\\u{:04x}", code(letter))),
        symbols(&|letter| format!("\\u{:04X}", code(letter))),
        each(&|letter| format!("\\u{:04X}", code(letter))),
        each(&|letter| format!("\\x{:02x}", code(letter))),
        each(&|letter| format!("\\{:03o}", code(letter))),
        symbols(&|letter| format!("\\u{{{:x}}}", code(letter))),
        symbols(&|letter| format!("&#{};", code(letter))),
        symbols(&|letter| format!("&#x{:X};", code(letter))),
        each(&|letter| format!("&#x{:x};", code(letter))),
        each(&|letter| format!("&#{:05}", code(letter)) + ";"),
        symbols(&named),
        symbols(&|letter| format!("&amp;#{};", code(letter))),
        encoded(secret),
        encoded(secret).to_lowercase(),
        encoded(&encoded(secret)),
        each(&|letter| format!("%{:02x}", code(letter))),
        symbols(&|letter| if letter == '/' { "%2F".to_owned() } else { letter.to_string() }),
        each(&|letter| format!("%u{:04X}", code(letter))),
        symbols(&|letter| format!("={:02X}", code(letter))),
        base64.clone(),
        STANDARD.encode(format!("a{secret}")),
        STANDARD.encode(format!("user:{secret}:x")),
        URL_SAFE_NO_PAD.encode(secret),
        STANDARD.encode(&base64),
        encoded(&base64),
        json!({ "inner": base64 }).to_string(),
        digits.clone(),
        digits.to_uppercase(),
        secret.bytes().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(":"),
        json!(secret.as_bytes()).to_string(),
        pieces(" ", 4),
        pieces("\r\n", 5),
        pieces("\\\n    ", 6),
        pieces("\u{200b}", 1),
        pieces("\0", 1),
        secret.chars().take(14).collect::<String>() + "...",
        "...".to_owned() + &secret.chars().skip(secret.chars().count().saturating_sub(14)).collect::<String>(),
        format!("s:{}:\"{secret}\";", secret.len()),
        format!("@\"{}\"", secret.replace('"', "\"\"")),
        secret.rsplit('.').next().unwrap_or_default().to_owned(),
    ]
}

/// An API that refuses every request with all encodings of its credential, and delivers them to registered webhooks.
fn echoing_api() -> CannedServer {
    CannedServer::start(|request| {
        let secret = request.credential();
        let all = encodings(secret);
        let half = secret.len() / 2;
        let text = json!({
            "error": {
                "code": all.join(" | "),
                "message": all.iter().rev().cloned().collect::<Vec<_>>().join("\n"),
                "field": secret,
                "details": { "all": all, "first": secret.get(..half), "second": secret.get(half..), "deep": [[{ "k": json!({ "a": secret }).to_string() }]] },
                "requestId": secret,
            }
        })
        .to_string();
        if let Some(endpoint) =
            serde_json::from_str::<Value>(&request.body).ok().as_ref().and_then(|body| body["url"].as_str())
        {
            deliver(endpoint, &text);
            let webhook = json!({ "id": "wh_1", "url": endpoint, "secret": "whsec_of_nobody_1" });
            return json_response("201 Created", &webhook.to_string());
        }
        let shown: String = encoded(secret) + &hex_and_more(secret);
        let media = "Content-Type: application/json";
        let headers = format!("{media}\r\nX-Request-Id: {secret}\r\nX-Echo: {shown}\r\nLocation: /{shown}\r\n");
        http_with("418 I'm a mirror", &headers, &text)
    })
}

fn hex_and_more(secret: &str) -> String {
    format!(" {} {}", hex::encode(secret.as_bytes()), STANDARD.encode(secret))
}

fn deliver(endpoint: &str, text: &str) -> Option<()> {
    let address = endpoint.strip_prefix("http://")?;
    let (host, path) = address.split_once('/')?;
    let mut stream = TcpStream::connect(host).ok()?;
    let length = text.len();
    write!(
        stream,
        "POST /{path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{text}"
    )
    .ok()?;
    stream.read_to_end(&mut Vec::new()).ok().map(drop)
}

/// The output of a run with every report format, and all files that it writes.
fn all_output(folder: &Folder, program: Program) -> String {
    let reports = FORMATS.iter().map(|kind| format!("{kind}={}/{kind}", folder.path())).collect::<Vec<_>>().join(",");
    let output = program
        .env("CONFORMANCE_REPORT", &reports)
        .env("CONFORMANCE_SAVE_FAILURES", &format!("{}/found", folder.path()))
        .env("CONFORMANCE_WRITE_DEVIATIONS", &format!("{}/draft.yaml", folder.path()))
        .output();
    assert!(matches!(output.code, 1 | 3), "{}", output.err);
    let mut text = output.out + &output.err;
    let mut folders = vec![std::path::PathBuf::from(folder.path())];
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(next).expect("a folder").flatten() {
            if entry.path().is_dir() {
                folders.push(entry.path());
            } else {
                text.push_str(&String::from_utf8_lossy(&std::fs::read(entry.path()).expect("a file")));
            }
        }
    }
    text
}

/// The letters and digits of a text, in lower case.
fn letters(text: &str) -> String {
    text.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_lowercase()).collect()
}

#[test]
fn no_encoding_of_a_credential_is_shown() {
    assert!(encodings(KEY).len() >= 40);
    let echoing_api = echoing_api();
    for (actor, kind, secret, filters) in [
        ("writer", "key", KEY, &["validation/", "fuzz/createCustomer/email"][..]),
        ("admin", "bearer", TOKEN, &["webhooks/"]),
    ] {
        let folder = Folder::new();
        let arguments = [
            &["run", "--target-url", &echoing_api.url, "--no-preflight", "--cases", "1", "--deadline", "60"][..],
            filters,
        ]
        .concat();
        let variable = judge::target::variable(actor);
        let program = Program::new(&arguments).env(&variable, &format!("{kind}:{secret}"));
        let text = all_output(&folder, program);
        assert!(text.contains(&format!("${variable}")), "{actor}: the credential was not echoed");
        for encoding in encodings(secret) {
            // Unchanged, and as escaped in JSON and HTML.
            let json = json!(encoding).to_string();
            let html =
                encoding.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;").replace('\'', "&#39;");
            for form in [encoding.as_str(), &json[1..json.len() - 1], &html] {
                let at = text.find(form).map(|at| text[at.saturating_sub(80)..].chars().take(200).collect::<String>());
                assert_eq!(at, None, "{form:?} is shown");
            }
        }
        let alphanumeric = letters(&text);
        let secret = letters(secret);
        for start in 0..=secret.len() - 10 {
            assert!(!alphanumeric.contains(&secret[start..start + 10]), "{} is shown", &secret[start..start + 10]);
        }
    }
}

#[test]
fn credential_that_is_a_common_word_does_not_redact_names_of_tests_and_checks() {
    let api =
        CannedServer::start(|_| json_response("404 Not Found", r#"{"error":{"code":"writer","message":"no writer"}}"#));
    let plain = Folder::new();
    let report = |word: &str, folder: &Folder| {
        let path = format!("{}/run.json", folder.path());
        let junit = format!("{}/run.xml", folder.path());
        let output = Program::new(&[
            "run",
            "--target-url",
            &api.url,
            "--no-preflight",
            "authentication/insufficient-permissions",
        ])
        .env("CONFORMANCE_ACTOR_WRITER", &format!("key:{word}"))
        .env("CONFORMANCE_ACTOR_READER", "key:made-up-0Zx98q8W7")
        .env("CONFORMANCE_REPORT", &format!("json={path},junit={junit}"))
        .output();
        output.assert_exit_code(1);
        let json = std::fs::read_to_string(path).expect("a report");
        (output, serde_json::from_str::<Value>(&json).expect("JSON"), std::fs::read_to_string(junit).expect("a report"))
    };
    let names = |report: &Value| -> Vec<String> {
        let tests = report["tests"].as_array().expect("a list of tests");
        let names_of_test = |test: &Value| {
            // If the credential is "writer", an API that says "writer" exposes it: one finding more.
            let findings = test["findings"].as_array().expect("findings").iter();
            let texts =
                findings.flat_map(|finding| ["clause", "check", "message"].map(|name| finding[name].to_string()));
            let calls = test["exchanges"].as_array().expect("exchanges").iter();
            let calls = calls.flat_map(|exchange| ["operation", "actor"].map(|name| exchange[name].to_string()));
            texts.chain(calls).for_each(|text| assert!(!text.contains("$CONFORMANCE"), "{text}"));
            ["name", "file", "about"].map(|name| test[name].to_string())
        };
        tests.iter().flat_map(names_of_test).collect()
    };
    let (quiet, expected, _) = report("made-up-1Zx98q8W7", &plain);
    let warning = "warning: reports may show ";
    assert!(!quiet.err.contains(warning), "{}", quiet.err);
    for word in ["writer", "permission", "insufficient-permissions", "customer"] {
        let folder = Folder::new();
        let (output, found, junit) = report(word, &folder);
        assert_eq!(names(&found), names(&expected), "{word}");
        assert!(
            !junit.lines().any(|line| line.contains("<testcase name=") && line.contains("$CONFORMANCE")),
            "{junit}"
        );
        let warnings = output.err.matches(&format!("{warning}$CONFORMANCE_ACTOR_WRITER: ")).count();
        assert_eq!(warnings, 1, "{word}: {}", output.err);
        assert!(!output.err.lines().any(|line| line.starts_with("warning") && line.contains(word)), "{}", output.err);
    }
    let (_, found, _) = report("writer", &Folder::new());
    assert!(
        found.to_string().contains("no $CONFORMANCE_ACTOR_WRITER"),
        "the credential in the text of the API is not redacted"
    );
    let test = found["tests"][0]["name"].as_str().expect("a name").to_owned();
    let exact = ["run", "--target-url", &api.url, "--exact", &test];
    let output = Program::new(&exact).env("CONFORMANCE_ACTOR_WRITER", "key:writer").output();
    assert_ne!(output.code, 2, "{}", output.err);
}

#[test]
fn warning_about_weak_credentials_comes_after_the_summary() {
    let api = CannedServer::start(|_| json_response("404 Not Found", r#"{"error":{"code":"X","message":"no"}}"#));
    let test = "authentication/insufficient-permissions";
    let arguments = ["run", "--format", "json", "--target-url", &api.url, "--no-preflight", test];
    let output = Program::new(&arguments).env("CONFORMANCE_ACTOR_WRITER", "key:writer").output();
    let at = |text: &str| output.err.find(text).unwrap_or_else(|| panic!("{text}: {}", output.err));
    assert!(at("The API breaks its contract.") < at("warning: reports may show "), "{}", output.err);
}

// ---------------------------------------------------------------- echoed credentials

const SECRET: &str = "sk_live_Zx9/+q8W=7e6R5t4\"Y3";

#[test]
fn secret_without_its_last_character_is_redacted() {
    // Scenarios that alter a credential send all of it but one character.
    let secret = "sk_live_Zx98q8W7e6R5t4Y3";
    let most = &secret[..secret.len() - 1];
    let text = output_of_echoing_api(secret, "admin", "authentication-failed", 0);
    assert!(text.contains("CONFORMANCE_ACTOR_ADMIN"), "the credential was not echoed");
    let at = text.find(most).map(|at| text[at.saturating_sub(200)..].chars().take(400).collect::<String>());
    assert_eq!(at, None, "an echoed credential without its last character is shown");
}

#[test]
fn truncated_text_does_not_end_with_part_of_a_secret() {
    let beginning = &SECRET[..10];
    // A little less than the lengths at which header lines, quoted values and bodies are truncated.
    for before in [140, 185, 4062] {
        let text = output_of_echoing_api(SECRET, "writer", "validation/", before);
        assert!(!text.contains(beginning), "with {before} characters before it, a secret is cut and shown");
    }
}

#[test]
fn header_of_the_command_line_is_redacted() {
    let echo = echo_server(0);
    let folder = Folder::new();
    let json = format!("{}/run.json", folder.path());
    let output = Program::run(&[
        "--target-url",
        &echo.url,
        "--header",
        "X-Gateway: gate_Zx98q8W7e6R5",
        "callers-without-credential",
        "--report",
        &format!("json={json}"),
    ]);
    output.assert_exit_code(1);
    for text in [&output.out, &output.err, &read(&json)] {
        assert!(!text.contains("gate_Zx98q8W7e6R5"), "the gateway's header is shown");
    }
}

/// The output and the reports of a run against an API that echoes the secret of an actor, after `filler` letters.
fn output_of_echoing_api(secret: &str, actor: &str, filter: &str, filler: usize) -> String {
    let echo = echo_server(filler);
    let folder = Folder::new();
    let mut text = String::new();
    let paths = ["json", "junit", "junit-strict"].map(|kind| (kind, format!("{}/{kind}", folder.path())));
    let reports = paths.clone().map(|(kind, path)| format!("{kind}={path}")).join(",");
    let output = Program::new(&["run", "--target-url", &echo.url, filter])
        .env(&judge::target::variable(actor), &format!("key:{secret}"))
        .env("CONFORMANCE_REPORT", &reports)
        .output();
    output.assert_exit_code(1);
    text.push_str(&output.out);
    text.push_str(&output.err);
    for (_, path) in paths {
        text.push_str(&read(&path));
    }
    text
}

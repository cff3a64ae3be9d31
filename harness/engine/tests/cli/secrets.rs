//! Secrets stay secret, however an API writes them; and what is not secret stays as it is.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use super::support::{Canned, Folder, Program, folder, json_answer, percent_encoded};

/// A key with everything in it that some encoding writes in another way.
const KEY: &str = "q7Zt/4bX+9LmR2\"ck<V&w'8\\Ys==";
const TOKEN: &str = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ0ZXN0ZXIiLCJleHAiOjQxMDI0NDQ4MDB9.Zm9yIG5vYm9keSB0byBzZWUh";

const FORMATS: &[&str] = &["json", "html", "markdown", "junit", "junit-strict", "ctrf", "github", "gitlab"];

/// The same secret in the writings of many servers, libraries and accidents.
fn spellings(secret: &str) -> Vec<String> {
    let each = |write: &dyn Fn(char) -> String| secret.chars().map(write).collect::<String>();
    let symbols = |write: &dyn Fn(char) -> String| {
        each(&|letter| if letter.is_ascii_alphanumeric() { letter.to_string() } else { write(letter) })
    };
    let code = |letter: char| u32::from(letter);
    let json = json!(secret).to_string();
    let base64 = STANDARD.encode(secret);
    let hex = harness::contract::hex(secret.as_bytes());
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
        percent_encoded(secret),
        percent_encoded(secret).to_lowercase(),
        percent_encoded(&percent_encoded(secret)),
        each(&|letter| format!("%{:02x}", code(letter))),
        symbols(&|letter| if letter == '/' { "%2F".to_owned() } else { letter.to_string() }),
        each(&|letter| format!("%u{:04X}", code(letter))),
        symbols(&|letter| format!("={:02X}", code(letter))),
        base64.clone(),
        STANDARD.encode(format!("a{secret}")),
        STANDARD.encode(format!("user:{secret}:x")),
        URL_SAFE_NO_PAD.encode(secret),
        STANDARD.encode(&base64),
        percent_encoded(&base64),
        json!({ "inner": base64 }).to_string(),
        hex.clone(),
        hex.to_uppercase(),
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

/// An API that refuses everything with what it was shown, and sends the same to every endpoint it is told of.
fn mirror() -> Canned {
    Canned::start(|head, body| {
        let secret = head
            .lines()
            .filter_map(|line| line.split_once(':'))
            .find(|(name, _)| matches!(name.to_lowercase().as_str(), "x-api-key" | "authorization" | "x-gateway"))
            .map_or("", |(_, value)| value.trim().trim_start_matches("Bearer ").trim_start_matches("bearer "));
        let all = spellings(secret);
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
        if let Some(endpoint) = serde_json::from_str::<Value>(body).ok().as_ref().and_then(|body| body["url"].as_str())
        {
            deliver(endpoint, &text);
            return json_answer(
                "201 Created",
                "",
                &json!({ "id": "wh_1", "url": endpoint, "secret": "whsec_of_nobody_1" }).to_string(),
            );
        }
        let shown: String = percent_encoded(secret) + &hex_and_more(secret);
        json_answer(
            "418 I'm a mirror",
            &format!("X-Request-Id: {secret}\r\nX-Echo: {shown}\r\nLocation: /{shown}\r\n"),
            &text,
        )
    })
}

fn hex_and_more(secret: &str) -> String {
    format!(" {} {}", harness::contract::hex(secret.as_bytes()), STANDARD.encode(secret))
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

/// All that a run says and writes.
fn everything(folder: &Folder, program: Program) -> String {
    let reports = FORMATS.iter().map(|kind| format!("{kind}={}/{kind}", folder.path())).collect::<Vec<_>>().join(",");
    let said = program
        .env("CONFORMANCE_REPORT", &reports)
        .env("CONFORMANCE_SAVE_FAILURES", &format!("{}/found", folder.path()))
        .env("CONFORMANCE_WRITE_DEVIATIONS", &format!("{}/draft.yaml", folder.path()))
        .go();
    assert!(matches!(said.code, 1 | 3), "{}", said.err);
    let mut text = said.out + &said.err;
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

/// Letters and digits in small letters.
fn letters(text: &str) -> String {
    text.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_lowercase()).collect()
}

#[test]
fn no_spelling_of_a_credential_is_shown() {
    assert!(spellings(KEY).len() >= 40);
    let mirror = mirror();
    for (actor, kind, secret, filters) in [
        ("writer", "key", KEY, &["validation/validation-error", "fuzz/createCustomer/email"][..]),
        ("admin", "bearer", TOKEN, &["webhooks/"]),
    ] {
        let folder = folder();
        let arguments =
            [&["run", "--target-url", &mirror.url, "--no-preflight", "--cases", "1", "--deadline", "60"][..], filters]
                .concat();
        let variable = harness::target::variable(actor);
        let program = Program::new(&arguments).env(&variable, &format!("{kind}:{secret}"));
        let text = everything(&folder, program);
        assert!(text.contains(&format!("${variable}")), "{actor}: the echo was not even shown");
        for spelling in spellings(secret) {
            // As it stands, and as JSON and HTML have to write it.
            let json = json!(spelling).to_string();
            let html =
                spelling.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;").replace('\'', "&#39;");
            for form in [spelling.as_str(), &json[1..json.len() - 1], &html] {
                let at = text.find(form).map(|at| text[at.saturating_sub(80)..].chars().take(200).collect::<String>());
                assert_eq!(at, None, "{form:?} is shown");
            }
        }
        let squeezed = letters(&text);
        let secret = letters(secret);
        for start in 0..=secret.len() - 10 {
            assert!(!squeezed.contains(&secret[start..start + 10]), "{} is shown", &secret[start..start + 10]);
        }
    }
}

#[test]
fn names_of_ours_are_not_changed_by_a_credential_that_is_an_ordinary_word() {
    let api =
        Canned::start(|_, _| json_answer("404 Not Found", "", r#"{"error":{"code":"writer","message":"no writer"}}"#));
    let plain = folder();
    let report = |word: &str, folder: &Folder| {
        let path = format!("{}/run.json", folder.path());
        let junit = format!("{}/run.xml", folder.path());
        let said = Program::new(&[
            "run",
            "--target-url",
            &api.url,
            "--no-preflight",
            "authentication/insufficient-permissions",
        ])
        .env("CONFORMANCE_ACTOR_WRITER", &format!("key:{word}"))
        .env("CONFORMANCE_ACTOR_READER", "key:made-up-0Zx98q8W7")
        .env("CONFORMANCE_REPORT", &format!("json={path},junit={junit}"))
        .go();
        said.ended(1);
        let json = std::fs::read_to_string(path).expect("a report");
        (said, serde_json::from_str::<Value>(&json).expect("JSON"), std::fs::read_to_string(junit).expect("a report"))
    };
    let names = |report: &Value| -> Vec<String> {
        let tests = report["trials"].as_array().expect("trials");
        let own = |test: &Value| {
            // An API that says "writer" shows the credential, if that is the credential: one finding more.
            let findings = test["findings"].as_array().expect("findings").iter();
            let texts =
                findings.flat_map(|finding| ["clause", "check", "message"].map(|name| finding[name].to_string()));
            let calls = test["exchanges"].as_array().expect("exchanges").iter();
            let calls = calls.flat_map(|exchange| ["operation", "actor"].map(|name| exchange[name].to_string()));
            texts.chain(calls).for_each(|text| assert!(!text.contains("$CONFORMANCE"), "{text}"));
            ["name", "file", "about"].map(|name| test[name].to_string())
        };
        tests.iter().flat_map(own).collect()
    };
    let (quiet, expected, _) = report("made-up-1Zx98q8W7", &plain);
    assert!(!quiet.err.contains("warning: the credential"), "{}", quiet.err);
    for word in ["writer", "permission", "insufficient-permissions", "customer"] {
        let folder = folder();
        let (said, found, junit) = report(word, &folder);
        assert_eq!(names(&found), names(&expected), "{word}");
        assert!(
            !junit.lines().any(|line| line.contains("<testcase name=") && line.contains("$CONFORMANCE")),
            "{junit}"
        );
        let warnings = said.err.matches("warning: the credential $CONFORMANCE_ACTOR_WRITER is").count();
        assert_eq!(warnings, 1, "{word}: {}", said.err);
        assert!(!said.err.lines().any(|line| line.starts_with("warning") && line.contains(word)), "{}", said.err);
    }
    let (_, found, _) = report("writer", &folder());
    assert!(found.to_string().contains("no $CONFORMANCE_ACTOR_WRITER"), "what the API said is hidden all the same");
    let test = found["trials"][0]["name"].as_str().expect("a name").to_owned();
    let exact = ["run", "--target-url", &api.url, "--exact", &test];
    let said = Program::new(&exact).env("CONFORMANCE_ACTOR_WRITER", "key:writer").go();
    assert_ne!(said.code, 2, "{}", said.err);
}

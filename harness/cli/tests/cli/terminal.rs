//! Text of an API is escaped: neither a terminal nor a CI system can execute it as a command.

use super::support::{CannedServer, Program, json_answer};

/// Control characters, invisible characters, and commands of CI systems, in one text.
fn hostile_text() -> String {
    let controls: String = ('\0'..='\u{9f}').filter(|letter| letter.is_control()).collect();
    let marks = "\u{61c}\u{200b}\u{200e}\u{200f}\u{2028}\u{2029}\u{202a}\u{202e}\u{2066}\u{2069}\u{feff}\u{fffe}";
    let commands = ["::add-mask::x", "::error::x", "##vso[task.complete]x", "##[error]x", "##teamcity[x]"];
    let lines: String = ["\n", "\r", "\r\n  ", "\n\u{a0}"]
        .iter()
        .flat_map(|end| commands.map(|command| format!("{end}{command}")))
        .collect();
    format!("X\u{1b}[31m{lines}\n{controls}{marks}\u{1b}[31mred")
}

/// The first control character, invisible character or CI command in a text.
fn find_unescaped(text: &str) -> Option<String> {
    let hidden =
        |letter: &char| !matches!(letter, '\n' | '\t') && (letter.is_control() || report::output::is_hidden(*letter));
    if let Some(letter) = text.chars().find(hidden) {
        return Some(format!("{letter:?}"));
    }
    let marks = ["##vso[", "##[", "##teamcity["];
    text.lines()
        .find(|line| line.trim_start().starts_with("::") || marks.iter().any(|mark| line.contains(mark)))
        .map(str::to_owned)
}

fn api() -> CannedServer {
    let text = serde_json::Value::from(hostile_text());
    let envelope =
        format!(r#"{{"error":{{"code":{text},"message":{text},"field":{text},"details":{text},"requestId":{text}}}}}"#);
    CannedServer::start(move |_, _| {
        let mut answer = b"HTTP/1.1 404 Not \x9b31mFound\r\nX-Request-Id: req\x9b31m ::error::x ##vso[x]\r\n".to_vec();
        answer.extend_from_slice(&json_answer("", "", &envelope)["HTTP/1.1 \r\n".len()..]);
        answer
    })
}

#[test]
fn text_of_an_api_is_escaped_in_the_output() {
    let api = api();
    for arguments in [&["run"][..], &["run", "--quiet"], &["run", "--format", "json"], &["run", "--test-threads", "1"]]
    {
        let all = [arguments, &["--target-url", &api.url, "--no-preflight", "--verbose", "callers-without-credential"]]
            .concat();
        let output = Program::new(&all).output();
        output.assert_exit_code(1);
        for text in [&output.out, &output.err] {
            assert_eq!(find_unescaped(text), None, "{arguments:?}");
        }
        assert!(format!("{}{}", output.out, output.err).contains("\\u{1b}"), "{arguments:?}: the text was not shown");
    }
    assert_eq!(find_unescaped("a\u{1b}b").as_deref(), Some("'\\u{1b}'"));
    assert!(
        find_unescaped("x\n ::error::").is_some()
            && find_unescaped("a ##vso[b]").is_some()
            && find_unescaped("a\u{202e}b").is_some()
    );
}

#[test]
fn text_of_an_api_is_escaped_in_reports_on_standard_output() {
    let api = api();
    for kind in ["json", "junit", "html", "markdown", "ctrf", "gitlab"] {
        let report_option = format!("{kind}=-");
        let output = Program::run(&[
            "--target-url",
            &api.url,
            "--no-preflight",
            "callers-without-credential",
            "--report",
            &report_option,
        ]);
        output.assert_exit_code(1);
        assert_eq!(find_unescaped(&output.out), None, "{kind}");
        assert_eq!(find_unescaped(&output.err), None, "{kind}");
        if matches!(kind, "json" | "ctrf" | "gitlab") {
            serde_json::from_str::<serde_json::Value>(&output.out).expect("JSON");
        }
    }
}

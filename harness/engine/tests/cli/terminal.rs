//! What an API says reaches neither a terminal nor a CI system as a command.

use super::support::{Canned, Program, json_answer};

/// Every character that a terminal obeys or that misleads, and what CI systems obey, in one text.
fn nasty() -> String {
    let controls: String = ('\0'..='\u{9f}').filter(|letter| letter.is_control()).collect();
    let marks = "\u{61c}\u{200b}\u{200e}\u{200f}\u{2028}\u{2029}\u{202a}\u{202e}\u{2066}\u{2069}\u{feff}\u{fffe}";
    let commands = ["::add-mask::x", "::error::x", "##vso[task.complete]x", "##[error]x", "##teamcity[x]"];
    let lines: String = ["\n", "\r", "\r\n  ", "\n\u{a0}"]
        .iter()
        .flat_map(|end| commands.map(|command| format!("{end}{command}")))
        .collect();
    format!("X\u{1b}[31m{lines}\n{controls}{marks}\u{1b}[31mred")
}

fn obeyed(text: &str) -> Option<String> {
    let hidden =
        |letter: &char| !matches!(letter, '\n' | '\t') && (letter.is_control() || harness::output::is_hidden(*letter));
    if let Some(letter) = text.chars().find(hidden) {
        return Some(format!("{letter:?}"));
    }
    let marks = ["##vso[", "##[", "##teamcity["];
    text.lines()
        .find(|line| line.trim_start().starts_with("::") || marks.iter().any(|mark| line.contains(mark)))
        .map(str::to_owned)
}

fn api() -> Canned {
    let text = serde_json::Value::from(nasty());
    let envelope =
        format!(r#"{{"error":{{"code":{text},"message":{text},"field":{text},"details":{text},"requestId":{text}}}}}"#);
    Canned::start(move |_, _| {
        let mut answer = b"HTTP/1.1 404 Not \x9b31mFound\r\nX-Request-Id: req\x9b31m ::error::x ##vso[x]\r\n".to_vec();
        answer.extend_from_slice(&json_answer("", "", &envelope)["HTTP/1.1 \r\n".len()..]);
        answer
    })
}

#[test]
fn nothing_that_an_api_says_is_obeyed() {
    let api = api();
    for arguments in [&["run"][..], &["run", "--quiet"], &["run", "--format", "json"], &["run", "--test-threads", "1"]]
    {
        let all = [arguments, &["--target-url", &api.url, "--no-preflight", "--verbose", "callers-without-credential"]]
            .concat();
        let said = Program::new(&all).go();
        said.ended(1);
        for text in [&said.out, &said.err] {
            assert_eq!(obeyed(text), None, "{arguments:?}");
        }
        assert!(format!("{}{}", said.out, said.err).contains("\\u{1b}"), "{arguments:?}: the text was not even shown");
    }
    assert_eq!(obeyed("a\u{1b}b").as_deref(), Some("'\\u{1b}'"));
    assert!(obeyed("x\n ::error::").is_some() && obeyed("a ##vso[b]").is_some() && obeyed("a\u{202e}b").is_some());
}

#[test]
fn reports_on_standard_output_are_not_obeyed_either() {
    let api = api();
    for kind in ["json", "junit", "html", "markdown", "ctrf", "gitlab"] {
        let order = format!("{kind}=-");
        let said = Program::run(&[
            "--target-url",
            &api.url,
            "--no-preflight",
            "callers-without-credential",
            "--report",
            &order,
        ]);
        said.ended(1);
        assert_eq!(obeyed(&said.out), None, "{kind}");
        assert_eq!(obeyed(&said.err), None, "{kind}");
        if matches!(kind, "json" | "ctrf" | "gitlab") {
            serde_json::from_str::<serde_json::Value>(&said.out).expect("JSON");
        }
    }
}

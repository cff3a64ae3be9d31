//! Text of an API is escaped: neither a terminal nor a CI system can execute it as a command.

use report::{FORMATS, Syntax};

use super::support::{CannedServer, Program, json_response};

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
    CannedServer::start(move |_| {
        let mut response =
            b"HTTP/1.1 404 Not \x9b31mFound\r\nX-Request-Id: req\x9b31m ::error::x ##vso[x]\r\n".to_vec();
        response.extend_from_slice(&json_response("", &envelope)["HTTP/1.1 \r\n".len()..]);
        response
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
    for format in FORMATS {
        let report_option = format!("{}=-", format.kind);
        let output = Program::run(&[
            "--target-url",
            &api.url,
            "--no-preflight",
            "callers-without-credential",
            "--report",
            &report_option,
        ]);
        output.assert_exit_code(1);
        // This format consists of commands, one a line: GitHub executes the first one of a line only.
        let out = match format.syntax {
            Syntax::Commands => output.out.lines().map(text_of_command).collect::<Vec<_>>().join("\n"),
            _ => output.out,
        };
        assert!(!out.is_empty(), "{}", format.kind);
        assert_eq!(find_unescaped(&out), None, "{}", format.kind);
        assert_eq!(find_unescaped(&output.err), None, "{}", format.kind);
        if format.syntax == Syntax::Json {
            serde_json::from_str::<serde_json::Value>(&out).expect("JSON");
        }
    }
}

/// The text of an annotation, without its command and without marks of other systems.
fn text_of_command(line: &str) -> String {
    let is_ours = |command: &&str| command.starts_with("::error ") || command.starts_with("::warning ");
    let (_, text) = Some(line).filter(is_ours).and_then(|line| line[2..].split_once("::")).expect("an annotation");
    text.replace("##", "#")
}

const REFUSED: &str = "callers-without-credential";

#[test]
fn quiet_run_prints_the_summary_only() {
    let api = api();
    let output = Program::new(&["run", "-q", "--target-url", &api.url, "--no-preflight", REFUSED]).output();
    output.assert_exit_code(1);
    assert_eq!(output.err, "");
    assert!(
        output.out.starts_with("\n") && output.out.contains(" causes and 1 warning; repair them in this order:"),
        "{}",
        output.out
    );
    assert!(!output.out.contains("running ") && output.out.lines().count() < 60, "{}", output.out);
}

#[test]
fn summary_is_not_mixed_with_machine_readable_lines() {
    let api = api();
    let arguments = ["run", "--format", "json", "--target-url", &api.url, "--no-preflight", REFUSED];
    let output = Program::new(&arguments).output();
    output.assert_exit_code(1);
    for line in output.out.lines() {
        serde_json::from_str::<serde_json::Value>(line).expect("each line is JSON");
    }
    assert!(output.err.contains("The API breaks its contract."), "{}", output.err);
}

#[test]
fn without_a_terminal_there_are_neither_colours_nor_a_live_line() {
    let api = api();
    for no_color in ["", "1"] {
        let program = Program::new(&["run", "--target-url", &api.url, "--no-preflight", REFUSED]);
        let output = program.env("NO_COLOR", no_color).env("TERM", "xterm").output();
        output.assert_exit_code(1);
        assert!(!output.out.contains('\u{1b}') && !output.err.contains('\u{1b}'), "{}{}", output.out, output.err);
        assert!(!output.out.contains('\r') && !output.err.contains(" done, "), "{}{}", output.out, output.err);
    }
}

//! Errors in target files, scenarios and packs: each is reported with its place and a suggestion.

use super::support::{Folder, PARCEL, Program};

#[test]
fn missing_target_file_is_reported() {
    let output = Program::run(&["--target", "nowhere.yaml"]);
    output.assert_refused(2);
    assert!(output.err.starts_with("error: nowhere.yaml: cannot read the file: "), "{}", output.err);
}

#[test]
fn errors_in_a_target_file_are_shown_with_line_and_suggestion() {
    let cases = [
        ("actors: { writr: KEY }", "unknown name `writr` in `actors`", ":2:", "did you mean `writer`?"),
        ("lacks: { rate-limt: none }", "unknown name `rate-limt` in `lacks`", ":2:", "did you mean `rate-limit`?"),
        (
            "deviations: [{ clause: ENV-11, reason: r, ticket: t, expires: 2030-01-01 }]",
            "unknown clause `ENV-11`",
            ":2:24",
            "did you mean `ENV-1",
        ),
        (
            "deviations: [{ clause: ENV-1, reason: r, ticket: t, expires: 2030-13-01 }]",
            "deviations[0].expires: `2030-13-01` is not a valid date",
            ":2:62",
            "write the last day on which the violation is accepted as YYYY-MM-DD",
        ),
        (
            "deviations: [{ reason: r, ticket: t, expires: 2030-01-01 }]",
            "a known deviation must have a `clause`, `tests` or `responses`",
            ":2:14",
            "add `clause: ID`",
        ),
        (
            "deviations: [{ clause: ENV-1, check: envelope-presnt, reason: r, ticket: t, expires: 2030-01-01 }]",
            "unknown check `envelope-presnt`",
            ":2:38",
            "did you mean `envelope-present`?",
        ),
        (
            "deviations: [{ clause: ENV-1, place: the body, reason: r, ticket: t, expires: 2030-01-01 }]",
            "`the body` is not a valid place in a response",
            ":2:38",
            "the places are `status`, `header NAME`",
        ),
        (
            "deviations: [{ clause: ENV-1, reason: \"\", ticket: t, expires: 2030-01-01 }]",
            "`reason` is empty",
            ":2:39",
            "say why the violation is accepted for now",
        ),
        ("deviation: []", "unknown field `deviation`", ":2:1", "did you mean `deviations`?"),
        ("rate: fast", "rate: ", ":2:7", ""),
        ("rate: 0", "", ":2:7", ""),
        ("rate: -3", "", ":2:7", ""),
    ];
    for (index, (line, message, place, help)) in cases.into_iter().enumerate() {
        let folder = Folder::new();
        let file = folder.write("target.yaml", format!("url: http://127.0.0.1:1\n{line}\n"));
        // Both commands read the file with the same code, so one case shows that `run` reads it.
        for command in if index == 0 { &["validate", "run"][..] } else { &["validate"] } {
            let output = Program::new(&[command, "--target", &file]).output();
            output.assert_refused(2);
            let is_complete = [message, place, help].iter().all(|part| output.err.contains(part));
            assert!(
                is_complete && output.err.contains("1 problem; nothing was sent"),
                "{command} {line}: {}",
                output.err
            );
        }
    }
}

#[test]
fn errors_in_a_scenario_are_shown_with_line_and_suggestion() {
    let cases = [
        ("call: readParcle", "unknown operation `readParcle`", "did you mean `readParcel`?"),
        ("as: clark", "unknown actor `clark`", "did you mean `clerk`?"),
        ("expect: { error: 40402 }", "unknown error code `40402`", "did you mean `40"),
        ("expect: { eror: 40401 }", "unknown field `eror`", "did you mean `error`?"),
        ("exspect: { error: 40401 }", "unknown field `exspect`", "did you mean `expect`?"),
    ];
    for (line, message, help) in cases {
        let mut step = std::collections::BTreeMap::from([
            ("call", "call: readParcel".to_owned()),
            ("as", "as: clerk".to_owned()),
            ("expect", "expect: { error: 40401 }".to_owned()),
        ]);
        let key = line.split(':').next().unwrap_or_default().replace("exspect", "expect");
        let key = *step.keys().find(|known| **known == key).expect("a key");
        step.insert(key, line.to_owned());
        let lines: Vec<String> = step.into_values().collect();
        let text = format!(
            "about: A sample.\nscenarios:\n  - name: a-sample\n    clauses: [FIND-1]\n    steps:\n      - path: {{ trackingNumber: \"1\" }}\n        {}\n",
            lines.join("\n        ")
        );
        let folder = Folder::with_pack(PARCEL);
        folder.write("scenarios/sample.yaml", &text);
        let output = Program::new(&["validate", "--pack", &folder.path()]).output();
        output.assert_refused(2);
        let number = text.lines().position(|found| found.trim() == line).expect("the line") + 1;
        let place = format!("scenarios/sample.yaml:{number}:");
        for part in [message, help, &place, line] {
            assert!(output.err.contains(part), "{line}: no {part} in {}", output.err);
        }
    }
}

#[test]
fn errors_of_all_files_are_reported_at_once() {
    let folder = Folder::with_pack(PARCEL);
    for name in ["one", "two"] {
        folder.write(&format!("scenarios/{name}.yaml"), "about: A.\nscenarios: 7\n");
    }
    let output = Program::new(&["validate", "--pack", &folder.path()]).output();
    output.assert_refused(2);
    assert!(
        output.err.contains("one.yaml:2:") && output.err.contains("two.yaml:2:") && output.err.contains("2 problems"),
        "{}",
        output.err
    );
}

#[test]
fn invalid_yaml_is_reported_with_its_file() {
    let folder = Folder::with_pack(PARCEL);
    folder.write("scenarios/broken.yaml", "about: [\n");
    let output = Program::new(&["validate", "--pack", &folder.path()]).output();
    output.assert_refused(2);
    assert!(output.err.contains("scenarios/broken.yaml:"), "{}", output.err);
}

#[test]
fn valid_pack_is_accepted() {
    for arguments in [
        vec!["validate".to_owned()],
        vec!["validate".to_owned(), "--pack".to_owned(), Folder::with_pack(PARCEL).path()],
    ] {
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let output = Program::new(&arguments).output();
        output.assert_exit_code(0);
        assert!(output.out.ends_with("nothing is wrong\n") && output.err.is_empty(), "{}{}", output.out, output.err);
    }
}

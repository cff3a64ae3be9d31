//! The summary for the terminal: bounded in width and height, with complete names, and with what the repairs would change.

use std::path::Path;

use judge::verdict::{INTERRUPTED, Verdict};
use report::Report;
use report::model::{OperationReport, TestReport};
use report::output::{COLUMNS, one_line};
use report::terminal::{Screen, render};
use spec::contract::Level;

use super::{clean, model, worst};

fn summary(report: &Report, columns: usize) -> String {
    render(report, Screen { columns, json: None, complete: None })
}

/// A run of `count` tests, each with a cause of its own.
fn fails(count: usize) -> Report {
    Report { deviations: Vec::new(), ..model::report(worst(300).tests.into_iter().take(count).collect()) }
}

/// A name or a command, which is copied and therefore never broken or cut.
fn is_copied(report: &Report, line: &str) -> bool {
    let name = line.trim_start().trim_start_matches("for example ");
    line.starts_with("  next    ") || report.tests.iter().any(|test| one_line(&test.name, usize::MAX) == name)
}

#[test]
fn summary_stays_below_sixty_rows_and_within_the_width() {
    for (what, report) in
        [("example", model::example()), ("large", model::large(2000)), ("worst", worst(300)), ("clean", clean())]
    {
        for columns in [COLUMNS, 80, 60, 40] {
            let text = summary(&report, columns);
            let rows: usize = text.lines().map(|line| line.chars().count().div_ceil(columns).max(1)).sum();
            assert!(rows < 60, "{what}, {columns} columns: {rows} rows\n{text}");
            let wide: Vec<&str> =
                text.lines().filter(|line| line.chars().count() > columns && !is_copied(&report, line)).collect();
            assert!(wide.is_empty(), "{what}, {columns} columns: {wide:?}");
        }
    }
}

#[test]
fn width_is_limited_for_wide_and_tiny_terminals() {
    let report = model::example();
    assert_eq!(summary(&report, 1000), summary(&report, COLUMNS));
    assert_eq!(summary(&report, 1), summary(&report, 40));
}

#[test]
fn each_shown_cause_names_one_test_completely() {
    for columns in [COLUMNS, 60] {
        let (report, text) = (worst(300), summary(&worst(300), columns));
        let causes = text.lines().filter(|line| line.contains(". ENV-") || line.contains(". FMT-")).count();
        let names = text.lines().filter(|line| is_copied(&report, line) && !line.starts_with("  next")).count();
        assert!(causes >= 5, "{columns} columns\n{text}");
        assert_eq!(names, causes, "{columns} columns\n{text}");
    }
}

#[test]
fn number_of_tests_of_a_cause_is_not_cut() {
    for columns in [COLUMNS, 60, 40] {
        let text = summary(&hindered(), columns);
        let causes = text.lines().filter(|line| line.contains(". ENV-") || line.contains(". FMT-")).count();
        let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let counted = flat.matches("(1 test)").count() + flat.matches("(1 test, the only cause)").count();
        assert_eq!(counted, causes, "{columns} columns\n{text}");
    }
    assert!(summary(&hindered(), 40).contains("… (1 test)\n"), "{}", summary(&hindered(), 40));
}

#[test]
fn heading_says_how_many_tests_have_only_the_first_causes() {
    let text = summary(&worst(300), COLUMNS);
    let expected = "\nthe first 10 of 300 causes; repair them in this order:\n  \
                    If causes 1 to 3 are repaired, 3 of the 300 failed tests can pass.\n  \
                    If causes 1 to 10 are repaired, 10 can pass.\n\
                    First those that stand in the way of most failed tests:\n 1. ";
    assert!(text.starts_with(expected), "{text}");
    assert!(!summary(&fails(3), COLUMNS).contains("are repaired"), "all tests have the three causes that are shown");
    assert!(summary(&fails(1), COLUMNS).starts_with("\n1 cause:\n\n 1. "));
}

#[test]
fn heading_counts_causes_that_only_warn_apart() {
    let of = |count: usize, warnings: usize, strict: bool| {
        let mut report = Report { strict, ..fails(count) };
        for test in report.tests.iter_mut().take(warnings) {
            test.findings.iter_mut().for_each(|finding| finding.level = Level::Should);
        }
        summary(&report, COLUMNS)
    };
    let warning = |warnings: usize, strict: bool| of(5, warnings, strict);
    assert!(warning(0, false).starts_with("\n5 causes; repair"), "{}", warning(0, false));
    assert!(warning(2, false).starts_with("\n3 causes and 2 warnings; repair"), "{}", warning(2, false));
    assert!(warning(5, false).starts_with("\n5 causes; repair"), "{}", warning(5, false));
    assert!(warning(2, true).starts_with("\n5 causes; repair"), "{}", warning(2, true));
    for (warnings, heading, rest) in [
        (3, "20: 17 causes and 3 warnings", "7 more causes and 3 warnings"),
        (10, "20: 10 causes and 10 warnings", "10 warnings"),
        (20, "20 causes", "10 more causes"),
    ] {
        let text = of(20, warnings, false);
        assert!(text.starts_with(&format!("\nthe first 10 of {heading}; repair")), "{text}");
        assert!(text.contains(&format!("\n    and {rest}, ")), "{text}");
    }
}

#[test]
fn heading_says_that_tests_that_ended_early_may_show_more() {
    let ended = |count: usize| {
        let mut report = fails(count);
        for exchange in report.tests.iter_mut().flat_map(|test| &mut test.exchanges) {
            (exchange.role, exchange.status_code) = ("set-up".into(), Some(409));
        }
        summary(&report, COLUMNS).split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let rest = "ended early: their other requests were not sent, and may fail too.";
    assert!(ended(3).contains(&format!("3 of the 3 failed tests {rest}")), "{}", ended(3));
    let many = format!("9 can pass. 3 of the 3 and 9 of the 9 {rest}");
    assert!(ended(20).contains(&many), "{}", ended(20));
}

#[test]
fn end_names_the_commands_about_a_clause_an_operation_and_one_cause() {
    let json = Some(Path::new("reports/run.json"));
    let mut report = worst(300);
    let of = |report: &Report, json| {
        let text = render(report, Screen { columns: COLUMNS, json, complete: None });
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let one = "--failed reports/run.json add `--cause 1` to run only the tests of cause 1";
    assert!(of(&report, json).ends_with(one), "{}", of(&report, json));
    assert!(!of(&report, None).contains("--cause"), "{}", of(&report, None));
    let explained = |text: &str| {
        let (_, rest) = text.split_once(" explain `conformance explain ").expect("a line");
        rest.contains("` shows what clause FMT-") && rest.contains(" says next ")
    };
    assert!(explained(&of(&report, None)), "{}", of(&report, None));
    let mut broken = fails(5);
    no_such_operation(&mut broken.tests[0], "readThing", "things");
    let operation = " explain `conformance explain readThing` shows what readThing must do `conformance explain ";
    assert!(of(&broken, None).contains(operation), "{}", of(&broken, None));
    assert!(!of(&clean(), None).contains(" explain "), "{}", of(&clean(), None));
    if let Some(manifest) = &mut report.manifest {
        manifest.flags = "--pack 'my pack' --seed 7".to_owned();
    }
    assert!(report.manifest.is_none() || of(&report, None).contains("`conformance explain --pack 'my pack' "));
}

#[test]
fn each_part_of_the_order_has_its_reason() {
    let of = |broken: usize, level: Level| {
        let mut report = fails(7);
        for test in report.tests.iter_mut().take(2) {
            test.findings.iter_mut().for_each(|finding| finding.level = level);
        }
        for (at, test) in report.tests.iter_mut().enumerate().skip(2).take(broken) {
            no_such_operation(test, &format!("operation{at}"), "things");
        }
        summary(&report, COLUMNS)
    };
    let reasons = |text: &str| -> Vec<String> {
        text.lines().filter(|line| line.starts_with("First ") || line.starts_with("then ")).map(str::to_owned).collect()
    };
    let missing = "First the operations that are missing, because nothing else about them can be tested:";
    let number = "those that stand in the way of most failed tests:";
    assert_eq!(reasons(&of(2, Level::Must)), [missing.to_owned(), format!("then {number}")]);
    let all = [missing.to_owned(), format!("then {number}"), "then recommendations (SHOULD):".to_owned()];
    assert_eq!(reasons(&of(2, Level::Should)), all);
    assert_eq!(reasons(&of(0, Level::Must)), [format!("First {number}")]);
    assert!(reasons(&summary(&fails(1), COLUMNS)).is_empty(), "one cause has no order");
}

/// A test whose requests got what a framework returns for an unknown path.
fn no_such_operation(test: &mut TestReport, operation: &str, path: &str) {
    for exchange in &mut test.exchanges {
        (exchange.status_code, exchange.error_code) = (Some(404), None);
        (exchange.operation, exchange.actor) = (operation.into(), "reader".into());
        exchange.endpoint = format!("GET /{path}/log");
        exchange.response = None;
    }
    for finding in &mut test.findings {
        (finding.check, finding.clause) = ("expectation".to_owned(), "RES-1".to_owned());
        finding.key.operation = operation.to_owned();
        (finding.key.expected, finding.key.response) = ("success".to_owned(), "404 text".to_owned());
        finding.expected = "success (200)".to_owned();
        (finding.key.actual, finding.actual) = (finding.key.response.clone(), "404 none".to_owned());
    }
}

#[test]
fn long_body_is_not_cut_but_referred_to() {
    let of = |length: usize| {
        let mut report = fails(5);
        for exchange in report.tests.iter_mut().flat_map(|test| &mut test.exchanges) {
            let request = serde_json::json!({ "headers": [], "body": "b".repeat(length), "bodyHex": null });
            exchange.request = Some(serde_json::from_value(request).expect("a request"));
            exchange.status_code = Some(422);
        }
        for finding in report.tests.iter_mut().flat_map(|test| &mut test.findings) {
            "status".clone_into(&mut finding.part);
        }
        summary(&report, COLUMNS)
    };
    assert!(of(20).contains("\n    sent bbbbbbbbbbbbbbbbbbbb\n"), "{}", of(20));
    let long = of(4000);
    let sent: Vec<&str> =
        long.lines().filter(|line| line.starts_with("    sent b") && line.contains("b … b")).collect();
    assert!(!sent.is_empty() && sent.iter().all(|line| line.chars().count() <= COLUMNS), "{long}");
}

#[test]
fn route_of_a_missing_operation_is_shown_without_unusual_values() {
    let missing = |path: &str, documented: bool| {
        let mut report = fails(5);
        for (at, test) in report.tests.iter_mut().enumerate() {
            no_such_operation(test, &format!("operation{at}"), path);
        }
        let operation = |at: usize| OperationReport {
            operation: format!("operation{at}"),
            endpoint: format!("GET /{{id}}/log{at}"),
            success: "200 or 202".to_owned(),
        };
        report.operations = (0..5).filter(|_| documented).map(operation).collect();
        summary(&report, COLUMNS)
    };
    for (path, documented, line) in [
        ("%20", true, "GET /{id}/log0: success is 200 or 202, got 404 none"),
        ("%20", false, "GET /…/log: success is 200, got 404 none"),
        ("hook_1", false, "GET /hook_1/log: success is 200, got 404 none"),
    ] {
        let text = missing(path, documented);
        assert!(text.contains(&format!("\n    {line}\n")), "{path} {documented}\n{text}");
    }
}

#[test]
fn closing_line_says_that_the_run_was_interrupted() {
    let mut report = model::example();
    let stopped = report.tests.iter_mut().filter(|test| test.verdict == Verdict::Passed);
    for test in stopped {
        (test.verdict, test.reason) = (Verdict::Inconclusive, Some(INTERRUPTED.to_owned()));
    }
    assert!(!summary(&model::example(), COLUMNS).contains("interrupted"));
    let text = summary(&report, COLUMNS);
    let interrupted = report.tests.iter().filter(|test| test.reason.as_deref() == Some(INTERRUPTED)).count();
    assert!(interrupted > 0);
    let closing = format!("The run was interrupted: {interrupted} of {} tests had no verdict.", report.tests.len());
    assert!(text.replace("\n", " ").contains(&closing), "{text}");
}

#[test]
fn next_step_names_the_json_report() {
    let json = Some(Path::new("reports/run.json"));
    let text = render(&model::example(), Screen { columns: COLUMNS, json, complete: json });
    assert!(
        text.lines().any(|line| line.starts_with("  next ") && line.ends_with("--failed reports/run.json")),
        "{text}"
    );
}

/// A run in which a wrong credential and a failing setup step kept tests from a verdict.
fn hindered() -> Report {
    let mut report = worst(300);
    let refused = "CONFORMANCE_ACTOR_WRITER is not accepted by the target: check its value";
    let preflight = serde_json::json!({
        "requests": 1, "stopReason": null, "operations": [], "capabilities": [],
        "actors": [{ "actor": "writer", "variable": "CONFORMANCE_ACTOR_WRITER", "scope": null, "state": "refused",
            "response": "401", "problem": refused }]
    });
    report.preflight = Some(serde_json::from_value(preflight).expect("a preflight"));
    for (at, test) in report.tests.iter_mut().enumerate().take(200) {
        test.verdict = Verdict::Inconclusive;
        test.findings.clear();
        let reason = if at < 50 { refused } else { "the setup step createCustomer returned FAILURE (409)" };
        test.reason = Some(reason.to_owned());
        for exchange in &mut test.exchanges {
            (exchange.role, exchange.status_code) = ("set-up".into(), Some(409));
        }
    }
    report
}

#[test]
fn wrong_credential_and_failing_setup_step_come_before_the_causes() {
    for columns in [COLUMNS, 60] {
        let text = summary(&hindered(), columns);
        let (obstacles, rest) = text.split_once("\nthe first ").expect("obstacles, then causes");
        let flat = obstacles.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(flat.starts_with("no verdict; remove these obstacles first: CONFORMANCE_ACTOR_WRITER"), "{text}");
        assert!(flat.contains("check its value: 50 tests could not be judged"), "{text}");
        assert!(flat.contains("returned FAILURE (409): 150 tests could not be judged"), "{text}");
        assert_eq!(obstacles.matches("\n    reproduce: ").count(), 2, "{text}");
        assert!(rest.contains("\n  next    conformance doctor --target-url "), "{text}");
        let rows: usize = text.lines().map(|line| line.chars().count().div_ceil(columns).max(1)).sum();
        assert!(rows < 60, "{columns} columns: {rows} rows\n{text}");
    }
}

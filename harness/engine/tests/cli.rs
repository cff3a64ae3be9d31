//! The program as a user meets it: exit codes, and messages that say in a line what is wrong.

#[path = "cli/cookbook.rs"]
mod cookbook;
#[path = "cli/gating.rs"]
mod gating;
#[path = "cli/limits.rs"]
mod limits;
#[path = "cli/merging.rs"]
mod merging;
#[path = "cli/preflight.rs"]
mod preflight;
#[path = "cli/proving.rs"]
mod proving;
#[path = "cli/reproducing.rs"]
mod reproducing;
#[path = "cli/secrets.rs"]
mod secrets;
#[path = "cli/selecting.rs"]
mod selecting;
#[path = "packs/parcel/stub.rs"]
mod stub;
#[path = "cli/support.rs"]
mod support;
#[path = "cli/targeting.rs"]
mod targeting;
#[path = "cli/terminal.rs"]
mod terminal;
#[path = "cli/writing.rs"]
mod writing;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use support::{Desk, Echo, Program, Said, Served, folder, parcel_pack, write};

// ---------------------------------------------------------------- usage

#[test]
fn values_that_cannot_be_are_refused_with_what_can() {
    let cases: &[(&[&str], &str)] = &[
        (&["--rate", "x"], "a number from 0.001 up is wanted"),
        (&["--rate", "0"], "a number from 0.001 up is wanted"),
        (&["--timeout=-1"], "a number from 0.001 up is wanted"),
        (&["--seed", "x"], "a seed is a number or `random`"),
        (&["--shard", "3/2"], "a shard is I/N"),
        (&["--report", "junti=a"], "unknown report kind `junti`: did you mean `junit`?"),
        (&["--report", "json"], "`json` is not KIND=PATH"),
        (&["--header", "nope"], "a header is written 'NAME: VALUE'"),
        (&["--color", "blue"], "invalid value 'blue'"),
        (&["--bogus"], "unexpected argument '--bogus'"),
    ];
    for (arguments, wanted) in cases {
        let said = Program::run(arguments);
        said.refused(2);
        let first = said.err.lines().next().unwrap_or_default();
        assert!(first.starts_with("error: ") && first.contains(wanted), "{arguments:?}: {}", said.err);
    }
}

#[test]
fn very_slow_rates_are_no_reason_to_panic() {
    let said = Program::run(&["--rate", "1e-20", "callers-without-credential"]);
    said.refused(2);
}

#[test]
fn urls_that_cannot_be_tested_are_refused_in_a_line() {
    for (url, wanted) in [
        ("sandbox.example", "is no URL"),
        ("ftp://sandbox.example", "only http and https can be tested"),
        ("https://me:word@sandbox.example", "a URL with a user or password would show it everywhere"),
        ("https://sandbox.example/?a=b", "has a query or a fragment"),
    ] {
        let said = Program::run(&["--target-url", url]);
        said.refused_in_a_line(2, wanted);
        assert!(!said.err.contains("word@"), "{}", said.err);
    }
}

#[test]
fn a_target_file_may_leave_the_url_to_the_command_line() {
    let folder = folder();
    let file = write(&folder, "target.yaml", "rate: 1000\n");
    Program::run(&["--target", &file]).refused_in_a_line(2, "the target file names no `url`");
    let served = Served::start(&[]);
    served.program(&["run", "--target", &file, "callers-without-credential"]).go().ended(0);
}

#[test]
fn the_runner_s_own_values_are_judged_before_anything_is_sent() {
    Program::run(&["--test-threads", "0"]).refused_in_a_line(2, "--test-threads must be at least 1");
    Program::run(&["no-such-trial"]).refused_in_a_line(2, "no test has a name with `no-such-trial`");
    Program::run(&["--exact", "readme"]).refused_in_a_line(2, "no test is called `readme`");
    Program::run(&["--pack", "/nowhere"])
        .refused_in_a_line(2, "--pack /nowhere: no folders `schemas` and `scenarios` there");
}

#[test]
fn an_unset_variable_may_be_set_to_nothing() {
    // Recipes of CI systems pass `VARIABLE: ${{ inputs.x }}`, which is empty where nothing was given.
    for variable in
        ["CONFORMANCE_REPORT", "CONFORMANCE_RATE", "CONFORMANCE_SHARD", "CONFORMANCE_PACK", "CONFORMANCE_REFERENCE"]
    {
        let said = Program::new(&["run", "callers-without-credential"]).env(variable, "").go();
        assert_eq!(said.code, 0, "{variable}: {}", said.err);
    }
}

// ---------------------------------------------------------------- target

#[test]
fn a_closed_port_is_told_once() {
    let said = Program::run(&["--target-url", "http://127.0.0.1:1"]);
    said.refused_in_a_line(3, "http://127.0.0.1:1 cannot be reached: ");
    assert!(said.out.is_empty(), "{}", said.out);
}

#[test]
fn tls_against_a_plain_port_is_no_verdict() {
    let echo = Echo::start();
    let said = Program::run(&["--target-url", &echo.url.replace("http:", "https:"), "callers-without-credential"]);
    said.refused_in_a_line(3, "give the URL with http://");
}

#[test]
fn a_missing_target_file_is_told_in_a_line() {
    let said = Program::run(&["--target", "nowhere.yaml"]);
    said.refused(2);
    assert!(said.err.starts_with("error: nowhere.yaml: cannot read the file: "), "{}", said.err);
}

#[test]
fn mistakes_in_a_target_file_are_drawn_at_their_place() {
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
            "deviations[0].expires: `2030-13-01` is no day of the calendar",
            ":2:62",
            "write the last day on which the violation is let pass as YYYY-MM-DD",
        ),
        (
            "deviations: [{ reason: r, ticket: t, expires: 2030-01-01 }]",
            "a known deviation names a `clause`, its `trials`, or the `answers` that show it",
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
            "`the body` is no place in an answer",
            ":2:38",
            "the places are `status`, `header NAME`",
        ),
        (
            "deviations: [{ clause: ENV-1, reason: \"\", ticket: t, expires: 2030-01-01 }]",
            "`reason` is empty",
            ":2:39",
            "a person has to say it",
        ),
        ("deviation: []", "unknown field `deviation`", ":2:1", "did you mean `deviations`?"),
        ("rate: fast", "rate: ", ":2:7", ""),
        ("rate: 0", "", ":2:7", ""),
        ("rate: -3", "", ":2:7", ""),
    ];
    for (line, message, place, help) in cases {
        let folder = folder();
        let file = write(&folder, "target.yaml", &format!("url: http://127.0.0.1:1\n{line}\n"));
        for command in ["validate", "run"] {
            let said = Program::new(&[command, "--target", &file]).go();
            said.refused(2);
            let drawn = [message, place, help].iter().all(|part| said.err.contains(part));
            assert!(drawn && said.err.contains("1 problem; nothing was sent"), "{command} {line}: {}", said.err);
        }
    }
}

#[test]
fn nothing_checked_is_never_well() {
    let echo = Echo::start();
    let said = Program::run(&["--target-url", &echo.url, "authentication/insufficient-permissions"]);
    said.ended(3);
    assert!(said.out.contains("Nothing was checked."), "{}", said.out);
    assert!(said.out.contains("no credential for the actor reader: set CONFORMANCE_ACTOR_READER"), "{}", said.out);
}

#[test]
fn a_malformed_credential_is_refused_without_being_shown() {
    let said = Program::new(&["run", "--target-url", "http://127.0.0.1:1"])
        .env("CONFORMANCE_ACTOR_WRITER", "sk_live_1234567")
        .go();
    said.refused_in_a_line(
        2,
        "CONFORMANCE_ACTOR_WRITER: a credential begins with `key:`, `bearer:`, `basic:` or `secret:`",
    );
    assert!(!said.err.contains("sk_live"), "{}", said.err);
}

#[test]
fn a_served_reference_can_be_tested_with_what_it_prints() {
    let served = Served::start(&[]);
    let said = served.program(&["run", "readme", "--skip", "throttled"]).go();
    said.ended(0);
    assert!(said.out.contains(&served.url), "{}", said.out);
    let broken = Served::start(&["drops-request-id"]);
    let said = broken.program(&["run", "readme::callers-without-credential-are-refused"]).go();
    said.ended(1);
    assert!(said.out.contains("LOG-1") && said.out.contains("The API breaks its contract."), "{}", said.out);
}

#[test]
fn an_unknown_mutant_is_corrected() {
    Program::new(&["serve", "--mutant", "drops-request-ids"])
        .go()
        .refused_in_a_line(2, "there is no mutant `drops-request-ids`");
    let said = Program::new(&["serve", "--listen", "127.0.0.1:0", "--variant", "x-y-z"]).go();
    said.refused_in_a_line(2, "error: there is no variant `x-y-z`: `--variant list` lists all");
}

// ---------------------------------------------------------------- the pack

#[test]
fn mistakes_in_a_scenario_are_drawn_at_their_place() {
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
        let folder = parcel_pack();
        write(&folder, "scenarios/sample.yaml", &text);
        let said = Program::new(&["validate", "--pack", &folder.path()]).go();
        said.refused(2);
        let number = text.lines().position(|found| found.trim() == line).expect("the line") + 1;
        let place = format!("scenarios/sample.yaml:{number}:");
        for part in [message, help, &place, line] {
            assert!(said.err.contains(part), "{line}: no {part} in {}", said.err);
        }
    }
}

#[test]
fn all_mistakes_are_told_at_once() {
    let folder = parcel_pack();
    for name in ["one", "two"] {
        write(&folder, &format!("scenarios/{name}.yaml"), "about: A.\nscenarios: 7\n");
    }
    let said = Program::new(&["validate", "--pack", &folder.path()]).go();
    said.refused(2);
    assert!(
        said.err.contains("one.yaml:2:") && said.err.contains("two.yaml:2:") && said.err.contains("2 problems"),
        "{}",
        said.err
    );
}

#[test]
fn what_is_no_yaml_is_told_at_its_place() {
    let folder = parcel_pack();
    write(&folder, "scenarios/odd.yaml", "about: [\n");
    let said = Program::new(&["validate", "--pack", &folder.path()]).go();
    said.refused(2);
    assert!(said.err.contains("scenarios/odd.yaml:"), "{}", said.err);
}

#[test]
fn a_sound_pack_is_well() {
    for arguments in
        [vec!["validate".to_owned()], vec!["validate".to_owned(), "--pack".to_owned(), parcel_pack().path()]]
    {
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let said = Program::new(&arguments).go();
        said.ended(0);
        assert!(said.out.ends_with("nothing is wrong\n") && said.err.is_empty(), "{}{}", said.out, said.err);
    }
}

// ---------------------------------------------------------------- names

#[test]
fn tests_are_listed_as_libtest_lists_them() {
    let all = names(&[]);
    assert!(all.len() > 250 && all.iter().all(|name| name.contains("::")), "{}", all.len());
    let listed = Program::new(&["list"]).go();
    listed.ended(0);
    assert_eq!(listed.out.lines().count(), all.len());
}

#[test]
fn filters_choose_tests() {
    let readme = names(&["readme::"]);
    assert!(readme.len() > 5 && readme.iter().all(|name| name.contains("readme::")), "{readme:?}");
    assert_eq!(names(&["--exact", &readme[0]]), readme[..1]);
    assert_eq!(names(&["--exact", &readme[0], &readme[1]]), readme[..2]);
    assert_eq!(names(&["--exact", "readme"]), Vec::<String>::new());
    let both = names(&["readme::", "envelope/request-ids"]);
    assert_eq!(both.len(), readme.len() + names(&["envelope/request-ids"]).len());
    let rest = names(&["readme::", "--skip", "impossible-dates", "--skip", "some-expectations"]);
    assert!(
        !rest.is_empty() && rest.len() < readme.len() && rest.iter().all(|name| !name.contains("impossible-dates")),
        "{rest:?}"
    );
    let shards: Vec<String> = ["1/3", "2/3", "3/3"].iter().flat_map(|shard| names(&["--shard", shard])).collect();
    assert_eq!(shards.len(), names(&[]).len());
}

#[test]
fn everything_with_a_name_is_explained() {
    let cases = [
        ("AUTH-1", "AUTH-1 (MUST)\n"),
        ("STA-2", "Every test puts it to the test"),
        ("STA-2", "status-matches-code"),
        ("WHK-4", "on every delivery to our endpoints"),
        ("TOKEN_EXPIRED", "\"$CONFORMANCE_TARGET_URL\"'/"),
        ("TOKEN_EXPIRED", "CONFORMANCE_ACTOR_EXPIRED"),
        ("delivery-signed", "It judges WHK-4"),
        ("readme::the-throttled-caller-is-refused", "(GET /"),
        ("TOKEN_EXPIRED", "TOKEN_EXPIRED\n"),
        ("strict-json", "It judges ENV-10"),
        ("readme::the-throttled-caller-is-refused", "Needs: CONFORMANCE_ACTOR_THROTTLED, rate-limit"),
    ];
    for (name, wanted) in cases {
        let said = Program::new(&["explain", name]).go();
        said.ended(0);
        assert!(said.out.contains(wanted), "{name}: {}", said.out);
    }
    Program::new(&["explain", "TOKEN_EXPIERD"]).go().refused_in_a_line(
        2,
        "there is no test, clause, code, check or operation `TOKEN_EXPIERD`: did you mean `TOKEN_EXPIRED`?",
    );
    Program::new(&["explain", "xyzzy"]).go().refused_in_a_line(2, "`list` shows all tests");
}

#[test]
fn what_is_explained_can_be_done_by_hand() {
    let served = Served::start(&[]);
    let name = names(&["authentication/token-expired"]).swap_remove(0);
    let said = Program::new(&["explain", &name]).go();
    let command = said.out.lines().find_map(|line| line.trim().strip_prefix("curl ")).expect("a command");
    let answer = served.shell(&format!("curl {command}"));
    assert!(answer.contains("TOKEN_EXPIRED"), "{command}: {answer}");
}

#[test]
fn a_published_page_is_held_against_the_catalogue() {
    let folder = folder();
    let page = write(&folder, "page.md", "# Errors\n\n## TOKEN_EXPIRED\n\n**Status Code**: 403 Forbidden\n");
    let said = Program::new(&["docs", &page]).go();
    said.ended(1);
    let wanted = "the page gives TOKEN_EXPIRED 403, the catalogue 401";
    assert!(said.out.contains(wanted) && said.out.contains(&format!("{page}:5:1")), "{}", said.out);
    Program::new(&["docs", "README.md"]).go().refused_in_a_line(2, "no error code was found on this page");
    Program::new(&["docs", "nowhere.md"]).go().refused(2);
}

#[test]
fn schemas_are_printed() {
    for name in ["scenario", "fixtures", "target", "report"] {
        let said = Program::new(&["schema", name]).go();
        said.ended(0);
        let schema: Value = serde_json::from_str(&said.out).expect("JSON");
        assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
    }
    Program::new(&["schema", "scenaro"])
        .go()
        .refused_in_a_line(2, "there is no schema `scenaro`: did you mean `scenario`?");
}

// ---------------------------------------------------------------- reports

#[test]
fn the_deadline_ends_a_run_and_leaves_its_reports() {
    let folder = folder();
    let (json, xml) = (format!("{}/run.json", folder.path()), format!("{}/run.xml", folder.path()));
    let said =
        Program::run(&["--deadline", "0.01", "--report", &format!("json={json}"), "--report", &format!("junit={xml}")]);
    said.ended(3);
    let report: Value = serde_json::from_str(&read(&json)).expect("JSON");
    assert_eq!(report["exitCode"], 3);
    assert!(report["summary"]["inconclusive"].as_u64() > Some(0), "{}", report["summary"]);
    assert!(read(&xml).trim_end().ends_with("</testsuites>"));
}

#[test]
fn two_runs_of_one_seed_say_the_same() {
    let seed = |text: &str| Program::run(&["callers-without-credential", "--seed", text]);
    assert!(seed("7").out.contains("seed 7"));
    let random = seed("random");
    random.ended(0);
    assert!(!random.out.contains("seed random"), "{}", random.out);
}

#[test]
fn clearing_up_waits_where_it_is_told_to() {
    let (desk, pack, folder) = (Desk::open(None), parcel_pack(), folder());
    let conventions = format!("{}/schemas/conventions.yaml", pack.path());
    // Whoever clears up has a quota of three a second.
    let text = read(&conventions);
    assert!(text.contains("parameter: trackingNumber, as: clerk"), "{text}");
    write(&pack, "schemas/conventions.yaml", &text.replace("Number, as: clerk", "Number, as: hurried"));
    let parcels = "about: Many.\nscenarios:\n  - name: many\n    clauses: [FIND-1]\n    given: [parcel]
    each: { number: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10] }
    steps: [{ call: readParcel, as: clerk, headers: { Turn: \"${number}\" }, expect: { success: true } }]\n";
    write(&pack, "scenarios/many.yaml", parcels);
    let json = format!("{}/run.json", folder.path());
    let order = format!("json={json}");
    let arguments = ["run", "--pack", &pack.path(), "--target-url", &desk.url, "--report", &order, "many::"];
    let said = stub::CREDENTIALS.iter().fold(Program::new(&arguments), |program, (actor, credential)| {
        program.env(&format!("CONFORMANCE_ACTOR_{}", actor.to_uppercase()), credential)
    });
    said.go().ended(0);
    let report: Value = serde_json::from_str(&read(&json)).expect("JSON");
    let refused = |exchange: &&Value| exchange["role"] == "teardown" && exchange["statusCode"] == 429;
    let tests = report["trials"].as_array().expect("trials");
    let waits = tests.iter().flat_map(|test| test["exchanges"].as_array().expect("exchanges")).filter(refused);
    assert!(waits.count() > 0, "nobody had to wait");
    assert_eq!(report["leftovers"], serde_json::json!([]));
}

// ---------------------------------------------------------------- secrets

const SECRET: &str = "sk_live_Zx9/+q8W=7e6R5t4\"Y3";

#[test]
fn an_echoed_secret_is_not_shown() {
    let forms = [
        SECRET.to_owned(),
        STANDARD.encode(SECRET),
        STANDARD.encode(format!("a{SECRET}"))[2..30].to_owned(),
        STANDARD.encode(format!("ab{SECRET}"))[4..30].to_owned(),
        support::percent_encoded(SECRET),
        serde_json::json!(SECRET).to_string(),
        harness::contract::hex(SECRET.as_bytes()),
    ];
    let text = everything_about(SECRET, "writer", "validation/validation-error", 0);
    assert!(text.contains("CONFORMANCE_ACTOR_WRITER"), "the echo was not even shown");
    for form in forms {
        assert!(!text.contains(form.trim_matches('"')), "{form} is shown");
    }
}

#[test]
fn most_of_a_secret_is_not_shown_either() {
    // Scenarios that spoil a credential send all of it but a character.
    let secret = "sk_live_Zx98q8W7e6R5t4Y3";
    let most = &secret[..secret.len() - 1];
    let text = everything_about(secret, "admin", "authentication-failed", 0);
    assert!(text.contains("CONFORMANCE_ACTOR_ADMIN"), "the echo was not even shown");
    let at = text.find(most).map(|at| text[at.saturating_sub(200)..].chars().take(400).collect::<String>());
    assert_eq!(at, None, "an echoed credential without its last character is shown");
}

#[test]
fn a_cut_text_does_not_end_in_half_a_secret() {
    let beginning = &SECRET[..10];
    // The lengths at which header lines, quoted values and bodies are cut, less a little.
    for before in [140, 185, 4062] {
        let text = everything_about(SECRET, "writer", "validation/validation-error", before);
        assert!(!text.contains(beginning), "with {before} characters before it, a secret is cut and shown");
    }
}

#[test]
fn a_header_of_the_command_line_is_not_shown() {
    let echo = Echo::start();
    let folder = folder();
    let json = format!("{}/run.json", folder.path());
    let said = Program::run(&[
        "--target-url",
        &echo.url,
        "--header",
        "X-Gateway: gate_Zx98q8W7e6R5",
        "callers-without-credential",
        "--report",
        &format!("json={json}"),
    ]);
    said.ended(1);
    for text in [&said.out, &said.err, &read(&json)] {
        assert!(!text.contains("gate_Zx98q8W7e6R5"), "the gateway's header is shown");
    }
}

/// All that a run says, on its streams and in its reports, of an API that echoes an actor's secret
/// with so many letters before it.
fn everything_about(secret: &str, actor: &str, filter: &str, filler: usize) -> String {
    let echo = Echo::start_with(filler);
    let folder = folder();
    let mut text = String::new();
    let paths = ["json", "junit", "junit-strict"].map(|kind| (kind, format!("{}/{kind}", folder.path())));
    let reports = paths.clone().map(|(kind, path)| format!("{kind}={path}")).join(",");
    let said = Program::new(&["run", "--target-url", &echo.url, filter])
        .env(&harness::target::variable(actor), &format!("key:{secret}"))
        .env("CONFORMANCE_REPORT", &reports)
        .go();
    said.ended(1);
    text.push_str(&said.out);
    text.push_str(&said.err);
    for (_, path) in paths {
        text.push_str(&read(&path));
    }
    text
}

// ---------------------------------------------------------------- known deviations

#[test]
fn a_known_deviation_is_let_pass_while_it_is_as_described() {
    let said = deviating(Some("redirects-twice"), "MOVE-1", "parcels::*", "2999-12-31");
    said.ended(0);
    assert!(said.out.contains("known deviation from MOVE-1: agreed (DESK-1, until 2999-12-31)"), "{}", said.out);
}

#[test]
fn a_deviation_that_no_longer_holds_fails() {
    let said = deviating(None, "MOVE-1", "parcels::*", "2999-12-31");
    said.ended(1);
    assert!(
        said.out.contains("the known deviation from MOVE-1 (DESK-1) no longer holds: take it out of the target file"),
        "{}",
        said.out
    );
}

#[test]
fn a_deviation_that_matches_nothing_fails() {
    let said = deviating(None, "MOVE-1", "nowhere::*", "2999-12-31");
    said.ended(1);
    assert!(said.out.contains("the known deviation from MOVE-1 (DESK-1) matches no test"), "{}", said.out);
}

#[test]
fn an_expired_deviation_fails_whether_it_holds_or_not() {
    let said = deviating(Some("redirects-twice"), "MOVE-1", "parcels::*", "2020-01-01");
    said.ended(1);
    assert!(said.out.contains("MOVE-1: A parcel is redirected only once"), "{}", said.out);
    let said = deviating(None, "MOVE-1", "parcels::*", "2020-01-01");
    said.ended(1);
}

#[test]
fn a_deviation_lets_nothing_else_pass() {
    deviating(Some("forgets-the-reason"), "MOVE-1", "parcels::*", "2999-12-31").ended(1);
    deviating(Some("redirects-twice"), "MOVE-1", "desk::*", "2999-12-31").ended(1);
}

/// A run of the whole parcel pack against a desk, with one deviation declared.
fn deviating(mutant: Option<&'static str>, clause: &str, test: &str, expires: &str) -> Said {
    let desk = Desk::open(mutant);
    let folder = folder();
    let text = format!(
        "url: {}\ndeviations:\n  - {{ clause: {clause}, trials: \"{test}\", reason: agreed, ticket: DESK-1, expires: {expires} }}\n",
        desk.url
    );
    let file = write(&folder, "target.yaml", &text);
    let pack = parcel_pack();
    // Whoever is hurried has to wait, and has nothing to do with it.
    stub::CREDENTIALS
        .iter()
        .filter(|(actor, _)| *actor != "hurried")
        .fold(Program::new(&["run", "--pack", &pack.path(), "--target", &file]), |program, (actor, credential)| {
            program.env(&format!("CONFORMANCE_ACTOR_{}", actor.to_uppercase()), credential)
        })
        .go()
}

fn names(arguments: &[&str]) -> Vec<String> {
    let said = Program::run(&[&["--list"], arguments].concat());
    said.ended(0);
    said.out
        .lines()
        .map(|line| {
            line.strip_suffix(": test").unwrap_or_else(|| panic!("{line:?} is no line of libtest's list")).to_owned()
        })
        .collect()
}

fn read(path: &str) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

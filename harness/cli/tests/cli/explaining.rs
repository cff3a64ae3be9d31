//! The commands that print: `list`, filters of `run --list`, `explain`, `docs` and `schema`.

use serde_json::Value;

use super::support::{Folder, Program, ReferenceServer};

#[test]
fn run_list_has_the_format_of_libtest() {
    let all = names(&[]);
    assert!(all.len() > 250 && all.iter().all(|name| name.contains("::")), "{}", all.len());
    let listed = Program::new(&["list"]).output();
    listed.assert_exit_code(0);
    assert_eq!(listed.out.lines().count(), all.len());
}

#[test]
fn filters_select_tests() {
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
fn explain_describes_clauses_codes_checks_and_tests() {
    let cases = [
        ("AUTH-1", "AUTH-1 (MUST)\n"),
        ("STA-2", "Every test with such a response or delivery checks it"),
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
    for (name, expected) in cases {
        let output = Program::new(&["explain", name]).output();
        output.assert_exit_code(0);
        assert!(output.out.contains(expected), "{name}: {}", output.out);
    }
    Program::new(&["explain", "TOKEN_EXPIERD"]).output().assert_refused_with(
        2,
        "there is no test, clause, code, check or operation `TOKEN_EXPIERD`: did you mean `TOKEN_EXPIRED`?",
    );
    Program::new(&["explain", "xyzzy"]).output().assert_refused_with(2, "`list` shows all tests");
}

#[test]
fn explain_prints_a_working_curl_command() {
    let served = ReferenceServer::start(&[]);
    let name = names(&["authentication/token-expired"]).swap_remove(0);
    let output = Program::new(&["explain", &name]).output();
    let command = output.out.lines().find_map(|line| line.trim().strip_prefix("curl ")).expect("a command");
    let response = served.shell(&format!("curl {command}"));
    assert!(response.contains("TOKEN_EXPIRED"), "{command}: {response}");
}

/// A test of the parcel pack that sends the credential of the actor `hurried` unchanged.
const HURRIED: &str = "desk::too-many-questions";

#[test]
fn explain_shows_the_credential_of_any_pack() {
    let explained = |pack: &str, test: &str, variable: Option<&str>| {
        let pack = format!("{}/../packs/{pack}", env!("CARGO_MANIFEST_DIR"));
        let program = Program::new(&["explain", "--pack", &pack, test]);
        let variable = variable.map(|value| ("CONFORMANCE_ACTOR_HURRIED", value));
        variable.into_iter().fold(program, |program, (name, value)| program.env(name, value)).output().out
    };
    let text = explained("oauth", "errors::a-token-is-repeated/revokeToken", None);
    assert!(text.contains("CONFORMANCE_ACTOR_SERVICE#basic:"), "{text}");
    // The parcel pack has two schemes; the environment shows which one an actor uses.
    let hurried = |variable: Option<&str>| explained("parcel", HURRIED, variable);
    assert!(hurried(Some("key:x")).contains("CONFORMANCE_ACTOR_HURRIED#key:"), "{}", hurried(Some("key:x")));
    assert!(hurried(Some("bearer:x")).contains("CONFORMANCE_ACTOR_HURRIED#bearer:"), "{}", hurried(Some("bearer:x")));
    assert!(hurried(None).contains("CONFORMANCE_ACTOR_HURRIED#"), "{}", hurried(None));
}

#[test]
fn docs_compares_a_page_with_the_error_catalogue() {
    let folder = Folder::new();
    let page = folder.write("page.md", "# Errors\n\n## TOKEN_EXPIRED\n\n**Status Code**: 403 Forbidden\n");
    let output = Program::new(&["docs", &page]).output();
    output.assert_exit_code(1);
    let expected = "the page gives TOKEN_EXPIRED 403, the catalogue 401";
    assert!(output.out.contains(expected) && output.out.contains(&format!("{page}:5:1")), "{}", output.out);
    Program::new(&["docs", "README.md"]).output().assert_refused_with(2, "no error code was found on this page");
    Program::new(&["docs", "nowhere.md"]).output().assert_refused(2);
}

#[test]
fn schema_prints_json_schemas() {
    for name in ["scenario", "fixtures", "target", "report"] {
        let output = Program::new(&["schema", name]).output();
        output.assert_exit_code(0);
        let schema: Value = serde_json::from_str(&output.out).expect("JSON");
        assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
    }
    Program::new(&["schema", "scenaro"])
        .output()
        .assert_refused_with(2, "unknown schema `scenaro`: did you mean `scenario`?");
}

#[test]
fn explain_lists_all_checks_with_their_clauses() {
    let output = Program::new(&["explain", "--checks"]).output();
    output.assert_exit_code(0);
    for check in judge::check::names() {
        assert!(output.out.lines().any(|line| line == check), "{check}: {}", output.out);
    }
    assert!(output.out.contains("  named by STA-2\n"), "{}", output.out);
    Program::new(&["explain"]).output().assert_exit_code(2);
    Program::new(&["explain", "--checks", "STA-2"]).output().assert_exit_code(2);
}

fn names(arguments: &[&str]) -> Vec<String> {
    let output = Program::run(&[&["--list"], arguments].concat());
    output.assert_exit_code(0);
    output
        .out
        .lines()
        .map(|line| {
            line.strip_suffix(": test").unwrap_or_else(|| panic!("expected `NAME: test`, found {line:?}")).to_owned()
        })
        .collect()
}

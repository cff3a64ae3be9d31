//! Options, arguments and variables: values that are refused before anything is sent.

use super::support::{Folder, Program, ReferenceServer};

#[test]
fn invalid_option_values_are_refused() {
    let cases: &[(&[&str], &str)] = &[
        (&["--rate", "x"], "expected a number of at least 0.001"),
        (&["--rate", "0"], "expected a number of at least 0.001"),
        (&["--rate", "1e-20"], "expected a number of at least 0.001"),
        (&["--timeout=-1"], "expected a number of at least 0.001"),
        (&["--seed", "x"], "a seed is a number or `random`"),
        (&["--shard", "3/2"], "a shard is I/N"),
        (&["--report", "junti=a"], "unknown report kind `junti`: did you mean `junit`?"),
        (&["--report", "json"], "`json` is not KIND=PATH"),
        (&["--header", "nope"], "a header is written 'NAME: VALUE'"),
        (&["--color", "blue"], "invalid value 'blue'"),
        (&["--bogus"], "unexpected argument '--bogus'"),
    ];
    for (arguments, expected) in cases {
        let output = Program::run(arguments);
        output.assert_refused(2);
        let first = output.err.lines().next().unwrap_or_default();
        assert!(first.starts_with("error: ") && first.contains(expected), "{arguments:?}: {}", output.err);
    }
}

#[test]
fn invalid_target_urls_are_refused() {
    for (url, expected) in [
        ("sandbox.example", "is not a valid URL"),
        ("ftp://sandbox.example", "only http and https are supported"),
        ("https://me:word@sandbox.example", "the URL contains a user or password, which reports would show"),
        ("https://sandbox.example/?a=b", "has a query or a fragment"),
    ] {
        let output = Program::run(&["--target-url", url]);
        output.assert_refused_with(2, expected);
        assert!(!output.err.contains("word@"), "{}", output.err);
    }
}

#[test]
fn url_missing_in_the_target_file_may_come_from_the_environment() {
    let folder = Folder::new();
    let file = folder.write("target.yaml", "rate: 1000\n");
    Program::run(&["--target", &file]).assert_refused_with(2, "the target file has no `url`");
    let served = ReferenceServer::start(&[]);
    served.program(&["run", "--target", &file, "callers-without-credential"]).output().assert_exit_code(0);
}

#[test]
fn runner_options_are_checked_before_the_first_request() {
    Program::run(&["--test-threads", "0"]).assert_refused_with(2, "--test-threads must be at least 1");
    Program::run(&["--pack", "/nowhere"])
        .assert_refused_with(2, "--pack /nowhere: expected the folders `schemas` and `scenarios` in it");
}

#[test]
fn empty_variables_count_as_unset() {
    // CI recipes pass `VARIABLE: ${{ inputs.x }}`, which is empty if the input was not given.
    for variable in
        ["CONFORMANCE_REPORT", "CONFORMANCE_RATE", "CONFORMANCE_SHARD", "CONFORMANCE_PACK", "CONFORMANCE_REFERENCE"]
    {
        let output = Program::new(&["run", "callers-without-credential"]).env(variable, "").output();
        assert_eq!(output.code, 0, "{variable}: {}", output.err);
    }
}

#[test]
fn malformed_credential_is_refused_and_not_printed() {
    let output = Program::new(&["run", "--target-url", "http://127.0.0.1:1"])
        .env("CONFORMANCE_ACTOR_WRITER", "sk_live_1234567")
        .output();
    output.assert_refused_with(
        2,
        "CONFORMANCE_ACTOR_WRITER: a credential must begin with `key:`, `bearer:`, `basic:` or `secret:`",
    );
    assert!(!output.err.contains("sk_live"), "{}", output.err);
}

#[test]
fn credential_of_a_kind_that_the_api_does_not_document_is_refused() {
    let output = Program::new(&["run", "--target-url", "http://127.0.0.1:1"])
        .env("CONFORMANCE_ACTOR_WRITER", "basic:ada:sk_live_1234567")
        .output();
    output.assert_refused_with(
        2,
        "CONFORMANCE_ACTOR_WRITER: `basic:` is not the kind of credential that this API documents: expected key:… or bearer:…",
    );
    assert!(!output.err.contains("sk_live"), "{}", output.err);
}

#[test]
fn unknown_mutant_or_variant_is_refused() {
    Program::new(&["serve", "--mutant", "drops-request-ids"])
        .output()
        .assert_refused_with(2, "there is no mutant `drops-request-ids`");
    let output = Program::new(&["serve", "--listen", "127.0.0.1:0", "--variant", "x-y-z"]).output();
    output.assert_refused_with(2, "error: there is no variant `x-y-z`: `--variant list` lists all");
}

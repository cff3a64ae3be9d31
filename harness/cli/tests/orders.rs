//! The orders pack: values that are generated from the request schemas find the faults of a server, and a server that
//! keeps its schemas causes no finding.

#[path = "orders/server.rs"]
mod server;
#[expect(dead_code, reason = "each test uses a part of it")]
mod shared;

use cli::run::load;
use judge::record::TestRecord;
use runner::execute::run_test;
use shared::{Folder, environment, pack};
use spec::scenario::{Failure, TestCase, TestKind, file_name, file_text};

const ORDERS: &str = "../packs/orders";

/// Each fault of the server, the place whose tests report it, and a rule that finds it.
const FAULTS: &[(&str, &str, &str)] = &[
    ("takes-orders-without-a-buyer", "placeOrder/body/buyer", "missing-required"),
    ("takes-null-as-buyer", "placeOrder/body/buyer", "null-not-allowed"),
    ("takes-one-character-more", "placeOrder/body/buyer", "one-character-too-long"),
    ("takes-one-character-less", "placeOrder/body/buyer", "one-character-too-short"),
    ("refuses-the-longest-name", "placeOrder/body/buyer", "longest"),
    ("takes-any-priority", "placeOrder/body/priority", "not-in-enum"),
    ("refuses-the-last-value", "placeOrder/body/priority", "enum-value-3"),
    ("refuses-null-where-it-is-allowed", "placeOrder/body/note", "null-allowed"),
    ("takes-the-excluded-maximum", "placeOrder/body/discount", "just-above-maximum"),
    ("takes-any-step", "placeOrder/body/discount", "not-a-multiple"),
    ("takes-any-coupon", "placeOrder/body/coupon", "pattern-mismatch"),
    ("takes-any-day", "placeOrder/body/day", "format-mismatch"),
    ("takes-one-for-true", "placeOrder/body/gift", "convertible-one"),
    ("takes-a-tag-twice", "placeOrder/body/tags", "duplicate-item"),
    ("takes-four-lines", "placeOrder/body/lines", "one-item-too-many"),
    ("takes-unknown-members", "placeOrder/body/unknownMember", "additional-member"),
    ("takes-a-hundred-pieces", "placeOrder/body/lines/0/pieces", "just-above-maximum"),
    ("takes-numbers-as-text", "placeOrder/body/lines/0/pieces", "convertible-text"),
    ("rounds-pieces", "placeOrder/body/lines/0/pieces", "wrong-type-fraction"),
    ("names-the-list-instead-of-the-line", "placeOrder/body/lines/0/sku", "pattern-mismatch"),
    ("fails-on-unknown-members-of-lines", "placeOrder/body/lines/0/unknownMember", "unknown-member-text"),
    ("takes-short-contacts", "placeOrder/body/contact", "one-character-too-short"),
    ("takes-any-channel", "placeOrder/header/Channel", "not-in-enum"),
    ("takes-any-limit", "listOrders/query/limit", "just-above-maximum"),
    ("takes-any-word-for-open", "listOrders/query/open", "wrong-type-text"),
    ("fails-on-words-in-the-path", "readOrder/path/number", "wrong-type-text"),
];

/// Runs the tests that are wanted against a new server.
async fn run(fault: Option<&'static str>, wanted: impl Fn(&TestCase) -> bool) -> Vec<(TestCase, TestRecord)> {
    let (contract, library) = pack(ORDERS);
    let environment = environment(&contract, server::start(fault).await, &[("clerk", server::CLERK)]).await;
    let mut records = Vec::new();
    for test in library.tests.into_iter().filter(wanted) {
        let record = run_test(&environment, &test).await;
        records.push((test, record));
    }
    let leftovers = environment.created.left();
    assert!(leftovers.is_empty(), "orders not deleted: {leftovers:?}");
    records
}

#[test]
fn an_example_that_its_schema_refuses_is_reported() {
    let copy = Folder::with_pack(ORDERS);
    let text = copy.read("schemas/openapi.yaml");
    copy.write("schemas/openapi.yaml", text.replace("pieces: 2 ", "pieces: 200 "));
    let Err(problems) = load(&copy) else { panic!("the example must be refused") };
    let message = problems.to_string();
    assert!(
        message.contains("the example body of placeOrder does not match its schema at \"/lines/0/pieces\"")
            && message.contains("schemas/formats.yaml:"),
        "{message}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn counterexamples_are_saved_as_scenarios_that_load() {
    let copy = Folder::with_pack(ORDERS);
    for (fault, place) in [
        ("takes-a-hundred-pieces", "placeOrder/body/lines/0/pieces"),
        ("takes-orders-without-a-buyer", "placeOrder/body/buyer"),
        ("takes-any-limit", "listOrders/query/limit"),
        ("takes-any-channel", "placeOrder/header/Channel"),
        ("fails-on-words-in-the-path", "readOrder/path/number"),
    ] {
        let prefix = format!("schema/{place}::invalid");
        let records = run(Some(fault), |test| test.name.starts_with(&prefix)).await;
        let (test, record) = records.first().expect("a test");
        let TestKind::Property(property) = &test.kind else { panic!("a property") };
        let found = record.fuzz.iter().flat_map(|fuzz| &fuzz.found).next().expect("a counterexample");
        let (rule, input, clauses, case) = (found.rule, &found.input, &found.clauses, found.case);
        let failure = Failure { test: &test.name, property, rule, input, clauses, seed: 1, case };
        let text = file_text(&[failure]).unwrap_or_else(|message| panic!("{fault}: {message}"));
        copy.write(&format!("scenarios/{}.yaml", file_name(property, rule)), &text);
        load(&copy).unwrap_or_else(|problems| panic!("{text}\n{problems}"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_keeps_its_schemas_has_no_findings() {
    let records = run(None, |_| true).await;
    let mut wrong = Vec::new();
    for (test, record) in &records {
        wrong.extend(record.findings.iter().map(|finding| format!("{}: {}", test.name, finding.message)));
        wrong.extend(record.inconclusive.iter().map(|reason| format!("{}: {reason}", test.name)));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let kinds = ["::valid-values-are-accepted", "::invalid-values-are-refused", "::unusual-values-are-handled"];
    for kind in kinds {
        assert!(records.iter().any(|(test, _)| test.name.ends_with(kind)), "no test of the kind {kind}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_fault_is_found_at_its_place_by_its_rule() {
    let mut wrong = Vec::new();
    for (fault, place, rule) in FAULTS {
        let prefix = format!("schema/{place}::");
        let records = run(Some(fault), |test| test.name.starts_with(&prefix)).await;
        let found: Vec<&str> = records
            .iter()
            .flat_map(|(_, record)| record.fuzz.iter().flat_map(|fuzz| &fuzz.found))
            .map(|found| found.name.as_str())
            .collect();
        if !found.contains(rule) {
            wrong.push(format!("{fault}: expected {rule} at {place}, found {found:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

//! The mutations that are generated from a contract.

use std::collections::BTreeSet;
use std::path::Path;

use super::*;

fn parcel() -> Contract {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../packs/parcel");
    Contract::load(&root).expect("the pack loads")
}

fn mutations(contract: &Contract) -> Vec<Mutation> {
    let refusals = BTreeSet::from([("readParcel".to_owned(), "40401".to_owned())]);
    generate(contract, &Observed { refusals, ..Observed::default() })
}

#[test]
fn each_mutation_is_derived_from_the_contract() {
    let contract = parcel();
    let mutations = mutations(&contract);
    for (name, when, change, clauses) in [
        ("envelope/list", r#"{"responses":"errors"}"#, r#"{"kind":"set-member","at":"","to":[]}"#, "BODY-1"),
        ("message/removed", r#"{"responses":"errors"}"#, r#"{"kind":"remove-member","at":"/reason"}"#, "BODY-3"),
        (
            "code/unknown",
            r#"{"responses":"errors"}"#,
            r#"{"kind":"set-member","at":"/errorCode","to":99999}"#,
            "BODY-2",
        ),
        (
            "header/Desk-Left/one-more",
            r#"{"code":"42901"}"#,
            r#"{"kind":"offset-header","name":"Desk-Left","by":1}"#,
            "PACE-4",
        ),
        (
            "header/Trace-Reference/removed",
            r#"{"responses":"errors"}"#,
            r#"{"kind":"remove-header","name":"Trace-Reference"}"#,
            "TRACE-1",
        ),
        (
            "code/40101/status-400",
            r#"{"code":"40101","responses":"errors"}"#,
            r#"{"kind":"set-status","to":400}"#,
            "LINE-2 LINE-1 BODY-11",
        ),
        (
            "code/40101/code-40102",
            r#"{"code":"40101","responses":"errors"}"#,
            r#"{"kind":"set-code","to":"40102","status":401}"#,
            "PASS-1",
        ),
        (
            "code/40001/field-removed",
            r#"{"code":"40001","responses":"errors"}"#,
            r#"{"kind":"remove-member","at":"/where"}"#,
            "BODY-5 FORM-1",
        ),
        (
            "code/42901/delay-negative",
            r#"{"code":"42901","responses":"errors"}"#,
            r#"{"kind":"set-member","at":"/pauseSeconds","to":-1}"#,
            "BODY-6",
        ),
        (
            "operation/registerParcel/status-200",
            r#"{"operation":"registerParcel","responses":"successes"}"#,
            r#"{"kind":"set-status","to":200}"#,
            "LINE-3",
        ),
        (
            "operation/readParcel/without/weightGrams",
            r#"{"operation":"readParcel","responses":"successes"}"#,
            r#"{"kind":"remove-member","at":"/weightGrams"}"#,
            "LINE-3",
        ),
        (
            "operation/readParcel/stale",
            r#"{"operation":"readParcel","responses":"successes"}"#,
            r#"{"kind":"stale"}"#,
            "",
        ),
        (
            "operation/readParcel/40401/succeeds",
            r#"{"operation":"readParcel","code":"40401","responses":"errors"}"#,
            r#"{"kind":"succeed","status":200}"#,
            "FIND-1",
        ),
    ] {
        let found = mutations.iter().find(|mutation| mutation.name == name);
        let found = found.unwrap_or_else(|| panic!("there is no mutation {name}"));
        assert_eq!(text(&found.when), when, "{name}");
        assert_eq!(text(&found.change), change, "{name}");
        assert_eq!(found.clauses.join(" "), clauses, "{name}");
    }
}

fn text(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).expect("JSON")
}

#[test]
fn names_are_unique_and_clauses_exist() {
    let contract = parcel();
    let mutations = mutations(&contract);
    let names: BTreeSet<&str> = mutations.iter().map(|mutation| mutation.name.as_str()).collect();
    assert_eq!(names.len(), mutations.len());
    for clause in mutations.iter().flat_map(|mutation| &mutation.clauses) {
        assert!(contract.clause(clause).is_some(), "{clause}");
    }
}

#[test]
fn allowed_differences_are_not_generated() {
    let contract = parcel();
    let mutations = mutations(&contract);
    let names: Vec<&str> = mutations.iter().map(|mutation| mutation.name.as_str()).collect();
    // Details may be absent, a deletion has no body, and the envelope is the body itself.
    for absent in ["details/removed", "operation/dropParcel/empty-body", "envelope/renamed", "code/40401/field-removed"]
    {
        assert!(!names.contains(&absent), "{absent}");
    }
    let unseen = generate(&contract, &Observed::default());
    assert!(!unseen.iter().any(|mutation| mutation.name == "operation/readParcel/40401/succeeds"));
}

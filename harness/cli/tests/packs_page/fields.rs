//! Fields that error bodies name as JSON Pointers, in a list of errors as in RFC 9457.

use serde_json::{Value, json};

use crate::support::{Pack, Run, problem};

const CLAUSES: &str =
    "  - { id: FIELD-1, level: MUST, page: All, says: The field is named., checks: [field-names-member] }\n";

const FRAGMENTS: Pack = Pack {
    pointers: ", field: /errors/*/pointer",
    field_form: "fragment",
    clauses: CLAUSES,
    steps: "
- call: writeThing
  as: anyone
  path: { id: one }
  expect: { error: 'https://things.example/invalid', field: name }
- call: writeThing
  as: anyone
  path: { id: two }
  expect: { error: 'https://things.example/invalid', field: /address/city name }
- { call: readThing, as: anyone, path: { id: nothing }, expect: { error: 'https://things.example/unknown' } }
",
    ..Pack::EMPTY
};

const POINTERS: Pack = Pack { field_form: "pointer", pointers: ", field: /pointer", ..FRAGMENTS };

fn listed(pointers: &[&str]) -> Value {
    pointers.iter().map(|pointer| json!({ "detail": "No.", "pointer": pointer })).collect()
}

async fn run_fragments(one: &'static [&'static str], nothing: &'static [&'static str]) -> Run {
    let serve = move |path: &str| match path {
        "/things/one" => problem(422, "invalid").with("errors", listed(one)),
        "/things/two" => problem(422, "invalid").with("errors", listed(&["#/address/city%20name"])),
        _ => problem(404, "unknown").with("errors", listed(nothing)),
    };
    FRAGMENTS.run(move |call| serve(&call.path)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn one_element_of_a_list_must_name_the_field() {
    let run = run_fragments(&["#/age", "#/name"], &[]).await;
    run.assert_conforms();
    assert!(run.upheld().contains("FIELD-1"));
    for (one, found) in [(&["#/age"] as &[_], "\"#/age\""), (&[], "nothing there"), (&["name"], "\"name\"")] {
        let run = run_fragments(one, &[]).await;
        assert_eq!(run.findings(), [format!("field-names-member: \"#/name\", found {found}")]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_field_in_another_form_is_a_violation_where_no_field_is_expected() {
    run_fragments(&["#/name"], &["#/id"]).await.assert_conforms();
    let run = run_fragments(&["#/name"], &["#/id", "id"]).await;
    assert_eq!(
        run.findings(),
        ["field-names-member: a JSON Pointer as a URI fragment, such as `#/member`, found \"id\""]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pointer_without_a_list_is_compared_as_a_pointer() {
    let response = |path: &str, name: &str| match path {
        "/things/one" => problem(422, "invalid").with("pointer", json!(name)),
        "/things/two" => problem(422, "invalid").with("pointer", json!("/address/city name")),
        _ => problem(404, "unknown"),
    };
    POINTERS.run(move |call| response(&call.path, "/name")).await.assert_conforms();
    let run = POINTERS.run(move |call| response(&call.path, "name")).await;
    assert_eq!(run.findings(), ["field-names-member: \"/name\", found \"name\""]);
}

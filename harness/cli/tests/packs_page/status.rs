//! The HTTP status as a member of error bodies, as in RFC 9457.

use serde_json::{Value, json};

use crate::support::{Pack, problem};

const PACK: Pack = Pack {
    pointers: ", status: /status",
    clauses: "  - { id: BODY-2, level: MUST, page: All, says: The status is repeated., checks: [status-in-body] }\n",
    steps: "
- { call: readThing, as: anyone, path: { id: nothing }, expect: { error: 'https://things.example/unknown' } }
- { call: writeThing, as: anyone, path: { id: one }, expect: { error: 'https://things.example/invalid' } }
",
    ..Pack::EMPTY
};

/// The status in the body of the 404; `null` leaves it out.
async fn findings(stated: Value) -> (Vec<String>, bool) {
    let run = PACK
        .run(move |call| match call.path.as_str() {
            "/things/nothing" if stated.is_null() => problem(404, "unknown"),
            "/things/nothing" => problem(404, "unknown").with("status", stated.clone()),
            _ => problem(422, "invalid").with("status", json!(422)),
        })
        .await;
    assert!(run.violated().iter().all(|clause| *clause == "BODY-2"), "{:?}", run.findings());
    (run.findings(), run.upheld().contains("BODY-2"))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_status_of_the_response_is_accepted() {
    assert_eq!(findings(json!(404)).await, (Vec::new(), true));
    // The schema does not require the member.
    assert_eq!(findings(Value::Null).await, (Vec::new(), true));
}

#[tokio::test(flavor = "multi_thread")]
async fn another_status_is_a_violation() {
    let (found, _) = findings(json!(400)).await;
    assert_eq!(found, ["status-in-body: 404, as in the status line, found 400"]);
    let (found, _) = findings(json!("404")).await;
    assert_eq!(found, ["status-in-body: a value of type integer, found \"404\""]);
}

#[tokio::test(flavor = "multi_thread")]
async fn message_without_a_check_of_its_own_is_judged_with_the_envelope() {
    let pack = Pack {
        steps: "- { call: readThing, as: anyone, path: { id: old }, expect: { error: 'https://things.example/unknown' } }",
        ..Pack::EMPTY
    };
    let judged_by = |pack: Pack, title: &'static str| async move {
        let run = pack.run(move |_| problem(404, "unknown").with("title", title.into())).await;
        run.findings()
            .iter()
            .filter_map(|one| one.split_once(':'))
            .map(|(check, _)| check.to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(judged_by(pack, "").await, ["envelope-present"]);
    assert!(judged_by(pack, "Unknown").await.is_empty());
    let clauses =
        "  - { id: BODY-2, level: MUST, page: All, says: The title says something., checks: [message-present] }\n";
    assert_eq!(judged_by(Pack { clauses, ..pack }, "").await, ["message-present"]);
}

//! Responses that are neither an error body nor the only success: refusals of HEAD, 304 and 307, a second success, and
//! bodies that are nested deep.

use serde_json::{Value, json};

use crate::support::{Call, Pack, Reply, problem, thing};

const PACK: Pack = Pack {
    clauses: "  - { id: DONE-1, level: MUST, page: All, says: As documented., checks: [success-status, success-body, success-without-error] }\n",
    steps: "
- { call: readThing, method: HEAD, as: anyone, path: { id: secret }, expect: { status: 403 } }
- { call: readThing, as: anyone, path: { id: same }, expect: { status: 304 } }
- { call: readThing, as: anyone, path: { id: moved }, expect: { status: [304, 307] } }
- { call: writeThing, as: anyone, path: { id: new }, expect: { success: true } }
- { call: writeThing, as: anyone, path: { id: old }, expect: { success: true } }
- { call: writeThing, as: anyone, path: { id: third }, expect: { success: true, status: 201 } }
- { call: readThing, as: anyone, path: { id: nothing }, expect: { error: 'https://things.example/unknown', status: 4xx } }
",
    ..Pack::EMPTY
};

fn status(status: u16) -> Reply {
    Reply { status, ..thing() }
}

fn serve(call: &Call) -> Reply {
    match call.path.as_str() {
        "/things/secret" => status(403),
        "/things/same" => status(304),
        "/things/moved" => status(307),
        "/things/new" | "/things/third" => status(201),
        "/things/old" => status(200),
        _ => problem(404, "unknown"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn documented_returns_without_an_error_body_are_no_violations() {
    let run = PACK.run(serve).await;
    run.assert_conforms();
    assert!(run.upheld().is_superset(&["TEST-1", "DONE-1"].into()), "{:?}", run.upheld());
}

#[tokio::test(flavor = "multi_thread")]
async fn another_status_is_a_violation_of_the_expectation() {
    for (path, wrong, finding) in [
        ("/things/secret", 404, "expectation: 403, found 404"),
        ("/things/same", 307, "expectation: 304, found 307"),
        ("/things/moved", 200, "expectation: 304 or 307, found success (200)"),
        ("/things/third", 200, "expectation: 201, found success (200)"),
    ] {
        let run = PACK.run(move |call| if call.path == path { status(wrong) } else { serve(call) }).await;
        assert_eq!(run.findings(), [finding], "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_that_are_nested_deep_are_read() {
    let deep = |levels: usize| (0..levels).fold(json!(1), |inner, _| Value::Array(vec![inner]));
    let steps = "
- { call: readThing, as: anyone, path: { id: deep }, expect: { success: true, body: { /inner: { $type: array } } } }
";
    let pack = Pack { steps, ..PACK };
    pack.run(move |_| thing().with("inner", deep(400))).await.assert_conforms();
}

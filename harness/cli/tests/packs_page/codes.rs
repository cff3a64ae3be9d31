//! Codes: URIs, and several statuses of one code.

use crate::support::{Pack, Reply, problem, thing};

const PACK: Pack = Pack {
    errors: "  - { code: 'https://things.example/client', status: [400, 401], retry: never, page: All, means: Unknown client. }\n",
    steps: "
- { call: readThing, as: anyone, path: { id: old }, expect: { error: 'https://things.example/client' } }
- { call: writeThing, as: anyone, path: { id: new }, expect: { error: 'https://things.example/client', status: 401 } }
",
    ..Pack::EMPTY
};

fn serve(path: &str) -> Reply {
    match path {
        "/things/old" => problem(400, "client"),
        _ => problem(401, "client"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_of_several_statuses_is_accepted() {
    let run = PACK.run(|call| serve(&call.path)).await;
    run.assert_conforms();
    assert!(run.upheld().is_superset(&["CODE-1", "TEST-1"].into()), "{:?}", run.upheld());
}

#[tokio::test(flavor = "multi_thread")]
async fn another_status_violates_the_clause_of_the_codes() {
    let run = PACK
        .run(|call| match call.path.as_str() {
            "/things/old" => problem(404, "client"),
            path => serve(path),
        })
        .await;
    let code = "https://things.example/client";
    assert_eq!(run.findings(), [format!("status-matches-code: {code} with 400 or 401, found {code} with 404")]);
    let run =
        PACK.run(|call| if call.path == "/things/new" { problem(400, "client") } else { serve(&call.path) }).await;
    assert_eq!(run.findings(), [format!("expectation: 401, found {code} (400)")]);
    let run = PACK.run(|call| if call.path == "/things/new" { thing() } else { serve(&call.path) }).await;
    assert_eq!(run.findings(), [format!("expectation: {code} (400 or 401), found success (200)")]);
}

/// Without a clause for these checks, nothing else judges code and status.
#[tokio::test(flavor = "multi_thread")]
async fn expectation_judges_code_and_status_if_no_clause_does() {
    let steps =
        "- { call: readThing, as: anyone, path: { id: old }, expect: { error: 'https://things.example/unknown' } }";
    let unnamed: &'static [&'static str] = &["envelope-present", "code-registered", "status-matches-code"];
    let judged = |unnamed: &'static [&'static str], reply: fn() -> Reply| async move {
        let run = Pack { steps, unnamed, ..Pack::EMPTY }.run(move |_| reply()).await;
        run.findings()
    };
    let code = "https://things.example/unknown";
    let without = || {
        let mut reply = problem(404, "unknown");
        reply.body = serde_json::json!({ "title": "No" });
        reply
    };
    let nothing = [format!("expectation: {code} (404), found 404 without a readable error code")];
    assert_eq!(judged(unnamed, without).await, nothing);
    // Each of these checks reports the missing member.
    for unnamed in [&unnamed[..1], &unnamed[1..2]] {
        assert!(judged(unnamed, without).await.iter().all(|one| !one.starts_with("expectation")));
    }
    assert_eq!(
        judged(&["code-registered"], || problem(404, "other")).await,
        [format!("expectation: {code} (404), found https://things.example/other (404)")]
    );
    let gone = || problem(422, "unknown");
    assert_eq!(judged(&unnamed[2..], gone).await, [format!("expectation: {code} with 404, found {code} with 422")]);
    // With the checks, each fault is reported once.
    assert_eq!(judged(&[], gone).await, [format!("status-matches-code: {code} with 404, found {code} with 422")]);
    for reply in [without, || problem(404, "other")] {
        let found = judged(&[], reply).await;
        assert!(!found.is_empty() && found.iter().all(|one| !one.starts_with("expectation")), "{found:?}");
    }
    assert_eq!(judged(unnamed, || problem(404, "unknown")).await, Vec::<String>::new());
}

#[test]
fn statuses_that_contradict_are_refused() {
    for (status, message) in [
        ("[400, 418]", "status 418 is not among the documented `statuses`"),
        ("[400, 400]", "status 400 is listed twice"),
        ("[]", "an empty list of statuses: add at least one, or remove it"),
        ("[400, 99]", "expected a status from 100 to 599, found 99"),
    ] {
        let errors = PACK.errors.replace("[400, 401]", status);
        Pack { errors: errors.leak(), ..PACK }.assert_refused(message);
    }
}

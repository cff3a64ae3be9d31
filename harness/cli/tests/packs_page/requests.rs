//! Requests that the description does not document: other methods of a path, and long and deep bodies.

use crate::support::{Call, Pack, Reply, problem, thing};

const PACK: Pack = Pack {
    steps: "
- { call: readThing, method: BREW, as: anyone, path: { id: one }, expect: { error: 'https://things.example/method' } }
- { call: writeThing, method: HEAD, as: anyone, path: { id: one }, expect: { status: 404 } }
",
    ..Pack::EMPTY
};

fn serve(call: &Call) -> Reply {
    match (call.method.as_str(), call.body.len()) {
        ("BREW", 0) => problem(405, "method"),
        ("HEAD", 0) => problem(404, "unknown"),
        _ => problem(422, "invalid"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_method_is_sent_without_a_body() {
    let run = PACK.run(serve).await;
    run.assert_conforms();
    assert!(run.upheld().contains("TEST-1"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_accepted_method_is_a_violation_of_the_expectation_alone() {
    let clauses = "  - { id: DONE-1, level: MUST, page: All, says: Success as documented., checks: [success-status, success-body] }\n";
    let pack = Pack { clauses, ..PACK };
    let run = pack.run(|call| if call.method == "BREW" { Reply { status: 201, ..thing() } } else { serve(call) }).await;
    assert_eq!(run.findings(), ["expectation: https://things.example/method (405), found success (201)"]);
}

#[test]
fn methods_that_are_documented_or_cannot_be_sent_are_refused() {
    for (method, message) in [
        ("method: GET", "GET is the method of readThing"),
        ("method: PUT", "PUT is documented for this path"),
        ("method: 'A B'", "`A B` cannot be sent as a method"),
        ("method: CONNECT", "`CONNECT` cannot be sent as a method"),
        ("method: BREW, expect: { success: true }", "no success is documented for BREW /things/{id}"),
        ("method: BREW, expect: { body: { /a: 1 } }", "no success is documented for BREW /things/{id}"),
        ("method: BREW, label: x", "`method` needs `expect`"),
    ] {
        let expect = if method.contains(',') { "" } else { ", expect: { status: 405 }" };
        let call = "call: readThing, as: anyone, path: { id: one }";
        let step = format!("\n- {{ {call}, {method}{expect} }}\n- {{ {call}, expect: {{ success: true }} }}\n");
        Pack { steps: step.leak(), ..PACK }.assert_refused(message);
    }
}

const ELSEWHERE: Pack = Pack {
    clauses: "  - { id: DONE-1, level: MUST, page: All, says: As documented., checks: [success-status] }\n",
    steps: "
- { call: readThing, send_to: '/nothing/${unique}', as: anyone, expect: { error: 'https://things.example/unknown' } }
- { call: writeThing, send_to: /things, method: POST, as: anyone, body: {}, expect: { status: 405 } }
",
    ..Pack::EMPTY
};

#[tokio::test(flavor = "multi_thread")]
async fn paths_that_no_operation_has_are_requested() {
    let serve = |call: &Call| match (call.method.as_str(), call.path.as_str(), call.body.len()) {
        ("GET", path, 0) if path.starts_with("/nothing/") && path.len() > 12 => problem(404, "unknown"),
        ("POST", "/things", 2) => problem(405, "method"),
        _ => problem(503, "down"),
    };
    ELSEWHERE.run(serve).await.assert_conforms();
    let run = ELSEWHERE
        .run(|call| if call.method == "GET" { Reply { status: 201, ..thing() } } else { problem(405, "method") });
    let found = "expectation: https://things.example/unknown (404), found success (201)";
    assert_eq!(run.await.findings(), [found], "the documented success of readThing is not compared");
}

#[test]
fn paths_that_an_operation_has_or_that_cannot_be_sent_are_refused() {
    for (members, message) in [
        ("send_to: /things/one", "this is the path of readThing"),
        ("send_to: '/things/${unique}'", "this is the path of readThing"),
        ("send_to: things", "`things` is not a path"),
        ("send_to: '/a?b=c'", "`/a?b=c` is not a path"),
        ("send_to: /a/../b", "an HTTP client would send"),
        ("send_to: /a, path: { id: one }", "`path` has no effect together with `send_to`"),
        ("send_to: /a, method: CONNECT", "`CONNECT` cannot be sent as a method"),
    ] {
        let step = format!("\n- {{ call: readThing, as: anyone, {members}, expect: {{ status: 404 }} }}\n");
        Pack { steps: step.leak(), ..PACK }.assert_refused(message);
    }
}

const LONG: Pack = Pack {
    steps: "
- call: writeThing
  as: anyone
  path: { id: deep }
  raw: '${repeat(\"[\", 4000)}1${repeat(\"]\", 4000)}'
  expect: { error: 'https://things.example/invalid' }
- call: writeThing
  as: anyone
  path: { id: long }
  body: { name: '${repeat(\"é\", 70000)}' }
  expect: { error: 'https://things.example/invalid' }
",
    ..PACK
};

#[tokio::test(flavor = "multi_thread")]
async fn texts_are_repeated_in_bodies() {
    let run = LONG.run(|call| match (call.path.as_str(), call.body.len()) {
        ("/things/deep", 8001) | ("/things/long", 140_011) => problem(422, "invalid"),
        _ => thing(),
    });
    run.await.assert_conforms();
}

#[test]
fn repetitions_without_a_count_are_refused() {
    for (call, message) in [
        ("repeat(\"[\")", "`repeat` needs a text and a count"),
        ("repeat(\"[\", \"many\")", "`repeat` needs an integer as its count, found \"many\""),
        ("repeat(\"[\", 99999999999)", "`repeat` makes a text of 99999999999 bytes; the limit is 33554432"),
    ] {
        let steps = LONG.steps.replace("repeat(\"[\", 4000)", call);
        Pack { steps: steps.leak(), ..LONG }.assert_refused(message);
    }
}

const BODIES: Pack = Pack {
    errors: "  - { code: 'https://things.example/syntax', status: 400, retry: never, page: All, means: Not JSON. }\n",
    formats: "
callers: { writeThing: { as: anyone, path: { id: one } } }
refusals:
  not-json: { clause: TEST-1, error: 'https://things.example/syntax' }
  not-an-object: { clause: TEST-1, error: 'https://things.example/invalid' }
values:
  - { body: true, operations: [writeThing], formats: [body], handled: TEST-1 }
",
    steps: "
- { call: writeThing, as: anyone, path: { id: one }, raw: '{', expect: { error: 'https://things.example/syntax' } }
",
    ..PACK
};

fn read(call: &Call) -> Reply {
    match serde_json::from_slice::<serde_json::Value>(&call.body) {
        Err(_) => problem(400, "syntax"),
        Ok(value) if value.is_object() => thing(),
        Ok(_) => problem(422, "invalid"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn json_that_is_not_an_object_has_a_code_of_its_own() {
    let run = BODIES.run(read).await;
    run.assert_conforms();
    let run = BODIES.run(|call| if call.body.starts_with(b"[") { problem(400, "syntax") } else { read(call) }).await;
    let wrong = "expectation: https://things.example/invalid (422), found https://things.example/syntax (400)";
    assert!(run.findings().iter().any(|finding| finding == wrong), "{:?}", run.findings());
}

#[test]
fn each_kind_of_body_needs_an_expectation() {
    let line = "  not-an-object: { clause: TEST-1, error: 'https://things.example/invalid' }\n";
    let formats = BODIES.formats.replace(line, "");
    Pack { formats: formats.leak(), ..BODIES }
        .assert_refused("its formats have rules that need the refusal `not-an-object`");
}

//! What a test takes from its setup, its rows and its actors: values that are kept, parameters, and credentials.

use std::collections::BTreeMap;

use judge::target::Target;
use runner::schedule::schedule;

use crate::support::{Call, Pack, Reply, problem, thing};

const KEPT: Pack = Pack {
    steps: "
- { call: readThing, as: anyone, path: { id: one }, expect: { success: true }, keep: { tag: header ETag } }
- { call: writeThing, as: anyone, path: { id: '${tag}' }, expect: { success: true } }
",
    ..Pack::EMPTY
};

#[tokio::test(flavor = "multi_thread")]
async fn an_absent_header_cannot_be_kept() {
    let run = KEPT.run(|_| thing()).await;
    assert_eq!(run.findings(), Vec::<String>::new());
    let reason = run.records[0].1.inconclusive.as_deref().unwrap_or_default();
    assert!(reason.contains("ETag"), "{reason}");
    let run = KEPT.run(|_| thing().header("ETag", "v1")).await;
    run.assert_conforms();
    assert!(run.upheld().contains("TEST-1"));
}

#[test]
fn assertions_without_effect_are_refused() {
    for (expect, message) in [
        ("{ error: 'https://things.example/unknown', headers: { X-Nope: {} } }", "X-Nope"),
        ("{ error: 'https://things.example/unknown', field: no-such-member }", "field"),
        ("{ success: true, body: { /a: {} } }", "`{}` accepts every object"),
    ] {
        let steps = format!("\n- {{ call: readThing, as: anyone, path: {{ id: one }}, expect: {expect} }}\n");
        Pack { steps: steps.leak(), ..Pack::EMPTY }.assert_refused(message);
    }
}

const SENT: Pack = Pack {
    steps: "
- { call: readThing, as: anyone, path: { id: 17 }, query: { _limit: -1, all: true, q: 'a b&c' }, expect: { success: true } }
- { call: readThing, as: anyone, path: { id: 'a%2Fb' }, query: { q: ['x', 'y'] }, expect: { success: true } }
- { call: readThing, as: member, path: { id: own }, expect: { success: true } }
- call: readThing
  as: anyone
  path: { id: other }
  headers: { Authorization: 'Basic ${base64(\"bob:\", \"secret\")}' }
  expect: { success: true }
",
    ..Pack::EMPTY
};

fn serve(call: &Call) -> Reply {
    let credential = call.headers.get("authorization").and_then(|value| value.to_str().ok()).unwrap_or_default();
    match (call.path.as_str(), credential) {
        ("/things/17?_limit=-1&all=true&q=a%20b%26c", "") | ("/things/a%2Fb?q=x&q=y", "") => thing(),
        // ada:a:b and bob:secret in Base64.
        ("/things/own", "Basic YWRhOmE6Yg==") | ("/things/other", "Basic Ym9iOnNlY3JldA==") => thing(),
        _ => problem(404, "unknown"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn parameters_and_credentials_are_sent_as_they_are_written() {
    SENT.run(serve).await.assert_conforms();
}

const FIXTURE: Pack = Pack {
    steps: "
- { call: readThing, as: anyone, path: { id: '${id}' }, expect: { error: 'https://things.example/unknown' } }
",
    ..Pack::EMPTY
};

#[tokio::test(flavor = "multi_thread")]
async fn a_value_with_a_slash_is_one_segment_however_its_variable_is_called() {
    for name in ["id", "query"] {
        let steps = format!(
            "
- {{ call: readThing, as: anyone, path: {{ id: first }}, expect: {{ success: true }}, keep: {{ {name}: body /name }} }}
- {{ call: readThing, as: anyone, path: {{ id: '${{{name}}}' }}, expect: {{ success: true }} }}
"
        );
        let pack = Pack { steps: steps.leak(), ..FIXTURE };
        let run = pack
            .run(|call| match call.path.as_str() {
                "/things/first" => thing().with("name", "a/b?c".into()),
                "/things/a%2Fb%3Fc" => thing(),
                _ => problem(404, "unknown"),
            })
            .await;
        run.assert_conforms();
    }
}

#[test]
fn a_property_needs_what_its_entry_needs() {
    let formats = "
callers: { order: { as: anyone } }
schema:
  refused: { clause: TEST-1, error: 'https://things.example/invalid' }
  needs: [stock]
";
    let steps = "
- { call: readThing, as: anyone, path: { id: one }, expect: { success: true } }
";
    let (contract, library) = Pack { formats, steps, ..Pack::EMPTY }.load().unwrap_or_else(|all| panic!("{all}"));
    let skipped = |lacks: BTreeMap<String, String>| {
        let target = Target { lacks, ..Target::default() };
        let scheduled = schedule(&contract, &target, library.tests.clone(), None);
        let properties = scheduled.into_iter().filter(|scheduled| scheduled.test.is_property());
        properties.map(|test| test.skip.unwrap_or_default()).collect::<Vec<_>>()
    };
    assert!(!skipped(BTreeMap::new()).is_empty() && skipped(BTreeMap::new()).iter().all(String::is_empty));
    let without = skipped([("stock".to_owned(), "The shop is empty.".to_owned())].into());
    assert!(
        without.iter().all(|reason| reason.contains("stock") && reason.contains("The shop is empty.")),
        "{without:?}"
    );
    let formats = formats.replace("needs: [stock]", "needs: [stok]");
    Pack { formats: formats.leak(), steps, ..Pack::EMPTY }.assert_refused("unknown capability `stok`");
}

//! Members of bodies: patterns, bounds of numbers, exact values, and several matchers of one member.

use serde_json::{Value, json};

use crate::support::{Pack, Run, thing};

const PACK: Pack = Pack {
    steps: "
- call: readThing
  as: anyone
  path: { id: one }
  expect:
    success: true
    body:
      /id: { $matches: '^th_[0-9]+$' }
      /count: { $at_least: 1, $below: 10 }
      /size: { $equals: { unit: mm, value: 2 } }
      /note: { $present: true, $type: string }
",
    ..Pack::EMPTY
};

fn conforming() -> Value {
    json!({ "id": "th_1", "count": 9, "size": { "unit": "mm", "value": 2.0 }, "note": "" })
}

async fn run(member: &'static str, value: Value) -> Run {
    PACK.run(move |_| {
        conforming().as_object().into_iter().flatten().fold(thing(), |reply, (name, own)| {
            reply.with(name, if name == member { value.clone() } else { own.clone() })
        })
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn members_that_satisfy_every_matcher_are_accepted() {
    let run = run("", Value::Null).await;
    run.assert_conforms();
    assert!(run.upheld().contains("TEST-1"));
    PACK.run(|_| thing().with("id", json!("th_1"))).await.findings();
}

#[tokio::test(flavor = "multi_thread")]
async fn each_matcher_rejects_other_members() {
    for (member, value, finding) in [
        ("id", json!("TH_1"), "a string that matches \"^th_[0-9]+$\", found \"TH_1\""),
        ("id", json!(1), "a string that matches \"^th_[0-9]+$\", found 1"),
        ("count", json!(0), "a number of at least 1, found 0"),
        ("count", json!(10), "a number below 10, found 10"),
        ("count", json!("5"), "a number of at least 1, found \"5\""),
        ("size", json!({ "unit": "mm", "value": 2, "more": 1 }), "exactly {\"unit\":\"mm\",\"value\":2}, found {"),
        ("note", Value::Null, "a value there, found null"),
        ("note", json!(1), "a value of type \"string\", found 1"),
    ] {
        let findings = run(member, value.clone()).await.findings();
        let [found] = findings.as_slice() else { panic!("{member} {value}: {findings:?}") };
        assert!(found.starts_with(&format!("expectation: {finding}")), "{found}");
    }
}

#[test]
fn matchers_that_accept_everything_or_nothing_are_refused() {
    for (matcher, message) in [
        ("{ $matches: '.*' }", "`$matches` accepts every string"),
        ("{ $matches: '(' }", "`$matches` is not a valid regular expression"),
        ("{ $matches: 1 }", "`$matches` must be a regular expression, found 1"),
        ("{ $at_least: ten }", "`$at_least` must be a number, found \"ten\""),
        ("{ $at_least: 3, $below: 3 }", "no number is below 3 and at least 3"),
        ("{ $present: false, $type: string }", "`$present: false` cannot be combined with another matcher"),
        ("{ $type: object, a: 1 }", "the matcher `$type` cannot be combined with members of the value"),
    ] {
        let steps = PACK.steps.replace("{ $matches: '^th_[0-9]+$' }", matcher);
        Pack { steps: steps.leak(), ..PACK }.assert_refused(message);
    }
}

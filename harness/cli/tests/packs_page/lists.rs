//! Values from the schemas of forms and of list parameters.

use std::collections::BTreeSet;

use spec::percent;

use crate::support::{Call, Pack, Reply, problem, thing};

const PACK: Pack = Pack {
    formats: "
callers: { order: { as: anyone } }
schema:
  refused: { clause: TEST-1, error: 'https://things.example/invalid' }
  accepted: TEST-1
  leave_out: [missing-required]
",
    steps: "
- { call: readThing, as: anyone, path: { id: nothing }, expect: { error: 'https://things.example/unknown' } }
",
    ..Pack::EMPTY
};

/// The values of a name in a query or a form.
fn values(text: &str, name: &str) -> Vec<String> {
    let pairs = text.split('&').filter_map(|pair| pair.split_once('='));
    pairs.filter(|(own, _)| *own == name).map(|(_, value)| percent::decoded(value)).collect()
}

/// The rules that an order breaks.
fn broken(call: &Call) -> BTreeSet<&'static str> {
    let (_, query) = call.path.split_once('?').unwrap_or_default();
    let form = String::from_utf8_lossy(&call.body);
    let tags = values(query, "tag");
    let sizes = values(query, "size");
    let mut sizes = sizes.iter().flat_map(|text| text.split(','));
    let names = values(&form, "name");
    let is_count = |text: &String| text.parse::<i128>().is_ok_and(|count| count >= 1);
    [
        ("too-many-tags", tags.len() > 2),
        ("unknown-tag", tags.iter().any(|tag| !["new", "used"].contains(&tag.as_str()))),
        ("wrong-size", !sizes.all(|text| text.parse().is_ok_and(|size: i128| (1..=9).contains(&size)))),
        ("wrong-name", !names.iter().all(|name| (1..=5).contains(&name.chars().count()))),
        ("wrong-count", !values(&form, "count").iter().all(is_count)),
        ("wrong-colour", values(&form, "colour").iter().any(|one| one != "red" && one != "blue")),
    ]
    .into_iter()
    .filter_map(|(rule, is_broken)| is_broken.then_some(rule))
    .collect()
}

/// A server that does not know one of the rules.
fn serve(call: &Call, unknown: &str) -> Reply {
    match call.path.starts_with("/orders") {
        true if broken(call).iter().any(|rule| *rule != unknown) => problem(422, "invalid"),
        true => thing(),
        false => problem(404, "unknown"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn forms_and_lists_are_sent_as_their_schema_says() {
    let run = PACK.run(|call| serve(call, "")).await;
    run.assert_conforms();
    let names: BTreeSet<&str> = run.records.iter().map(|(test, _)| test.name.as_ref()).collect();
    for place in ["body/name", "body/count", "body/colour", "query/tag", "query/size"] {
        for fact in ["valid-values-are-accepted", "invalid-values-are-refused"] {
            let name = format!("schema/order/{place}::{fact}");
            assert!(names.contains(name.as_str()), "{name}: {names:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_rule_of_a_form_or_a_list_is_tested() {
    for (rule, place) in [
        ("too-many-tags", "query/tag"),
        ("unknown-tag", "query/tag"),
        ("wrong-size", "query/size"),
        ("wrong-name", "body/name"),
        ("wrong-count", "body/count"),
        ("wrong-colour", "body/colour"),
    ] {
        let run = PACK.run(move |call| serve(call, rule)).await;
        let failed: Vec<&str> = run
            .records
            .iter()
            .filter(|(_, record)| !record.findings.is_empty())
            .map(|(test, _)| test.name.as_ref())
            .collect();
        assert_eq!(failed, [format!("schema/order/{place}::invalid-values-are-refused")], "{rule}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_may_be_a_status_alone() {
    let formats = PACK.formats.replace("error: 'https://things.example/invalid'", "status: [400, 422]");
    let pack = Pack { formats: formats.leak(), ..PACK };
    pack.run(|call| serve(call, "")).await.assert_conforms();
    let run = pack.run(|call| if call.path == "/orders" { problem(404, "unknown") } else { serve(call, "") }).await;
    let wrong = "expectation: 400 or 422, found https://things.example/unknown (404)";
    assert!(run.findings().iter().any(|finding| finding == wrong), "{:?}", run.findings());
    let formats = PACK.formats.replace(", error: 'https://things.example/invalid'", "");
    let problems = Pack { formats: formats.leak(), ..PACK }.load().map(|_| ()).expect_err("it expects nothing");
    assert!(problems.contains("expects nothing") || problems.contains("asserts nothing"), "{problems}");
}

//! Headers that the catalogue requires by status or code.

use crate::support::{Call, Pack, Reply, problem, thing};

const PACK: Pack = Pack {
    errors: "
headers:
  - { header: Retry-After, status: 5xx, at_least: 1 }
  - { header: Allow, status: 405, contains: GET }
  - { header: Link, code: 'https://things.example/unknown', matches: '^<.+>; rel=\"help\"$' }
  - { header: Cache-Control, status: 200 }
",
    clauses: "  - { id: HEAD-1, level: MUST, page: All, says: Headers by status and code., checks: [required-headers] }\n",
    steps: "
- { call: readThing, as: anyone, path: { id: down }, expect: { error: 'https://things.example/down' } }
- { call: writeThing, as: anyone, path: { id: fixed }, expect: { error: 'https://things.example/method' } }
- { call: readThing, as: anyone, path: { id: nothing }, expect: { error: 'https://things.example/unknown' } }
- { call: readThing, as: anyone, path: { id: one }, expect: { success: true } }
",
    ..Pack::EMPTY
};

fn serve(call: &Call) -> Reply {
    match call.path.as_str() {
        "/things/down" => problem(503, "down").header("Retry-After", "30"),
        "/things/fixed" => problem(405, "method").header("Allow", "GET, HEAD"),
        "/things/nothing" => problem(404, "unknown").header("Link", "</help>; rel=\"help\""),
        _ => thing().header("Cache-Control", "no-store"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn required_headers_that_are_sent_are_accepted() {
    let run = PACK.run(serve).await;
    run.assert_conforms();
    assert!(run.upheld().contains("HEAD-1"));
}

#[tokio::test(flavor = "multi_thread")]
async fn each_missing_or_unfit_header_is_a_violation_of_its_clause() {
    for (path, header, expected) in [
        ("/things/down", None, "an integer of at least 1, as on every 5xx"),
        ("/things/down", Some(("Retry-After", "0")), "an integer of at least 1, as on every 5xx"),
        ("/things/down", Some(("Retry-After", "soon")), "an integer of at least 1, as on every 5xx"),
        ("/things/fixed", None, "a text that contains \"GET\", as on every 405"),
        ("/things/fixed", Some(("Allow", "HEAD")), "a text that contains \"GET\", as on every 405"),
        ("/things/nothing", Some(("Link", "</help>")), "a text that matches"),
        ("/things/one", None, "a value, as on every 200"),
    ] {
        let run = PACK
            .run(move |call| match call.path == path {
                true => Reply { headers: header.into_iter().collect(), ..serve(call) },
                false => serve(call),
            })
            .await;
        let findings = run.findings();
        let found = header.map_or("no such header".to_owned(), |(_, value)| format!("\"{value}\""));
        let [finding] = findings.as_slice() else { panic!("{path} {header:?}: {findings:?}") };
        assert!(finding.starts_with(&format!("required-headers: {expected}")), "{finding}");
        assert!(finding.contains(&found.escape_debug().to_string()) || finding.ends_with(&found), "{finding}");
        assert_eq!(run.violated().into_iter().collect::<Vec<_>>(), ["HEAD-1"]);
    }
}

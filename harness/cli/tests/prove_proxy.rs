//! Mutation testing of a pack through a proxy, end to end: the second pack against its stub server.

#[expect(dead_code, reason = "each test uses a part of it")]
mod shared;
#[path = "../../packs/parcel/stub.rs"]
mod stub;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use judge::exchange::{Fault, Request, Response};
use mutate::{
    Alarms, Allowed, Baseline, Campaign, Change, Mutation, MutationOutcome, MutationResult, Need, Noticed, Origin,
    Proxy, Reaction, Redundancy, Route, Score, Summary, When, generate, json, markdown, situations, terminal,
};
use runner::client::{HttpClient, Network};
use serde_json::{Value, json};
use shared::{Folder, PARCEL, pack, path, serve, target};
use spec::contract::Contract;
use spec::scenario::Library;
use spec::source::SourceFile;
use tokio::sync::watch;

/// The number of servers that run at the same time, because some tests wait.
const SERVERS: usize = 8;

#[tokio::test(flavor = "multi_thread")]
async fn the_complete_pack_notices_all_other_mutations() {
    let (contract, library) = pack(PARCEL);
    let (baseline, mut rows) = tried(&contract, &library, |_| true).await;
    assert_eq!(baseline.left_out, BTreeMap::new());
    let file = SourceFile::read(&path(PARCEL).join(Allowed::DEFAULT), Allowed::DEFAULT).expect("the allowed survivors");
    let allowed = Allowed::read(file, &contract).expect("the allowed survivors");
    allowed.mark(&mut rows);
    let outdated = allowed.out_of_date(&generate(&contract, &baseline.observed), &rows);
    assert!(outdated.is_empty(), "{outdated:?}");
    let named = |outcome| {
        let those = rows.iter().filter(move |row| row.outcome == outcome);
        those.map(|row| row.mutation.name.as_str()).collect::<Vec<_>>()
    };
    assert_eq!(named(MutationOutcome::Survived), Vec::<&str>::new());
    assert_eq!(named(MutationOutcome::KilledForAnotherClause), Vec::<&str>::new());
    assert_eq!(named(MutationOutcome::Allowed), ["operation/registerParcel/42901/succeeds"]);
    for row in rows.iter().filter(|row| row.outcome == MutationOutcome::Killed) {
        let kill = row.kill.as_ref().expect("a killed mutation names a violation");
        let is_expected = row.mutation.clauses.is_empty() || row.mutation.clauses.contains(&kill.clause);
        assert!(is_expected, "{} was reported as {}", row.mutation.name, kill.clause);
        assert!(row.triggered > 0 && row.tests > 0, "{row:?}");
    }
    let score = Score::of(&rows);
    assert!(score.reaches(100.0), "{score:?}");
    assert!(score.all.killed > 400, "{score:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mutation_survives_if_an_expectation_is_removed() {
    let folder = Folder::with_pack(PARCEL);
    let file = "scenarios/parcels.yaml";
    let text = folder.read(file);
    // The only test that checks whether a parcel can be redirected twice.
    let weaker = text.replace("expect: { error: [40901] }", "expect: { any_documented: true }");
    assert_ne!(text, weaker, "the scenario does not contain the expectation");
    folder.write(file, &weaker);
    let (contract, library) = pack(&folder);
    let name = "operation/redirectParcel/40901/succeeds";
    let (_, rows) = tried(&contract, &library, |mutation| mutation.name == name).await;
    assert_eq!(rows.len(), 1);
    let row = &rows[0];
    assert_eq!(row.outcome, MutationOutcome::Survived, "{row:?}");
    let changed = row.changed.as_ref().expect("a survivor shows what was changed");
    assert_eq!((changed.file.as_str(), changed.line), (file, line_of(&weaker, "any_documented")));
    assert_eq!(changed.accepts.as_deref(), Some("any documented response"));
    assert!(changed.before.starts_with("409 "), "{changed:?}");
    assert!(changed.after.starts_with("200 "), "{changed:?}");
    let (contract, library) = pack(PARCEL);
    let (_, rows) = tried(&contract, &library, |mutation| mutation.name == name).await;
    assert_eq!(rows[0].outcome, MutationOutcome::Killed);
    assert_eq!(rows[0].kill.as_ref().map(|kill| kill.clause.as_str()), Some("MOVE-1"));
}

#[tokio::test(flavor = "multi_thread")]
async fn mutation_that_could_not_be_tried_counts_as_not_noticed() {
    let (contract, library) = pack(PARCEL);
    let working = campaign(&contract).await;
    let baseline = working.baseline(library.tests.clone()).await.expect("a baseline");
    let mutations = generate(&contract, &baseline.observed);
    let network = Network { ca_cert: Some(PathBuf::from("no-such-file.pem")), ..Network::default() };
    let broken = Campaign { network, ..working };
    let rows = broken.run(&baseline, &mutations[..1], |_| {}).await;
    assert_eq!(rows[0].outcome, MutationOutcome::TimedOut, "{rows:?}");
    assert!(rows[0].reason.as_ref().is_some_and(|reason| reason.contains("no-such-file.pem")), "{rows:?}");
    assert!(!Score::of(&rows).reaches(100.0));
}

#[tokio::test(flavor = "multi_thread")]
async fn scenario_is_redundant_only_while_it_has_a_copy() {
    let folder = Folder::with_pack(PARCEL);
    let file = "scenarios/parcels.yaml";
    let text = folder.read(file);
    let line = line_of(&text, "error: [40901]");
    let begin = text.find("  - name: a-parcel-is-redirected-once").expect("the scenario");
    let length = text[begin..].find("\n\n").expect("the end of the scenario") + 1;
    let copy = text[begin..begin + length].replace("redirected-once", "redirected-only-once");
    let needs = async |folder: &Path| {
        let (contract, library) = pack(folder);
        let baseline = campaign(&contract).await.baseline(library.tests.clone()).await.expect("a baseline");
        let mutations = generate(&contract, &baseline.observed).into_iter();
        let mut chosen: Vec<Mutation> =
            mutations.filter(|mutation| mutation.name == "operation/redirectParcel/40901/succeeds").collect();
        let campaign = Campaign { enough: 2, ..campaign(&contract).await };
        let second = campaign.baseline(library.tests.clone()).await.expect("a second baseline");
        let situations = situations(&contract, &baseline, &second).into_iter();
        let in_the_situation = |mutation: &Mutation| {
            mutation.name.starts_with("situation/redirectParcel/40901/") && mutation.name.ends_with("/outcome")
        };
        chosen.extend(situations.filter(in_the_situation));
        assert_eq!(chosen.len(), 2, "{chosen:?}");
        let rows = campaign.run(&baseline, &chosen, |_| {}).await;
        assert!(rows.iter().all(|row| row.outcome == MutationOutcome::Killed), "{rows:?}");
        let noticed: Vec<Noticed> =
            rows.iter().map(|row| Noticed { mutation: row.mutation.name.clone(), kills: row.kills.clone() }).collect();
        let found = Redundancy::of(&contract, &library, &noticed);
        let needed = |needs: &[Need]| -> Vec<String> {
            let needed = needs.iter().filter(|need| need.needed > 0);
            needed.map(|need| format!("{}:{} {}", need.file, need.line, need.scenario)).collect()
        };
        (needed(&found.scenarios), needed(&found.expectations))
    };
    let (scenarios, expectations) = needs(&folder).await;
    assert_eq!(scenarios.len(), 1, "{scenarios:?}");
    assert!(scenarios[0].ends_with(" a-parcel-is-redirected-once"), "{scenarios:?}");
    assert_eq!(expectations, [format!("scenarios/parcels.yaml:{line} a-parcel-is-redirected-once")]);
    folder.write(file, format!("{}\n\n{copy}", text.trim_end()));
    assert_eq!(needs(&folder).await, (Vec::new(), Vec::new()));
}

#[tokio::test(flavor = "multi_thread")]
async fn conforming_variants_are_reported_only_by_tests_that_assert_more_than_the_contract() {
    let (contract, library) = pack(PARCEL);
    let all = mutate::variants(&contract).expect("the built-in variants");
    let baseline = campaign(&contract).await.baseline(library.tests.clone()).await.expect("a baseline");
    let alarms = Alarms::of(&campaign(&contract).await.run(&baseline, &all, |_| {}).await);
    assert_eq!(alarms.count(Reaction::FalseAlarm), 0, "{}", alarms.text());
    let unseen = alarms.variants.iter().filter(|verdict| verdict.reaction == Reaction::NeverTriggered);
    let unseen: Vec<&str> = unseen.map(|verdict| verdict.name.as_str()).collect();
    assert_eq!(unseen, ["escaped-characters"], "the stub sends neither slashes nor other characters than ASCII");
    // A variant that a pack of this contract must report: the code is not free.
    let mut wrong = all[..1].to_vec();
    wrong[0].change = Change::SetStatus { to: 418 };
    let alarms = Alarms::of(&campaign(&contract).await.run(&baseline, &wrong, |_| {}).await);
    assert_eq!(alarms.count(Reaction::FalseAlarm), 1, "{}", alarms.text());
    assert!(alarms.markdown().contains("| false alarm |"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_result_is_shown_as_text_json_and_markdown() {
    let (contract, library) = pack(PARCEL);
    let chosen = |mutation: &Mutation| mutation.name.starts_with("message/") || mutation.name.ends_with("/stale");
    let (baseline, rows) = tried(&contract, &library, chosen).await;
    let summary = Summary {
        hash: "0".to_owned(),
        target: "the desk".to_owned(),
        seed: 1,
        tests: baseline.passing.len(),
        left_out: BTreeMap::from([("a::b".to_owned(), "failed: x".to_owned())]),
        requests: 1,
        duration_ms: 1000,
        score: Score::of(&rows),
        redundancy: None,
        mutations: rows,
    };
    let text = terminal(&summary);
    assert!(text.lines().count() <= 60, "{text}");
    assert!(text.contains("  BODY           100.0 %"), "{text}");
    let value: Value = serde_json::from_str(&json(&summary, &str::to_owned).expect("JSON")).expect("JSON");
    let removed = value["mutations"]
        .as_array()
        .and_then(|all| all.iter().find(|row| row["mutation"]["name"] == "message/removed"));
    let removed = removed.expect("the mutation is there");
    assert_eq!((&removed["outcome"], &removed["kill"]["clause"]), (&json!("killed"), &json!("BODY-3")));
    let page = markdown(&summary);
    assert!(page.contains("| `message/removed` | BODY-3 | killed | BODY-3 in `"), "{page}");
    assert!(page.contains("- `a::b`: failed: x"), "{page}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_rate_limit_applies_to_all_mutations_of_a_target_together() {
    let (contract, library) = pack(PARCEL);
    let mut campaign = campaign(&contract).await;
    campaign.network.rate = Some(20.0);
    let tests = library.tests.iter().filter(|test| test.name.contains("a-member-is-missing")).cloned().collect();
    let clock = Instant::now();
    let baseline = campaign.baseline(tests).await.expect("a baseline");
    let mutations = generate(&contract, &baseline.observed);
    let rows = campaign.run(&baseline, &mutations[..6], |_| {}).await;
    let requests = baseline.requests + rows.iter().map(|row| row.requests).sum::<usize>();
    let least = Duration::from_secs_f64((requests - 1) as f64 / 20.0);
    assert!(requests > 6 && clock.elapsed() >= least, "{requests} requests in {:?}", clock.elapsed());
}

#[tokio::test]
async fn the_proxy_forwards_requests_and_other_responses_unchanged() {
    let (contract, _) = pack(PARCEL);
    let echo = echo().await;
    for (mutation, status) in [(None, 200), (Some(every_second()), 200)] {
        let proxy = proxy(&contract, &format!("{echo}/base"), mutation).await;
        let client = HttpClient::new(proxy.url(), &Network::default()).expect("a client");
        let body = vec![b'x'; 3 * 1024 * 1024];
        let response = send(&client, proxy.url(), &body).await.expect("a response");
        assert_eq!(response.status, status);
        let output = response.json().expect("JSON");
        assert_eq!(output["line"], "POST /base/v2/parcels?a=%20b HTTP/1.1");
        assert_eq!(output["bytes"], body.len());
        assert_eq!(output["x-own"], "1", "{output}");
        assert!(echo.ends_with(output["host"].as_str().expect("a host")), "{output}");
        assert_eq!(response.header("content-length"), Some(response.body.len().to_string().as_str()));
    }
    let proxy = proxy(&contract, &echo, Some(every_second())).await;
    let client = HttpClient::new(proxy.url(), &Network::default()).expect("a client");
    let mut statuses = Vec::new();
    for _ in 0..4 {
        statuses.push(send(&client, proxy.url(), b"{}").await.expect("a response").status);
    }
    assert_eq!(statuses, [200, 418, 200, 418]);
    assert_eq!(proxy.triggered(), 2);
    proxy.disable();
    assert_eq!(send(&client, proxy.url(), b"{}").await.expect("a response").status, 200);
}

#[tokio::test]
async fn without_a_target_the_connection_is_closed() {
    let (contract, _) = pack(PARCEL);
    let proxy = proxy(&contract, "http://127.0.0.1:1", None).await;
    let client = HttpClient::new(proxy.url(), &Network::default()).expect("a client");
    let outcome = send(&client, proxy.url(), b"{}").await;
    assert!(matches!(outcome, Err(Fault::Broken(_))), "{outcome:?}");
}

fn every_second() -> Mutation {
    Mutation {
        name: "every-second".to_owned(),
        about: None,
        when: When { operation: Some("registerParcel".to_owned()), every: Some(2), ..When::default() },
        change: Change::SetStatus { to: 418 },
        clauses: Vec::new(),
    }
}

async fn proxy(contract: &Arc<Contract>, target: &str, mutation: Option<Mutation>) -> Proxy {
    let upstream = HttpClient::new(target, &Network::default()).expect("a client");
    let route = Route::new(contract, std::iter::empty());
    Proxy::start(contract.clone(), route, Arc::new(upstream), mutation).await.expect("a proxy")
}

async fn send(client: &HttpClient, base: &str, body: &[u8]) -> Result<Response, Fault> {
    let request = Request {
        operation: "registerParcel".to_owned(),
        actor: "clerk".to_owned(),
        method: "POST".to_owned(),
        url: format!("{base}/v2/parcels?a=%20b"),
        path: "/v2/parcels?a=%20b".to_owned(),
        headers: vec![("x-own".to_owned(), b"1".to_vec())],
        body: body.to_vec().into(),
    };
    client.send(&request, &[], false).await
}

/// Starts a server whose responses describe the request. Returns its base URL.
async fn echo() -> String {
    let described = |request: axum::extract::Request| async {
        let (head, body) = request.into_parts();
        let body = axum::body::to_bytes(body, usize::MAX).await.expect("a body");
        let field = |name: &str| head.headers.get(name).and_then(|value| value.to_str().ok());
        let line = format!("{} {} {:?}", head.method, head.uri, head.version);
        axum::Json(json!({ "line": line, "host": field("host"), "x-own": field("x-own"), "bytes": body.len() }))
    };
    serve(axum::Router::new().fallback(described)).await
}

/// The baseline of a pack against a server without faults, and the rows of the chosen mutations.
async fn tried(
    contract: &Arc<Contract>,
    library: &Library,
    chosen: impl Fn(&Mutation) -> bool,
) -> (Baseline, Vec<MutationResult>) {
    let baseline = campaign(contract).await.baseline(library.tests.clone()).await.expect("a baseline");
    let mutations: Vec<Mutation> = generate(contract, &baseline.observed).into_iter().filter(chosen).collect();
    let parts = mutations.chunks(mutations.len().div_ceil(SERVERS).max(1)).map(|part| {
        let baseline = &baseline;
        async move { campaign(contract).await.run(baseline, part, |_| {}).await }
    });
    let rows = futures_util::future::join_all(parts).await.concat();
    (baseline, rows)
}

/// A campaign with its own server.
async fn campaign(contract: &Arc<Contract>) -> Campaign {
    let (_, stop) = watch::channel(None);
    let target = target(stub::start(None).await, &stub::CREDENTIALS);
    Campaign {
        contract: contract.clone(),
        origin: Origin::Deployment(Box::new(target)),
        network: Network::default(),
        sampling: generate::Sampling::default(),
        enough: 1,
        jobs: 1,
        limit: Duration::from_secs(60),
        stop,
    }
}

fn line_of(content: &str, text: &str) -> usize {
    1 + content.lines().position(|line| line.contains(text)).expect("the line")
}

//! The suite stays silent over whatever the contract permits: no variation of the reference is reported, except for
//! the warnings that its row names.
//!
//! Each variation is met by a sample of all trials, another one each; `ONLY_VARIATIONS=gzip,ids` meets those whose
//! name has such a part with all of them, and `ONLY_VARIATIONS=-` every one, in some minutes.

use std::path::Path;
use std::sync::Arc;

use futures_util::StreamExt as _;
use harness::contract::{Contract, Level};
use harness::execute::{Environment, run_trial, token};
use harness::finding::Finding;
use harness::prove::selection;
use harness::run::load;
use harness::scenario::TrialSpec;
use harness::target::{HttpClient, Network, Receiver, start_with, variations};

/// How many servers run side by side.
const SERVERS: usize = 6;
/// How many trials of one server run at a time.
const AT_A_TIME: usize = 16;

/// Variations over which the suite cries wolf as yet, and why.
const KNOWN_ALARMS: &[(&str, &str)] =
    &[("base64-ids", "an id made unlike a known one is sent in a path as it stands, its slash not escaped")];

#[test]
fn nothing_permitted_is_reported() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let (contract, library) = load(&root).unwrap_or_else(|_| panic!("the pack does not load"));
    let contract = Arc::new(contract);
    let only = std::env::var("ONLY_VARIATIONS").unwrap_or_default();
    let all: Vec<&TrialSpec> = library.trials.iter().collect();
    let rows: Vec<_> = variations()
        .into_iter()
        .filter(|(name, ..)| !only.is_empty() || KNOWN_ALARMS.iter().all(|(known, _)| known != name))
        .filter(|(name, ..)| only.is_empty() || only == "-" || only.split(',').any(|part| name.contains(part)))
        .collect();
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let wrong: Vec<String> = runtime.block_on(async {
        let runs = rows.iter().map(|(name, _, warns)| {
            let (contract, library, all) = (&contract, &library, &all);
            let sample = only.is_empty();
            async move {
                let trials = if sample { selection(contract, library, name, &[]) } else { all.clone() };
                let alarms = alarms(contract, &trials, name, warns).await;
                // A long test says what it finds when it finds it.
                alarms.iter().for_each(|alarm| eprintln!("{alarm}"));
                alarms
            }
        });
        futures_util::stream::iter(runs).buffer_unordered(SERVERS).flat_map(futures_util::stream::iter).collect().await
    });
    assert!(wrong.is_empty(), "{} false alarms:\n{}", wrong.len(), wrong.join("\n"));
}

/// What is reported of the reference with that variation, beside the warnings that are due.
async fn alarms(contract: &Arc<Contract>, trials: &[&TrialSpec], variation: &str, warns: &[&str]) -> Vec<String> {
    let embedded = start_with(&[], &[variation]).await.expect("the reference starts");
    let target = embedded.target();
    let client = HttpClient::new(&target.url, &Network::default()).expect("a client");
    let address = ([127, 0, 0, 1], 0).into();
    let receiver = Receiver::start(address, None, target.webhook_timeout).await.expect("a receiver");
    let (_sender, stop) = tokio::sync::watch::channel(None);
    let environment = Environment::new(contract.clone(), target, client, Some(receiver), token(), stop);
    let runs = trials.iter().map(|trial| async { (trial.name.clone(), run_trial(&environment, trial).await) });
    let mut records = futures_util::stream::iter(runs).buffer_unordered(AT_A_TIME);
    let mut told = Vec::new();
    while let Some((name, record)) = records.next().await {
        told.extend(record.inconclusive.map(|reason| format!("{variation}: {name} is inconclusive: {reason}")));
        let due = |finding: &Finding| finding.level == Level::Should && warns.contains(&finding.clause.as_str());
        let alarms = record.findings.iter().filter(|finding| !due(finding));
        told.extend(alarms.map(|finding| format!("{variation}: {name}: {} {finding:?}", finding.clause)));
    }
    told
}

//! Proving the suite on broken servers: which clauses it reports when the embedded reference breaks a
//! promise on purpose. A check counts when a defect makes it speak and the sound reference keeps it
//! silent.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use futures_util::StreamExt as _;
use sha2::{Digest as _, Sha256};
use tokio::sync::watch;

use crate::contract::Contract;
use crate::execute::{Environment, run_trial};
use crate::scenario::{Library, TrialSpec};
use crate::target::{HttpClient, Network, Receiver, start_with_defects};

/// What the suite said of one server.
#[derive(Clone, Debug, Default)]
pub struct Proof {
    /// The clauses that were reported broken, each with the trials that did.
    pub violated: BTreeMap<String, BTreeSet<String>>,
    /// Trials without a verdict, with the reason.
    pub inconclusive: BTreeMap<String, String>,
    /// How many trials ran.
    pub trials: usize,
    /// How many requests were sent.
    pub requests: usize,
}

/// How many trials of one server run at a time.
const AT_A_TIME: usize = 16;
/// Of each scenario so many cases are run at least, whatever the defect.
const CASES_OF_EACH: usize = 2;
/// Of the remaining cases one in so many, another choice for each defect.
const ONE_IN: u64 = 12;

/// Runs trials against the reference with one defect, or with none.
pub async fn prove(contract: &Arc<Contract>, trials: &[&TrialSpec], defect: Option<&str>) -> Result<Proof, String> {
    let defects: Vec<&str> = defect.into_iter().collect();
    let embedded = start_with_defects(&defects).await.map_err(|error| error.to_string())?;
    let target = embedded.target();
    let client = HttpClient::new(&target.url, &Network::default())?;
    let address = ([127, 0, 0, 1], 0).into();
    let receiver = Receiver::start(address, None, target.webhook_timeout).await.map_err(|error| error.to_string())?;
    let (_sender, stop) = watch::channel(None);
    let environment = Environment::new(contract.clone(), target, client, Some(receiver), crate::execute::token(), stop);
    let runs = trials.iter().map(|trial| async { (trial.name.clone(), run_trial(&environment, trial).await) });
    let mut records = futures_util::stream::iter(runs).buffer_unordered(AT_A_TIME);
    let mut proof = Proof::default();
    while let Some((name, record)) = records.next().await {
        proof.trials += 1;
        proof.requests += record.requests;
        if let Some(reason) = record.inconclusive {
            proof.inconclusive.insert(name.clone(), reason);
        }
        for finding in record.findings {
            let level = contract.clause(&finding.clause).map(|clause| clause.level);
            if level.is_some_and(|level| finding.level <= level) {
                proof.violated.entry(finding.clause).or_default().insert(name.clone());
            }
        }
    }
    Ok(proof)
}

/// The trials to run against a defect: all that are about its clauses, some of every scenario, and
/// a sample of the rest that differs from defect to defect, so that all of them together run all
/// trials against servers that are none of their business.
pub fn selection<'l>(contract: &Contract, library: &'l Library, defect: &str, clauses: &[&str]) -> Vec<&'l TrialSpec> {
    let by_check = |id: &&str| contract.clause(id).is_some_and(|clause| !clause.checks.is_empty());
    let rule_for_all = clauses.iter().any(by_check);
    let every_scenario = if rule_for_all { CASES_OF_EACH + 2 } else { CASES_OF_EACH };
    let mut seen: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    library
        .trials
        .iter()
        .filter(|trial| {
            let about = trial.clauses.iter().any(|clause| clauses.contains(&clause.as_str()));
            if about {
                return true;
            }
            // Locks make trials wait for each other, and webhooks make them wait for the target.
            let waits = trial.steps.iter().any(|step| step.deliveries.is_some() || step.poll.is_some());
            if trial.lock.is_some() || waits {
                return false;
            }
            let scenario =
                trial.name.rsplit_once("::").map_or("", |(_, rest)| rest.split('/').next().unwrap_or_default());
            let count = seen.entry((trial.file.as_str(), scenario)).or_default();
            *count += 1;
            *count <= every_scenario || sampled(defect, &trial.name)
        })
        .collect()
}

fn sampled(defect: &str, trial: &str) -> bool {
    let digest = Sha256::digest(format!("{defect} {trial}"));
    u64::from(u16::from_be_bytes([digest[0], digest[1]])) % ONE_IN == 0
}

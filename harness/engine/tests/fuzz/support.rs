//! A reference with or without defects, and properties that run against it.

use std::path::Path;
use std::sync::Arc;

use harness::contract::Contract;
use harness::execute::{Environment, TrialRecord, run_trial, token};
use harness::fuzz::{Book, Draws};
use harness::scenario::{Library, TrialSpec, load_with};
use harness::target::{Embedded, HttpClient, Network, Target, start_with_defects};
use tokio::sync::watch;

/// A pack with its trials, drawn from rules of one's own or from the engine's.
pub struct Pack {
    pub contract: Arc<Contract>,
    pub library: Library,
}

impl Pack {
    pub fn with(book: &Book) -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let contract = Contract::load(&root).unwrap_or_else(|_| panic!("the contract does not load"));
        let library = load_with(&root, &contract, book).unwrap_or_else(|problems| {
            panic!("{}", problems.0.iter().map(|problem| problem.drawn()).collect::<Vec<_>>().join("\n"))
        });
        Self { contract: Arc::new(contract), library }
    }

    pub fn trial(&self, name: &str) -> &TrialSpec {
        self.library.trials.iter().find(|trial| trial.name == name).unwrap_or_else(|| panic!("no trial {name}"))
    }

    pub fn properties(&self) -> impl Iterator<Item = &TrialSpec> {
        self.library.trials.iter().filter(|trial| trial.property.is_some())
    }
}

/// A running reference with all that trials need.
pub struct Server {
    pub environment: Environment,
    _embedded: Embedded,
    _stop: watch::Sender<Option<harness::execute::Stop>>,
}

impl Server {
    pub async fn start(pack: &Pack, defects: &[&str], draws: Draws) -> Self {
        let embedded = start_with_defects(defects).await.expect("the reference starts");
        let target = Target {
            url: embedded.url(),
            embedded: true,
            credentials: embedded.credentials.clone(),
            ..Target::default()
        };
        let client = HttpClient::new(&target.url, &Network::default()).expect("a client");
        let (sender, stop) = watch::channel(None);
        let environment =
            Environment::new(pack.contract.clone(), target, client, None, token(), stop).with_draws(draws);
        Self { environment, _embedded: embedded, _stop: sender }
    }

    pub async fn run(&self, spec: &TrialSpec) -> TrialRecord {
        run_trial(&self.environment, spec).await
    }
}

/// The findings of a record as (clause, message).
pub fn told(record: &TrialRecord) -> Vec<(String, String)> {
    record.findings.iter().map(|finding| (finding.clause.clone(), finding.message.clone())).collect()
}

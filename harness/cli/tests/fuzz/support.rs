//! The default pack with its properties, and the reference, with or without mutants, to run them against.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use generate::{REGISTRY, Registry, Sampling};
use judge::record::{Found, TestRecord};
use judge::target::{Credential, Target};
use mutate::embedded::{Embedded, start_with_mutants};
use runner::client::{HttpClient, Network};
use runner::execute::{Environment, run_test, token};
use spec::contract::Contract;
use spec::scenario::{Failure, Library, TestCase, TestKind, file_name, file_text, load_with};
use spec::source::Problems;
use tokio::sync::watch;

/// The default pack, with properties from the rules of a test or of the engine, without the examples of the pack.
pub struct Pack {
    pub contract: Arc<Contract>,
    pub library: Library,
}

impl Pack {
    pub fn with(registry: &Registry) -> Self {
        let mut pack = Self::with_examples(registry);
        for test in &mut pack.library.tests {
            if let TestKind::Property(property) = &mut test.kind {
                Arc::make_mut(property).rules.retain(|rule| !rule.rule.is_example());
            }
        }
        let has_rules = |test: &TestCase| test.property().is_none_or(|property| !property.rules.is_empty());
        pack.library.tests.retain(has_rules);
        pack
    }

    /// The same with the examples of the pack.
    pub fn with_examples(registry: &Registry) -> Self {
        let contract = Contract::load(&root()).unwrap_or_else(|problems| panic!("{}", rendered(&problems)));
        let library =
            load_with(&root(), &contract, registry).unwrap_or_else(|problems| panic!("{}", rendered(&problems)));
        Self { contract: Arc::new(contract), library }
    }

    pub fn test(&self, name: &str) -> &TestCase {
        self.library.tests.iter().find(|test| *test.name == *name).unwrap_or_else(|| panic!("no test {name}"))
    }

    pub fn properties(&self) -> impl Iterator<Item = &TestCase> {
        self.library.tests.iter().filter(|test| test.is_property())
    }
}

/// A running reference and the environment for tests against it.
pub struct Server {
    pub environment: Environment,
    _embedded: Option<Embedded>,
    _stop: watch::Sender<Option<runner::execute::Stop>>,
}

impl Server {
    pub async fn start(pack: &Pack, mutants: &[&str], sampling: Sampling) -> Self {
        let embedded = start_with_mutants(mutants).await.expect("the reference starts");
        let target = Target {
            url: embedded.url(),
            embedded: true,
            credentials: embedded.credentials.clone(),
            ..Target::default()
        };
        Self::with_target(pack, target, sampling, Some(embedded))
    }

    /// A server that is already running, with a credential for the writer.
    pub fn at(pack: &Pack, url: &str, sampling: Sampling) -> Self {
        let writer = Credential::parse("key:of-a-writer").expect("a credential");
        let credentials = [("writer".to_owned(), writer)].into();
        Self::with_target(pack, Target { url: url.to_owned(), credentials, ..Target::default() }, sampling, None)
    }

    fn with_target(pack: &Pack, target: Target, sampling: Sampling, embedded: Option<Embedded>) -> Self {
        let client = HttpClient::new(&target.url, &Network::default()).expect("a client");
        let (sender, stop) = watch::channel(None);
        let environment =
            Environment::new(pack.contract.clone(), target, client, None, token(), stop).with_sampling(sampling);
        Self { environment, _embedded: embedded, _stop: sender }
    }

    pub async fn run(&self, spec: &TestCase) -> TestRecord {
        run_test(&self.environment, spec).await
    }
}

/// The findings of a record as (clause, message).
pub fn findings_of(record: &TestRecord) -> Vec<(String, String)> {
    record.findings.iter().map(|finding| (finding.clause.clone(), finding.message.clone())).collect()
}

/// Name and text of the scenario file that saves a failure.
pub fn file(pack: &Pack, test: &str, found: &Found) -> (String, String) {
    let property = pack.test(test).property().expect("a property");
    let failure = Failure {
        test,
        property,
        rule: found.rule,
        input: &found.input,
        clauses: &found.clauses,
        seed: 3,
        case: found.case,
    };
    (file_name(property, found.rule), file_text(&[failure]).expect("a scenario"))
}

/// A folder with the fixtures of the default pack and the given scenarios.
pub struct PackFolder(PathBuf);

impl PackFolder {
    pub fn new(name: &str, found: &[(String, String)]) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(folder.join("scenarios/found")).expect("a folder");
        let fixtures = root().join("scenarios/fixtures.yaml");
        std::fs::copy(fixtures, folder.join("scenarios/fixtures.yaml")).expect("a copy");
        for (name, text) in found {
            std::fs::write(folder.join(format!("scenarios/found/{name}.yaml")), text).expect("a file");
        }
        Self(folder)
    }

    pub fn library(&self, pack: &Pack) -> Library {
        load_with(&self.0, &pack.contract, &REGISTRY).unwrap_or_else(|problems| panic!("{}", rendered(&problems)))
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn rendered(problems: &Problems) -> String {
    problems.0.iter().map(|problem| problem.rendered()).collect::<Vec<_>>().join("\n")
}

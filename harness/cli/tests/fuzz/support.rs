//! The default pack with its properties, and the reference, with or without mutants, to run them against.

use std::sync::Arc;

use generate::{REGISTRY, Registry, Sampling};
use judge::record::{Found, TestRecord};
use mutate::embedded::{Embedded, start_with_mutants};
use runner::execute::{Environment, run_test};
use spec::contract::Contract;
use spec::scenario::{Failure, Library, TestCase, TestKind, file_name, file_text, load_with};

use crate::shared::{DEFAULT, Folder, environment, path};

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
        let contract = Contract::load(&path(DEFAULT)).unwrap_or_else(|problems| panic!("{problems}"));
        let library = load_with(&path(DEFAULT), &contract, registry).unwrap_or_else(|problems| panic!("{problems}"));
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
}

impl Server {
    pub async fn start(pack: &Pack, mutants: &[&str], sampling: Sampling) -> Self {
        let embedded = start_with_mutants(mutants).await.expect("the reference starts");
        let environment = Environment::on_loopback(pack.contract.clone(), embedded.target()).await;
        let environment = environment.expect("an environment").with_sampling(sampling);
        Self { environment, _embedded: Some(embedded) }
    }

    /// A server that is already running, with a credential for the writer.
    pub async fn at(pack: &Pack, url: String, sampling: Sampling) -> Self {
        let environment = environment(&pack.contract, url, &[("writer", "key:of-a-writer")]).await;
        Self { environment: environment.with_sampling(sampling), _embedded: None }
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
pub struct PackFolder(Folder);

impl PackFolder {
    pub fn new(found: &[(String, String)]) -> Self {
        let folder = Folder::new();
        folder.write("scenarios/fixtures.yaml", std::fs::read(path("../../scenarios/fixtures.yaml")).expect("a file"));
        for (name, text) in found {
            folder.write(&format!("scenarios/found/{name}.yaml"), text);
        }
        Self(folder)
    }

    pub fn library(&self, pack: &Pack) -> Library {
        load_with(&self.0, &pack.contract, &REGISTRY).unwrap_or_else(|problems| panic!("{problems}"))
    }
}

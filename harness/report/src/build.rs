//! Builds a report from the tests of a run, which the [`Presenter`] has made from their records.

use std::collections::BTreeSet;
use std::time::Duration;

use chrono::{DateTime, Utc};

use super::cause_reports::cause_reports;
use super::model::{
    ActorReport, ClauseReport, ClauseStatus, CodeReport, DeviationReport, FORMAT, Leftover, Manifest, OperationReport,
    Report, Suite, TestReport,
};
use super::obstacles::obstacle_reports;
use super::presenter::{Presenter, test_report};
use super::results::{TestResult, millis, time};
use super::texts::Texts;
use super::{again, clause_status};
use judge::check::unjudged;
use judge::preflight::Preflight;
use judge::record::Created;
use judge::secret::Redactor;
use spec::contract::{Clause, Contract, ErrorCode, Operation};

/// Facts about the run, besides its tests.
pub struct Facts<'f> {
    pub contract: &'f Contract,
    /// SHA-256 of the contract and the scenarios.
    pub hash: String,
    /// The base URL, or `embedded reference`.
    pub target: String,
    pub seed: u64,
    /// True if violated SHOULD clauses fail the run.
    pub strict: bool,
    /// The command line.
    pub command: String,
    pub started: DateTime<Utc>,
    pub took: Duration,
    /// Resources that could not be deleted.
    pub left: Vec<Created>,
    pub requests: u64,
    /// The actors of the contract that need a credential.
    pub actors: Vec<ActorReport>,
    pub manifest: Manifest,
    pub preflight: Option<Preflight>,
    /// Redacts credentials.
    pub redactor: &'f Redactor,
}

impl<'f> Facts<'f> {
    /// The facts of a run within this process: only what a report cannot do without.
    pub fn in_process(
        contract: &'f Contract,
        target: &str,
        started: DateTime<Utc>,
        manifest: Manifest,
        redactor: &'f Redactor,
    ) -> Self {
        Self {
            contract,
            hash: String::new(),
            target: target.to_owned(),
            seed: 1,
            strict: false,
            command: String::new(),
            started,
            took: Duration::ZERO,
            left: Vec::new(),
            requests: 0,
            actors: Vec::new(),
            manifest,
            preflight: None,
            redactor,
        }
    }
}

/// Redacts the responses of the target that the preflight quotes.
fn redacted(found: &Preflight, redactor: &Redactor) -> Preflight {
    let mut found = found.clone();
    let clean = |text: &mut String| *text = redactor.clean(text);
    let clean_own = |text: &mut String| *text = redactor.clean_own(text);
    found.stop_reason.iter_mut().for_each(clean_own);
    found.operations.iter_mut().map(|fact| &mut fact.response).for_each(clean);
    found.actors.iter_mut().map(|fact| &mut fact.response).for_each(clean);
    found.actors.iter_mut().flat_map(|fact| &mut fact.problem).for_each(clean_own);
    found.capabilities.iter_mut().flat_map(|fact| &mut fact.problem).for_each(clean_own);
    found
}

/// The actors that need a credential; `configured` tells which of them have one.
pub fn actors(contract: &Contract, configured: impl Fn(&str) -> bool) -> Vec<ActorReport> {
    let actors = contract.conventions.actors.iter().filter(|(_, role)| role.credential.is_none());
    actors.map(|(name, _)| ActorReport { name: name.clone(), configured: configured(name) }).collect()
}

/// Converts the results for the report, sorted by name.
pub fn test_reports(facts: &Facts<'_>, mut results: Vec<TestResult>) -> Vec<TestReport> {
    results.sort_by(|a, b| a.name.cmp(&b.name));
    let presenter = Presenter { contract: facts.contract, redactor: facts.redactor, texts: &Texts::default() };
    results.iter().map(|result| test_report(&presenter, result)).collect()
}

/// Builds the report of the run from its tests and known deviations.
pub fn build(facts: &Facts<'_>, tests: Vec<TestReport>, deviations: Vec<DeviationReport>) -> Report {
    let codes: Vec<CodeReport> = facts.contract.catalog.codes.iter().map(unobserved_code).collect();
    let mut report = Report {
        instances: Vec::new(),
        format: FORMAT,
        suite: Suite {
            name: "conformance".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            contract_hash: facts.hash.clone(),
        },
        target: facts.redactor.clean_own(&facts.target),
        seed: facts.seed,
        strict: facts.strict,
        command: facts.command.clone(),
        started_at: time(facts.started),
        duration_ms: millis(facts.took),
        requests: facts.requests,
        exit_code: clause_status::exit_code(&tests, facts.strict),
        summary: clause_status::summary(&tests),
        causes: Vec::new(),
        obstacles: Vec::new(),
        clauses: facts
            .contract
            .clauses
            .iter()
            .map(|clause| clause_status::clause(&undecided_clause(facts.contract, clause), &tests, &codes))
            .collect(),
        error_codes: codes.iter().map(|code| clause_status::code(code, &tests)).collect(),
        tests,
        leftovers: facts
            .left
            .iter()
            .map(|created| Leftover {
                noun: created.noun.clone(),
                id: facts.redactor.clean(&created.id),
                test: created.test.clone(),
                reason: created.refusal.as_deref().map(|reason| facts.redactor.clean(reason)),
            })
            .collect(),
        actors: facts.actors.clone(),
        operations: facts.contract.operations.iter().map(|one| operation(one)).collect(),
        deviations,
        manifest: Some(facts.manifest.clone()),
        preflight: facts.preflight.as_ref().map(|found| redacted(found, facts.redactor)),
    };
    again::note(&mut report);
    report.causes = cause_reports(&report);
    report.obstacles = obstacle_reports(&report);
    report
}

fn operation(operation: &Operation) -> OperationReport {
    OperationReport {
        operation: operation.id.clone(),
        endpoint: format!("{} {}", operation.method, operation.path),
        success: operation.success_statuses(),
    }
}

/// A clause of the contract, before its outcome is known.
fn undecided_clause(contract: &Contract, clause: &Clause) -> ClauseReport {
    let unjudged: BTreeSet<String> = clause.checks.iter().map(|check| unjudged(contract, check)).collect();
    ClauseReport {
        id: clause.id.clone(),
        level: clause.level,
        says: clause.says.clone(),
        page: clause.page.clone(),
        status: ClauseStatus::NotExercised,
        reason: None,
        exercised_by: 0,
        tests: Vec::new(),
        codes: clause.codes.clone(),
        unjudged: (!unjudged.is_empty()).then(|| unjudged.into_iter().collect::<Vec<_>>().join("; ")),
        excluded: clause.excluded.clone(),
    }
}

/// An error code of the contract, before it is known whether a test observed it.
fn unobserved_code(entry: &ErrorCode) -> CodeReport {
    CodeReport {
        code: entry.code.clone(),
        status: entry.status(),
        statuses: entry.statuses.clone(),
        observed: 0,
        tests: Vec::new(),
        excluded: entry.excluded.clone(),
    }
}

//! Runs a property.
//!
//! All cases are generated first. Workers send them concurrently. Then the failing cases are shrunk one after the other
//! to counterexamples. The module `generate` generates and shrinks values; this module sends them.

mod build;
pub(crate) use build::call as build_case;
mod messages;
mod shrinker;
mod worker;

use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::future::join_all;
use parking_lot::Mutex;

use self::shrinker::{Shrinker, Suspects};
use self::worker::{Sent, Worker};
use super::environment::Environment;
use generate::{Sample, generate};
use judge::exchange::Exchange;
use judge::finding::Finding;
use judge::record::{Attempt, PropertyRecord, RuleTally, TestRecord};
use spec::scenario::{Property, TestCase};

/// After so many cases without a verdict, nothing more is sent.
const MAX_DOUBTS: usize = 3;
/// The fewest cases that justify the setup of another worker.
const CASES_PER_WORKER: usize = 8;

/// Runs a property and always cleans up.
pub(super) async fn run(environment: &Environment, test: &TestCase, property: &Property) -> TestRecord {
    let rules: Vec<_> = property.rules.iter().map(|rule| &rule.rule).collect();
    let sample = generate(&test.name, &rules, environment.sampling, |rule, input| property.agrees(rule, input));
    let batch = Batch {
        environment,
        test,
        property,
        sample: &sample,
        next: AtomicUsize::new(0),
        doubts: Mutex::default(),
        suspects: Mutex::default(),
    };
    let workers = (0..batch.worker_count()).map(|_| batch.run_worker());
    let mut sum = Sum::new(&sample, property);
    for worker in join_all(workers).await.into_iter().flatten() {
        sum.add(worker);
    }
    let doubts = batch.doubts.into_inner();
    let suspects = batch.suspects.into_inner();
    let mut shrinker = Shrinker::new(environment, test, property, &sample);
    shrinker.shrink_all(suspects, &mut sum).await;
    sum.record(doubts)
}

/// The state that the workers of a property share.
struct Batch<'b> {
    environment: &'b Environment,
    test: &'b TestCase,
    property: &'b Property,
    sample: &'b Sample,
    next: AtomicUsize,
    doubts: Mutex<Vec<Doubt>>,
    suspects: Mutex<Suspects>,
}

impl Batch<'_> {
    /// The number of workers. Each has its own setup, so few cases get few workers.
    fn worker_count(&self) -> usize {
        let cases = self.sample.cases.len();
        let has_setup = self.test.steps.iter().any(|step| step.shared.is_none());
        let useful = if has_setup { cases.div_ceil(CASES_PER_WORKER) } else { cases };
        self.property.in_flight.min(useful)
    }

    /// Sends cases until none is left. `None` if the setup failed.
    async fn run_worker(&self) -> Option<TestRecord> {
        let opened = tokio::select! {
            biased;
            stop = self.environment.until_stopped() => Err(Doubt::from(stop.reason().to_owned())),
            opened = Worker::open(self.environment, self.test) => opened,
        };
        let mut worker = match opened {
            Ok(worker) => worker,
            Err(doubt) => {
                self.add_doubt(doubt);
                return None;
            }
        };
        while self.doubts().len() < MAX_DOUBTS {
            let index = self.next.fetch_add(1, Ordering::Relaxed);
            let Some(generated) = self.sample.cases.get(index) else { break };
            let sent = tokio::select! {
                biased;
                stop = self.environment.until_stopped() => {
                    self.add_doubt(stop.reason().to_owned().into());
                    break;
                }
                sent = worker.send(self.property, generated.rule, &generated.input) => sent,
            };
            match sent {
                Ok(sent) if sent.findings.is_empty() => {}
                Ok(sent) => self.add_suspect(index, generated.rule, sent),
                Err(doubt) => self.add_doubt(doubt.about(&self.property.rules[generated.rule].rule.name)),
            }
        }
        Some(worker.close().await)
    }

    fn doubts(&self) -> parking_lot::MutexGuard<'_, Vec<Doubt>> {
        self.doubts.lock()
    }

    fn add_doubt(&self, doubt: Doubt) {
        self.doubts().push(doubt);
    }

    fn add_suspect(&self, case: usize, rule: usize, sent: Sent) {
        self.suspects.lock().add(case, rule, sent);
    }
}

/// Why a case has no verdict.
#[derive(Clone, Debug, Default)]
struct Doubt {
    reason: String,
    /// True if the case failed and then passed.
    flaky: bool,
    /// The exchange that failed, with its findings.
    exchange: Option<Exchange>,
    findings: Vec<Finding>,
}

impl From<String> for Doubt {
    fn from(reason: String) -> Self {
        Self { reason, ..Self::default() }
    }
}

impl Doubt {
    /// A case that failed and then passed.
    fn flaky(reason: &str, exchange: Option<Exchange>, findings: Vec<Finding>) -> Self {
        Self { reason: format!("flaky: {reason}"), flaky: true, exchange, findings }
    }

    /// Puts the subject before the reason.
    fn about(mut self, subject: &str) -> Self {
        let (flaky, rest) = match self.reason.strip_prefix("flaky: ") {
            Some(rest) => ("flaky: ", rest),
            None => ("", self.reason.as_str()),
        };
        self.reason = format!("{flaky}{subject}: {rest}");
        self
    }
}

/// The sum of the records of all workers.
struct Sum {
    record: TestRecord,
    fuzz: PropertyRecord,
    doubts: Vec<Doubt>,
}

impl Sum {
    fn new(sample: &Sample, property: &Property) -> Self {
        let rules = property.rules.iter().zip(&sample.tallies);
        let rules: Vec<RuleTally> = rules
            .map(|(rule, tally)| RuleTally {
                name: rule.rule.name.to_string(),
                cases: tally.cases,
                discarded: tally.discarded,
            })
            .collect();
        let doubts = rules
            .iter()
            .zip(&sample.tallies)
            .filter(|(_, tally)| tally.is_doubtful())
            .map(|(rule, tally)| {
                let discarded = format!("{} of {}", tally.discarded, tally.discarded + tally.cases);
                format!("{}: the oracle rejected {discarded} values, so the rule proves nothing", rule.name).into()
            })
            .collect();
        let fuzz = PropertyRecord {
            cases: 0,
            discarded: rules.iter().map(|rule| rule.discarded).sum(),
            rules,
            found: Vec::new(),
        };
        Self { record: TestRecord::default(), fuzz, doubts }
    }

    /// Adds the record of a worker. Each violation in its setup and cleanup is reported once.
    fn add(&mut self, worker: TestRecord) {
        self.record.requests += worker.requests;
        self.record.coverage.absorb(worker.coverage);
        self.record.codes.extend(worker.codes);
        self.fuzz.cases += worker.fuzz.map_or(0, |fuzz| fuzz.cases);
        for finding in worker.findings {
            let known = |other: &Finding| other.clause == finding.clause && other.check == finding.check;
            if let Some(exchange) = worker.exchanges.get(finding.exchange)
                && !self.record.findings.iter().any(known)
            {
                self.add_findings(vec![finding], exchange.clone());
            }
        }
    }

    /// The same for a worker of the shrinker: its cases do not count as cases of the property.
    fn add_without_cases(&mut self, worker: TestRecord) {
        self.add(TestRecord { fuzz: None, ..worker });
    }

    /// Records findings with their exchange. Returns the index of the exchange.
    fn add_findings(&mut self, findings: Vec<Finding>, exchange: Exchange) -> usize {
        let index = self.record.exchanges.len();
        self.record.exchanges.push(exchange);
        self.record.findings.extend(findings.into_iter().map(|finding| Finding { exchange: index, ..finding }));
        index
    }

    fn record(mut self, doubts: Vec<Doubt>) -> TestRecord {
        self.doubts.extend(doubts);
        for doubt in std::mem::take(&mut self.doubts) {
            let first = self.record.exchanges.len();
            let findings = doubt.findings.into_iter().map(|finding| Finding { exchange: first, ..finding }).collect();
            if let Some(exchange) = doubt.exchange {
                self.record.exchanges.push(exchange);
                self.record.attempts.push(Attempt { note: doubt.reason.clone(), findings, exchanges: vec![first] });
            }
            if self.record.inconclusive.is_none() {
                self.record.flaky = doubt.flaky;
                self.record.inconclusive = Some(doubt.reason);
            }
        }
        self.record.fuzz = Some(self.fuzz);
        self.record
    }
}

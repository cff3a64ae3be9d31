//! Running a property: all its cases are generated up front and sent many at a time; what fails is then
//! looked into, one rule after the other, until the smallest case of each is known.

mod build;
pub(crate) use build::step as build_case;
mod messages;
mod shrinker;
mod worker;

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::future::join_all;

use self::shrinker::{Shrinker, Suspects};
use self::worker::{Sent, Worker};
use super::environment::Environment;
use super::{Attempt, TestRecord};
use crate::exchange::Exchange;
use crate::finding::Finding;
use crate::fuzz::{Input, Sample, generate};
use crate::scenario::{Property, TestCase};

/// After so many cases without an answer nothing more is sent.
const MOST_DOUBTS: usize = 3;
/// A fixture is prepared for so many cases at least.
const CASES_PER_WORKER: usize = 8;

/// What a property drew and found.
#[derive(Clone, Debug, Default)]
pub struct FuzzRecord {
    /// How many cases were sent and judged.
    pub cases: usize,
    /// How many inputs were thrown away because the oracle did not agree.
    pub discarded: usize,
    /// The same for each rule.
    pub rules: Vec<RuleTally>,
    /// The smallest cases that fail.
    pub found: Vec<Found>,
}

/// What came of one rule.
#[derive(Clone, Debug)]
pub struct RuleTally {
    /// The rule.
    pub name: &'static str,
    /// Cases that were generated from it.
    pub cases: usize,
    /// Inputs that were thrown away.
    pub discarded: usize,
}

/// A case that fails.
#[derive(Clone, Debug)]
pub struct Found {
    /// The place of its rule in the property.
    pub rule: usize,
    /// The rule's name.
    pub name: &'static str,
    /// What fails.
    pub input: Input,
    /// It in words.
    pub value: String,
    /// The number of the case that was generated, from 0.
    pub case: usize,
    /// False where nothing smaller was looked for.
    pub shrunk: bool,
    /// The steps of shrinking from the case as it was generated to what fails.
    pub moves: Vec<bool>,
    /// The clauses that it breaks.
    pub clauses: Vec<String>,
    /// Its exchange in the record.
    pub exchange: usize,
}

/// Runs a property to its end and takes away what it made, whatever happens.
pub(super) async fn run(environment: &Environment, spec: &TestCase, property: &Property) -> TestRecord {
    let rules: Vec<_> = property.rules.iter().map(|rule| (rule.rule.name, &rule.rule)).collect();
    let sample = generate(&spec.name, &rules, environment.sampling, |rule, input| property.agrees(rule, input));
    let batch = Batch {
        environment,
        spec,
        property,
        sample: &sample,
        next: AtomicUsize::new(0),
        doubts: Mutex::default(),
        suspects: Mutex::default(),
    };
    let workers = (0..batch.workers()).map(|_| batch.worker());
    let mut sum = Sum::new(&sample, property);
    for worker in join_all(workers).await.into_iter().flatten() {
        sum.add(worker);
    }
    let doubts = batch.doubts.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    let suspects = batch.suspects.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    let mut shrinker = Shrinker::new(environment, spec, property, &sample);
    shrinker.all(suspects, &mut sum).await;
    sum.record(doubts)
}

/// The cases of a property on their way.
struct Batch<'b> {
    environment: &'b Environment,
    spec: &'b TestCase,
    property: &'b Property,
    sample: &'b Sample,
    next: AtomicUsize,
    doubts: Mutex<Vec<Doubt>>,
    suspects: Mutex<Suspects>,
}

impl Batch<'_> {
    /// How many lanes: each prepares for itself, so a few cases are not worth many.
    fn workers(&self) -> usize {
        let cases = self.sample.cases.len();
        let prepares = self.spec.steps.iter().any(|step| step.shared.is_none());
        let worth = if prepares { cases.div_ceil(CASES_PER_WORKER) } else { cases };
        self.property.in_flight.min(worth)
    }

    /// Sends case after case until none is left; `None` where nothing could be prepared.
    async fn worker(&self) -> Option<TestRecord> {
        let opened = tokio::select! {
            biased;
            stop = self.environment.until_stopped() => Err(Doubt::from(stop.reason().to_owned())),
            opened = Worker::open(self.environment, self.spec) => opened,
        };
        let mut worker = match opened {
            Ok(worker) => worker,
            Err(doubt) => {
                self.doubt(doubt);
                return None;
            }
        };
        while self.doubts().len() < MOST_DOUBTS {
            let index = self.next.fetch_add(1, Ordering::Relaxed);
            let Some(generated) = self.sample.cases.get(index) else { break };
            let sent = tokio::select! {
                biased;
                stop = self.environment.until_stopped() => {
                    self.doubt(stop.reason().to_owned().into());
                    break;
                }
                sent = worker.send(self.property, generated.rule, &generated.input) => sent,
            };
            match sent {
                Ok(sent) if sent.findings.is_empty() => {}
                Ok(sent) => self.suspect(index, generated.rule, sent),
                Err(doubt) => self.doubt(doubt.of(self.property.rules[generated.rule].rule.name)),
            }
        }
        Some(worker.close().await)
    }

    fn doubts(&self) -> std::sync::MutexGuard<'_, Vec<Doubt>> {
        self.doubts.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    fn doubt(&self, doubt: Doubt) {
        self.doubts().push(doubt);
    }

    fn suspect(&self, case: usize, rule: usize, sent: Sent) {
        self.suspects.lock().unwrap_or_else(std::sync::PoisonError::into_inner).add(case, rule, sent);
    }
}

/// Why nothing can be said of a case.
#[derive(Clone, Debug, Default)]
struct Doubt {
    reason: String,
    /// True for what failed and then did not.
    flaky: bool,
    /// The exchange that failed, with what was wrong in it.
    exchange: Option<Exchange>,
    findings: Vec<Finding>,
}

impl From<String> for Doubt {
    fn from(reason: String) -> Self {
        Self { reason, ..Self::default() }
    }
}

impl Doubt {
    /// What failed and then did not.
    fn flaky(what: &str, exchange: Option<Exchange>, findings: Vec<Finding>) -> Self {
        Self { reason: format!("flaky: {what}"), flaky: true, exchange, findings }
    }

    /// The same, with what it is about.
    fn of(mut self, subject: &str) -> Self {
        let (flaky, rest) = match self.reason.strip_prefix("flaky: ") {
            Some(rest) => ("flaky: ", rest),
            None => ("", self.reason.as_str()),
        };
        self.reason = format!("{flaky}{subject}: {rest}");
        self
    }
}

/// What all lanes together came to.
struct Sum {
    record: TestRecord,
    fuzz: FuzzRecord,
    doubts: Vec<Doubt>,
}

impl Sum {
    fn new(sample: &Sample, property: &Property) -> Self {
        let rules = property.rules.iter().zip(&sample.tallies);
        let rules: Vec<RuleTally> = rules
            .map(|(rule, tally)| RuleTally { name: rule.rule.name, cases: tally.cases, discarded: tally.discarded })
            .collect();
        let doubts = rules
            .iter()
            .zip(&sample.tallies)
            .filter(|(_, tally)| tally.is_doubtful())
            .map(|(rule, tally)| {
                let thrown = format!("{} of {}", tally.discarded, tally.discarded + tally.cases);
                format!("{}: the oracle refused {thrown} values, so the rule proves nothing", rule.name).into()
            })
            .collect();
        let fuzz =
            FuzzRecord { cases: 0, discarded: rules.iter().map(|rule| rule.discarded).sum(), rules, found: Vec::new() };
        Self { record: TestRecord::default(), fuzz, doubts }
    }

    /// Adds what a lane came to; of what it found aside, each violation is told once.
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
                self.tell(vec![finding], exchange.clone());
            }
        }
    }

    /// The same for a lane that looked into a failure: its cases are none of the property's.
    fn add_quietly(&mut self, worker: TestRecord) {
        self.add(TestRecord { fuzz: None, ..worker });
    }

    /// Puts findings and their exchange on record; returns the place of the exchange.
    fn tell(&mut self, findings: Vec<Finding>, exchange: Exchange) -> usize {
        let place = self.record.exchanges.len();
        self.record.exchanges.push(exchange);
        self.record.findings.extend(findings.into_iter().map(|finding| Finding { exchange: place, ..finding }));
        place
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

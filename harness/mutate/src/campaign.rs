//! Runs tests through proxies: once without a mutation, and then, for each mutation, the tests that can notice it.

use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::baseline::{Baseline, PassingTest};
use super::mutation::{Change, Mutation};
use super::order::{Recipient, recipients, scenario};
use super::place::changed;
use super::proxy::Proxy;
use super::relay::{Relay, receive};
use super::route::Route;
use super::score::{Kill, MutationOutcome, MutationResult};
use crate::embedded::{Embedded, start_with};
use generate::Sampling;
use judge::finding::{Finding, Part};
use judge::record::TestRecord;
use judge::target::Target;
use judge::verdict::{Rules, Verdict};
use runner::client::{HttpClient, Network};
use runner::execute::{Environment, Stop, run_test, sweep};
use runner::schedule::schedule;
use spec::contract::{Contract, Level};
use spec::scenario::TestCase;

/// The number of concurrent tests of a session.
const CONCURRENT_TESTS: usize = 8;
/// The number of tests that run before the other tests that receive a changed response.
const FIRST_TESTS: usize = 12;
/// The time that the proxy may need in addition to the time limit of an exchange.
const MARGIN: Duration = Duration::from_secs(5);

/// The target of the tests.
#[derive(Clone)]
pub enum Origin {
    /// The embedded reference: a new one for each mutation.
    Embedded,
    /// A deployment. It is used for one mutation after the other.
    Deployment(Box<Target>),
}

/// The settings of mutation testing.
#[derive(Clone)]
pub struct Campaign {
    pub contract: Arc<Contract>,
    pub origin: Origin,
    /// The settings of the connections to the target.
    pub network: Network,
    /// How properties generate their cases.
    pub sampling: Sampling,
    /// The number of concurrent mutations, if each has its own target.
    pub jobs: usize,
    /// The number of scenarios that must notice a mutation before its other tests are left out.
    pub enough: usize,
    /// The time limit for one mutation.
    pub limit: Duration,
    /// The reason to stop early, once there is one.
    pub stop: watch::Receiver<Option<Stop>>,
}

/// A target behind a proxy, with everything that its tests share.
struct Session {
    _embedded: Option<Embedded>,
    proxy: Proxy,
    /// The relay of deliveries, if the mutation changes them.
    relay: Option<Relay>,
    environment: Environment,
    stop: watch::Sender<Option<Stop>>,
    /// The task that ends the tests when the campaign is stopped. It ends with the session.
    _forwarding: JoinSet<()>,
}

impl Session {
    fn end(&self, stop: Stop) {
        self.stop.send_modify(|reason| *reason = reason.or(Some(stop)));
    }
}

impl Campaign {
    /// Runs tests through a proxy that changes nothing.
    pub async fn baseline(&self, tests: Vec<TestCase>) -> Result<Baseline, String> {
        let session = self.open(None).await?;
        let mut baseline = Baseline::default();
        let mut queue = VecDeque::new();
        for planned in schedule(&self.contract, &session.environment.target, tests, None) {
            match planned.skip {
                Some(reason) => {
                    drop(baseline.left_out.insert(planned.test.name.to_string(), format!("skipped: {reason}")))
                }
                None => queue.push_back(*planned.test),
            }
        }
        self.run_without_mutation(&session, queue, &mut baseline).await;
        self.close(&session).await;
        if let Some(stop) = self.stopped() {
            return Err(stop.reason().to_owned());
        }
        // The order in which tests end differs from run to run.
        baseline.passing.sort_by(|one, other| one.test.name.cmp(&other.test.name));
        Ok(baseline)
    }

    async fn run_without_mutation(&self, session: &Session, mut queue: VecDeque<TestCase>, baseline: &mut Baseline) {
        let environment = &session.environment;
        let target = &environment.target;
        let route = Route::new(&self.contract, target.credentials.iter());
        let rules =
            Rules { deviations: target.deviations.clone(), today: chrono::Utc::now().date_naive(), ..Rules::default() };
        let run = |test: TestCase| async move { (run_test(environment, &test).await, test) };
        let mut running = FuturesUnordered::new();
        loop {
            while running.len() < CONCURRENT_TESTS
                && self.stopped().is_none()
                && let Some(test) = queue.pop_front()
            {
                running.push(run(test));
            }
            let Some((record, test)) = running.next().await else { break };
            baseline.requests += record.requests;
            let outcome = rules.judge(&test.name, &record);
            match outcome.verdict {
                Verdict::Passed | Verdict::Warned => baseline.add(&self.contract, &route, test, record),
                verdict => {
                    let reason = outcome.reason.or_else(|| Some(record.findings.first()?.message.clone()));
                    let text = format!("{}: {}", verdict.as_str(), reason.unwrap_or_default());
                    baseline.left_out.insert(test.name.to_string(), text);
                }
            }
        }
    }

    /// Tries mutations. Calls `report` with each finished row, and returns the rows in the order of the mutations. If
    /// the campaign is stopped, rows are missing.
    pub async fn run(
        &self,
        baseline: &Baseline,
        mutations: &[Mutation],
        mut report: impl FnMut(&MutationResult),
    ) -> Vec<MutationResult> {
        let one = |(index, mutation)| async move { (index, self.row(baseline, mutation).await) };
        let alone = matches!(self.origin, Origin::Deployment(_)) || self.network.rate.is_some();
        let jobs = if alone { 1 } else { self.jobs.max(1) };
        let mut rows: Vec<(usize, MutationResult)> = Vec::new();
        let mut running = futures_util::stream::iter(mutations.iter().enumerate().map(one)).buffer_unordered(jobs);
        while let Some((index, row)) = running.next().await {
            let Some(row) = row else { continue };
            report(&row);
            rows.push((index, row));
        }
        rows.sort_by_key(|(index, _)| *index);
        rows.into_iter().map(|(_, row)| row).collect()
    }

    fn stopped(&self) -> Option<Stop> {
        *self.stop.borrow()
    }

    /// Tries one mutation; `None` if the campaign was stopped before there was a result.
    async fn row(&self, baseline: &Baseline, mutation: &Mutation) -> Option<MutationResult> {
        if self.stopped().is_some() {
            return None;
        }
        let clock = Instant::now();
        let recipients = recipients(baseline, mutation, &self.contract.catalog);
        let mut row = MutationResult { recipients: recipients.len(), ..MutationResult::new(mutation.clone()) };
        if !recipients.is_empty() {
            match self.open(Some(mutation.clone())).await {
                Ok(session) => {
                    if let Some((operation, success)) = baseline.success(mutation) {
                        session.proxy.remember(operation, success.clone());
                    }
                    self.run_recipients(&session, &recipients, &mut row).await;
                }
                // Nothing is known about the pack, so the mutation must not be left out of the score.
                Err(reason) => (row.outcome, row.reason) = (MutationOutcome::TimedOut, Some(reason)),
            }
        }
        if self.stopped().is_some() && row.kill.is_none() {
            return None;
        }
        if matches!(
            row.outcome,
            MutationOutcome::Survived | MutationOutcome::KilledForAnotherClause | MutationOutcome::TimedOut
        ) {
            row.changed = recipients.first().and_then(|first| changed(&self.contract, baseline, mutation, first));
        }
        row.duration_ms = u64::try_from(clock.elapsed().as_millis()).unwrap_or(u64::MAX);
        Some(row)
    }

    /// Runs the tests that receive a changed response, until one of them kills the mutation.
    async fn run_recipients(&self, session: &Session, recipients: &[Recipient<'_>], row: &mut MutationResult) {
        let timed_out = self.run_until_killed(session, recipients, row).await;
        row.triggered = session.proxy.triggered() + session.relay.as_ref().map_or(0, Relay::changed);
        row.outcome = match (&row.kill, row.triggered, timed_out) {
            (Some(_), ..) => row.outcome,
            (None, _, true) => MutationOutcome::TimedOut,
            (None, 0, false) => MutationOutcome::NeverTriggered,
            (None, _, false) => MutationOutcome::Survived,
        };
        session.proxy.disable();
        self.close(session).await;
    }

    /// Returns true if the time limit was reached.
    async fn run_until_killed(
        &self,
        session: &Session,
        recipients: &[Recipient<'_>],
        row: &mut MutationResult,
    ) -> bool {
        let deadline = tokio::time::Instant::now() + self.limit;
        let mut queue = Queue { waiting: recipients.iter(), allowed: FIRST_TESTS, ended: false };
        let mut timed_out = false;
        let mut running = FuturesUnordered::new();
        loop {
            queue.ended |= self.stopped().is_some();
            while running.len() < CONCURRENT_TESTS
                && let Some(recipient) = queue.next()
            {
                running.push(run_passing(&session.environment, recipient.passing));
            }
            let next = tokio::select! {
                next = running.next() => next,
                () = tokio::time::sleep_until(deadline), if !timed_out => {
                    (queue.ended, timed_out) = (true, true);
                    session.end(Stop::Deadline);
                    continue;
                }
            };
            match next {
                Some((passing, record)) => {
                    self.add_record(passing, record, row, queue.ended);
                    if self.is_noticed_enough(row) && !queue.ended {
                        queue.ended = true;
                        session.end(Stop::Interrupt);
                    }
                }
                // The mutation has survived the tests that were most likely to notice it.
                None if self.needs_more(row) && queue.has_more() => queue.allowed = usize::MAX,
                None => return timed_out,
            }
        }
    }

    /// True if no more tests need to run.
    fn is_noticed_enough(&self, row: &MutationResult) -> bool {
        if self.enough > 1 { !self.needs_more(row) } else { row.outcome == MutationOutcome::Killed }
    }

    /// True if the tests that were most likely to notice the mutation are not enough.
    fn needs_more(&self, row: &MutationResult) -> bool {
        let scenarios: BTreeSet<&str> = row.kills.iter().map(|kill| scenario(&kill.test)).collect();
        scenarios.len() < self.enough
    }

    /// Adds the record of a test to the row of a mutation; `ended` means that the tests had to stop.
    fn add_record(&self, passing: &PassingTest, record: TestRecord, row: &mut MutationResult, ended: bool) {
        row.requests += record.requests;
        // If a test was stopped and has no finding, its result means nothing.
        if !ended || !record.findings.is_empty() {
            row.tests += 1;
            row.inconclusive += usize::from(record.inconclusive.is_some());
            row.reason = row.reason.take().or(record.inconclusive);
        }
        for finding in record.findings.iter().filter(|finding| is_new(&row.mutation, passing, finding)) {
            let kill = Kill::new(&passing.test, finding);
            if self.only_warns(finding) {
                row.warning.get_or_insert(kill);
                continue;
            }
            if !row.kills.contains(&kill) {
                row.kills.push(kill.clone());
            }
            let clauses = &row.mutation.clauses;
            let is_expected = clauses.is_empty() || clauses.contains(&finding.clause);
            if row.outcome == MutationOutcome::Killed || (row.kill.is_some() && !is_expected) {
                continue;
            }
            row.outcome = if is_expected { MutationOutcome::Killed } else { MutationOutcome::KilledForAnotherClause };
            row.kill = Some(kill);
        }
    }

    /// True if a finding only warns of a MUST clause, for example because the contract tolerates a code.
    fn only_warns(&self, finding: &Finding) -> bool {
        let level = self.contract.clause(&finding.clause).map_or(Level::Must, |clause| clause.level);
        finding.level > level
    }

    async fn open(&self, mutation: Option<Mutation>) -> Result<Session, String> {
        // The pause between two requests also applies between two sessions.
        if let Some(rate) = self.network.rate {
            tokio::time::sleep(Duration::from_secs_f64(1.0 / rate)).await;
        }
        let (embedded, target) = match &self.origin {
            Origin::Embedded => {
                let embedded = start_with(&[], &[]).await.map_err(|error| error.to_string())?;
                let target = embedded.target();
                (Some(embedded), target)
            }
            Origin::Deployment(target) => (None, (**target).clone()),
        };
        let forwarding = Network { rate: None, ..self.network.clone() };
        let upstream = Arc::new(HttpClient::new(&target.url, &forwarding)?);
        let route = Route::new(&self.contract, target.credentials.iter());
        let proxy = Proxy::start(self.contract.clone(), route, upstream, mutation.clone()).await?;
        let network = Network { timeout: self.network.timeout + MARGIN, rate: self.network.rate, ..Network::default() };
        let client = HttpClient::new(proxy.url(), &network)?;
        let target = Target { url: proxy.url().to_owned(), ..target };
        let (receiver, relay) = match target.reaches_us {
            true => {
                let receiving = receive(&self.contract, mutation.as_ref(), target.webhook_timeout).await;
                let (receiver, relay) = receiving.map_err(|error| error.to_string())?;
                (Some(receiver), relay)
            }
            false => (None, None),
        };
        let (stop, stopped) = watch::channel(None);
        let token = runner::execute::token();
        let environment = Environment::new(self.contract.clone(), target, client, receiver, token, stopped);
        let environment = environment.with_sampling(self.sampling).describing_requests();
        let forwarding = self.forward_stop(stop.clone());
        Ok(Session { _embedded: embedded, proxy, relay, environment, stop, _forwarding: forwarding })
    }

    /// Ends the tests of a session when the campaign is stopped.
    fn forward_stop(&self, session: watch::Sender<Option<Stop>>) -> JoinSet<()> {
        let mut campaign = self.stop.clone();
        let mut forwarding = JoinSet::new();
        forwarding.spawn(async move {
            let reason = campaign.wait_for(Option::is_some).await.map(|reason| *reason);
            if let Ok(Some(reason)) = reason {
                session.send_modify(|inner| *inner = inner.or(Some(reason)));
            }
        });
        forwarding
    }

    /// Deletes the leftover resources of the tests on a deployment.
    async fn close(&self, session: &Session) {
        if matches!(self.origin, Origin::Deployment(_)) {
            sweep(&session.environment).await;
        }
    }
}

/// True if a finding is an effect of the mutation.
fn is_new(mutation: &Mutation, passing: &PassingTest, finding: &Finding) -> bool {
    let breaks_connections = mutation.change == Change::Close;
    (breaks_connections || finding.part != Part::Connection)
        && !passing.accepted.contains(&(finding.clause.clone(), finding.check.clone()))
}

/// The tests that have not run yet.
struct Queue<'q> {
    waiting: std::slice::Iter<'q, Recipient<'q>>,
    /// How many of them may still start.
    allowed: usize,
    /// True if no further test may start.
    ended: bool,
}

impl<'q> Queue<'q> {
    fn next(&mut self) -> Option<&'q Recipient<'q>> {
        if self.ended || self.allowed == 0 {
            return None;
        }
        self.allowed -= 1;
        self.waiting.next()
    }

    fn has_more(&self) -> bool {
        !self.ended && self.waiting.len() > 0
    }
}

async fn run_passing<'p>(environment: &Environment, passing: &'p PassingTest) -> (&'p PassingTest, TestRecord) {
    (passing, run_test(environment, &passing.test).await)
}

//! Running tests through proxies: once where nothing is changed, and then for each mutation those that can notice it.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::baseline::{Baseline, Known};
use super::mutation::Mutation;
use super::order::{Recipient, recipients};
use super::place::changed;
use super::proxy::Proxy;
use super::route::Route;
use super::score::{Kill, Outcome, Row};
use crate::embedded::{Embedded, start_with};
use generate::Sampling;
use judge::finding::{Finding, Part};
use judge::record::TestRecord;
use judge::target::Target;
use judge::verdict::{Rules, Verdict};
use runner::client::{HttpClient, Network};
use runner::execute::{Environment, Stop, run_test, sweep};
use runner::plan::plan;
use runner::webhook::Receiver;
use spec::contract::{Contract, Level};
use spec::scenario::TestCase;

/// How many tests of one run are under way at a time.
const AT_A_TIME: usize = 8;
/// How many tests are run before all others that receive a changed response.
const FIRST: usize = 12;
/// What the proxy may take in addition to the time limit of an exchange.
const MARGIN: Duration = Duration::from_secs(5);

/// Where the tests are run.
pub enum Origin {
    /// The embedded reference: a new one for each mutation.
    Embedded,
    /// A deployment, for one mutation after the other.
    Deployment(Box<Target>),
}

/// How mutations are tried.
pub struct Campaign {
    /// The contract.
    pub contract: Arc<Contract>,
    /// Where the tests are run.
    pub origin: Origin,
    /// How the target is spoken to.
    pub network: Network,
    /// How properties draw their cases.
    pub sampling: Sampling,
    /// How many mutations are tried at a time, where each has a target of its own.
    pub jobs: usize,
    /// The most time for one mutation.
    pub limit: Duration,
    /// Why all of it is to end before its time, if it is.
    pub stop: watch::Receiver<Option<Stop>>,
}

/// A target behind a proxy, and what its tests share.
struct Session {
    _embedded: Option<Embedded>,
    proxy: Proxy,
    environment: Environment,
    stop: watch::Sender<Option<Stop>>,
    /// Ends the tests when the campaign is to end; it ends with the session.
    _forwarding: JoinSet<()>,
}

impl Session {
    fn end(&self, stop: Stop) {
        self.stop.send_modify(|reason| *reason = reason.or(Some(stop)));
    }
}

impl Campaign {
    /// Runs tests where nothing is changed.
    pub async fn baseline(&self, tests: Vec<TestCase>) -> Result<Baseline, String> {
        let session = self.open(None).await?;
        let target = &session.environment.target;
        let route = Route::new(&self.contract, target.credentials.iter());
        let rules =
            Rules { deviations: target.deviations.clone(), today: chrono::Utc::now().date_naive(), ..Rules::default() };
        let mut baseline = Baseline::default();
        let mut queue = VecDeque::new();
        for planned in plan(&self.contract, target, tests, None) {
            match planned.skip {
                Some(reason) => drop(baseline.left_out.insert(planned.spec.name, format!("skipped: {reason}"))),
                None => queue.push_back(planned.spec),
            }
        }
        let environment = &session.environment;
        let one = |test: TestCase| async move { (run_test(environment, &test).await, test) };
        let mut running = FuturesUnordered::new();
        loop {
            while running.len() < AT_A_TIME
                && self.stopped().is_none()
                && let Some(test) = queue.pop_front()
            {
                running.push(one(test));
            }
            let Some((record, test)) = running.next().await else { break };
            baseline.requests += record.requests;
            let outcome = rules.judge(&test.name, &record);
            match outcome.verdict {
                Verdict::Passed | Verdict::Warned => baseline.add(&self.contract, &route, test, record),
                verdict => {
                    let reason = outcome.reason.or_else(|| Some(record.findings.first()?.message.clone()));
                    let text = format!("{}: {}", verdict.as_str(), reason.unwrap_or_default());
                    baseline.left_out.insert(test.name, text);
                }
            }
        }
        drop(running);
        self.close(&session).await;
        if let Some(stop) = self.stopped() {
            return Err(stop.reason().to_owned());
        }
        // The order in which tests end differs from run to run.
        baseline.known.sort_by(|one, other| one.test.name.cmp(&other.test.name));
        Ok(baseline)
    }

    /// Tries mutations, and tells of each when it is done; the rows come back in the order of the mutations, and there are
    /// fewer where the campaign was stopped.
    pub async fn run(&self, baseline: &Baseline, mutations: &[Mutation], mut told: impl FnMut(&Row)) -> Vec<Row> {
        let one = |(index, mutation)| async move { (index, self.row(baseline, mutation).await) };
        let alone = matches!(self.origin, Origin::Deployment(_)) || self.network.rate.is_some();
        let jobs = if alone { 1 } else { self.jobs.max(1) };
        let mut rows: Vec<(usize, Row)> = Vec::new();
        let mut running = futures_util::stream::iter(mutations.iter().enumerate().map(one)).buffer_unordered(jobs);
        while let Some((index, row)) = running.next().await {
            let Some(row) = row else { continue };
            told(&row);
            rows.push((index, row));
        }
        rows.sort_by_key(|(index, _)| *index);
        rows.into_iter().map(|(_, row)| row).collect()
    }

    fn stopped(&self) -> Option<Stop> {
        *self.stop.borrow()
    }

    /// What became of a mutation; `None` where the campaign was stopped before that was known.
    async fn row(&self, baseline: &Baseline, mutation: &Mutation) -> Option<Row> {
        if self.stopped().is_some() {
            return None;
        }
        let clock = Instant::now();
        let recipients = recipients(baseline, mutation, &self.contract.catalog);
        let mut row = Row { recipients: recipients.len(), ..Row::new(mutation.clone()) };
        if !recipients.is_empty() {
            match self.open(Some(mutation.clone())).await {
                Ok(session) => {
                    if let Some((operation, success)) = baseline.success(mutation) {
                        session.proxy.remember(operation, success.clone());
                    }
                    self.try_out(&session, &recipients, &mut row).await;
                }
                Err(reason) => row.reason = Some(reason),
            }
        }
        if self.stopped().is_some() && row.kill.is_none() {
            return None;
        }
        if matches!(row.outcome, Outcome::Survived | Outcome::KilledForAnotherClause | Outcome::TimedOut) {
            row.changed = recipients.first().and_then(|first| changed(&self.contract, baseline, mutation, first));
        }
        row.duration_ms = u64::try_from(clock.elapsed().as_millis()).unwrap_or(u64::MAX);
        Some(row)
    }

    /// Runs the tests that can notice a mutation until one does.
    async fn try_out(&self, session: &Session, recipients: &[Recipient<'_>], row: &mut Row) {
        let deadline = tokio::time::Instant::now() + self.limit;
        let (mut ended, mut timed_out) = (false, false);
        let mut queue = recipients.iter();
        let mut first = FIRST;
        let environment = &session.environment;
        let one = |known| async move { (known, run_test(environment, known_test(known)).await) };
        let mut running = FuturesUnordered::new();
        loop {
            ended |= self.stopped().is_some();
            while !ended
                && first > 0
                && running.len() < AT_A_TIME
                && let Some(recipient) = queue.next()
            {
                first -= 1;
                running.push(one(recipient.known));
            }
            let next = tokio::select! {
                next = running.next() => next,
                () = tokio::time::sleep_until(deadline), if !timed_out => {
                    (ended, timed_out) = (true, true);
                    session.end(Stop::Deadline);
                    continue;
                }
            };
            match next {
                Some((known, record)) => {
                    self.note(known, record, row, ended);
                    if row.outcome == Outcome::Killed && !ended {
                        ended = true;
                        session.end(Stop::Interrupt);
                    }
                }
                // It has survived those that are most likely to notice.
                None if !ended && row.kill.is_none() && queue.len() > 0 => first = usize::MAX,
                None => break,
            }
            if first == usize::MAX && row.kill.is_some() && !ended {
                ended = true;
                session.end(Stop::Interrupt);
            }
        }
        drop(running);
        row.triggered = session.proxy.triggered();
        row.outcome = match (&row.kill, row.triggered, timed_out) {
            (Some(_), ..) => row.outcome,
            (None, _, true) => Outcome::TimedOut,
            (None, 0, false) => Outcome::NeverTriggered,
            (None, _, false) => Outcome::Survived,
        };
        session.proxy.disable();
        self.close(session).await;
    }

    /// Puts on record what one test says of a mutation.
    fn note(&self, known: &Known, record: TestRecord, row: &mut Row, ended: bool) {
        row.requests += record.requests;
        // A test that was ended early says nothing by its silence.
        if !ended || !record.findings.is_empty() {
            row.tests += 1;
            row.inconclusive += usize::from(record.inconclusive.is_some());
            row.reason = row.reason.take().or(record.inconclusive);
        }
        let kill = |finding: &Finding| Kill {
            test: known.test.name.clone(),
            clause: finding.clause.clone(),
            check: finding.check.clone(),
        };
        for finding in record.findings.iter().filter(|finding| is_new(known, finding)) {
            if self.only_warns(finding) {
                row.warning.get_or_insert_with(|| kill(finding));
                continue;
            }
            let clauses = &row.mutation.clauses;
            let right = clauses.is_empty() || clauses.contains(&finding.clause);
            if row.outcome == Outcome::Killed || (row.kill.is_some() && !right) {
                continue;
            }
            row.outcome = if right { Outcome::Killed } else { Outcome::KilledForAnotherClause };
            row.kill = Some(kill(finding));
        }
    }

    /// Whether a finding only warns of a MUST clause, as of a code that the contract tolerates.
    fn only_warns(&self, finding: &Finding) -> bool {
        let level = self.contract.clause(&finding.clause).map_or(Level::Must, |clause| clause.level);
        finding.level > level
    }

    async fn open(&self, mutation: Option<Mutation>) -> Result<Session, String> {
        // The pause between two requests holds between two runs as well.
        if let Some(rate) = self.network.rate {
            tokio::time::sleep(Duration::from_secs_f64(1.0 / rate)).await;
        }
        let (embedded, target) = match &self.origin {
            Origin::Embedded => {
                let embedded = start_with(&[], &[]).await.map_err(|error| error.to_string())?;
                let target = embedded.target();
                (Some(embedded), target)
            }
            Origin::Deployment(target) => (None, copy(target)),
        };
        let forwarding = Network { rate: None, ..self.network.clone() };
        let upstream = Arc::new(HttpClient::new(&target.url, &forwarding)?);
        let route = Route::new(&self.contract, target.credentials.iter());
        let proxy = Proxy::start(self.contract.clone(), route, upstream, mutation).await?;
        let network = Network { timeout: self.network.timeout + MARGIN, rate: self.network.rate, ..Network::default() };
        let client = HttpClient::new(proxy.url(), &network)?;
        let target = Target { url: proxy.url().to_owned(), ..target };
        let receiver = match target.reaches_us {
            true => {
                let address = ([127, 0, 0, 1], 0).into();
                let receiver = Receiver::start(address, None, target.webhook_timeout).await;
                Some(receiver.map_err(|error| error.to_string())?)
            }
            false => None,
        };
        let (stop, stopped) = watch::channel(None);
        let token = runner::execute::token();
        let environment = Environment::new(self.contract.clone(), target, client, receiver, token, stopped);
        let environment = environment.with_sampling(self.sampling);
        let mut forwarding = JoinSet::new();
        let (mut outer, inner) = (self.stop.clone(), stop.clone());
        forwarding.spawn(async move {
            let reason = outer.wait_for(Option::is_some).await.map(|reason| *reason);
            if let Ok(Some(reason)) = reason {
                inner.send_modify(|inner| *inner = inner.or(Some(reason)));
            }
        });
        Ok(Session { _embedded: embedded, proxy, environment, stop, _forwarding: forwarding })
    }

    /// Deletes the leftover resources of the tests on a deployment.
    async fn close(&self, session: &Session) {
        if matches!(self.origin, Origin::Deployment(_)) {
            sweep(&session.environment).await;
        }
    }
}

/// Whether a finding is about the mutation. No mutation breaks a connection.
fn is_new(known: &Known, finding: &Finding) -> bool {
    finding.part != Part::Connection && !known.accepted.contains(&(finding.clause.clone(), finding.check.clone()))
}

fn known_test(known: &Known) -> &TestCase {
    &known.test
}

fn copy(target: &Target) -> Target {
    Target {
        url: target.url.clone(),
        embedded: target.embedded,
        credentials: target.credentials.clone(),
        lacks: target.lacks.clone(),
        deviations: target.deviations.clone(),
        reaches_us: target.reaches_us,
        webhook_timeout: target.webhook_timeout,
    }
}

//! Turns planned tests into tests of libtest-mimic.
//!
//! Each is a closure that runs the test on the shared runtime, adds the result to the [`Recorder`] and returns `ok`,
//! `FAILED` or `ignored`.

use std::any::Any;
use std::cell::RefCell;
use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Once};
use std::time::Instant;

use chrono::Utc;
use libtest_mimic::{Completion, Failed, Trial};
use parking_lot::Mutex;
use tokio::runtime::Handle;

use judge::exchange::Role;
use judge::finding::{EXPECTATION, Finding};
use judge::record::TestRecord;
use judge::secret::Redactor;
use judge::verdict::{Rules, TestVerdict, Verdict};
use report::model::TestReport;
use report::output::{one_line, printable};
use report::{Presenter, TestResult, Texts, test_report};
use runner::execute::{Environment, run_test};
use runner::schedule::Scheduled;
use spec::scenario::{Property, TestCase};

/// Collects the results while tests run. A test is turned into its report as soon as it has ended.
#[derive(Clone, Default)]
pub struct Recorder(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    /// The tests without a result, by name.
    pending: HashMap<Arc<str>, Outline>,
    recorded: Recorded,
}

/// What a report says about a test that did not run.
struct Outline {
    file: Arc<str>,
    line: usize,
    about: Arc<str>,
    clauses: Arc<[String]>,
}

/// The results of a run.
#[derive(Default)]
pub struct Recorded {
    pub tests: Vec<TestReport>,
    /// The properties with counterexamples, if these are to be saved.
    pub counterexamples: Vec<(Arc<Property>, TestResult)>,
    pub tally: Tally,
}

impl Recorder {
    /// Announces a test, which gets a result even if it never runs.
    pub fn expect(&self, test: &TestCase) {
        let TestCase { name, file, line, about, clauses, .. } = test.outline();
        self.0.lock().pending.insert(name, Outline { file, line, about, clauses });
    }

    /// Takes all results recorded so far, with one for each announced test.
    pub fn take(&self, presenter: &Presenter<'_>) -> Recorded {
        let State { pending, mut recorded } = std::mem::take(&mut *self.0.lock());
        let outcome = TestVerdict::unrun(Verdict::Inconclusive, Some("it did not run".to_owned()));
        for (name, Outline { file, line, about, clauses }) in pending {
            let test = TestResult { name, file, line, about, clauses, ..TestResult::unrun(outcome.clone()) };
            recorded.tests.push(test_report(presenter, &test));
        }
        recorded.tests.sort_by(|a, b| a.name.cmp(&b.name));
        recorded
    }

    fn add(&self, test: TestReport, requests: usize, counterexamples: Option<(Arc<Property>, TestResult)>) {
        let mut state = self.0.lock();
        state.pending.remove(&test.name);
        let recorded = &mut state.recorded;
        recorded.tally.done += 1;
        recorded.tally.failed += usize::from(test.verdict == Verdict::Failed);
        recorded.tally.inconclusive += usize::from(test.verdict == Verdict::Inconclusive);
        recorded.tally.requests += requests;
        recorded.tests.push(test);
        recorded.counterexamples.extend(counterexamples);
    }

    /// The counts so far.
    pub fn tally(&self) -> Tally {
        self.0.lock().recorded.tally
    }
}

/// The counts of a run so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Finished tests.
    pub done: usize,
    /// Failed tests.
    pub failed: usize,
    /// Tests without a verdict.
    pub inconclusive: usize,
    /// Requests sent by the finished tests.
    pub requests: usize,
}

/// What the closure of every test needs.
pub struct Shared {
    pub environment: Arc<Environment>,
    pub handle: Handle,
    pub rules: Arc<Rules>,
    pub recorder: Recorder,
    pub redactor: Arc<Redactor>,
    pub texts: Arc<Texts>,
    /// Whether counterexamples of properties are kept, to be saved.
    pub keeps_counterexamples: bool,
    /// True to show every violation of a test in the output of libtest, false to show the first.
    pub verbose: bool,
}

/// A test for libtest-mimic.
pub fn test(planned: Scheduled, shared: Arc<Shared>) -> Trial {
    let name = planned.test.name.clone();
    shared.recorder.expect(&planned.test);
    Trial::ignorable_test(name.as_ref(), move || run(planned, &shared))
}

fn run(planned: Scheduled, shared: &Shared) -> Result<Completion, Failed> {
    silence_panics();
    let outline = planned.test.outline();
    let whole = || run_and_record(planned, shared);
    // A panic of ours costs this test only, wherever it happens.
    catch_unwind(AssertUnwindSafe(whole)).unwrap_or_else(|payload| {
        let outcome = TestVerdict::unrun(Verdict::Inconclusive, Some(panic_reason(payload.as_ref())));
        let record = TestRecord::default();
        let completion = completion(&record, &outcome, shared);
        let result = TestResult::new(outline, outcome, record);
        shared.recorder.add(test_report(&shared.presenter(), &result), 0, None);
        completion
    })
}

fn run_and_record(planned: Scheduled, shared: &Shared) -> Result<Completion, Failed> {
    let started = Utc::now();
    let clock = Instant::now();
    let (record, outcome) = match (planned.skip, planned.doubt) {
        (Some(reason), _) => (TestRecord::default(), TestVerdict::unrun(Verdict::Skipped, Some(reason))),
        (None, Some(reason)) => (TestRecord::default(), TestVerdict::unrun(Verdict::Inconclusive, Some(reason))),
        (None, None) => {
            let record = run_catching_panics(&planned.test, shared);
            let outcome = shared.rules.judge(&planned.test.name, &record);
            (record, outcome)
        }
    };
    let completion = completion(&record, &outcome, shared);
    let property = planned.test.property().cloned().filter(|_| shared.keeps_counterexamples);
    let result = TestResult::new(*planned.test, outcome, record);
    let result = TestResult { started: Some(started), took: clock.elapsed(), ..result };
    let report = test_report(&shared.presenter(), &result);
    let requests = result.record.requests;
    shared.recorder.add(report, requests, property.map(|property| (property, result)));
    completion
}

impl Shared {
    pub fn presenter(&self) -> Presenter<'_> {
        Presenter { contract: &self.environment.contract, redactor: &self.redactor, texts: &self.texts }
    }
}

/// The longest line in the output of libtest, in characters.
const MAX_LINE_LENGTH: usize = 500;

/// What libtest-mimic shows: one line, or every violation with `--verbose`. The causes are listed after the tests.
fn completion(record: &TestRecord, outcome: &TestVerdict, shared: &Shared) -> Result<Completion, Failed> {
    // Text from the API must stay in its line, whatever line breaks and escape sequences it contains.
    let clean = |text: &str| printable(&one_line(&shared.redactor.clean_own(text), MAX_LINE_LENGTH));
    match outcome.verdict {
        Verdict::Passed | Verdict::Warned => Ok(Completion::Completed),
        Verdict::Skipped => Ok(Completion::ignored_with(clean(outcome.reason.as_deref().unwrap_or_default()))),
        Verdict::Inconclusive => {
            let reason = outcome.reason.as_deref().unwrap_or_default();
            Err(clean(&format!("inconclusive: {reason}")).into())
        }
        Verdict::Failed => {
            let mut failing: Vec<&Finding> =
                record.findings.iter().filter(|finding| shared.rules.fails(finding)).collect();
            failing.sort_by_key(|finding| precedence(record, finding));
            let shown = if shared.verbose { failing.len() } else { 1 };
            let mut lines: Vec<String> = failing
                .iter()
                .take(shown)
                .map(|finding| {
                    format!("{} {}: {} (expected {})", finding.clause, finding.part, finding.message, finding.expected)
                })
                .collect();
            if let (Some(first), 1.., false) = (lines.first_mut(), failing.len().saturating_sub(1), shared.verbose) {
                first.push_str(&format!(", and {} more violations (--verbose)", failing.len() - 1));
            }
            Err(lines.iter().map(|line| clean(line)).collect::<Vec<_>>().join("\n").into())
        }
    }
}

/// Sorts expectations first, then violations in asserted exchanges, then violations in setup and cleanup.
fn precedence(record: &TestRecord, finding: &Finding) -> (bool, bool) {
    let asserted = record.exchanges.get(finding.exchange).is_some_and(|exchange| exchange.role == Role::Asserted);
    (finding.check != EXPECTATION, !asserted)
}

/// Runs a test. A panic of the harness makes it inconclusive, not failed.
fn run_catching_panics(test: &TestCase, shared: &Shared) -> TestRecord {
    let body = || shared.handle.block_on(run_test(&shared.environment, test));
    catch_unwind(AssertUnwindSafe(body)).unwrap_or_else(|payload| TestRecord {
        inconclusive: Some(panic_reason(payload.as_ref())),
        ..TestRecord::default()
    })
}

thread_local! {
    static PLACE: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Keeps panics out of the output of libtest. Their location goes into the verdict.
fn silence_panics() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        std::panic::set_hook(Box::new(|info| {
            let place = info.location().map(|at| format!("{}:{}", at.file(), at.line()));
            PLACE.with(|cell| *cell.borrow_mut() = place);
        }));
    });
}

fn panic_reason(payload: &(dyn Any + Send)) -> String {
    let text = payload
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| payload.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "a panic without a message".to_owned());
    let place = PLACE.with(|cell| cell.borrow_mut().take());
    let place = place.map(|place| format!(" at {place}")).unwrap_or_default();
    format!("the harness itself failed: {text}{place}")
}

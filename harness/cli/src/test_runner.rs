//! Turns planned tests into tests of libtest-mimic.
//!
//! Each is a closure that runs the test on the shared runtime, adds the result to the [`Recorder`] and returns `ok`,
//! `FAILED` or `ignored`.

use std::any::Any;
use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, Once};
use std::time::Instant;

use chrono::Utc;
use libtest_mimic::{Completion, Failed, Trial};
use tokio::runtime::Handle;

use judge::exchange::Role;
use judge::finding::{EXPECTATION, Finding};
use judge::record::TestRecord;
use judge::secret::Redactor;
use judge::verdict::{Outcome, Rules, Verdict};
use report::TestResult;
use report::output::{one_line, printable};
use runner::execute::{Environment, run_test};
use runner::plan::Planned;
use spec::scenario::TestCase;

/// Collects the results while tests run.
#[derive(Clone, Default)]
pub struct Recorder(Arc<Mutex<Vec<TestResult>>>);

impl Recorder {
    /// Takes all results recorded so far.
    pub fn take(&self) -> Vec<TestResult> {
        std::mem::take(&mut self.lock())
    }

    pub fn add(&self, result: TestResult) {
        self.lock().push(result);
    }

    /// The counts so far.
    pub fn tally(&self) -> Tally {
        let results = self.lock();
        let count = |verdict| results.iter().filter(|result| result.outcome.verdict == verdict).count();
        Tally {
            done: results.len(),
            failed: count(Verdict::Failed),
            inconclusive: count(Verdict::Inconclusive),
            requests: results.iter().map(|result| result.record.requests).sum(),
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<TestResult>> {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
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
#[derive(Clone)]
pub struct Shared {
    pub environment: Arc<Environment>,
    pub handle: Handle,
    pub rules: Arc<Rules>,
    pub recorder: Recorder,
    pub redactor: Arc<Redactor>,
    /// True to show every violation of a test in the output of libtest, false to show the first.
    pub verbose: bool,
}

/// A test for libtest-mimic.
pub fn test(planned: Planned, shared: Shared) -> Trial {
    let name = planned.spec.name.clone();
    Trial::ignorable_test(name, move || run(planned, &shared))
}

fn run(planned: Planned, shared: &Shared) -> Result<Completion, Failed> {
    let started = Utc::now();
    let clock = Instant::now();
    let (record, outcome) = match (planned.skip, planned.doubt) {
        (Some(reason), _) => (TestRecord::default(), Outcome::unrun(Verdict::Skipped, Some(reason))),
        (None, Some(reason)) => (TestRecord::default(), Outcome::unrun(Verdict::Inconclusive, Some(reason))),
        (None, None) => {
            let record = run_catching_panics(&planned.spec, shared);
            let outcome = shared.rules.judge(&planned.spec.name, &record);
            (record, outcome)
        }
    };
    let completion = completion(&record, &outcome, shared);
    let result = TestResult::new(planned.spec, outcome, record);
    shared.recorder.add(TestResult { started: Some(started), took: clock.elapsed(), ..result });
    completion
}

/// The longest line in the output of libtest, in characters.
const LONGEST_LINE: usize = 500;

/// What libtest-mimic shows: one line, or every violation with `--verbose`. The causes are listed after the tests.
fn completion(record: &TestRecord, outcome: &Outcome, shared: &Shared) -> Result<Completion, Failed> {
    // Text from the API must stay in its line, whatever line breaks and escape sequences it contains.
    let clean = |text: &str| printable(&one_line(&shared.redactor.clean_own(text), LONGEST_LINE));
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
fn run_catching_panics(spec: &TestCase, shared: &Shared) -> TestRecord {
    silence_panics();
    let body = || shared.handle.block_on(run_test(&shared.environment, spec));
    catch_unwind(AssertUnwindSafe(body)).unwrap_or_else(|payload| TestRecord {
        inconclusive: Some(format!("the harness itself failed: {}", panic_text(payload.as_ref()))),
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

fn panic_text(payload: &(dyn Any + Send)) -> String {
    let text = payload
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| payload.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "a panic without a message".to_owned());
    let place = PLACE.with(|cell| cell.borrow_mut().take());
    place.map_or_else(|| text.clone(), |place| format!("{text} at {place}"))
}

//! Decides when a test is retried and which try counts.
//!
//! The first failure counts, unless the observations show a cause outside the target. A test that fails and then passes
//! without such a cause is flaky: it has no verdict, and the record shows both tries.

use super::quota::Evidence;
use judge::finding::EXPECTATION;
use judge::record::{Attempt, TestRecord};
use spec::contract::Level;

/// Why a test is retried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Cause {
    /// The server closed an idle connection just as it was reused.
    ClosedWhileIdle(String),
    /// A connection broke while it was in use.
    BrokenInUse(String),
    /// This machine stalled, so that our webhook endpoint responded too late.
    Stalled(String),
    /// An expectation was not met, and the scenario names a possible reason (`retries`).
    Unmet,
}

impl Cause {
    fn is_disturbance(&self) -> bool {
        *self != Cause::Unmet
    }

    /// Whether a connection broke.
    pub(super) fn is_break(&self) -> bool {
        matches!(self, Cause::ClosedWhileIdle(_) | Cause::BrokenInUse(_))
    }

    /// What happened, as text.
    pub(super) fn text(&self) -> &str {
        match self {
            Cause::ClosedWhileIdle(text) | Cause::BrokenInUse(text) | Cause::Stalled(text) => text,
            Cause::Unmet => "an expectation was not met",
        }
    }
}

/// How a try ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// Everything was judged.
    Done,
    /// A connection broke, or this machine stalled.
    Disturbed(Cause),
    /// A retry would not help.
    GaveUp,
}

/// One try of a test.
pub(super) struct Try {
    pub(super) record: TestRecord,
    pub(super) end: End,
    /// Evidence for the reason that the scenario names; `None` if it names none.
    pub(super) excuse: Option<Evidence>,
}

/// Whether an expectation was not met.
pub(super) fn is_unmet(record: &TestRecord) -> bool {
    record.findings.iter().any(|finding| finding.check == EXPECTATION)
}

/// Why to retry a try; `None` if not. `earlier` are the causes of the retries so far, `times` is how often the scenario
/// allows a retry after an unmet expectation.
pub(super) fn retry_cause(end: &End, unmet: bool, guarded: bool, earlier: &[Cause], times: usize) -> Option<Cause> {
    match end {
        // A second disturbance is not chance.
        End::Disturbed(cause) if !earlier.iter().any(Cause::is_disturbance) => Some(cause.clone()),
        End::Done if unmet && guarded && earlier.len() < times => Some(Cause::Unmet),
        End::Disturbed(_) | End::Done | End::GaveUp => None,
    }
}

/// What an earlier try means if the last one passed.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Ruling {
    /// Its failure has a cause outside the target.
    Excused(String),
    /// Its failure counts.
    Counts,
    /// It failed and then passed.
    Flaky(String),
}

fn ruling(cause: &Cause, excuse: Option<&Evidence>, must: bool) -> Ruling {
    match (cause, excuse) {
        (Cause::ClosedWhileIdle(text), _) => {
            Ruling::Excused(format!("the target closed an idle connection just as it was reused: {text}"))
        }
        (Cause::Stalled(text), _) => Ruling::Excused(text.clone()),
        (Cause::BrokenInUse(text), _) => Ruling::Flaky(format!("a connection broke while it was in use: {text}")),
        (Cause::Unmet, Some(Evidence::Shown(text))) => Ruling::Excused(text.clone()),
        // An unmet SHOULD is only a warning, so it does not make the test flaky.
        (Cause::Unmet, Some(Evidence::Unknown(why))) if must => {
            Ruling::Flaky(format!("an expectation was not met; {why}"))
        }
        (Cause::Unmet, _) => Ruling::Counts,
    }
}

/// Merges all tries of a test into one record.
pub(super) fn merge_tries(mut earlier: Vec<(Try, Cause)>, last: Try) -> TestRecord {
    let passed = !is_unmet(&last.record) && last.record.inconclusive.is_none();
    let must = |record: &TestRecord| {
        let mut unmet = record.findings.iter().filter(|finding| finding.check == EXPECTATION);
        unmet.any(|finding| finding.level == Level::Must)
    };
    // The evidence of one try may explain another.
    let shown = |one: &&Evidence| matches!(one, Evidence::Shown(_));
    let rulings: Vec<Ruling> = earlier
        .iter()
        .map(|(one, cause)| {
            let own = one.excuse.as_ref();
            let excuse = own.filter(shown).or(last.excuse.as_ref().filter(shown)).or(own);
            ruling(cause, excuse, must(&one.record))
        })
        .collect();
    let counted = rulings.iter().position(|ruling| *ruling == Ruling::Counts).filter(|_| passed);
    let mut rulings = rulings;
    let chosen = match counted {
        Some(index) => {
            let (first, _) = std::mem::replace(&mut earlier[index], (last, Cause::Unmet));
            rulings[index] = Ruling::Excused("a retry, which passed".to_owned());
            first
        }
        None => last,
    };
    let mut record = chosen.record;
    for ((one, _), ruling) in earlier.into_iter().zip(rulings) {
        let (note, flaky) = match ruling {
            Ruling::Excused(note) => (note, false),
            Ruling::Flaky(note) => (note, passed),
            Ruling::Counts => ("an expectation was not met".to_owned(), false),
        };
        if flaky {
            record.flaky = true;
            record.inconclusive = Some(format!("flaky: failed, then passed on retry ({note})"));
        }
        let doubtful: Vec<String> = match flaky {
            true => one.record.findings.iter().map(|finding| finding.clause.clone()).collect(),
            false => Vec::new(),
        };
        add(&mut record, one.record, note);
        // A passing try is no evidence for a clause that the failed try puts in doubt.
        doubtful.iter().for_each(|clause| record.coverage.withdraw(clause));
    }
    record
}

/// Adds a try that does not decide the verdict. The violations that checks found in its responses still count.
fn add(record: &mut TestRecord, other: TestRecord, note: String) {
    let mut findings = std::mem::take(&mut record.findings);
    let count = other.exchanges.len();
    let before = record.append(other);
    let (unmet, facts): (Vec<_>, Vec<_>) =
        std::mem::take(&mut record.findings).into_iter().partition(|finding| finding.check == EXPECTATION);
    let is_new = |finding: &judge::finding::Finding| {
        !findings.iter().any(|known| {
            (&known.clause, &known.check, known.part.to_string(), &known.expected)
                == (&finding.clause, &finding.check, finding.part.to_string(), &finding.expected)
        })
    };
    let facts: Vec<_> = facts.into_iter().filter(is_new).collect();
    findings.extend(facts);
    record.findings = findings;
    record.attempts.push(Attempt { note, findings: unmet, exchanges: (before..before + count).collect() });
}

//! Which try of a test counts. A first failure stands, unless something that is not the target's doing explains it, and
//! that is looked for in what was observed. A test that fails and then passes without such an explanation is flaky: it
//! has no verdict, and both tries are shown.

use super::quota::Evidence;
use super::{Attempt, TestRecord};
use crate::contract::Level;
use crate::finding::EXPECTATION;

/// Why another try is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Cause {
    /// A server closed an idle connection at the moment at which it was used again.
    ClosedWhileIdle(String),
    /// A connection broke while it was in use.
    BrokenInUse(String),
    /// This machine stood still, and an endpoint of ours answered too late.
    Stalled(String),
    /// An expectation was not met, and the scenario says what may be the reason.
    Unmet,
}

impl Cause {
    /// What happened, in words.
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
    /// All that could be judged is judged.
    Done,
    /// A connection broke, or this machine stood still.
    Disturbed(Cause),
    /// Nothing more can be had.
    GaveUp,
}

/// One try: its record, how it ended, and what excuses an unmet expectation.
pub(super) struct Try {
    pub(super) record: TestRecord,
    pub(super) end: End,
    /// What the answers show of the reason that the scenario names; `None` where it names none.
    pub(super) excuse: Option<Evidence>,
}

/// Whether an expectation was not met.
pub(super) fn is_unmet(record: &TestRecord) -> bool {
    record.findings.iter().any(|finding| finding.check == EXPECTATION)
}

/// Why another try is to be made after that many tries, if it is.
pub(super) fn again(end: &End, unmet: bool, guarded: bool, tries: u32, times: u32) -> Option<Cause> {
    match end {
        // Twice in a row is no chance.
        End::Disturbed(cause) if tries == 1 => Some(cause.clone()),
        End::Done if unmet && guarded && tries <= times => Some(Cause::Unmet),
        End::Disturbed(_) | End::Done | End::GaveUp => None,
    }
}

/// What an earlier try means where the last one found nothing wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Ruling {
    /// It is explained by what is not the target's doing.
    Excused(String),
    /// Its failure stands.
    Stands,
    /// It failed, and then it passed.
    Flaky(String),
}

fn ruling(cause: &Cause, excuse: Option<&Evidence>, must: bool) -> Ruling {
    match (cause, excuse) {
        (Cause::ClosedWhileIdle(text), _) => {
            Ruling::Excused(format!("the target closed an idle connection as it was used again: {text}"))
        }
        (Cause::Stalled(text), _) => Ruling::Excused(text.clone()),
        (Cause::BrokenInUse(text), _) => Ruling::Flaky(format!("a connection broke while it was in use: {text}")),
        (Cause::Unmet, Some(Evidence::Shown(text))) => Ruling::Excused(text.clone()),
        // A recommendation that was not followed once is a warning, and no reason to have no verdict.
        (Cause::Unmet, Some(Evidence::Untold(why))) if must => {
            Ruling::Flaky(format!("an expectation was not met; {why}"))
        }
        (Cause::Unmet, _) => Ruling::Stands,
    }
}

/// The record of a test from all its tries.
pub(super) fn conclude(mut earlier: Vec<(Try, Cause)>, last: Try) -> TestRecord {
    let passed = !is_unmet(&last.record) && last.record.inconclusive.is_none();
    let must = |record: &TestRecord| {
        let mut unmet = record.findings.iter().filter(|finding| finding.check == EXPECTATION);
        unmet.any(|finding| finding.level == Level::Must)
    };
    // What one try has seen may explain another.
    let shown = |one: &&Evidence| matches!(one, Evidence::Shown(_));
    let rulings: Vec<Ruling> = earlier
        .iter()
        .map(|(one, cause)| {
            let own = one.excuse.as_ref();
            let excuse = own.filter(shown).or(last.excuse.as_ref().filter(shown)).or(own);
            ruling(cause, excuse, must(&one.record))
        })
        .collect();
    let stands = rulings.iter().position(|ruling| *ruling == Ruling::Stands).filter(|_| passed);
    let mut rulings = rulings;
    let chosen = match stands {
        Some(index) => {
            let (first, _) = std::mem::replace(&mut earlier[index], (last, Cause::Unmet));
            rulings[index] = Ruling::Excused("another try, which passed".to_owned());
            first
        }
        None => last,
    };
    let mut record = chosen.record;
    for ((one, _), ruling) in earlier.into_iter().zip(rulings) {
        let (note, flaky) = match ruling {
            Ruling::Excused(note) => (note, false),
            Ruling::Flaky(note) => (note, passed),
            Ruling::Stands => ("an expectation was not met".to_owned(), false),
        };
        if flaky {
            record.flaky = true;
            record.inconclusive = Some(format!("flaky: it failed, and passed when it was tried again ({note})"));
        }
        let doubtful: Vec<String> = match flaky {
            true => one.record.findings.iter().map(|finding| finding.clause.clone()).collect(),
            false => Vec::new(),
        };
        add(&mut record, one.record, note);
        // The try that passed shows nothing of a clause that the other try has put in doubt.
        doubtful.iter().for_each(|clause| record.coverage.withdraw(clause));
    }
    record
}

/// Puts another try on record. What checks said of its answers is a fact, whatever became of the try.
fn add(record: &mut TestRecord, other: TestRecord, note: String) {
    let before = record.exchanges.len();
    let count = other.exchanges.len();
    record.exchanges.extend(other.exchanges);
    let here = other.findings.into_iter().map(|mut finding| {
        finding.exchange += before;
        finding
    });
    let (unmet, facts): (Vec<_>, Vec<_>) = here.partition(|finding| finding.check == EXPECTATION);
    let is_new = |finding: &crate::finding::Finding| {
        !record.findings.iter().any(|known| {
            (&known.clause, &known.check, known.part.to_string(), &known.expected)
                == (&finding.clause, &finding.check, finding.part.to_string(), &finding.expected)
        })
    };
    let facts: Vec<_> = facts.into_iter().filter(is_new).collect();
    record.findings.extend(facts);
    record.coverage.absorb(other.coverage);
    record.codes.extend(other.codes);
    record.requests += other.requests;
    record.attempts.push(Attempt { note, findings: unmet, exchanges: (before..before + count).collect() });
}

//! Tables for `retry`: when a test is retried, and which try counts.

use super::TestRecord;
use super::quota::Evidence;
use super::retry::{Cause, End, Try, merge_tries, retry_cause};
use judge::finding::{EXPECTATION, Finding, Part};
use spec::contract::Level;

fn finding(check: &str, level: Level) -> Finding {
    Finding {
        clause: "A-1".to_owned(),
        check: check.to_owned(),
        level,
        message: "It is served again.".to_owned(),
        expected: "success (200)".to_owned(),
        actual: "429".to_owned(),
        part: Part::Status,
        exchange: 0,
        line: None,
    }
}

fn attempt(check: Option<&str>, excuse: Option<Evidence>) -> Try {
    leveled(check, Level::Must, excuse)
}

fn leveled(check: Option<&str>, level: Level, excuse: Option<Evidence>) -> Try {
    let findings = check.map(|check| finding(check, level)).into_iter().collect();
    Try { record: TestRecord { findings, requests: 1, ..TestRecord::default() }, end: End::Done, excuse }
}

#[test]
fn retry_requires_a_cause() {
    let idle = || Cause::ClosedWhileIdle("reset".to_owned());
    let rows = [
        (End::Done, false, true, vec![], None),
        (End::Done, true, false, vec![], None),
        (End::Done, true, true, vec![], Some(Cause::Unmet)),
        (End::Done, true, true, vec![Cause::Unmet], Some(Cause::Unmet)),
        (End::Done, true, true, vec![Cause::Unmet, Cause::Unmet], None),
        (End::Disturbed(idle()), false, false, vec![], Some(idle())),
        (End::Disturbed(idle()), false, true, vec![Cause::Unmet], Some(idle())),
        (End::Disturbed(idle()), false, false, vec![idle()], None),
        (End::GaveUp, true, true, vec![], None),
    ];
    for (end, unmet, guarded, earlier, expected) in rows {
        assert_eq!(retry_cause(&end, unmet, guarded, &earlier, 2), expected, "{end:?} {unmet} {guarded} {earlier:?}");
    }
}

#[test]
fn failure_that_passes_on_retry_is_excused_only_by_evidence() {
    let shown = || Some(Evidence::Shown("another client uses the quota".to_owned()));
    let unknown = || Some(Evidence::Unknown("no header says so".to_owned()));
    let idle = Cause::ClosedWhileIdle("reset".to_owned());
    let busy = Cause::Stalled("this machine stalled".to_owned());
    let broken = Cause::BrokenInUse("reset".to_owned());
    // Cause, level, evidence; then: whether the failure is on record, whether the test is flaky.
    let rows = [
        (Cause::Unmet, Level::Must, shown(), false, false),
        (Cause::Unmet, Level::Must, Some(Evidence::Absent), true, false),
        (Cause::Unmet, Level::Must, unknown(), false, true),
        (Cause::Unmet, Level::Should, unknown(), true, false),
        (Cause::Unmet, Level::Should, Some(Evidence::Absent), true, false),
        (idle, Level::Must, None, false, false),
        (busy, Level::Must, None, false, false),
        (broken, Level::Must, None, false, true),
    ];
    for (cause, level, evidence, fails, flaky) in rows {
        let first = leveled(Some(EXPECTATION), level, evidence.clone());
        let record = merge_tries(vec![(first, cause.clone())], attempt(None, evidence.clone()));
        assert_eq!(!record.findings.is_empty(), fails, "{cause:?} {evidence:?}");
        assert_eq!(record.flaky, flaky, "{cause:?} {evidence:?}");
        assert_eq!(record.inconclusive.is_some(), flaky, "{cause:?} {evidence:?}");
        assert_eq!(record.attempts.len(), 1, "both tries are on record");
        assert_eq!(record.requests, 2);
    }
}

#[test]
fn evidence_of_either_try_excuses_the_first() {
    let shown = Some(Evidence::Shown("the quota was renewed".to_owned()));
    for (first, last) in [(shown.clone(), Some(Evidence::Absent)), (Some(Evidence::Absent), shown)] {
        let record = merge_tries(vec![(attempt(Some(EXPECTATION), first), Cause::Unmet)], attempt(None, last));
        assert!(record.findings.is_empty() && !record.flaky);
    }
}

#[test]
fn failure_on_retry_is_a_failure() {
    let shown = Some(Evidence::Shown("another client uses the quota".to_owned()));
    let first = attempt(Some(EXPECTATION), shown.clone());
    let record = merge_tries(vec![(first, Cause::Unmet)], attempt(Some(EXPECTATION), shown));
    assert_eq!((record.findings.len(), record.flaky, record.inconclusive), (1, false, None));
}

#[test]
fn violations_of_checks_survive_a_passing_retry() {
    let first = attempt(Some("media-type"), None);
    let record = merge_tries(vec![(first, Cause::ClosedWhileIdle("reset".to_owned()))], attempt(None, None));
    assert_eq!(record.findings.len(), 1);
    assert_eq!(record.findings[0].check, "media-type");
}

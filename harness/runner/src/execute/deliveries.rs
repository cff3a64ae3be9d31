//! Steps about webhooks: `listen` sets how our endpoint responds, `deliveries` asserts what arrives there.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use super::liveness;
use super::session::{Halt, Session};
use crate::webhook::Receiver;
use judge::check::{DELIVERY_CHECKS, DeliveryContext};
use judge::delivery::Delivery;
use judge::finding::{EXPECTATION, Finding, Part, Violation};
use judge::record::TestRecord;
use spec::scenario::Reply;
use spec::scenario::plan::{Await, Listen};
use spec::scenario::template::Template;

/// The longest pause that the contract allows between two attempts, plus a margin.
const MAX_PAUSE: Duration = Duration::from_millis(1500);
/// Time for everything else: registration, queueing, a busy machine.
const SLACK: Duration = Duration::from_secs(12);

impl Session<'_> {
    pub(super) fn listen(&mut self, listen: &Listen) -> Result<(), Halt> {
        let body_contains = self.filled(&listen.body_contains)?;
        self.last_reply = listen.responses.last().copied();
        self.receiver()?.listen(&self.endpoint, Some(body_contains), listen.responses.clone());
        Ok(())
    }

    /// Waits until each event has the expected number of attempts, then waits for one attempt too many.
    pub(super) async fn await_deliveries(&mut self, record: &mut TestRecord, expected: &Await) -> Result<(), Halt> {
        let body_contains = self.filled(&expected.body_contains)?;
        let secret = self.filled(&expected.secret)?;
        let receiver = self.receiver()?;
        let limit = expected.within_seconds.map_or_else(
            || time_limit(receiver.timeout(), expected.attempts),
            |seconds| Duration::from_secs(seconds.into()),
        );
        let mut until = Instant::now() + limit;
        let mut arrived = 0;
        while Instant::now() < until {
            let deliveries = receiver.deliveries(&self.endpoint, &body_contains);
            if miscount(&deliveries, expected.attempts, limit).is_none() {
                break;
            }
            // A late attempt, on a busy machine, leaves the next one its time.
            let is_early = deliveries.len() < usize::try_from(expected.attempts).unwrap_or(usize::MAX);
            if deliveries.len() > arrived && is_early && expected.within_seconds.is_none() {
                arrived = deliveries.len();
                until = until.max(Instant::now() + time_limit(receiver.timeout(), 1));
            }
            receiver.news().await;
        }
        tokio::time::sleep(quiet_period(receiver, self.last_reply)).await;
        let deliveries = receiver.deliveries(&self.endpoint, &body_contains);
        if deliveries.is_empty()
            && let Err(why) = receiver.reachable().await
        {
            return Err(Halt::Inconclusive(format!(
                "no delivery arrived, but {why}; check --webhook-url and --webhook-listen"
            )));
        }
        let is_short = deliveries.len() < usize::try_from(expected.attempts).unwrap_or(usize::MAX);
        if is_short && !liveness::is_alive(self.environment).await {
            let arrived = deliveries.len();
            return Err(Halt::Inconclusive(format!(
                "{arrived} of {} attempts arrived, but the target responds to no request any more",
                expected.attempts
            )));
        }
        let exchange = record.exchanges.len().saturating_sub(1);
        let clause = self.clause_or_first(expected.clause.as_deref()).to_owned();
        match miscount(&deliveries, expected.attempts, limit) {
            Some(violation) => record.findings.push(self.unmet(&clause, violation, exchange)),
            None => record.coverage.uphold(&clause, EXPECTATION, None, Some(exchange)),
        }
        self.judge_each(record, &deliveries, &secret, exchange);
        Ok(())
    }

    fn judge_each(&self, record: &mut TestRecord, deliveries: &[Delivery], secret: &str, exchange: usize) {
        let contract = &self.environment.contract;
        let Some(signing) = &contract.conventions.signing else { return };
        for check in DELIVERY_CHECKS {
            let Some(clause) = contract.clause_of_check(check.name) else {
                continue;
            };
            for (index, delivery) in deliveries.iter().enumerate() {
                let Some(mut violation) = (check.run)(&DeliveryContext { signing, secret, delivery }) else {
                    record.coverage.uphold(&clause.id, check.name, None, Some(exchange));
                    continue;
                };
                violation.actual = format!("{} (attempt {} of {})", violation.actual, index + 1, deliveries.len());
                record.findings.push(finding(
                    clause.id.clone(),
                    check.name,
                    clause.level,
                    check.statement.to_owned(),
                    violation,
                    exchange,
                ));
                break;
            }
        }
    }

    fn receiver(&self) -> Result<&Receiver, Halt> {
        self.environment
            .receiver
            .as_ref()
            .ok_or_else(|| Halt::Inconclusive("no webhook receiver is running".to_owned()))
    }

    fn filled(&self, text: &Template) -> Result<String, Halt> {
        text.text(&self.variables).map_err(|missing| Halt::Inconclusive(format!("`{}` has no value", missing.0)))
    }
}

fn finding(
    clause: String,
    check: &str,
    level: spec::contract::Level,
    message: String,
    violation: Violation,
    exchange: usize,
) -> Finding {
    Finding {
        clause,
        check: check.to_owned(),
        level,
        message,
        expected: violation.expected,
        actual: violation.actual,
        part: violation.part,
        exchange,
        line: None,
    }
}

/// The longest time that so many attempts may take, if the target waits for its timeout each time.
fn time_limit(timeout: Duration, attempts: u32) -> Duration {
    (timeout + MAX_PAUSE) * attempts + SLACK
}

/// How long to wait for one attempt too many. The target must first receive the last response or time out.
fn quiet_period(receiver: &Receiver, last: Option<Reply>) -> Duration {
    match last {
        Some(Reply::Late | Reply::Silence | Reply::Trickle) => receiver.timeout() + MAX_PAUSE,
        Some(Reply::Slow) => receiver.slow() + MAX_PAUSE,
        Some(Reply::Status(_) | Reply::Reset) | None => MAX_PAUSE,
    }
}

/// Whether the number of attempts for any event differs from the expected number.
pub fn miscounted(deliveries: &[Delivery], attempts: u32) -> bool {
    miscount(deliveries, attempts, Duration::ZERO).is_some()
}

/// How the number of attempts differs from the expected number. Attempts with the same body belong to one event. A
/// target may write each attempt differently; then only the total is compared.
fn miscount(deliveries: &[Delivery], attempts: u32, limit: Duration) -> Option<Violation> {
    let mut events: HashMap<&[u8], u32> = HashMap::new();
    for delivery in deliveries {
        *events.entry(&delivery.body).or_default() += 1;
    }
    let each_matches = events.values().all(|count| *count == attempts);
    let total = u32::try_from(deliveries.len()).unwrap_or(u32::MAX);
    let total_matches = events.values().all(|count| *count == 1) && total % attempts.max(1) == 0;
    if !deliveries.is_empty() && (each_matches || total_matches) {
        return None;
    }
    let times = |count: u32| format!("{count} attempt{}", if count == 1 { "" } else { "s" });
    let mut counts: Vec<u32> = events.into_values().collect();
    counts.sort_unstable();
    let actual = match counts.as_slice() {
        [] => "none".to_owned(),
        [one] => times(*one),
        many => format!(
            "{} events with {} attempts",
            many.len(),
            many.iter().map(u32::to_string).collect::<Vec<_>>().join(", ")
        ),
    };
    let expected = format!("exactly {} to deliver the event within {:.0} s", times(attempts), limit.as_secs_f64());
    Some(Violation::new(Part::Deliveries, expected, actual))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn miscounted_actual(bodies: &[&str], attempts: u32) -> Option<String> {
        let deliveries: Vec<Delivery> = bodies
            .iter()
            .map(|body| Delivery {
                arrived: chrono::DateTime::UNIX_EPOCH,
                headers: Vec::new(),
                body: body.as_bytes().to_vec().into(),
            })
            .collect();
        miscount(&deliveries, attempts, Duration::from_secs(9)).map(|violation| violation.actual)
    }

    #[test]
    fn attempts_are_counted_for_each_event() {
        assert_eq!(miscounted_actual(&["a", "a", "a"], 3), None);
        assert_eq!(miscounted_actual(&["a", "b", "a", "b", "a", "b"], 3), None);
        assert_eq!(miscounted_actual(&["a1", "a2", "a3"], 3), None);
        assert_eq!(miscounted_actual(&["a"], 1), None);
        assert_eq!(miscounted_actual(&["a", "b"], 1), None);
        assert_eq!(miscounted_actual(&[], 1).as_deref(), Some("none"));
        assert_eq!(miscounted_actual(&["a", "a"], 1).as_deref(), Some("2 attempts"));
        assert_eq!(miscounted_actual(&["a", "a", "a", "a"], 3).as_deref(), Some("4 attempts"));
        assert_eq!(miscounted_actual(&["a", "a"], 3).as_deref(), Some("2 attempts"));
    }
}

//! Steps about the target's webhooks: how our endpoint answers, and what arrives there.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use super::steps::{Halt, Run};
use crate::check::{DELIVERY_CHECKS, DeliveryContext};
use crate::finding::{EXPECTATION, Finding, Part, Violation};
use crate::scenario::{Deliveries, Listen, Reply, Step, replies, template};
use crate::target::{Delivery, Receiver};

/// The longest pause between two attempts that the contract allows, and a little more.
const LONGEST_PAUSE: Duration = Duration::from_millis(1500);
/// What everything else may take: registering, queueing, a busy machine.
const SLACK: Duration = Duration::from_secs(12);

impl Run<'_> {
    pub(super) fn listen(&mut self, listen: &Listen) -> Result<(), Halt> {
        let holding = self.filled(&listen.holding)?;
        let replies = replies(&listen.answer, &self.variables).map_err(Halt::Inconclusive)?;
        self.last_reply = replies.last().copied();
        self.receiver()?.listen(&self.endpoint, Some(holding), replies);
        Ok(())
    }

    /// Waits until each event came as often as it must, and then a while longer, lest it come again.
    pub(super) async fn await_deliveries(&mut self, step: &Step, wanted: &Deliveries) -> Result<(), Halt> {
        let holding = self.filled(&wanted.holding)?;
        let secret = self.filled(&wanted.secret)?;
        let receiver = self.receiver()?;
        let bound = wanted
            .within_seconds
            .map_or_else(|| bound(receiver.timeout(), wanted.attempts), |seconds| Duration::from_secs(seconds.into()));
        let until = Instant::now() + bound;
        while Instant::now() < until
            && miscount(&receiver.deliveries(&self.endpoint, &holding), wanted.attempts, bound).is_some()
        {
            receiver.news().await;
        }
        tokio::time::sleep(quiet(receiver, self.last_reply)).await;
        let deliveries = receiver.deliveries(&self.endpoint, &holding);
        if deliveries.is_empty()
            && let Err(why) = receiver.reachable().await
        {
            return Err(Halt::Inconclusive(format!(
                "no delivery came, but {why}; check --webhook-url and --webhook-listen"
            )));
        }
        let exchange = self.record.exchanges.len().saturating_sub(1);
        let mut findings = Vec::new();
        let clause = self.clause_of(step);
        match miscount(&deliveries, wanted.attempts, bound) {
            Some(violation) => {
                let level = self.level_of(&clause);
                findings.push(finding(clause, EXPECTATION, level, self.assertion_text(step), violation, exchange));
            }
            None => self.record.coverage.uphold(&clause, EXPECTATION, None, Some(exchange)),
        }
        findings.extend(self.judge_each(&deliveries, &secret, exchange));
        self.record.findings.extend(findings);
        Ok(())
    }

    fn judge_each(&mut self, deliveries: &[Delivery], secret: &str, exchange: usize) -> Vec<Finding> {
        let contract = &self.environment.contract;
        let Some(signing) = &contract.conventions.signing else {
            return Vec::new();
        };
        let mut findings: Vec<Finding> = Vec::new();
        for check in DELIVERY_CHECKS {
            let Some(clause) = contract.clause_of_check(check.name) else {
                continue;
            };
            for (index, delivery) in deliveries.iter().enumerate() {
                let Some(mut violation) = (check.run)(&DeliveryContext { signing, secret, delivery }) else {
                    self.record.coverage.uphold(&clause.id, check.name, None, Some(exchange));
                    continue;
                };
                violation.actual = format!("{} (attempt {} of {})", violation.actual, index + 1, deliveries.len());
                findings.push(finding(
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
        findings
    }

    fn receiver(&self) -> Result<&Receiver, Halt> {
        self.environment
            .receiver
            .as_ref()
            .ok_or_else(|| Halt::Inconclusive("no receiver for webhooks is running".to_owned()))
    }

    fn filled(&self, text: &str) -> Result<String, Halt> {
        template::text(text, &self.variables)
            .map_err(|missing| Halt::Inconclusive(format!("`{}` has no value", missing.0)))
    }
}

fn finding(
    clause: String,
    check: &str,
    level: crate::contract::Level,
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
    }
}

/// How long so many attempts may take, each as long as the target waits.
fn bound(timeout: Duration, attempts: u32) -> Duration {
    (timeout + LONGEST_PAUSE) * attempts + SLACK
}

/// How long to wait for an attempt too many: the last one must first be answered, or given up.
fn quiet(receiver: &Receiver, last: Option<Reply>) -> Duration {
    match last {
        Some(Reply::Late | Reply::Silence | Reply::Trickle) => receiver.timeout() + LONGEST_PAUSE,
        Some(Reply::Slow) => receiver.slow() + LONGEST_PAUSE,
        Some(Reply::Status(_) | Reply::Reset) | None => LONGEST_PAUSE,
    }
}

/// Whether the attempts are not as many for each event as was wanted.
pub fn miscounted(deliveries: &[Delivery], attempts: u32) -> bool {
    miscount(deliveries, attempts, Duration::ZERO).is_some()
}

/// Says how the attempts differ from what was wanted. An event is known by its body; a target that
/// writes each attempt differently is given the benefit of the doubt where the sum is right.
fn miscount(deliveries: &[Delivery], attempts: u32, bound: Duration) -> Option<Violation> {
    let mut events: HashMap<&[u8], u32> = HashMap::new();
    for delivery in deliveries {
        *events.entry(&delivery.body).or_default() += 1;
    }
    let each = events.values().all(|count| *count == attempts);
    let total = u32::try_from(deliveries.len()).unwrap_or(u32::MAX);
    let in_sum = events.values().all(|count| *count == 1) && total % attempts.max(1) == 0;
    if !deliveries.is_empty() && (each || in_sum) {
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
    let expected =
        format!("{} to deliver the event, within {:.0} s, and not one more", times(attempts), bound.as_secs_f64());
    Some(Violation::new(Part::Deliveries, expected, actual))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong(bodies: &[&str], attempts: u32) -> Option<String> {
        let deliveries: Vec<Delivery> = bodies
            .iter()
            .map(|body| Delivery {
                arrived: chrono::DateTime::UNIX_EPOCH,
                headers: Vec::new(),
                body: body.as_bytes().to_vec(),
            })
            .collect();
        miscount(&deliveries, attempts, Duration::from_secs(9)).map(|violation| violation.actual)
    }

    #[test]
    fn attempts_are_counted_for_each_event() {
        assert_eq!(wrong(&["a", "a", "a"], 3), None);
        assert_eq!(wrong(&["a", "b", "a", "b", "a", "b"], 3), None);
        assert_eq!(wrong(&["a1", "a2", "a3"], 3), None);
        assert_eq!(wrong(&["a"], 1), None);
        assert_eq!(wrong(&["a", "b"], 1), None);
        assert_eq!(wrong(&[], 1).as_deref(), Some("none"));
        assert_eq!(wrong(&["a", "a"], 1).as_deref(), Some("2 attempts"));
        assert_eq!(wrong(&["a", "a", "a", "a"], 3).as_deref(), Some("4 attempts"));
        assert_eq!(wrong(&["a", "a"], 3).as_deref(), Some("2 attempts"));
    }
}

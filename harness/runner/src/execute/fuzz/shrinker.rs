//! Shrinks the failing cases of a property to counterexamples.
//!
//! For each violation, the first failing case is shrunk as long as the same check still reports the same clause. The
//! smallest input must fail once more on new fixtures. Examples are small already, so they are only confirmed.

use std::collections::{BTreeMap, BTreeSet};

use super::messages::{shown, subject};
use super::worker::{Sent, Worker};
use super::{Doubt, Sum};
use crate::execute::environment::Environment;
use generate::{Input, Sample, replay};
use judge::finding::{EXPECTATION, Finding};
use judge::record::Found;
use spec::scenario::{Property, TestCase};

/// How many failures are shrunk. Further ones are reported as generated.
const MAX_SHRUNK: usize = 10;
/// The most steps per shrinking, and the most inputs that are sent for it.
const MAX_STEPS: usize = 400;
const MAX_SENT: usize = 120;

/// What is violated: a clause, by a check. Violated expectations are distinguished by rule, too. Violations of other
/// checks are reported once for all rules.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Violation {
    clause: String,
    check: String,
    rule: Option<usize>,
}

impl Violation {
    fn of(finding: &Finding, rule: usize) -> Self {
        Self {
            clause: finding.clause.clone(),
            check: finding.check.clone(),
            rule: (finding.check == EXPECTATION).then_some(rule),
        }
    }
}

/// The first case of each violation, in the order of generation.
#[derive(Default)]
pub(super) struct Suspects(BTreeMap<Violation, Suspect>);

struct Suspect {
    case: usize,
    rule: usize,
    sent: Sent,
}

impl Suspects {
    /// Records a failing case. Cases arrive in any order.
    pub(super) fn add(&mut self, case: usize, rule: usize, sent: Sent) {
        let violations: BTreeSet<Violation> =
            sent.findings.iter().map(|finding| Violation::of(finding, rule)).collect();
        for violation in violations {
            if self.0.get(&violation).is_none_or(|known| case < known.case) {
                let findings: Vec<Finding> =
                    sent.findings.iter().filter(|finding| Violation::of(finding, rule) == violation).cloned().collect();
                self.0.insert(
                    violation,
                    Suspect { case, rule, sent: Sent { findings, exchange: sent.exchange.clone() } },
                );
            }
        }
    }

    /// All suspects in the order of generation.
    fn in_order(self) -> Vec<(Violation, Suspect)> {
        let mut suspects: Vec<(Violation, Suspect)> = self.0.into_iter().collect();
        suspects.sort_by(|(one, a), (other, b)| (a.case, one).cmp(&(b.case, other)));
        suspects
    }
}

/// The smallest failing input so far, and the shrinking steps that lead to it.
struct Smallest {
    input: Input,
    shrink_path: Vec<bool>,
}

pub(super) struct Shrinker<'h> {
    environment: &'h Environment,
    test: &'h TestCase,
    property: &'h Property,
    sample: &'h Sample,
    shrunk: usize,
}

impl<'h> Shrinker<'h> {
    pub(super) fn new(
        environment: &'h Environment,
        test: &'h TestCase,
        property: &'h Property,
        sample: &'h Sample,
    ) -> Self {
        Self { environment, test, property, sample, shrunk: 0 }
    }

    /// Shrinks every suspect and records the counterexamples.
    pub(super) async fn shrink_all(&mut self, suspects: Suspects, sum: &mut Sum) {
        let suspects = suspects.in_order();
        let mut reported: BTreeSet<Violation> = BTreeSet::new();
        for (violation, suspect) in &suspects {
            if reported.contains(violation) {
                continue;
            }
            let outcome = tokio::select! {
                biased;
                _ = self.environment.until_stopped() => None,
                outcome = self.counterexample(violation, suspect, sum) => Some(outcome),
            };
            // If the run ends first, the case is reported as generated.
            let (Smallest { input, shrink_path }, shrunk, sent) = match outcome {
                Some(Ok(found)) => found,
                Some(Err(doubt)) => {
                    sum.doubts.push(doubt);
                    continue;
                }
                None => (self.generated(suspect), false, as_generated(suspect)),
            };
            let is_example = self.is_example(suspect);
            // One case can violate several clauses. It is reported once for all of them.
            let same_case = |finding: &Finding| {
                let other = Violation::of(finding, suspect.rule);
                suspects.iter().any(|(known, also)| *known == other && also.case == suspect.case)
            };
            let findings: Vec<Finding> = sent
                .findings
                .into_iter()
                .filter(|finding| same_case(finding) && !reported.contains(&Violation::of(finding, suspect.rule)))
                .map(|finding| if shrunk || is_example { finding } else { mark_unshrunk(finding) })
                .collect();
            reported.extend(findings.iter().map(|finding| Violation::of(finding, suspect.rule)));
            let clauses = findings.iter().map(|finding| finding.clause.clone()).collect();
            let exchange = sum.add_findings(findings, sent.exchange);
            sum.fuzz.found.push(Found {
                rule: suspect.rule,
                name: self.property.rules[suspect.rule].rule.name.to_string(),
                value: shown(&input.content),
                input,
                case: suspect.case,
                shrunk: shrunk || is_example,
                shrink_path,
                clauses,
                exchange,
            });
        }
    }

    /// The smallest input with the same violation, confirmed by sending it once more on its own fixtures.
    async fn counterexample(
        &mut self,
        violation: &Violation,
        suspect: &Suspect,
        sum: &mut Sum,
    ) -> Result<(Smallest, bool, Sent), Doubt> {
        let may_shrink = self.environment.shrinks && self.shrunk < MAX_SHRUNK && !self.is_example(suspect);
        let smallest = if may_shrink { self.smallest(violation, suspect, sum).await? } else { self.generated(suspect) };
        let input = &smallest.input;
        self.shrunk += usize::from(may_shrink);
        let mut worker = Worker::open(self.environment, self.test).await?;
        let sent = worker.send(self.property, suspect.rule, input).await;
        sum.add_without_cases(worker.close().await);
        let described = || subject(self.property, suspect.rule, input);
        match sent {
            Ok(sent) if sent.findings.iter().any(|finding| Violation::of(finding, suspect.rule) == *violation) => {
                Ok((smallest, may_shrink, sent))
            }
            // A violation that a check found in one response needs no confirmation.
            Ok(_) if violation.check != EXPECTATION => Ok((self.generated(suspect), false, as_generated(suspect))),
            Ok(_) => {
                let reason = format!("{} violated {} and then did not", described(), violation.clause);
                Err(Doubt::flaky(&reason, Some(suspect.sent.exchange.clone()), suspect.sent.findings.clone()))
            }
            Err(doubt) => Err(doubt.about(&described())),
        }
    }

    async fn smallest(&self, violation: &Violation, suspect: &Suspect, sum: &mut Sum) -> Result<Smallest, Doubt> {
        let mut worker = Worker::open(self.environment, self.test).await?;
        let smallest = self.shrink(&mut worker, violation, suspect).await;
        sum.add_without_cases(worker.close().await);
        Ok(smallest)
    }

    /// Shrinks as proptest does: simplify while the input fails, else take back part of the last step.
    async fn shrink(&self, worker: &mut Worker<'_>, violation: &Violation, suspect: &Suspect) -> Smallest {
        let (rule, generated) = (&self.property.rules[suspect.rule].rule, &self.sample.cases[suspect.case]);
        let mut best = self.generated(suspect);
        let mut tried: Vec<(Input, bool)> = vec![(best.input.clone(), true)];
        let mut path = Vec::new();
        let mut simpler = true;
        for _ in 0..MAX_STEPS {
            path.push(simpler);
            let Some(candidate) = replay(rule, &generated.seed, &path) else { break };
            let known = tried.iter().find(|(input, _)| *input == candidate).map(|(_, fails)| *fails);
            let fails = match known {
                Some(fails) => fails,
                None if !self.property.agrees(suspect.rule, &candidate) => false,
                None if tried.len() > MAX_SENT => break,
                None => {
                    let sent = worker.send(self.property, suspect.rule, &candidate).await;
                    let fails = sent.is_ok_and(|sent| {
                        sent.findings.iter().any(|finding| Violation::of(finding, suspect.rule) == *violation)
                    });
                    tried.push((candidate.clone(), fails));
                    fails
                }
            };
            if fails {
                best = Smallest { input: candidate, shrink_path: path.clone() };
            }
            simpler = fails;
        }
        best
    }

    fn is_example(&self, suspect: &Suspect) -> bool {
        self.property.rules[suspect.rule].rule.is_example()
    }

    fn generated(&self, suspect: &Suspect) -> Smallest {
        Smallest { input: self.sample.cases[suspect.case].input.clone(), shrink_path: Vec::new() }
    }
}

fn as_generated(suspect: &Suspect) -> Sent {
    Sent { findings: suspect.sent.findings.clone(), exchange: suspect.sent.exchange.clone() }
}

fn mark_unshrunk(finding: Finding) -> Finding {
    Finding { message: format!("{} (as generated, not shrunk)", finding.message), ..finding }
}

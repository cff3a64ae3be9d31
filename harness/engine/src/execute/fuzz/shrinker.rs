//! Looking into what failed: the first failing case in order of each rule is made smaller as long as it
//! still breaks the same clause in the eyes of the same check, and the smallest must fail once more.

use std::collections::{BTreeMap, BTreeSet};

use super::messages::{shown, subject};
use super::worker::{Sent, Worker};
use super::{Doubt, Found, Sum};
use crate::execute::environment::Environment;
use crate::finding::{EXPECTATION, Finding};
use crate::fuzz::{Input, Sample, replay};
use crate::scenario::{Property, TestCase};

/// So many failures are made smaller; further ones are told as they were generated.
const MOST_SHRUNK: usize = 10;
/// The most steps of one shrinking, and the most of them that are sent.
const MOST_STEPS: usize = 400;
const MOST_SENT: usize = 120;

/// What is broken: a clause, by a check, and of the assertion itself also by which rule. What a check says
/// of every answer is told once, whatever rules it shows in.
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

/// For each violation the first case, in order, that shows it.
#[derive(Default)]
pub(super) struct Suspects(BTreeMap<Violation, Suspect>);

struct Suspect {
    case: usize,
    rule: usize,
    sent: Sent,
}

impl Suspects {
    /// Takes down a case that failed; cases come in any order.
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

    /// In the order in which they were generated.
    fn in_order(self) -> Vec<(Violation, Suspect)> {
        let mut suspects: Vec<(Violation, Suspect)> = self.0.into_iter().collect();
        suspects.sort_by(|(one, a), (other, b)| (a.case, one).cmp(&(b.case, other)));
        suspects
    }
}

/// The smallest input so far, and the steps of shrinking that lead to it.
struct Smallest {
    input: Input,
    moves: Vec<bool>,
}

pub(super) struct Shrinker<'h> {
    environment: &'h Environment,
    spec: &'h TestCase,
    property: &'h Property,
    sample: &'h Sample,
    shrunk: usize,
}

impl<'h> Shrinker<'h> {
    pub(super) fn new(
        environment: &'h Environment,
        spec: &'h TestCase,
        property: &'h Property,
        sample: &'h Sample,
    ) -> Self {
        Self { environment, spec, property, sample, shrunk: 0 }
    }

    /// Looks into every suspect, and puts on record what is left of it.
    pub(super) async fn all(&mut self, suspects: Suspects, sum: &mut Sum) {
        let suspects = suspects.in_order();
        let mut told: BTreeSet<Violation> = BTreeSet::new();
        for (violation, suspect) in &suspects {
            if told.contains(violation) {
                continue;
            }
            let looked = tokio::select! {
                biased;
                _ = self.environment.until_stopped() => None,
                looked = self.look_into(violation, suspect, sum) => Some(looked),
            };
            // Where the run ends first, what was seen is told as it was seen.
            let (Smallest { input, moves }, shrunk, sent) = match looked {
                Some(Ok(found)) => found,
                Some(Err(doubt)) => {
                    sum.doubts.push(doubt);
                    continue;
                }
                None => (self.generated(suspect), false, as_seen(suspect)),
            };
            // One case may break several clauses: it is then told once for all of them.
            let same_case = |finding: &Finding| {
                let other = Violation::of(finding, suspect.rule);
                suspects.iter().any(|(known, also)| *known == other && also.case == suspect.case)
            };
            let findings: Vec<Finding> = sent
                .findings
                .into_iter()
                .filter(|finding| same_case(finding) && !told.contains(&Violation::of(finding, suspect.rule)))
                .map(|finding| if shrunk { finding } else { unshrunk(finding) })
                .collect();
            told.extend(findings.iter().map(|finding| Violation::of(finding, suspect.rule)));
            let clauses = findings.iter().map(|finding| finding.clause.clone()).collect();
            let exchange = sum.tell(findings, sent.exchange);
            sum.fuzz.found.push(Found {
                rule: suspect.rule,
                name: self.property.rules[suspect.rule].rule.name,
                value: shown(&input.content),
                input,
                case: suspect.case,
                shrunk,
                moves,
                clauses,
                exchange,
            });
        }
    }

    /// The smallest input that breaks the same, sent once more on fixtures of its own.
    async fn look_into(
        &mut self,
        violation: &Violation,
        suspect: &Suspect,
        sum: &mut Sum,
    ) -> Result<(Smallest, bool, Sent), Doubt> {
        let within = self.shrunk < MOST_SHRUNK;
        let smallest = if within { self.smallest(violation, suspect, sum).await? } else { self.generated(suspect) };
        let input = &smallest.input;
        self.shrunk += usize::from(within);
        let mut worker = Worker::open(self.environment, self.spec).await?;
        let sent = worker.send(self.property, suspect.rule, input).await;
        sum.add_quietly(worker.close().await);
        let what = || subject(self.property, suspect.rule, input);
        match sent {
            Ok(sent) if sent.findings.iter().any(|finding| Violation::of(finding, suspect.rule) == *violation) => {
                Ok((smallest, within, sent))
            }
            // What a check said of an answer needs no second answer.
            Ok(_) if violation.check != EXPECTATION => Ok((self.generated(suspect), false, as_seen(suspect))),
            Ok(_) => {
                let what = format!("{} broke {} and then did not", what(), violation.clause);
                Err(Doubt::flaky(&what, Some(suspect.sent.exchange.clone()), suspect.sent.findings.clone()))
            }
            Err(doubt) => Err(doubt.of(&what())),
        }
    }

    async fn smallest(&self, violation: &Violation, suspect: &Suspect, sum: &mut Sum) -> Result<Smallest, Doubt> {
        let mut worker = Worker::open(self.environment, self.spec).await?;
        let smallest = self.descend(&mut worker, violation, suspect).await;
        sum.add_quietly(worker.close().await);
        Ok(smallest)
    }

    /// proptest's walk: simpler while it fails, back a little where it does not.
    async fn descend(&self, worker: &mut Worker<'_>, violation: &Violation, suspect: &Suspect) -> Smallest {
        let (rule, generated) = (&self.property.rules[suspect.rule].rule, &self.sample.cases[suspect.case]);
        let mut best = self.generated(suspect);
        let mut tried: Vec<(Input, bool)> = vec![(best.input.clone(), true)];
        let mut path = Vec::new();
        let mut simpler = true;
        for _ in 0..MOST_STEPS {
            path.push(simpler);
            let Some(candidate) = replay(rule, &generated.seed, &path) else { break };
            let known = tried.iter().find(|(input, _)| *input == candidate).map(|(_, fails)| *fails);
            let fails = match known {
                Some(fails) => fails,
                None if !self.property.agrees(suspect.rule, &candidate) => false,
                None if tried.len() > MOST_SENT => break,
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
                best = Smallest { input: candidate, moves: path.clone() };
            }
            simpler = fails;
        }
        best
    }

    fn generated(&self, suspect: &Suspect) -> Smallest {
        Smallest { input: self.sample.cases[suspect.case].input.clone(), moves: Vec::new() }
    }
}

fn as_seen(suspect: &Suspect) -> Sent {
    Sent { findings: suspect.sent.findings.clone(), exchange: suspect.sent.exchange.clone() }
}

fn unshrunk(finding: Finding) -> Finding {
    Finding { message: format!("{} (as generated, not made smaller)", finding.message), ..finding }
}

//! Looking into what failed: the first failing case in order of each rule is made smaller as long as it
//! still breaks the same clause in the eyes of the same check, and the smallest must fail once more.

use std::collections::{BTreeMap, BTreeSet};

use super::lane::{Lane, Sent};
use super::words::{shown, subject};
use super::{Doubt, Found, Sum};
use crate::execute::environment::Environment;
use crate::finding::{EXPECTATION, Finding};
use crate::fuzz::{Deck, Input, replay};
use crate::scenario::{Property, TrialSpec};

/// So many failures are made smaller; further ones are told as they were drawn.
const MOST_SHRUNK: usize = 10;
/// The most steps of one shrinking, and the most of them that are sent.
const MOST_STEPS: usize = 400;
const MOST_SENT: usize = 120;

/// What is broken: a clause, by a check, and of the claim itself also by which rule. What a check says
/// of every answer is told once, whatever rules it shows in.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Breach {
    clause: String,
    check: String,
    rule: Option<usize>,
}

impl Breach {
    fn of(finding: &Finding, rule: usize) -> Self {
        Self {
            clause: finding.clause.clone(),
            check: finding.check.clone(),
            rule: (finding.check == EXPECTATION).then_some(rule),
        }
    }
}

/// For each breach the first case, in order, that shows it.
#[derive(Default)]
pub(super) struct Suspects(BTreeMap<Breach, Suspect>);

struct Suspect {
    case: usize,
    rule: usize,
    sent: Sent,
}

impl Suspects {
    /// Takes down a case that failed; cases come in any order.
    pub(super) fn add(&mut self, case: usize, rule: usize, sent: Sent) {
        let breaches: BTreeSet<Breach> = sent.findings.iter().map(|finding| Breach::of(finding, rule)).collect();
        for breach in breaches {
            if self.0.get(&breach).is_none_or(|known| case < known.case) {
                let findings: Vec<Finding> =
                    sent.findings.iter().filter(|finding| Breach::of(finding, rule) == breach).cloned().collect();
                self.0.insert(breach, Suspect { case, rule, sent: Sent { findings, exchange: sent.exchange.clone() } });
            }
        }
    }

    /// In the order in which they were drawn.
    fn in_order(self) -> Vec<(Breach, Suspect)> {
        let mut suspects: Vec<(Breach, Suspect)> = self.0.into_iter().collect();
        suspects.sort_by(|(one, a), (other, b)| (a.case, one).cmp(&(b.case, other)));
        suspects
    }
}

/// The smallest input so far, and the steps of shrinking that lead to it.
struct Smallest {
    input: Input,
    moves: Vec<bool>,
}

pub(super) struct Hunt<'h> {
    environment: &'h Environment,
    spec: &'h TrialSpec,
    property: &'h Property,
    deck: &'h Deck,
    shrunk: usize,
}

impl<'h> Hunt<'h> {
    pub(super) fn new(
        environment: &'h Environment,
        spec: &'h TrialSpec,
        property: &'h Property,
        deck: &'h Deck,
    ) -> Self {
        Self { environment, spec, property, deck, shrunk: 0 }
    }

    /// Looks into every suspect, and puts on record what is left of it.
    pub(super) async fn all(&mut self, suspects: Suspects, sum: &mut Sum) {
        let suspects = suspects.in_order();
        let mut told: BTreeSet<Breach> = BTreeSet::new();
        for (breach, suspect) in &suspects {
            if told.contains(breach) {
                continue;
            }
            let looked = tokio::select! {
                biased;
                _ = self.environment.until_stopped() => None,
                looked = self.look_into(breach, suspect, sum) => Some(looked),
            };
            // Where the run ends first, what was seen is told as it was seen.
            let (Smallest { input, moves }, shrunk, sent) = match looked {
                Some(Ok(found)) => found,
                Some(Err(doubt)) => {
                    sum.doubts.push(doubt);
                    continue;
                }
                None => (self.drawn(suspect), false, as_seen(suspect)),
            };
            // One case may break several clauses: it is then told once for all of them.
            let same_case = |finding: &Finding| {
                let other = Breach::of(finding, suspect.rule);
                suspects.iter().any(|(known, also)| *known == other && also.case == suspect.case)
            };
            let findings: Vec<Finding> = sent
                .findings
                .into_iter()
                .filter(|finding| same_case(finding) && !told.contains(&Breach::of(finding, suspect.rule)))
                .map(|finding| if shrunk { finding } else { unshrunk(finding) })
                .collect();
            told.extend(findings.iter().map(|finding| Breach::of(finding, suspect.rule)));
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
        breach: &Breach,
        suspect: &Suspect,
        sum: &mut Sum,
    ) -> Result<(Smallest, bool, Sent), Doubt> {
        let within = self.shrunk < MOST_SHRUNK;
        let smallest = if within { self.smallest(breach, suspect, sum).await? } else { self.drawn(suspect) };
        let input = &smallest.input;
        self.shrunk += usize::from(within);
        let mut lane = Lane::open(self.environment, self.spec).await?;
        let sent = lane.send(self.property, suspect.rule, input).await;
        sum.add_quietly(lane.close().await);
        let what = || subject(self.property, suspect.rule, input);
        match sent {
            Ok(sent) if sent.findings.iter().any(|finding| Breach::of(finding, suspect.rule) == *breach) => {
                Ok((smallest, within, sent))
            }
            // What a check said of an answer needs no second answer.
            Ok(_) if breach.check != EXPECTATION => Ok((self.drawn(suspect), false, as_seen(suspect))),
            Ok(_) => {
                let what = format!("{} broke {} and then did not", what(), breach.clause);
                Err(Doubt::flaky(&what, Some(suspect.sent.exchange.clone()), suspect.sent.findings.clone()))
            }
            Err(doubt) => Err(doubt.of(&what())),
        }
    }

    async fn smallest(&self, breach: &Breach, suspect: &Suspect, sum: &mut Sum) -> Result<Smallest, Doubt> {
        let mut lane = Lane::open(self.environment, self.spec).await?;
        let smallest = self.descend(&mut lane, breach, suspect).await;
        sum.add_quietly(lane.close().await);
        Ok(smallest)
    }

    /// proptest's walk: simpler while it fails, back a little where it does not.
    async fn descend(&self, lane: &mut Lane<'_>, breach: &Breach, suspect: &Suspect) -> Smallest {
        let (rule, drawn) = (&self.property.rules[suspect.rule].rule, &self.deck.cases[suspect.case]);
        let mut best = self.drawn(suspect);
        let mut tried: Vec<(Input, bool)> = vec![(best.input.clone(), true)];
        let mut path = Vec::new();
        let mut simpler = true;
        for _ in 0..MOST_STEPS {
            path.push(simpler);
            let Some(candidate) = replay(rule, &drawn.seed, &path) else { break };
            let known = tried.iter().find(|(input, _)| *input == candidate).map(|(_, fails)| *fails);
            let fails = match known {
                Some(fails) => fails,
                None if !self.property.agrees(suspect.rule, &candidate) => false,
                None if tried.len() > MOST_SENT => break,
                None => {
                    let sent = lane.send(self.property, suspect.rule, &candidate).await;
                    let fails = sent.is_ok_and(|sent| {
                        sent.findings.iter().any(|finding| Breach::of(finding, suspect.rule) == *breach)
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

    fn drawn(&self, suspect: &Suspect) -> Smallest {
        Smallest { input: self.deck.cases[suspect.case].input.clone(), moves: Vec::new() }
    }
}

fn as_seen(suspect: &Suspect) -> Sent {
    Sent { findings: suspect.sent.findings.clone(), exchange: suspect.sent.exchange.clone() }
}

fn unshrunk(finding: Finding) -> Finding {
    Finding { message: format!("{} (as drawn, not made smaller)", finding.message), ..finding }
}

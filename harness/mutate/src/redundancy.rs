//! Which scenarios and expectations does a pack need? One that no mutation needs can be deleted, and nothing shows it:
//! either it is redundant, or a kind of mutation is missing.
//!
//! A mutation needs a scenario if the tests of this scenario are the only ones that noticed it, and an expectation if
//! all findings were made by this expectation. This is computed from one run, in which the tests of each mutation
//! run until two scenarios have noticed it.
//!
//! An expectation is the `expect` of a step, or one member, header or field in it. Properties count as scenarios that may
//! notice a mutation, but are not listed: they come from `formats.yaml`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use serde::Serialize;

use super::expected::parts;
use super::order::scenario;
use super::score::{Kill, MutationResult};
use judge::finding::{EXPECTATION, Part};
use spec::contract::Contract;
use spec::scenario::{Action, Library, TestCase};

/// The number of mutations that are named for each scenario and expectation.
const NAMED: usize = 3;

/// A mutation, and the violations that the tests reported for it.
#[derive(Clone, Debug)]
pub struct Noticed {
    pub mutation: String,
    pub kills: Vec<Kill>,
}

impl Noticed {
    /// What noticed a fault, for each clause that was reported. Without the only scenario that reports one of them, the
    /// report would name only the others.
    pub fn by_clause(row: &MutationResult) -> Vec<Self> {
        let mut all: BTreeMap<&str, Vec<Kill>> = BTreeMap::new();
        for kill in &row.kills {
            all.entry(&kill.clause).or_default().push(kill.clone());
        }
        let name = |clause: &str| format!("{} ({clause})", row.mutation.name);
        all.into_iter().map(|(clause, kills)| Self { mutation: name(clause), kills }).collect()
    }
}

/// What the mutations need.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Redundancy {
    /// The number of mutations, with one for each clause of a mutant.
    pub mutations: usize,
    pub scenarios: Vec<Need>,
    pub expectations: Vec<Need>,
}

/// A part of the pack, and the mutations that would survive without it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Need {
    /// The scenario file, relative to the pack.
    pub file: String,
    /// The line of the first test of the scenario, or of the step.
    pub line: usize,
    /// The name of the scenario.
    pub scenario: String,
    /// The part of the expectation; `None` for the whole scenario or expectation.
    pub part: Option<String>,
    /// The number of mutations that need it.
    pub needed: usize,
    /// Some of them.
    pub mutations: Vec<String>,
    /// Of a scenario: others that noticed mutations which it noticed, too. The first noticed the most of them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub same: Vec<String>,
}

impl Redundancy {
    pub fn of(contract: &Contract, library: &Library, noticed: &[Noticed]) -> Self {
        let code = Part::Body(contract.catalog.envelope.pointers.code.clone()).to_string();
        let (mut scenarios, mut expectations) = parts_of(library);
        let mut shared: BTreeMap<&str, BTreeMap<&str, usize>> = BTreeMap::new();
        for one in noticed {
            let by: BTreeSet<&str> = one.kills.iter().map(|kill| scenario(&kill.test)).collect();
            for (name, other) in by.iter().flat_map(|name| by.iter().map(move |other| (*name, *other))) {
                *shared.entry(name).or_default().entry(other).or_default() += usize::from(name != other);
            }
            if let (1, Some(need)) = (by.len(), by.first().and_then(|name| scenarios.get_mut(*name))) {
                need.add(&one.mutation);
            }
            for part in [false, true] {
                let sites: Option<BTreeSet<Site>> = one.kills.iter().map(|kill| Site::of(kill, part, &code)).collect();
                let only = sites.filter(|all| all.len() == 1).and_then(|mut all| all.pop_first());
                if let Some(need) = only.and_then(|site| expectations.get_mut(&site)) {
                    need.add(&one.mutation);
                }
            }
        }
        for (name, need) in &mut scenarios {
            let mut others: Vec<(&str, usize)> = shared.remove(name.as_str()).into_iter().flatten().collect();
            others.retain(|(_, count)| *count > 0);
            others.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
            need.same = others.iter().take(NAMED).map(|(other, _)| (*other).to_owned()).collect();
        }
        let (scenarios, expectations) = (scenarios.into_values().collect(), expectations.into_values().collect());
        Self { mutations: noticed.len(), scenarios, expectations }
    }

    /// The shares that are needed, and what no mutation needs.
    pub fn text(&self) -> String {
        let mut out = String::new();
        for (what, needs) in [("scenarios", &self.scenarios), ("expectations", &self.expectations)] {
            let redundant: Vec<&Need> = needs.iter().filter(|need| need.needed == 0).collect();
            let needed = needs.len() - redundant.len();
            let percent = 100.0 * needed as f64 / needs.len().max(1) as f64;
            let _ = writeln!(out, "\n{needed} of {} {what} are needed ({percent:.1} %)", needs.len());
            if !redundant.is_empty() {
                let _ = writeln!(out, "no mutation needs these {}:", redundant.len());
            }
            for need in redundant {
                let part = need.part.as_ref().map(|part| format!(", {part}")).unwrap_or_default();
                let same = need.same.first().map(|other| format!(" (like {other})")).unwrap_or_default();
                let _ = writeln!(out, "  {}:{}  {}{part}{same}", need.file, need.line, need.scenario);
            }
        }
        out
    }
}

impl Need {
    fn new(test: &TestCase, line: usize, part: Option<String>) -> Self {
        let name = scenario(&test.name);
        let name = name.split_once("::").map_or(name, |(_, name)| name).to_owned();
        Self {
            file: test.file.to_string(),
            line,
            scenario: name,
            part,
            needed: 0,
            mutations: Vec::new(),
            same: Vec::new(),
        }
    }

    fn add(&mut self, mutation: &str) {
        self.needed += 1;
        if self.mutations.len() < NAMED {
            self.mutations.push(mutation.to_owned());
        }
    }
}

/// The scenarios of a pack by name, and its expectations by place.
fn parts_of(library: &Library) -> (BTreeMap<String, Need>, BTreeMap<Site, Need>) {
    let mut scenarios: BTreeMap<String, Need> = BTreeMap::new();
    let mut expectations: BTreeMap<Site, Need> = BTreeMap::new();
    for test in library.tests.iter().filter(|test| !test.is_property()) {
        let whole =
            scenarios.entry(scenario(&test.name).to_owned()).or_insert_with(|| Need::new(test, test.line, None));
        whole.line = whole.line.min(test.line);
        for (line, part) in expected(test) {
            let site = Site { file: test.file.to_string(), line, part: part.clone() };
            expectations.entry(site).or_insert_with(|| Need::new(test, line, part));
        }
    }
    (scenarios, expectations)
}

/// The place of an expectation.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Site {
    file: String,
    line: usize,
    part: Option<String>,
}

impl Site {
    /// The expectation that made a finding, or a part of it; `None` if a check made it, or the step has no line. A
    /// finding about the code or the status as a whole belongs to no part.
    fn of(kill: &Kill, part: bool, code: &str) -> Option<Self> {
        let line = kill.line.filter(|_| kill.check == EXPECTATION)?;
        let is_whole = kill.part == code || kill.part == Part::Status.to_string();
        if part && is_whole {
            return None;
        }
        Some(Self { file: kill.file.clone(), line, part: part.then(|| kill.part.clone()) })
    }
}

/// The expectations of a test: the line of each, and the part of the response, or `None` for the whole.
fn expected(test: &TestCase) -> Vec<(usize, Option<String>)> {
    let mut all = Vec::new();
    for step in &test.steps {
        let Some(line) = step.line else { continue };
        match &step.action {
            Action::Call(call) => {
                let Some(expected) = call.expectation() else { continue };
                all.push((line, None));
                all.extend(parts(test, expected).into_iter().map(|part| (line, Some(part.to_string()))));
            }
            Action::Await(_) => all.push((line, None)),
            Action::Wait(_) | Action::Listen(_) => {}
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use spec::scenario::load;

    use super::*;

    fn loaded() -> (Contract, Library) {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../packs/parcel");
        let contract = Contract::load(&root).expect("the contract");
        let library = load(&root, &contract).expect("the scenarios");
        (contract, library)
    }

    fn kill(test: &TestCase, check: &str, part: &str) -> Kill {
        let line = expected(test).first().map(|(line, _)| *line);
        Kill {
            test: test.name.to_string(),
            clause: "A-1".to_owned(),
            check: check.to_owned(),
            part: part.to_owned(),
            file: test.file.to_string(),
            line,
        }
    }

    fn needed(needs: &[Need]) -> Vec<(&str, usize)> {
        needs.iter().filter(|need| need.needed > 0).map(|need| (need.scenario.as_str(), need.needed)).collect()
    }

    #[test]
    fn a_scenario_is_needed_if_only_its_tests_notice_a_mutation() {
        let (contract, library) = loaded();
        let tests: Vec<&TestCase> =
            library.tests.iter().filter(|test| !test.is_property() && !expected(test).is_empty()).collect();
        let one = tests[0];
        let other = tests.iter().find(|test| scenario(&test.name) != scenario(&one.name)).expect("another scenario");
        let name = scenario(&one.name).split_once("::").expect("a name").1;
        let noticed = |kills: Vec<Kill>| [Noticed { mutation: "m".to_owned(), kills }];
        let alone = Redundancy::of(&contract, &library, &noticed(vec![kill(one, EXPECTATION, "status")]));
        assert_eq!(needed(&alone.scenarios), [(name, 1)]);
        assert_eq!(needed(&alone.expectations), [(name, 1)]);
        let by_check = Redundancy::of(&contract, &library, &noticed(vec![kill(one, "some-check", "status")]));
        assert_eq!((needed(&by_check.scenarios), needed(&by_check.expectations).len()), (vec![(name, 1)], 0));
        let kills = vec![kill(one, EXPECTATION, "status"), kill(other, EXPECTATION, "status")];
        let both = Redundancy::of(&contract, &library, &noticed(kills));
        assert!(needed(&both.scenarios).is_empty() && needed(&both.expectations).is_empty());
        assert!(
            both.text().contains(&format!("0 of {} scenarios are needed", both.scenarios.len())),
            "{}",
            both.text()
        );
    }

    #[test]
    fn a_finding_belongs_to_the_expectation_of_its_line_and_to_the_part_that_it_names() {
        let of = |check: &str, part: &str, line: Option<usize>| Kill {
            test: "f::s".to_owned(),
            clause: "A-1".to_owned(),
            check: check.to_owned(),
            part: part.to_owned(),
            file: "f.yaml".to_owned(),
            line,
        };
        let place = |part: Option<&str>| Site { file: "f.yaml".to_owned(), line: 7, part: part.map(str::to_owned) };
        let member = of(EXPECTATION, "body /state", Some(7));
        assert_eq!(Site::of(&member, false, "body /code"), Some(place(None)));
        assert_eq!(Site::of(&member, true, "body /code"), Some(place(Some("body /state"))));
        assert_eq!(Site::of(&of(EXPECTATION, "body /code", Some(7)), true, "body /code"), None);
        assert_eq!(Site::of(&of(EXPECTATION, "body /state", None), false, "body /code"), None);
        assert_eq!(Site::of(&of("strict-json", "body", Some(7)), false, "body /code"), None);
    }
}

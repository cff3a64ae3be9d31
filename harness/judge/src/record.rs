//! The record of one test: what was exchanged, what was found, and what it shows about the clauses.
//!
//! The runner fills it; `verdict` and the reports read it.

use std::collections::{BTreeMap, BTreeSet};

use generate::Input;

use crate::coverage::Coverage;
use crate::exchange::Exchange;
use crate::finding::{Finding, Key};

/// The result of running one test.
#[derive(Clone, Debug, Default)]
pub struct TestRecord {
    /// Every exchange, in order. A burst keeps only its relevant exchanges.
    pub exchanges: Vec<Exchange>,
    pub findings: Vec<Finding>,
    /// The key of each finding.
    pub keys: Vec<Key>,
    /// What the responses show about the clauses.
    pub coverage: Coverage,
    /// The reason if the test has no verdict.
    pub inconclusive: Option<String>,
    /// Error codes observed in error responses and in success bodies.
    pub codes: BTreeSet<String>,
    /// The number of requests sent.
    pub requests: usize,
    /// The cases and counterexamples of a property.
    pub fuzz: Option<PropertyRecord>,
    /// True if a failed step ended the test before all steps were run.
    pub ended_early: bool,
    /// True if the test failed and then passed on retry. It has no verdict.
    pub flaky: bool,
    /// Other tries of the same test. They do not decide the verdict.
    pub attempts: Vec<Attempt>,
}

impl TestRecord {
    /// Adds the exchanges of another record, with what they show. Returns the index of the first of them.
    pub fn append(&mut self, other: Self) -> usize {
        let first = self.exchanges.len();
        self.exchanges.extend(other.exchanges);
        let here = |finding: Finding| Finding { exchange: finding.exchange + first, ..finding };
        self.findings.extend(other.findings.into_iter().map(here));
        self.coverage.append(other.coverage, first);
        self.codes.extend(other.codes);
        self.requests += other.requests;
        first
    }

    /// Adds what the exchanges of another record show, without the exchanges and their findings.
    pub fn absorb(&mut self, other: Self) {
        self.coverage.absorb(other.coverage);
        self.codes.extend(other.codes);
        self.requests += other.requests;
    }
}

/// A try of a test that does not decide the verdict.
#[derive(Clone, Debug, Default)]
pub struct Attempt {
    /// What happened, and why this try does not count.
    pub note: String,
    /// The unmet expectations.
    pub findings: Vec<Finding>,
    /// The indices of its exchanges in the record.
    pub exchanges: Vec<usize>,
}

/// The cases and counterexamples of a property.
#[derive(Clone, Debug, Default)]
pub struct PropertyRecord {
    /// The number of cases that were sent and judged.
    pub cases: usize,
    /// The number of inputs discarded because the oracle disagreed.
    pub discarded: usize,
    /// The generated and discarded inputs of each rule.
    pub rules: Vec<RuleTally>,
    /// The counterexamples.
    pub found: Vec<Found>,
}

/// The number of inputs of one rule.
#[derive(Clone, Debug)]
pub struct RuleTally {
    pub name: String,
    /// Generated cases.
    pub cases: usize,
    /// Discarded inputs.
    pub discarded: usize,
}

/// A counterexample.
#[derive(Clone, Debug)]
pub struct Found {
    /// The index of its rule in the property.
    pub rule: usize,
    /// The name of its rule.
    pub name: String,
    /// The failing input.
    pub input: Input,
    /// The failing input as text.
    pub value: String,
    /// The index of the generated case.
    pub case: usize,
    /// False if the case was not shrunk. An example is as small as it gets.
    pub shrunk: bool,
    /// The shrinking steps from the generated case to the failing input.
    pub shrink_path: Vec<bool>,
    /// The violated clauses.
    pub clauses: Vec<String>,
    /// The index of its exchange in the record.
    pub exchange: usize,
}

/// A resource that a call created.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Created {
    /// The kind of resource, as shown in reports.
    pub noun: String,
    pub id: String,
    /// The operation that deletes it, and the parameter for its id.
    pub undo: Option<(String, String)>,
    /// The values of the path parameters of the request that created it.
    pub path: BTreeMap<String, String>,
    /// The headers that the deletion sends.
    pub headers: Vec<(String, String)>,
    /// Why the last deletion failed: the status and the error code, or why there was no response.
    pub refusal: Option<String>,
    /// The actor that deletes it.
    pub actor: String,
    pub test: String,
}

impl Created {
    /// Resources with the same id may be below different parents.
    pub fn is_same(&self, other: &Self) -> bool {
        self.noun == other.noun && self.id == other.id && self.path == other.path
    }
}

/// Shrink steps as text: `s3c1` for three steps simpler and one step more complex.
pub fn shrink_path_text(path: &[bool]) -> String {
    let runs = path.chunk_by(|one, other| one == other);
    runs.map(|run| format!("{}{}", if run[0] { 's' } else { 'c' }, run.len())).collect()
}

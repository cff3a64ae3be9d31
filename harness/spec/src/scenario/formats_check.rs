//! Checks the names in `schemas/formats.yaml`, and that its expectations can fail. The entries of `values` and the entry
//! `schema` share it.

use std::collections::BTreeSet;

use super::Variables;
use super::expectation::{self, Subject};
use super::formats::ExpectedRefusal;
use super::written_expectation::Expect;
use crate::contract::Contract;
use crate::source::{Problem, Problems, SourceFile, Step as PathStep, suggestion};

/// A part of the file that is checked. Places are relative to it.
pub(super) struct Checker<'c> {
    pub(super) file: &'c SourceFile,
    pub(super) contract: &'c Contract,
    /// Where the part is in the file.
    pub(super) within: Vec<PathStep>,
    pub(super) problems: &'c mut Problems,
}

impl Checker<'_> {
    pub(super) fn known(&mut self, at: &[PathStep], what: &str, name: &str, known: &[String]) {
        if !known.iter().any(|other| other == name) {
            let problem = self.problem(at, format!("unknown {what} `{name}`")).with_help(suggestion(name, known));
            self.problems.0.push(problem);
        }
    }

    pub(super) fn clause(&mut self, at: &[PathStep], id: &str) {
        let known: Vec<String> = self.contract.clauses.iter().map(|clause| clause.id.clone()).collect();
        self.known(at, "clause", id, &known);
    }

    /// The clauses that an entry names.
    pub(super) fn clauses(&mut self, at: &[PathStep], named: [(&str, &Option<String>); 3]) {
        for (key, clause) in named {
            clause.iter().for_each(|clause| self.clause(&joined(at, [key.into()]), clause));
        }
    }

    pub(super) fn codes(&mut self, at: &[PathStep], codes: &[String]) {
        let known = self.contract.catalog.code_names();
        codes.iter().for_each(|code| self.known(at, "error code", code, &known));
    }

    pub(super) fn capabilities(&mut self, at: &[PathStep], needs: &[String]) {
        let known: Vec<String> = self.contract.conventions.capabilities.keys().cloned().collect();
        for (index, need) in needs.iter().enumerate() {
            self.known(&joined(at, ["needs".into(), index.into()]), "capability", need, &known);
        }
    }

    pub(super) fn operation(&mut self, at: &[PathStep], name: &str) {
        let known: Vec<String> = self.contract.operations.iter().map(|operation| operation.id.clone()).collect();
        self.known(at, "operation", name, &known);
    }

    /// The names in a refusal, and that it can be violated.
    pub(super) fn refusal(&mut self, at: &[PathStep], refusal: &ExpectedRefusal) {
        let before = self.problems.0.len();
        self.clause(&joined(at, ["clause".into()]), &refusal.clause);
        self.codes(&joined(at, ["error".into()]), &refusal.error);
        self.codes(&joined(at, ["tolerate".into()]), &refusal.tolerate);
        if self.problems.0.len() == before {
            self.expectation(at, &refusal.expected(None));
        }
    }

    /// An expectation must be able to fail, as in a step.
    pub(super) fn expectation(&mut self, at: &[PathStep], expect: &Expect) {
        let (variables, optional) = (Variables::new(), BTreeSet::new());
        let subject = Subject { contract: self.contract, route: None, variables: &variables, optional: &optional };
        for fault in expectation::faults(&subject, expect) {
            let problem = self.problem(at, fault.message).with_help(fault.help);
            self.problems.0.push(problem);
        }
    }

    pub(super) fn report(&mut self, at: &[PathStep], message: impl Into<String>, help: Option<&str>) {
        let problem = self.problem(at, message).with_help(help.map(str::to_owned));
        self.problems.0.push(problem);
    }

    fn problem(&self, at: &[PathStep], message: impl Into<String>) -> Problem {
        self.file.problem(&[&self.within, at].concat(), message)
    }
}

impl ExpectedRefusal {
    /// The response that it expects.
    pub(super) fn expected(&self, field: Option<String>) -> Expect {
        Expect {
            error: self.error.clone(),
            status: self.status.clone(),
            tolerate: self.tolerate.clone(),
            field,
            must_respond: self.must_respond,
            ..Expect::default()
        }
    }
}

pub(super) fn joined<const N: usize>(at: &[PathStep], further: [PathStep; N]) -> Vec<PathStep> {
    at.iter().cloned().chain(further).collect()
}

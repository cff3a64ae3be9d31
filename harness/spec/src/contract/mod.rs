//! The contract as data: the operations, the error catalogue, the clauses and the schemas of a pack.
//!
//! Everything is loaded once and cross-checked, and all problems are reported together. This code contains no names of
//! a particular API; they all come from the `schemas/` folder of the pack.

mod catalog;
mod clauses;
mod conventions;
mod description;
mod field;
mod field_form;
mod header_check;
mod openapi;
mod rate_limit;
mod request;
mod required_header;
mod schemas;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use sha2::{Digest, Sha256};

pub use catalog::{CodeType, DetailsValue, Envelope, ErrorCatalog, ErrorCode, OccursIn, Pointers, Retry};
pub use clauses::{Clause, ClauseFile, Level, TO_DO, is_to_do};
pub use conventions::{ActorRole, Capability, CleanupRule, CleanupValue, Condition, Conventions, Signing};
pub use field_form::FieldForm;
pub use openapi::{Operation, Scheme, Success};
pub use rate_limit::{Moment, RateLimit, ResetForm, RetryAfterForm, combined, integer};
pub use request::{Parameter, RequestSchemas};
pub use required_header::RequiredHeader;
pub use schemas::{Misfit, SchemaSet, derived, shown};

use crate::source::{Problem, Problems, SourceFile};

/// The contract of a loaded pack.
#[derive(Debug)]
pub struct Contract {
    /// The folder of the pack.
    pub root: PathBuf,
    /// The operations, in the order of the description.
    pub operations: Vec<Arc<Operation>>,
    /// How credentials are sent; one entry for each kind.
    pub schemes: Vec<Scheme>,
    /// The paths of the described `servers`, such as `/v3`.
    pub server_paths: Vec<String>,
    pub catalog: ErrorCatalog,
    pub clauses: Vec<Clause>,
    /// Actors, capabilities, signing, cleanup.
    pub conventions: Conventions,
    pub schemas: SchemaSet,
    /// The schemas of bodies and parameters that are sent.
    pub requests: RequestSchemas,
    /// SHA-256 over all files of the contract, in hexadecimal.
    pub hash: String,
    /// The file of the clause register, for the places in messages.
    register: SourceFile,
}

impl Contract {
    /// Loads the `schemas/` folder of the pack at `root`.
    pub fn load(root: &Path) -> Result<Self, Problems> {
        Self::read(root, true)
    }

    /// Like [`Self::load`], but compiles the JSON Schemas when they are first needed. It is for a run of a few tests, in a
    /// pack that has been loaded completely before.
    pub fn load_for_few_tests(root: &Path) -> Result<Self, Problems> {
        Self::read(root, false)
    }

    fn read(root: &Path, checks_schemas: bool) -> Result<Self, Problems> {
        let mut problems = Problems::default();
        let mut hasher = Sha256::new();
        let mut read = |name: &str| {
            let file = SourceFile::in_pack(root, &format!("schemas/{name}"))?;
            hasher.update(name.as_bytes());
            hasher.update(file.text.as_bytes());
            Ok(file)
        };
        let description = problems.take(read("openapi.yaml"));
        let catalog = problems.take(read("errors.yaml"));
        let clauses = problems.take(read("clauses.yaml"));
        let conventions = problems.take(read("conventions.yaml"));
        let (Some(description), Some(catalog_file), Some(register), Some(conventions_file)) =
            (description, catalog, clauses, conventions)
        else {
            return Err(problems);
        };
        let api = openapi::load(&description, &mut read, &mut problems);
        let catalog = catalog::load(&catalog_file, &mut problems);
        let clauses = clauses::load(&register, &mut problems);
        let conventions = conventions::load(&conventions_file, &mut problems);
        let (Some(api), Some(catalog), Some(conventions)) = (api, catalog, conventions) else {
            return Err(problems);
        };
        let envelope_name = catalog.envelope.schema.clone();
        let Some(envelope) = problems.take(read(&envelope_name)) else {
            return Err(problems);
        };
        header_check::check(&catalog_file, &catalog, &api.operations, &mut problems);
        catalog::check_judged(&catalog_file, &catalog, &clauses, &mut problems);
        clauses::check_codes(&register, &clauses, &catalog.code_names(), &mut problems);
        // If the description itself has errors, its operations are incomplete.
        if problems.0.is_empty() {
            conventions.check_operations(&conventions_file, &api.operations, &mut problems);
        }
        let schemas = SchemaSet::new(&api.description, &envelope, &catalog, &api.operations, &mut problems);
        if checks_schemas {
            schemas.check(&api.description, &envelope, &mut problems);
        }
        let contract = Self {
            root: root.to_path_buf(),
            operations: api.operations.into_iter().map(Arc::new).collect(),
            schemes: api.schemes,
            server_paths: api.server_paths,
            catalog,
            clauses,
            conventions,
            schemas,
            requests: RequestSchemas::new(api.original),
            hash: hex::encode(hasher.finalize()),
            register,
        };
        problems.or(contract)
    }

    pub fn operation(&self, id: &str) -> Option<&Arc<Operation>> {
        self.operations.iter().find(|operation| operation.id == id)
    }

    pub fn clause(&self, id: &str) -> Option<&Clause> {
        self.clauses.iter().find(|clause| clause.id == id)
    }

    /// The clause that lists this check, if any.
    pub fn clause_of_check(&self, check: &str) -> Option<&Clause> {
        self.clauses.iter().find(|clause| clause.checks.iter().any(|name| name == check))
    }

    /// Reports unknown checks of clauses; `known` are the checks of the engine.
    pub fn check_names(&self, known: &[&str]) -> Vec<Problem> {
        let known: Vec<String> = known.iter().map(|name| (*name).to_owned()).collect();
        self.clauses
            .iter()
            .flat_map(|clause| clause.checks.iter().map(move |check| (clause, check)))
            .filter(|(_, check)| !known.contains(check))
            .map(|(clause, check)| {
                let message = format!("clause {}: unknown check `{check}`", clause.id);
                self.problem_of(clause, "checks", message).with_help(crate::source::suggestion(check, &known))
            })
            .collect()
    }

    fn still_to_do(&self, clause: &Clause, reason: &str) -> Problem {
        let message = format!("clause {}: nothing judges it yet (`excluded: {}`)", clause.id, reason.trim());
        let help = "write a scenario that names it, or say in `excluded` why nothing can judge it";
        let problem = self.problem_of(clause, "excluded", message).with_help(Some(help.to_owned()));
        problem.of_a_draft().until_finished()
    }

    /// Whether a code is excluded only until the pack is finished.
    pub fn has_codes_to_do(&self) -> bool {
        self.catalog.codes.iter().filter_map(|entry| entry.excluded.as_deref()).any(is_to_do)
    }

    /// Reports codes that are excluded only until the pack is finished; `file` is that of the catalogue.
    pub fn check_excluded_codes(&self, file: &SourceFile) -> Vec<Problem> {
        let codes = self.catalog.codes.iter().enumerate();
        let to_do = codes.filter_map(|(index, entry)| Some((index, entry, entry.excluded.as_deref()?)));
        let problem = |(index, entry, reason): (usize, &ErrorCode, &str)| {
            let at = ["codes".into(), index.into(), "excluded".into()];
            let message = format!("code {}: no test observes it yet (`excluded: {}`)", entry.code, reason.trim());
            let help = "write a scenario that expects it, or say in `excluded` why no test can observe it";
            file.problem(&at, message).with_help(Some(help.to_owned())).of_a_draft().until_finished()
        };
        to_do.filter(|(_, _, reason)| is_to_do(reason)).map(problem).collect()
    }

    /// Excludes the clauses that are only about excluded codes; `named` are the clauses that scenarios name.
    pub fn exclude_with_codes(&mut self, named: &BTreeSet<&str>) {
        let is_judged = |clause: &Clause| !clause.checks.is_empty() || named.contains(clause.id.as_str());
        let reasons: Vec<Option<String>> = self
            .clauses
            .iter()
            .map(|clause| self.reason_of_codes(clause).filter(|_| clause.excluded.is_none() && !is_judged(clause)))
            .collect();
        for (clause, reason) in self.clauses.iter_mut().zip(reasons).filter(|(_, reason)| reason.is_some()) {
            clause.excluded = reason;
        }
    }

    /// Why no test can observe any code of a clause; `None` if a test can, or if the clause is about no code.
    fn reason_of_codes(&self, clause: &Clause) -> Option<String> {
        let reasons = clause.codes.iter().map(|code| self.catalog.code(code)?.excluded.clone());
        reasons.collect::<Option<Vec<String>>>()?.into_iter().next()
    }

    fn problem_of(&self, clause: &Clause, member: &str, message: String) -> Problem {
        let index = self.clauses.iter().position(|other| other.id == clause.id).unwrap_or_default();
        self.register.problem(&["clauses".into(), index.into(), member.into()], message)
    }

    /// Reports clauses that neither a check nor a scenario covers, and excluded clauses that one of them does cover;
    /// `named` are the clauses that scenarios name.
    pub fn check_cover(&self, named: &BTreeSet<&str>) -> Vec<Problem> {
        let problem = |clause: &Clause, message: &str, help: &str| {
            let message = format!("clause {}: {message}", clause.id);
            self.problem_of(clause, "id", message).with_help(Some(help.to_owned()))
        };
        self.clauses
            .iter()
            .filter_map(|clause| {
                let judged = !clause.checks.is_empty() || named.contains(clause.id.as_str());
                match (judged, &clause.excluded) {
                    (false, None) if self.reason_of_codes(clause).is_some() => None,
                    (false, Some(reason)) if is_to_do(reason) => Some(self.still_to_do(clause, reason)),
                    (false, None) => {
                        let help =
                            "name it in the `clauses` of a scenario, give it `checks`, or say `excluded: REASON`";
                        Some(problem(clause, "neither a check nor a scenario judges it", help).of_a_draft())
                    }
                    (true, Some(_)) => Some(problem(
                        clause,
                        "it is excluded, but a check or a scenario judges it",
                        "remove `excluded`",
                    )),
                    (false, Some(reason)) if reason.trim().is_empty() => {
                        Some(problem(clause, "`excluded` is empty", "say why nothing judges it"))
                    }
                    _ => None,
                }
            })
            .collect()
    }
}

/// The operations of a description and the schemas of their requests. The files are those of a pack that is not yet
/// written, by their names in it. `None` if the description cannot be read.
pub fn requests_of(files: &BTreeMap<String, String>) -> Option<(RequestSchemas, Vec<Operation>)> {
    let mut read = |name: &str| {
        let name = format!("schemas/{name}");
        let text = files.get(&name).ok_or_else(|| Problem::general(&name, "the file is missing"))?;
        Ok(SourceFile::new(&name, text))
    };
    let mut problems = Problems::default();
    let description = problems.take(read("openapi.yaml"))?;
    let api = openapi::load(&description, &mut read, &mut problems)?;
    Some((RequestSchemas::new(api.original), api.operations))
}

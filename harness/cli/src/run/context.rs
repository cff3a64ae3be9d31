//! What one run needs from its first request to its reports.
//!
//! `run` reads the pack and the target and makes a [`RunContext`]. The context runs the planned tests, or says of each why it
//! did not run, and makes the report of both.

use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use libtest_mimic::Trial;
use tokio::runtime::Runtime;

use super::command::command;
use super::deviations::{Known, add_deviations, match_counts};
use super::gate::Gate;
use super::manifest::{manifest, whole};
use super::progress::{LineSource, Progress};
use super::redaction::redactor_with_warning;
use super::select::{Selection, scope, selected};
use super::{Abort, Output, certify, failures, finish, write_reports};
use crate::flags::RunArgs;
use crate::test_runner::{Recorded, Recorder, Shared, test};
use judge::preflight::Preflight;
use judge::record::{Created, TestRecord};
use judge::secret::Redactor;
use judge::target::Target;
use judge::verdict::{Rules, TestVerdict, Verdict};
use report::model::Manifest;
use report::output::err_line;
use report::{Facts, Prepared, ReportRequest, TestResult};
use runner::execute::Environment;
use runner::schedule::{Scheduled, schedule};
use spec::contract::Contract;
use spec::scenario::Library;

/// What the flags of a run say.
#[derive(Clone, Copy)]
pub(super) struct Inputs<'r> {
    pub(super) arguments: &'r RunArgs,
    pub(super) gate: &'r Gate<'r>,
    pub(super) prepared: &'r [Prepared],
    pub(super) runtime: &'r Runtime,
}

pub(super) struct RunContext<'r> {
    inputs: Inputs<'r>,
    pub(super) redactor: Arc<Redactor>,
    /// Which secrets the reports may show.
    warning: Option<String>,
    rules: Arc<Rules>,
    /// SHA-256 of the contract and the scenarios.
    hash: String,
    manifest: Manifest,
    started: DateTime<Utc>,
    clock: Instant,
}

impl<'r> RunContext<'r> {
    /// The context of a run, and its planned tests.
    pub(super) fn new(
        inputs: Inputs<'r>,
        contract: &Contract,
        library: Library,
        target: &Target,
        selection: &Selection,
    ) -> Result<(Self, Vec<Scheduled>), Abort> {
        let arguments = inputs.arguments;
        let hash = super::joint_hash(contract, &library);
        let (redactor, warning) = redactor_with_warning(&arguments.network, target, contract, &library);
        let redactor = Arc::new(redactor);
        let today = Utc::now().date_naive();
        let rules = Rules { strict: arguments.strict, deviations: target.deviations.clone(), today };
        let counts = match_counts(&rules.deviations, library.tests.iter().map(|test| test.name.as_ref()));
        let whole = whole(selection, &library);
        let planned = selected(selection, schedule(contract, target, library.tests, arguments.shard));
        let manifest = manifest(arguments, target, whole, &planned, counts, today)?;
        let (started, clock) = (Utc::now(), Instant::now());
        Ok((Self { inputs, redactor, warning, rules: Arc::new(rules), hash, manifest, started, clock }, planned))
    }

    fn output(&self, machine: bool) -> Output<'_> {
        let (reports, warning) = (self.inputs.prepared, self.warning.as_deref());
        Output { reports, machine, redactor: &self.redactor, warning }
    }

    /// Reports that no test could run, and why.
    pub(super) fn end_before_the_first_test(
        self,
        contract: &Contract,
        target: &Target,
        preflight: Option<Preflight>,
        planned: Vec<Scheduled>,
        why: &str,
    ) -> Result<ExitCode, Abort> {
        err_line!("error: {}", self.redactor.clean_own(why));
        let unrun = |scheduled: Scheduled| {
            let outcome = TestVerdict::unrun(Verdict::Inconclusive, Some(why.to_owned()));
            TestResult::new(*scheduled.test, outcome, TestRecord::default())
        };
        let results = planned.into_iter().map(unrun).collect();
        let facts = self.facts(contract, target, preflight, Vec::new(), 0);
        let tests = report::test_reports(&facts, results);
        write_reports(&self.output(false), self.inputs.gate, &report::build(&facts, tests, Vec::new()))
    }

    /// Runs the tests and cleans up. Tests that did not run have a result that says so.
    pub(super) fn execute(&self, environment: &Arc<Environment>, planned: Vec<Scheduled>) -> Recorded {
        let Inputs { arguments, runtime, .. } = self.inputs;
        let shared = Arc::new(Shared {
            environment: environment.clone(),
            handle: runtime.handle().clone(),
            rules: self.rules.clone(),
            recorder: Recorder::default(),
            redactor: self.redactor.clone(),
            texts: Arc::default(),
            keeps_counterexamples: arguments.save_failures.is_some(),
            verbose: arguments.verbose,
        });
        let tests: Vec<Trial> = planned.into_iter().map(|planned| test(planned, shared.clone())).collect();
        let source = LineSource {
            recorder: shared.recorder.clone(),
            tests: tests.len(),
            deadline: arguments.deadline.map(Duration::from_secs_f64),
        };
        let stdout_is_taken = arguments.outputs.report.iter().any(ReportRequest::is_stdout);
        let mut libtest = arguments.libtest.clone();
        let progress = Progress::start(&mut libtest, arguments.no_progress, stdout_is_taken, source);
        let _ = libtest_mimic::run(&libtest, tests);
        if let Some(progress) = progress {
            progress.finish();
        }
        runtime.block_on(runner::execute::sweep(environment));
        let recorded = shared.recorder.take(&shared.presenter());
        if let Some(folder) = &arguments.save_failures {
            failures::save(folder, &environment.contract, &recorded.counterexamples, arguments.seed, &self.redactor);
        }
        recorded
    }

    /// Makes the report, prints the summary, writes all reports and returns the exit code.
    pub(super) fn conclude(
        self,
        environment: &Environment,
        preflight: Option<Preflight>,
        recorded: Recorded,
    ) -> Result<ExitCode, Abort> {
        let arguments = self.inputs.arguments;
        let left = environment.created.left();
        let facts =
            self.facts(&environment.contract, &environment.target, preflight, left, recorded.tally.requests as u64);
        let mut tests = recorded.tests;
        let scope = scope(arguments);
        let (entries, match_counts) = (&self.rules.deviations, &facts.manifest.deviation_matches);
        let known = Known { entries, match_counts, today: self.rules.today, scope };
        let deviations = add_deviations(&known, facts.manifest.target_file.as_deref(), &mut tests);
        let mut report = report::build(&facts, tests, deviations);
        // A shard without tests is a valid part of the run, and `merge` needs its report: it decides whether the whole run
        // checked anything.
        let is_unchecked = report.exit_code == 3 && report.count(Verdict::Inconclusive) == 0;
        if arguments.shard.is_some() && is_unchecked {
            report.exit_code = 0;
        }
        let certified = certify::certify(arguments, &report);
        // Standard output must contain only the machine-readable lines.
        let machine = matches!(arguments.libtest.format, Some(libtest_mimic::FormatSetting::Json));
        let code = finish(&self.output(machine), self.inputs.gate, scope, report)?;
        certified?;
        Ok(code)
    }

    fn facts<'f>(
        &'f self,
        contract: &'f Contract,
        target: &Target,
        preflight: Option<Preflight>,
        left: Vec<Created>,
        requests: u64,
    ) -> Facts<'f> {
        Facts {
            contract,
            hash: self.hash.clone(),
            target: if target.embedded { "embedded reference".to_owned() } else { target.url.clone() },
            seed: self.inputs.arguments.seed,
            strict: self.inputs.arguments.strict,
            command: command(&self.redactor),
            started: self.started,
            took: self.clock.elapsed(),
            left,
            requests,
            actors: report::actors(contract, |actor| target.credentials.contains_key(actor)),
            manifest: self.manifest.clone(),
            preflight,
            redactor: &self.redactor,
        }
    }
}

//! The preflight of a run: whether there is one, what it probes, and which tests it makes inconclusive.

use tokio::runtime::Runtime;
use tokio::sync::watch;

use super::manifest::is_by_test;
use super::resolve_target::reachable;
use crate::flags::RunArgs;
use judge::preflight::Preflight;
use judge::secret::Redactor;
use judge::target::{TargetFile, variables};
use report::output::err_line;
use runner::execute::Stop;
use runner::preflight::{Expected, Interest, PreflightTarget, check_connection, preflight};
use runner::schedule::{Scheduled, operations};
use spec::contract::Contract;

/// The maximum number of printed statements. The JSON report has all of them.
const MAX_STATEMENTS: usize = 12;

/// The target of a preflight, and its target file.
#[derive(Clone, Copy)]
pub(super) struct Input<'i> {
    pub(super) subject: PreflightTarget<'i>,
    pub(super) file: Option<&'i TargetFile>,
}

/// The result of a preflight for the run.
pub(super) struct Checked {
    /// The findings, if there was a complete preflight.
    pub(super) found: Option<Preflight>,
    /// Why no test can run, if so.
    pub(super) stop: Option<String>,
}

/// Checks the target before the first test. Normally this is the complete preflight. If each test has its own process,
/// it only checks whether the target responds; with `--no-preflight`, only whether its port is open. If the run is
/// stopped meanwhile, the check ends, and the tests say why they did not run.
pub(super) fn run(
    runtime: &Runtime,
    arguments: &RunArgs,
    input: &Input<'_>,
    expected: &Expected,
    planned: &[Scheduled],
    mut stopped: watch::Receiver<Option<Stop>>,
) -> Checked {
    runtime.block_on(async {
        tokio::select! {
            checked = check(arguments, input, expected, planned) => checked,
            _ = stopped.wait_for(Option::is_some) => Checked { found: None, stop: None },
        }
    })
}

async fn check(arguments: &RunArgs, input: &Input<'_>, expected: &Expected, planned: &[Scheduled]) -> Checked {
    let Input { subject, file } = *input;
    let (contract, target) = (subject.contract, subject.target);
    if !arguments.no_preflight && (arguments.preflight || !is_by_test()) {
        let interest = interest(contract, file, planned);
        let found = preflight(subject, expected, &interest).await;
        return Checked { stop: found.stop_reason.clone(), found: Some(found) };
    }
    let stop = match (target.embedded, arguments.no_preflight) {
        (true, _) => None,
        (false, false) => check_connection(subject).await,
        // If requests go through a proxy, the port of the target may be unreachable from here.
        (false, true) if !subject.direct => None,
        (false, true) => reachable(&target.url).await.err(),
    };
    Checked { stop, found: None }
}

/// What the tests that will run need of the target.
fn interest(contract: &Contract, file: Option<&TargetFile>, planned: &[Scheduled]) -> Interest {
    let (mut called, mut actors, mut capabilities) = (Vec::new(), Vec::new(), Vec::new());
    for scheduled in planned.iter().filter(|scheduled| scheduled.skip.is_none()) {
        called.extend(operations(&scheduled.test));
        actors.extend(scheduled.test.actors.iter().chain(scheduled.test.token_actors.iter()).cloned());
        capabilities.extend(scheduled.test.needs.iter().cloned());
    }
    // Cleanup calls operations as well.
    let cleanup = contract.conventions.cleanup.iter().filter(|rule| called.contains(&rule.after));
    let cleanup: Vec<String> = cleanup.filter_map(|rule| rule.call.clone()).collect();
    called.extend(cleanup);
    for list in [&mut called, &mut actors, &mut capabilities] {
        list.sort();
        list.dedup();
    }
    let variables = file.map(|file| variables(&file.actors)).unwrap_or_default();
    Interest { operations: Some(called), actors: Some(actors), capabilities: Some(capabilities), variables }
}

/// Marks the tests that could not prove anything, each with the reason.
pub(super) fn mark_doubtful(found: Option<&Preflight>, planned: &mut [Scheduled]) {
    let Some(found) = found else { return };
    for scheduled in planned.iter_mut().filter(|scheduled| scheduled.skip.is_none()) {
        let test = &scheduled.test;
        let actors: Vec<String> = test.actors.iter().chain(test.token_actors.iter()).cloned().collect();
        scheduled.doubt = found.reason_against(&actors, &test.needs).map(str::to_owned);
    }
}

/// Prints the statements of the preflight on standard error. A quiet run prints only its summary, which has a cause or
/// a reason for each of them.
pub(super) fn print_statements(found: Option<&Preflight>, redactor: &Redactor, quiet: bool) {
    let statements = found.filter(|_| !quiet).map(Preflight::statements).unwrap_or_default();
    for statement in statements.iter().take(MAX_STATEMENTS) {
        err_line!("preflight: {}", redactor.clean_own(statement));
    }
    if statements.len() > MAX_STATEMENTS {
        err_line!("preflight: and {} more; `conformance doctor` shows all", statements.len() - MAX_STATEMENTS);
    }
}

//! The preflight of a run: whether there is one, what it looks at, and what follows from it.

use tokio::runtime::Runtime;
use tokio::sync::watch;

use super::manifest::is_by_test;
use super::resolve_target::reachable;
use crate::cli::RunArgs;
use crate::contract::Contract;
use crate::execute::Stop;
use crate::output::tell;
use crate::plan::{Planned, operations};
use crate::preflight::{Expected, Interest, Preflight, PreflightTarget, first_look, preflight};
use crate::secret::Redactor;
use crate::target::{TargetFile, variables};

/// So many statements are printed; all of them are in the JSON report.
const MOST_STATEMENTS: usize = 12;

/// What a run looks at, and through what.
#[derive(Clone, Copy)]
pub(super) struct Looking<'l> {
    pub(super) subject: PreflightTarget<'l>,
    pub(super) file: Option<&'l TargetFile>,
}

/// What a run is to do.
pub(super) struct Look {
    /// What was found out, where there was a preflight.
    pub(super) found: Option<Preflight>,
    /// Why nothing can be tested, if so.
    pub(super) stop: Option<String>,
}

/// Looks at the target before the first test: at all that the tests need; at nothing but whether it answers where each
/// test has a process of its own; and at nothing but its port where a preflight is not wanted. A run that is stopped
/// meanwhile looks no further: its tests then say why they did not run.
pub(super) fn look(
    runtime: &Runtime,
    arguments: &RunArgs,
    looking: &Looking<'_>,
    expected: &Expected,
    planned: &[Planned],
    mut stopped: watch::Receiver<Option<Stop>>,
) -> Look {
    runtime.block_on(async {
        tokio::select! {
            look = looked(arguments, looking, expected, planned) => look,
            _ = stopped.wait_for(Option::is_some) => Look { found: None, stop: None },
        }
    })
}

async fn looked(arguments: &RunArgs, looking: &Looking<'_>, expected: &Expected, planned: &[Planned]) -> Look {
    let Looking { subject, file } = *looking;
    let (contract, target) = (subject.contract, subject.target);
    if !arguments.no_preflight && (arguments.preflight || !is_by_test()) {
        let interest = interest(contract, file, planned);
        let found = preflight(subject, expected, &interest).await;
        return Look { stop: found.stop.clone(), found: Some(found) };
    }
    let stop = match (target.embedded, arguments.no_preflight) {
        (true, _) => None,
        (false, false) => first_look(subject).await,
        // Behind a proxy the port of the target may well be out of our reach.
        (false, true) if !subject.direct => None,
        (false, true) => reachable(&target.url).await.err(),
    };
    Look { stop, found: None }
}

/// What the tests that run need of the target.
fn interest(contract: &Contract, file: Option<&TargetFile>, planned: &[Planned]) -> Interest {
    let (mut called, mut actors, mut capabilities) = (Vec::new(), Vec::new(), Vec::new());
    for test in planned.iter().filter(|test| test.skip.is_none()) {
        called.extend(operations(&test.spec));
        actors.extend(test.spec.actors.iter().chain(&test.spec.token_actors).cloned());
        capabilities.extend(test.spec.needs.iter().cloned());
    }
    // What clears up is called as well.
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

/// Marks the tests that could find nothing out, each with the reason.
pub(super) fn mark(found: Option<&Preflight>, planned: &mut [Planned]) {
    let Some(found) = found else { return };
    for test in planned.iter_mut().filter(|test| test.skip.is_none()) {
        let actors: Vec<String> = test.spec.actors.iter().chain(&test.spec.token_actors).cloned().collect();
        test.doubt = found.reason_against(&actors, &test.spec.needs).map(str::to_owned);
    }
}

/// Says what should be known before the first test, on standard error.
pub(super) fn tell(found: Option<&Preflight>, redactor: &Redactor) {
    let statements = found.map(Preflight::statements).unwrap_or_default();
    for statement in statements.iter().take(MOST_STATEMENTS) {
        tell!("preflight: {}", redactor.clean_own(statement));
    }
    if statements.len() > MOST_STATEMENTS {
        tell!("preflight: and {} more; `conformance doctor` shows all", statements.len() - MOST_STATEMENTS);
    }
}

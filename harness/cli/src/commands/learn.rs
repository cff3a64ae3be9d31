//! `init --learn`: records the errors of a live API. Without `--create` it sends only requests that read or must be
//! refused.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use crate::run::{Abort, load, runtime, usage};
use init::Learned;
use judge::exchange::{Exchange, Role};
use judge::preflight::ActorState;
use judge::record::Created;
use judge::secret::Redactor;
use judge::target;
use judge::target::Target;
use report::output::err_line;
use runner::client::{HttpClient, Network};
use runner::execute::{Environment, run_test, sweep, token};
use runner::preflight::{Expected, Interest, PreflightTarget, preflight};
use spec::contract::Contract;
use spec::scenario::{Library, TestCase};

/// Requests per second. It is low, because the rate limit of the API is not known.
const RATE: f64 = 20.0;
/// The most ids in a warning.
const MAX_SHOWN: usize = 5;

/// Sends the requests of a pack and returns the received errors and successes. A test with setup steps creates resources, so it runs
/// only if `create` is true. A test runs only if all of its actors have credentials.
pub(super) fn learn(folder: &Path, url: &str, create: bool) -> Result<Vec<Learned>, Abort> {
    let (contract, library) = load(folder)?;
    let credentials = target::credentials(&contract, &BTreeMap::new()).map_err(usage)?;
    let target = Target { url: url.to_owned(), credentials, ..Target::default() };
    let client = HttpClient::new(url, &Network { rate: Some(RATE), ..Network::default() }).map_err(usage)?;
    let runtime = runtime()?;
    warn_of_missing_credentials(&library, &target);
    runtime.block_on(refuse_wrong_target(&contract, &library, &target, &client))?;
    let (responses, learned) = runtime.block_on(send_all(contract, library, target, client, create));
    match responses {
        0 => Err(Abort::Inconclusive(format!(
            "{url} did not respond to any request, so nothing can be learned: check the URL"
        ))),
        _ => Ok(learned),
    }
}

fn warn_of_missing_credentials(library: &Library, target: &Target) {
    let needed: BTreeSet<&String> = library.tests.iter().flat_map(|test| test.actors.iter()).collect();
    for actor in needed.into_iter().filter(|actor| !target.credentials.contains_key(*actor)) {
        let variable = target::variable(actor);
        err_line!("warning: {variable} is not set, so nothing is learned from requests of the actor {actor}");
    }
}

/// From the responses at a wrong URL or to a wrong credential, a wrong pack would be learned: every request is refused for one
/// reason.
async fn refuse_wrong_target(
    contract: &Contract,
    library: &Library,
    target: &Target,
    client: &HttpClient,
) -> Result<(), Abort> {
    let redactor = Redactor::new(target.secrets());
    let subject = PreflightTarget { contract, target, client, redactor: &redactor, direct: true };
    let found = preflight(subject, &Expected::of(contract, library), &Interest::default()).await;
    if let Some(stop) = found.stop_reason {
        return Err(Abort::Inconclusive(redactor.clean_own(&format!("{stop}. Nothing was learned or written."))));
    }
    let refused = found.actors.iter().filter(|fact| fact.state == ActorState::Refused);
    let says: BTreeSet<&str> = refused.filter_map(|fact| fact.problem.as_deref()).collect();
    match says.into_iter().collect::<Vec<_>>().join("; ") {
        says if says.is_empty() => Ok(()),
        says => Err(Abort::Inconclusive(redactor.clean_own(&format!("{says}. Nothing was learned or written.")))),
    }
}

/// The number of received responses, and what is learned from them.
async fn send_all(
    contract: Contract,
    library: Library,
    target: Target,
    client: HttpClient,
    create: bool,
) -> (usize, Vec<Learned>) {
    let (_sender, stop) = tokio::sync::watch::channel(None);
    let environment = Environment::new(Arc::new(contract), target, client, None, token(), stop);
    let (mut responses, mut learned) = (0, Vec::new());
    for test in library.tests.iter().filter(|test| create || test.steps.len() == 1) {
        if !test.actors.iter().all(|actor| environment.target.credentials.contains_key(actor)) {
            continue;
        }
        let record = run_test(&environment, test).await;
        for exchange in &record.exchanges {
            responses += usize::from(exchange.response().is_some());
            learned.extend(learned_from(test, exchange));
        }
        // The API did not respond. The other requests would get no response either.
        if responses == 0 {
            break;
        }
    }
    sweep(&environment).await;
    warn_of_leftovers(&environment.created.left());
    (responses, learned)
}

/// The resources that could not be deleted, one warning for each kind and reason.
fn warn_of_leftovers(left: &[Created]) {
    let mut kinds: BTreeMap<(&str, &str), Vec<&str>> = BTreeMap::new();
    for made in left {
        let reason = made.refusal.as_deref().unwrap_or("no deletion was sent");
        kinds.entry((&made.noun, reason)).or_default().push(&made.id);
    }
    for ((noun, reason), ids) in kinds {
        let count =
            if ids.len() == 1 { format!("a {noun}") } else { format!("{} resources of the kind {noun}", ids.len()) };
        let shown: Vec<&str> = ids.iter().take(MAX_SHOWN).copied().collect();
        let more = if ids.len() > MAX_SHOWN { " …" } else { "" };
        err_line!("warning: `init` has left {count} on the target ({reason}): {}{more}", shown.join(", "));
    }
}

fn learned_from(test: &TestCase, exchange: &Exchange) -> Option<Learned> {
    let response = exchange.response()?;
    let is_used = response.is_error() || response.is_success();
    let body = response.json().filter(|body| is_used && body.is_object())?;
    let media = response.header("content-type").and_then(|value| value.split(';').next());
    // Cleanup deletes what the test may have deleted already.
    let is_of_test = exchange.role != Role::TearDown;
    Some(Learned {
        test: if is_of_test { test.name.to_string() } else { String::new() },
        operation: exchange.request.operation.clone(),
        path: exchange.request.path.split('?').next().unwrap_or_default().to_owned(),
        status: response.status,
        media: media.map(|media| media.trim().to_owned()),
        body,
    })
}

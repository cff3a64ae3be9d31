//! What an API answers to the requests of a new pack that only read or must be refused.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use tokio::runtime::Runtime;

use crate::run::{Refusal, load};
use init::Learned;
use judge::exchange::Response;
use judge::target;
use judge::target::Target;
use runner::client::{HttpClient, Network};
use runner::execute::{Environment, run_test, sweep, token};
use spec::contract::Contract;
use spec::scenario::Library;

/// So many requests a second: nobody has said what the API bears.
const RATE: f64 = 20.0;

/// Sends the requests of a pack, and returns the errors that came. A test that prepares something creates it, and is left
/// out unless that is asked for; so is one whose actor has no credential.
pub(super) fn learn(folder: &Path, url: &str, create: bool) -> Result<Vec<Learned>, Refusal> {
    let usage = |message: String| Refusal::Usage(format!("error: {message}"));
    let (contract, library) = load(folder)?;
    let credentials = target::credentials(&contract, &BTreeMap::new()).map_err(usage)?;
    let target = Target { url: url.to_owned(), credentials, ..Target::default() };
    let client = HttpClient::new(url, &Network { rate: Some(RATE), ..Network::default() }).map_err(usage)?;
    let runtime = Runtime::new().map_err(|error| Refusal::Inconclusive(error.to_string()))?;
    let (answers, learned) = runtime.block_on(sent(contract, library, target, client, create));
    match answers {
        0 => Err(Refusal::Inconclusive(format!("{url} has answered nothing, so nothing can be learned"))),
        _ => Ok(learned),
    }
}

/// How many responses came, and what is learned from them.
async fn sent(
    contract: Contract,
    library: Library,
    target: Target,
    client: HttpClient,
    create: bool,
) -> (usize, Vec<Learned>) {
    let (_sender, stop) = tokio::sync::watch::channel(None);
    let environment = Environment::new(Arc::new(contract), target, client, None, token(), stop);
    let (mut answers, mut learned) = (0, Vec::new());
    for test in library.tests.iter().filter(|test| create || test.steps.len() == 1) {
        if !test.actors.iter().all(|actor| environment.target.credentials.contains_key(actor)) {
            continue;
        }
        let record = run_test(&environment, test).await;
        let responses = record.exchanges.iter().filter_map(|exchange| exchange.response());
        for response in responses {
            answers += 1;
            learned.extend(error_of(response));
        }
        // Nothing listens there: the other requests would say the same.
        if answers == 0 {
            break;
        }
    }
    sweep(&environment).await;
    (answers, learned)
}

fn error_of(response: &Response) -> Option<Learned> {
    let body = response.json().filter(|body| response.is_error() && body.is_object())?;
    let media = response.header("content-type").and_then(|value| value.split(';').next());
    Some(Learned { status: response.status, media: media.map(|media| media.trim().to_owned()), body })
}

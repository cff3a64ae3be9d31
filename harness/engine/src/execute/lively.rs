//! Whether the target answers anything else while one request waits for its answer in vain.
//!
//! A timeout is a violation only where it does. A target that answers nothing at all is overloaded or gone, or this
//! machine is too busy to tell.

use std::time::Duration;

use super::environment::Environment;
use crate::exchange::{Exchange, Fault, Request};

/// The longest that the other answer may take.
const SOON: Duration = Duration::from_secs(5);

/// The exchange; where it timed out and nothing else is answered either, that is what its fault says.
pub(super) async fn confirmed(environment: &Environment, mut exchange: Exchange) -> Exchange {
    if let Err(Fault::TimedOut(why)) = &exchange.outcome
        && !answers(environment).await
    {
        exchange.outcome = Err(Fault::Limit(format!("{why}, and the target answers nothing else meanwhile")));
    }
    exchange
}

async fn answers(environment: &Environment) -> bool {
    let reads = |method: &str| matches!(method, "GET" | "HEAD");
    let operations = &environment.contract.operations;
    let plain = operations.iter().find(|operation| reads(&operation.method) && operation.parameters().is_empty());
    let (id, method, path) =
        plain.map_or(("", "GET", "/"), |operation| (&operation.id, &operation.method, &operation.path));
    let request = Request {
        operation: id.to_owned(),
        actor: "anonymous".to_owned(),
        method: method.to_owned(),
        url: format!("{}{path}", environment.client.base()),
        path: path.to_owned(),
        headers: Vec::new(),
        body: Vec::new(),
    };
    let answer = tokio::time::timeout(SOON, environment.client.send(&request, &[], true)).await;
    matches!(answer, Ok(Ok(_)))
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::sync::Arc;

    use super::*;
    use crate::contract::Contract;
    use crate::exchange::Role;
    use crate::target::{HttpClient, Network, Target, start_embedded};

    /// What becomes of a timeout at that base URL.
    async fn timed_out_at(base: &str) -> Fault {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let contract = Arc::new(Contract::load(&root).expect("the contract"));
        let client = HttpClient::new(base, &Network::default()).expect("a client");
        let (_sender, stop) = tokio::sync::watch::channel(None);
        let environment = Environment::new(contract, Target::default(), client, None, "run".to_owned(), stop);
        let request = Request {
            operation: "createCustomer".to_owned(),
            actor: "writer".to_owned(),
            method: "POST".to_owned(),
            url: base.to_owned(),
            path: "/".to_owned(),
            headers: Vec::new(),
            body: Vec::new(),
        };
        let exchange = Exchange {
            role: Role::Asserted,
            request,
            outcome: Err(Fault::TimedOut("no complete answer within 30 s".to_owned())),
            started: chrono::Utc::now(),
            took: Duration::from_secs(30),
        };
        confirmed(&environment, exchange).await.outcome.expect_err("a fault")
    }

    #[tokio::test]
    async fn a_timeout_counts_where_another_request_is_answered() {
        let embedded = start_embedded().await.expect("the reference");
        assert!(matches!(timed_out_at(&embedded.url()).await, Fault::TimedOut(_)));
    }

    #[tokio::test]
    async fn a_timeout_says_nothing_where_nothing_is_answered() {
        let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let base = format!("http://{}", silent.local_addr().expect("an address"));
        assert!(matches!(timed_out_at(&base).await, Fault::Limit(_)));
    }
}

//! Liveness probe: after a timeout, does the target respond to another request?
//!
//! A timeout is a violation only if the target does. If it responds to nothing at all, it is overloaded or down, or this
//! machine is too busy to judge.

use std::time::Duration;

use super::environment::Environment;
use judge::exchange::{Body, Exchange, Fault, Request};

const PROBE_TIMEOUT: Duration = Duration::from_secs(5);

/// Returns the exchange. If it timed out and the probe fails too, its fault becomes [`Fault::Limit`].
pub(super) async fn confirm_timeout(environment: &Environment, mut exchange: Exchange) -> Exchange {
    if let Err(Fault::TimedOut(why)) = &exchange.outcome
        && !is_alive(environment).await
    {
        exchange.outcome =
            Err(Fault::Limit(format!("{why}, and the target did not respond to another request either")));
    }
    exchange
}

/// Whether the target responds to a request.
pub(super) async fn is_alive(environment: &Environment) -> bool {
    let reads = |method: &str| matches!(method, "GET" | "HEAD");
    let operations = &environment.contract.operations;
    let simple = operations.iter().find(|operation| reads(&operation.method) && operation.parameters().is_empty());
    let (id, method, path) =
        simple.map_or(("", "GET", "/"), |operation| (&operation.id, &operation.method, &operation.path));
    let request = Request {
        operation: id.to_owned(),
        actor: "anonymous".to_owned(),
        method: method.to_owned(),
        url: format!("{}{path}", environment.client.base()),
        path: path.to_owned(),
        headers: Vec::new(),
        body: Body::default(),
    };
    let response = tokio::time::timeout(PROBE_TIMEOUT, environment.client.send(&request, &[], true)).await;
    matches!(response, Ok(Ok(_)))
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::sync::Arc;

    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    use super::*;
    use crate::client::{HttpClient, Network};
    use judge::exchange::Role;
    use judge::target::Target;
    use spec::contract::Contract;

    /// The confirmed fault of a timeout at that base URL.
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
            body: Body::default(),
        };
        let exchange = Exchange {
            role: Role::Asserted,
            request,
            outcome: Err(Fault::TimedOut("no complete response within 30 s".to_owned())),
            started: chrono::Utc::now(),
            took: Duration::from_secs(30),
        };
        confirm_timeout(&environment, exchange).await.outcome.expect_err("a fault")
    }

    #[tokio::test]
    async fn timeout_counts_if_another_request_gets_a_response() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let base = format!("http://{}", listener.local_addr().expect("an address"));
        let server = tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let _ = stream.read(&mut [0; 1024]).await;
                let _ = stream.write_all(b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n").await;
            }
        });
        assert!(matches!(timed_out_at(&base).await, Fault::TimedOut(_)));
        server.abort();
    }

    #[tokio::test]
    async fn timeout_does_not_count_if_no_request_gets_a_response() {
        let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let base = format!("http://{}", silent.local_addr().expect("an address"));
        assert!(matches!(timed_out_at(&base).await, Fault::Limit(_)));
    }
}

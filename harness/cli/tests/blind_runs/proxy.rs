//! The proxy between the harness and the reference: it changes the responses to one step of a test.
//!
//! The copy of the scenario adds a header that names the step of each request. The proxy removes it.

use std::collections::HashMap;
use std::sync::Arc;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::response::Response;
use http::HeaderMap;
use parking_lot::Mutex;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::change::{Seen, StubResponse};
use super::mutants::Mutant;

/// The header with the number of a step.
pub const STEP: &str = "x-blind-step";
/// Headers that belong to one connection. The next client or server sets them again.
const OF_A_CONNECTION: [&str; 4] = ["connection", "content-length", "host", "transfer-encoding"];
const LONGEST_BODY: usize = 64 * 1024 * 1024;

pub struct Proxy {
    pub url: String,
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

struct Shared {
    target: String,
    client: reqwest::Client,
    mutant: Option<Mutant>,
    state: Mutex<Record>,
}

#[derive(Default)]
struct Record {
    /// The number of changed responses.
    changed: usize,
    seen: Seen,
    /// The secret of each webhook, by its URL.
    secrets: HashMap<String, String>,
}

impl Proxy {
    pub async fn start(target: String, mutant: Option<Mutant>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let client = reqwest::Client::builder()
            .no_proxy()
            .no_gzip()
            .http1_only()
            .tls_certs_only(std::iter::empty())
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .expect("a client");
        let shared = Arc::new(Shared { target, client, mutant, state: Mutex::default() });
        let router = axum::Router::new().fallback(exchange).with_state(shared.clone());
        let task = tokio::spawn(async move {
            let _ = axum::serve(listener, router).await;
        });
        Self { url, shared, task }
    }

    pub fn changed(&self) -> usize {
        self.shared.state.lock().changed
    }

    /// Finds the secret of a webhook by the beginning of its URL.
    pub fn secrets(&self) -> impl Fn(&str) -> Option<String> + Send + Sync + 'static {
        let shared = self.shared.clone();
        move |base| {
            let state = shared.state.lock();
            state.secrets.iter().find(|(url, _)| url.starts_with(base)).map(|(_, secret)| secret.clone())
        }
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn exchange(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let body = to_bytes(body, LONGEST_BODY).await.unwrap_or_default();
    let step = head.headers.get(STEP).and_then(|step| step.to_str().ok()?.parse().ok());
    let mut headers = forwarded(&head.headers);
    headers.remove(STEP);
    let path = head.uri.path_and_query().map_or("/", |path| path.as_str());
    let url = format!("{}{path}", shared.target);
    let sent = shared.client.request(head.method, url).headers(headers).body(body.clone()).send().await;
    let response = match sent {
        Ok(response) => read(response).await,
        Err(error) => Err(error),
    };
    match response {
        Ok(response) => http_response(changed(&shared, step, &body, response)),
        Err(error) => {
            let text = format!("the reference did not respond: {error}");
            Response::builder().status(502).body(text.into()).expect("a response")
        }
    }
}

async fn read(response: reqwest::Response) -> reqwest::Result<StubResponse> {
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    Ok(StubResponse { status, headers, body: response.bytes().await? })
}

/// Records a response, and changes it if the mutant applies to its step.
fn changed(shared: &Shared, step: Option<usize>, request: &Bytes, mut response: StubResponse) -> StubResponse {
    let mut state = shared.state.lock();
    record_secret(&mut state, request, &response);
    let original = response.clone();
    if let Some(mutant) = shared.mutant.as_ref().filter(|mutant| Some(mutant.step) == step) {
        let changed = mutant.change.apply(&mut response, &state.seen);
        state.changed += usize::from(changed);
    }
    match original.status {
        200..300 => state.seen.success = Some(original),
        429 => state.seen.refusal = Some(original),
        _ => {}
    }
    response
}

fn record_secret(state: &mut Record, request: &Bytes, response: &StubResponse) {
    let (Ok(request), Some(body)) = (serde_json::from_slice::<Value>(request), response.json()) else { return };
    if let (Some(url), Some(secret)) = (request["url"].as_str(), body["secret"].as_str()) {
        state.secrets.insert(url.to_owned(), secret.to_owned());
    }
}

fn forwarded(headers: &HeaderMap) -> HeaderMap {
    let mut headers = headers.clone();
    for name in OF_A_CONNECTION {
        headers.remove(name);
    }
    headers
}

fn http_response(received: StubResponse) -> Response {
    let mut response = Response::new(Body::from(received.body));
    *response.status_mut() = received.status.try_into().expect("a status");
    *response.headers_mut() = forwarded(&received.headers);
    response
}

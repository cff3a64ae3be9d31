//! Accepts connections, reads requests and sends responses.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::BodyExt;
use hyper::Response;
use hyper::body::{Body as _, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

use crate::app::App;
use crate::dispatch;
use crate::errors::ApiError;
use crate::options::Options;
use crate::request::{Body, Request, RequestContext};
use crate::respond::respond;
use crate::transport::TransportRules;
use crate::wire::Pieces;

const MEBIBYTE: usize = 1024 * 1024;
/// Bodies up to this size are kept.
const MAX_KEPT: usize = 20 * MEBIBYTE;
/// Longer bodies are read up to this size and discarded, so that the client still receives the response.
const MAX_READ: usize = 512 * MEBIBYTE;
const MAX_HEADERS: usize = 1_000;

/// A running server. [`stop`](Self::stop) or a drop ends it with all its tasks.
#[derive(Debug)]
pub struct Running {
    address: SocketAddr,
    url: String,
    accepting: JoinHandle<()>,
}

impl Running {
    /// The address that the server listens on.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The base URL of the API.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Ends the server and waits until its socket and connections are closed.
    pub async fn stop(mut self) {
        self.accepting.abort();
        let _ = (&mut self.accepting).await;
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

/// The loopback address of a server with these options, with port 0, which means any free port.
pub fn loopback(options: &Options) -> SocketAddr {
    (App::new(options).state.rules.loopback(), 0).into()
}

/// Serves on an already bound listener, on the current tokio runtime.
///
/// # Errors
/// Fails if the address of the listener cannot be read.
pub async fn start(listener: TcpListener, options: Options) -> io::Result<Running> {
    let address = listener.local_addr()?;
    let app = Arc::new(App::new(&options));
    let url = format!("http://{address}{}", app.state.rules.path_prefix());
    Ok(Running { address, url, accepting: tokio::spawn(accept(listener, app)) })
}

/// Accepts connections forever. This task owns the connections and the webhook deliveries, so they end with it.
async fn accept(listener: TcpListener, app: Arc<App>) {
    let mut connections = JoinSet::new();
    loop {
        while connections.try_join_next().is_some() {}
        match listener.accept().await {
            Ok((stream, _)) => {
                connections.spawn(serve(stream, Arc::clone(&app)));
            }
            // Most likely there are no file descriptors left. Some will be closed soon.
            Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
        }
    }
}

async fn serve(stream: TcpStream, app: Arc<App>) {
    let _ = stream.set_nodelay(true);
    let rules = Arc::clone(&app.state.rules);
    let service = service_fn(move |request| handle(Arc::clone(&app), request));
    // An error of the connection is ignored: nobody is left who could receive it.
    let _ = http1::Builder::new()
        .half_close(true)
        .auto_date_header(false)
        .title_case_headers(rules.title_case_headers())
        .max_headers(MAX_HEADERS)
        .serve_connection(TokioIo::new(rules.connection(stream)), service)
        .await;
}

async fn handle(app: Arc<App>, request: hyper::Request<Incoming>) -> io::Result<Response<Pieces>> {
    let state = &app.state;
    let (head, body) = request.into_parts();
    let body = read(body, &*state.rules).await?;
    let request = Request { method: head.method, path: head.uri.path().to_owned(), headers: head.headers, body };
    let route = dispatch::route(state, &request);
    let context = RequestContext::new(&request, route.as_ref(), state.ids.request());
    tokio::time::sleep(state.rules.response_delay(&context.request_id)).await;
    let fallback = context.clone();
    let worker = Arc::clone(&app);
    // Decoding a document takes long, so it has its own thread. A panic there ends this request only.
    let response = tokio::task::spawn_blocking(move || {
        let mut context = context;
        let outcome = worker.service.handle(&worker.state, &request, &mut context);
        respond(&context, outcome, &*worker.state.rules)
    });
    Ok(response.await.unwrap_or_else(|_| respond(&fallback, Err(ApiError::internal()), &*state.rules)))
}

/// Reads a body. An error closes the connection.
async fn read(mut body: Incoming, rules: &dyn TransportRules) -> io::Result<Body> {
    let (mut kept, mut size) = (Vec::new(), 0);
    // Growing a long body step by step would take twice its memory.
    let declared = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
    if declared <= MAX_KEPT {
        kept.reserve_exact(declared);
    }
    while let Some(frame) = body.frame().await {
        let Ok(frame) = frame else {
            return Ok(Body::CutShort);
        };
        let Some(data) = frame.data_ref() else {
            continue;
        };
        size += data.len();
        if rules.gives_up_reading(size) {
            return Err(io::ErrorKind::ConnectionAborted.into());
        }
        match size {
            0..=MAX_KEPT if declared <= MAX_KEPT => kept.extend_from_slice(data),
            size if size > MAX_READ => break,
            _ => kept = Vec::new(),
        }
    }
    Ok(if size > MAX_KEPT { Body::TooLong } else { Body::Whole(kept) })
}

//! A webhook endpoint that records its requests. The path selects its response.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio::time::sleep;

use super::{Headers, read, split, unchunked, value};

/// The timeout of a delivery in the tests.
pub const TIMEOUT: Duration = Duration::from_millis(800);
const SLOW: Duration = Duration::from_millis(300);
const LATE: Duration = Duration::from_millis(1_200);

/// One received request.
#[derive(Clone, Debug)]
pub struct Received {
    pub path: String,
    pub headers: Headers,
    pub body: Vec<u8>,
}

impl Received {
    pub fn header(&self, name: &str) -> &str {
        value(&self.headers, name).unwrap_or_default()
    }
}

/// The endpoint. A drop closes it.
pub struct Endpoint {
    pub url: String,
    received: Arc<Mutex<Vec<Received>>>,
    task: JoinHandle<()>,
}

impl Endpoint {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let received = Arc::default();
        let task = tokio::spawn(listen(listener, Arc::clone(&received)));
        Self { url, received, task }
    }

    /// A URL where nobody listens.
    pub async fn closed_url() -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        format!("http://{}/refused", listener.local_addr().expect("an address"))
    }

    /// The requests that were received at this path.
    pub fn received(&self, path: &str) -> Vec<Received> {
        let all = self.received.lock().expect("the list");
        all.iter().filter(|one| one.path == path).cloned().collect()
    }
}

impl Drop for Endpoint {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn listen(listener: TcpListener, received: Arc<Mutex<Vec<Received>>>) {
    while let Ok((stream, _)) = listener.accept().await {
        tokio::spawn(response(stream, Arc::clone(&received)));
    }
}

async fn response(mut stream: TcpStream, received: Arc<Mutex<Vec<Received>>>) {
    let Ok(request) = read(&mut stream, complete).await else { return };
    let path = request.path.clone();
    received.lock().expect("the list").push(request);
    let status = match path.as_str() {
        "/fail" => "500 Internal Server Error",
        "/busy" => "503 Service Unavailable",
        "/gone" => "410 Gone",
        "/empty" => "204 No Content",
        _ => "200 OK",
    };
    match path.as_str() {
        "/slow" => sleep(SLOW).await,
        "/late" => sleep(LATE).await,
        "/hang" => sleep(Duration::from_secs(3600)).await,
        _ => {}
    }
    let _ = stream.write_all(format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n").as_bytes()).await;
}

fn complete(bytes: &[u8]) -> Option<Received> {
    let (head, headers, rest) = split(bytes)?;
    let body = match value(&headers, "content-length") {
        Some(length) => rest.get(..length.parse().ok()?)?.to_vec(),
        None => unchunked(rest)?,
    };
    Some(Received { path: head.split(' ').nth(1)?.to_owned(), headers, body })
}

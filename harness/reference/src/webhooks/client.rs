//! Sends the requests of webhook deliveries.

use std::time::Duration;

use http_body_util::BodyExt;
use hyper::client::conn::http1;
use hyper::header::{CONNECTION, CONTENT_TYPE, HOST, USER_AGENT};
use hyper::{Request, Uri};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::wire::Pieces;

/// How long the rest of a response is read and discarded.
const DRAIN_TIMEOUT: Duration = Duration::from_millis(100);

/// The destination of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Target {
    encrypted: bool,
    host: String,
    port: u16,
    path: String,
}

impl Target {
    /// Parses an absolute http or https URL.
    pub(crate) fn parse(url: &str) -> Option<Self> {
        let uri: Uri = url.parse().ok()?;
        let encrypted = match uri.scheme_str()? {
            "http" => false,
            "https" => true,
            _ => return None,
        };
        let host = uri.host().filter(|host| !host.is_empty())?.to_owned();
        Some(Self {
            encrypted,
            port: uri.port_u16().unwrap_or(if encrypted { 443 } else { 80 }),
            path: uri.path_and_query().map_or("/", |path| path.as_str()).to_owned(),
            host,
        })
    }
}

/// The request of one attempt.
pub(crate) struct Attempted {
    pub(crate) headers: Vec<(&'static str, String)>,
    /// Whether header names are sent in title case or in lower case.
    pub(crate) has_title_case: bool,
    pub(crate) body: Pieces,
}

impl Attempted {
    pub(crate) fn new(headers: Vec<(&'static str, String)>, body: &str) -> Self {
        Self { headers, has_title_case: true, body: Pieces::whole(body.into()) }
    }
}

/// Sends a request and returns the status of the response, or the reason why there is none.
pub(super) async fn post(target: &Target, attempted: Attempted) -> Result<u16, String> {
    if target.encrypted {
        return Err("The sandbox does not support TLS".to_owned());
    }
    let host = target.host.trim_start_matches('[').trim_end_matches(']');
    let stream = TcpStream::connect((host, target.port)).await.map_err(|error| error.to_string())?;
    let mut request = Request::post(target.path.as_str())
        .header(HOST, format!("{}:{}", target.host, target.port))
        .header(CONTENT_TYPE, "application/json")
        .header(CONNECTION, "close")
        .header(USER_AGENT, "reference-webhooks");
    for (name, value) in attempted.headers {
        request = request.header(name, value);
    }
    let request = request.body(attempted.body).map_err(|error| error.to_string())?;
    exchange(stream, attempted.has_title_case, request).await.map_err(|error| error.to_string())
}

async fn exchange(stream: TcpStream, has_title_case: bool, request: Request<Pieces>) -> hyper::Result<u16> {
    let mut settings = http1::Builder::new();
    let (mut sender, connection) = settings.title_case_headers(has_title_case).handshake(TokioIo::new(stream)).await?;
    let response = async {
        let response = sender.send_request(request).await?;
        let status = response.status().as_u16();
        let _ = timeout(DRAIN_TIMEOUT, response.into_body().collect()).await;
        Ok(status)
    };
    // The connection sends and reads while the response is awaited, and ends with it.
    tokio::pin!(response, connection);
    tokio::select! {
        response = &mut response => response,
        // An endpoint may close the connection with its response.
        _ = &mut connection => response.await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn absolute_http_urls_are_parsed() {
        let target = Target::parse("http://127.0.0.1:8080/hook?a=1").expect("a target");
        assert_eq!((target.host.as_str(), target.port), ("127.0.0.1", 8080));
        assert_eq!(target.path, "/hook?a=1");
        assert_eq!(Target::parse("https://example.com").map(|target| target.port), Some(443));
        for url in ["", "/hook", "ftp://example.com/", "example.com", "http://", "http:///x", "not a url"] {
            assert_eq!(Target::parse(url), None, "{url}");
        }
    }
}

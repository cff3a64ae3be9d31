//! A very small HTTP/1.1 client. It sends one POST and reads the status of the answer.

use std::io::{self, ErrorKind};
use std::time::Duration;

use hyper::Uri;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// The size limit of the head of an answer.
const LONGEST_HEAD: usize = 64 * 1024;
/// How long the rest of an answer is read and discarded.
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

/// The text of a POST request.
pub(crate) fn request_text(target: &Target, headers: &[(&'static str, String)], body: &str) -> String {
    let framing = format!("Content-Length: {}", body.len());
    format!("{}{body}", head(target, headers, &framing))
}

/// The head of a POST request. `framing` is the header that says where the body ends.
pub(crate) fn head(target: &Target, headers: &[(&str, String)], framing: &str) -> String {
    let headers: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    format!(
        "POST {} HTTP/1.1\r\nHost: {}:{}\r\nContent-Type: application/json\r\n\
         {framing}\r\nConnection: close\r\nUser-Agent: reference-webhooks\r\n{headers}\r\n",
        target.path, target.host, target.port
    )
}

/// Sends a request and returns the status of the answer.
pub(super) async fn post(target: &Target, request: &str) -> io::Result<u16> {
    if target.encrypted {
        return Err(io::Error::new(ErrorKind::Unsupported, "The sandbox does not support TLS"));
    }
    let host = target.host.trim_start_matches('[').trim_end_matches(']');
    let mut stream = TcpStream::connect((host, target.port)).await?;
    stream.write_all(request.as_bytes()).await?;
    let status = read_status(&mut stream).await?;
    let _ = timeout(DRAIN_TIMEOUT, drain(&mut stream)).await;
    Ok(status)
}

/// The status of the first answer that is not interim (1xx).
async fn read_status(stream: &mut TcpStream) -> io::Result<u16> {
    let mut read = Vec::new();
    loop {
        while let Some(end) = read.windows(4).position(|four| four == b"\r\n\r\n") {
            let status = status_of(&read)?;
            if status >= 200 {
                return Ok(status);
            }
            read.drain(..end + 4);
        }
        if read.len() > LONGEST_HEAD {
            return Err(io::Error::new(ErrorKind::InvalidData, "The head of the answer is too long"));
        }
        if stream.read_buf(&mut read).await? == 0 {
            return Err(ErrorKind::UnexpectedEof.into());
        }
    }
}

fn status_of(head: &[u8]) -> io::Result<u16> {
    let line = head.split(|byte| *byte == b'\r').next().unwrap_or_default();
    let line = String::from_utf8_lossy(line);
    line.strip_prefix("HTTP/1.")
        .and_then(|rest| rest.split(' ').nth(1))
        .and_then(|status| status.parse().ok())
        .ok_or_else(|| io::Error::new(ErrorKind::InvalidData, "The answer is not HTTP"))
}

async fn drain(stream: &mut TcpStream) {
    let mut buffer = [0; 4096];
    while matches!(stream.read(&mut buffer).await, Ok(count) if count > 0) {}
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

    #[test]
    fn status_is_read_from_the_first_line() {
        assert_eq!(status_of(b"HTTP/1.1 204 No Content\r\n\r\n").ok(), Some(204));
        assert_eq!(status_of(b"HTTP/1.0 500\r\n\r\n").ok(), Some(500));
        assert!(status_of(b"SSH-2.0-x\r\n\r\n").is_err());
    }
}

//! Detects the protocol of a server that does not respond with HTTP/1.1, by the first bytes that it sends on a new
//! connection.

use std::time::Duration;

use reqwest::Url;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// The timeout for connecting and for the first bytes.
const READ_TIMEOUT: Duration = Duration::from_secs(3);

const HTTP1: &[u8] = b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
/// The connection preface of HTTP/2 and an empty SETTINGS frame (RFC 9113, 3.4).
const HTTP2: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00";
/// A TLS 1.2 ClientHello (RFC 5246) of one cipher suite. Every TLS server responds to it, at least with an alert.
const TLS: &[u8] =
    b"\x16\x03\x01\x00\x2d\x01\x00\x00\x29\x03\x03conformance-preflight-0123456789\x00\x00\x02\xc0\x2f\x01\x00";

/// The protocol of a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Protocol {
    /// It closes the connection without a response.
    Closes,
    /// It accepts the connection and sends nothing.
    Silent,
    Tls,
    /// HTTP/2 without TLS.
    Http2,
    Http1,
    /// Another protocol; the value is the beginning of the response.
    Other(String),
}

/// Sends a greeting in each protocol that users often confuse; `None` if the server cannot be reached.
pub(super) async fn protocol(url: &str) -> Option<Protocol> {
    let first = greet(url, HTTP1).await?;
    if !matches!(first, Protocol::Closes | Protocol::Silent) {
        return Some(first);
    }
    for greeting in [HTTP2, TLS] {
        if let Some(found @ (Protocol::Http2 | Protocol::Tls)) = greet(url, greeting).await {
            return Some(found);
        }
    }
    Some(first)
}

async fn greet(url: &str, greeting: &[u8]) -> Option<Protocol> {
    let url = Url::parse(url).ok()?;
    let host = url.host_str()?.trim_matches(['[', ']']).to_owned();
    let port = url.port_or_known_default()?;
    let mut stream = tokio::time::timeout(READ_TIMEOUT, TcpStream::connect((host, port))).await.ok()?.ok()?;
    let _ = stream.write_all(greeting).await;
    let mut bytes = [0; 64];
    match tokio::time::timeout(READ_TIMEOUT, stream.read(&mut bytes)).await {
        Err(_) => Some(Protocol::Silent),
        Ok(Err(_) | Ok(0)) => Some(Protocol::Closes),
        Ok(Ok(count)) => Some(of_bytes(&bytes[..count])),
    }
}

/// The protocol whose responses begin with these bytes.
fn of_bytes(bytes: &[u8]) -> Protocol {
    match bytes {
        // An alert or a handshake record.
        [0x15 | 0x16, 3, ..] => Protocol::Tls,
        // A SETTINGS or a GOAWAY frame.
        [0, _, _, 4 | 7, ..] => Protocol::Http2,
        _ if bytes.starts_with(b"HTTP/") => Protocol::Http1,
        _ => Protocol::Other(bytes.iter().take(16).flat_map(|byte| byte.escape_ascii()).map(char::from).collect()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn protocols_are_recognised_by_their_first_bytes() {
        assert_eq!(of_bytes(b"\x15\x03\x01\x00\x02\x02\x46"), Protocol::Tls);
        assert_eq!(of_bytes(b"\x00\x00\x12\x04\x00\x00\x00\x00\x00"), Protocol::Http2);
        assert_eq!(of_bytes(b"HTTP/1.1 200 OK\r\n"), Protocol::Http1);
        assert_eq!(of_bytes(b"SSH-2.0-x\r\n"), Protocol::Other("SSH-2.0-x\\r\\n".to_owned()));
    }
}

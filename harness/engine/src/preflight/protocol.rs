//! What a server speaks that does not answer our HTTP/1.1: found out on connections of our own, by its first bytes.

use std::time::Duration;

use reqwest::Url;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// The longest that the first bytes are waited for.
const PATIENCE: Duration = Duration::from_secs(3);

const HTTP1: &[u8] = b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
/// The connection preface of HTTP/2 and an empty SETTINGS frame (RFC 9113, 3.4).
const HTTP2: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00";
/// A TLS 1.2 ClientHello (RFC 5246) of one cipher suite. Every TLS server answers it, be it with an alert.
const TLS: &[u8] =
    b"\x16\x03\x01\x00\x2d\x01\x00\x00\x29\x03\x03conformance-preflight-0123456789\x00\x00\x02\xc0\x2f\x01\x00";

/// What a server speaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Protocol {
    /// It closes the connection, whatever it is sent.
    Closes,
    /// It takes the connection and says nothing.
    Silent,
    /// TLS.
    Tls,
    /// HTTP/2 without TLS.
    Http2,
    /// HTTP/1.
    Http1,
    /// Something else that begins so.
    Other(String),
}

/// Asks a server in each of the languages that are often mistaken for each other; `None` where it cannot be reached.
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
    let mut stream = tokio::time::timeout(PATIENCE, TcpStream::connect((host, port))).await.ok()?.ok()?;
    let _ = stream.write_all(greeting).await;
    let mut bytes = [0; 64];
    match tokio::time::timeout(PATIENCE, stream.read(&mut bytes)).await {
        Err(_) => Some(Protocol::Silent),
        Ok(Err(_) | Ok(0)) => Some(Protocol::Closes),
        Ok(Ok(count)) => Some(of_bytes(&bytes[..count])),
    }
}

/// What a server speaks whose first bytes these are.
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
    fn protocols_are_known_by_their_first_bytes() {
        assert_eq!(of_bytes(b"\x15\x03\x01\x00\x02\x02\x46"), Protocol::Tls);
        assert_eq!(of_bytes(b"\x00\x00\x12\x04\x00\x00\x00\x00\x00"), Protocol::Http2);
        assert_eq!(of_bytes(b"HTTP/1.1 200 OK\r\n"), Protocol::Http1);
        assert_eq!(of_bytes(b"SSH-2.0-x\r\n"), Protocol::Other("SSH-2.0-x\\r\\n".to_owned()));
    }
}

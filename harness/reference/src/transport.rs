//! Decisions about connections: where the server listens and how it reads and writes.

use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;

/// How the server uses HTTP.
pub(crate) trait TransportRules: Sync {
    /// The address to listen on.
    fn loopback(&self) -> IpAddr {
        Ipv4Addr::LOCALHOST.into()
    }

    fn path_prefix(&self) -> &'static str {
        ""
    }

    /// Whether header names are written as `Content-Type`.
    fn title_case_headers(&self) -> bool {
        false
    }

    /// The delay before a request is handled.
    fn response_delay(&self, _request_id: &str) -> Duration {
        Duration::ZERO
    }

    /// Whether the connection is closed once this many bytes of a body were read (DOC-3: never).
    fn gives_up_reading(&self, _size: usize) -> bool {
        false
    }

    /// A new connection.
    fn connection(&self, stream: TcpStream) -> Box<dyn Connection> {
        Box::new(stream)
    }
}

/// A connection to a client.
pub(crate) trait Connection: AsyncRead + AsyncWrite + Send + Unpin {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Connection for S {}

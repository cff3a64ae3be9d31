//! A mutant that sends a body after a 204.
//!
//! hyper never writes one, so this wrapper of the connection inserts the bytes. It also adds `Connection: close`,
//! because a client could not find the beginning of the next response.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

const STATUS_LINE: &[u8] = b"HTTP/1.1 204 ";
const END_OF_HEAD: &[u8] = b"\r\n\r\n";
const BODY: &[u8] = b"\r\nconnection: close\r\ncontent-length: 2\r\n\r\n{}";

/// A connection that adds a body to responses of status 204.
#[derive(Debug)]
pub(super) struct WithBody<S> {
    inner: S,
    /// Bytes that the server wrote and that were not sent yet.
    pending: Vec<u8>,
}

impl<S: AsyncWrite + Unpin> WithBody<S> {
    pub(super) fn new(inner: S) -> Self {
        Self { inner, pending: Vec::new() }
    }

    fn poll_pending(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.pending.is_empty() {
            let written = ready!(Pin::new(&mut self.inner).poll_write(context, &self.pending))?;
            self.pending.drain(..written);
        }
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for WithBody<S> {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        ready!(this.poll_pending(context))?;
        match bytes.strip_suffix(END_OF_HEAD) {
            Some(head) if head.starts_with(STATUS_LINE) => {
                this.pending = [head, BODY].concat();
                Poll::Ready(Ok(bytes.len()))
            }
            _ => Pin::new(&mut this.inner).poll_write(context, bytes),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        ready!(this.poll_pending(context))?;
        Pin::new(&mut this.inner).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        ready!(this.poll_pending(context))?;
        Pin::new(&mut this.inner).poll_shutdown(context)
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for WithBody<S> {
    fn poll_read(self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().inner).poll_read(context, buffer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::AsyncWriteExt;

    async fn written(head: &str) -> String {
        let mut connection = WithBody::new(Vec::new());
        connection.write_all(head.as_bytes()).await.expect("a write");
        connection.flush().await.expect("a flush");
        String::from_utf8(connection.inner).expect("text")
    }

    #[tokio::test]
    async fn body_is_added_only_to_a_204() {
        let empty = "HTTP/1.1 204 No Content\r\ndate: now\r\n\r\n";
        let mutated = written(empty).await;
        assert!(mutated.ends_with("date: now\r\nconnection: close\r\ncontent-length: 2\r\n\r\n{}"), "{mutated}");
        let other = "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";
        assert_eq!(written(other).await, other);
    }
}

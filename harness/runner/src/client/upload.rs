//! Sends large bodies over a stream that can still be read after a write has failed.
//!
//! A server may refuse a large body before it has read all of it, and close the connection. The response has then
//! arrived, but the next write fails, and most HTTP clients report a broken connection. Like curl, this module reads
//! the response: after a failed write it reports further writes as successful, and the response decides.
//!
//! It also records how much was uploaded, because an upload that is only slow says nothing about the target.

use std::convert::Infallible;
use std::io::{self, Read as _};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use flate2::read::MultiGzDecoder;
use futures_util::StreamExt as _;
use http_body_util::combinators::MapErr;
use http_body_util::{BodyExt as _, BodyStream, Either, Full};
use hyper::body::{Body as _, Bytes, Frame, SizeHint};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use parking_lot::Mutex;
use reqwest::Url;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::sync::mpsc;

use super::budget::{Budget, MAX_BODY, Waiting, too_long};
use super::{MAX_HEADERS, TOO_SLOW, innermost_cause, over_limit, readable};
use judge::exchange::{Fault, Request, Response, Write};

/// Bodies above this size in bytes are sent by this module.
pub(super) const LARGE: usize = 64 * 1024;
/// An upload without any progress for this long counts as stalled.
const STALLED_AFTER: Duration = Duration::from_secs(5);
/// The first bytes of data in the format gzip (RFC 1952).
const GZIP: [u8; 2] = [0x1f, 0x8b];
/// The timeout for opening a connection.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// How many bytes of an upload were written, and when the last of them.
#[derive(Clone, Default)]
pub(super) struct Progress(Arc<Mutex<Option<(usize, Instant)>>>);

impl Progress {
    fn add(&self, count: usize) {
        let mut progress = self.0.lock();
        let before = progress.map_or(0, |(written, _)| written);
        *progress = Some((before + count, Instant::now()));
    }

    /// The fault of an exchange that did not finish in time.
    pub(super) fn timed_out(&self, size: usize, timeout: Duration) -> Fault {
        let progress = *self.0.lock();
        timed_out(progress.map(|(written, last)| (written, last.elapsed())), size, timeout)
    }
}

/// The fault of an exchange that did not finish in time, from the number of bytes written and the time since the last
/// write. An upload that still made progress is a limit of the harness.
fn timed_out(progress: Option<(usize, Duration)>, size: usize, timeout: Duration) -> Fault {
    let stalled_after = STALLED_AFTER.min(timeout / 3);
    let seconds = timeout.as_secs_f64();
    match progress {
        Some((written, idle)) if written < size && idle < stalled_after => Fault::Limit(format!(
            "the upload of {size} bytes was not finished after {seconds} s ({written} sent): raise --timeout"
        )),
        Some((written, _)) if written < size => Fault::TimedOut(format!(
            "no complete response within {seconds} s: the target accepted {written} of {size} bytes, and then no more"
        )),
        Some(_) => Fault::TimedOut(format!("no complete response within {seconds} s")),
        None => Fault::Unreachable(TOO_SLOW.to_owned()),
    }
}

/// What reads the body of the response.
#[derive(Clone, Copy)]
pub(super) struct Reading<'r> {
    pub(super) budget: &'r Budget,
    pub(super) waiting: &'r Waiting,
}

/// Sends a request over a new connection.
pub(super) async fn send(
    request: &Request,
    fields: &[(String, Vec<u8>)],
    progress: &Progress,
    reading: Reading<'_>,
) -> Result<Response, Fault> {
    let url = Url::parse(&request.url).map_err(|error| Fault::Unsendable(format!("{}: {error}", request.url)))?;
    let message = message(request, &url, fields)?;
    let stream = connect(&url).await?;
    let stream = TokioIo::new(ReadableAfterFailedWrite { stream, broken: false, progress: progress.clone() });
    let broken = |error: hyper::Error| fault(&error);
    let (mut sender, connection) =
        http1::Builder::new().max_headers(MAX_HEADERS).handshake(stream).await.map_err(broken)?;
    let exchange = async {
        let response = sender.send_request(message).await.map_err(broken)?;
        let status = response.status().as_u16();
        let headers =
            response.headers().iter().map(|(name, value)| (name.to_string(), value.as_bytes().to_vec())).collect();
        let declared = response.body().size_hint().exact();
        let frames = BodyStream::new(response.into_body());
        let chunks = frames.filter_map(async |frame| match frame {
            Ok(frame) => frame.into_data().ok().map(Ok),
            Err(error) => Some(Err(fault(&error))),
        });
        let body = reading.budget.read(status, declared, reading.waiting, chunks).await?;
        readable(decompressed(Response { status, headers, body })?)
    };
    // The connection is polled until the response is complete; dropping it closes it.
    let mut exchange = std::pin::pin!(exchange);
    tokio::select! {
        biased;
        outcome = &mut exchange => outcome,
        ended = connection => match ended {
            Ok(()) => exchange.await,
            Err(error) => match exchange.await {
                Err(Fault::Broken(_)) => Err(fault(&error)),
                outcome => outcome,
            },
        },
    }
}

/// Decompresses a body in the content coding gzip, as the other client does. A body that is not compressed although the
/// header says so is left as it is.
fn decompressed(mut response: Response) -> Result<Response, Fault> {
    let coding = response.header("content-encoding").unwrap_or_default().to_ascii_lowercase();
    if !["gzip", "x-gzip"].contains(&coding.as_str()) || !response.body.starts_with(&GZIP) {
        return Ok(response);
    }
    let mut body = Vec::new();
    let read = MultiGzDecoder::new(&response.body[..]).take(MAX_BODY as u64 + 1).read_to_end(&mut body);
    read.map_err(|error| Fault::Broken(format!("the compressed body cannot be read: {error}")))?;
    if body.len() > MAX_BODY {
        return Err(too_long(response.status));
    }
    let describes = |name: &str| ["content-encoding", "content-length"].iter().any(|it| name.eq_ignore_ascii_case(it));
    response.headers.retain(|(name, _)| !describes(name));
    response.body = body.into();
    Ok(response)
}

/// A body in memory, or one that is written while it is sent.
type Upload = Either<Written, MapErr<Full<Bytes>, fn(Infallible) -> io::Error>>;

fn message(request: &Request, url: &Url, fields: &[(String, Vec<u8>)]) -> Result<http::Request<Upload>, Fault> {
    let unsendable = |error: http::Error| Fault::Unsendable(error.to_string());
    let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
    let target = format!("{}{query}", url.path());
    let host = url.host_str().unwrap_or_default();
    let host = url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
    let mut builder = http::Request::builder()
        .method(request.method.as_bytes())
        .uri(target)
        .header("host", host)
        .header("accept", "*/*")
        .header("user-agent", super::USER_AGENT);
    if !fields.iter().any(|(name, _)| name.eq_ignore_ascii_case("accept-encoding")) {
        builder = builder.header("accept-encoding", "gzip");
    }
    for (name, value) in fields {
        builder = builder.header(name, value.as_slice());
    }
    let body = match request.body.whole() {
        Some(write) => Either::Left(Written::new(write, request.body.length())),
        None => {
            let never: fn(Infallible) -> io::Error = |never| match never {};
            Either::Right(Full::new(request.body.to_bytes()).map_err(never))
        }
    };
    builder.body(body).map_err(unsendable)
}

/// A body that is written while it is sent.
struct Written {
    blocks: mpsc::Receiver<Bytes>,
    /// How many bytes are still to come.
    left: u64,
}

impl Written {
    /// How many bytes are sent at a time.
    const BLOCK: usize = 256 * 1024;
    /// How many blocks may wait to be sent.
    const WAITING: usize = 2;

    fn new(write: Write, length: usize) -> Self {
        let (sender, blocks) = mpsc::channel(Self::WAITING);
        // It ends when the body is complete, or when nobody receives the blocks any more.
        tokio::task::spawn_blocking(move || {
            let mut out = io::BufWriter::with_capacity(Self::BLOCK, Blocks(sender));
            write(&mut out).and_then(|()| io::Write::flush(&mut out))
        });
        Self { blocks, left: length as u64 }
    }
}

impl hyper::body::Body for Written {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        self.blocks.poll_recv(context).map(|block| {
            let block = block?;
            self.left = self.left.saturating_sub(block.len() as u64);
            Some(Ok(Frame::data(block)))
        })
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}

/// Passes what is written to the connection.
struct Blocks(mpsc::Sender<Bytes>);

impl io::Write for Blocks {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let sent = self.0.blocking_send(Bytes::copy_from_slice(bytes));
        sent.map(|()| bytes.len()).map_err(|_| io::ErrorKind::BrokenPipe.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

async fn connect(url: &Url) -> Result<TcpStream, Fault> {
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']).to_owned();
    let port = url.port_or_known_default().unwrap_or(80);
    match tokio::time::timeout(CONNECT_TIMEOUT, TcpStream::connect((host, port))).await {
        Ok(Ok(stream)) => {
            let _ = stream.set_nodelay(true);
            Ok(stream)
        }
        Ok(Err(error)) => Err(Fault::Unreachable(error.to_string())),
        Err(_) => Err(Fault::Unreachable(TOO_SLOW.to_owned())),
    }
}

fn fault(error: &hyper::Error) -> Fault {
    let text = innermost_cause(error);
    over_limit(&text).unwrap_or(Fault::Broken(text))
}

/// A stream that can still be read after a write has failed.
struct ReadableAfterFailedWrite {
    stream: TcpStream,
    broken: bool,
    progress: Progress,
}

impl AsyncRead for ReadableAfterFailedWrite {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for ReadableAfterFailedWrite {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        if self.broken {
            return Poll::Ready(Ok(bytes.len()));
        }
        match Pin::new(&mut self.stream).poll_write(context, bytes) {
            Poll::Ready(Ok(count)) => {
                self.progress.add(count);
                Poll::Ready(Ok(count))
            }
            Poll::Ready(Err(_)) => {
                self.broken = true;
                Poll::Ready(Ok(bytes.len()))
            }
            Poll::Pending => Poll::Pending,
        }
    }

    /// Without vectored writes, hyper copies the whole body.
    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let first = parts.iter().find(|part| !part.is_empty());
        self.poll_write(context, first.map_or(&[], |part| part))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.broken {
            true => Poll::Ready(Ok(())),
            false => Pin::new(&mut self.stream).poll_shutdown(context),
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;

    use super::*;
    use crate::client::{HttpClient, Network};
    use judge::exchange::Body;

    /// Starts a server that runs `serve` on each connection, and returns its base URL.
    async fn server<F: Future<Output = io::Result<()>> + Send + 'static>(
        serve: impl Fn(TcpStream) -> F + Send + Sync + 'static,
    ) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream));
            }
        });
        url
    }

    async fn sent(base: &str, timeout: Duration) -> Result<Response, Fault> {
        sent_body(base, timeout, vec![b'a'; 20 * 1024 * 1024].into()).await
    }

    async fn sent_body(base: &str, timeout: Duration, body: Body) -> Result<Response, Fault> {
        let client = HttpClient::new(base, &Network { timeout, ..Network::default() }).expect("a client");
        let request = Request {
            operation: "upload".to_owned(),
            actor: "writer".to_owned(),
            method: "POST".to_owned(),
            url: format!("{base}/documents"),
            path: "/documents".to_owned(),
            headers: Vec::new(),
            body,
        };
        client.send(&request, &[], false).await
    }

    #[tokio::test]
    async fn compressed_response_to_an_upload_is_read() {
        let base = server(async |mut stream: TcpStream| {
            let mut sent = vec![0; 64 * 1024];
            let mut total = 0;
            while total < 20 * 1024 * 1024 {
                total += stream.read(&mut sent).await?;
            }
            let mut body = flate2::read::GzEncoder::new(&b"{\"error\":1}"[..], flate2::Compression::fast());
            let mut compressed = Vec::new();
            body.read_to_end(&mut compressed)?;
            let length = compressed.len();
            let head = format!("HTTP/1.1 422 X\r\nContent-Encoding: gzip\r\nContent-Length: {length}\r\n\r\n");
            stream.write_all(head.as_bytes()).await?;
            stream.write_all(&compressed).await
        })
        .await;
        let response = sent(&base, Duration::from_secs(20)).await.expect("a response");
        assert_eq!((response.status, response.json()), (422, Some(serde_json::json!({ "error": 1 }))));
    }

    #[tokio::test]
    async fn early_refusal_of_large_body_is_read_every_time() {
        let base = server(async |mut stream: TcpStream| {
            stream.read_exact(&mut [0; 4096]).await?;
            stream.write_all(b"HTTP/1.1 422 No\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}").await
        })
        .await;
        for _ in 0..30 {
            let outcome = sent(&base, Duration::from_secs(30)).await;
            assert_eq!(outcome.map(|response| (response.status, response.body)), Ok((422, b"{}".to_vec().into())));
        }
    }

    #[tokio::test]
    async fn written_body_arrives_complete_with_its_length() {
        const PARTS: usize = 300_000;
        let write: Write = Arc::new(|out| (0..PARTS).try_for_each(|part| write!(out, "{part:06},")));
        let expected = |at: usize| format!("{:06},", at / 7).as_bytes()[at % 7];
        let base = server(move |mut stream: TcpStream| async move {
            let (mut head, mut byte) = (Vec::new(), [0]);
            while !head.ends_with(b"\r\n\r\n") {
                stream.read_exact(&mut byte).await?;
                head.push(byte[0]);
            }
            let mut body = vec![0; PARTS * 7];
            stream.read_exact(&mut body).await?;
            let declared = String::from_utf8_lossy(&head).contains(&format!("content-length: {}\r\n", PARTS * 7));
            let right = declared && body.iter().enumerate().all(|(at, byte)| *byte == expected(at));
            let status = if right { "200 Yes" } else { "400 No" };
            let response = format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
            stream.write_all(response.as_bytes()).await
        })
        .await;
        let body = || Body::written(write.clone()).expect("a body");
        let outcome = sent_body(&base, Duration::from_secs(30), body()).await;
        assert_eq!(outcome.map(|response| response.status), Ok(200));
        let length = body().complete().map(|bytes| bytes.len()).expect("a body");
        assert_eq!(length, PARTS * 7, "with a proxy, the body is in memory");
    }

    #[test]
    fn timeout_during_upload_progress_is_a_limit_of_the_harness() {
        let fault = |progress: Option<(usize, u64)>| {
            let progress = progress.map(|(written, idle)| (written, Duration::from_secs(idle)));
            timed_out(progress, 1000, Duration::from_secs(30))
        };
        assert!(matches!(fault(Some((600, 1))), Fault::Limit(_)));
        assert!(matches!(fault(Some((600, 20))), Fault::TimedOut(why) if why.contains("600 of 1000 bytes")));
        assert!(matches!(fault(Some((1000, 1))), Fault::TimedOut(_)));
        assert!(matches!(fault(None), Fault::Unreachable(_)));
    }

    #[tokio::test]
    async fn connection_that_closes_before_a_response_is_broken() {
        let base = server(async |mut stream: TcpStream| stream.read_exact(&mut [0; 4096]).await.map(drop)).await;
        let outcome = sent(&base, Duration::from_secs(30)).await;
        assert!(matches!(outcome, Err(Fault::Broken(_))), "{outcome:?}");
    }
}

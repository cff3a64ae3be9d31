//! The last step before a response is sent: media type, headers, compression and framing.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::io::Write;
use std::pin::Pin;
use std::task::{Context as TaskContext, Poll};

use flate2::Compression;
use flate2::write::GzEncoder;
use hyper::body::{Body, Bytes, Frame, SizeHint};
use hyper::ext::ReasonPhrase;
use hyper::header::{ACCEPT_ENCODING, CONNECTION, CONTENT_ENCODING, CONTENT_TYPE, DATE, HeaderMap, HeaderName};
use hyper::header::{HeaderValue, VARY};
use hyper::{Response, Version};

use crate::clock;
use crate::switches::Switches;
use crate::variants::{Variant, wire};

/// The number of bytes in a small chunk.
const SMALL_CHUNK: usize = 7;

/// Undocumented headers.
const UNDOCUMENTED: &[(&str, &str)] = &[
    ("server", "gateway/2.1"),
    ("via", "1.1 edge-7"),
    ("cache-control", "no-store, private"),
    ("content-language", "en"),
    ("set-cookie", "session=opaque; Path=/; HttpOnly"),
    ("set-cookie", "region=eu; Path=/"),
    ("strict-transport-security", "max-age=31536000"),
    ("server-timing", "app;dur=1.5, store;dur=0.2"),
    ("x-correlation-id", "8d4c2f1a-55aa-4a3b-9c1e-0d0d0d0d0d0d"),
    ("x-empty", ""),
];

const MEDIA_TYPES: &[(Variant, &str)] = &[
    (wire::CHARSET_PARAMETER, "application/json; charset=utf-8"),
    (wire::UPPER_CASE_MEDIA_TYPE, "APPLICATION/JSON"),
    (
        wire::MANY_MEDIA_TYPE_PARAMETERS,
        "application/json ; version=1;profile=\"https://example.com/a;b\"; Charset=\"UTF-8\"",
    ),
];

/// A body, in one piece or in several.
#[derive(Debug)]
pub(crate) struct Pieces {
    left: VecDeque<Bytes>,
    /// Whether the length is known in advance.
    known_length: bool,
}

/// The response in its final form.
pub(crate) fn framed(response: Response<Vec<u8>>, gzip: bool, switches: &Switches) -> Response<Pieces> {
    let (mut head, mut bytes) = response.into_parts();
    set_media_type(&mut head.headers, switches);
    if gzip && !bytes.is_empty() && switches.vary(wire::GZIP_WHERE_ACCEPTED) {
        bytes = gzipped(bytes, &mut head.headers);
    }
    add_headers(&mut head.headers, switches);
    if switches.vary(wire::NONSTANDARD_REASON_PHRASES) {
        head.extensions.insert(ReasonPhrase::from_static(b"As It Happens"));
    }
    let known_length = !switches.vary(wire::CHUNKED_BODIES) && !switches.vary(wire::CLOSE_DELIMITED_BODIES);
    if switches.vary(wire::CLOSE_DELIMITED_BODIES) {
        head.version = Version::HTTP_10;
        head.headers.insert(CONNECTION, HeaderValue::from_static("close"));
    }
    Response::from_parts(head, Pieces::new(bytes, known_length))
}

/// Whether the client accepts gzip.
pub(crate) fn accepts_gzip(headers: &HeaderMap) -> bool {
    let accepted = headers.get_all(ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    accepted.flat_map(|value| value.split(',')).any(|coding| {
        let (name, weight) = coding.split_once(';').unwrap_or((coding, ""));
        name.trim().eq_ignore_ascii_case("gzip") && !weight.replace(' ', "").starts_with("q=0")
    })
}

fn set_media_type(headers: &mut HeaderMap, switches: &Switches) {
    let plain = headers.get(CONTENT_TYPE).is_some_and(|value| value == "application/json");
    if let Some(other) = switches.variant(MEDIA_TYPES).filter(|_| plain) {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(other));
    }
}

fn add_headers(headers: &mut HeaderMap, switches: &Switches) {
    if switches.vary(wire::UNDOCUMENTED_HEADERS) {
        for (name, value) in UNDOCUMENTED {
            headers.append(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
    }
    if switches.vary(wire::CONNECTION_CLOSED) {
        headers.insert(CONNECTION, HeaderValue::from_static("close"));
    }
    // hyper would use the system's clock, which the variants do not change.
    if !switches.vary(wire::NO_DATE_HEADER)
        && let Ok(date) = HeaderValue::from_str(&clock::http_date(clock::signed_seconds(switches)))
    {
        headers.insert(DATE, date);
    }
}

/// The compressed bytes, or the unchanged bytes if compression fails.
fn gzipped(bytes: Vec<u8>, headers: &mut HeaderMap) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    let compressed = encoder.write_all(&bytes).and_then(|()| encoder.finish());
    let Ok(compressed) = compressed else { return bytes };
    headers.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    headers.append(VARY, HeaderValue::from_static("accept-encoding"));
    compressed
}

impl Pieces {
    fn new(bytes: Vec<u8>, known_length: bool) -> Self {
        let bytes = Bytes::from(bytes);
        let size = if known_length { bytes.len() } else { SMALL_CHUNK };
        let starts = (0..bytes.len()).step_by(size.max(1));
        let left = starts.map(|start| bytes.slice(start..bytes.len().min(start + size))).collect();
        Self { left, known_length }
    }
}

impl Body for Pieces {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut TaskContext<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        Poll::Ready(self.left.pop_front().map(|piece| Ok(Frame::data(piece))))
    }

    fn is_end_stream(&self) -> bool {
        self.left.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        if !self.known_length && !self.left.is_empty() {
            return SizeHint::default();
        }
        SizeHint::with_exact(self.left.iter().map(|piece| u64::try_from(piece.len()).unwrap_or(u64::MAX)).sum())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gzip_is_accepted_if_accept_encoding_allows_it() {
        let accepts = |value: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT_ENCODING, HeaderValue::from_static(value));
            accepts_gzip(&headers)
        };
        assert!(accepts("gzip") && accepts("br, GZip;q=1.0"));
        assert!(!accepts("br") && !accepts("gzip; q=0") && !accepts("identity"));
        assert!(!accepts_gzip(&HeaderMap::new()));
    }

    #[test]
    fn pieces_contain_all_bytes() {
        for known_length in [true, false] {
            let bytes = vec![7; 3 * SMALL_CHUNK + 1];
            let pieces = Pieces::new(bytes.clone(), known_length);
            assert_eq!(pieces.size_hint().exact().is_some(), known_length);
            let sent: Vec<u8> = pieces.left.iter().flatten().copied().collect();
            assert_eq!(sent, bytes);
        }
        assert!(Pieces::new(Vec::new(), false).is_end_stream());
    }
}

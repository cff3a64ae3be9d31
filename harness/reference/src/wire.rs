//! Bodies of responses as hyper sends them, in one piece or in several.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context as TaskContext, Poll};

use hyper::Response;
use hyper::body::{Body, Bytes, Frame, SizeHint};
use hyper::header::{ACCEPT_ENCODING, HeaderMap};

/// The number of bytes in a small chunk.
const SMALL_CHUNK: usize = 7;

/// A body, in one piece or in several.
#[derive(Debug)]
pub(crate) struct Pieces {
    left: VecDeque<Bytes>,
    /// Whether the length is known in advance.
    known_length: bool,
}

/// The response as it is sent. Its length is either known in advance, or its body comes in small chunks.
pub(crate) fn framed(response: Response<Vec<u8>>, known_length: bool) -> Response<Pieces> {
    response.map(|bytes| Pieces::new(bytes, known_length))
}

/// Whether the client accepts gzip.
pub(crate) fn accepts_gzip(headers: &HeaderMap) -> bool {
    let accepted = headers.get_all(ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    accepted.flat_map(|value| value.split(',')).any(|coding| {
        let (name, weight) = coding.split_once(';').unwrap_or((coding, ""));
        name.trim().eq_ignore_ascii_case("gzip") && !weight.replace(' ', "").starts_with("q=0")
    })
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
    use hyper::header::HeaderValue;

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

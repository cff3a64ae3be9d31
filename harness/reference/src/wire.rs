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
    response.map(|bytes| if known_length { Pieces::whole(bytes) } else { Pieces::chunks(bytes, SMALL_CHUNK) })
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
    pub(crate) fn whole(bytes: Vec<u8>) -> Self {
        Self {
            left: Some(bytes).filter(|bytes| !bytes.is_empty()).map(Bytes::from).into_iter().collect(),
            known_length: true,
        }
    }

    /// Chunks of so many bytes.
    pub(crate) fn chunks(bytes: Vec<u8>, size: usize) -> Self {
        let bytes = Bytes::from(bytes);
        let starts = (0..bytes.len()).step_by(size);
        let left = starts.map(|start| bytes.slice(start..bytes.len().min(start + size))).collect();
        Self { left, known_length: false }
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
        let bytes = vec![7; 3 * SMALL_CHUNK + 1];
        let whole = Pieces::whole(bytes.clone());
        let chunks = Pieces::chunks(bytes.clone(), SMALL_CHUNK);
        assert_eq!((whole.size_hint().exact(), chunks.size_hint().exact()), (Some(22), None));
        assert_eq!((whole.left.len(), chunks.left.len()), (1, 4));
        for pieces in [whole, chunks] {
            assert_eq!(pieces.left.iter().flatten().copied().collect::<Vec<u8>>(), bytes);
        }
        assert!(Pieces::whole(Vec::new()).is_end_stream() && Pieces::chunks(Vec::new(), 7).is_end_stream());
    }
}

//! Variants of HTTP responses: media type, headers, compression and framing.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use hyper::ext::ReasonPhrase;
use hyper::header::{CONNECTION, CONTENT_ENCODING, CONTENT_TYPE, DATE, HeaderMap, HeaderName, HeaderValue, VARY};
use hyper::{Response, Version};
use serde_json::{Value, json};

use super::Varied;
use super::notation::with_additional_members;
use crate::clock::{self, TimeRules as _};
use crate::errors::{ApiError, Code};
use crate::request::RequestContext;
use crate::respond::{ResponseRules, error_response, members, plain, set};
use crate::variants::{Variant, limits, wire};
use crate::wire::{Pieces, framed};

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

impl ResponseRules for Varied {
    fn json_text(&self, value: &Value) -> String {
        self.notation(value)
    }

    fn success_body(&self, body: Value) -> Value {
        if self.is_active(wire::ADDITIONAL_MEMBERS) { with_additional_members(body) } else { body }
    }

    fn worded(&self, mut fault: ApiError, context: &RequestContext) -> ApiError {
        self.reword(&mut fault, context);
        fault
    }

    fn failure(&self, fault: ApiError, context: &RequestContext) -> Response<Vec<u8>> {
        let mut response = error_response(&fault, context);
        *response.body_mut() = self.notation(&json!({ "error": members(&fault) })).into_bytes();
        if fault.code == Code::ServiceUnavailable && self.is_active(limits::RETRY_AFTER_ON_UNAVAILABLE) {
            set(&mut response, "retry-after", "30");
        }
        response
    }

    fn elsewhere(&self, response: Response<Vec<u8>>) -> Response<Vec<u8>> {
        if !self.is_active(wire::PLAIN_RESPONSES_ELSEWHERE) {
            return response;
        }
        let mut response = plain(405, b"405 method not allowed\n".to_vec());
        set(&mut response, CONTENT_TYPE.as_str(), "text/plain");
        response
    }

    fn framed(&self, response: Response<Vec<u8>>, context: &RequestContext) -> Response<Pieces> {
        let (mut head, mut bytes) = response.into_parts();
        self.set_media_type(&mut head.headers);
        if context.gzip && !bytes.is_empty() && self.is_active(wire::GZIP_WHERE_ACCEPTED) {
            bytes = gzipped(bytes, &mut head.headers);
        }
        self.add_headers(&mut head.headers);
        if self.is_active(wire::NONSTANDARD_REASON_PHRASES) {
            head.extensions.insert(ReasonPhrase::from_static(b"As It Happens"));
        }
        let closed = self.is_active(wire::CLOSE_DELIMITED_BODIES);
        if closed {
            head.version = Version::HTTP_10;
            head.headers.insert(CONNECTION, HeaderValue::from_static("close"));
        }
        framed(Response::from_parts(head, bytes), !closed && !self.is_active(wire::CHUNKED_BODIES))
    }
}

impl Varied {
    fn set_media_type(&self, headers: &mut HeaderMap) {
        let plain = headers.get(CONTENT_TYPE).is_some_and(|value| value == "application/json");
        if let Some(other) = self.variant(MEDIA_TYPES).filter(|_| plain) {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static(other));
        }
    }

    fn add_headers(&self, headers: &mut HeaderMap) {
        if self.is_active(wire::UNDOCUMENTED_HEADERS) {
            for (name, value) in UNDOCUMENTED {
                headers.append(HeaderName::from_static(name), HeaderValue::from_static(value));
            }
        }
        if self.is_active(wire::CONNECTION_CLOSED) {
            headers.insert(CONNECTION, HeaderValue::from_static("close"));
        }
        if !self.is_active(wire::NO_DATE_HEADER)
            && let Ok(date) = HeaderValue::from_str(&clock::http_date(self.signed_seconds()))
        {
            headers.insert(DATE, date);
        }
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

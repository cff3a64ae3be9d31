//! A request that was read completely, and what its response needs to know about it.

use hyper::Method;
use hyper::header::HeaderMap;

use crate::limiter::Quota;
use crate::route::{self, Operation, Route};

/// A request that was read completely.
#[derive(Debug)]
pub(crate) struct Request {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Body,
}

/// The body of a request.
#[derive(Debug)]
pub(crate) enum Body {
    /// The complete body; empty if the request has none.
    Whole(Vec<u8>),
    /// The connection was closed before the end of the body.
    CutShort,
    /// Longer than the server keeps.
    TooLong,
}

/// Facts about a request that its response needs besides the outcome.
#[derive(Clone, Debug)]
pub(crate) struct RequestContext {
    pub(crate) request_id: String,
    pub(crate) operation: Option<Operation>,
    pub(crate) quota: Option<Quota>,
    /// The credential that was sent, valid or not.
    pub(crate) credential: String,
    /// Whether the id in the path has an invalid percent escape.
    pub(crate) bad_escape: bool,
    /// Whether the client accepts gzip.
    pub(crate) gzip: bool,
}

impl RequestContext {
    /// The context of a request that was not handled yet.
    pub(crate) fn new(request: &Request, route: Option<&Route>, request_id: String) -> Self {
        Self {
            request_id,
            bad_escape: route.is_some_and(|route| route::has_bad_escape(&route.raw_id)),
            operation: route.map(|route| route.operation),
            quota: None,
            credential: request.credential(),
            gzip: crate::wire::accepts_gzip(&request.headers),
        }
    }
}

impl Request {
    /// Whether the request has a credential of any kind.
    pub(crate) fn has_credential(&self) -> bool {
        self.headers.contains_key("x-api-key") || self.headers.contains_key("authorization")
    }

    /// The credential in the headers, without its scheme.
    fn credential(&self) -> String {
        let text = |name: &str| self.headers.get(name).and_then(|value| value.to_str().ok());
        let authorization = text("authorization").and_then(|value| value.split_once(' '));
        text("x-api-key").or(authorization.map(|(_, credential)| credential)).unwrap_or_default().to_owned()
    }
}

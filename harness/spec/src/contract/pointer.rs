//! JSON Pointers (RFC 6901).

/// A token of a pointer, escaped.
pub(super) fn escaped(token: &str) -> String {
    token.replace('~', "~0").replace('/', "~1")
}

//! Percent-encoding (RFC 3986, section 2.1).

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// All but the unreserved characters.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
const RESERVED_IN_FRAGMENT: &AsciiSet = &RESERVED.remove(b'/');

/// Encodes everything except the unreserved characters.
pub fn encoded(text: &str) -> String {
    utf8_percent_encode(text, RESERVED).to_string()
}

/// A JSON Pointer as a URI fragment (RFC 6901, section 6).
pub(crate) fn as_fragment(pointer: &str) -> String {
    utf8_percent_encode(pointer, RESERVED_IN_FRAGMENT).to_string()
}

/// Decodes what is encoded; `%` before anything else stays.
pub fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

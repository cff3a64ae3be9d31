//! Reads the texts of keys: the expected and the actual value. The texts are written in `spec::scenario` (the accepted
//! responses of an expectation) and in `judge::finding` (the shape of a response).

use std::collections::BTreeSet;

/// The shape of what is not there.
pub(super) const ABSENT: &str = "absent";
/// How an expectation begins that permits every response but one.
const ANY_BUT: &str = "anything but ";
/// How an expectation begins that permits every documented response but a server error, or every documented refusal.
const ANY_DOCUMENTED: &str = "any documented";

/// The statuses in an expected text: `NOT_FOUND (404)`.
pub(super) fn statuses(expected: &str) -> Vec<u16> {
    expected.split('(').filter_map(|rest| rest.split_once(')')?.0.parse().ok()).collect()
}

/// The status that a response's shape begins with.
pub(super) fn status_of(response: &str) -> Option<u16> {
    response.split(' ').next()?.parse().ok()
}

/// True for a response with a status from 500 up.
pub(super) fn is_server_error(response: &str) -> bool {
    status_of(response).is_some_and(|status| status >= 500)
}

/// The code of an expectation that permits only one: `GONE (410)`.
pub(super) fn only_code(expected: &str) -> Option<&str> {
    let (code, rest) = expected.split_once(" (")?;
    let alone = rest.ends_with(')') && !rest.contains(" or ") && !code.contains(' ');
    alone.then_some(code)
}

/// True if every documented response or every documented refusal is expected.
pub(super) fn permits_documented(expected: &str) -> bool {
    expected.starts_with(ANY_DOCUMENTED)
}

/// True if every documented response but a server error is expected.
pub(super) fn permits_responses(expected: &str) -> bool {
    expected.strip_prefix(ANY_DOCUMENTED).is_some_and(|rest| rest.starts_with(" response"))
}

/// True if every documented refusal is expected.
pub(super) fn permits_refusals(expected: &str) -> bool {
    expected.strip_prefix(ANY_DOCUMENTED).is_some_and(|rest| rest.starts_with(" refusal"))
}

/// `success or GONE (404)` permits more than `GONE (404)`, and `anything but GONE` more than both.
pub(super) fn permits_more(expected: &str, other: &str) -> bool {
    let alternatives = |text: &str| -> BTreeSet<String> { text.split(" or ").map(str::to_owned).collect() };
    let (own, theirs) = (alternatives(expected), alternatives(other));
    match (expected.starts_with(ANY_BUT), other.starts_with(ANY_BUT)) {
        (true, false) => true,
        (false, false) => theirs.len() < own.len() && theirs.is_subset(&own),
        (_, true) => false,
    }
}

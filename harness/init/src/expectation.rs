//! The expectations of starter scenarios: what the documentation says. Where it says nothing, only what is common.

use serde_json::{Value, json};

use super::access::Need;
use super::codes::Catalogue;
use super::operations::Operation;
use super::origin::Origin;
use super::yaml::one_or_many;

/// The expectation of a step.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Expected {
    pub(super) value: Value,
    /// The expected code, if there is exactly one.
    pub(super) code: Option<String>,
    /// What says so.
    pub(super) origin: Origin,
    /// True if the documentation says that the request is refused, or succeeds, even if a status or code is a guess.
    pub(super) is_documented: bool,
}

impl Expected {
    fn guess(value: Value) -> Self {
        Self { value, code: None, origin: Origin::Guess, is_documented: false }
    }

    /// A guess about a response of which the documentation says at least whether it is a refusal.
    fn documented_guess(value: Value) -> Self {
        Self { is_documented: true, ..Self::guess(value) }
    }

    /// A documented success.
    pub(super) fn success() -> Self {
        Self { value: json!({ "success": true }), code: None, origin: Origin::Documented, is_documented: true }
    }

    /// Any documented response.
    pub(super) fn anything() -> Self {
        Self::guess(json!({ "any_documented": true }))
    }

    pub(super) fn refusal() -> Self {
        Self::guess(json!({ "any_refusal": true }))
    }
}

/// Expects one of these statuses, or their codes if all of them are known. One of them at least is documented.
fn statuses(catalogue: &Catalogue, statuses: &[u16], origin: Origin) -> Expected {
    let expected = |value: Value, code| Expected { value, code, origin, is_documented: true };
    match catalogue.of_statuses(statuses) {
        Some(codes) if codes.len() == 1 => expected(json!({ "error": one_or_many(&codes) }), codes.into_iter().next()),
        Some(codes) => expected(json!({ "error": codes }), None),
        None => expected(json!({ "status": one_or_many(statuses) }), None),
    }
}

/// Like `statuses`, but uses the codes of examples if there is no list of codes. That is a guess, because examples do
/// not show all codes.
fn shown(catalogue: &Catalogue, numbers: &[u16]) -> Expected {
    let listed = statuses(catalogue, numbers, Origin::Documented);
    let of_examples = catalogue.shown_with(numbers).filter(|_| listed.value.get("error").is_none());
    of_examples.map_or(listed, |codes| Expected {
        code: codes.first().cloned().filter(|_| numbers.len() == 1),
        ..Expected::documented_guess(json!({ "error": one_or_many(&codes) }))
    })
}

/// A request without a credential, or with an invalid one.
pub(super) fn without_access(catalogue: &Catalogue, operation: &Operation<'_>, is_invalid: bool) -> Expected {
    if matches!(operation.need, Need::Undocumented(_)) {
        return Expected::anything();
    }
    match (operation.documents(401), operation.documents(403)) {
        (true, true) if is_invalid => shown(catalogue, &[401, 403]),
        (true, _) => shown(catalogue, &[401]),
        // `security` says that a credential is needed, but not with which status a request without it is refused.
        (false, true) => Expected::documented_guess(json!({ "status": [401, 403] })),
        (false, false) => Expected::documented_guess(json!({ "any_refusal": true })),
    }
}

/// A request with an unknown id; `has_form` is true if the id has the documented form.
pub(super) fn unknown(catalogue: &Catalogue, operation: &Operation<'_>, has_form: bool) -> Expected {
    match (operation.documents(404), has_form) {
        (true, true) => shown(catalogue, &[404]),
        (true, false) => Expected::documented_guess(json!({ "status": [404, 400, 422] })),
        // A GET of an unknown item is probably refused. Other operations may accept an unknown id.
        (false, _) if operation.method == "GET" && operation.is_item() => Expected::refusal(),
        (false, _) => Expected::anything(),
    }
}

/// A request for a deleted resource.
pub(super) fn deleted(catalogue: &Catalogue, operation: &Operation<'_>) -> Expected {
    match (operation.documents(404), operation.documents(410)) {
        (true, false) => shown(catalogue, &[404]),
        (true, true) => shown(catalogue, &[404, 410]),
        _ => Expected::refusal(),
    }
}

/// A request with an invalid body.
pub(super) fn invalid(catalogue: &Catalogue, operation: &Operation<'_>) -> Expected {
    let has_code = |status: u16| catalogue.of_statuses(&[status]).is_some();
    match (operation.documents(400), operation.documents(422)) {
        (true, true) => statuses(catalogue, &[400, 422], Origin::Documented),
        (false, false) => Expected::refusal(),
        // The framework of an API often uses one of the two statuses, and the API itself uses the other.
        (is_400, _) => {
            let (own, other) = if is_400 { (400, 422) } else { (422, 400) };
            match (has_code(own), has_code(other)) {
                (true, false) => statuses(catalogue, &[own], Origin::Documented),
                _ => statuses(catalogue, &[400, 422], Origin::Guess),
            }
        }
    }
}

/// A request without a required header, if the operation documents other refusals than those of invalid values: APIs refuse
/// it in different ways. The refusal of a missing credential is not one of them.
pub(super) fn missing_header(catalogue: &Catalogue, operation: &Operation<'_>) -> Option<Expected> {
    const OF_CREDENTIALS: [u16; 3] = [401, 403, 407];
    const OF_VALUES: [u16; 2] = [400, 422];
    let documented = operation.responses.iter().filter_map(|response| response.status.parse::<u16>().ok());
    let possible: Vec<u16> =
        documented.filter(|status| (400..500).contains(status) && !OF_CREDENTIALS.contains(status)).collect();
    let has_others = possible.iter().any(|status| !OF_VALUES.contains(status));
    has_others.then(|| statuses(catalogue, &possible, Origin::Documented))
}

/// A request with a plain text body, declared as plain text.
pub(super) fn media_type(catalogue: &Catalogue, operation: &Operation<'_>) -> Expected {
    if operation.documents(415) { statuses(catalogue, &[415], Origin::Documented) } else { Expected::refusal() }
}

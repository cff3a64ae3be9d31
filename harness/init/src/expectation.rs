//! What a starter scenario may expect: what the documentation says, and where it says nothing, no more than is common.

use serde_json::{Value, json};

use super::access::Need;
use super::codes::Catalogue;
use super::operations::Operation;

/// An expectation of one step.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Expected {
    pub(super) value: Value,
    /// The only code that is expected.
    pub(super) code: Option<String>,
    /// Whether the documentation does not say so.
    pub(super) is_guess: bool,
}

impl Expected {
    fn guess(value: Value) -> Self {
        Self { value, code: None, is_guess: true }
    }

    /// A documented success.
    pub(super) fn success() -> Self {
        Self { value: json!({ "success": true }), code: None, is_guess: false }
    }

    /// Anything that is documented.
    pub(super) fn anything() -> Self {
        Self::guess(json!({ "any_documented": true }))
    }

    /// Any refusal.
    pub(super) fn refusal() -> Self {
        Self::guess(json!({ "any_refusal": true }))
    }
}

/// These statuses, by their codes where all of these are known.
fn statuses(catalogue: &Catalogue, statuses: &[u16], is_guess: bool) -> Expected {
    match catalogue.of_statuses(statuses) {
        Some(codes) if codes.len() == 1 => {
            Expected { value: json!({ "error": one_or_many(&codes) }), code: codes.into_iter().next(), is_guess }
        }
        Some(codes) => Expected { value: json!({ "error": codes }), code: None, is_guess },
        None => Expected { value: json!({ "status": one_or_many(statuses) }), code: None, is_guess },
    }
}

/// The same where examples may speak for a list of codes: what they show is not all that there may be.
fn shown(catalogue: &Catalogue, numbers: &[u16]) -> Expected {
    let listed = statuses(catalogue, numbers, false);
    let of_examples = catalogue.shown_with(numbers).filter(|_| listed.value.get("error").is_none());
    of_examples.map_or(listed, |codes| Expected {
        value: json!({ "error": one_or_many(&codes) }),
        code: codes.into_iter().next().filter(|_| numbers.len() == 1),
        is_guess: true,
    })
}

fn one_or_many<T: serde::Serialize>(all: &[T]) -> Value {
    if let [one] = all { json!(one) } else { json!(all) }
}

/// A request without a credential, or with a wrong one.
pub(super) fn without_access(catalogue: &Catalogue, operation: &Operation<'_>, is_wrong: bool) -> Expected {
    if matches!(operation.need, Need::Unknown(_)) {
        return Expected::anything();
    }
    match (operation.documents(401), operation.documents(403)) {
        (true, true) if is_wrong => shown(catalogue, &[401, 403]),
        (true, _) => shown(catalogue, &[401]),
        (false, true) => Expected::guess(json!({ "status": [401, 403] })),
        (false, false) => Expected::guess(json!({ "status": [401, 403, 404] })),
    }
}

/// A request about something that is not there; `has_shape` where its id is of the documented form.
pub(super) fn unknown(catalogue: &Catalogue, operation: &Operation<'_>, has_shape: bool) -> Expected {
    match (operation.documents(404), has_shape) {
        (true, true) => shown(catalogue, &[404]),
        (true, false) => Expected::guess(json!({ "status": [404, 400, 422] })),
        // An item that cannot be found is hardly served; anything else may have an answer for an unknown id.
        (false, _) if operation.method == "GET" && operation.is_item() => Expected::refusal(),
        (false, _) => Expected::anything(),
    }
}

/// A request for something that was deleted.
pub(super) fn gone(catalogue: &Catalogue, operation: &Operation<'_>) -> Expected {
    match (operation.documents(404), operation.documents(410)) {
        (true, false) => shown(catalogue, &[404]),
        (true, true) => shown(catalogue, &[404, 410]),
        _ => Expected::refusal(),
    }
}

/// A body that is not as documented.
pub(super) fn invalid(catalogue: &Catalogue, operation: &Operation<'_>) -> Expected {
    let has_code = |status: u16| catalogue.of_statuses(&[status]).is_some();
    match (operation.documents(400), operation.documents(422)) {
        (true, true) => statuses(catalogue, &[400, 422], false),
        (false, false) => Expected::refusal(),
        // A framework refuses some bodies with one of them and the API with the other, documented or not.
        (is_400, _) => {
            let (own, other) = if is_400 { (400, 422) } else { (422, 400) };
            match (has_code(own), has_code(other)) {
                (true, false) => statuses(catalogue, &[own], false),
                _ => statuses(catalogue, &[400, 422], true),
            }
        }
    }
}

/// A body that is declared as something else than JSON, and is nothing else.
pub(super) fn media_type(catalogue: &Catalogue, operation: &Operation<'_>) -> Expected {
    if operation.documents(415) { statuses(catalogue, &[415], false) } else { Expected::refusal() }
}

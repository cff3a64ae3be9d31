//! Finds the members of error bodies that repeat the HTTP status and that name the wrong field.
//!
//! A name alone is a guess. Examples with a status, and recorded responses, show whether the guess is right.

use serde_json::Value;

use super::error_body::{Envelope, ErrorBody, Field, Found, PROBLEM};
use super::origin::Origin;
use super::schema::ErrorMember;
use spec::contract::FieldForm;

const STATUS_NAMES: &[&str] = &["status", "statuscode", "httpstatus", "httpstatuscode", "httpcode", "code"];
/// A member of this name often is a code of its own, so it needs evidence.
const AMBIGUOUS_STATUS_NAME: &str = "code";
const FIELD_NAMES: &[&str] =
    &["pointer", "field", "fieldname", "param", "parameter", "property", "propertypath", "propertyname", "attribute"];
/// Members that name the field if they are in a list of faults.
const FIELD_NAMES_IN_LISTS: &[&str] = &["name", "path", "key", "member"];
/// Lists with one element for each wrong field.
const LISTS: &[&str] = &[
    "errors",
    "details",
    "violations",
    "constraintviolations",
    "invalidparams",
    "invalidfields",
    "fielderrors",
    "fields",
    "validationerrors",
    "issues",
];

/// The member that repeats the HTTP status.
pub(super) fn status(envelope: &Envelope, documented: &[&ErrorBody], learned: &[ErrorBody]) -> Option<Found> {
    let is_near = |place: &&ErrorMember| {
        place.pointer != envelope.code && (place.parent().is_empty() || place.parent() == envelope.parent)
    };
    let places = || documented.iter().copied().chain(learned).flat_map(|body| body.places.iter()).filter(is_near);
    STATUS_NAMES.iter().find_map(|name| {
        let place = places().find(|place| place.name() == *name)?;
        let origin = origin_of_status(place, documented, learned)?;
        Some(Found { pointer: place.pointer.clone(), origin })
    })
}

/// What shows that a member repeats the status; `None` if something shows that it does not.
fn origin_of_status(place: &ErrorMember, documented: &[&ErrorBody], learned: &[ErrorBody]) -> Option<Origin> {
    let shown = statuses_shown(documented.iter().copied(), &place.pointer)?;
    let responded = statuses_shown(learned.iter(), &place.pointer)?;
    if shown.len() > 1 {
        return Some(Origin::Documented);
    }
    if !responded.is_empty() {
        return Some(Origin::Learned);
    }
    let is_number = place.types.iter().any(|kind| kind == "integer" || kind == "number");
    let is_likely = is_number && place.name() != AMBIGUOUS_STATUS_NAME;
    (is_likely || !shown.is_empty()).then_some(Origin::Guess)
}

/// The statuses of the examples in which a member repeats the status; `None` if it has another value in one of them.
fn statuses_shown<'b>(bodies: impl Iterator<Item = &'b ErrorBody>, pointer: &str) -> Option<Vec<u16>> {
    let mut statuses = Vec::new();
    for body in bodies.filter(|body| body.schema.is_none()) {
        let (Some(status), Some(place)) = (body.number(), body.at(pointer)) else { continue };
        let is_same = |value: &Value| {
            value.as_f64() == Some(f64::from(status)) || value.as_str().is_some_and(|text| text == status.to_string())
        };
        if !place.values.iter().all(is_same) {
            return None;
        }
        if !statuses.contains(&status) {
            statuses.push(status);
        }
    }
    Some(statuses)
}

/// True if examples show that a member repeats the status.
pub(super) fn repeats_the_status(bodies: &[&ErrorBody], pointer: &str) -> bool {
    statuses_shown(bodies.iter().copied(), pointer).is_some_and(|statuses| !statuses.is_empty())
}

/// The member that names the wrong field: next to the code, or in the elements of a list.
pub(super) fn field(envelope: &Envelope, documented: &[&ErrorBody], learned: &[ErrorBody]) -> Option<Field> {
    // Errors of another shape name their fields in another place.
    let is_same = |body: &&ErrorBody| body.at(&envelope.code).is_some() || body.at(&envelope.message).is_some();
    let bodies = || learned.iter().chain(documented.iter().copied()).filter(is_same);
    let is_sibling = |place: &&ErrorMember| place.parent() == envelope.parent;
    let in_list = |place: &&ErrorMember| list_of(&place.pointer).is_some();
    let find = |names: &[&str], fits: &dyn Fn(&&ErrorMember) -> bool| {
        names.iter().find_map(|name| {
            let places = bodies().flat_map(|body| body.places.iter());
            let can = |place: &&ErrorMember| place.may_be("string") && place.pointer != envelope.code;
            places.filter(|place| can(place) && fits(place)).find(|place| place.name() == *name).cloned()
        })
    };
    let place = find(FIELD_NAMES, &is_sibling)
        .or_else(|| find(FIELD_NAMES, &in_list))
        .or_else(|| find(FIELD_NAMES_IN_LISTS, &in_list))?;
    let responded = values(learned.iter(), &place.pointer);
    let shown = values(documented.iter().copied(), &place.pointer);
    let origin = match (shown.is_empty(), responded.is_empty()) {
        (false, _) => Origin::Documented,
        (true, false) => Origin::Learned,
        (true, true) => Origin::Guess,
    };
    let form = form_of(&shown.into_iter().chain(responded).collect::<Vec<_>>(), &place, envelope)?;
    Some(Field { pointer: place.pointer.replace("/0/", "/*/"), form, origin })
}

/// The name of the list whose elements contain a member, if it is a list of faults.
fn list_of(pointer: &str) -> Option<String> {
    let (list, _) = pointer.rsplit_once("/0/")?;
    let name = ErrorMember { pointer: list.to_owned(), ..ErrorMember::default() }.name();
    LISTS.contains(&name.as_str()).then_some(name)
}

/// The values that examples and responses show.
fn values<'b>(bodies: impl Iterator<Item = &'b ErrorBody>, pointer: &str) -> Vec<&'b str> {
    bodies.filter_map(|body| body.at(pointer)).flat_map(|place| &place.values).filter_map(Value::as_str).collect()
}

/// The form of all values; `None` if they have different forms. Without values, the name and RFC 9457 suggest a form.
fn form_of(values: &[&str], place: &ErrorMember, envelope: &Envelope) -> Option<FieldForm> {
    let form = |text: &str| match text {
        text if text.starts_with('#') => FieldForm::Fragment,
        text if text.starts_with('/') => FieldForm::Pointer,
        _ => FieldForm::Name,
    };
    let of_name = match (place.name() == "pointer", envelope.media_type == PROBLEM) {
        (true, true) => FieldForm::Fragment,
        (true, false) => FieldForm::Pointer,
        (false, _) => FieldForm::Name,
    };
    let first = values.first().map_or(of_name, |first| form(first));
    values.iter().all(|value| form(value) == first && first.fits(value)).then_some(first)
}

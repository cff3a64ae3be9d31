//! Reading the members of a request: which are missing, which have the wrong type, which the wrong format.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::defects::{Defect, Flaws, envelope, fields};
use crate::errors::{Code, Fault};
use crate::formats;

/// A field of a customer.
struct Field {
    name: &'static str,
    required: bool,
}

const fn field(name: &'static str, required: bool) -> Field {
    Field { name, required }
}

const FIELDS: &[Field] = &[
    field("email", true),
    field("firstName", true),
    field("lastName", true),
    field("dateOfBirth", true),
    field("phoneNumber", false),
    field("country", false),
    field("postalCode", false),
];

/// The names of a customer's fields, in the order in which they are shown.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    FIELDS.iter().map(|field| field.name)
}

/// What a request sets, and (with none) what it clears.
pub(crate) type Changes = BTreeMap<&'static str, Option<String>>;

/// What the fields are read for.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Purpose<'a> {
    /// A new customer, who needs all required fields.
    Create,
    /// An update of a customer who lives in this country.
    Update { country: Option<&'a str> },
}

/// The fields of a customer that the members hold. Members that are no fields are ignored.
pub(crate) fn read(members: &Map<String, Value>, purpose: Purpose, flaws: &Flaws) -> Result<Changes, Fault> {
    let mut changes = Changes::new();
    for field in FIELDS {
        match members.get(field.name) {
            Some(value) => note(field, value, purpose, flaws, &mut changes)?,
            None if field.required && matches!(purpose, Purpose::Create) => missing(field.name, flaws)?,
            None => {}
        }
    }
    check_formats(&changes, purpose, flaws)?;
    Ok(changes)
}

/// A text that must be there.
pub(crate) fn required_text<'a>(
    members: &'a Map<String, Value>,
    name: &'static str,
    flaws: &Flaws,
) -> Result<&'a str, Fault> {
    match members.get(name) {
        Some(Value::String(text)) => Ok(text),
        Some(_) => Err(mistyped(name, flaws)),
        None => missing(name, flaws).map(|()| ""),
    }
}

fn note(field: &Field, value: &Value, purpose: Purpose, flaws: &Flaws, changes: &mut Changes) -> Result<(), Fault> {
    match value {
        Value::Null if !field.required => {
            changes.insert(field.name, None);
        }
        Value::String(text) => {
            refuse_odd(field, text, flaws)?;
            changes.insert(field.name, Some(text.clone()));
        }
        _ => {
            if let Some(text) = tolerated(field, value, flaws) {
                changes.insert(field.name, Some(text));
            } else if !ignored(field, purpose, flaws) {
                return Err(mistyped(field.name, flaws));
            }
        }
    }
    Ok(())
}

fn check_formats(changes: &Changes, purpose: Purpose, flaws: &Flaws) -> Result<(), Fault> {
    let stored = match purpose {
        Purpose::Create => None,
        Purpose::Update { country } => country,
    };
    let country = match changes.get("country") {
        Some(given) => given.as_deref(),
        None => stored,
    };
    let updating = matches!(purpose, Purpose::Update { .. });
    for (name, text) in changes {
        if let Some(text) = text {
            formats::check(name, text, country, updating, flaws)?;
        }
    }
    Ok(())
}

fn missing(name: &'static str, flaws: &Flaws) -> Result<(), Fault> {
    if is_optional(name, flaws) {
        return Ok(());
    }
    let fault = Fault::invalid(name, format!("Field '{name}' is required"));
    Err(match () {
        () if flaws.has(envelope::DROPS_MISSING_FIELD) => fault.without_field(),
        () if flaws.has(envelope::MISSING_FIELD_NAMED_BODY) => fault.field("body"),
        () if flaws.has(fields::MISSING_FIELD_AS_FORMAT_ERROR) => fault.code(Code::InvalidFieldFormat),
        () if name == "email" && flaws.has(fields::MISSING_EMAIL_AS_CONFLICT) => {
            fault.code(Code::ResourceConflict).without_field()
        }
        () => fault,
    })
}

fn is_optional(name: &str, flaws: &Flaws) -> bool {
    let rows: &[(Defect, &str)] = &[
        (fields::FIRST_NAME_OPTIONAL, "firstName"),
        (fields::LAST_NAME_OPTIONAL, "lastName"),
        (fields::DATE_OF_BIRTH_OPTIONAL, "dateOfBirth"),
        (fields::EMAIL_OPTIONAL, "email"),
        (fields::WEBHOOK_URL_OPTIONAL, "url"),
        (fields::DOCUMENT_CONTENT_OPTIONAL, "content"),
    ];
    rows.iter().any(|(defect, optional)| *optional == name && flaws.has(*defect))
}

fn mistyped(name: &'static str, flaws: &Flaws) -> Fault {
    let fault = Fault::invalid(name, format!("Field '{name}' must be a string"));
    match () {
        () if flaws.has(envelope::DROPS_MISTYPED_FIELD) => fault.without_field(),
        () if flaws.has(fields::WRONG_TYPE_AS_CONFLICT) => fault.code(Code::ResourceConflict).without_field(),
        () if flaws.has(fields::WRONG_TYPE_500) => Fault::internal(),
        () => fault,
    }
}

/// The text that a defect takes a value of the wrong type for.
fn tolerated(field: &Field, value: &Value, flaws: &Flaws) -> Option<String> {
    let is_name = matches!(field.name, "firstName" | "lastName");
    match value {
        Value::Number(number) if is_name && flaws.has(fields::COERCES_NUMBERS) => Some(number.to_string()),
        Value::Null if is_name && flaws.has(fields::NULL_NAMES_ACCEPTED) => Some("-".to_owned()),
        Value::Array(values) if flaws.has(fields::UNWRAPS_ARRAYS) => {
            values.first().and_then(Value::as_str).map(str::to_owned)
        }
        _ => None,
    }
}

fn ignored(field: &Field, purpose: Purpose, flaws: &Flaws) -> bool {
    let updating = matches!(purpose, Purpose::Update { .. });
    (!field.required && flaws.has(fields::IGNORES_MISTYPED_OPTIONALS))
        || (updating && flaws.has(fields::UPDATE_IGNORES_MISTYPED_FIELDS))
}

/// Fails on texts that a defect cannot take.
fn refuse_odd(field: &Field, text: &str, flaws: &Flaws) -> Result<(), Fault> {
    let is_name = matches!(field.name, "firstName" | "lastName");
    let trips: &[(Defect, bool)] = &[
        (fields::NUL_500, text.contains('\0')),
        (fields::LONG_VALUE_500, text.len() > 5_000),
        (fields::EMOJI_500, text.chars().any(|one| one > '\u{ffff}')),
        (fields::APOSTROPHE_500, is_name && text.contains('\'')),
        (fields::EMPTY_STRING_500, text.is_empty()),
        (fields::DAY_ZERO_500, field.name == "dateOfBirth" && text.ends_with("-00")),
    ];
    if trips.iter().any(|(defect, trips)| *trips && flaws.has(*defect)) {
        return Err(Fault::internal());
    }
    let letters = field.name == "phoneNumber" && text.contains(|one: char| one.is_ascii_alphabetic());
    if letters && flaws.has(fields::PHONE_LETTERS_503) {
        return Err(Fault::new(Code::ServiceUnavailable).details("The phone service is down"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn good() -> Value {
        json!({ "email": "a@example.com", "firstName": "A", "lastName": "B", "dateOfBirth": "1990-01-01" })
    }

    fn fault_of(members: &Value) -> Option<(Code, Option<String>)> {
        let members = members.as_object().expect("an object");
        let outcome = read(members, Purpose::Create, &Flaws::default());
        outcome.err().map(|fault| (fault.code, fault.field))
    }

    #[test]
    fn each_required_field_is_missed_by_name() {
        for name in ["email", "firstName", "lastName", "dateOfBirth"] {
            let mut members = good();
            members.as_object_mut().expect("an object").remove(name);
            assert_eq!(fault_of(&members), Some((Code::ValidationError, Some(name.to_owned()))));
        }
    }

    #[test]
    fn wrong_types_are_named() {
        for name in names() {
            for value in [json!(1), json!(true), json!([]), json!({})] {
                let mut members = good();
                members[name] = value;
                assert_eq!(fault_of(&members), Some((Code::ValidationError, Some(name.to_owned()))));
            }
        }
    }

    #[test]
    fn null_clears_optional_fields_only() {
        let mut members = good();
        members["phoneNumber"] = Value::Null;
        assert_eq!(fault_of(&members), None);
        members["email"] = Value::Null;
        assert_eq!(fault_of(&members), Some((Code::ValidationError, Some("email".to_owned()))));
    }
}

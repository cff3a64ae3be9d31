//! Reads the fields of a request and rejects missing fields, wrong types and wrong formats.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::errors::ApiError;
use crate::formats::{FormatRules, Given};

/// A field of a customer.
#[derive(Debug)]
pub(crate) struct Field {
    pub(crate) name: &'static str,
    pub(crate) required: bool,
}

const fn field(name: &'static str, required: bool) -> Field {
    Field { name, required }
}

pub(crate) const FIELDS: &[Field] = &[
    field("email", true),
    field("firstName", true),
    field("lastName", true),
    field("dateOfBirth", true),
    field("phoneNumber", false),
    field("country", false),
    field("postalCode", false),
];

/// The names of a customer's fields, in the order of the output.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    FIELDS.iter().map(|field| field.name)
}

/// The new values of fields; `None` clears a field.
pub(crate) type Changes = BTreeMap<&'static str, Option<String>>;

/// The operation that reads the fields.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Purpose<'a> {
    /// A new customer: all required fields must be present.
    Create,
    /// An update of a customer with this country and this postal code.
    Update { country: Option<&'a str>, postal_code: Option<&'a str> },
}

impl<'a> Purpose<'a> {
    pub(crate) fn is_update(self) -> bool {
        matches!(self, Purpose::Update { .. })
    }

    fn stored_country(self) -> Option<&'a str> {
        match self {
            Purpose::Create => None,
            Purpose::Update { country, .. } => country,
        }
    }
}

/// How fields are read.
pub(crate) trait FieldRules: FormatRules {
    fn customer_fields(&self, members: &Map<String, Value>, purpose: Purpose) -> Result<Changes, ApiError>;

    /// VAL-2: a required field is missing.
    fn missing(&self, name: &'static str) -> Result<(), ApiError> {
        Err(ApiError::invalid(name, format!("Field '{name}' is required")))
    }

    /// VAL-3: a field of the wrong type, or null where one is required.
    fn mistyped(&self, name: &'static str, _value: &Value) -> ApiError {
        ApiError::invalid(name, format!("Field '{name}' must be a string"))
    }

    /// What a field of the wrong type is read as. VAL-3: nothing, it is an error.
    fn tolerated(&self, _field: &Field, _value: &Value, _purpose: Purpose) -> Option<Changes> {
        None
    }

    /// The text of a field. FMT-5: no value yields a 5xx.
    fn text(&self, _field: &Field, text: &str) -> Result<String, ApiError> {
        Ok(text.to_owned())
    }

    /// An optional field is null, which clears it.
    fn cleared(&self, _field: &Field) -> Result<(), ApiError> {
        Ok(())
    }

    /// Whether the formats of these members are checked.
    fn has_formats(&self, _members: &Map<String, Value>) -> bool {
        true
    }

    /// FMT-4: the country by which a postal code is judged: the new one, or else the stored one.
    fn judging_country<'a>(&self, new: Option<Option<&'a str>>, stored: Option<&'a str>) -> Option<&'a str> {
        new.unwrap_or(stored)
    }
}

/// Reads the fields of a customer. Other members are ignored.
pub(crate) fn read(
    members: &Map<String, Value>,
    purpose: Purpose,
    rules: &dyn FieldRules,
) -> Result<Changes, ApiError> {
    let mut changes = Changes::new();
    for field in FIELDS {
        read_field(field, members, purpose, rules, &mut changes)?;
    }
    if rules.has_formats(members) {
        changes.iter().try_for_each(|(name, text)| check_format(name, text.as_deref(), &changes, purpose, rules))?;
    }
    Ok(changes)
}

/// Reads one field.
pub(crate) fn read_field(
    field: &Field,
    members: &Map<String, Value>,
    purpose: Purpose,
    rules: &dyn FieldRules,
    changes: &mut Changes,
) -> Result<(), ApiError> {
    match members.get(field.name) {
        None if field.required && !purpose.is_update() => rules.missing(field.name)?,
        None => {}
        Some(Value::Null) if !field.required => {
            rules.cleared(field)?;
            changes.insert(field.name, None);
        }
        Some(Value::String(text)) => {
            changes.insert(field.name, Some(rules.text(field, text)?));
        }
        Some(value) => match rules.tolerated(field, value, purpose) {
            Some(tolerated) => changes.extend(tolerated),
            None => return Err(rules.mistyped(field.name, value)),
        },
    }
    Ok(())
}

/// Checks the format of one of the changes.
pub(crate) fn check_format(
    name: &'static str,
    text: Option<&str>,
    changes: &Changes,
    purpose: Purpose,
    rules: &dyn FieldRules,
) -> Result<(), ApiError> {
    let Some(text) = text else { return Ok(()) };
    rules.check_format(Given { name, text, country: country(changes, purpose, rules), updating: purpose.is_update() })
}

/// The country of the customer after the request.
pub(crate) fn country<'a>(changes: &'a Changes, purpose: Purpose<'a>, rules: &dyn FieldRules) -> Option<&'a str> {
    rules.judging_country(changes.get("country").map(Option::as_deref), purpose.stored_country())
}

/// A member that must be present and a string.
pub(crate) fn required_text<'a>(
    members: &'a Map<String, Value>,
    name: &'static str,
    rules: &dyn FieldRules,
) -> Result<&'a str, ApiError> {
    match members.get(name) {
        Some(Value::String(text)) => Ok(text),
        Some(value) => Err(rules.mistyped(name, value)),
        None => rules.missing(name).map(|()| ""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::errors::Code;
    use crate::rules::Conforming;
    use serde_json::json;

    fn good() -> Value {
        json!({ "email": "a@example.com", "firstName": "A", "lastName": "B", "dateOfBirth": "1990-01-01" })
    }

    fn fault_of(members: &Value) -> Option<(Code, Option<String>)> {
        let members = members.as_object().expect("an object");
        let outcome = read(members, Purpose::Create, &Conforming);
        outcome.err().map(|fault| (fault.code, fault.field))
    }

    #[test]
    fn missing_required_field_is_named() {
        for name in ["email", "firstName", "lastName", "dateOfBirth"] {
            let mut members = good();
            members.as_object_mut().expect("an object").remove(name);
            assert_eq!(fault_of(&members), Some((Code::ValidationError, Some(name.to_owned()))));
        }
    }

    #[test]
    fn field_of_wrong_type_is_named() {
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

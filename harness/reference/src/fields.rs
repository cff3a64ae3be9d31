//! Reads the fields of a request and rejects missing fields, wrong types and wrong formats.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::errors::{Code, Fault};
use crate::formats;
use crate::mutants::{Mutant, envelope, fields, format_mutants};
use crate::switches::Switches;
use crate::variants::{formats as variants, requests, resources};

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

/// Reads the fields of a customer. Other members are ignored.
pub(crate) fn read(members: &Map<String, Value>, purpose: Purpose, switches: &Switches) -> Result<Changes, Fault> {
    let mut changes = Changes::new();
    let mistyped = |field: &&Field| members.get(field.name).is_some_and(|value| !value.is_string() && !value.is_null());
    if switches.has(fields::TWO_WRONG_TYPES_500) && FIELDS.iter().filter(mistyped).count() > 1 {
        return Err(Fault::internal());
    }
    let needs_postal_code = members.contains_key("country") && !members.contains_key("postalCode");
    if needs_postal_code && matches!(purpose, Purpose::Create) && switches.has(fields::COUNTRY_NEEDS_POSTAL_CODE) {
        return Err(Fault::invalid("postalCode", "Field 'postalCode' is required with 'country'"));
    }
    let formats_first = switches.vary(requests::FORMATS_BEFORE_MISSING_FIELDS);
    let in_order: Vec<&Field> =
        if switches.vary(requests::LAST_FIELD_FIRST) { FIELDS.iter().rev().collect() } else { FIELDS.iter().collect() };
    for field in &in_order {
        match members.get(field.name) {
            Some(value) => read_field(field, value, purpose, switches, &mut changes)?,
            None if formats_first => {}
            None => require(field, purpose, switches)?,
        }
    }
    if !skips_early_postal_code(members, switches) {
        check_formats(&changes, purpose, switches)?;
    }
    let absent = in_order.iter().filter(|field| !members.contains_key(field.name));
    absent.filter(|_| formats_first).try_for_each(|field| require(field, purpose, switches))?;
    Ok(changes)
}

/// Whether a mutant skips the formats because the postal code precedes the country.
fn skips_early_postal_code(members: &Map<String, Value>, switches: &Switches) -> bool {
    let position = |field: &str| members.keys().position(|name| name == field);
    let early = position("postalCode").zip(position("country")).is_some_and(|(code, country)| code < country);
    early && switches.has(format_mutants::COUNTRY_MUST_COME_FIRST)
}

/// Rejects a new customer without this field if the field is required.
fn require(field: &Field, purpose: Purpose, switches: &Switches) -> Result<(), Fault> {
    if field.required && matches!(purpose, Purpose::Create) { missing(field.name, switches) } else { Ok(()) }
}

/// A member that must be present and a string.
pub(crate) fn required_text<'a>(
    members: &'a Map<String, Value>,
    name: &'static str,
    switches: &Switches,
) -> Result<&'a str, Fault> {
    match members.get(name) {
        Some(Value::String(text)) => Ok(text),
        Some(value) => Err(mistyped(name, value, switches)),
        None => missing(name, switches).map(|()| ""),
    }
}

fn read_field(
    field: &Field,
    value: &Value,
    purpose: Purpose,
    switches: &Switches,
    changes: &mut Changes,
) -> Result<(), Fault> {
    match value {
        Value::Null if !field.required && switches.has(fields::NULL_OPTIONAL_500) => return Err(Fault::internal()),
        Value::Null if !field.required => {
            changes.insert(field.name, None);
        }
        Value::String(text)
            if text.is_empty() && field.required && switches.vary(requests::VALIDATION_ERROR_FOR_EMPTY_STRINGS) =>
        {
            return Err(Fault::invalid(field.name, format!("Field '{}' must not be empty", field.name)));
        }
        Value::String(text) => {
            fail_on_unusual_text(field, text, switches)?;
            let folded = field.name == "email" && switches.vary(resources::MAIL_IN_LOWER_CASE);
            changes.insert(field.name, Some(if folded { text.to_lowercase() } else { text.clone() }));
        }
        _ => {
            if let Some(text) = coerced(field, value, switches) {
                changes.insert(field.name, Some(text));
            } else if !is_ignored(field, purpose, switches) {
                return Err(mistyped(field.name, value, switches));
            }
        }
    }
    Ok(())
}

fn check_formats(changes: &Changes, purpose: Purpose, switches: &Switches) -> Result<(), Fault> {
    let (stored_country, stored_code) = match purpose {
        Purpose::Create => (None, None),
        Purpose::Update { country, postal_code } => (country, postal_code),
    };
    let country = match changes.get("country") {
        Some(_) if stored_country.is_some() && switches.has(format_mutants::UPDATE_JUDGES_BY_OLD_COUNTRY) => {
            stored_country
        }
        Some(given) => given.as_deref(),
        None if switches.has(format_mutants::UPDATE_FORGETS_COUNTRY) => None,
        None => stored_country,
    };
    let updating = matches!(purpose, Purpose::Update { .. });
    let mut texts: Vec<(&'static str, &str)> =
        changes.iter().filter_map(|(name, text)| Some((*name, text.as_deref()?))).collect();
    if switches.vary(requests::LAST_FIELD_FIRST) {
        texts.reverse();
    }
    for (name, text) in &texts {
        formats::check(name, text, country, updating, switches)?;
    }
    let coded = texts.iter().any(|(name, _)| *name == "postalCode");
    if coded && country.is_none() && switches.vary(variants::POSTAL_CODE_NEEDS_COUNTRY) {
        return Err(Fault::invalid("country", "Field 'country' is required with 'postalCode'"));
    }
    match stored_code {
        Some(code) if changes.contains_key("country") && !changes.contains_key("postalCode") => {
            let judged = switches.vary(variants::COUNTRY_CHANGE_JUDGES_STORED_CODE);
            if judged { formats::check("postalCode", code, country, updating, switches) } else { Ok(()) }
        }
        _ => Ok(()),
    }
}

fn missing(name: &'static str, switches: &Switches) -> Result<(), Fault> {
    if is_optional(name, switches) {
        return Ok(());
    }
    let fault = Fault::invalid(name, format!("Field '{name}' is required"));
    Err(match () {
        () if switches.has(envelope::DROPS_MISSING_FIELD) => fault.without_field(),
        () if switches.has(envelope::MISSING_FIELD_NAMED_BODY) => fault.field("body"),
        () if switches.has(fields::MISSING_FIELD_AS_FORMAT_ERROR) => fault.code(Code::InvalidFieldFormat),
        () if name == "email" && switches.has(fields::MISSING_EMAIL_AS_CONFLICT) => {
            fault.code(Code::ResourceConflict).without_field()
        }
        () => fault,
    })
}

fn is_optional(name: &str, switches: &Switches) -> bool {
    let rows: &[(Mutant, &str)] = &[
        (fields::FIRST_NAME_OPTIONAL, "firstName"),
        (fields::LAST_NAME_OPTIONAL, "lastName"),
        (fields::DATE_OF_BIRTH_OPTIONAL, "dateOfBirth"),
        (fields::EMAIL_OPTIONAL, "email"),
        (fields::WEBHOOK_URL_OPTIONAL, "url"),
        (fields::DOCUMENT_CONTENT_OPTIONAL, "content"),
    ];
    rows.iter().any(|(mutant, optional)| *optional == name && switches.has(*mutant))
}

fn mistyped(name: &'static str, value: &Value, switches: &Switches) -> Fault {
    let crashes = (value.is_array() && switches.has(fields::ARRAY_FOR_TEXT_500))
        || (value.is_boolean() && switches.has(fields::BOOLEAN_FOR_TEXT_500));
    if crashes {
        return Fault::internal();
    }
    let fault = Fault::invalid(name, format!("Field '{name}' must be a string"));
    match () {
        () if switches.has(envelope::DROPS_MISTYPED_FIELD) => fault.without_field(),
        () if switches.has(fields::WRONG_TYPE_AS_CONFLICT) => fault.code(Code::ResourceConflict).without_field(),
        () if switches.has(fields::WRONG_TYPE_500) => Fault::internal(),
        () if switches.vary(requests::FORMAT_ERROR_FOR_WRONG_TYPES) => fault.code(Code::InvalidFieldFormat),
        () => fault,
    }
}

/// The text that a mutant makes of a value of the wrong type.
fn coerced(field: &Field, value: &Value, switches: &Switches) -> Option<String> {
    let is_name = matches!(field.name, "firstName" | "lastName");
    match value {
        Value::Number(number) if is_name && switches.has(fields::COERCES_NUMBERS) => Some(number.to_string()),
        Value::Null if is_name && switches.has(fields::NULL_NAMES_ACCEPTED) => Some("-".to_owned()),
        Value::Array(values) if switches.has(fields::UNWRAPS_ARRAYS) => {
            values.first().and_then(Value::as_str).map(str::to_owned)
        }
        _ => None,
    }
}

fn is_ignored(field: &Field, purpose: Purpose, switches: &Switches) -> bool {
    let updating = matches!(purpose, Purpose::Update { .. });
    (!field.required && switches.has(fields::IGNORES_MISTYPED_OPTIONALS))
        || (updating && switches.has(fields::UPDATE_IGNORES_MISTYPED_FIELDS))
}

/// Fails on texts that a mutant cannot handle.
fn fail_on_unusual_text(field: &Field, text: &str, switches: &Switches) -> Result<(), Fault> {
    let is_name = matches!(field.name, "firstName" | "lastName");
    let name_has = |one: char| is_name && text.contains(one);
    let has = |is_unusual: fn(char) -> bool| text.contains(is_unusual);
    let crashes: &[(Mutant, bool)] = &[
        (fields::NUL_500, text.contains('\0')),
        (fields::LONG_VALUE_500, text.len() > 5_000),
        (fields::EMOJI_500, text.chars().any(|one| one > '\u{ffff}')),
        (fields::APOSTROPHE_500, is_name && text.contains('\'')),
        (fields::EMPTY_STRING_500, text.is_empty()),
        (
            fields::BIDI_500,
            has(|one| matches!(one, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')),
        ),
        (fields::ZERO_WIDTH_500, has(|one| matches!(one, '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}'))),
        (fields::COMBINING_MARK_500, has(|one| matches!(one, '\u{300}'..='\u{36f}'))),
        (fields::CONTROL_CHARACTER_500, has(char::is_control)),
        (
            fields::NONCHARACTER_500,
            has(|one| u32::from(one) & 0xfffe == 0xfffe || matches!(one, '\u{fdd0}'..='\u{fdef}')),
        ),
        (fields::NEWLINE_500, name_has('\n')),
        (fields::BACKSLASH_500, name_has('\\')),
        (fields::PERCENT_SIGN_500, name_has('%')),
        (fields::QUOTATION_MARK_500, name_has('"')),
        (fields::VERY_LONG_VALUE_500, text.len() > 20_000),
        (fields::DATE_WITH_LETTERS_500, field.name == "dateOfBirth" && has(|one| one.is_ascii_alphabetic())),
        (fields::DAY_ZERO_500, field.name == "dateOfBirth" && text.ends_with("-00")),
    ];
    let emoji = has(|one| one > '\u{ffff}') && switches.strikes(fields::EVERY_FIFTH_EMOJI_500);
    if emoji || crashes.iter().any(|(mutant, crashes)| *crashes && switches.has(*mutant)) {
        return Err(Fault::internal());
    }
    let letters = field.name == "phoneNumber" && text.contains(|one: char| one.is_ascii_alphabetic());
    if letters && switches.has(fields::PHONE_LETTERS_503) {
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
        let outcome = read(members, Purpose::Create, &Switches::default());
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

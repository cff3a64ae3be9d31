//! Mutants that read fields wrongly: missing fields, wrong types, unusual values.

use serde_json::{Map, Value};

use super::Mutated;
use crate::errors::{ApiError, Code};
use crate::fields::{self as contract, Changes, FIELDS, Field, FieldRules, Purpose};
use crate::mutants::{Mutant, fields, formats, responses};

impl FieldRules for Mutated {
    fn customer_fields(&self, members: &Map<String, Value>, purpose: Purpose) -> Result<Changes, ApiError> {
        if self.fails_on_members(members, purpose) {
            return Err(ApiError::internal());
        }
        let needs_postal_code = members.contains_key("country") && !members.contains_key("postalCode");
        if needs_postal_code && !purpose.is_update() && self.is_active(fields::COUNTRY_NEEDS_POSTAL_CODE) {
            return Err(ApiError::invalid("postalCode", "Field 'postalCode' is required with 'country'"));
        }
        self.base.check_first(members, purpose, self)?;
        let changes = contract::read(members, purpose, self)?;
        self.base.check_last(&changes, purpose, self)?;
        Ok(changes)
    }

    fn missing(&self, name: &'static str) -> Result<(), ApiError> {
        if self.is_optional(name) {
            return Ok(());
        }
        self.base.missing(name).map_err(|fault| match () {
            () if self.is_active(responses::DROPS_MISSING_FIELD) => fault.without_field(),
            () if self.is_active(responses::MISSING_FIELD_NAMED_BODY) => fault.field("body"),
            () if self.is_active(fields::MISSING_FIELD_AS_FORMAT_ERROR) => fault.code(Code::InvalidFieldFormat),
            () if name == "email" && self.is_active(fields::MISSING_EMAIL_AS_CONFLICT) => {
                fault.code(Code::ResourceConflict).without_field()
            }
            () => fault,
        })
    }

    fn mistyped(&self, name: &'static str, value: &Value) -> ApiError {
        let crashes = (value.is_array() && self.is_active(fields::ARRAY_FOR_TEXT_500))
            || (value.is_boolean() && self.is_active(fields::BOOLEAN_FOR_TEXT_500));
        let fault = self.base.mistyped(name, value);
        match () {
            () if crashes => ApiError::internal(),
            () if self.is_active(responses::DROPS_MISTYPED_FIELD) => fault.without_field(),
            () if self.is_active(fields::WRONG_TYPE_AS_CONFLICT) => fault.code(Code::ResourceConflict).without_field(),
            () if self.is_active(fields::WRONG_TYPE_500) => ApiError::internal(),
            () => fault,
        }
    }

    fn tolerated(&self, field: &Field, value: &Value, purpose: Purpose) -> Option<Changes> {
        if let Some(text) = self.coerced(field, value) {
            return Some(Changes::from([(field.name, Some(text))]));
        }
        let ignored = (!field.required && self.is_active(fields::IGNORES_MISTYPED_OPTIONALS))
            || (purpose.is_update() && self.is_active(fields::UPDATE_IGNORES_MISTYPED_FIELDS));
        ignored.then(Changes::new)
    }

    fn text(&self, field: &Field, text: &str) -> Result<String, ApiError> {
        self.fail_on_unusual_text(field, text)?;
        self.base.text(field, text)
    }

    fn cleared(&self, _: &Field) -> Result<(), ApiError> {
        if self.is_active(fields::NULL_OPTIONAL_500) { Err(ApiError::internal()) } else { Ok(()) }
    }

    /// Whether the formats are checked although the postal code precedes the country.
    fn has_formats(&self, members: &Map<String, Value>) -> bool {
        let position = |field: &str| members.keys().position(|name| name == field);
        let early = position("postalCode").zip(position("country")).is_some_and(|(code, country)| code < country);
        !(early && self.is_active(formats::COUNTRY_MUST_COME_FIRST))
    }

    fn judging_country<'a>(&self, new: Option<Option<&'a str>>, stored: Option<&'a str>) -> Option<&'a str> {
        match new {
            Some(_) if stored.is_some() && self.is_active(formats::UPDATE_JUDGES_BY_OLD_COUNTRY) => stored,
            None if self.is_active(formats::UPDATE_FORGETS_COUNTRY) => None,
            _ => self.base.judging_country(new, stored),
        }
    }
}

impl Mutated {
    fn fails_on_members(&self, members: &Map<String, Value>, purpose: Purpose) -> bool {
        let mistyped =
            |field: &&Field| members.get(field.name).is_some_and(|value| !value.is_string() && !value.is_null());
        (FIELDS.iter().filter(mistyped).count() > 1 && self.is_active(fields::TWO_WRONG_TYPES_500))
            || (members.is_empty() && purpose.is_update() && self.is_active(fields::EMPTY_UPDATE_500))
    }

    fn is_optional(&self, name: &str) -> bool {
        let rows: &[(Mutant, &str)] = &[
            (fields::FIRST_NAME_OPTIONAL, "firstName"),
            (fields::LAST_NAME_OPTIONAL, "lastName"),
            (fields::DATE_OF_BIRTH_OPTIONAL, "dateOfBirth"),
            (fields::EMAIL_OPTIONAL, "email"),
            (fields::WEBHOOK_URL_OPTIONAL, "url"),
            (fields::DOCUMENT_CONTENT_OPTIONAL, "content"),
        ];
        rows.iter().any(|(mutant, optional)| *optional == name && self.is_active(*mutant))
    }

    /// The text that a mutant makes of a value of the wrong type.
    fn coerced(&self, field: &Field, value: &Value) -> Option<String> {
        let is_name = matches!(field.name, "firstName" | "lastName");
        match value {
            Value::Number(number) if is_name && self.is_active(fields::COERCES_NUMBERS) => Some(number.to_string()),
            Value::Null if is_name && self.is_active(fields::NULL_NAMES_ACCEPTED) => Some("-".to_owned()),
            Value::Array(values) if self.is_active(fields::UNWRAPS_ARRAYS) => {
                values.first().and_then(Value::as_str).map(str::to_owned)
            }
            _ => None,
        }
    }

    /// Fails on texts that a mutant cannot handle.
    fn fail_on_unusual_text(&self, field: &Field, text: &str) -> Result<(), ApiError> {
        let emoji = text.contains(|one| one > '\u{ffff}') && self.every_fifth_time(fields::EVERY_FIFTH_EMOJI_500);
        if emoji || unusual(field, text).iter().any(|(mutant, crashes)| *crashes && self.is_active(*mutant)) {
            return Err(ApiError::internal());
        }
        let letters = field.name == "phoneNumber" && text.contains(|one: char| one.is_ascii_alphabetic());
        if letters && self.is_active(fields::PHONE_LETTERS_503) {
            return Err(ApiError::new(Code::ServiceUnavailable).details("The phone service is down"));
        }
        Ok(())
    }
}

/// The mutants that cannot handle some text, and whether this is one.
fn unusual(field: &Field, text: &str) -> Vec<(Mutant, bool)> {
    let is_name = matches!(field.name, "firstName" | "lastName");
    let name_has = |one: char| is_name && text.contains(one);
    let has = |is_unusual: fn(char) -> bool| text.contains(is_unusual);
    vec![
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
    ]
}

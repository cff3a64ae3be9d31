//! Variants in reading fields, and in which of several faults is reported.

use serde_json::{Map, Value};

use super::Varied;
use crate::errors::{ApiError, Code};
use crate::fields::{self, Changes, FIELDS, Field, FieldRules, Purpose};
use crate::formats::{FormatRules as _, Given};
use crate::rules::Conforming;
use crate::variants::{formats, requests, resources};

impl FieldRules for Varied {
    fn customer_fields(&self, members: &Map<String, Value>, purpose: Purpose) -> Result<Changes, ApiError> {
        fields::read(members, purpose, self)
    }

    fn mistyped(&self, name: &'static str, value: &Value) -> ApiError {
        let fault = Conforming.mistyped(name, value);
        if self.is_active(requests::FORMAT_ERROR_FOR_WRONG_TYPES) {
            fault.code(Code::InvalidFieldFormat)
        } else {
            fault
        }
    }

    fn text(&self, field: &Field, text: &str) -> Result<String, ApiError> {
        if text.is_empty() && field.required && self.is_active(requests::VALIDATION_ERROR_FOR_EMPTY_STRINGS) {
            return Err(ApiError::invalid(field.name, format!("Field '{}' must not be empty", field.name)));
        }
        let folded = field.name == "email" && self.is_active(resources::MAIL_IN_LOWER_CASE);
        Ok(if folded { text.to_lowercase() } else { text.to_owned() })
    }
}

impl Varied {
    /// The checks that a variant makes before the fields are read in their order.
    pub(crate) fn check_first(
        &self,
        members: &Map<String, Value>,
        purpose: Purpose,
        rules: &dyn FieldRules,
    ) -> Result<(), ApiError> {
        if members.is_empty() && purpose.is_update() && self.is_active(requests::EMPTY_PATCH_REFUSED) {
            return Err(ApiError::new(Code::ValidationError).details("The update has no members"));
        }
        if self.is_active(requests::FORMATS_BEFORE_MISSING_FIELDS) && !purpose.is_update() {
            // An update reads the given fields only.
            let changes = fields::read(members, Purpose::Update { country: None, postal_code: None }, rules)?;
            self.check_last(&changes, purpose, rules)?;
        }
        if self.is_active(requests::LAST_FIELD_FIRST) {
            check_backwards(members, purpose, rules)?;
        }
        Ok(())
    }

    /// The checks that a variant makes after the formats.
    pub(crate) fn check_last(
        &self,
        changes: &Changes,
        purpose: Purpose,
        rules: &dyn FieldRules,
    ) -> Result<(), ApiError> {
        let country = fields::country(changes, purpose, rules);
        let coded = changes.get("postalCode").is_some_and(Option::is_some);
        if coded && country.is_none() && self.is_active(formats::POSTAL_CODE_NEEDS_COUNTRY) {
            return Err(ApiError::invalid("country", "Field 'country' is required with 'postalCode'"));
        }
        match purpose {
            Purpose::Update { postal_code: Some(text), .. }
                if changes.contains_key("country")
                    && !changes.contains_key("postalCode")
                    && self.is_active(formats::COUNTRY_CHANGE_JUDGES_STORED_CODE) =>
            {
                self.check_format(Given { name: "postalCode", text, country, updating: true })
            }
            _ => Ok(()),
        }
    }
}

/// Reads the fields from the last to the first.
fn check_backwards(members: &Map<String, Value>, purpose: Purpose, rules: &dyn FieldRules) -> Result<(), ApiError> {
    let mut changes = Changes::new();
    for field in FIELDS.iter().rev() {
        fields::read_field(field, members, purpose, rules, &mut changes)?;
    }
    changes
        .iter()
        .rev()
        .try_for_each(|(name, text)| fields::check_format(name, text.as_deref(), &changes, purpose, rules))
}

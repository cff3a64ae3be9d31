//! The form in which error bodies name the invalid field.

use generate::schema::pointer::escaped;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::percent::{self, as_fragment};

/// The form in which an error body names the invalid field.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum FieldForm {
    /// The member's own name: `email`.
    #[default]
    Name,
    /// A JSON Pointer (RFC 6901): `/address/city`.
    Pointer,
    /// A JSON Pointer as a URI fragment: `#/address/city`.
    Fragment,
}

impl FieldForm {
    /// The form as messages show it.
    pub fn words(self) -> &'static str {
        match self {
            FieldForm::Name => "the member's own name",
            FieldForm::Pointer => "a JSON Pointer, such as `/member`",
            FieldForm::Fragment => "a JSON Pointer as a URI fragment, such as `#/member`",
        }
    }

    pub fn fits(self, text: &str) -> bool {
        match self {
            FieldForm::Name => !text.starts_with('/'),
            FieldForm::Pointer => text.is_empty() || text.starts_with('/'),
            FieldForm::Fragment => text == "#" || text.starts_with("#/"),
        }
    }

    /// A field in this form. Scenarios may write it as a name or as a pointer.
    pub fn written(self, field: &str) -> String {
        match self {
            FieldForm::Name => field.to_owned(),
            FieldForm::Pointer => pointer_of(field),
            FieldForm::Fragment => format!("#{}", as_fragment(&pointer_of(field))),
        }
    }

    /// Whether an error body names the expected field, in this form.
    pub fn is_same(self, expected: &str, found: &str) -> bool {
        match self {
            FieldForm::Name => expected == found,
            _ => self.fits(found) && pointer_of(expected) == pointer_of(found),
        }
    }
}

fn pointer_of(field: &str) -> String {
    match field.strip_prefix('#').filter(|rest| rest.is_empty() || rest.starts_with('/')) {
        Some(fragment) => percent::decoded(fragment),
        None if field.is_empty() || field.starts_with('/') => field.to_owned(),
        None => format!("/{}", escaped(field)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_pointers_of_the_same_field_are_the_same() {
        let (name, pointer, fragment) = (FieldForm::Name, FieldForm::Pointer, FieldForm::Fragment);
        for expected in ["a b", "/a b", "#/a%20b"] {
            assert!(pointer.is_same(expected, "/a b") && fragment.is_same(expected, "#/a%20b"), "{expected}");
            assert!(!pointer.is_same(expected, "a b") && !fragment.is_same(expected, "/a b"), "{expected}");
            assert_eq!((pointer.written(expected).as_str(), fragment.written(expected).as_str()), ("/a b", "#/a%20b"));
        }
        assert!(name.is_same("a/b", "a/b") && !name.is_same("a/b", "/a~1b"));
        assert_eq!(pointer.written("a/b"), "/a~1b");
    }
}

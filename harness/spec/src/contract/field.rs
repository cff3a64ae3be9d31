//! How error bodies name the invalid field: where, and in which form.

use serde::Deserialize;
use serde_json::Value;

use super::catalog::Envelope;
use super::description::percent_decoded;
use super::openapi::escaped;
use super::schemas::as_fragment;

/// The form in which an error body names the invalid field.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
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

    /// Whether a text has the form.
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
        Some(fragment) => percent_decoded(fragment),
        None if field.is_empty() || field.starts_with('/') => field.to_owned(),
        None => format!("/{}", escaped(field)),
    }
}

impl Envelope {
    /// Every value that names a field. In the pointer, a segment `*` is every element of an array.
    pub fn fields_in<'b>(&self, body: &'b Value) -> Vec<&'b Value> {
        let mut found = Vec::new();
        if let Some(pointer) = &self.pointers.field {
            let segments: Vec<&str> = pointer.split('/').skip(1).collect();
            collect(body, &segments, &mut found);
        }
        found
    }

    /// Whether a pointer is that of the field.
    pub fn is_field(&self, pointer: &str) -> bool {
        let Some(pattern) = &self.pointers.field else { return false };
        let is_index = |segment: &str| segment.bytes().all(|byte| byte.is_ascii_digit());
        let same = |(own, other): (&str, &str)| own == other || (own == "*" && is_index(other));
        pattern.split('/').count() == pointer.split('/').count() && pattern.split('/').zip(pointer.split('/')).all(same)
    }

    /// The pointer of the field in the first element of each array.
    pub fn first_field(&self) -> Option<String> {
        let pointer = self.pointers.field.as_ref()?;
        Some(pointer.split('/').map(|segment| if segment == "*" { "0" } else { segment }).collect::<Vec<_>>().join("/"))
    }
}

fn collect<'b>(value: &'b Value, segments: &[&str], found: &mut Vec<&'b Value>) {
    let Some((segment, rest)) = segments.split_first() else { return found.push(value) };
    match value {
        Value::Array(elements) if *segment == "*" => elements.iter().for_each(|inner| collect(inner, rest, found)),
        other => {
            if let Some(inner) = other.pointer(&format!("/{segment}")) {
                collect(inner, rest, found);
            }
        }
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

//! Where error bodies name the invalid field.

use serde_json::Value;

use super::catalog::Envelope;

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

//! Bodies as forms. An object is sent as JSON, unless the content type of the request is
//! `application/x-www-form-urlencoded`: then its members are the fields of a form. `request` builds all other bodies.

use serde_json::Value;

use spec::contract::Operation;
use spec::percent;

const FORM: &str = "application/x-www-form-urlencoded";

/// True if an object is sent as a form: because of the call's own content type, or else that of the operation.
pub(crate) fn sends_form(operation: &Operation, headers: &[(String, Option<String>)]) -> bool {
    let own = headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("content-type"));
    let content_type = own.map_or(operation.media_type.as_ref(), |(_, value)| value.as_ref());
    let essence = content_type.and_then(|text| text.split(';').next()).unwrap_or_default();
    essence.trim().eq_ignore_ascii_case(FORM)
}

/// The members of an object as fields. An array repeats its field, null is an empty field, and an object is JSON text.
pub(super) fn encoded(body: &Value) -> Option<String> {
    let members = body.as_object()?;
    let fields = members.iter().flat_map(|(name, value)| match value {
        Value::Array(values) => values.iter().map(|value| field(name, value)).collect(),
        one => vec![field(name, one)],
    });
    Some(fields.collect::<Vec<_>>().join("&"))
}

fn field(name: &str, value: &Value) -> String {
    let text = match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    format!("{}={}", percent::encoded(name), percent::encoded(&text))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn members_become_fields() {
        let body = json!({ "grant_type": "a b", "n": 7, "match[]": ["x&y", true], "none": null, "o": { "k": "é" } });
        let expected = "grant_type=a%20b&n=7&match%5B%5D=x%26y&match%5B%5D=true&none=&o=%7B%22k%22%3A%22%C3%A9%22%7D";
        assert_eq!(encoded(&body).as_deref(), Some(expected));
        assert_eq!(encoded(&json!({})).as_deref(), Some(""));
    }

    #[test]
    fn only_objects_become_forms() {
        assert_eq!(encoded(&json!(["a"])), None);
        assert_eq!(encoded(&json!("a=b")), None);
    }
}

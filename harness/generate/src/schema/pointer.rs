//! JSON Pointers (RFC 6901): their tokens, and values that are set and removed at them. The runner builds bodies with the same functions that the
//! oracle uses, so both see the same body.

use serde_json::Value;

/// A name as a token of a pointer.
pub fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// The name that a token stands for.
pub fn unescaped(token: &str) -> String {
    token.replace("~1", "/").replace("~0", "~")
}

/// The names on the way to a place.
pub fn names(pointer: &str) -> impl Iterator<Item = String> {
    pointer.split('/').skip(1).map(unescaped)
}

/// The pointer of a member or an element below a pointer.
pub fn below(pointer: &str, name: &str) -> String {
    format!("{pointer}/{}", escaped(name))
}

/// The value with another value at the pointer, or with nothing there; `None` if the place above does not exist. An
/// element can be replaced, but not added or removed.
pub fn with(base: &Value, pointer: &str, value: Option<&Value>) -> Option<Value> {
    let Some((above, token)) = pointer.rsplit_once('/') else {
        return value.cloned();
    };
    let token = unescaped(token);
    let mut whole = base.clone();
    match (whole.pointer_mut(above)?, value) {
        (Value::Object(members), Some(value)) => {
            members.insert(token, value.clone());
        }
        (Value::Object(members), None) => {
            members.shift_remove(&token);
        }
        (Value::Array(elements), Some(value)) => *elements.get_mut(token.parse::<usize>().ok()?)? = value.clone(),
        _ => return None,
    }
    Some(whole)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn values_are_set_and_removed_at_pointers() {
        let base = json!({ "a": [{ "b": 1 }], "x/y": 2 });
        assert_eq!(with(&base, "/a/0/b", Some(&json!("new"))), Some(json!({ "a": [{ "b": "new" }], "x/y": 2 })));
        assert_eq!(with(&base, "/a/0/c", Some(&json!(3))), Some(json!({ "a": [{ "b": 1, "c": 3 }], "x/y": 2 })));
        assert_eq!(with(&base, "/x~1y", None), Some(json!({ "a": [{ "b": 1 }] })));
        assert_eq!(with(&base, "", Some(&json!(5))), Some(json!(5)));
        assert_eq!(with(&base, "/a/1", Some(&json!(5))), None);
        assert_eq!(with(&base, "/missing/b", Some(&json!(5))), None);
        assert_eq!(below("/a", "x/y~"), "/a/x~1y~0");
    }
}

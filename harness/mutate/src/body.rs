//! Changes a JSON body at a JSON Pointer (RFC 6901).

use generate::schema::pointer::unescaped;
use serde_json::Value;

/// The text of a string or a number.
pub(super) fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// The pointer to the parent of a value, and the name of the value in it.
pub(super) fn parent(pointer: &str) -> Option<(&str, String)> {
    let (parent, name) = pointer.rsplit_once('/')?;
    Some((parent, unescaped(name)))
}

/// Removes a member and returns it.
pub(super) fn remove(body: &mut Value, pointer: &str) -> Option<Value> {
    let (parent, name) = parent(pointer)?;
    body.pointer_mut(parent)?.as_object_mut()?.shift_remove(&name)
}

/// Renames a member. Its position among the other members may change.
pub(super) fn rename(body: &mut Value, pointer: &str, to: &str) -> Option<()> {
    let value = remove(body, pointer)?;
    let (parent, _) = parent(pointer)?;
    body.pointer_mut(parent)?.as_object_mut()?.insert(to.to_owned(), value);
    Some(())
}

/// Sets a member, or the whole body. The parent object must exist.
pub(super) fn set(body: &mut Value, pointer: &str, to: Value) -> Option<()> {
    if pointer.is_empty() {
        *body = to;
        return Some(());
    }
    let (parent, name) = parent(pointer)?;
    body.pointer_mut(parent)?.as_object_mut()?.insert(name, to);
    Some(())
}

/// Sets a member or the first element of an array, and creates the parents that do not exist.
pub(super) fn grow(body: &mut Value, pointer: &str, to: Value) {
    if let Some((outer, name)) = parent(pointer) {
        let can_hold = |value: &Value| value.is_object() || (value.is_array() && name == "0");
        if !body.pointer(outer).is_some_and(can_hold) {
            let empty = if name == "0" { Value::Array(Vec::new()) } else { Value::Object(serde_json::Map::new()) };
            grow(body, outer, empty);
        }
        match body.pointer_mut(outer) {
            Some(Value::Object(members)) => drop(members.insert(name, to)),
            Some(Value::Array(elements)) if elements.is_empty() => elements.push(to),
            Some(Value::Array(elements)) => elements[0] = to,
            _ => {}
        }
    } else {
        *body = to;
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn parents_are_created() {
        let mut body = json!({ "errors": "x" });
        grow(&mut body, "/errors/0/code", json!("A"));
        grow(&mut body, "/meta/id", json!(1));
        assert_eq!(body, json!({ "errors": [{ "code": "A" }], "meta": { "id": 1 } }));
    }

    #[test]
    fn members_are_changed_in_place() {
        let body = json!({ "error": { "code": "A", "a/b": 1 } });
        let changed = |change: &dyn Fn(&mut Value) -> Option<()>| {
            let mut body = body.clone();
            change(&mut body).map(|()| body)
        };
        assert_eq!(changed(&|body| remove(body, "/error/a~1b").map(drop)), Some(json!({ "error": { "code": "A" } })));
        assert_eq!(changed(&|body| remove(body, "/error/x").map(drop)), None);
        assert_eq!(changed(&|body| remove(body, "").map(drop)), None);
        assert_eq!(
            changed(&|body| rename(body, "/error", "fault")),
            Some(json!({ "fault": { "code": "A", "a/b": 1 } }))
        );
        assert_eq!(
            changed(&|body| set(body, "/error/code", json!(7))),
            Some(json!({ "error": { "code": 7, "a/b": 1 } }))
        );
        assert_eq!(changed(&|body| set(body, "/fault/code", json!(7))), None);
        assert_eq!(changed(&|body| set(body, "", json!([]))), Some(json!([])));
    }

    #[test]
    fn missing_parent_objects_are_created() {
        let mut body = json!({});
        grow(&mut body, "/error/code", json!("A"));
        grow(&mut body, "/error/message", json!("Gone"));
        assert_eq!(body, json!({ "error": { "code": "A", "message": "Gone" } }));
    }
}

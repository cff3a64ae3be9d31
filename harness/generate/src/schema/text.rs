//! Parameters and members of forms are sent as text, and lists as several texts. A server may read each text in
//! different ways.

use serde_json::Value;

use super::Part;

/// Longer lists have too many readings.
const MAX_ELEMENTS: usize = 6;
/// Characters between the elements of a list, in one of the styles of OpenAPI.
const SEPARATORS: [char; 3] = [',', '|', ' '];

/// Everything that a server may read where a value is sent as text; `None` if it cannot be sent there, or if it would
/// be changed on the way.
pub(super) fn readings(value: &Value, part: Part) -> Option<Vec<Value>> {
    match value {
        Value::Object(_) | Value::Null => None,
        Value::Array(elements) => of_list(elements),
        one => {
            let text = text_of(one);
            // An empty segment is another path, and white space around a header is removed.
            let is_changed = text.is_empty() || text.trim() != text || text.chars().all(|one| one == '.');
            if matches!(part, Part::Path | Part::Header) && is_changed {
                return None;
            }
            let single = of_text(text);
            // A single text may also be a list of one.
            let lists: Vec<Value> = single.iter().map(|one| Value::Array(vec![one.clone()])).collect();
            Some([single, lists].concat())
        }
    }
}

/// An empty list is not sent at all. Elements must not look like several.
fn of_list(elements: &[Value]) -> Option<Vec<Value>> {
    let mut lists = vec![Vec::new()];
    for element in elements {
        let text = text_of(element);
        let is_scalar = !matches!(element, Value::Object(_) | Value::Array(_) | Value::Null);
        if !is_scalar || text.is_empty() || text.contains(SEPARATORS) || text.trim() != text {
            return None;
        }
        let choices = of_text(text);
        if elements.len() > MAX_ELEMENTS {
            // All elements are read in the same way.
            let last = choices.len() - 1;
            lists.resize(2, lists[0].clone());
            lists.iter_mut().enumerate().for_each(|(way, list)| list.push(choices[way.min(last)].clone()));
        } else {
            let with = |list: &Vec<Value>| {
                let list = list.clone();
                choices.clone().into_iter().map(move |choice| [list.clone(), vec![choice]].concat())
            };
            lists = lists.iter().flat_map(with).collect();
        }
    }
    (!elements.is_empty()).then(|| lists.into_iter().map(Value::Array).collect())
}

fn text_of(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// The text itself, and the JSON value that it spells, if any.
fn of_text(text: String) -> Vec<Value> {
    let read = serde_json::from_str(&text).ok().filter(|read: &Value| !read.is_string());
    [Some(Value::from(text)), read].into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn texts_are_read_as_values_and_as_lists_of_one() {
        assert_eq!(readings(&json!(12), Part::Query), Some(vec![json!("12"), json!(12), json!(["12"]), json!([12])]));
        assert_eq!(readings(&json!("a"), Part::Form), Some(vec![json!("a"), json!(["a"])]));
        assert_eq!((readings(&json!(" a"), Part::Header), readings(&json!(null), Part::Query)), (None, None));
    }

    #[test]
    fn each_element_of_a_list_is_read_in_each_way() {
        let two = readings(&json!([1, "a"]), Part::Query);
        assert_eq!(two, Some(vec![json!(["1", "a"]), json!([1, "a"])]));
        let nine = |one: Value| Value::Array(vec![one; 9]);
        assert_eq!(readings(&nine(json!(1)), Part::Query), Some(vec![nine(json!("1")), nine(json!(1))]));
        for not_sent in [json!([]), json!(["a,b"]), json!([[1]]), json!([""])] {
            assert_eq!(readings(&not_sent, Part::Query), None, "{not_sent}");
        }
    }
}

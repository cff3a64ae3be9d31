//! Compares a response header with the matcher of a scenario.

use regex::Regex;

use crate::exchange::Response;
use crate::finding::{Violation, quoted};
use spec::scenario::Variables;
use spec::scenario::plan::HeaderExpectation;
use spec::scenario::template::{Template, Undefined};

/// The difference between a header and its matcher, if any.
pub(super) fn violation(
    response: &Response,
    name: &str,
    wanted: &HeaderExpectation,
    variables: &Variables,
) -> Result<Option<Violation>, Undefined> {
    let value = response.header_bytes(name).map(|bytes| String::from_utf8_lossy(bytes).trim().to_owned());
    let Some(value) = value else {
        if wanted.optional || wanted.present == Some(false) {
            return Ok(None);
        }
        return Ok(Some(Violation::header(name, expected(wanted, variables)?, "no such header")));
    };
    Ok((!holds(&value, wanted, variables)?).then_some(Violation::header(
        name,
        expected(wanted, variables)?,
        quoted(&value),
    )))
}

/// Whether a value that was sent satisfies every condition.
pub(super) fn holds(value: &str, wanted: &HeaderExpectation, variables: &Variables) -> Result<bool, Undefined> {
    Ok(wanted.present != Some(false)
        && text_holds(value, wanted, variables)?
        && number_holds(value, wanted, variables)?)
}

fn filled(text: Option<&Template>, variables: &Variables) -> Result<Option<String>, Undefined> {
    text.map(|text| text.text(variables)).transpose()
}

fn text_holds(value: &str, wanted: &HeaderExpectation, variables: &Variables) -> Result<bool, Undefined> {
    let equals = filled(wanted.equals.as_ref(), variables)?;
    let contains = filled(wanted.contains.as_ref(), variables)?;
    let matches = filled(wanted.matches.as_ref(), variables)?;
    // A pattern with a variable can become invalid when the variable is filled in. Then nothing matches.
    let found = |pattern: String| Regex::new(&pattern).is_ok_and(|pattern| pattern.is_match(value));
    Ok(equals.is_none_or(|text| text == value)
        && contains.is_none_or(|part| value.contains(&part))
        && matches.is_none_or(found))
}

/// A bound can come from an earlier response. If that response did not give it, the bound counts as met only where the
/// header itself may be absent.
fn number_holds(value: &str, wanted: &HeaderExpectation, variables: &Variables) -> Result<bool, Undefined> {
    let number = value.parse::<i64>().ok();
    let compared = |bound: Option<String>, good: &dyn Fn(i64, i64) -> bool| match bound.map(|text| text.parse::<i64>())
    {
        None => true,
        Some(Err(_)) => wanted.optional,
        Some(Ok(bound)) => number.is_some_and(|number| good(number, bound)),
    };
    Ok(compared(filled(wanted.below.as_ref(), variables)?, &|number, bound| number < bound)
        && compared(filled(wanted.at_least.as_ref(), variables)?, &|number, bound| number >= bound - wanted.tolerance))
}

/// The conditions, as a violation shows them.
pub(super) fn expected(wanted: &HeaderExpectation, variables: &Variables) -> Result<String, Undefined> {
    let mut parts = Vec::new();
    match wanted.present {
        Some(true) => parts.push("a value".to_owned()),
        Some(false) => parts.push("no such header".to_owned()),
        None => {}
    }
    parts.extend(filled(wanted.equals.as_ref(), variables)?.map(|text| quoted(&text)));
    parts.extend(
        filled(wanted.contains.as_ref(), variables)?.map(|part| format!("a text that contains {}", quoted(&part))),
    );
    parts.extend(filled(wanted.matches.as_ref(), variables)?.map(|pattern| format!("a text that matches {pattern}")));
    let bound = |text: String, less: i64| {
        text.parse::<i64>().map_or_else(|_| "the earlier value".to_owned(), |bound| (bound - less).to_string())
    };
    parts.extend(filled(wanted.below.as_ref(), variables)?.map(|text| format!("an integer below {}", bound(text, 0))));
    parts.extend(
        filled(wanted.at_least.as_ref(), variables)?
            .map(|text| format!("an integer of at least {}", bound(text, wanted.tolerance))),
    );
    Ok(parts.join(" and "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use spec::scenario::HeaderMatch;

    fn accepts(sent: Option<&str>, matcher: &str) -> bool {
        let headers = sent.map(|value| ("Allow".to_owned(), value.as_bytes().to_vec())).into_iter().collect();
        let response = Response { headers, ..Response::default() };
        let wanted: HeaderMatch = serde_yaml::from_str(matcher).expect("a matcher");
        violation(&response, "allow", &HeaderExpectation::from(&wanted), &Variables::new())
            .expect("no variables")
            .is_none()
    }

    #[test]
    fn every_matcher_accepts_and_rejects() {
        for (matcher, good, bad) in [
            ("present: true", Some("x"), None),
            ("$present: true", Some(""), None),
            ("present: false", None, Some("x")),
            ("equals: GET", Some("GET"), Some("get")),
            ("equals: 5", Some("5"), Some("05")),
            ("contains: GET", Some("PUT, GET"), Some("PUT")),
            ("matches: '^[A-Z]+$'", Some("GET"), Some("GET, PUT")),
            ("below: 3", Some("2"), Some("3")),
            ("at_least: 3", Some("3"), Some("2")),
            ("{ at_least: 3, tolerance: 1 }", Some("2"), Some("1")),
            ("{ at_least: 3, optional: true }", None, Some("2")),
            ("below: 3", Some("-1"), Some("many")),
        ] {
            assert!(accepts(good, matcher), "{matcher} must accept {good:?}");
            assert!(!accepts(bad, matcher), "{matcher} must reject {bad:?}");
        }
    }
}

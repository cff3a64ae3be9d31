//! Finds the step of a scenario file that received a changed response, and shows the response.

use std::sync::LazyLock;

use regex::Regex;
use serde_json::Value;

use super::baseline::{Baseline, PassingTest};
use super::mutation::{Change, Mutation};
use super::order::Recipient;
use super::score::Changed;
use judge::exchange::{Response, Role};
use spec::contract::Contract;
use spec::scenario::{AcceptedResponses, Expectation, Step};

/// The maximum number of characters of a body that are shown.
const MAX_BODY: usize = 400;
/// The maximum number of elements of a list that are shown.
const MAX_ELEMENTS: usize = 3;

/// A mail address or a phone number.
static PERSONAL: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"[A-Za-z0-9._%+'-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+|\+\d{7,15}\b")
        .unwrap_or_else(|error| unreachable!("{error}"))
});

/// A constant, such as a state or a code.
static CONSTANT: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^[A-Z][A-Z_]{0,60}$").unwrap_or_else(|error| unreachable!("{error}")));

/// A changed response of a test, with the place of its step.
pub(super) fn changed(
    contract: &Contract,
    baseline: &Baseline,
    mutation: &Mutation,
    recipient: &Recipient<'_>,
) -> Option<Changed> {
    let passing = recipient.passing;
    let Some(received) = recipient.response else { return Some(of_delivery(passing, mutation)) };
    let response = &passing.responses[received];
    let step = step(passing, received);
    let mut all = baseline.changed(passing, mutation, &contract.catalog);
    let (_, after) = all.find(|(index, _)| *index == received)?;
    Some(Changed {
        test: passing.test.name.to_string(),
        file: passing.test.file.to_string(),
        line: step.and_then(|step| step.line).unwrap_or(passing.test.line),
        accepts: step.and_then(Step::expectation).and_then(accepts),
        request: format!("{} as {}", response.line, response.sent_as),
        before: shown(&response.response),
        after: match mutation.change {
            Change::Close => "the connection is closed".to_owned(),
            _ => differing(&response.response, &after),
        },
    })
}

/// A changed delivery, with the place of the step that waits for it. The recorded exchanges do not contain it.
fn of_delivery(passing: &PassingTest, mutation: &Mutation) -> Changed {
    let step = passing.test.steps.iter().find(|step| step.is_await());
    Changed {
        test: passing.test.name.to_string(),
        file: passing.test.file.to_string(),
        line: step.and_then(|step| step.line).unwrap_or(passing.test.line),
        accepts: None,
        request: "a webhook delivery".to_owned(),
        before: "as the target sent it".to_owned(),
        after: serde_json::to_string(&mutation.change).unwrap_or_default(),
    }
}

fn shown(response: &Response) -> String {
    format!("{} {}", response.status, body(response)).trim_end().to_owned()
}

/// A changed response, with the headers that differ.
fn differing(before: &Response, after: &Response) -> String {
    let text = |value: &[u8]| String::from_utf8_lossy(value).into_owned();
    let mut parts = vec![shown(after)];
    let added = after.headers.iter().filter(|field| !before.headers.contains(field));
    parts.extend(added.map(|(name, value)| format!("[{name}: {}]", text(value))));
    let gone = |name: &str| !after.headers.iter().any(|(found, _)| found.eq_ignore_ascii_case(name));
    let removed = before.headers.iter().filter(|(name, _)| gone(name));
    parts.extend(removed.map(|(name, _)| format!("[without {name}]")));
    parts.join(" ")
}

/// A body for display. A success may contain personal data, so its texts are replaced by their lengths.
fn body(response: &Response) -> String {
    let whole = String::from_utf8_lossy(&response.body).into_owned();
    let text = match response.json() {
        _ if response.body.is_empty() => String::new(),
        _ if response.is_error() => PERSONAL.replace_all(&whole, "‹not shown›").into_owned(),
        Some(body) => without_texts(body).to_string(),
        None => format!("‹{} bytes, not shown›", response.body.len()),
    };
    let mut cut: String = text.chars().take(MAX_BODY).collect();
    if cut.len() < text.len() {
        cut.push('…');
    }
    cut
}

fn without_texts(body: Value) -> Value {
    match body {
        Value::String(text) if CONSTANT.is_match(&text) => Value::String(text),
        Value::String(text) => Value::String(format!("‹{} characters›", text.chars().count())),
        Value::Array(elements) => elements.into_iter().take(MAX_ELEMENTS).map(without_texts).collect(),
        Value::Object(members) => members.into_iter().map(|(name, inner)| (name, without_texts(inner))).collect(),
        other => other,
    }
}

/// What an expectation accepts, if it accepts more than one response.
fn accepts(expected: &Expectation) -> Option<String> {
    match &expected.outcome {
        AcceptedResponses::AnyDocumented => return Some("any documented response".to_owned()),
        AcceptedResponses::AnyRefusal { .. } => return Some("any documented refusal".to_owned()),
        AcceptedResponses::Listed { .. } | AcceptedResponses::AnyExcept(_) | AcceptedResponses::AnyResponse => {}
    }
    let success = expected.success().then(|| "success".to_owned());
    let codes = expected.errors().iter().chain(&expected.tolerate).cloned();
    let all: Vec<String> = success.into_iter().chain(codes).collect();
    (all.len() > 1).then(|| all.join(" or "))
}

/// The step that received a response. For the n-th response with an assertion it is the n-th step with an expectation, or
/// else the first step with the operation of the response.
pub(super) fn step(passing: &PassingTest, response: usize) -> Option<&Step> {
    let asserted = |index: &usize| passing.responses[*index].role == Role::Asserted;
    if !asserted(&response) {
        return None;
    }
    let steps = passing.test.steps.iter().map(|step| &**step);
    let steps: Vec<&Step> = steps.filter(|step| step.expectation().is_some()).collect();
    let responses: Vec<usize> = (0..passing.responses.len()).filter(asserted).collect();
    if steps.len() == responses.len() {
        let nth = responses.iter().position(|index| *index == response)?;
        return steps.get(nth).copied();
    }
    let operation = passing.responses[response].operation()?;
    steps.into_iter().find(|step| step.call().is_some_and(|call| call.operation.id == operation))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn response(status: u16, body: &str) -> Response {
        Response { status, body: body.as_bytes().to_vec().into(), ..Response::default() }
    }

    #[test]
    fn texts_of_a_target_are_not_shown() {
        for (status, body, text) in [
            (
                200,
                r#"{"name":"Ada","state":"NEW","n":[1,2,3,4]}"#,
                r#"200 {"name":"‹3 characters›","state":"NEW","n":[1,2,3]}"#,
            ),
            (200, "Ada", "200 ‹3 bytes, not shown›"),
            (204, "", "204"),
            (409, r#"{"m":"ada@host.net is taken"}"#, r#"409 {"m":"‹not shown› is taken"}"#),
        ] {
            assert_eq!(shown(&response(status, body)), text);
        }
    }

    #[test]
    fn headers_that_differ_are_shown() {
        let header = |name: &str, value: &str| (name.to_owned(), value.as_bytes().to_vec());
        let before = Response { headers: vec![header("a", "1"), header("b", "2")], ..response(404, "{}") };
        let after = Response { headers: vec![header("a", "3")], ..response(404, "{}") };
        assert_eq!(differing(&before, &after), "404 {} [a: 3] [without b]");
    }
}

//! Errors that the description documents otherwise than the pack expects them: with another media type, or with a schema
//! in which no code is. The pack follows the responses of the API, or the flag, and a person has to decide who is right.

use super::code::Code;
use super::error_body::{Envelope, ErrorBody};
use super::operations::{Operation, Response};
use super::origin::Origin;
use super::schema::places;

/// A longer name of a schema is not shown.
const MAX_NAME_LENGTH: usize = 40;

/// What the sources say differently about the code, and one line for each status and each kind of documented body; `learned` are the recorded responses.
pub(super) fn find(operations: &[Operation<'_>], envelope: &Envelope, learned: &[ErrorBody]) -> Vec<String> {
    let mut found: Vec<(String, String, usize)> = Vec::new();
    for response in operations.iter().flat_map(|one| &one.responses).filter(|one| one.is_error()) {
        let Some(what) = of_response(response, envelope, learned) else { continue };
        match found.iter_mut().find(|(status, other, _)| *status == response.status && *other == what) {
            Some((_, _, count)) => *count += 1,
            None => found.push((response.status.clone(), what, 1)),
        }
    }
    let line = |(status, what, count): (String, String, usize)| {
        let (operations, verb) = if count == 1 { ("operation", "documents") } else { ("operations", "document") };
        format!("{status}: {count} {operations} {verb} {what}")
    };
    envelope.disputed.iter().cloned().chain(found.into_iter().map(line)).collect()
}

fn of_response(response: &Response<'_>, envelope: &Envelope, learned: &[ErrorBody]) -> Option<String> {
    let media = response.media.as_deref().filter(|media| !media.contains('*'))?;
    let name = response.schema_name.as_deref().filter(|name| name.len() <= MAX_NAME_LENGTH);
    let (is_same, expected) = (media.eq_ignore_ascii_case(&envelope.media_type), &envelope.media_type);
    let responses: Vec<&str> =
        learned.iter().filter(|one| one.status == response.status).filter_map(|one| one.media.as_deref()).collect();
    if !is_same && envelope.origins.media_type != Origin::Guess && !responses.contains(&media) {
        let schema = name.map(|name| format!(" ({name})")).unwrap_or_default();
        let who = if responses.contains(&expected.as_str()) { "the API returns" } else { "the pack expects" };
        return Some(format!("{media}{schema}, but {who} {expected}"));
    }
    let has_code = places(response.schema?).iter().any(|place| place.pointer == envelope.code);
    let is_known = envelope.origins.code != Origin::Guess
        && !response.examples.iter().any(|one| one.pointer(&envelope.code).is_some());
    // What the sources say differently about the place of the code is said once.
    (is_known && !has_code && envelope.disputed.is_none()).then(|| {
        format!(
            "{}, in which there is no {}: the pack expects it in every error",
            name.unwrap_or("a schema"),
            envelope.code
        )
    })
}

/// A code of the page that is only the last part of the code in the responses: `lost` for `https://a.example/problems/lost`.
pub(super) fn shortened(codes: &[Code], learned: &[Code]) -> Option<String> {
    let is_known = |code: &str| codes.iter().any(|known| known.code == code);
    let mut sent = learned.iter().filter(|seen| !is_known(&seen.code));
    let (sent, short) = sent.find_map(|seen| {
        let (_, last) = seen.code.trim_end_matches('/').rsplit_once(['/', '#', ':'])?;
        is_known(last).then_some((&seen.code, last))
    })?;
    Some(format!(
        "the page has the code {short}, but the API returns {sent}: write the codes in schemas/errors.yaml as the API sends them"
    ))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::access::Access;
    use super::super::description::of;
    use super::super::{envelope, operations};
    use super::*;

    fn lines(learned: &[(u16, &str)], preset: bool) -> Vec<String> {
        let body = json!({ "application/json": { "schema": { "$ref": "#/components/schemas/Invalid" } } });
        let operation = json!({ "responses": { "200": {}, "422": { "content": body } } });
        let all = of(json!({
            "openapi": "3.1.0",
            "paths": { "/a": { "get": operation, "put": operation } },
            "components": { "schemas": { "Invalid": { "type": "object", "properties": { "detail": { "type": "array" } } } } },
        }));
        let access = Access::of(all.node(), None);
        let operations = operations::read(&all, &access);
        let response = |(status, media): &(u16, &str)| super::super::Learned {
            status: *status,
            media: Some((*media).to_owned()),
            body: json!({ "type": "https://a.example/wrong", "title": "x" }),
            ..Default::default()
        };
        let learned = envelope::bodies_of_responses(&learned.iter().map(response).collect::<Vec<_>>());
        let envelope = super::super::disputes::envelope(&envelope::bodies(&operations), &[], &learned, &[], preset);
        find(&operations, &envelope, &learned)
    }

    #[test]
    fn another_media_type_is_named_with_its_status() {
        let problem = "application/problem+json";
        let documented = "422: 2 operations document application/json (Invalid), but ";
        assert_eq!(lines(&[(422, problem)], false), [format!("{documented}the API returns {problem}")]);
        assert_eq!(lines(&[(404, problem)], false), [format!("{documented}the pack expects {problem}")]);
        assert_eq!(lines(&[], true), [format!("{documented}the pack expects {problem}")]);
        assert!(lines(&[], false).is_empty(), "nothing is known about errors");
    }

    #[test]
    fn a_schema_without_the_code_is_named() {
        let found = lines(&[(422, "application/json"), (404, "application/json")], false);
        assert_eq!(
            found,
            ["422: 2 operations document Invalid, in which there is no /type: the pack expects it in every error"]
        );
    }
}

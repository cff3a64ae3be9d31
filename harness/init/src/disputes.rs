//! Which member contains the code if description, page and recorded responses differ.
//!
//! The published page of error codes is the contract, so its examples win over the description. A member whose values are
//! codes of the page wins over a member with a likely name. Otherwise the pack asserts what the description says, and a
//! warning says that the responses differ.

use serde_json::{Value, json};

use super::envelope::{documented, is_problem, most_common};
use super::error_body::{Envelope, ErrorBody, Hints, PROBLEM};
use super::origin::Origin;
use super::pointers::{self, repeats_the_status};
use super::shape::require_what_all_have;
use super::statement;

/// Everything that shows what errors look like.
struct Evidence<'e> {
    /// The bodies that the description documents, the examples of the page, and the recorded responses.
    bodies: &'e [ErrorBody],
    of_page: &'e [ErrorBody],
    learned: &'e [ErrorBody],
    /// The codes that the page lists.
    listed: &'e [String],
    /// True if errors have the format of RFC 9457.
    preset: bool,
}

/// Finds the envelope in the documentation. If the documentation does not describe all errors, uses the recorded
/// responses. `listed` are the codes that the page lists.
pub(super) fn envelope(
    bodies: &[ErrorBody],
    of_page: &[ErrorBody],
    learned: &[ErrorBody],
    listed: &[String],
    preset: bool,
) -> Envelope {
    let mut envelope = settled(&Evidence { bodies, of_page, learned, listed, preset });
    take_code_of_responses(&mut envelope, learned);
    let documented: Vec<&ErrorBody> = bodies.iter().chain(of_page).collect();
    // A documented schema says itself which members are required.
    let is_open =
        envelope.media_type == PROBLEM && !bodies.iter().any(|body| body.schema.is_some() && is_problem(body));
    if is_open {
        require_what_all_have(&mut envelope.schema, learned);
    }
    envelope.field = pointers::field(&envelope, &documented, learned);
    envelope.status = pointers::status(&envelope, &documented, learned);
    // RFC 9457 says that the member has the status of the response, if errors are known to have this format.
    if let Some(status) = envelope.status.as_mut().filter(|_| envelope.media_type == PROBLEM) {
        status.origin = status.origin.max(envelope.origins.media_type);
    }
    let own = envelope.status.as_ref().map(|status| &status.pointer).into_iter().chain([&envelope.code]);
    for pointer in own {
        statement::leave_type_at(&mut envelope.schema, pointer);
    }
    forbid_an_empty_message(&mut envelope, bodies.iter().chain(of_page).chain(learned));
    envelope
}

/// A required message is of no use to anyone if it is empty. A description rarely says so.
fn forbid_an_empty_message<'b>(envelope: &mut Envelope, mut bodies: impl Iterator<Item = &'b ErrorBody>) {
    let is_known = envelope.origins.shape.min(envelope.origins.message) != Origin::Guess;
    let is_empty = |body: &ErrorBody| body.at(&envelope.message).is_some_and(|place| place.values.contains(&json!("")));
    if !is_known || bodies.any(is_empty) {
        return;
    }
    let Some(message) = statement::required_at(&mut envelope.schema, &envelope.message) else { return };
    let says_more = ["enum", "const", "minLength", "pattern"].iter().any(|word| message.get(word).is_some());
    if message["type"] == json!("string") && !says_more {
        message["minLength"] = json!(1);
        envelope.forbids_empty_message = true;
    }
}

/// If the documentation does not show which member contains the code, recorded responses may show it.
fn take_code_of_responses(envelope: &mut Envelope, learned: &[ErrorBody]) {
    let seen = documented(learned, &[], Hints::default());
    if envelope.origins.code != Origin::Guess || seen.origins.code == Origin::Guess {
        return;
    }
    if envelope.message == seen.code || envelope.origins.message == Origin::Guess {
        envelope.message = seen.message;
        envelope.origins.message = seen.origins.message.min(Origin::Learned);
    }
    (envelope.code, envelope.parent, envelope.is_integer) = (seen.code, seen.parent, seen.is_integer);
    envelope.origins.code = Origin::Learned;
}

/// The envelope, with a sentence about what the sources say differently.
fn settled(evidence: &Evidence<'_>) -> Envelope {
    let mut first = documented_or_learned(evidence);
    if let Some(other) = of_page_instead(evidence, &first).or_else(|| with_listed_codes(evidence, &first)) {
        return other;
    }
    first.disputed = responses_differ(evidence, &first);
    first
}

impl Evidence<'_> {
    fn hints(&self) -> Hints<'_> {
        Hints { preset: self.preset, learned: self.learned, code: None }
    }

    fn all(&self) -> impl Iterator<Item = &ErrorBody> {
        self.of_page.iter().chain(self.bodies).chain(self.learned)
    }

    /// True if the body has a code of the page there.
    fn shows_listed(&self, body: &ErrorBody, pointer: &str) -> bool {
        body.at(pointer).is_some_and(|place| place.values.iter().any(|value| self.is_listed(value)))
    }

    fn is_listed(&self, value: &Value) -> bool {
        match value {
            Value::String(text) => self.listed.contains(text),
            Value::Number(number) => self.listed.contains(&number.to_string()),
            _ => false,
        }
    }
}

/// The envelope of the documentation, or that of the responses if the documentation does not describe all errors.
fn documented_or_learned(evidence: &Evidence<'_>) -> Envelope {
    let learned = evidence.learned;
    let from_documentation = documented(evidence.bodies, evidence.of_page, evidence.hints());
    if from_documentation.origins.shape == Origin::Documented || learned.is_empty() {
        return from_documentation;
    }
    of_responses(learned, Hints::default())
}

fn of_responses(learned: &[ErrorBody], hints: Hints<'_>) -> Envelope {
    let mut seen = documented(learned, &[], hints);
    seen.origins = seen.origins.learned();
    let everywhere = |pointer: &str| learned.iter().all(|body| body.at(pointer).is_some());
    let is_problem = seen.media_type == PROBLEM && learned.iter().all(|body| body.media.as_deref() == Some(PROBLEM));
    if !is_problem && !everywhere(&seen.message) {
        seen.origins.shape = Origin::Guess;
    }
    seen
}

/// The envelope of the page's examples, if they show the code where the description has none of this type.
fn of_page_instead(evidence: &Evidence<'_>, first: &Envelope) -> Option<Envelope> {
    let mut shown = documented(&[], evidence.of_page, evidence.hints());
    let kind = if shown.is_integer { "integer" } else { "string" };
    let has = |body: &ErrorBody| body.at(&shown.code).is_some_and(|place| place.may_be(kind));
    let agrees = first.code == shown.code && first.is_integer == shown.is_integer;
    // An example without a listed code may be of something else.
    let is_example =
        evidence.listed.is_empty() || evidence.of_page.iter().any(|body| evidence.shows_listed(body, &shown.code));
    let differs = shown.origins.code == Origin::Documented && is_example && !agrees;
    if !differs || evidence.bodies.is_empty() || evidence.bodies.iter().any(has) {
        return None;
    }
    let described = match first.origins.code {
        Origin::Guess => "its error schemas have no code there".to_owned(),
        _ => format!("it documents the code at {}, {}", first.code, type_of(first)),
    };
    shown.disputed = Some(format!(
        "the examples of the page have the error code at {}, {}, and the description does not: {described}. The pack follows the page",
        shown.code,
        type_of(&shown),
    ));
    shown.media_type.clone_from(&first.media_type);
    shown.origins.media_type = first.origins.media_type;
    Some(shown)
}

fn type_of(envelope: &Envelope) -> &'static str {
    if envelope.is_integer { "an integer" } else { "a text" }
}

/// The envelope with another member as the code: the values of that one are codes of the page, and those of the first one
/// are not.
fn with_listed_codes(evidence: &Evidence<'_>, first: &Envelope) -> Option<Envelope> {
    if evidence.listed.is_empty() || evidence.all().any(|body| evidence.shows_listed(body, &first.code)) {
        return None;
    }
    let all: Vec<&ErrorBody> = evidence.all().collect();
    let with_values = all.iter().filter(|body| body.places.iter().any(|place| !place.values.is_empty())).count();
    let is_code = |pointer: &String| {
        let values = || all.iter().filter_map(|body| body.at(pointer)).flat_map(|place| &place.values);
        let bodies = all.iter().filter(|body| evidence.shows_listed(body, pointer)).count();
        bodies * 2 >= with_values
            && values().all(|value| evidence.is_listed(value))
            && !repeats_the_status(&all, pointer)
    };
    let shown =
        all.iter().flat_map(|body| body.places.iter().filter(|place| evidence.shows_listed(body, &place.pointer)));
    let pointer = most_common(shown.map(|place| place.pointer.clone()).filter(is_code))?;
    let hints = Hints { code: Some(&pointer), ..evidence.hints() };
    if evidence.bodies.iter().chain(evidence.of_page).any(|body| body.at(&pointer).is_some()) {
        return Some(documented(evidence.bodies, evidence.of_page, hints));
    }
    let mut seen = of_responses(evidence.learned, hints);
    seen.disputed = (first.origins.code == Origin::Documented).then(|| {
        format!(
            "the recorded responses have codes of the page at {pointer}, and none at {}, where the description documents {}. \
             The pack follows the responses",
            first.code,
            type_of(first)
        )
    });
    Some(seen)
}

/// A sentence if no recorded response has the documented code.
fn responses_differ(evidence: &Evidence<'_>, first: &Envelope) -> Option<String> {
    let learned: Vec<&ErrorBody> = evidence.learned.iter().filter(|body| !body.places.is_empty()).collect();
    let has = |pointer: &str| learned.iter().any(|body| body.at(pointer).is_some());
    if first.origins.code != Origin::Documented || learned.is_empty() || has(&first.code) {
        return None;
    }
    let seen = documented(evidence.learned, &[], Hints::default());
    let is_everywhere = learned.iter().all(|body| body.at(&seen.code).is_some());
    let instead = if is_everywhere { format!("; all have {}", seen.code) } else { String::new() };
    Some(format!(
        "none of the {} recorded error responses has the documented member {}{instead}. The pack asserts what is documented, so \
         runs report these responses as violations: if the documentation is wrong, correct the error schemas of the description, \
         or name a page with an example of an error (--page)",
        learned.len(),
        first.code,
    ))
}

#[cfg(test)]
mod tests;

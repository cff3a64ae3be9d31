//! What a live API returned for the starter requests, and what follows for the expectations of the next pack.
//!
//! A response replaces a guess, and chooses between codes of which the documentation allows each. It does not replace what
//! the documentation says: if the operation documents another refusal as well, that refusal only becomes a warning.

use serde_json::{Value, json};

use super::Learned;
use super::codes::{Catalogue, shape};
use super::expectation::Expected;
use super::operations::Operation;
use super::origin::Origin;
use super::topic::{INVALID_CREDENTIAL, METHOD, MISSING_HEADER, NO_CREDENTIAL, TOPICS, TopicTest, UNKNOWN_ID};

/// The recorded responses, with the catalogue that names their codes.
#[derive(Clone, Copy)]
pub(super) struct LearnedResponses<'l> {
    learned: &'l [Learned],
    catalogue: &'l Catalogue,
}

/// A recorded refusal.
pub(super) struct Refusal {
    pub(super) status: u16,
    /// Its code, if the catalogue has it with this status.
    pub(super) code: Option<String>,
    /// The members that it names as wrong, as it spells them.
    fields: Vec<String>,
}

impl Refusal {
    /// The expectation of the same refusal.
    pub(super) fn expected(&self) -> Expected {
        let value = match &self.code {
            Some(code) => json!({ "error": code }),
            None => json!({ "status": self.status }),
        };
        Expected { value, code: self.code.clone(), origin: Origin::Learned, is_documented: false }
    }
}

impl<'l> LearnedResponses<'l> {
    pub(super) fn new(learned: &'l [Learned], catalogue: &'l Catalogue) -> Self {
        Self { learned, catalogue }
    }

    /// The expectation of a row, after its recorded response.
    pub(super) fn applied(&self, row: &TopicTest, operation: &Operation<'_>) -> Expected {
        let refusal = self.of(&scenario_of(row.topic.name), Some(&row.case), &operation.id);
        let expected = row.expected.clone();
        let Some(refusal) = refusal.filter(|refusal| statuses(row.topic.name).contains(&refusal.status)) else {
            return expected;
        };
        let expected = match expected.origin {
            Origin::Guess => guess_or(expected, &refusal),
            _ if leaves_a_choice(&expected, &refusal) => Expected { is_documented: true, ..refusal.expected() },
            _ => tolerating(expected, &refusal, operation),
        };
        self.naming_the_field(expected, row, &refusal)
    }

    /// Expects the wrong member to be named, if the refusal has named it.
    fn naming_the_field(&self, mut expected: Expected, row: &TopicTest, refusal: &Refusal) -> Expected {
        let member = row.variables.get("member").and_then(Value::as_str);
        let form = self.catalogue.envelope.field.as_ref().map(|field| field.form);
        let (Some(member), Some(form), true) = (member, form, expected.code.is_some()) else { return expected };
        if expected.code == refusal.code && refusal.fields.iter().any(|found| form.is_same(member, found)) {
            expected.value["field"] = json!("${member}");
            expected.origin = Origin::Learned;
        }
        expected
    }

    /// Why the API did not delete a new resource, if it has said so.
    pub(super) fn refused_deletion(&self, noun: &str, delete: &str) -> Option<Refusal> {
        const REASONS: [u16; 9] = [400, 401, 403, 405, 409, 412, 422, 423, 428];
        let deletion = |name: &str| name == format!("deleted-{noun}");
        self.of(&deletion, None, delete).filter(|refusal| REASONS.contains(&refusal.status))
    }

    /// True if the API has deleted a resource in a test, and did not find it afterwards.
    pub(super) fn confirms_deletion(&self, name: &str, delete: &str, read: &str) -> bool {
        let deletion = |scenario: &str| scenario == format!("deleted-{name}");
        self.of(&deletion, None, delete).is_none()
            && self.of(&deletion, None, read).is_some_and(|refusal| [404, 410].contains(&refusal.status))
    }

    /// The expectation of reading a deleted resource, after the recorded response. Its test deletes a resource of its fixture,
    /// or one with other values.
    pub(super) fn after_deletion(&self, expected: Expected, noun: &str, delete: &str, read: &str) -> Expected {
        let (own, others) = (format!("deleted-{noun}"), format!("deleted-{noun}-with-"));
        let deletion = |name: &str| name == own || name.starts_with(&others);
        let scenarios =
            self.learned.iter().filter_map(|one| one.test.split_once("::")).map(|(_, name)| name.to_owned());
        let deleted = scenarios.filter(|name| deletion(name)).find(|name| {
            let same = |other: &str| other == name;
            self.of(&same, None, delete).is_none() && self.of(&same, None, read).is_some()
        });
        let refusal = deleted.and_then(|name| self.of(&|other: &str| other == name, None, read));
        match refusal.filter(|refusal| expected.origin == Origin::Guess && [404, 410].contains(&refusal.status)) {
            Some(refusal) => guess_or(expected, &refusal),
            None => expected,
        }
    }

    /// True if the operation has created something.
    pub(super) fn confirms_creation(&self, create: &str) -> bool {
        self.learned.iter().any(|one| one.operation == create && (200..300).contains(&one.status))
    }

    /// True if the API has shown the id of the path in the body of a resource, whenever it was read.
    pub(super) fn shows_id(&self, read: &str, pointer: &str) -> bool {
        let mut all =
            self.learned.iter().filter(|one| one.operation == read && (200..300).contains(&one.status)).peekable();
        let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let is_same = |one: &Learned| {
            let id = one.path.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
            one.body.pointer(pointer).is_some_and(|value| text(value) == id)
        };
        all.peek().is_some() && all.all(is_same)
    }

    /// Whether a sketch got the code that it expects; `None` if it got no refusal.
    pub(super) fn confirms(&self, scenario: &str, code: &str) -> Option<bool> {
        let own = |name: &str| name == scenario;
        self.find(&own, None, None).map(|refusal| refusal.code.as_deref() == Some(code))
    }

    fn of(&self, scenario: &dyn Fn(&str) -> bool, case: Option<&str>, operation: &str) -> Option<Refusal> {
        self.find(scenario, case, Some(operation))
    }

    /// The last refusal in a test.
    fn find(&self, scenario: &dyn Fn(&str) -> bool, case: Option<&str>, operation: Option<&str>) -> Option<Refusal> {
        let fits = |one: &&Learned| {
            let (_, test) = one.test.split_once("::").unwrap_or_default();
            if !one.is_error() {
                return false;
            }
            let (name, rest) = test.split_once('/').map_or((test, None), |(name, rest)| (name, Some(rest)));
            scenario(name) && rest == case && operation.is_none_or(|operation| operation == one.operation)
        };
        let found = self.learned.iter().rev().find(fits)?;
        let body_code = found.body.pointer(&self.catalogue.envelope.code).and_then(|code| match code {
            Value::String(code) => Some(code.clone()),
            Value::Number(code) => Some(code.to_string()),
            _ => None,
        });
        let is_known = |code: &String| {
            self.catalogue.codes.iter().any(|known| known.code == *code && known.comes_with(found.status))
        };
        let fields = shape(&self.catalogue.envelope).fields_in(&found.body).into_iter();
        let fields = fields.filter_map(Value::as_str).map(str::to_owned).collect();
        Some(Refusal { status: found.status, code: body_code.filter(is_known), fields })
    }
}

/// True for the scenarios of a topic: `unknown-id`, `unknown-id-2`.
fn scenario_of(topic: &'static str) -> impl Fn(&str) -> bool {
    move |name| {
        let number = name.strip_prefix(topic).and_then(|rest| rest.strip_prefix('-'));
        name == topic
            || (number.is_some_and(|number| number.parse::<usize>().is_ok())
                && !TOPICS.iter().any(|other| other.name == name))
    }
}

/// The statuses that can be a refusal for the reason of a topic. Another one has another reason: a credential that is
/// not accepted, a wrong base URL, a rate limit.
fn statuses(topic: &str) -> &'static [u16] {
    if topic == NO_CREDENTIAL.name || topic == INVALID_CREDENTIAL.name {
        &[400, 401, 403, 404]
    } else if topic == METHOD.name {
        &[405]
    } else if topic == UNKNOWN_ID.name {
        &[400, 404, 410, 422]
    } else if topic == MISSING_HEADER.name {
        &[400, 409, 412, 422, 428]
    } else {
        &[400, 415, 422]
    }
}

/// The recorded refusal instead of a guess. Without a code, only an API that has no codes at all is described by the
/// status.
fn guess_or(expected: Expected, refusal: &Refusal) -> Expected {
    let is_allowed = expected.value.get("status").is_none_or(|listed| lists(listed, refusal.status));
    if refusal.code.is_none() && is_allowed {
        return expected;
    }
    Expected { is_documented: expected.is_documented, ..refusal.expected() }
}

/// True if the recorded code is one of several that the documentation allows here.
fn leaves_a_choice(expected: &Expected, refusal: &Refusal) -> bool {
    let listed = expected.value.get("error").and_then(Value::as_array);
    listed.is_some_and(|all| refusal.code.as_ref().is_some_and(|code| all.contains(&json!(code))))
}

fn lists(listed: &Value, status: u16) -> bool {
    *listed == json!(status) || listed.as_array().is_some_and(|all| all.contains(&json!(status)))
}

/// Accepts another documented refusal of the operation with a warning.
fn tolerating(mut expected: Expected, refusal: &Refusal, operation: &Operation<'_>) -> Expected {
    let Some(listed) = expected.value.get("error") else { return expected };
    let Some(code) = refusal.code.as_ref().filter(|_| operation.documents(refusal.status)) else { return expected };
    let is_listed = *listed == json!(code) || listed.as_array().is_some_and(|all| all.contains(&json!(code)));
    if !is_listed {
        expected.value["tolerate"] = json!(code);
        expected.origin = Origin::Learned;
    }
    expected
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scenarios_of_a_topic_may_have_numbers() {
        let fits = scenario_of("unknown-id");
        assert!(fits("unknown-id") && fits("unknown-id-2") && !fits("unknown-id-x") && !fits("unknown-ids"));
    }
}

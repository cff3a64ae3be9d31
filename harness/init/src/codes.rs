//! The catalogue of codes. The codes come from a page, or else from response schemas and examples.

use std::collections::BTreeMap;

use super::error_body::{Envelope, ErrorBody};
use super::operations::Operation;
use super::origin::Origin;
use crate::docs_check;
use spec::contract::{CodeType, Envelope as Shape, ErrorCatalog, FieldForm, Pointers};

/// Statuses that servers and gateways send, whether an operation documents them or not.
const COMMON: &[u16] = &[400, 401, 403, 404, 405, 406, 409, 410, 412, 413, 415, 422, 429, 500, 502, 503, 504];

#[derive(Debug)]
pub(super) struct Code {
    pub(super) code: String,
    pub(super) status: u16,
    /// The source of the status.
    pub(super) origin: Origin,
    pub(super) means: String,
}

#[derive(Debug)]
pub(super) struct Catalogue {
    pub(super) envelope: Envelope,
    pub(super) codes: Vec<Code>,
    /// True if the documentation lists all codes. Examples show only some of them.
    pub(super) is_complete: bool,
    /// The documented statuses, the statuses of recorded answers, and common ones.
    pub(super) statuses: Vec<(u16, Origin)>,
    /// The source of the codes, for the member `page`.
    pub(super) page: String,
}

impl Catalogue {
    /// True if an expectation may name the code of a status.
    fn is_sure(&self) -> bool {
        self.is_complete && !self.codes.is_empty() && self.codes.iter().all(|code| code.origin == Origin::Documented)
    }

    /// The codes of these statuses; `None` if a status has no code, or if there may be further codes.
    pub(super) fn of_statuses(&self, statuses: &[u16]) -> Option<Vec<String>> {
        let all = self.is_sure() && statuses.iter().all(|status| self.codes.iter().any(|code| code.status == *status));
        let found = self.codes.iter().filter(|code| statuses.contains(&code.status));
        all.then(|| found.map(|code| code.code.clone()).collect())
    }

    /// The codes that examples show with these statuses; `None` unless each status has exactly one.
    pub(super) fn shown_with(&self, statuses: &[u16]) -> Option<Vec<String>> {
        let one = |status: &u16| {
            let mut found = self.codes.iter().filter(|code| code.origin != Origin::Guess && code.status == *status);
            found.next().filter(|_| found.next().is_none()).map(|code| code.code.clone())
        };
        statuses.iter().map(one).collect()
    }

    /// True if the status of every code is documented.
    pub(super) fn has_sure_statuses(&self) -> bool {
        !self.codes.is_empty() && self.codes.iter().all(|code| code.origin == Origin::Documented)
    }
}

/// Builds the catalogue; `page` is the name of a page with its text.
pub(super) fn catalogue(
    operations: &[Operation<'_>],
    envelope: Envelope,
    bodies: &[ErrorBody],
    learned: &[ErrorBody],
    page: Option<(&str, &str)>,
) -> Catalogue {
    let of_page = page.map(|(_, text)| of_page(text, &envelope)).unwrap_or_default();
    let is_page = !of_page.is_empty();
    let mut codes = if is_page { of_page } else { of_bodies(&envelope, bodies) };
    let is_complete = is_page || lists_all_codes(&envelope, bodies);
    let documented = documented_statuses(operations, &codes);
    // If the documentation lists all codes, any other code is a violation.
    if !is_complete {
        for code in of_bodies(&envelope, learned) {
            if !codes.iter().any(|other| other.code == code.code) {
                codes.push(Code { origin: code.origin.min(Origin::Learned), ..code });
            }
        }
    }
    let statuses = all_statuses(documented, &codes, learned);
    let page = if is_page { page.map_or("", |(name, _)| name) } else { "OpenAPI" };
    Catalogue { envelope, codes, is_complete, statuses, page: page.to_owned() }
}

/// True if every error schema lists the values of the code.
fn lists_all_codes(envelope: &Envelope, bodies: &[ErrorBody]) -> bool {
    let with_schema = bodies.iter().filter(|body| body.schema.is_some()).collect::<Vec<_>>();
    let lists = |body: &&ErrorBody| body.at(&envelope.code).is_some_and(|place| place.listed);
    !with_schema.is_empty() && with_schema.iter().all(lists)
}

/// The statuses of the operations and of the codes, in order.
fn documented_statuses(operations: &[Operation<'_>], codes: &[Code]) -> Vec<u16> {
    let responses = || operations.iter().flat_map(|operation| &operation.responses);
    let mut statuses: Vec<u16> = responses()
        .filter_map(|response| response.status.parse().ok())
        .chain(codes.iter().map(|code| code.status))
        .collect();
    if responses().any(|one| one.status.eq_ignore_ascii_case("2XX")) {
        statuses.extend([200, 201, 202, 204]);
    }
    statuses.sort_unstable();
    statuses.dedup();
    statuses
}

/// The documented statuses, then those of codes and recorded answers, then common ones. Each status occurs once.
fn all_statuses(documented: Vec<u16>, codes: &[Code], learned: &[ErrorBody]) -> Vec<(u16, Origin)> {
    let mut statuses: Vec<(u16, Origin)> = documented.into_iter().map(|status| (status, Origin::Documented)).collect();
    let answered = learned.iter().filter_map(ErrorBody::number).filter(|status| *status < 500);
    let of_codes = codes.iter().map(|code| code.status);
    let learned = answered.chain(of_codes).map(|status| (status, Origin::Learned));
    for (status, origin) in learned.chain(COMMON.iter().map(|status| (*status, Origin::Guess))) {
        if !statuses.iter().any(|(other, _)| *other == status) {
            statuses.push((status, origin));
        }
    }
    statuses
}

fn of_page(text: &str, envelope: &Envelope) -> Vec<Code> {
    let found = docs_check::codes_of(text, &without_codes(envelope));
    let is_integer = envelope.is_integer;
    let fits = |code: &str| !is_integer || code.parse::<i64>().is_ok();
    found
        .into_iter()
        .filter(|found| fits(&found.code))
        .map(|found| Code {
            status: found.status.unwrap_or_else(|| guessed_status(&found.code, &[])),
            origin: Origin::of(found.status.is_some()),
            means: found.means.unwrap_or_else(|| in_words(&found.code)),
            code: found.code,
        })
        .collect()
}

/// What the page says about codes and is not understood, one warning each.
pub(super) fn warnings_of_page(name: &str, text: &str, envelope: &Envelope) -> Vec<String> {
    let unread = docs_check::unread_of(text, &without_codes(envelope));
    unread.into_iter().map(|(line, what)| format!("{name}:{line}: not read: {what}")).collect()
}

/// A catalogue without codes: the page reader needs the pointers only.
fn without_codes(envelope: &Envelope) -> ErrorCatalog {
    let (statuses, headers, codes) = (Vec::new(), Vec::new(), Vec::new());
    ErrorCatalog { envelope: shape(envelope), statuses, request_id: None, rate_limit: None, headers, codes }
}

/// The envelope as the contract reader has it.
pub(super) fn shape(envelope: &Envelope) -> Shape {
    let pointers = Pointers {
        envelope: envelope.parent.clone(),
        code: envelope.code.clone(),
        message: envelope.message.clone(),
        details: envelope.details.clone(),
        field: envelope.field.as_ref().map(|field| field.pointer.clone()),
        ..Pointers::default()
    };
    let code_type = if envelope.is_integer { CodeType::Integer } else { CodeType::String };
    let (media_type, field_form) = (envelope.media_type.clone(), FieldForm::default());
    Shape { schema: String::new(), media_type, code_type, field_form, pointers }
}

/// The statuses with which the documentation shows a code.
#[derive(Default)]
struct Shown {
    /// Each status, and whether it is certain that the code has this status.
    statuses: Vec<(u16, bool)>,
    means: String,
}

fn of_bodies(envelope: &Envelope, bodies: &[ErrorBody]) -> Vec<Code> {
    let mut order: Vec<String> = Vec::new();
    let mut shown: BTreeMap<String, Shown> = BTreeMap::new();
    for body in bodies {
        let Some(place) = body.at(&envelope.code) else { continue };
        // A list of codes under several statuses does not say which code has which status.
        let elsewhere = |other: &&ErrorBody| {
            other.status != body.status && other.at(&envelope.code).is_some_and(|same| same.values == place.values)
        };
        let certain = place.values.len() == 1 || (place.listed && !bodies.iter().any(|other| elsewhere(&other)));
        for code in place.values.iter().filter_map(|value| text_of(value, envelope.is_integer)) {
            if !order.contains(&code) {
                order.push(code.clone());
            }
            let entry = shown.entry(code).or_default();
            entry.statuses.extend(body.number().map(|status| (status, certain)));
            if place.values.len() == 1 && entry.means.is_empty() {
                entry.means = body.description.clone();
            }
        }
    }
    let code = |code: String| {
        let shown = shown.remove(&code).unwrap_or_default();
        let mut certain: Vec<u16> = shown.statuses.iter().filter(|one| one.1).map(|one| one.0).collect();
        certain.sort_unstable();
        certain.dedup();
        let all: Vec<u16> = shown.statuses.iter().map(|one| one.0).collect();
        let is_sure = certain.len() == 1;
        // If the documentation shows several statuses, the name of the code suggests one of them.
        let guess = guessed_status(&code, &all);
        let status = certain.iter().find(|status| **status == guess).or(certain.first()).copied().unwrap_or(guess);
        let means = if shown.means.trim().is_empty() { in_words(&code) } else { shown.means };
        Code { status, origin: Origin::of(is_sure), means, code }
    };
    order.into_iter().map(code).collect()
}

fn text_of(value: &serde_json::Value, is_integer: bool) -> Option<String> {
    match value {
        serde_json::Value::String(code) if !is_integer && !code.is_empty() => Some(code.clone()),
        serde_json::Value::Number(code) if is_integer && code.is_i64() => Some(code.to_string()),
        _ => None,
    }
}

/// The status that the name of a code suggests: 400, or 422 if only that is documented, for a name without a known
/// word.
fn guessed_status(code: &str, documented: &[u16]) -> u16 {
    const WORDS: &[(&str, u16)] = &[
        ("created", 201),
        ("accepted", 202),
        ("no_content", 204),
        ("redirect", 302),
        ("not_modified", 304),
        ("method_not_allowed", 405),
        ("precondition_failed", 412),
        ("not_found", 404),
        ("notfound", 404),
        ("unknown", 404),
        ("unauth", 401),
        ("token", 401),
        ("credential", 401),
        ("forbidden", 403),
        ("permission", 403),
        ("scope", 403),
        ("denied", 403),
        ("conflict", 409),
        ("duplicate", 409),
        ("exists", 409),
        ("already", 409),
        ("rate", 429),
        ("too_many", 429),
        ("toomany", 429),
        ("quota", 429),
        ("unavailable", 503),
        ("maintenance", 503),
        ("internal", 500),
        ("server", 500),
        ("media", 415),
        ("gone", 410),
        ("too_large", 413),
        ("toolarge", 413),
        ("unprocessable", 422),
        ("method", 405),
    ];
    // The statuses of successes and redirections are the whole name: `not_accepted` is a refusal.
    let name = code.to_lowercase().replace(['-', '.', ' '], "_");
    let invalid = || if documented.contains(&422) && !documented.contains(&400) { 422 } else { 400 };
    let fits = |(word, status): &&(&str, u16)| if *status < 400 { name == *word } else { name.contains(word) };
    WORDS.iter().find(fits).map_or_else(invalid, |(_, status)| *status)
}

/// A sentence from a code: `Not found.` for `NOT_FOUND`. Of a URI, only the last part is used.
pub(super) fn in_words(code: &str) -> String {
    let last = code.trim_end_matches('/').rsplit(['/', '#']).next().unwrap_or(code);
    let mut words = String::new();
    let mut before = ' ';
    for letter in last.chars() {
        if letter.is_ascii_uppercase() && before.is_ascii_lowercase() {
            words.push(' ');
        }
        words.push(if "_-.:".contains(letter) { ' ' } else { letter.to_ascii_lowercase() });
        before = letter;
    }
    let (first, rest) = words.split_at(words.chars().next().map_or(0, char::len_utf8));
    first.to_uppercase() + rest + "."
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_suggest_a_status() {
        for (code, status) in [
            ("NOT_FOUND", 404),
            ("rateLimit", 429),
            ("token.expired", 401),
            ("INVALID", 400),
            ("accepted", 202),
            ("not_accepted", 400),
        ] {
            assert_eq!(guessed_status(code, &[]), status, "{code}");
        }
        assert_eq!(guessed_status("INVALID_FIELD", &[422, 404]), 422);
    }

    #[test]
    fn codes_become_words() {
        for (code, words) in [
            ("NOT_FOUND", "Not found."),
            ("https://a.example/p/out-of-stock", "Out of stock."),
            ("rateLimit", "Rate limit."),
        ] {
            assert_eq!(in_words(code), words);
        }
    }
}

//! The catalogue of codes: from a page, else from the values that response schemas and examples show.

use std::collections::BTreeMap;

use super::envelope::{Envelope, ErrorBody};
use super::operations::Operation;
use super::origin::Origin;
use crate::docs_check;
use spec::contract::{CodeType, Envelope as Shape, ErrorCatalog, Pointers};

/// Statuses that servers and gateways answer with whether or not an operation documents them.
const COMMON: &[u16] = &[400, 401, 403, 404, 405, 406, 409, 410, 412, 413, 415, 422, 429, 500, 502, 503, 504];

/// One code.
#[derive(Debug)]
pub(super) struct Code {
    pub(super) code: String,
    pub(super) status: u16,
    /// Who says that it comes with that status.
    pub(super) origin: Origin,
    pub(super) means: String,
}

/// The catalogue.
#[derive(Debug)]
pub(super) struct Catalogue {
    pub(super) envelope: Envelope,
    pub(super) codes: Vec<Code>,
    /// Whether the documentation lists all codes, and not only some in examples.
    pub(super) is_complete: bool,
    /// The documented statuses, those of answers, and common ones.
    pub(super) statuses: Vec<(u16, Origin)>,
    /// Where the codes are from, for the member `page`.
    pub(super) page: String,
}

impl Catalogue {
    /// True where an expectation may name a code by its status.
    fn is_sure(&self) -> bool {
        self.is_complete && !self.codes.is_empty() && self.codes.iter().all(|code| code.origin == Origin::Documented)
    }

    /// The codes of these statuses, where it is sure that no other comes with them, and each status has one.
    pub(super) fn of_statuses(&self, statuses: &[u16]) -> Option<Vec<String>> {
        let all = self.is_sure() && statuses.iter().all(|status| self.codes.iter().any(|code| code.status == *status));
        let found = self.codes.iter().filter(|code| statuses.contains(&code.status));
        all.then(|| found.map(|code| code.code.clone()).collect())
    }

    /// The codes that examples show with these statuses, where there is one for each.
    pub(super) fn shown_with(&self, statuses: &[u16]) -> Option<Vec<String>> {
        let one = |status: &u16| {
            let mut found = self.codes.iter().filter(|code| code.origin != Origin::Guess && code.status == *status);
            found.next().filter(|_| found.next().is_none()).map(|code| code.code.clone())
        };
        statuses.iter().map(one).collect()
    }

    /// True where every code's status is documented.
    pub(super) fn has_sure_statuses(&self) -> bool {
        !self.codes.is_empty() && self.codes.iter().all(|code| code.origin == Origin::Documented)
    }
}

/// Gathers the codes; `page` is the text of a page with its name.
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
    let with_schema = bodies.iter().filter(|body| body.schema.is_some()).collect::<Vec<_>>();
    let lists = |body: &&ErrorBody| body.at(&envelope.code).is_some_and(|place| place.listed);
    let is_complete = is_page || (!with_schema.is_empty() && with_schema.iter().all(lists));
    let mut documented: Vec<u16> = operations
        .iter()
        .flat_map(|operation| &operation.responses)
        .filter_map(|response| response.status.parse().ok())
        .chain(codes.iter().map(|code| code.status))
        .collect();
    if operations.iter().flat_map(|operation| &operation.responses).any(|one| one.status.eq_ignore_ascii_case("2XX")) {
        documented.extend([200, 201, 202, 204]);
    }
    documented.sort_unstable();
    documented.dedup();
    // Where the documentation lists all codes, another one is a violation and not news.
    if !is_complete {
        for code in of_bodies(&envelope, learned) {
            if !codes.iter().any(|other| other.code == code.code) {
                codes.push(Code { origin: code.origin.min(Origin::Learned), ..code });
            }
        }
    }
    let mut statuses: Vec<(u16, Origin)> = documented.into_iter().map(|status| (status, Origin::Documented)).collect();
    let answered = learned.iter().filter_map(ErrorBody::number).filter(|status| *status < 500);
    let of_codes = codes.iter().map(|code| code.status);
    for (status, origin) in answered
        .chain(of_codes)
        .map(|status| (status, Origin::Learned))
        .chain(COMMON.iter().map(|status| (*status, Origin::Guess)))
    {
        if !statuses.iter().any(|(other, _)| *other == status) {
            statuses.push((status, origin));
        }
    }
    let page = if is_page { page.map_or("", |(name, _)| name) } else { "OpenAPI" };
    Catalogue { envelope, codes, is_complete, statuses, page: page.to_owned() }
}

fn of_page(text: &str, envelope: &Envelope) -> Vec<Code> {
    let found = docs_check::codes_of(text, &bare(envelope));
    let is_integer = envelope.is_integer;
    let fits = |code: &str| !is_integer || code.parse::<i64>().is_ok();
    found
        .into_iter()
        .filter(|(code, _)| fits(code))
        .map(|(code, status)| Code {
            status: status.unwrap_or_else(|| guessed_status(&code, &[])),
            origin: Origin::of(status.is_some()),
            means: in_words(&code),
            code,
        })
        .collect()
}

/// The catalogue as the reader of pages needs it: the pointers, and no code yet.
fn bare(envelope: &Envelope) -> ErrorCatalog {
    let pointers = Pointers {
        envelope: envelope.parent.clone(),
        code: envelope.code.clone(),
        message: envelope.message.clone(),
        details: envelope.details.clone(),
        field: envelope.field.clone(),
        retry_delay: None,
    };
    let code_type = if envelope.is_integer { CodeType::Integer } else { CodeType::String };
    let shape = Shape { schema: String::new(), media_type: envelope.media_type.clone(), code_type, pointers };
    ErrorCatalog { envelope: shape, statuses: Vec::new(), request_id: None, rate_limit: None, codes: Vec::new() }
}

/// A code with the statuses under which it is shown, and whether each is certain.
#[derive(Default)]
struct Shown {
    statuses: Vec<(u16, bool)>,
    means: String,
}

fn of_bodies(envelope: &Envelope, bodies: &[ErrorBody]) -> Vec<Code> {
    let mut order: Vec<String> = Vec::new();
    let mut shown: BTreeMap<String, Shown> = BTreeMap::new();
    for body in bodies {
        let Some(place) = body.at(&envelope.code) else { continue };
        // A list that stands under several statuses does not say which of its codes comes with which.
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
        // Where it is shown under several statuses, its name may tell which is meant.
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

/// The status that a name suggests; one of the documented ones where there is a choice.
fn guessed_status(code: &str, documented: &[u16]) -> u16 {
    const WORDS: &[(&str, u16)] = &[
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
    let name = code.to_lowercase().replace(['-', '.', ' '], "_");
    let invalid = || if documented.contains(&422) && !documented.contains(&400) { 422 } else { 400 };
    WORDS.iter().find(|(word, _)| name.contains(word)).map_or_else(invalid, |(_, status)| *status)
}

/// `Not found.` for `NOT_FOUND`; a URI by its last part.
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
        for (code, status) in [("NOT_FOUND", 404), ("rateLimit", 429), ("token.expired", 401), ("INVALID", 400)] {
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

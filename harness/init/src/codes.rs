//! The catalogue of codes. The codes come from a page, or else from response schemas and examples.

use std::collections::BTreeMap;

use super::code::Code;
use super::contradictions;
use super::error_body::{Envelope, ErrorBody};
use super::operations::Operation;
use super::origin::Origin;
use super::response_headers::{self, ResponseHeader};
use super::statuses;
use crate::docs_check;
use spec::contract::{CodeType, Envelope as Shape, ErrorCatalog, FieldForm, Pointers};

#[derive(Debug)]
pub(super) struct Catalogue {
    pub(super) envelope: Envelope,
    pub(super) codes: Vec<Code>,
    /// True if the documentation lists all codes. Examples show only some of them.
    pub(super) is_complete: bool,
    /// The documented statuses, the statuses of recorded responses, and common ones, each with a comment on its source.
    pub(super) statuses: Vec<(u16, Option<&'static str>)>,
    /// The headers that the description requires of responses.
    pub(super) headers: Vec<ResponseHeader>,
    /// The source of the codes, for the member `page`.
    pub(super) page: String,
    /// What the description says otherwise about errors, one line each.
    pub(super) contradictions: Vec<String>,
    /// A warning if the page writes codes otherwise than the API sends them.
    pub(super) shortened: Option<String>,
}

/// The member `page` of what only responses of the API show. No documentation says it.
pub(super) const LEARNED: &str = "learned";

impl Catalogue {
    /// The member `page` of a code and of its clause.
    pub(super) fn page_of_code<'c>(&'c self, code: &'c Code) -> &'c str {
        code.section.as_deref().unwrap_or_else(|| self.page_of(code.source))
    }

    /// The member `page` of a statement from this source.
    pub(super) fn page_of(&self, origin: Origin) -> &str {
        if origin == Origin::Learned { LEARNED } else { &self.page }
    }

    /// True if an expectation may name the code of a status.
    fn is_sure(&self) -> bool {
        self.is_complete && !self.codes.is_empty() && self.codes.iter().all(Code::is_sure)
    }

    /// The codes of these statuses; `None` if a status has no code, or if there may be further codes.
    pub(super) fn of_statuses(&self, statuses: &[u16]) -> Option<Vec<String>> {
        let all =
            self.is_sure() && statuses.iter().all(|status| self.codes.iter().any(|code| code.comes_with(*status)));
        let found = self.codes.iter().filter(|code| statuses.contains(&code.status()));
        all.then(|| found.map(|code| code.code.clone()).collect())
    }

    /// The codes that examples show with these statuses; `None` unless each status has exactly one.
    pub(super) fn shown_with(&self, statuses: &[u16]) -> Option<Vec<String>> {
        let one = |status: &u16| {
            let mut found = self.codes.iter().filter(|code| code.origin != Origin::Guess && code.comes_with(*status));
            found.next().filter(|_| found.next().is_none()).map(|code| code.code.clone())
        };
        statuses.iter().map(one).collect()
    }

    /// What shows the statuses of codes: the least certain source of a known status. A code whose status is unknown has
    /// each possible status, so it does not count.
    pub(super) fn origin_of_statuses(&self) -> Origin {
        let known = self.codes.iter().map(|code| code.origin).filter(|origin| *origin != Origin::Guess);
        known.min().unwrap_or(Origin::Guess)
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
    // If the documentation lists all codes, any other code is a violation.
    if !is_complete {
        for code in of_bodies(&envelope, learned) {
            if !codes.iter().any(|other| other.code == code.code) {
                codes.push(Code { origin: code.origin.min(Origin::Learned), source: Origin::Learned, ..code });
            }
        }
    }
    take_statuses(&mut codes, &of_bodies(&envelope, bodies), Origin::Documented);
    take_statuses(&mut codes, &of_bodies(&envelope, learned), Origin::Learned);
    statuses::complete(&mut codes, operations);
    let of_page =
        page.filter(|_| is_page).map(|(_, text)| docs_check::statuses_of(text, &without_codes(shape(&envelope))));
    let statuses = statuses::all(operations, &codes, learned, of_page.as_deref());
    let page = if is_page { page.map_or("", |(name, _)| name) } else { "OpenAPI" };
    let shortened = contradictions::shortened(&codes, &of_bodies(&envelope, learned)).filter(|_| is_page);
    let contradictions = contradictions::find(operations, &envelope, learned);
    let known: Vec<u16> = statuses.iter().map(|(status, _)| *status).collect();
    let headers = response_headers::find(operations, &known);
    Catalogue { envelope, codes, is_complete, statuses, headers, page: page.to_owned(), contradictions, shortened }
}

/// Takes the statuses that are not known yet from the same codes in documented bodies or recorded responses.
fn take_statuses(codes: &mut [Code], seen: &[Code], origin: Origin) {
    for code in codes.iter_mut().filter(|code| code.origin == Origin::Guess) {
        if let Some(seen) = seen.iter().find(|seen| seen.code == code.code && seen.origin != Origin::Guess) {
            (code.statuses, code.origin) = (seen.statuses.clone(), origin);
            code.has_status_of_description = origin == Origin::Documented;
        }
    }
}

/// True if every error schema lists the values of the code.
fn lists_all_codes(envelope: &Envelope, bodies: &[ErrorBody]) -> bool {
    let with_schema = bodies.iter().filter(|body| body.schema.is_some()).collect::<Vec<_>>();
    let lists = |body: &&ErrorBody| body.at(&envelope.code).is_some_and(|place| place.listed);
    !with_schema.is_empty() && with_schema.iter().all(lists)
}

/// The codes that a page lists, whatever error bodies look like.
pub(super) fn listed_on(text: &str) -> Vec<String> {
    // No body has this member.
    let pointers = Pointers { code: "/ ".to_owned(), message: "/ ".to_owned(), ..Pointers::default() };
    let shape = Shape {
        schema: String::new(),
        media_type: String::new(),
        code_type: CodeType::String,
        field_form: FieldForm::default(),
        pointers,
    };
    docs_check::codes_of(text, &without_codes(shape)).into_iter().map(|found| found.code).collect()
}

fn of_page(text: &str, envelope: &Envelope) -> Vec<Code> {
    let found = docs_check::codes_of(text, &without_codes(shape(envelope)));
    let is_integer = envelope.is_integer;
    let fits = |code: &str| !is_integer || code.parse::<i64>().is_ok();
    found
        .into_iter()
        .filter(|found| fits(&found.code))
        .map(|found| Code {
            statuses: vec![found.status.unwrap_or_else(|| statuses::guessed(&found.code, &[]))],
            origin: Origin::of(found.status.is_some()),
            source: Origin::Documented,
            section: found.section,
            has_status_of_description: false,
            means: found.means.unwrap_or_else(|| in_words(&found.code)),
            code: found.code,
        })
        .collect()
}

/// What the page says about codes and is not understood, one warning each.
pub(super) fn warnings_of_page(name: &str, text: &str, envelope: &Envelope) -> Vec<String> {
    let unread = docs_check::unread_of(text, &without_codes(shape(envelope)));
    unread.into_iter().map(|(line, what)| format!("{name}:{line}: not read: {what}")).collect()
}

/// A catalogue without codes: the page reader needs the pointers only.
fn without_codes(envelope: Shape) -> ErrorCatalog {
    let (statuses, headers, codes) = (Vec::new(), Vec::new(), Vec::new());
    ErrorCatalog { envelope, statuses, request_id: None, rate_limit: None, headers, codes }
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
        let is_certain = shown.statuses.iter().any(|one| one.1);
        let mut all: Vec<u16> =
            shown.statuses.iter().filter(|one| one.1 || !is_certain).map(|(status, _)| *status).collect();
        all.sort_unstable();
        all.dedup();
        let origin = Origin::of(!all.is_empty());
        let statuses = if all.is_empty() { vec![statuses::guessed(&code, &[])] } else { all };
        let means = if shown.means.trim().is_empty() { in_words(&code) } else { shown.means };
        let (source, section, has_status_of_description) = (Origin::Documented, None, false);
        Code { statuses, origin, source, section, has_status_of_description, means, code }
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

//! The statuses of a catalogue: the documented ones, those of recorded responses, common ones, and those that a code may
//! have if no source says its status.

use super::code::Code;
use super::error_body::ErrorBody;
use super::operations::Operation;
use super::origin::Origin;

/// Statuses that servers and gateways send, whether an operation documents them or not.
const COMMON: &[u16] = &[400, 401, 403, 404, 405, 406, 409, 410, 412, 413, 415, 422, 429, 500, 502, 503, 504];

/// The comment on a status that the page does not have.
const OF_DESCRIPTION: &str = "# OpenAPI";

/// The documented statuses, then those of recorded responses, then common ones. Each status occurs once, with a comment.
/// `of_page` are the statuses of a page, without those of its codes.
pub(super) fn all(
    operations: &[Operation<'_>],
    codes: &[Code],
    learned: &[ErrorBody],
    of_page: Option<&[u16]>,
) -> Vec<(u16, Option<&'static str>)> {
    let of_codes = |origin: Origin| codes.iter().filter(move |code| code.origin == origin);
    let numbers = |origin: Origin| of_codes(origin).flat_map(|code| code.statuses.iter().copied());
    let on_page = of_codes(Origin::Documented).filter(|code| !code.has_status_of_description);
    let on_page = on_page.flat_map(|code| code.statuses.iter().copied());
    let on_page: Vec<u16> = of_page.into_iter().flatten().copied().chain(on_page).collect();
    let documented = of_operations(operations).chain(numbers(Origin::Documented));
    let mut documented: Vec<u16> = documented.chain(of_page.into_iter().flatten().copied()).collect();
    let has_class = |one: &Operation<'_>| one.responses.iter().any(|one| one.status.eq_ignore_ascii_case("2XX"));
    if operations.iter().any(has_class) {
        documented.extend([200, 201, 202, 204]);
    }
    documented.sort_unstable();
    let responded = learned.iter().filter_map(ErrorBody::number).filter(|status| *status < 500);
    let learned = responded.chain(numbers(Origin::Learned));
    let guessed = numbers(Origin::Guess).chain(COMMON.iter().copied());
    let mut statuses: Vec<(u16, Option<&'static str>)> = Vec::new();
    let sourced = documented.into_iter().map(|status| (status, Origin::Documented));
    let sourced = sourced.chain(learned.map(|status| (status, Origin::Learned)));
    for (status, origin) in sourced.chain(guessed.map(|status| (status, Origin::Guess))) {
        if !statuses.iter().any(|(other, _)| *other == status) {
            let of_description = of_page.filter(|_| !on_page.contains(&status)).map(|_| OF_DESCRIPTION);
            statuses.push((status, origin.note().or(of_description)));
        }
    }
    statuses
}

fn of_operations(operations: &[Operation<'_>]) -> impl Iterator<Item = u16> {
    operations.iter().flat_map(|one| &one.responses).filter_map(|response| response.status.parse().ok())
}

/// `400`, or `400 or 404`.
pub(super) fn in_words(statuses: &[u16]) -> String {
    let all: Vec<String> = statuses.iter().map(u16::to_string).collect();
    all.join(" or ")
}

/// Gives each code without a known status every status that it may have, the likeliest first: those of the documented
/// errors, or else common ones. So no right response contradicts the catalogue. If no status at all is known, the guess is
/// the only status, because then nothing compares them.
pub(super) fn complete(codes: &mut [Code], operations: &[Operation<'_>]) {
    let mut possible: Vec<u16> = of_operations(operations).filter(|status| *status >= 400).collect();
    possible.sort_unstable();
    possible.dedup();
    let is_any_known = codes.iter().any(|code| code.origin != Origin::Guess);
    for code in codes.iter_mut().filter(|code| code.origin == Origin::Guess) {
        let first = guessed(&code.code, &possible);
        let others = if possible.is_empty() { COMMON } else { possible.as_slice() };
        let others = others.iter().copied().filter(|status| is_any_known && *status != first);
        code.statuses = std::iter::once(first).chain(others).collect();
    }
}

/// The status that the name of a code suggests: 400, or 422 if only that is documented, for a name without a known
/// word.
pub(super) fn guessed(code: &str, documented: &[u16]) -> u16 {
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
            assert_eq!(guessed(code, &[]), status, "{code}");
        }
        assert_eq!(guessed("INVALID_FIELD", &[422, 404]), 422);
    }
}

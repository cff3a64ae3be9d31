//! The error message for an empty selection: the reason, and a suggestion.

use std::collections::BTreeSet;

use super::ids::{IdKind, meant};
use super::{Choice, tests};
use spec::contract::Contract;
use spec::scenario::{Library, Topics};
use spec::source::distance;

/// The maximum number of suggested names.
const SUGGESTED: usize = 3;

/// The reason why no test is selected.
pub(super) fn reason(choice: &Choice, contract: &Contract, library: &Library) -> String {
    if choice.ignored {
        return "no test is marked as ignored: leave out --ignored".to_owned();
    }
    let topics: Vec<Topics> = library.tests.iter().map(|test| Topics::of(contract, test)).collect();
    let names: Vec<&str> = library.tests.iter().map(|test| test.name.as_ref()).collect();
    let mut parts = Vec::new();
    for (kind, ids) in choice.about.kinds() {
        let count = topics.iter().filter(|topics| ids.iter().any(|id| kind.of(topics).contains(id))).count();
        if count == 0 {
            return ids.first().map(|id| about_none(*kind, id, contract)).unwrap_or_default();
        }
        let flags: Vec<String> = ids.iter().map(|id| format!("{} {id}", kind.flag())).collect();
        parts.push(format!("{} ({})", flags.join(" "), tests(count)));
    }
    let by_name = names.iter().filter(|name| choice.filters.iter().any(|filter| choice.matches(filter, name))).count();
    if let (Some(first), 0) = (choice.filters.first(), by_name) {
        return by_no_name(choice, first, &topics, &names, contract);
    }
    if by_name > 0 {
        parts.push(format!("{} ({})", quoted(&choice.filters), tests(by_name)));
    }
    if let Some(failed) = &choice.failed {
        parts.push(format!("--failed {} ({})", failed.report, tests(failed.names.len())));
    }
    let skipped = if choice.skip.is_empty() { "" } else { ", except tests that --skip leaves out" };
    match parts.as_slice() {
        [] if choice.skip.is_empty() => "this pack has no test".to_owned(),
        [] => "--skip leaves no test".to_owned(),
        parts => format!("no test matches {}{skipped}", parts.join(" and ")),
    }
}

/// The reason why no test is about an existing id.
fn about_none(kind: IdKind, id: &str, contract: &Contract) -> String {
    let noun = kind.noun();
    let clause = contract.clause(id).filter(|_| kind == IdKind::Clause);
    let reason = match clause {
        Some(clause) if !clause.checks.is_empty() => {
            format!("every test exercises it, by the check {}", clause.checks.join(", "))
        }
        Some(clause) if clause.excluded.is_some() => "this suite does not judge it".to_owned(),
        _ => format!("no test expects anything of the {noun}"),
    };
    format!("no test is about {id} alone: {reason}; `conformance explain {id}` shows more")
}

/// The reason why the filters match no name: the first of them is an id, or it is misspelt.
fn by_no_name(choice: &Choice, word: &str, topics: &[Topics], names: &[&str], contract: &Contract) -> String {
    let verb = if choice.exact { "is called" } else { "has a name with" };
    let beginning = format!("no test {verb} {}", quoted(&choice.filters));
    for kind in IdKind::ALL {
        let known = kind.known(contract);
        if let Some(id) = meant(word, &known) {
            let count = topics.iter().filter(|topics| kind.of(topics).contains(id)).count();
            let (noun, flag) = (kind.noun(), kind.flag());
            return match count {
                0 => format!("{beginning}: `{id}` is {} {noun}, and {}", article(noun), about_none(kind, id, contract)),
                _ => {
                    format!("{beginning}: `{id}` is {} {noun}; {flag} {id} selects {}", article(noun), tests(count))
                }
            };
        }
    }
    let near = near(word, names, choice.exact);
    let flags = IdKind::ALL.into_iter().filter_map(|kind| misspelt(word, kind, contract));
    let flag = flags.min_by_key(|(distance, _)| *distance);
    match (near, flag) {
        (Some((distance, _)), Some((other, flag))) if other <= distance => format!("{beginning}: did you mean {flag}?"),
        (Some((_, near)), _) => format!("{beginning}: did you mean {}?", quoted(&near)),
        (None, Some((_, flag))) => format!("{beginning}: did you mean {flag}?"),
        (None, None) => format!("{beginning}; `--list` shows all names"),
    }
}

/// The flag with the nearest id of a kind, and how far it is from the word.
fn misspelt(word: &str, kind: IdKind, contract: &Contract) -> Option<(usize, String)> {
    let known = kind.known(contract);
    let near = known.iter().filter_map(|id| Some((distance(word, id)?, id))).min_by_key(|(distance, _)| *distance);
    near.map(|(distance, id)| (distance, format!("`{} {id}`", kind.flag())))
}

/// The names that are most similar to a filter: of a file, a scenario or a test. With `--exact`, names of tests only.
fn near(word: &str, names: &[&str], exact: bool) -> Option<(usize, Vec<String>)> {
    let candidates: BTreeSet<&str> =
        if exact { names.iter().copied().collect() } else { names.iter().flat_map(|name| beginnings(name)).collect() };
    if exact {
        let containing: Vec<String> =
            names.iter().filter(|name| name.contains(word)).map(|name| (*name).to_owned()).collect();
        if !containing.is_empty() {
            return Some((0, containing.into_iter().take(SUGGESTED).collect()));
        }
    }
    let mut near: Vec<(usize, usize, &str)> = candidates
        .into_iter()
        .filter_map(|candidate| Some((distance_to(word, candidate)?, candidate.len(), candidate)))
        .collect();
    near.sort_unstable();
    let nearest = near.first()?.0;
    let nearest_ones = near.iter().take_while(|(distance, ..)| *distance == nearest);
    Some((nearest, nearest_ones.take(SUGGESTED).map(|(_, _, name)| (*name).to_owned()).collect()))
}

/// The file of a test, its scenario, and its name.
fn beginnings(name: &str) -> Vec<&str> {
    let Some((file, rest)) = name.split_once("::") else { return vec![name] };
    let scenario = rest.split('/').next().unwrap_or(rest);
    vec![file, &name[..file.len() + 2 + scenario.len()], name]
}

/// The edit distance between a word and a candidate, or the last part of the candidate.
fn distance_to(word: &str, candidate: &str) -> Option<usize> {
    let parts = ["::", "/"].into_iter().filter_map(|mark| candidate.rsplit_once(mark).map(|(_, last)| last));
    parts.chain([candidate]).filter_map(|part| distance(word, part)).min()
}

/// `a`, `b` or `c`, each in quotes.
fn quoted(words: &[String]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    match quoted.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} or {last}", others.join(", ")),
        None => String::new(),
    }
}

fn article(noun: &str) -> &'static str {
    if noun.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_names_are_files_scenarios_or_tests() {
        let names = [
            "authentication/token-expired::expired-token/listCustomers",
            "authentication/token-expired::expired-token/getCustomer",
            "authentication/token-expired::a-new-token-works",
            "readme::impossible-dates/leap",
        ];
        let found = |word: &str, exact| near(word, &names, exact).map(|(_, names)| names).unwrap_or_default();
        for (word, exact, expected) in [
            ("token-expierd", false, &["authentication/token-expired"][..]),
            ("Readme", false, &["readme"]),
            ("imposible-dates", false, &["readme::impossible-dates"]),
            ("readme::impossible-dates/leep", false, &["readme::impossible-dates/leap"]),
            ("getCustomers", false, &[names[1]]),
            ("zebra", false, &[]),
            ("impossible-dates", true, &[names[3]]),
            ("token-expired", true, &[names[0], names[1], names[2]]),
            ("readme", true, &[names[3]]),
        ] {
            assert_eq!(found(word, exact), expected, "{word}");
        }
    }
}

//! The ids of clauses, error codes and operations on the command line.

use crate::flags::SelectionArgs;
use spec::contract::Contract;
use spec::scenario::Topics;
use spec::source::suggestion;

/// A kind of id that selects tests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum IdKind {
    Clause,
    Code,
    Operation,
}

impl IdKind {
    pub(super) const ALL: [IdKind; 3] = [IdKind::Clause, IdKind::Code, IdKind::Operation];

    pub(super) fn flag(self) -> &'static str {
        match self {
            IdKind::Clause => "--clause",
            IdKind::Code => "--code",
            IdKind::Operation => "--operation",
        }
    }

    pub(super) fn noun(self) -> &'static str {
        match self {
            IdKind::Clause => "clause",
            IdKind::Code => "error code",
            IdKind::Operation => "operation",
        }
    }

    pub(super) fn known(self, contract: &Contract) -> Vec<String> {
        match self {
            IdKind::Clause => contract.clauses.iter().map(|clause| clause.id.clone()).collect(),
            IdKind::Code => contract.catalog.code_names(),
            IdKind::Operation => contract.operations.iter().map(|operation| operation.id.clone()).collect(),
        }
    }

    /// The ids of this kind that a test is about.
    pub(super) fn of(self, topics: &Topics) -> &[String] {
        match self {
            IdKind::Clause => &topics.clauses,
            IdKind::Code => &topics.codes,
            IdKind::Operation => &topics.operations,
        }
    }
}

/// The ids of the selection flags. A test must match one id of each given kind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct About(Vec<(IdKind, Vec<String>)>);

impl About {
    /// The ids of the command line; the error is about an unknown id.
    pub(super) fn resolved(asked: &SelectionArgs, contract: &Contract) -> Result<Self, String> {
        let mut about = Vec::new();
        for kind in IdKind::ALL {
            let given = match kind {
                IdKind::Clause => &asked.clause,
                IdKind::Code => &asked.code,
                IdKind::Operation => &asked.operation,
            };
            let known = kind.known(contract);
            let ids: Vec<String> = given.iter().map(|id| resolved(kind, id, &known)).collect::<Result<_, _>>()?;
            if !ids.is_empty() {
                about.push((kind, ids));
            }
        }
        Ok(Self(about))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn includes(&self, topics: &Topics) -> bool {
        self.0.iter().all(|(kind, ids)| ids.iter().any(|id| kind.of(topics).contains(id)))
    }

    /// The given kinds, each with its ids.
    pub(super) fn kinds(&self) -> &[(IdKind, Vec<String>)] {
        &self.0
    }
}

/// The known id that a word means: the equal one, or else the only one that is equal except for the case of letters.
pub(super) fn meant<'k>(word: &str, known: &'k [String]) -> Option<&'k String> {
    let same = known.iter().find(|id| *id == word);
    same.or_else(|| match alike(word, known).as_slice() {
        [only] => Some(*only),
        _ => None,
    })
}

fn alike<'k>(word: &str, known: &'k [String]) -> Vec<&'k String> {
    known.iter().filter(|id| id.to_lowercase() == word.to_lowercase()).collect()
}

fn resolved(kind: IdKind, word: &str, known: &[String]) -> Result<String, String> {
    if let Some(id) = meant(word, known) {
        return Ok(id.clone());
    }
    let noun = kind.noun();
    let alike: Vec<String> = alike(word, known).into_iter().map(|id| format!("`{id}`")).collect();
    if !alike.is_empty() {
        return Err(format!("the {noun} `{word}` can mean {}: write one of these", alike.join(" or ")));
    }
    let hint = suggestion(word, known).unwrap_or_else(|| match known.first() {
        Some(first) => {
            format!("expected an id such as `{first}`; `list --format json` shows the ids that tests are about")
        }
        None => format!("this pack has no {noun}"),
    });
    Err(format!("unknown {noun} `{word}`: {hint}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_case_of_letters_matters_only_for_ambiguous_ids() {
        let known = ["AUTH-1", "AUTH-11", "readIt", "readit", "40401"].map(str::to_owned);
        for (word, meaning) in [
            ("AUTH-1", Ok("AUTH-1")),
            ("auth-1", Ok("AUTH-1")),
            ("Auth-11", Ok("AUTH-11")),
            ("readIt", Ok("readIt")),
            ("readit", Ok("readit")),
            ("READIT", Err("the clause `READIT` can mean `readIt` or `readit`: write one of these")),
            ("40401", Ok("40401")),
            ("AUTH1", Err("unknown clause `AUTH1`: did you mean `AUTH-1`?")),
            ("", Err("unknown clause ``: expected an id such as `AUTH-1`;")),
            ("xyzzy", Err("unknown clause `xyzzy`: expected an id such as `AUTH-1`;")),
        ] {
            match (resolved(IdKind::Clause, word, &known), meaning) {
                (Ok(id), Ok(meaning)) => assert_eq!(id, meaning, "{word}"),
                (Err(message), Err(beginning)) => assert!(message.starts_with(beginning), "{word}: {message}"),
                (found, _) => panic!("{word}: {found:?}"),
            }
        }
    }

    #[test]
    fn kinds_combine_with_and_and_their_ids_with_or() {
        let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        let topics = Topics { clauses: words(&["A", "B"]), codes: words(&["X"]), operations: words(&["get"]) };
        for (about, included) in [
            (vec![], true),
            (vec![(IdKind::Clause, words(&["A"]))], true),
            (vec![(IdKind::Clause, words(&["C", "B"]))], true),
            (vec![(IdKind::Clause, words(&["C"]))], false),
            (vec![(IdKind::Clause, words(&["A"])), (IdKind::Code, words(&["X"]))], true),
            (vec![(IdKind::Clause, words(&["A"])), (IdKind::Code, words(&["Y"]))], false),
            (vec![(IdKind::Code, words(&["Y", "X"])), (IdKind::Operation, words(&["get", "put"]))], true),
        ] {
            assert_eq!(About(about.clone()).includes(&topics), included, "{about:?}");
        }
    }
}

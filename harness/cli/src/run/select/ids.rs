//! Ids on the command line: of clauses, error codes and operations, as the contract writes them.

use crate::flags::SelectionArgs;
use spec::contract::Contract;
use spec::scenario::Topics;
use spec::source::suggestion;

/// A kind of id by which tests are chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Clause,
    Code,
    Operation,
}

impl Kind {
    pub(super) const ALL: [Kind; 3] = [Kind::Clause, Kind::Code, Kind::Operation];

    pub(super) fn flag(self) -> &'static str {
        match self {
            Kind::Clause => "--clause",
            Kind::Code => "--code",
            Kind::Operation => "--operation",
        }
    }

    pub(super) fn noun(self) -> &'static str {
        match self {
            Kind::Clause => "clause",
            Kind::Code => "error code",
            Kind::Operation => "operation",
        }
    }

    pub(super) fn known(self, contract: &Contract) -> Vec<String> {
        match self {
            Kind::Clause => contract.clauses.iter().map(|clause| clause.id.clone()).collect(),
            Kind::Code => contract.catalog.code_names(),
            Kind::Operation => contract.operations.iter().map(|operation| operation.id.clone()).collect(),
        }
    }

    /// What of this kind a test is about.
    pub(super) fn of(self, topics: &Topics) -> &[String] {
        match self {
            Kind::Clause => &topics.clauses,
            Kind::Code => &topics.codes,
            Kind::Operation => &topics.operations,
        }
    }
}

/// What the chosen tests are about. Ids of one kind are alternatives; all kinds that are named must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct About(Vec<(Kind, Vec<String>)>);

impl About {
    /// The ids of the command line, or which of them is unknown.
    pub(super) fn resolved(asked: &SelectionArgs, contract: &Contract) -> Result<Self, String> {
        let mut about = Vec::new();
        for kind in Kind::ALL {
            let given = match kind {
                Kind::Clause => &asked.clause,
                Kind::Code => &asked.code,
                Kind::Operation => &asked.operation,
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

    /// The kinds that are named, each with its ids.
    pub(super) fn kinds(&self) -> &[(Kind, Vec<String>)] {
        &self.0
    }
}

/// The known id that a word means: the same, or the only one that differs in nothing but the case of letters.
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

fn resolved(kind: Kind, word: &str, known: &[String]) -> Result<String, String> {
    if let Some(id) = meant(word, known) {
        return Ok(id.clone());
    }
    let noun = kind.noun();
    let alike: Vec<String> = alike(word, known).into_iter().map(|id| format!("`{id}`")).collect();
    if !alike.is_empty() {
        return Err(format!("the {noun} `{word}` may be {}: write it as it is", alike.join(" or ")));
    }
    let hint = suggestion(word, known).unwrap_or_else(|| match known.first() {
        Some(first) => format!("they are written like `{first}`; `list --format json` shows all that tests are about"),
        None => format!("this pack has no {noun}"),
    });
    Err(format!("unknown {noun} `{word}`: {hint}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_case_of_letters_matters_only_where_it_must() {
        let known = ["AUTH-1", "AUTH-11", "readIt", "readit", "40401"].map(str::to_owned);
        for (word, meaning) in [
            ("AUTH-1", Ok("AUTH-1")),
            ("auth-1", Ok("AUTH-1")),
            ("Auth-11", Ok("AUTH-11")),
            ("readIt", Ok("readIt")),
            ("readit", Ok("readit")),
            ("READIT", Err("the clause `READIT` may be `readIt` or `readit`: write it as it is")),
            ("40401", Ok("40401")),
            ("AUTH1", Err("unknown clause `AUTH1`: did you mean `AUTH-1`?")),
            ("", Err("unknown clause ``: they are written like `AUTH-1`;")),
            ("xyzzy", Err("unknown clause `xyzzy`: they are written like `AUTH-1`;")),
        ] {
            match (resolved(Kind::Clause, word, &known), meaning) {
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
            (vec![(Kind::Clause, words(&["A"]))], true),
            (vec![(Kind::Clause, words(&["C", "B"]))], true),
            (vec![(Kind::Clause, words(&["C"]))], false),
            (vec![(Kind::Clause, words(&["A"])), (Kind::Code, words(&["X"]))], true),
            (vec![(Kind::Clause, words(&["A"])), (Kind::Code, words(&["Y"]))], false),
            (vec![(Kind::Code, words(&["Y", "X"])), (Kind::Operation, words(&["get", "put"]))], true),
        ] {
            assert_eq!(About(about.clone()).includes(&topics), included, "{about:?}");
        }
    }
}

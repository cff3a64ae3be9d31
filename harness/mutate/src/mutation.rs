//! A mutation as data: which responses it changes, how, and which clauses that violates.
//!
//! ```yaml
//! mutations:
//!   - name: code/NOT_FOUND/other-status
//!     when: { code: NOT_FOUND }
//!     change: { kind: set-status, to: 400 }
//!     clauses: [STA-2]
//! ```

use serde::{Deserialize, Serialize};
use serde_json::Value;

use spec::contract::Contract;
use spec::source::{Problem, SourceFile, suggestion};

/// One fault that a target could have.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mutation {
    /// Its name, from the general to the special, such as `header/Trace/removed`.
    pub name: String,
    /// Which responses it changes; all of them where nothing is said.
    #[serde(default)]
    pub when: When,
    /// What it does to them.
    pub change: Change,
    /// The clauses that it violates: a test that notices it reports one of them. Where there are none, any violation counts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub clauses: Vec<String>,
}

/// Which responses a mutation changes. All that is given must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct When {
    /// The operation that was called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation: Option<String>,
    /// The actor whose credential was sent, unaltered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor: Option<String>,
    /// The status of the response.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// The error code of the response.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// Only errors, or only successes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answers: Option<Answers>,
    /// Only every n-th of the responses that all else fits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub every: Option<usize>,
}

/// A kind of responses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Answers {
    /// From 400 up.
    Errors,
    /// From 200 to 299.
    Successes,
}

/// What is done to a response. `at` is a JSON Pointer into its body.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
#[expect(missing_docs, reason = "each variant says what its fields are")]
pub enum Change {
    /// Another status, all else unchanged.
    SetStatus { to: u16 },
    /// Another error code, with that status.
    SetCode { to: String, status: u16 },
    /// A member less.
    RemoveMember { at: String },
    /// A member under another name.
    RenameMember { at: String, to: String },
    /// Another value of a member, or one more member; a pointer to a place that does not exist changes nothing.
    SetMember { at: String, to: Value },
    /// A number that is off by so many.
    OffsetMember { at: String, by: i64 },
    /// A member of the outermost object that stands there twice.
    RepeatMember,
    /// Text behind the text of a member.
    AppendText { at: String, text: String },
    /// A header less.
    RemoveHeader { name: String },
    /// Another value of a header, or one more header.
    SetHeader { name: String, to: String },
    /// A header that is there a second time, with another value.
    RepeatHeader { name: String, to: String },
    /// A whole number in a header that is off by so many.
    OffsetHeader { name: String, by: i64 },
    /// A byte order mark before the body.
    ByteOrderMark,
    /// The body in UTF-16, declared as such.
    Utf16,
    /// The second half of the body is missing.
    Truncate,
    /// Another body, as of a framework or a gateway that answers itself.
    Replace { media_type: String, text: String },
    /// A success instead of what came: the last success of that operation, or an empty object.
    Succeed { status: u16 },
    /// A documented error instead of what came. The request has reached the target all the same.
    Refuse { code: String, status: u16 },
    /// The response that came to the same request before.
    Stale,
}

/// What a mutation looks at to decide whether a response is one that it changes.
#[derive(Clone, Copy, Debug, Default)]
pub struct Subject<'s> {
    /// The operation that was called, where it is a documented one.
    pub operation: Option<&'s str>,
    /// The actor whose credential was sent.
    pub actor: Option<&'s str>,
    /// The status.
    pub status: u16,
    /// The error code.
    pub code: Option<&'s str>,
}

impl When {
    /// Whether a response is one that is changed, as far as that does not depend on how many came before.
    pub fn fits(&self, subject: &Subject<'_>) -> bool {
        let same =
            |wanted: &Option<String>, found: Option<&str>| wanted.as_deref().is_none_or(|wanted| found == Some(wanted));
        same(&self.operation, subject.operation)
            && same(&self.actor, subject.actor)
            && same(&self.code, subject.code)
            && self.status.is_none_or(|status| status == subject.status)
            && match self.answers {
                None => true,
                Some(Answers::Errors) => subject.status >= 400,
                Some(Answers::Successes) => (200..300).contains(&subject.status),
            }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    mutations: Vec<Mutation>,
}

/// Reads a YAML file of mutations, and checks its names against the contract.
pub fn read(file: &SourceFile, contract: &Contract) -> Result<Vec<Mutation>, Vec<Problem>> {
    let mutations = file.parse::<File>().map_err(|problem| vec![problem])?.mutations;
    let problems: Vec<Problem> =
        mutations.iter().enumerate().flat_map(|(index, one)| unknown_names(file, contract, index, one)).collect();
    if problems.is_empty() { Ok(mutations) } else { Err(problems) }
}

/// Mutations as such a file holds them.
pub fn write(mutations: Vec<Mutation>) -> Result<String, String> {
    serde_yaml::to_string(&File { mutations }).map_err(|error| error.to_string())
}

fn unknown_names(file: &SourceFile, contract: &Contract, index: usize, mutation: &Mutation) -> Vec<Problem> {
    let operations = contract.operations.iter().map(|operation| operation.id.clone()).collect();
    let actors = contract.conventions.actors.keys().cloned().collect();
    let clauses: Vec<String> = contract.clauses.iter().map(|clause| clause.id.clone()).collect();
    let when = &mutation.when;
    let mut named: Vec<(Vec<spec::source::Step>, &str, &String, Vec<String>)> = Vec::new();
    let at = |member: &'static str| vec!["mutations".into(), index.into(), "when".into(), member.into()];
    named.extend(when.operation.as_ref().map(|name| (at("operation"), "operation", name, operations)));
    named.extend(when.actor.as_ref().map(|name| (at("actor"), "actor", name, actors)));
    named.extend(when.code.as_ref().map(|name| (at("code"), "code", name, contract.catalog.code_names())));
    named.extend(mutation.clauses.iter().enumerate().map(|(place, name)| {
        let at = vec!["mutations".into(), index.into(), "clauses".into(), place.into()];
        (at, "clause", name, clauses.clone())
    }));
    let unknown = named.into_iter().filter(|(_, _, name, known)| !known.contains(name));
    unknown
        .map(|(at, what, name, known)| {
            file.problem(&at, format!("unknown {what} `{name}`")).with_help(suggestion(name, &known))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_response_is_changed_only_where_all_conditions_hold() {
        let subject = Subject { operation: Some("read"), actor: Some("clerk"), status: 404, code: Some("GONE") };
        let text = |value: &str| Some(value.to_owned());
        let any = When::default;
        for (when, fits) in [
            (any(), true),
            (When { operation: text("read"), ..any() }, true),
            (When { operation: text("write"), ..any() }, false),
            (When { actor: text("clerk"), status: Some(404), ..any() }, true),
            (When { actor: text("reader"), status: Some(404), ..any() }, false),
            (When { status: Some(400), ..any() }, false),
            (When { code: text("GONE"), answers: Some(Answers::Errors), ..any() }, true),
            (When { code: text("LOST"), ..any() }, false),
            (When { answers: Some(Answers::Successes), ..any() }, false),
        ] {
            assert_eq!(when.fits(&subject), fits, "{when:?}");
        }
        let unknown = Subject { status: 204, ..Subject::default() };
        assert!(!When { operation: text("read"), ..any() }.fits(&unknown));
        assert!(When { answers: Some(Answers::Successes), ..any() }.fits(&unknown));
    }

    #[test]
    fn a_mutation_reads_back_as_it_is_written() {
        let mutations = vec![
            Mutation {
                name: "one".to_owned(),
                when: When { code: Some("GONE".to_owned()), every: Some(3), ..When::default() },
                change: Change::SetStatus { to: 418 },
                clauses: vec!["A-1".to_owned()],
            },
            Mutation {
                name: "two".to_owned(),
                when: When { answers: Some(Answers::Errors), ..When::default() },
                change: Change::SetMember { at: "/a".to_owned(), to: Value::Null },
                clauses: Vec::new(),
            },
            Mutation { name: "three".to_owned(), when: When::default(), change: Change::Stale, clauses: Vec::new() },
        ];
        let text = write(mutations.clone()).expect("a text");
        let file = SourceFile::new("mutations.yaml", &text).parse::<File>();
        assert_eq!(file.map(|file| file.mutations).expect(&text), mutations);
    }

    #[test]
    fn unknown_members_are_refused() {
        let text = "mutations:\n  - { name: a, change: { kind: set-status, to: 400, from: 404 } }\n";
        assert!(SourceFile::new("mutations.yaml", text).parse::<File>().is_err());
    }
}

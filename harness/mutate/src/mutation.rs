//! A mutation as data: which responses it changes, how it changes them, and which clauses it violates.
//!
//! ```yaml
//! mutations:
//!   - name: code/NOT_FOUND/other-status
//!     when: { code: NOT_FOUND }
//!     change: { kind: set-status, to: 400 }
//!     clauses: [STA-2]
//! ```

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::schedule::Schedule;
use super::situation::{Parts, Previous, RequestPart, ResponseKind};
use spec::contract::Contract;
use spec::source::{Problem, SourceFile, Step, suggestion};

/// A fault that a target could have.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Mutation {
    /// Its name, from general to special, such as `header/Trace/removed`.
    pub name: String,
    /// What is wrong with such a target, in one sentence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<String>,
    /// The responses that it changes; all of them by default.
    #[serde(default)]
    pub when: When,
    /// How it changes them.
    pub change: Change,
    /// The clauses that it violates. A test that notices the mutation reports one of them. If the list is empty, any
    /// violation counts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub clauses: Vec<String>,
}

/// The responses that a mutation changes. All given conditions must be true.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct When {
    /// The operation that was called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation: Option<String>,
    /// The actor whose credential was sent without an alteration.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor: Option<String>,
    /// The status of the response.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// The error code in the response.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// Only errors, only successes, or webhook deliveries.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub responses: Option<ResponseKind>,
    /// Only every n-th response for which the other conditions are true.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub every: Option<usize>,
    /// Only the first of these responses, or those after a pause.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schedule: Option<Schedule>,
    /// Only responses to requests with all of these parts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub request: Vec<RequestPart>,
    /// Only if the previous requests about the same resource were these; the last of them is the latest.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub after: Vec<Previous>,
    /// The place whose value tells which requests `after` means, such as `body /email` or `header idempotency-key`. Without
    /// it, these are the requests whose path contains the same id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub same: Option<String>,
}

/// A change of a response. `at` is a JSON Pointer to a member of its body.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Change {
    /// Another status. The rest is unchanged.
    SetStatus { to: u16 },
    /// Another error code and status.
    SetCode { to: String, status: u16 },
    /// A member is missing.
    RemoveMember { at: String },
    /// A member has another name.
    RenameMember { at: String, to: String },
    /// A member has another value, or is added. If its parent does not exist, nothing is changed.
    SetMember { at: String, to: Value },
    /// `by` is added to a number.
    OffsetMember { at: String, by: i64 },
    /// The first member of the body occurs twice.
    RepeatMember,
    /// Text is added to the end of a member.
    AppendText { at: String, text: String },
    /// A text or number is replaced by this text, in which `{}` stands for it. Without the member, nothing is changed.
    FormatMember { at: String, text: String },
    /// A text is written in lower case or in snake case.
    ChangeCase { at: String, to: Case },
    /// A member, or the whole body, becomes the only element of a list.
    Wrap { at: String },
    /// A member replaces the object that contains it.
    Unwrap { at: String },
    /// A header is missing.
    RemoveHeader { name: String },
    /// A header has another value, or is added.
    SetHeader { name: String, to: String },
    /// A header occurs twice, the first time with this value.
    RepeatHeader { name: String, to: String },
    /// `by` is added to the integer in a header.
    OffsetHeader { name: String, by: i64 },
    /// The body begins with a byte order mark.
    ByteOrderMark,
    /// The body is encoded in UTF-16, and the media type says it.
    Utf16,
    /// The body is encoded in Latin-1, and the media type does not say it.
    Latin1,
    /// The second half of the body is missing.
    Truncate,
    /// Another body, such as the default body of a framework or a gateway.
    Replace { media_type: String, text: String },
    /// A success: the last successful response of the operation, or an empty object.
    Succeed { status: u16 },
    /// A documented error. The target has still processed the request.
    Refuse { code: String, status: u16 },
    /// The previous response to the same request.
    Stale,
    /// The members that the previous request about the same resource sent, although it was refused.
    ShowRefused,
    /// The connection is closed instead of a response. The target has still processed the request.
    Close,
    /// The response is sent so many milliseconds later.
    Delay { ms: u64 },
    /// A delivery does not arrive, although the target gets a 204 for it.
    Drop,
    /// A delivery arrives twice.
    Repeat,
    /// Text is added to the end of a header that is there.
    AppendHeader { name: String, text: String },
    /// A header that is there has its value in capitals.
    UpperCaseHeader { name: String },
    /// The names of the headers are sent as `Content-Type`.
    TitleCaseHeaders,
    /// The body is sent in chunks of so many bytes.
    Chunk { bytes: usize },
    /// The members of all objects are in reverse order.
    ReverseMembers,
    /// The JSON is indented.
    Indent,
    /// Slashes and all characters outside of ASCII are escaped in the JSON.
    EscapeCharacters,
    /// Several changes of status, headers and body, one after the other.
    Several { changes: Vec<Change> },
}

/// How the words of a name are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Case {
    /// All letters are small.
    Lower,
    /// All letters are small, with an underscore before those that were capitals: `date_of_birth`.
    Snake,
}

/// The properties of a response and its request that the conditions of a mutation use.
#[derive(Clone, Copy, Debug, Default)]
pub struct Subject<'s> {
    /// The documented operation that was called.
    pub operation: Option<&'s str>,
    /// The actor whose credential was sent.
    pub actor: Option<&'s str>,
    pub status: u16,
    pub code: Option<&'s str>,
    pub parts: Option<&'s Parts>,
    /// The previous requests about the same resource, or with the same value at the place of the condition; the latest is
    /// the last.
    pub previous: &'s [Previous],
}

impl When {
    /// True if only some of the responses are changed for which the other conditions are true.
    pub fn is_at_times(&self) -> bool {
        self.every.is_some() || self.schedule.is_some()
    }

    /// True for mutations of webhook deliveries.
    pub(super) fn is_of_deliveries(&self) -> bool {
        self.responses == Some(ResponseKind::Deliveries)
    }

    fn is_after(&self, previous: &[Previous]) -> bool {
        let pairs = self.after.iter().rev().zip(previous.iter().rev());
        previous.len() >= self.after.len() && pairs.into_iter().all(|(wanted, earlier)| wanted.describes(earlier))
    }

    /// True if all conditions except `every` and `schedule` are true for a response.
    pub fn fits(&self, subject: &Subject<'_>) -> bool {
        let same =
            |wanted: &Option<String>, found: Option<&str>| wanted.as_deref().is_none_or(|wanted| found == Some(wanted));
        same(&self.operation, subject.operation)
            && same(&self.actor, subject.actor)
            && same(&self.code, subject.code)
            && self.status.is_none_or(|status| status == subject.status)
            && self.request.iter().all(|part| subject.parts.is_some_and(|parts| parts.contains(part)))
            && self.is_after(subject.previous)
            && match self.responses {
                None => true,
                Some(ResponseKind::Errors) => subject.status >= 400,
                Some(ResponseKind::Successes) => (200..300).contains(&subject.status),
                Some(ResponseKind::Deliveries) => false,
            }
    }
}

impl Change {
    /// True for a change that needs the connection or earlier responses, so that it cannot be one of several.
    fn cannot_be_one_of_several(&self) -> bool {
        use Change::{Chunk, Close, Delay, Drop, Repeat, Several, ShowRefused, Stale, Succeed, TitleCaseHeaders};
        matches!(
            self,
            Chunk { .. }
                | Close
                | Delay { .. }
                | Drop
                | Repeat
                | Several { .. }
                | ShowRefused
                | Stale
                | Succeed { .. }
                | TitleCaseHeaders
        )
    }
}

/// `schemas/mutations.yaml`: the mutations of a pack, or a file for `prove --proxy --mutations`.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MutationFile {
    /// The mutations, in the order in which they are tried.
    mutations: Vec<Mutation>,
}

/// The file of a pack, below its folder.
const OF_PACK: &str = "schemas/mutations.yaml";

/// The mutations of a pack; none if it has no file of them.
pub fn of_pack(contract: &Contract) -> Result<Vec<Mutation>, Vec<Problem>> {
    let file = SourceFile::optional_in_pack(&contract.root, OF_PACK).map_err(|problem| vec![problem])?;
    file.map_or(Ok(Vec::new()), |file| read(&file, contract))
}

/// Reads a YAML file of mutations, and checks its names against the contract.
pub fn read(file: &SourceFile, contract: &Contract) -> Result<Vec<Mutation>, Vec<Problem>> {
    let mutations = file.parse::<MutationFile>().map_err(|problem| vec![problem])?.mutations;
    let mut problems = Vec::new();
    for (index, mutation) in mutations.iter().enumerate() {
        if mutations[..index].iter().any(|other| other.name == mutation.name) {
            let at = ["mutations".into(), index.into(), "name".into()];
            problems.push(file.problem(&at, format!("expected another name, found `{}` twice", mutation.name)));
        }
        problems.extend(unknown_names(file, contract, index, mutation));
        problems.extend(wrong_parts(file, index, &mutation.change));
    }
    if problems.is_empty() { Ok(mutations) } else { Err(problems) }
}

/// The text of a YAML file with these mutations.
pub fn write(mutations: Vec<Mutation>) -> Result<String, String> {
    serde_yaml::to_string(&MutationFile { mutations }).map_err(|error| error.to_string())
}

fn unknown_names(file: &SourceFile, contract: &Contract, index: usize, mutation: &Mutation) -> Vec<Problem> {
    let operations: Vec<String> = contract.operations.iter().map(|operation| operation.id.clone()).collect();
    let actors: Vec<String> = contract.conventions.actors.keys().cloned().collect();
    let clauses: Vec<String> = contract.clauses.iter().map(|clause| clause.id.clone()).collect();
    let when = &mutation.when;
    let mut named: Vec<(Vec<Step>, &str, &String, Vec<String>)> = Vec::new();
    let at = |member: &'static str| vec!["mutations".into(), index.into(), "when".into(), member.into()];
    named.extend(when.operation.as_ref().map(|name| (at("operation"), "operation", name, operations.clone())));
    named.extend(when.actor.as_ref().map(|name| (at("actor"), "actor", name, actors.clone())));
    named.extend(when.after.iter().enumerate().map(|(place, after)| {
        let at = [at("after"), vec![place.into(), "operation".into()]].concat();
        (at, "operation", &after.operation, operations.clone())
    }));
    for (place, after) in when.after.iter().enumerate() {
        let at = |member: &'static str| [at("after"), vec![place.into(), member.into()]].concat();
        named.extend(after.code.as_ref().map(|name| (at("code"), "code", name, contract.catalog.code_names())));
        named.extend(after.actor.as_ref().map(|name| (at("actor"), "actor", name, actors.clone())));
    }
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

/// The changes that cannot be one of several.
fn wrong_parts(file: &SourceFile, index: usize, change: &Change) -> Vec<Problem> {
    let Change::Several { changes } = change else { return Vec::new() };
    let wrong = changes.iter().enumerate().filter(|(_, part)| part.cannot_be_one_of_several());
    wrong
        .map(|(place, _)| {
            let at = ["mutations".into(), index.into(), "change".into(), "changes".into(), place.into(), "kind".into()];
            file.problem(&at, "expected a change of status, headers or body, which does not depend on other responses")
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_response_is_changed_only_if_all_conditions_are_true() {
        let part = RequestPart::new("body /a".to_owned(), 1.into());
        let parts = Parts { all: vec![part.clone()], ..Parts::default() };
        let previous = ["write", "drop"].map(|operation| Previous::new(operation, ResponseKind::Successes));
        let subject = Subject {
            operation: Some("read"),
            actor: Some("clerk"),
            status: 404,
            code: Some("GONE"),
            parts: Some(&parts),
            previous: &previous,
        };
        let text = |value: &str| Some(value.to_owned());
        let any = When::default;
        for (when, fits) in [
            (any(), true),
            (When { operation: text("read"), ..any() }, true),
            (When { operation: text("write"), ..any() }, false),
            (When { actor: text("clerk"), status: Some(404), ..any() }, true),
            (When { actor: text("reader"), status: Some(404), ..any() }, false),
            (When { status: Some(400), ..any() }, false),
            (When { code: text("GONE"), responses: Some(ResponseKind::Errors), ..any() }, true),
            (When { code: text("LOST"), ..any() }, false),
            (When { responses: Some(ResponseKind::Successes), ..any() }, false),
            (When { request: vec![part.clone()], ..any() }, true),
            (When { request: vec![part.clone(), RequestPart { value: 2.into(), ..part }], ..any() }, false),
            (When { after: previous[1..].to_vec(), ..any() }, true),
            (When { after: previous.to_vec(), ..any() }, true),
            (When { after: previous[..1].to_vec(), ..any() }, false),
        ] {
            assert_eq!(when.fits(&subject), fits, "{when:?}");
        }
        let unknown = Subject { status: 204, ..Subject::default() };
        assert!(!When { operation: text("read"), ..any() }.fits(&unknown));
        assert!(When { responses: Some(ResponseKind::Successes), ..any() }.fits(&unknown));
    }

    #[test]
    fn a_mutation_reads_back_as_it_is_written() {
        let mutations = vec![
            Mutation {
                name: "one".to_owned(),
                about: Some("It is a teapot.".to_owned()),
                when: When { code: Some("GONE".to_owned()), every: Some(3), ..When::default() },
                change: Change::SetStatus { to: 418 },
                clauses: vec!["A-1".to_owned()],
            },
            Mutation {
                name: "two".to_owned(),
                about: None,
                when: When { responses: Some(ResponseKind::Errors), ..When::default() },
                change: Change::SetMember { at: "/a".to_owned(), to: Value::Null },
                clauses: Vec::new(),
            },
            Mutation {
                name: "three".to_owned(),
                about: None,
                when: When::default(),
                change: Change::Stale,
                clauses: Vec::new(),
            },
        ];
        let text = write(mutations.clone()).expect("a text");
        let file = SourceFile::new("mutations.yaml", &text).parse::<MutationFile>();
        assert_eq!(file.map(|file| file.mutations).expect(&text), mutations);
    }

    #[test]
    fn unknown_names_are_refused_with_their_place() {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../packs/parcel");
        let contract = Contract::load(&root).expect("the contract");
        let change = "change: { kind: set-status, to: 400 }";
        let several = "change: { kind: several, changes: [{ kind: truncate }, { kind: close }] }";
        for (entries, what) in [
            (format!("- {{ name: a, when: {{ operation: readParcle }}, {change} }}"), ["2:35", "`readParcle`"]),
            (format!("- {{ name: a, when: {{ actor: clark }}, {change} }}"), ["2:31", "`clark`"]),
            (format!("- {{ name: a, when: {{ code: \"1\" }}, {change} }}"), ["2:30", "`1`"]),
            (format!("- {{ name: a, clauses: [A-99], {change} }}"), ["2:26", "`A-99`"]),
            (format!("- {{ name: a, {change} }}\n  - {{ name: a, {change} }}"), ["3:13", "twice"]),
            (format!("- {{ name: a, {several} }}"), ["2:79", "status, headers or body"]),
        ] {
            let file = SourceFile::new("mutations.yaml", format!("mutations:\n  {entries}\n"));
            let problems = read(&file, &contract).expect_err(&entries);
            let shown = problems.iter().map(Problem::rendered).collect::<String>();
            assert!(problems.len() == 1 && what.iter().all(|part| shown.contains(part)), "{shown}");
        }
    }

    #[test]
    fn unknown_members_are_refused() {
        let text = "mutations:\n  - { name: a, change: { kind: set-status, to: 400, from: 404 } }\n";
        assert!(SourceFile::new("mutations.yaml", text).parse::<MutationFile>().is_err());
    }
}

//! What the API's descriptions leave unsaid, `schemas/conventions.yaml`: who calls, what only some
//! targets can do, how callbacks are signed, how a run clears up.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::openapi::Operation;
use crate::source::{Problems, SourceFile, suggestion};

/// The pack's conventions.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Conventions {
    /// Who calls, by name.
    pub actors: BTreeMap<String, ActorRole>,
    /// What only some targets can do, by name.
    #[serde(default)]
    pub capabilities: BTreeMap<String, Capability>,
    /// How webhooks are signed.
    #[serde(default)]
    pub signing: Option<Signing>,
    /// How things that a run made are taken away again.
    #[serde(default)]
    pub cleanup: Vec<CleanupRule>,
}

/// One kind of caller.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ActorRole {
    /// What it is, for people.
    pub about: String,
    /// The scope that its credential carries, where that matters.
    #[serde(default)]
    pub scope: Option<String>,
    /// `none` for the caller who sends no credential.
    #[serde(default)]
    pub credential: Option<NoCredential>,
}

/// The only credential that a pack can state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum NoCredential {
    /// The caller sends none.
    None,
}

/// Something that only some targets can do.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Capability {
    /// What it is, for people.
    pub about: String,
    /// A condition under which it is absent without being denied.
    #[serde(default)]
    pub unless: Option<Condition>,
}

/// When a capability is absent by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Condition {
    /// The target is not on this machine and no `--webhook-url` says how it reaches us.
    NoWayBack,
}

/// How a webhook is signed: HMAC-SHA256 over timestamp, separator and raw body.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signing {
    /// The header with the Unix time.
    pub timestamp_header: String,
    /// The header with the signature.
    pub signature_header: String,
    /// What stands before the hexadecimal digits.
    pub prefix: String,
    /// What stands between timestamp and body.
    pub separator: String,
    /// How far the timestamp may be off, in seconds.
    pub tolerance_seconds: i64,
    /// The actor whose secret signs inbound events.
    pub secret_actor: String,
}

/// What to do after a call that made something.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CleanupRule {
    /// The operation that makes the thing.
    pub after: String,
    /// Where its id stands in the answer (a JSON Pointer).
    pub id: String,
    /// The operation that takes it away; absent where there is none.
    #[serde(default)]
    pub call: Option<String>,
    /// The path parameter that takes the id.
    #[serde(default)]
    pub parameter: Option<String>,
    /// Who does it; the one who made the thing when absent.
    #[serde(default, rename = "as")]
    pub actor: Option<String>,
    /// What the thing is called in messages.
    pub noun: String,
}

impl Conventions {
    /// Refuses clean-up rules that name unknown operations.
    pub(super) fn check_operations(&self, file: &SourceFile, operations: &[Operation], problems: &mut Problems) {
        let known: Vec<String> = operations.iter().map(|operation| operation.id.clone()).collect();
        for (index, rule) in self.cleanup.iter().enumerate() {
            for (member, name) in [("after", Some(&rule.after)), ("call", rule.call.as_ref())] {
                if let Some(name) = name.filter(|name| !known.contains(name)) {
                    let at = ["cleanup".into(), index.into(), member.into()];
                    let problem = file.problem(&at, format!("clean-up names the unknown operation `{name}`"));
                    problems.0.push(problem.with_help(suggestion(name, &known)));
                }
            }
        }
    }
}

pub(super) fn load(file: &SourceFile, problems: &mut Problems) -> Option<Conventions> {
    let conventions = problems.take(file.parse::<Conventions>())?;
    let known: Vec<String> = conventions.actors.keys().cloned().collect();
    let named =
        conventions.cleanup.iter().enumerate().filter_map(|(index, rule)| {
            Some((vec!["cleanup".into(), index.into(), "as".into()], rule.actor.as_ref()?))
        });
    let signer = conventions
        .signing
        .iter()
        .map(|signing| (vec!["signing".into(), "secret_actor".into()], &signing.secret_actor));
    for (at, actor) in named.chain(signer) {
        if !known.contains(actor) {
            let problem = file.problem(&at, format!("unknown actor `{actor}`"));
            problems.0.push(problem.with_help(suggestion(actor, &known)));
        }
    }
    Some(conventions)
}

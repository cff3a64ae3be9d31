//! What the API description does not contain, `schemas/conventions.yaml`: actors, optional capabilities of targets,
//! webhook signatures, and cleanup rules.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::openapi::Operation;
use crate::source::{Problems, SourceFile, suggestion};

/// The pack's conventions.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Conventions {
    /// The actors, by name.
    pub actors: BTreeMap<String, ActorRole>,
    /// Capabilities that only some targets have, by name.
    #[serde(default)]
    pub capabilities: BTreeMap<String, Capability>,
    /// How webhooks are signed.
    pub signing: Option<Signing>,
    /// How resources that a run has created are deleted.
    #[serde(default)]
    pub cleanup: Vec<CleanupRule>,
}

/// One kind of caller.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ActorRole {
    /// A description for people.
    pub about: String,
    /// The scope of its credential, where the scope matters.
    pub scope: Option<String>,
    /// `none` for the actor that sends no credential.
    pub credential: Option<NoCredential>,
}

/// The only value of `credential` in a pack.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum NoCredential {
    /// The actor sends no credential.
    None,
}

/// A feature that only some targets have.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Capability {
    /// A description for people.
    pub about: String,
    /// A condition under which the capability is absent without an entry in the target file.
    pub unless: Option<Condition>,
}

/// A condition under which a capability is absent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Condition {
    /// The target is not on this machine, and no `--webhook-url` gives a URL at which it can reach us.
    NoCallbackUrl,
}

/// How a webhook is signed: HMAC-SHA256 over timestamp, separator and raw body.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Signing {
    /// The header with the Unix time.
    pub timestamp_header: String,
    /// The header with the signature.
    pub signature_header: String,
    /// The text before the hexadecimal digits.
    pub prefix: String,
    /// The text between timestamp and body.
    pub separator: String,
    /// The tolerance of the timestamp, in seconds.
    pub tolerance_seconds: i64,
    /// The actor whose secret signs inbound events.
    pub secret_actor: String,
}

/// How to delete a resource that an operation has created.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CleanupRule {
    /// The operation that creates the resource.
    pub after: String,
    /// Its id: a JSON Pointer into the response, or `path NAME` for a parameter of the request, such as that of a PUT that
    /// creates what it names. With `path NAME`, only a response with the status 201 says that something was created.
    pub id: String,
    /// The operation that deletes it; absent if there is none. Its other path parameters have the values of the request that
    /// created the resource.
    pub call: Option<String>,
    /// The path parameter that takes the id; needed with `call`.
    pub parameter: Option<String>,
    /// The actor that deletes it; by default the actor that created it.
    #[serde(default, rename = "as")]
    pub actor: Option<String>,
    /// Headers that the deletion sends. A value is fixed, such as `"*"`, or `${NAME}` for a value of `keep`.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// Values of the response that created the resource, by name: `header ETag`, or `body /version`.
    #[serde(default)]
    pub keep: BTreeMap<String, String>,
    /// What messages call the resource.
    pub noun: String,
}

/// The value of a header of a deletion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CleanupValue {
    Fixed(String),
    /// A header of the response that created the resource.
    Header(String),
    /// The value at a JSON Pointer in the body of that response.
    Body(String),
}

impl CleanupValue {
    /// Parses `header NAME` or `body /pointer`.
    fn kept(source: &str) -> Option<Self> {
        match source.split_once(' ')? {
            ("header", name) => {
                http::HeaderName::from_bytes(name.as_bytes()).ok().map(|_| Self::Header(name.to_owned()))
            }
            ("body", pointer) => pointer.starts_with('/').then(|| Self::Body(pointer.to_owned())),
            _ => None,
        }
    }
}

impl CleanupRule {
    /// The path parameter of the creating request that has the id, instead of the response.
    pub fn id_in_path(&self) -> Option<&str> {
        self.id.strip_prefix("path ").map(str::trim)
    }

    /// The mistakes about operations and their path parameters: the member, the message, and what to do.
    fn mistakes_about(&self, operations: &[Operation]) -> Vec<(&'static str, String, Option<String>)> {
        let known: Vec<String> = operations.iter().map(|operation| operation.id.clone()).collect();
        let unknown = |name: &String| (format!("unknown operation `{name}`"), suggestion(name, &known));
        let find =
            |name: &String| operations.iter().find(|operation| operation.id == *name).ok_or_else(|| unknown(name));
        let mut found = Vec::new();
        let mut report =
            |member: &'static str, (message, help): (String, Option<String>)| found.push((member, message, help));
        let (after, call) = match (find(&self.after), self.call.as_ref().map(find).transpose()) {
            (Ok(after), Ok(call)) => (after, call),
            (after, call) => {
                after.err().into_iter().for_each(|problem| report("after", problem));
                call.err().into_iter().for_each(|problem| report("call", problem));
                return found;
            }
        };
        let given = after.parameters();
        let names = |names: &[&str]| if names.is_empty() { "none".to_owned() } else { names.join(", ") };
        if let Some(name) = self.id_in_path().filter(|name| !given.contains(name)) {
            let message = format!("`{}` has no path parameter `{name}`", after.id);
            report("id", (message, Some(format!("its path parameters: {}", names(&given)))));
        }
        let Some(call) = call else { return found };
        let taken = call.parameters();
        let Some(parameter) = self.parameter.as_deref() else {
            let help = format!("add `parameter`, the path parameter that takes the id: {}", names(&taken));
            report("call", ("a cleanup rule with `call` needs `parameter`".to_owned(), Some(help)));
            return found;
        };
        if !taken.contains(&parameter) {
            let message = format!("`{}` has no path parameter `{parameter}`", call.id);
            report("parameter", (message, Some(format!("its path parameters: {}", names(&taken)))));
        }
        for name in taken.into_iter().filter(|name| *name != parameter && !given.contains(name)) {
            let message = format!("nothing gives the path parameter `{name}` of `{}` a value", call.id);
            let help = format!("the path parameters of `{}`, which creates the resource: {}", after.id, names(&given));
            report("call", (message, Some(help)));
        }
        found
    }

    /// The headers of the deletion. A value that is not valid has been reported.
    pub fn values(&self) -> Vec<(String, CleanupValue)> {
        let value = |text: &String| match named(text) {
            None => Some(CleanupValue::Fixed(text.clone())),
            Some(name) => self.keep.get(name).and_then(|source| CleanupValue::kept(source)),
        };
        self.headers.iter().filter_map(|(name, text)| Some((name.clone(), value(text)?))).collect()
    }

    /// The mistakes in `headers` and `keep`: the member, the name in it, the message, and what to do.
    fn mistakes(&self) -> Vec<(&'static str, &String, String, Option<String>)> {
        let known: Vec<String> = self.keep.keys().cloned().collect();
        let mut found = Vec::new();
        for (name, text) in &self.headers {
            if http::HeaderName::from_bytes(name.as_bytes()).is_err() {
                found.push(("headers", name, format!("`{name}` is not a valid header name"), None));
            }
            match named(text) {
                None if text.contains("${") => {
                    let help = "write a fixed value, or only `${NAME}`".to_owned();
                    found.push(("headers", name, format!("`{text}` mixes a text and a kept value"), Some(help)));
                }
                Some(kept) if !known.iter().any(|name| name == kept) => {
                    let help =
                        suggestion(kept, &known).or_else(|| Some(format!("add `keep: {{ {kept}: header NAME }}`")));
                    found.push(("headers", name, format!("`keep` has no value `{kept}`"), help));
                }
                _ => {}
            }
        }
        for (name, source) in &self.keep {
            if CleanupValue::kept(source).is_none() {
                let message = format!("`{source}` is not a valid source: expected `body /pointer` or `header NAME`");
                found.push(("keep", name, message, None));
            } else if !self.headers.values().any(|text| named(text) == Some(name)) {
                found.push(("keep", name, format!("no header uses `{name}`"), Some("remove it".to_owned())));
            }
        }
        if let Some((name, _)) = self.headers.iter().next().filter(|_| self.call.is_none()) {
            found.push(("headers", name, "no `call` sends the headers".to_owned(), None));
        }
        found
    }
}

/// The name in `${NAME}`, if that is the whole text.
fn named(text: &str) -> Option<&str> {
    text.strip_prefix("${")?.strip_suffix('}').filter(|name| !name.contains(['$', '{', '}']))
}

impl Conventions {
    /// Reports cleanup rules that name unknown operations or path parameters.
    pub(super) fn check_operations(&self, file: &SourceFile, operations: &[Operation], problems: &mut Problems) {
        for (index, rule) in self.cleanup.iter().enumerate() {
            for (member, message, help) in rule.mistakes_about(operations) {
                let at = ["cleanup".into(), index.into(), member.into()];
                problems.0.push(file.problem(&at, message).with_help(help));
            }
        }
    }
}

pub(super) fn load(file: &SourceFile, problems: &mut Problems) -> Option<Conventions> {
    let conventions = problems.take(file.parse::<Conventions>())?;
    for (index, rule) in conventions.cleanup.iter().enumerate() {
        for (member, name, message, help) in rule.mistakes() {
            let at = ["cleanup".into(), index.into(), member.into(), name.as_str().into()];
            problems.0.push(file.problem(&at, message).with_help(help));
        }
    }
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

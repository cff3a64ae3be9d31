//! The examples of `schemas/formats.yaml`: values that every property with their format sends, before those that it
//! generates.
//!
//! An example becomes a rule with one value. So it is selected, judged, reported and saved like any other rule, and a
//! failing example hides no other one.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::compile::is_kebab;
use super::formats::{Example, FormatFile};
use crate::source::{Problem, Problems, SourceFile, Step as PathStep, suggestion};
use generate::documents::DocumentSpec;
use generate::{Assertion, Content, Input, REFUSAL_KINDS, REGISTRY, Rule, Source, UNIQUE, ValueFormat};

/// The member of `examples` for values that must be accepted.
const VALID: &str = "valid";
/// The member for values about which only a documented response is asserted.
const UNUSUAL: &str = "unusual";

pub(super) type Examples = BTreeMap<ValueFormat, Vec<Rule>>;

/// Builds the examples of the wanted formats of a file, and reports those that it cannot use.
pub(super) fn read(
    file: &SourceFile,
    content: &FormatFile,
    wanted: &BTreeSet<ValueFormat>,
    problems: &mut Problems,
) -> Examples {
    let mut all = Examples::new();
    for (format, groups) in &content.examples {
        let is_used = content.values.iter().any(|entry| entry.formats.contains(format));
        if is_used && !wanted.contains(format) {
            continue;
        }
        let mut reader = Reader::new(file, *format, problems);
        let at: Vec<PathStep> = vec!["examples".into(), format.name().into()];
        if !is_used {
            reader.report_key(&at, "no entry of `values` has this format", "remove the examples, or add the format");
        }
        for (group, examples) in groups {
            all.entry(*format).or_default().extend(reader.group(&at, group, examples));
        }
    }
    all
}

struct Reader<'r> {
    file: &'r SourceFile,
    format: ValueFormat,
    /// The names of the rules and examples so far.
    names: BTreeSet<String>,
    /// What the rules assert, each assertion once.
    assertions: Vec<Assertion>,
    problems: &'r mut Problems,
}

impl<'r> Reader<'r> {
    fn new(file: &'r SourceFile, format: ValueFormat, problems: &'r mut Problems) -> Self {
        let (mut names, mut assertions) = (BTreeSet::new(), Vec::new());
        for rule in (REGISTRY.rules)(format) {
            names.insert(rule.name.into_owned());
            if !assertions.contains(&rule.assertion) {
                assertions.push(rule.assertion);
            }
        }
        Self { file, format, names, assertions, problems }
    }

    fn group(&mut self, at: &[PathStep], group: &str, examples: &[Example]) -> Vec<Rule> {
        let at = [at, &[group.into()]].concat();
        let Some(assertion) = assertion_of(group) else {
            let known: Vec<String> =
                [VALID, UNUSUAL].iter().chain(&REFUSAL_KINDS).map(|name| (*name).to_owned()).collect();
            let help = suggestion(group, &known).unwrap_or_else(|| format!("expected one of {}", known.join(", ")));
            self.report_key(&at, format!("unknown group of examples `{group}`"), &help);
            return Vec::new();
        };
        let rows = examples.iter().enumerate();
        rows.filter_map(|(row, example)| self.rule(&[&at[..], &[row.into()]].concat(), assertion, example)).collect()
    }

    fn rule(&mut self, at: &[PathStep], assertion: Assertion, example: &Example) -> Option<Rule> {
        let name = &example.name;
        let at_name = [at, &["name".into()]].concat();
        if !is_kebab(name) {
            let message = format!("`{name}` is not kebab-case: lower-case words joined by hyphens");
            self.report(&at_name, message, "rename the example");
        } else if !self.names.insert(name.clone()) {
            let message = format!("another example or rule of {} has the name `{name}`", self.format.name());
            self.report(&at_name, message, "rename the example");
        }
        let content = match content_of(self.format, example) {
            Ok(content) => content,
            Err(message) => {
                self.report(at, message, "see the examples in harness/docs/properties.md");
                return None;
            }
        };
        let input = Input { content, companion: example.companion.clone() };
        self.judge(at, assertion, &input);
        Some(Rule {
            name: name.clone().into(),
            assertion,
            source: Source::Example(input),
            at_most: Some(1),
            may_be_unreadable: assertion == Assertion::Handled,
        })
    }

    /// Reports an example that the oracle judges otherwise than its group says. It need not agree: it makes no
    /// assertion about values of which its sources do not know enough.
    fn judge(&mut self, at: &[PathStep], assertion: Assertion, input: &Input) {
        let agrees = |other: Assertion| other != Assertion::Handled && (REGISTRY.agrees)(self.format, other, input);
        let judged = match agrees(assertion) {
            true => None,
            false => self.assertions.iter().copied().find(|other| agrees(*other)),
        };
        if let Some(judged) = judged.map(group_of) {
            let message = format!("the oracle judges this value `{judged}`, not `{}`", group_of(assertion));
            self.report(at, message, &format!("move the example to `{judged}`"));
        }
    }

    fn report_key(&mut self, at: &[PathStep], message: impl Into<String>, help: &str) {
        let problem: Problem = self.file.problem_at_key(at, message);
        self.problems.0.push(problem.with_help(Some(help.to_owned())));
    }

    fn report(&mut self, at: &[PathStep], message: impl Into<String>, help: &str) {
        let problem: Problem = self.file.problem(at, message);
        self.problems.0.push(problem.with_help(Some(help.to_owned())));
    }
}

fn assertion_of(group: &str) -> Option<Assertion> {
    match group {
        VALID => Some(Assertion::Accepted),
        UNUSUAL => Some(Assertion::Handled),
        kind => REFUSAL_KINDS.iter().find(|known| **known == kind).map(|kind| Assertion::Refused(kind)),
    }
}

fn group_of(assertion: Assertion) -> &'static str {
    match assertion {
        Assertion::Accepted => VALID,
        Assertion::Handled => UNUSUAL,
        Assertion::Refused(kind) => kind,
    }
}

/// The content of an example. Bodies and path segments are sent as they are written.
fn content_of(format: ValueFormat, example: &Example) -> Result<Content, String> {
    let value = match (&example.value, &example.json, &example.base64) {
        (Some(value), None, None) => value,
        (None, Some(json), None) if is_value(format) => return Ok(Content::JsonText(json.clone())),
        (None, None, Some(base64)) if format == ValueFormat::Body => {
            let bytes = generate::documents::decoded(base64).ok_or("`base64` is not valid Base64")?;
            return Ok(Content::Body(bytes));
        }
        _ => return Err(one_member(format).to_owned()),
    };
    match (format, value) {
        (ValueFormat::Body, Value::String(text)) => Ok(Content::Body(text.clone().into_bytes())),
        (ValueFormat::PathId, Value::String(text)) => Ok(Content::Segment(text.clone())),
        (ValueFormat::Body | ValueFormat::PathId, _) => Err("the value must be a string".to_owned()),
        (ValueFormat::Document, Value::Object(members)) if members.contains_key("$document") => {
            let spec: Result<DocumentSpec, _> = serde_json::from_value(members["$document"].clone());
            spec.map(Content::Document).map_err(|error| format!("`$document`: {error}"))
        }
        (_, Value::String(text)) => Ok(Content::Json(text.replace("${unique}", UNIQUE).into())),
        (_, value) => Ok(Content::Json(value.clone())),
    }
}

fn is_value(format: ValueFormat) -> bool {
    !matches!(format, ValueFormat::Body | ValueFormat::PathId | ValueFormat::Document)
}

fn one_member(format: ValueFormat) -> &'static str {
    match format {
        ValueFormat::Body => "an example of this format must have either `value` or `base64`",
        ValueFormat::PathId | ValueFormat::Document => "an example of this format must have `value`",
        _ => "an example of this format must have either `value` or `json`",
    }
}

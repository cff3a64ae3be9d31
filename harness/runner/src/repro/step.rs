//! Writes one step of a test as a shell function.

use chrono::Utc;
use serde_json::{Value, json};

use super::facts::tokens;
use super::text::{Form, Markers, Syntax, quoted, variable};
use crate::execute::form::sends_form;
use crate::execute::request::{Prepared, headers_of, prepare};
use judge::target::{Target, variable as variable_of};
use spec::contract::{CleanupRule, CleanupValue, Contract, Level, Operation, Signing};
use spec::scenario::plan::{Asserted, Keep, KeptPart, Repetition, RequestBody, Sign};
use spec::scenario::template::Template;
use spec::scenario::{
    AcceptedResponses, Action, Alteration, Burst, Call, Covered, Expectation, Poll, SignatureHeader, Step, TestCase,
    Variables,
};

/// The base URL in prepared requests.
const BASE: &str = "http://target.invalid";

/// What the steps of a script share.
pub(super) struct Writer<'w> {
    pub(super) contract: &'w Contract,
    pub(super) test: &'w TestCase,
    pub(super) markers: &'w Markers,
    /// The environment variables of credentials, for actors that do not use the default one.
    pub(super) named: &'w std::collections::BTreeMap<String, String>,
    /// The clause that a server error breaks instead of the step's own.
    pub(super) server_error: Option<&'w str>,
    /// The shell functions that delete created resources.
    pub(super) cleanup: Vec<String>,
    /// The operations that the script calls.
    pub(super) operations: std::collections::BTreeSet<String>,
    /// Whether the script signs anything.
    pub(super) signs: bool,
    /// The environment variables of credentials that the script uses.
    pub(super) credentials: std::collections::BTreeSet<String>,
}

/// A step in the script.
pub(super) struct Written {
    /// The body of the function.
    pub(super) body: String,
    /// The values that it keeps. Their assignments are written later, when the needed forms are known.
    pub(super) keeps: Vec<String>,
}

impl Writer<'_> {
    /// The function of a step; `variables` contain markers for values that are known only while the script runs.
    pub(super) fn step(&mut self, title: &str, step: &Step, variables: &mut Variables) -> Result<Written, String> {
        match &step.action {
            Action::Call(call) => {
                let mut written = self.call(title, call, variables)?;
                if step.line.is_none() {
                    written.body.push_str("\n[ \"$unmet\" = no ] || precondition_failed=yes");
                }
                if step.skip_after_failure {
                    written.body.insert_str(0, "[ \"$unmet\" = yes ] && return\n");
                }
                Ok(written)
            }
            Action::Wait(_) => Ok(plain(format!(
                "printf '\\n%s\\n' {}\nwait_retry_delay",
                quoted(&format!("{title} wait for the retry delay"))
            ))),
            Action::Listen(_) => {
                Ok(plain(format!("# {title} sets the replies of a webhook endpoint, which a script does not have")))
            }
            Action::Await(expected) => {
                let title = format!("{title} {} delivery attempt(s) must arrive", expected.attempts);
                let reason = "a script cannot receive webhooks: use `conformance run --exact NAME`";
                Ok(plain(format!("printf '\\n%s\\n' {}\ngive_up {}", quoted(&title), quoted(reason))))
            }
        }
    }

    pub(super) fn call(&mut self, title: &str, call: &Call, variables: &mut Variables) -> Result<Written, String> {
        let mut bare = Call { sign: None, actor: None, ..call.clone() };
        // The content type decides how the body is written. The other headers follow below.
        bare.headers.retain(|(name, _)| name.source().eq_ignore_ascii_case("content-type"));
        let Prepared { request, .. } = prepare(self.contract, &Target::default(), BASE, &bare, variables, Utc::now())?;
        let operation = &*call.operation;
        self.operations.insert(operation.id.clone());
        let headers = headers_of(call, variables)?;
        let mut lines = vec![self.begin(title, call)];
        if !request.body.is_empty() {
            let place = match (&call.body, sends_form(operation, &headers)) {
                (RequestBody::Text(_), _) => Syntax::Text,
                (_, true) => Syntax::Path,
                (_, false) => Syntax::Json,
            };
            lines.push(format!("{} >\"$dir/sent\"", self.markers.command(&request.body, place)));
        }
        for (name, value) in &request.headers {
            lines.push(format!("header_line {} {}", quoted(name), quoted(&String::from_utf8_lossy(value))));
        }
        if let Some(sign) = &call.sign {
            self.sign(sign, variables, &mut lines)?;
        }
        if let Some(actor) = &call.actor {
            self.credential(actor, call.alter, &mut lines);
        }
        for (name, value) in &headers {
            let name = quoted(name);
            lines.push(match value {
                None => format!("drop_header {name}"),
                Some(value) => format!("header_line {name} {}", self.markers.word(value, Syntax::Text)),
            });
        }
        if let Some(asserted) = &call.asserted {
            self.expect(asserted, variables, &mut lines)?;
        }
        let request = format!("{} {}", request.method, self.markers.word(&request.path, Syntax::Path));
        self.send(call, &request, &mut lines);
        if let Some(expected) = call.expected_effect() {
            lines.push(format!("expect_effect {}", if expected { "success" } else { "refusal" }));
        }
        self.record_created(operation, call.actor.as_deref(), &mut lines)?;
        if let Some(label) = &call.label {
            let label = file_name(label);
            lines.push(format!("cp \"$dir/body\" \"$dir/label.{label}\""));
            lines.push(format!("printf '%s' \"$status\" >\"$dir/label.{label}.status\""));
        }
        let mut keeps = Vec::new();
        for keep in &call.keep {
            let name = &keep.name;
            keeps.push(name.clone());
            lines.push(kept(keep));
            variables.insert(name.clone(), self.markers.marker(name).into());
            variables.insert(format!("unlike.{name}"), self.markers.marker(&format!("unlike.{name}")).into());
        }
        Ok(Written { body: lines.join("\n"), keeps })
    }

    fn begin(&self, title: &str, call: &Call) -> String {
        let operation = &call.operation;
        let who = call.actor.as_deref().map(|actor| format!(" as {actor}")).unwrap_or_default();
        let many = match call.repetition {
            Repetition::Burst(Burst { at_most, accepted: Some(_), .. }) => format!(", {at_most} times at once"),
            Repetition::Burst(burst) => format!(", up to {} times", burst.at_most),
            Repetition::Once | Repetition::Poll(_) => String::new(),
        };
        let expected = match call.expectation() {
            Some(expected) => description(expected, operation),
            None => format!("success ({})", operation.success_statuses()),
        };
        let role = if call.asserted.is_none() { " setup" } else { "" };
        format!(
            "begin {} {} {}{role}",
            quoted(&format!("{title} {} {}{who}{many}", call.method, operation.id)),
            quoted(&operation.id),
            quoted(&expected)
        )
    }

    fn credential(&mut self, actor: &str, alteration: Option<Alteration>, lines: &mut Vec<String>) {
        let role = self.contract.conventions.actors.get(actor);
        if role.is_none_or(|role| role.credential.is_some()) {
            return;
        }
        let default = variable_of(actor);
        let value = match self.named.get(actor) {
            Some(other) => format!("${{{default}:-${{{other}-}}}}"),
            None => format!("${{{default}-}}"),
        };
        lines.push(format!("credential {default} \"{value}\""));
        lines.push(match alteration {
            None => "add_credential as-it-is".to_owned(),
            Some(alteration) => format!("add_credential {}", word_of(&alteration)),
        });
        self.credentials.insert(default);
    }

    fn sign(&mut self, sign: &Sign, variables: &Variables, lines: &mut Vec<String>) -> Result<(), String> {
        let signing = self.contract.conventions.signing.as_ref().ok_or("the contract defines no signing")?;
        self.signs = true;
        let text = |text: &Template| filled(text, variables);
        let word = |text: &str| self.markers.word(text, Syntax::Text);
        let timestamp = sign.timestamp.as_ref().map(text).transpose()?;
        let signed_body = sign.signed_body.as_ref().map(text).transpose()?;
        lines.push("set_now".to_owned());
        lines.push(match &timestamp {
            Some(timestamp) => format!("timestamp={}", word(timestamp)),
            None => format!("timestamp=$((now + {}))", sign.offset_seconds),
        });
        match &signed_body {
            Some(body) => {
                lines.push(format!("{} >\"$dir/signed\"", self.markers.command(body.as_bytes(), Syntax::Text)));
            }
            None => lines.push("cp \"$dir/sent\" \"$dir/signed\"".to_owned()),
        }
        lines.push(format!("{} >\"$dir/covered\"", covered(sign.covers, signing)));
        let default = variable_of(&signing.secret_actor);
        lines.push(match sign.secret.as_ref().map(text).transpose()? {
            Some(secret) => format!("secret={}", word(&secret)),
            None => format!("credential {default} \"${{{default}-}}\""),
        });
        if sign.secret.is_none() {
            self.credentials.insert(default);
        }
        let key = if sign.other_secret { "\"$secret-of-another\"" } else { "\"$secret\"" };
        let alteration = sign.alter.map(|alteration| format!(" {}", word_of(&alteration))).unwrap_or_default();
        let signature = format!("\"$(signature {key} {}{alteration})\"", quoted(&signing.prefix));
        for (header, name, value) in [
            (SignatureHeader::Timestamp, &signing.timestamp_header, "\"$timestamp\"".to_owned()),
            (SignatureHeader::Signature, &signing.signature_header, signature),
        ] {
            if !sign.omit.contains(&header) {
                lines.push(format!("header_line {} {value}", quoted(name)));
            }
        }
        Ok(())
    }

    fn expect(&self, asserted: &Asserted, variables: &Variables, lines: &mut Vec<String>) -> Result<(), String> {
        let expect = &asserted.expectation;
        let value = self.expectation(asserted, variables)?;
        lines.push(format!("{} >\"$dir/expect\"", self.markers.command(value.to_string().as_bytes(), Syntax::Json)));
        if let Some(field) = &expect.field {
            let form = self.contract.catalog.envelope.field_form;
            let field = json!(form.written(&filled(field, variables)?)).to_string();
            lines.push(format!("field=$({})", self.markers.command(field.as_bytes(), Syntax::Json)));
        }
        if let Some(clause) = self.server_error {
            let other = json!({ "clause": clause, "level": self.level(clause) }).to_string();
            lines.push(format!("server_error={}", quoted(&other)));
        }
        if let Some(label) = &expect.same_as {
            let label = file_name(label);
            lines.push("replays=true".to_owned());
            lines.push(format!("cp \"$dir/label.{label}\" \"$dir/earlier.body\""));
            lines.push(format!("cp \"$dir/label.{label}.status\" \"$dir/earlier.status\""));
        }
        Ok(())
    }

    fn expectation(&self, asserted: &Asserted, variables: &Variables) -> Result<Value, String> {
        let expected = &asserted.expectation;
        let clause = self.clause_of(Some(asserted));
        let mut body = Vec::new();
        for (pointer, wanted) in &expected.body {
            let wanted = wanted.value(variables).map_err(|missing| no_value(&missing.0))?;
            body.push(json!([tokens(&filled(pointer, variables)?), wanted]));
        }
        let text = |text: &Option<Template>| text.as_ref().map(|text| filled(text, variables)).transpose();
        let mut headers = Vec::new();
        for (name, wanted) in &expected.headers {
            headers.push(json!({ "name": name, "present": wanted.present, "equals": text(&wanted.equals)?,
                "contains": text(&wanted.contains)?, "matches": text(&wanted.matches)?, "below": text(&wanted.below)?,
                "at_least": text(&wanted.at_least)?, "tolerance": wanted.tolerance, "optional": wanted.optional }));
        }
        let not_error =
            if let AcceptedResponses::AnyExcept(codes) = &expected.outcome { codes.as_slice() } else { &[] };
        let names_field = self.contract.clause(clause).is_some_and(|clause| clause.names_field);
        Ok(json!({
            "clause": clause, "level": self.level(clause), "asserts_field": names_field,
            "success": expected.success(), "error": expected.errors(), "tolerate": expected.tolerate,
            "not_error": not_error, "any_documented": expected.outcome == AcceptedResponses::AnyDocumented,
            "any_refusal": matches!(expected.outcome, AcceptedResponses::AnyRefusal { .. }),
            "only_status": expected.outcome == AcceptedResponses::AnyResponse, "status": expected.statuses,
            "in_envelope": expected.in_envelope, "must_respond": expected.must_respond,
            "same_as": expected.same_as.is_some(), "body": body, "headers": headers,
        }))
    }

    /// The clause of an expectation: its own, or the first one of the test.
    fn clause_of<'a>(&'a self, asserted: Option<&'a Asserted>) -> &'a str {
        let own = asserted.and_then(|asserted| asserted.clause.as_deref());
        own.or(self.test.clauses.first().map(String::as_str)).unwrap_or_default()
    }

    fn level(&self, clause: &str) -> &'static str {
        self.contract.clause(clause).map_or(Level::Must, |clause| clause.level).as_str()
    }

    fn send(&self, call: &Call, request: &str, lines: &mut Vec<String>) {
        let send = match (call.repetition, self.retries_rate_limit(call)) {
            (Repetition::Burst(Burst { at_most, in_flight, accepted: None }), _) => {
                format!("burst {request} {at_most} {in_flight}")
            }
            (Repetition::Burst(Burst { at_most, in_flight, accepted: Some(accepted) }), _) => {
                let clause = self.clause_of(call.asserted.as_ref());
                format!("burst {request} {at_most} {in_flight} {accepted} {} {}", self.level(clause), quoted(clause))
            }
            (_, true) => format!("send_with_retry {request}"),
            (_, false) => format!("send {request}"),
        };
        match call.repetition {
            Repetition::Once | Repetition::Burst(_) => {
                lines.extend([send, "judge".to_owned(), "print_findings".to_owned()]);
            }
            Repetition::Poll(Poll { within_seconds, .. }) => lines.push(format!(
                "until_then=$(($(date +%s) + {within_seconds}))\nwhile :; do\n{send}\njudge\n\
                 if [ \"$holds\" = yes ] || [ \"$(date +%s)\" -ge \"$until_then\" ]; then break; fi\nsleep 1\ndone\nprint_findings"
            )),
        }
    }

    /// True if the step is retried after a rate limit, because the test is not about it.
    fn retries_rate_limit(&self, call: &Call) -> bool {
        let Some(limit) = &self.contract.catalog.rate_limit else { return false };
        let is_mentioned = call.expectation().is_some_and(|expected| expected.mentions(&limit.code));
        !self.test.steps.iter().any(|step| step.is_burst()) && !is_mentioned
    }

    fn record_created(
        &mut self,
        operation: &Operation,
        actor: Option<&str>,
        lines: &mut Vec<String>,
    ) -> Result<(), String> {
        let rules = &self.contract.conventions.cleanup;
        let Some(rule) = rules.iter().find(|rule| rule.after == operation.id) else { return Ok(()) };
        let (Some(call), Some(parameter)) = (&rule.call, &rule.parameter) else { return Ok(()) };
        let actor = rule.actor.as_deref().or(actor).unwrap_or("anonymous").to_owned();
        let function = format!("cleanup_{}_{}", file_name(call), file_name(&actor));
        if !self.cleanup.iter().any(|known| known.starts_with(&format!("{function}() "))) {
            let text = self.cleanup_function(&function, rule, call, parameter, &actor)?;
            self.cleanup.push(text);
        }
        let kept = rule.values().into_iter().filter_map(|(_, value)| match value {
            CleanupValue::Fixed(_) => None,
            CleanupValue::Header(name) => Some(format!(" {}", quoted(&format!("header {name}")))),
            CleanupValue::Body(pointer) => Some(format!(" {}", quoted(&format!("body {}", json!(tokens(&pointer)))))),
        });
        let id = quoted(&json!(tokens(&rule.id)).to_string());
        lines.push(format!("record_created {id} {function}{}", kept.collect::<String>()));
        Ok(())
    }

    fn cleanup_function(
        &mut self,
        function: &str,
        rule: &CleanupRule,
        call: &str,
        parameter: &str,
        actor: &str,
    ) -> Result<String, String> {
        let operation = self.contract.operation(call).ok_or_else(|| format!("unknown operation `{call}`"))?;
        let variables = [(parameter.to_owned(), "ID".into())].into_iter().collect();
        let deletion = Call::new(operation.clone(), None);
        let prepared = prepare(self.contract, &Target::default(), BASE, &deletion, &variables, Utc::now())?;
        self.operations.insert(call.to_owned());
        let success = operation.success_statuses();
        let title = quoted(&format!("cleanup: {} the {} as {actor}", call, rule.noun));
        let expected = quoted(&format!("success ({success}), or that it no longer exists"));
        let mut lines = vec![format!("begin {title} {} {expected} teardown", quoted(call))];
        self.credential(actor, None, &mut lines);
        let mut number = 1;
        for (name, value) in rule.values() {
            let word = match value {
                CleanupValue::Fixed(text) => quoted(&text),
                CleanupValue::Header(_) | CleanupValue::Body(_) => {
                    number += 1;
                    format!("\"$(recorded \"${number}\")\"")
                }
            };
            lines.push(format!("header_line {} {word}", quoted(&name)));
        }
        let path = prepared.request.path.replace("ID", "\"$1\"");
        lines.push(format!("send_with_retry {} {path}\njudge\nprint_findings", prepared.request.method));
        Ok(format!("{function}() {{ # ID\n{}\n}}", indented(&lines.join("\n"))))
    }
}

/// The line that keeps a value, with the message for a missing value.
fn kept(keep: &Keep) -> String {
    let name = &keep.name;
    let what = match &keep.part {
        KeptPart::Body(pointer) => format!("body {}", quoted(&json!(tokens(pointer)).to_string())),
        KeptPart::Header(name) => format!("header {}", quoted(name)),
        KeptPart::Status => "status".to_owned(),
    };
    if keep.optional {
        return format!("keep {what} || keep nothing\n\u{1}{name}\u{1}");
    }
    let missing = quoted(&format!("the response has no {}", keep.part));
    format!("keep {what} || {{ [ \"$unmet\" = yes ] && finish; give_up {missing}; }}\n\u{1}{name}\u{1}")
}

/// The lines that assign a kept value to the shell variables that the script uses.
pub(super) fn assignments(name: &str, markers: &Markers) -> String {
    let unlike = format!("unlike.{name}");
    let of = |name: &str| -> Vec<String> {
        [(Form::Text, "text"), (Form::Json, "json"), (Form::Inner, "inner"), (Form::Uri, "uri")]
            .into_iter()
            .filter(|(form, _)| markers.is_used(name, *form))
            .map(|(form, word)| format!("{}=$kept_{word}", variable(name, form)))
            .collect()
    };
    let mut lines = of(name);
    let of_unlike = of(&unlike);
    if !of_unlike.is_empty() {
        lines.push("unlike".to_owned());
        lines.extend(of_unlike);
    }
    lines.join("\n")
}

fn plain(body: String) -> Written {
    Written { body, keeps: Vec::new() }
}

fn filled(text: &Template, variables: &Variables) -> Result<String, String> {
    text.text(variables).map_err(|missing| no_value(&missing.0))
}

fn no_value(name: &str) -> String {
    format!("`{name}` has no value")
}

fn file_name(label: &str) -> String {
    label.chars().map(|letter| if letter.is_ascii_alphanumeric() { letter } else { '_' }).collect()
}

fn covered(over: Covered, signing: &Signing) -> String {
    let separator = format!("printf '%s' {}", quoted(&signing.separator));
    let (timestamp, body) = ("printf '%s' \"$timestamp\"", "cat \"$dir/signed\"");
    match over {
        Covered::TimestampAndBody => format!("{{ {timestamp}; {separator}; {body}; }}"),
        Covered::Body => body.to_owned(),
        Covered::Timestamp => timestamp.to_owned(),
        Covered::Joined => format!("{{ {timestamp}; {body}; }}"),
        Covered::Swapped => format!("{{ {body}; {separator}; {timestamp}; }}"),
    }
}

/// A keyword of the scenario language as scenarios write it.
fn word_of(word: &impl serde::Serialize) -> String {
    serde_json::to_value(word).ok().and_then(|word| word.as_str().map(str::to_owned)).unwrap_or_default()
}

/// The expected response as text.
fn description(expected: &Expectation, operation: &Operation) -> String {
    let mut accepted = expected.accepted(&format!("success ({})", operation.success_statuses()), String::clone);
    accepted.extend(expected.statuses.iter().map(|status| format!("status {status}")));
    accepted.join(" or ")
}

/// Indents every line by two spaces, except in here-documents.
pub(super) fn indented(text: &str) -> String {
    let mut here = false;
    let lines = text.lines().map(|line| {
        let out = if here || line.is_empty() { line.to_owned() } else { format!("  {line}") };
        if line.ends_with("<<'END'") {
            here = true;
        } else if line == "END" {
            here = false;
        }
        out
    });
    lines.collect::<Vec<_>>().join("\n")
}

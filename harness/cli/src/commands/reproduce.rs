//! The requests of a test as curl commands for `explain`. They are the requests that the program would send, with shell
//! variables for credentials and kept values.

use std::collections::{BTreeMap, BTreeSet};

use chrono::Utc;
use serde_json::Value;

use judge::target::{Credential, Target, variable};
use mutate::embedded::example_credentials;
use report::curl_line;
use runner::execute::request::prepare;
use spec::contract::Contract;
use spec::scenario::{Call, Step, TestCase, Variables};

/// The base URL in prepared requests; the commands have a shell variable instead.
const BASE: &str = "http://conformance-target-url";
/// The prefix of placeholders in prepared requests for values from earlier responses.
const KEPT: &str = "kept-by-hand-";

/// The commands of a test's steps, in order; `None` for a step that sends nothing or cannot be written as a command.
pub(super) fn commands(test: &TestCase, contract: &Contract) -> Vec<Option<String>> {
    let target = Target { url: BASE.to_owned(), credentials: credentials(contract), ..Target::default() };
    let mut variables = test.variables.clone();
    let given = [("unique", "byhand1"), ("webhook.url", "https://endpoint.example/by-hand")];
    variables.extend(given.map(|(name, value)| (name.to_owned(), Value::from(value))));
    variables.insert("webhook.refusing".into(), "http://127.0.0.1:9/".into());
    variables.insert("now".into(), "1700000000".into());
    test.steps
        .iter()
        .map(|step| {
            let call = step.call()?;
            let command = command(call, contract, &target, &variables);
            for keep in &call.keep {
                variables.insert(keep.name.clone(), format!("{KEPT}{}", keep.name).into());
            }
            command
        })
        .collect()
}

/// A credential for each actor that has one, of a kind that the contract can send: of the kind that the environment has,
/// if it has one. The commands have shell variables instead of the values.
fn credentials(contract: &Contract) -> BTreeMap<String, Credential> {
    let mut known = example_credentials();
    let others = ["key:example", "bearer:example", "basic:example:example"];
    let mut credentials = BTreeMap::new();
    for (actor, role) in &contract.conventions.actors {
        let signs = contract.conventions.signing.as_ref().is_some_and(|signing| signing.secret_actor == *actor);
        let is_sent = |one: &Credential| signs || one.header(actor, &contract.schemes, None).is_some();
        let own = std::env::var(variable(actor)).ok().and_then(|text| Credential::parse(&text).ok());
        let generic = others.iter().filter_map(|text| Credential::parse(text).ok());
        let mut candidates = own.into_iter().chain(known.remove(actor)).chain(generic);
        if let Some(credential) = candidates.find(is_sent).filter(|_| role.credential.is_none()) {
            credentials.insert(actor.clone(), credential);
        }
    }
    credentials
}

fn command(call: &Call, contract: &Contract, target: &Target, variables: &Variables) -> Option<String> {
    let prepared = prepare(contract, target, BASE, call, variables, Utc::now()).ok()?;
    let mut line = curl_line(&prepared.request).replace(BASE, "'\"$CONFORMANCE_TARGET_URL\"'");
    for name in kept(variables) {
        let shell_name: String =
            name.chars().map(|letter| if letter.is_alphanumeric() { letter } else { '_' }).collect();
        line = line.replace(&format!("{KEPT}{name}"), &format!("'\"${shell_name}\"'"));
    }
    Some(line.replace("''", ""))
}

/// The names of kept values, the longest first, because a name may be the prefix of another.
fn kept(variables: &Variables) -> Vec<String> {
    let names = variables.iter().filter(|(_, value)| value.as_str().is_some_and(|text| text.starts_with(KEPT)));
    let names: BTreeSet<String> = names.map(|(name, _)| name.clone()).collect();
    let mut names: Vec<String> = names.into_iter().collect();
    names.sort_by_key(|name| std::cmp::Reverse(name.len()));
    names
}

/// For each value that a step keeps, from which part of the response it comes.
pub(super) fn kept_by(step: &Step) -> Vec<String> {
    let keep = step.call().map_or(&[][..], |call| &call.keep);
    keep.iter().map(|keep| format!("keep `{}` from {}", keep.name, keep.part)).collect()
}

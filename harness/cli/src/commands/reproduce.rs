//! The requests of a test as curl commands for `explain`. They are the requests that the program would send, with shell
//! variables for credentials and kept values.

use std::collections::BTreeSet;

use chrono::Utc;
use serde_json::Value;

use judge::target::Target;
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
    let target = Target { url: BASE.to_owned(), credentials: example_credentials(), ..Target::default() };
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

//! `doctor`: runs only the preflight. It shows whether the URL serves the API, which credentials are accepted and which
//! operations exist, and can draft a target file.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::Path;
use std::process::ExitCode;

use chrono::Utc;
use serde_json::Value;

use super::loaded_with_target;
use crate::flags::DoctorArgs;
use crate::run::{Abort, deployment, redactor, runtime, usage};
use judge::preflight::{ActorFact, ActorState, CapabilityState, OperationState, Preflight};
use judge::target;
use judge::target::{Target, TargetFile};
use report::output;
use report::output::out_line;
use runner::client::HttpClient;
use runner::preflight::{Expected, Interest, PreflightTarget, preflight};
use spec::contract::Contract;

/// Checks a target and prints the result. The exit code is 0 if tests can run, and 3 if the URL or a credential must be
/// corrected first.
pub fn doctor(arguments: &DoctorArgs) -> Result<ExitCode, Abort> {
    let (contract, library, file) = loaded_with_target(&arguments.pack)?;
    let file = file.unwrap_or_default();
    let url = arguments.target_url.clone().or_else(|| file.url.clone());
    let url = url.ok_or_else(|| usage("doctor needs a URL: give --target-url, or a target file with a `url`"))?;
    target::check_url(&url).map_err(|message| usage(format!("--target-url: {message}")))?;
    if let Some(path) = arguments.write.as_ref().filter(|path| path.exists()) {
        return Err(usage(format!("{} exists; doctor does not overwrite it", path.display())));
    }
    let target = deployment(&contract, Some(&file), url)?;
    let client = HttpClient::new(&target.url, &arguments.network.network(file.rate)).map_err(usage)?;
    let runtime = runtime()?;
    let interest = Interest { variables: target::variables(&file.actors), ..Interest::default() };
    let expected = Expected::of(&contract, &library);
    let redactor = redactor(&arguments.network, &target, &contract, &library);
    let subject = PreflightTarget {
        contract: &contract,
        target: &target,
        client: &client,
        redactor: &redactor,
        direct: arguments.network.network(file.rate).is_direct(),
    };
    let found = runtime.block_on(preflight(subject, &expected, &interest));
    output::out(&redactor.clean_own(&render(&found, &contract, &target)));
    if let Some(path) = &arguments.write {
        match &found.stop_reason {
            Some(_) => out_line!("{} was not written: the target must respond as the API first", path.display()),
            None => write(path, &redactor.clean_own(&draft(&found, &contract, &target, &file)))?,
        }
    }
    let faulty = found.stop_reason.is_some() || found.actors.iter().any(|fact| fact.state.is_faulty());
    Ok(ExitCode::from(if faulty { 3 } else { 0 }))
}

fn write(path: &Path, text: &str) -> Result<(), Abort> {
    let written = OpenOptions::new().write(true).create_new(true).open(path).and_then(|mut file| {
        file.write_all(text.as_bytes())?;
        file.sync_all()
    });
    written.map_err(|error| usage(format!("{}: {error}", path.display())))?;
    out_line!("wrote {}; check it with `conformance validate --target {}`", path.display(), path.display());
    Ok(())
}

/// The result as text for the terminal.
fn render(found: &Preflight, contract: &Contract, target: &Target) -> String {
    let mut text = String::new();
    let verdict = if found.stop_reason.is_some() { "does not respond as the API" } else { "responds as the API" };
    let _ = writeln!(text, "{} {verdict} ({} requests sent)", target.url, found.requests);
    if found.stop_reason.is_none() {
        text += &credentials(found, contract);
        text += &operations(found);
        text += &capabilities(found);
    }
    let statements = found.statements();
    if statements.is_empty() {
        let unchecked = |fact: &&ActorFact| fact.state == ActorState::Unclear || !is_checked(fact);
        text += match found.actors.iter().filter(unchecked).count() {
            0 => "\nNothing to correct.\n",
            _ => "\nNothing to correct in what could be checked.\n",
        };
    } else {
        text += "\nTo correct\n";
        for (index, statement) in statements.iter().enumerate() {
            let _ = writeln!(text, "  {}. {statement}", index + 1);
        }
    }
    text
}

fn credentials(found: &Preflight, contract: &Contract) -> String {
    let mut text = "\nCredentials\n".to_owned();
    for (actor, role) in contract.conventions.actors.iter().filter(|(_, role)| role.credential.is_none()) {
        let fact = found.actors.iter().find(|fact| fact.actor == *actor);
        let variable = fact.map_or_else(|| target::variable(actor), |fact| fact.variable.clone());
        let state = fact.map_or_else(|| "not set, or not probed".to_owned(), describe);
        let _ = writeln!(text, "  {actor:<12} {variable:<32} {state} ({})", role.about);
    }
    text
}

/// False for a credential that should be accepted, but could not be tried.
fn is_checked(fact: &ActorFact) -> bool {
    fact.state != ActorState::NotProbed || fact.response.is_empty()
}

fn describe(fact: &ActorFact) -> String {
    let scope = fact.scope.as_deref().map(|scope| format!(" with scope {scope}")).unwrap_or_default();
    let actual = &fact.response;
    match fact.state {
        ActorState::Accepted => format!("accepted{scope}"),
        ActorState::Refused => format!("REFUSED: {actual}"),
        ActorState::LacksScope => format!("accepted, but NOT{scope}: {actual}"),
        ActorState::Swapped => "SWAPPED with another actor's".to_owned(),
        ActorState::Shared => "the SAME as another actor's".to_owned(),
        ActorState::Unclear => format!("unclear: {actual}"),
        ActorState::NotProbed if actual.is_empty() => "set; no test expects it to be accepted".to_owned(),
        ActorState::NotProbed => format!("set, but not checked: {actual}"),
    }
}

fn operations(found: &Preflight) -> String {
    let exist = found.operations.iter().filter(|fact| fact.state == OperationState::Exists).count();
    let not_probed = found.operations.iter().filter(|fact| fact.state == OperationState::NotProbed).count();
    let others = if not_probed > 0 { format!(", {not_probed} not probed") } else { String::new() };
    let mut text = format!("\nOperations: {exist} of {} exist{others}\n", found.operations.len());
    for fact in &found.operations {
        let state = match fact.state {
            OperationState::Exists => "exists",
            OperationState::Missing => "MISSING",
            OperationState::Unclear => "unclear",
            OperationState::NotProbed => "not probed",
        };
        let _ = writeln!(text, "  {state:<11} {:<24} {:<46} {}", fact.operation, fact.endpoint, fact.response);
    }
    text
}

fn capabilities(found: &Preflight) -> String {
    if found.capabilities.is_empty() {
        return String::new();
    }
    let mut text = "\nCapabilities\n".to_owned();
    for fact in &found.capabilities {
        let state = match fact.state {
            CapabilityState::Present => "present",
            CapabilityState::Missing => "MISSING",
            CapabilityState::Unclear => "not probed",
        };
        let _ = writeln!(text, "  {state:<11} {}", fact.capability);
    }
    text
}

/// The draft of a target file with the result.
fn draft(found: &Preflight, contract: &Contract, target: &Target, file: &TargetFile) -> String {
    let day = Utc::now().date_naive();
    let mut text =
        format!("# Drafted by `conformance doctor` on {day}. Please review it.\nurl: {}\n", quoted(&target.url));
    let variables = target::variables(&file.actors);
    let name = |actor: &String| variables.get(actor).cloned().unwrap_or_else(|| target::variable(actor));
    text += "\n# The environment variable of each actor's credential.\n";
    if !target.credentials.is_empty() {
        text += "actors:\n";
    }
    for (actor, role) in contract.conventions.actors.iter().filter(|(_, role)| role.credential.is_none()) {
        let unset = if target.credentials.contains_key(actor) { "  " } else { "  # not set: " };
        let _ = writeln!(text, "{unset}{actor}: {}  # {}", name(actor), role.about);
    }
    let lacks = lacks(found, file, &day.to_string());
    if !lacks.is_empty() {
        text += "\n# Operations and capabilities that the target does not support. Tests that need them are skipped with the reason.\nlacks:\n";
        for (name, reason) in lacks {
            let _ = writeln!(text, "  {name}: {}", quoted(&reason));
        }
    }
    if let Some(rate) = file.rate {
        let _ = writeln!(text, "\nrate: {rate}");
    }
    text
}

fn lacks(found: &Preflight, file: &TargetFile, day: &str) -> BTreeMap<String, String> {
    let missing = found.missing().map(|fact| {
        (fact.operation.clone(), format!("not implemented: {} returned {} on {day}", fact.endpoint, fact.response))
    });
    let absent = found
        .capabilities
        .iter()
        .filter(|fact| fact.state == CapabilityState::Missing)
        .map(|fact| (fact.capability.clone(), format!("ignored by the target on {day}")));
    let mut lacks: BTreeMap<String, String> = missing.chain(absent).collect();
    lacks.extend(file.lacks.clone());
    lacks
}

/// A JSON string, which is also a YAML string.
fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

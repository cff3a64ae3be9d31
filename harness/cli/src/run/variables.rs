//! Checks the environment variables of a run. An unknown `CONFORMANCE_…` variable is an error, because a misspelt one
//! would change silently what is tested.

use std::collections::BTreeSet;
use std::ffi::OsStr;

use clap::CommandFactory as _;

use super::{Abort, usage};
use crate::flags::{Program, Suite};
use judge::target::{TargetFile, variable};
use spec::contract::Contract;
use spec::source::suggestion;

/// The prefix of all variables of the harness.
const PREFIX: &str = "CONFORMANCE_";

/// Refuses unknown variables. The variables of actors come from the pack and the target file; without a contract, the
/// variable of any actor is accepted.
pub fn refuse_unknown_variables(contract: Option<&Contract>, file: Option<&TargetFile>) -> Result<(), Abort> {
    let set = std::env::vars_os().filter_map(|(name, _)| name.into_string().ok());
    let known = known(contract, file);
    let mut unknown: Vec<String> =
        set.filter(|name| is_unknown(name, &known, contract)).map(|name| unknown_message(&name, &known)).collect();
    unknown.sort();
    if unknown.is_empty() { Ok(()) } else { Err(usage(unknown.join("\nerror: "))) }
}

/// Refuses a target variable that is empty, as in a pipeline whose secret is not set.
pub(super) fn refuse_empty_target(target_url: Option<&str>, has_file: bool, reference: bool) -> Result<(), Abort> {
    let is_empty = |name: &str| std::env::var_os(name).is_some_and(|value| value.is_empty());
    refuse_empty(is_empty, target_url.is_some(), has_file, reference).map_or(Ok(()), |message| Err(usage(message)))
}

fn refuse_empty(is_empty: impl Fn(&str) -> bool, has_url: bool, has_file: bool, reference: bool) -> Option<String> {
    let name = match (has_url || reference, has_file) {
        (false, _) if is_empty("CONFORMANCE_TARGET_URL") => "CONFORMANCE_TARGET_URL",
        (false, false) if is_empty("CONFORMANCE_TARGET") => "CONFORMANCE_TARGET",
        _ => return None,
    };
    Some(format!(
        "{name} is set, but empty: give it a value, unset it, or test the embedded reference API with --reference"
    ))
}

/// All known variables.
fn known(contract: Option<&Contract>, file: Option<&TargetFile>) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let mut commands = vec![Suite::command(), Program::command()];
    while let Some(command) = commands.pop() {
        let read = command.get_arguments().filter_map(|argument| argument.get_env());
        names.extend(read.filter_map(OsStr::to_str).map(str::to_owned));
        commands.extend(command.get_subcommands().cloned());
    }
    let actors = contract.into_iter().flat_map(|contract| &contract.conventions.actors);
    names.extend(actors.filter(|(_, role)| role.credential.is_none()).map(|(actor, _)| variable(actor)));
    names.extend(file.into_iter().flat_map(|file| file.actors.values().cloned()));
    names
}

fn is_unknown(name: &str, known: &BTreeSet<String>, contract: Option<&Contract>) -> bool {
    if !name.starts_with(PREFIX) || known.contains(name) || is_of_kubernetes(name) {
        return false;
    }
    if name.starts_with(&variable("")) {
        // A `curl` command with an altered credential uses a name such as `…_WRITER_WITH_ALG_NONE`.
        let altered = ["_WITH", "_IN_"].iter().filter_map(|word| name.find(word)).any(|at| known.contains(&name[..at]));
        return contract.is_some() && !altered;
    }
    true
}

/// True for a variable that Kubernetes sets in every pod for a service with the name `conformance`.
fn is_of_kubernetes(name: &str) -> bool {
    let ports = name.split("_PORT_").nth(1).is_some_and(|rest| rest.starts_with(|first: char| first.is_ascii_digit()));
    name.ends_with("_SERVICE_HOST") || name.contains("_SERVICE_PORT") || name.ends_with("_PORT") || ports
}

fn unknown_message(name: &str, known: &BTreeSet<String>) -> String {
    let known: Vec<String> = known.iter().cloned().collect();
    let hint = suggestion(name, &known).unwrap_or_else(|| "`run --help` lists the known variables".to_owned());
    let of_pack = name.starts_with(&variable("")).then_some("; unset it if it belongs to another pack");
    format!("unknown environment variable `{name}`: {hint}{}", of_pack.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_of_flags_are_known_and_misspelt_ones_get_a_suggestion() {
        let known = known(None, None);
        for name in ["CONFORMANCE_TARGET_URL", "CONFORMANCE_REFERENCE", "CONFORMANCE_REPORT", "CONFORMANCE_PACK"] {
            assert!(!is_unknown(name, &known, None), "{name}");
        }
        assert!(!is_unknown("PATH", &known, None));
        assert!(is_unknown("CONFORMANCE_TARGET_ULR", &known, None));
        assert!(unknown_message("CONFORMANCE_TARGET_ULR", &known).ends_with("did you mean `CONFORMANCE_TARGET_URL`?"));
        assert!(unknown_message("CONFORMANCE_ACTOR_PAT", &known).ends_with("unset it if it belongs to another pack"));
    }

    #[test]
    fn service_variables_of_kubernetes_are_ignored() {
        for name in ["CONFORMANCE_SERVICE_HOST", "CONFORMANCE_SERVICE_PORT_HTTP", "CONFORMANCE_PORT_80_TCP_ADDR"] {
            assert!(!is_unknown(name, &known(None, None), None), "{name}");
        }
    }

    #[test]
    fn empty_target_variables_are_refused_unless_a_flag_names_the_target() {
        let only = |set: &'static str| move |name: &str| name == set;
        let url = "CONFORMANCE_TARGET_URL";
        assert!(refuse_empty(only(url), false, false, false).is_some_and(|text| text.starts_with(url)));
        assert!(refuse_empty(only(url), false, true, false).is_some(), "the file may name another deployment");
        assert!(refuse_empty(only(url), true, false, false).is_none());
        assert!(refuse_empty(only(url), false, false, true).is_none());
        assert!(refuse_empty(only("CONFORMANCE_TARGET"), false, false, false).is_some());
        assert!(refuse_empty(only("CONFORMANCE_TARGET"), true, false, false).is_none());
    }
}

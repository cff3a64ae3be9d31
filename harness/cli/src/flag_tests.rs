//! What each flag of `run` changes. These tests name the place that a new flag needs and does not have.

use std::collections::{BTreeMap, BTreeSet};

use clap::{Args as _, CommandFactory as _, Parser as _};

use crate::commands::repro;
use crate::flags::{Command, NetworkArgs, Program, Suite};
use crate::run::command::flags_text;
use judge::target::Target;

/// What a flag changes.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Effect {
    /// Which tests run. Without an environment variable: one that somebody forgot would leave out tests.
    Selection,
    /// What is sent or judged in a test. The commands that repeat a test need the flag as well. The text is an example.
    Verdict(&'static str),
    /// Only the run as a whole: its target, its limits, its receiver.
    Run,
    /// Only what is written or shown.
    Output,
}

const EFFECTS: &[(&str, Effect)] = &[
    ("target-url", Effect::Verdict("http://api.example")),
    ("reference", Effect::Run),
    ("pack", Effect::Verdict("parcels")),
    ("target", Effect::Verdict("sandbox.yaml")),
    ("draft", Effect::Verdict("")),
    ("cases", Effect::Verdict("7")),
    ("seed", Effect::Verdict("7")),
    ("strict", Effect::Verdict("")),
    ("ca-cert", Effect::Verdict("ca.pem")),
    ("client-cert", Effect::Verdict("client.pem")),
    ("client-key", Effect::Verdict("client.key")),
    ("insecure", Effect::Verdict("")),
    ("system-proxy", Effect::Verdict("")),
    ("header", Effect::Verdict("X-Gateway: a")),
    ("clause", Effect::Selection),
    ("code", Effect::Selection),
    ("operation", Effect::Selection),
    ("failed", Effect::Selection),
    ("cause", Effect::Selection),
    ("shard", Effect::Run),
    ("rate", Effect::Run),
    ("timeout", Effect::Run),
    ("deadline", Effect::Run),
    ("run-id", Effect::Run),
    ("webhook-listen", Effect::Run),
    ("webhook-url", Effect::Run),
    ("no-preflight", Effect::Run),
    ("preflight", Effect::Run),
    ("save-failures", Effect::Output),
    ("verbose", Effect::Output),
    ("no-progress", Effect::Output),
    ("certify", Effect::Output),
    ("report", Effect::Output),
    ("write-deviations", Effect::Output),
    ("baseline", Effect::Output),
    ("fail-on", Effect::Output),
];

/// The flags of a command that are not libtest's, each with its environment variable.
fn flags_of(command: &clap::Command) -> BTreeMap<String, Option<String>> {
    let libtest: BTreeSet<String> = libtest_mimic::Arguments::command()
        .get_arguments()
        .filter_map(|argument| argument.get_long().map(str::to_owned))
        .collect();
    let ours = command.get_arguments().filter_map(|argument| {
        let variable = argument.get_env().map(|name| name.to_string_lossy().into_owned());
        Some((argument.get_long()?.to_owned(), variable))
    });
    ours.filter(|(flag, _)| !libtest.contains(flag)).collect()
}

/// The flag on a command line, with a value that is not the default one.
fn given(flag: &str, value: &str) -> Vec<String> {
    let mut words = vec![format!("--{flag}")];
    words.extend((!value.is_empty()).then(|| value.to_owned()));
    // The two flags of a client certificate need each other.
    match flag {
        "client-cert" => words.extend(["--client-key", "k"].map(str::to_owned)),
        "client-key" => words.extend(["--client-cert", "c"].map(str::to_owned)),
        _ => {}
    }
    words
}

#[test]
fn each_flag_of_run_says_what_it_changes() {
    let flags: BTreeSet<String> = flags_of(&Suite::command()).into_keys().collect();
    let listed: BTreeSet<String> = EFFECTS.iter().map(|(flag, _)| (*flag).to_owned()).collect();
    let missing: Vec<_> = flags.symmetric_difference(&listed).collect();
    assert!(missing.is_empty(), "in `run` or in EFFECTS, but not in both: {missing:?}");
}

#[test]
fn each_flag_has_a_variable_unless_it_selects_tests() {
    for (flag, variable) in flags_of(&Suite::command()) {
        let selects = EFFECTS.contains(&(flag.as_str(), Effect::Selection));
        let expected = (!selects).then(|| format!("CONFORMANCE_{}", flag.replace('-', "_").to_uppercase()));
        assert_eq!(variable, expected, "--{flag}");
    }
}

#[test]
fn a_flag_that_changes_a_verdict_is_in_the_commands_that_repeat_a_test() {
    let program = Program::command();
    let repro = flags_of(program.find_subcommand("repro").expect("the command"));
    for (flag, effect) in EFFECTS {
        let Effect::Verdict(value) = effect else { continue };
        let words: Vec<String> = ["conformance".to_owned()].into_iter().chain(given(flag, value)).collect();
        let run = Suite::try_parse_from(&words).expect("an example that parses").run;
        let target = Target { url: run.target_url.clone().unwrap_or_default(), ..Target::default() };
        let shown = flags_text(&run, &target);
        assert!(
            shown.split(' ').any(|word| word == format!("--{flag}")),
            "run/command.rs: --{flag} is not in `{shown}`"
        );
        assert!(repro.contains_key(*flag), "flags/repro.rs: `repro` does not know --{flag}");
    }
}

/// The script of `repro` for a test, with these flags.
fn script(flags: &[String]) -> String {
    let pack = format!("{}/../..", env!("CARGO_MANIFEST_DIR"));
    let words = ["conformance", "repro", "readme::callers-without-credential-are-refused", "--pack", &pack];
    let program = Program::try_parse_from(words.map(str::to_owned).iter().chain(flags)).expect("the flags");
    let Command::Repro(arguments) = program.command else { panic!("another command") };
    repro::text(&arguments).unwrap_or_else(|_| panic!("no script"))
}

#[test]
fn the_script_of_repro_obeys_each_network_flag() {
    let plain = script(&[]);
    let network = NetworkArgs::augment_args(clap::Command::new("network"));
    for flag in network.get_arguments().filter_map(|argument| argument.get_long()) {
        let value = match EFFECTS.iter().find(|(name, _)| *name == flag) {
            Some((_, Effect::Verdict(value))) => *value,
            // The script sends one request at a time, so a rate changes nothing.
            _ if flag == "rate" => continue,
            _ => "7",
        };
        assert_ne!(script(&given(flag, value)), plain, "the script ignores --{flag}");
    }
}

#[test]
fn each_flag_is_in_a_guide() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let read = |path: std::path::PathBuf| std::fs::read_to_string(path).expect("a guide");
    let mut guides = read(root.join("ci/README.md")) + &read(root.join("README.md"));
    for entry in std::fs::read_dir(root.join("harness/docs")).expect("the guides") {
        guides += &read(entry.expect("a guide").path());
    }
    let words: BTreeSet<&str> =
        guides.split(|letter: char| !(letter == '-' || letter.is_ascii_alphanumeric())).collect();
    for flag in flags_of(&Suite::command()).into_keys() {
        assert!(words.contains(format!("--{flag}").as_str()), "no guide in harness/docs names --{flag}");
    }
}

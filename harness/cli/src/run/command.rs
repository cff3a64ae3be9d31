//! The command line of a run, as reports show it for a repetition.

use crate::flags::RunArgs;
use judge::secret::Redactor;
use judge::target::Target;
use report::shell;
use runner::repro::header_variable;

/// The command line of this process, without its secrets.
pub(super) fn command(redactor: &Redactor) -> String {
    // Redact before quoting: quotes could split a secret.
    let words: Vec<String> =
        std::env::args_os().skip(1).map(|word| redactor.clean_own(&word.to_string_lossy())).collect();
    // The installed program has a subcommand; under `cargo test` there are only flags.
    match words.first().map(String::as_str) {
        Some("run") => typed("conformance", &words),
        Some(_) => typed("cargo test --", &words),
        None => "cargo test".to_owned(),
    }
}

/// The flags for the target and for generating cases, as a shell command. Headers have a shell variable instead of
/// their value, which is secret.
pub(crate) fn flags_text(arguments: &RunArgs, target: &Target) -> String {
    let network = &arguments.network;
    let mut words = Vec::new();
    let paths = [
        ("--pack", &arguments.pack.pack),
        ("--target", &arguments.pack.target),
        ("--ca-cert", &network.ca_cert),
        ("--client-cert", &network.client_cert),
        ("--client-key", &network.client_key),
    ];
    for (flag, path) in paths {
        words.extend(path.iter().map(|path| format!("{flag} {}", shell(&path.display().to_string()))));
    }
    if !target.embedded {
        words.push(format!("--target-url {}", shell(&target.url)));
    }
    for header in &network.header {
        words.push(format!("--header \"{}: ${}\"", header.0, header_variable(&header.0)));
    }
    let draft = arguments.pack.draft;
    for (flag, given) in [
        ("--draft", draft),
        ("--insecure", network.insecure),
        ("--system-proxy", network.system_proxy),
        ("--strict", arguments.strict),
    ] {
        words.extend(given.then(|| flag.to_owned()));
    }
    words.extend(arguments.cases.map(|cases| format!("--cases {cases}")));
    words.push(format!("--seed {}", arguments.seed));
    words.join(" ")
}

fn typed(program: &str, words: &[String]) -> String {
    words.iter().fold(program.to_owned(), |line, word| line + " " + &report::shell(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_quoted_for_the_shell_where_needed() {
        let words = ["run", "--target-url", "http://h", "--header", "X: a b"].map(str::to_owned);
        assert_eq!(typed("conformance", &words), "conformance run --target-url http://h --header 'X: a b'");
    }
}

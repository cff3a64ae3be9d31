//! What the program says about itself: `conformance` alone, shell completion, man pages.

use std::path::Path;
use std::process::ExitCode;

use clap::CommandFactory as _;
use clap_complete::Shell;

use crate::flags::Program;
use crate::run::{Abort, joint_hash, load, usage};
use report::output;
use spec::source::{BUILT_IN, suggestion};

const NAME: &str = "conformance";

const WELCOME: &str = "\
conformance tests whether an HTTP API conforms to its published error-code page: it provokes each documented
error, judges every response, and says which statement a violation breaks.

The commands that are used most:
  conformance doctor --target-url URL   check the URL, the credentials and the operations before the first run
  conformance run --target-url URL      run the tests against a deployment; without a target, against a reference API
  conformance run --failed REPORT.json  run the tests again that did not pass
  conformance explain NAME              explain a test, clause, error code, check or operation
  conformance repro TEST                print a shell script that repeats a test

All commands: conformance help. The flags of one: conformance run --help. Guides: harness/docs/ in the source.
";

/// What `conformance` without arguments says; it needs no pack. It ends with 2, as clap does where a command is missing:
/// a script that has lost its command must not pass.
pub fn welcome() -> ExitCode {
    output::raw_err(WELCOME);
    ExitCode::from(2)
}

/// Prints the version of the program, and the hash of its built-in pack as reports have it.
pub fn version() -> ExitCode {
    let hash = load(Path::new(BUILT_IN)).map(|(contract, library)| joint_hash(&contract, &library));
    let pack = hash.map_or_else(|_| "no built-in pack".to_owned(), |hash| format!("built-in pack {hash}"));
    output::raw_out(&format!("{NAME} {} ({pack})\n", env!("CARGO_PKG_VERSION")));
    ExitCode::SUCCESS
}

/// Prints the completion script of a shell.
pub fn completions(shell: Shell) -> Result<ExitCode, Abort> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Program::command(), NAME, &mut script);
    output::raw_out(&String::from_utf8_lossy(&script));
    Ok(ExitCode::SUCCESS)
}

/// Prints the man page of the program, or of one of its commands.
pub fn man(command: Option<&str>) -> Result<ExitCode, Abort> {
    let mut program = Program::command();
    program.build();
    let described = match command {
        None => program,
        Some(name) => program.find_subcommand(name).cloned().ok_or_else(|| unknown(&program, name))?,
    };
    let mut page = Vec::new();
    clap_mangen::Man::new(described)
        .render(&mut page)
        .map_err(|error| Abort::Inconclusive(format!("the page cannot be written: {error}")))?;
    output::raw_out(&String::from_utf8_lossy(&page));
    Ok(ExitCode::SUCCESS)
}

fn unknown(program: &clap::Command, name: &str) -> Abort {
    let known: Vec<String> = program.get_subcommands().map(|command| command.get_name().to_owned()).collect();
    let hint = suggestion(name, &known).unwrap_or_else(|| format!("the commands are {}", known.join(", ")));
    usage(format!("there is no command `{name}`: {hint}"))
}

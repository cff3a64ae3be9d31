//! The command line: parses flags, and runs what each subcommand names with the crates of the engine.
//!
//! `ARCHITECTURE.md` at the root explains the modules and their layers.

#![cfg_attr(not(test), warn(clippy::print_stdout, clippy::print_stderr))]

pub mod commands;
#[cfg(test)]
mod flag_tests;
pub mod flags;
pub mod run;
pub mod test_runner;

use std::process::ExitCode;

use clap::{CommandFactory as _, FromArgMatches as _};

use flags::{Command, Program, Suite};
pub use spec::source::PackFiles;
use spec::source::set_built_in;

/// A run has large bodies in flight on many threads. The allocator of glibc keeps the memory of each thread: with it, a run
/// takes twice as much.
#[cfg(target_os = "linux")]
#[global_allocator]
static ALLOCATOR: dlmalloc::GlobalDlmalloc = dlmalloc::GlobalDlmalloc;

/// The entry point of the `cargo test` target: a run, with the flags of libtest and of the harness.
pub fn suite() -> ExitCode {
    let matches = flags::without_empty_variables(Suite::command()).get_matches();
    let suite = Suite::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
    run::run(suite.run).unwrap_or_else(|abort| abort.report())
}

/// The entry point of the installed binary, with the files of its built-in pack.
pub fn main(pack: PackFiles) -> ExitCode {
    set_built_in(pack);
    if std::env::args_os().nth(1).is_some_and(|word| word == "--version" || word == "-V") {
        return commands::version();
    }
    if std::env::args_os().len() <= 1 {
        return commands::welcome();
    }
    let matches = flags::without_empty_variables(Program::command()).get_matches();
    let program = Program::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
    let conclusion = match program.command {
        Command::Run(arguments) => run::run(*arguments),
        Command::Init(arguments) => commands::init(&arguments),
        Command::Validate(pack) => commands::validate(&pack),
        Command::List(arguments) => commands::list(&arguments),
        Command::Explain { name, pack, .. } => commands::explain(name.as_deref(), &pack),
        Command::Doctor(arguments) => commands::doctor(&arguments),
        Command::Docs { file, pack } => commands::docs(&file, &pack),
        Command::Repro(arguments) => commands::repro(&arguments),
        Command::Merge(arguments) => run::merge(&arguments),
        Command::Serve { listen, mutant, variant } => commands::serve(listen, &mutant, &variant),
        Command::Certify { check } => commands::certify(&check),
        Command::Compare(arguments) => commands::compare(&arguments),
        Command::Prove(arguments) => commands::prove(&arguments),
        Command::History { dir, report } => commands::history(&dir, &report),
        Command::Schema { name } => commands::schema(&name),
        Command::Completions { shell } => commands::completions(shell),
        Command::Man { command } => commands::man(command.as_deref()),
    };
    conclusion.unwrap_or_else(|abort| abort.report())
}

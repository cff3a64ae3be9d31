//! `serve`: runs the reference API as a server.

use std::net::SocketAddr;
use std::process::ExitCode;

use crate::run::Abort;
use mutate::embedded::{assignments, intermittent, mutants, serve as serve_reference, variants};
use report::output::say;
use spec::source::suggestion;

/// Serves the reference until the process ends.
pub fn serve(listen: SocketAddr, broken: &[String], varied: &[String]) -> ExitCode {
    let faults = [mutants(), intermittent()].concat();
    for (names, rows) in [(broken, faults.clone()), (varied, variants())] {
        if names.iter().any(|name| name == "list") {
            for (name, about, clauses) in rows {
                say!("{name}  {}  {about}", clauses.join(" "));
            }
            return ExitCode::SUCCESS;
        }
    }
    if let Err(message) =
        check_names("mutant", broken, faults).and_then(|()| check_names("variant", varied, variants()))
    {
        return Abort::Usage(format!("error: {message}")).tell();
    }
    let broken: Vec<&str> = broken.iter().map(String::as_str).collect();
    let varied: Vec<&str> = varied.iter().map(String::as_str).collect();
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => return Abort::Inconclusive(error.to_string()).tell(),
    };
    runtime.block_on(async {
        match serve_reference(listen, &broken, &varied).await {
            Ok(running) => {
                say!("# The reference API. Its credentials, for the shell that runs the suite:");
                for assignment in assignments() {
                    say!("export {assignment}");
                }
                say!("export CONFORMANCE_TARGET_URL='{}'", running.url());
                let _ = tokio::signal::ctrl_c().await;
                ExitCode::SUCCESS
            }
            Err(error) => Abort::Usage(format!("error: {listen}: {error}")).tell(),
        }
    })
}

/// A mutant or variant of the reference: name, what it does, clauses.
type Named = (&'static str, &'static str, &'static [&'static str]);

/// Refuses unknown names, before the server starts.
fn check_names(kind: &str, names: &[String], rows: Vec<Named>) -> Result<(), String> {
    let known: Vec<String> = rows.into_iter().map(|(name, _, _)| name.to_owned()).collect();
    match names.iter().find(|name| !known.contains(name)) {
        None => Ok(()),
        Some(name) => {
            let hint = suggestion(name, &known).unwrap_or_else(|| format!("`--{kind} list` lists all"));
            Err(format!("there is no {kind} `{name}`: {hint}"))
        }
    }
}

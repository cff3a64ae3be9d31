//! The reference API as a server of its own.

use std::net::SocketAddr;
use std::process::ExitCode;

use crate::run::Refusal;
use crate::source::suggestion;
use crate::target::{assignments, defects, serve as serve_reference};

/// Serves the reference until the process is ended.
pub fn serve(listen: SocketAddr, names: &[String]) -> ExitCode {
    if names.iter().any(|name| name == "list") {
        for (name, about, clauses) in defects() {
            println!("{name}  {}  {about}", clauses.join(" "));
        }
        return ExitCode::SUCCESS;
    }
    if let Err(message) = known(names) {
        return Refusal::Usage(format!("error: {message}")).tell();
    }
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => return Refusal::Inconclusive(error.to_string()).tell(),
    };
    runtime.block_on(async {
        match serve_reference(listen, &names).await {
            Ok(running) => {
                println!("# The reference API. Its credentials, for the shell that runs the suite:");
                for assignment in assignments() {
                    println!("export {assignment}");
                }
                println!("export CONFORMANCE_TARGET_URL='{}'", running.url());
                let _ = tokio::signal::ctrl_c().await;
                ExitCode::SUCCESS
            }
            Err(error) => Refusal::Usage(format!("error: {listen}: {error}")).tell(),
        }
    })
}

/// Refuses names of no defect before anything is opened.
fn known(names: &[String]) -> Result<(), String> {
    let known: Vec<String> = defects().into_iter().map(|(name, _, _)| name.to_owned()).collect();
    match names.iter().find(|name| !known.contains(name)) {
        None => Ok(()),
        Some(name) => {
            let hint = suggestion(name, &known).unwrap_or_else(|| "`--defect list` lists all".to_owned());
            Err(format!("there is no defect `{name}`: {hint}"))
        }
    }
}

//! `serve`: runs the reference API as a server.

use std::net::SocketAddr;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use crate::run::{Abort, pack_root, refuse_foreign, runtime, usage};
use mutate::embedded::assignments;
use mutate::prove::{MatrixServer, ServerKind, rows};
use report::output::out_line;
use spec::contract::Contract;
use spec::source::{BUILT_IN, suggestion};

/// Serves the reference until the process ends.
pub fn serve(listen: SocketAddr, broken: &[String], varied: &[String]) -> Result<ExitCode, Abort> {
    let contract = Arc::new(contract()?);
    let rows = rows(&contract)?.into_iter().filter(|row| row.kind != ServerKind::Unchanged);
    let (variants, mutants): (Vec<MatrixServer>, Vec<MatrixServer>) =
        rows.partition(|row| row.kind == ServerKind::Variant);
    for (names, rows) in [(broken, &mutants), (varied, &variants)] {
        if names.iter().any(|name| name == "list") {
            rows.iter().for_each(|row| out_line!("{}  {}  {}", row.name, row.clauses.join(" "), row.about));
            return Ok(ExitCode::SUCCESS);
        }
    }
    let chosen = [chosen("mutant", broken, mutants)?, chosen("variant", varied, variants)?].concat();
    let runtime = runtime()?;
    runtime.block_on(async {
        let running = mutate::prove::serve(&contract, listen, &chosen).await;
        let running = running.map_err(|error| usage(format!("{listen}: {error}")))?;
        out_line!("# The reference API. Its credentials, for the shell that runs the suite:");
        for assignment in assignments() {
            out_line!("export {assignment}");
        }
        out_line!("export CONFORMANCE_TARGET_URL='{}'", running.url());
        let _ = tokio::signal::ctrl_c().await;
        Ok(ExitCode::SUCCESS)
    })
}

/// The contract whose mutants are served: of the pack in the current folder, or of the built-in one, if that is a pack of
/// another API.
fn contract() -> Result<Contract, Abort> {
    let found = pack_root(None).ok().and_then(|root| Contract::load(&root).ok());
    match found.filter(|contract| refuse_foreign(contract).is_ok()) {
        Some(contract) => Ok(contract),
        None => Ok(Contract::load(Path::new(BUILT_IN))?),
    }
}

/// The rows with these names. Refuses unknown names, before the server starts.
fn chosen(kind: &str, names: &[String], rows: Vec<MatrixServer>) -> Result<Vec<MatrixServer>, Abort> {
    let known: Vec<String> = rows.iter().map(|row| row.name.clone()).collect();
    if let Some(name) = names.iter().find(|name| !known.contains(name)) {
        let hint = suggestion(name, &known).unwrap_or_else(|| format!("`--{kind} list` lists all"));
        return Err(usage(format!("there is no {kind} `{name}`: {hint}")));
    }
    Ok(rows.into_iter().filter(|row| names.contains(&row.name)).collect())
}

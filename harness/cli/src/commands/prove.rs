//! `prove`: runs the suite against every mutant of the reference, and shows the kill matrix.

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Instant;

use super::changed::{affected, changed_files};
use super::loaded;
use super::prove_shared::{is_chosen, refuse_unknown_words, witnesses, write_file};
use crate::flags::{MatrixFormat, ProveArgs};
use crate::run::{Abort, joint_hash, refuse_foreign, runtime, usage};
use mutate::prove::matrix::{Circumstances, Matrix, matrix};
use mutate::prove::{MatrixServer, ProveOptions, TestScope, Witnesses, prove_all, rows};
use report::output::out_line;

/// The default number of concurrent servers. They mostly wait for each other's cores, and some for timers.
const JOBS: usize = 16;

/// Runs the suite against every mutant and prints the results.
pub fn prove(arguments: &ProveArgs) -> Result<ExitCode, Abort> {
    if arguments.proxy {
        return super::prove_proxy::prove(arguments);
    }
    let (contract, library) = loaded(&arguments.pack)?;
    refuse_foreign(&contract)?;
    let all = rows(&contract)?;
    let witnesses = if arguments.changed { witnesses(&contract.root)? } else { Witnesses::default() };
    let mut chosen = chosen(&arguments.only, &all)?;
    if arguments.changed {
        let files = changed_files(&contract.root).map_err(usage)?;
        chosen = affected(&files, &library, &witnesses, &chosen);
        if chosen.is_empty() {
            out_line!("No uncommitted change affects a mutant.");
            return Ok(ExitCode::SUCCESS);
        }
    }
    let hash = joint_hash(&contract, &library);
    let contract = Arc::new(contract);
    let runtime = runtime()?;
    let clock = Instant::now();
    let scope = match (arguments.whole, arguments.changed) {
        (true, _) => TestScope::Whole,
        (_, true) => TestScope::Witnesses,
        _ => TestScope::Sample,
    };
    let options = ProveOptions { seed: arguments.seed, scope, witnesses: &witnesses };
    let print = |line: &mutate::prove::matrix::Line| out_line!("{}", line.summary());
    let jobs = arguments.jobs.unwrap_or(JOBS);
    let lines = runtime.block_on(prove_all(&contract, &library, &chosen, options, jobs, print));
    let circumstances = Circumstances {
        hash,
        seed: arguments.seed,
        whole: arguments.whole,
        complete: chosen.len() == all.len(),
        duration_ms: u64::try_from(clock.elapsed().as_millis()).unwrap_or(u64::MAX),
    };
    let matrix = matrix(&contract, lines, circumstances);
    write(arguments, &matrix)?;
    Ok(conclusion(&matrix))
}

/// The rows whose names contain one of the words.
fn chosen(only: &[String], all: &[MatrixServer]) -> Result<Vec<MatrixServer>, Abort> {
    let known: Vec<String> = all.iter().map(|row| row.name.clone()).collect();
    refuse_unknown_words("mutant", only, &known, "`serve --mutant list` lists all")?;
    Ok(all.iter().filter(|row| is_chosen(only, &row.name)).cloned().collect())
}

fn write(arguments: &ProveArgs, matrix: &Matrix) -> Result<(), Abort> {
    for (kind, path) in &arguments.report {
        let text = match kind {
            MatrixFormat::Json => matrix.json(),
            MatrixFormat::Markdown => matrix.markdown(),
        };
        write_file(path, &text)?;
    }
    Ok(())
}

fn conclusion(matrix: &Matrix) -> ExitCode {
    out_line!(
        "\n{} servers, {} tests, {} requests in {:.0} s, seed {}{}",
        matrix.rows.len(),
        matrix.tests,
        matrix.requests,
        matrix.duration_ms as f64 / 1000.0,
        matrix.seed,
        if matrix.whole { ", every test against every server" } else { "" }
    );
    if matrix.problems.is_empty() {
        out_line!("Every mutant was reported with its clauses, and nothing else was reported.");
        return ExitCode::SUCCESS;
    }
    out_line!("{} problems:", matrix.problems.len());
    matrix.problems.iter().for_each(|problem| out_line!("  {problem}"));
    ExitCode::from(1)
}

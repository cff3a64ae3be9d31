//! Measures whether the causes of a report are the defects of the target: runs the suite against combinations of mutants
//! of the reference, and then without each mutant in turn.
//!
//! ```text
//! cargo run -p cli --example combinations -- [COUNT] [SEED] [REPAIRED] [FOLDER]    10 combinations, seed 1, repair in 3
//! cargo run -p cli --example combinations -- FOLDER                                the saved reports once more
//! ```
//!
//! A combination has three to eight mutants; the report should have as many causes. A mutant in several causes is
//! *split*; several mutants in one cause are *merged*; a mutant in no cause has no finding next to the others. In the
//! first REPAIRED combinations, each mutant is taken out once. The tests that then pass are compared with those that its
//! causes predict. With a FOLDER the reports are kept, so that another grouping can be measured without a run.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use mutate::combinations::{Prediction, combinations, predicted, repaired, shown, suite};
use mutate::prove::{Row, rows};
use report::Report;
use spec::contract::Contract;
use spec::scenario::Library;
use tokio::runtime::Runtime;

fn main() -> Result<(), String> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let saved = words.first().map(Path::new).filter(|path| path.is_dir());
    let misses = match saved {
        Some(folder) => judge_again(folder)?,
        None => run(&words)?,
    };
    println!("{misses} combinations have more than one cause too many or too few");
    Ok(())
}

fn run(words: &[String]) -> Result<usize, String> {
    let number = |at: usize, default: usize| words.get(at).and_then(|word| word.parse().ok()).unwrap_or(default);
    let (count, seed, repairs) = (number(0, 10), number(1, 1), number(2, 3));
    let (contract, library) = pack()?;
    let runtime = Runtime::new().map_err(|error| error.to_string())?;
    let suite = |mutants: &[&str]| runtime.block_on(suite(&contract, &library, mutants));
    let mut misses = 0;
    let combinations = combinations(&contract, seed as u64, count).map_err(|problems| problems.to_string())?;
    for (index, combination) in combinations.iter().enumerate() {
        let mutants: Vec<&str> = combination.iter().map(|row| row.name.as_str()).collect();
        let report = Report { command: mutants.join(" "), ..suite(&mutants)? };
        if let Some(folder) = words.get(3) {
            let file = Path::new(folder).join(format!("{seed:03}-{index:02}.json"));
            std::fs::write(file, report::json(&report)).map_err(|error| format!("{folder}: {error}"))?;
        }
        misses += usize::from(!judge(&report, combination));
        for mutant in mutants.iter().filter(|_| index < repairs) {
            let others: Vec<&str> = mutants.iter().copied().filter(|other| other != mutant).collect();
            let green = repaired(&report, &suite(&others)?);
            println!("  without {mutant}: {}", compared(&predicted(&report, combination, mutant), &green));
        }
    }
    Ok(misses)
}

fn pack() -> Result<(Arc<Contract>, Library), String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let (contract, library) = cli::run::load(&root).map_err(|problems| problems.to_string())?;
    Ok((Arc::new(contract), library))
}

fn judge_again(folder: &Path) -> Result<usize, String> {
    let failed = |error: std::io::Error| format!("{}: {error}", folder.display());
    let (contract, _) = pack()?;
    let rows = rows(&contract).map_err(|problems| problems.to_string())?;
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        files.push(entry.map_err(failed)?.path());
    }
    files.sort();
    let mut misses = 0;
    for file in files {
        let mut report = report::read(&file).map_err(|problem| format!("{problem:?}"))?;
        report.causes = report::cause_reports(&report);
        let names: Vec<&str> = report.command.split(' ').collect();
        let combination: Vec<Row> = rows.iter().filter(|row| names.contains(&row.name.as_str())).cloned().collect();
        println!("{}", file.display());
        misses += usize::from(!judge(&report, &combination));
    }
    Ok(misses)
}

/// Prints the causes of a combination, each with its mutants; true if there are as many as mutants, within one.
fn judge(report: &Report, combination: &[Row]) -> bool {
    let (mutants, causes) = (combination.len(), report.causes.len());
    let shown = shown(report, combination);
    let in_causes = |row: &Row| shown.iter().filter(|names| names.contains(row.name.as_str())).count();
    let named = |wanted: fn(usize) -> bool| -> Vec<&str> {
        combination.iter().filter(|row| wanted(in_causes(row))).map(|row| row.name.as_str()).collect()
    };
    let merged = shown.iter().filter(|names| names.len() > 1).count();
    let names: Vec<&str> = combination.iter().map(|row| row.name.as_str()).collect();
    let good = causes.abs_diff(mutants) <= 1;
    let verdict = if good { "" } else { "OFF " };
    println!("{verdict}{mutants} mutants, {causes} causes: {}", names.join(", "));
    println!("  {merged} merged; split: {:?}; not shown: {:?}", named(|count| count > 1), named(|count| count == 0));
    for (cause, names) in report.causes.iter().zip(&shown) {
        let names: Vec<&str> = names.iter().copied().collect();
        let (tests, alone) = (cause.tests, cause.only_cause_of.len());
        println!("  {tests:>4} tests, {alone:>4} alone: {} {} <- {}", cause.clauses, cause.title, names.join(", "));
    }
    good
}

/// The tests that pass without a mutant, compared with the prediction.
fn compared(prediction: &Prediction, green: &BTreeSet<String>) -> String {
    let Prediction { certain, possible } = prediction;
    let vain: Vec<&String> = certain.difference(green).collect();
    let surprising: Vec<&String> = green.difference(possible).collect();
    let (count, predicted, most) = (green.len(), certain.len(), possible.len());
    format!("{count} tests turn green, predicted {predicted} to {most}; in vain {vain:?}, surprising {surprising:?}")
}

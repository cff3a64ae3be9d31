//! Measures whether the causes of a report are the defects of the target: runs the suite against combinations of mutants
//! of the reference, and then without each mutant in turn.
//!
//! ```text
//! cargo run -p cli --example combinations -- [COUNT] [SEED] [REPAIRED]     10 combinations, seed 1, repair in 3 of them
//! ```
//!
//! A combination has three to eight mutants; the report should have as many causes. In the first REPAIRED combinations,
//! each mutant is taken out once. The cause that predicted most of the tests that then pass is compared with them.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use mutate::combinations::{combinations, repaired, suite};
use report::Report;
use tokio::runtime::Runtime;

fn main() -> Result<(), String> {
    let mut arguments = std::env::args().skip(1).filter_map(|word| word.parse::<usize>().ok());
    let count = arguments.next().unwrap_or(10);
    let seed = arguments.next().unwrap_or(1) as u64;
    let repairs = arguments.next().unwrap_or(3);
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let (contract, library) = cli::run::load(&root).map_err(|problems| format!("{} problems", problems.0.len()))?;
    let contract = Arc::new(contract);
    let runtime = Runtime::new().map_err(|error| error.to_string())?;
    let run = |mutants: &[&str]| runtime.block_on(suite(&contract, &library, mutants));
    let mut misses = 0;
    for (index, combination) in combinations(&contract, seed, count).iter().enumerate() {
        let mutants: Vec<&str> = combination.iter().map(|row| row.name).collect();
        let report = run(&mutants)?;
        println!("{} mutants, {} causes: {}", mutants.len(), report.causes.len(), mutants.join(", "));
        misses += usize::from(report.causes.len().abs_diff(mutants.len()) > 1);
        for cause in &report.causes {
            println!("  {:>4} tests, {:>4} alone: {} {}", cause.tests, cause.alone.len(), cause.clauses, cause.title);
        }
        for mutant in mutants.iter().filter(|_| index < repairs) {
            let others: Vec<&str> = mutants.iter().copied().filter(|other| other != mutant).collect();
            println!("  without {mutant}: {}", prediction(&report, &repaired(&report, &run(&others)?)));
        }
    }
    println!("{misses} combinations have more than one cause too many or too few");
    Ok(())
}

/// The tests that pass without a mutant, compared with the prediction of the cause that fits best.
fn prediction(report: &Report, green: &BTreeSet<String>) -> String {
    let predicted = report.causes.iter().map(|cause| cause.alone.iter().cloned().collect::<BTreeSet<String>>());
    let Some(best) = predicted.max_by_key(|names| names.intersection(green).count()) else {
        return "no cause".to_owned();
    };
    format!(
        "{} tests turn green, {} of {} predicted, {} not predicted",
        green.len(),
        best.intersection(green).count(),
        best.len(),
        green.difference(&best).count()
    )
}

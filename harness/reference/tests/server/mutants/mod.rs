//! Tests that every mutant has an effect: it changes the transcript of a fixed script of requests.
//!
//! A transcript contains what a client sees, without ids and times. Two servers without a mutant give the same one.

mod scripts;
mod transcript;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use reference::{Mutant, Options, mutants};
use tokio::sync::{OnceCell, Semaphore};
use tokio::task::JoinSet;
use transcript::Transcript;

use crate::support::{Sandbox, endpoint};

/// The limit of servers that run at the same time.
const AT_ONCE: usize = 12;

fn options(mutant: Option<&'static Mutant>) -> Options {
    Options {
        mutants: mutant.into_iter().collect(),
        throttled_limit: 3,
        window_seconds: 2,
        webhook_timeout: endpoint::TIMEOUT,
        webhook_pause: Duration::from_millis(10),
        ..Options::default()
    }
}

/// Whether the mutant shows only with a large document.
fn is_about_size(mutant: &Mutant) -> bool {
    mutant.clauses.contains(&"DOC-3") || mutant.name.starts_with("oversize")
}

/// The transcript of the scripts for these clauses.
async fn transcript(mutant: Option<&'static Mutant>, clauses: &[&str], big: bool) -> String {
    let sandbox = Sandbox::start(options(mutant)).await;
    let mut transcript = Transcript::new(sandbox);
    for (prefixes, script) in scripts::SCRIPTS {
        let matches = |clause: &&str| prefixes.iter().any(|prefix| clause.starts_with(prefix));
        if clauses.iter().any(matches) {
            script(&mut transcript).await;
        }
    }
    if big {
        scripts::big_documents(&mut transcript).await;
    }
    transcript.text()
}

/// The transcripts without a mutant, by the clauses of the scripts. Each is made when it is first needed.
type Baselines = HashMap<(&'static [&'static str], bool), OnceCell<String>>;

async fn changes_transcript(mutant: &'static Mutant, baselines: &Baselines) -> bool {
    let (clauses, big) = (mutant.clauses, is_about_size(mutant));
    let expected = baselines[&(clauses, big)].get_or_init(|| transcript(None, clauses, big));
    transcript(Some(mutant), clauses, big).await != *expected.await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_mutant_changes_its_transcript() {
    let key = |mutant: &'static Mutant| (mutant.clauses, is_about_size(mutant));
    let baselines: Baselines = mutants().iter().map(|mutant| (key(mutant), OnceCell::new())).collect();
    let (baselines, mut tasks) = (Arc::new(baselines), JoinSet::new());
    let slots = Arc::new(Semaphore::new(AT_ONCE));
    for mutant in mutants() {
        let (slots, baselines) = (Arc::clone(&slots), Arc::clone(&baselines));
        tasks.spawn(async move {
            let _slot = slots.acquire_owned().await.expect("a slot");
            (mutant.name, changes_transcript(mutant, &baselines).await)
        });
    }
    let mut unchanged: Vec<&str> = Vec::new();
    while let Some(done) = tasks.join_next().await {
        let (name, changed) = done.expect("a transcript");
        unchanged.extend(Some(name).filter(|_| !changed));
    }
    unchanged.sort_unstable();
    assert_eq!(unchanged, [""; 0], "left: mutants that do not change the transcript");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn transcripts_without_a_mutant_are_equal() {
    let all: Vec<&str> = mutants().iter().flat_map(|mutant| mutant.clauses).copied().collect();
    let (first, second) = (transcript(None, &all, true).await, transcript(None, &all, true).await);
    for (one, other) in first.lines().zip(second.lines()) {
        assert_eq!(one, other);
    }
    assert_eq!(first.lines().count(), second.lines().count());
}

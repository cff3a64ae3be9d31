//! Every mutant shows: a fixed script of requests has another transcript once it is switched on.
//!
//! Transcripts hold what a client can see, with ids and times taken out, so that two servers without a mutant agree.

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

/// So many servers run at a time.
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

/// Whether it takes a big document to see the mutant.
fn is_about_size(mutant: &Mutant) -> bool {
    mutant.clauses.contains(&"DOC-3") || mutant.name.starts_with("oversize")
}

/// What the scripts for these clauses see.
async fn transcript(mutant: Option<&'static Mutant>, clauses: &[&str], big: bool) -> String {
    let sandbox = Sandbox::start(options(mutant)).await;
    let mut transcript = Transcript::new(sandbox);
    for (beginnings, script) in scripts::SCRIPTS {
        let concerned = |clause: &&str| beginnings.iter().any(|beginning| clause.starts_with(beginning));
        if clauses.iter().any(concerned) {
            script(&mut transcript).await;
        }
    }
    if big {
        scripts::big_documents(&mut transcript).await;
    }
    transcript.text()
}

/// The transcripts without a mutant, by the clauses that the scripts are for; each is made when first needed.
type Sound = HashMap<(&'static [&'static str], bool), OnceCell<String>>;

async fn shows(mutant: &'static Mutant, sound: &Sound) -> bool {
    let (clauses, big) = (mutant.clauses, is_about_size(mutant));
    let expected = sound[&(clauses, big)].get_or_init(|| transcript(None, clauses, big));
    transcript(Some(mutant), clauses, big).await != *expected.await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_mutant_shows() {
    let key = |mutant: &'static Mutant| (mutant.clauses, is_about_size(mutant));
    let sound: Sound = mutants().iter().map(|mutant| (key(mutant), OnceCell::new())).collect();
    let (sound, mut tasks) = (Arc::new(sound), JoinSet::new());
    let slots = Arc::new(Semaphore::new(AT_ONCE));
    for mutant in mutants() {
        let (slots, sound) = (Arc::clone(&slots), Arc::clone(&sound));
        tasks.spawn(async move {
            let _slot = slots.acquire_owned().await.expect("a slot");
            (mutant.name, shows(mutant, &sound).await)
        });
    }
    let mut hidden: Vec<&str> = Vec::new();
    while let Some(done) = tasks.join_next().await {
        let (name, shown) = done.expect("a transcript");
        hidden.extend(Some(name).filter(|_| !shown));
    }
    hidden.sort_unstable();
    assert_eq!(hidden, [""; 0], "these change nothing");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_mutant_transcripts_agree() {
    let all: Vec<&str> = mutants().iter().flat_map(|mutant| mutant.clauses).copied().collect();
    let (first, second) = (transcript(None, &all, true).await, transcript(None, &all, true).await);
    for (one, other) in first.lines().zip(second.lines()) {
        assert_eq!(one, other);
    }
    assert_eq!(first.lines().count(), second.lines().count());
}

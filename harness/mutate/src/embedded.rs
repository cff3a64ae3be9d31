//! Starts the reference API in this process. This is the only file that uses the crate `reference`.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::TcpListener;

use judge::target::{Credential, Target, variable};

/// A running reference API. It stops when this is dropped.
pub struct Embedded {
    running: reference::Running,
    /// The credential of each actor.
    pub credentials: BTreeMap<String, Credential>,
    /// How long it waits for the response of a webhook endpoint.
    pub webhook_timeout: Duration,
}

impl Embedded {
    pub fn url(&self) -> String {
        self.running.url().to_owned()
    }

    /// The reference as the target of a run.
    pub fn target(&self) -> Target {
        Target {
            url: self.url(),
            embedded: true,
            credentials: self.credentials.clone(),
            reaches_us: true,
            webhook_timeout: self.webhook_timeout,
            ..Target::default()
        }
    }
}

/// Starts the reference for a run: on a free port of the loopback interface, and with a shorter webhook timeout,
/// because three attempts of ten seconds each would take too long.
pub async fn start_embedded() -> std::io::Result<Embedded> {
    let mut options = options(&[], &[])?;
    options.window_seconds = 1;
    options.webhook_timeout = WEBHOOK_TIMEOUT;
    start(reference::loopback(&options), options).await
}

/// How long the embedded reference waits for the response of a webhook endpoint.
const WEBHOOK_TIMEOUT: Duration = Duration::from_millis(1000);

/// Starts the reference with mutants and with short delays: for testing the suite, not for a run.
pub async fn start_with_mutants(mutants: &[&str]) -> std::io::Result<Embedded> {
    start_with(mutants, &[]).await
}

/// Like [`start_with_mutants`], with conforming variants too.
pub async fn start_with(mutants: &[&str], variants: &[&str]) -> std::io::Result<Embedded> {
    let mut options = options(mutants, variants)?;
    options.window_seconds = 1;
    options.webhook_timeout = WEBHOOK_TIMEOUT;
    options.webhook_pause = Duration::from_millis(20);
    start(reference::loopback(&options), options).await
}

async fn start(address: impl tokio::net::ToSocketAddrs, options: reference::Options) -> std::io::Result<Embedded> {
    let listener = TcpListener::bind(address).await?;
    let webhook_timeout = options.webhook_timeout;
    let running = reference::start(listener, options).await?;
    Ok(Embedded { running, credentials: credentials(), webhook_timeout })
}

/// Serves the reference on an address until the process ends.
pub async fn serve(address: SocketAddr, mutants: &[&str], variants: &[&str]) -> std::io::Result<Embedded> {
    start(address, options(mutants, variants)?).await
}

/// Whether the reference has an operation of that method at that path.
pub fn reference_serves(method: &str, path: &str) -> bool {
    reference::serves(method, path)
}

/// The credentials of the reference as shell assignments.
pub fn assignments() -> Vec<String> {
    reference::credentials()
        .into_iter()
        .map(|credential| format!("{}='{}'", variable(credential.actor), credential.value))
        .collect()
}

/// A mutant or variant: its name, what it does, and its clauses.
pub type Named = (&'static str, &'static str, &'static [&'static str]);

/// Every mutant, with the clauses that it violates.
pub fn mutants() -> Vec<Named> {
    reference::mutants().iter().map(|mutant| (mutant.name, mutant.about, mutant.clauses)).collect()
}

/// Every intermittent mutant, with the clauses that it violates.
pub fn intermittent() -> Vec<Named> {
    reference::intermittent().iter().map(|one| (one.name, one.about, one.clauses())).collect()
}

/// True if a mutant is active only after a pause of its caller.
pub(crate) fn shows_after_pause(name: &str) -> bool {
    reference::intermittent().iter().any(|one| one.name == name && one.after_pause())
}

/// Every conforming variant, with the clauses of which the suite may warn.
pub fn variants() -> Vec<Named> {
    reference::variants().iter().map(|variant| (variant.name, variant.about, variant.warns)).collect()
}

fn options(mutants: &[&str], variants: &[&str]) -> std::io::Result<reference::Options> {
    let mut options = reference::Options::default();
    for name in mutants {
        if let Some(one) = reference::intermittent().iter().find(|one| one.name == *name) {
            options.intermittent.push(one);
            continue;
        }
        let known = reference::mutants().iter().map(|mutant| mutant.name);
        options.mutants.push(reference::mutant(name).ok_or_else(|| unknown("mutant", name, known))?);
    }
    for name in variants {
        let known = reference::variants().iter().map(|variant| variant.name);
        options.variants.push(reference::variant(name).ok_or_else(|| unknown("variant", name, known))?);
    }
    Ok(options)
}

fn unknown(kind: &str, name: &str, known: impl Iterator<Item = &'static str>) -> std::io::Error {
    let known: Vec<String> = known.map(str::to_owned).collect();
    let hint = spec::source::suggestion(name, &known).unwrap_or_default();
    std::io::Error::other(format!("unknown {kind} `{name}` {hint}"))
}

/// The credentials of the reference, for example commands.
pub fn example_credentials() -> BTreeMap<String, Credential> {
    credentials()
}

fn credentials() -> BTreeMap<String, Credential> {
    reference::credentials()
        .into_iter()
        .filter_map(|credential| {
            let parsed = Credential::parse(&credential.value).ok()?;
            Some((credential.actor.to_owned(), parsed))
        })
        .collect()
}

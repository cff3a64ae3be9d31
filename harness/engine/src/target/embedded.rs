//! The reference API in our own process. No other file of the engine names that crate.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::TcpListener;

use super::Target;
use super::credential::{Credential, variable};

/// A running reference API; it ends when this is dropped.
pub struct Embedded {
    running: reference::Running,
    /// What its actors show.
    pub credentials: BTreeMap<String, Credential>,
    /// How long it waits for an endpoint's answer.
    pub webhook_timeout: Duration,
}

impl Embedded {
    /// Its base URL.
    pub fn url(&self) -> String {
        self.running.url().to_owned()
    }

    /// It as the target of a run.
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

/// Starts the reference as a run embeds it: on a free port of the loopback interface, and with a
/// shorter patience for webhooks, since ten seconds, three times over, are more than a run may take.
pub async fn start_embedded() -> std::io::Result<Embedded> {
    let mut options = options(&[], &[])?;
    options.window_seconds = 1;
    options.webhook_timeout = PATIENCE;
    start(reference::loopback(&options), options).await
}

/// How long the embedded reference waits for an endpoint's answer.
const PATIENCE: Duration = Duration::from_millis(1000);

/// Starts it with deliberate mutants, and with short waits: for proving checks, not for a run.
pub async fn start_with_mutants(mutants: &[&str]) -> std::io::Result<Embedded> {
    start_with(mutants, &[]).await
}

/// The same, with conforming variants as well.
pub async fn start_with(mutants: &[&str], variants: &[&str]) -> std::io::Result<Embedded> {
    let mut options = options(mutants, variants)?;
    options.window_seconds = 1;
    options.webhook_timeout = PATIENCE;
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

/// The credentials of the reference as assignments for a shell.
pub fn assignments() -> Vec<String> {
    reference::credentials()
        .into_iter()
        .map(|credential| format!("{}='{}'", variable(credential.actor), credential.value))
        .collect()
}

/// Every deliberate mutant: name, what it does, the clauses that it breaks.
pub fn mutants() -> Vec<(&'static str, &'static str, &'static [&'static str])> {
    reference::mutants().iter().map(|mutant| (mutant.name, mutant.about, mutant.clauses)).collect()
}

/// Every deliberate mutant that shows at times: the same.
pub fn intermittent() -> Vec<(&'static str, &'static str, &'static [&'static str])> {
    reference::intermittent().iter().map(|one| (one.name, one.about, one.clauses())).collect()
}

/// Whether a mutant shows to callers that were silent for a while.
pub fn shows_after_pause(name: &str) -> bool {
    reference::intermittent().iter().any(|one| one.name == name && one.after_pause())
}

/// Every conforming variant: name, what it does, the clauses that it is warned of.
pub fn variants() -> Vec<(&'static str, &'static str, &'static [&'static str])> {
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
    let hint = crate::source::suggestion(name, &known).unwrap_or_default();
    std::io::Error::other(format!("there is no {kind} `{name}` {hint}"))
}

/// The credentials of the reference, to show how a call would carry one.
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

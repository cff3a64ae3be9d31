//! Serves the reference with the variants and mutants in its arguments until it is interrupted.
//!
//! `cargo run -p reference --example serve -- messages-in-arabic chunked-bodies` prints the URL and the credentials
//! as shell assignments.

use reference::{Options, credentials, loopback, mutant, start, variant};
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let mut options = Options::default();
    for name in std::env::args().skip(1) {
        match (variant(&name), mutant(&name)) {
            (Some(variant), _) => options.variants.push(variant),
            (None, Some(mutant)) => options.mutants.push(mutant),
            (None, None) => return Err(std::io::Error::other(format!("unknown variant or mutant `{name}`"))),
        }
    }
    let running = start(TcpListener::bind(loopback(&options)).await?, options).await?;
    println!("CONFORMANCE_TARGET_URL='{}'", running.url());
    for credential in credentials() {
        println!("CONFORMANCE_ACTOR_{}='{}'", credential.actor.to_uppercase(), credential.value);
    }
    std::future::pending().await
}

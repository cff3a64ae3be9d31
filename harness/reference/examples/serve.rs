//! Serves the reference with variations and defects, named one after the other, until it is interrupted.
//!
//! `cargo run -p reference --example serve -- messages-in-arabic chunked-bodies` prints the URL and the credentials
//! as assignments for a shell.

use reference::{Options, credentials, defect, loopback, start, variation};
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let mut options = Options::default();
    for name in std::env::args().skip(1) {
        match (variation(&name), defect(&name)) {
            (Some(variation), _) => options.variations.push(variation),
            (None, Some(defect)) => options.defects.push(defect),
            (None, None) => return Err(std::io::Error::other(format!("there is no variation or defect `{name}`"))),
        }
    }
    let running = start(TcpListener::bind(loopback(&options)).await?, options).await?;
    println!("CONFORMANCE_TARGET_URL='{}'", running.url());
    for credential in credentials() {
        println!("CONFORMANCE_ACTOR_{}='{}'", credential.actor.to_uppercase(), credential.value);
    }
    std::future::pending().await
}

//! Tests that every variant has an effect: it changes the transcript of a fixed sequence of requests.

mod tour;

use std::sync::Arc;
use std::time::Duration;

use reference::{Options, Variant, variants};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::support::{Sandbox, endpoint, fixtures};

/// The limit of servers that run at the same time.
const AT_ONCE: usize = 8;

/// Variants that do not change the transcript: three change only times, one needs a large document.
const NOT_IN_TRANSCRIPT: [&str; 4] = ["slow-responses", "late-events", "late-log", "decimal-size-limit"];

fn options(variant: Option<&'static Variant>) -> Options {
    Options {
        variants: variant.into_iter().collect(),
        window_seconds: 3600,
        webhook_timeout: endpoint::TIMEOUT,
        webhook_pause: Duration::from_millis(10),
        ..Options::default()
    }
}

async fn transcript(variant: Option<&'static Variant>) -> String {
    tour::transcript(Sandbox::start(options(variant)).await).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_variant_changes_the_transcript() {
    let plain = Arc::new(transcript(None).await);
    let again = transcript(None).await;
    for (one, other) in plain.lines().zip(again.lines()) {
        assert_eq!(one, other, "two transcripts without a variant differ");
    }
    let slots = Arc::new(Semaphore::new(AT_ONCE));
    let mut tasks = JoinSet::new();
    let has_ipv6 = TcpListener::bind("[::1]:0").await.is_ok();
    for variant in variants().iter().filter(|one| has_ipv6 || one.name != "ipv6-only") {
        let (slots, plain) = (Arc::clone(&slots), Arc::clone(&plain));
        tasks.spawn(async move {
            let _slot = slots.acquire_owned().await.expect("a slot");
            (variant.name, transcript(Some(variant)).await != *plain)
        });
    }
    let mut unchanged: Vec<&str> = Vec::new();
    while let Some(done) = tasks.join_next().await {
        let (name, changed) = done.expect("a transcript");
        unchanged.extend(Some(name).filter(|_| !changed));
    }
    unchanged.sort_unstable();
    let mut expected = NOT_IN_TRANSCRIPT;
    expected.sort_unstable();
    assert_eq!(unchanged, expected, "left: variants that do not change the transcript");
}

#[tokio::test]
async fn decimal_size_limit_rejects_a_document_below_10_mebibytes() {
    let body = fixtures::document("application/pdf", &fixtures::pdf(10_200_000));
    for (variant, status) in [(None, 201), (reference::variant("decimal-size-limit"), 422)] {
        let sandbox = Sandbox::start(options(variant)).await;
        let path = sandbox.customer("ada@example.com").await;
        assert_eq!(sandbox.post("writer", &format!("{path}/documents"), &body).await.status, status);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn variants_and_mutants_combine() {
    let mut options = options(reference::variant("messages-in-japanese"));
    options.variants.extend(reference::variant("chunked-bodies"));
    options.mutants.extend(reference::mutant("anonymous-is-forbidden"));
    let reply = Sandbox::start(options).await.get("anonymous", crate::support::CUSTOMERS).await;
    assert_eq!((reply.status, reply.code().as_str()), (403, "INSUFFICIENT_PERMISSIONS"));
    assert_eq!(reply.header("transfer-encoding"), Some("chunked"));
    assert!(!reply.json()["error"]["message"].as_str().expect("a message").is_ascii());
}

//! Every variant shows: a fixed tour through the API has another transcript once it is switched on.

mod tour;

use std::sync::Arc;
use std::time::Duration;

use reference::{Options, Variant, variants};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::support::{Sandbox, endpoint, fixtures};

/// So many servers run at a time.
const AT_ONCE: usize = 8;

/// Variants of nothing but time, which no transcript tells, and one that takes a big document.
const SHOWN_ELSEWHERE: [&str; 4] = ["slow-answers", "late-events", "late-log", "decimal-size-limit"];

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
async fn every_variant_shows() {
    let plain = Arc::new(transcript(None).await);
    let again = transcript(None).await;
    for (one, other) in plain.lines().zip(again.lines()) {
        assert_eq!(one, other, "without a variant, transcripts agree");
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
    let mut hidden: Vec<&str> = Vec::new();
    while let Some(done) = tasks.join_next().await {
        let (name, shown) = done.expect("a transcript");
        hidden.extend(Some(name).filter(|_| !shown));
    }
    hidden.sort_unstable();
    let mut elsewhere = SHOWN_ELSEWHERE;
    elsewhere.sort_unstable();
    assert_eq!(hidden, elsewhere, "left: these change nothing");
}

#[tokio::test]
async fn between_two_kinds_of_megabytes_the_limit_differs() {
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
    options.mutants.extend(reference::mutant("drops-request-id"));
    let reply = Sandbox::start(options).await.get("anonymous", crate::support::CUSTOMERS).await;
    assert_eq!((reply.status, reply.code().as_str()), (401, "AUTHENTICATION_FAILED"));
    assert_eq!(reply.header("transfer-encoding"), Some("chunked"));
    assert_eq!(reply.header("x-request-id"), None);
    assert!(!reply.json()["error"]["message"].as_str().expect("a message").is_ascii());
}

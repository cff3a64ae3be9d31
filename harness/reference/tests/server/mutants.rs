//! The mutants that the suite must not report still have their effect.
//!
//! `reports/kill-matrix.md` calls them silent and says why. For all others the kill matrix is the proof.

use std::time::Duration;

use reference::{Options, mutant};
use serde_json::{Value, json};
use tokio::time::sleep;

use crate::support::endpoint::{Endpoint, TIMEOUT};
use crate::support::{CUSTOMERS, Reply, Sandbox, fixtures, person_with};

/// A field, a value that is invalid, and the mutant that accepts it in a new customer.
const ACCEPTED: &[(&str, &str, &str)] = &[
    ("email", "Ada <ada@example.com>", "accepts-display-names"),
    ("email", "ada@-example.com", "accepts-hyphen-at-label-edge"),
    ("email", ".ada@example.com", "accepts-dot-in-front"),
    ("email", "ada.@example.com", "accepts-dot-before-at"),
    ("email", "ada\u{200b}@example.com", "accepts-unseen-in-mail"),
    ("postalCode", "94103\n", "accepts-postal-trailing-newline"),
    ("postalCode", " ", "accepts-blank-postal-codes"),
];

/// A server with this mutant; the empty name is no mutant.
async fn with(name: &str) -> Sandbox {
    let mutants: Vec<_> = mutant(name).into_iter().collect();
    assert_eq!(mutants.is_empty(), name.is_empty(), "no mutant {name}");
    Sandbox::start(Options { mutants, throttled_limit: 3, window_seconds: 3600, ..Options::default() }).await
}

#[tokio::test]
async fn silent_format_mutants_accept_their_values() {
    let right = with("").await;
    for (field, value, name) in ACCEPTED {
        let body = person_with("new@example.com", json!({ "country": "US", (*field): value }));
        assert_eq!(right.post("writer", CUSTOMERS, &body).await.status, 422, "{name}");
        assert_eq!(with(name).await.post("writer", CUSTOMERS, &body).await.status, 201, "{name}");
    }
}

#[tokio::test]
async fn update_forgets_country_accepts_any_postal_code() {
    for (name, status) in [("", 422), ("update-forgets-country", 200)] {
        let sandbox = with(name).await;
        let body = person_with("ada@example.com", json!({ "country": "US" }));
        let path = format!("{CUSTOMERS}/{}", sandbox.post("writer", CUSTOMERS, &body).await.id());
        assert_eq!(sandbox.patch("writer", &path, &json!({ "postalCode": "!" })).await.status, status);
    }
}

#[tokio::test]
async fn ignores_vertical_resolution_accepts_flat_pixels() {
    let document = fixtures::document("image/png", &fixtures::png_of(2, 11811, 5000));
    for (name, status) in [("", 422), ("ignores-vertical-resolution", 201)] {
        let sandbox = with(name).await;
        let path = sandbox.customer("ada@example.com").await;
        assert_eq!(sandbox.post("writer", &format!("{path}/documents"), &document).await.status, status);
    }
}

#[tokio::test]
async fn review_outlives_deletion_is_a_conflict() {
    for (name, status) in [("", 404), ("review-outlives-deletion", 409)] {
        let sandbox = with(name).await;
        let path = sandbox.reviewed("ada@example.com").await;
        sandbox.delete("admin", &path).await;
        assert_eq!(sandbox.patch("writer", &path, &json!({ "firstName": "Grace" })).await.status, status);
    }
}

#[tokio::test]
async fn never_limits_serves_past_the_limit() {
    for (name, status) in [("", 429), ("never-limits", 200)] {
        let sandbox = with(name).await;
        for _ in 0..3 {
            assert_eq!(sandbox.get("throttled", CUSTOMERS).await.status, 200);
        }
        assert_eq!(sandbox.get("throttled", CUSTOMERS).await.status, status);
    }
}

#[tokio::test]
async fn shared_budget_counts_the_requests_of_others() {
    let left = |reply: Reply| reply.header("x-ratelimit-remaining").and_then(|left| left.parse::<i64>().ok());
    for (name, fall) in [("", 1), ("shared-budget", 3)] {
        let sandbox = with(name).await;
        let before = left(sandbox.get("reader", CUSTOMERS).await).expect("a number");
        for _ in 0..2 {
            sandbox.get("writer", CUSTOMERS).await;
        }
        let after = left(sandbox.get("reader", CUSTOMERS).await).expect("a number");
        assert_eq!(before - after, fall, "{name}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_second_log_has_no_error() {
    let all = reference::intermittent().iter();
    let intermittent = all.filter(|one| one.name == "every-second-log-without-error").collect();
    let options =
        Options { intermittent, webhook_timeout: TIMEOUT, webhook_pause: Duration::ZERO, ..Options::default() };
    let sandbox = Sandbox::start(options).await;
    let url = Endpoint::closed_url().await;
    let hook = sandbox.post("admin", "/api/v1/webhooks", &json!({ "url": url })).await;
    sandbox.customer("ada@example.com").await;
    let path = format!("/api/v1/webhooks/{}/deliveries", hook.id());
    let mut shown = Vec::new();
    while shown.len() < 4 {
        let delivery = sandbox.get("reader", &path).await.json()["deliveries"][0].clone();
        if delivery["status"] == "FAILED" {
            shown.push(delivery["error"] != Value::Null);
        } else {
            sleep(Duration::from_millis(10)).await;
        }
    }
    assert_eq!(shown, [true, false, true, false]);
}

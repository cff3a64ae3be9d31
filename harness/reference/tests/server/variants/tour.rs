//! A fixed sequence of requests that covers the behaviour of every variant.

use std::sync::LazyLock;
use std::time::Duration;

use regex::{Captures, Regex, RegexBuilder};
use serde_json::{Value, json};
use tokio::time::sleep;

use crate::support::endpoint::{Endpoint, Received};
use crate::support::{CUSTOMERS, Reply, Sandbox, fixtures, header_of, person, person_with};

/// What differs from run to run: ids, secrets, times, waits, ports.
static UNSTABLE: LazyLock<Regex> = LazyLock::new(|| {
    let patterns = [
        r"(?P<id>cus|req|doc|txn|whk|dlv|evt)_[0-9a-f]{16}\b",
        r"(?P<secret>whsec)_[0-9a-f]+",
        r"(?P<time>20(?:2[6-9]|[3-9][0-9])-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z)",
        r#"(?P<wait>retryAfter[": ]{1,3}|Retry after |retry-after: )(?P<seconds>[0-9]+)\b"#,
        r"(?P<reset>x-ratelimit-reset: )[0-9]+",
        r"(?P<length>content-length: )[0-9]+",
        r"(?P<port>http:\\?/\\?/127\.0\.0\.1):[0-9]+",
        r"(?P<date>date: )[A-Za-z0-9 ,:]+",
    ];
    RegexBuilder::new(&patterns.join("|")).unicode(false).build().expect("patterns")
});

/// How often the tour checks for deliveries. With a path prefix there are none.
const MAX_ROUNDS: u32 = 8;

struct Tour {
    sandbox: Sandbox,
    text: String,
}

/// What a client sees of the server.
pub async fn transcript(sandbox: Sandbox) -> String {
    let mut tour = Tour { sandbox, text: String::new() };
    tour.note_address();
    tour.callers().await;
    tour.customers().await;
    tour.formats().await;
    tour.documents().await;
    tour.states().await;
    tour.keys().await;
    tour.deliveries().await;
    tour.limits().await;
    stable(&tour.text)
}

/// Replaces everything that differs from run to run.
fn stable(text: &str) -> String {
    let kept = |found: &Captures| {
        if let Some(seconds) = found.name("seconds") {
            let seconds: u32 = seconds.as_str().parse().unwrap_or_default();
            let kind = if seconds == 0 {
                "NONE"
            } else if seconds > 3600 {
                "LONG"
            } else {
                "SOME"
            };
            return format!("{}{kind}", &found["wait"]);
        }
        let kinds = ["id", "secret", "reset", "length", "port", "date"];
        let kind = kinds.iter().find_map(|kind| found.name(kind));
        format!("{}_SOME", kind.map_or("NOW", |kind| kind.as_str()))
    };
    UNSTABLE.replace_all(text, kept).into_owned()
}

/// Compares the server's clock with ours, with a tolerance of one second.
fn clock(reply: &Reply) -> &'static str {
    let date = reply.header("date").and_then(|date| chrono::DateTime::parse_from_rfc2822(date).ok());
    let now = i64::try_from(fixtures::now()).expect("a time in range");
    match date.map(|date| date.timestamp() - now) {
        None => "none",
        Some(1..) => "fast",
        Some(..-1) => "slow",
        Some(_) => "right",
    }
}

impl Tour {
    fn note(&mut self, what: &str, reply: &Reply) {
        let body = String::from_utf8_lossy(&reply.body);
        self.text.push_str(&format!("{what}\n{}\nclock {}\n{body}\n\n", reply.head, clock(reply)));
    }

    fn note_address(&mut self) {
        let address = self.sandbox.running.address().ip();
        self.text.push_str(&format!("{address}\n"));
    }

    async fn send(&mut self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Reply {
        let reply = self.sandbox.send(method, path, headers, body).await;
        let shown = String::from_utf8_lossy(&body[..body.len().min(80)]).into_owned();
        self.note(&format!("{method} {path} {headers:?} {shown}"), &reply);
        reply
    }

    async fn call(&mut self, actor: &str, method: &str, path: &str, body: &[u8]) -> Reply {
        let credential = header_of(actor);
        let headers: Vec<(&str, &str)> = credential.iter().map(|(name, value)| (*name, value.as_str())).collect();
        self.send(method, path, &headers, body).await
    }

    async fn with(&mut self, actor: &str, method: &str, path: &str, header: (&str, &str), body: &[u8]) -> Reply {
        let (name, value) = header_of(actor).expect("a credential");
        self.send(method, path, &[(name, &value), header], body).await
    }

    async fn create(&mut self, body: &Value) -> String {
        let id = self.call("admin", "POST", CUSTOMERS, body.to_string().as_bytes()).await.id();
        format!("{CUSTOMERS}/{}", id.replace('%', "%25").replace('/', "%2F").replace('+', "%2B"))
    }

    async fn patch(&mut self, path: &str, body: &Value) -> Reply {
        self.call("writer", "PATCH", path, body.to_string().as_bytes()).await
    }

    async fn callers(&mut self) {
        for actor in ["anonymous", "unknown", "revoked", "expired", "forged"] {
            self.call(actor, "GET", CUSTOMERS, b"").await;
        }
        self.call("reader", "POST", CUSTOMERS, b"{").await;
        self.call("reader", "DELETE", &format!("{CUSTOMERS}/cus_unknown"), b"").await;
        self.call("admin", "GET", &format!("{CUSTOMERS}/cus_unknown"), b"").await;
        self.call("admin", "PUT", CUSTOMERS, b"").await;
        for error in ["INTERNAL_SERVER_ERROR", "SERVICE_UNAVAILABLE", "TEAPOT"] {
            self.with("reader", "GET", CUSTOMERS, ("X-Sandbox-Error", error), b"").await;
            self.with("reader", "POST", CUSTOMERS, ("X-Sandbox-Error", error), b"{}").await;
        }
    }

    async fn customers(&mut self) {
        let path = self
            .create(&person_with("Grüße@example.com", json!({ "email": "First@example.com", "firstName": "Zoë" })))
            .await;
        self.call("reader", "GET", &path, b"").await;
        self.with("reader", "GET", &path, ("Accept-Encoding", "gzip"), b"").await;
        for email in ["first@example.com", "First@example.com", "second@example.com"] {
            self.create(&person(email)).await;
        }
        let readable = self.call("admin", "GET", CUSTOMERS, b"").await.json();
        let state = self.sandbox.get("reader", &path).await.json()["state"].clone();
        assert!(readable["customers"].is_array() || state.is_null());
        for change in [
            json!({}),
            json!({ "nickname": "A" }),
            json!({ "state": state }),
            json!({ "state": "REJECTED", "email": "no" }),
            json!({ "email": "second@example.com" }),
            json!({ "firstName": 7 }),
            json!({ "firstName": "" }),
        ] {
            self.patch(&path, &change).await;
        }
        self.patch(&format!("{CUSTOMERS}/cus_unknown"), &json!({ "email": "no" })).await;
        self.with("writer", "PATCH", &path, ("Content-Type", "text/plain"), br#"{"lastName":"B"}"#).await;
        self.call("writer", "POST", CUSTOMERS, b"{}").await;
        self.call("writer", "POST", CUSTOMERS, br#"{"lastName":7,"email":"no","phoneNumber":[]}"#).await;
        self.call("writer", "POST", CUSTOMERS, b"nonsense").await;
        self.call("admin", "DELETE", &path, b"").await;
        self.create(&person("First@example.com")).await;
    }

    async fn formats(&mut self) {
        let path = self.create(&person("formats@example.com")).await;
        let values = [
            ("dateOfBirth", &["1999-02-30", "2999-01-01", "1899-12-31"][..]),
            ("phoneNumber", &["+12", "+2105551234", "+9995551234", "12"]),
            ("email", &["\"a b\"@example.com", "a@[127.0.0.1]", "a@localhost", "grüße@example.com", "a!b@example.com"]),
            (
                "firstName",
                &["A1", "a very long name of so many letters that hardly any form would have the room for it"],
            ),
        ];
        for (field, texts) in values {
            for text in texts {
                self.patch(&path, &json!({ field: text })).await;
            }
        }
        self.patch(&path, &json!({ "postalCode": "12345" })).await;
        for (country, code) in
            [("GB", "sw1a 1aa"), ("DE", " 10115 "), ("DE", "１０１１５"), ("ZZ", "1"), ("US", "94103")]
        {
            self.patch(&path, &json!({ "country": country, "postalCode": code })).await;
        }
        self.patch(&path, &json!({ "country": "CA" })).await;
    }

    async fn documents(&mut self) {
        let path = self.create(&person("documents@example.com")).await;
        let path = format!("{path}/documents");
        let damaged = [fixtures::png(2, 11811), vec![0; 100]].concat();
        let mut bodies = vec![
            fixtures::document("image/png", &fixtures::png(2, 11811)),
            fixtures::document("image/png", &damaged),
            fixtures::document("image/jpeg", &fixtures::jpeg(0, 1, 3)),
            fixtures::document("text/plain", b"plain text"),
            fixtures::document("application/pdf", &fixtures::pdf(200)),
        ];
        let padded = bodies[4]["content"].as_str().expect("Base64").to_owned();
        for content in ["", padded.trim_end_matches('='), &format!("{}\r\n{}", &padded[..8], &padded[8..]), "*"] {
            bodies.push(json!({ "type": "PASSPORT", "contentType": "application/pdf", "content": content }));
        }
        for body in bodies {
            self.call("writer", "POST", &path, body.to_string().as_bytes()).await;
        }
        self.call("writer", "POST", &format!("{CUSTOMERS}/cus_unknown/documents"), b"{}").await;
    }

    async fn states(&mut self) {
        let path = self.create(&person("states@example.com")).await;
        self.call("writer", "POST", &format!("{path}/verification"), b"").await;
        let document = fixtures::document("image/png", &fixtures::png(2, 11811)).to_string();
        for _ in 0..2 {
            self.call("writer", "POST", &format!("{path}/documents"), document.as_bytes()).await;
            self.call("writer", "POST", &format!("{path}/verification"), b"").await;
        }
        self.call("writer", "PATCH", &path, b"nonsense").await;
        self.patch(&path, &json!({ "email": "no" })).await;
        self.call("admin", "DELETE", &path, b"").await;
    }

    async fn keys(&mut self) {
        for email in ["key-1@example.com", "key-2@example.com"] {
            let body = person(email).to_string();
            self.with("writer", "POST", CUSTOMERS, ("Idempotency-Key", "a key"), body.as_bytes()).await;
        }
    }

    async fn deliveries(&mut self) {
        let endpoint = Endpoint::start().await;
        self.call("admin", "POST", "/api/v1/webhooks", br#"{"url":""}"#).await;
        let mut hooks = Vec::new();
        for path in ["/ok", "/gone"] {
            let body = json!({ "url": format!("{}{path}", endpoint.url) }).to_string();
            let id = self.sandbox.call("admin", "POST", "/api/v1/webhooks", body.as_bytes()).await.id();
            hooks.push(id.replace('/', "%2F").replace('+', "%2B"));
        }
        let path = self.create(&person("deliveries@example.com")).await;
        // Wait until the event of the creation is delivered, unless a variant delays it.
        sleep(Duration::from_millis(200)).await;
        self.call("writer", "POST", &format!("{path}/verification"), b"").await;
        let settled = self.settled(&endpoint).await;
        self.text.push_str(&settled);
        for id in hooks {
            self.call("reader", "GET", &format!("/api/v1/webhooks/{id}/deliveries"), b"").await;
        }
    }

    /// Waits until no more events arrive, and returns the received ones.
    async fn settled(&self, endpoint: &Endpoint) -> String {
        let mut before = 0;
        for round in 0.. {
            sleep(Duration::from_millis(700)).await;
            let (ok, gone) = (endpoint.received("/ok"), endpoint.received("/gone"));
            let now = ok.len() + gone.len();
            if (now == before && ok.len() > 1 && gone.len() > 1) || round == MAX_ROUNDS {
                let first =
                    ok.iter().map(|one| String::from_utf8_lossy(&one.body).contains("NEEDS_ADDITIONAL_INFORMATION"));
                let order = first.map(|changed| if changed { 'n' } else { 'p' }).collect::<String>();
                return format!("{order}\n{}{}", shown(ok), shown(gone));
            }
            before = now;
        }
        unreachable!("the last round returns")
    }

    async fn limits(&mut self) {
        let mut statuses = String::new();
        for _ in 0..24 {
            let reply = self.sandbox.get("throttled", CUSTOMERS).await;
            statuses.push_str(&format!("{} ", reply.status));
        }
        self.text.push_str(&statuses);
        self.call("throttled", "GET", &format!("{CUSTOMERS}/cus_unknown"), b"").await;
        for _ in 0..100 {
            let reply = self.sandbox.get("throttled", &format!("{CUSTOMERS}/cus_unknown")).await;
            if reply.status == 429 {
                return self.note("the limit", &reply);
            }
        }
    }
}

/// The deliveries, in an order that does not depend on their arrival.
fn shown(received: Vec<Received>) -> String {
    let line = |one: &Received| {
        let names: Vec<&str> = one.headers.iter().map(|(name, _)| name.as_str()).collect();
        stable(&format!("{} {names:?} {}\n", one.path, String::from_utf8_lossy(&one.body)))
    };
    let mut lines: Vec<String> = received.iter().map(line).collect();
    lines.sort_unstable();
    lines.concat()
}

//! Records what a client sees of a server, as text that is the same in every run.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::{Captures, Regex, RegexBuilder};

use crate::support::{Reply, Sandbox, fixtures};

/// What differs from run to run: ids, secrets, times, waits, ports.
static UNSTABLE: LazyLock<Regex> = LazyLock::new(|| {
    let patterns = [
        r"(?P<id>cus|req|doc|txn|whk|dlv|evt)_[0-9a-f]{16}",
        r"(?P<secret>whsec)_[0-9a-f]+",
        r"(?P<time>20(2[6-9]|[3-9][0-9])-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z)",
        r#"(?P<wait>"retryAfter":|Retry after |w=)[123]\b"#,
        r"(?P<url>http://127\.0\.0\.1):[0-9]+",
    ];
    RegexBuilder::new(&patterns.join("|")).unicode(false).build().expect("patterns")
});

/// A server and the recorded replies.
pub struct Transcript {
    pub sandbox: Sandbox,
    lines: Vec<String>,
    request_ids: Vec<String>,
}

impl Transcript {
    pub fn new(sandbox: Sandbox) -> Self {
        Self { sandbox, lines: Vec::new(), request_ids: Vec::new() }
    }

    /// Records a line of text.
    pub fn line(&mut self, text: impl Into<String>) {
        self.lines.push(text.into());
    }

    /// Records a reply and returns it.
    pub fn note(&mut self, what: &str, reply: Reply) -> Reply {
        let mut headers: Vec<String> = reply.headers.iter().filter_map(stable_header).collect();
        headers.sort_unstable();
        let body = String::from_utf8_lossy(&reply.body);
        let id_named = names_own_id(&reply);
        self.lines.push(format!("{what}: {} {} {body} {id_named}", reply.status, headers.join(" ")));
        self.request_ids.extend(reply.header("x-request-id").map(str::to_owned));
        reply
    }

    pub fn text(&self) -> String {
        let distinct: BTreeSet<&String> = self.request_ids.iter().collect();
        let all = self.request_ids.len();
        let repeated = distinct.len() < all;
        stable(&format!("{}\nrequest ids repeated: {repeated}\n", self.lines.join("\n")))
    }
}

fn stable_header((name, value): &(String, String)) -> Option<String> {
    let value = match name.as_str() {
        "date" | "content-length" | "connection" => return None,
        "retry-after" if matches!(value.as_str(), "1" | "2" | "3") => "SOON".to_owned(),
        "retry-after" => "WRONG".to_owned(),
        "x-ratelimit-reset" => {
            let soon = value.parse::<u64>().is_ok_and(|reset| reset.abs_diff(fixtures::now()) <= 10);
            if soon { "SOON".to_owned() } else { "WRONG".to_owned() }
        }
        // A window may begin at any time, so only the order of magnitude is the same in every run.
        "x-ratelimit-remaining" => match value.parse::<u32>() {
            Ok(100_000) => "ALL".to_owned(),
            Ok(50_000..) => "MANY".to_owned(),
            _ => value.clone(),
        },
        _ => value.clone(),
    };
    Some(format!("{name}={value}"))
}

/// Whether the details of a server error contain the request id of the response.
fn names_own_id(reply: &Reply) -> bool {
    let body = reply.json();
    let details = body["error"]["details"].as_str().unwrap_or_default();
    reply.header("x-request-id").is_some_and(|id| details.contains(id))
}

/// Replaces everything that differs from run to run.
fn stable(text: &str) -> String {
    let kept = |found: &Captures| {
        let kinds = ["id", "secret", "wait", "url", "time"];
        let kind = kinds.iter().find(|kind| found.name(kind).is_some()).copied().unwrap_or_default();
        if kind == "time" { "NOW".to_owned() } else { format!("{}_SOME", &found[kind]) }
    };
    UNSTABLE.replace_all(text, kept).into_owned()
}

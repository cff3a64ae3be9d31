//! What a client sees of a server, as text in which nothing differs from run to run.

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

/// A server and what was seen of it.
pub struct Transcript {
    pub sandbox: Sandbox,
    lines: Vec<String>,
    request_ids: Vec<String>,
}

impl Transcript {
    pub fn new(sandbox: Sandbox) -> Self {
        Self { sandbox, lines: Vec::new(), request_ids: Vec::new() }
    }

    /// Notes something as it is.
    pub fn say(&mut self, text: impl Into<String>) {
        self.lines.push(text.into());
    }

    /// Notes a reply, and hands it back.
    pub fn note(&mut self, what: &str, reply: Reply) -> Reply {
        let mut headers: Vec<String> = reply.headers.iter().filter_map(seen_header).collect();
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

fn seen_header((name, value): &(String, String)) -> Option<String> {
    let value = match name.as_str() {
        "date" | "content-length" | "connection" => return None,
        "retry-after" if matches!(value.as_str(), "1" | "2" | "3") => "SOON".to_owned(),
        "retry-after" => "WRONG".to_owned(),
        "x-ratelimit-reset" => {
            let soon = value.parse::<u64>().is_ok_and(|reset| reset.abs_diff(fixtures::now()) <= 10);
            if soon { "SOON".to_owned() } else { "WRONG".to_owned() }
        }
        // Windows begin at any moment, so that only the size of what remains is the same each time.
        "x-ratelimit-remaining" => match value.parse::<u32>() {
            Ok(100_000) => "ALL".to_owned(),
            Ok(50_000..) => "MANY".to_owned(),
            _ => value.clone(),
        },
        _ => value.clone(),
    };
    Some(format!("{name}={value}"))
}

/// Whether the details of a server error name the id of its own response.
fn names_own_id(reply: &Reply) -> bool {
    let body = reply.json();
    let details = body["error"]["details"].as_str().unwrap_or_default();
    reply.header("x-request-id").is_some_and(|id| details.contains(id))
}

/// A text without what differs from run to run.
fn stable(text: &str) -> String {
    let kept = |found: &Captures| {
        let kinds = ["id", "secret", "wait", "url", "time"];
        let kind = kinds.iter().find(|kind| found.name(kind).is_some()).copied().unwrap_or_default();
        if kind == "time" { "NOW".to_owned() } else { format!("{}_SOME", &found[kind]) }
    };
    UNSTABLE.replace_all(text, kept).into_owned()
}

//! Looks for the API under other path prefixes of the same server.

use super::probe::Prober;
use super::probe_response::ProbeResponse;
use spec::contract::Operation;

/// Path prefixes that APIs often have.
const COMMON_PREFIXES: [&str; 4] = ["/api", "/api/v1", "/v1", "/v2"];

/// The most base URLs with the path of a described server that are tried.
const MAX_DESCRIBED: usize = 8;

/// Another path under which the server responds as the API does.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum OtherPath {
    /// Under a base URL with the path of a server of the OpenAPI description.
    Described(String),
    /// Under another base URL.
    Base(String),
    /// Under the same base URL, without the prefix that all paths of the OpenAPI description have.
    WithoutPrefix(String),
    /// Under the same base URL, with another prefix in its place: another version, or a part of it.
    OtherPrefix { documented: String, served: String },
}

/// Calls one operation under likely alternatives, and returns the first that responds with the API's envelope.
pub(super) async fn find_other_path(prober: &Prober<'_>, operations: &[&Operation]) -> Option<OtherPath> {
    let can_ask = || operations.iter().filter(|operation| prober.can_ask(operation));
    let operation = can_ask().find(|operation| operation.parameters().is_empty()).or_else(|| can_ask().next())?;
    for base in described_bases(prober.client.base(), &prober.contract.server_paths) {
        if exists(prober, &base, operation).await {
            return Some(OtherPath::Described(base));
        }
    }
    for base in bases(prober.client.base()) {
        if responses(prober, &base, operation, "").await {
            return Some(OtherPath::Base(base));
        }
    }
    let prefix = common_prefix(operations.iter().map(|operation| operation.path.as_str()))?;
    let base = prober.client.base();
    if responses(prober, base, operation, &prefix).await {
        return Some(OtherPath::WithoutPrefix(prefix));
    }
    for served in other_prefixes(&prefix) {
        if responses(prober, &format!("{base}{served}"), operation, &prefix).await {
            return Some(OtherPath::OtherPrefix { documented: prefix, served });
        }
    }
    None
}

/// Prefixes with another version, and those that lack a segment.
fn other_prefixes(prefix: &str) -> Vec<String> {
    let segments: Vec<&str> = prefix.split('/').skip(1).collect();
    let mut all = Vec::new();
    for (at, segment) in segments.iter().enumerate() {
        let with = |other: &str| {
            let mut changed = segments.clone();
            changed[at] = other;
            format!("/{}", changed.join("/"))
        };
        if let Some(version) = segment.strip_prefix('v').and_then(|digits| digits.parse::<u32>().ok()) {
            let others = [version + 1, version.saturating_sub(1), version + 2];
            all.extend(others.iter().filter(|other| **other != version).map(|other| with(&format!("v{other}"))));
        }
        if segments.len() > 1 {
            let mut fewer = segments.clone();
            fewer.remove(at);
            all.push(format!("/{}", fewer.join("/")));
        }
    }
    all
}

async fn responses(prober: &Prober<'_>, base: &str, operation: &Operation, without: &str) -> bool {
    let outcome = prober.ask_below(base, operation, without).await;
    matches!(outcome, Some(Ok(response)) if response.enveloped && response.status != 404)
}

/// Whether an operation seems to exist at a base URL that the description confirms: it need not be an error.
async fn exists(prober: &Prober<'_>, base: &str, operation: &Operation) -> bool {
    let is_served = |response: &ProbeResponse| !response.is_redirect() && !response.page;
    let outcome = prober.ask_below(base, operation, "").await;
    let is_found = |response: &ProbeResponse| response.is_success() || response.enveloped && response.status != 404;
    matches!(outcome, Some(Ok(response)) if is_served(&response) && is_found(&response))
}

/// Base URLs of the same server with the path of a described server: below the given one, or in place of its end.
fn described_bases(base: &str, paths: &[String]) -> Vec<String> {
    let mut found = Vec::new();
    for stem in stems(base) {
        for path in paths {
            let other = format!("{stem}{path}");
            if other != base && !found.contains(&other) {
                found.push(other);
            }
        }
    }
    found.truncate(MAX_DESCRIBED);
    found
}

/// The base URL, and what is left if segments are removed from its end.
fn stems(base: &str) -> Vec<String> {
    let authority = base.find("://").map_or(0, |at| at + 3);
    let mut stems = vec![base.to_owned()];
    let mut rest = base;
    while let Some(at) = rest.rfind('/').filter(|at| *at >= authority) {
        rest = &rest[..at];
        stems.push(rest.to_owned());
    }
    stems
}

/// Other base URLs of the same server: with segments removed from the end, and with common prefixes appended.
fn bases(base: &str) -> Vec<String> {
    let stems = stems(base);
    let mut bases = stems[1..].to_vec();
    for stem in stems {
        bases.extend(COMMON_PREFIXES.iter().map(|prefix| format!("{stem}{prefix}")));
    }
    bases.retain(|other| other != base);
    let mut seen = std::collections::BTreeSet::new();
    bases.retain(|other| seen.insert(other.clone()));
    bases.truncate(12);
    bases
}

/// The segments that all paths have in common, up to the first parameter.
fn common_prefix<'p>(mut paths: impl Iterator<Item = &'p str>) -> Option<String> {
    let segments = |path: &'p str| path.split('/').skip(1).collect::<Vec<_>>();
    let mut prefix = segments(paths.next()?);
    // The last segment names the resource.
    prefix.pop();
    for path in paths {
        let other = segments(path);
        let common = prefix.iter().zip(&other).take_while(|(a, b)| a == b && !a.starts_with('{')).count();
        prefix.truncate(common);
    }
    (!prefix.is_empty()).then(|| format!("/{}", prefix.join("/")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_base_urls_lack_segments_or_have_a_usual_prefix() {
        let found = bases("http://h:1/api/v1");
        assert_eq!(found[..2], ["http://h:1/api", "http://h:1"]);
        assert!(found.contains(&"http://h:1/v1".to_owned()) && !found.contains(&"http://h:1/api/v1".to_owned()));
        assert_eq!(bases("http://h:1")[0], "http://h:1/api");
    }

    #[test]
    fn described_paths_are_below_the_base_url_or_in_place_of_its_end() {
        let paths = ["/v3".to_owned(), "/api/v3".to_owned()];
        assert_eq!(described_bases("http://h:1", &paths), ["http://h:1/v3", "http://h:1/api/v3"]);
        assert_eq!(described_bases("http://h:1/v2", &paths[..1]), ["http://h:1/v2/v3", "http://h:1/v3"]);
        assert_eq!(described_bases("http://h:1/v3", &paths[..1]), ["http://h:1/v3/v3"]);
    }

    #[test]
    fn other_prefixes_change_the_version_and_drop_segments() {
        assert_eq!(other_prefixes("/api/v1"), ["/v1", "/api/v2", "/api/v0", "/api/v3", "/api"]);
        assert_eq!(other_prefixes("/v0"), ["/v1", "/v2"]);
        assert!(other_prefixes("/shop").is_empty());
    }

    #[test]
    fn common_prefix_ends_before_the_resource() {
        let paths = ["/api/v1/customers", "/api/v1/customers/{id}", "/api/v1/webhooks"];
        assert_eq!(common_prefix(paths.into_iter()).as_deref(), Some("/api/v1"));
        assert_eq!(common_prefix(["/notes", "/notes/{id}"].into_iter()), None);
    }
}

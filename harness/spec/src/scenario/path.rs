//! Validates the values of path parameters: an HTTP client must send them exactly as the scenario writes them.

use url::Url;

/// Why a value would not be sent unchanged, if so. HTTP clients resolve `.` and `..`, drop everything after `#`, and
/// encode characters that a path cannot contain. The test would then judge the response to a different path.
pub(super) fn why_not_sendable(value: &str) -> Option<String> {
    if value.is_empty() {
        return Some("an empty value changes the path, and perhaps the operation".to_owned());
    }
    let expected = format!("/a/{value}/z");
    let sent = Url::parse(&format!("http://host{expected}")).ok().filter(|url| url.fragment().is_none());
    let sent =
        sent.map(|url| url.query().map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path())));
    match sent {
        Some(sent) if sent == expected => None,
        Some(sent) => {
            let other = sent.strip_prefix("/a/").and_then(|rest| rest.strip_suffix("/z"));
            let other = other.map_or_else(|| "another path".to_owned(), |other| format!("`{other}`"));
            Some(format!("an HTTP client would send {other} in place of `{}`", value.escape_debug()))
        }
        None => Some(format!("`{}` cannot be sent in a path", value.escape_debug())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_that_are_sent_unchanged_are_accepted() {
        for value in ["cus_1", "%2F", "%00", "a.b", "...", "a;b=c", "%E2%80%AE", "a?b=c", "!$&'()*+,;=:@~", "%zz"] {
            assert_eq!(why_not_sendable(value), None, "{value}");
        }
    }

    #[test]
    fn values_that_a_client_would_change_are_refused() {
        for value in ["", ".", "..", "%2e%2E", ".%2e", "a/../b", "a b", "é", "a\nb", "a\tb", "a\\b", "a#b", "a\u{0}b"]
        {
            assert!(why_not_sendable(value).is_some(), "{value:?}");
        }
    }
}

//! Values of path parameters: whether they reach the wire as a scenario writes them.

use reqwest::Url;

/// Why a value would not be sent as it stands, if so: HTTP clients resolve `.` and `..`, drop what comes after `#`, and encode
/// what a path cannot hold. The answer to another path would be judged.
pub(super) fn objection(value: &str) -> Option<String> {
    if value.is_empty() {
        return Some("an empty value makes another path, and perhaps another operation".to_owned());
    }
    let wanted = format!("/a/{value}/z");
    let sent = Url::parse(&format!("http://host{wanted}")).ok().filter(|url| url.fragment().is_none());
    let sent =
        sent.map(|url| url.query().map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path())));
    match sent {
        Some(sent) if sent == wanted => None,
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
    fn what_reaches_the_wire_as_it_stands_is_accepted() {
        for value in ["cus_1", "%2F", "%00", "a.b", "...", "a;b=c", "%E2%80%AE", "a?b=c", "!$&'()*+,;=:@~", "%zz"] {
            assert_eq!(objection(value), None, "{value}");
        }
    }

    #[test]
    fn what_a_client_would_change_is_not() {
        for value in ["", ".", "..", "%2e%2E", ".%2e", "a/../b", "a b", "é", "a\nb", "a\tb", "a\\b", "a#b", "a\u{0}b"]
        {
            assert!(objection(value).is_some(), "{value:?}");
        }
    }
}

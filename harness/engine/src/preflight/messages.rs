//! Why a run ends before its first test, each in one sentence that says what to do.

use super::answer::Answer;
use super::judge::Standing;
use super::place::Elsewhere;
use super::protocol::Protocol;
use crate::exchange::Fault;

/// The sentence of a target at which the API does not stand; `None` where it does, or where more must be known.
pub(super) fn stop(base: &str, standing: &Standing<'_>) -> Option<String> {
    Some(match standing {
        Standing::Api | Standing::Silent(_) | Standing::Elsewhere(_) => return None,
        Standing::Redirects(answer) => redirects(base, answer),
        Standing::Pages(answer) => format!(
            "{base} answers every request with a web page ({} text/html), as a login page or a web site does: give the API's own base URL, or what gets past the login with --header",
            answer.status
        ),
        Standing::Gateway(answer) => format!(
            "{base} answers every request with {}: a gateway that cannot reach the service; start the service, or correct the URL",
            answer.came()
        ),
        Standing::Unavailable(answer) => {
            format!(
                "{base} answers every request with {}: run the tests again when the service is available",
                answer.came()
            )
        }
        Standing::WantsTls(answer) => format!("{base} expects TLS ({}): {}", answer.came(), with_tls(base)),
    })
}

fn redirects(base: &str, answer: &Answer) -> String {
    let status = answer.status;
    let location = answer.location.as_deref().unwrap_or("nowhere");
    let secured = base.strip_prefix("http:").is_some_and(|rest| location.starts_with(&format!("https:{rest}")));
    if secured {
        return format!("{base} redirects every request ({status}) to https: {}", with_tls(base));
    }
    format!(
        "{base} redirects every request ({status} to {location}), as a login page or a moved service does: give the URL that answers without a redirect, or what gets past the login with --header"
    )
}

fn with_tls(base: &str) -> String {
    format!("give https:{} as the URL", base.strip_prefix("http:").unwrap_or(base))
}

/// The sentence of a server that has none of the operations.
pub(super) fn elsewhere(base: &str, count: usize, answer: &Answer, found: Option<&Elsewhere>) -> String {
    let absent = match count {
        1 => "the operation that was tried does not exist".to_owned(),
        _ => format!("none of the {count} operations that were tried exists"),
    };
    let absent = format!("{absent} at {base} (each answers as {})", answer.came());
    match found {
        Some(Elsewhere::Base(other)) => {
            format!("{absent}, but {other} answers with the API's envelope: give that as the URL")
        }
        Some(Elsewhere::WithoutPrefix(prefix)) => format!(
            "{absent}, but without {prefix} the same server answers with the API's envelope: take {prefix} out of the paths in schemas/openapi.yaml"
        ),
        None => format!("{absent}: check the base URL and its path prefix"),
    }
}

/// The sentence of a target that does not answer HTTP.
pub(super) fn silent(base: &str, fault: &Fault, protocol: Option<&Protocol>) -> String {
    let message = fault.message();
    match (fault, protocol) {
        (Fault::Unreachable(_), _) => unreachable(base, message),
        (_, Some(Protocol::Tls)) => format!("{base} speaks TLS: {}", with_tls(base)),
        (_, Some(Protocol::Http2)) => format!(
            "{base} speaks HTTP/2 only, and the harness speaks HTTP/1.1: switch HTTP/1.1 on there, or put a proxy in front"
        ),
        (_, Some(Protocol::Closes)) => {
            format!(
                "{base} closes each connection without an answer: no HTTP server listens there; check host and port"
            )
        }
        (_, Some(Protocol::Silent)) => {
            format!(
                "{base} takes connections, but answers nothing ({message}): check host and port, or raise --timeout"
            )
        }
        (_, Some(Protocol::Other(bytes))) => {
            format!("{base} does not speak HTTP (it begins with {bytes:?}): check host and port")
        }
        (_, Some(Protocol::Http1) | None) => {
            format!("{base} gives no answer that can be read ({message}): check the URL")
        }
    }
}

/// A connection could not be made, or TLS failed on it.
fn unreachable(base: &str, message: &str) -> String {
    let hint = [
        ("InvalidContentType", "there is no TLS: give the URL with http://"),
        ("corrupt message", "there is no TLS: give the URL with http://"),
        ("handshake eof", "the server ended the TLS handshake: if it does not speak TLS, give the URL with http://"),
        ("ApplicationProtocol", "it may speak HTTP/2 only, and the harness speaks HTTP/1.1: switch HTTP/1.1 on there"),
        (
            "CaUsedAsEndEntity",
            "its certificate is self-signed and marked as an authority (CA:TRUE), which a server's must not be: make one with basicConstraints=CA:FALSE and give it with --ca-cert, or use --insecure",
        ),
        (
            "UnknownIssuer",
            "its certificate is not trusted: give its authority's certificate, or its own, with --ca-cert",
        ),
        ("NotValidForName", "its certificate is for another host: give the host that it names, or a new certificate"),
        ("expired", "its certificate has expired: renew it"),
    ];
    let hint = hint.iter().find(|(mark, _)| message.contains(mark)).map(|(_, hint)| format!("; {hint}"));
    format!("{base} cannot be reached: {message}{}", hint.unwrap_or_default())
}

//! Messages that say why a run ends before its first test, and what to do.

use super::evaluate::BaseUrl;
use super::place::OtherPath;
use super::probe_response::ProbeResponse;
use super::protocol::Protocol;
use judge::exchange::Fault;

/// The message for a base URL that does not serve the API; `None` if it does, or if more must be found out.
pub(super) fn stop(base: &str, served: &BaseUrl<'_>) -> Option<String> {
    Some(match served {
        BaseUrl::Api | BaseUrl::NoResponse(_) | BaseUrl::NoOperations(_) | BaseUrl::Uniform(_) => return None,
        BaseUrl::Redirects(response) => redirects(base, response),
        BaseUrl::WebPages(response) => format!(
            "{base} responds to every request with a web page ({} text/html), as a login page or a web site does: give the base URL of the API, or pass the headers that the login needs with --header",
            response.status
        ),
        BaseUrl::Gateway(response) if response.status == 503 => format!(
            "{base} responds to every request with {}: the service is not available, or a gateway cannot reach it; run the tests again when it is, or correct the URL",
            response.summary()
        ),
        BaseUrl::RateLimited(response) => format!(
            "{base} responds to every request with {}: the rate limit is exhausted; run the tests again when it has ended",
            response.summary()
        ),
        BaseUrl::Gateway(response) => format!(
            "{base} responds to every request with {}: a gateway that cannot reach the service; start the service, or correct the URL",
            response.summary()
        ),
        BaseUrl::Unavailable(response) => {
            format!(
                "{base} responds to every request with {}: run the tests again when the service is available",
                response.summary()
            )
        }
        BaseUrl::ExpectsTls(response) => format!("{base} expects TLS ({}): {}", response.summary(), with_tls(base)),
    })
}

fn redirects(base: &str, response: &ProbeResponse) -> String {
    let status = response.status;
    let location = response.location.as_deref().unwrap_or("nowhere");
    let secured = base.strip_prefix("http:").is_some_and(|rest| location.starts_with(&format!("https:{rest}")));
    if secured {
        return format!("{base} redirects every request ({status}) to https: {}", with_tls(base));
    }
    format!(
        "{base} redirects every request ({status} to {location}), as a login page or a moved service does: give the URL that responds without a redirect, or pass the headers that the login needs with --header"
    )
}

fn with_tls(base: &str) -> String {
    format!("give https:{} as the URL", base.strip_prefix("http:").unwrap_or(base))
}

/// The message for a server that gives the same response to every request.
pub(super) fn uniform(base: &str, response: &ProbeResponse) -> String {
    let actual = response.summary();
    let same = format!("{base} responds to every request with {actual}, also one for a path that does not exist");
    if matches!(response.status, 401 | 403 | 407) {
        return format!(
            "{same}: the API or a gateway in front of it accepts no credential of this run; check the credentials and the URL, or pass what the gateway needs with --header"
        );
    }
    format!("{same}: it does not come from the API; check the URL, its host and its path prefix")
}

/// The message for a server that has none of the operations.
pub(super) fn no_operations(base: &str, count: usize, response: &ProbeResponse, found: Option<&OtherPath>) -> String {
    let absent = match count {
        1 => "the operation that was tried does not exist".to_owned(),
        _ => format!("none of the {count} operations that were tried exists"),
    };
    let absent = format!("{absent} at {base} (each returns {})", response.summary());
    match found {
        Some(OtherPath::Described(other)) => {
            format!(
                "{absent}, but {other}, with the path of `servers` in schemas/openapi.yaml, responds as the API: give that as the URL"
            )
        }
        Some(OtherPath::Base(other)) => {
            format!("{absent}, but {other} responds with the API's envelope: give that as the URL")
        }
        Some(OtherPath::WithoutPrefix(prefix)) => format!(
            "{absent}, but without {prefix} the same server responds with the API's envelope: remove {prefix} from the paths in schemas/openapi.yaml"
        ),
        Some(OtherPath::OtherPrefix { documented, served }) => format!(
            "{absent}, but under {served} the same server responds with the API's envelope: give the URL of a deployment that serves {documented}, or change the paths in schemas/openapi.yaml"
        ),
        None => format!("{absent}: check the base URL and its path prefix"),
    }
}

/// The message for a target that does not respond with HTTP.
pub(super) fn no_response(base: &str, fault: &Fault, protocol: Option<&Protocol>) -> String {
    let message = fault.message();
    match (fault, protocol) {
        (Fault::Unreachable(_), _) => unreachable(base, message),
        (_, Some(Protocol::Tls)) => format!("{base} expects TLS: {}", with_tls(base)),
        (_, Some(Protocol::Http2)) => format!(
            "{base} supports HTTP/2 only, and the harness needs HTTP/1.1: enable HTTP/1.1 on the server, or put a proxy in front"
        ),
        (_, Some(Protocol::Closes)) => {
            format!(
                "{base} closes each connection without a response: no HTTP server listens there; check host and port"
            )
        }
        (_, Some(Protocol::Silent)) => {
            format!(
                "{base} accepts connections, but sends no response ({message}): check host and port, or raise --timeout"
            )
        }
        (_, Some(Protocol::Other(bytes))) => {
            format!("{base} does not respond with HTTP (its response begins with {bytes:?}): check host and port")
        }
        (_, Some(Protocol::Http1) | None) => {
            format!("{base} sends no readable response ({message}): check the URL")
        }
    }
}

/// The message for a connection that could not be opened, or on which TLS failed.
fn unreachable(base: &str, message: &str) -> String {
    let hint = [
        ("InvalidContentType", "the server does not use TLS: give the URL with http://"),
        ("corrupt message", "the server does not use TLS: give the URL with http://"),
        ("handshake eof", "the server ended the TLS handshake: if it does not use TLS, give the URL with http://"),
        (
            "ApplicationProtocol",
            "it may support HTTP/2 only, and the harness needs HTTP/1.1: enable HTTP/1.1 on the server",
        ),
        (
            "CaUsedAsEndEntity",
            "its certificate is self-signed and marked as an authority (CA:TRUE), which a server certificate must not be: create one with basicConstraints=CA:FALSE and pass it with --ca-cert, or use --insecure",
        ),
        (
            "UnknownIssuer",
            "its certificate is not trusted: pass the certificate of its authority, or its own, with --ca-cert",
        ),
        (
            "NotValidForName",
            "its certificate is for another host: use the host name in the certificate, or a new certificate",
        ),
        ("expired", "its certificate has expired: renew it"),
    ];
    let hint = hint.iter().find(|(mark, _)| message.contains(mark)).map(|(_, hint)| format!("; {hint}"));
    format!("{base} cannot be reached: {message}{}", hint.unwrap_or_default())
}

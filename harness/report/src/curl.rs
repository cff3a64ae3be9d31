//! Writes a request as a `curl` command that can be pasted into a shell; credentials are environment variables.

use judge::exchange::Request;

/// A longer command, in bytes, is not easy to copy. Two long header values and a usual body are shorter.
pub(super) const LONG_COMMAND: usize = 1000;
/// Longer bodies, in bytes, are left out: shells limit the length of a command.
const MAX_BODY: usize = 16 * 1024;
/// With a longer body, in bytes, reports show the `conformance repro` command instead of the `curl` command.
const SHORT_BODY: usize = 1024;

pub fn line(request: &Request) -> String {
    let mut line = "curl -sS -i --globoff --path-as-is".to_owned();
    match request.method.as_str() {
        "GET" => {}
        "HEAD" => line.push_str(" -I"),
        method => line.push_str(&format!(" -X {method}")),
    }
    line.push_str(&format!(" {}", quoted(&request.url)));
    for (name, value) in &request.headers {
        line.push_str(&header(name, &String::from_utf8_lossy(value)));
    }
    if request.body.length() > MAX_BODY {
        return format!("{line} # plus a body of {} bytes, which `conformance repro` sends", request.body.length());
    }
    match text_of(&request.body) {
        _ if request.body.is_empty() => line,
        Some(text) => format!("{line} --data-binary {}", quoted(text)),
        None => format!("printf '{}' | {line} --data-binary @-", octal(&request.body)),
    }
}

/// True if the command alone repeats the request, provided that no setup is needed: the body is short text, the shell
/// can expand the credential, and there is no signature.
pub(super) fn self_contained(request: &Request) -> bool {
    let written = |value: &[u8]| !String::from_utf8_lossy(value).split("${").skip(1).any(|name| !name.contains('#'));
    let signed = request.headers.iter().any(|(name, _)| name.contains("signature"));
    let short = request.body.length() <= SHORT_BODY && (request.body.is_empty() || text_of(&request.body).is_some());
    short && !signed && request.headers.iter().all(|(_, value)| written(value))
}

/// A value that contains a variable is put in double quotes, so that the shell expands it.
fn header(name: &str, value: &str) -> String {
    if value.is_empty() {
        return format!(" -H {}", quoted(&format!("{name};")));
    }
    if value.contains("${CONFORMANCE_ACTOR_") {
        return format!(" -H \"{name}: {value}\"");
    }
    format!(" -H {}", quoted(&format!("{name}: {value}")))
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// The body as text, if it can be written in single quotes.
fn text_of(body: &[u8]) -> Option<&str> {
    let plain = |text: &&str| !text.starts_with('@') && !text.chars().any(|one| one.is_control() && one != '\n');
    std::str::from_utf8(body).ok().filter(plain)
}

/// Escapes bytes for a `printf` format in single quotes.
fn octal(bytes: &[u8]) -> String {
    let written = |byte: &u8| match byte {
        b'%' => "%%".to_owned(),
        b'\\' => r"\\".to_owned(),
        b'\'' => r"'\''".to_owned(),
        b' '..=b'~' => char::from(*byte).to_string(),
        other => format!("\\{other:03o}"),
    };
    bytes.iter().map(written).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(body: &[u8], headers: &[(&str, &str)]) -> Request {
        Request {
            operation: "op".into(),
            actor: "writer".into(),
            method: "POST".into(),
            url: "http://h/a'b".into(),
            path: "/a'b".into(),
            headers: headers.iter().map(|(name, value)| ((*name).to_owned(), value.as_bytes().to_vec())).collect(),
            body: body.to_vec().into(),
        }
    }

    #[test]
    fn quotes_and_variables_are_written_for_the_shell() {
        let line = line(&request(b"{\"a\":\"it's\"}", &[("x-api-key", "${CONFORMANCE_ACTOR_WRITER#key:}"), ("x", "")]));
        assert_eq!(
            line,
            r#"curl -sS -i --globoff --path-as-is -X POST 'http://h/a'\''b' -H "x-api-key: ${CONFORMANCE_ACTOR_WRITER#key:}" -H 'x;' --data-binary '{"a":"it'\''s"}'"#
        );
    }

    #[test]
    fn binary_bodies_are_written_in_octal() {
        let line = line(&request(b"a%\x00\xff", &[]));
        assert!(line.starts_with(r"printf 'a%%\000\377' | curl ") && line.ends_with(" --data-binary @-"), "{line}");
    }

    #[test]
    fn head_request_uses_the_option_for_no_body() {
        let line = line(&Request { method: "HEAD".into(), ..request(b"", &[]) });
        assert_eq!(line, r"curl -sS -i --globoff --path-as-is -I 'http://h/a'\''b'");
    }

    #[test]
    fn command_stands_alone_only_if_a_shell_can_write_all_of_it() {
        let plain = [("x-api-key", "${CONFORMANCE_ACTOR_WRITER#key:}")];
        assert!(self_contained(&request(b"{}", &plain)));
        assert!(!self_contained(&request(&[b'a'; 2000], &plain)));
        assert!(!self_contained(&request(b"\x00", &plain)));
        assert!(!self_contained(&request(
            b"{}",
            &[("x-api-key", "${CONFORMANCE_ACTOR_WRITER_WITHOUT_ITS_LAST_CHARACTER}")]
        )));
        assert!(!self_contained(&request(b"{}", &[("x-webhook-signature", "sha256=00")])));
    }
}

//! A request as a `curl` command that runs as it stands, with credentials as environment variables.

use crate::exchange::Request;

/// Longer bodies are left out: no shell takes them.
const LONGEST_BODY: usize = 16 * 1024;

/// The command.
pub fn line(request: &Request) -> String {
    // With `-X HEAD` curl would wait for the body that Content-Length announces.
    let head = request.method == "HEAD";
    let mut line = if head { "curl -sS -I".to_owned() } else { "curl -sS -i".to_owned() };
    if request.method != "GET" && !head {
        line.push_str(&format!(" -X {}", request.method));
    }
    line.push_str(&format!(" --path-as-is {}", quoted(&request.url)));
    for (name, value) in &request.headers {
        line.push_str(&header(name, &String::from_utf8_lossy(value)));
    }
    if request.body.len() > LONGEST_BODY {
        line.push_str(&format!(" --data-binary @body-of-{}-bytes", request.body.len()));
    } else if !request.body.is_empty() {
        line.push_str(&format!(" --data-binary {}", bytes(&request.body)));
    }
    line
}

/// Values with a variable in them stand in double quotes, so that the shell fills it in.
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

/// Plain text in single quotes; anything with control characters or broken UTF-8 in the `$'…'` of
/// bash and zsh.
fn bytes(body: &[u8]) -> String {
    match std::str::from_utf8(body) {
        Ok(text) if !text.chars().any(|letter| letter.is_control() && letter != '\n') && !text.starts_with('@') => {
            quoted(text)
        }
        _ => {
            let escaped: String = body
                .iter()
                .map(|byte| match byte {
                    b'\\' | b'\'' => format!("\\{}", char::from(*byte)),
                    0x20..=0x7E => char::from(*byte).to_string(),
                    other => format!("\\x{other:02x}"),
                })
                .collect();
            format!("$'{escaped}'")
        }
    }
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
            body: body.to_vec(),
        }
    }

    #[test]
    fn quotes_and_variables_survive_the_shell() {
        let line = line(&request(b"{\"a\":\"it's\"}", &[("x-api-key", "${CONFORMANCE_ACTOR_WRITER#key:}"), ("x", "")]));
        assert_eq!(
            line,
            r#"curl -sS -i -X POST --path-as-is 'http://h/a'\''b' -H "x-api-key: ${CONFORMANCE_ACTOR_WRITER#key:}" -H 'x;' --data-binary '{"a":"it'\''s"}'"#
        );
    }

    #[test]
    fn head_is_asked_as_curl_knows_it() {
        let request = Request { method: "HEAD".into(), ..request(b"", &[]) };
        assert_eq!(line(&request), "curl -sS -I --path-as-is 'http://h/a'\\''b'");
    }

    #[test]
    fn odd_bytes_are_escaped() {
        assert!(line(&request(b"a\x00\xff", &[])).ends_with(r"--data-binary $'a\x00\xff'"));
    }
}

//! Behaviours that are valid HTTP and valid JSON, and still meant to harm: secrets, markup, commands, times, ids.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::json;

use super::bytes::{status, whole};
use super::server::{Behaviour, HostileRequest, HostileResponse, Part, changed, made};

pub const BEHAVIOURS: &[Behaviour] = &[
    made("redirect-to-itself", |request| redirect(request, "307 Again", &request.path)),
    made("redirect-ever-further", |request| redirect(request, "302 On", &format!("{}/x", request.path))),
    made("redirect-elsewhere", |request| redirect(request, "308 There", "http://127.0.0.1:1/\u{1b}[2J")),
    made("redirect-to-ipv6", |request| redirect(request, "307 There", &format!("http://[::1]:9{}", request.path))),
    made("redirect-with-credential", |request| {
        redirect(request, "302 There", &format!("//a:{}@[::1]/x", request.credential()))
    }),
    made("credential-in-body", |request| whole("401 No", "", echo(&request.credential()).as_bytes())),
    made("credential-in-success", |request| whole("200 OK", "", echo(&request.credential()).as_bytes())),
    made("credential-in-headers", credential_in_headers),
    made("credential-in-names", credential_in_names),
    changed("credential-as-code-and-id", |request, response| {
        response.change_strings(&|name, text| in_place_of(name, text, &request.credential()))
    }),
    changed("credential-in-every-member", |request, response| {
        response.change_strings(&|_, text| format!("{text} {}", request.credential()))
    }),
    changed("credential-in-pieces", |request, response| response.change_strings(&|_, _| pieces(&request.credential()))),
    made("credential-after-megabytes", |request| {
        whole("401 No", "", format!("{}{}", "x".repeat(2_000_000), request.credential()).as_bytes())
    }),
    changed("markup-in-every-member", |_, response| response.change_strings(&|_, text| format!("{text}{MARKUP}"))),
    made("markup-alone", |request| {
        whole(status(request), "x-request-id: <script>alert(1)</script>\r\n", everywhere(MARKUP).as_bytes())
    }),
    changed("commands-in-every-member", |_, response| response.change_strings(&|_, text| format!("{COMMANDS}{text}"))),
    made("commands-alone", |request| {
        whole(status(request), "x-request-id: ::error::x\r\n", everywhere(COMMANDS).as_bytes())
    }),
    changed("controls-in-every-member", |_, response| response.change_strings(&|_, text| format!("{CONTROLS}{text}"))),
    made("controls-alone", |request| whole(status(request), "", everywhere(CONTROLS).as_bytes())),
    changed("bidirectional-in-every-member", |_, response| {
        response.change_strings(&|_, text| format!("{BIDIRECTIONAL}{text}"))
    }),
    made("bidirectional-alone", |request| {
        whole(status(request), &format!("x-request-id: {BIDIRECTIONAL}\r\n"), everywhere(BIDIRECTIONAL).as_bytes())
    }),
    changed("template-expressions", |_, response| {
        response.change_strings(&|_, text| format!("${{unique}}${{base64(x)}}{{{{ 7*7 }}}}$(id)`id`{text}"))
    }),
    changed("personal-data", |_, response| {
        response.change_strings(&|_, text| format!("{text} ada.lovelace@bank.test +4915112345678"))
    }),
    changed("ids-with-controls", |_, response| {
        response.change_strings(&|name, text| id_or(name, text, "a\r\nx: y\u{1b}[2J\0"))
    }),
    changed("ids-as-paths", |_, response| {
        response.change_strings(&|name, text| id_or(name, text, "../../../etc?x=%00#y"))
    }),
    changed("ids-as-dots", |_, response| response.change_strings(&|name, text| id_or(name, text, ".."))),
    changed("ids-empty", |_, response| response.change_strings(&|name, text| id_or(name, text, ""))),
    changed("ids-of-megabytes", |_, response| {
        response.change_strings(&|name, text| id_or(name, text, &"i".repeat(1_000_000)))
    }),
    changed("ids-all-the-same", |_, response| response.change_strings(&|name, text| id_or(name, text, "same"))),
    changed("ids-for-a-shell", |_, response| {
        response.change_strings(&|name, text| id_or(name, text, "';$(touch /tmp/x)`id`\n#"))
    }),
    made("retry-after-ten-years", |_| limited("315360000")),
    made("retry-after-beyond-numbers", |_| limited("18446744073709551615")),
    made("retry-after-signed-limit", |_| limited("9223372036854775807")),
    made("retry-after-negative", |_| limited("-9223372036854775808")),
    made("retry-after-date", |_| limited("Fri, 31 Dec 9999 23:59:59 GMT")),
    made("retry-after-zero", |_| limited("0")),
    changed("limited-after-success", limited_at_random),
    changed("reset-beyond-times", |_, response| limit_headers(response, "9223372036854775807")),
    changed("clock-of-1970", |_, response| response.set("date", "Thu, 01 Jan 1970 00:00:00 GMT")),
    changed("clock-of-9999", |_, response| response.set("date", "Fri, 31 Dec 9999 23:59:59 GMT")),
    changed("clock-beyond-years", |_, response| response.set("date", "Fri, 31 Dec 262142 23:59:59 GMT")),
    changed("webhooks-without-end", |request, _| deliver_without_end(request, "{\"event\":\"x\"}")),
    changed("webhooks-of-megabytes", |request, _| {
        deliver_without_end(request, &format!("{{\"event\":\"{}\"}}", "x".repeat(200_000)))
    }),
    changed("webhooks-of-garbage", |request, _| deliver_without_end(request, &"[{\"a\":".repeat(10_000))),
    changed("webhooks-of-20-mb", |request, _| deliver_without_end(request, &"x".repeat(20_000_000))),
    changed("webhooks-that-never-end-their-head", |request, _| hold_connections(request)),
    made("limited-for-a-second", |_| limited("1")),
    made("always-success", |_| whole("200 OK", "", b"{}")),
    made("always-no-content", |_| whole("204 None", "", b"")),
    made("always-a-page", |request| {
        whole("500 Oops", "", format!("<html><body>{MARKUP}{}</body></html>", request.number).as_bytes())
    }),
    changed("by-turns", by_turns),
    made("all-codes-by-turns", codes_by_turns),
];

/// Text that may not reach a page as it is.
pub const MARKUP: &str =
    "</script><script>alert(1)</script><img src=x onerror=alert(1)>]]><!--\" onload='x'&lt;|</details>```";
/// Lines that a CI system takes for commands, and a terminal for control sequences.
pub const COMMANDS: &str = "\n::error::hostile\n::add-mask::a\n##[error]hostile\n##vso[task.complete]x\n##teamcity[buildStop]\n\u{1b}]0;t\u{7}";
/// Control characters, characters that XML does not know, and marks that change the direction of text.
const CONTROLS: &str = "\0\u{1}\u{8}\u{b}\u{1b}[2J\u{7f}\u{85}\u{9b}31m\u{2028}\u{202e}\u{2066}\u{fffe}\u{ffff}\r\n\t";

/// Every character that changes the direction of text: marks, embeddings, overrides, isolates.
pub const BIDIRECTIONAL: &str =
    "\u{61c}\u{200e}\u{200f}\u{202a}\u{202b}\u{202c}\u{202d}\u{202e}\u{2066}\u{2067}\u{2068}\u{2069}";

/// A text in every place of an envelope.
fn everywhere(text: &str) -> String {
    json!({ "error": { "code": text, "message": text, "field": text, "details": text, text: text }, text: [text] })
        .to_string()
}

fn redirect(request: &HostileRequest, status: &str, to: &str) -> Vec<Part> {
    let _ = request;
    whole(status, &format!("location: {to}\r\n"), b"{}")
}

/// A secret as servers write it: plain, escaped, encoded, cut.
pub fn written(secret: &str) -> Vec<String> {
    let base64 = STANDARD.encode(secret);
    let hex: String = secret.bytes().map(|byte| format!("{byte:02x}")).collect();
    let percent: String = secret.bytes().map(|byte| format!("%{byte:02X}")).collect();
    let entities: String = secret.chars().map(|letter| format!("&#{};", u32::from(letter))).collect();
    vec![
        secret.to_owned(),
        secret.to_uppercase(),
        secret.chars().rev().collect(),
        base64.clone(),
        URL_SAFE_NO_PAD.encode(format!("a{secret}")),
        STANDARD.encode(&base64),
        hex.clone(),
        hex.to_uppercase(),
        percent,
        entities,
        secret.chars().take(12).collect(),
        secret.rsplit('.').next().unwrap_or_default().to_owned(),
    ]
}

fn echo(secret: &str) -> String {
    let all = written(secret);
    json!({ "id": secret, "error": { "code": secret, "message": all.join(" "), "field": secret, "details": all.join("\n"), "all": all } })
        .to_string()
}

fn credential_in_headers(request: &HostileRequest) -> Vec<Part> {
    let all = written(&request.credential());
    let fields: String = all.iter().enumerate().map(|(at, text)| format!("x-echo-{at}: {text}\r\n")).collect();
    let secret = request.credential();
    let more = format!(
        "{fields}x-request-id: {secret}\r\nset-cookie: a={secret}\r\ncontent-type: text/{secret}\r\nlocation: /{secret}\r\n"
    );
    whole(&format!("401 {secret}"), &more, b"{}")
}

fn credential_in_names(request: &HostileRequest) -> Vec<Part> {
    let secret = request.credential();
    let body = json!({ secret.clone(): 1, "error": { "code": "X", "message": "m", secret.clone(): { secret: [] } } });
    whole(status(request), "", body.to_string().as_bytes())
}

fn in_place_of(name: &str, text: &str, secret: &str) -> String {
    if name == "code" || is_id(name) { secret.to_owned() } else { text.to_owned() }
}

fn pieces(secret: &str) -> String {
    let letters: Vec<char> = secret.chars().collect();
    letters.chunks(5).map(|piece| piece.iter().collect::<String>()).collect::<Vec<_>>().join("\u{200b}\n")
}

fn is_id(name: &str) -> bool {
    name == "id" || name.ends_with("Id")
}

fn id_or(name: &str, text: &str, id: &str) -> String {
    if is_id(name) { id.to_owned() } else { text.to_owned() }
}

fn limited(delay: &str) -> Vec<Part> {
    let more = format!(
        "retry-after: {delay}\r\nx-ratelimit-limit: 1\r\nx-ratelimit-remaining: 0\r\nx-ratelimit-reset: {delay}\r\n"
    );
    whole("429 Wait", &more, br#"{"error":{"code":"RATE_LIMIT_EXCEEDED","message":"Wait.","retryAfter":315360000}}"#)
}

fn limit_headers(response: &mut HostileResponse, reset: &str) {
    response.set("x-ratelimit-limit", "9223372036854775807");
    response.set("x-ratelimit-remaining", "-1");
    response.set("x-ratelimit-reset", reset);
}

/// Creates what it is request to, and then asks to wait for years.
fn limited_at_random(request: &HostileRequest, response: &mut HostileResponse) {
    if request.method == "DELETE" || request.number % 5 == 4 {
        response.status = 429;
        response.set("retry-after", "315360000");
        response.body =
            br#"{"error":{"code":"RATE_LIMIT_EXCEEDED","message":"Wait.","retryAfter":315360000}}"#.to_vec();
    }
}

/// Refuses every second request with another code and page.
fn by_turns(request: &HostileRequest, response: &mut HostileResponse) {
    if request.number % 2 == 1 {
        response.status = 500 + u16::try_from(request.number % 50).unwrap_or(0);
        response.body = format!("{{\"error\":{{\"code\":\"E{}\",\"message\":\"m\"}}}}", request.number).into_bytes();
    }
}

fn codes_by_turns(request: &HostileRequest) -> Vec<Part> {
    let codes = ["AUTHENTICATION_FAILED", "TOKEN_EXPIRED", "MISSING_FIELD", "RESOURCE_NOT_FOUND", "INTERNAL_ERROR"];
    let code = codes[request.number % codes.len()];
    let body = format!("{{\"error\":{{\"code\":\"{code}\",\"message\":\"m\",\"field\":\"f{}\"}}}}", request.number);
    whole(
        &format!("{} No", 400 + request.number % 120),
        &format!("x-request-id: {}\r\n", request.number % 7),
        body.as_bytes(),
    )
}

/// Posts to the webhook endpoint that a request names, until nobody listens there.
fn deliver_without_end(request: &HostileRequest, body: &str) {
    let Some((host, path)) = endpoint(request) else { return };
    let body = body.to_owned();
    std::thread::spawn(move || while post(&host, &path, &body).is_some() {});
}

/// Opens connections to the webhook receiver, and sends nothing but the beginning of a request.
fn hold_connections(request: &HostileRequest) {
    let Some((host, path)) = endpoint(request) else { return };
    std::thread::spawn(move || {
        let mut open = Vec::new();
        while let Ok(mut stream) = TcpStream::connect(&host) {
            if open.len() == 300 || stream.write_all(format!("POST /{path} HTTP/1.1\r\nx-a: ").as_bytes()).is_err() {
                std::thread::sleep(std::time::Duration::from_millis(100));
                open.clear();
            }
            open.push(stream);
        }
    });
}

/// Host and path of the webhook endpoint that a request names.
fn endpoint(request: &HostileRequest) -> Option<(String, String)> {
    let text = String::from_utf8_lossy(&request.body).into_owned();
    let url = text.split('"').find(|part| part.contains("/hooks/"))?;
    let (host, path) = url.strip_prefix("http://")?.split_once('/')?;
    (!host.ends_with(":1")).then(|| (host.to_owned(), path.to_owned()))
}

fn post(host: &str, path: &str, body: &str) -> Option<()> {
    let mut stream = TcpStream::connect(host).ok()?;
    stream.set_read_timeout(Some(std::time::Duration::from_secs(5))).ok()?;
    let length = body.len();
    let head =
        format!("POST /{path} HTTP/1.1\r\nhost: {host}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n");
    stream.write_all(head.as_bytes()).ok()?;
    stream.write_all(body.as_bytes()).ok()?;
    let _ = stream.read(&mut [0; 256]);
    Some(())
}

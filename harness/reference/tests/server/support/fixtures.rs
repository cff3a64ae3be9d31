//! Documents and signed events.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use reference::credentials;
use serde_json::{Value, json};
use sha2::Sha256;

/// An upload of these bytes.
pub fn document(media_type: &str, bytes: &[u8]) -> Value {
    json!({ "type": "PASSPORT", "contentType": media_type, "content": STANDARD.encode(bytes) })
}

/// The headers of a PNG without an image.
pub fn png(colour_type: u8, per_metre: u32) -> Vec<u8> {
    png_of(colour_type, per_metre, per_metre)
}

/// The headers of a PNG whose pixels are not square.
pub fn png_of(colour_type: u8, across: u32, down: u32) -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
    let mut add = |name: &[u8; 4], data: &[u8]| {
        bytes.extend(u32::try_from(data.len()).expect("short").to_be_bytes());
        bytes.extend(name);
        bytes.extend(data);
        bytes.extend([0; 4]);
    };
    add(b"IHDR", &[0, 0, 0, 1, 0, 0, 0, 1, 8, colour_type, 0, 0, 0]);
    let physical = [across.to_be_bytes(), down.to_be_bytes()].concat();
    add(b"pHYs", &[physical, vec![1]].concat());
    add(b"IDAT", &[]);
    add(b"IEND", &[]);
    bytes
}

/// The headers of a JPEG without an image.
pub fn jpeg(unit: u8, density: u16, components: u8) -> Vec<u8> {
    let mut bytes = vec![0xff, 0xd8, 0xff, 0xe0, 0, 16];
    bytes.extend(b"JFIF\0\x01\x01");
    bytes.push(unit);
    bytes.extend(density.to_be_bytes());
    bytes.extend(density.to_be_bytes());
    bytes.extend([0, 0, 0xff, 0xc0, 0, 8, 8, 0, 1, 0, 1, components, 0xff, 0xd9]);
    bytes
}

/// A PDF of this many bytes, filled with spaces.
pub fn pdf(size: usize) -> Vec<u8> {
    let mut bytes = b"%PDF-1.4\n".to_vec();
    bytes.resize(size.max(9), b' ');
    bytes
}

/// The current time in Unix seconds.
pub fn now() -> u64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.expect("a clock").as_secs()
}

/// The secret for inbound events.
pub fn webhook_secret() -> String {
    let all = credentials();
    let secret = all.iter().find(|one| one.actor == "webhook").expect("a secret");
    secret.value.trim_start_matches("secret:").to_owned()
}

/// The signature of a text, as written in the header.
pub fn signature(secret: &str, text: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("a key");
    mac.update(text);
    let hex: String = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256={hex}")
}

/// The text that is signed for an event.
pub fn signed_text(timestamp: u64, body: &[u8]) -> Vec<u8> {
    [format!("{timestamp}.").as_bytes(), body].concat()
}

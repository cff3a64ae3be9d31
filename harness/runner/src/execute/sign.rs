//! Signs inbound events as the contract defines, or with a deliberate fault.

use sha2::{Digest as _, Sha256};

use judge::signature::{hmac_sha1, hmac_sha256, hmac_sha512};
use spec::contract::{Signing, hex};
use spec::scenario::{Covered, Mangle, Sign, SignatureHeader};

/// The two signature headers of a body, without those that the step omits.
pub fn headers(signing: &Signing, sign: &Sign, secret: &str, body: &[u8], now: i64) -> Vec<(String, String)> {
    let timestamp = sign.timestamp.clone().unwrap_or_else(|| (now + sign.offset_seconds).to_string());
    let signed_body = sign.signed_body.as_ref().map_or(body, |text| text.as_bytes());
    let secret = sign.secret.as_deref().unwrap_or(secret);
    let secret = if sign.other_secret { format!("{secret}-of-another") } else { secret.to_owned() };
    let covered: Vec<u8> = match sign.over {
        Covered::TimestampAndBody => [timestamp.as_bytes(), signing.separator.as_bytes(), signed_body].concat(),
        Covered::Body => signed_body.to_vec(),
        Covered::Timestamp => timestamp.clone().into_bytes(),
        Covered::Joined => [timestamp.as_bytes(), signed_body].concat(),
        Covered::Swapped => [signed_body, signing.separator.as_bytes(), timestamp.as_bytes()].concat(),
    };
    let digits = hmac_sha256(secret.as_bytes(), &covered);
    let signature = match sign.mangle {
        Some(Mangle::Sha1) => format!("sha1={}", hmac_sha1(secret.as_bytes(), &covered)),
        Some(Mangle::Sha512) => format!("sha512={}", hmac_sha512(secret.as_bytes(), &covered)),
        mangle => mangled(&signing.prefix, digits, &covered, mangle),
    };
    [
        (SignatureHeader::Timestamp, &signing.timestamp_header, timestamp),
        (SignatureHeader::Signature, &signing.signature_header, signature),
    ]
    .into_iter()
    .filter(|(header, _, _)| !sign.omit.contains(header))
    .map(|(_, name, value)| (name.clone(), value))
    .collect()
}

fn mangled(prefix: &str, digits: String, covered: &[u8], mangle: Option<Mangle>) -> String {
    let flipped = |digit: char| if digit == '0' { '1' } else { '0' };
    match mangle {
        None | Some(Mangle::Sha1 | Mangle::Sha512) => format!("{prefix}{digits}"),
        Some(Mangle::Longer) => format!("{prefix}{digits}00"),
        Some(Mangle::Truncate) => format!("{prefix}{}", &digits[..digits.len() / 2]),
        Some(Mangle::FirstDigit) => {
            let first = digits.chars().next().map_or('0', flipped);
            format!("{prefix}{first}{}", &digits[1..])
        }
        Some(Mangle::LastDigit) => {
            let last = digits.chars().next_back().map_or('0', flipped);
            format!("{prefix}{}{last}", &digits[..digits.len() - 1])
        }
        Some(Mangle::NoPrefix) => digits,
        Some(Mangle::OtherPrefix) => format!("md5={digits}"),
        Some(Mangle::Empty) => prefix.to_owned(),
        Some(Mangle::Zeros) => format!("{prefix}{}", "0".repeat(digits.len())),
        Some(Mangle::Unkeyed) => format!("{prefix}{}", hex(&Sha256::digest(covered))),
    }
}

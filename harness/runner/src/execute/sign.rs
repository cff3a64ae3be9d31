//! Signs inbound events as the contract defines, or with a deliberate fault.

use sha2::{Digest as _, Sha256};

use judge::signature::{hmac_sha1, hmac_sha256, hmac_sha512};
use spec::contract::Signing;
use spec::scenario::plan::Sign;
use spec::scenario::{Covered, SignatureAlteration, SignatureHeader};

/// The texts of a signature, without templates.
pub(super) struct Texts {
    pub(super) timestamp: String,
    pub(super) secret: String,
    pub(super) signed_body: Vec<u8>,
}

/// The two signature headers of a body, without those that the call omits.
pub(super) fn headers(signing: &Signing, sign: &Sign, texts: Texts) -> Vec<(String, String)> {
    let Texts { timestamp, secret, signed_body } = texts;
    let signed_body = signed_body.as_slice();
    let secret = if sign.other_secret { format!("{secret}-of-another") } else { secret };
    let covered: Vec<u8> = match sign.covers {
        Covered::TimestampAndBody => [timestamp.as_bytes(), signing.separator.as_bytes(), signed_body].concat(),
        Covered::Body => signed_body.to_vec(),
        Covered::Timestamp => timestamp.clone().into_bytes(),
        Covered::Joined => [timestamp.as_bytes(), signed_body].concat(),
        Covered::Swapped => [signed_body, signing.separator.as_bytes(), timestamp.as_bytes()].concat(),
    };
    let digits = hmac_sha256(secret.as_bytes(), &covered);
    let signature = match sign.alter {
        Some(SignatureAlteration::Sha1) => format!("sha1={}", hmac_sha1(secret.as_bytes(), &covered)),
        Some(SignatureAlteration::Sha512) => format!("sha512={}", hmac_sha512(secret.as_bytes(), &covered)),
        alteration => altered(&signing.prefix, digits, &covered, alteration),
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

fn altered(prefix: &str, digits: String, covered: &[u8], alteration: Option<SignatureAlteration>) -> String {
    let flipped = |digit: char| if digit == '0' { '1' } else { '0' };
    match alteration {
        None | Some(SignatureAlteration::Sha1 | SignatureAlteration::Sha512) => format!("{prefix}{digits}"),
        Some(SignatureAlteration::Longer) => format!("{prefix}{digits}00"),
        Some(SignatureAlteration::Truncate) => format!("{prefix}{}", &digits[..digits.len() / 2]),
        Some(SignatureAlteration::FirstDigit) => {
            let first = digits.chars().next().map_or('0', flipped);
            format!("{prefix}{first}{}", &digits[1..])
        }
        Some(SignatureAlteration::LastDigit) => {
            let last = digits.chars().next_back().map_or('0', flipped);
            format!("{prefix}{}{last}", &digits[..digits.len() - 1])
        }
        Some(SignatureAlteration::NoPrefix) => digits,
        Some(SignatureAlteration::OtherPrefix) => format!("md5={digits}"),
        Some(SignatureAlteration::Empty) => prefix.to_owned(),
        Some(SignatureAlteration::Zeros) => format!("{prefix}{}", "0".repeat(digits.len())),
        Some(SignatureAlteration::Unkeyed) => format!("{prefix}{}", hex::encode(Sha256::digest(covered))),
    }
}

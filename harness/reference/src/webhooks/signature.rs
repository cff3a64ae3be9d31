//! The signature of a webhook: HMAC-SHA256 over the timestamp, a dot and the raw body.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

pub(crate) fn signed_text(timestamp: &str, body: &[u8]) -> Vec<u8> {
    [timestamp.as_bytes(), b".", body].concat()
}

/// The bytes of the signature.
pub(crate) fn sign(secret: &str, text: &[u8]) -> Vec<u8> {
    // HMAC accepts keys of any length, so the fallback is never used.
    let mut mac =
        Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap_or_else(|_| Hmac::<Sha256>::new(&Default::default()));
    mac.update(text);
    mac.finalize().into_bytes().to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signature_matches_test_case_2_of_rfc_4231() {
        let signature = sign("Jefe", b"what do ya want for nothing?");
        assert_eq!(hex::encode(&signature), "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    }

    #[test]
    fn signed_text_begins_with_the_timestamp() {
        assert_eq!(signed_text("17", b"{}"), b"17.{}");
    }
}

//! HMAC signatures, for events that we sign and deliveries that we check.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha1::Sha1;
use sha2::{Sha256, Sha512};

/// HMAC-SHA256 (RFC 2104, FIPS 180-4) as hexadecimal digits.
pub fn hmac_sha256(secret: &[u8], message: &[u8]) -> String {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret) else { unreachable!("HMAC takes keys of any length") };
    mac.update(message);
    hex::encode(mac.finalize().into_bytes())
}

/// HMAC-SHA512, for deliberately wrong signatures.
pub fn hmac_sha512(secret: &[u8], message: &[u8]) -> String {
    let Ok(mut mac) = Hmac::<Sha512>::new_from_slice(secret) else { unreachable!("HMAC takes keys of any length") };
    mac.update(message);
    hex::encode(mac.finalize().into_bytes())
}

/// HMAC-SHA1 (RFC 2104), for deliberately wrong signatures.
pub fn hmac_sha1(secret: &[u8], message: &[u8]) -> String {
    let Ok(mut mac) = Hmac::<Sha1>::new_from_slice(secret) else { unreachable!("HMAC takes keys of any length") };
    mac.update(message);
    hex::encode(mac.finalize().into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_match_rfc_4231() {
        let digits = hmac_sha256(b"Jefe", b"what do ya want for nothing?");
        assert_eq!(digits, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
        let digits = hmac_sha512(b"Jefe", b"what do ya want for nothing?");
        assert!(digits.starts_with("164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554"));
    }

    #[test]
    fn digits_match_rfc_2202() {
        let digits = hmac_sha1(b"Jefe", b"what do ya want for nothing?");
        assert_eq!(digits, "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
    }
}

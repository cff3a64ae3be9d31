//! JSON Web Tokens. The API issues HS256 only.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

const SECRET: &[u8] = b"demonstration-token-secret-8Vr2mK5zXc";
const FOREIGN_SECRET: &[u8] = b"somebody-elses-token-secret-4Tb7hJ1y";

/// A sandbox token with these scopes (`READ`, `WRITE`, `ADMIN`, separated by spaces) and this expiry.
pub fn token(scope: &str, expires_at_unix: i64) -> String {
    signed(scope, expires_at_unix, SECRET)
}

/// A token that is signed with another secret.
pub(crate) fn forged(scope: &str, expires_at_unix: i64) -> String {
    signed(scope, expires_at_unix, FOREIGN_SECRET)
}

fn signed(scope: &str, expires_at_unix: i64, secret: &[u8]) -> String {
    let header = json!({ "alg": "HS256", "typ": "JWT" });
    let claims = json!({ "sub": "demonstration", "scope": scope, "exp": expires_at_unix });
    let encode = |part: &Value| URL_SAFE_NO_PAD.encode(part.to_string());
    let text = format!("{}.{}", encode(&header), encode(&claims));
    let signature = URL_SAFE_NO_PAD.encode(signature_of(&text, secret).finalize().into_bytes());
    format!("{text}.{signature}")
}

fn signature_of(text: &str, secret: &[u8]) -> Hmac<Sha256> {
    // HMAC accepts keys of any length, so the fallback is never used.
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).unwrap_or_else(|_| Hmac::<Sha256>::new(&Default::default()));
    mac.update(text.as_bytes());
    mac
}

/// A parsed token. Its signature is not verified yet.
#[derive(Debug)]
pub(crate) struct Token<'a> {
    signed_text: &'a str,
    signature: Vec<u8>,
    algorithm: Option<String>,
    claims: Value,
}

impl<'a> Token<'a> {
    /// Parses the three parts of a token.
    pub(crate) fn parse(text: &'a str) -> Option<Self> {
        let (signed_text, signature) = text.rsplit_once('.')?;
        let (header, claims) = signed_text.split_once('.')?;
        let header = decoded(header)?;
        Some(Self {
            signed_text,
            signature: URL_SAFE_NO_PAD.decode(signature).ok()?,
            algorithm: header["alg"].as_str().map(str::to_owned),
            claims: decoded(claims).filter(Value::is_object)?,
        })
    }

    /// Whether it is signed with our secret and HS256.
    pub(crate) fn is_ours(&self) -> bool {
        self.algorithm.as_deref() == Some("HS256")
            && signature_of(self.signed_text, SECRET).verify_slice(&self.signature).is_ok()
    }

    /// Whether its algorithm is `none`.
    pub(crate) fn is_alg_none(&self) -> bool {
        self.algorithm.as_deref().is_some_and(|name| name.eq_ignore_ascii_case("none"))
    }

    /// Whether it has a signature, valid or not.
    pub(crate) fn has_signature(&self) -> bool {
        !self.signature.is_empty()
    }

    /// When it expires, in seconds since 1970.
    pub(crate) fn expires_at(&self) -> Option<i64> {
        let expiry = &self.claims["exp"];
        #[expect(clippy::cast_possible_truncation, reason = "the fraction of a second does not matter")]
        expiry.as_i64().or_else(|| expiry.as_f64().map(|seconds| seconds as i64))
    }

    /// The scopes, separated by spaces.
    pub(crate) fn scope(&self) -> &str {
        self.claims["scope"].as_str().unwrap_or_default()
    }
}

fn decoded(part: &str) -> Option<Value> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn issued_token_has_a_valid_signature() {
        let text = token("READ WRITE", 4_000_000_000);
        let parsed = Token::parse(&text).expect("a token");
        assert!(parsed.is_ours());
        assert_eq!(parsed.expires_at(), Some(4_000_000_000));
        assert_eq!(parsed.scope(), "READ WRITE");
    }

    #[test]
    fn forged_and_unsigned_tokens_have_no_valid_signature() {
        assert!(!Token::parse(&forged("READ", 4_000_000_000)).expect("a token").is_ours());
        let none = format!(
            "{}.{}.",
            URL_SAFE_NO_PAD.encode(r#"{"alg":"none"}"#),
            URL_SAFE_NO_PAD.encode(r#"{"scope":"ADMIN","exp":4000000000}"#)
        );
        let parsed = Token::parse(&none).expect("a token");
        assert!(parsed.is_alg_none() && !parsed.has_signature() && !parsed.is_ours());
    }

    #[test]
    fn malformed_text_is_not_a_token() {
        for text in ["", "a", "a.b", "a.b.c", "..", "....", "é.é.é"] {
            assert!(Token::parse(text).is_none(), "{text}");
        }
    }
}

//! Mutants that check the signatures of inbound events wrongly.

use serde_json::Value;

use super::Mutated;
use crate::errors::{ApiError, Code};
use crate::mutants::webhooks;
use crate::webhooks::inbound::InboundRules;
use crate::webhooks::signature;

impl InboundRules for Mutated {
    fn missing_signature(&self) -> Result<(), ApiError> {
        if self.is_active(webhooks::ACCEPTS_MISSING_SIGNATURE) {
            return Ok(());
        }
        let forbidden = self.is_active(webhooks::MISSING_SIGNATURE_IS_FORBIDDEN);
        self.base.missing_signature().map_err(
            |fault| {
                if forbidden { fault.code(Code::InsufficientPermissions) } else { fault }
            },
        )
    }

    fn tolerance_seconds(&self, moment: u64, now: u64) -> u64 {
        let wrong = [(webhooks::ACCEPTS_SIX_MINUTES, 600), (webhooks::REJECTS_FOUR_MINUTES, 60)];
        match () {
            () if self.is_active(webhooks::IGNORES_TIMESTAMP) => u64::MAX,
            () if moment < now && self.is_active(webhooks::ACCEPTS_OLD_TIMESTAMP) => u64::MAX,
            () if moment > now && self.is_active(webhooks::ACCEPTS_FUTURE_TIMESTAMP) => u64::MAX,
            () => self.first(&wrong).unwrap_or_else(|| self.base.tolerance_seconds(moment, now)),
        }
    }

    fn wrong_time(&self) -> ApiError {
        let fault = self.base.wrong_time();
        let forbidden = self.is_active(webhooks::TIMESTAMP_FAILURE_IS_FORBIDDEN);
        if forbidden { fault.code(Code::InsufficientPermissions) } else { fault }
    }

    fn signed_texts(&self, timestamp: &str, body: &[u8]) -> Vec<Vec<u8>> {
        let mut texts = self.base.signed_texts(timestamp, body);
        match () {
            () if self.is_active(webhooks::SIGNATURE_OF_PARSED_BODY) => {
                vec![signature::signed_text(timestamp, &written_again(body))]
            }
            () if self.is_active(webhooks::SIGNATURE_OF_TRIMMED_BODY) => {
                vec![signature::signed_text(timestamp, body.trim_ascii())]
            }
            () if self.is_active(webhooks::TIMESTAMP_UNSIGNED) => {
                texts.push(body.to_vec());
                texts
            }
            () => texts,
        }
    }

    fn is_signature(&self, given: &str, expected: &str) -> bool {
        let well_formed = given.len() == expected.len() && given.bytes().all(|byte| byte.is_ascii_hexdigit());
        match () {
            () if given.is_empty() && self.is_active(webhooks::ACCEPTS_EMPTY_SIGNATURE) => true,
            () if self.is_active(webhooks::ACCEPTS_ANY_SIGNATURE) => well_formed,
            () if self.is_active(webhooks::PREFIX_COMPARE) => well_formed && given[..8] == expected[..8],
            () if self.is_active(webhooks::COMPARES_GIVEN_LENGTH) => expected.starts_with(given),
            () => self.base.is_signature(given, expected),
        }
    }
}

/// The body, parsed and written again.
fn written_again(body: &[u8]) -> Vec<u8> {
    let parsed: Option<Value> = serde_json::from_slice(body).ok();
    parsed.map_or_else(|| body.to_vec(), |value| value.to_string().into_bytes())
}

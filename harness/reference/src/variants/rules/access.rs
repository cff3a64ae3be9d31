//! Variants of the texts that reject a credential.

use super::Varied;
use crate::auth::{AccessRules, Caller, requirement};
use crate::clock;
use crate::errors::ApiError;
use crate::route::Operation;
use crate::rules::Conforming;
use crate::variants::wording;

/// How many characters of a key are quoted.
const END_OF_KEY: usize = 4;

impl AccessRules for Varied {
    fn missing_scope(&self, caller: &Caller, operation: Operation) -> ApiError {
        let fault = Conforming.missing_scope(caller, operation);
        if !self.is_active(wording::NAMES_SCOPES) {
            return fault;
        }
        let required = requirement(operation);
        fault.details(format!("{required}; granted: [{:?}]; required: {:?}", caller.scope, operation.scope()))
    }

    fn invalid_key(&self, given: &[u8]) -> ApiError {
        let fault = Conforming.invalid_key(given);
        if !self.is_active(wording::QUOTES_END_OF_KEY) {
            return fault;
        }
        let end = &given[given.len().saturating_sub(END_OF_KEY)..];
        fault.details(format!("The key that ends in {} does not exist", String::from_utf8_lossy(end)))
    }

    fn expired_token(&self, expiry: i64, operation: Operation) -> ApiError {
        let fault = Conforming.expired_token(expiry, operation);
        if self.is_active(wording::EXPIRY_WITH_OFFSET) { fault.details(with_offset(expiry)) } else { fault }
    }
}

/// The time of expiry with the offset +02:00.
fn with_offset(expiry: i64) -> String {
    let there = clock::rfc3339(expiry + 2 * 3600);
    format!("Token expired at {}.000+02:00", there.trim_end_matches('Z'))
}

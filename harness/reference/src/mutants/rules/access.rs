//! Mutants of authentication and permissions.

use super::Mutated;
use crate::auth::{self, AccessRules, Caller};
use crate::credentials::{ApiKey, Environment, KEYS};
use crate::errors::{ApiError, Code};
use crate::mutants::access;
use crate::route::{Operation, Scope};
use crate::tokens::Token;

/// How many characters at each end of a key are compared.
const END_OF_KEY: usize = 4;

/// A caller without an account.
fn guest(scope: Scope) -> Caller {
    Caller { credential: "guest".to_owned(), scope, environment: Environment::Sandbox, throttled: false }
}

impl AccessRules for Mutated {
    unchanged! {
        fn missing_scope(&self, caller: &Caller, operation: Operation) -> ApiError;
        fn invalid_key(&self, given: &[u8]) -> ApiError;
        fn expired_token(&self, expiry: i64, operation: Operation) -> ApiError;
    }

    fn required_scope(&self, operation: Operation) -> Scope {
        let mutant = match operation {
            Operation::CreateCustomer => (access::READER_MAY_CREATE, Scope::Read),
            Operation::UpdateCustomer => (access::READER_MAY_UPDATE, Scope::Read),
            Operation::UploadDocument => (access::READER_MAY_UPLOAD, Scope::Read),
            Operation::SubmitVerification => (access::READER_MAY_SUBMIT, Scope::Read),
            Operation::DeleteCustomer => (access::WRITER_MAY_DELETE, Scope::Write),
            Operation::CreateWebhook => (access::WRITER_MAY_CREATE_WEBHOOKS, Scope::Write),
            _ => return self.base.required_scope(operation),
        };
        self.first(&[mutant]).unwrap_or_else(|| self.base.required_scope(operation))
    }

    fn no_credential(&self, operation: Operation) -> Result<Caller, ApiError> {
        let open = match operation {
            Operation::ListCustomers => self.is_active(access::ANONYMOUS_MAY_LIST),
            Operation::CreateCustomer => self.is_active(access::ANONYMOUS_MAY_CREATE),
            _ => false,
        };
        if open {
            return Ok(guest(Scope::Admin));
        }
        let forbidden = matches!(operation, Operation::ListCustomers | Operation::CreateCustomer)
            && self.is_active(access::ANONYMOUS_IS_FORBIDDEN);
        self.base
            .no_credential(operation)
            .map_err(|fault| if forbidden { fault.code(Code::InsufficientPermissions) } else { fault })
    }

    fn issued_key(&self, given: &[u8]) -> Option<&'static ApiKey> {
        let similar = || KEYS.iter().find(|key| has_same_ends(key, given));
        self.base.issued_key(given).or_else(|| similar().filter(|_| self.is_active(access::KEYS_KNOWN_BY_THEIR_ENDS)))
    }

    fn unknown_key(&self, given: &[u8], fault: ApiError) -> Result<Caller, ApiError> {
        match () {
            () if given.is_empty() && self.is_active(access::ACCEPTS_EMPTY_KEY) => Ok(guest(Scope::Admin)),
            () if !given.is_empty() && self.is_active(access::ACCEPTS_UNKNOWN_KEY) => Ok(guest(Scope::Read)),
            () => Err(fault),
        }
    }

    fn revoked_key(&self, key: &ApiKey, operation: Operation, fault: ApiError) -> Result<Caller, ApiError> {
        let reads = operation == Operation::ListCustomers && self.is_active(access::REVOKED_KEY_READS);
        match () {
            () if reads || self.is_active(access::ACCEPTS_REVOKED_KEY) => Ok(Caller::owner(key)),
            () => Err(fault),
        }
    }

    fn other_scheme(&self, scheme: &str, credential: &str, operation: Operation) -> Result<Caller, ApiError> {
        let (basic, token) = (scheme.eq_ignore_ascii_case("basic"), scheme.eq_ignore_ascii_case("token"));
        let is_key = (basic && self.is_active(access::PLAIN_BASIC_ACCEPTED))
            || (token && self.is_active(access::TOKEN_SCHEME_ACCEPTED));
        match () {
            () if basic
                && operation == Operation::SubmitVerification
                && self.is_active(access::BASIC_ACCEPTED_FOR_SUBMISSIONS) =>
            {
                Ok(guest(Scope::Admin))
            }
            () if is_key => auth::by_key(credential.as_bytes(), operation, self),
            () if basic && self.is_active(access::ACCEPTS_BASIC_SCHEME) => Ok(guest(Scope::Admin)),
            () if self.is_active(access::BASIC_SCHEME_500) => Err(ApiError::internal()),
            () => self.base.other_scheme(scheme, credential, operation),
        }
    }

    fn token_text<'a>(&self, text: &'a str) -> &'a str {
        if self.is_active(access::TAIL_OF_SIGNATURE_OVERLOOKED) { without_tail(text) } else { text }
    }

    fn malformed_token(&self, text: &str) -> Result<Caller, ApiError> {
        let revoked = KEYS.iter().find(|key| key.revoked && key.value == text);
        match revoked {
            Some(key) if self.is_active(access::REVOKED_KEY_AS_BEARER_ACCEPTED) => Ok(Caller::owner(key)),
            _ if self.is_active(access::GARBAGE_TOKEN_500) => Err(ApiError::internal()),
            _ if self.is_active(access::GARBAGE_TOKEN_AS_EXPIRED) => Err(auth::expired_at(0)),
            _ => self.base.malformed_token(text),
        }
    }

    fn accepts_signature(&self, token: &Token) -> bool {
        self.base.accepts_signature(token)
            || (token.is_alg_none() && self.is_active(access::ALG_NONE_ACCEPTED))
            || (token.has_signature() && !token.is_alg_none() && self.is_active(access::ACCEPTS_FORGED_TOKEN))
    }

    fn bad_signature(&self, expired_at: Option<i64>, operation: Operation) -> ApiError {
        if let Some(expiry) = expired_at.filter(|_| self.is_active(access::EXPIRED_BEFORE_SIGNATURE)) {
            return self.expired_token(expiry, operation);
        }
        self.base.bad_signature(expired_at, operation)
    }

    fn accepts_expired_token(&self) -> bool {
        self.is_active(access::ACCEPTS_EXPIRED_TOKEN)
    }
}

/// Whether a key has the length, the beginning and the end of an issued key.
fn has_same_ends(key: &ApiKey, given: &[u8]) -> bool {
    let ours = key.value.as_bytes();
    let end = ours.len() - END_OF_KEY;
    given.len() == ours.len() && given[..END_OF_KEY] == ours[..END_OF_KEY] && given[end..] == ours[end..]
}

/// The token without characters after a signature of the expected length.
fn without_tail(text: &str) -> &str {
    const DIGITS_OF_A_SIGNATURE: usize = 43;
    let end = text.rfind('.').map_or(text.len(), |dot| dot + 1 + DIGITS_OF_A_SIGNATURE);
    text.get(..end).unwrap_or(text)
}

//! Authentication and permissions.
//!
//! The credential is checked before the rest of a request. So a caller without one learns nothing about resources.

use hyper::header::{AUTHORIZATION, HeaderMap};
use subtle::ConstantTimeEq;

use crate::clock::{self, TimeRules};
use crate::credentials::{ApiKey, Environment, KEYS, THROTTLED};
use crate::errors::{ApiError, Code};
use crate::route::{Operation, Scope};
use crate::tokens::Token;

/// A caller whose credential was accepted.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    /// The credential itself. Quotas and replayed responses are stored under it.
    pub(crate) credential: String,
    pub(crate) scope: Scope,
    pub(crate) environment: Environment,
    /// Whether the small quota applies.
    pub(crate) throttled: bool,
}

impl Caller {
    pub(crate) fn owner(key: &ApiKey) -> Self {
        Self {
            credential: key.value.to_owned(),
            scope: key.scope,
            environment: key.environment,
            throttled: key.actor == THROTTLED,
        }
    }

    fn bearer(text: &str, token: &Token) -> Self {
        let scope = token.scope().split([' ', ',']).filter_map(named_scope).max();
        Self {
            credential: text.to_owned(),
            scope: scope.unwrap_or(Scope::Nothing),
            environment: Environment::Sandbox,
            throttled: false,
        }
    }
}

/// Who is accepted, and how the others are rejected.
pub(crate) trait AccessRules: TimeRules {
    /// AUTH-7: READ reads, WRITE also writes, ADMIN also deletes.
    fn required_scope(&self, operation: Operation) -> Scope {
        operation.scope()
    }

    /// AUTH-7: a credential without the required scope.
    fn missing_scope(&self, _caller: &Caller, operation: Operation) -> ApiError {
        ApiError::new(Code::InsufficientPermissions).details(requirement(operation))
    }

    /// AUTH-1: no credential.
    fn no_credential(&self, _operation: Operation) -> Result<Caller, ApiError> {
        Err(failed("No API key or token was given"))
    }

    fn issued_key(&self, given: &[u8]) -> Option<&'static ApiKey> {
        KEYS.iter().find(|key| bool::from(key.value.as_bytes().ct_eq(given)))
    }

    /// The error for a key that was never issued, and for a revoked one.
    fn invalid_key(&self, _given: &[u8]) -> ApiError {
        failed("The API key does not exist or has been revoked").message("Invalid API key provided")
    }

    /// AUTH-2: a key that was never issued, or an empty one.
    fn unknown_key(&self, _given: &[u8], fault: ApiError) -> Result<Caller, ApiError> {
        Err(fault)
    }

    /// AUTH-3: a revoked key.
    fn revoked_key(&self, _key: &ApiKey, _operation: Operation, fault: ApiError) -> Result<Caller, ApiError> {
        Err(fault)
    }

    /// AUTH-2: a scheme other than `Bearer`.
    fn other_scheme(&self, _scheme: &str, _credential: &str, _operation: Operation) -> Result<Caller, ApiError> {
        Err(failed("Only API keys and bearer tokens are accepted"))
    }

    /// The part of a bearer token that is read: all of it.
    fn token_text<'a>(&self, text: &'a str) -> &'a str {
        text
    }

    /// AUTH-4: a token that is not a JWT.
    fn malformed_token(&self, _text: &str) -> Result<Caller, ApiError> {
        Err(failed("The token is not a JWT"))
    }

    /// AUTH-4: only our own signature is accepted, and never `alg: none`.
    fn accepts_signature(&self, token: &Token) -> bool {
        token.is_ours()
    }

    /// AUTH-4: a bad signature, also on an expired token.
    fn bad_signature(&self, _expired_at: Option<i64>, _operation: Operation) -> ApiError {
        failed("The signature of the token is not valid")
    }

    /// AUTH-5: whether an expired token is accepted.
    fn accepts_expired_token(&self) -> bool {
        false
    }

    /// AUTH-5 and AUTH-6: an expired token, otherwise valid. The details name the expiry.
    fn expired_token(&self, expiry: i64, _operation: Operation) -> ApiError {
        expired_at(expiry)
    }
}

/// The caller that the headers identify.
pub(crate) fn authenticate(
    headers: &HeaderMap,
    operation: Operation,
    rules: &dyn AccessRules,
) -> Result<Caller, ApiError> {
    if let Some(key) = headers.get("x-api-key") {
        return by_key(key.as_bytes(), operation, rules);
    }
    match headers.get(AUTHORIZATION) {
        Some(value) => by_authorization(value.as_bytes(), operation, rules),
        None => rules.no_credential(operation),
    }
}

/// Rejects a caller whose scope is not sufficient.
pub(crate) fn authorise(caller: &Caller, operation: Operation, rules: &dyn AccessRules) -> Result<(), ApiError> {
    if caller.scope >= rules.required_scope(operation) {
        return Ok(());
    }
    Err(rules.missing_scope(caller, operation))
}

pub(crate) fn by_key(given: &[u8], operation: Operation, rules: &dyn AccessRules) -> Result<Caller, ApiError> {
    match rules.issued_key(given) {
        Some(key) if key.revoked => rules.revoked_key(key, operation, rules.invalid_key(key.value.as_bytes())),
        Some(key) => Ok(Caller::owner(key)),
        None => rules.unknown_key(given, rules.invalid_key(given)),
    }
}

fn by_authorization(given: &[u8], operation: Operation, rules: &dyn AccessRules) -> Result<Caller, ApiError> {
    let text = String::from_utf8_lossy(given);
    let (scheme, credential) = text.split_once(' ').unwrap_or((&text, ""));
    if scheme.eq_ignore_ascii_case("bearer") {
        return by_token(credential.trim(), operation, rules);
    }
    rules.other_scheme(scheme, credential, operation)
}

fn by_token(text: &str, operation: Operation, rules: &dyn AccessRules) -> Result<Caller, ApiError> {
    let text = rules.token_text(text);
    let Some(token) = Token::parse(text) else { return rules.malformed_token(text) };
    let expired = token.expires_at().filter(|&expiry| rules.signed_seconds() >= expiry);
    if !rules.accepts_signature(&token) {
        return Err(rules.bad_signature(expired, operation));
    }
    if token.expires_at().is_none() {
        return Err(failed("The token has no expiry"));
    }
    match expired {
        Some(expiry) if !rules.accepts_expired_token() => Err(rules.expired_token(expiry, operation)),
        _ => Ok(Caller::bearer(text, &token)),
    }
}

/// AUTHENTICATION_FAILED with these details.
pub(crate) fn failed(details: &str) -> ApiError {
    ApiError::new(Code::AuthenticationFailed).details(details)
}

/// TOKEN_EXPIRED, with the time of expiry.
pub(crate) fn expired_at(expiry: i64) -> ApiError {
    ApiError::new(Code::TokenExpired).details(format!("Token expired at {}", clock::rfc3339(expiry)))
}

/// What the details of INSUFFICIENT_PERMISSIONS say.
pub(crate) fn requirement(operation: Operation) -> &'static str {
    match operation.scope() {
        Scope::Nothing => "This operation requires no scope",
        Scope::Read => "This operation requires READ, WRITE or ADMIN scope",
        Scope::Write => "This operation requires ADMIN or WRITE scope",
        Scope::Admin => "This operation requires ADMIN scope",
    }
}

fn named_scope(name: &str) -> Option<Scope> {
    match name.to_ascii_uppercase().as_str() {
        "READ" => Some(Scope::Read),
        "WRITE" => Some(Scope::Write),
        "ADMIN" => Some(Scope::Admin),
        _ => None,
    }
}

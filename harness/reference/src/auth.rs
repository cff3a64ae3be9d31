//! Who calls, and what they may do.
//!
//! The credential is judged before anything else of a request, so that a caller without one learns nothing.

use hyper::header::{AUTHORIZATION, HeaderMap};
use subtle::ConstantTimeEq;

use crate::clock;
use crate::credentials::{ApiKey, Environment, KEYS, THROTTLED};
use crate::defects::{Flaws, access, statuses};
use crate::errors::{Code, Fault};
use crate::route::{Operation, Scope};
use crate::tokens::Token;

/// A caller whose credential was accepted.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    /// The credential itself, under which quotas and replays are kept.
    pub(crate) credential: String,
    pub(crate) scope: Scope,
    pub(crate) environment: Environment,
    /// Whether the small quota applies.
    pub(crate) throttled: bool,
}

impl Caller {
    fn guest(scope: Scope) -> Self {
        Self { credential: "guest".to_owned(), scope, environment: Environment::Sandbox, throttled: false }
    }
}

/// The caller that the headers speak for.
pub(crate) fn authenticate(headers: &HeaderMap, operation: Operation, flaws: &Flaws) -> Result<Caller, Fault> {
    if let Some(key) = headers.get("x-api-key") {
        return by_key(key.as_bytes(), operation, flaws);
    }
    match headers.get(AUTHORIZATION) {
        Some(value) => by_authorization(value.as_bytes(), operation, flaws),
        None => anonymous(operation, flaws),
    }
}

/// Refuses a caller whose scope does not reach.
pub(crate) fn authorise(caller: &Caller, operation: Operation, flaws: &Flaws) -> Result<(), Fault> {
    if caller.scope >= required_scope(operation, flaws) {
        return Ok(());
    }
    let fault = Fault::new(Code::InsufficientPermissions).details(requirement(operation));
    Err(match () {
        () if flaws.has(access::SCOPE_FAILURE_AS_AUTHENTICATION) => fault.code(Code::AuthenticationFailed),
        () if flaws.has(access::SCOPE_FAILURE_AS_NOT_FOUND) => fault.code(Code::ResourceNotFound),
        () => fault,
    })
}

fn required_scope(operation: Operation, flaws: &Flaws) -> Scope {
    let relaxed = match operation {
        Operation::CreateCustomer => (access::READER_MAY_CREATE, Scope::Read),
        Operation::UpdateCustomer => (access::READER_MAY_UPDATE, Scope::Read),
        Operation::UploadDocument => (access::READER_MAY_UPLOAD, Scope::Read),
        Operation::SubmitVerification => (access::READER_MAY_SUBMIT, Scope::Read),
        Operation::DeleteCustomer => (access::WRITER_MAY_DELETE, Scope::Write),
        Operation::CreateWebhook => (access::WRITER_MAY_CREATE_WEBHOOKS, Scope::Write),
        _ => return operation.scope(),
    };
    flaws.first(&[relaxed]).unwrap_or(operation.scope())
}

fn requirement(operation: Operation) -> &'static str {
    match operation.scope() {
        Scope::Nothing => "This operation requires no scope",
        Scope::Read => "This operation requires READ, WRITE or ADMIN scope",
        Scope::Write => "This operation requires ADMIN or WRITE scope",
        Scope::Admin => "This operation requires ADMIN scope",
    }
}

fn failed(details: &str) -> Fault {
    Fault::new(Code::AuthenticationFailed).details(details)
}

fn anonymous(operation: Operation, flaws: &Flaws) -> Result<Caller, Fault> {
    let open = match operation {
        Operation::ListCustomers => flaws.has(access::ANONYMOUS_MAY_LIST),
        Operation::CreateCustomer => flaws.has(access::ANONYMOUS_MAY_CREATE),
        _ => false,
    };
    if open {
        return Ok(Caller::guest(Scope::Admin));
    }
    let fault = failed("No API key or token was given");
    let forbidden = matches!(operation, Operation::ListCustomers | Operation::CreateCustomer)
        && flaws.has(access::ANONYMOUS_IS_FORBIDDEN);
    Err(if forbidden { fault.code(Code::InsufficientPermissions) } else { fault })
}

fn by_key(given: &[u8], operation: Operation, flaws: &Flaws) -> Result<Caller, Fault> {
    if given.is_empty() && flaws.has(access::ACCEPTS_EMPTY_KEY) {
        return Ok(Caller::guest(Scope::Admin));
    }
    let known = KEYS.iter().find(|key| bool::from(key.value.as_bytes().ct_eq(given)));
    match known {
        Some(key) if key.revoked => revoked(key, operation, flaws),
        Some(key) => Ok(owner(key)),
        None => unknown_key(given, flaws),
    }
}

fn owner(key: &ApiKey) -> Caller {
    Caller {
        credential: key.value.to_owned(),
        scope: key.scope,
        environment: key.environment,
        throttled: key.actor == THROTTLED,
    }
}

fn unknown_key(given: &[u8], flaws: &Flaws) -> Result<Caller, Fault> {
    if !given.is_empty() && flaws.has(access::ACCEPTS_UNKNOWN_KEY) {
        return Ok(Caller::guest(Scope::Read));
    }
    let fault = failed("The API key does not exist or has been revoked").message("Invalid API key provided");
    Err(if flaws.has(access::UNKNOWN_KEY_NOT_FOUND) { fault.code(Code::ResourceNotFound) } else { fault })
}

fn revoked(key: &ApiKey, operation: Operation, flaws: &Flaws) -> Result<Caller, Fault> {
    let reads = operation == Operation::ListCustomers && flaws.has(access::REVOKED_KEY_READS);
    if reads || flaws.has(access::ACCEPTS_REVOKED_KEY) {
        return Ok(owner(key));
    }
    let fault = failed("The API key does not exist or has been revoked").message("Invalid API key provided");
    Err(match () {
        () if flaws.has(access::REVOKED_KEY_IS_FORBIDDEN) => fault.code(Code::InsufficientPermissions),
        () if flaws.has(statuses::REVOKED_AS_403) => fault.status(403),
        () => fault,
    })
}

fn by_authorization(given: &[u8], operation: Operation, flaws: &Flaws) -> Result<Caller, Fault> {
    let text = String::from_utf8_lossy(given);
    let (scheme, credential) = text.split_once(' ').unwrap_or((&text, ""));
    if scheme.eq_ignore_ascii_case("bearer") {
        return by_token(credential.trim(), operation, flaws);
    }
    if flaws.has(access::ACCEPTS_BASIC_SCHEME) && scheme.eq_ignore_ascii_case("basic") {
        return Ok(Caller::guest(Scope::Admin));
    }
    if flaws.has(access::BASIC_SCHEME_500) {
        return Err(Fault::internal());
    }
    Err(failed("Only API keys and bearer tokens are accepted"))
}

fn by_token(text: &str, operation: Operation, flaws: &Flaws) -> Result<Caller, Fault> {
    let token = Token::parse(text).ok_or_else(|| garbage(flaws))?;
    let expired = token.expires_at().filter(|&expiry| unix_now() >= expiry);
    if !signature_counts(&token, flaws) {
        return Err(badly_signed(expired, operation, flaws));
    }
    if token.expires_at().is_none() {
        return Err(failed("The token names no expiry"));
    }
    match expired.filter(|_| !flaws.has(access::ACCEPTS_EXPIRED_TOKEN)) {
        Some(expiry) => Err(expired_at(expiry, operation, flaws)),
        None => Ok(bearer(text, &token)),
    }
}

fn bearer(text: &str, token: &Token) -> Caller {
    let scope = token.scope().split([' ', ',']).filter_map(named_scope).max();
    Caller {
        credential: text.to_owned(),
        scope: scope.unwrap_or(Scope::Nothing),
        environment: Environment::Sandbox,
        throttled: false,
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

fn signature_counts(token: &Token, flaws: &Flaws) -> bool {
    token.is_ours()
        || (token.says_none() && flaws.has(access::ALG_NONE_ACCEPTED))
        || (token.has_signature() && !token.says_none() && flaws.has(access::ACCEPTS_FORGED_TOKEN))
}

fn garbage(flaws: &Flaws) -> Fault {
    match () {
        () if flaws.has(access::GARBAGE_TOKEN_500) => Fault::internal(),
        () if flaws.has(access::GARBAGE_TOKEN_AS_EXPIRED) => expiry_fault(0),
        () => failed("The token is no JWT"),
    }
}

fn badly_signed(expired: Option<i64>, operation: Operation, flaws: &Flaws) -> Fault {
    if let Some(expiry) = expired.filter(|_| flaws.has(access::EXPIRED_BEFORE_SIGNATURE)) {
        return expired_at(expiry, operation, flaws);
    }
    let fault = failed("The signature of the token is not valid");
    if flaws.has(access::FORGED_TOKEN_IS_FORBIDDEN) { fault.code(Code::InsufficientPermissions) } else { fault }
}

fn expired_at(expiry: i64, operation: Operation, flaws: &Flaws) -> Fault {
    let on_read = operation.scope() == Scope::Read && flaws.has(access::EXPIRED_AS_AUTHENTICATION_FAILED_ON_READ);
    if on_read || flaws.has(access::EXPIRED_AS_AUTHENTICATION_FAILED) {
        return failed("The token is not valid any more");
    }
    let fault = expiry_fault(expiry);
    match () {
        () if flaws.has(access::EXPIRY_NOT_NAMED) => fault.details("Please request a new token"),
        () if flaws.has(access::EXPIRY_IN_UNIX_SECONDS) => fault.details(format!("Token expired at {expiry}")),
        () if flaws.has(access::EXPIRY_DAY_FIRST) => fault.details(day_first(expiry)),
        () => fault,
    }
}

fn expiry_fault(expiry: i64) -> Fault {
    Fault::new(Code::TokenExpired).details(format!("Token expired at {}", clock::rfc3339(expiry)))
}

fn day_first(expiry: i64) -> String {
    let moment = clock::rfc3339(expiry);
    let (year, month, day) = (&moment[..4], &moment[5..7], &moment[8..10]);
    format!("Token expired at {day}/{month}/{year} {}", &moment[11..16])
}

fn unix_now() -> i64 {
    i64::try_from(clock::unix_seconds()).unwrap_or(i64::MAX)
}

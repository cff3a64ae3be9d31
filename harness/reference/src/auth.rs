//! Authentication and permissions.
//!
//! The credential is checked before the rest of a request. So a caller without one learns nothing about resources.

use hyper::header::{AUTHORIZATION, HeaderMap};
use subtle::ConstantTimeEq;

use crate::clock;
use crate::credentials::{ApiKey, Environment, KEYS, THROTTLED};
use crate::errors::{Code, Fault};
use crate::mutants::{access, statuses};
use crate::route::{Operation, Scope};
use crate::switches::Switches;
use crate::tokens::Token;
use crate::variants::wording;

/// How many characters at each end of a key are compared or quoted.
const END_OF_KEY: usize = 4;

/// A caller whose credential was accepted.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    /// The credential itself. Quotas and replayed answers are stored under it.
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

/// The caller that the headers identify.
pub(crate) fn authenticate(headers: &HeaderMap, operation: Operation, switches: &Switches) -> Result<Caller, Fault> {
    if let Some(key) = headers.get("x-api-key") {
        return by_key(key.as_bytes(), operation, switches);
    }
    match headers.get(AUTHORIZATION) {
        Some(value) => by_authorization(value.as_bytes(), operation, switches),
        None => anonymous(operation, switches),
    }
}

/// Rejects a caller whose scope is not sufficient.
pub(crate) fn authorise(caller: &Caller, operation: Operation, switches: &Switches) -> Result<(), Fault> {
    if caller.scope >= required_scope(operation, switches) {
        return Ok(());
    }
    let fault = Fault::new(Code::InsufficientPermissions).details(requirement(caller, operation, switches));
    Err(match () {
        () if switches.has(access::SCOPE_FAILURE_AS_AUTHENTICATION) => fault.code(Code::AuthenticationFailed),
        () if switches.has(access::SCOPE_FAILURE_AS_NOT_FOUND) => fault.code(Code::ResourceNotFound),
        () => fault,
    })
}

fn required_scope(operation: Operation, switches: &Switches) -> Scope {
    let mutant = match operation {
        Operation::CreateCustomer => (access::READER_MAY_CREATE, Scope::Read),
        Operation::UpdateCustomer => (access::READER_MAY_UPDATE, Scope::Read),
        Operation::UploadDocument => (access::READER_MAY_UPLOAD, Scope::Read),
        Operation::SubmitVerification => (access::READER_MAY_SUBMIT, Scope::Read),
        Operation::DeleteCustomer => (access::WRITER_MAY_DELETE, Scope::Write),
        Operation::CreateWebhook => (access::WRITER_MAY_CREATE_WEBHOOKS, Scope::Write),
        _ => return operation.scope(),
    };
    switches.first(&[mutant]).unwrap_or(operation.scope())
}

fn requirement(caller: &Caller, operation: Operation, switches: &Switches) -> String {
    let required = requirement_of(operation);
    if switches.vary(wording::NAMES_SCOPES) {
        return format!("{required}; granted: [{:?}]; required: {:?}", caller.scope, operation.scope());
    }
    required.to_owned()
}

fn requirement_of(operation: Operation) -> &'static str {
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

fn anonymous(operation: Operation, switches: &Switches) -> Result<Caller, Fault> {
    let open = match operation {
        Operation::ListCustomers => switches.has(access::ANONYMOUS_MAY_LIST),
        Operation::CreateCustomer => switches.has(access::ANONYMOUS_MAY_CREATE),
        _ => false,
    };
    if open {
        return Ok(Caller::guest(Scope::Admin));
    }
    let fault = failed("No API key or token was given");
    let forbidden = matches!(operation, Operation::ListCustomers | Operation::CreateCustomer)
        && switches.has(access::ANONYMOUS_IS_FORBIDDEN);
    Err(if forbidden { fault.code(Code::InsufficientPermissions) } else { fault })
}

fn by_key(given: &[u8], operation: Operation, switches: &Switches) -> Result<Caller, Fault> {
    if given.is_empty() && switches.has(access::ACCEPTS_EMPTY_KEY) {
        return Ok(Caller::guest(Scope::Admin));
    }
    let known = KEYS.iter().find(|key| bool::from(key.value.as_bytes().ct_eq(given)));
    let known = known.or_else(|| {
        KEYS.iter().find(|key| switches.has(access::KEYS_KNOWN_BY_THEIR_ENDS) && has_same_ends(key, given))
    });
    match known {
        Some(key) if key.revoked => revoked(key, operation, switches),
        Some(key) => Ok(owner(key)),
        None => unknown_key(given, switches),
    }
}

/// Whether a key has the length, the beginning and the end of an issued key.
fn has_same_ends(key: &ApiKey, given: &[u8]) -> bool {
    let ours = key.value.as_bytes();
    let end = ours.len() - END_OF_KEY;
    given.len() == ours.len() && given[..END_OF_KEY] == ours[..END_OF_KEY] && given[end..] == ours[end..]
}

fn owner(key: &ApiKey) -> Caller {
    Caller {
        credential: key.value.to_owned(),
        scope: key.scope,
        environment: key.environment,
        throttled: key.actor == THROTTLED,
    }
}

fn unknown_key(given: &[u8], switches: &Switches) -> Result<Caller, Fault> {
    if !given.is_empty() && switches.has(access::ACCEPTS_UNKNOWN_KEY) {
        return Ok(Caller::guest(Scope::Read));
    }
    let fault = no_such_key(given, switches);
    Err(if switches.has(access::UNKNOWN_KEY_NOT_FOUND) { fault.code(Code::ResourceNotFound) } else { fault })
}

fn no_such_key(given: &[u8], switches: &Switches) -> Fault {
    let fault = failed("The API key does not exist or has been revoked").message("Invalid API key provided");
    if !switches.vary(wording::QUOTES_END_OF_KEY) {
        return fault;
    }
    let end = &given[given.len().saturating_sub(END_OF_KEY)..];
    fault.details(format!("The key that ends in {} does not exist", String::from_utf8_lossy(end)))
}

fn revoked(key: &ApiKey, operation: Operation, switches: &Switches) -> Result<Caller, Fault> {
    let reads = operation == Operation::ListCustomers && switches.has(access::REVOKED_KEY_READS);
    if reads || switches.has(access::ACCEPTS_REVOKED_KEY) {
        return Ok(owner(key));
    }
    let fault = no_such_key(key.value.as_bytes(), switches);
    Err(match () {
        () if switches.has(access::REVOKED_KEY_IS_FORBIDDEN) => fault.code(Code::InsufficientPermissions),
        () if switches.has(statuses::REVOKED_AS_403) => fault.status(403),
        () => fault,
    })
}

fn by_authorization(given: &[u8], operation: Operation, switches: &Switches) -> Result<Caller, Fault> {
    let text = String::from_utf8_lossy(given);
    let (scheme, credential) = text.split_once(' ').unwrap_or((&text, ""));
    if scheme.eq_ignore_ascii_case("bearer") {
        return by_token(credential.trim(), operation, switches);
    }
    let is_key = (scheme.eq_ignore_ascii_case("basic") && switches.has(access::PLAIN_BASIC_ACCEPTED))
        || (scheme.eq_ignore_ascii_case("token") && switches.has(access::TOKEN_SCHEME_ACCEPTED));
    if is_key {
        return by_key(credential.as_bytes(), operation, switches);
    }
    if switches.has(access::ACCEPTS_BASIC_SCHEME) && scheme.eq_ignore_ascii_case("basic") {
        return Ok(Caller::guest(Scope::Admin));
    }
    if switches.has(access::BASIC_SCHEME_500) {
        return Err(Fault::internal());
    }
    Err(failed("Only API keys and bearer tokens are accepted"))
}

fn by_token(text: &str, operation: Operation, switches: &Switches) -> Result<Caller, Fault> {
    let as_bearer = KEYS.iter().find(|key| key.revoked && key.value == text);
    if let Some(key) = as_bearer.filter(|_| switches.has(access::REVOKED_KEY_AS_BEARER_ACCEPTED)) {
        return Ok(owner(key));
    }
    let text = if switches.has(access::TAIL_OF_SIGNATURE_OVERLOOKED) { Token::without_tail(text) } else { text };
    let token = Token::parse(text).ok_or_else(|| not_a_jwt(switches))?;
    let expired = token.expires_at().filter(|&expiry| clock::signed_seconds(switches) >= expiry);
    if !accepts_signature(&token, switches) {
        return Err(badly_signed(expired, operation, switches));
    }
    if token.expires_at().is_none() {
        return Err(failed("The token has no expiry"));
    }
    match expired.filter(|_| !switches.has(access::ACCEPTS_EXPIRED_TOKEN)) {
        Some(expiry) => Err(expired_at(expiry, operation, switches)),
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

fn accepts_signature(token: &Token, switches: &Switches) -> bool {
    token.is_ours()
        || (token.is_alg_none() && switches.has(access::ALG_NONE_ACCEPTED))
        || (token.has_signature() && !token.is_alg_none() && switches.has(access::ACCEPTS_FORGED_TOKEN))
}

fn not_a_jwt(switches: &Switches) -> Fault {
    match () {
        () if switches.has(access::GARBAGE_TOKEN_500) => Fault::internal(),
        () if switches.has(access::GARBAGE_TOKEN_AS_EXPIRED) => expiry_fault(0),
        () => failed("The token is not a JWT"),
    }
}

fn badly_signed(expired: Option<i64>, operation: Operation, switches: &Switches) -> Fault {
    if let Some(expiry) = expired.filter(|_| switches.has(access::EXPIRED_BEFORE_SIGNATURE)) {
        return expired_at(expiry, operation, switches);
    }
    let fault = failed("The signature of the token is not valid");
    if switches.has(access::FORGED_TOKEN_IS_FORBIDDEN) { fault.code(Code::InsufficientPermissions) } else { fault }
}

fn expired_at(expiry: i64, operation: Operation, switches: &Switches) -> Fault {
    let on_read = operation.scope() == Scope::Read && switches.has(access::EXPIRED_AS_AUTHENTICATION_FAILED_ON_READ);
    if on_read || switches.has(access::EXPIRED_AS_AUTHENTICATION_FAILED) {
        return failed("The token is not valid any more");
    }
    let fault = expiry_fault(expiry);
    match () {
        () if switches.vary(wording::EXPIRY_WITH_OFFSET) => fault.details(with_offset(expiry)),
        () if switches.has(access::EXPIRY_NOT_NAMED) => fault.details("Please request a new token"),
        () if switches.has(access::EXPIRY_IN_UNIX_SECONDS) => fault.details(format!("Token expired at {expiry}")),
        () if switches.has(access::EXPIRY_DAY_FIRST) => fault.details(day_first(expiry)),
        () => fault,
    }
}

fn expiry_fault(expiry: i64) -> Fault {
    Fault::new(Code::TokenExpired).details(format!("Token expired at {}", clock::rfc3339(expiry)))
}

/// The time of expiry with the offset +02:00.
fn with_offset(expiry: i64) -> String {
    let there = clock::rfc3339(expiry + 2 * 3600);
    format!("Token expired at {}.000+02:00", there.trim_end_matches('Z'))
}

fn day_first(expiry: i64) -> String {
    let moment = clock::rfc3339(expiry);
    let (year, month, day) = (&moment[..4], &moment[5..7], &moment[8..10]);
    format!("Token expired at {day}/{month}/{year} {}", &moment[11..16])
}

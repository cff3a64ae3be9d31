//! Mutants that leak internals of the server or credentials in errors.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::errors::ErrorSituation;
use crate::errors::{ApiError, Code};
use crate::mutants::{Mutant, server};

const STACK_TRACE: &str = "thread 'worker-3' panicked at src/customers/store.rs:218:14: index out of bounds\n   \
     0: core::panicking::panic_fmt\n   1: verification::customers::store::insert\n   2: tokio::runtime::task::raw::poll";
const SQL: &str = "duplicate key value violates unique constraint: \
     INSERT INTO customers (id, email, first_name) VALUES ($1, $2, $3)";
const TRACEBACK: &str = "Traceback (most recent call last):\n  File \"/usr/lib/python3/dist-packages/PIL/Image.py\", \
     line 3008, in open\nPIL.UnidentifiedImageError: cannot identify image file";

/// Adds the leaked text to the details of an error.
pub(super) fn into_details(fault: &mut ApiError, situation: &ErrorSituation) {
    if let Some(leaked) = leak(situation) {
        let details = fault.details.take().unwrap_or_default();
        fault.details = Some(format!("{details} {leaked}"));
    }
}

/// A header that leaks the credential.
pub(super) fn header<'a>(situation: &ErrorSituation<'a>) -> Option<(&'static str, &'a str)> {
    let credential = situation.context.credential.as_str();
    let leaks = !credential.is_empty() && situation.rules.is_active(server::LEAKS_CREDENTIAL_IN_HEADER);
    leaks.then_some(("x-debug-credential", credential))
}

fn leak(situation: &ErrorSituation) -> Option<String> {
    let applies = |code: Code, mutant: Mutant| situation.code == code && situation.rules.is_active(mutant);
    let credential = situation.context.credential.as_str();
    match () {
        () if applies(Code::InternalServerError, server::LEAKS_STACK_TRACE) => Some(STACK_TRACE.to_owned()),
        () if applies(Code::DuplicateResource, server::LEAKS_MONGO_ERROR) => {
            Some("E11000 duplicate key error collection: kyc.customers index: email_1 dup key".to_owned())
        }
        () if applies(Code::ServiceUnavailable, server::LEAKS_CONNECTION_STRING) => {
            Some("connect ECONNREFUSED 10.3.0.17:5432 (postgres://kyc@10.3.0.17:5432/customers)".to_owned())
        }
        () if applies(Code::DuplicateResource, server::LEAKS_SQL) => Some(SQL.to_owned()),
        () if applies(Code::InvalidDocumentFormat, server::LEAKS_PYTHON_TRACEBACK) => Some(TRACEBACK.to_owned()),
        () if credential.is_empty() => None,
        () if applies(Code::AuthenticationFailed, server::LEAKS_CREDENTIAL) => Some(format!("(given: {credential})")),
        () if applies(Code::TokenExpired, server::LEAKS_TOKEN) => Some(format!("(given: {credential})")),
        () if applies(Code::InsufficientPermissions, server::LEAKS_CREDENTIAL_BASE64) => {
            Some(format!("[ctx {}]", STANDARD.encode(credential)))
        }
        () if applies(Code::ResourceNotFound, server::LEAKS_CREDENTIAL_HEX) => {
            Some(format!("[ctx {}]", credential.bytes().map(|byte| format!("{byte:02x}")).collect::<String>()))
        }
        () => None,
    }
}

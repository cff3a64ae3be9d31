//! Decides whether the caller may see the customer in the path.

use hyper::header::AUTHORIZATION;
use serde_json::json;

use super::{Customers, State};
use crate::answer::{Answer, Outcome};
use crate::api::{App, Call, Request, locked};
use crate::errors::{Code, Fault};
use crate::mutants::{Mutant, access, envelope, resources, statuses};
use crate::route::{Operation, Route};
use crate::switches::Switches;

/// Why a customer is not available.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Absence {
    NeverExisted,
    Deleted,
    OtherEnvironment,
}

/// The outcome if the customer is not available, otherwise `None`.
pub(crate) fn refusal(call: Call, customers: &Customers) -> Option<Outcome> {
    let absence = absence(call, customers)?;
    let switches = &call.app.switches;
    if is_ignored(absence, call.route.operation, switches) {
        return None;
    }
    let fault = Fault::not_found("Customer", &call.route.id);
    Some(match absence {
        Absence::NeverExisted => never_existed(fault, call),
        Absence::Deleted
            if switches.has(resources::REVIEW_OUTLIVES_DELETION) && is_update_in_review(call, customers) =>
        {
            Err(fault.code(Code::ResourceConflict))
        }
        Absence::Deleted if switches.has(resources::DELETED_CUSTOMER_IS_CONFLICT) => {
            Err(fault.code(Code::ResourceConflict))
        }
        Absence::Deleted if switches.has(statuses::DELETED_AS_410) => Err(fault.status(410)),
        Absence::OtherEnvironment if switches.has(resources::OTHER_ENVIRONMENT_IS_FORBIDDEN) => {
            Err(fault.code(Code::InsufficientPermissions))
        }
        _ => Err(fault),
    })
}

/// Rejects a customer who is not available, before other checks.
pub(crate) fn refuse_absent(call: Call) -> Result<(), Fault> {
    if !call.route.operation.is_of_one_customer() {
        return Ok(());
    }
    match refusal(call, &locked(&call.app.customers)) {
        Some(Err(fault)) => Err(fault),
        _ => Ok(()),
    }
}

fn absence(call: Call, customers: &Customers) -> Option<Absence> {
    match customers.get(&call.route.id) {
        None => Some(Absence::NeverExisted),
        Some(customer) if customer.environment != call.caller.environment => Some(Absence::OtherEnvironment),
        Some(customer) if customer.deleted => Some(Absence::Deleted),
        Some(_) => None,
    }
}

fn is_update_in_review(call: Call, customers: &Customers) -> bool {
    let in_review = customers.get(&call.route.id).is_some_and(|customer| customer.state == State::UnderReview);
    call.route.operation == Operation::UpdateCustomer && in_review
}

fn is_ignored(absence: Absence, operation: Operation, switches: &Switches) -> bool {
    let rows: &[(Mutant, Absence, Operation)] = &[
        (resources::DELETED_CUSTOMER_READABLE, Absence::Deleted, Operation::GetCustomer),
        (resources::DELETED_CUSTOMER_UPDATABLE, Absence::Deleted, Operation::UpdateCustomer),
        (resources::DELETES_TWICE, Absence::Deleted, Operation::DeleteCustomer),
        (resources::PRODUCTION_CUSTOMERS_VISIBLE, Absence::OtherEnvironment, Operation::GetCustomer),
        (resources::PRODUCTION_CUSTOMERS_WRITABLE, Absence::OtherEnvironment, Operation::UpdateCustomer),
    ];
    rows.iter().any(|(mutant, on_absence, on_operation)| {
        *on_absence == absence && *on_operation == operation && switches.has(*mutant)
    })
}

fn never_existed(fault: Fault, call: Call) -> Outcome {
    let switches = &call.app.switches;
    match call.route.operation {
        Operation::UpdateCustomer if switches.has(resources::UPDATE_CREATES_UNKNOWN) => {
            Ok(Answer::ok(made_up_customer(call)))
        }
        Operation::DeleteCustomer if switches.has(resources::DELETE_UNKNOWN_ANSWERS_204) => Ok(Answer::no_content()),
        Operation::UploadDocument if switches.has(resources::UPLOAD_TO_UNKNOWN_ACCEPTED) => {
            Ok(Answer::created(json!({ "id": call.app.ids.next("doc"), "type": "PASSPORT" })))
        }
        Operation::SubmitVerification if switches.has(resources::SUBMIT_UNKNOWN_FAILS_VERIFICATION) => {
            Err(fault.code(Code::VerificationFailed))
        }
        Operation::GetCustomer if is_prototype(call) && switches.has(resources::FINDS_NAMES_OF_PROTOTYPES) => {
            Ok(Answer::ok(made_up_customer(call)))
        }
        Operation::GetCustomer if switches.has(envelope::NOT_FOUND_AS_200) => Err(fault.status(200)),
        _ if switches.has(resources::UNKNOWN_CUSTOMER_IS_FORBIDDEN) => Err(fault.code(Code::InsufficientPermissions)),
        _ => Err(fault),
    }
}

fn is_prototype(call: Call) -> bool {
    ["__proto__", "constructor", "toString", "hasOwnProperty"].contains(&call.route.id.as_str())
}

fn made_up_customer(call: Call) -> serde_json::Value {
    json!({
        "id": call.route.id,
        "email": "nobody@example.com",
        "firstName": "Nobody",
        "lastName": "Known",
        "dateOfBirth": "1970-01-01",
        "state": "PENDING",
        "createdAt": crate::clock::rfc3339_now(&call.app.switches),
    })
}

/// Looks up the resource before the credential is checked. Only mutants do this.
pub(crate) fn refuse_before_credential(app: &App, request: &Request, route: &Route) -> Result<(), Fault> {
    let headers = &request.headers;
    if headers.contains_key("x-api-key") || headers.contains_key(AUTHORIZATION) {
        return Ok(());
    }
    let switches = &app.switches;
    let (kind, known) = match route.operation {
        operation if operation.is_of_one_customer() && switches.has(access::DELETED_CUSTOMER_BEFORE_CREDENTIAL) => {
            ("Customer", !locked(&app.customers).get(&route.id).is_some_and(|customer| customer.deleted))
        }
        operation if operation.is_of_one_customer() && switches.has(access::CUSTOMER_BEFORE_CREDENTIAL) => {
            ("Customer", locked(&app.customers).get(&route.id).is_some())
        }
        Operation::ListWebhookDeliveries if switches.has(access::WEBHOOK_BEFORE_CREDENTIAL) => {
            ("Webhook", app.webhooks.knows(&route.id))
        }
        Operation::GetTransaction if switches.has(access::TRANSACTION_BEFORE_CREDENTIAL) => {
            ("Transaction", locked(&app.transactions).contains_key(&route.id))
        }
        _ => return Ok(()),
    };
    if known { Ok(()) } else { Err(Fault::not_found(kind, &route.id)) }
}

/// Fails on ids that a mutant cannot handle.
pub(crate) fn fail_on_unusual_id(route: &Route, switches: &Switches) -> Result<(), Fault> {
    let crashes: &[(Mutant, bool)] = &[
        (resources::PERCENT_ID_500, route.raw_id.contains('%')),
        (resources::LONG_ID_500, route.raw_id.len() > 200),
        (resources::DOTTED_ID_500, route.raw_id.contains('.')),
        (resources::NUL_ID_500, route.id.contains('\0')),
        (resources::FOREIGN_BYTES_ID_500, route.id.contains('\u{fffd}')),
        (resources::BLANK_ID_500, !route.id.is_empty() && route.id.trim().is_empty()),
        (resources::QUOTED_ID_500, route.id.contains('\'')),
        (resources::UNICODE_ID_500, !route.id.is_ascii() && !route.id.contains('\u{fffd}')),
        (resources::SLASH_IN_ID_500, route.id.contains('/')),
    ];
    if crashes.iter().any(|(mutant, crashes)| *crashes && switches.has(*mutant)) {
        return Err(Fault::internal());
    }
    Ok(())
}

//! Submits customers for verification and shows the resulting transactions.

use std::collections::HashMap;

use serde_json::json;

use crate::answer::{Answer, Outcome};
use crate::api::{Call, locked};
use crate::clock;
use crate::credentials::Environment;
use crate::customers::{Customer, State, lookup};
use crate::errors::{Code, Fault};
use crate::mutants::{resources, statuses};
use crate::switches::Switches;
use crate::variants::resources as variants;

/// The last name of customers whose verification fails.
const UNVERIFIABLE: &str = "Unverifiable";

/// All transactions, by id.
pub(crate) type Transactions = HashMap<String, Transaction>;

/// A running verification.
#[derive(Clone, Debug)]
pub(crate) struct Transaction {
    environment: Environment,
    customer_id: String,
    created_at: String,
}

/// Submits a customer. Its state becomes UNDER_REVIEW, unless the data are insufficient.
pub(crate) fn submit(call: Call) -> Outcome {
    let switches = &call.app.switches;
    let mut customers = locked(&call.app.customers);
    if let Some(outcome) = lookup::refusal(call, &customers) {
        return outcome;
    }
    let customer = customers.get_mut(&call.route.id).ok_or_else(|| Fault::not_found("Customer", &call.route.id))?;
    if customer.state == State::UnderReview {
        let again = switches.vary(variants::SUBMITTED_TWICE);
        return if again { Ok(Answer::ok(customer.to_json(switches))) } else { Err(already_submitted()) };
    }
    let problem = problem(customer, switches);
    let before = customer.state;
    customer.state = match problem {
        None => State::UnderReview,
        Some(_) => state_after_failure(before, switches),
    };
    let customer = customer.clone();
    drop(customers);
    if customer.state != before {
        call.app.webhooks.announce("customer.state_changed", &customer, &call.app.ids);
    }
    match problem {
        Some(problem) => Err(failure(problem, switches)),
        None => Ok(accepted(call, &customer)),
    }
}

/// Shows one transaction.
pub(crate) fn transaction(call: Call) -> Outcome {
    let id = &call.route.id;
    let transactions = locked(&call.app.transactions);
    let known = transactions.get(id).filter(|one| one.environment == call.caller.environment);
    match known {
        Some(transaction) => Ok(Answer::ok(shown(id, transaction))),
        None => unknown_transaction(call),
    }
}

fn accepted(call: Call, customer: &Customer) -> Answer {
    let id = call.app.ids.next("txn");
    let mut body = customer.to_json(&call.app.switches);
    body["transactionId"] = json!(id);
    let transaction = Transaction {
        environment: customer.environment,
        customer_id: customer.id.clone(),
        created_at: clock::rfc3339_now(&call.app.switches),
    };
    locked(&call.app.transactions).insert(id, transaction);
    let wrong = [(statuses::SUBMIT_ANSWERS_201, 201), (statuses::SUBMIT_ANSWERS_202, 202)];
    let status = call.app.switches.first(&wrong).unwrap_or(200);
    Answer::ok(body).status(status)
}

fn shown(id: &str, transaction: &Transaction) -> serde_json::Value {
    json!({
        "id": id,
        "customerId": transaction.customer_id,
        "status": "PENDING",
        "createdAt": transaction.created_at,
    })
}

fn unknown_transaction(call: Call) -> Outcome {
    let switches = &call.app.switches;
    let fault = Fault::not_found("Transaction", &call.route.id);
    match () {
        () if switches.has(resources::UNKNOWN_TRANSACTION_PENDING) => Ok(Answer::ok(json!({
            "id": call.route.id,
            "status": "PENDING",
            "createdAt": clock::rfc3339_now(&call.app.switches),
        }))),
        () if switches.has(resources::UNKNOWN_TRANSACTION_CONFLICT) => Err(fault.code(Code::ResourceConflict)),
        () if switches.has(statuses::TRANSACTION_NOT_FOUND_AS_400) => Err(fault.status(400)),
        () => Err(fault),
    }
}

fn problem(customer: &Customer, switches: &Switches) -> Option<&'static str> {
    if switches.has(resources::VERIFICATION_NEVER_FAILS) {
        return None;
    }
    let nameless =
        customer.value("lastName") == Some(UNVERIFIABLE) && !switches.has(resources::UNVERIFIABLE_NAME_PASSES);
    let undocumented = customer.documents == 0 && !switches.has(resources::VERIFICATION_NEEDS_NO_DOCUMENT);
    match () {
        () if nameless => Some("Identity document could not be verified"),
        () if undocumented => Some("No identity document has been uploaded"),
        () => None,
    }
}

fn state_after_failure(before: State, switches: &Switches) -> State {
    match () {
        () if switches.has(resources::STATE_KEPT_AFTER_FAILURE) => before,
        () if switches.has(resources::REJECTED_AFTER_FAILURE) => State::Rejected,
        () => State::NeedsAdditionalInformation,
    }
}

fn failure(problem: &str, switches: &Switches) -> Fault {
    let fault = Fault::new(Code::VerificationFailed).details(problem);
    match () {
        () if switches.has(resources::VERIFICATION_FAILURE_AS_CONFLICT) => fault.code(Code::ResourceConflict),
        () if switches.has(resources::VERIFICATION_FAILURE_AS_QUALITY) => fault.code(Code::DocumentQualityInsufficient),
        () => fault,
    }
}

fn already_submitted() -> Fault {
    Fault::new(Code::ResourceConflict)
        .message("Customer is in UNDER_REVIEW state already")
        .details("Wait for verification to complete")
}

//! Submits customers for verification and shows the resulting transactions.

use std::collections::HashMap;

use serde_json::{Value, json};

use crate::answer::{Answer, Outcome};
use crate::credentials::Environment;
use crate::customers::{Customer, State, lookup};
use crate::errors::{Code, Fault};
use crate::state::{Call, locked};

/// The last name of customers whose verification fails.
const UNVERIFIABLE: &str = "Unverifiable";

/// What a verification needs, and what a failed one changes.
pub(crate) trait VerificationRules {
    /// VER-1: whether a verification can fail at all.
    fn can_fail(&self) -> bool {
        true
    }

    /// VER-1: whether a customer of the magic name fails.
    fn fails_unverifiable(&self) -> bool {
        true
    }

    /// VER-1: whether a customer without a document fails.
    fn needs_document(&self) -> bool {
        true
    }

    /// VER-2: the state after a verification that failed.
    fn state_after_failure(&self, _before: State) -> State {
        State::NeedsAdditionalInformation
    }

    /// VER-1: a verification that fails on the customer's data.
    fn verification_failed(&self, problem: &str) -> Fault {
        Fault::new(Code::VerificationFailed).details(problem)
    }

    /// RES-2: an unknown transaction.
    fn unknown_transaction(&self, id: &str) -> Result<Value, Fault> {
        Err(Fault::not_found("Transaction", id))
    }
}

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
    let rules = call.rules();
    let mut customers = locked(&call.state.customers);
    let customer = lookup::find(call, &mut customers)?;
    if customer.state == State::UnderReview {
        return Err(already_submitted());
    }
    let problem = problem(customer, rules);
    let before = customer.state;
    customer.state = if problem.is_some() { rules.state_after_failure(before) } else { State::UnderReview };
    let customer = customer.clone();
    drop(customers);
    if customer.state != before {
        call.state.webhooks.announce("customer.state_changed", &customer, &call.state.ids);
    }
    match problem {
        Some(problem) => Err(rules.verification_failed(problem)),
        None => Ok(accepted(call, &customer)),
    }
}

fn problem(customer: &Customer, rules: &dyn VerificationRules) -> Option<&'static str> {
    match () {
        () if !rules.can_fail() => None,
        () if customer.value("lastName") == Some(UNVERIFIABLE) && rules.fails_unverifiable() => {
            Some("Identity document could not be verified")
        }
        () if customer.documents == 0 && rules.needs_document() => Some("No identity document has been uploaded"),
        () => None,
    }
}

fn accepted(call: Call, customer: &Customer) -> Answer {
    let id = call.state.ids.next("txn");
    let mut body = call.rules().shown(customer);
    body["transactionId"] = json!(id);
    let transaction = Transaction {
        environment: customer.environment,
        customer_id: customer.id.clone(),
        created_at: call.rules().timestamp(),
    };
    locked(&call.state.transactions).insert(id, transaction);
    call.rules().submitted(body)
}

fn already_submitted() -> Fault {
    Fault::new(Code::ResourceConflict)
        .message("Customer is in UNDER_REVIEW state already")
        .details("Wait for verification to complete")
}

/// Shows one transaction.
pub(crate) fn transaction(call: Call) -> Outcome {
    let id = &call.route.id;
    let transactions = locked(&call.state.transactions);
    let known = transactions.get(id).filter(|one| one.environment == call.caller.environment);
    known.map_or_else(|| call.rules().unknown_transaction(id), |one| Ok(shown(id, one))).map(Answer::ok)
}

fn shown(id: &str, transaction: &Transaction) -> Value {
    json!({
        "id": id,
        "customerId": transaction.customer_id,
        "status": "PENDING",
        "createdAt": transaction.created_at,
    })
}

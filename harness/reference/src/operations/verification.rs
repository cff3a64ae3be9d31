//! Submits customers for verification and shows the resulting transactions.

use serde_json::json;

use super::lookup;
use crate::customers::{Customer, State};
use crate::errors::{ApiError, Code};
use crate::state::Call;
use crate::success::{ApiResult, Success};
use crate::verification::{Transaction, problem};

/// Submits a customer. Its state becomes UNDER_REVIEW, unless the data are insufficient.
pub(crate) fn submit(call: Call) -> ApiResult {
    let rules = call.rules();
    let mut customers = call.state.customers.lock();
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

fn accepted(call: Call, customer: &Customer) -> Success {
    let id = call.state.ids.next("txn");
    let mut body = call.rules().shown(customer);
    body["transactionId"] = json!(id);
    let transaction = Transaction {
        environment: customer.environment,
        customer_id: customer.id.clone(),
        created_at: call.rules().timestamp(),
    };
    call.state.transactions.lock().insert(id, transaction);
    call.rules().submitted(body)
}

fn already_submitted() -> ApiError {
    ApiError::new(Code::ResourceConflict)
        .message("Customer is in UNDER_REVIEW state already")
        .details("Wait for verification to complete")
}

/// Shows one transaction.
pub(crate) fn transaction(call: Call) -> ApiResult {
    let id = &call.route.id;
    let transactions = call.state.transactions.lock();
    let known = transactions.get(id).filter(|one| one.environment == call.caller.environment);
    known.map_or_else(|| call.rules().unknown_transaction(id), |one| Ok(one.to_json(id))).map(Success::ok)
}

//! Verifications: what they need, and the transactions that they begin.

use std::collections::HashMap;

use serde_json::{Value, json};

use crate::credentials::Environment;
use crate::customers::{Customer, State};
use crate::errors::{ApiError, Code};

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
    fn needs_document(&self, _customer: &Customer) -> bool {
        true
    }

    /// VER-2: the state after a verification that failed.
    fn state_after_failure(&self, _before: State) -> State {
        State::NeedsAdditionalInformation
    }

    /// VER-1: a verification that fails on the customer's data.
    fn verification_failed(&self, problem: &str) -> ApiError {
        ApiError::new(Code::VerificationFailed).details(problem)
    }

    /// RES-2: an unknown transaction.
    fn unknown_transaction(&self, id: &str) -> Result<Value, ApiError> {
        Err(ApiError::not_found("Transaction", id))
    }
}

/// All transactions, by id.
pub(crate) type Transactions = HashMap<String, Transaction>;

/// A running verification.
#[derive(Clone, Debug)]
pub(crate) struct Transaction {
    pub(crate) environment: Environment,
    pub(crate) customer_id: String,
    pub(crate) created_at: String,
}

impl Transaction {
    /// The transaction as a client sees it.
    pub(crate) fn to_json(&self, id: &str) -> Value {
        json!({ "id": id, "customerId": self.customer_id, "status": "PENDING", "createdAt": self.created_at })
    }
}

/// VER-1: why the verification of a customer fails.
pub(crate) fn problem(customer: &Customer, rules: &dyn VerificationRules) -> Option<&'static str> {
    match () {
        () if !rules.can_fail() => None,
        () if customer.value("lastName") == Some(UNVERIFIABLE) && rules.fails_unverifiable() => {
            Some("Identity document could not be verified")
        }
        () if customer.documents == 0 && rules.needs_document(customer) => {
            Some("No identity document has been uploaded")
        }
        () => None,
    }
}

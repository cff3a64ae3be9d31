//! Variants of customers: states, conflicts, repeated requests.

use serde_json::{Map, Value, json};

use super::Varied;
use crate::customers::{Customer, CustomerRules, State};
use crate::errors::{ApiError, Code};
use crate::fields;
use crate::idempotency::ReplayRules;
use crate::rules::Conforming;
use crate::success::{ApiResult, Success, SuccessRules};
use crate::variants::{resources, wire, wording};
use crate::verification::VerificationRules;

impl CustomerRules for Varied {
    fn shown(&self, customer: &Customer) -> Value {
        let shown = Conforming.shown(customer);
        if !self.is_active(wire::NULL_OPTIONALS) {
            return shown;
        }
        let names = ["id"].into_iter().chain(fields::names()).chain(["state", "createdAt"]);
        names.map(|name| (name.to_owned(), shown.get(name).cloned().unwrap_or_default())).collect::<Map<_, _>>().into()
    }

    fn first_state(&self) -> State {
        if self.is_active(resources::APPROVED_AT_ONCE) { State::Approved } else { Conforming.first_state() }
    }

    fn email_key(&self, email: &str) -> String {
        if self.is_active(resources::CASE_SENSITIVE_MAIL) { email.to_owned() } else { Conforming.email_key(email) }
    }

    fn holds_address(&self, customer: &Customer) -> bool {
        Conforming.holds_address(customer) || self.is_active(resources::DELETED_ADDRESS_TAKEN)
    }

    fn duplicate(&self, fault: ApiError, holder: Value) -> Option<Result<Value, ApiError>> {
        let conflict = self.is_active(resources::CONFLICT_FOR_DUPLICATES);
        Conforming.duplicate(if conflict { fault.code(Code::ResourceConflict) } else { fault }, holder)
    }

    fn taken(&self, fault: ApiError) -> Result<(), ApiError> {
        if self.is_active(resources::UPDATE_TO_TAKEN_ADDRESS) { Ok(()) } else { Conforming.taken(fault) }
    }

    fn may_write(&self, _: &str, written: &Value, present: Option<&Value>) -> bool {
        present == Some(written) && self.is_active(resources::PRESENT_VALUES_OF_IMMUTABLES_ACCEPTED)
    }

    fn immutable(&self, name: &str, members: &Map<String, Value>, present: &Value) -> ApiError {
        let fault = Conforming.immutable(name, members, present);
        if self.is_active(wording::FIELD_ON_CONFLICTS) { fault.field(name) } else { fault }
    }
}

impl SuccessRules for Varied {
    fn listed(&self, mut customers: Vec<Value>) -> Success {
        if self.is_active(resources::OLDEST_FIRST) {
            customers.reverse();
        }
        Success::ok(json!({ "customers": customers }))
    }
}

impl VerificationRules for Varied {}

impl ReplayRules for Varied {
    fn other_body(&self, first: &ApiResult) -> Option<ApiResult> {
        let refused = Conforming.other_body(first);
        match () {
            () if self.is_active(resources::OTHER_BODY_UNDER_KEY_CREATED) => None,
            () if self.is_active(resources::OTHER_BODY_UNDER_KEY_REPLAYED) => Some(first.clone()),
            () if self.is_active(resources::OTHER_BODY_UNDER_KEY_INVALID) => {
                refused.map(|outcome| outcome.map_err(|fault| fault.code(Code::ValidationError)))
            }
            () => refused,
        }
    }
}

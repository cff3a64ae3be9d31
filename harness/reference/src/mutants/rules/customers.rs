//! Mutants of customers: conflicts, responses of success, verification, idempotency keys.

use std::sync::atomic::Ordering;

use serde_json::{Map, Value, json};

use super::Mutated;
use crate::customers::IMMUTABLE;
use crate::customers::{Absence, Customer, CustomerRules, State};
use crate::errors::{ApiError, Code};
use crate::idempotency::ReplayRules;
use crate::ids;
use crate::mutants::{Mutant, fields, memory, resources, responses};
use crate::route::Operation;
use crate::success::{ApiResult, Success, SuccessRules};
use crate::verification::VerificationRules;

impl CustomerRules for Mutated {
    unchanged! {
        fn shown(&self, customer: &Customer) -> Value;
        fn first_state(&self) -> State;
        fn taken(&self, fault: ApiError) -> Result<(), ApiError>;
    }

    fn overlooks(&self, absence: Absence, operation: Operation) -> bool {
        let rows: &[(Mutant, Absence, Operation)] = &[
            (resources::DELETED_CUSTOMER_READABLE, Absence::Deleted, Operation::GetCustomer),
            (resources::DELETED_CUSTOMER_UPDATABLE, Absence::Deleted, Operation::UpdateCustomer),
            (resources::DELETES_TWICE, Absence::Deleted, Operation::DeleteCustomer),
            (resources::PRODUCTION_CUSTOMERS_VISIBLE, Absence::OtherEnvironment, Operation::GetCustomer),
            (resources::PRODUCTION_CUSTOMERS_WRITABLE, Absence::OtherEnvironment, Operation::UpdateCustomer),
        ];
        rows.iter().any(|(mutant, on_absence, on_operation)| {
            *on_absence == absence && *on_operation == operation && self.is_active(*mutant)
        })
    }

    fn email_key(&self, email: &str) -> String {
        match email.split_once('@') {
            Some((name, domain)) if self.is_active(resources::TAGS_OVERLOOKED) => {
                format!("{}@{domain}", name.split('+').next().unwrap_or_default()).to_lowercase()
            }
            _ => self.base.email_key(email),
        }
    }

    fn holds_address(&self, customer: &Customer) -> bool {
        let ignored = match customer.state {
            State::UnderReview => self.is_active(resources::DUPLICATES_OF_SUBMITTED_ALLOWED),
            State::NeedsAdditionalInformation => self.is_active(resources::DUPLICATES_OF_FAILED_ALLOWED),
            _ => false,
        };
        !ignored && self.base.holds_address(customer)
    }

    fn duplicate(&self, fault: ApiError, holder: Value) -> Option<Result<Value, ApiError>> {
        match () {
            () if self.memory.lock().creates_again(&holder) => None,
            () if self.is_active(resources::SIMULTANEOUS_DUPLICATES_ALLOWED) && self.memory.lock().is_new(&holder) => {
                None
            }
            () if self.is_active(resources::DUPLICATE_EMAIL_ALLOWED) => None,
            () if self.is_active(resources::DUPLICATE_RETURNS_EXISTING) => Some(Ok(holder)),
            () => self.base.duplicate(fault, holder),
        }
    }

    fn under_review(&self, customer: &Customer) -> Option<Result<Value, ApiError>> {
        let forgotten =
            self.is_active(memory::REVIEW_FORGOTTEN_ONCE_READ) && self.memory.lock().has_shown(&customer.id);
        if forgotten || self.is_active(resources::UPDATE_UNDER_REVIEW_ALLOWED) {
            return None;
        }
        if self.is_active(resources::UPDATE_UNDER_REVIEW_IS_IGNORED) {
            return Some(Ok(self.shown(customer)));
        }
        self.base.under_review(customer)
    }

    fn may_write(&self, name: &str, written: &Value, present: Option<&Value>) -> bool {
        let writable = match name {
            "id" => resources::ID_WRITABLE,
            "state" => resources::STATE_WRITABLE,
            _ => resources::CREATED_AT_WRITABLE,
        };
        let reopens = name == "state" && matches!(written.as_str(), Some("PENDING" | "UNDER_REVIEW"));
        self.base.may_write(name, written, present)
            || self.is_active(resources::IGNORES_IMMUTABLE_FIELDS)
            || self.is_active(writable)
            || (reopens && self.is_active(resources::REVIEW_STATES_WRITABLE))
    }

    fn immutable(&self, name: &str, members: &Map<String, Value>, present: &Value) -> ApiError {
        let repeats = |name: &&str| members.get(*name).is_some_and(|value| Some(value) == present.get(*name));
        let fault = self.base.immutable(name, members, present);
        match () {
            () if IMMUTABLE.iter().any(repeats) && self.is_active(fields::PRESENT_IMMUTABLE_500) => {
                ApiError::internal()
            }
            () if self.is_active(resources::IMMUTABLE_AS_VALIDATION_ERROR) => {
                fault.code(Code::ValidationError).field(name)
            }
            () => fault,
        }
    }
}

impl SuccessRules for Mutated {
    unchanged! {
        fn listed(&self, customers: Vec<Value>) -> Success;
    }

    fn created(&self, body: Value) -> Success {
        let has_phone = body["phoneNumber"].is_string();
        if self.responds_late() {
            self.memory.lock().note_created(&body);
        }
        let wrong = has_phone && self.is_active(responses::CREATE_WITH_PHONE_RETURNS_200);
        if wrong { Success::ok(body) } else { self.base.created(body) }
    }

    fn updated(&self, mut body: Value, members: &Map<String, Value>) -> Success {
        let writable = [
            (resources::ID_WRITABLE, "id"),
            (resources::STATE_WRITABLE, "state"),
            (resources::CREATED_AT_WRITABLE, "createdAt"),
        ];
        if let Some(name) = self.first(&writable)
            && let Some(value) = members.get(name)
        {
            body[name] = value.clone();
        }
        self.base.updated(body, members)
    }
}

impl Mutated {
    fn with_another_id(&self, mut response: Success) -> Success {
        if let Some(body) = &mut response.body {
            body["id"] = json!(ids::plain("cus", u64::MAX, self.asked.fetch_add(1, Ordering::Relaxed)));
        }
        response
    }
}

impl VerificationRules for Mutated {
    fn can_fail(&self) -> bool {
        !self.is_active(resources::VERIFICATION_NEVER_FAILS)
    }

    fn fails_unverifiable(&self) -> bool {
        !self.is_active(resources::UNVERIFIABLE_NAME_PASSES)
    }

    fn needs_document(&self, customer: &Customer) -> bool {
        let has_phone = customer.value("phoneNumber").is_some();
        !(self.is_active(resources::VERIFICATION_NEEDS_NO_DOCUMENT)
            || (has_phone && self.is_active(resources::PHONE_REPLACES_DOCUMENT)))
    }

    fn state_after_failure(&self, before: State) -> State {
        match () {
            () if self.is_active(resources::STATE_KEPT_AFTER_FAILURE) => before,
            () if self.is_active(resources::REJECTED_AFTER_FAILURE) => State::Rejected,
            () => self.base.state_after_failure(before),
        }
    }
}

impl ReplayRules for Mutated {
    fn replay_key(&self, key: &[u8]) -> Result<Option<Vec<u8>>, ApiError> {
        if self.is_active(resources::IDEMPOTENCY_KEY_IGNORED) {
            return Ok(None);
        }
        self.check_key(key)?;
        let longest = if self.is_active(memory::KEYS_CUT_TO_32_CHARACTERS) { 32 } else { usize::MAX };
        self.base.replay_key(&key[..key.len().min(longest)])
    }

    fn replayed(&self, first: &ApiResult) -> Option<ApiResult> {
        match () {
            () if first.is_err() && self.is_active(memory::REFUSALS_BREAK_UNDER_KEYS) => {
                Some(Err(ApiError::internal()))
            }
            () if self.is_active(resources::IDEMPOTENCY_REPLAY_500) => Some(Err(ApiError::internal())),
            () if self.is_active(resources::SIMULTANEOUS_KEYS_BREAK) && self.memory.lock().is_new(&body_of(first)) => {
                Some(Err(ApiError::internal()))
            }
            () if self.is_active(resources::IDEMPOTENCY_CREATES_AGAIN) => {
                self.memory.lock().create_again(first);
                None
            }
            () if self.is_active(resources::IDEMPOTENCY_REPLAYS_ANOTHER_ID) => {
                Some(first.clone().map(|response| self.with_another_id(response)))
            }
            () => self.base.replayed(first),
        }
    }

    fn other_body(&self, first: &ApiResult) -> Option<ApiResult> {
        if self.is_active(resources::IDEMPOTENCY_OTHER_BODY_500) {
            return Some(Err(ApiError::internal()));
        }
        self.base.other_body(first)
    }
}

fn body_of(outcome: &ApiResult) -> Value {
    outcome.as_ref().ok().and_then(|response| response.body.clone()).unwrap_or_default()
}

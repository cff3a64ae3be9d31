//! Mutants of customers: conflicts, answers of success, verification, idempotency keys.

use std::sync::atomic::Ordering;

use serde_json::{Map, Value, json};

use super::Mutated;
use crate::answer::{Answer, AnswerRules, Outcome};
use crate::clock::TimeRules as _;
use crate::customers::IMMUTABLE;
use crate::customers::{Absence, Customer, CustomerRules, State};
use crate::errors::{ApiError, Code};
use crate::idempotency::ReplayRules;
use crate::ids;
use crate::mutants::{Mutant, envelope, fields, memory, resources, statuses};
use crate::route::Operation;
use crate::verification::VerificationRules;

impl CustomerRules for Mutated {
    fn shown(&self, customer: &Customer) -> Value {
        self.base.shown(customer)
    }

    fn first_state(&self) -> State {
        self.base.first_state()
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
            // Only that mutant notes when a customer was created.
            () if self.memory.lock().is_new(&holder) => None,
            () if self.is_active(resources::DUPLICATE_EMAIL_ALLOWED) => None,
            () if self.is_active(resources::DUPLICATE_RETURNS_EXISTING) => Some(Ok(holder)),
            () if self.is_active(resources::DUPLICATE_AS_VALIDATION_ERROR) => {
                Some(Err(fault.code(Code::ValidationError).field("email")))
            }
            () => self.base.duplicate(fault, holder),
        }
    }

    fn taken(&self, fault: ApiError) -> Result<(), ApiError> {
        self.base.taken(fault)
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
        let forbidden = self.is_active(resources::UNDER_REVIEW_IS_FORBIDDEN);
        let outcome = self.base.under_review(customer)?;
        Some(outcome.map_err(|fault| if forbidden { fault.code(Code::InsufficientPermissions) } else { fault }))
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
            () if self.is_active(statuses::IMMUTABLE_AS_412) => fault.status(412),
            () => fault,
        }
    }
}

impl AnswerRules for Mutated {
    fn created(&self, mut body: Value) -> Answer {
        let has_phone = body["phoneNumber"].is_string();
        if self.answers_late() {
            self.memory.lock().note_created(&body);
        }
        if self.is_active(envelope::ERROR_IN_CREATED) {
            body["error"] = json!({ "code": null, "message": "" });
        }
        let answer = self.with_status(Answer::created(body), statuses::CREATE_ANSWERS_200, 200);
        if has_phone { self.with_status(answer, statuses::CREATE_WITH_PHONE_ANSWERS_200, 200) } else { answer }
    }

    fn listed(&self, customers: Vec<Value>) -> Answer {
        self.with_status(self.base.listed(customers), statuses::LIST_ANSWERS_201, 201)
    }

    fn read(&self, mut body: Value) -> Answer {
        if self.is_active(envelope::ERROR_IN_SUCCESS) {
            body["error"] = json!({ "code": "VALIDATION_ERROR", "message": "Please check this customer" });
        }
        self.with_status(self.base.read(body), statuses::READ_ANSWERS_201, 201)
    }

    fn updated(&self, mut body: Value, members: &Map<String, Value>) -> Answer {
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
        if self.is_active(statuses::UPDATE_ANSWERS_204) {
            return Answer::no_content();
        }
        self.with_status(self.base.updated(body, members), statuses::UPDATE_ANSWERS_201, 201)
    }

    fn deleted(&self, customer: &Customer) -> Answer {
        let reviewed = customer.state == State::UnderReview && self.is_active(statuses::DELETING_REVIEWED_ANSWERS_200);
        match () {
            () if reviewed || self.is_active(statuses::DELETE_ANSWERS_200) => Answer::ok(self.shown(customer)),
            () if customer.documents > 0 && self.is_active(statuses::DELETING_DOCUMENTED_ANSWERS_202) => {
                Answer::ok(self.shown(customer)).status(202)
            }
            () => self.base.deleted(customer),
        }
    }

    fn uploaded(&self, mut body: Value) -> Answer {
        if self.is_active(envelope::ERROR_IN_DOCUMENT) {
            body["error"] = json!({ "code": "VALIDATION_ERROR", "message": "The document expires soon" });
        }
        self.with_status(self.base.uploaded(body), statuses::UPLOAD_ANSWERS_200, 200)
    }

    fn submitted(&self, body: Value) -> Answer {
        let wrong = [(statuses::SUBMIT_ANSWERS_201, 201), (statuses::SUBMIT_ANSWERS_202, 202)];
        let answer = self.base.submitted(body);
        match self.first(&wrong) {
            Some(status) => answer.status(status),
            None => answer,
        }
    }

    fn registered(&self, body: Value) -> Answer {
        self.with_status(self.base.registered(body), statuses::WEBHOOK_CREATE_ANSWERS_200, 200)
    }

    fn event_received(&self) -> Answer {
        if self.is_active(statuses::INBOUND_EVENT_ANSWERS_200) {
            return Answer::ok(json!({ "received": true }));
        }
        self.base.event_received()
    }
}

impl Mutated {
    fn with_status(&self, answer: Answer, mutant: Mutant, status: u16) -> Answer {
        if self.is_active(mutant) { answer.status(status) } else { answer }
    }

    fn with_another_id(&self, mut answer: Answer) -> Answer {
        if let Some(body) = &mut answer.body {
            body["id"] = json!(ids::plain("cus", u64::MAX, self.asked.fetch_add(1, Ordering::Relaxed)));
        }
        answer
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

    fn verification_failed(&self, problem: &str) -> ApiError {
        let fault = self.base.verification_failed(problem);
        match () {
            () if self.is_active(resources::VERIFICATION_FAILURE_AS_CONFLICT) => fault.code(Code::ResourceConflict),
            () if self.is_active(resources::VERIFICATION_FAILURE_AS_QUALITY) => {
                fault.code(Code::DocumentQualityInsufficient)
            }
            () => fault,
        }
    }

    fn unknown_transaction(&self, id: &str) -> Result<Value, ApiError> {
        if self.is_active(resources::UNKNOWN_TRANSACTION_PENDING) {
            return Ok(json!({ "id": id, "status": "PENDING", "createdAt": self.timestamp() }));
        }
        self.base.unknown_transaction(id).map_err(|fault| match () {
            () if self.is_active(resources::UNKNOWN_TRANSACTION_CONFLICT) => fault.code(Code::ResourceConflict),
            () if self.is_active(statuses::TRANSACTION_NOT_FOUND_AS_400) => fault.status(400),
            () => fault,
        })
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

    fn replayed(&self, first: &Outcome) -> Option<Outcome> {
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
                Some(first.clone().map(|answer| self.with_another_id(answer)))
            }
            () => self.base.replayed(first),
        }
    }

    fn other_body(&self, first: &Outcome) -> Option<Outcome> {
        if self.is_active(resources::IDEMPOTENCY_OTHER_BODY_500) {
            return Some(Err(ApiError::internal()));
        }
        self.base.other_body(first)
    }
}

fn body_of(outcome: &Outcome) -> Value {
    outcome.as_ref().ok().and_then(|answer| answer.body.clone()).unwrap_or_default()
}

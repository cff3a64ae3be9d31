//! Mutants that show in later requests: responses that they repeat too long, and effects of rejected requests.

use std::collections::{HashMap, HashSet};
use std::time::{Duration, Instant};

use serde_json::{Map, Value};

use super::Mutated;
use crate::auth;
use crate::credentials::Environment;
use crate::customers::IMMUTABLE;
use crate::customers::{Customer, CustomerRules as _, State};
use crate::errors::{ApiError, Code};
use crate::fields;
use crate::json::BodyRules as _;
use crate::mutants::{Mutant, fields as wrong, memory, resources};
use crate::operations::customers as operations;
use crate::request::{Body, Request};
use crate::route::{Operation, Route};
use crate::state;
use crate::success::{ApiResult, Success};

/// What is recorded for mutants.
#[derive(Debug, Default)]
pub(super) struct Memory {
    /// The first response to getCustomer, by the id of the customer.
    shown: HashMap<String, (Environment, Value)>,
    /// Idempotency keys that were sent with an invalid credential.
    spent: HashSet<Vec<u8>>,
    /// Idempotency keys of requests that got a server error.
    failed: HashSet<Vec<u8>>,
    /// The ids of customers who are created again by a repeated request.
    again: HashSet<String>,
    /// When each customer was created, by id.
    created: HashMap<String, Instant>,
    /// The signatures of inbound events.
    events: HashSet<Vec<u8>>,
}

/// How long a customer is new. A request waits longer before it is handled, so a caller that waits for the response to
/// its first request never sees a new customer.
const NEW: Duration = Duration::from_millis(60);
pub(super) const WAIT: Duration = Duration::from_millis(90);

impl Memory {
    /// Whether the customer was read before.
    pub(super) fn has_shown(&self, id: &str) -> bool {
        self.shown.contains_key(id)
    }

    /// Lets the request of this response create a customer again.
    pub(super) fn create_again(&mut self, first: &ApiResult) {
        let id = first.as_ref().ok().and_then(|response| response.body.as_ref()?["id"].as_str());
        self.again.extend(id.map(str::to_owned));
    }

    pub(super) fn note_created(&mut self, customer: &Value) {
        if let Some(id) = customer["id"].as_str() {
            self.created.insert(id.to_owned(), Instant::now());
        }
    }

    /// Whether this customer was created at the same time as the request that is handled now.
    pub(super) fn is_new(&self, customer: &Value) -> bool {
        let created = customer["id"].as_str().and_then(|id| self.created.get(id));
        created.is_some_and(|created| created.elapsed() < NEW)
    }

    /// Whether this customer is created again now.
    pub(super) fn creates_again(&mut self, holder: &Value) -> bool {
        holder["id"].as_str().is_some_and(|id| self.again.remove(id))
    }
}

/// The effect that a mutant keeps of a rejected request.
const EFFECTS: &[(Mutant, Operation, Code)] = &[
    (memory::EXPIRED_UPDATE_APPLIED, Operation::UpdateCustomer, Code::TokenExpired),
    (memory::HALF_OF_A_MISFORMED_UPDATE_APPLIED, Operation::UpdateCustomer, Code::InvalidFieldFormat),
    (memory::HALF_OF_A_MISTYPED_UPDATE_APPLIED, Operation::UpdateCustomer, Code::ValidationError),
    (memory::HALF_OF_AN_IMMUTABLE_UPDATE_APPLIED, Operation::UpdateCustomer, Code::ResourceConflict),
    (memory::REFUSED_UPDATE_ENDS_REVIEW, Operation::UpdateCustomer, Code::ResourceConflict),
    (memory::FORBIDDEN_CREATION_STORED, Operation::CreateCustomer, Code::InsufficientPermissions),
    (memory::INCOMPLETE_CREATION_STORED, Operation::CreateCustomer, Code::ValidationError),
    (memory::REFUSED_DUPLICATE_STORED, Operation::CreateCustomer, Code::DuplicateResource),
    (memory::REFUSED_DOCUMENT_KEPT, Operation::UploadDocument, Code::InvalidDocumentFormat),
    (memory::REFUSED_DOCUMENT_KEPT, Operation::UploadDocument, Code::DocumentQualityInsufficient),
];

impl Mutated {
    /// Whether a mutant treats customers as new until the response to their creation is sent.
    pub(super) fn responds_late(&self) -> bool {
        self.is_active(resources::SIMULTANEOUS_DUPLICATES_ALLOWED) || self.is_active(resources::SIMULTANEOUS_KEYS_BREAK)
    }

    /// The response to an inbound event, which a mutant changes if it was received before.
    pub(super) fn event_response(&self, request: &Request, response: Success) -> ApiResult {
        let is_ascii = matches!(&request.body, Body::Whole(bytes) if bytes.is_ascii());
        if !is_ascii && self.is_active(wrong::EVENTS_BEYOND_ASCII_BREAK) {
            return Err(ApiError::internal());
        }
        let signature = request.headers.get("x-webhook-signature").map(|value| value.as_bytes().to_vec());
        let is_repeated = self.is_active(memory::REPEATED_EVENT_RETURNS_200)
            && signature.is_some_and(|signature| !self.memory.lock().events.insert(signature));
        Ok(if is_repeated { Success::ok(Value::Null) } else { response })
    }

    /// The response to a creation, in which a mutant shows the customer as it is now.
    pub(super) fn present(&self, state: &state::State, route: &Route, response: Success) -> Success {
        let is_active = self.is_active(memory::REPLAYS_SHOW_THE_PRESENT_CUSTOMER);
        let Some(body) = response.body.as_ref().filter(|_| is_active && route.operation == Operation::CreateCustomer)
        else {
            return response;
        };
        let customers = state.customers.lock();
        let present = body["id"].as_str().and_then(|id| customers.get(id)).map(|customer| self.shown(customer));
        Success { body: present.or(response.body), ..response }
    }

    /// A recorded response that a mutant repeats although it is no longer correct for this request.
    pub(super) fn stale_response(&self, state: &state::State, request: &Request, route: &Route) -> Option<Success> {
        if route.operation != Operation::GetCustomer {
            return None;
        }
        let (environment, body) = self.memory.lock().shown.get(&route.id)?.clone();
        let deleted = state.customers.lock().get(&route.id).is_some_and(|customer| customer.deleted);
        let by_key = request.headers.contains_key("x-api-key");
        let mutant = match auth::authenticate(&request.headers, route.operation, self) {
            Err(_) if !request.has_credential() => memory::KEPT_RESPONSES_FOR_STRANGERS,
            Err(_) if by_key => memory::KEPT_RESPONSES_FOR_BAD_KEYS,
            Err(_) => return None,
            Ok(caller) if caller.environment != environment => memory::KEPT_RESPONSES_FOR_OTHER_ENVIRONMENTS,
            Ok(_) if deleted => memory::KEPT_RESPONSES_OUTLIVE_DELETION,
            Ok(_) => memory::KEPT_RESPONSES_OUTLIVE_UPDATES,
        };
        self.is_active(mutant).then(|| Success::ok(body))
    }

    /// Records what mutants need to know about a request.
    pub(super) fn record(&self, state: &state::State, request: &Request, route: &Route, outcome: &ApiResult) {
        match outcome {
            Ok(response) if route.operation == Operation::GetCustomer => self.record_response(state, route, response),
            Ok(_) => {}
            Err(fault) => {
                self.record_key(request, fault);
                self.apply_rejected(state, request, route, fault);
            }
        }
    }

    fn record_response(&self, state: &state::State, route: &Route, response: &Success) {
        let environment = state.customers.lock().get(&route.id).map(|customer| customer.environment);
        if let (Some(environment), Some(body)) = (environment, &response.body) {
            self.memory.lock().shown.entry(route.id.clone()).or_insert_with(|| (environment, body.clone()));
        }
    }

    /// Fails on an idempotency key that was recorded before.
    pub(super) fn check_key(&self, key: &[u8]) -> Result<(), ApiError> {
        let memory = self.memory.lock();
        match () {
            () if memory.spent.contains(key) && self.is_active(memory::KEYS_SPENT_BY_STRANGERS) => {
                Err(ApiError::new(Code::ResourceConflict).details("The Idempotency-Key was used before"))
            }
            () if memory.failed.contains(key) && self.is_active(memory::FAILURES_KEPT_UNDER_KEYS) => {
                Err(ApiError::internal())
            }
            () => Ok(()),
        }
    }

    fn record_key(&self, request: &Request, fault: &ApiError) {
        let Some(key) = request.headers.get("idempotency-key") else { return };
        let mut memory = self.memory.lock();
        match fault.code {
            Code::AuthenticationFailed => memory.spent.insert(key.as_bytes().to_vec()),
            Code::InternalServerError | Code::ServiceUnavailable => memory.failed.insert(key.as_bytes().to_vec()),
            _ => false,
        };
    }

    /// Applies the effect that a mutant keeps of a rejected request.
    fn apply_rejected(&self, state: &state::State, request: &Request, route: &Route, fault: &ApiError) {
        let matches = |(mutant, operation, code): &&(Mutant, Operation, Code)| {
            *operation == route.operation && *code == fault.code && self.is_active(*mutant)
        };
        let Some((mutant, operation, _)) = EFFECTS.iter().find(matches) else { return };
        let members = self.body(request, route.operation).unwrap_or_default();
        let immutable = IMMUTABLE.iter().any(|name| members.contains_key(*name));
        match operation {
            Operation::CreateCustomer => store(state, &members, *mutant == memory::REFUSED_DUPLICATE_STORED),
            Operation::UploadDocument => change(state, route, |customer| customer.documents += 1),
            _ if *mutant == memory::REFUSED_UPDATE_ENDS_REVIEW => {
                change(state, route, |customer| customer.state = State::Pending);
            }
            _ if *mutant == memory::HALF_OF_AN_IMMUTABLE_UPDATE_APPLIED && !immutable => {}
            _ => change(state, route, |customer| set_fields(customer, &members, fault.field.as_deref())),
        }
    }
}

fn change(state: &state::State, route: &Route, change: impl FnOnce(&mut Customer)) {
    if let Some(customer) = state.customers.lock().get_mut(&route.id) {
        change(customer);
    }
}

/// Sets every field with a string as its value, except the invalid field and the email.
fn set_fields(customer: &mut Customer, members: &Map<String, Value>, invalid: Option<&str>) {
    for name in fields::names().filter(|name| Some(*name) != invalid && *name != "email") {
        if let Some(text) = members.get(name).and_then(Value::as_str) {
            customer.values.insert(name, text.to_owned());
        }
    }
}

fn store(state: &state::State, members: &Map<String, Value>, listed_only: bool) {
    let text = |name: &'static str| {
        let text = members.get(name).and_then(Value::as_str)?;
        Some((name, Some(text.to_owned())))
    };
    let changes: fields::Changes = fields::names().filter_map(text).collect();
    if changes.contains_key("email") {
        let customer = operations::new_customer(state, Environment::Sandbox, changes);
        let id = customer.id.clone();
        let mut customers = state.customers.lock();
        customers.insert(customer);
        if listed_only {
            customers.forget_email(&id);
        }
    }
}

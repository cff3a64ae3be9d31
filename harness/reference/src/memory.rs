//! State that only mutants use: answers that they repeat too long, and effects of rejected requests.

use std::collections::{HashMap, HashSet};

use hyper::header::AUTHORIZATION;
use serde_json::{Map, Value};

use crate::answer::{Answer, Outcome};
use crate::api::{App, Call, Request, locked};
use crate::auth;
use crate::credentials::Environment;
use crate::customers::State;
use crate::customers::operations::{self, IMMUTABLE};
use crate::errors::{Code, Fault};
use crate::fields;
use crate::json;
use crate::mutants::{Mutant, memory};
use crate::route::{Operation, Route};

/// What is recorded for mutants.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    /// The first answer to getCustomer, by the id of the customer.
    shown: HashMap<String, (Environment, Value)>,
    /// Idempotency keys that were sent with an invalid credential.
    spent: HashSet<Vec<u8>>,
    /// Idempotency keys of requests that got a server error.
    failed: HashSet<Vec<u8>>,
}

impl Memory {
    /// Whether the customer was read before.
    pub(crate) fn has_shown(&self, id: &str) -> bool {
        self.shown.contains_key(id)
    }
}

/// A recorded answer that a mutant repeats although it is no longer correct for this request.
pub(crate) fn stale_answer(app: &App, request: &Request, route: &Route) -> Option<Answer> {
    if route.operation != Operation::GetCustomer {
        return None;
    }
    let (environment, body) = locked(&app.memory).shown.get(&route.id)?.clone();
    let deleted = locked(&app.customers).get(&route.id).is_some_and(|customer| customer.deleted);
    let no_credential = !request.headers.contains_key("x-api-key") && !request.headers.contains_key(AUTHORIZATION);
    let by_key = request.headers.contains_key("x-api-key");
    let mutant = match auth::authenticate(&request.headers, route.operation, &app.switches) {
        Err(_) if no_credential => memory::KEPT_ANSWERS_FOR_STRANGERS,
        Err(_) if by_key => memory::KEPT_ANSWERS_FOR_BAD_KEYS,
        Err(_) => return None,
        Ok(caller) if caller.environment != environment => memory::KEPT_ANSWERS_FOR_OTHER_ENVIRONMENTS,
        Ok(_) if deleted => memory::KEPT_ANSWERS_OUTLIVE_DELETION,
        Ok(_) => memory::KEPT_ANSWERS_OUTLIVE_UPDATES,
    };
    app.switches.has(mutant).then(|| Answer::ok(body))
}

/// Records what mutants need to know about a request.
pub(crate) fn record(app: &App, request: &Request, route: &Route, outcome: &Outcome) {
    match outcome {
        Ok(answer) if route.operation == Operation::GetCustomer => {
            let environment = locked(&app.customers).get(&route.id).map(|customer| customer.environment);
            if let (Some(environment), Some(body)) = (environment, &answer.body) {
                locked(&app.memory).shown.entry(route.id.clone()).or_insert_with(|| (environment, body.clone()));
            }
        }
        Ok(_) => {}
        Err(fault) => {
            record_key(app, request, fault);
            apply_rejected(app, request, route, fault);
        }
    }
}

/// Fails on an idempotency key that was recorded before.
pub(crate) fn check_key(call: Call, key: &[u8]) -> Result<(), Fault> {
    let memory = locked(&call.app.memory);
    match () {
        () if memory.spent.contains(key) && call.app.switches.has(memory::KEYS_SPENT_BY_STRANGERS) => {
            Err(Fault::new(Code::ResourceConflict).details("The Idempotency-Key was used before"))
        }
        () if memory.failed.contains(key) && call.app.switches.has(memory::FAILURES_KEPT_UNDER_KEYS) => {
            Err(Fault::internal())
        }
        () => Ok(()),
    }
}

fn record_key(app: &App, request: &Request, fault: &Fault) {
    let Some(key) = request.headers.get("idempotency-key") else { return };
    let mut memory = locked(&app.memory);
    match fault.code {
        Code::AuthenticationFailed => memory.spent.insert(key.as_bytes().to_vec()),
        Code::InternalServerError | Code::ServiceUnavailable => memory.failed.insert(key.as_bytes().to_vec()),
        _ => false,
    };
}

/// Applies the effect that a mutant keeps of a rejected request.
fn apply_rejected(app: &App, request: &Request, route: &Route, fault: &Fault) {
    use Operation::{CreateCustomer, UpdateCustomer, UploadDocument};
    let rows: &[(Mutant, Operation, Code)] = &[
        (memory::EXPIRED_UPDATE_APPLIED, UpdateCustomer, Code::TokenExpired),
        (memory::HALF_OF_A_MISFORMED_UPDATE_APPLIED, UpdateCustomer, Code::InvalidFieldFormat),
        (memory::HALF_OF_A_MISTYPED_UPDATE_APPLIED, UpdateCustomer, Code::ValidationError),
        (memory::HALF_OF_AN_IMMUTABLE_UPDATE_APPLIED, UpdateCustomer, Code::ResourceConflict),
        (memory::REFUSED_UPDATE_ENDS_REVIEW, UpdateCustomer, Code::ResourceConflict),
        (memory::FORBIDDEN_CREATION_STORED, CreateCustomer, Code::InsufficientPermissions),
        (memory::INCOMPLETE_CREATION_STORED, CreateCustomer, Code::ValidationError),
        (memory::REFUSED_DUPLICATE_STORED, CreateCustomer, Code::DuplicateResource),
        (memory::REFUSED_DOCUMENT_KEPT, UploadDocument, Code::InvalidDocumentFormat),
        (memory::REFUSED_DOCUMENT_KEPT, UploadDocument, Code::DocumentQualityInsufficient),
    ];
    let matches =
        |row: &&(Mutant, Operation, Code)| row.1 == route.operation && row.2 == fault.code && app.switches.has(row.0);
    let Some((mutant, operation, _)) = rows.iter().find(matches) else { return };
    let members = json::object(request, route.operation, &app.switches).unwrap_or_default();
    match operation {
        CreateCustomer => store(app, &members, *mutant == memory::REFUSED_DUPLICATE_STORED),
        UploadDocument => {
            if let Some(customer) = locked(&app.customers).get_mut(&route.id) {
                customer.documents += 1;
            }
        }
        _ if *mutant == memory::REFUSED_UPDATE_ENDS_REVIEW => {
            if let Some(customer) = locked(&app.customers).get_mut(&route.id) {
                customer.state = State::Pending;
            }
        }
        _ if *mutant == memory::HALF_OF_AN_IMMUTABLE_UPDATE_APPLIED
            && !IMMUTABLE.iter().any(|name| members.contains_key(*name)) => {}
        _ => apply(app, route, &members, fault.field.as_deref()),
    }
}

/// Sets every field with a string as its value, except the invalid field and the email.
fn apply(app: &App, route: &Route, members: &Map<String, Value>, invalid: Option<&str>) {
    let mut customers = locked(&app.customers);
    let Some(customer) = customers.get_mut(&route.id) else { return };
    for name in fields::names().filter(|name| Some(*name) != invalid && *name != "email") {
        if let Some(text) = members.get(name).and_then(Value::as_str) {
            customer.values.insert(name, text.to_owned());
        }
    }
}

fn store(app: &App, members: &Map<String, Value>, listed_only: bool) {
    let text = |name: &'static str| {
        let text = members.get(name).and_then(Value::as_str)?;
        Some((name, Some(text.to_owned())))
    };
    let changes: fields::Changes = fields::names().filter_map(text).collect();
    if changes.contains_key("email") {
        let customer = operations::new_customer(app, Environment::Sandbox, changes);
        let mut customers = locked(&app.customers);
        if listed_only { customers.insert_without_email(customer) } else { customers.insert(customer) }
    }
}

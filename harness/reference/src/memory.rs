//! What only mutants do: keep answers for longer than they hold, and keep of refused requests what should be nothing.

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

/// What is remembered, where a mutant asks for it.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    /// The first answer to a reading of each customer.
    shown: HashMap<String, (Environment, Value)>,
    /// Idempotency keys that came with a bad credential.
    spent: HashSet<Vec<u8>>,
    /// Idempotency keys under which the server failed.
    failed: HashSet<Vec<u8>>,
}

impl Memory {
    /// Whether that customer has been read.
    pub(crate) fn has_shown(&self, id: &str) -> bool {
        self.shown.contains_key(id)
    }
}

/// An answer that was kept, and is given again although it should not be.
pub(crate) fn recalled(app: &App, request: &Request, route: &Route) -> Option<Answer> {
    if route.operation != Operation::GetCustomer {
        return None;
    }
    let (environment, body) = locked(&app.memory).shown.get(&route.id)?.clone();
    let deleted = locked(&app.customers).get(&route.id).is_some_and(|customer| customer.deleted);
    let nothing_sent = !request.headers.contains_key("x-api-key") && !request.headers.contains_key(AUTHORIZATION);
    let by_key = request.headers.contains_key("x-api-key");
    let mutant = match auth::authenticate(&request.headers, route.operation, &app.switches) {
        Err(_) if nothing_sent => memory::KEPT_ANSWERS_FOR_STRANGERS,
        Err(_) if by_key => memory::KEPT_ANSWERS_FOR_BAD_KEYS,
        Err(_) => return None,
        Ok(caller) if caller.environment != environment => memory::KEPT_ANSWERS_FOR_OTHER_ENVIRONMENTS,
        Ok(_) if deleted => memory::KEPT_ANSWERS_OUTLIVE_DELETION,
        Ok(_) => memory::KEPT_ANSWERS_OUTLIVE_UPDATES,
    };
    app.switches.has(mutant).then(|| Answer::ok(body))
}

/// Keeps what a mutant wants to be kept of a request.
pub(crate) fn note(app: &App, request: &Request, route: &Route, outcome: &Outcome) {
    match outcome {
        Ok(answer) if route.operation == Operation::GetCustomer => {
            let environment = locked(&app.customers).get(&route.id).map(|customer| customer.environment);
            if let (Some(environment), Some(body)) = (environment, &answer.body) {
                locked(&app.memory).shown.entry(route.id.clone()).or_insert_with(|| (environment, body.clone()));
            }
        }
        Ok(_) => {}
        Err(fault) => {
            note_key(app, request, fault);
            leave_behind(app, request, route, fault);
        }
    }
}

/// Refuses a key that something was noted of.
pub(crate) fn refuse_key(call: Call, key: &[u8]) -> Result<(), Fault> {
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

fn note_key(app: &App, request: &Request, fault: &Fault) {
    let Some(key) = request.headers.get("idempotency-key") else { return };
    let mut memory = locked(&app.memory);
    match fault.code {
        Code::AuthenticationFailed => memory.spent.insert(key.as_bytes().to_vec()),
        Code::InternalServerError | Code::ServiceUnavailable => memory.failed.insert(key.as_bytes().to_vec()),
        _ => false,
    };
}

/// What a refusal does not keep from happening.
fn leave_behind(app: &App, request: &Request, route: &Route, fault: &Fault) {
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
    let fits =
        |row: &&(Mutant, Operation, Code)| row.1 == route.operation && row.2 == fault.code && app.switches.has(row.0);
    let Some((mutant, operation, _)) = rows.iter().find(fits) else { return };
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

/// Sets every field whose value is a text, but the one at fault.
fn apply(app: &App, route: &Route, members: &Map<String, Value>, at_fault: Option<&str>) {
    let mut customers = locked(&app.customers);
    let Some(customer) = customers.get_mut(&route.id) else { return };
    for name in fields::names().filter(|name| Some(*name) != at_fault && *name != "email") {
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
        let customer = operations::newcomer(app, Environment::Sandbox, changes);
        let mut customers = locked(&app.customers);
        if listed_only { customers.insert_unnoticed(customer) } else { customers.insert(customer) }
    }
}

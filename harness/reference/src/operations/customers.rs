//! The operations on customers.

use serde_json::{Map, Value, json};

use super::lookup;
use crate::credentials::Environment;
use crate::customers::{Customer, IMMUTABLE, State};
use crate::documents;
use crate::errors::{ApiError, Code, shortened};
use crate::fields::{Changes, Purpose};
use crate::idempotency;
use crate::rules::Rules;
use crate::state::{self, Call, Customers};
use crate::success::{ApiResult, Success};

/// Creates a customer, or repeats the response for the `Idempotency-Key` (CON-4).
pub(crate) fn create(call: Call) -> ApiResult {
    let members = members(call)?;
    let key = call.request.headers.get("idempotency-key").filter(|value| !value.is_empty());
    match key.map_or(Ok(None), |key| call.rules().replay_key(key.as_bytes()))? {
        Some(key) => create_under_key(call, key, &members),
        None => create_once(call, &members),
    }
}

fn create_under_key(call: Call, key: Vec<u8>, members: &Map<String, Value>) -> ApiResult {
    let key = (call.caller.credential.clone(), key);
    let fingerprint = idempotency::fingerprint(members);
    // The lock is held until the response is stored. Otherwise two simultaneous requests would both run.
    let mut replays = call.state.replays.lock();
    replays.again(&key, &fingerprint, call.rules()).unwrap_or_else(|| {
        let outcome = create_once(call, members);
        replays.store(key, fingerprint, &outcome);
        outcome
    })
}

fn create_once(call: Call, members: &Map<String, Value>) -> ApiResult {
    let changes = call.rules().customer_fields(members, Purpose::Create)?;
    let mut customers = call.state.customers.lock();
    if let Some(duplicate) = duplicate(call, &customers, &changes) {
        return duplicate.map(Success::created);
    }
    let customer = new_customer(call.state, call.caller.environment, changes);
    customers.insert(customer.clone());
    drop(customers);
    call.state.webhooks.announce("customer.created", &customer, &call.state.ids);
    Ok(call.rules().created(call.rules().shown(&customer)))
}

/// A new customer with these values, not yet in the store.
pub(crate) fn new_customer(state: &state::State, environment: Environment, changes: Changes) -> Customer {
    let mut customer = Customer {
        id: state.ids.next("cus"),
        environment,
        values: Default::default(),
        state: state.rules.first_state(),
        created_at: state.rules.timestamp(),
        documents: 0,
        deleted: false,
    };
    customer.apply(changes);
    customer
}

/// CON-3: DUPLICATE_RESOURCE for a second customer with the same email.
fn duplicate(call: Call, customers: &Customers, changes: &Changes) -> Option<Result<Value, ApiError>> {
    let email = changes.get("email")?.as_deref()?;
    let holder = customers.with_email(call.caller.environment, email)?;
    let fault = already_exists().details(format!("Customer with email '{}' already exists", shortened(email)));
    call.rules().duplicate(fault, call.rules().shown(holder))
}

fn already_exists() -> ApiError {
    ApiError::new(Code::DuplicateResource).message("Customer already exists")
}

/// Lists the customers of the caller's environment.
pub(crate) fn list(call: Call) -> Success {
    let customers = call.state.customers.lock();
    let shown = customers.newest(call.caller.environment).map(|customer| call.rules().shown(customer));
    call.rules().listed(shown.collect())
}

/// Shows one customer.
pub(crate) fn get(call: Call) -> ApiResult {
    let mut customers = call.state.customers.lock();
    let customer = lookup::find(call, &mut customers)?;
    Ok(call.rules().read(call.rules().shown(customer)))
}

/// Updates some fields of a customer.
pub(crate) fn update(call: Call) -> ApiResult {
    let rules = call.rules();
    let mut customers = call.state.customers.lock();
    let before = lookup::find(call, &mut customers)?.clone();
    let members = members(call)?;
    if before.state == State::UnderReview
        && let Some(outcome) = rules.under_review(&before)
    {
        return outcome.map(Success::ok);
    }
    refuse_immutable(&members, &rules.shown(&before), rules)?;
    let purpose = Purpose::Update { country: before.value("country"), postal_code: before.value("postalCode") };
    let changes = rules.customer_fields(&members, purpose)?;
    refuse_taken_email(call, &customers, &changes)?;
    customers.update(&call.route.id, changes);
    let customer = lookup::find(call, &mut customers)?;
    Ok(rules.updated(rules.shown(customer), &members))
}

/// CON-2: RESOURCE_CONFLICT for an update of an immutable field.
fn refuse_immutable(members: &Map<String, Value>, present: &Value, rules: &dyn Rules) -> Result<(), ApiError> {
    let is_written =
        |name: &&&str| members.get(**name).is_some_and(|written| !rules.may_write(name, written, present.get(**name)));
    match IMMUTABLE.iter().find(is_written) {
        Some(name) => Err(rules.immutable(name, members, present)),
        None => Ok(()),
    }
}

fn refuse_taken_email(call: Call, customers: &Customers, changes: &Changes) -> Result<(), ApiError> {
    let Some(Some(email)) = changes.get("email") else {
        return Ok(());
    };
    match customers.with_email(call.caller.environment, email) {
        Some(holder) if holder.id != call.route.id => {
            call.rules().taken(already_exists().details("Another customer has this email"))
        }
        _ => Ok(()),
    }
}

/// Deletes a customer.
pub(crate) fn delete(call: Call) -> ApiResult {
    let mut customers = call.state.customers.lock();
    let customer = lookup::find(call, &mut customers)?;
    customer.deleted = true;
    Ok(call.rules().deleted(customer))
}

/// Uploads a document for a customer. Only the number of documents is stored.
pub(crate) fn upload(call: Call) -> ApiResult {
    lookup::find(call, &mut call.state.customers.lock())?;
    let document = documents::judge(&members(call)?, call.rules())?;
    let mut customers = call.state.customers.lock();
    let customer = lookup::find(call, &mut customers)?;
    customer.documents += 1;
    Ok(call.rules().uploaded(json!({
        "id": call.state.ids.next("doc"),
        "customerId": customer.id,
        "type": document.purpose,
        "contentType": document.media_type,
        "size": document.size,
        "createdAt": call.rules().timestamp(),
    })))
}

fn members(call: Call) -> Result<Map<String, Value>, ApiError> {
    call.rules().body(call.request, call.route.operation)
}

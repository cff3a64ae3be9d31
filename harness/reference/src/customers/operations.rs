//! What can be done with customers.

use serde_json::{Map, Value, json};

use super::{Customer, Customers, State, lookup};
use crate::answer::{Answer, Outcome};
use crate::api::{Call, locked};
use crate::defects::{Flaws, envelope, resources, statuses};
use crate::errors::{Code, Fault};
use crate::fields::{self, Changes, Purpose};
use crate::{clock, documents, idempotency, json};

/// Fields that no request may write.
const IMMUTABLE: [&str; 3] = ["id", "state", "createdAt"];

/// A new customer, or the answer that the same `Idempotency-Key` has had.
pub(crate) fn create(call: Call) -> Outcome {
    let members = members(call)?;
    idempotency::once(call, &members, || create_once(call, &members))
}

fn create_once(call: Call, members: &Map<String, Value>) -> Outcome {
    let flaws = &call.app.flaws;
    let changes = fields::read(members, Purpose::Create, flaws)?;
    let mut customers = locked(&call.app.customers);
    if let Some(outcome) = duplicate(call, &customers, &changes) {
        return outcome;
    }
    let customer = newcomer(call, changes);
    let mut body = customer.to_json();
    customers.insert(customer.clone());
    drop(customers);
    call.app.webhooks.announce("customer.created", &customer, &call.app.ids);
    if flaws.has(envelope::ERROR_IN_CREATED) {
        body["error"] = json!({ "code": null, "message": "" });
    }
    Ok(with_status(Answer::created(body), statuses::CREATE_ANSWERS_200, 200, flaws))
}

/// A customer who begins with these values.
pub(crate) fn newcomer(call: Call, changes: Changes) -> Customer {
    let mut customer = Customer {
        id: call.app.ids.next("cus"),
        environment: call.caller.environment,
        values: Default::default(),
        state: State::Pending,
        created_at: clock::rfc3339_now(),
        documents: 0,
        deleted: false,
    };
    customer.apply(changes);
    customer
}

fn duplicate(call: Call, customers: &Customers, changes: &Changes) -> Option<Outcome> {
    let email = changes.get("email")?.as_deref()?;
    let holder = customers.with_email(call.caller.environment, email)?;
    let fault = Fault::new(Code::DuplicateResource)
        .message("Customer already exists")
        .details(format!("Customer with email '{}' already exists", crate::errors::shortened(email)));
    let flaws = &call.app.flaws;
    Some(match () {
        () if flaws.has(resources::DUPLICATE_EMAIL_ALLOWED) => return None,
        () if flaws.has(resources::DUPLICATE_RETURNS_EXISTING) => Ok(Answer::created(holder.to_json())),
        () if flaws.has(resources::DUPLICATE_AS_VALIDATION_ERROR) => {
            Err(fault.code(Code::ValidationError).field("email"))
        }
        () => Err(fault),
    })
}

/// The customers of the caller's environment.
pub(crate) fn list(call: Call) -> Outcome {
    let customers = locked(&call.app.customers);
    let shown: Vec<Value> = customers.newest(call.caller.environment).map(Customer::to_json).collect();
    let answer = Answer::ok(json!({ "customers": shown }));
    Ok(with_status(answer, statuses::LIST_ANSWERS_201, 201, &call.app.flaws))
}

/// One customer.
pub(crate) fn get(call: Call) -> Outcome {
    let customers = locked(&call.app.customers);
    if let Some(outcome) = lookup::refusal(call, &customers) {
        return outcome;
    }
    let mut body = customers.get(&call.route.id).ok_or_else(|| unknown(call))?.to_json();
    let flaws = &call.app.flaws;
    if flaws.has(envelope::ERROR_IN_SUCCESS) {
        body["error"] = json!({ "code": "VALIDATION_ERROR", "message": "Please check this customer" });
    }
    Ok(with_status(Answer::ok(body), statuses::READ_ANSWERS_201, 201, flaws))
}

/// New values for some fields of a customer.
pub(crate) fn update(call: Call) -> Outcome {
    let flaws = &call.app.flaws;
    let mut customers = locked(&call.app.customers);
    if let Some(outcome) = lookup::refusal(call, &customers) {
        return outcome;
    }
    let members = members(call)?;
    let before = customers.get(&call.route.id).ok_or_else(|| unknown(call))?.clone();
    if let Some(outcome) = under_review(&before, flaws) {
        return outcome;
    }
    refuse_immutable(&members, flaws)?;
    let purpose = Purpose::Update { country: before.value("country") };
    let changes = fields::read(&members, purpose, flaws)?;
    refuse_taken_email(call, &customers, &changes)?;
    let customer = customers.get_mut(&call.route.id).ok_or_else(|| unknown(call))?;
    customer.apply(changes);
    let body = customer.to_json();
    customers.rename(&call.route.id, before.value("email"));
    Ok(updated(body, &members, flaws))
}

fn updated(mut body: Value, members: &Map<String, Value>, flaws: &Flaws) -> Answer {
    let writable = [
        (resources::ID_WRITABLE, "id"),
        (resources::STATE_WRITABLE, "state"),
        (resources::CREATED_AT_WRITABLE, "createdAt"),
    ];
    if let Some(name) = flaws.first(&writable)
        && let Some(value) = members.get(name)
    {
        body[name] = value.clone();
    }
    if flaws.has(statuses::UPDATE_ANSWERS_204) {
        return Answer::no_content();
    }
    with_status(Answer::ok(body), statuses::UPDATE_ANSWERS_201, 201, flaws)
}

fn under_review(customer: &Customer, flaws: &Flaws) -> Option<Outcome> {
    if customer.state != State::UnderReview || flaws.has(resources::UPDATE_UNDER_REVIEW_ALLOWED) {
        return None;
    }
    if flaws.has(resources::UPDATE_UNDER_REVIEW_IS_IGNORED) {
        return Some(Ok(Answer::ok(customer.to_json())));
    }
    let fault = Fault::new(Code::ResourceConflict)
        .message("Customer is in UNDER_REVIEW state and cannot be modified")
        .details("Wait for verification to complete before updating");
    let forbidden = flaws.has(resources::UNDER_REVIEW_IS_FORBIDDEN);
    Some(Err(if forbidden { fault.code(Code::InsufficientPermissions) } else { fault }))
}

fn refuse_immutable(members: &Map<String, Value>, flaws: &Flaws) -> Result<(), Fault> {
    let written = IMMUTABLE.iter().find(|name| members.contains_key(**name) && !may_write(name, flaws));
    let Some(name) = written else { return Ok(()) };
    let fault = Fault::new(Code::ResourceConflict)
        .message("Immutable fields cannot be modified")
        .details(format!("Field '{name}' cannot be modified"));
    Err(match () {
        () if flaws.has(resources::IMMUTABLE_AS_VALIDATION_ERROR) => fault.code(Code::ValidationError).field(name),
        () if flaws.has(statuses::IMMUTABLE_AS_412) => fault.status(412),
        () => fault,
    })
}

fn may_write(name: &str, flaws: &Flaws) -> bool {
    flaws.has(resources::IGNORES_IMMUTABLE_FIELDS)
        || match name {
            "id" => flaws.has(resources::ID_WRITABLE),
            "state" => flaws.has(resources::STATE_WRITABLE),
            _ => flaws.has(resources::CREATED_AT_WRITABLE),
        }
}

fn refuse_taken_email(call: Call, customers: &Customers, changes: &Changes) -> Result<(), Fault> {
    let Some(Some(email)) = changes.get("email") else {
        return Ok(());
    };
    match customers.with_email(call.caller.environment, email) {
        Some(holder) if holder.id != call.route.id => Err(Fault::new(Code::DuplicateResource)
            .message("Customer already exists")
            .details("Another customer has this email")),
        _ => Ok(()),
    }
}

/// Deletes a customer.
pub(crate) fn delete(call: Call) -> Outcome {
    let mut customers = locked(&call.app.customers);
    if let Some(outcome) = lookup::refusal(call, &customers) {
        return outcome;
    }
    let customer = customers.get_mut(&call.route.id).ok_or_else(|| unknown(call))?;
    customer.deleted = true;
    if call.app.flaws.has(statuses::DELETE_ANSWERS_200) {
        return Ok(Answer::ok(customer.to_json()));
    }
    Ok(Answer::no_content())
}

/// A document for a customer. Nothing but its having come is kept.
pub(crate) fn upload(call: Call) -> Outcome {
    if let Some(outcome) = lookup::refusal(call, &locked(&call.app.customers)) {
        return outcome;
    }
    let flaws = &call.app.flaws;
    let document = documents::judge(&members(call)?, flaws)?;
    let mut customers = locked(&call.app.customers);
    let customer = customers.get_mut(&call.route.id).ok_or_else(|| unknown(call))?;
    customer.documents += 1;
    let body = json!({
        "id": call.app.ids.next("doc"),
        "customerId": customer.id,
        "type": document.purpose,
        "contentType": document.media_type,
        "size": document.size,
        "createdAt": clock::rfc3339_now(),
    });
    Ok(with_status(Answer::created(body), statuses::UPLOAD_ANSWERS_200, 200, flaws))
}

fn members(call: Call) -> Result<Map<String, Value>, Fault> {
    json::object(&call.request.body, call.route.operation, &call.app.flaws)
}

fn unknown(call: Call) -> Fault {
    Fault::not_found("Customer", &call.route.id)
}

fn with_status(answer: Answer, defect: crate::defects::Defect, status: u16, flaws: &Flaws) -> Answer {
    if flaws.has(defect) { answer.status(status) } else { answer }
}

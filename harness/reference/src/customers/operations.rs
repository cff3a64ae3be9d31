//! The operations on customers.

use serde_json::{Map, Value, json};

use super::{Customer, Customers, State, lookup};
use crate::answer::{Answer, Outcome};
use crate::api::{App, Call, locked};
use crate::credentials::Environment;
use crate::errors::{Code, Fault};
use crate::fields::{self, Changes, Purpose};
use crate::mutants::{envelope, fields as wrong, memory, resources, statuses};
use crate::route::Scope;
use crate::switches::Switches;
use crate::variants::{requests, resources as variants, wording};
use crate::{clock, documents, idempotency, json};

/// Fields that a request must not set.
pub(crate) const IMMUTABLE: [&str; 3] = ["id", "state", "createdAt"];

/// Creates a customer, or repeats the answer for the `Idempotency-Key`.
pub(crate) fn create(call: Call) -> Outcome {
    let mut members = members(call)?;
    let keyed = call.request.headers.contains_key("idempotency-key");
    if keyed && call.app.switches.has(wrong::LAST_NAME_OPTIONAL_UNDER_KEYS) {
        members.entry("lastName").or_insert_with(|| json!("-"));
    }
    idempotency::run_once(call, &members, || create_once(call, &members))
}

fn create_once(call: Call, members: &Map<String, Value>) -> Outcome {
    let switches = &call.app.switches;
    let changes = fields::read(members, Purpose::Create, switches)?;
    let mut customers = locked(&call.app.customers);
    if let Some(outcome) = duplicate(call, &customers, &changes) {
        return outcome;
    }
    let customer = new_customer(call.app, call.caller.environment, changes);
    let mut body = customer.to_json(switches);
    customers.insert(customer.clone());
    drop(customers);
    call.app.webhooks.announce("customer.created", &customer, &call.app.ids);
    if switches.has(envelope::ERROR_IN_CREATED) {
        body["error"] = json!({ "code": null, "message": "" });
    }
    let answer = with_status(Answer::created(body), statuses::CREATE_ANSWERS_200, 200, switches);
    let has_phone = customer.value("phoneNumber").is_some();
    Ok(if has_phone { with_status(answer, statuses::CREATE_WITH_PHONE_ANSWERS_200, 200, switches) } else { answer })
}

/// A new customer with these values, not yet in the store.
pub(crate) fn new_customer(app: &App, environment: Environment, changes: Changes) -> Customer {
    let mut customer = Customer {
        id: app.ids.next("cus"),
        environment,
        values: Default::default(),
        state: if app.switches.vary(variants::APPROVED_AT_ONCE) { State::Approved } else { State::Pending },
        created_at: clock::rfc3339_now(&app.switches),
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
    let switches = &call.app.switches;
    Some(match () {
        () if switches.has(resources::DUPLICATE_EMAIL_ALLOWED) => return None,
        () if switches.has(resources::DUPLICATE_RETURNS_EXISTING) => Ok(Answer::created(holder.to_json(switches))),
        () if switches.has(resources::DUPLICATE_AS_VALIDATION_ERROR) => {
            Err(fault.code(Code::ValidationError).field("email"))
        }
        () if switches.vary(variants::CONFLICT_FOR_DUPLICATES) => Err(fault.code(Code::ResourceConflict)),
        () => Err(fault),
    })
}

/// Lists the customers of the caller's environment.
pub(crate) fn list(call: Call) -> Outcome {
    let customers = locked(&call.app.customers);
    let switches = &call.app.switches;
    let mut shown: Vec<Value> =
        customers.newest(call.caller.environment).map(|customer| customer.to_json(switches)).collect();
    if switches.vary(variants::OLDEST_FIRST) {
        shown.reverse();
    }
    let answer = Answer::ok(json!({ "customers": shown }));
    Ok(with_status(answer, statuses::LIST_ANSWERS_201, 201, switches))
}

/// Shows one customer.
pub(crate) fn get(call: Call) -> Outcome {
    let customers = locked(&call.app.customers);
    if let Some(outcome) = lookup::refusal(call, &customers) {
        return outcome;
    }
    let switches = &call.app.switches;
    let mut body = customers.get(&call.route.id).ok_or_else(|| unknown(call))?.to_json(switches);
    if switches.has(envelope::ERROR_IN_SUCCESS) {
        body["error"] = json!({ "code": "VALIDATION_ERROR", "message": "Please check this customer" });
    }
    Ok(with_status(Answer::ok(body), statuses::READ_ANSWERS_201, 201, switches))
}

/// Updates some fields of a customer.
pub(crate) fn update(call: Call) -> Outcome {
    let switches = &call.app.switches;
    if switches.vary(requests::BODY_BEFORE_RESOURCE) {
        fields::read(&members(call)?, Purpose::Update { country: None, postal_code: None }, switches)?;
    }
    let mut customers = locked(&call.app.customers);
    if let Some(outcome) = lookup::refusal(call, &customers) {
        return outcome;
    }
    let before = customers.get(&call.route.id).ok_or_else(|| unknown(call))?.clone();
    let ignores_review =
        switches.has(memory::REVIEW_FORGOTTEN_ONCE_READ) && locked(&call.app.memory).has_shown(&before.id);
    let under_review = under_review(&before, switches).filter(|_| !ignores_review);
    if let Some(outcome) = under_review.clone().filter(|_| switches.vary(requests::STATE_BEFORE_BODY)) {
        return outcome;
    }
    let members = members(call)?;
    let purpose = Purpose::Update { country: before.value("country"), postal_code: before.value("postalCode") };
    if switches.vary(requests::BODY_BEFORE_STATE) {
        fields::read(&members, purpose, switches)?;
    }
    if let Some(outcome) = under_review {
        return outcome;
    }
    if switches.vary(requests::FORMATS_BEFORE_IMMUTABLES) {
        fields::read(&members, purpose, switches)?;
    }
    refuse_immutable(&members, &before, switches)?;
    let changes = changes(&members, purpose, switches)?;
    refuse_taken_email(call, &customers, &changes)?;
    let customer = customers.get_mut(&call.route.id).ok_or_else(|| unknown(call))?;
    customer.apply(changes);
    if switches.has(memory::UPDATE_LOSES_DOCUMENTS) {
        customer.documents = 0;
    }
    let body = customer.to_json(switches);
    customers.update_email_index(&call.route.id, before.value("email"));
    Ok(updated(body, &members, switches))
}

/// The changes of an update.
fn changes(members: &Map<String, Value>, purpose: Purpose, switches: &Switches) -> Result<Changes, Fault> {
    if members.is_empty() && switches.has(wrong::EMPTY_UPDATE_500) {
        return Err(Fault::internal());
    }
    if members.is_empty() && switches.vary(requests::EMPTY_PATCH_REFUSED) {
        return Err(Fault::new(Code::ValidationError).details("The update has no members"));
    }
    fields::read(members, purpose, switches)
}

fn updated(mut body: Value, members: &Map<String, Value>, switches: &Switches) -> Answer {
    let writable = [
        (resources::ID_WRITABLE, "id"),
        (resources::STATE_WRITABLE, "state"),
        (resources::CREATED_AT_WRITABLE, "createdAt"),
    ];
    if let Some(name) = switches.first(&writable)
        && let Some(value) = members.get(name)
    {
        body[name] = value.clone();
    }
    if switches.has(statuses::UPDATE_ANSWERS_204) {
        return Answer::no_content();
    }
    with_status(Answer::ok(body), statuses::UPDATE_ANSWERS_201, 201, switches)
}

fn under_review(customer: &Customer, switches: &Switches) -> Option<Outcome> {
    if customer.state != State::UnderReview || switches.has(resources::UPDATE_UNDER_REVIEW_ALLOWED) {
        return None;
    }
    if switches.has(resources::UPDATE_UNDER_REVIEW_IS_IGNORED) {
        return Some(Ok(Answer::ok(customer.to_json(switches))));
    }
    let fault = in_review();
    let forbidden = switches.has(resources::UNDER_REVIEW_IS_FORBIDDEN);
    Some(Err(if forbidden { fault.code(Code::InsufficientPermissions) } else { fault }))
}

/// The error for a customer who must not be changed during a review.
fn in_review() -> Fault {
    Fault::new(Code::ResourceConflict)
        .message("Customer is in UNDER_REVIEW state and cannot be modified")
        .details("Wait for verification to complete before updating")
}

fn refuse_immutable(members: &Map<String, Value>, before: &Customer, switches: &Switches) -> Result<(), Fault> {
    let present = before.to_json(switches);
    let repeats = |name: &&str| members.get(*name).is_some_and(|value| Some(value) == present.get(*name));
    if switches.has(wrong::PRESENT_IMMUTABLE_500) && IMMUTABLE.iter().any(repeats) {
        return Err(Fault::internal());
    }
    let changed = |name: &str| {
        let value = members.get(name);
        let same = value == present.get(name) && switches.vary(variants::PRESENT_VALUES_OF_IMMUTABLES_ACCEPTED);
        value.is_some() && !same
    };
    let reopened = |name: &str| {
        let open = matches!(members.get(name).and_then(Value::as_str), Some("PENDING" | "UNDER_REVIEW"));
        name == "state" && open && switches.has(resources::REVIEW_STATES_WRITABLE)
    };
    let written = IMMUTABLE.iter().find(|name| changed(name) && !may_write(name, switches) && !reopened(name));
    let Some(name) = written else { return Ok(()) };
    let fault = Fault::new(Code::ResourceConflict)
        .message("Immutable fields cannot be modified")
        .details(format!("Field '{name}' cannot be modified"));
    Err(match () {
        () if switches.has(resources::IMMUTABLE_AS_VALIDATION_ERROR) => fault.code(Code::ValidationError).field(name),
        () if switches.has(statuses::IMMUTABLE_AS_412) => fault.status(412),
        () if switches.vary(wording::FIELD_ON_CONFLICTS) => fault.field(name),
        () => fault,
    })
}

fn may_write(name: &str, switches: &Switches) -> bool {
    switches.has(resources::IGNORES_IMMUTABLE_FIELDS)
        || match name {
            "id" => switches.has(resources::ID_WRITABLE),
            "state" => switches.has(resources::STATE_WRITABLE),
            _ => switches.has(resources::CREATED_AT_WRITABLE),
        }
}

fn refuse_taken_email(call: Call, customers: &Customers, changes: &Changes) -> Result<(), Fault> {
    let Some(Some(email)) = changes.get("email") else {
        return Ok(());
    };
    match customers.with_email(call.caller.environment, email) {
        Some(_) if call.app.switches.vary(variants::UPDATE_TO_TAKEN_ADDRESS) => Ok(()),
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
    let switches = &call.app.switches;
    if customer.state == State::UnderReview && switches.vary(variants::DELETE_UNDER_REVIEW_REFUSED) {
        return Err(in_review());
    }
    if customer.documents > 0 && switches.has(resources::DELETING_DOCUMENTED_500) {
        return Err(Fault::internal());
    }
    customer.deleted = true;
    let reviewed = customer.state == State::UnderReview && switches.has(statuses::DELETING_REVIEWED_ANSWERS_200);
    if reviewed || switches.has(statuses::DELETE_ANSWERS_200) {
        return Ok(Answer::ok(customer.to_json(switches)));
    }
    if customer.documents > 0 && switches.has(statuses::DELETING_DOCUMENTED_ANSWERS_202) {
        return Ok(Answer::ok(customer.to_json(switches)).status(202));
    }
    Ok(Answer::no_content())
}

/// Uploads a document for a customer. Only the number of documents is stored.
pub(crate) fn upload(call: Call) -> Outcome {
    let switches = &call.app.switches;
    if switches.vary(requests::BODY_BEFORE_RESOURCE) {
        documents::judge(&members(call)?, switches)?;
    }
    if let Some(outcome) = lookup::refusal(call, &locked(&call.app.customers)) {
        return outcome;
    }
    let document = documents::judge(&members(call)?, switches)?;
    let mut customers = locked(&call.app.customers);
    let customer = customers.get_mut(&call.route.id).ok_or_else(|| unknown(call))?;
    if customer.state == State::UnderReview && switches.vary(variants::DOCUMENTS_UNDER_REVIEW_REFUSED) {
        return Err(in_review());
    }
    if call.caller.scope < Scope::Admin || !switches.has(memory::DOCUMENTS_OF_ADMINISTRATORS_LOST) {
        customer.documents += 1;
    }
    let mut body = json!({
        "id": call.app.ids.next("doc"),
        "customerId": customer.id,
        "type": document.purpose,
        "contentType": document.media_type,
        "size": document.size,
        "createdAt": clock::rfc3339_now(&call.app.switches),
    });
    if switches.has(envelope::ERROR_IN_DOCUMENT) {
        body["error"] = json!({ "code": "VALIDATION_ERROR", "message": "The document expires soon" });
    }
    Ok(with_status(Answer::created(body), statuses::UPLOAD_ANSWERS_200, 200, switches))
}

fn members(call: Call) -> Result<Map<String, Value>, Fault> {
    json::object(call.request, call.route.operation, &call.app.switches)
}

fn unknown(call: Call) -> Fault {
    Fault::not_found("Customer", &call.route.id)
}

fn with_status(answer: Answer, mutant: crate::mutants::Mutant, status: u16, switches: &Switches) -> Answer {
    if switches.has(mutant) { answer.status(status) } else { answer }
}

//! Mutants that do something before or after a step of a request.

use serde_json::{Map, Value, json};

use super::Mutated;
use crate::clock::TimeRules as _;
use crate::customers::{Absence, Customer, CustomerRules as _, State, in_review};
use crate::dispatch::{self, Service};
use crate::errors::{ApiError, Code};
use crate::json::BodyRules as _;
use crate::mutants::{Mutant, access, fields, formats, memory, resources, responses};
use crate::operations::lookup;
use crate::request::{Request, RequestContext};
use crate::route::{Operation, Route, Scope};
use crate::state::{self, Call};
use crate::success::{ApiResult, Success};

impl Service for Mutated {
    fn handle(&self, state: &state::State, request: &Request, context: &mut RequestContext) -> ApiResult {
        let route = dispatch::route(state, request);
        if !self.intermittent.is_empty() {
            self.times.begin(&context.credential);
        }
        let Some(route) = route.filter(|route| route.operation != Operation::ReceiveWebhookEvent) else {
            return dispatch::handle(self, state, request, context)
                .and_then(|response| self.event_response(request, response));
        };
        if let Some(response) = self.stale_response(state, request, &route) {
            return Ok(response);
        }
        let outcome = self
            .refuse_before_credential(state, request, &route)
            .and_then(|()| dispatch::handle(self, state, request, context))
            .map(|response| self.present(state, &route, response));
        self.record(state, request, &route, &outcome);
        outcome
    }

    fn check_permission(&self, call: Call) -> Result<(), ApiError> {
        let result = self.base.check_permission(call);
        let lacks_scope = result.as_ref().is_err_and(|fault| fault.code == Code::InsufficientPermissions);
        if lacks_scope && self.overlooks_scope(call) { Ok(()) } else { result }
    }

    fn run(&self, call: Call) -> ApiResult {
        if fails_on_id(call.route).iter().any(|(mutant, fails)| *fails && self.is_active(*mutant)) {
            return Err(ApiError::internal());
        }
        let cut = Route { id: call.route.id.split('\0').next().unwrap_or_default().to_owned(), ..call.route.clone() };
        let cuts = call.route.operation == Operation::GetCustomer && self.is_active(resources::ID_ENDS_AT_NUL);
        let call = Call { route: if cuts { &cut } else { call.route }, ..call };
        if let Some(outcome) = self.absent(call) {
            return outcome;
        }
        match call.route.operation {
            Operation::CreateCustomer => self.create(call),
            Operation::UpdateCustomer => self.update(call),
            Operation::CreateWebhook => self.register(call),
            Operation::DeleteCustomer => self.delete(call),
            Operation::UploadDocument => self.upload(call),
            _ => self.base.run(call),
        }
    }
}

/// The mutants that cannot handle some id, and whether this is one.
fn fails_on_id(route: &Route) -> [(Mutant, bool); 9] {
    [
        (resources::PERCENT_ID_500, route.raw_id.contains('%')),
        (resources::LONG_ID_500, route.raw_id.len() > 200),
        (resources::DOTTED_ID_500, route.raw_id.contains('.')),
        (resources::NUL_ID_500, route.id.contains('\0')),
        (resources::FOREIGN_BYTES_ID_500, route.id.contains('\u{fffd}')),
        (resources::BLANK_ID_500, !route.id.is_empty() && route.id.trim().is_empty()),
        (resources::QUOTED_ID_500, route.id.contains('\'')),
        (resources::UNICODE_ID_500, !route.id.is_ascii() && !route.id.contains('\u{fffd}')),
        (resources::SLASH_IN_ID_500, route.id.contains('/')),
    ]
}

impl Mutated {
    fn overlooks_scope(&self, call: Call) -> bool {
        let failed = || {
            let customers = call.state.customers.lock();
            customers.get(&call.route.id).is_some_and(|customer| customer.state == State::NeedsAdditionalInformation)
        };
        let only_country = || {
            let members = self.body(call.request, call.route.operation).unwrap_or_default();
            call.route.operation == Operation::UpdateCustomer && members.keys().eq(["country"])
        };
        (self.is_active(access::SCOPE_FORGOTTEN_AFTER_FAILURE) && failed())
            || (self.is_active(access::READER_MAY_CHANGE_COUNTRY) && only_country())
    }

    /// Looks up the resource before the credential is checked.
    fn refuse_before_credential(&self, state: &state::State, request: &Request, route: &Route) -> Result<(), ApiError> {
        if request.has_credential() {
            return Ok(());
        }
        let id = &route.id;
        let (kind, known) = match route.operation {
            operation
                if operation.is_of_one_customer() && self.is_active(access::DELETED_CUSTOMER_BEFORE_CREDENTIAL) =>
            {
                ("Customer", !state.customers.lock().get(id).is_some_and(|customer| customer.deleted))
            }
            operation if operation.is_of_one_customer() && self.is_active(access::CUSTOMER_BEFORE_CREDENTIAL) => {
                ("Customer", state.customers.lock().get(id).is_some())
            }
            Operation::ListWebhookDeliveries if self.is_active(access::WEBHOOK_BEFORE_CREDENTIAL) => {
                ("Webhook", state.webhooks.knows(id))
            }
            Operation::GetTransaction if self.is_active(access::TRANSACTION_BEFORE_CREDENTIAL) => {
                ("Transaction", state.transactions.lock().contains_key(id))
            }
            _ => return Ok(()),
        };
        if known { Ok(()) } else { Err(ApiError::not_found(kind, id)) }
    }

    /// The outcome of a mutant for a customer who is not available.
    fn absent(&self, call: Call) -> Option<ApiResult> {
        if !call.route.operation.is_of_one_customer() {
            return None;
        }
        let customers = call.state.customers.lock();
        let absence = lookup::absence(call, &customers)?;
        if self.overlooks(absence, call.route.operation) {
            return None;
        }
        let fault = lookup::unknown(call);
        let in_review = customers.get(&call.route.id).is_some_and(|customer| customer.state == State::UnderReview);
        let reviewed = in_review && call.route.operation == Operation::UpdateCustomer;
        match absence {
            Absence::NeverExisted => self.never_existed(fault, call),
            Absence::Deleted if reviewed && self.is_active(resources::REVIEW_OUTLIVES_DELETION) => {
                Some(Err(fault.code(Code::ResourceConflict)))
            }
            _ => None,
        }
    }

    fn never_existed(&self, fault: ApiError, call: Call) -> Option<ApiResult> {
        match call.route.operation {
            Operation::UpdateCustomer if self.is_active(resources::UPDATE_CREATES_UNKNOWN) => {
                Some(Ok(Success::ok(self.made_up_customer(call))))
            }
            Operation::DeleteCustomer if self.is_active(resources::DELETE_UNKNOWN_RETURNS_204) => {
                Some(Ok(Success::no_content()))
            }
            Operation::UploadDocument if self.is_active(resources::UPLOAD_TO_UNKNOWN_ACCEPTED) => {
                Some(Ok(Success::created(json!({ "id": call.state.ids.next("doc"), "type": "PASSPORT" }))))
            }
            Operation::SubmitVerification if self.is_active(resources::SUBMIT_UNKNOWN_FAILS_VERIFICATION) => {
                Some(Err(fault.code(Code::VerificationFailed)))
            }
            Operation::GetCustomer
                if is_prototype(&call.route.id) && self.is_active(resources::FINDS_NAMES_OF_PROTOTYPES) =>
            {
                Some(Ok(Success::ok(self.made_up_customer(call))))
            }
            Operation::GetCustomer if self.is_active(responses::NOT_FOUND_AS_200) => Some(Err(fault.status(200))),
            _ if self.is_active(resources::UNKNOWN_CUSTOMER_IS_FORBIDDEN) => {
                Some(Err(fault.code(Code::InsufficientPermissions)))
            }
            _ => None,
        }
    }

    fn made_up_customer(&self, call: Call) -> Value {
        json!({
            "id": call.route.id,
            "email": "nobody@example.com",
            "firstName": "Nobody",
            "lastName": "Known",
            "dateOfBirth": "1970-01-01",
            "state": "PENDING",
            "createdAt": self.timestamp(),
        })
    }

    fn create(&self, call: Call) -> ApiResult {
        let members = self.body(call.request, call.route.operation).unwrap_or_default();
        let is_british = members.get("phoneNumber").and_then(Value::as_str).is_some_and(|text| text.starts_with("+44"));
        let is_abroad = members.get("country").is_some_and(|country| country != "GB");
        if is_british && is_abroad && self.is_active(formats::PHONE_MUST_MATCH_COUNTRY) {
            return Err(ApiError::format("phoneNumber", "The number is of another country"));
        }
        self.base.run(call).or_else(|fault| match self.overlooks_format(call, &fault) {
            true => Ok(Success::created(self.made_up_customer(call))),
            false => Err(fault),
        })
    }

    fn overlooks_format(&self, call: Call, fault: &ApiError) -> bool {
        fault.code == Code::InvalidFieldFormat
            && call.caller.scope == Scope::Admin
            && self.is_active(formats::FORMATS_OF_ADMINISTRATORS_UNCHECKED)
    }

    fn register(&self, call: Call) -> ApiResult {
        self.base.run(call).or_else(|fault| {
            let members = self.body(call.request, call.route.operation).unwrap_or_default();
            let url = members.get("url").filter(|url| url.is_array());
            match url.filter(|_| self.is_active(fields::LIST_AS_WEBHOOK_URL_ACCEPTED)) {
                Some(url) => {
                    Ok(Success::created(json!({ "id": call.state.ids.next("whk"), "url": url[0], "secret": "s" })))
                }
                None => Err(fault),
            }
        })
    }

    fn update(&self, call: Call) -> ApiResult {
        let customer = || call.state.customers.lock().get(&call.route.id).cloned();
        let before = customer();
        let is_frozen = before.as_ref().is_some_and(|before| before.state == State::NeedsAdditionalInformation);
        if is_frozen && self.is_active(resources::FAILED_CUSTOMERS_ARE_FROZEN) {
            return Err(in_review());
        }
        let members = self.body(call.request, call.route.operation).unwrap_or_default();
        let response = match self.base.run(call) {
            Ok(response) => response,
            Err(fault) if self.overlooks_format(call, &fault) => Success::ok(self.made_up_customer(call)),
            Err(fault) => return Err(self.refused_update(call, &members, fault)),
        };
        let values = |customer: Option<Customer>| customer.map(|customer| customer.values).unwrap_or_default();
        let (before, after) = (values(before), values(customer()));
        if before == after && self.is_active(responses::UPDATE_WITHOUT_A_CHANGE_RETURNS_204) {
            return Ok(Success::no_content());
        }
        let mut customers = call.state.customers.lock();
        if before.get("email") != after.get("email") && self.is_active(resources::DUPLICATES_OF_UPDATES_ALLOWED) {
            customers.forget_email(&call.route.id);
        }
        if let Some(customer) = customers.get_mut(&call.route.id) {
            self.spoil_updated(customer, &members, before.get("phoneNumber"));
        }
        Ok(response)
    }

    fn refused_update(&self, call: Call, members: &Map<String, Value>, mut fault: ApiError) -> ApiError {
        if fault.code != Code::InvalidFieldFormat {
            return fault;
        }
        if self.is_active(memory::REFUSED_UPDATE_RELEASES_EMAIL) {
            call.state.customers.lock().forget_email(&call.route.id);
        }
        let is_stored = fault.field.as_deref() == Some("postalCode") && !members.contains_key("country");
        if is_stored && self.is_active(responses::FIELD_MISSING_FOR_STORED_COUNTRY) {
            fault.field = None;
        }
        fault
    }

    /// What mutants do to a stored customer after an update with these members.
    fn spoil_updated(&self, customer: &mut Customer, members: &Map<String, Value>, phone: Option<&String>) {
        if self.is_active(memory::UPDATE_LOSES_DOCUMENTS) {
            customer.documents = 0;
        }
        if self.is_active(memory::UPDATE_CLEARS_OPTIONAL_FIELDS) {
            let optional = ["phoneNumber", "country", "postalCode"];
            customer.values.retain(|name, _| !optional.contains(name) || members.contains_key(*name));
        }
        if members.contains_key("phoneNumber") && self.is_active(memory::UPDATED_PHONE_NOT_STORED) {
            match phone {
                Some(phone) => customer.values.insert("phoneNumber", phone.clone()),
                None => customer.values.remove("phoneNumber"),
            };
        }
    }

    fn delete(&self, call: Call) -> ApiResult {
        let documented = call.state.customers.lock().get(&call.route.id).is_some_and(|customer| customer.documents > 0);
        if documented && self.is_active(resources::DELETING_DOCUMENTED_500) {
            let mut customers = call.state.customers.lock();
            return lookup::find(call, &mut customers).and(Err(ApiError::internal()));
        }
        self.base.run(call)
    }

    fn upload(&self, call: Call) -> ApiResult {
        let response = self.base.run(call)?;
        let is_pdf = response.body.as_ref().is_some_and(|body| body["contentType"] == "application/pdf");
        let is_lost = (call.caller.scope == Scope::Admin && self.is_active(memory::DOCUMENTS_OF_ADMINISTRATORS_LOST))
            || (is_pdf && self.is_active(resources::PDF_IS_NO_DOCUMENT));
        if is_lost && let Some(customer) = call.state.customers.lock().get_mut(&call.route.id) {
            customer.documents -= 1;
        }
        Ok(response)
    }
}

fn is_prototype(id: &str) -> bool {
    ["__proto__", "constructor", "toString", "hasOwnProperty"].contains(&id)
}

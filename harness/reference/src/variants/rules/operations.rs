//! Variants in the order of the steps of a request.

use super::Varied;
use crate::auth;
use crate::customers::{Customer, State, in_review};
use crate::dispatch::{self, Service};
use crate::documents;
use crate::errors::ApiError;
use crate::fields::Purpose;
use crate::operations::lookup;
use crate::request::{Request, RequestContext};
use crate::route::Operation;
use crate::sandbox;
use crate::state::{self, Call};
use crate::success::{ApiResult, Success};
use crate::variants::{requests, resources, webhooks};

impl Service for Varied {
    fn handle(&self, state: &state::State, request: &Request, context: &mut RequestContext) -> ApiResult {
        dispatch::handle(self, state, request, context)
    }

    fn check_permission(&self, call: Call) -> Result<(), ApiError> {
        let (rules, headers) = (call.rules(), &call.request.headers);
        let sandbox_last = self.is_active(requests::SANDBOX_ERROR_AFTER_SCOPE);
        if !sandbox_last {
            sandbox::requested_fault(headers, rules)?;
        }
        if self.is_active(requests::RESOURCE_BEFORE_SCOPE) && call.route.operation.is_of_one_customer() {
            lookup::find(call, &mut call.state.customers.lock())?;
        }
        if self.is_active(requests::BODY_BEFORE_SCOPE) && call.route.operation.has_body() {
            rules.body(call.request, call.route.operation)?;
        }
        auth::authorise(call.caller, call.route.operation, rules)?;
        if sandbox_last { sandbox::requested_fault(headers, rules) } else { Ok(()) }
    }

    fn run(&self, call: Call) -> ApiResult {
        match call.route.operation {
            Operation::UpdateCustomer => self.check_update(call)?,
            Operation::UploadDocument => self.check_upload(call)?,
            Operation::DeleteCustomer if self.is_active(resources::DELETE_UNDER_REVIEW_REFUSED) => {
                refuse_under_review(call)?;
            }
            Operation::SubmitVerification if self.is_active(resources::SUBMITTED_TWICE) => {
                let customer = found(call)?;
                if customer.state == State::UnderReview {
                    return Ok(Success::ok(call.rules().shown(&customer)));
                }
            }
            _ => {}
        }
        let response = dispatch::run(call)?;
        let registered = call.route.operation == Operation::CreateWebhook && self.is_active(webhooks::EVENTS_OF_NOBODY);
        if let Some(id) = response.body.as_ref().and_then(|body| body["id"].as_str()).filter(|_| registered) {
            call.state.webhooks.notify(id, "webhook.created", &call.state.ids);
        }
        Ok(response)
    }
}

impl Varied {
    /// The checks of an update that a variant makes before the others.
    fn check_update(&self, call: Call) -> Result<(), ApiError> {
        let members = || call.rules().body(call.request, call.route.operation);
        if self.is_active(requests::BODY_BEFORE_RESOURCE) {
            call.rules().customer_fields(&members()?, Purpose::Update { country: None, postal_code: None })?;
        }
        if self.is_active(requests::STATE_BEFORE_BODY) {
            refuse_under_review(call)?;
        }
        let formats = self.is_active(requests::FORMATS_BEFORE_IMMUTABLES);
        if self.is_active(requests::BODY_BEFORE_STATE) || formats {
            let before = found(call)?;
            let members = members()?;
            if formats {
                refuse_under_review(call)?;
            }
            let purpose = Purpose::Update { country: before.value("country"), postal_code: before.value("postalCode") };
            call.rules().customer_fields(&members, purpose)?;
        }
        Ok(())
    }

    fn check_upload(&self, call: Call) -> Result<(), ApiError> {
        let judge = || documents::judge(&call.rules().body(call.request, call.route.operation)?, call.rules());
        if self.is_active(requests::BODY_BEFORE_RESOURCE) {
            judge()?;
        }
        if self.is_active(resources::DOCUMENTS_UNDER_REVIEW_REFUSED) {
            found(call)?;
            judge()?;
            refuse_under_review(call)?;
        }
        Ok(())
    }
}

fn found(call: Call) -> Result<Customer, ApiError> {
    lookup::find(call, &mut call.state.customers.lock()).cloned()
}

fn refuse_under_review(call: Call) -> Result<(), ApiError> {
    if found(call)?.state == State::UnderReview { Err(in_review()) } else { Ok(()) }
}

//! The operations on webhooks.

use serde_json::json;

use crate::fields;
use crate::request::{Body, Request};
use crate::route::Operation;
use crate::sandbox;
use crate::state::{Call, State};
use crate::success::{ApiResult, Success};
use crate::webhooks::inbound;

/// Registers a webhook.
pub(crate) fn create(call: Call) -> ApiResult {
    let (state, rules) = (call.state, call.rules());
    let members = rules.body(call.request, call.route.operation)?;
    let url = fields::required_text(&members, "url", rules)?;
    let target = rules.target(&members, url)?;
    let (id, secret) = state.webhooks.register(call.caller.environment, target, &state.ids);
    Ok(rules.registered(json!({ "id": id, "url": url, "secret": secret })))
}

/// Lists the deliveries of one webhook.
pub(crate) fn deliveries(call: Call) -> ApiResult {
    let (rules, id) = (call.rules(), &call.route.id);
    let Some(all) = call.state.webhooks.deliveries(id, call.caller.environment) else {
        return rules.unknown_webhook(id).map(Success::ok);
    };
    let shown = all.into_iter().filter_map(|one| rules.logged(one)).collect();
    Ok(Success::ok(json!({ "deliveries": rules.log(shown) })))
}

/// Receives a signed event.
pub(crate) fn receive(state: &State, request: &Request) -> ApiResult {
    let rules = &*state.rules;
    let bytes = match &request.body {
        Body::Whole(bytes) => bytes.as_slice(),
        Body::CutShort | Body::TooLong => &[],
    };
    inbound::verify(&request.headers, bytes, rules.unix_seconds(), rules)?;
    sandbox::requested_fault(&request.headers, rules)?;
    rules.body(request, Operation::ReceiveWebhookEvent)?;
    Ok(rules.event_received())
}

//! What is right, decision by decision.
//!
//! Each module of the API states its decisions as a trait, whose methods do what the contract says. [`Conforming`]
//! changes none of them. `mutants::rules` and `variants::rules` are decorators that
//! override single methods; nothing outside of them knows that mutants and variants exist.

use std::fmt::Debug;

use serde_json::{Map, Value};

use crate::auth::AccessRules;
use crate::clock::TimeRules;
use crate::customers::CustomerRules;
use crate::documents::DocumentRules;
use crate::errors::ApiError;
use crate::fields::{self, Changes, FieldRules, Purpose};
use crate::formats::FormatRules;
use crate::idempotency::ReplayRules;
use crate::ids::IdRules;
use crate::json::BodyRules;
use crate::limiter::LimitRules;
use crate::respond::ResponseRules;
use crate::sandbox::SandboxRules;
use crate::success::SuccessRules;
use crate::transport::TransportRules;
use crate::verification::VerificationRules;
use crate::webhooks::WebhookRules;
use crate::webhooks::inbound::InboundRules;
use crate::webhooks::outbound::DeliveryRules;

/// Every decision of the API.
pub(crate) trait Rules:
    AccessRules
    + SuccessRules
    + BodyRules
    + CustomerRules
    + DeliveryRules
    + DocumentRules
    + FieldRules
    + FormatRules
    + IdRules
    + InboundRules
    + LimitRules
    + ReplayRules
    + ResponseRules
    + SandboxRules
    + TimeRules
    + TransportRules
    + VerificationRules
    + WebhookRules
    + Debug
    + Send
    + Sync
{
}

/// The server that keeps the contract.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Conforming;

impl Rules for Conforming {}
impl AccessRules for Conforming {}
impl SuccessRules for Conforming {}
impl BodyRules for Conforming {}
impl CustomerRules for Conforming {}
impl DeliveryRules for Conforming {}
impl DocumentRules for Conforming {}
impl FieldRules for Conforming {
    fn customer_fields(&self, members: &Map<String, Value>, purpose: Purpose) -> Result<Changes, ApiError> {
        fields::read(members, purpose, self)
    }
}
impl FormatRules for Conforming {}
impl IdRules for Conforming {}
impl InboundRules for Conforming {}
impl LimitRules for Conforming {}
impl ReplayRules for Conforming {}
impl ResponseRules for Conforming {}
impl SandboxRules for Conforming {}
impl TimeRules for Conforming {}
impl TransportRules for Conforming {}
impl VerificationRules for Conforming {}
impl WebhookRules for Conforming {}

//! What is right, decision by decision.
//!
//! Each module of the API states its decisions as a trait, whose methods do what the contract says. [`Contract`]
//! changes none of them, so it is the conforming server. `mutants::rules` and `variants::rules` are decorators that
//! override single methods; nothing outside of them knows that mutants and variants exist.

use std::fmt::Debug;

use serde_json::{Map, Value};

use crate::answer::AnswerRules;
use crate::auth::AccessRules;
use crate::clock::TimeRules;
use crate::customers::CustomerRules;
use crate::documents::DocumentRules;
use crate::errors::Fault;
use crate::fields::{self, Changes, FieldRules, Purpose};
use crate::formats::FormatRules;
use crate::idempotency::ReplayRules;
use crate::ids::IdRules;
use crate::json::BodyRules;
use crate::limiter::LimitRules;
use crate::respond::ResponseRules;
use crate::sandbox::SandboxRules;
use crate::transport::TransportRules;
use crate::verification::VerificationRules;
use crate::webhooks::WebhookRules;
use crate::webhooks::inbound::InboundRules;
use crate::webhooks::outbound::DeliveryRules;

/// Every decision of the API.
pub(crate) trait Rules:
    AccessRules
    + AnswerRules
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

/// The contract itself.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Contract;

impl Rules for Contract {}
impl AccessRules for Contract {}
impl AnswerRules for Contract {}
impl BodyRules for Contract {}
impl CustomerRules for Contract {}
impl DeliveryRules for Contract {}
impl DocumentRules for Contract {}
impl FieldRules for Contract {
    fn customer_fields(&self, members: &Map<String, Value>, purpose: Purpose) -> Result<Changes, Fault> {
        fields::read(members, purpose, self)
    }
}
impl FormatRules for Contract {}
impl IdRules for Contract {}
impl InboundRules for Contract {}
impl LimitRules for Contract {}
impl ReplayRules for Contract {}
impl ResponseRules for Contract {}
impl SandboxRules for Contract {}
impl TimeRules for Contract {}
impl TransportRules for Contract {}
impl VerificationRules for Contract {}
impl WebhookRules for Contract {}

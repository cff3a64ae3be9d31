//! The whole state of a server, and one call of an operation on it.

use std::sync::Arc;

use parking_lot::Mutex;

use crate::auth::Caller;
use crate::customers::Store;
use crate::idempotency::Replays;
use crate::ids;
use crate::limiter::Limiter;
use crate::request::Request;
use crate::route::Route;
use crate::rules::Rules;
use crate::settings::Settings;
use crate::verification::Transactions;
use crate::webhooks;

pub(crate) type Ids = ids::Ids<dyn Rules>;
pub(crate) type Customers = Store<dyn Rules>;
pub(crate) type Webhooks = webhooks::Webhooks<dyn Rules>;

/// The whole state of a server.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) settings: Settings,
    /// What is right here: the contract, or what mutants and variants make of it.
    pub(crate) rules: Arc<dyn Rules>,
    pub(crate) ids: Ids,
    pub(crate) limiter: Mutex<Limiter>,
    pub(crate) customers: Mutex<Customers>,
    pub(crate) transactions: Mutex<Transactions>,
    pub(crate) replays: Mutex<Replays>,
    pub(crate) webhooks: Webhooks,
}

impl State {
    pub(crate) fn new(settings: Settings, rules: Arc<dyn Rules>) -> Self {
        Self {
            ids: Ids::new(rules.clone()),
            limiter: Mutex::default(),
            customers: Mutex::new(Customers::new(rules.clone())),
            transactions: Mutex::default(),
            replays: Mutex::default(),
            webhooks: Webhooks::new(&settings, rules.clone()),
            settings,
            rules,
        }
    }
}

/// One call of an operation.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Call<'a> {
    pub(crate) state: &'a State,
    pub(crate) caller: &'a Caller,
    pub(crate) route: &'a Route,
    pub(crate) request: &'a Request,
}

impl<'a> Call<'a> {
    pub(crate) fn rules(self) -> &'a dyn Rules {
        &*self.state.rules
    }
}

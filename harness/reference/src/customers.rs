//! Customers and their store.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use serde_json::{Map, Value, json};

use crate::credentials::Environment;
use crate::errors::{ApiError, Code};
use crate::fields::{self, Changes};
use crate::route::Operation;

/// The list shows at most this many customers, the newest first.
const MAX_LIST_LENGTH: usize = 1_000;

/// Fields that a request must not set.
pub(crate) const IMMUTABLE: [&str; 3] = ["id", "state", "createdAt"];

/// The state of a customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    Pending,
    UnderReview,
    NeedsAdditionalInformation,
    Approved,
    Rejected,
}

impl State {
    pub(crate) fn name(self) -> &'static str {
        match self {
            State::Pending => "PENDING",
            State::UnderReview => "UNDER_REVIEW",
            State::NeedsAdditionalInformation => "NEEDS_ADDITIONAL_INFORMATION",
            State::Approved => "APPROVED",
            State::Rejected => "REJECTED",
        }
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Customer {
    pub(crate) id: String,
    pub(crate) environment: Environment,
    pub(crate) values: BTreeMap<&'static str, String>,
    pub(crate) state: State,
    pub(crate) created_at: String,
    pub(crate) documents: usize,
    /// Deleted customers stay in the store. So they differ from customers that never existed.
    pub(crate) deleted: bool,
}

impl Customer {
    pub(crate) fn value(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(String::as_str)
    }

    pub(crate) fn apply(&mut self, changes: Changes) {
        for (name, value) in changes {
            match value {
                Some(value) => self.values.insert(name, value),
                None => self.values.remove(name),
            };
        }
    }

    /// The customer as a client sees it.
    pub(crate) fn to_json(&self) -> Value {
        let mut members = Map::new();
        members.insert("id".to_owned(), json!(self.id));
        for name in fields::names() {
            if let Some(value) = self.value(name) {
                members.insert(name.to_owned(), json!(value));
            }
        }
        members.insert("state".to_owned(), json!(self.state.name()));
        members.insert("createdAt".to_owned(), json!(self.created_at));
        Value::Object(members)
    }
}

/// Why a customer is not available.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Absence {
    NeverExisted,
    Deleted,
    OtherEnvironment,
}

/// Which customers exist for whom, and what conflicts with them.
pub(crate) trait CustomerRules {
    /// The customer as a client sees it.
    fn shown(&self, customer: &Customer) -> Value {
        customer.to_json()
    }

    /// The state of a new customer.
    fn first_state(&self) -> State {
        State::Pending
    }

    /// RES-1, RES-3 and RES-4: an unknown customer, a deleted one, and one of another environment are all absent.
    fn overlooks(&self, _absence: Absence, _operation: Operation) -> bool {
        false
    }

    /// What addresses have in common that count as the same. Letter case does not matter.
    fn email_key(&self, email: &str) -> String {
        email.to_lowercase()
    }

    /// CON-3: whether no other customer may have the address of this one.
    fn holds_address(&self, customer: &Customer) -> bool {
        !customer.deleted
    }

    /// CON-3: an address that is in use, in a new customer. `None` means that it may be.
    fn duplicate(&self, fault: ApiError, _holder: Value) -> Option<Result<Value, ApiError>> {
        Some(Err(fault))
    }

    /// An address that is in use, in an update.
    fn taken(&self, fault: ApiError) -> Result<(), ApiError> {
        Err(fault)
    }

    /// CON-1: a customer in UNDER_REVIEW is not updated.
    fn under_review(&self, _customer: &Customer) -> Option<Result<Value, ApiError>> {
        Some(Err(in_review()))
    }

    /// CON-2: whether an update may write this immutable field, whose present value is given.
    fn may_write(&self, _name: &str, _written: &Value, _present: Option<&Value>) -> bool {
        false
    }

    /// CON-2: an update that writes an immutable field.
    fn immutable(&self, name: &str, _members: &Map<String, Value>, _present: &Value) -> ApiError {
        ApiError::new(Code::ResourceConflict)
            .message("Immutable fields cannot be modified")
            .details(format!("Field '{name}' cannot be modified"))
    }
}

/// The error for a customer who must not be changed during a review.
pub(crate) fn in_review() -> ApiError {
    ApiError::new(Code::ResourceConflict)
        .message("Customer is in UNDER_REVIEW state and cannot be modified")
        .details("Wait for verification to complete before updating")
}

/// All customers of all environments.
#[derive(Debug)]
pub(crate) struct Store<R: ?Sized> {
    all: Vec<Customer>,
    by_id: HashMap<String, usize>,
    /// The customers with an address, the oldest first.
    by_email: HashMap<(Environment, String), Vec<usize>>,
    rules: Arc<R>,
}

impl<R: CustomerRules + ?Sized> Store<R> {
    pub(crate) fn new(rules: Arc<R>) -> Self {
        Self { all: Vec::new(), by_id: HashMap::new(), by_email: HashMap::new(), rules }
    }

    pub(crate) fn insert(&mut self, customer: Customer) {
        let at = self.all.len();
        self.by_id.insert(customer.id.clone(), at);
        self.by_email.entry(self.key_of(&customer)).or_default().push(at);
        self.all.push(customer);
    }

    /// The customer with this id, deleted or not, of any environment.
    pub(crate) fn get(&self, id: &str) -> Option<&Customer> {
        self.by_id.get(id).map(|&at| &self.all[at])
    }

    pub(crate) fn get_mut(&mut self, id: &str) -> Option<&mut Customer> {
        self.by_id.get(id).map(|&at| &mut self.all[at])
    }

    /// The customer who holds this address.
    pub(crate) fn with_email(&self, environment: Environment, email: &str) -> Option<&Customer> {
        let all = self.by_email.get(&(environment, self.rules.email_key(email)))?;
        all.iter().map(|&at| &self.all[at]).find(|customer| self.rules.holds_address(customer))
    }

    /// Sets new values of a customer.
    pub(crate) fn update(&mut self, id: &str, changes: Changes) {
        self.forget_email(id);
        let Some(&at) = self.by_id.get(id) else { return };
        self.all[at].apply(changes);
        self.by_email.entry(self.key_of(&self.all[at])).or_default().push(at);
    }

    /// Removes a customer from the index of addresses.
    pub(crate) fn forget_email(&mut self, id: &str) {
        let Some(&at) = self.by_id.get(id) else { return };
        let key = self.key_of(&self.all[at]);
        if let Some(all) = self.by_email.get_mut(&key) {
            all.retain(|one| *one != at);
        }
    }

    pub(crate) fn newest(&self, environment: Environment) -> impl Iterator<Item = &Customer> {
        self.all
            .iter()
            .rev()
            .filter(move |customer| customer.environment == environment && !customer.deleted)
            .take(MAX_LIST_LENGTH)
    }

    fn key_of(&self, customer: &Customer) -> (Environment, String) {
        (customer.environment, self.rules.email_key(customer.value("email").unwrap_or_default()))
    }
}

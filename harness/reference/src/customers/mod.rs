//! Customers and their store.

pub(crate) mod lookup;
pub(crate) mod operations;

use std::collections::{BTreeMap, HashMap};

use serde_json::{Map, Value, json};

use crate::credentials::Environment;
use crate::fields::{self, Changes};
use crate::mutants::resources as wrong;
use crate::switches::Switches;
use crate::variants::{resources, wire};

/// The list shows at most this many customers, the newest first.
const LONGEST_LIST: usize = 1_000;

/// The state of a customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    Pending,
    UnderReview,
    NeedsAdditionalInformation,
    /// Set by a variant only.
    Approved,
    /// Set by a mutant only.
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

    pub(crate) fn to_json(&self, switches: &Switches) -> Value {
        let mut members = Map::new();
        members.insert("id".to_owned(), json!(self.id));
        for name in fields::names() {
            if let Some(value) = self.value(name) {
                members.insert(name.to_owned(), json!(value));
            } else if switches.vary(wire::NULL_OPTIONALS) {
                members.insert(name.to_owned(), Value::Null);
            }
        }
        members.insert("state".to_owned(), json!(self.state.name()));
        members.insert("createdAt".to_owned(), json!(self.created_at));
        Value::Object(members)
    }
}

/// All customers of all environments.
#[derive(Debug, Default)]
pub(crate) struct Customers {
    all: Vec<Customer>,
    by_id: HashMap<String, usize>,
    by_email: HashMap<(Environment, String), usize>,
    switches: Switches,
}

impl Customers {
    pub(crate) fn new(switches: Switches) -> Self {
        Self { switches, ..Self::default() }
    }

    pub(crate) fn insert(&mut self, customer: Customer) {
        let at = self.all.len();
        self.by_id.insert(customer.id.clone(), at);
        self.by_email.insert(self.email_key(customer.environment, customer.value("email")), at);
        self.all.push(customer);
    }

    /// Adds a customer without an entry in the email index; the entry of another customer stays.
    pub(crate) fn insert_without_email(&mut self, customer: Customer) {
        self.by_id.insert(customer.id.clone(), self.all.len());
        self.all.push(customer);
    }

    /// The customer with this id, deleted or not, of any environment.
    pub(crate) fn get(&self, id: &str) -> Option<&Customer> {
        let id = if self.switches.has(wrong::ID_ENDS_AT_NUL) { id.split('\0').next().unwrap_or_default() } else { id };
        self.by_id.get(id).map(|&at| &self.all[at])
    }

    pub(crate) fn get_mut(&mut self, id: &str) -> Option<&mut Customer> {
        self.by_id.get(id).map(|&at| &mut self.all[at])
    }

    /// The customer with this address. Letter case does not matter.
    pub(crate) fn with_email(&self, environment: Environment, email: &str) -> Option<&Customer> {
        let key = self.email_key(environment, Some(email));
        let submitted = self.switches.has(wrong::DUPLICATES_OF_SUBMITTED_ALLOWED);
        let failed = self.switches.has(wrong::DUPLICATES_OF_FAILED_ALLOWED);
        let counts = |customer: &&Customer| {
            let ignored = match customer.state {
                State::UnderReview => submitted,
                State::NeedsAdditionalInformation => failed,
                _ => false,
            };
            !ignored && (!customer.deleted || self.switches.vary(resources::DELETED_ADDRESS_TAKEN))
        };
        if self.switches.vary(resources::UPDATE_TO_TAKEN_ADDRESS) {
            // Several customers may have the address, but the index has only one of them.
            let has = |customer: &&Customer| self.email_key(customer.environment, customer.value("email")) == key;
            return self.all.iter().filter(has).find(counts);
        }
        self.by_email.get(&key).map(|&at| &self.all[at]).filter(counts)
    }

    fn email_key(&self, environment: Environment, email: Option<&str>) -> (Environment, String) {
        let email = email.unwrap_or_default();
        if let Some((name, domain)) = email.split_once('@').filter(|_| self.switches.has(wrong::TAGS_OVERLOOKED)) {
            let name = name.split('+').next().unwrap_or_default();
            return (environment, format!("{name}@{domain}").to_lowercase());
        }
        let folded = !self.switches.vary(resources::CASE_SENSITIVE_MAIL);
        (environment, if folded { email.to_lowercase() } else { email.to_owned() })
    }

    /// Updates the email index after the address of a customer has changed.
    pub(crate) fn update_email_index(&mut self, id: &str, old_email: Option<&str>) {
        let Some(&at) = self.by_id.get(id) else {
            return;
        };
        let environment = self.all[at].environment;
        self.by_email.remove(&self.email_key(environment, old_email));
        let email = self.email_key(environment, self.all[at].value("email"));
        if !self.switches.has(wrong::DUPLICATES_OF_UPDATES_ALLOWED) || old_email == self.all[at].value("email") {
            self.by_email.insert(email, at);
        }
    }

    /// The newest customers of an environment.
    pub(crate) fn newest(&self, environment: Environment) -> impl Iterator<Item = &Customer> {
        self.all
            .iter()
            .rev()
            .filter(move |customer| customer.environment == environment && !customer.deleted)
            .take(LONGEST_LIST)
    }
}

//! Puts a server together: the contract, or what mutants and variants make of it.

use std::sync::Arc;

use crate::dispatch::Service;
use crate::mutants::rules::Mutated;
use crate::options::Options;
use crate::rules::Contract;
use crate::state::State;
use crate::variants::rules::Varied;

/// A server without its socket.
#[derive(Debug)]
pub(crate) struct App {
    pub(crate) state: State,
    pub(crate) service: Arc<dyn Service>,
}

impl App {
    pub(crate) fn new(options: Options) -> Self {
        if options.is_conforming() {
            return Self { state: State::new(options, Arc::new(Contract)), service: Arc::new(Contract) };
        }
        let rules = Arc::new(Mutated::new(&options));
        let options = Varied::new(&options).limited(options);
        Self { state: State::new(options, rules.clone()), service: rules }
    }
}

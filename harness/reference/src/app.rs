//! Puts a server together: the contract, or what mutants and variants make of it.

use std::sync::Arc;

use crate::dispatch::Service;
use crate::mutants::rules::Mutated;
use crate::options::Options;
use crate::rules::Conforming;
use crate::state::State;
use crate::variants::rules::Varied;

/// A server without its socket.
#[derive(Debug)]
pub(crate) struct App {
    pub(crate) state: State,
    pub(crate) service: Arc<dyn Service>,
}

impl App {
    pub(crate) fn new(options: &Options) -> Self {
        if options.is_conforming() {
            return Self { state: State::new(options.settings(), Arc::new(Conforming)), service: Arc::new(Conforming) };
        }
        let base = Varied::new(&options.variants);
        let settings = base.limited(options.settings());
        let rules = Arc::new(Mutated::new(base, &options.mutants, &options.intermittent));
        Self { state: State::new(settings, rules.clone()), service: rules }
    }
}

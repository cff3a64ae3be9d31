//! The mutants and the conforming variants of a running server that are switched on.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::mutants::Mutant;
use crate::options::Options;
use crate::route::Operation;
use crate::times::{Schedule, Times};
use crate::variants::Variant;

/// The names of the mutants and variants that are switched on.
#[derive(Clone, Debug, Default)]
pub(crate) struct Switches {
    mutants: Vec<&'static str>,
    variants: Vec<&'static str>,
    /// The intermittent mutants.
    intermittent: Vec<(&'static str, Schedule)>,
    times: Arc<Times>,
    /// How often `strikes` was called for an active mutant.
    asked: Arc<AtomicU64>,
}

impl Switches {
    pub(crate) fn new(options: &Options) -> Self {
        Self {
            mutants: options.mutants.iter().map(|mutant| mutant.name).collect(),
            variants: options.variants.iter().map(|variant| variant.name).collect(),
            intermittent: options.intermittent.iter().map(|one| (one.mutant.name, one.schedule)).collect(),
            times: Arc::default(),
            asked: Arc::default(),
        }
    }

    /// Registers a request that the current thread handles.
    pub(crate) fn begin(&self, operation: Option<Operation>, caller: &str) {
        if !self.intermittent.is_empty() {
            self.times.begin(operation, caller);
        }
    }

    /// Whether this mutant is switched on, and active now.
    pub(crate) fn has(&self, mutant: Mutant) -> bool {
        let shows = |(name, schedule): &(&str, Schedule)| *name == mutant.name && self.times.strikes(mutant, *schedule);
        self.mutants.contains(&mutant.name) || self.intermittent.iter().any(shows)
    }

    /// Whether this mutant is switched on and acts now. It acts every fifth time.
    pub(crate) fn strikes(&self, mutant: Mutant) -> bool {
        self.has(mutant) && self.asked.fetch_add(1, Ordering::Relaxed) % 5 == 4
    }

    /// The value of the first row whose mutant is switched on.
    pub(crate) fn first<T: Copy>(&self, rows: &[(Mutant, T)]) -> Option<T> {
        rows.iter().find(|(mutant, _)| self.has(*mutant)).map(|(_, value)| *value)
    }

    /// Whether this variant is switched on.
    pub(crate) fn vary(&self, variant: Variant) -> bool {
        self.variants.contains(&variant.name)
    }

    /// The value of the first row whose variant is switched on.
    pub(crate) fn variant<T: Copy>(&self, rows: &[(Variant, T)]) -> Option<T> {
        rows.iter().find(|(variant, _)| self.vary(*variant)).map(|(_, value)| *value)
    }
}

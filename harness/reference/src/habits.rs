//! What a server does otherwise than the plain reference: its defects, and the variations that the contract permits.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::defects::Defect;
use crate::options::Options;
use crate::route::Operation;
use crate::times::{Schedule, Times};
use crate::variations::Variation;

/// The defects and variations that are switched on.
#[derive(Clone, Debug, Default)]
pub(crate) struct Habits {
    defects: Vec<&'static str>,
    variations: Vec<&'static str>,
    /// The defects that show at times.
    intermittent: Vec<(&'static str, Schedule)>,
    times: Arc<Times>,
    /// How often a defect that strikes now and then was asked for.
    asked: Arc<AtomicU64>,
}

impl Habits {
    pub(crate) fn new(options: &Options) -> Self {
        Self {
            defects: options.defects.iter().map(|defect| defect.name).collect(),
            variations: options.variations.iter().map(|variation| variation.name).collect(),
            intermittent: options.intermittent.iter().map(|one| (one.defect.name, one.schedule)).collect(),
            times: Arc::default(),
            asked: Arc::default(),
        }
    }

    /// Takes note of a request that this thread carries out.
    pub(crate) fn begin(&self, operation: Option<Operation>, caller: &str) {
        if !self.intermittent.is_empty() {
            self.times.begin(operation, caller);
        }
    }

    /// Whether this defect is switched on, and shows now.
    pub(crate) fn has(&self, defect: Defect) -> bool {
        let shows = |(name, schedule): &(&str, Schedule)| *name == defect.name && self.times.strikes(defect, *schedule);
        self.defects.contains(&defect.name) || self.intermittent.iter().any(shows)
    }

    /// Whether this defect is switched on and strikes, which it does every fifth time.
    pub(crate) fn strikes(&self, defect: Defect) -> bool {
        self.has(defect) && self.asked.fetch_add(1, Ordering::Relaxed) % 5 == 4
    }

    /// The value of the first row whose defect is switched on.
    pub(crate) fn first<T: Copy>(&self, rows: &[(Defect, T)]) -> Option<T> {
        rows.iter().find(|(defect, _)| self.has(*defect)).map(|(_, value)| *value)
    }

    /// Whether this variation is switched on.
    pub(crate) fn vary(&self, variation: Variation) -> bool {
        self.variations.contains(&variation.name)
    }

    /// The value of the first row whose variation is switched on.
    pub(crate) fn variant<T: Copy>(&self, rows: &[(Variation, T)]) -> Option<T> {
        rows.iter().find(|(variation, _)| self.vary(*variation)).map(|(_, value)| *value)
    }
}

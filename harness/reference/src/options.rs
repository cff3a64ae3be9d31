//! The options of the server.

use std::time::Duration;

use crate::mutants::{Intermittent, Mutant};
use crate::settings::Settings;
use crate::variants::Variant;

/// Options of the server: mutants, conforming variants, rate limits, webhook times.
#[derive(Clone, Debug)]
pub struct Options {
    /// The mutants that are switched on; none by default.
    pub mutants: Vec<&'static Mutant>,
    /// The intermittent mutants that are switched on; none by default.
    pub intermittent: Vec<&'static Intermittent>,
    /// The conforming variants that are switched on; none by default.
    pub variants: Vec<&'static Variant>,
    /// Requests per window for each ordinary credential.
    pub ordinary_limit: u32,
    /// Requests per window for the credential `throttled`.
    pub throttled_limit: u32,
    /// Length of a rate-limit window, in whole seconds.
    pub window_seconds: u32,
    /// The timeout of one attempt to deliver a webhook.
    pub webhook_timeout: Duration,
    /// The pause before a retry of a webhook delivery.
    pub webhook_pause: Duration,
}

impl Options {
    /// Whether the server is the conforming one.
    pub(crate) fn is_conforming(&self) -> bool {
        self.mutants.is_empty() && self.intermittent.is_empty() && self.variants.is_empty()
    }

    pub(crate) fn settings(&self) -> Settings {
        Settings {
            ordinary_limit: self.ordinary_limit,
            throttled_limit: self.throttled_limit,
            window_seconds: self.window_seconds,
            webhook_timeout: self.webhook_timeout,
            webhook_pause: self.webhook_pause,
        }
    }
}

impl Default for Options {
    fn default() -> Self {
        Self {
            mutants: Vec::new(),
            intermittent: Vec::new(),
            variants: Vec::new(),
            ordinary_limit: 100_000,
            throttled_limit: 20,
            window_seconds: 2,
            webhook_timeout: Duration::from_secs(10),
            webhook_pause: Duration::from_millis(100),
        }
    }
}

//! What a caller of the crate may set.

use std::time::Duration;

use crate::intermittent::Intermittent;
use crate::mutants::Mutant;
use crate::variants::Variant;

/// How the reference behaves: limits, webhook pauses, deliberate mutants and conforming variants.
#[derive(Clone, Debug)]
pub struct Options {
    /// The violations that are switched on; none by default.
    pub mutants: Vec<&'static Mutant>,
    /// The violations that show at times; none by default.
    pub intermittent: Vec<&'static Intermittent>,
    /// The conforming variants that are switched on; none by default.
    pub variants: Vec<&'static Variant>,
    /// Requests a window for each ordinary credential.
    pub ordinary_limit: u32,
    /// Requests a window for the credential `throttled`.
    pub throttled_limit: u32,
    /// Length of a rate-limit window, in whole seconds.
    pub window_seconds: u32,
    /// How long an endpoint may take to answer a webhook.
    pub webhook_timeout: Duration,
    /// The pause between two attempts of a webhook delivery.
    pub webhook_pause: Duration,
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

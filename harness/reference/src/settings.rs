//! Limits and times of a server.

use std::time::Duration;

/// What a server allows and how long it waits.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Settings {
    /// Requests per window for each ordinary credential.
    pub(crate) ordinary_limit: u32,
    /// Requests per window for the credential `throttled`.
    pub(crate) throttled_limit: u32,
    /// Length of a rate-limit window, in whole seconds.
    pub(crate) window_seconds: u32,
    /// The timeout of one attempt to deliver a webhook.
    pub(crate) webhook_timeout: Duration,
    /// The pause before a retry of a webhook delivery.
    pub(crate) webhook_pause: Duration,
}

//! The demonstration credentials: fixed values, worth nothing anywhere else.

use crate::route::Scope;
use crate::tokens;

/// One actor's credential, as the harness's environment variable spells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credential {
    /// Whose it is.
    pub actor: &'static str,
    /// `key:…`, `bearer:<JWT>` or `secret:…`.
    pub value: String,
}

/// The worlds that see nothing of each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Environment {
    Sandbox,
    Production,
}

/// An API key that was issued.
#[derive(Debug)]
pub(crate) struct ApiKey {
    pub(crate) actor: &'static str,
    pub(crate) value: &'static str,
    pub(crate) scope: Scope,
    pub(crate) environment: Environment,
    pub(crate) revoked: bool,
}

const fn key(actor: &'static str, value: &'static str, scope: Scope) -> ApiKey {
    ApiKey { actor, value, scope, environment: Environment::Sandbox, revoked: false }
}

/// Every key that was ever issued.
pub(crate) const KEYS: &[ApiKey] = &[
    key("admin", "cvk_sandbox_admin_7Qm2vX9bT4kLw8Rz", Scope::Admin),
    key("writer", "cvk_sandbox_writer_3Hn6cY1dPs5jGf0A", Scope::Write),
    key("reader", "cvk_sandbox_reader_9Ku4eW7xZq2mBv6N", Scope::Read),
    key(THROTTLED, "cvk_sandbox_throttled_5Jt8rD3aLh1oEi7C", Scope::Admin),
    ApiKey { revoked: true, ..key("revoked", "cvk_sandbox_revoked_1Fg5yU8sMk3nQp9X", Scope::Admin) },
    ApiKey {
        environment: Environment::Production,
        ..key("production", "cvk_production_admin_2Zc7bV4lHj6tRw0S", Scope::Admin)
    },
];

/// The actor whose quota is small.
pub(crate) const THROTTLED: &str = "throttled";

/// Signs inbound events.
pub(crate) const WEBHOOK_SECRET: &str = "whsec_demonstration_6Lp3kD8wYx1qNb5T";

const NEVER_ISSUED: &str = "cvk_sandbox_unknown_0Aa1Bb2Cc3Dd4Ee5";

/// When the demonstration's expired token expired: 2025-11-05T10:30:00Z.
const EXPIRED_AT: i64 = 1_762_338_600;
/// A day that is far off: 2100-01-01.
const FAR_OFF: i64 = 4_102_444_800;

/// The credential of every actor but `anonymous`, who has none.
pub fn credentials() -> Vec<Credential> {
    let with_key = |actor, value: &str| Credential { actor, value: format!("key:{value}") };
    let with_token = |actor, token: String| Credential { actor, value: format!("bearer:{token}") };
    let mut all: Vec<Credential> = KEYS.iter().map(|key| with_key(key.actor, key.value)).collect();
    all.extend([
        with_key("unknown", NEVER_ISSUED),
        with_token("expired", tokens::token("ADMIN", EXPIRED_AT)),
        with_token("forged", tokens::forged("ADMIN", FAR_OFF)),
        Credential { actor: "webhook", value: format!("secret:{WEBHOOK_SECRET}") },
    ]);
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_actor_has_one_credential() {
        let mut actors: Vec<&str> = credentials().iter().map(|one| one.actor).collect();
        actors.sort_unstable();
        assert_eq!(
            actors,
            [
                "admin",
                "expired",
                "forged",
                "production",
                "reader",
                "revoked",
                "throttled",
                "unknown",
                "webhook",
                "writer"
            ]
        );
    }

    #[test]
    fn values_are_the_same_every_time() {
        assert_eq!(credentials(), credentials());
    }
}

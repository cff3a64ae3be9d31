//! The demonstration credentials. They are fixed values that no other server accepts.

use crate::route::Scope;
use crate::tokens;

/// The credential of one actor, as it is written in an environment variable of the harness.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credential {
    /// The name of the actor.
    pub actor: &'static str,
    /// `key:…`, `bearer:<JWT>` or `secret:…`.
    pub value: String,
}

/// The environments. Resources of one are not visible in the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Environment {
    Sandbox,
    Production,
}

/// An issued API key.
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

/// Every issued key, also revoked ones.
pub(crate) const KEYS: &[ApiKey] = &[
    key("admin", "cvk_sandbox_admin_7Qm2vX9bT4kLw8Rz", Scope::Admin),
    key("writer", "cvk_sandbox_writer_3Hn6cY1dPs5jGf0A", Scope::Write),
    key("reader", "cvk_sandbox_reader_9Ku4eW7xZq2mBv6N", Scope::Read),
    key(THROTTLED, "cvk_sandbox_throttled_5Jt8rD3aLh1oEi7C", Scope::Write),
    ApiKey { revoked: true, ..key("revoked", "cvk_sandbox_revoked_1Fg5yU8sMk3nQp9X", Scope::Admin) },
    ApiKey {
        environment: Environment::Production,
        ..key("production", "cvk_production_admin_2Zc7bV4lHj6tRw0S", Scope::Admin)
    },
];

/// The actor with the small rate limit.
pub(crate) const THROTTLED: &str = "throttled";

/// The secret for inbound events.
pub(crate) const WEBHOOK_SECRET: &str = "whsec_demonstration_6Lp3kD8wYx1qNb5T";

const NEVER_ISSUED: &str = "cvk_sandbox_unknown_0Aa1Bb2Cc3Dd4Ee5";

/// The expiry of the expired token: 2025-11-05T10:30:00Z.
const EXPIRED_AT: i64 = 1_762_338_600;
/// The expiry of the forged token: 2100-01-01.
const FAR_FUTURE: i64 = 4_102_444_800;

/// The credentials of all actors. The actor `anonymous` has none.
pub fn credentials() -> Vec<Credential> {
    let with_key = |actor, value: &str| Credential { actor, value: format!("key:{value}") };
    let with_token = |actor, token: String| Credential { actor, value: format!("bearer:{token}") };
    let mut all: Vec<Credential> = KEYS.iter().map(|key| with_key(key.actor, key.value)).collect();
    all.extend([
        with_key("unknown", NEVER_ISSUED),
        with_token("expired", tokens::token("ADMIN", EXPIRED_AT)),
        with_token("forged", tokens::forged("ADMIN", FAR_FUTURE)),
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
    fn credentials_are_the_same_in_every_call() {
        assert_eq!(credentials(), credentials());
    }
}

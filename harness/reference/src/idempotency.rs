//! Idempotency keys: a repeated request gets the first response again and has no further effect.

use std::collections::{HashMap, VecDeque};

use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use crate::errors::{ApiError, Code};
use crate::success::ApiResult;

/// The number of responses that are kept; older ones are discarded.
const MAX_REPLAYS: usize = 10_000;

/// CON-4: what a repeated key does.
pub(crate) trait ReplayRules {
    /// The key under which a response is stored. `None` means that the header is ignored.
    fn replay_key(&self, key: &[u8]) -> Result<Option<Vec<u8>>, ApiError> {
        Ok(Some(key.to_vec()))
    }

    /// The same key and body: the first response again. `None` means that the request runs again.
    fn replayed(&self, first: &ApiResult) -> Option<ApiResult> {
        Some(first.clone())
    }

    /// The same key and another body. `None` means that it is a new request.
    fn other_body(&self, _first: &ApiResult) -> Option<ApiResult> {
        Some(Err(ApiError::new(Code::ResourceConflict)
            .message("The Idempotency-Key was used for another request")
            .details("Use a new key for each request that differs")))
    }
}

/// The responses by idempotency key.
#[derive(Debug, Default)]
pub(crate) struct Replays {
    responses: HashMap<Key, Replay>,
    order: VecDeque<Key>,
}

/// A caller's credential, and the key that the caller chose.
pub(crate) type Key = (String, Vec<u8>);

#[derive(Clone, Debug)]
struct Replay {
    fingerprint: Vec<u8>,
    outcome: ApiResult,
}

impl Replays {
    /// What a key does that was used before; `None` if the request runs.
    pub(crate) fn again(&self, key: &Key, fingerprint: &[u8], rules: &dyn ReplayRules) -> Option<ApiResult> {
        let known = self.responses.get(key)?;
        if known.fingerprint == fingerprint { rules.replayed(&known.outcome) } else { rules.other_body(&known.outcome) }
    }

    /// Keeps the first response for a key. Server errors are not kept.
    pub(crate) fn store(&mut self, key: Key, fingerprint: Vec<u8>, outcome: &ApiResult) {
        if matches!(outcome, Err(fault) if fault.status >= 500) {
            return;
        }
        if self.order.len() >= MAX_REPLAYS
            && let Some(oldest) = self.order.pop_front()
        {
            self.responses.remove(&oldest);
        }
        self.order.push_back(key.clone());
        self.responses.insert(key, Replay { fingerprint, outcome: outcome.clone() });
    }
}

/// A hash of the members. It does not depend on their order or on white space.
pub(crate) fn fingerprint(members: &Map<String, Value>) -> Vec<u8> {
    let mut hash = Sha256::new();
    let mut sorted: Vec<_> = members.iter().collect();
    sorted.sort_by_key(|(name, _)| *name);
    for (name, value) in sorted {
        hash.update(Value::from(name.as_str()).to_string());
        hash.update(value.to_string());
    }
    hash.finalize().to_vec()
}

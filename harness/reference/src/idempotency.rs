//! Idempotency keys: a repeated request gets the first answer again and has no further effect.

use std::collections::{HashMap, VecDeque};

use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use crate::answer::{Answer, Outcome};
use crate::api::{Call, locked};
use crate::customers::operations;
use crate::errors::{Code, Fault};
use crate::fields::{self, Purpose};
use crate::memory;
use crate::mutants::{memory as wrong, resources};
use crate::variants::resources as variants;

/// The number of answers that are kept; older ones are discarded.
const MOST_REPLAYS: usize = 10_000;

/// The answers by idempotency key.
#[derive(Debug, Default)]
pub(crate) struct Replays {
    answers: HashMap<Key, Replay>,
    order: VecDeque<Key>,
}

/// A caller's credential, and the key that the caller chose.
type Key = (String, Vec<u8>);

#[derive(Clone, Debug)]
struct Replay {
    fingerprint: Vec<u8>,
    outcome: Outcome,
}

/// Runs a request unless its key already has an answer. A request without a key always runs.
pub(crate) fn run_once(call: Call, members: &Map<String, Value>, run: impl FnOnce() -> Outcome) -> Outcome {
    let switches = &call.app.switches;
    let key = call.request.headers.get("idempotency-key").filter(|value| !value.is_empty());
    let Some(key) = key.filter(|_| !switches.has(resources::IDEMPOTENCY_KEY_IGNORED)) else {
        return run();
    };
    memory::check_key(call, key.as_bytes())?;
    let longest = if switches.has(wrong::KEYS_CUT_TO_32_CHARACTERS) { 32 } else { usize::MAX };
    let key = (call.caller.credential.clone(), key.as_bytes().iter().copied().take(longest).collect());
    let fingerprint = fingerprint(members);
    // The lock is held until the answer is stored. Otherwise two simultaneous requests would both run.
    let mut replays = locked(&call.app.replays);
    let other_is_new = switches.vary(variants::OTHER_BODY_UNDER_KEY_CREATED);
    let known = replays.answers.get(&key).filter(|replay| replay.fingerprint == fingerprint || !other_is_new);
    if let Some(replay) = known {
        return replay.answer(&fingerprint, call, members);
    }
    let outcome = run();
    replays.store(key, Replay { fingerprint, outcome: outcome.clone() });
    outcome
}

impl Replay {
    fn answer(&self, fingerprint: &[u8], call: Call, members: &Map<String, Value>) -> Outcome {
        let switches = &call.app.switches;
        if self.fingerprint != fingerprint && switches.vary(variants::OTHER_BODY_UNDER_KEY_REPLAYED) {
            return self.outcome.clone();
        }
        if self.fingerprint != fingerprint {
            let fault = Fault::new(Code::ResourceConflict)
                .message("The Idempotency-Key was used for another request")
                .details("Use a new key for each request that differs");
            let breaks = switches.has(resources::IDEMPOTENCY_OTHER_BODY_500);
            let invalid = switches.vary(variants::OTHER_BODY_UNDER_KEY_INVALID);
            return Err(match () {
                () if breaks => Fault::internal(),
                () if invalid => fault.code(Code::ValidationError),
                () => fault,
            });
        }
        match () {
            () if self.outcome.is_err() && switches.has(wrong::REFUSALS_BREAK_UNDER_KEYS) => Err(Fault::internal()),
            () if switches.has(resources::IDEMPOTENCY_REPLAY_500) => Err(Fault::internal()),
            () if switches.has(resources::IDEMPOTENCY_CREATES_AGAIN) => created_again(call, members),
            () if switches.has(resources::IDEMPOTENCY_REPLAYS_ANOTHER_ID) => {
                self.outcome.clone().map(|answer| with_new_id(answer, call))
            }
            () => self.outcome.clone(),
        }
    }
}

/// Creates a second customer with the same data.
fn created_again(call: Call, members: &Map<String, Value>) -> Outcome {
    let changes = fields::read(members, Purpose::Create, &call.app.switches)?;
    let customer = operations::new_customer(call.app, call.caller.environment, changes);
    let body = customer.to_json(&call.app.switches);
    locked(&call.app.customers).insert(customer);
    Ok(Answer::created(body))
}

fn with_new_id(mut answer: Answer, call: Call) -> Answer {
    if let Some(body) = &mut answer.body {
        body["id"] = Value::String(call.app.ids.next("cus"));
    }
    answer
}

impl Replays {
    fn store(&mut self, key: Key, replay: Replay) {
        if matches!(&replay.outcome, Err(fault) if fault.status >= 500) {
            return;
        }
        if self.order.len() >= MOST_REPLAYS
            && let Some(oldest) = self.order.pop_front()
        {
            self.answers.remove(&oldest);
        }
        self.order.push_back(key.clone());
        self.answers.insert(key, replay);
    }
}

/// A hash of the members. It does not depend on their order or on white space.
fn fingerprint(members: &Map<String, Value>) -> Vec<u8> {
    let mut hash = Sha256::new();
    let mut sorted: Vec<_> = members.iter().collect();
    sorted.sort_by_key(|(name, _)| *name);
    for (name, value) in sorted {
        hash.update(Value::from(name.as_str()).to_string());
        hash.update(value.to_string());
    }
    hash.finalize().to_vec()
}

//! Idempotency keys: a repeated request gets the answer that it had, and nothing happens twice.

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

/// Older answers than these many are forgotten.
const MOST_REPLAYS: usize = 10_000;

/// The answers that were given under a key.
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

/// Carries out a request unless its key has an answer already. Without a key, it is carried out each time.
pub(crate) fn once(call: Call, members: &Map<String, Value>, carry_out: impl FnOnce() -> Outcome) -> Outcome {
    let switches = &call.app.switches;
    let key = call.request.headers.get("idempotency-key").filter(|value| !value.is_empty());
    let Some(key) = key.filter(|_| !switches.has(resources::IDEMPOTENCY_KEY_IGNORED)) else {
        return carry_out();
    };
    memory::refuse_key(call, key.as_bytes())?;
    let longest = if switches.has(wrong::KEYS_CUT_TO_32_CHARACTERS) { 32 } else { usize::MAX };
    let key = (call.caller.credential.clone(), key.as_bytes().iter().copied().take(longest).collect());
    let fingerprint = fingerprint(members);
    // Held until the answer is noted, so that two requests at once do not both find nothing.
    let mut replays = locked(&call.app.replays);
    let other_is_new = switches.vary(variants::OTHER_BODY_UNDER_KEY_CREATED);
    let known = replays.answers.get(&key).filter(|replay| replay.fingerprint == fingerprint || !other_is_new);
    if let Some(replay) = known {
        return replay.repeated(&fingerprint, call, members);
    }
    let outcome = carry_out();
    replays.note(key, Replay { fingerprint, outcome: outcome.clone() });
    outcome
}

impl Replay {
    fn repeated(&self, fingerprint: &[u8], call: Call, members: &Map<String, Value>) -> Outcome {
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
                self.outcome.clone().map(|answer| renamed(answer, call))
            }
            () => self.outcome.clone(),
        }
    }
}

/// A second customer of the same data, which the store takes without a word.
fn created_again(call: Call, members: &Map<String, Value>) -> Outcome {
    let changes = fields::read(members, Purpose::Create, &call.app.switches)?;
    let customer = operations::newcomer(call.app, call.caller.environment, changes);
    let body = customer.to_json(&call.app.switches);
    locked(&call.app.customers).insert(customer);
    Ok(Answer::created(body))
}

fn renamed(mut answer: Answer, call: Call) -> Answer {
    if let Some(body) = &mut answer.body {
        body["id"] = Value::String(call.app.ids.next("cus"));
    }
    answer
}

impl Replays {
    fn note(&mut self, key: Key, replay: Replay) {
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

/// The same for bodies that hold the same members, however they are written.
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

//! When a mutation acts, if it does so only at times: on the first responses, on every n-th, or after a pause.
//!
//! Faults of this kind come from caches that are still empty, from instances that differ, and from connections that were
//! idle. Only the responses are counted that the mutation could change.

use std::collections::{HashMap, HashSet};
use std::time::{Duration, Instant};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How long the first second is.
const FIRST: Duration = Duration::from_secs(1);
/// The shortest pause of an actor.
const PAUSE: Duration = Duration::from_millis(100);

/// The responses that a mutation changes, of those for which its other conditions are true.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Schedule {
    /// Only the first one.
    First,
    /// Those within a second of the first one.
    FirstSecond,
    /// The first one of each actor.
    FirstOfActor,
    /// Those to actors that sent nothing for a tenth of a second.
    AfterPause,
}

/// What has to be remembered of earlier responses.
#[derive(Debug, Default)]
pub(super) struct ScheduleState {
    /// When the first response that could be changed was received, and how many there were.
    begun: Option<Instant>,
    count: usize,
    /// The actors that got such a response.
    actors: HashSet<String>,
    /// When each actor sent something last.
    last: HashMap<String, Instant>,
}

impl ScheduleState {
    /// Notes a request of an actor. True if it follows a pause.
    pub(super) fn is_after_pause(&mut self, actor: &str) -> bool {
        let now = Instant::now();
        self.last.insert(actor.to_owned(), now).is_some_and(|last| now.duration_since(last) >= PAUSE)
    }

    /// Counts a response that can be changed. True if it is changed.
    pub(super) fn is_due(
        &mut self,
        every: Option<usize>,
        schedule: Option<Schedule>,
        actor: &str,
        after_pause: bool,
    ) -> bool {
        self.count += 1;
        let in_turn = every.is_none_or(|every| every == 0 || self.count.is_multiple_of(every));
        in_turn
            && match schedule {
                None => true,
                Some(Schedule::First) => self.count == 1,
                Some(Schedule::FirstSecond) => self.begun.get_or_insert_with(Instant::now).elapsed() < FIRST,
                Some(Schedule::FirstOfActor) => self.actors.insert(actor.to_owned()),
                Some(Schedule::AfterPause) => after_pause,
            }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_schedule_selects_its_responses() {
        for (every, schedule, due) in [
            (None, None, [true, true, true, true]),
            (Some(2), None, [false, true, false, true]),
            (None, Some(Schedule::First), [true, false, false, false]),
            (None, Some(Schedule::FirstSecond), [true, true, true, true]),
            (None, Some(Schedule::FirstOfActor), [true, false, true, false]),
            (None, Some(Schedule::AfterPause), [false, false, false, true]),
        ] {
            let mut seen = ScheduleState::default();
            let responses = [("a", false), ("a", false), ("b", false), ("a", true)];
            let found = responses.map(|(actor, pause)| seen.is_due(every, schedule, actor, pause));
            assert_eq!(found, due, "{every:?} {schedule:?}");
        }
    }

    #[test]
    fn a_pause_is_one_of_the_same_actor() {
        let mut seen = ScheduleState::default();
        assert!(!seen.is_after_pause("a"));
        std::thread::sleep(PAUSE);
        assert!(!seen.is_after_pause("b"));
        assert!(seen.is_after_pause("a"));
    }
}

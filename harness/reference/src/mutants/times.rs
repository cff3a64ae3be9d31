//! The schedules of intermittent mutants: at first, periodically, or after a pause.

use std::cell::RefCell;
use std::collections::HashMap;
use std::time::{Duration, Instant};

use parking_lot::{Mutex, MutexGuard};

use crate::mutants::Mutant;

/// How long a mutant with the schedule `FirstSecond` is active.
const FIRST: Duration = Duration::from_secs(1);
/// The shortest pause of a caller that makes a mutant with the schedule `AfterPause` active.
const PAUSE: Duration = Duration::from_millis(100);

/// When a mutant is active.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Schedule {
    /// Within a second of the first request that it concerns.
    FirstSecond,
    /// In the first request that it concerns.
    FirstTime,
    /// In a request that follows a pause of its caller.
    AfterPause,
    /// In every nth request that it concerns.
    Every(u64),
}

/// What the schedules need to know about earlier requests.
///
/// A request concerns a mutant if it asks for it. Only these requests are counted, so other requests do not matter.
#[derive(Debug, Default)]
pub(crate) struct Times {
    seen: Mutex<RequestTimes>,
}

#[derive(Debug, Default)]
struct RequestTimes {
    /// When each caller sent something last.
    callers: HashMap<String, Instant>,
    /// By mutant: when it was first asked for, and by how many requests so far.
    asked: HashMap<&'static str, (Instant, u64)>,
}

/// The request that a thread handles.
#[derive(Clone, Debug)]
struct Moment {
    after_pause: bool,
    /// The mutants that it has asked for, and whether they show in it.
    decided: HashMap<&'static str, bool>,
}

thread_local! {
    static MOMENT: RefCell<Option<Moment>> = const { RefCell::new(None) };
}

impl Times {
    /// Registers a request. The current thread handles it from beginning to end. Requests of unknown operations count.
    pub(crate) fn begin(&self, caller: &str) {
        let now = Instant::now();
        let last = self.seen().callers.insert(caller.to_owned(), now);
        let after_pause = last.is_some_and(|last| now.duration_since(last) >= PAUSE);
        MOMENT.set(Some(Moment { after_pause, decided: HashMap::new() }));
    }

    /// Whether a mutant with that schedule shows now; in one request it does so always or never.
    pub(crate) fn is_active(&self, mutant: Mutant, schedule: Schedule) -> bool {
        MOMENT.with_borrow_mut(|moment| match moment {
            Some(moment) => {
                let decided = moment.decided.get(mutant.name).copied();
                let shows = decided.unwrap_or_else(|| self.decide(mutant.name, schedule, Some(moment)));
                moment.decided.insert(mutant.name, shows);
                shows
            }
            // Deliveries are made by no request: each time counts.
            None => self.decide(mutant.name, schedule, None),
        })
    }

    fn decide(&self, mutant: &'static str, schedule: Schedule, moment: Option<&Moment>) -> bool {
        let mut seen = self.seen();
        let (begun, count) = seen.asked.get(mutant).copied().unwrap_or_else(|| (Instant::now(), 0));
        let count = count + 1;
        seen.asked.insert(mutant, (begun, count));
        match schedule {
            Schedule::FirstSecond => begun.elapsed() < FIRST,
            Schedule::FirstTime => count == 1,
            Schedule::AfterPause => moment.is_some_and(|moment| moment.after_pause),
            Schedule::Every(so_many) => count.is_multiple_of(so_many),
        }
    }

    fn seen(&self) -> MutexGuard<'_, RequestTimes> {
        self.seen.lock()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mutants::server;

    fn shows(schedule: Schedule, callers: &[&str]) -> Vec<bool> {
        let times = Times::default();
        let one = |caller: &&str| {
            times.begin(caller);
            times.is_active(server::LEAKS_TOKEN, schedule)
        };
        callers.iter().map(one).collect()
    }

    #[test]
    fn each_schedule_shows_when_it_says() {
        let callers = ["a", "a", "b", "a"];
        let rows = [
            (Schedule::FirstSecond, [true, true, true, true]),
            (Schedule::FirstTime, [true, false, false, false]),
            (Schedule::AfterPause, [false, false, false, false]),
            (Schedule::Every(2), [false, true, false, true]),
        ];
        for (schedule, wanted) in rows {
            assert_eq!(shows(schedule, &callers), wanted, "{schedule:?}");
        }
    }
    #[test]
    fn only_requests_that_a_mutant_concerns_are_counted() {
        let times = Times::default();
        let (a, b) = (server::LEAKS_TOKEN, server::UNAVAILABLE_AS_INTERNAL);
        let ask = |mutant: Option<Mutant>| {
            times.begin("a");
            mutant.is_some_and(|mutant| times.is_active(mutant, Schedule::Every(3)))
        };
        let shown = [Some(a), None, Some(b), Some(a), None, Some(a), Some(b)].map(ask);
        assert_eq!(shown, [false, false, false, false, false, true, false]);
        assert_eq!(times.is_active(b, Schedule::Every(3)), shown[6], "one request is of one mind");
    }
}

//! The schedules of intermittent mutants: at first, periodically, or after a pause.

use std::cell::Cell;
use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::route::Operation;

/// How long a mutant with the schedule `FirstSecond` is active.
const FIRST: Duration = Duration::from_secs(1);
/// The shortest pause of a caller that makes a mutant with the schedule `AfterPause` active.
const PAUSE: Duration = Duration::from_millis(100);

/// When a mutant is active.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Schedule {
    /// Within a second of the first request.
    FirstSecond,
    /// The first time that the server asks for the mutant.
    FirstTime,
    /// In the first request for each operation.
    FirstOfOperation,
    /// In the first request of each caller.
    FirstOfCaller,
    /// In a request that follows a pause of its caller.
    AfterPause,
    /// In every nth request.
    Every(u64),
}

/// What the schedules need to know about earlier requests.
#[derive(Debug, Default)]
pub(crate) struct Times {
    requests: AtomicU64,
    asked: AtomicU64,
    seen: Mutex<Seen>,
}

#[derive(Debug, Default)]
struct Seen {
    begun: Option<Instant>,
    operations: HashSet<Operation>,
    callers: HashMap<String, Instant>,
}

/// The request that a thread handles.
#[derive(Clone, Copy, Debug)]
struct Moment {
    number: u64,
    first_of_operation: bool,
    first_of_caller: bool,
    after_pause: bool,
}

thread_local! {
    static MOMENT: Cell<Option<Moment>> = const { Cell::new(None) };
}

impl Times {
    /// Registers a request. The current thread handles it from beginning to end.
    pub(crate) fn begin(&self, operation: Operation, caller: &str) {
        let now = Instant::now();
        let number = self.requests.fetch_add(1, Ordering::Relaxed) + 1;
        let mut seen = self.seen();
        seen.begun.get_or_insert(now);
        let first_of_operation = seen.operations.insert(operation);
        let last = seen.callers.insert(caller.to_owned(), now);
        let after_pause = last.is_some_and(|last| now.duration_since(last) >= PAUSE);
        MOMENT.set(Some(Moment { number, first_of_operation, first_of_caller: last.is_none(), after_pause }));
    }

    /// Whether a mutant with this schedule is active now.
    pub(crate) fn strikes(&self, schedule: Schedule) -> bool {
        let moment = MOMENT.get();
        match schedule {
            Schedule::FirstSecond => self.seen().begun.is_some_and(|begun| begun.elapsed() < FIRST),
            Schedule::FirstTime => self.asked.fetch_add(1, Ordering::Relaxed) == 0,
            Schedule::FirstOfOperation => moment.is_some_and(|moment| moment.first_of_operation),
            Schedule::FirstOfCaller => moment.is_some_and(|moment| moment.first_of_caller),
            Schedule::AfterPause => moment.is_some_and(|moment| moment.after_pause),
            // A delivery does not belong to a request. For deliveries the calls of this function are counted instead.
            Schedule::Every(so_many) => {
                let number =
                    moment.map_or_else(|| self.asked.fetch_add(1, Ordering::Relaxed) + 1, |moment| moment.number);
                number.is_multiple_of(so_many)
            }
        }
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shows(schedule: Schedule, requests: &[(Operation, &str)]) -> Vec<bool> {
        let times = Times::default();
        let one = |(operation, caller): &(Operation, &str)| {
            times.begin(*operation, caller);
            times.strikes(schedule)
        };
        requests.iter().map(one).collect()
    }

    #[test]
    fn each_schedule_shows_when_it_says() {
        let (list, get) = (Operation::ListCustomers, Operation::GetCustomer);
        let requests = [(list, "a"), (get, "a"), (list, "b"), (list, "a")];
        let rows = [
            (Schedule::FirstSecond, [true, true, true, true]),
            (Schedule::FirstTime, [true, false, false, false]),
            (Schedule::FirstOfOperation, [true, true, false, false]),
            (Schedule::FirstOfCaller, [true, false, true, false]),
            (Schedule::AfterPause, [false, false, false, false]),
            (Schedule::Every(2), [false, true, false, true]),
        ];
        for (schedule, wanted) in rows {
            assert_eq!(shows(schedule, &requests), wanted, "{schedule:?}");
        }
    }
}

//! Groups of tests that are never under way at the same time: scenarios, properties, and tests that run alone.
//!
//! Properties send values that a server may choke on later, such as a name that it stores and cannot write into a list
//! again. While such a customer exists, a scenario that lists customers would fail for a reason that is not its own, and
//! another run would put the blame elsewhere. So no property begins while a scenario runs, and the other way round. The
//! plan puts properties behind scenarios, so that a run changes from one group to the other once. A scenario that stores
//! such a value itself runs alone, at the very end.

use std::sync::Mutex;

use tokio::sync::Notify;

use crate::scenario::TestCase;

/// A group of tests that may run side by side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    Scenarios,
    Properties,
    /// One test at a time.
    Alone,
}

impl Phase {
    pub(super) fn of(test: &TestCase) -> Phase {
        match (test.alone, &test.property) {
            (true, _) => Phase::Alone,
            (false, Some(_)) => Phase::Properties,
            (false, None) => Phase::Scenarios,
        }
    }
}

/// How many tests of which group are under way.
#[derive(Debug, Default)]
pub(super) struct Phases {
    running: Mutex<Running>,
    over: Notify,
}

#[derive(Debug, Default)]
struct Running {
    scenarios: usize,
    properties: usize,
    alone: usize,
}

/// A test of a group is under way until this is dropped.
#[derive(Debug)]
pub(super) struct Turn<'p> {
    phases: &'p Phases,
    phase: Phase,
}

impl Phases {
    /// Waits until no test of another group is under way, and for [`Phase::Alone`] no test at all.
    pub(super) async fn enter(&self, phase: Phase) -> Turn<'_> {
        loop {
            // Made before the look, so that no end is missed between the look and the wait.
            let over = self.over.notified();
            tokio::pin!(over);
            over.as_mut().enable();
            if self.admitted(phase) {
                return Turn { phases: self, phase };
            }
            over.await;
        }
    }

    fn admitted(&self, phase: Phase) -> bool {
        let mut running = self.lock();
        let all = running.scenarios + running.properties + running.alone;
        let own = running.of(phase);
        let free = if phase == Phase::Alone { all == 0 } else { all == *own };
        *own += usize::from(free);
        free
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Running> {
        self.running.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl Running {
    fn of(&mut self, phase: Phase) -> &mut usize {
        match phase {
            Phase::Scenarios => &mut self.scenarios,
            Phase::Properties => &mut self.properties,
            Phase::Alone => &mut self.alone,
        }
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let mut running = self.phases.lock();
        let own = running.of(self.phase);
        *own -= 1;
        if *own == 0 {
            self.phases.over.notify_waiters();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};

    use super::*;

    #[tokio::test]
    async fn tests_of_one_group_run_side_by_side() {
        let phases = Phases::default();
        let _one = phases.enter(Phase::Properties).await;
        let _other = phases.enter(Phase::Properties).await;
        assert!(!phases.admitted(Phase::Scenarios));
        assert!(!phases.admitted(Phase::Alone));
    }

    #[tokio::test]
    async fn a_test_that_runs_alone_runs_alone() {
        let phases = Phases::default();
        let alone = phases.enter(Phase::Alone).await;
        for phase in [Phase::Scenarios, Phase::Properties, Phase::Alone] {
            assert!(!phases.admitted(phase), "{phase:?}");
        }
        drop(alone);
        assert!(phases.admitted(Phase::Scenarios));
    }

    #[tokio::test]
    async fn a_property_begins_when_the_last_scenario_has_ended() {
        let phases = Arc::new(Phases::default());
        let one = phases.enter(Phase::Scenarios).await;
        let other = phases.enter(Phase::Scenarios).await;
        let begun = Arc::new(AtomicBool::new(false));
        let task = tokio::spawn({
            let (phases, begun) = (phases.clone(), begun.clone());
            async move {
                let _turn = phases.enter(Phase::Properties).await;
                begun.store(true, Ordering::SeqCst);
            }
        });
        drop(one);
        for _ in 0..10 {
            tokio::task::yield_now().await;
        }
        assert!(!begun.load(Ordering::SeqCst));
        drop(other);
        task.await.expect("the property runs");
        assert!(begun.load(Ordering::SeqCst));
    }
}

//! Groups of tests that never run at the same time: scenarios, properties, and tests that run alone.
//!
//! Properties send values that can break a server later, for example a name that it stores but cannot serialize in a
//! list. While such a customer exists, a scenario that lists customers fails for an unrelated reason, and another run
//! blames another test. So no property starts while a scenario runs, and vice versa. `schedule` puts properties after
//! scenarios, so a run changes groups once. A scenario that stores such a value itself runs alone, at the very end.

use parking_lot::Mutex;

use tokio::sync::Notify;

use spec::scenario::TestCase;

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
        match (test.alone, test.property()) {
            (true, _) => Phase::Alone,
            (false, Some(_)) => Phase::Properties,
            (false, None) => Phase::Scenarios,
        }
    }
}

/// The number of running tests of each group.
#[derive(Debug, Default)]
pub(super) struct Phases {
    running: Mutex<Running>,
    group_ended: Notify,
}

#[derive(Debug, Default)]
struct Running {
    scenarios: usize,
    properties: usize,
    alone: usize,
}

/// A test of a group counts as running until this is dropped.
#[derive(Debug)]
pub(super) struct Turn<'p> {
    phases: &'p Phases,
    phase: Phase,
}

impl Phases {
    /// Waits until no test of another group runs; for [`Phase::Alone`], until no test runs at all.
    pub(super) async fn enter(&self, phase: Phase) -> Turn<'_> {
        loop {
            // Registered before the check, so that no notification between check and wait is lost.
            let ended = self.group_ended.notified();
            tokio::pin!(ended);
            ended.as_mut().enable();
            if self.try_enter(phase) {
                return Turn { phases: self, phase };
            }
            ended.await;
        }
    }

    fn try_enter(&self, phase: Phase) -> bool {
        let mut running = self.running.lock();
        let all = running.scenarios + running.properties + running.alone;
        let own = running.of(phase);
        let free = if phase == Phase::Alone { all == 0 } else { all == *own };
        *own += usize::from(free);
        free
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
        let mut running = self.phases.running.lock();
        let own = running.of(self.phase);
        *own -= 1;
        if *own == 0 {
            self.phases.group_ended.notify_waiters();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};

    use super::*;

    #[tokio::test]
    async fn tests_of_one_group_run_concurrently() {
        let phases = Phases::default();
        let _one = phases.enter(Phase::Properties).await;
        let _other = phases.enter(Phase::Properties).await;
        assert!(!phases.try_enter(Phase::Scenarios));
        assert!(!phases.try_enter(Phase::Alone));
    }

    #[tokio::test]
    async fn no_test_starts_during_a_test_that_runs_alone() {
        let phases = Phases::default();
        let alone = phases.enter(Phase::Alone).await;
        for phase in [Phase::Scenarios, Phase::Properties, Phase::Alone] {
            assert!(!phases.try_enter(phase), "{phase:?}");
        }
        drop(alone);
        assert!(phases.try_enter(Phase::Scenarios));
    }

    #[tokio::test]
    async fn property_starts_after_the_last_scenario_has_ended() {
        let phases = Arc::new(Phases::default());
        let one = phases.enter(Phase::Scenarios).await;
        let other = phases.enter(Phase::Scenarios).await;
        let started = Arc::new(AtomicBool::new(false));
        let task = tokio::spawn({
            let (phases, started) = (phases.clone(), started.clone());
            async move {
                let _turn = phases.enter(Phase::Properties).await;
                started.store(true, Ordering::SeqCst);
            }
        });
        drop(one);
        for _ in 0..10 {
            tokio::task::yield_now().await;
        }
        assert!(!started.load(Ordering::SeqCst));
        drop(other);
        task.await.expect("the property runs");
        assert!(started.load(Ordering::SeqCst));
    }
}

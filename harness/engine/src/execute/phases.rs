//! Two groups of tests that are never under way at the same time: scenarios, and properties.
//!
//! Properties send values that a server may choke on later, such as a name that it stores and cannot write into a list
//! again. While such a customer exists, a scenario that lists customers would fail for a reason that is not its own, and
//! another run would put the blame elsewhere. So no property begins while a scenario runs, and the other way round. The
//! plan puts properties last, so that a run changes from one group to the other once.

use std::sync::Mutex;

use tokio::sync::Notify;

/// A group of tests that may run side by side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    Scenarios,
    Properties,
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
}

/// A test of a group is under way until this is dropped.
#[derive(Debug)]
pub(super) struct Turn<'p> {
    phases: &'p Phases,
    phase: Phase,
}

impl Phases {
    /// Waits until no test of the other group is under way.
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
        let (own, other) = running.of(phase);
        let free = *other == 0;
        *own += usize::from(free);
        free
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Running> {
        self.running.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl Running {
    /// The count of a group, and that of the other.
    fn of(&mut self, phase: Phase) -> (&mut usize, &mut usize) {
        match phase {
            Phase::Scenarios => (&mut self.scenarios, &mut self.properties),
            Phase::Properties => (&mut self.properties, &mut self.scenarios),
        }
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let mut running = self.phases.lock();
        let (own, _) = running.of(self.phase);
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

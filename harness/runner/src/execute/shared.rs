//! Uses shared fixtures: set up once for the run, or passed from test to test.
//!
//! Each test that uses one gets its setup exchanges and their findings on record. So the findings of a test do not
//! depend on which test ran first. A fixture that a test has changed is not used again.

use super::fixtures::{Held, Prepared};
use super::session::{Halt, Session};
use judge::record::TestRecord;
use spec::scenario::{Shared, Step};

impl Session<'_> {
    /// Uses a shared fixture from the pool, or sets it up.
    pub(super) async fn use_shared(
        &mut self,
        record: &mut TestRecord,
        step: &Step,
        shared: &Shared,
    ) -> Result<(), Halt> {
        let environment = self.environment;
        let lock = environment.lock(&format!("fixture {}", shared.name()));
        // One test sets up a `Once` fixture while the others wait.
        let _guard = if shared.is_once() { Some(lock.lock().await) } else { None };
        let ready = match shared {
            Shared::Once(name) => environment.fixtures.copy(name),
            Shared::Reused(name) => environment.fixtures.take(name),
        };
        let prepared = match ready {
            Some(prepared) => self.reuse(record, prepared),
            None => self.set_up_shared(record, step, shared).await?,
        };
        self.held.push(Held { shared: shared.clone(), prepared, changed: false });
        Ok(())
    }

    async fn set_up_shared(&mut self, record: &mut TestRecord, step: &Step, shared: &Shared) -> Result<Prepared, Halt> {
        let before = self.made.len();
        let own = std::mem::replace(&mut self.owner, shared.name().to_owned());
        let mut setup = TestRecord::default();
        let outcome = self.step(&mut setup, step).await;
        self.owner = own;
        let keep = step.call().map_or(&[][..], |call| &call.keep);
        let kept = keep.iter().filter_map(|keep| Some((keep.name.clone(), self.variables.get(&keep.name)?.clone())));
        let prepared = Prepared {
            variables: kept.collect(),
            exchanges: setup.exchanges.clone(),
            findings: setup.findings.clone(),
            // A shared fixture must outlive this test.
            made: self.made.split_off(before),
        };
        record.append(setup);
        outcome?;
        if let Shared::Once(name) = shared {
            self.environment.fixtures.put(name, prepared.clone());
        }
        Ok(prepared)
    }

    fn reuse(&mut self, record: &mut TestRecord, prepared: Prepared) -> Prepared {
        let Prepared { exchanges, findings, variables, .. } = prepared.clone();
        record.append(TestRecord { exchanges, findings, ..TestRecord::default() });
        self.variables.extend(variables);
        prepared
    }

    /// Returns shared fixtures to the pool. A changed fixture is not returned. Neither is a reused fixture of a test
    /// with findings or without a verdict: a refused request may have changed it, and another test would then fail.
    pub(super) fn release_shared(&mut self, record: &TestRecord) {
        let doubtful = !record.findings.is_empty() || record.inconclusive.is_some();
        for held in std::mem::take(&mut self.held) {
            match held.shared {
                Shared::Once(name) if held.changed => {
                    self.environment.fixtures.discard(&name, &held.prepared.variables);
                }
                Shared::Once(_) => {}
                Shared::Reused(_) if held.changed || doubtful => {
                    self.made.splice(0..0, held.prepared.made);
                }
                Shared::Reused(name) => self.environment.fixtures.put(&name, held.prepared),
            }
        }
    }
}

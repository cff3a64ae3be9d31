//! What a step that got no complete answer means: a violation, or a reason why the test has no verdict.

use super::retry::Cause;
use super::steps::{Halt, Run};
use judge::exchange::Fault;
use judge::finding::{EXPECTATION, Finding, Part};
use spec::scenario::Step;

impl Run<'_> {
    /// Ends a test at an exchange without a complete answer, and records the violation if it is one.
    pub(super) fn halt_for_fault(&mut self, step: &Step, index: usize, fault: &Fault) -> Halt {
        let operation = self.operation_of(step);
        let must_answer = step.expect.as_ref().is_some_and(|expect| expect.must_answer);
        if let Fault::TooLong(message) = fault {
            return self.halt_for_length(step, index, message);
        }
        let violation = match fault {
            Fault::Broken(_) | Fault::Closed(_) | Fault::TooLong(_) => step.expect.is_some(),
            Fault::TimedOut(_) => must_answer,
            Fault::Unreachable(_) | Fault::Unsendable(_) | Fault::Limit(_) => false,
        };
        let message = fault.message();
        if violation && self.last_try {
            let clause = self.clause_of(step);
            let level = self.level_of(&clause);
            self.record.findings.push(Finding {
                clause,
                check: EXPECTATION.to_owned(),
                level,
                message: self.assertion_text(step),
                expected: "an answer".to_owned(),
                actual: format!("no complete answer, twice in a row: {message}"),
                part: Part::Connection,
                exchange: index,
            });
        }
        let reason = format!("{operation}: {message}");
        match fault {
            Fault::Closed(_) => Halt::Broken(Cause::ClosedWhileIdle(reason)),
            Fault::Broken(_) => Halt::Broken(Cause::BrokenInUse(reason)),
            Fault::TimedOut(_) if violation => Halt::Broken(Cause::BrokenInUse(reason)),
            Fault::TimedOut(_) | Fault::Unreachable(_) | Fault::Unsendable(_) | Fault::TooLong(_) | Fault::Limit(_) => {
                Halt::Inconclusive(reason)
            }
        }
    }

    /// No documented answer is nearly as long as the limit, so a longer one does not meet an expectation. A setup step
    /// asserts nothing.
    fn halt_for_length(&mut self, step: &Step, index: usize, message: &str) -> Halt {
        if step.expect.is_none() {
            return Halt::Inconclusive(format!("{}: {message}", self.operation_of(step)));
        }
        let clause = self.clause_of(step);
        let level = self.level_of(&clause);
        self.record.findings.push(Finding {
            clause,
            check: EXPECTATION.to_owned(),
            level,
            message: self.assertion_text(step),
            expected: "an answer that is short enough to be read".to_owned(),
            actual: message.to_owned(),
            part: Part::Connection,
            exchange: index,
        });
        Halt::Explained
    }
}

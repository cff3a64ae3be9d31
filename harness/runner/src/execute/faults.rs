//! What a step that got no complete response means: a violation, or a reason why the test has no verdict.

use super::retry::Cause;
use super::session::{Halt, Session};
use judge::exchange::Fault;
use judge::finding::{EXPECTATION, Finding, Part};
use spec::scenario::Call;

impl Session<'_> {
    /// Why a test ends at an exchange without a complete response, and the violation if it is one.
    pub(super) fn halt_for_fault(&self, call: &Call, fault: &Fault) -> (Halt, Option<Finding>) {
        let reason = format!("{}: {}", call.operation.id, fault.message());
        let is_asserted = call.asserted.is_some();
        let violation = match fault {
            // No documented response is nearly as long as the limit, so a longer one does not meet an expectation.
            Fault::TooLong(message) if is_asserted => {
                let expected = "a response that is short enough to be read";
                return (Halt::Explained, self.no_response(call, expected, message.to_owned()));
            }
            Fault::Broken(_) | Fault::Closed(_) => is_asserted,
            Fault::TimedOut(_) => call.expectation().is_some_and(|expected| expected.must_respond),
            Fault::TooLong(_) | Fault::Unreachable(_) | Fault::Unsendable(_) | Fault::Limit(_) => false,
        };
        let actual = || format!("no complete response, twice in a row: {}", fault.message());
        let finding = if violation && self.after_break { self.no_response(call, "a response", actual()) } else { None };
        let halt = match fault {
            Fault::Closed(_) => Halt::Broken(Cause::ClosedWhileIdle(reason)),
            Fault::Broken(_) => Halt::Broken(Cause::BrokenInUse(reason)),
            Fault::TimedOut(_) if violation => Halt::Broken(Cause::BrokenInUse(reason)),
            Fault::TimedOut(_) | Fault::Unreachable(_) | Fault::Unsendable(_) | Fault::TooLong(_) | Fault::Limit(_) => {
                Halt::Inconclusive(reason)
            }
        };
        (halt, finding)
    }

    fn no_response(&self, call: &Call, expected: &str, actual: String) -> Option<Finding> {
        let clause = self.clause_of(call.asserted.as_ref()?);
        Some(Finding {
            clause: clause.to_owned(),
            check: EXPECTATION.to_owned(),
            level: self.level_of(clause),
            message: self.statement_of(clause),
            expected: expected.to_owned(),
            actual,
            part: Part::Connection,
            exchange: 0,
            line: None,
        })
    }
}

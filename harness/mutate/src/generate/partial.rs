//! Faults that only some responses have: every n-th one, or those of one actor.

use super::{Generator, PAGE, PRESENT, codes_with_status, errors, of, replaced, successes};
use crate::mutation::{Change, Mutation, When};
use crate::situation::ResponseKind;

/// A fault of every n-th response.
const EVERY: [usize; 2] = [2, 3];
/// A fault of every n-th success. Most successes are steps of setup, whose failure is inconclusive.
const EVERY_SUCCESS: usize = 2;
/// The number of successes with an assertion of which every second one is changed. Of fewer, by chance none is.
const ENOUGH: usize = 10;
/// The faults of all errors that are also tried on some of them.
const FAULTS: [&str; 9] = [
    "code/removed",
    "code/unknown",
    "envelope/list",
    "message/empty",
    "message/leaks-sql",
    "body/cut",
    "body/empty",
    "media-type/html",
    "media-type/removed",
];

impl Generator<'_> {
    pub(super) fn partial(&self) -> Vec<Mutation> {
        let mut all = Vec::new();
        for every in EVERY {
            let some = |when: When| When { every: Some(every), ..when };
            all.extend(self.faults(&format!("every-{every}"), &some(errors())));
            for (entry, _) in codes_with_status(self.contract) {
                let name = format!("every-{every}/code/{}/html-page", entry.code);
                all.push(self.judged(name, some(of(&entry.code)), replaced("text/html", PAGE), PRESENT));
            }
        }
        for operation in &self.contract.operations {
            if self.observed.asserted(&operation.id) < ENOUGH {
                continue;
            }
            let name = format!("every-{EVERY_SUCCESS}/operation/{}", operation.id);
            let operation = Some(operation.id.clone());
            all.extend(self.refused(&name, &When { operation, every: Some(EVERY_SUCCESS), ..successes() }));
        }
        for (actor, responses) in &self.observed.actors {
            let of_actor = |when: When| When { actor: Some(actor.clone()), ..when };
            let name = format!("actor/{actor}");
            match responses {
                ResponseKind::Errors => all.extend(self.faults(&name, &of_actor(errors()))),
                ResponseKind::Successes => all.extend(self.refused(&name, &of_actor(successes()))),
                ResponseKind::Deliveries => {}
            }
        }
        all
    }

    fn faults(&self, prefix: &str, when: &When) -> Vec<Mutation> {
        let mut all = self.of_all_errors();
        all.retain(|mutation| FAULTS.contains(&mutation.name.as_str()) || removes_header(mutation));
        for mutation in &mut all {
            mutation.name = format!("{prefix}/{}", mutation.name);
            mutation.when = when.clone();
        }
        all
    }

    /// The successes refused with the first client error and the first server error of the catalogue.
    fn refused(&self, prefix: &str, when: &When) -> Vec<Mutation> {
        let refusals = self.refusals();
        let client = refusals.iter().find(|(_, status)| *status < 500);
        let server = refusals.iter().find(|(_, status)| *status >= 500);
        let one = |(entry, status): &(&spec::contract::ErrorCode, u16)| {
            let change = Change::Refuse { code: entry.code.clone(), status: *status };
            self.judged(format!("{prefix}/refused-as-{}", entry.code), when.clone(), change, &[])
        };
        client.into_iter().chain(server).map(one).collect()
    }
}

/// One response cannot show that ids are unique, so constant ones are not tried.
fn removes_header(mutation: &Mutation) -> bool {
    matches!(mutation.change, Change::RemoveHeader { .. }) && mutation.name.starts_with("header/")
}

//! Validates expectations: each must reject some responses and accept some.
//!
//! This module refuses expectations that pass for every response (an empty matcher, a field that no code names, a
//! combination that accepts everything), and expectations that fail for every response (contradictions).

use std::collections::BTreeSet;

use super::compile::Route;
use super::header_match;
use super::matchers;
use super::mistake::Mistake;
use super::written_expectation::Expect;
use super::{Variables, codes, status};
use crate::contract::{Contract, OccursIn};
use crate::source::suggestion;

/// The context in which an expectation is validated.
pub(super) struct Subject<'s> {
    pub(super) contract: &'s Contract,
    /// The operation that is called, and how, if that is known.
    pub(super) route: Option<&'s Route>,
    /// The variables of the row; variables that are kept from responses have no value yet.
    pub(super) variables: &'s Variables,
    /// Variables that may be null, because they are kept as `optional`.
    pub(super) optional: &'s BTreeSet<String>,
}

pub(super) fn faults(subject: &Subject<'_>, expect: &Expect) -> Vec<Mistake> {
    let mut faults = Vec::new();
    subject.codes(expect, &mut faults);
    if faults.is_empty() {
        subject.outcome(expect, &mut faults);
        subject.undocumented_route(expect, &mut faults);
        subject.statuses(expect, &mut faults);
        subject.field(expect, &mut faults);
        subject.without_body(expect, &mut faults);
    }
    matchers::faults(&expect.body, subject.variables, &mut faults);
    for (name, matcher) in &expect.headers {
        header_match::faults(name, matcher, subject.variables, subject.optional, &mut faults);
    }
    faults
}

impl Subject<'_> {
    /// The codes of a list; empty if a variable has no value before the run.
    fn filled(&self, entries: &[String]) -> Vec<String> {
        codes(entries, self.variables).unwrap_or_default()
    }

    fn codes(&self, expect: &Expect, faults: &mut Vec<Mistake>) {
        let known = self.contract.catalog.code_names();
        for (key, entries) in
            [("error", &expect.error), ("tolerate", &expect.tolerate), ("not_error", &expect.not_error)]
        {
            let Ok(codes) = codes(entries, self.variables) else { continue };
            if codes.is_empty() && !entries.is_empty() {
                faults.push(Mistake::new(&[key], "this row gives an empty list of codes", "name at least one code"));
            }
            for (index, code) in codes.iter().enumerate() {
                match self.contract.catalog.code(code) {
                    None => {
                        let help = suggestion(code, &known).unwrap_or_default();
                        faults.push(Mistake::new(&[key], format!("unknown error code `{code}`"), &help));
                    }
                    Some(entry) if entry.occurs_in == OccursIn::DeliveryLog => {
                        let message = format!("`{code}` occurs only in delivery logs: no response has it");
                        faults.push(Mistake::new(
                            &[key],
                            message,
                            "assert it in the `body` of the operation that reads the log",
                        ));
                    }
                    Some(_) if codes[..index].contains(code) => {
                        faults.push(Mistake::new(&[key], format!("`{code}` is listed twice"), "remove one of them"));
                    }
                    Some(_) => {}
                }
            }
        }
        let accepted = self.filled(&expect.error);
        for code in self.filled(&expect.tolerate).iter().filter(|code| accepted.contains(code)) {
            let message = format!("`{code}` is accepted by `error` and only tolerated by `tolerate`");
            faults.push(Mistake::new(&["tolerate"], message, "remove it from one of the two"));
        }
    }

    /// The accepted outcomes must be neither none nor all.
    fn outcome(&self, expect: &Expect, faults: &mut Vec<Mistake>) {
        let named = [
            ("success", expect.success),
            ("error", !expect.error.is_empty()),
            ("tolerate", !expect.tolerate.is_empty()),
            ("not_error", !expect.not_error.is_empty()),
            ("any_refusal", expect.any_refusal),
            ("any_documented", expect.any_documented),
        ];
        let has = |key: &str| named.iter().any(|(name, set)| *name == key && *set);
        if !named.iter().any(|(name, set)| *set && *name != "tolerate")
            && expect.status.is_empty()
            && expect.body.is_empty()
        {
            faults.push(Mistake::new(
                &[],
                "this expectation asserts nothing",
                "add `success`, `error`, `status`, `not_error`, `any_documented`, `any_refusal` or `body`",
            ));
        }
        if has("tolerate") && !has("error") && !has("success") {
            faults.push(Mistake::new(
                &["tolerate"],
                "`tolerate` needs `error` or `success` as well",
                "add `error` or `success`",
            ));
        }
        let mut exclusive = |name: &str, others: &[&str], what: &str| {
            for other in others.iter().filter(|other| has(name) && has(other)) {
                let message = format!("`{other}` has no effect together with `{name}`, which accepts {what}");
                faults.push(Mistake::new(&[name], message, "remove one of the two"));
            }
        };
        exclusive(
            "any_documented",
            &["success", "error", "tolerate", "not_error", "any_refusal"],
            "every documented response below 500",
        );
        exclusive(
            "not_error",
            &["success", "error", "tolerate", "any_refusal"],
            "every response except the codes that it names",
        );
        exclusive("any_refusal", &["tolerate"], "every documented refusal");
        if has("any_refusal") && has("success") {
            faults.push(Mistake::new(
                &["any_refusal"],
                "`success` and `any_refusal` together accept every documented response below 500",
                "write `any_documented: true`",
            ));
        }
        let refusal = |code: &String| {
            let statuses = self.statuses_of(code);
            !statuses.is_empty() && statuses.iter().all(|status| (400..500).contains(status))
        };
        for code in self.filled(&expect.error).iter().filter(|code| expect.any_refusal && refusal(code)) {
            faults.push(Mistake::new(
                &["any_refusal"],
                format!("`any_refusal` accepts `{code}` already"),
                "remove one of the two",
            ));
        }
        if expect.in_envelope && !has("error") && !has("any_refusal") && !has("any_documented") {
            faults.push(Mistake::new(
                &["in_envelope"],
                "`in_envelope` applies only to refusals, and no refusal is expected",
                "remove it",
            ));
        }
    }

    fn statuses(&self, expect: &Expect, faults: &mut Vec<Mistake>) {
        let Ok(entries) = codes(&expect.status, self.variables) else { return };
        let mut wrong = false;
        for entry in entries.iter().filter(|entry| !status::is_pattern(entry)) {
            let message = format!("`{entry}` is not a valid status");
            faults.push(Mistake::new(&["status"], message, "write a number from 100 to 599, or a class such as `4xx`"));
            wrong = true;
        }
        if entries.is_empty() || wrong {
            return;
        }
        let accepts = |status: u16| status::matches(&entries, status);
        if (200..600).all(accepts) {
            faults.push(Mistake::new(&["status"], "these statuses accept every response", "list fewer statuses"));
        }
        for code in self.filled(&expect.error).iter().chain(&self.filled(&expect.tolerate)) {
            let documented = self.statuses_of(code);
            if !documented.is_empty() && !documented.iter().any(|status| accepts(*status)) {
                let words = documented.iter().map(u16::to_string).collect::<Vec<_>>().join(" or ");
                let message = format!("`{code}` has the status {words}, which `status` excludes");
                faults.push(Mistake::new(
                    &["status"],
                    message,
                    "add its status, or remove `status`: the status follows from the code",
                ));
            }
        }
        let successes = self.route.map(|route| route.operation.successes.as_slice()).unwrap_or_default();
        if expect.success
            && !successes.is_empty()
            && !(200..300).any(|status| accepts(status) && successes.iter().any(|success| success.covers(status)))
        {
            faults.push(Mistake::new(
                &["status"],
                "`success` is expected, and `status` excludes every documented success",
                "name a documented success status",
            ));
        }
        if expect.any_refusal && !(400..500).any(accepts) {
            faults.push(Mistake::new(
                &["status"],
                "`any_refusal` is expected, and `status` excludes every refusal",
                "name statuses from 400 to 499",
            ));
        }
    }

    /// `field` has an effect only for codes that name a field, and only if the envelope has a pointer for it.
    fn field(&self, expect: &Expect, faults: &mut Vec<Mistake>) {
        if expect.field.is_none() {
            return;
        }
        if self.contract.catalog.envelope.pointers.field.is_none() {
            faults.push(Mistake::new(
                &["field"],
                "the envelope does not name a field: schemas/errors.yaml has no `pointers.field`",
                "add `pointers.field`, or assert the member in `body`",
            ));
            return;
        }
        let expected = self.filled(&expect.error);
        let names = |code: &String| self.contract.catalog.code(code).is_some_and(|entry| entry.names_field);
        if !expect.error.is_empty() && !expected.is_empty() && !expected.iter().any(names) {
            let message = format!("`field` has no effect: {} does not name a field", expected.join(", "));
            faults.push(Mistake::new(
                &["field"],
                message,
                "add `names_field: true` to the code in schemas/errors.yaml, or assert the member in `body`",
            ));
        }
        let refusals =
            !expect.error.is_empty() || expect.any_refusal || expect.any_documented || !expect.not_error.is_empty();
        if !refusals && expect.status.is_empty() {
            faults.push(Mistake::new(
                &["field"],
                "`field` has no effect: a success does not name a field",
                "remove it, or assert the member in `body`",
            ));
        }
    }

    /// The documented successes of an operation are those of its own method and path.
    fn undocumented_route(&self, expect: &Expect, faults: &mut Vec<Mistake>) {
        let Some(route) = self.route.filter(|route| !route.is_documented()) else { return };
        let names_outcome = !expect.error.is_empty() || !expect.status.is_empty() || !expect.not_error.is_empty();
        let is_general = expect.any_refusal || expect.any_documented;
        if expect.success || !names_outcome && !is_general {
            let message = format!("no success is documented for {}", route.in_words());
            faults.push(Mistake::new(&[], message, "expect an `error` or a `status`"));
        }
    }

    /// A response that never has a body cannot be compared with one.
    fn without_body(&self, expect: &Expect, faults: &mut Vec<Mistake>) {
        let Some(route) = self.route else { return };
        if route.is_head() {
            let named = [
                ("body", !expect.body.is_empty()),
                ("field", expect.field.is_some()),
                ("in_envelope", expect.in_envelope),
                ("not_error", !expect.not_error.is_empty()),
            ];
            for (key, _) in named.iter().filter(|(_, set)| *set) {
                let message = format!("`{key}` needs a body, but a response to HEAD has none");
                faults.push(Mistake::new(&[key], message, "expect a `status`, or `headers`"));
            }
        }
        let only_success =
            expect.error.is_empty() && expect.status.is_empty() && !expect.any_refusal && !expect.any_documented;
        let empty = |success: &crate::contract::Success| success.covers(204) || success.covers(205);
        if !expect.body.is_empty()
            && route.is_documented()
            && only_success
            && expect.not_error.is_empty()
            && route.operation.successes.iter().all(empty)
        {
            let message = format!("{} succeeds without a body", route.operation.id);
            faults.push(Mistake::new(&["body"], message, "remove `body`, or document a success that has one"));
        }
    }

    fn statuses_of(&self, code: &str) -> &[u16] {
        self.contract.catalog.code(code).map(|entry| entry.statuses.as_slice()).unwrap_or_default()
    }
}

//! The parts of a response about which an expectation says something.

use judge::finding::Part;
use spec::scenario::{AcceptedResponses, Expectation, TestCase};

/// The members and headers that an expectation names. If it names nothing else, the whole expectation is enough.
pub(super) fn parts(test: &TestCase, expected: &Expectation) -> Vec<Part> {
    let body = expected.body.iter().filter_map(|(pointer, _)| Some(Part::Body(pointer.text(&test.variables).ok()?)));
    let headers = expected.headers.iter().map(|(name, _)| Part::Header(name.clone()));
    let parts: Vec<Part> = body.chain(headers).collect();
    let is_only = parts.len() == 1 && expected.outcome == AcceptedResponses::AnyResponse;
    if is_only { Vec::new() } else { parts }
}

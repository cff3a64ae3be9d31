//! Error bodies that are not the documented envelope. A body of such a shape explains what else is wrong with its responses,
//! except what also shows without it.

use std::collections::{HashMap, HashSet};

use super::expected::{is_server_error, status_of, statuses};
use super::{ENVELOPE_CHECK, Item, data_bodies};
use crate::model::{FindingReport, Report};
use crate::queries::Defect;
use judge::finding::EXPECTATION;

/// If one response in so many has a wrong status, whatever writes the bodies also chooses the status. If fewer have one, it
/// keeps the status of the API.
const FEW: usize = 10;

/// The shapes of error bodies that are not the documented envelope.
pub(super) struct Shapes<'r> {
    shapes: HashSet<&'r str>,
    /// The shapes of bodies whose names are data, each with the shape that they have in common.
    common: HashMap<&'r str, &'static str>,
    /// Header defects that also occur in responses with an envelope: the shape of the body does not explain them.
    headers: HashSet<Defect<'r>>,
    /// Shapes that come with the expected status: they do not explain another one.
    with_status: HashSet<&'r str>,
}

impl<'r> Shapes<'r> {
    pub(super) fn of(report: &'r Report, findings: &[Item<'r>]) -> Self {
        let common = data_bodies::common_shapes(report, findings);
        let no_envelope = findings.iter().filter(|item| item.finding.check == ENVELOPE_CHECK);
        let shapes: HashSet<&str> = no_envelope.filter_map(|item| shape(item.finding)).collect();
        let in_header = findings.iter().filter(|item| is_header(item.finding));
        let elsewhere = in_header.filter(|item| shape(item.finding).is_none_or(|shape| !shapes.contains(shape)));
        let headers = elsewhere.map(|item| item.finding.defect()).collect();
        let with_status = with_status(findings, &common);
        Self { shapes, common, headers, with_status }
    }

    /// The shape that explains the finding, if one does.
    pub(super) fn of_item(&self, item: &Item<'r>) -> Option<&'r str> {
        let finding = item.finding;
        let shape = shape(finding).filter(|shape| self.shapes.contains(shape))?;
        // A server error has a body of its own shape. But valid input that is refused with a 4xx status is another
        // defect.
        let refused_valid_input = finding.check == EXPECTATION
            && status_of(&finding.key.response).is_some_and(|status| status < 500)
            && finding.key.expected.starts_with("success")
            && statuses(&finding.key.expected).is_empty();
        let elsewhere = is_header(finding) && self.headers.contains(&finding.defect());
        let shape = common_shape(&self.common, shape);
        let other_status = self.with_status.contains(shape) && has_wrong_status(finding);
        (!refused_valid_input && !elsewhere && !other_status).then_some(shape)
    }
}

/// The shape that a shape has in common with others, or the shape itself.
fn common_shape<'r>(common: &HashMap<&'r str, &'static str>, shape: &'r str) -> &'r str {
    common.get(shape).copied().unwrap_or(shape)
}

/// The shapes of which few responses have a wrong status.
fn with_status<'r>(findings: &[Item<'r>], common: &HashMap<&'r str, &'static str>) -> HashSet<&'r str> {
    let mut responses: HashMap<&'r str, (HashSet<_>, HashSet<_>)> = HashMap::new();
    for item in findings {
        let Some(shape) = shape(item.finding) else { continue };
        let (all, wrong) = responses.entry(common_shape(common, shape)).or_default();
        if item.finding.check == ENVELOPE_CHECK {
            all.insert(item.response());
        } else if has_wrong_status(item.finding) {
            wrong.insert(item.response());
        }
    }
    responses.into_iter().filter(|(_, (all, wrong))| wrong.len() * FEW <= all.len()).map(|(shape, _)| shape).collect()
}

/// True if a refusal has another status than each expected refusal.
fn has_wrong_status(finding: &FindingReport) -> bool {
    let key = &finding.key;
    let expected = statuses(&key.expected);
    let other = status_of(&key.response).is_some_and(|status| !expected.contains(&status));
    let refusal = !is_server_error(&key.response) && !key.expected.starts_with("success");
    finding.check == EXPECTATION && key.actual == key.response && refusal && other && !expected.is_empty()
}

pub(super) fn is_header(finding: &FindingReport) -> bool {
    finding.part.starts_with("header ") && !finding.part.eq_ignore_ascii_case("header content-type")
}

/// The shape of an error body in which no code can be read.
pub(super) fn shape(finding: &FindingReport) -> Option<&str> {
    let (status, shape) = finding.key.response.split_once(' ')?;
    let status: u16 = status.parse().ok()?;
    let is_code = shape.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_');
    (status >= 400 && !is_code).then_some(shape)
}

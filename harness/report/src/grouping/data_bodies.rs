//! Error bodies whose member names are data. A framework's serializer writes `{"email": ["This field is required."]}`, with
//! other names for each invalid request. Such bodies are of one shape, whichever names they have.
//!
//! Names are data if all values have the same structure, and if the names are members of requests to the same operation.
//! With lists of texts, many sets of names are enough: no error format has so many.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use serde_json::{Map, Value};

use super::{ENVELOPE_CHECK, Item, shape};
use crate::model::{ExchangeReport, Report};

/// How the shape of such bodies begins. No other shape of a body begins so.
const NAMED_AFTER_DATA: &str = "members named after data, each ";
/// If lists of texts have this many sets of names, the names are data.
const MANY_SETS: usize = 3;
/// The most members of a body that a title names.
const NAMED: usize = 3;

/// What all values of a body are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Structure {
    Text,
    Texts,
    Objects,
}

impl Structure {
    fn of(value: &Value) -> Option<Self> {
        match value {
            Value::String(_) => Some(Structure::Text),
            Value::Array(values) if !values.is_empty() && values.iter().all(Value::is_string) => Some(Structure::Texts),
            Value::Array(values) if !values.is_empty() && values.iter().all(Value::is_object) => {
                Some(Structure::Objects)
            }
            // The members of an object in the request have members of their own.
            Value::Object(members) => Structure::of_all(members).filter(|structure| *structure == Structure::Texts),
            _ => None,
        }
    }

    /// The structure that all values have.
    fn of_all(members: &Map<String, Value>) -> Option<Self> {
        let mut all = members.values().map(Structure::of);
        let first = all.next()??;
        all.all(|other| other == Some(first)).then_some(first)
    }

    /// The shape of all bodies of this structure.
    fn shape(self) -> &'static str {
        match self {
            Structure::Text => "members named after data, each a text",
            Structure::Texts => "members named after data, each a list of texts",
            Structure::Objects => "members named after data, each a list of objects",
        }
    }
}

/// What is known of the bodies of one shape.
struct Bodies {
    structure: Structure,
    /// True if the names of each body are members of requests.
    of_requests: bool,
}

/// The operation, and the members of the body.
type ErrorBody<'r> = (&'r str, Map<String, Value>);

/// For the shapes of bodies whose names are data, the shape that they have in common.
pub(super) fn common_shapes<'r>(report: &'r Report, findings: &[Item<'r>]) -> HashMap<&'r str, &'static str> {
    let mut bodies: BTreeMap<&'r str, Vec<ErrorBody<'r>>> = BTreeMap::new();
    for item in findings.iter().filter(|item| item.finding.check == ENVELOPE_CHECK) {
        let exchange = item.test.exchanges.get(item.finding.exchange);
        if let (Some(shape), Some(body)) = (shape(item.finding), exchange.and_then(error_body)) {
            bodies.entry(shape).or_default().push((item.operation, body));
        }
    }
    bodies.retain(|_, bodies| bodies.iter().all(|(_, body)| Structure::of_all(body).is_some()));
    if bodies.is_empty() {
        return HashMap::new();
    }
    let sent = members_of_requests(report);
    let is_of_request = |(operation, body): &ErrorBody<'r>| {
        let sent = sent.get(operation);
        body.keys().all(|name| sent.is_some_and(|sent| sent.contains(name)))
    };
    let of_shape = |bodies: &[ErrorBody<'r>]| {
        let structures: BTreeSet<Structure> = bodies.iter().filter_map(|(_, body)| Structure::of_all(body)).collect();
        let structure = structures.first().copied().filter(|_| structures.len() == 1)?;
        Some(Bodies { structure, of_requests: bodies.iter().all(is_of_request) })
    };
    let all: BTreeMap<&str, Bodies> =
        bodies.iter().filter_map(|(shape, bodies)| Some((*shape, of_shape(bodies)?))).collect();
    let sets_of_texts = all.values().filter(|bodies| bodies.structure == Structure::Texts);
    let (sets, of_requests) =
        sets_of_texts.fold((0, false), |(sets, any), bodies| (sets + 1, any || bodies.of_requests));
    let texts_are_data = of_requests || sets >= MANY_SETS;
    let is_data = |bodies: &Bodies| bodies.of_requests || bodies.structure == Structure::Texts && texts_are_data;
    let data = all.into_iter().filter(|(_, bodies)| is_data(bodies));
    data.map(|(shape, bodies)| (shape, bodies.structure.shape())).collect()
}

/// True for a shape that bodies with different names have in common.
pub(super) fn is_common(shape: &str) -> bool {
    shape.starts_with(NAMED_AFTER_DATA)
}

/// The names of a body, as an example: `{"email": …}`.
pub(super) fn example(exchange: &ExchangeReport) -> Option<String> {
    let body = error_body(exchange)?;
    let mut names: Vec<String> = body.keys().take(NAMED).map(|name| format!("{name:?}: …")).collect();
    names.extend((body.len() > NAMED).then(|| "…".to_owned()));
    Some(format!("{{{}}}", names.join(", ")))
}

fn error_body(exchange: &ExchangeReport) -> Option<Map<String, Value>> {
    members(&exchange.response.as_ref()?.body)
}

fn members(body: &str) -> Option<Map<String, Value>> {
    if !body.trim_start().starts_with('{') {
        return None;
    }
    serde_json::from_str(body).ok().filter(|members: &Map<String, Value>| !members.is_empty())
}

/// The names of the members that requests to each operation have.
fn members_of_requests(report: &Report) -> HashMap<&str, HashSet<String>> {
    let mut sent: HashMap<&str, HashSet<String>> = HashMap::new();
    for exchange in report.tests.iter().flat_map(|test| &test.exchanges) {
        if let Some(body) = exchange.request.as_ref().and_then(|request| members(&request.body)) {
            sent.entry(&exchange.operation).or_default().extend(body.into_iter().map(|(name, _)| name));
        }
    }
    sent
}

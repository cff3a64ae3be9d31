//! Finds the members of error bodies that contain code, message and field, in response schemas and examples.

use std::collections::BTreeMap;

use serde_json::Value;

use super::Learned;
use super::error_body::{CODE_NAMES, Envelope, ErrorBody, Hints, Origins, PROBLEM};
use super::operations::Operation;
use super::origin::Origin;
use super::pointers::repeats_the_status;
use super::schema::{ErrorMember, places, places_of_example};
use super::shape::{joined, problem};
use super::statement;

/// Members that contain a code only if the documented values are spelt like codes.
const POSSIBLE_CODE_NAMES: &[&str] = &["error", "type", "errortype", "reason", "name", "key", "id"];
const MESSAGE_NAMES: &[&str] =
    &["message", "msg", "errormessage", "errordescription", "detail", "title", "description", "error", "reason"];
const DETAILS_NAMES: &[&str] = &["details", "hint", "moreinfo", "info"];

/// Every error body that the operations document.
pub(super) fn bodies(operations: &[Operation<'_>]) -> Vec<ErrorBody> {
    let mut found = Vec::new();
    for response in operations.iter().flat_map(|operation| &operation.responses).filter(|one| one.is_error()) {
        let body = |places: Vec<ErrorMember>, schema: Option<Value>| ErrorBody {
            status: response.status.clone(),
            media: response.media.clone(),
            places,
            schema,
            description: response.description.clone(),
        };
        if let Some(schema) = response.schema {
            let places = places(schema);
            if !places.is_empty() && !is_of_fastapi(&places) {
                found.push(body(places, Some(statement::stated(schema))));
            }
        }
        found.extend(
            response.examples.iter().filter(|one| one.is_object()).map(|one| body(places_of_example(one), None)),
        );
    }
    found
}

/// The error bodies that a live API has sent.
pub(super) fn bodies_of_responses(responses: &[Learned]) -> Vec<ErrorBody> {
    let body = |response: &Learned| ErrorBody {
        status: response.status.to_string(),
        media: response.media.clone(),
        places: places_of_example(&response.body),
        schema: None,
        description: String::new(),
    };
    responses.iter().filter(|response| response.is_error()).map(body).collect()
}

pub(super) fn bodies_of_page(examples: &[Value]) -> Vec<ErrorBody> {
    let body = |example: &Value| ErrorBody {
        status: String::new(),
        media: None,
        places: places_of_example(example),
        schema: None,
        description: String::new(),
    };
    let all = examples.iter().map(body);
    all.filter(|body| says_what_is_wrong(&body.places)).collect()
}

/// True if an example of a page has a code and a message.
fn says_what_is_wrong(places: &[ErrorMember]) -> bool {
    let places = placed(places, is_list(places));
    code_of(&places, &[]).is_some() && message_of(&places, None).is_some()
}

/// True for the body of FastAPI's validation errors. FastAPI documents it for each operation, but other errors look
/// different.
fn is_of_fastapi(places: &[ErrorMember]) -> bool {
    let mut outside = places.iter().filter(|place| !place.is_in_array());
    let array = |place: &ErrorMember| place.pointer == "/detail" && place.types == ["array"];
    outside.next().is_some_and(array) && outside.next().is_none()
}

/// The envelope of the bodies of a description and of a page.
pub(super) fn documented(bodies: &[ErrorBody], of_page: &[ErrorBody], hints: Hints<'_>) -> Envelope {
    let is_problem = |body: &&ErrorBody| is_problem(body);
    if hints.preset || bodies.iter().any(|body| is_problem(&body)) {
        let (problems, others): (Vec<&ErrorBody>, Vec<_>) = bodies.iter().partition(is_problem);
        let problems: Vec<&ErrorBody> = problems.into_iter().chain(of_page).collect();
        return problem(&problems, &others, hints);
    }
    let all: Vec<&ErrorBody> = bodies.iter().chain(of_page).collect();
    let is_list = || !all.is_empty() && all.iter().all(|body| is_list(&body.places));
    let in_arrays = hints.code.map_or_else(is_list, |code| code.contains("/0/"));
    let code = hints.code.map(str::to_owned).or_else(|| common_code(&all, in_arrays, hints.learned));
    let message =
        most_common(all.iter().filter_map(|body| message_of(&placed(&body.places, in_arrays), code.as_deref())));
    let parent = common_parent(code.as_deref(), message.as_deref(), in_arrays.then(|| list_in(&all)).flatten());
    let details = most_common(all.iter().filter_map(|body| details_of(&body.places, &parent)));
    let integers = all.iter().filter_map(|body| body.at(code.as_deref()?)).filter(|place| !place.types.is_empty());
    let media = media(bodies);
    // An example without the message shows that it is optional.
    let examples = || all.iter().filter(|body| body.schema.is_none());
    Envelope {
        schema: joined(&all, [code.as_deref(), message.as_deref()]),
        is_integer: most_common(integers.map(|place| place.types[0].clone())).is_some_and(|kind| kind == "integer"),
        details,
        field: None,
        status: None,
        forbids_empty_message: false,
        disputed: None,
        origins: Origins {
            shape: Origin::of(is_general(bodies, code.is_some()) || !of_page.is_empty()),
            media_type: Origin::of(media.is_some()),
            code: Origin::of(code.is_some()),
            message: Origin::of(
                message.as_ref().is_some_and(|pointer| examples().all(|body| body.at(pointer).is_some())),
            ),
        },
        media_type: media.unwrap_or_else(|| "application/json".to_owned()),
        code: code.unwrap_or_else(|| format!("{parent}/code")),
        message: message.unwrap_or_else(|| format!("{parent}/message")),
        parent,
    }
}

/// The member of most bodies that is a code.
fn common_code(all: &[&ErrorBody], in_arrays: bool, learned: &[ErrorBody]) -> Option<String> {
    let witnesses: Vec<&ErrorBody> = all.iter().copied().chain(learned).collect();
    let code = |body: &&ErrorBody| Some(code_of(&placed(&body.places, in_arrays), &witnesses)?.pointer.clone());
    // A member of a few bodies is not a member of all errors. A schema need not list the codes.
    most_common(all.iter().filter_map(code))
        .filter(|code| all.iter().filter(|body| may_have_a_code_at(body, code)).count() * 2 >= all.len())
}

/// True for a body of RFC 9457, which some descriptions declare as `application/json`.
pub(super) fn is_problem(body: &ErrorBody) -> bool {
    let has = |name: &str| body.at(name).is_some_and(|place| place.may_be("string") || place.may_be("integer"));
    body.media.as_deref() == Some(PROBLEM) || (has("/type") && has("/title") && has("/status") && has("/detail"))
}

/// True if all that the body says is in the elements of an array, as in `{ "errors": [{ "message": "…" }] }`.
fn is_list(places: &[ErrorMember]) -> bool {
    let says = |place: &&ErrorMember| {
        let name = place.name();
        MESSAGE_NAMES.contains(&name.as_str()) || CODE_NAMES.contains(&name.as_str())
    };
    let is_value = |place: &&ErrorMember| !place.types.iter().any(|kind| kind == "array" || kind == "object");
    let outside = places.iter().filter(|place| !place.is_in_array());
    !is_of_fastapi(places)
        && outside.filter(is_value).filter(says).count() == 0
        && places.iter().filter(|place| place.is_in_array()).any(|place| says(&place))
}

fn placed(places: &[ErrorMember], in_arrays: bool) -> Vec<&ErrorMember> {
    places.iter().filter(|place| place.is_in_array() == in_arrays).collect()
}

/// The first element of the list that contains the errors.
fn list_in(all: &[&ErrorBody]) -> Option<String> {
    let place = all.iter().flat_map(|body| &body.places).find(|place| place.is_in_array())?;
    place.pointer.split_once("/0/").map(|(list, _)| format!("{list}/0"))
}

/// The object that contains the code and the message, or the given one if neither is known.
fn common_parent(code: Option<&str>, message: Option<&str>, list: Option<String>) -> String {
    let shorter = [code, message]
        .into_iter()
        .flatten()
        .filter_map(|pointer| Some(pointer.rsplit_once('/')?.0))
        .min_by_key(|parent| parent.len());
    shorter.map_or_else(|| list.unwrap_or_default(), str::to_owned)
}

/// True if the documented bodies probably describe all errors: they belong to several statuses, or have a code.
fn is_general(bodies: &[ErrorBody], has_code: bool) -> bool {
    let mut statuses: Vec<&str> = bodies.iter().map(|body| body.status.as_str()).collect();
    statuses.sort_unstable();
    statuses.dedup();
    statuses.len() > 1 || (!statuses.is_empty() && (has_code || statuses[0].parse::<u16>().is_err()))
}

fn media(bodies: &[ErrorBody]) -> Option<String> {
    let mut all: Vec<&String> = bodies.iter().filter_map(|body| body.media.as_ref()).collect();
    all.dedup();
    all.first().filter(|first| all.iter().all(|other| other == *first)).map(|first| (*first).clone())
}

pub(super) fn most_common(all: impl Iterator<Item = String>) -> Option<String> {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    let mut order: Vec<String> = Vec::new();
    for one in all {
        if !order.contains(&one) {
            order.push(one.clone());
        }
        *counts.entry(one).or_default() += 1;
    }
    let largest = counts.values().max().copied()?;
    order.into_iter().find(|one| counts.get(one) == Some(&largest))
}

fn code_of<'p>(places: &[&'p ErrorMember], all: &[&ErrorBody]) -> Option<&'p ErrorMember> {
    let can = |place: &&ErrorMember| place.may_be("string") || place.may_be("integer");
    let named = |name: &&&str| places.iter().copied().filter(can).find(|place| place.name() == **name);
    // An id with digits identifies one response, not a kind of error.
    let digits = |value: &Value| value.as_str().is_some_and(|text| text.contains(|one: char| one.is_ascii_digit()));
    let is_code = |place: &ErrorMember| {
        place.values.iter().all(is_spelt_like_a_code) && (place.name() != "id" || !place.values.iter().any(digits))
    };
    let spelt = |place: &&ErrorMember| !place.values.is_empty() && is_code(place);
    let possible = |name: &&&str| places.iter().copied().filter(spelt).find(|place| place.name() == **name);
    let sure: Vec<&ErrorMember> = CODE_NAMES.iter().filter_map(|name| named(&name)).collect();
    // Of two codes, one may repeat the status.
    let own = sure.iter().find(|place| sure.len() > 1 && !repeats_the_status(all, &place.pointer));
    own.or(sure.first()).copied().or_else(|| POSSIBLE_CODE_NAMES.iter().find_map(|name| possible(&name)))
}

/// True if the body has the member, and no value of it is a sentence.
fn may_have_a_code_at(body: &ErrorBody, pointer: &str) -> bool {
    body.at(pointer).is_some_and(|place| {
        (place.may_be("string") || place.may_be("integer"))
            && place.values.iter().all(|value| value.is_number() || is_spelt_like_a_code(value))
    })
}

/// True for one word, such as `not_found`, and for a URI. False for a sentence.
fn is_spelt_like_a_code(value: &Value) -> bool {
    let text = value.as_str().unwrap_or_default();
    let is_word = !text.is_empty() && !text.contains(char::is_whitespace);
    is_word && (text.contains(['_', '.', ':', '/', '-']) || text.chars().all(|letter| letter.is_ascii_alphanumeric()))
}

/// The message next to the code, or else in an object that contains the code.
fn message_of(places: &[&ErrorMember], code: Option<&str>) -> Option<String> {
    let can = |place: &&&ErrorMember| place.may_be("string") && Some(place.pointer.as_str()) != code;
    let named = |fits: &dyn Fn(&ErrorMember) -> bool| {
        let find = |name: &&str| places.iter().filter(can).find(|place| fits(place) && place.name() == *name).copied();
        MESSAGE_NAMES.iter().find_map(find).map(|place| place.pointer.clone())
    };
    let Some((parent, _)) = code.and_then(|code| code.rsplit_once('/')) else { return named(&|_| true) };
    let contains = |place: &ErrorMember| parent.starts_with(&format!("{}/", place.parent()));
    named(&|place| place.parent() == parent).or_else(|| named(&contains))
}

/// The details next to the message. A member with a likelier name that is not a text shows that the others are something
/// else.
fn details_of(places: &[ErrorMember], parent: &str) -> Option<String> {
    let named = |name: &&str| places.iter().find(|place| place.parent() == parent && place.name() == *name);
    let found = DETAILS_NAMES.iter().find_map(named)?;
    found.may_be("string").then(|| found.pointer.clone())
}

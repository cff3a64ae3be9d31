//! `clauses.yaml`: the clauses that checks judge, those that starter scenarios judge, and one clause for each code.
//!
//! A clause that no source supports is a comment.

use serde_json::{Map, Value, json};

use super::code::Code;
use super::codes::{Catalogue, LEARNED};
use super::error_body::Envelope;
use super::origin::Origin;
use super::scenarios::Scenarios;
use super::statement;
use super::statuses;
use super::topic::{SUCCESS, TOPICS};
use super::yaml;
use spec::contract::TO_DO;

/// What `envelope-present` judges.
const OF_SCHEMA: &str = "An error is a JSON object that envelope.schema.json allows.";

/// The member `page` of what no source says.
const GUESSED: &str = "guess";

/// Why a required message must not be empty.
const NOT_EMPTY: &str = "The description does not say that the message is not empty: if it may be, remove its `minLength` from envelope.schema.json.";

/// Why `code-registered` does not judge codes of examples and responses.
const MAY_BE_INCOMPLETE: &str =
    "The codes are only from examples or responses, so the list may be incomplete. If it is complete, remove the `#`:";

/// The text of the file.
pub(super) fn write(catalogue: &Catalogue, scenarios: &Scenarios) -> String {
    let mut text = yaml::comment(
        "The clauses of the contract. `checks` judge a clause on every response. A clause without `checks` needs a scenario\n\
         that names it. `conformance explain ID` shows more about a clause.",
    );
    text += "clauses:\n  # Judged on every response.\n";
    let line = |clause: &StructuralClause| {
        let (page, says) = (yaml::scalar(catalogue.page_of(clause.origin)), yaml::scalar(&clause.says));
        let StructuralClause { id, checks, .. } = clause;
        // The documentation says what a MUST says.
        let level = if clause.origin == Origin::Learned { "SHOULD" } else { clause.level };
        format!("- {{ id: {id}, level: {level}, page: {page}, checks: [{checks}], says: {says} }}")
    };
    let (supported, guessed): (Vec<_>, Vec<_>) =
        structural_clauses(catalogue).into_iter().partition(|clause| clause.origin != Origin::Guess);
    for clause in &supported {
        text += &clause.why.iter().map(|why| format!("  # {why}\n")).collect::<String>();
        text += &format!("  {}{}\n", line(clause), clause.origin.spaced_note());
    }
    if !guessed.is_empty() {
        text +=
            "\n  # The documentation does not say these. Remove the `#` of each clause that is true for all errors.\n";
        for clause in &guessed {
            text += &clause.why.iter().map(|why| format!("  # {why}\n")).collect::<String>();
            text += &format!("  # {}\n", line(clause));
        }
    }
    text + &clauses_of_topics(catalogue, scenarios) + &clauses_of_codes(catalogue, scenarios)
}

fn clauses_of_topics(catalogue: &Catalogue, scenarios: &Scenarios) -> String {
    let mut text = "\n  # Judged by the starter scenarios.\n".to_owned();
    let is_tested = |id: &str| scenarios.clauses.iter().any(|other| other == id);
    for topic in TOPICS {
        if is_tested(topic.clause) {
            let (id, page, says) = (topic.clause, yaml::scalar(&catalogue.page), yaml::scalar(topic.says));
            text += &format!("  - {{ id: {id}, level: MUST, page: {page}, says: {says} }}\n");
        }
        let id = topic.undocumented();
        if let Some(origin) = scenarios.undocumented(&id).filter(|_| is_tested(&id)) {
            let (page, says) = (page_of_undocumented(origin), yaml::scalar(&undocumented(topic.says, origin)));
            let note = if origin == Origin::Learned { origin.spaced_note() } else { String::new() };
            text += &format!("  - {{ id: {id}, level: SHOULD, page: {page}, says: {says} }}{note}\n");
        }
    }
    if scenarios.sketches_success {
        let (page, says) = (yaml::scalar(&catalogue.page), yaml::scalar(SUCCESS.says));
        let reason = yaml::scalar(&format!("{TO_DO} complete the sketches in scenarios/sketches.yaml"));
        text +=
            &format!("  - {{ id: {}, level: MUST, page: {page}, says: {says}, excluded: {reason} }}\n", SUCCESS.clause);
    }
    text
}

/// A statement that the documentation does not make.
fn undocumented(says: &str, origin: Origin) -> String {
    let source = if origin == Origin::Learned { "learned from responses" } else { "a guess" };
    format!("{} ({source}: the documentation does not say it).", says.trim_end_matches('.'))
}

fn page_of_undocumented(origin: Origin) -> &'static str {
    if origin == Origin::Learned { LEARNED } else { GUESSED }
}

fn clauses_of_codes(catalogue: &Catalogue, scenarios: &Scenarios) -> String {
    let mut text = String::new();
    if !catalogue.codes.is_empty() {
        text += "\n  # One clause for each code.\n";
        let has_sketches = (0..catalogue.codes.len()).any(|index| !scenarios.clauses.contains(&id_of_code(index)));
        if has_sketches {
            text += "  # Complete the sketch of each code in scenarios/sketches.yaml, and remove `excluded`. `conformance validate` refuses\n";
            text += "  # `to do: …`. If no request can get a code, say why in its `excluded` in errors.yaml; its clause needs none then.\n";
        }
    }
    for (index, code) in catalogue.codes.iter().enumerate() {
        let note = code.source.note().filter(|_| code.source == Origin::Learned);
        text += &yaml::entry_about(&clause_of_code(catalogue, scenarios, index, code), 2, note);
    }
    text
}

/// A clause that checks judge on every response.
struct StructuralClause {
    id: &'static str,
    level: &'static str,
    checks: &'static str,
    origin: Origin,
    says: String,
    /// Lines before it: why it is a comment, or what the documentation says otherwise.
    why: Vec<String>,
}

fn clause(
    id: &'static str,
    level: &'static str,
    checks: &'static str,
    origin: Origin,
    says: impl Into<String>,
) -> StructuralClause {
    StructuralClause { id, level, checks, origin, says: says.into(), why: Vec::new() }
}

fn structural_clauses(catalogue: &Catalogue) -> Vec<StructuralClause> {
    let mut all = envelope_clauses(catalogue);
    all.extend(optional_member_clauses(&catalogue.envelope));
    all.extend(status_clauses(catalogue));
    if !catalogue.headers.is_empty() {
        let says = "A response has the headers that errors.yaml requires of it.";
        all.push(clause("HDR-1", "MUST", "required-headers", Origin::Documented, says));
    }
    all.push(clause(
        "SAFE-1",
        "SHOULD",
        "no-leak",
        Origin::Documented,
        "An error does not show internals of the server.",
    ));
    all
}

fn envelope_clauses(catalogue: &Catalogue) -> Vec<StructuralClause> {
    let Envelope { origins, media_type, .. } = &catalogue.envelope;
    let (code, message) = (last_name(&catalogue.envelope.code), last_name(&catalogue.envelope.message));
    let with_message = origins.shape.min(origins.message);
    let with_code = origins.shape.min(origins.code);
    // A list of all codes is judged even if the bodies differ otherwise.
    let all_codes = origins.code.min(Origin::of(catalogue.is_complete && !catalogue.codes.is_empty()));
    let of_type = format!("An error has the media type {media_type}.");
    let of_code = format!("`{code}` is one of the documented codes.");
    vec![
        clause("ENV-1", "MUST", "envelope-present", origins.shape, OF_SCHEMA),
        StructuralClause {
            why: catalogue.contradictions.clone(),
            ..clause("ENV-2", "MUST", "error-media-type", origins.media_type, of_type)
        },
        StructuralClause {
            why: catalogue.envelope.forbids_empty_message.then(|| NOT_EMPTY.to_owned()).into_iter().collect(),
            ..clause("ENV-3", "MUST", "message-present", with_message, about_message(&catalogue.envelope, message))
        },
        StructuralClause {
            why: (!catalogue.is_complete && !catalogue.codes.is_empty())
                .then(|| MAY_BE_INCOMPLETE.to_owned())
                .into_iter()
                .collect(),
            ..clause("ENV-4", "MUST", "code-registered", all_codes, of_code)
        },
        clause("ENV-5", "SHOULD", "strict-json", origins.shape, "An error is strict JSON (RFC 8259)."),
        clause("ENV-6", "MUST", "success-without-error", with_code, "A success contains no error."),
    ]
}

fn about_message(envelope: &Envelope, name: &str) -> String {
    let mut schema = envelope.schema.clone();
    let Some(message) = statement::required_at(&mut schema, &envelope.message) else {
        return format!("`{name}`, if it is present, is as documented.");
    };
    let is_not_empty = message.get("minLength").is_some_and(|least| *least != json!(0));
    format!("`{name}` is present and as documented{}.", if is_not_empty { ", and not empty" } else { "" })
}

fn optional_member_clauses(envelope: &Envelope) -> Vec<StructuralClause> {
    let shape = envelope.origins.shape;
    let details = envelope.details.as_ref();
    let details = details.map(|_| {
        clause("ENV-7", "MUST", "details-are-text", shape, "The details, if they are present, are as documented.")
    });
    let field = envelope.field.as_ref().map(|field| {
        let says = format!("`{}` names the member at fault.", last_name(&field.pointer));
        clause("ENV-8", "MUST", "field-names-member", shape.min(field.origin), says)
    });
    let status = envelope.status.as_ref().map(|status| {
        let says = format!("`{}` is the status of the response.", last_name(&status.pointer));
        clause("ENV-9", "MUST", "status-in-body", status.origin, says)
    });
    details.into_iter().chain(field).chain(status).collect()
}

fn status_clauses(catalogue: &Catalogue) -> Vec<StructuralClause> {
    let of_codes = catalogue.origin_of_statuses();
    let success_checks = "success-status, success-body, no-content-is-empty";
    vec![
        clause("STA-1", "MUST", "status-documented", Origin::Documented, "Every status is listed in errors.yaml."),
        clause("STA-2", "MUST", "status-matches-code", of_codes, "Each code comes with its status."),
        clause("STA-3", "MUST", success_checks, Origin::Documented, "A success is as documented."),
    ]
}

fn last_name(pointer: &str) -> &str {
    pointer.rsplit('/').next().unwrap_or_default()
}

fn id_of_code(index: usize) -> String {
    format!("CODE-{}", index + 1)
}

fn clause_of_code(catalogue: &Catalogue, scenarios: &Scenarios, index: usize, code: &Code) -> Map<String, Value> {
    let id = id_of_code(index);
    let means = code.means.lines().next().unwrap_or_default();
    let says = match code.origin == Origin::Guess {
        false => format!("{} comes with {}: {means}", code.code, statuses::in_words(&code.statuses)),
        true => format!("{}: {means}", code.code),
    };
    let is_judged = scenarios.clauses.contains(&id);
    let (level, says) = match scenarios.undocumented(&id) {
        Some(Origin::Learned) => ("SHOULD", format!("{says} Which request gets it is learned from responses.")),
        Some(_) => ("SHOULD", format!("{says} Which request gets it is a guess.")),
        None => (if code.source == Origin::Learned { "SHOULD" } else { "MUST" }, says),
    };
    let mut members = Map::new();
    for (name, value) in [
        ("id", json!(id)),
        ("level", json!(level)),
        ("page", json!(catalogue.page_of_code(code))),
        ("codes", json!([code.code])),
        ("says", json!(says)),
    ] {
        members.insert(name.to_owned(), value);
    }
    if !is_judged {
        members.insert("excluded".to_owned(), json!(format!("{TO_DO} no scenario expects it yet")));
    }
    members
}

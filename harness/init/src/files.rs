//! The files of `schemas/`, the target file and the README of a new pack.

use serde_json::{Map, Value, json};

use super::access::{ANONYMOUS, Access, INVALID, MARK};
use super::codes::{Catalogue, Code};
use super::description::{Description, ROOT};
use super::error_body::Envelope;
use super::origin::Origin;
use super::resources::Resource;
use super::scenarios::Scenarios;
use super::topic::{SUCCESS, TOPICS};
use super::yaml::{self, GUESS};
use judge::target::variable;
use spec::contract::FieldForm;

pub(super) const ENVELOPE: &str = "envelope.schema.json";

/// The description and the files that it refers to.
pub(super) fn descriptions(description: &Description, left_out: &[String]) -> Vec<(String, String)> {
    let mut about = "Written by `conformance init` from the OpenAPI description of the API.".to_owned();
    if !left_out.is_empty() {
        about += &format!("\nLeft out, because the harness cannot test these operations:\n  {}", left_out.join("\n  "));
    }
    let files = description.documents.iter().map(|(name, value)| {
        let head = if name == ROOT { yaml::comment(&about) } else { String::new() };
        (format!("schemas/{name}"), head + &marked(&serde_yaml::to_string(value).unwrap_or_default()))
    });
    files.collect()
}

/// The text with a comment in place of each `MARK` member.
fn marked(text: &str) -> String {
    let line = |line: &str| match line.trim_start().strip_prefix(MARK) {
        Some(_) => format!("{}{GUESS}\n", &line[..line.len() - line.trim_start().len()]),
        None => format!("{line}\n"),
    };
    text.lines().map(line).collect()
}

/// The JSON Schema of error bodies.
pub(super) fn envelope(catalogue: &Catalogue) -> String {
    let mut schema = Map::new();
    schema.insert("$schema".to_owned(), json!("https://json-schema.org/draft/2020-12/schema"));
    schema.insert("title".to_owned(), json!("An error body"));
    if let Some(note) = catalogue.envelope.origins.shape.note() {
        schema.insert("$comment".to_owned(), json!(note.trim_start_matches("# ")));
    }
    schema.extend(catalogue.envelope.schema.as_object().cloned().unwrap_or_default());
    format!("{:#}\n", Value::Object(schema))
}

/// `errors.yaml`.
///
/// `naming` are the codes whose recorded answers name the wrong field.
pub(super) fn errors(catalogue: &Catalogue, naming: &[&str]) -> String {
    let envelope = &catalogue.envelope;
    let mut text = yaml::comment("The error bodies and error codes of the API.");
    text += &format!("envelope:\n  schema: {ENVELOPE}\n");
    text +=
        &format!("  media_type: {}{}\n", yaml::scalar(&envelope.media_type), envelope.origins.media_type.spaced_note());
    text += &format!("  code_type: {}\n", if envelope.is_integer { "integer" } else { "string" });
    if let Some(field) = envelope.field.as_ref().filter(|field| field.form != FieldForm::Name) {
        let form = if field.form == FieldForm::Pointer { "pointer" } else { "fragment" };
        text += &format!("  field_form: {form}{}\n", field.origin.spaced_note());
    }
    text += "  # The place of each part, as a JSON Pointer (RFC 6901).\n  pointers:\n";
    text += &format!("    envelope: {}\n", yaml::scalar(&envelope.parent));
    text += &format!("    code: {}{}\n", yaml::scalar(&envelope.code), envelope.origins.code.spaced_note());
    text += &format!("    message: {}{}\n", yaml::scalar(&envelope.message), envelope.origins.message.spaced_note());
    text += &optional_pointers(envelope);
    text += "\n# The statuses of responses: first the documented ones, then others,\n";
    text += "# which servers often send although they are not documented.\nstatuses:\n";
    for (status, origin) in &catalogue.statuses {
        text += &format!("  - {status}{}\n", origin.spaced_note());
    }
    text += &codes(catalogue, naming);
    text
}

/// The pointers that an envelope need not have. A status that is only a guess is a comment, as its clause is.
fn optional_pointers(envelope: &Envelope) -> String {
    let mut text = String::new();
    if let Some(status) = &envelope.status {
        let start = if status.origin == Origin::Guess { "# " } else { "" };
        text += &format!("    {start}status: {}{}\n", yaml::scalar(&status.pointer), status.origin.spaced_note());
    }
    if let Some(details) = &envelope.details {
        text += &format!("    details: {}\n", yaml::scalar(details));
    }
    if let Some(field) = &envelope.field {
        text += &format!("    field: {}{}\n", yaml::scalar(&field.pointer), field.origin.spaced_note());
    }
    text
}

fn codes(catalogue: &Catalogue, naming: &[&str]) -> String {
    let mut text =
        "\n# Each code with its status. `conformance docs PAGE.md` compares this list with a published page.\n"
            .to_owned();
    if catalogue.codes.is_empty() {
        text += "# No documented code was found. An entry looks like this:\n";
        text += "#   - { code: SOME_CODE, status: 404, retry: never, page: Errors, means: It does not exist. }\n";
        return text + "codes: []\n";
    }
    if !catalogue.is_complete {
        text += "# These codes are from examples. The API may have others.\n";
    }
    text += "codes:\n";
    for code in &catalogue.codes {
        let mut members = Map::new();
        let number = code.code.parse::<i64>().ok().filter(|_| catalogue.envelope.is_integer);
        members.insert("code".to_owned(), number.map_or_else(|| json!(code.code), |number| json!(number)));
        members.insert("status".to_owned(), json!(code.status));
        members.insert("retry".to_owned(), json!(retry(code.status)));
        members.insert("page".to_owned(), json!(catalogue.page));
        members.insert("means".to_owned(), json!(code.means.lines().next().unwrap_or_default()));
        let names_field = naming.contains(&code.code.as_str());
        if names_field {
            members.insert("names_field".to_owned(), json!(true));
        }
        let origin = if names_field { code.origin.min(Origin::Learned) } else { code.origin };
        text += &yaml::entry(&members, 2, origin.note());
    }
    text
}

fn retry(status: u16) -> &'static str {
    if status == 429 || status >= 500 { "backoff" } else { "never" }
}

/// A clause that checks judge on every response.
struct StructuralClause {
    id: &'static str,
    level: &'static str,
    checks: &'static str,
    origin: Origin,
    says: String,
}

fn clause(
    id: &'static str,
    level: &'static str,
    checks: &'static str,
    origin: Origin,
    says: impl Into<String>,
) -> StructuralClause {
    StructuralClause { id, level, checks, origin, says: says.into() }
}

fn structural_clauses(catalogue: &Catalogue) -> Vec<StructuralClause> {
    let mut all = envelope_clauses(catalogue);
    all.extend(optional_member_clauses(&catalogue.envelope));
    all.extend(status_clauses(catalogue));
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
    let all_codes = Origin::of(catalogue.is_complete && !catalogue.codes.is_empty());
    let of_type = format!("An error has the media type {media_type}.");
    let (of_message, of_code) =
        (format!("`{message}` is as documented."), format!("`{code}` is one of the documented codes."));
    vec![
        clause("ENV-1", "MUST", "envelope-present", origins.shape, "An error is a JSON object of the documented form."),
        clause("ENV-2", "MUST", "error-media-type", origins.media_type, of_type),
        clause("ENV-3", "MUST", "message-present", with_message, of_message),
        clause("ENV-4", "MUST", "code-registered", with_code.min(all_codes), of_code),
        clause("ENV-5", "SHOULD", "strict-json", origins.shape, "An error is strict JSON (RFC 8259)."),
        clause("ENV-6", "MUST", "success-without-error", with_code, "A success contains no error."),
    ]
}

fn optional_member_clauses(envelope: &Envelope) -> Vec<StructuralClause> {
    let shape = envelope.origins.shape;
    let details = envelope.details.as_ref();
    let details = details.map(|_| clause("ENV-7", "MUST", "details-are-text", shape, "The details are as documented."));
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
    let of_codes = Origin::of(catalogue.has_sure_statuses());
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

/// `clauses.yaml`: the clauses that checks judge, the clauses that scenarios judge, and one clause for each code.
pub(super) fn clauses(catalogue: &Catalogue, scenarios: &Scenarios) -> String {
    let mut text = yaml::comment(
        "The clauses of the contract. `checks` judge a clause on every response. A clause without `checks` needs a scenario\n\
         that names it. `conformance explain ID` shows more about a clause.",
    );
    text += "clauses:\n  # Judged on every response.\n";
    let line = |clause: &StructuralClause| {
        let (page, says) = (yaml::scalar(&catalogue.page), yaml::scalar(&clause.says));
        let StructuralClause { id, level, checks, .. } = clause;
        format!("- {{ id: {id}, level: {level}, page: {page}, checks: [{checks}], says: {says} }}")
    };
    let (supported, guessed): (Vec<_>, Vec<_>) =
        structural_clauses(catalogue).into_iter().partition(|clause| clause.origin != Origin::Guess);
    supported.iter().for_each(|clause| text += &format!("  {}{}\n", line(clause), clause.origin.spaced_note()));
    if !guessed.is_empty() {
        text +=
            "\n  # The documentation does not say these. Remove the `#` of each clause that is true for all errors.\n";
        guessed.iter().for_each(|clause| text += &format!("  # {}\n", line(clause)));
    }
    text += "\n  # Judged by the starter scenarios.\n";
    for topic in TOPICS.iter().filter(|topic| scenarios.clauses.iter().any(|id| id == topic.clause)) {
        let (page, says) = (yaml::scalar(&catalogue.page), yaml::scalar(topic.says));
        text += &format!("  - {{ id: {}, level: MUST, page: {page}, says: {says} }}\n", topic.clause);
    }
    if scenarios.sketches_success {
        let (page, says) = (yaml::scalar(&catalogue.page), yaml::scalar(SUCCESS.says));
        let reason = "the scenarios in sketches.yaml are comments";
        text +=
            &format!("  - {{ id: {}, level: MUST, page: {page}, says: {says}, excluded: {reason} }}\n", SUCCESS.clause);
    }
    if !catalogue.codes.is_empty() {
        text += "\n  # One clause for each code. Complete the sketch of a code in scenarios/sketches.yaml, and remove `excluded`.\n";
    }
    for (index, code) in catalogue.codes.iter().enumerate() {
        text += &yaml::entry(&clause_of_code(catalogue, scenarios, index, code), 2, None);
    }
    text
}

fn clause_of_code(catalogue: &Catalogue, scenarios: &Scenarios, index: usize, code: &Code) -> Map<String, Value> {
    let id = format!("CODE-{}", index + 1);
    let means = code.means.lines().next().unwrap_or_default();
    let says = match code.origin == Origin::Documented {
        true => format!("{} comes with {}: {means}", code.code, code.status),
        false => format!("{}: {means}", code.code),
    };
    let is_judged = scenarios.clauses.contains(&id);
    let mut members = Map::new();
    for (name, value) in [
        ("id", json!(id)),
        ("level", json!("MUST")),
        ("page", json!(catalogue.page)),
        ("codes", json!([code.code])),
        ("says", json!(says)),
    ] {
        members.insert(name.to_owned(), value);
    }
    if !is_judged {
        members.insert("excluded".to_owned(), json!("no scenario expects it yet"));
    }
    members
}

/// `conventions.yaml`.
pub(super) fn conventions(access: &Access, resources: &[Resource]) -> String {
    let mut text =
        yaml::comment("The actors that send requests, and how a run deletes the resources that it has created.");
    text += "actors:\n";
    for scheme in access.actors() {
        let note = if access.is_guessed { format!("  {GUESS}") } else { String::new() };
        text += &format!("  {}: {{ about: {} }}{note}\n", scheme.actor, yaml::scalar(&scheme.about()));
    }
    text += &format!("  {ANONYMOUS}: {{ credential: none, about: has no credential }}\n");
    if !access.schemes.is_empty() {
        text += "  # Needs no environment variable: its scenarios write the invalid credential in a header.\n";
        text += &format!("  {INVALID}: {{ credential: none, about: sends a credential that belongs to nobody }}\n");
    }
    let outer: Vec<&Resource> = resources.iter().filter(|one| one.is_outer()).collect();
    if !outer.is_empty() {
        text += "\n# For each call that creates a resource: the place of the new id, and the call that deletes the resource.\ncleanup:\n";
    }
    for resource in outer {
        let mut members = Map::new();
        for (name, value) in [
            ("after", &resource.create),
            ("id", &resource.id),
            ("call", &resource.delete),
            ("parameter", &resource.parameter),
            ("noun", &resource.noun),
        ] {
            members.insert(name.to_owned(), json!(value));
        }
        text += &yaml::entry(&members, 2, resource.is_guessed.then_some(GUESS));
    }
    text
}

/// `target.example.yaml`.
pub(super) fn target(access: &Access, base: &str) -> String {
    let mut text = yaml::comment(
        "A deployment to test. Copy this file and remove what does not apply. It must not contain secrets.\n\
         `conformance validate --pack DIR --target FILE` checks it without sending anything.",
    );
    text += &format!("\n# The URL, with the base path of the API.\nurl: {}\n", yaml::scalar(base));
    let actors = access.actors();
    if !actors.is_empty() {
        text += "\n# The environment variable with the credential of each actor.\nactors:\n";
        for scheme in actors {
            text += &format!("  {}: {}  # {}\n", scheme.actor, variable(&scheme.actor), scheme.form());
        }
    }
    text +=
        "\n# What this deployment does not support, each with a reason: operations by their operationId.\nlacks: {}\n";
    text + "\n# The maximum number of requests per second.\nrate: 20\n"
}

/// `README.md`.
pub(super) fn readme(name: &str, access: &Access, base: &str) -> String {
    let mut text = format!(
        "# Contract of {name}\n\nA pack for `conformance`, drafted by `conformance init`. The documentation does not support lines with the\ncomment `# guess`: check them, and remove the comment.\n\n```sh\n"
    );
    text += "conformance validate --pack .                  # every error, with its line\n";
    for scheme in access.actors() {
        text += &format!("export {}={}\n", variable(&scheme.actor), shell(scheme.form()));
    }
    text +=
        &format!("conformance doctor --pack . --target-url {base}   # is the URL right, is the credential accepted?\n");
    text += &format!("conformance run --pack . --target-url {base}\n```\n");
    if access.is_guessed {
        text += "\nThe description names no security scheme, so a bearer token is assumed. For a public API, run `init` again with\n`--auth none`; for others with `--auth basic` or `--auth key:HEADER`.\n";
    }
    text += "\nNext, look at each failure and decide whether to correct the API, the documentation or the pack. Then complete the\nscenarios in `scenarios/sketches.yaml`, so that every code is observed or excluded with a reason. You can run\n`init` again at any time: it replaces the files that nobody has changed, and writes `FILE.new` beside the others.\n";
    text
}

fn shell(form: &str) -> String {
    format!("'{form}'")
}

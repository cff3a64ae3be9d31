//! The files of `schemas/`, the target file and the README of a new pack.

use serde_json::{Map, Value, json};

use super::access::{ANONYMOUS, Access, INVALID, MARK};
use super::codes::Catalogue;
use super::description::{Description, ROOT};
use super::error_body::Envelope;
use super::origin::Origin;
use super::resources::Resource;
use super::response_headers;
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
/// `naming` are the codes whose recorded responses name the wrong field.
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
    for (status, note) in &catalogue.statuses {
        text += &format!("  - {status}{}\n", note.map(|note| format!("  {note}")).unwrap_or_default());
    }
    text += &response_headers::write(&catalogue.headers);
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
    text += &yaml::comment(&source_of_codes(catalogue));
    text += "codes:\n";
    for code in &catalogue.codes {
        let mut members = Map::new();
        let number = code.code.parse::<i64>().ok().filter(|_| catalogue.envelope.is_integer);
        members.insert("code".to_owned(), number.map_or_else(|| json!(code.code), |number| json!(number)));
        members.insert("status".to_owned(), yaml::one_or_many(&code.statuses));
        members.insert("retry".to_owned(), json!(retry(code.status())));
        members.insert("page".to_owned(), json!(catalogue.page_of_code(code)));
        members.insert("means".to_owned(), json!(code.means.lines().next().unwrap_or_default()));
        let names_field = naming.contains(&code.code.as_str());
        if names_field {
            members.insert("names_field".to_owned(), json!(true));
        }
        let origin = code.origin.min(code.source);
        let origin = if names_field { origin.min(Origin::Learned) } else { origin };
        let of_description = code.has_status_of_description.then_some("# OpenAPI has its status");
        text += &yaml::entry_about(&members, 2, origin.note().or(of_description));
    }
    text
}

fn source_of_codes(catalogue: &Catalogue) -> String {
    let has = |origin: Origin| catalogue.codes.iter().any(|code| code.source == origin);
    let documented = match (catalogue.page.as_str(), catalogue.is_complete) {
        ("OpenAPI", true) => "from the lists in the OpenAPI description",
        ("OpenAPI", false) => "from examples of the OpenAPI description",
        (page, _) => return format!("These codes are from the page {page}."),
    };
    let learned = "from responses of the API (`page: learned`), not from its documentation";
    let from = match (has(Origin::Documented), has(Origin::Learned)) {
        (true, true) => format!("{documented}, and {learned}"),
        (false, true) => learned.to_owned(),
        _ => documented.to_owned(),
    };
    let others = if catalogue.is_complete { "" } else { " The API may have others." };
    format!("These codes are {from}.{others}")
}

fn retry(status: u16) -> &'static str {
    if status == 429 || status >= 500 { "backoff" } else { "never" }
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
        if !resource.headers.is_empty() {
            members.insert("headers".to_owned(), Value::Object(resource.headers.clone()));
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
pub(super) fn readme(name: &str, access: &Access, base: &str, has_sketches: bool) -> String {
    let mut text = format!(
        "# Contract of {name}\n\nA pack for `conformance`, drafted by `conformance init`. The documentation does not support lines with the\ncomment `# guess`: check them, and remove the comment. Clauses that it does not support have the level SHOULD\n(a warning; `run --strict` fails).\n\n```sh\n"
    );
    for scheme in access.actors() {
        text += &format!("export {}={}\n", variable(&scheme.actor), shell(scheme.form()));
    }
    text +=
        &format!("conformance doctor --pack . --target-url {base}   # is the URL right, is the credential accepted?\n");
    text += &format!("conformance run --pack . --target-url {base}\n");
    text += "conformance validate --pack .                  # every error, and what is still to do\n```\n";
    if access.is_guessed {
        text += "\nThe description names no security scheme, so a bearer token is assumed. For a public API, run `init` again with\n`--auth none`; for others with `--auth basic` or `--auth key:HEADER`.\n";
    }
    text += "\nNext, look at each failure and decide whether to correct the API, the documentation or the pack. ";
    text += if has_sketches {
        "Then complete the\nscenarios in `scenarios/sketches.yaml`, so that every code is observed or excluded with a reason. "
    } else {
        ""
    };
    text += "You can run\n`init` again at any time: it replaces the files that nobody has changed, and writes `FILE.new` next to the others.\n";
    text
}

fn shell(form: &str) -> String {
    format!("'{form}'")
}

//! The files of `schemas/`, the target file and the README of a new pack.

use serde_json::{Map, Value, json};

use super::access::{ANONYMOUS, Access, MARK, WRONG};
use super::codes::{Catalogue, Code};
use super::description::{Description, ROOT};
use super::origin::Origin;
use super::resources::Resource;
use super::scenarios::Scenarios;
use super::topics::TOPICS;
use super::yaml::{self, GUESS};
use judge::target::variable;

/// The file of the envelope.
pub(super) const ENVELOPE: &str = "envelope.schema.json";

/// The description and the files that it refers to.
pub(super) fn descriptions(description: &Description, left_out: &[String]) -> Vec<(String, String)> {
    let mut about = "Written by `conformance init` from the description of the API.".to_owned();
    if !left_out.is_empty() {
        about += &format!("\nLeft out, since the harness cannot test it:\n  {}", left_out.join("\n  "));
    }
    let files = description.documents.iter().map(|(name, value)| {
        let head = if name == ROOT { yaml::comment(&about) } else { String::new() };
        (format!("schemas/{name}"), head + &marked(&serde_yaml::to_string(value).unwrap_or_default()))
    });
    files.collect()
}

/// The text with our mark in place of its member.
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
    if let Some(note) = catalogue.envelope.sure.shape.note() {
        schema.insert("$comment".to_owned(), json!(note.trim_start_matches("# ")));
    }
    schema.extend(catalogue.envelope.schema.as_object().cloned().unwrap_or_default());
    format!("{:#}\n", Value::Object(schema))
}

/// `errors.yaml`.
pub(super) fn errors(catalogue: &Catalogue) -> String {
    let envelope = &catalogue.envelope;
    let mut text = yaml::comment("The error bodies of the API, and its codes.");
    text += &format!("envelope:\n  schema: {ENVELOPE}\n");
    text += &format!("  media_type: {}{}\n", yaml::scalar(&envelope.media_type), envelope.sure.media_type.tail());
    text += &format!("  code_type: {}\n", if envelope.is_integer { "integer" } else { "string" });
    text += "  # Where each part is, as a JSON Pointer (RFC 6901).\n  pointers:\n";
    text += &format!("    envelope: {}\n", yaml::scalar(&envelope.parent));
    text += &format!("    code: {}{}\n", yaml::scalar(&envelope.code), envelope.sure.code.tail());
    text += &format!("    message: {}{}\n", yaml::scalar(&envelope.message), envelope.sure.message.tail());
    for (name, pointer) in [("details", &envelope.details), ("field", &envelope.field)] {
        text += &pointer.as_ref().map(|pointer| format!("    {name}: {}\n", yaml::scalar(pointer))).unwrap_or_default();
    }
    text += "\n# The statuses that operations may answer with: those of the documentation";
    text += ", and below them others,\n# which servers answer with whether or not they are documented.\nstatuses:\n";
    for (status, origin) in &catalogue.statuses {
        text += &format!("  - {status}{}\n", origin.tail());
    }
    text += &codes(catalogue);
    text
}

fn codes(catalogue: &Catalogue) -> String {
    let mut text =
        "\n# Each code with its status. `conformance docs PAGE.md` compares this list with a published page.\n"
            .to_owned();
    if catalogue.codes.is_empty() {
        text += "# No documented code was found. One looks like this:\n";
        text += "#   - { code: SOME_CODE, status: 404, retry: never, page: Errors, means: There is no such thing. }\n";
        return text + "codes: []\n";
    }
    if !catalogue.is_complete {
        text += "# These are the codes of examples; the API may well have others.\n";
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
        text += &yaml::entry(&members, 2, code.origin.note());
    }
    text
}

fn retry(status: u16) -> &'static str {
    if status == 429 || status >= 500 { "backoff" } else { "never" }
}

/// A clause that checks judge, whether the documentation supports it, and its text.
struct Structural {
    id: &'static str,
    level: &'static str,
    checks: &'static str,
    origin: Origin,
    says: String,
}

fn structural(catalogue: &Catalogue) -> Vec<Structural> {
    let envelope = &catalogue.envelope;
    let clause =
        |id, level, checks, origin, says: &str| Structural { id, level, checks, origin, says: says.to_owned() };
    let sure = envelope.sure;
    let last = |pointer: &str| pointer.rsplit('/').next().unwrap_or_default().to_owned();
    let (code, message) = (last(&envelope.code), last(&envelope.message));
    let mut all = vec![
        clause("ENV-1", "MUST", "envelope-present", sure.shape, "An error is a JSON object of the documented form."),
        clause(
            "ENV-2",
            "MUST",
            "error-media-type",
            sure.media_type,
            &format!("An error has the media type {}.", envelope.media_type),
        ),
        clause(
            "ENV-3",
            "MUST",
            "message-present",
            sure.shape.min(sure.message),
            &format!("`{message}` is as documented."),
        ),
        clause(
            "ENV-4",
            "MUST",
            "code-registered",
            sure.shape.min(sure.code).min(Origin::of(catalogue.is_complete && !catalogue.codes.is_empty())),
            &format!("`{code}` is one of the documented codes."),
        ),
        clause("ENV-5", "SHOULD", "strict-json", sure.shape, "An error is strict JSON (RFC 8259)."),
        clause("ENV-6", "MUST", "success-without-error", sure.shape.min(sure.code), "A success holds no error."),
    ];
    if envelope.details.is_some() {
        all.push(clause("ENV-7", "MUST", "details-are-text", sure.shape, "The details are as documented."));
    }
    if let Some(field) = &envelope.field {
        all.push(clause(
            "ENV-8",
            "MUST",
            "field-names-member",
            sure.shape,
            &format!("`{}` names the member at fault.", last(field)),
        ));
    }
    all.extend([
        clause("STA-1", "MUST", "status-documented", Origin::Documented, "No status is used but those in errors.yaml."),
        clause(
            "STA-2",
            "MUST",
            "status-matches-code",
            Origin::of(catalogue.has_sure_statuses()),
            "Each code comes with its status.",
        ),
        clause(
            "STA-3",
            "MUST",
            "success-status, success-body, no-content-is-empty",
            Origin::Documented,
            "A success is as documented.",
        ),
        clause("SAFE-1", "SHOULD", "no-leak", Origin::Documented, "An error shows nothing of the server's inside."),
    ]);
    all
}

/// `clauses.yaml`: what checks judge, what scenarios judge, and each code.
pub(super) fn clauses(catalogue: &Catalogue, scenarios: &Scenarios) -> String {
    let mut text = yaml::comment(
        "The statements of the contract, each with what judges it: `checks` judge every response, the others need a scenario\n\
         that names them. `conformance explain ID` says more about each.",
    );
    text += "clauses:\n  # Judged on every response.\n";
    let line = |clause: &Structural| {
        let (page, says) = (yaml::scalar(&catalogue.page), yaml::scalar(&clause.says));
        let Structural { id, level, checks, .. } = clause;
        format!("- {{ id: {id}, level: {level}, page: {page}, checks: [{checks}], says: {says} }}")
    };
    let (sure, open): (Vec<_>, Vec<_>) =
        structural(catalogue).into_iter().partition(|clause| clause.origin != Origin::Guess);
    sure.iter().for_each(|clause| text += &format!("  {}{}\n", line(clause), clause.origin.tail()));
    if !open.is_empty() {
        text += "\n  # The documentation does not say these. Remove the `#` of each that holds for all errors.\n";
        open.iter().for_each(|clause| text += &format!("  # {}\n", line(clause)));
    }
    text += "\n  # Judged by the starter scenarios.\n";
    for topic in TOPICS.iter().filter(|topic| scenarios.clauses.iter().any(|id| id == topic.clause)) {
        let (page, says) = (yaml::scalar(&catalogue.page), yaml::scalar(topic.says));
        text += &format!("  - {{ id: {}, level: MUST, page: {page}, says: {says} }}\n", topic.clause);
    }
    if !catalogue.codes.is_empty() {
        text += "\n  # One for each code. Write a scenario that expects it, name the clause there, and remove `excluded`.\n";
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
    let mut text = yaml::comment("Who sends requests, and how a run deletes what it has made.");
    text += "actors:\n";
    for scheme in access.actors() {
        let note = if access.is_guessed { format!("  {GUESS}") } else { String::new() };
        text += &format!("  {}: {{ about: {} }}{note}\n", scheme.actor, yaml::scalar(&scheme.about()));
    }
    text += &format!("  {ANONYMOUS}: {{ credential: none, about: has no credential }}\n");
    if !access.schemes.is_empty() {
        text += "  # Needs no variable: its scenarios write the wrong credential in a header.\n";
        text += &format!("  {WRONG}: {{ credential: none, about: sends a credential that nobody was given }}\n");
    }
    let outer: Vec<&Resource> = resources.iter().filter(|one| one.is_outer()).collect();
    if !outer.is_empty() {
        text += "\n# After a call that creates something: where its id is, and which call deletes it.\ncleanup:\n";
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
        "A deployment to test. Copy this file and keep what applies; it never holds a secret.\n\
         `conformance validate --pack DIR --target FILE` checks it without sending anything.",
    );
    text += &format!("\n# With the base path of the API.\nurl: {}\n", yaml::scalar(base));
    let actors = access.actors();
    if !actors.is_empty() {
        text += "\n# Which environment variable holds an actor's credential.\nactors:\n";
        for scheme in actors {
            text += &format!("  {}: {}  # {}\n", scheme.actor, variable(&scheme.actor), scheme.form());
        }
    }
    text += "\n# What this deployment cannot do, each with a reason: operations by their operationId.\nlacks: {}\n";
    text + "\n# At most so many requests a second.\nrate: 20\n"
}

/// `README.md`.
pub(super) fn readme(name: &str, access: &Access, base: &str) -> String {
    let mut text = format!(
        "# Contract of {name}\n\nA pack for `conformance`, drafted by `conformance init`. Lines marked `# guess` are not in the documentation:\ncheck them, and remove the mark.\n\n```sh\n"
    );
    text += "conformance validate --pack .                  # every mistake, at its line\n";
    for scheme in access.actors() {
        text += &format!("export {}={}\n", variable(&scheme.actor), shell(scheme.form()));
    }
    text +=
        &format!("conformance doctor --pack . --target-url {base}   # is the URL right, is the credential accepted?\n");
    text += &format!("conformance run --pack . --target-url {base}\n```\n");
    if access.is_guessed {
        text += "\nThe description names no security scheme, so a bearer token is assumed. For a public API, run `init` again with\n`--auth none`; for others with `--auth basic` or `--auth key:HEADER`.\n";
    }
    text += "\nNext: look at each failure and decide whether API, documentation or pack is wrong; then write scenarios for the codes that\nare `excluded` in `schemas/clauses.yaml`. `init` can be run again at any time: it replaces the files that nobody has changed,\nand writes `FILE.new` beside the others.\n";
    text
}

fn shell(form: &str) -> String {
    format!("'{form}'")
}

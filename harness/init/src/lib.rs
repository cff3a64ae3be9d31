//! `init`: a complete pack from an OpenAPI description and, if there is one, a published page of error codes.
//!
//! Every module is a function from the description to the texts of files. Only `description` reads files, and only
//! `write` writes them. The pack asserts what the documentation says. Where the documentation says nothing, the pack
//! asserts only what is common, and marks the line as a guess.

mod access;
mod clauses;
mod code;
mod codes;
mod contradictions;
mod danger;
mod description;
mod disputes;
pub mod docs_check;
mod envelope;
mod error_body;
mod example;
mod expectation;
mod files;
mod formats;
mod learned;
mod lifecycle;
mod operations;
mod origin;
mod pointers;
mod resources;
mod response_headers;
mod sanitise;
mod scenarios;
mod schema;
mod shape;
mod sketches;
mod statement;
mod statuses;
mod steps;
mod topic;
mod topics;
mod write;
mod yaml;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::Value;

pub use access::Auth;
pub use write::{WrittenPack, write};

use access::Access;
use codes::Catalogue;
use description::Description;
use learned::LearnedResponses;
use operations::Operation;
use resources::Resource;
use topics::ScenarioBuilder;

/// The input of a new pack.
#[derive(Debug)]
pub struct Sources {
    /// The OpenAPI description, 3.0 or later, in JSON or YAML.
    pub openapi: PathBuf,
    /// A published page of error codes, in Markdown.
    pub page: Option<PathBuf>,
    /// Whether errors have the format of RFC 9457.
    pub problem_json: bool,
    /// The name of the API. Without it, the title of the description is used.
    pub name: Option<String>,
    /// How credentials are sent, if the description does not say it.
    pub auth: Option<Auth>,
    /// The base URL of the API. Without it, the URL of the description's first server is used.
    pub url: Option<String>,
}

/// A pack, not yet written.
#[derive(Debug)]
pub struct Pack {
    /// The texts of the files, by their names in the pack.
    pub files: BTreeMap<String, String>,
    /// What was left out or guessed, one line each.
    pub warnings: Vec<String>,
    /// The base URL of the API.
    pub base: String,
}

/// A response that a live API has sent: an error, or a success with a JSON object.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Learned {
    /// The name of the test that got it, and the operation that was called.
    pub test: String,
    pub operation: String,
    /// The path of the request.
    pub path: String,
    pub status: u16,
    /// The media type, without parameters.
    pub media: Option<String>,
    pub body: Value,
}

impl Learned {
    pub fn is_error(&self) -> bool {
        self.status >= 400
    }
}

/// Makes a pack from the documentation, and from recorded responses where the documentation says nothing. The error is
/// one line.
pub fn generate(sources: &Sources, learned: &[Learned]) -> Result<Pack, String> {
    pack(sources, learned, Purpose::Use)
}

/// Makes a pack to learn from. With `creates`, its sketches with a wrong value are scenarios, whose requests may create
/// something.
pub fn generate_to_learn(sources: &Sources, creates: bool) -> Result<Pack, String> {
    pack(sources, &[], if creates { Purpose::LearnAndCreate } else { Purpose::Learn })
}

/// What a pack is for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Purpose {
    Use,
    /// Its responses show what the documentation leaves open.
    Learn,
    /// Requests that may create something are sent as well.
    LearnAndCreate,
}

fn pack(sources: &Sources, learned: &[Learned], purpose: Purpose) -> Result<Pack, String> {
    let tries = purpose == Purpose::LearnAndCreate;
    let mut description = Description::read(&sources.openapi)?;
    let page = sources.page.as_deref().map(read_page).transpose()?;
    let access = Access::of(description.node(), sources.auth.as_ref());
    let mut warnings = std::mem::take(&mut description.warnings);
    let left_out = prepare(&mut description, &access, sources, &mut warnings);
    let operations = operations::read(&description, &access);
    if operations.is_empty() {
        let reason = left_out.first().map(|first| format!("; {first}")).unwrap_or_default();
        return Err(format!("{}: no operation is left that can be tested{reason}", sources.openapi.display()));
    }
    let catalogue = read_catalogue(&operations, sources, learned, page.as_ref());
    warnings.extend(general_warnings(&access));
    warnings.extend(catalogue.contradictions.iter().chain(&catalogue.shortened).cloned());
    if let (Some((name, text)), Some(path)) = (&page, &sources.page) {
        let unread = codes::warnings_of_page(name, text, &catalogue.envelope);
        let listed = codes::listed_on(text);
        // Responses may show where the codes are.
        if purpose == Purpose::Use || listed.is_empty() {
            check_page(path, &catalogue, &listed, unread.first())?;
        }
        warnings.extend(unread);
    }
    let resources = resources::find(&operations, &mut warnings);
    let responses = LearnedResponses::new(learned, &catalogue);
    let builder = ScenarioBuilder::build(&operations, &access, &catalogue, &resources, responses, tries);
    warnings.extend(refused_deletions(&builder));
    warnings.extend(danger::warning(&builder.dangerous));
    let mut scenarios = scenarios::write(&builder, tries);
    let base = sources.url.clone().unwrap_or_else(|| base_url(&description));
    let name = sources.name.clone().unwrap_or_else(|| title(&description));
    let mut files: BTreeMap<String, String> = files::descriptions(&description, &left_out).into_iter().collect();
    if let Some(formats) = formats::write(&builder, &files) {
        files.insert("schemas/formats.yaml".to_owned(), formats.text);
        scenarios.add_documented(formats.clause);
    }
    let sketches = sketches::write(&builder, tries, &mut scenarios);
    files.extend([
        (format!("schemas/{}", files::ENVELOPE), files::envelope(&catalogue)),
        ("schemas/errors.yaml".to_owned(), files::errors(&catalogue, &builder.codes_with_field())),
        ("schemas/clauses.yaml".to_owned(), clauses::write(&catalogue, &scenarios)),
        ("schemas/conventions.yaml".to_owned(), files::conventions(&access, &resources)),
        ("target.example.yaml".to_owned(), files::target(&access, &base)),
        ("README.md".to_owned(), files::readme(&name, &access, &base, sketches.is_some())),
    ]);
    files.extend(sketches.map(|text| (sketches::FILE.to_owned(), text)));
    files.extend(scenarios.files);
    Ok(Pack { files, warnings, base })
}

/// Changes the description so that the contract reader accepts it. Returns what had to be left out.
fn prepare(
    description: &mut Description,
    access: &Access,
    sources: &Sources,
    warnings: &mut Vec<String>,
) -> Vec<String> {
    warnings.extend(access.warnings.iter().cloned());
    access.declare(description.root_mut(), sources.auth.as_ref());
    sanitise::schemas(description, warnings);
    let normalised = operations::normalise(description, access);
    warnings.extend(normalised.warnings);
    normalised.left_out
}

/// The envelope and the codes: from the operations, the page and the recorded responses.
fn read_catalogue(
    operations: &[Operation<'_>],
    sources: &Sources,
    learned: &[Learned],
    page: Option<&(String, String)>,
) -> Catalogue {
    let page = page.map(|(name, text)| (name.as_str(), text.as_str()));
    let bodies = envelope::bodies(operations);
    let of_page =
        page.map(|(_, text)| envelope::bodies_of_page(&crate::docs_check::json_objects(text))).unwrap_or_default();
    let learned = envelope::bodies_of_responses(learned);
    let listed = page.map(|(_, text)| codes::listed_on(text)).unwrap_or_default();
    let envelope = disputes::envelope(&bodies, &of_page, &learned, &listed, sources.problem_json);
    codes::catalogue(operations, envelope, &bodies, &learned, page)
}

/// Refuses a page without a code that an error may have; `listed` are its codes of any form, and `unread` says what was not
/// read on it.
fn check_page(path: &Path, catalogue: &Catalogue, listed: &[String], unread: Option<&String>) -> Result<(), String> {
    if catalogue.page != "OpenAPI" {
        return Ok(());
    }
    if let Some(first) = listed.first() {
        return Err(format!(
            "{}: the {} codes of this page, such as {first}, are texts, but the error code of the description ({}) is an integer: \
             correct the description, add the JSON of an error to the page, or take the place of the code from responses (--learn URL)",
            path.display(),
            listed.len(),
            catalogue.envelope.code,
        ));
    }
    let reason = unread.map(|first| format!(" ({first})")).unwrap_or_default();
    Err(format!(
        "{}: no error code was found on this page{reason}; a code must be in a heading, in a row of a table, at the start \
         of the items of a list or in an example",
        path.display()
    ))
}

/// New resources that the API did not delete: a run would leave them there.
fn refused_deletions(builder: &ScenarioBuilder<'_, '_>) -> Vec<String> {
    let warning = |resource: &Resource| {
        if lifecycle::deletable(builder, resource).is_some() {
            return None;
        }
        let refusal = builder.responses.refused_deletion(&resource.noun, &resource.delete)?;
        let code = refusal.code.map(|code| format!(" {code}")).unwrap_or_default();
        Some(format!(
            "{} refuses to delete a new {noun} ({}{code}), so each run leaves {noun}s on the target: write an example of {} \
             into schemas/openapi.yaml with which it can be deleted, or add the missing steps to {noun} in scenarios/fixtures.yaml",
            resource.delete,
            refusal.status,
            resource.create,
            noun = resource.noun,
        ))
    };
    builder.resources.iter().filter_map(warning).collect()
}

fn general_warnings(access: &Access) -> Vec<String> {
    let mut warnings = Vec::new();
    if access.is_guessed {
        warnings.push(
            "the description names no security scheme, so a bearer token is assumed: use --auth, such as --auth none"
                .to_owned(),
        );
    }
    warnings
}

fn title(description: &Description) -> String {
    description.node().get("info").and_then(|info| info.text("title")).unwrap_or("the API").to_owned()
}

fn read_page(path: &Path) -> Result<(String, String), String> {
    let text = std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok((path.file_stem().unwrap_or_default().to_string_lossy().into_owned(), text))
}

/// The URL of the first server. If the description names no host, the host is this machine.
fn base_url(description: &Description) -> String {
    const LOCAL: &str = "http://127.0.0.1:8080";
    let root = description.node();
    let Some(server) = root.get("servers").map(description::Node::items).unwrap_or_default().into_iter().next() else {
        return LOCAL.to_owned();
    };
    let mut url = server.text("url").unwrap_or_default().trim_end_matches('/').to_owned();
    for (name, variable) in server.get("variables").map(description::Node::members).unwrap_or_default() {
        let default =
            variable.value.get("default").map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned));
        url = url.replace(&format!("{{{name}}}"), default.as_deref().unwrap_or_default());
    }
    match url.contains("://") {
        true => url,
        false if url.is_empty() || url.starts_with('/') => format!("{LOCAL}{url}"),
        false => format!("{LOCAL}/{url}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_base_url_is_that_of_the_first_server() {
        let base = |servers: Value| base_url(&description::of(serde_json::json!({ "servers": servers })));
        assert_eq!(base(serde_json::json!([])), "http://127.0.0.1:8080");
        assert_eq!(base(serde_json::json!([{ "url": "/v1/" }])), "http://127.0.0.1:8080/v1");
        let variables = serde_json::json!([{ "url": "https://{region}.api.example/v2", "variables": { "region": { "default": "eu" } } }]);
        assert_eq!(base(variables), "https://eu.api.example/v2");
    }
}

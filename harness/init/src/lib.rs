//! `init`: a complete pack from an OpenAPI description and, if there is one, a published page of error codes.
//!
//! Everything here is a function from the description to the texts of files; only `description` reads and `write` writes. What
//! the documentation says is asserted; where it is silent, little is, and each guess is marked in its line.

mod access;
mod codes;
mod description;
pub mod docs_check;
mod envelope;
mod example;
mod expectation;
mod files;
mod operations;
mod origin;
mod resources;
mod sanitise;
mod scenarios;
mod schema;
mod topics;
mod write;
mod yaml;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::Value;

pub use access::Auth;
pub use write::{Outcome, write};

use access::Access;
use description::Description;
use topics::Maker;

/// What a pack is made from.
#[derive(Debug)]
pub struct Sources {
    /// The OpenAPI description, 3.0 or later, in JSON or YAML.
    pub openapi: PathBuf,
    /// A published page of error codes, in Markdown.
    pub page: Option<PathBuf>,
    /// Whether errors are problems as RFC 9457 has them.
    pub problem_json: bool,
    /// What the API is called; the title of the description by default.
    pub name: Option<String>,
    /// How credentials are sent, where the description does not say so.
    pub auth: Option<Auth>,
}

/// A pack, not yet written.
#[derive(Debug)]
pub struct Pack {
    /// The texts of the files, by their names in the pack.
    pub files: BTreeMap<String, String>,
    /// What was left out or guessed, a line each.
    pub warnings: Vec<String>,
    /// The base URL of the description's first server.
    pub base: String,
}

/// An error that the API has answered with.
#[derive(Clone, Debug, PartialEq)]
pub struct Learned {
    /// The status.
    pub status: u16,
    /// The media type, without parameters.
    pub media: Option<String>,
    /// The body.
    pub body: Value,
}

/// Makes a pack from what is documented, and where that says nothing, from what the API has answered; the error is one line.
pub fn generate(sources: &Sources, learned: &[Learned]) -> Result<Pack, String> {
    let mut description = Description::read(&sources.openapi)?;
    let page = sources.page.as_deref().map(read_page).transpose()?;
    let access = Access::of(description.node(), sources.auth.as_ref());
    let mut warnings = std::mem::take(&mut description.warnings);
    warnings.extend(access.warnings.iter().cloned());
    access.declare(description.root_mut(), sources.auth.as_ref());
    sanitise::schemas(&mut description, &mut warnings);
    let normalised = operations::normalise(&mut description, &access);
    warnings.extend(normalised.warnings);
    let operations = operations::read(&description, &access);
    if operations.is_empty() {
        let why = normalised.left_out.first().map(|first| format!("; {first}")).unwrap_or_default();
        return Err(format!("{}: no operation is left that can be tested{why}", sources.openapi.display()));
    }
    let page = page.as_ref().map(|(name, text)| (name.as_str(), text.as_str()));
    let bodies = envelope::bodies(&operations);
    let of_page =
        page.map(|(_, text)| envelope::bodies_of_page(&crate::docs_check::json_objects(text))).unwrap_or_default();
    let learned = envelope::bodies_of_answers(learned);
    let envelope = envelope::envelope(&bodies, &of_page, &learned, sources.problem_json);
    let catalogue = codes::catalogue(&operations, envelope, &bodies, &learned, page);
    if page.is_some() && catalogue.page == "OpenAPI" {
        warnings.push("no error code was found on the page; a code is a heading, or a row of a table".to_owned());
    }
    if access.is_guessed {
        warnings.push(
            "the description names no security scheme: a bearer token is assumed; see --auth, such as --auth none"
                .to_owned(),
        );
    }
    let resources = resources::find(&operations, &mut warnings);
    let mut maker = Maker {
        operations: &operations,
        access: &access,
        catalogue: &catalogue,
        resources: &resources,
        rows: Vec::new(),
        left_out: Vec::new(),
    };
    maker.make();
    let scenarios = scenarios::write(&maker);
    let base = base_url(&description);
    let title = description.node().get("info").and_then(|info| info.text("title")).unwrap_or("the API").to_owned();
    let name = sources.name.clone().unwrap_or(title);
    let mut files: BTreeMap<String, String> =
        files::descriptions(&description, &normalised.left_out).into_iter().collect();
    for (file, text) in [
        (format!("schemas/{}", files::ENVELOPE), files::envelope(&catalogue)),
        ("schemas/errors.yaml".to_owned(), files::errors(&catalogue)),
        ("schemas/clauses.yaml".to_owned(), files::clauses(&catalogue, &scenarios)),
        ("schemas/conventions.yaml".to_owned(), files::conventions(&access, &resources)),
        ("target.example.yaml".to_owned(), files::target(&access, &base)),
        ("README.md".to_owned(), files::readme(&name, &access, &base)),
    ] {
        files.insert(file, text);
    }
    files.extend(scenarios.files);
    Ok(Pack { files, warnings, base })
}

fn read_page(path: &Path) -> Result<(String, String), String> {
    let text = std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok((path.file_stem().unwrap_or_default().to_string_lossy().into_owned(), text))
}

/// The first server's URL; on this machine where the description names no host.
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

//! Reports: one inert model, and a file for each format that is made of it.

pub mod actions;
mod again;
mod build;
mod cause;
mod ctrf;
mod curl;
mod drafted;
mod files;
mod github;
mod gitlab;
mod grouping;
pub mod history;
mod html;
mod json;
mod judge;
mod junit;
mod markdown;
pub mod model;
pub mod parts;
mod read;
mod spell;
pub mod terminal;
mod veil;
mod words;
mod xml;

use std::path::{Path, PathBuf};

pub use build::{Facts, TrialResult, actors, build, trials};
pub(crate) use cause::shell;
pub use curl::line as curl_line;
pub use drafted::{Drafted, drafted};
pub use files::write_whole;
pub use json::render as json;
pub use model::Report;
pub use read::read;

/// One report format.
pub struct Format {
    /// Its name on the command line.
    pub kind: &'static str,
    /// The ending of its files.
    pub ending: &'static str,
    /// The report as text.
    pub render: fn(&Report) -> String,
    /// The most trials that readers take in one file.
    pub most: Option<usize>,
}

/// Some readers of JUnit refuse a file of more cases.
const MOST_CASES: Option<usize> = Some(5000);

/// Every format there is.
pub const FORMATS: &[Format] = &[
    Format { kind: "json", ending: "json", render: json::render, most: None },
    Format { kind: "html", ending: "html", render: html::render, most: None },
    Format { kind: "ctrf", ending: "json", render: ctrf::render, most: None },
    Format { kind: "github", ending: "txt", render: github::render, most: None },
    Format { kind: "gitlab", ending: "json", render: gitlab::render, most: None },
    Format { kind: "markdown", ending: "md", render: markdown::render, most: None },
    Format { kind: "junit", ending: "xml", render: junit::render, most: MOST_CASES },
    Format { kind: "junit-strict", ending: "xml", render: junit::render_strict, most: MOST_CASES },
];

/// A report that was asked for: `KIND=PATH`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    kind: String,
    path: PathBuf,
}

impl Order {
    /// Reads `KIND=PATH`.
    pub fn parse(text: &str) -> Result<Self, String> {
        let kinds: Vec<String> = FORMATS.iter().map(|format| format.kind.to_owned()).collect();
        let (kind, path) = text
            .split_once('=')
            .filter(|(_, path)| !path.is_empty())
            .ok_or_else(|| format!("`{text}` is not KIND=PATH; the kinds are {}", kinds.join(", ")))?;
        if !kinds.iter().any(|known| known == kind) {
            let hint = crate::source::suggestion(kind, &kinds)
                .unwrap_or_else(|| format!("the kinds are {}", kinds.join(", ")));
            return Err(format!("unknown report kind `{kind}`: {hint}"));
        }
        Ok(Self { kind: kind.to_owned(), path: PathBuf::from(path) })
    }

    /// True for a report on standard output.
    pub fn is_stdout(&self) -> bool {
        self.path == Path::new("-")
    }

    /// True for a report of that kind.
    pub fn is(&self, kind: &str) -> bool {
        self.kind == kind
    }

    /// Writes the report: to standard output for `-`, to a file of this process below a path that
    /// ends in `/`, else to the path, whole or not at all. With more trials than readers take in one
    /// file it goes into several, with numbers before the ending.
    pub fn write(&self, report: &Report) -> Result<Vec<PathBuf>, String> {
        let Some(format) = FORMATS.iter().find(|format| format.kind == self.kind) else {
            return Ok(Vec::new());
        };
        if self.is_stdout() {
            println!("{}", (format.render)(report));
            return Ok(Vec::new());
        }
        let path = if self.path.as_os_str().to_string_lossy().ends_with('/') {
            self.path.join(format!("{}.{}", own_name(report), format.ending))
        } else {
            self.path.clone()
        };
        files::write(&path, report, format)
    }

    /// Writes a page that is not of one run, such as a history.
    pub fn write_page(&self, page: &str) -> Result<Option<PathBuf>, String> {
        if self.is_stdout() {
            println!("{page}");
            return Ok(None);
        }
        files::write_whole(&self.path, page).map_err(|error| format!("{}: {error}", self.path.display()))?;
        Ok(Some(self.path.clone()))
    }
}

/// A name that no other process of the run uses: the only trial's, if there is only one, or the shard's, and
/// the process id.
fn own_name(report: &Report) -> String {
    let shard = report.manifest.as_ref().and_then(|manifest| manifest.shard.as_deref());
    let trial = match (report.trials.as_slice(), shard) {
        ([only], _) => only.name.as_str(),
        (_, Some(shard)) => &format!("shard-{}", shard.replace('/', "-of-")),
        _ => "run",
    };
    let name: String = trial
        .chars()
        .map(|letter| if letter.is_ascii_alphanumeric() || letter == '-' { letter } else { '_' })
        .take(120)
        .collect();
    format!("{name}.{}", std::process::id())
}

//! Reports of a run: the data model (`model`) and one module per output format.
//!
//! `build` makes a [`Report`] from the results of a run. Each format is a pure function from a report to a text, and is
//! listed in [`FORMATS`]. [`ReportRequest`] and [`Prepared`] write such a text to the path that `--report KIND=PATH` names.

pub mod actions;
mod again;
mod build;
mod cause;
mod cause_reports;
pub mod certificate;
mod clause_status;
pub mod compare;
mod ctrf;
mod curl;
mod destination;
mod drafted;
mod escape;
mod excerpt;
mod files;
#[cfg(test)]
mod fixtures;
mod github;
mod gitlab;
mod grouping;
pub mod history;
mod html;
pub mod instances;
mod json;
mod junit;
mod markdown;
pub mod model;
mod numbers;
mod obstacles;
pub mod output;
pub mod parts;
mod pii;
mod presenter;
mod queries;
mod results;
pub mod terminal;
mod texts;
mod words;
mod xml;

use std::path::{Path, PathBuf};

use judge::secret::{Dividers, Redactor};

pub use build::{Facts, actors, build, test_reports};
pub use cause::shell;
pub use cause_reports::{cause_reports, explained, passing_if_repaired, tests_of_causes};
pub use curl::line as curl_line;
pub use destination::{Destination, check_folder, write_whole};
pub use drafted::{Drafted, drafted};
pub use json::{read, render as json};
pub use model::{CauseReport, Report};
pub use presenter::{Presenter, test_report};
pub use queries::{Defect, OF_THE_LIST};
pub use results::TestResult;
pub use texts::Texts;

/// One report format.
pub struct ReportFormat {
    /// The name on the command line: `--report KIND=PATH`.
    pub kind: &'static str,
    /// The file name extension.
    pub ending: &'static str,
    pub render: fn(&Report) -> String,
    /// The most tests in one file; a larger report is split into several files.
    pub most: Option<usize>,
    pub syntax: Syntax,
}

/// The syntax of a format, which decides how credentials are found and how CI commands are escaped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Syntax {
    Json,
    /// XML or HTML.
    Markup,
    /// Plain text or Markdown.
    Lines,
    /// Workflow commands of a CI system.
    Commands,
}

/// Some JUnit readers refuse a file with more test cases.
const MAX_CASES: Option<usize> = Some(5000);

pub const FORMATS: &[ReportFormat] = &[
    ReportFormat { kind: "json", ending: "json", render: json::render, most: None, syntax: Syntax::Json },
    ReportFormat { kind: "html", ending: "html", render: html::render, most: None, syntax: Syntax::Markup },
    ReportFormat { kind: "ctrf", ending: "json", render: ctrf::render, most: None, syntax: Syntax::Json },
    ReportFormat { kind: "github", ending: "txt", render: github::render, most: None, syntax: Syntax::Commands },
    ReportFormat { kind: "gitlab", ending: "json", render: gitlab::render, most: None, syntax: Syntax::Json },
    ReportFormat { kind: "markdown", ending: "md", render: markdown::render, most: None, syntax: Syntax::Lines },
    ReportFormat { kind: "junit", ending: "xml", render: junit::render, most: MAX_CASES, syntax: Syntax::Markup },
    ReportFormat {
        kind: "junit-strict",
        ending: "xml",
        render: junit::render_strict,
        most: MAX_CASES,
        syntax: Syntax::Markup,
    },
];

/// A requested report: `KIND=PATH`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportRequest {
    kind: String,
    path: PathBuf,
}

impl ReportRequest {
    pub fn parse(text: &str) -> Result<Self, String> {
        let kinds: Vec<String> = FORMATS.iter().map(|format| format.kind.to_owned()).collect();
        let (kind, path) = text
            .split_once('=')
            .filter(|(_, path)| !path.is_empty())
            .ok_or_else(|| format!("`{text}` is not KIND=PATH; the kinds are {}", kinds.join(", ")))?;
        if !kinds.iter().any(|known| known == kind) {
            let hint =
                spec::source::suggestion(kind, &kinds).unwrap_or_else(|| format!("the kinds are {}", kinds.join(", ")));
            return Err(format!("unknown report kind `{kind}`: {hint}"));
        }
        Ok(Self { kind: kind.to_owned(), path: PathBuf::from(path) })
    }

    /// True if the path is standard output, under any name.
    pub fn is_stdout(&self) -> bool {
        destination::is_stdout(&self.path)
    }

    pub fn is(&self, kind: &str) -> bool {
        self.kind == kind
    }

    /// Checks, before the first request, that the report can be written.
    pub fn prepare(&self) -> Result<Prepared, String> {
        let failed = |why: String| format!("--report {self}: {why}");
        let destination = if self.is_folder() {
            destination::check_folder(&self.path).map_err(failed)?;
            None
        } else {
            Some(Destination::of(&self.path).map_err(failed)?)
        };
        Ok(Prepared { request: self.clone(), destination })
    }

    /// A path that ends in `/` gets one file per process.
    fn is_folder(&self) -> bool {
        self.path.as_os_str().to_string_lossy().ends_with('/')
    }
}

impl std::fmt::Display for ReportRequest {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}={}", self.kind, self.path.display())
    }
}

/// A requested report whose destination is writable.
#[derive(Debug)]
pub struct Prepared {
    pub request: ReportRequest,
    /// `None` if each process writes a file of its own into a folder.
    destination: Option<Destination>,
}

impl Prepared {
    /// The file that is written, if the destination is a single file.
    pub fn file(&self) -> Option<&Path> {
        self.destination.as_ref().and_then(Destination::file)
    }

    /// The path of the report, if it is of this kind and written into a file.
    pub fn file_of(&self, kind: &str) -> Option<&Path> {
        self.file().filter(|_| self.request.is(kind)).map(|_| self.request.path.as_path())
    }

    /// Writes the report to the path, or to a file of this process if the path ends in `/`. A report with more tests
    /// than the format allows in one file is split into numbered files. The redactor scans the finished text once more.
    pub fn write(&self, report: &Report, redactor: &Redactor) -> Result<Vec<PathBuf>, String> {
        let Some(format) = FORMATS.iter().find(|format| format.kind == self.request.kind) else {
            return Ok(Vec::new());
        };
        let render = |report: &Report| render_redacted(report, format, redactor, &self.request.path);
        match &self.destination {
            None => {
                let path = self.request.path.join(format!("{}.{}", unique_name(report), format.ending));
                files::write(&path, report, format.most, render)
            }
            Some(Destination::File(path)) => files::write(path, report, format.most, render),
            Some(other) => {
                let text = render(report);
                let text = if matches!(other, Destination::Device(_)) { text } else { log_safe(&text, format) };
                other.write(&text).map_err(|error| format!("{}: {error}", self.request.path.display()))?;
                Ok(Vec::new())
            }
        }
    }
}

/// Renders the report and scans the text for credentials once more. A credential that is found here was missed by the
/// redaction of the single values, so it is replaced and a warning is printed.
fn render_redacted(report: &Report, format: &ReportFormat, redactor: &Redactor, path: &Path) -> String {
    let text = (format.render)(report);
    let dividers = match format.syntax {
        Syntax::Json => Dividers::Json,
        Syntax::Markup => Dividers::Markup,
        Syntax::Lines | Syntax::Commands => Dividers::Lines,
    };
    let empty = || (format.render)(&Report { tests: Vec::new(), ..report.clone() });
    match redactor.scan(&text, dividers, empty) {
        None => text,
        Some((clean, count)) => {
            let times = if count == 1 { "once".to_owned() } else { format!("{count} times") };
            err_line!(
                "warning: {}: the finished report contained a credential ({times}); it was redacted",
                path.display()
            );
            clean
        }
    }
}

/// The document for standard output, with the commands escaped that a CI system would execute from its log.
fn log_safe(text: &str, format: &ReportFormat) -> String {
    match format.syntax {
        Syntax::Json => crate::output::harmless(text, |letter| format!("\\u{:04x}", u32::from(letter))),
        Syntax::Markup => crate::output::harmless(text, |letter| format!("&#{};", u32::from(letter))),
        Syntax::Lines => crate::output::printable(text),
        Syntax::Commands => text.to_owned(),
    }
}

/// Writes a page that covers several runs, such as a history. Returns its path if it is a file.
pub fn write_page(request: &ReportRequest, page: &str) -> Result<Option<PathBuf>, String> {
    let prepared = request.prepare()?;
    let failed = |error: std::io::Error| format!("{}: {error}", request.path.display());
    let directory = || format!("{}: this is a directory; name a file in it", request.path.display());
    let destination = prepared.destination.ok_or_else(directory)?;
    destination.write(page).map_err(failed)?;
    Ok(destination.file().map(Path::to_path_buf))
}

/// A file name that no other process of the run uses: the name of the only test or of the shard, and the process id.
fn unique_name(report: &Report) -> String {
    let shard = report.manifest.as_ref().and_then(|manifest| manifest.shard.as_deref());
    let test = match (report.tests.as_slice(), shard) {
        ([only], _) => only.name.as_ref(),
        (_, Some(shard)) => &format!("shard-{}", shard.replace('/', "-of-")),
        _ => "run",
    };
    let name: String = test
        .chars()
        .map(|letter| if letter.is_ascii_alphanumeric() || letter == '-' { letter } else { '_' })
        .take(120)
        .collect();
    format!("{name}.{}", std::process::id())
}

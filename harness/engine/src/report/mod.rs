//! Reports: one inert model, and a file for each format that is made of it.

pub mod actions;
mod again;
mod build;
mod cause;
mod ctrf;
mod curl;
mod destination;
mod drafted;
mod escape;
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
mod pii;
mod queries;
mod read;
pub mod terminal;
mod words;
mod xml;

use std::path::{Path, PathBuf};

use crate::output::tell;
use crate::secret::{Dividers, Redactor};

pub use build::{Facts, TestResult, actors, build, test_reports};
pub(crate) use cause::shell;
pub use curl::line as curl_line;
pub use destination::{Destination, check_folder, write_whole};
pub use drafted::{Drafted, drafted};
pub use json::render as json;
pub use model::Report;
pub use queries::Defect;
pub use read::read;

/// One report format.
pub struct Format {
    /// Its name on the command line.
    pub kind: &'static str,
    /// The ending of its files.
    pub ending: &'static str,
    /// The report as text.
    pub render: fn(&Report) -> String,
    /// The most tests that readers take in one file.
    pub most: Option<usize>,
    /// What the text is made of.
    pub syntax: Syntax,
}

/// What the text of a report is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Syntax {
    /// JSON.
    Json,
    /// XML or HTML.
    Markup,
    /// Lines for people.
    Lines,
    /// Commands of a CI system.
    Commands,
}

/// Some readers of JUnit refuse a file of more cases.
const MOST_CASES: Option<usize> = Some(5000);

/// Every format there is.
pub const FORMATS: &[Format] = &[
    Format { kind: "json", ending: "json", render: json::render, most: None, syntax: Syntax::Json },
    Format { kind: "html", ending: "html", render: html::render, most: None, syntax: Syntax::Markup },
    Format { kind: "ctrf", ending: "json", render: ctrf::render, most: None, syntax: Syntax::Json },
    Format { kind: "github", ending: "txt", render: github::render, most: None, syntax: Syntax::Commands },
    Format { kind: "gitlab", ending: "json", render: gitlab::render, most: None, syntax: Syntax::Json },
    Format { kind: "markdown", ending: "md", render: markdown::render, most: None, syntax: Syntax::Lines },
    Format { kind: "junit", ending: "xml", render: junit::render, most: MOST_CASES, syntax: Syntax::Markup },
    Format {
        kind: "junit-strict",
        ending: "xml",
        render: junit::render_strict,
        most: MOST_CASES,
        syntax: Syntax::Markup,
    },
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

    /// True for a report on standard output, by whatever name.
    pub fn is_stdout(&self) -> bool {
        destination::is_stdout(&self.path)
    }

    /// True for a report of that kind.
    pub fn is(&self, kind: &str) -> bool {
        self.kind == kind
    }

    /// Finds out, before anything is sent, that the report can be written.
    pub fn prepare(&self) -> Result<Prepared, String> {
        let told = |why: String| format!("--report {self}: {why}");
        let destination = if self.is_folder() {
            destination::check_folder(&self.path).map_err(told)?;
            None
        } else {
            Some(Destination::of(&self.path).map_err(told)?)
        };
        Ok(Prepared { order: self.clone(), destination })
    }

    /// A path that ends in `/` gets a file of each process.
    fn is_folder(&self) -> bool {
        self.path.as_os_str().to_string_lossy().ends_with('/')
    }
}

impl std::fmt::Display for Order {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}={}", self.kind, self.path.display())
    }
}

/// A report that was asked for and can be written.
#[derive(Debug)]
pub struct Prepared {
    /// What was asked for.
    pub order: Order,
    /// Where it goes; nothing yet where each process has a file of its own.
    destination: Option<Destination>,
}

impl Prepared {
    /// The file that is written, where it is known and is one.
    pub fn file(&self) -> Option<&Path> {
        self.destination.as_ref().and_then(Destination::file)
    }

    /// The file of a JSON report, under the name that it was given.
    pub fn json_file(&self) -> Option<&Path> {
        self.file().filter(|_| self.order.is("json")).map(|_| self.order.path.as_path())
    }

    /// Writes the report: to a file of this process below a path that ends in `/`, else to the path. With more tests
    /// than readers take in one file it goes into several, with numbers before the ending. The redactor looks through
    /// the text once more before it leaves.
    pub fn write(&self, report: &Report, redactor: &Redactor) -> Result<Vec<PathBuf>, String> {
        let Some(format) = FORMATS.iter().find(|format| format.kind == self.order.kind) else {
            return Ok(Vec::new());
        };
        let render = |report: &Report| scanned(report, format, redactor, &self.order.path);
        match &self.destination {
            None => {
                let path = self.order.path.join(format!("{}.{}", own_name(report), format.ending));
                files::write(&path, report, format.most, render)
            }
            Some(Destination::File(path)) => files::write(path, report, format.most, render),
            Some(other) => {
                let text = render(report);
                let text = if matches!(other, Destination::Device(_)) { text } else { harmless(&text, format) };
                other.write(&text).map_err(|error| format!("{}: {error}", self.order.path.display()))?;
                Ok(Vec::new())
            }
        }
    }
}

/// The report as text, looked through once more. A credential that is found is replaced, and that is said: it stood
/// where nobody has thought of it.
fn scanned(report: &Report, format: &Format, redactor: &Redactor, path: &Path) -> String {
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
            tell!("warning: {}: a credential stood in the finished report, {times}, and was replaced", path.display());
            clean
        }
    }
}

/// A document as it may stand in the log of a CI system, without the marks that such a system obeys.
fn harmless(text: &str, format: &Format) -> String {
    match format.syntax {
        Syntax::Json => crate::output::harmless(text, |letter| format!("\\u{:04x}", u32::from(letter))),
        Syntax::Markup => crate::output::harmless(text, |letter| format!("&#{};", u32::from(letter))),
        Syntax::Lines => crate::output::printable(text),
        Syntax::Commands => text.to_owned(),
    }
}

/// Writes a page that is not of one run, such as a history, and says where it is if that is a file.
pub fn write_page(order: &Order, page: &str) -> Result<Option<PathBuf>, String> {
    let prepared = order.prepare()?;
    let told = |error: std::io::Error| format!("{}: {error}", order.path.display());
    let destination = prepared.destination.ok_or_else(|| format!("{}: name a file in it", order.path.display()))?;
    destination.write(page).map_err(told)?;
    Ok(destination.file().map(Path::to_path_buf))
}

/// A name that no other process of the run uses: the only test's, if there is only one, or the shard's, and
/// the process id.
fn own_name(report: &Report) -> String {
    let shard = report.manifest.as_ref().and_then(|manifest| manifest.shard.as_deref());
    let test = match (report.tests.as_slice(), shard) {
        ([only], _) => only.name.as_str(),
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

//! Reading our own YAML files so that every mistake can be shown at its place.
//!
//! Loading goes in three stages, because the parser alone is too forgiving or too vague: first into
//! an untyped value (which refuses duplicate keys), then into the type with the path of the first
//! misfit, and only when something is wrong a second parse that walks to that path and asks the
//! parser where it stands.

mod locate;
mod words;

use std::fmt;
use std::path::{Path, PathBuf};

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use serde::de::DeserializeOwned;

use locate::{locate, locate_key};

/// A text file that was read, with the name under which people know it.
#[derive(Clone, Debug)]
pub struct SourceFile {
    /// The path as reports and messages show it, relative to the pack where possible.
    pub name: String,
    /// The whole text.
    pub text: String,
}

impl SourceFile {
    /// Reads a file; `name` is what messages call it.
    pub fn read(path: &Path, name: impl Into<String>) -> Result<Self, Problem> {
        let name = name.into();
        let bytes =
            std::fs::read(path).map_err(|error| Problem::general(&name, format!("cannot read the file: {error}")))?;
        match String::from_utf8(bytes) {
            Ok(text) => Ok(Self { name, text }),
            Err(error) => Err(not_utf8(&name, &error)),
        }
    }

    /// Parses the text into `T`, or says where it does not fit.
    pub fn parse<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        let comment = |line: &str| line.trim().is_empty() || line.trim_start().starts_with('#');
        if self.text.lines().all(comment) {
            let problem = Problem::general(&self.name, "the file is empty");
            return Err(problem.with_help(Some("fill it in, or take it away".to_owned())));
        }
        let value: serde_yaml::Value =
            serde_yaml::from_str(&self.text).map_err(|error| self.parser_problem(&error, &error.to_string()))?;
        serde_path_to_error::deserialize(value).map_err(|error| {
            let path = steps_of(error.path());
            let message = error.inner().to_string();
            self.typed_problem(&path, message)
        })
    }

    /// Parses the text as untyped data, in JSON's terms.
    pub fn parse_json(&self) -> Result<serde_json::Value, Problem> {
        self.parse::<serde_json::Value>()
    }

    /// Parses the text, which is JSON and may be large, into `T`, or says where it does not fit.
    pub fn parse_as_json<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        let mut reader = serde_json::Deserializer::from_str(&self.text);
        let parsed = serde_path_to_error::deserialize(&mut reader);
        let whole = parsed.map_err(|error| (path_text(&steps_of(error.path())), error.into_inner()));
        whole.and_then(|value| reader.end().map(|()| value).map_err(|error| (String::new(), error))).map_err(
            |(path, error)| {
                let message = error.to_string();
                let help =
                    between(&message, "unknown field `", "`").and_then(|name| suggestion(name, &candidates(&message)));
                let message = message.split(" at line ").next().unwrap_or(&message).to_owned();
                let message = if path.is_empty() { message } else { format!("{path}: {message}") };
                let place = Some(Place { line: error.line().max(1), column: error.column().max(1) });
                Problem { file: self.name.clone(), place, message, help, text: Some(self.text.clone()) }
            },
        )
    }

    /// A problem at the value that `path` leads to (or at its nearest existing ancestor).
    pub fn problem(&self, path: &[Step], message: impl Into<String>) -> Problem {
        Problem {
            file: self.name.clone(),
            place: self.locate(path),
            message: message.into(),
            help: None,
            text: Some(self.text.clone()),
        }
    }

    /// A problem at the key that `path` leads to, and not at its value.
    pub fn problem_at_key(&self, path: &[Step], message: impl Into<String>) -> Problem {
        let problem = self.problem(path, message);
        Problem { place: locate_key(&self.text, path).or(problem.place), ..problem }
    }

    /// A problem at a whole line.
    pub fn problem_at_line(&self, line: usize, message: impl Into<String>) -> Problem {
        let text = self.text.lines().nth(line.saturating_sub(1)).unwrap_or_default();
        let column = text.chars().take_while(|letter| letter.is_whitespace()).count() + 1;
        Problem { place: Some(Place { line, column }), ..self.problem(&[], message) }
    }

    /// Where the value at `path` begins; the nearest existing ancestor when it is absent.
    pub fn locate(&self, path: &[Step]) -> Option<Place> {
        (0..=path.len()).rev().find_map(|length| locate(&self.text, &path[..length]))
    }

    fn typed_problem(&self, path: &[Step], message: String) -> Problem {
        let unknown = between(&message, "unknown field `", "`").map(str::to_owned);
        let mut full = path.to_vec();
        if let Some(name) = &unknown
            && full.last() != Some(&Step::Key(name.clone()))
        {
            full.push(Step::Key(name.clone()));
        }
        let place = match &unknown {
            Some(_) => locate_key(&self.text, &full).or_else(|| self.locate(path)),
            None => self.locate(path),
        };
        let word = unknown.or_else(|| between(&message, "unknown variant `", "`").map(str::to_owned));
        let help = words::missing(&message).or_else(|| suggestion(&word?, &candidates(&message)));
        let message = words::plain(&message);
        let shown = path_text(path);
        let message = if shown.is_empty() { message } else { format!("{shown}: {message}") };
        Problem { file: self.name.clone(), place, message, help, text: Some(self.text.clone()) }
    }

    fn parser_problem(&self, error: &serde_yaml::Error, message: &str) -> Problem {
        let place = error.location().map(|at| Place { line: at.line(), column: at.column() });
        let message = message.split(" at line ").next().unwrap_or(message).to_owned();
        let help = words::of_the_parser(&message);
        Problem { file: self.name.clone(), place, message, help, text: Some(self.text.clone()) }
    }
}

fn not_utf8(name: &str, error: &std::string::FromUtf8Error) -> Problem {
    let good = &error.as_bytes()[..error.utf8_error().valid_up_to()];
    let line = good.iter().filter(|byte| **byte == b'\n').count() + 1;
    let byte = error.as_bytes().get(good.len()).copied().unwrap_or_default();
    let message = format!("line {line}: the byte 0x{byte:02X} is no UTF-8");
    Problem::general(name, message).with_help(Some("save the file as UTF-8".to_owned()))
}

/// One step of a path into a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// A member of a mapping.
    Key(String),
    /// An element of a sequence, from 0.
    Index(usize),
}

impl From<&str> for Step {
    fn from(key: &str) -> Self {
        Step::Key(key.to_owned())
    }
}

impl From<usize> for Step {
    fn from(index: usize) -> Self {
        Step::Index(index)
    }
}

/// A place in a text: line and column, both from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
}

/// Something in our own data that does not load: what, where, and what to do about it.
#[derive(Clone, Debug)]
pub struct Problem {
    /// The file's name.
    pub file: String,
    /// Where in it, if that is known.
    pub place: Option<Place>,
    /// What is wrong.
    pub message: String,
    /// What to do, if we have a guess.
    pub help: Option<String>,
    text: Option<String>,
}

impl Problem {
    /// A problem of a file as a whole.
    pub fn general(file: &str, message: impl Into<String>) -> Self {
        Self { file: file.to_owned(), place: None, message: message.into(), help: None, text: None }
    }

    /// Adds a suggestion.
    #[must_use]
    pub fn with_help(mut self, help: Option<String>) -> Self {
        self.help = help;
        self
    }

    /// One line: `file:line:column: message (help)`.
    pub fn one_line(&self) -> String {
        let place = self.place.map(|at| format!(":{}:{}", at.line, at.column)).unwrap_or_default();
        let help = self.help.as_ref().map(|help| format!(" ({help})")).unwrap_or_default();
        format!("{}{place}: {}{help}", self.file, self.message)
    }

    /// The problem drawn on its source line, without colour.
    pub fn drawn(&self) -> String {
        let (Some(place), Some(text)) = (self.place, &self.text) else {
            return format!("error: {}", self.one_line());
        };
        let start = byte_offset(text, place);
        let end = text[start..].find(['\n', ',', '}', ']', '#']).map_or(text.len(), |length| start + length);
        let end = start + text[start..end].trim_end().len();
        let snippet = Snippet::source(text.as_str())
            .path(self.file.as_str())
            .annotation(AnnotationKind::Primary.span(start..end.max(start)));
        let mut group = Level::ERROR.primary_title(self.message.as_str()).element(snippet);
        if let Some(help) = &self.help {
            group = group.element(Level::HELP.message(help.as_str()));
        }
        Renderer::plain().render(&[group])
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.one_line())
    }
}

/// All that is wrong with a set of files, in order of place.
#[derive(Clone, Debug, Default)]
pub struct Problems(pub Vec<Problem>);

impl Problems {
    /// `Ok(value)` when nothing is wrong, else everything that is.
    pub fn or<T>(mut self, value: T) -> Result<T, Problems> {
        if self.0.is_empty() {
            return Ok(value);
        }
        self.0.sort_by(|a, b| (&a.file, a.place).cmp(&(&b.file, b.place)));
        // What is wrong with a fixture is noticed by each case that uses it.
        self.0.dedup_by(|a, b| a.file == b.file && a.place == b.place && a.message == b.message);
        Err(self)
    }

    /// Keeps a value or takes note of its problem.
    pub fn take<T>(&mut self, result: Result<T, Problem>) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(problem) => {
                self.0.push(problem);
                None
            }
        }
    }
}

/// The nearest of `known` to a misspelt word, as a sentence.
pub fn suggestion(word: &str, known: &[String]) -> Option<String> {
    let lower = word.to_lowercase();
    known
        .iter()
        .map(|name| (strsim::damerau_levenshtein(&lower, &name.to_lowercase()), name))
        .filter(|(distance, name)| *distance <= 1 + name.len() / 4)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| format!("did you mean `{name}`?"))
}

/// Every file below `folder` that ends in `.yaml`, sorted, as (path, name relative to `root`).
pub fn yaml_files(root: &Path, folder: &Path) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_path_buf()];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|ending| ending == "yaml") {
                let name = path.strip_prefix(root).unwrap_or(&path);
                let name = name.to_string_lossy().replace('\\', "/");
                found.push((path, name));
            }
        }
    }
    found.sort();
    found
}

fn byte_offset(text: &str, place: Place) -> usize {
    let line_start: usize = text.split_inclusive('\n').take(place.line.saturating_sub(1)).map(str::len).sum();
    let line = text[line_start..].split('\n').next().unwrap_or_default();
    let column = line.char_indices().nth(place.column.saturating_sub(1)).map_or(line.len(), |(at, _)| at);
    line_start + column
}

fn between<'a>(text: &'a str, before: &str, after: &str) -> Option<&'a str> {
    let start = text.find(before)? + before.len();
    let length = text[start..].find(after)?;
    Some(&text[start..start + length])
}

fn candidates(message: &str) -> Vec<String> {
    let expected = message.split("expected").nth(1).unwrap_or_default();
    expected.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

fn steps_of(path: &serde_path_to_error::Path) -> Vec<Step> {
    use serde_path_to_error::Segment;
    path.iter()
        .filter_map(|segment| match segment {
            Segment::Seq { index } => Some(Step::Index(*index)),
            Segment::Map { key } => Some(Step::Key(key.clone())),
            Segment::Enum { .. } | Segment::Unknown => None,
        })
        .collect()
}

fn path_text(path: &[Step]) -> String {
    let mut text = String::new();
    for step in path {
        match step {
            Step::Key(key) if text.is_empty() => text.push_str(key),
            Step::Key(key) => {
                text.push('.');
                text.push_str(key);
            }
            Step::Index(index) => text.push_str(&format!("[{index}]")),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Sample {
        #[serde(rename = "steps")]
        _steps: Vec<Inner>,
    }

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Inner {
        #[serde(rename = "status")]
        _status: u16,
    }

    fn file(text: &str) -> SourceFile {
        SourceFile { name: "sample.yaml".into(), text: text.into() }
    }

    #[test]
    fn an_unknown_key_is_located_and_corrected() {
        let problem = file("steps:\n  - status: 1\n  - stauts: 2\n").parse::<Sample>().expect_err("must be refused");
        assert_eq!(problem.place, Some(Place { line: 3, column: 5 }));
        assert_eq!(problem.help.as_deref(), Some("did you mean `status`?"));
    }

    #[test]
    fn a_wrong_type_is_located() {
        let problem = file("steps:\n  - { status: é, }\n").parse::<Sample>().expect_err("must be refused");
        assert_eq!(problem.place, Some(Place { line: 2, column: 15 }));
        assert!(problem.message.starts_with("steps[0].status: "));
    }

    #[test]
    fn a_duplicate_key_is_refused() {
        let problem = file("steps: []\nsteps: []\n").parse::<Sample>().expect_err("must be refused");
        assert!(problem.message.contains("duplicate"), "{problem}");
    }

    #[test]
    fn an_absent_path_falls_back_to_its_ancestor() {
        let place = file("a:\n  b: 1\n").locate(&["a".into(), "z".into()]);
        assert_eq!(place, Some(Place { line: 2, column: 3 }));
    }

    #[test]
    fn a_problem_is_drawn_on_its_line() {
        let drawn = file("a: 1\nb: wrong # note\n").problem(&["b".into()], "unknown word").drawn();
        assert!(drawn.contains("sample.yaml:2:4"), "{drawn}");
        assert!(drawn.contains("^^^^^"), "{drawn}");
    }
}

//! What is wrong with our own data, and how it is shown: in one line, or drawn on the line where it stands.

use std::fmt;

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};

use super::Place;

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
    /// Whether it only says that something is not finished yet.
    pub is_draft: bool,
    /// The line of the place, to draw the problem on.
    pub(super) line: Option<Box<str>>,
}

impl Problem {
    /// A problem of a file as a whole.
    pub fn general(file: &str, message: impl Into<String>) -> Self {
        Self { file: file.to_owned(), place: None, message: message.into(), help: None, is_draft: false, line: None }
    }

    /// Adds a suggestion.
    #[must_use]
    pub fn with_help(mut self, help: Option<String>) -> Self {
        self.help = help;
        self
    }

    /// Marks it as something that is not finished yet: an error, but a warning for a draft.
    #[must_use]
    pub fn of_a_draft(mut self) -> Self {
        self.is_draft = true;
        self
    }

    /// One line: `file:line:column: message (help)`.
    pub fn one_line(&self) -> String {
        let place = self.place.map(|at| format!(":{}:{}", at.line, at.column)).unwrap_or_default();
        let help = self.help.as_ref().map(|help| format!(" ({help})")).unwrap_or_default();
        format!("{}{place}: {}{help}", self.file, self.message)
    }

    /// The problem drawn on its source line, without colour.
    pub fn rendered(&self) -> String {
        self.drawn("error", &Level::ERROR)
    }

    /// The same as a warning.
    pub fn rendered_as_warning(&self) -> String {
        self.drawn("warning", &Level::WARNING)
    }

    fn drawn(&self, word: &str, level: &Level<'_>) -> String {
        let (Some(place), Some(line)) = (self.place, &self.line) else {
            return format!("{word}: {}", self.one_line());
        };
        let start = line.char_indices().nth(place.column.saturating_sub(1)).map_or(line.len(), |(at, _)| at);
        let end = line[start..].find([',', '}', ']', '#']).map_or(line.len(), |length| start + length);
        let end = start + line[start..end].trim_end().len();
        let snippet = Snippet::source(&**line)
            .line_start(place.line)
            .path(self.file.as_str())
            .annotation(AnnotationKind::Primary.span(start..end.max(start)));
        let mut group = level.clone().primary_title(self.message.as_str()).element(snippet);
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
    pub fn or<T>(self, value: T) -> Result<T, Problems> {
        if self.0.is_empty() { Ok(value) } else { Err(self.sorted()) }
    }

    /// In order of place, each once.
    #[must_use]
    pub fn sorted(mut self) -> Self {
        self.0.sort_by(|a, b| (&a.file, a.place).cmp(&(&b.file, b.place)));
        // What is wrong with a fixture is noticed by each case that uses it.
        self.0.dedup_by(|a, b| a.file == b.file && a.place == b.place && a.message == b.message);
        self
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

//! Problems in the files of a pack: the message, its place, and two forms of display. A problem is shown either in one
//! line, or as a snippet of the source line with a marker below it.

use std::fmt;

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};

use super::Position;

/// An error in a file of ours: what is wrong, where, and what to do about it.
#[derive(Clone, Debug)]
pub struct Problem {
    pub file: String,
    /// The place in the file, if it is known.
    pub place: Option<Position>,
    pub message: String,
    /// A suggestion what to do, if there is one.
    pub help: Option<String>,
    /// True if the pack is only incomplete: a warning with `--draft`.
    pub is_draft: bool,
    /// True if the pack says itself that this is still to do: only an error of a pack that must be finished.
    pub is_to_do: bool,
    /// The source line of the place, for the snippet.
    pub(super) line: Option<Box<str>>,
}

impl Problem {
    /// A problem of a whole file.
    pub fn general(file: &str, message: impl Into<String>) -> Self {
        Self {
            file: file.to_owned(),
            place: None,
            message: message.into(),
            help: None,
            is_draft: false,
            is_to_do: false,
            line: None,
        }
    }

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

    /// Marks it as something that the pack itself calls unfinished, so that it can be run all the same.
    #[must_use]
    pub fn until_finished(mut self) -> Self {
        self.is_to_do = true;
        self
    }

    /// One line: `file:line:column: message (help)`.
    pub fn one_line(&self) -> String {
        let place = self.place.map(|at| format!(":{}:{}", at.line, at.column)).unwrap_or_default();
        let help = self.help.as_ref().map(|help| format!(" ({help})")).unwrap_or_default();
        format!("{}{place}: {}{help}", self.file, self.message)
    }

    /// The problem with a snippet of its source line, without colour.
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

/// All problems of a set of files, sorted by place.
#[derive(Clone, Debug, Default)]
pub struct Problems(pub Vec<Problem>);

impl fmt::Display for Problems {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines: Vec<String> = self.0.iter().map(Problem::one_line).collect();
        formatter.write_str(&lines.join("\n"))
    }
}

impl Problems {
    /// `Ok(value)` if there is no problem, else all problems.
    pub fn or<T>(self, value: T) -> Result<T, Problems> {
        if self.0.is_empty() { Ok(value) } else { Err(self.sorted()) }
    }

    /// Sorted by place, without duplicates.
    #[must_use]
    pub fn sorted(mut self) -> Self {
        self.0.sort_by(|a, b| (&a.file, a.place).cmp(&(&b.file, b.place)));
        // Each case that uses a fixture reports the problems of that fixture again.
        self.0.dedup_by(|a, b| a.file == b.file && a.place == b.place && a.message == b.message);
        self
    }

    /// Returns the value, or records the problem.
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

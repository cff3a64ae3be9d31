//! Reads our own YAML files so that every error is shown at its place.
//!
//! The parser alone accepts too much and reports too little, so loading has three stages. The text is first parsed
//! into an untyped value, which refuses duplicate keys. Then values that JSON cannot represent are refused. Then the
//! value is deserialized into its type, with the path of the first error. Places come from an index of the text
//! (`index`), which is built once for a file when it is first needed.

mod built_in;
mod files;
mod index;
mod problem;
mod words;

use std::path::Path;
use std::sync::{Arc, OnceLock};

use serde::de::DeserializeOwned;

pub use built_in::{BUILT_IN, PackFiles, built_in_files, exists, is_built_in, set_built_in};
pub use files::yaml_files;
pub(crate) use files::{find_yaml, without_ending, yaml_at};
use index::Index;
pub use problem::{Problem, Problems};

/// Longer lines are not shown: files that a program wrote on a single line would be shown once for each problem.
const MAX_SHOWN_LINE_LENGTH: usize = 4000;

/// A text file that has been read, with the name that messages show.
#[derive(Clone, Debug)]
pub struct SourceFile {
    /// The path in reports and messages, relative to the pack where possible.
    pub name: String,
    /// The whole text, without a byte order mark.
    pub text: Arc<str>,
    places: Arc<Places>,
}

/// Lookup tables of a text, built when a place in it is first needed.
#[derive(Debug, Default)]
struct Places {
    index: OnceLock<Index>,
    /// The byte offset of each line.
    lines: OnceLock<Vec<usize>>,
}

/// Which keys the mappings of a file may have.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Keys {
    /// Only strings, as in all files of our own.
    Strings,
    /// Also numbers, which become strings of their digits: statuses in OpenAPI descriptions.
    Any,
}

impl SourceFile {
    /// A text that does not come from a file, or has been read already.
    pub fn new(name: impl Into<String>, text: impl AsRef<str>) -> Self {
        let text = text.as_ref();
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        Self { name: name.into(), text: text.into(), places: Arc::default() }
    }

    /// Frees what was derived from the text to find places in it. It is derived again when a problem needs it.
    pub(crate) fn forget_places(&mut self) {
        self.places = Arc::default();
    }

    /// Reads a file; messages show it as `name`.
    pub fn read(path: &Path, name: impl Into<String>) -> Result<Self, Problem> {
        let name = name.into();
        if let Some(text) = built_in::text_at(path) {
            return Ok(Self::new(name, text));
        }
        let bytes =
            std::fs::read(path).map_err(|error| Problem::general(&name, format!("cannot read the file: {error}")))?;
        match String::from_utf8(bytes) {
            Ok(text) => Ok(Self::new(name, text)),
            Err(error) => Err(not_utf8(&name, &error)),
        }
    }

    /// Reads a file of the pack at `root`. A file `….yaml` may also end in `.yml` or `.json`.
    pub fn in_pack(root: &Path, name: &str) -> Result<Self, Problem> {
        let (path, name) = yaml_at(root, name)?;
        Self::read(&path, name)
    }

    /// The same for a file that a pack need not have; `None` if it has none.
    pub fn optional_in_pack(root: &Path, name: &str) -> Result<Option<Self>, Problem> {
        let (path, name) = yaml_at(root, name)?;
        exists(&path).then(|| Self::read(&path, name)).transpose()
    }

    /// Parses the text into `T`, or reports the place of the first error.
    pub fn parse<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        let value = self.value(Keys::Strings)?;
        serde_path_to_error::deserialize(value).map_err(|error| {
            let path = steps_of(error.path());
            let message = error.inner().to_string();
            self.type_problem(&path, message)
        })
    }

    /// Parses the text as untyped JSON data; numeric keys become strings.
    pub fn parse_json(&self) -> Result<serde_json::Value, Problem> {
        let value = with_string_keys(self.value(Keys::Any)?);
        serde_path_to_error::deserialize(value)
            .map_err(|error| self.type_problem(&steps_of(error.path()), error.inner().to_string()))
    }

    /// The text as YAML data, merge keys applied.
    fn value(&self, keys: Keys) -> Result<serde_yaml::Value, Problem> {
        let comment = |line: &str| line.trim().is_empty() || line.trim_start().starts_with('#');
        if self.text.lines().all(comment) {
            let problem = Problem::general(&self.name, "the file is empty");
            return Err(problem.with_help(Some("add content, or delete the file".to_owned())));
        }
        let parsed: Result<serde_yaml::Value, _> = serde_yaml::from_str(&self.text);
        // A value that serde_yaml cannot represent is not a syntax error; our own message for it below is clearer.
        if let Err(error) = &parsed
            && !error.to_string().contains("invalid type")
        {
            return Err(self.parser_problem(error, &error.to_string()));
        }
        let unsupported = &self.index().unsupported;
        if let Some(found) = unsupported.iter().find(|found| keys == Keys::Strings || !found.is_key) {
            return Err(self.problem_at(found.place, &found.message).with_help(Some(found.help.to_owned())));
        }
        let mut value = parsed.map_err(|error| self.parser_problem(&error, &error.to_string()))?;
        value.apply_merge().map_err(|error| self.problem_at_merge_key(&error.to_string()))?;
        Ok(value)
    }

    /// Parses a text that is JSON and may be large into `T`, or reports the place of the first error.
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
                let place = Some(Position { line: error.line().max(1), column: error.column().max(1) });
                self.problem_with(place, message, help)
            },
        )
    }

    /// A problem at the value at `path`, or at its nearest existing ancestor.
    pub fn problem(&self, path: &[Step], message: impl Into<String>) -> Problem {
        self.problem_with(self.locate(path), message, None)
    }

    /// A problem at the key of the value at `path`.
    pub fn problem_at_key(&self, path: &[Step], message: impl Into<String>) -> Problem {
        self.problem_with(self.index().locate_key(path).or_else(|| self.locate(path)), message, None)
    }

    pub fn problem_at_line(&self, line: usize, message: impl Into<String>) -> Problem {
        let text = self.line(line).unwrap_or_default();
        let column = text.chars().take_while(|letter| letter.is_whitespace()).count() + 1;
        self.problem_at(Position { line, column }, message)
    }

    /// Where the value at `path` begins, or its nearest existing ancestor.
    pub fn locate(&self, path: &[Step]) -> Option<Position> {
        self.index().locate(path)
    }

    fn problem_at(&self, place: Position, message: impl Into<String>) -> Problem {
        self.problem_with(Some(place), message, None)
    }

    fn problem_with(&self, place: Option<Position>, message: impl Into<String>, help: Option<String>) -> Problem {
        let line = place.and_then(|place| self.line(place.line));
        let line = line.filter(|line| line.len() <= MAX_SHOWN_LINE_LENGTH).map(Box::from);
        Problem {
            file: self.name.clone(),
            place,
            message: message.into(),
            help,
            is_draft: false,
            is_to_do: false,
            line,
        }
    }

    fn problem_at_merge_key(&self, message: &str) -> Problem {
        let line = self.text.lines().position(|line| line.contains("<<")).map_or(1, |index| index + 1);
        self.problem_at_line(line, message)
            .with_help(Some("a merge key needs a mapping, or a list of mappings".to_owned()))
    }

    fn index(&self) -> &Index {
        self.places.index.get_or_init(|| Index::of(&self.text))
    }

    /// A line of the text, counted from 1, without its line end.
    fn line(&self, number: usize) -> Option<&str> {
        let ends = || self.text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at + 1);
        let starts = self.places.lines.get_or_init(|| std::iter::once(0).chain(ends()).collect());
        let start = *starts.get(number.checked_sub(1)?)?;
        let end = starts.get(number).copied().unwrap_or(self.text.len());
        Some(self.text.get(start..end)?.trim_end_matches(['\n', '\r']))
    }

    /// The place of a byte, counted from 0. The parser's own lines also end at characters such as U+0085, where no
    /// editor ends one.
    fn place_of(&self, byte: usize) -> Position {
        let before = &self.text[..self.text.floor_char_boundary(byte)];
        let line = before.rsplit('\n').next().unwrap_or_default();
        Position { line: before.matches('\n').count() + 1, column: line.chars().count() + 1 }
    }

    fn type_problem(&self, path: &[Step], message: String) -> Problem {
        let unknown = between(&message, "unknown field `", "`").map(str::to_owned);
        let mut full = path.to_vec();
        if let Some(name) = &unknown
            && full.last() != Some(&Step::Key(name.clone()))
        {
            full.push(Step::Key(name.clone()));
        }
        let place = match &unknown {
            Some(_) => self.index().locate_key(&full).or_else(|| self.locate(path)),
            None => self.locate(path),
        };
        let word = unknown.or_else(|| between(&message, "unknown variant `", "`").map(str::to_owned));
        let help = words::help_for_missing_field(&message).or_else(|| suggestion(&word?, &candidates(&message)));
        let message = words::type_error(&message);
        let shown = path_text(path);
        let message = if shown.is_empty() { message } else { format!("{shown}: {message}") };
        self.problem_with(place, message, help)
    }

    fn parser_problem(&self, error: &serde_yaml::Error, message: &str) -> Problem {
        let place = error.location().map(|at| self.place_of(at.index()));
        let place = place.or_else(|| self.index().second_document);
        let message = message.split(" at line ").next().unwrap_or(message);
        self.problem_with(place, words::syntax_error(message), words::help_for_syntax_error(message))
    }
}

fn not_utf8(name: &str, error: &std::string::FromUtf8Error) -> Problem {
    let good = &error.as_bytes()[..error.utf8_error().valid_up_to()];
    let line = good.iter().filter(|byte| **byte == b'\n').count() + 1;
    let byte = error.as_bytes().get(good.len()).copied().unwrap_or_default();
    let message = format!("line {line}: the byte 0x{byte:02X} is not valid UTF-8");
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
pub struct Position {
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
}

/// "did you mean …?" with the name in `known` that is nearest to a misspelt word.
pub fn suggestion(word: &str, known: &[String]) -> Option<String> {
    known
        .iter()
        .filter_map(|name| Some((distance(word, name)?, name)))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| format!("did you mean `{name}`?"))
}

/// The edit distance of a word to a name, without regard to case; none if it is too large for a misspelling.
pub fn distance(word: &str, name: &str) -> Option<usize> {
    let distance = strsim::damerau_levenshtein(&word.to_lowercase(), &name.to_lowercase());
    (distance <= 1 + name.len() / 4).then_some(distance)
}

/// The same data with numeric and boolean keys as strings.
fn with_string_keys(value: serde_yaml::Value) -> serde_yaml::Value {
    use serde_yaml::Value;
    match value {
        Value::Mapping(members) => {
            let string = |key: Value| match key {
                Value::Number(number) => Value::String(number.to_string()),
                Value::Bool(truth) => Value::String(truth.to_string()),
                other => other,
            };
            Value::Mapping(members.into_iter().map(|(key, value)| (string(key), with_string_keys(value))).collect())
        }
        Value::Sequence(values) => Value::Sequence(values.into_iter().map(with_string_keys).collect()),
        other => other,
    }
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
        SourceFile::new("sample.yaml", text)
    }

    #[test]
    fn lines_of_syntax_errors_end_at_line_feeds_only() {
        let file = SourceFile::new("a.yaml", "a: x\u{85}\u{2028}\nb: [ä, }\n");
        let problem = file.parse::<Sample>().expect_err("a syntax error");
        assert_eq!(problem.place, Some(Position { line: 2, column: 8 }));
    }

    #[test]
    fn problems_in_very_long_lines_show_no_line() {
        let file = SourceFile::new("a.yaml", format!("x: {}\ny: 1\n", "x".repeat(MAX_SHOWN_LINE_LENGTH)));
        assert_eq!(file.problem(&["x".into()], "wrong").rendered(), "error: a.yaml:1:4: wrong");
        assert!(file.problem(&["y".into()], "wrong").rendered().contains("y: 1"));
    }

    #[test]
    fn an_unknown_key_is_located_with_a_suggestion() {
        let problem = file("steps:\n  - status: 1\n  - stauts: 2\n").parse::<Sample>().expect_err("must be refused");
        assert_eq!(problem.place, Some(Position { line: 3, column: 5 }));
        assert_eq!(problem.help.as_deref(), Some("did you mean `status`?"));
    }

    #[test]
    fn a_wrong_type_is_located() {
        let problem = file("steps:\n  - { status: é, }\n").parse::<Sample>().expect_err("must be refused");
        assert_eq!(problem.place, Some(Position { line: 2, column: 15 }));
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
        assert_eq!(place, Some(Position { line: 2, column: 3 }));
    }

    #[test]
    fn a_problem_is_rendered_on_its_line() {
        let rendered = file("a: 1\nb: wrong # note\n").problem(&["b".into()], "unknown word").rendered();
        assert!(rendered.contains("sample.yaml:2:4"), "{rendered}");
        assert!(rendered.contains("^^^^^"), "{rendered}");
    }

    #[test]
    fn a_byte_order_mark_is_ignored() {
        let problem = file("\u{feff}steps:\n  - status: x\n").parse::<Sample>().expect_err("must be refused");
        assert_eq!(problem.place, Some(Position { line: 2, column: 13 }));
    }

    #[test]
    fn merge_keys_are_applied() {
        let merged = file("a: &a { x: 1, y: 2 }\nb: { <<: *a, y: 3 }\n").parse_json().expect("data");
        assert_eq!(merged["b"], serde_json::json!({ "y": 3, "x": 1 }));
        let problem = file("a: 1\nb: { <<: 1 }\n").parse_json().expect_err("must be refused");
        assert_eq!(problem.place.map(|place| place.line), Some(2));
    }

    #[test]
    fn numeric_keys_are_accepted_only_by_parse_json() {
        let described = file("responses:\n  200: ok\n");
        assert_eq!(described.parse_json().expect("data")["responses"]["200"], "ok");
        assert!(described.parse::<serde_json::Value>().is_err());
    }
}

//! Markers in prepared requests for values that are known only while the script runs, and the shell words that replace
//! the markers.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;

use generate::documents;

/// Texts above this length are compressed.
const MAX_PLAIN_LENGTH: usize = 4096;
/// A marker is `OPEN`, a number and `CLOSE`.
const OPEN: &str = "zqx";
const CLOSE: &str = "xqz";

/// The form in which a value is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Form {
    Text,
    Json,
    /// As the inside of a JSON string.
    Inner,
    /// Percent-encoded.
    Uri,
}

/// A part of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Bytes(Vec<u8>),
    Variable(String),
}

/// The place of a text, which determines the form of its values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Syntax {
    /// Plain text.
    Text,
    /// A JSON document.
    Json,
    Path,
}

/// The values that are known only while the script runs.
#[derive(Debug, Default)]
pub(super) struct Markers {
    names: RefCell<Vec<String>>,
    used: RefCell<BTreeSet<(String, Form)>>,
}

impl Markers {
    /// The marker of a value in a prepared request.
    pub(super) fn marker(&self, name: &str) -> String {
        let mut names = self.names.borrow_mut();
        let number = names.iter().position(|known| known == name).unwrap_or_else(|| {
            names.push(name.to_owned());
            names.len() - 1
        });
        format!("{OPEN}{number}{CLOSE}")
    }

    /// Whether a value is used in that form.
    pub(super) fn is_used(&self, name: &str, form: Form) -> bool {
        self.used.borrow().contains(&(name.to_owned(), form))
    }

    /// A shell command that writes the text to standard output.
    pub(super) fn command(&self, text: &[u8], place: Syntax) -> String {
        command(&self.pieces(text, place))
    }

    /// A shell word for the text.
    pub(super) fn word(&self, text: &str, place: Syntax) -> String {
        word(&self.pieces(text.as_bytes(), place))
    }

    fn pieces(&self, text: &[u8], place: Syntax) -> Vec<Piece> {
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some((at, end, name)) = self.next(rest) {
            let quoted = place == Syntax::Json && rest[..at].ends_with(b"\"") && rest[end..].starts_with(b"\"");
            let is_key = quoted && rest[end + 1..].starts_with(b":");
            let whole = quoted && !is_key;
            let form = match place {
                Syntax::Text => Form::Text,
                Syntax::Path => Form::Uri,
                Syntax::Json if whole => Form::Json,
                Syntax::Json => Form::Inner,
            };
            let is_generated = ["unique", "now"].contains(&name.as_str());
            let (before, after) = if whole && !is_generated { (at - 1, end + 1) } else { (at, end) };
            pieces.push(Piece::Bytes(rest[..before].to_vec()));
            pieces.push(Piece::Variable(variable(&name, form)));
            self.used.borrow_mut().insert((name, form));
            rest = &rest[after..];
        }
        pieces.push(Piece::Bytes(rest.to_vec()));
        pieces.retain(|piece| *piece != Piece::Bytes(Vec::new()));
        pieces
    }

    /// The next marker: its start, its end and the name of its value.
    fn next(&self, text: &[u8]) -> Option<(usize, usize, String)> {
        let at = memchr::memmem::find(text, OPEN.as_bytes())?;
        let digits = at + OPEN.len();
        let length = text[digits..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        let end = digits + length + CLOSE.len();
        let number: usize = std::str::from_utf8(&text[digits..digits + length]).ok()?.parse().ok()?;
        let closed = text.get(digits + length..end) == Some(CLOSE.as_bytes());
        let name = self.names.borrow().get(number).filter(|_| closed).cloned()?;
        Some((at, end, name))
    }
}

/// The shell variable that holds a value in that form.
pub(super) fn variable(name: &str, form: Form) -> String {
    let own: String = name.chars().map(|letter| if letter.is_ascii_alphanumeric() { letter } else { '_' }).collect();
    match (name, form) {
        ("unique" | "now", _) => own,
        (_, Form::Text) => format!("text_{own}"),
        (_, Form::Json) => format!("json_{own}"),
        (_, Form::Inner) => format!("inner_{own}"),
        (_, Form::Uri) => format!("uri_{own}"),
    }
}

/// A text in single quotes.
pub(super) fn quoted(text: &str) -> String {
    word(&[Piece::Bytes(text.as_bytes().to_vec())])
}

fn word(pieces: &[Piece]) -> String {
    if !pieces.iter().all(is_plain) {
        return format!("\"$({})\"", command(pieces));
    }
    let words: Vec<String> = pieces
        .iter()
        .map(|piece| match piece {
            Piece::Bytes(bytes) => format!("'{}'", String::from_utf8_lossy(bytes).replace('\'', r"'\''")),
            Piece::Variable(name) => format!("\"${name}\""),
        })
        .collect();
    if words.is_empty() { "''".to_owned() } else { words.concat() }
}

fn command(pieces: &[Piece]) -> String {
    let length: usize = pieces.iter().map(length).sum();
    if length > MAX_PLAIN_LENGTH {
        let commands: Vec<String> = pieces.iter().map(command_of_one).collect();
        return format!("{{\n{}\n}}", commands.join("\n"));
    }
    if pieces.iter().all(is_plain) {
        return format!("printf '%s' {}", word(pieces));
    }
    let mut format = String::new();
    let mut arguments = String::new();
    for piece in pieces {
        match piece {
            Piece::Bytes(bytes) => format.push_str(&escaped(bytes)),
            Piece::Variable(name) => {
                format.push_str("%s");
                arguments.push_str(&format!(" \"${name}\""));
            }
        }
    }
    format!("printf '{format}'{arguments}")
}

fn command_of_one(piece: &Piece) -> String {
    match piece {
        Piece::Bytes(bytes) if bytes.len() > MAX_PLAIN_LENGTH => compressed(bytes),
        short => command(std::slice::from_ref(short)),
    }
}

fn length(piece: &Piece) -> usize {
    match piece {
        Piece::Bytes(bytes) => bytes.len(),
        Piece::Variable(_) => 0,
    }
}

/// A command that decompresses the bytes. Long texts are mostly documents padded to a size, which gzip compresses well.
fn compressed(bytes: &[u8]) -> String {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    let packed = encoder.write_all(bytes).and_then(|()| encoder.finish()).unwrap_or_default();
    let text = documents::encoded(&packed);
    let lines: Vec<&str> =
        text.as_bytes().chunks(100).map(|line| std::str::from_utf8(line).unwrap_or_default()).collect();
    format!("unpack <<'END'\n{}\nEND", lines.join("\n"))
}

/// True for a variable, or for text that is readable within single quotes.
fn is_plain(piece: &Piece) -> bool {
    match piece {
        Piece::Variable(_) => true,
        Piece::Bytes(bytes) => std::str::from_utf8(bytes)
            .is_ok_and(|text| text.chars().all(|letter| matches!(letter, ' '..='~') || letter.is_alphanumeric())),
    }
}

/// Escapes bytes for the format of `printf` within single quotes.
fn escaped(bytes: &[u8]) -> String {
    bytes
        .iter()
        .map(|byte| match byte {
            b'%' => "%%".to_owned(),
            b'\\' => r"\\".to_owned(),
            b'\'' => r"'\''".to_owned(),
            b'\n' => r"\n".to_owned(),
            b' '..=b'~' => char::from(*byte).to_string(),
            other => format!("\\{other:03o}"),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn form_of_a_value_depends_on_its_place() {
        let markers = Markers::default();
        let id = markers.marker("customerId");
        assert_eq!(markers.word(&format!("/c/{id}/d"), Syntax::Path), r#"'/c/'"$uri_customerId"'/d'"#);
        let body = format!(r#"{{"a":"{id}","{id}":"x{id}"}}"#);
        assert_eq!(
            markers.command(body.as_bytes(), Syntax::Json),
            r#"printf '%s' '{"a":'"$json_customerId"',"'"$inner_customerId"'":"x'"$inner_customerId"'"}'"#
        );
        assert!(markers.is_used("customerId", Form::Uri) && !markers.is_used("customerId", Form::Text));
    }

    #[test]
    fn bytes_are_written_as_octal_escapes() {
        let markers = Markers::default();
        let unique = markers.marker("unique");
        let text = [b"a'\x00\xff%\\".as_slice(), unique.as_bytes()].concat();
        assert_eq!(markers.command(&text, Syntax::Text), r#"printf 'a'\''\000\377%%\\%s' "$unique""#);
    }

    #[test]
    fn long_texts_are_compressed() {
        let command = Markers::default().command(&b"Li4u".repeat(1_000_000), Syntax::Json);
        assert!(command.starts_with("{\nunpack <<'END'\nH4sI") && command.len() < 20_000, "{}", command.len());
    }
}

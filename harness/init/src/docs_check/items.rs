//! The headings and blocks of a page, whatever language it is written in.

use super::statuses::stated_status;

/// A heading or block of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// The line of the page, from 1; for a code block, the line of its first line of code.
    pub line: usize,
    pub kind: ItemKind,
}

/// The kind of an item, with its content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ItemKind {
    /// A heading: its level, from 1, and its text.
    Heading(u8, String),
    /// A paragraph: its text, and its inline code.
    Text(String, Vec<String>),
    /// The same for an item of a list.
    Entry(String, Vec<String>),
    Table(Table),
    /// An entry of a definition list, as a table with one row.
    Definition(Table),
    /// A code block: its language in lower case, and the code.
    Code(String, String),
    /// A table in a form that is not read: what it is.
    Unread(String),
}

/// A table. Cells are texts without markup; `<br>` is a line end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// The cells of the head.
    pub head: Vec<String>,
    /// The rows, each with its line.
    pub rows: Vec<(usize, Vec<String>)>,
}

/// One entry of a definition list as a table, so that it is read as a row is. The third cell is the status that the
/// definition states, if it does.
pub(super) fn definition(line: usize, term: String, text: &str) -> Table {
    let head = ["Error code", "Description", "HTTP status"].map(str::to_owned).into();
    let inside = term.split_once('(').map(|(_, inside)| inside);
    let status = inside.into_iter().chain(text.lines()).find_map(stated_status);
    let mut row = vec![term, text.to_owned()];
    row.extend(status.map(|status| status.to_string()));
    Table { head, rows: vec![(line, row)] }
}

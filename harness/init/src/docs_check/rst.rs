//! Reads a page in reStructuredText into the same items as `page` makes from Markdown: headings, paragraphs, code
//! blocks, definition lists, and tables (`list-table`, grid and simple). Of other tables, only the kind is kept.

use std::sync::LazyLock;

use regex::Regex;

use super::items::{Item, ItemKind, Table, definition};
use super::rst_tables as tables;
use super::rst_text::{indent, plain};
use super::words::pattern;

static DIRECTIVE: LazyLock<Regex> = LazyLock::new(|| pattern(r"^\s*\.\.\s+([a-z][a-z-]*)::\s*(.*)$"));
static MARKDOWN: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?m)^(?:#{1,6} |```|~~~(?:[^~]|$)|\|\s*:?-{3,})"));

/// True for a page with a construct that only reStructuredText has, and none that only Markdown has.
pub(super) fn is_rst(text: &str) -> bool {
    let own = |line: &str| {
        line.starts_with(".. _")
            || DIRECTIVE.is_match(line)
            || tables::is_grid_border(line)
            || tables::is_simple_border(line)
    };
    text.lines().any(own) && !MARKDOWN.is_match(text)
}

/// Reads a page. What is not understood as a block is a paragraph.
pub(super) fn read(text: &str) -> Vec<Item> {
    let lines: Vec<&str> = text.lines().collect();
    let mut reader = Reader { lines: &lines, items: Vec::new(), levels: Vec::new() };
    let mut at = 0;
    while at < lines.len() {
        at = reader.block(at).max(at + 1);
    }
    reader.items
}

struct Reader<'t> {
    lines: &'t [&'t str],
    items: Vec<Item>,
    /// The styles of headings, in their order: the character, and whether there is a line above the title as well.
    levels: Vec<(char, bool)>,
}

impl Reader<'_> {
    /// Reads the block that begins at a line, and returns the line after it.
    fn block(&mut self, at: usize) -> usize {
        let line = self.lines[at];
        if line.trim().is_empty() {
            return at + 1;
        }
        if let Some(found) = DIRECTIVE.captures(line) {
            return self.directive(at, &found[1], &found[2]);
        }
        if tables::is_grid_border(line) {
            return self.table(at, self.after(at, |line| line.trim_start().starts_with(['+', '|'])), tables::grid);
        }
        if tables::is_simple_border(line) {
            return self.table(at, tables::end_of_simple(self.lines, at), tables::simple);
        }
        if line.starts_with(".. ") || line.trim() == ".." {
            // A comment, or the target of a link.
            return at + 1;
        }
        self.heading(at).unwrap_or_else(|| self.text(at))
    }

    fn heading(&mut self, at: usize) -> Option<usize> {
        let (above, title) = match underline(self.lines[at]) {
            Some(_) => (true, at + 1),
            None => (false, at),
        };
        let text = self.lines.get(title).filter(|line| !line.trim().is_empty())?;
        let letter = self.lines.get(title + 1).and_then(|line| underline(line))?;
        if above && underline(self.lines[at]) != Some(letter) {
            return None;
        }
        let style = (letter, above);
        let level = self.levels.iter().position(|other| *other == style).unwrap_or_else(|| {
            self.levels.push(style);
            self.levels.len() - 1
        });
        let level = u8::try_from(level + 1).unwrap_or(u8::MAX);
        self.push(title, ItemKind::Heading(level, plain(text).0));
        Some(title + 2)
    }

    fn directive(&mut self, at: usize, name: &str, argument: &str) -> usize {
        let end = self.indented(at);
        match name {
            "list-table" => self.table(at, end, tables::list),
            "code-block" | "code" | "sourcecode" | "parsed-literal" => {
                let first = self.after(at, |line| line.trim().is_empty() || line.trim_start().starts_with(':'));
                self.code(first, end, &argument.to_lowercase());
                end
            }
            name if name.ends_with("table") && !matches!(name, "table" | "rst-class") => {
                self.push(at, ItemKind::Unread(format!("a table of the kind `{name}`")));
                end
            }
            // The content of a note or of another container is read like the page.
            _ => at + 1,
        }
    }

    fn table(&mut self, at: usize, end: usize, read: fn(&[&str], usize) -> Option<Table>) -> usize {
        let kind = match read(&self.lines[at..end], at + 1) {
            Some(table) => ItemKind::Table(table),
            None => ItemKind::Unread("a table with cells that span rows or columns".to_owned()),
        };
        self.push(at, kind);
        end
    }

    fn text(&mut self, at: usize) -> usize {
        let line = self.lines[at];
        let deeper = |other: &&&str| !other.trim().is_empty() && indent(other) > indent(line);
        let is_item = line.trim_start().starts_with(['*', '-', '#', ':', '|']);
        if !is_item && self.lines.get(at + 1).filter(deeper).is_some() {
            let end = self.indented(at);
            let body = plain(&self.lines[at + 1..end].iter().map(|line| line.trim()).collect::<Vec<_>>().join("\n")).0;
            self.push(at, ItemKind::Definition(definition(at + 1, plain(line).0, &body)));
            return end;
        }
        let end = at + 1 + self.lines[at + 1..].iter().take_while(|line| is_prose(line)).count();
        let joined: Vec<&str> = self.lines[at..end].iter().map(|line| line.trim()).collect();
        let (text, spans) = plain(&joined.join("\n"));
        let is_entry = ["* ", "- ", "#. "].iter().any(|start| line.trim_start().starts_with(start));
        let text = text.trim_start_matches(['*', '-', '|', '#', '.']).trim().to_owned();
        self.push(at, if is_entry { ItemKind::Entry(text, spans) } else { ItemKind::Text(text, spans) });
        if self.lines[end - 1].trim_end().ends_with("::") {
            let end_of_code = self.indented(end - 1);
            self.code(end, end_of_code, "");
            return end_of_code.max(end);
        }
        end
    }

    fn code(&mut self, from: usize, end: usize, language: &str) {
        let from = from + self.lines[from.min(end)..end].iter().take_while(|line| line.trim().is_empty()).count();
        let body = &self.lines[from.min(end)..end];
        let margin = body.iter().filter(|line| !line.trim().is_empty()).map(|line| indent(line)).min().unwrap_or(0);
        let code: String = body.iter().map(|line| format!("{}\n", line.get(margin..).unwrap_or_default())).collect();
        if !code.trim().is_empty() {
            self.push(from, ItemKind::Code(language.to_owned(), code));
        }
    }

    /// The line after the lines below `at` that are indented more.
    fn indented(&self, at: usize) -> usize {
        let margin = indent(self.lines[at]);
        self.after(at, |line| line.trim().is_empty() || indent(line) > margin)
    }

    fn after(&self, at: usize, continues: impl Fn(&str) -> bool) -> usize {
        at + 1 + self.lines[at + 1..].iter().take_while(|line| continues(line)).count()
    }

    fn push(&mut self, at: usize, kind: ItemKind) {
        self.items.push(Item { line: at + 1, kind });
    }
}

/// True for a line that continues a paragraph: not empty, and not the beginning of another block or list item.
fn is_prose(line: &str) -> bool {
    let text = line.trim_start();
    !(text.is_empty()
        || ["* ", "- ", ".. ", "#. "].iter().any(|start| text.starts_with(start))
        || tables::is_grid_border(line)
        || tables::is_simple_border(line))
}

/// The character of a line of at least three equal punctuation characters.
fn underline(line: &str) -> Option<char> {
    let line = line.trim_end();
    let first = line.chars().next()?;
    (first.is_ascii_punctuation() && line.len() >= 3 && line.chars().all(|letter| letter == first)).then_some(first)
}

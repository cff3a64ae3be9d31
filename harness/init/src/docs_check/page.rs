//! Reads a Markdown page as a list of headings and blocks, each with its line.
//!
//! It reads headings, paragraphs, list items, tables and code blocks. Tables may be in HTML; other HTML and GitBook's
//! `{% … %}` marks are ignored.

use std::sync::LazyLock;

use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Options, Parser, Tag, TagEnd};
use regex::Regex;

use super::items::{Item, ItemKind, Table, definition};
use super::{html, rst};

static MARK: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\{%.*?%\}").unwrap_or_else(|error| unreachable!("a fixed pattern: {error}")));

static FENCE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^(?:`{3,}|~{3,})").unwrap_or_else(|error| unreachable!("a fixed pattern: {error}")));
static COMPONENT: LazyLock<Regex> = LazyLock::new(|| {
    let pattern = r"^:{2,}(?:[A-Za-z][\w-]*(?:[\[{ ].*)?)?$";
    Regex::new(pattern).unwrap_or_else(|error| unreachable!("a fixed pattern: {error}"))
});

/// Reads a page: reStructuredText if it looks like it, otherwise Markdown. Any text is Markdown, so this cannot fail.
pub fn read(text: &str) -> Vec<Item> {
    if rst::is_rst(text) {
        return rst::read(text);
    }
    let text = &without_component_marks(text);
    let mut reader = Reader { starts: line_starts(text), ..Reader::default() };
    let options = Options::ENABLE_TABLES | Options::ENABLE_DEFINITION_LIST | Options::ENABLE_YAML_STYLE_METADATA_BLOCKS;
    for (event, range) in Parser::new_ext(text, options).into_offset_iter() {
        reader.take(event, range.start);
    }
    reader.items
}

#[derive(Default)]
struct Reader {
    starts: Vec<usize>,
    items: Vec<Item>,
    /// The text of the current block, and its inline code.
    text: String,
    spans: Vec<String>,
    line: usize,
    table: Option<Table>,
    row: Vec<String>,
    language: String,
    code_line: Option<usize>,
    /// The term of a definition list, until its definition is read, and its line.
    term: Option<(usize, String)>,
    /// True within front matter, which is not part of the page.
    hidden: bool,
    /// How many lists are open.
    lists: usize,
    /// HTML whose table has not ended yet, and its first line.
    html: Option<(usize, String)>,
}

impl Reader {
    fn take(&mut self, event: Event<'_>, at: usize) {
        match event {
            Event::Start(tag) => self.open(&tag, at),
            Event::End(tag) => self.close(tag),
            Event::Text(text) => {
                if self.text.is_empty() {
                    self.code_line = Some(self.line_of(at));
                }
                self.text.push_str(&text);
            }
            Event::Code(text) => {
                self.text.push_str(&text);
                self.spans.push(text.into_string());
            }
            Event::SoftBreak | Event::HardBreak => self.text.push('\n'),
            Event::InlineHtml(tag) if html::is_break(&tag) => self.text.push('\n'),
            Event::Html(part) => {
                let line = self.line_of(at);
                self.html.get_or_insert_with(|| (line, String::new())).1.push_str(&part);
            }
            _ => {}
        }
    }

    fn open(&mut self, tag: &Tag<'_>, at: usize) {
        match tag {
            Tag::Heading { .. } | Tag::Paragraph | Tag::TableRow | Tag::TableHead => self.begin(at),
            Tag::Item => {
                // For a nested list, the text before it becomes a separate item.
                self.end_text();
                self.begin(at);
            }
            Tag::List(_) => {
                self.end_text();
                self.lists += 1;
            }
            Tag::TableCell => self.text.clear(),
            Tag::DefinitionListTitle => self.begin(at),
            Tag::DefinitionListDefinition => self.begin(at),
            Tag::Table(_) => self.table = Some(Table::default()),
            Tag::CodeBlock(kind) => {
                self.end_text();
                self.begin(at);
                self.language = match kind {
                    CodeBlockKind::Fenced(info) => info.split_whitespace().next().unwrap_or_default().to_lowercase(),
                    CodeBlockKind::Indented => String::new(),
                };
            }
            Tag::MetadataBlock(_) => self.hidden = true,
            _ => {}
        }
    }

    fn close(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Heading(level) => {
                let heading = ItemKind::Heading(number(level), self.taken().replace('\n', " "));
                self.push(self.line, heading);
            }
            TagEnd::DefinitionListTitle => self.term = Some((self.line, self.taken())),
            TagEnd::DefinitionListDefinition => self.end_definition(),
            TagEnd::DefinitionList => self.term = None,
            TagEnd::Paragraph if self.term.is_some() => self.end_definition(),
            TagEnd::Paragraph | TagEnd::Item => self.end_text(),
            TagEnd::List(_) => self.lists = self.lists.saturating_sub(1),
            TagEnd::TableCell => {
                let cell = self.taken();
                self.row.push(cell);
            }
            TagEnd::TableHead => {
                let row = std::mem::take(&mut self.row);
                self.table.get_or_insert_default().head = row;
            }
            TagEnd::TableRow => {
                let row = (self.line, std::mem::take(&mut self.row));
                self.table.get_or_insert_default().rows.push(row);
            }
            TagEnd::Table => {
                let table = self.table.take().unwrap_or_default();
                self.push(self.line, ItemKind::Table(table));
            }
            TagEnd::CodeBlock => {
                let line = self.code_line.unwrap_or(self.line);
                let code = ItemKind::Code(std::mem::take(&mut self.language), std::mem::take(&mut self.text));
                self.push(line, code);
            }
            TagEnd::HtmlBlock => self.end_html(),
            TagEnd::MetadataBlock(_) => {
                self.hidden = false;
                self.text.clear();
            }
            _ => {}
        }
    }

    fn begin(&mut self, at: usize) {
        self.text.clear();
        self.spans.clear();
        self.code_line = None;
        self.line = self.line_of(at);
    }

    fn end_text(&mut self) {
        let (text, spans) = (self.taken(), std::mem::take(&mut self.spans));
        let text = MARK.replace_all(&text, "");
        let before = text.len() - text.trim_start().len();
        self.line += text[..before].matches('\n').count();
        let text = text.trim().to_owned();
        if let Some(kind) = unread_table(&text) {
            self.push(self.line, ItemKind::Unread(kind.to_owned()));
        }
        if !text.is_empty() {
            let kind = if self.lists > 0 { ItemKind::Entry(text, spans) } else { ItemKind::Text(text, spans) };
            self.push(self.line, kind);
        }
    }

    fn end_definition(&mut self) {
        let body = self.taken();
        if let Some((line, term)) = self.term.take() {
            self.push(line, ItemKind::Definition(definition(line, term, &body)));
        } else {
            self.text = body;
            self.end_text();
        }
    }

    fn end_html(&mut self) {
        if self.html.as_ref().is_some_and(|(_, html)| html::is_open(html)) {
            // The next block begins after an empty line.
            if let Some((_, html)) = &mut self.html {
                html.push('\n');
            }
            return;
        }
        if let Some((line, html)) = self.html.take() {
            for (line, table) in html::tables(&html, line) {
                self.push(line, ItemKind::Table(table));
            }
            for (line, term, text) in html::definitions(&html, line) {
                self.push(line, ItemKind::Definition(definition(line, term, &text)));
            }
        }
    }

    fn taken(&mut self) -> String {
        std::mem::take(&mut self.text).trim().to_owned()
    }

    fn push(&mut self, line: usize, kind: ItemKind) {
        if !self.hidden {
            self.items.push(Item { line, kind });
        }
    }

    fn line_of(&self, at: usize) -> usize {
        self.starts.partition_point(|start| *start <= at)
    }
}

/// The text with empty lines in place of those that open or close a component of MDC or Docusaurus, such as
/// `::callout{icon="…"}`, `:::note` and `::`: Markdown reads them as definitions. Code blocks stay as they are.
fn without_component_marks(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut fence: Option<&str> = None;
    for line in text.split_inclusive('\n') {
        let bare = line.trim();
        match (fence, FENCE.find(bare).map(|found| found.as_str())) {
            (None, Some(mark)) => fence = Some(mark),
            // A fence ends with at least as many of the same characters, and nothing behind them.
            (Some(open), Some(mark)) if mark.starts_with(open) && bare.len() == mark.len() => fence = None,
            _ => {}
        }
        let is_mark = fence.is_none() && COMPONENT.is_match(bare);
        out.push_str(if !is_mark {
            line
        } else if line.ends_with('\n') {
            "\n"
        } else {
            ""
        });
    }
    out
}

/// The kind of a table that a paragraph of Markdown is, if it is one in another markup.
fn unread_table(text: &str) -> Option<&'static str> {
    let has = |wanted: fn(&str) -> bool| text.lines().any(|line| wanted(line.trim()));
    if has(|line| line == "|===") {
        return Some("a table in AsciiDoc; write it in Markdown, HTML or reStructuredText");
    }
    has(super::rst_tables::is_grid_border).then_some("a grid table in Markdown; write it with `|` and a line of `---`")
}

fn line_starts(text: &str) -> Vec<usize> {
    std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect()
}

fn number(level: HeadingLevel) -> u8 {
    level as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_have_their_lines() {
        let text = "---\ntitle: x\n---\n\n# `A_B` (404)\n\nOne `X-One`\ntwo.\n\n- Status: **404**\n\n```JSON\n{}\n```\n\n{% tab %}\n```http\nA: 1\n```\n{% endtab %}\n\n| Code | Status |\n|---|---|\n| `A_B` | **404** |\n";
        let text_of = |text: &str, spans: &[&str]| {
            ItemKind::Text(text.to_owned(), spans.iter().map(|span| (*span).to_owned()).collect())
        };
        let code = |language: &str, code: &str| ItemKind::Code(language.to_owned(), code.to_owned());
        let table = Table {
            head: vec!["Code".to_owned(), "Status".to_owned()],
            rows: vec![(24, vec!["A_B".to_owned(), "404".to_owned()])],
        };
        let expected = [
            (5, ItemKind::Heading(1, "A_B (404)".to_owned())),
            (7, text_of("One X-One\ntwo.", &["X-One"])),
            (10, ItemKind::Entry("Status: 404".to_owned(), Vec::new())),
            (13, code("json", "{}\n")),
            (18, code("http", "A: 1\n")),
            (24, ItemKind::Table(table)),
        ];
        let expected: Vec<Item> = expected.map(|(line, kind)| Item { line, kind }).into();
        assert_eq!(read(text), expected);
    }

    #[test]
    fn nested_lists_and_code_blocks_are_separate_items() {
        let items = read("- outer\n  - inner\n\n  ```\n  {}\n  ```\n");
        let lines: Vec<usize> = items.iter().map(|item| item.line).collect();
        assert_eq!(lines, [1, 2, 5], "{items:?}");
    }

    #[test]
    fn marks_of_components_are_not_definitions() {
        let text = "# Codes\n\nText:\n\n::callout{icon=\"x\"}\nTo `hide` it.\n::\n\n:::note Title\nMore.\n:::\n\n```md\n::card\n```\n";
        let kinds: Vec<(usize, bool)> =
            read(text).iter().map(|item| (item.line, matches!(item.kind, ItemKind::Definition(_)))).collect();
        assert_eq!(kinds, [(1, false), (3, false), (6, false), (10, false), (14, false)]);
        let code = read(text).pop().map(|item| item.kind);
        assert_eq!(code, Some(ItemKind::Code("md".to_owned(), "::card\n".to_owned())));
        let term = read("A_B\n: It is gone.\n");
        assert!(matches!(term[0].kind, ItemKind::Definition(_)), "{term:?}");
    }
}

//! Reads HTML tables in a Markdown page: rows and cells, without other markup.

use super::items::Table;

/// All tables of a piece of HTML, each with its line; `line` is the first line of the piece.
pub(super) fn tables(html: &str, line: usize) -> Vec<(usize, Table)> {
    let mut found = Vec::new();
    let mut rest = 0;
    while let Some(start) = find(html, rest, "<table") {
        let end = find(html, start, "</table").unwrap_or(html.len());
        let table = table(&html[start..end], line_at(html, start, line));
        found.push((line_at(html, start, line), table));
        rest = end.max(start + 1);
    }
    found
}

/// The entries of definition lists: the line, the term and the definition.
pub(super) fn definitions(html: &str, line: usize) -> Vec<(usize, String, String)> {
    let mut found: Vec<(usize, String, String)> = Vec::new();
    let mut is_term = false;
    for (at, part) in elements(html, &["<dt", "<dd"]) {
        let starts_term = find(&html[at..], 0, "<dt") == Some(0);
        match (starts_term, found.last_mut()) {
            (false, Some((_, _, definition))) => {
                *definition = format!("{definition}\n{}", text(part)).trim().to_owned()
            }
            // Several terms of one definition.
            (true, Some((_, term, _))) if is_term => *term = format!("{term}\n{}", text(part)),
            _ => found.push((line_at(html, at, line), text(part), String::new())),
        }
        is_term = starts_term;
    }
    found
}

/// True if a table has begun and not ended, so that the HTML continues after an empty line.
pub(super) fn is_open(html: &str) -> bool {
    let count = |tag: &str| html.to_ascii_lowercase().matches(tag).count();
    count("<table") > count("</table") || count("<dl") > count("</dl")
}

/// True for `<br>`.
pub(super) fn is_break(html: &str) -> bool {
    html.get(..3).is_some_and(|start| start.eq_ignore_ascii_case("<br"))
}

fn table(html: &str, line: usize) -> Table {
    let mut table = Table::default();
    for (at, row) in elements(html, &["<tr"]) {
        let cells = elements(row, &["<td", "<th"]).into_iter().map(|(_, cell)| text(cell)).collect();
        let is_head = table.head.is_empty() && table.rows.is_empty() && find(row, 0, "<th").is_some();
        match is_head {
            true => table.head = cells,
            false => table.rows.push((line_at(html, at, line), cells)),
        }
    }
    table
}

/// The contents of elements with one of the tags, each with its offset. End tags are optional, as in HTML.
fn elements<'h>(html: &'h str, tags: &[&str]) -> Vec<(usize, &'h str)> {
    let mut starts = Vec::new();
    for tag in tags {
        let mut from = 0;
        while let Some(at) = find(html, from, tag) {
            from = at + tag.len();
            // Matches `<tr` but not `<track`, `<th` but not `<thead`.
            if html[from..].starts_with(|next: char| next == '>' || next.is_whitespace()) {
                starts.push(at);
            }
        }
    }
    starts.sort_unstable();
    let ends = starts.iter().skip(1).copied().chain([html.len()]);
    let inside = |start: usize, end: usize| {
        let open = html[start..end].find('>').map_or(end, |length| start + length + 1);
        &html[open..end]
    };
    starts.iter().zip(ends).map(|(start, end)| (*start, inside(*start, end))).collect()
}

/// The text of a cell: without tags, breaks as line ends, common entities decoded.
fn text(html: &str) -> String {
    let mut out = String::new();
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        out.push_str(&rest[..at]);
        let end = rest[at..].find('>').map_or(rest.len(), |length| at + length + 1);
        if is_break(&rest[at..]) || find(&rest[at..end], 0, "</p").is_some() {
            out.push('\n');
        }
        rest = &rest[end..];
    }
    out.push_str(rest);
    let plain = [("&nbsp;", " "), ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&amp;", "&")];
    let out = plain.into_iter().fold(out, |text, (entity, letter)| text.replace(entity, letter));
    let lines = out.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
    lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

/// The next place of a text at or after `from`, ignoring case.
fn find(html: &str, from: usize, wanted: &str) -> Option<usize> {
    let bytes = html.as_bytes().get(from..)?;
    let found = bytes.windows(wanted.len()).position(|part| part.eq_ignore_ascii_case(wanted.as_bytes()))?;
    Some(from + found)
}

fn line_at(html: &str, at: usize, line: usize) -> usize {
    line + html[..at].matches('\n').count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_and_cells_are_read_without_markup() {
        let html = "<div><TABLE class=\"x\">\n<thead><tr><th>Code</th><th>Status</th></tr></thead>\n<tbody>\n<tr><td><code>A_B</code><br/>\
                    C&amp;D</td><td> 404 <i>Not\nFound</i></td></tr>\n<tr><td>E<td>400\n</table></div>";
        let found = tables(html, 10);
        assert_eq!(found.len(), 1);
        let (line, table) = &found[0];
        assert_eq!((*line, table.head.join("|").as_str()), (10, "Code|Status"));
        let cells = |text: &str| text.split('|').map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(table.rows, [(13, cells("A_B\nC&D|404 Not\nFound")), (15, cells("E|400"))]);
    }

    #[test]
    fn table_may_continue_after_an_empty_line() {
        assert!(is_open("<table><tr>") && !is_open("<table></table>") && !is_open("<p>"));
    }
}

//! The forms in which published pages write error codes: each is read with its statuses, or named at its line as not
//! read. No word of a page becomes a code by its position alone.

use std::path::Path;

use init::docs_check::{FoundCode, codes_of, compare, unread_of};
use spec::contract::Contract;
use spec::source::SourceFile;

fn contract() -> Contract {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    Contract::load(&root).unwrap_or_else(|problems| panic!("{problems:?}"))
}

/// The codes of a page in one line: `GONE 410, E7001 ?`.
fn codes(text: &str) -> String {
    let found = codes_of(text, &contract().catalog);
    let shown = |FoundCode { code, status, .. }| {
        format!("{code} {}", status.map_or_else(|| "?".to_owned(), |status| status.to_string()))
    };
    found.into_iter().map(shown).collect::<Vec<_>>().join(", ")
}

fn unread(text: &str) -> Vec<(usize, String)> {
    unread_of(text, &contract().catalog)
}

#[test]
fn new_code_in_a_table_is_read_in_any_form() {
    for code in [
        "LOCKED",
        "parcel_lost",
        "ParcelLost",
        "parcelLost",
        "parcel.lost",
        "parcel-lost",
        "E7001",
        "ERR-12",
        "70",
        "7",
    ] {
        let page = format!("# Errors\n\n| HTTP status | Error code |\n|---|---|\n| 409 | {code} |\n");
        assert_eq!(codes(&page), format!("{code} 409"));
    }
}

#[test]
fn new_code_in_a_heading_is_read_if_a_status_stands_below() {
    for code in ["LOCKED", "PARCEL_LOST", "parcel_lost", "ParcelLost", "E7001", "ERR-12", "70013"] {
        let page = format!("# Errors\n\n## {code}\n\nHTTP code: 409\n");
        assert_eq!(codes(&page), format!("{code} 409"));
    }
}

#[test]
fn new_code_in_an_example_is_read() {
    for code in ["LOCKED", "parcel_lost", "parcel-lost", "E7001", "ERR-12"] {
        let page =
            format!("# Errors\n\n```json\n{{ \"error\": {{ \"code\": \"{code}\", \"message\": \"m\" }} }}\n```\n");
        assert_eq!(codes(&page), format!("{code} ?"));
    }
}

#[test]
fn column_titled_error_code_needs_no_status() {
    let page = "| Error code | Meaning |\n|---|---|\n| E7001 | a |\n| ERR-12 | b |\n| parcel_lost | c |\n| 17 | d |\n";
    assert_eq!(codes(page), "E7001 ?, ERR-12 ?, parcel_lost ?, 17 ?");
}

#[test]
fn cell_with_several_codes_or_a_hint_is_read() {
    for cell in
        ["A_B / C_D", "A_B, C_D", "A_B<br>C_D", "`A_B` or `C_D`", "`A_B` (since 2.1), `C_D`*", "A_B<br/>C_D (rare)"]
    {
        let page = format!("| Error code | Status |\n|---|---|\n| {cell} | 409 |\n");
        assert_eq!(codes(&page), "A_B 409, C_D 409", "{cell}");
    }
}

#[test]
fn html_table_and_definition_list_are_read() {
    let table = "<table>\n<tr><th>Error code</th><th>HTTP status</th></tr>\n\n<tr><td><code>A_B</code><br>C_D</td><td>404</td></tr>\n</table>\n";
    assert_eq!(codes(table), "A_B 404, C_D 404");
    let list = "# Error codes\n\n<dl>\n<dt><code>A_B</code></dt>\n<dd>HTTP 404. No such parcel.</dd>\n\n<dt>C_D<dd>Try again.\n</dl>\n";
    assert_eq!(codes(list), "A_B 404, C_D ?");
}

#[test]
fn definition_list_in_markdown_is_read() {
    assert_eq!(
        codes("# Errors\n\n`A_B`\n: Status: 404. No such parcel.\n\nERR-12 (409)\n: Try again.\n"),
        "A_B 404, ERR-12 409"
    );
}

#[test]
fn list_table_is_read() {
    let page = "Errors\n======\n\n.. list-table::\n   :header-rows: 1\n\n   * - Error code\n     - HTTP status\n     - Meaning\n   * - ``A_B``\n     - 404\n     - No such\n       parcel\n   * - ERR-12\n     - 409\n     - Again\n";
    assert_eq!(codes(page), "A_B 404, ERR-12 409");
}

#[test]
fn grid_table_is_read() {
    let page = "Errors\n------\n\n+------------+--------+\n| Error code | Status |\n+============+========+\n| ``A_B``    | 404    |\n| ``C_D``    |        |\n+------------+--------+\n| E7001      | 409    |\n+------------+--------+\n";
    assert_eq!(codes(page), "A_B 404, C_D 404, E7001 409");
}

#[test]
fn simple_table_is_read() {
    let page = "=========== ====== =========\nError code  Status Meaning\n=========== ====== =========\nA_B         404    No such\n                   parcel\nE7001       409    Again\n=========== ====== =========\n\nA paragraph.\n";
    assert_eq!(codes(page), "A_B 404, E7001 409");
}

#[test]
fn headings_and_code_blocks_of_restructured_text_are_read() {
    let page = "Errors\n******\n\nPARCEL_LOST\n===========\n\nHTTP code: 409\n\n.. code-block:: json\n\n   {\n     \"error\": { \"code\": \"PARCEL_LOST\", \"message\": \"m\" }\n   }\n\nE7001\n=====\n\nStatus: 410\n";
    assert_eq!(codes(page), "PARCEL_LOST 409, E7001 410");
    let contract = contract();
    let catalog = SourceFile::new("errors.yaml", "codes: []\n");
    let comparison = compare(&SourceFile::new("page.rst", page), &contract, &catalog);
    assert_eq!((comparison.counts.codes, comparison.counts.examples), (2, 1));
}

#[test]
fn table_that_is_not_read_is_named_with_its_line() {
    let ascii_doc = "# Errors\n\n|===\n|Code |Status\n\n|A_B |404\n|===\n";
    let spans = "Errors\n------\n\n+-----+-----+\n| A_B | 404 |\n|     +-----+\n|     | 409 |\n+-----+-----+\n";
    let csv = "Errors\n------\n\n.. csv-table::\n   :header: Code, Status\n\n   A_B, 404\n";
    let grid = "# Errors\n\n+-----+-----+\n| A_B | 404 |\n+-----+-----+\n";
    for (page, line, word) in [(ascii_doc, 3, "AsciiDoc"), (spans, 4, "span"), (csv, 4, "csv-table"), (grid, 3, "grid")]
    {
        let found = unread(page);
        assert!(found.iter().any(|(at, what)| *at == line && what.contains(word)), "{found:?}\n{page}");
        assert_eq!(codes(page), "", "{page}");
    }
}

#[test]
fn cell_that_is_not_read_is_a_difference_at_its_line() {
    let page = "| Error code | Meaning |\n|---|---|\n| A_B | x |\n| see the other page | y |\n| - | z |\n";
    assert_eq!(unread(page).iter().map(|(line, _)| *line).collect::<Vec<_>>(), [4]);
    let comparison =
        compare(&SourceFile::new("page.md", page), &contract(), &SourceFile::new("errors.yaml", "codes: []\n"));
    let lines: Vec<String> = comparison.differences.iter().map(|problem| problem.one_line()).collect();
    assert!(lines.iter().any(|line| line.contains("page.md:4") && line.contains("not read")), "{lines:?}");
}

#[test]
fn word_without_a_context_of_errors_is_not_a_code() {
    for page in [
        "# Errors\n\n| Currency code | Name |\n|---|---|\n| EUR | Euro |\n",
        "# Errors\n\n| Status code | Meaning |\n|---|---|\n| 404 | Not found |\n| 400 Bad Request | Invalid |\n",
        "# Errors\n\n## OAuth2\n\nUse a token.\n",
        "# Errors\n\n```json\n{ \"error\": { \"code\": \"ERROR_CODE\", \"message\": \"m\" } }\n```\n",
        "Terms\n=====\n\n.. note::\n\n   Read this.\n\nparcel\n   What is sent.\n",
        "# Parameters\n\n<dl><dt>parcel_id</dt><dd>The parcel.</dd><dt>PARCEL_ID</dt><dd>The same.</dd></dl>\n",
        "# Parameters\n\nparcel\n: 404 at most.\n",
        "<dl><dt>Parcel</dt><dd>What is sent.</dd></dl>\n",
    ] {
        assert_eq!(codes(page), "", "{page}");
    }
}

#[test]
fn term_below_a_heading_of_codes_is_read_or_named() {
    let page = "# Error codes\n\nparcel_lost\n: It is lost.\n\nmore to come\n: Later.\n";
    assert_eq!(codes(page), "parcel_lost ?");
    assert_eq!(unread(page).iter().map(|(line, _)| *line).collect::<Vec<_>>(), [6]);
}

#[test]
fn list_in_restructured_text_is_read() {
    let page =
        "Error codes\n===========\n\n.. note:: Read this.\n\n* ``A_B`` (404): no such parcel\n* ``C_D`` (409): again\n";
    assert_eq!(codes(page), "A_B 404, C_D 409");
}

#[test]
fn heading_can_say_that_a_column_holds_codes() {
    let page = "# Error types\n\n| Type | Meaning |\n|---|---|\n| lost_error | a |\n| E7001 | b |\n";
    assert_eq!(codes(page), "lost_error ?, E7001 ?");
    assert_eq!(codes(&page.replace("Error types", "Vehicles")), "");
}

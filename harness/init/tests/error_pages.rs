//! Published error pages in the forms that real APIs use: Markdown, HTML and reStructuredText. Each code is read with its
//! status, or named at its line as not read. No word of a page becomes a code by its position alone.

use std::path::Path;

use init::docs_check::{Comparison, FoundCode, codes_of, compare, unread_of};
use spec::contract::{Contract, ErrorCatalog};
use spec::source::SourceFile;

fn contract() -> Contract {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    Contract::load(&root).unwrap_or_else(|problems| panic!("{problems}"))
}

/// The catalogue of the pack without its codes, as `init` has it before it has read a page.
fn catalog() -> ErrorCatalog {
    ErrorCatalog { codes: Vec::new(), ..contract().catalog }
}

/// A page compared with a catalogue that has no codes.
fn compared(name: &str, page: &str) -> Comparison {
    compare(&SourceFile::new(name, page), &contract(), &SourceFile::new("errors.yaml", "codes: []\n"))
}

/// The lines with parts that are not read.
fn unread_lines(page: &str) -> Vec<usize> {
    unread_of(page, &catalog()).into_iter().map(|(line, _)| line).collect()
}

/// The codes of a page with their statuses: `A_B 401, C_D -`.
fn codes(catalog: &ErrorCatalog, page: &str) -> String {
    let found = codes_of(page, catalog);
    let one = |FoundCode { code, status, .. }| {
        format!("{code} {}", status.map_or_else(|| "-".to_owned(), |status| status.to_string()))
    };
    found.into_iter().map(one).collect::<Vec<_>>().join(", ")
}

fn assert_codes(cases: &[(&str, &str)]) {
    let catalog = catalog();
    for (page, expected) in cases {
        assert_eq!(codes(&catalog, page), *expected, "{page}");
    }
}

#[test]
fn cells_may_have_hints_explanations_and_several_codes() {
    assert_codes(&[
        ("| Error code | Status |\n|---|---|\n| `LATE` (since v2) | 409 |\n", "LATE 409"),
        ("| Error code | Status |\n|---|---|\n| `LATE` / `EARLY` [old] | 409 |\n", "LATE 409, EARLY 409"),
        ("| Error code | Status |\n|---|---|\n| `LATE`<br>`EARLY` | 409<br>410 |\n", "LATE 409, EARLY 410"),
        ("| Error code | Meaning |\n|---|---|\n| `LATE_BOOKING` (HTTP 409) | too late |\n", "LATE_BOOKING 409"),
        ("| Error code | Status |\n|---|---|\n| too_late: the date has passed | 409 |\n", "too_late 409"),
        ("| Code | Status |\n|---|---|\n| `LATE` | 409 or 410 |\n", "LATE -"),
        ("| Code | Status |\n|---|---|\n| `LATE` | 429 (wait 120 s) |\n", "LATE 429"),
        ("| Error code | Status |\n|---|---|\n| A_B / C_D | 409 |\n", "A_B 409, C_D 409"),
        ("| Error code | Status |\n|---|---|\n| A_B, C_D | 409 |\n", "A_B 409, C_D 409"),
        ("| Error code | Status |\n|---|---|\n| `A_B` or `C_D` | 409 |\n", "A_B 409, C_D 409"),
        ("| Error code | Status |\n|---|---|\n| `A_B` (since 2.1), `C_D`* | 409 |\n", "A_B 409, C_D 409"),
        ("| Error code | Status |\n|---|---|\n| A_B<br>C_D | 409 |\n", "A_B 409, C_D 409"),
        ("| Error code | Status |\n|---|---|\n| A_B<br/>C_D (rare) | 409 |\n", "A_B 409, C_D 409"),
    ]);
}

#[test]
fn lists_of_codes_are_read() {
    assert_codes(&[
        ("# Error codes\n\n- `SOLD_OUT` - nothing is left\n- `gone`: it was there\n", "SOLD_OUT -, gone -"),
        ("# Problems\n\n* **sold_out** (410): nothing is left\n* E1042 - 409 Conflict\n", "sold_out 410, E1042 409"),
        ("# Error codes\n\n1. 10042: no token\n2. -1003: too fast\n", "10042 -, -1003 -"),
        ("# Errors\n\n- 409: `SOLD_OUT`, `TOO_LATE`\n- 500: something broke\n", "SOLD_OUT 409, TOO_LATE 409"),
        ("# Errors\n\n- `SOLD_OUT`: returns HTTP 410 for an empty shelf\n", "SOLD_OUT 410"),
    ]);
}

#[test]
fn words_that_are_not_codes_are_not_taken() {
    assert_codes(&[
        ("# Errors\n\n- `code`: the code\n- `request_id`: its id\n", ""),
        ("# Error codes\n\n- `trace_id`: its id\n\n```json\n{ \"trace_id\": \"x\" }\n```\n", ""),
        ("# Authentication\n\n- api_key - your key\n- BASE_URL: the address\n", ""),
        ("# Errors\n\n- Retry: wait and retry\n- 404 - not found\n", ""),
        ("# Guide\n\n| Country code | Name |\n|---|---|\n| us | America |\n", ""),
        ("# Errors\n\n| Currency code | Name |\n|---|---|\n| EUR | Euro |\n", ""),
        ("# Errors\n\n| Status code | Meaning |\n|---|---|\n| 404 | Not found |\n| 400 Bad Request | Invalid |\n", ""),
        ("# Errors\n\n## OAuth2\n\nUse a token.\n", ""),
        ("# Errors\n\n```json\n{ \"error\": { \"code\": \"ERROR_CODE\", \"message\": \"m\" } }\n```\n", ""),
        ("Terms\n=====\n\n.. note::\n\n   Read this.\n\nparcel\n   What is sent.\n", ""),
        ("# Parameters\n\n<dl><dt>parcel_id</dt><dd>The parcel.</dd><dt>PARCEL_ID</dt><dd>The same.</dd></dl>\n", ""),
        ("# Parameters\n\nparcel\n: 404 at most.\n", ""),
        ("<dl><dt>Parcel</dt><dd>What is sent.</dd></dl>\n", ""),
        (
            "# CloudDesk API\n\n```json\n{ \"error\": { \"code\": \"TOKEN_EXPIRED\", \"message\": \"x\" } }\n```\n\n## Authentication\n\nReturns 401 without a key.\n\n## HTTP\n\nStatus: 400\n\n\
                | Code | Meaning |\n|---|---|\n| 400 | Bad Request |\n| 404 | Not Found |\n\n\
                | Field | Code |\n|---|---|\n| state | UNDER REVIEW |\n",
            "TOKEN_EXPIRED -",
        ),
    ]);
}

#[test]
fn codes_and_statuses_in_sentences_and_headings_are_read() {
    let example = "```http\nHTTP/1.1 410 Gone\n\n{ \"error\": { \"code\": \"SOLD_OUT\", \"message\": \"x\" } }\n```\n";
    assert_codes(&[
        ("Possible codes: `SOLD_OUT` (410) and `TOO_LATE` (HTTP 409).\n", "SOLD_OUT 410, TOO_LATE 409"),
        ("Set `MAX_SIZE` (in MB) and `retries` (404 by default).\n", ""),
        ("### 409 Conflict: TOO_LATE\n\nToo late.\n", "TOO_LATE 409"),
        ("### 404 NOT FOUND\n\nNothing is there.\n", ""),
        (&format!("## SOLD_OUT\n\nIt is sent with HTTP code: 410 for an empty shelf.\n\n{example}"), "SOLD_OUT 410"),
        (
            &format!(
                "## SOLD_OUT\n\nA proxy turns HTTP 410 into HTTP 404.\n\n{}",
                example.replace("HTTP/1.1 410 Gone\n\n", "").replace("```http", "```json")
            ),
            "SOLD_OUT -",
        ),
        (&format!("# An example\n\n{example}"), "SOLD_OUT -"),
        ("# Errors\n\n### Lost\n\n```json\n{ \"error\": { \"code\": \"Lost\", \"message\": \"x\" } }\n```\n", "Lost -"),
    ]);
}

#[test]
fn definition_lists_are_read() {
    assert_codes(&[
        (
            "# Errors\n\nSOLD_OUT\n: Returns 410. Nothing is left.\n\nTOO_LATE\n: HTTP code: 409\n",
            "SOLD_OUT 410, TOO_LATE 409",
        ),
        ("# Errors\n\n`sold_out`\n:   Status code `410`\n\nAfter it.\n\nStatus: 500\n", "sold_out 410"),
        (
            "# Error codes\n\n<dl>\n<dt><code>A_B</code></dt>\n<dd>HTTP 404. No such parcel.</dd>\n\n<dt>C_D<dd>Try again.\n</dl>\n",
            "A_B 404, C_D -",
        ),
        ("# Errors\n\n`A_B`\n: Status: 404. No such parcel.\n\nERR-12 (409)\n: Try again.\n", "A_B 404, ERR-12 409"),
        ("# Error codes\n\nparcel_lost\n: It is lost.\n\nmore to come\n: Later.\n", "parcel_lost -"),
    ]);
}

#[test]
fn codes_of_any_form_are_read_where_the_title_speaks_of_them() {
    assert_codes(&[
        ("| Error code | Meaning |\n|---|---|\n| 1 | no name |\n| 27 | no date |\n", "1 -, 27 -"),
        ("| Error Code | Meaning |\n|---|---|\n| declined | no money |\n", "declined -"),
        ("# Errors\n\n| Code | Meaning |\n|---|---|\n| InvalidName | no name |\n", "InvalidName -"),
        ("| API code | Meaning |\n|---|---|\n| ERR-27 | no date |\n| 404 | no page |\n", "ERR-27 -"),
        ("# Error codes\n\n| Code | Meaning |\n|---|---|\n| 0 | fine |\n| 403 | no access |\n", "0 -"),
        (
            "| Error code | Meaning |\n|---|---|\n| E7001 | a |\n| ERR-12 | b |\n| parcel_lost | c |\n| 17 | d |\n",
            "E7001 -, ERR-12 -, parcel_lost -, 17 -",
        ),
        (
            "# Error types\n\n| Type | Meaning |\n|---|---|\n| lost_error | a |\n| E7001 | b |\n",
            "lost_error -, E7001 -",
        ),
        ("# Vehicles\n\n| Type | Meaning |\n|---|---|\n| lost_error | a |\n| E7001 | b |\n", ""),
    ]);
}

#[test]
fn tables_of_restructured_text_are_read() {
    assert_codes(&[
        (
            "Errors\n======\n\n.. list-table::\n   :header-rows: 1\n\n   * - Code\n     - HTTP status\n   * - .. _gone:\n\n       SOLD_OUT\n     - 410\n",
            "SOLD_OUT 410",
        ),
        (
            "Errors\n======\n\n.. list-table:: All\n   :header-rows: 1\n\n   * - Code\n     - HTTP status\n   * - ``SOLD_OUT``\n     - 410\n   * - too_late\n     - 409 Conflict\n",
            "SOLD_OUT 410, too_late 409",
        ),
        (
            "+------------+-------------+\n| Error code | HTTP status |\n+============+=============+\n| SOLD_OUT   | 410         |\n|            | Gone        |\n+------------+-------------+\n| ``late``   | 409         |\n+------------+-------------+\n",
            "SOLD_OUT 410, late 409",
        ),
        (
            "==========  ======  =======\nError code  Status  Meaning\n==========  ======  =======\nSOLD_OUT    410     Nothing\n                    is left\nlate        409     too late\n==========  ======  =======\n",
            "SOLD_OUT 410, late 409",
        ),
        (
            "Errors\n======\n\n.. list-table::\n   :header-rows: 1\n\n   * - Error code\n     - HTTP status\n     - Meaning\n   * - ``A_B``\n     - 404\n     - No such\n       parcel\n   * - ERR-12\n     - 409\n     - Again\n",
            "A_B 404, ERR-12 409",
        ),
        (
            "Errors\n------\n\n+------------+--------+\n| Error code | Status |\n+============+========+\n| ``A_B``    | 404    |\n| ``C_D``    |        |\n+------------+--------+\n| E7001      | 409    |\n+------------+--------+\n",
            "A_B 404, C_D 404, E7001 409",
        ),
        (
            "=========== ====== =========\nError code  Status Meaning\n=========== ====== =========\nA_B         404    No such\n                   parcel\nE7001       409    Again\n=========== ====== =========\n\nA paragraph.\n",
            "A_B 404, E7001 409",
        ),
    ]);
}

#[test]
fn sections_lists_and_examples_of_restructured_text_are_read() {
    assert_codes(&[
        (
            "Errors\n======\n\nSOLD_OUT\n--------\n\nStatus code ``410``\n\n.. code:: json\n\n   { \"error\": { \"code\": \"SOLD_OUT\", \"message\": \"x\" } }\n",
            "SOLD_OUT 410",
        ),
        (
            "Sample\n------\n\n.. code-block:: json\n   :linenos:\n\n   { \"error\": { \"code\": \"moved\", \"message\": \"x\" } }\n",
            "moved -",
        ),
        (
            ".. note:: x\n\nError codes\n===========\n\n``sold_out``\n    Returns 410.\n\n``late``\n    HTTP 409\n",
            "sold_out 410, late 409",
        ),
        (".. _top:\n\nAll\n===\n\nSOLD_OUT\n~~~~~~~~\n\nHTTP code: 410\n", "SOLD_OUT 410"),
        (
            ".. _errors:\n\n.. note:: x\n\nError codes\n===========\n\n* ``SOLD_OUT`` - nothing is left\n* ``late`` (409)\n",
            "SOLD_OUT -, late 409",
        ),
        (
            "Error codes\n===========\n\n.. note:: Read this.\n\n* ``A_B`` (404): no such parcel\n* ``C_D`` (409): again\n",
            "A_B 404, C_D 409",
        ),
    ]);
}

#[test]
fn unread_parts_are_reported_at_their_lines() {
    let catalog = catalog();
    for (page, line, part) in [
        ("# E\n\n| Error code | Status |\n|---|---|\n| Token is missing | 401 |\n", 5, "Token is missing"),
        ("| Error code | Status |\n|---|---|\n| 08* | 503 |\n", 3, "08*"),
        ("| Error code | Meaning |\n|---|---|\n| 1000 to 1999 | internal |\n", 3, "1000 to 1999"),
    ] {
        let found = unread_of(page, &catalog);
        assert_eq!(found.len(), 1, "{page}: {found:?}");
        assert_eq!(found[0].0, line, "{found:?}");
        assert!(found[0].1.contains(part), "{found:?}");
    }
}

#[test]
fn sentences_next_to_statuses_are_not_codes() {
    assert_codes(&[
        ("| API code | Reason |\n|---|---|\n| 200 | OK |\n| 400 | See the text |\n| 9001 | Bad value |\n", "9001 -"),
        ("# ErrorCodes\n\nReturns 400 for all.\n\nStatus: 400\n", ""),
        ("| Status | Error |\n|---|---|\n| 404 | Not found here |\n| 409 | Conflict |\n", ""),
    ]);
}

#[test]
fn codes_may_be_uris() {
    let lost = "https://a.example/problems/lost";
    let with_status = format!("{lost} 404");
    for page in [
        format!("# Errors\n\n| Code | Status |\n|---|---|\n| `{lost}` | 404 |\n"),
        format!("# Errors\n\n| Code | Status |\n|---|---|\n| {lost} | 404 |\n"),
        format!("# Errors\n\n| Type | Status |\n|---|---|\n| <{lost}> | 404 |\n"),
        format!("| Problem type | HTTP status |\n|---|---|\n| `{lost}` | 404 |\n"),
        format!("# Errors\n\n## {lost}\n\nHTTP status 404. It is gone.\n"),
        format!("# Errors\n\n## `{lost}`\n\nStatus: 404\n"),
        format!("# Error codes\n\n- `{lost}` (404): it is gone\n- {lost}-2: it is late\n"),
        format!("# Error codes\n\n`{lost}`\n: HTTP 404, it is gone.\n"),
        format!(
            "<table><tr><th>Error code</th><th>Status</th></tr><tr><td><code>{lost}</code></td><td>404</td></tr></table>"
        ),
        format!(
            "Error codes\n===========\n\n.. list-table::\n   :header-rows: 1\n\n   * - Error code\n     - Status\n   * - {lost}\n     - 404\n"
        ),
    ] {
        let found = codes(&catalog(), &page);
        assert!(found == with_status || found == format!("{with_status}, {lost}-2 -"), "{found}: {page}");
    }
    assert_codes(&[
        (
            "# Errors\n\n| Error code | Meaning |\n|---|---|\n| `urn:a:lost`, `urn:a:late` | gone |\n",
            "urn:a:lost -, urn:a:late -",
        ),
        ("# Errors\n\n```json\n{ \"error\": { \"code\": \"urn:a:lost\", \"message\": \"x\" } }\n```\n", "urn:a:lost -"),
    ]);
}

#[test]
fn links_are_not_codes() {
    assert_codes(&[
        (
            "# Errors\n\nSee https://a.example/help (404).\n\n- https://a.example/more\n- https://a.example/still-more\n",
            "",
        ),
        ("# Environments\n\n| Type | URL |\n|---|---|\n| live | https://a.example |\n", ""),
        ("# Links\n\n- https://a.example/status: returns 200\n", ""),
    ]);
}

#[test]
fn each_cell_of_a_column_of_codes_is_read_or_named() {
    let page = "# Errors\n\n| Error code | HTTP status |\n|---|---|\n| `other` | 405 |\n| `lost` | 404 |\n| `none` | 503 |\n| – | 500 |\n";
    let unread: Vec<(usize, String)> = unread_of(page, &catalog());
    let cell = |line: usize, word: &str| (line, format!("the cell \"{word}\" in a column of error codes"));
    assert_eq!(unread, [cell(5, "other"), cell(7, "none")]);
    // Only a code shows that the column has codes.
    let page = "| Error | Status |\n|---|---|\n| default | 400 |\n| TOO_LATE | 409 |\n";
    assert_eq!(unread_of(page, &catalog()), [cell(3, "default")]);
    assert!(unread_of("| Error | Status |\n|---|---|\n| none | 400 |\n", &catalog()).is_empty());
}

#[test]
fn html_tables_are_read() {
    assert_codes(&[(
        "<table>\n<tr><th>Error code</th><th>HTTP status</th></tr>\n\n<tr><td><code>A_B</code><br>C_D</td><td>404</td></tr>\n</table>\n",
        "A_B 404, C_D 404",
    )]);
}

#[test]
fn new_codes_are_read_in_any_form() {
    let catalog = catalog();
    let assert_read = |code: &str, page: &str, status: &str| {
        assert_eq!(codes(&catalog, &page.replace("CODE", code)), format!("{code} {status}"));
    };
    let words = ["LOCKED", "PARCEL_LOST", "parcel_lost", "ParcelLost", "parcelLost", "parcel.lost", "parcel-lost"];
    for code in words.into_iter().chain(["auth.token-revoked", "E7001", "ERR-12", "70013", "70", "7"]) {
        assert_read(code, "# Errors\n\n| HTTP status | Error code |\n|---|---|\n| 409 | CODE |\n", "409");
    }
    for code in ["LOCKED", "PARCEL_LOST", "parcel_lost", "ParcelLost", "E7001", "ERR-12", "70013"] {
        assert_read(code, "# Errors\n\n## CODE\n\nHTTP code: 409\n", "409");
    }
    for code in ["LOCKED", "parcel_lost", "parcel-lost", "E7001", "ERR-12"] {
        let example = "{ \"error\": { \"code\": \"CODE\", \"message\": \"m\" } }";
        assert_read(code, &format!("# Errors\n\n```json\n{example}\n```\n"), "-");
    }
}

#[test]
fn headings_and_code_blocks_of_restructured_text_are_read() {
    let page = "Errors\n******\n\nPARCEL_LOST\n===========\n\nHTTP code: 409\n\n.. code-block:: json\n\n   {\n     \"error\": { \"code\": \"PARCEL_LOST\", \"message\": \"m\" }\n   }\n\nE7001\n=====\n\nStatus: 410\n";
    assert_codes(&[(page, "PARCEL_LOST 409, E7001 410")]);
    let comparison = compared("page.rst", page);
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
        let found = unread_of(page, &catalog());
        assert!(found.iter().any(|(at, what)| *at == line && what.contains(word)), "{found:?}\n{page}");
        assert_eq!(codes(&catalog(), page), "", "{page}");
    }
}

#[test]
fn cell_that_is_not_read_is_a_difference_at_its_line() {
    let page = "| Error code | Meaning |\n|---|---|\n| A_B | x |\n| see the other page | y |\n| - | z |\n";
    assert_eq!(unread_lines(page), [4]);
    assert_eq!(unread_lines("# Error codes\n\nparcel_lost\n: It is lost.\n\nmore to come\n: Later.\n"), [6]);
    let comparison = compared("page.md", page);
    let lines: Vec<String> = comparison.differences.iter().map(|problem| problem.one_line()).collect();
    assert!(lines.iter().any(|line| line.contains("page.md:4") && line.contains("not read")), "{lines:?}");
}

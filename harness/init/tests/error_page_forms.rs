//! Published error pages in the forms that real APIs use: Markdown, HTML and reStructuredText.

use std::path::Path;

use init::docs_check::{FoundCode, codes_of, unread_of};
use spec::contract::{Contract, ErrorCatalog};

/// The catalogue of the pack without its codes, as `init` has it before it has read a page.
fn catalog() -> ErrorCatalog {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let contract = Contract::load(&root).unwrap_or_else(|problems| panic!("{problems:?}"));
    ErrorCatalog { codes: Vec::new(), ..contract.catalog }
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
fn words_of_lists_that_are_not_codes_are_not_taken() {
    assert_codes(&[
        ("# Errors\n\n- `code`: the code\n- `request_id`: its id\n", ""),
        ("# Error codes\n\n- `trace_id`: its id\n\n```json\n{ \"trace_id\": \"x\" }\n```\n", ""),
        ("# Authentication\n\n- api_key - your key\n- BASE_URL: the address\n", ""),
        ("# Errors\n\n- Retry: wait and retry\n- 404 - not found\n", ""),
        ("# Guide\n\n| Country code | Name |\n|---|---|\n| us | America |\n", ""),
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

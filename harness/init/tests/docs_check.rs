//! `conformance docs`: compares a published page with the error catalogue. A page made from the catalogue has no
//! differences, and each edit of it is reported at its line.

use std::fmt::Write as _;
use std::path::Path;

use init::docs_check::{Comparison, compare};
use serde_json::{Value, json};
use spec::contract::Contract;
use spec::source::SourceFile;

fn root(pack: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(pack)
}

fn loaded(pack: &str) -> (Contract, SourceFile) {
    let root = root(pack);
    let contract = Contract::load(&root).unwrap_or_else(|problems| panic!("{problems:?}"));
    let catalog = SourceFile::read(&root.join("schemas/errors.yaml"), "schemas/errors.yaml").expect("the catalogue");
    (contract, catalog)
}

fn compared(text: &str) -> Comparison {
    let (contract, catalog) = loaded("../..");
    compare(&SourceFile::new("page.md", text), &contract, &catalog)
}

fn differences(text: &str) -> Vec<String> {
    compared(text).differences.iter().map(|problem| problem.one_line()).collect()
}

/// A typical page of error documentation, made from the catalogue.
fn page() -> String {
    let (contract, _) = loaded("../..");
    let catalog = &contract.catalog;
    let mut page = String::from("---\ntitle: Errors\n---\n\n# Errors\n\nLog the `X-Request-Id` of each.\n\n");
    page.push_str("| Field | Type |\n|---|---|\n| `code` | string |\n| `message` | string |\n| `details` | string |\n| `field` | string |\n\n");
    page.push_str("## Statuses\n\n| Status Code | Meaning |\n|---|---|\n");
    for status in &catalog.statuses {
        let _ = writeln!(page, "| **{status}** | what it means |");
    }
    let mut section = "";
    for entry in &catalog.codes {
        if entry.page != section {
            section = &entry.page;
            let _ = write!(page, "\n## {section}\n");
        }
        let mut error = json!({ "code": entry.code, "message": "In words" });
        if entry.names_field {
            error["field"] = json!("email");
        }
        if !entry.requires.is_empty() {
            error["retryAfter"] = json!(60);
        }
        let example = serde_json::to_string_pretty(&json!({ "error": error })).expect("JSON");
        let status = entry.status().map_or_else(|| "varies".to_owned(), |status| format!("{status} Reason"));
        let _ = write!(page, "\n### {}\n\n**Status Code**: {status}\n\n```json\n{example}\n```\n", entry.code);
        if !entry.requires.is_empty() {
            let headers =
                "X-RateLimit-Limit: 300\nX-RateLimit-Remaining: 0\nX-RateLimit-Reset: 1699900060\nRetry-After: 60";
            let _ = write!(page, "\n```http\n{headers}\n```\n");
        }
    }
    page.push_str("\n## Summary\n\n| Error Code | Status |\n|---|---|\n| `TOKEN_EXPIRED` | 401 |\n");
    page
}

#[test]
fn page_made_from_the_catalogue_has_no_differences() {
    let comparison = compared(&page());
    let lines: Vec<String> = comparison.differences.iter().map(|problem| problem.one_line()).collect();
    assert_eq!(lines, Vec::<String>::new());
    let counts = comparison.counts;
    let codes = loaded("../..").0.catalog.codes.len();
    assert_eq!((counts.codes, counts.examples, counts.headers), (codes, codes, 4));
    assert!(counts.statuses > codes, "{} statuses", counts.statuses);
}

#[test]
fn difference_on_the_page_is_reported_at_its_line() {
    let good = page();
    let edits: &[(&str, &str, &str)] = &[
        (
            "### TOKEN_EXPIRED\n\n**Status Code**: 401",
            "### TOKEN_EXPIRED\n\n**Status Code**: 403",
            "the page gives TOKEN_EXPIRED 403, the catalogue 401",
        ),
        (
            "### TOKEN_EXPIRED\n\n**Status Code**: 401 Reason",
            "### TOKEN_EXPIRED\n\n- **HTTP status:** 403",
            "the page gives TOKEN_EXPIRED 403, the catalogue 401",
        ),
        (
            "### TOKEN_EXPIRED\n\n**Status Code**: 401 Reason",
            "### TOKEN_EXPIRED (403)",
            "the page gives TOKEN_EXPIRED 403, the catalogue 401",
        ),
        (
            "### TOKEN_EXPIRED\n\n**Status Code**: 401 Reason",
            "### TOKEN_EXPIRED\n\n| Property | Value |\n|---|---|\n| Status | 403 |",
            "the page gives TOKEN_EXPIRED 403, the catalogue 401",
        ),
        (
            "| `TOKEN_EXPIRED` | 401 |",
            "| `TOKEN_EXPIRED` | 403 |",
            "the page gives TOKEN_EXPIRED 403, the catalogue 401",
        ),
        (
            "### TOKEN_EXPIRED\n\n**Status Code**: 401",
            "### TOKEN_EXPIRED\n\n**Status Code**: varies",
            "the page gives TOKEN_EXPIRED no fixed status, the catalogue 401",
        ),
        (
            "**Status Code**: varies",
            "**Status Code**: 200 OK",
            "the page gives WEBHOOK_DELIVERY_FAILED 200, the catalogue no fixed status",
        ),
        (
            "### RESOURCE_CONFLICT\n\n**Status Code**: 409 Reason\n",
            "### RESOURCE_CONFLICT\n",
            "the page gives no status for RESOURCE_CONFLICT",
        ),
        (
            "| `TOKEN_EXPIRED` | 401 |",
            "| `TOKEN_EXPIRD` | 401 |",
            "the page has a code TOKEN_EXPIRD, and the catalogue does not (did you mean `TOKEN_EXPIRED`?)",
        ),
        ("| **429** |", "| **429** | |\n| **418** |", "the page has the status 418, and the catalogue does not"),
        (
            "\"code\": \"TOKEN_EXPIRED\"",
            "\"code\": \"AUTHENTICATION_FAILED\"",
            "an example of TOKEN_EXPIRED shows the code AUTHENTICATION_FAILED",
        ),
        (
            "\"code\": \"RESOURCE_NOT_FOUND\",",
            "\"code\": \"RESOURCE_NOT_FOUND\"",
            "the example is not valid JSON: expected `,` or `}` at line 4 column 5",
        ),
        (
            "\"code\": \"RESOURCE_NOT_FOUND\",",
            "\"code\": \"RESOURCE_NOT_FOUND\", \"details\": {},",
            "the example has {} at /error/details, and the envelope a value of type string",
        ),
        (
            "\"code\": \"RESOURCE_NOT_FOUND\",",
            "\"code\": \"RESOURCE_NOT_FOUND\", \"detail\": \"x\",",
            "the example has a member `detail`, and the envelope does not (did you mean `details`?)",
        ),
        (
            "\"code\": \"VALIDATION_ERROR\",\n    \"message\": \"In words\",\n    \"field\"",
            "\"code\": \"VALIDATION_ERROR\",\n    \"message\": \"In words\",\n    \"details\"",
            "VALIDATION_ERROR names the field at fault, and the example has no `field`",
        ),
        (
            "\"code\": \"RATE_LIMIT_EXCEEDED\",\n    \"message\": \"In words\",\n    \"retryAfter\": 60",
            "\"code\": \"RATE_LIMIT_EXCEEDED\",\n    \"message\": \"In words\",\n    \"details\": \"60\"",
            "the example has no member `retryAfter`, which the envelope requires",
        ),
        (
            "| `details` | string |",
            "| `detail` | string |",
            "the page has a member `detail`, and the envelope does not (did you mean `details`?)",
        ),
        (
            "X-RateLimit-Limit: 300",
            "X-RateLimit-Limits: 300",
            "the page has a header X-RateLimit-Limits, and the catalogue does not (did you mean `X-RateLimit-Limit`?)",
        ),
        (
            "Retry-After: 60",
            "Retry-After: 30",
            "the page says 30 in Retry-After, and 60 in `retryAfter` of its example",
        ),
        (
            "```http\nX-Rate",
            "```http\nHTTP/1.1 503 Busy\nX-Rate",
            "the page gives RATE_LIMIT_EXCEEDED 503, the catalogue 429",
        ),
    ];
    for (old, new, message) in edits {
        assert!(good.contains(old), "{old:?} is not on the page");
        let edited = good.replacen(old, new, 1);
        let differences = differences(&edited);
        assert!(
            differences.iter().any(|line| line.starts_with("page.md:") && line.ends_with(message)),
            "{old:?} to {new:?}: {differences:#?}"
        );
        let place = differences
            .iter()
            .find(|line| line.ends_with(message))
            .and_then(|line| line.split(':').nth(1))
            .map(str::to_owned);
        let line: usize = place.expect("a place").parse().expect("a line");
        let first = good[..good.find(old).expect("there")].lines().count();
        let last = first + new.lines().count() + 1;
        assert!((first..=last).contains(&line), "{message}: line {line}, edited {first} to {last}");
    }
}

#[test]
fn entry_missing_on_the_page_is_reported_at_its_line_in_the_catalogue() {
    let good = page();
    let section = |code: &str| {
        let start = good.find(&format!("### {code}\n")).expect("its heading");
        let length = good[start + 3..].find("\n##").map_or(good.len() - start, |length| length + 3);
        good[start..start + length].to_owned()
    };
    let cases = [
        (section("RESOURCE_CONFLICT"), "the catalogue has a code RESOURCE_CONFLICT, and the page does not"),
        ("| **204** | what it means |\n".to_owned(), "the catalogue has the status 204, and the page does not"),
        (
            "Log the `X-Request-Id` of each.".to_owned(),
            "the catalogue has a header X-Request-Id, and the page does not",
        ),
        (
            "X-RateLimit-Reset: 1699900060\n".to_owned(),
            "the catalogue has a header X-RateLimit-Reset, and the page does not",
        ),
        ("| `details` | string |\n".to_owned(), "the envelope has a member `details`, and the page does not"),
    ];
    for (part, message) in cases {
        assert!(good.contains(&part), "{part:?} is not on the page");
        let differences = differences(&good.replacen(&part, "", 1));
        assert_eq!(differences.len(), 1, "{differences:#?}");
        assert!(
            differences[0].starts_with("schemas/errors.yaml:") && differences[0].ends_with(message),
            "{differences:#?}"
        );
    }
    let differences = differences(&good.replace("\n## Server errors\n", "\n## Our errors\n"));
    assert_eq!(differences.len(), 2, "one for each of its codes: {differences:#?}");
    assert!(
        differences.iter().all(|line| line.contains("a section `Server errors`, which the page does not have")),
        "{differences:#?}"
    );
}

#[test]
fn unrelated_content_of_a_page_is_no_difference() {
    let good = page();
    let unrelated = [
        "\n## States\n\n### UNDER_REVIEW\n\nA state, and no code. Status of the customer: under review.\n",
        "\n```json\n{ \"timestamp\": \"now\", \"statusCode\": 422, \"errorCode\": \"INVALID_FIELD_FORMAT\" }\n```\n",
        "\n```javascript\nconst MESSAGES = { TOKEN_EXPIRED: 'x', OTHER_CODE: 'y' };\n```\n",
        "\n## In general\n\n```json\n{ \"error\": { \"code\": \"ERROR_CODE\", \"message\": \"m\", \"details\": \"d\", \"field\": \"f\" } }\n```\n",
        "\n## Requests\n\n```http\nPOST /api/v1/customers\nX-Api-Key: k\n```\n",
        "\n| Field | Rule |\n|---|---|\n| `email` | an address |\n| `phoneNumber` | E.164 |\n",
        "\n{% hint style=\"info\" %}\nStatus codes follow RFC 9110.\n{% endhint %}\n",
        "\n<table><tr><td>TOKEN_EXPIRED</td><td>403</td></tr></table>\n",
    ];
    for other in unrelated {
        let differences = differences(&format!("{good}{other}"));
        assert_eq!(differences, Vec::<String>::new(), "{other}");
    }
}

#[test]
fn unknown_code_with_a_status_or_an_example_is_reported() {
    let good = page();
    let with = "\n### CONSENT_MISSING\n\n**Status Code**: 403 Forbidden\n";
    let unknown = "the page has a code CONSENT_MISSING, and the catalogue does not";
    assert!(differences(&format!("{good}{with}"))[0].ends_with(unknown));
    let example = json!({ "error": { "code": "CONSENT_MISSING", "message": "m" } });
    let shown = format!("\n### CONSENT_MISSING\n\n```json\n{example}\n```\n");
    assert!(differences(&format!("{good}{shown}"))[0].ends_with(unknown));
}

#[test]
fn page_of_the_parcel_pack_is_compared_with_its_own_envelope() {
    let (contract, catalog) = loaded("../packs/parcel");
    let entry = contract.catalog.codes.iter().find(|entry| !entry.names_field).expect("a code without a field");
    let pointers = &contract.catalog.envelope.pointers;
    let mut body = Value::Null;
    set(&mut body, &pointers.code, entry.code.parse::<i64>().map_or_else(|_| json!(entry.code), |code| json!(code)));
    set(&mut body, &pointers.message, json!("In words"));
    set(&mut body, pointers.status.as_deref().expect("a member with the status"), json!(entry.status()));
    let section =
        |status: u16| format!("# {}\n\n## {}\n\nStatus: {status}\n\n```json\n{body}\n```\n", entry.page, entry.code);
    let differences = |text: String| -> Vec<String> {
        let page = SourceFile::new("page.md", text);
        let all = compare(&page, &contract, &catalog).differences;
        all.iter().filter(|problem| problem.file == "page.md").map(|problem| problem.message.clone()).collect()
    };
    let status = entry.status().expect("a status");
    assert_eq!(differences(section(status)), Vec::<String>::new());
    assert_eq!(differences(section(418)), [format!("the page gives {} 418, the catalogue {status}", entry.code)]);
}

fn set(body: &mut Value, pointer: &str, value: Value) {
    let mut at = body;
    for name in pointer.split('/').skip(1) {
        if at.is_null() {
            *at = json!({});
        }
        at = at.as_object_mut().expect("an object").entry(name.to_owned()).or_insert(Value::Null);
    }
    *at = value;
}

/// The differences about the given codes, and about codes that the catalogue does not have.
fn differences_about(page: &str, codes: &[&str]) -> Vec<String> {
    let is_about_codes =
        |line: &String| line.contains("the page has a code") || codes.iter().any(|code| line.contains(code));
    let is_not_about_sections = |line: &String| !line.contains("the catalogue places ");
    differences(page).into_iter().filter(is_about_codes).filter(is_not_about_sections).collect()
}

fn new_codes(page: &str) -> Vec<String> {
    let lines = differences_about(page, &[]).into_iter();
    lines.filter_map(|line| line.split("the page has a code ").nth(1)?.split(',').next().map(str::to_owned)).collect()
}

#[test]
fn statuses_are_read_in_common_notations() {
    for notation in [
        "**Status Code**: 403",
        "{% hint style=\"danger\" %}\n**Status Code**: 403\n{% endhint %}",
        "HTTP code: 403",
        "HTTP 403",
        "HTTP Status 403 Forbidden",
        "Returns `403 Forbidden`.",
        "Returns an HTTP status code 403",
        "Status code `403`",
        "- **Status**: `403`",
        "Not permitted.\n**Status**: 403",
        "<table><tr><th>Status</th></tr>\n<tr><td>Status</td><td>403</td></tr></table>",
    ] {
        let page = format!("# Errors\n\n### INSUFFICIENT_PERMISSIONS\n\n{notation}\n");
        assert_eq!(differences_about(&page, &["INSUFFICIENT_PERMISSIONS"]), Vec::<String>::new(), "{notation}");
        let wrong = page.replace("403", "409");
        assert_eq!(differences_about(&wrong, &["INSUFFICIENT_PERMISSIONS"]).len(), 1, "{notation}");
    }
}

#[test]
fn html_tables_are_read() {
    let page = "# Errors\n\n<table>\n  <thead><tr><th>Error code</th><th>HTTP status</th></tr></thead>\n\n  <tbody>\n\
                  <tr><td><code>TOKEN_EXPIRED</code></td><td>403</td></tr>\n  <tr><td><code>GONE</code></td><td>410</td></tr>\n  </tbody>\n</table>\n";
    assert_eq!(
        differences_about(page, &["TOKEN_EXPIRED"]),
        [
            "page.md:7:1: the page gives TOKEN_EXPIRED 403, the catalogue 401",
            "page.md:8:3: the page has a code GONE, and the catalogue does not",
        ]
    );
}

#[test]
fn lists_below_a_heading_about_codes_are_read() {
    let page = "# Errors\n\n## Error codes\n\n- `TOKEN_EXPIRED` (HTTP 403): a new token is needed\n- `GONE_FOR_GOOD` (HTTP 410): deleted\n\n## Advice\n\n- `RETRY_LATER`: not a code here\n- `LOG_IT`: nor here\n";
    assert_eq!(
        differences_about(page, &["TOKEN_EXPIRED"]),
        [
            "page.md:5:1: the page gives TOKEN_EXPIRED 403, the catalogue 401",
            "page.md:6:1: the page has a code GONE_FOR_GOOD, and the catalogue does not",
        ]
    );
    for page in [
        "# 错误码\n\n- `40001`：invalid\n- `40101`：no token\n",
        "# Códigos de error\n\n* 40001 Falta un campo\n* 40101 Sin credencial\n",
        "# Error Codes\n\n1. 40001 - Missing field\n2. 40101 - No token\n",
    ] {
        assert_eq!(new_codes(page), ["40001", "40101"], "{page}");
    }
}

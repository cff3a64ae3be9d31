//! Packs from published pages: `docs` agrees with a pack that `init --page` has just written.

use super::*;
use init::docs_check::compare;
use spec::source::SourceFile;

fn differences(folder: &Folder, sources: &Sources, learned: &[Learned]) -> Vec<String> {
    let (contract, _) = loaded(folder, &generate(sources, learned).expect("a pack"));
    let path = sources.page.clone().expect("a page");
    let page = SourceFile::read(&path, path.display().to_string()).unwrap_or_else(|problem| panic!("{problem}"));
    let catalog = SourceFile::in_pack(folder, "schemas/errors.yaml").unwrap_or_else(|problem| panic!("{problem}"));
    compare(&page, &contract, &catalog).differences.iter().map(spec::source::Problem::one_line).collect()
}

#[test]
fn docs_agrees_with_a_new_pack() {
    let folder = Folder::new();
    let statuses = "# Errors\n\n| HTTP status | Meaning |\n|---|---|\n| 400 | Wrong |\n| 418 | Tea |\n\n## Codes\n\n\
                    | Error code | Status |\n|---|---|\n| `WRONG` | 400 |\n";
    for page in [
        "| Error code | HTTP status |\n|---|---|\n| `lost` | 404 |\n| `late` | 409 |\n",
        "# Errors\n\n| Code | Status | Meaning |\n|---|---|---|\n| `LOST` | 404 | It is lost. |\n",
        "# Errors\n\n| Code | Status |\n|---|---|\n| `NOT_FOUND` | |\n| `LOST` | |\n| `LATE` | 409 |\n",
        "# Errors\n\n## LOST (404)\n\nStatus: 404\n\n```json\n{ \"error\": { \"code\": \"LOST\", \"message\": \"x\" } }\n```\n",
        "# Error codes\n\n- `A_LOST`: it is lost\n- `B_LATE`: it is late\n",
        statuses,
    ] {
        folder.write("errors.md", page);
        let sources = Sources { page: Some(folder.join("errors.md")), ..sources("books.json") };
        let learned = responses("application/json", &[(410, json!({ "error": { "code": "LOST", "message": "x" } }))]);
        for learned in [&[][..], &learned] {
            assert_eq!(differences(&folder, &sources, learned), [""; 0], "{page}");
        }
    }
}

#[test]
fn codes_of_a_page_have_its_sections() {
    let folder = Folder::new();
    folder.write("errors.md", "# Errors\n\n## Of books\n\n| Error code | Status |\n|---|---|\n| `LOST` | 404 |\n");
    let sources = Sources { page: Some(folder.join("errors.md")), ..sources("books.json") };
    let (contract, _) = loaded(&folder, &generated(&sources));
    assert_eq!(contract.catalog.code("LOST").map(|code| code.page.as_str()), Some("Of books"));
}

#[test]
fn problems_with_uris_as_codes_are_read_from_a_page() {
    let folder = Folder::new();
    let row = |name: &str, status: u16| format!("| `https://a.example/problems/{name}` | {status} |\n");
    let rows = row("lost", 404) + &row("late", 409);
    folder.write("errors.md", format!("# Errors\n\n| Type | Status |\n|---|---|\n{rows}"));
    let page = Some(folder.join("errors.md"));
    let sources = Sources { page, problem_json: true, ..sources("notes-fastapi.json") };
    assert_eq!(differences(&folder, &sources, &[]), [""; 0]);
    let (contract, _) = loaded(&folder, &generated(&sources));
    let codes = ["https://a.example/problems/lost", "https://a.example/problems/late"];
    assert_eq!(contract.catalog.code_names(), codes);
    assert!(contract.clause_of_check("code-registered").is_some());
}

#[test]
fn codes_that_the_page_shortens_are_named() {
    let folder = Folder::new();
    folder.write("errors.md", "# Errors\n\n| Error code | Status |\n|---|---|\n| lost | 404 |\n");
    let page = Some(folder.join("errors.md"));
    let sources = Sources { page, problem_json: true, ..sources("notes-fastapi.json") };
    let response = |code: &str| responses("application/problem+json", &[(404, json!({ "type": code, "title": "x" }))]);
    let warned = |learned: &[Learned]| {
        let pack = generate(&sources, learned).expect("a pack");
        pack.warnings
            .iter()
            .any(|warning| warning.contains("the page has the code lost, but the API returns https://a.example/lost"))
    };
    assert!(
        warned(&response("https://a.example/lost"))
            && !warned(&response("https://a.example/late"))
            && !warned(&response("lost"))
    );
}

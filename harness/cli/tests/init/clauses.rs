//! Which clauses about codes are active in a pack, and where each statement of the pack is from.

use super::*;

/// The line of a clause, with what is before its id.
fn line(pack: &Pack, clause: &str) -> String {
    let found = pack.files["schemas/clauses.yaml"].lines().find(|line| line.contains(&format!("id: {clause},")));
    found.unwrap_or_else(|| panic!("no {clause}: {}", pack.files["schemas/clauses.yaml"])).to_owned()
}

fn is_active(pack: &Pack, clause: &str) -> bool {
    !line(pack, clause).trim_start().starts_with('#')
}

/// The entry of a code in the catalogue, and the comment behind it.
fn code(pack: &Pack, name: &str) -> (Value, Option<String>) {
    let errors = &pack.files["schemas/errors.yaml"];
    let read: Value = serde_yaml::from_str(errors).expect("YAML");
    let is_same = |entry: &&Value| {
        entry["code"] == json!(name) || name.parse::<i64>().is_ok_and(|number| entry["code"] == json!(number))
    };
    let found = read["codes"].as_array().into_iter().flatten().find(is_same);
    let from = errors.find(&format!("code: {}", found.expect("the code")["code"].to_string().trim_matches('"')));
    let from = from.or_else(|| errors.find(&format!("code: \"{name}\""))).expect("its line");
    let entry = errors[from..].split("\n  - ").next().unwrap_or_default();
    let note = entry.lines().find_map(|line| line.find("  # ").map(|at| line[at..].trim().to_owned()));
    (found.expect("the code").clone(), note)
}

fn with_text_page(folder: &Folder, text: &str) -> Sources {
    Sources { page: Some(folder.write("errors.md", text).into()), ..sources("books.json") }
}

#[test]
fn the_statuses_of_learned_codes_are_judged_but_the_list_of_codes_is_not() {
    let problem =
        |status: u16, name: &str| (status, json!({ "type": format!("https://a.example/{name}"), "title": "t" }));
    let learned = responses("application/problem+json", &[problem(404, "gone"), problem(422, "wrong")]);
    let pack = generate(&sources("notes-fastapi.json"), &learned).expect("a pack");
    assert!(is_active(&pack, "STA-2") && !is_active(&pack, "ENV-4"), "{}", pack.files["schemas/clauses.yaml"]);
    let clauses = &pack.files["schemas/clauses.yaml"];
    let why = clauses.lines().rev().skip_while(|line| !line.contains("id: ENV-4")).nth(1).expect("a line before it");
    assert!(why.contains("only from examples or responses, so the list may be incomplete"), "{why}");

    // Examples of the description do not show all codes, either.
    let pack = generated(&sources("books.json"));
    assert!(is_active(&pack, "STA-2") && !is_active(&pack, "ENV-4"));
}

#[test]
fn codes_of_a_page_or_of_a_list_are_judged() {
    for sources in [with_page(), sources("split/openapi.yaml")] {
        let pack = generated(&sources);
        assert!(is_active(&pack, "STA-2") && is_active(&pack, "ENV-4"), "{}", pack.files["schemas/clauses.yaml"]);
    }
    // The list is documented for several statuses, so each code may have each of them.
    let pack = generated(&sources("split/openapi.yaml"));
    let (code, note) = code(&pack, "1001");
    assert_eq!((&code["status"], &code["page"], note), (&json!([400, 404, 500]), &json!("OpenAPI"), None));
}

#[test]
fn a_code_without_a_known_status_may_have_each_possible_status() {
    let folder = Folder::new();
    let page =
        "# Errors\n\n| Error code | Status |\n|---|---|\n| `OUT_OF_PAPER` | 503 |\n| `NOT_FOUND` | |\n| `LOST` | |\n";
    let sources = with_text_page(&folder, page);
    let pack = generated(&sources);
    let status = |pack: &Pack, name: &str| code(pack, name).0["status"].clone();
    assert!(is_active(&pack, "STA-2"));
    // An example of the description shows one of them.
    assert_eq!((status(&pack, "NOT_FOUND"), status(&pack, "LOST")), (json!(404), json!([400, 401, 404])));
    let learned = responses("application/json", &[(410, json!({ "error": { "code": "LOST", "message": "x" } }))]);
    let pack = generate(&sources, &learned).expect("a pack");
    let (lost, note) = code(&pack, "LOST");
    assert_eq!((&lost["status"], note.as_deref()), (&json!(410), Some("# learned: check against the documentation")));
    loaded(&folder, &pack);

    // If no status is known, nothing compares the guesses.
    let folder = Folder::new();
    let none = Sources {
        openapi: sources_without_errors(&folder),
        ..with_text_page(&folder, "# Error codes\n\n- `A_LOST`: x\n- `B_LOST`: y\n")
    };
    let pack = generated(&none);
    assert!(!is_active(&pack, "STA-2"));
    assert_eq!(status(&pack, "A_LOST"), json!(400));
}

fn sources_without_errors(folder: &Folder) -> std::path::PathBuf {
    folder.write("open.yaml", "openapi: 3.1.0\ninfo: { title: Open, version: '1' }\npaths:\n  /news:\n    get: { operationId: readNews, responses: { '200': { description: News } } }\n").into()
}

//! Which clauses the starter tests of a pack judge, and which requests they never send.

use std::path::PathBuf;

use init::{Pack, Sources, generate};
use serde_json::{Value, json};

fn sources(name: &str, description: &Value, page: Option<&str>) -> Sources {
    let file = |ending: &str, text: &str| {
        let path: PathBuf = std::env::temp_dir().join(format!("starter-{name}-{}.{ending}", std::process::id()));
        std::fs::write(&path, text).expect("a file");
        path
    };
    Sources {
        openapi: file("json", &description.to_string()),
        page: page.map(|page| file("md", page)),
        problem_json: false,
        name: None,
        auth: None,
        url: None,
    }
}

fn generated(name: &str, description: &Value, page: Option<&str>) -> Result<Pack, String> {
    let sources = sources(name, description, page);
    let pack = generate(&sources, &[]);
    [Some(sources.openapi), sources.page].into_iter().flatten().for_each(|file| {
        std::fs::remove_file(file).expect("removed");
    });
    pack
}

fn described(paths: &Value) -> Value {
    json!({ "openapi": "3.1.0", "info": { "title": "T", "version": "1" }, "paths": paths })
}

fn pack(name: &str, paths: &Value) -> Pack {
    generated(name, &described(paths), None).unwrap_or_else(|message| panic!("{message}"))
}

/// An operation with a JSON body that refuses invalid values with these statuses.
fn operation(id: &str, refusals: &[&str]) -> Value {
    let schema = json!({ "type": "object", "required": ["name"], "properties": { "name": { "type": "string" } } });
    let content = |schema: Value| json!({ "application/json": { "schema": schema } });
    let made = json!({ "type": "object", "properties": { "id": { "type": "string" } } });
    let mut operation =
        json!({ "operationId": id, "responses": { "200": { "description": "Yes", "content": content(made) } } });
    if id.starts_with(|first| "cup".contains(first)) {
        operation["requestBody"] = json!({ "content": content(schema) });
    }
    for status in refusals {
        operation["responses"][*status] = json!({ "description": "No" });
    }
    operation
}

fn with_id(mut methods: Value) -> Value {
    methods["parameters"] = json!([{ "name": "id", "in": "path", "required": true, "schema": { "type": "string" } }]);
    methods
}

#[test]
fn what_the_documentation_does_not_say_is_a_clause_of_its_own_with_the_level_should() {
    let paths =
        json!({ "/a": { "post": operation("createA", &["422"]) }, "/b": { "post": operation("createB", &[]) } });
    let pack = pack("levels", &paths);
    let clauses = &pack.files["schemas/clauses.yaml"];
    for line in [
        "{ id: BODY-3, level: MUST, page: OpenAPI, says: A body without a required member is refused. }",
        "{ id: BODY-3G, level: SHOULD, page: guess, says: \"A body without a required member is refused (a guess: the documentation does not say it).\" }",
        "{ id: BODY-5G, level: SHOULD, page: guess, says: \"A body of an undocumented media type is refused (a guess: the documentation does not say it).\" }",
    ] {
        assert!(clauses.contains(line), "{line}\n{clauses}");
    }
    assert!(!clauses.contains("id: BODY-5,"), "{clauses}");
    let bodies = &pack.files["scenarios/bodies.yaml"];
    let documented = bodies.split("  - name: ").find(|text| text.contains("createA/name") && text.contains("[BODY-3]"));
    let guessed = bodies.split("  - name: ").find(|text| text.contains("createB/name") && text.contains("[BODY-3G]"));
    assert!(documented.is_some() && guessed.is_some(), "{bodies}");
}

#[test]
fn a_collection_with_a_slash_at_its_end_is_that_of_its_items() {
    let item = with_id(json!({ "get": operation("readFlow", &["404"]), "delete": operation("deleteFlow", &["404"]) }));
    for (name, collection, path) in [
        ("slash", "/flows/", "/flows/{id}"),
        ("slashes", "/flows/", "/flows/{id}/"),
        ("item", "/flows", "/flows/{id}/"),
    ] {
        let pack = pack(name, &json!({ collection: { "post": operation("createFlow", &["422"]) }, path: item }));
        let conventions = &pack.files["schemas/conventions.yaml"];
        assert!(conventions.contains("after: createFlow") && conventions.contains("noun: flow"), "{conventions}");
        assert!(pack.files["scenarios/fixtures.yaml"].contains("call: createFlow"), "{name}");
    }
}

#[test]
fn a_put_that_may_create_its_item_is_not_called_with_an_unknown_id() {
    let item = |refusals: &[&str]| {
        with_id(json!({ "put": operation("putBox", refusals), "get": operation("readBox", &["404"]) }))
    };
    let called = |name: &str, refusals: &[&str]| {
        let pack = pack(name, &json!({ "/boxes/{id}": item(refusals) }));
        let files = ["access", "unknown-ids"].map(|file| pack.files.get(&format!("scenarios/{file}.yaml")).cloned());
        let text: String = files.into_iter().flatten().collect();
        (text.contains("operation: putBox"), text.contains("#   PUT /boxes/{id}"))
    };
    assert_eq!(called("upsert", &["400"]), (false, true));
    assert_eq!(called("update", &["404"]), (true, false));
}

#[test]
fn what_may_delete_more_than_a_test_has_created_is_not_called() {
    let limit = json!({ "name": "limit", "in": "query", "schema": { "type": "integer" } });
    let mut all = operation("deleteBoxes", &["400"]);
    all["parameters"] = json!([limit]);
    let mut one = operation("deleteBox", &["400", "404"]);
    one["parameters"] = json!([limit]);
    let paths = json!({
        "/boxes": { "get": operation("readBoxes", &["400"]), "post": operation("createBox", &["400"]), "delete": all },
        "/boxes/{id}": with_id(json!({ "get": operation("readBox", &["404"]), "delete": one })),
        "/boxes/owned-by/{id}": with_id(json!({ "delete": operation("deleteOwned", &["400", "404"]) })),
        "/boxes/bulk_delete": { "post": operation("createDeletion", &["400"]) },
    });
    let pack = pack("deletions", &paths);
    let called = |id: &str| {
        let own = |line: &str| !line.trim_start().starts_with('#') && line.contains(id);
        let files =
            pack.files.iter().filter(|(name, _)| name.starts_with("scenarios/") || name.ends_with("formats.yaml"));
        files.flat_map(|(_, text)| text.lines()).filter(|line| own(line)).count()
    };
    assert_eq!(["deleteBoxes", "deleteOwned", "createDeletion"].map(called), [0, 0, 0]);
    assert!(called("deleteBox") > 0 && !pack.files["schemas/formats.yaml"].contains("deleteBox"));
    let comment = &pack.files["scenarios/unknown-ids.yaml"];
    for name in ["DELETE /boxes\n", "DELETE /boxes/owned-by/{id}\n", "POST /boxes/bulk_delete\n"] {
        assert!(comment.contains(&format!("#   {name}")), "{comment}");
    }
    let warning = pack.warnings.iter().find(|warning| warning.contains("are not called by any test"));
    assert!(warning.is_some_and(|warning| warning.contains("DELETE /boxes")), "{:?}", pack.warnings);
}

#[test]
fn codes_that_the_documented_member_cannot_contain_are_refused_with_both_types() {
    let error = json!({ "type": "object", "properties": { "error": { "type": "object", "properties": {
        "code": { "type": "integer" }, "message": { "type": "string" } } } } });
    let refusal = json!({ "description": "No", "content": { "application/json": { "schema": error } } });
    let paths = json!({ "/a": { "get": { "operationId": "readA", "responses": {
        "200": { "description": "Yes" }, "401": refusal, "404": refusal } } } });
    let page = "# Error codes\n\n| Error code | Status |\n|---|---|\n| `GONE` | 404 |\n| `LATE` | 401 |\n";
    let message = generated("types", &described(&paths), Some(page)).expect_err("must be refused");
    let expected = "the 2 codes of this page, such as GONE, are texts, but the error code of the description (/error/code) is an integer";
    assert!(message.contains(expected), "{message}");
    let page = format!("{page}\n```json\n{{ \"error\": {{ \"code\": \"GONE\", \"message\": \"m\" }} }}\n```\n");
    let pack = generated("types-shown", &described(&paths), Some(&page)).unwrap_or_else(|message| panic!("{message}"));
    assert!(pack.files["schemas/errors.yaml"].contains("code_type: string"));
}

#[test]
fn auth_is_about_operations_that_do_not_say_what_they_need() {
    let mut secured = operation("readSecret", &[]);
    secured["security"] = json!([{ "login": [] }]);
    let mut description =
        described(&json!({ "/a": { "get": operation("readA", &[]) }, "/b": { "get": operation("readB", &[]) },
        "/secret": { "get": secured } }));
    description["components"] = json!({ "securitySchemes": { "login": { "type": "http", "scheme": "bearer" } } });
    let pack = |auth| {
        let sources = Sources { auth, ..sources("auth", &description, None) };
        let pack = generate(&sources, &[]).unwrap_or_else(|message| panic!("{message}"));
        std::fs::remove_file(sources.openapi).expect("removed");
        pack
    };
    let reads = |pack: &Pack| pack.files["scenarios/successes.yaml"].matches("as: anonymous").count();
    let silent = pack(None);
    assert!(
        reads(&silent) > 0 && silent.warnings.iter().any(|one| one.contains("2 of 3 operations have no `security`"))
    );
    let bearer = pack(Some(init::Auth::Bearer));
    assert_eq!((reads(&bearer), bearer.warnings.len()), (0, 0), "{:?}", bearer.warnings);
}

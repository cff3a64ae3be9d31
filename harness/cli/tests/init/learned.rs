//! What recorded responses add to a pack: it says that the responses are the source, and it can fail.

use super::*;

/// Todos whose schemas say nothing about successes, and an error schema that the API does not use.
fn todos(folder: &Folder, example: &str) -> Sources {
    let invalid = "'422': { description: No, content: { application/json: { schema: { $ref: '#/components/schemas/Invalid' } } } }";
    let item = "parameters: [{ name: id, in: path, required: true, schema: { type: integer } }]";
    let text = format!(
        "openapi: 3.1.0\ninfo: {{ title: Todos, version: '1' }}\npaths:\n  /todos:\n    post:\n      operationId: createTodo\n      \
         requestBody: {{ content: {{ application/json: {{ schema: {{ type: object, required: [title], properties: {{ title: {{ type: string }} }} }}{example} }} }} }}\n      \
         responses: {{ '201': {{ description: Made, content: {{ application/json: {{ schema: {{}} }} }} }}, {invalid} }}\n  \
         /todos/{{id}}:\n    {item}\n    get: {{ operationId: readTodo, responses: {{ '200': {{ description: It, content: {{ application/json: {{ schema: {{}} }} }} }}, {invalid} }} }}\n    \
         delete: {{ operationId: deleteTodo, responses: {{ '204': {{ description: Gone }}, {invalid} }} }}\ncomponents:\n  schemas:\n    \
         Invalid: {{ type: object, properties: {{ detail: {{ type: array }} }} }}\n"
    );
    Sources { openapi: folder.write("todos.yaml", text).into(), ..sources("books.json") }
}

fn problems(bodies: &[(u16, &str, Value)]) -> Vec<Learned> {
    let body = |(status, name, more): &(u16, &str, Value)| {
        let mut body = json!({ "type": format!("https://a.example/{name}"), "title": "t", "status": status });
        body.as_object_mut().expect("an object").extend(more.as_object().cloned().unwrap_or_default());
        (*status, body)
    };
    responses("application/problem+json", &bodies.iter().map(body).collect::<Vec<_>>())
}

#[test]
fn what_is_learned_does_not_claim_to_be_documented() {
    let folder = Folder::new();
    let learned = problems(&[(422, "wrong", json!({})), (404, "gone", json!({}))]);
    let pack = generate(&todos(&folder, ""), &learned).expect("a pack");
    let (contract, _) = loaded(&folder, &pack);
    for clause in ["ENV-1", "ENV-2", "ENV-3", "ENV-9", "STA-2", "CODE-1", "CODE-2"] {
        assert_eq!(contract.clause(clause).map(|clause| clause.page.as_str()), Some("learned"), "{clause}");
    }
    assert_eq!(contract.clause("STA-3").map(|clause| clause.page.as_str()), Some("OpenAPI"));
    assert!(contract.catalog.codes.iter().all(|code| code.page == "learned"));
    let errors = folder.read("schemas/errors.yaml");
    assert!(errors.contains("from responses of the API (`page: learned`), not from its documentation"), "{errors}");
    let clauses = folder.read("schemas/clauses.yaml");
    let learned_line = |id: &str| clauses.lines().any(|line| line.contains(id) && line.contains("# learned"));
    assert!(["id: ENV-9", "id: CODE-1", "id: CODE-2"].into_iter().all(learned_line), "{clauses}");

    // The codes of examples are documented.
    let pack = generated(&sources("books.json"));
    let errors = &pack.files["schemas/errors.yaml"];
    assert!(errors.contains("from examples of the OpenAPI description. The API may have others."), "{errors}");
    assert!(!errors.contains("page: learned"), "{errors}");
}

#[test]
fn documented_errors_that_the_pack_does_not_follow_are_named() {
    let folder = Folder::new();
    let line = "422: 3 operations document application/json (Invalid), but the API returns application/problem+json";
    let learned = problems(&[(422, "wrong", json!({})), (404, "gone", json!({}))]);
    let pack = generate(&todos(&folder, ""), &learned).expect("a pack");
    assert!(pack.warnings.iter().any(|warning| warning == line), "{:?}", pack.warnings);
    let clauses = &pack.files["schemas/clauses.yaml"];
    let at = clauses.lines().position(|text| text.trim() == format!("# {line}")).expect("the line");
    assert!(clauses.lines().nth(at + 1).is_some_and(|text| text.contains("id: ENV-2")), "{clauses}");

    let preset = Sources { problem_json: true, ..todos(&folder, "") };
    let warnings = generated(&preset).warnings;
    let expected =
        "422: 3 operations document application/json (Invalid), but the pack expects application/problem+json";
    assert!(warnings.iter().any(|warning| warning == expected), "{warnings:?}");
}

#[test]
fn members_that_every_response_has_are_required() {
    let folder = Folder::new();
    let learned = problems(&[(422, "wrong", json!({ "detail": "x" })), (404, "gone", json!({}))]);
    for preset in [false, true] {
        let sources = Sources { problem_json: preset, ..todos(&folder, "") };
        let pack = generate(&sources, &learned).expect("a pack");
        let schema: Value = serde_json::from_str(&pack.files["schemas/envelope.schema.json"]).expect("JSON");
        assert_eq!((&schema["required"], &schema["type"]), (&json!(["type", "title", "status"]), &json!("object")));
        assert!(schema["$comment"].as_str().is_some_and(|comment| comment.contains("learned")));
    }
    // A documented schema says itself what is required, and one status does not show what all errors have.
    for (sources, learned) in [
        (sources("shop.yaml"), learned.as_slice()),
        (Sources { problem_json: true, ..todos(&folder, "") }, &learned[..1]),
    ] {
        let pack = generate(&sources, learned).expect("a pack");
        let schema: Value = serde_json::from_str(&pack.files["schemas/envelope.schema.json"]).expect("JSON");
        assert_eq!(schema.get("required"), None);
    }
}

fn success(operation: &str, path: &str) -> Learned {
    Learned {
        test: "successes::created-todo".to_owned(),
        operation: operation.to_owned(),
        path: path.to_owned(),
        status: 200,
        body: json!({ "id": 7 }),
        ..Learned::default()
    }
}

#[test]
fn a_created_resource_shows_its_id_and_the_creation_succeeds() {
    let folder = Folder::new();
    let scenarios = |sources: &Sources, learned: &[Learned]| {
        let pack = generate(sources, learned).expect("a pack");
        loaded(&folder, &pack);
        pack.files["scenarios/successes.yaml"].clone()
    };
    let invented = todos(&folder, "");
    // The API may refuse an invented example.
    let unknown = scenarios(&invented, &[]);
    assert!(!unknown.contains("name: creation-todo") && !unknown.contains("body: { /id"), "{unknown}");
    let made = success("createTodo", "/todos");
    let read = success("readTodo", "/todos/7");
    let learned = scenarios(&invented, &[made.clone(), read.clone()]);
    assert!(learned.contains("name: creation-todo") && learned.contains("body: { /id: \"${id}\" }"), "{learned}");
    // Another member has the same name.
    let other = scenarios(&invented, &[made, Learned { path: "/todos/8".to_owned(), ..read }]);
    assert!(other.contains("name: creation-todo") && !other.contains("body: { /id"), "{other}");
    // A documented example must be accepted.
    let documented = scenarios(&todos(&folder, ", example: { title: Tea }"), &[]);
    let creation = "name: creation-todo\n    clauses: [LIFE-4]\n    steps:\n      - { call: createTodo, as: user, expect: { success: true } }\n";
    assert!(documented.contains(creation), "{documented}");
}

#[test]
fn the_response_after_a_deletion_replaces_the_guess() {
    let folder = Folder::new();
    let gone = |test: &str| Learned {
        test: test.to_owned(),
        operation: "readTodo".to_owned(),
        ..problems(&[(404, "gone", json!({}))]).remove(0)
    };
    for (test, expected) in
        [("successes::deleted-todo", "error: \"https://a.example/gone\""), ("x::other", "any_refusal: true")]
    {
        let pack = generate(&todos(&folder, ""), &[gone(test)]).expect("a pack");
        let text = &pack.files["scenarios/successes.yaml"];
        let deleted = text.split("name: deleted-todo").nth(1).expect("the scenario");
        assert!(deleted.contains(expected), "{deleted}");
    }
}

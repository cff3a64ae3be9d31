//! Operations whose body is a form.

use super::*;

fn form(folder: &Folder, members: &str, parameters: &str) -> Sources {
    let text = format!(
        "openapi: 3.1.0\ninfo: {{ title: Tokens, version: '1' }}\nsecurity: []\npaths:\n  /revoke:\n    post:\n      \
         operationId: revoke\n      parameters: [{parameters}]\n      requestBody: {{ content: {{ application/x-www-form-urlencoded: \
         {{ schema: {{ type: object, required: [token], properties: {{ token: {{ type: string }}{members} }} }}, example: {{ token: a }} }} }} }}\n      \
         responses: {{ '200': {{ description: Gone }}, '400': {{ description: No }} }}\n"
    );
    Sources { openapi: folder.write("form.yaml", text).into(), ..sources("books.json") }
}

#[test]
fn forms_are_tested_by_their_schema() {
    let folder = Folder::new();
    let (contract, library) = loaded(&folder, &generated(&form(&folder, ", hint: { enum: [a, b] }", "")));
    let body = contract.operation("revoke").and_then(|operation| operation.example.clone());
    assert!(body.as_ref().is_some_and(|body| body["token"].is_string()), "{body:?}");
    let names = names(&library);
    assert!(names.contains("schema/revoke/body/hint::invalid-values-are-refused"), "{names:?}");
    // Any text is a token, and a scenario sends a form without it already.
    assert!(!names.iter().any(|name| name.starts_with("schema/revoke/body/token")), "{names:?}");
    assert!(names.contains("bodies::missing-member/revoke/token"), "{names:?}");
}

#[test]
fn a_form_of_free_texts_has_no_clause_about_its_schema() {
    let folder = Folder::new();
    let (contract, library) = loaded(&folder, &generated(&form(&folder, ", hint: { type: string, maxLength: 9 }", "")));
    assert!(contract.clause("BODY-6").is_some());
    assert!(names(&library).iter().any(|name| name.starts_with("schema/revoke/body/hint")));
    let pack = generated(&form(&folder, ", hint: { type: string, description: A hint }", ""));
    assert!(!pack.files.contains_key("schemas/formats.yaml") && !pack.files["schemas/clauses.yaml"].contains("BODY-6"));
    // A parameter may have invalid values.
    let pack = generated(&form(&folder, "", "{ name: page, in: query, schema: { type: string, maxLength: 9 } }"));
    let (_, library) = loaded(&folder, &pack);
    let names = names(&library);
    assert!(names.iter().any(|name| name.starts_with("schema/revoke/query/page")), "{names:?}");
    assert!(!names.iter().any(|name| name.starts_with("schema/revoke/body")), "{names:?}");
}

#[test]
fn a_form_without_its_only_member_is_not_empty() {
    let folder = Folder::new();
    for (members, sent) in [
        (", hint: { type: string }, kind: { type: string, example: access_token }", "with: { kind: access_token }"),
        (", hint: { type: string }", "with: { hint: \"hint ${unique}\" }"),
        ("", "with: { unrelated: \"1\" }"),
    ] {
        let pack = generated(&form(&folder, members, ""));
        loaded(&folder, &pack);
        let bodies = &pack.files["scenarios/bodies.yaml"];
        assert!(bodies.contains(sent) && bodies.contains("without: [\"${member}\"]"), "{bodies}");
    }
}

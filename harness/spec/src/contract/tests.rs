//! Tests of reading OpenAPI descriptions: each common form is either supported or refused.

use serde_json::json;

use super::openapi::{self, Api, Operation, Scheme};
use crate::source::{Problem, Problems, SourceFile};

const COMMON: &str = "
Note: { type: object, required: [id], properties: { id: { type: string } } }
responses: { one: { description: x, content: { application/json: { schema: { $ref: '#/Note' } } } } }
";

fn read(paths: &str, version: &str) -> Result<Api, Vec<String>> {
    let text = format!(
        "openapi: {version}\ninfo: {{ title: x, version: '1' }}\npaths:\n  /notes:\n    post:\n      operationId: addNote\n{paths}"
    );
    let mut problems = Problems::default();
    let mut read = |name: &str| match name {
        "common.yaml" => Ok(SourceFile::new("schemas/common.yaml", COMMON)),
        _ => Err(Problem::general(name, "cannot read the file")),
    };
    let api = openapi::load(&SourceFile::new("schemas/openapi.yaml", text), &mut read, &mut problems);
    match api.filter(|_| problems.0.is_empty()) {
        Some(api) => Ok(api),
        None => Err(problems.0.iter().map(|problem| problem.message.clone()).collect()),
    }
}

fn operation(paths: &str) -> Operation {
    let api = read(paths, "3.1.0").unwrap_or_else(|problems| panic!("{problems:?}"));
    api.operations.into_iter().next().expect("an operation")
}

const DONE: &str = "      responses: { 204: { description: done } }\n";

#[test]
fn references_to_responses_bodies_and_examples_are_followed() {
    let found = operation(
        "      requestBody: { $ref: '#/components/requestBodies/Note' }
      responses: { '201': { $ref: '#/components/responses/Note' } }
components:
  requestBodies:
    Note: { content: { application/json: { schema: { $ref: '#/components/schemas/New' }, examples: { a: { $ref: '#/components/examples/A' } } } } }
  examples: { A: { value: { text: hello } } }
  responses: { Note: { description: x, content: { application/json: { schema: { type: object } } } } }
  schemas: { New: { type: object, required: [text, id], properties: { text: {}, id: { readOnly: true } } } }
",
    );
    assert_eq!(found.example, Some(json!({ "text": "hello" })));
    assert_eq!((found.required, found.members), (vec!["text".to_owned()], vec!["text".to_owned()]));
    let schema = "openapi.yaml#/components/responses/Note/content/application~1json/schema";
    assert_eq!(found.successes[0].schema.as_deref(), Some(schema));
}

#[test]
fn references_to_other_files_are_followed() {
    let found = operation("      responses: { 200: { $ref: 'common.yaml#/responses/one' } }\n");
    assert!(found.success_of(200).is_some(), "a status that is written as a number");
    let schema = "common.yaml#/responses/one/content/application~1json/schema";
    assert_eq!(found.successes[0].schema.as_deref(), Some(schema));
    let refused = read("      responses: { '200': { $ref: 'absent.yaml#/x' } }\n", "3.1.0").err().expect("a refusal");
    assert!(refused[0].contains("absent.yaml"), "{refused:?}");
}

#[test]
fn a_body_without_an_example_uses_the_example_of_its_schema() {
    for schema in ["{ example: { text: hi } }", "{ examples: [{ text: hi }] }"] {
        let body = format!("      requestBody: {{ content: {{ application/json: {{ schema: {schema} }} }} }}\n{DONE}");
        assert_eq!(operation(&body).example, Some(json!({ "text": "hi" })), "{schema}");
    }
}

#[test]
fn json_is_preferred_among_media_types() {
    let body = format!(
        "      requestBody: {{ content: {{ text/plain: {{}}, application/vnd.note+json: {{ example: 1 }} }} }}\n{DONE}"
    );
    let found = operation(&body);
    assert_eq!((found.media_type.as_deref(), found.example), (Some("application/vnd.note+json"), Some(json!(1))));
}

const SCHEMES: &str = "components:
  securitySchemes:
    key: { type: apiKey, in: header, name: X-Key }
    cookie: { type: apiKey, in: cookie, name: session }
    login: { type: oauth2, flows: {} }
";

#[test]
fn the_first_supported_security_alternative_is_used() {
    for (security, secured, scope) in [
        ("[]", false, None),
        ("[{}, { key: [] }]", false, None),
        ("[{ key: [READ] }, { login: [notes] }]", true, Some("READ")),
        ("[{ cookie: [] }, { login: [notes] }]", true, Some("notes")),
        ("[{ key: [], login: [] }, { key: [] }]", true, None),
    ] {
        let found = operation(&format!("      security: {security}\n{DONE}{SCHEMES}"));
        assert_eq!((found.secured, found.scope.as_deref()), (secured, scope), "{security}");
    }
}

#[test]
fn security_that_one_credential_cannot_meet_is_refused() {
    for (security, message) in [
        ("[{ key: [], login: [] }]", "key and login together"),
        ("[{ cookie: [] }]", "a key in the cookie"),
        ("[{ other: [] }]", "`other` is not among"),
    ] {
        let refused = read(&format!("      security: {security}\n{DONE}{SCHEMES}"), "3.1.0").err().expect("a refusal");
        assert!(refused[0].contains(message), "{refused:?}");
    }
}

#[test]
fn supported_security_schemes_are_listed() {
    let api = read(&format!("{DONE}{SCHEMES}"), "3.1.0").expect("a description");
    let bearer = Scheme::Http { scheme: "Bearer".to_owned() };
    assert_eq!(api.schemes, [Scheme::ApiKey { header: "X-Key".to_owned() }, bearer]);
}

#[test]
fn nullable_is_refused_outside_openapi_3_0() {
    let paths = format!("{DONE}components: {{ schemas: {{ A: {{ type: string, nullable: true }} }} }}\n");
    assert!(read(&paths, "3.0.3").is_ok());
    let refused = read(&paths, "3.1.0").err().expect("a refusal");
    assert!(refused[0].contains("`nullable`"), "{refused:?}");
}

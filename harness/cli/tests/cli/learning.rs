//! `init --learn` against a live API: what responses change in the pack, and that the first run reports no violation.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};

use axum::http::Method;
use serde_json::{Value, json};

use super::shared::{Call, serve_json};
use super::support::{Folder, Program, ProgramOutput, read};

const OPENAPI: &str = r##"
openapi: 3.1.0
info: { title: Todos, version: "1" }
security: [{ client: [] }]
paths:
  /token:
    post:
      operationId: requestToken
      requestBody:
        content:
          application/x-www-form-urlencoded:
            schema: { type: object, required: [grant_type], properties: { grant_type: { type: string } } }
            example: { grant_type: client_credentials }
      responses:
        "200": { description: A token }
        "400": { $ref: "#/components/responses/Error" }
        "401": { $ref: "#/components/responses/Error" }
        "402": { $ref: "#/components/responses/Error" }
  /todos:
    post:
      operationId: createTodo
      requestBody:
        content:
          application/json:
            schema: { type: object, required: [title], properties: { title: { type: string }, done: { type: boolean } } }
      responses:
        "201": { description: Made, content: { application/json: { schema: { properties: { id: { type: string } } } } } }
        "400": { $ref: "#/components/responses/Error" }
        "401": { $ref: "#/components/responses/Error" }
  /todos/{id}:
    parameters: [{ name: id, in: path, required: true, schema: { type: string } }]
    get:
      operationId: readTodo
      responses:
        "200": { description: The todo }
        "401": { $ref: "#/components/responses/Error" }
        "404": { $ref: "#/components/responses/Error" }
    delete:
      operationId: deleteTodo
      responses:
        "204": { description: Deleted }
        "401": { $ref: "#/components/responses/Error" }
        "404": { $ref: "#/components/responses/Error" }
        "409": { $ref: "#/components/responses/Error" }
components:
  securitySchemes: { client: { type: http, scheme: basic } }
  responses:
    Error:
      description: An error
      content:
        application/json:
          schema: { type: object, required: [error], properties: { error: { type: string }, text: { type: string } } }
"##;

const PAGE: &str = r#"
# Errors

| error | status | meaning |
|---|---|---|
| `invalid_request` | 400 | A parameter is missing. |
| `invalid_grant` | 400 | The refresh token is not valid. |
| `unsupported_grant_type` | 400 | The server does not know this grant type. |
| `invalid_client` | 401 | The client could not be authenticated. |
| `plan_expired` | 402 | The plan of the client has expired. |
| `not_found` | 404 | The todo does not exist. |
| `still_open` | 409 | Only a finished todo can be deleted. |

```json
{ "error": "not_found", "text": "No such todo" }
```
"#;

#[derive(Default)]
struct Todos {
    /// True if no todo can be deleted.
    keeps_all: bool,
    /// The todos by id; true if a todo is done.
    all: Mutex<BTreeMap<String, bool>>,
    /// The number of todos so far: no id is used twice.
    count: AtomicU32,
}

/// A server that conforms to the description and the page. A request for a token without a credential is
/// `invalid_request`, which is documented for the operation as well.
struct Server {
    url: String,
    _runtime: tokio::runtime::Runtime,
}

impl Server {
    fn start(keeps_all: bool) -> Self {
        let todos = Todos { keeps_all, ..Todos::default() };
        Self::serve(move |call| response(&todos, call))
    }

    /// A server with the API below `/api`. Elsewhere, it says in the same form that nothing is there.
    fn below() -> Self {
        let todos = Todos::default();
        Self::serve(move |call| match call.uri().path().strip_prefix("/api/") {
            Some(path) => {
                let mut call = call.clone();
                *call.uri_mut() = format!("/{path}").parse().expect("a path");
                response(&todos, &call)
            }
            None => (404, json!({ "error": "invalid_request" })),
        })
    }

    fn serve(respond: impl Fn(&Call) -> (u16, Value) + Send + Sync + 'static) -> Self {
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        Self { url: runtime.block_on(serve_json(respond)), _runtime: runtime }
    }
}

fn response(todos: &Todos, call: &Call) -> (u16, Value) {
    let credential = call.headers().get("authorization").and_then(|value| value.to_str().ok());
    match (credential, call.uri().path()) {
        (None, "/token") => refusal(400, "invalid_request"),
        (Some("Basic dTpw"), "/token") => token(&String::from_utf8_lossy(call.body())),
        (Some("Basic dTpw"), path) => todo(todos, call.method(), path, call.body()),
        _ => refusal(401, "invalid_client"),
    }
}

fn refusal(status: u16, code: &str) -> (u16, Value) {
    (status, json!({ "error": code, "text": "No" }))
}

fn token(form: &str) -> (u16, Value) {
    match form.strip_prefix("grant_type=") {
        None | Some("") => refusal(400, "invalid_request"),
        Some("client_credentials") => (200, json!({ "token": "t" })),
        Some(_) => refusal(400, "unsupported_grant_type"),
    }
}

fn todo(todos: &Todos, method: &Method, path: &str, body: &[u8]) -> (u16, Value) {
    let (keeps_all, count) = (todos.keeps_all, &todos.count);
    let mut todos = todos.all.lock().expect("nobody panicked");
    let id = path.rsplit('/').next().unwrap_or_default().to_owned();
    match (method.as_str(), todos.get(&id).copied()) {
        ("POST", _) => {
            let body: Value = serde_json::from_slice(body).unwrap_or_default();
            let done = body.get("done").is_none_or(Value::is_boolean);
            if !body["title"].is_string() || !done {
                let field = if done { "title" } else { "done" };
                return (400, json!({ "error": "invalid_request", "text": "No", "field": field }));
            }
            let id = format!("todo-{}", count.fetch_add(1, Ordering::Relaxed));
            todos.insert(id.clone(), body["done"] == true);
            (201, json!({ "id": id }))
        }
        (_, None) => refusal(404, "not_found"),
        ("GET", Some(_)) => (200, json!({ "id": id })),
        (_, Some(done)) if keeps_all || !done => refusal(409, "still_open"),
        (_, Some(_)) => {
            todos.remove(&id);
            (204, Value::Null)
        }
    }
}

/// Writes a pack into the folder `pack` and returns the output.
fn init(folder: &Folder, arguments: &[&str]) -> ProgramOutput {
    let output = init_as(folder, arguments, Some("basic:u:p"));
    output.assert_exit_code(0);
    output
}

fn init_as(folder: &Folder, arguments: &[&str], credential: Option<&str>) -> ProgramOutput {
    let openapi = folder.write("openapi.yaml", OPENAPI);
    let page = folder.write("errors.md", PAGE);
    let pack = folder.join("pack").display().to_string();
    let all = [&["init", "--openapi", &openapi, "--page", &page], arguments, &[&pack]].concat();
    let program = Program::new(&all);
    credential.into_iter().fold(program, |program, value| program.env("CONFORMANCE_ACTOR_USER", value)).output()
}

fn with_pack(folder: &Folder, arguments: &[&str]) -> ProgramOutput {
    let pack = folder.join("pack").display().to_string();
    let all = [arguments, &["--pack", &pack]].concat();
    Program::new(&all).env("CONFORMANCE_ACTOR_USER", "basic:u:p").output()
}

#[test]
fn a_first_run_after_learning_reports_no_violation_of_a_conforming_server() {
    let (server, folder) = (Server::start(false), Folder::new());
    init(&folder, &["--learn", &server.url, "--create"]);
    let run = with_pack(&folder, &["run", "--target-url", &server.url]);
    run.assert_exit_code(0);
    assert!(run.out.contains("1 warned, 0 skipped, 0 failed, 0 inconclusive"), "{}", run.out);
    assert!(run.out.contains("invalid_request, which is tolerated"), "{}", run.out);
    assert!(run.out.contains("5 of 7 observed"), "{}", run.out);
    assert!(run.out.contains("  to do   not judged yet: 3 clauses (CALL-1, CODE-2, CODE-5)"), "{}", run.out);

    let file = |name: &str| read(folder.join("pack").join(name));
    let access = file("scenarios/access.yaml");
    assert!(
        access.contains("expect: { error: invalid_client, tolerate: invalid_request }  # learned: check"),
        "{access}"
    );
    let bodies = file("scenarios/bodies.yaml");
    assert!(bodies.contains("expect: { error: invalid_request, field: \"${member}\" }  # learned"), "{bodies}");
    let errors = file("schemas/errors.yaml");
    assert!(errors.contains("- code: invalid_request  # learned") && errors.contains("names_field: true"), "{errors}");
    let successes = file("scenarios/successes.yaml");
    assert!(
        successes.contains("body: { /id: \"${id}\" } }") && successes.contains("name: creation-todo"),
        "{successes}"
    );
    assert!(file("target.example.yaml").contains(&server.url) && file("README.md").contains(&server.url));
}

#[test]
fn nothing_is_learned_with_a_wrong_credential() {
    let (server, folder) = (Server::start(false), Folder::new());
    let output = init_as(&folder, &["--learn", &server.url, "--create"], Some("basic:u:wrong-password"));
    output.assert_refused_with(3, "CONFORMANCE_ACTOR_USER is not accepted by the target (401 invalid_client");
    assert!(output.err.contains("Nothing was learned or written"), "{}", output.err);
    assert!(!folder.join("pack").exists());
}

#[test]
fn nothing_is_learned_at_a_wrong_url() {
    let (server, folder) = (Server::below(), Folder::new());
    let output = init_as(&folder, &["--learn", &server.url, "--create"], Some("basic:u:p"));
    let advice = format!("but {}/api responds with the API's envelope: give that as the URL", server.url);
    output.assert_refused_with(3, &advice);
    assert!(output.err.contains("Nothing was learned or written"), "{}", output.err);
    assert!(!folder.join("pack").exists());
}

/// Many descriptions, such as those that FastAPI writes, do not say which operations need a credential.
#[test]
fn a_wrong_credential_is_found_although_the_description_secures_no_operation() {
    let (server, folder) = (Server::start(false), Folder::new());
    let openapi = folder.write("open.yaml", OPENAPI.replace("security: [{ client: [] }]\n", ""));
    let pack = folder.join("pack").display().to_string();
    let init = ["init", "--openapi", &openapi, "--auth", "basic", "--learn", &server.url, "--create", &pack];
    let with = |arguments: &[&str], credential: &str| {
        Program::new(arguments).env("CONFORMANCE_ACTOR_USER", credential).output()
    };
    let refused = "CONFORMANCE_ACTOR_USER is not accepted by the target (401 ";
    with(&init, "basic:u:wrong-password").assert_refused_with(3, refused);
    with(&init, "basic:u:p").assert_exit_code(0);
    let doctor = ["doctor", "--pack", &pack, "--target-url", &server.url];
    let output = with(&doctor, "basic:u:wrong-password");
    output.assert_exit_code(3);
    assert!(output.out.contains(refused), "{}", output.out);
    let output = with(&doctor, "basic:u:p");
    output.assert_exit_code(0);
    assert!(output.out.contains("accepted") && output.out.contains("Nothing to correct.\n"), "{}", output.out);
}

#[test]
fn a_missing_credential_is_a_warning_when_a_pack_is_learned() {
    let (server, folder) = (Server::start(false), Folder::new());
    let output = init_as(&folder, &["--learn", &server.url, "--create"], None);
    output.assert_exit_code(0);
    assert!(output.err.contains("CONFORMANCE_ACTOR_USER is not set, so nothing is learned"), "{}", output.err);
}

#[test]
fn a_refused_deletion_is_a_scenario_and_values_that_make_it_possible_are_found() {
    let folder = Folder::new();
    let learned = |keeps_all: bool| {
        let server = Server::start(keeps_all);
        let output = init(&folder, &["--learn", &server.url, "--create"]);
        let warning = "deleteTodo refuses to delete a new todo (409 still_open)";
        assert_eq!(output.err.contains(warning), keeps_all, "{}", output.err);
        let leftovers = "on the target (deleteTodo got 409 still_open): ";
        assert!(output.err.contains(leftovers), "{}", output.err);
        with_pack(&folder, &["run", "--target-url", &server.url]).assert_exit_code(0);
        let text = read(folder.join("pack/scenarios/successes.yaml"));
        assert!(text.contains("- { call: deleteTodo, as: user, expect: { error: still_open } }  # learned"), "{text}");
        (text, read(folder.join("pack/scenarios/fixtures.yaml")))
    };
    let (successes, fixtures) = learned(false);
    assert!(successes.contains("\n  - name: deleted-todo\n"), "{successes}");
    assert!(fixtures.contains("with: { done: true }\n        keep: { id: body /id }  # learned"), "{fixtures}");
    let (successes, fixtures) = learned(true);
    assert!(successes.contains("\n  # - name: deleted-todo\n"), "{successes}");
    assert!(!fixtures.contains("with:"), "{fixtures}");
}

#[test]
fn a_sketch_is_a_scenario_only_if_its_request_was_sent_and_got_its_code() {
    let (server, folder) = (Server::start(false), Folder::new());
    let live = "\n  - name: unsupported-grant-type\n";
    for (arguments, is_live) in [(&["--create"][..], true), (&[], false)] {
        init(&folder, &[&["--learn", &server.url], arguments].concat());
        let sketches = read(folder.join("pack/scenarios/sketches.yaml"));
        assert_eq!(sketches.contains(live), is_live, "{sketches}");
        assert!(sketches.contains("# - name: plan-expired") && sketches.contains("# - name: request-token-succeeds"));
        // The value that its name suggests gets the other code.
        let plain = "as: user, expect: { error: invalid_grant } }";
        assert_eq!(sketches.contains(plain), is_live, "{sketches}");
        assert!(sketches.contains("# plan_expired, status 402: The plan of the client has expired.\n"), "{sketches}");
    }
}

#[test]
fn sketches_are_valid_scenarios_when_they_are_no_comments_any_more() {
    let folder = Folder::new();
    init(&folder, &[]);
    let unfinished = with_pack(&folder, &["validate"]);
    unfinished.assert_exit_code(2);
    let line = "clause CODE-5: nothing judges it yet (`excluded: to do: no scenario expects it yet`)";
    assert!(unfinished.err.contains(&format!("error: {line}")), "{}", unfinished.err);
    let draft = with_pack(&folder, &["validate", "--draft"]);
    draft.assert_exit_code(0);
    assert!(draft.err.contains(&format!("warning: {line}")), "{}", draft.err);
    let uncommented = |text: &str| text.replace("\n  # - ", "\n  - ").replace("\n  #   ", "\n    ");
    let sketches = folder.join("pack/scenarios/sketches.yaml");
    folder.write("pack/scenarios/sketches.yaml", uncommented(&read(&sketches)));
    let clauses = read(folder.join("pack/schemas/clauses.yaml"));
    let clauses: Vec<&str> = clauses.lines().filter(|line| !line.trim_start().starts_with("excluded:")).collect();
    let clauses =
        clauses.join("\n").replace(", excluded: \"to do: complete the sketches in scenarios/sketches.yaml\"", "");
    folder.write("pack/schemas/clauses.yaml", &clauses);
    let output = with_pack(&folder, &["validate"]);
    output.assert_exit_code(0);
    assert!(read(&sketches).contains("\n  - name: plan-expired\n"), "{}", read(&sketches));
}

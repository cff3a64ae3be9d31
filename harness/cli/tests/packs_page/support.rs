//! A small pack of an API with errors after RFC 9457, changed as each test needs it, and a server for it.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, Response};
use cli::run::load;
use judge::record::TestRecord;
use runner::execute::run_test;
use serde_json::{Value, json};
use spec::contract::Contract;
use spec::scenario::{Library, TestCase};

use crate::shared::{Folder, environment, serve_with};

const OPENAPI: &str = "
openapi: 3.1.0
info: { title: Things, version: '1' }
paths:
  /things/{id}:
    get:
      operationId: readThing
      responses: { '200': { description: The thing } }
    put:
      operationId: writeThing
      requestBody: { content: { application/json: { schema: { type: object }, example: { name: Ada } } } }
      responses: { '200': { description: The thing }, '201': { description: The new thing } }
";

/// An operation with list parameters and a form.
const ORDERS: &str = "
  /orders:
    post:
      operationId: order
      parameters:
        - { name: tag, in: query, schema: { type: array, maxItems: 2, items: { enum: [new, used] } } }
        - { name: size, in: query, explode: false, schema: { type: array, items: { type: integer, minimum: 1, maximum: 9 } } }
      requestBody:
        content:
          application/x-www-form-urlencoded:
            schema:
              type: object
              required: [name]
              properties:
                name: { type: string, minLength: 1, maxLength: 5 }
                count: { type: integer, minimum: 1 }
                colour: { type: array, items: { enum: [red, blue] } }
            example: { name: Ada, count: 2 }
      responses: { '200': { description: The order } }
components:
  securitySchemes: { account: { type: http, scheme: basic } }
";

const ENVELOPE: &str = r#"{
    "type": "object", "required": ["type", "title"],
    "properties": { "type": { "type": "string" }, "title": { "type": "string", "minLength": 1 }, "status": { "type": "integer" },
        "errors": { "type": "array", "items": { "type": "object", "properties": { "pointer": { "type": "string" } } } } }
}"#;

const ERRORS: &str = "
envelope:
  schema: problem.schema.json
  media_type: application/problem+json
  code_type: string
  pointers: { envelope: '', code: /type, message: /title }
statuses: [200, 201, 304, 307, 400, 401, 403, 404, 405, 422, 503]
codes:
  - { code: 'https://things.example/unknown', status: 404, retry: never, page: All, means: No such thing. }
  - { code: 'https://things.example/invalid', status: 422, names_field: true, retry: never, page: All, means: Invalid. }
  - { code: 'https://things.example/method', status: 405, retry: never, page: All, means: Wrong method. }
  - { code: 'https://things.example/down', status: 503, retry: backoff, page: All, means: Down. }
";

const CLAUSES: &str = "
clauses:
  - { id: BODY-1, level: MUST, page: All, says: Errors are problems., checks: [envelope-present, code-registered] }
  - { id: CODE-1, level: MUST, page: All, says: Each code has its status., checks: [status-matches-code, status-documented] }
  - { id: TEST-1, level: MUST, page: All, says: What the scenario says. }
";

const CONVENTIONS: &str = "
actors:
  anyone: { about: No credential., credential: none }
  member: { about: Has an account. }
capabilities:
  stock: { about: The shop has things. }
";

/// The credential of the actor `member`.
const MEMBER: &str = "basic:ada:a:b";

/// What the server received.
pub struct Call {
    pub method: String,
    pub path: String,
    pub headers: HeaderMap,
    pub body: Bytes,
}

/// What the server responds.
pub struct Reply {
    pub status: u16,
    pub headers: Vec<(&'static str, &'static str)>,
    pub body: Value,
}

/// A problem with the last segment of its type.
pub fn problem(status: u16, code: &str) -> Reply {
    let body = json!({ "type": format!("https://things.example/{code}"), "title": "A problem" });
    Reply { status, headers: Vec::new(), body }
}

pub fn thing() -> Reply {
    Reply { status: 200, headers: Vec::new(), body: json!({ "name": "Ada" }) }
}

impl Reply {
    pub fn header(mut self, name: &'static str, value: &'static str) -> Self {
        self.headers.push((name, value));
        self
    }

    pub fn with(mut self, name: &str, value: Value) -> Self {
        self.body[name] = value;
        self
    }
}

/// A pack that differs from the small one: additions to its files, and its steps.
#[derive(Clone, Copy)]
pub struct Pack {
    /// Added to `errors.yaml`.
    pub errors: &'static str,
    /// Members that are added to its `pointers`, such as `, status: /status`.
    pub pointers: &'static str,
    /// The `field_form` of its envelope, if not empty.
    pub field_form: &'static str,
    /// Checks that no clause names, although the clauses of the small pack do; at most three.
    pub unnamed: &'static [&'static str],
    /// Added to `clauses.yaml`.
    pub clauses: &'static str,
    /// The steps of its only scenario, about TEST-1.
    pub steps: &'static str,
    /// Its `formats.yaml`, if not empty.
    pub formats: &'static str,
}

impl Pack {
    pub const EMPTY: Self =
        Self { errors: "", pointers: "", field_form: "", unnamed: &[], clauses: "", steps: "", formats: "" };

    /// Loads the pack, or returns the problems as text.
    pub fn load(&self) -> Result<(Contract, Library), String> {
        let pointers = format!("message: /title{} }}", self.pointers);
        let form = match self.field_form {
            "" => "code_type: string".to_owned(),
            form => format!("code_type: string\n  field_form: {form}"),
        };
        let steps: String = self.steps.trim().lines().map(|line| format!("      {line}\n")).collect();
        let scenario = format!("about: Steps.\nscenarios:\n  - name: all\n    clauses: [TEST-1]\n    steps:\n{steps}");
        let others = ["strict-json", "error-media-type", "success-without-error"];
        let clauses = self
            .unnamed
            .iter()
            .zip(others)
            .fold(CLAUSES.to_owned(), |clauses, (check, other)| clauses.replace(check, other));
        let files = [
            ("schemas/openapi.yaml", [OPENAPI.trim_end(), ORDERS].concat()),
            ("schemas/problem.schema.json", ENVELOPE.to_owned()),
            (
                "schemas/errors.yaml",
                ERRORS.replace("message: /title }", &pointers).replace("code_type: string", &form) + self.errors,
            ),
            ("schemas/clauses.yaml", clauses + self.clauses),
            ("schemas/conventions.yaml", CONVENTIONS.to_owned()),
            ("scenarios/steps.yaml", scenario),
        ];
        let formats = ("schemas/formats.yaml", self.formats.to_owned());
        let folder = Folder::new();
        for (name, text) in files.into_iter().chain([formats].into_iter().filter(|(_, text)| !text.is_empty())) {
            folder.write(name, text);
        }
        load(&folder).map_err(|problems| problems.to_string())
    }

    /// Asserts that the pack does not load, with a message that contains a text.
    #[track_caller]
    pub fn assert_refused(&self, message: &str) {
        let Err(problems) = self.load() else { panic!("the pack loads: {message}\n{}", self.steps) };
        assert!(problems.contains(message), "no {message:?} in {problems}");
    }

    /// Runs the scenario against a server.
    pub async fn run(&self, serve: impl Fn(&Call) -> Reply + Send + Sync + 'static) -> Run {
        let (contract, library) = self.load().unwrap_or_else(|problems| panic!("{problems}"));
        let environment = environment(&Arc::new(contract), start(serve).await, &[("member", MEMBER)]).await;
        let mut records = Vec::new();
        for test in library.tests {
            let record = run_test(&environment, &test).await;
            records.push((test, record));
        }
        Run { records }
    }
}

async fn start(serve: impl Fn(&Call) -> Reply + Send + Sync + 'static) -> String {
    serve_with(move |request| {
        let (method, path) = (request.method().to_string(), request.uri().to_string());
        let call = Call { method, path, headers: request.headers().clone(), body: request.body().clone() };
        let Reply { status, headers, body } = serve(&call);
        if status == 304 || status == 307 {
            return Response::builder().status(status).body(Body::empty()).expect("a response");
        }
        let media = if status < 400 { "application/json" } else { "application/problem+json" };
        let builder = Response::builder().status(status).header("content-type", media);
        let builder = headers.into_iter().fold(builder, |builder, (name, value)| builder.header(name, value));
        builder.body(Body::from(body.to_string())).expect("a response")
    })
    .await
}

/// The results of a run.
pub struct Run {
    pub records: Vec<(TestCase, TestRecord)>,
}

impl Run {
    pub fn violated(&self) -> BTreeSet<&str> {
        let findings = self.records.iter().flat_map(|(_, record)| &record.findings);
        findings.map(|finding| finding.clause.as_str()).collect()
    }

    pub fn upheld(&self) -> BTreeSet<&str> {
        let evidence = self.records.iter().flat_map(|(_, record)| record.coverage.evidence());
        evidence.map(|(clause, _)| clause).collect()
    }

    /// Each finding as `CHECK: EXPECTED, found ACTUAL`.
    pub fn findings(&self) -> Vec<String> {
        let findings = self.records.iter().flat_map(|(_, record)| &record.findings);
        findings.map(|one| format!("{}: {}, found {}", one.check, one.expected, one.actual)).collect()
    }

    /// Nothing is violated, and every test could be judged.
    pub fn assert_conforms(&self) {
        assert_eq!(self.findings(), Vec::<String>::new());
        for (test, record) in &self.records {
            assert_eq!(record.inconclusive, None, "{}", test.name);
        }
    }
}

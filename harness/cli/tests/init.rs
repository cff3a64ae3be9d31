//! `init`: packs from different OpenAPI descriptions load, report no violation of a conforming server, and keep the
//! files that a person has changed.

#[path = "init/clauses.rs"]
mod clauses;
#[path = "init/forms.rs"]
mod forms;
#[path = "init/learned.rs"]
mod learned;
#[path = "init/pages.rs"]
mod pages;
#[expect(dead_code, reason = "each test uses a part of it")]
mod shared;
#[path = "init/slots.rs"]
mod slots;
#[path = "init/stub.rs"]
mod stub;
#[path = "init/to_do.rs"]
mod to_do;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use cli::run::{load, load_draft};
use init::{Auth, Learned, Pack, Sources, generate, write};
use judge::record::Created;
use judge::target::TargetFile;
use runner::execute::run_test;
use serde_json::{Value, json};
use shared::{Folder, environment, path};
use spec::contract::{Contract, FieldForm};
use spec::scenario::Library;

fn sources(name: &str) -> Sources {
    let openapi = path("tests/init").join(name);
    Sources { openapi, page: None, problem_json: false, name: None, auth: None, url: None }
}

fn generated(sources: &Sources) -> Pack {
    generate(sources, &[]).unwrap_or_else(|message| panic!("{message}"))
}

/// Writes a pack and loads it.
fn loaded(folder: &Folder, pack: &Pack) -> (Arc<Contract>, Library) {
    write(folder, &pack.files).expect("a pack");
    shared::pack(folder)
}

fn names(library: &Library) -> BTreeSet<&str> {
    library.tests.iter().map(|test| test.name.as_ref()).collect()
}

#[test]
fn packs_of_different_descriptions_load() {
    for (name, operations, codes, tests) in [
        ("books.json", 5, 3, 20),
        ("shop.yaml", 8, 1, 30),
        ("notes-fastapi.json", 3, 0, 10),
        ("split/openapi.yaml", 3, 3, 8),
    ] {
        let folder = Folder::new();
        let pack = generated(&sources(name));
        let (contract, library) = loaded(&folder, &pack);
        assert_eq!((contract.operations.len(), contract.catalog.codes.len()), (operations, codes), "{name}");
        assert!(library.tests.len() >= tests, "{name}: {} tests", library.tests.len());
        let long: Vec<&String> =
            pack.files.iter().filter(|(name, _)| !name.contains("openapi")).map(|(_, text)| text).collect();
        assert!(long.iter().all(|text| text.lines().all(|line| line.chars().count() <= 160)), "{name}");
        let target = folder.join("target.example.yaml");
        TargetFile::load(&target, &contract).unwrap_or_else(|problems| panic!("{:?}", problems.0));
    }
}

#[test]
fn swagger_is_refused_with_the_command_that_converts_it() {
    let message = generate(&sources("swagger.json"), &[]).expect_err("must be refused");
    assert!(
        message.contains("Swagger 2.0") && message.contains("npx swagger2openapi") && !message.contains('\n'),
        "{message}"
    );
    let message = generate(&sources("page.md"), &[]).expect_err("must be refused");
    assert!(!message.contains('\n'), "{message}");
}

#[test]
fn operations_that_cannot_be_tested_are_left_out_with_a_warning_and_a_comment() {
    let pack = generated(&sources("books.json"));
    for word in
        ["GET /old-books is left out", "GET /export is left out", "it is called postBooks here", "`pattern: \"(\"`"]
    {
        assert!(pack.warnings.iter().any(|warning| warning.contains(word)), "{word}: {:?}", pack.warnings);
    }
    assert!(pack.files["schemas/openapi.yaml"].contains("#   GET /export: it asks for inQuery"));
    assert_eq!(pack.base, "https://sandbox.books.example/v1");
    let pack = generated(&sources("shop.yaml"));
    assert!(
        pack.warnings.iter().any(|warning| warning.contains("several credentials together")),
        "{:?}",
        pack.warnings
    );
}

#[test]
fn files_that_the_description_refers_to_are_copied() {
    let pack = generated(&sources("split/openapi.yaml"));
    for name in ["schemas/openapi-errors.yaml", "schemas/openapi-thing-path.yaml"] {
        assert!(pack.files.contains_key(name), "{:?}", pack.files.keys());
    }
    assert!(!pack.files.values().any(|text| text.contains("../") || text.contains("https://api.example")));
    assert_eq!(pack.warnings.iter().filter(|warning| warning.contains("anything is accepted")).count(), 2);
}

#[test]
fn page_without_a_code_is_refused() {
    let folder = Folder::new();
    let page = folder.write("errors.md", "# Errors\n\n| Code | Meaning |\n|---|---|\n| 404 | Not found |\n");
    let message =
        generate(&Sources { page: Some(page.into()), ..sources("books.json") }, &[]).expect_err("must be refused");
    assert!(message.contains("errors.md: no error code was found on this page"), "{message}");
}

#[test]
fn codes_are_read_from_examples_lists_constants_or_a_page() {
    let folder = Folder::new();
    let (contract, library) = loaded(&folder, &generated(&sources("books.json")));
    assert_eq!(contract.catalog.code("NOT_FOUND").and_then(|code| code.status()), Some(404));
    assert!(contract.clause_of_check("code-registered").is_none(), "examples do not list all codes");
    assert!(names(&library).contains("unknown-ids::unknown-id/readBook"));

    let with_page = Sources { page: Some(sources("page.md").openapi), ..sources("books.json") };
    let folder = Folder::new();
    let (contract, _) = loaded(&folder, &generated(&with_page));
    assert_eq!(contract.catalog.code_names(), ["UNAUTHENTICATED", "INVALID", "NOT_FOUND", "OUT_OF_PAPER"]);
    assert!(
        contract.clause_of_check("code-registered").is_some()
            && contract.clause_of_check("status-matches-code").is_some()
    );
    assert!(folder.read("scenarios/bodies.yaml").contains("error: INVALID"));

    let folder = Folder::new();
    let (contract, _) = loaded(&folder, &generated(&sources("split/openapi.yaml")));
    assert!(contract.catalog.code("1003").is_some());
}

#[test]
fn request_schemas_are_tested_if_the_response_to_invalid_values_is_known() {
    let folder = Folder::new();
    let (_, library) = loaded(&folder, &generated(&with_page()));
    let formats = folder.read("schemas/formats.yaml");
    assert!(formats.contains("  refused: { clause: CODE-2, error: INVALID }\n"), "{formats}");
    assert!(formats.contains("headers: { X-Tenant: main }"), "required headers are sent: {formats}");
    assert!(
        names(&library).contains("schema/postBooks/body/isbn::invalid-values-are-refused"),
        "{:?}",
        names(&library)
    );

    // Without codes, the status is expected.
    let folder = Folder::new();
    let (_, library) = loaded(&folder, &generated(&sources("notes-fastapi.json")));
    let formats = folder.read("schemas/formats.yaml");
    assert!(formats.contains("status: [400, 422] }  # guess: check"), "{formats}");
    assert!(names(&library).iter().any(|name| name.starts_with("schema/")), "{:?}", names(&library));
}

#[test]
fn problems_are_recognised_by_their_media_type_and_by_the_flag() {
    let flag = Sources { problem_json: true, ..sources("notes-fastapi.json") };
    for sources in [sources("shop.yaml"), flag] {
        let folder = Folder::new();
        let (contract, _) = loaded(&folder, &generated(&sources));
        let envelope = &contract.catalog.envelope;
        assert_eq!(
            (envelope.media_type.as_str(), envelope.pointers.code.as_str()),
            ("application/problem+json", "/type")
        );
        assert!(contract.clause_of_check("error-media-type").is_some());
    }
}

#[test]
fn validation_errors_of_a_framework_do_not_describe_other_errors() {
    let folder = Folder::new();
    let (contract, library) = loaded(&folder, &generated(&sources("notes-fastapi.json")));
    assert!(
        contract.clause_of_check("envelope-present").is_none()
            && contract.clause_of_check("error-media-type").is_none()
    );
    assert!(contract.conventions.cleanup.is_empty(), "nothing deletes a note");
    assert!(!names(&library).iter().any(|name| name.contains("created")), "nothing is created that cannot be deleted");
}

#[test]
fn actors_and_cleanup_follow_from_the_description() {
    let folder = Folder::new();
    let (contract, _) = loaded(&folder, &generated(&sources("shop.yaml")));
    let actors: Vec<&str> = contract.conventions.actors.keys().map(String::as_str).collect();
    assert_eq!(actors, ["anonymous", "invalid", "login", "user"]);
    let [rule] = contract.conventions.cleanup.as_slice() else { panic!("one rule") };
    assert_eq!(
        (rule.after.as_str(), rule.id.as_str(), rule.parameter.as_deref()),
        ("createCustomer", "/data/id", Some("customer"))
    );

    let public = Sources { auth: Some(Auth::None), ..sources("notes-fastapi.json") };
    let (contract, library) = loaded(&Folder::new(), &generated(&public));
    assert!(contract.conventions.actors.keys().eq(["anonymous"]));
    assert!(library.tests.iter().all(|test| test.actors.is_empty()), "no credential is needed");
}

#[test]
fn description_without_any_security_needs_no_credential() {
    let folder = Folder::new();
    let minimal = "openapi: 3.1.0\ninfo: { title: Open, version: '1' }\nsecurity: []\npaths:\n  /news:\n    get: \
                   { operationId: readNews, responses: { '200': { description: News }, '400': { description: No } } }\n";
    let sources = Sources { openapi: folder.write("open.yaml", minimal).into(), ..sources("books.json") };
    let pack = generated(&sources);
    let (contract, _) = loaded(&folder, &pack);
    assert!(contract.conventions.actors.keys().eq(["anonymous"]), "{:?}", contract.conventions.actors);
    assert!(!pack.warnings.iter().any(|warning| warning.contains("--auth")), "{:?}", pack.warnings);
}

fn responses(media: &str, bodies: &[(u16, Value)]) -> Vec<Learned> {
    let response = |(status, body): &(u16, Value)| Learned {
        status: *status,
        media: Some(media.to_owned()),
        body: body.clone(),
        ..Learned::default()
    };
    bodies.iter().map(response).collect()
}

#[test]
fn recorded_responses_are_used_where_the_documentation_says_nothing() {
    let gone = json!({ "type": "https://notes.example/gone", "title": "Gone", "status": 410 });
    let other = json!({ "type": "https://notes.example/other", "title": "Other", "status": 400 });
    let problems = responses("application/problem+json", &[(410, gone.clone()), (410, gone), (400, other)]);
    let folder = Folder::new();
    let pack = generate(&sources("notes-fastapi.json"), &problems).expect("a pack");
    let (contract, _) = loaded(&folder, &pack);
    assert_eq!(contract.catalog.code_names(), ["https://notes.example/gone", "https://notes.example/other"]);
    assert_eq!(contract.catalog.envelope.pointers.code, "/type");
    assert!(contract.clause_of_check("error-media-type").is_some());
    let errors = folder.read("schemas/errors.yaml");
    assert!(errors.contains("/type  # learned: check") && errors.contains("- 410  # learned: check"), "{errors}");

    // Different responses do not describe all errors.
    let mixed = responses("application/json", &[(404, json!({ "message": "x" })), (400, json!({ "errors": [] }))]);
    let pack = generate(&sources("notes-fastapi.json"), &mixed).expect("a pack");
    let (contract, _) = loaded(&Folder::new(), &pack);
    assert!(contract.clause_of_check("envelope-present").is_none());
}

#[test]
fn the_status_and_the_field_in_recorded_responses_are_found() {
    let body = |status: u16| json!({ "statusCode": status, "message": "x", "errors": [{ "pointer": "#/title", "detail": "y" }] });
    let folder = Folder::new();
    let learned = responses("application/json", &[(400, body(400)), (404, body(404))]);
    let (contract, _) = loaded(&folder, &generate(&sources("notes-fastapi.json"), &learned).expect("a pack"));
    let envelope = &contract.catalog.envelope;
    assert_eq!(envelope.pointers.status.as_deref(), Some("/statusCode"));
    assert_eq!(
        (envelope.pointers.field.as_deref(), envelope.field_form),
        (Some("/errors/*/pointer"), FieldForm::Fragment)
    );
    assert!(contract.clause_of_check("status-in-body").is_some());
    let errors = folder.read("schemas/errors.yaml");
    for line in ["status: /statusCode  # learned: check", "/errors/*/pointer\"  # learned: check"] {
        assert!(errors.contains(line), "{line}: {errors}");
    }
}

#[test]
fn recorded_codes_are_ignored_if_the_documentation_lists_all_codes() {
    let learned = responses("text/json", &[(404, json!({ "error": { "code": "UNDOCUMENTED", "message": "x" } }))]);
    for (sources, codes) in [(with_page(), 4), (sources("books.json"), 4)] {
        let pack = generate(&sources, &learned).expect("a pack");
        let (contract, _) = loaded(&Folder::new(), &pack);
        assert_eq!(contract.catalog.codes.len(), codes, "with a page the code is a violation");
        assert_eq!(contract.catalog.code("UNDOCUMENTED").is_some(), sources.page.is_none());
        assert_eq!(contract.catalog.envelope.media_type, "application/json", "the documentation names this media type");
    }
}

#[test]
fn each_guess_is_marked() {
    let pack = generated(&sources("notes-fastapi.json"));
    for name in
        ["schemas/openapi.yaml", "schemas/errors.yaml", "schemas/conventions.yaml", "scenarios/unknown-ids.yaml"]
    {
        assert!(pack.files[name].contains("# guess: check against the documentation"), "{name}");
    }
}

#[test]
fn files_that_a_person_has_changed_are_not_overwritten() {
    let folder = Folder::new();
    folder.write("notes.txt", "mine");
    folder.write("scenarios/reads.yaml", "mine");
    let pack = generated(&sources("books.json"));
    let outcome = write(&folder, &pack.files).expect("a pack");
    assert!(outcome.kept.is_empty() && outcome.written == pack.files.len());
    let changed = folder.read("schemas/clauses.yaml") + "  # a note of mine\n";
    folder.write("schemas/clauses.yaml", &changed);

    let next = generated(&Sources { page: Some(sources("page.md").openapi), ..sources("books.json") });
    let outcome = write(&folder, &next.files).expect("a pack");
    assert_eq!(outcome.kept, ["schemas/clauses.yaml"]);
    assert_eq!(folder.read("schemas/clauses.yaml"), changed);
    assert_eq!(folder.read("schemas/clauses.yaml.new"), next.files["schemas/clauses.yaml"]);
    assert_eq!(folder.read("schemas/errors.yaml"), next.files["schemas/errors.yaml"], "nobody has changed it");
    assert_eq!((folder.read("notes.txt"), folder.read("scenarios/reads.yaml")), ("mine".to_owned(), "mine".to_owned()));

    // A third run does not overwrite it either. A file that the pack does not need is deleted if nobody has changed it.
    let without: BTreeMap<String, String> = next
        .files
        .iter()
        .filter(|(name, _)| !name.starts_with("scenarios/b"))
        .map(|(a, b)| (a.clone(), b.clone()))
        .collect();
    let outcome = write(&folder, &without).expect("a pack");
    assert_eq!(
        (outcome.kept, outcome.removed),
        (vec!["schemas/clauses.yaml".to_owned()], vec!["scenarios/bodies.yaml".to_owned()])
    );
    assert!(!folder.join("scenarios/bodies.yaml").exists());
}

#[test]
fn files_that_init_has_not_written_are_not_overwritten() {
    let folder = Folder::new();
    folder.write("README.md", "mine");
    folder.write("schemas/errors.yaml", "mine");
    let pack = generated(&sources("books.json"));
    let outcome = write(&folder, &pack.files).expect("a pack");
    assert_eq!(outcome.kept, ["README.md", "schemas/errors.yaml"]);
    assert_eq!((folder.read("README.md"), folder.read("schemas/errors.yaml")), ("mine".to_owned(), "mine".to_owned()));
}

#[test]
fn a_draft_loads_with_clauses_that_nothing_judges() {
    let folder = Folder::new();
    let pack = generated(&sources("books.json"));
    write(&folder, &pack.files).expect("a pack");
    let clauses =
        folder.read("schemas/clauses.yaml") + "  - { id: NEW-1, level: MUST, page: x, says: Not judged yet. }\n";
    folder.write("schemas/clauses.yaml", &clauses);
    let problems = load(&folder).map(|_| ()).expect_err("strict");
    assert_eq!(problems.0.len(), 1);
    let Ok((contract, _, mut unfinished)) = load_draft(&folder) else { panic!("a draft") };
    unfinished.retain(|problem| !problem.is_to_do);
    assert!(contract.clause("NEW-1").is_some() && unfinished.len() == 1);
    assert!(
        unfinished[0].rendered_as_warning().starts_with("warning: clause NEW-1"),
        "{}",
        unfinished[0].rendered_as_warning()
    );
    folder.write("schemas/clauses.yaml", clauses + "  - { id: NEW-1, level: MUST, page: x, says: Twice. }\n");
    assert!(load_draft(&folder).is_err(), "mistakes stay errors");
}

/// The result of a run: violated clauses, each with a test, and inconclusive tests.
struct RunResult {
    violated: BTreeMap<String, String>,
    inconclusive: Vec<String>,
    upheld: BTreeSet<String>,
    leftovers: Vec<Created>,
}

async fn run(pack: &Pack, fault: Option<&'static str>) -> RunResult {
    run_at(pack, stub::open(fault).await, stub::CREDENTIAL).await
}

async fn run_at(pack: &Pack, url: String, credential: &str) -> RunResult {
    let folder = Folder::new();
    let (contract, library) = loaded(&folder, pack);
    let environment = environment(&contract, url, &[("user", credential)]).await;
    let mut result = RunResult {
        violated: BTreeMap::new(),
        inconclusive: Vec::new(),
        upheld: BTreeSet::new(),
        leftovers: Vec::new(),
    };
    for test in &library.tests {
        let record = run_test(&environment, test).await;
        result.inconclusive.extend(record.inconclusive.map(|reason| format!("{}: {reason}", test.name)));
        result.upheld.extend(record.coverage.evidence().map(|(clause, _)| clause.to_owned()));
        for finding in record.findings {
            let output = format!("{}: expected {}, found {}", test.name, finding.expected, finding.actual);
            result.violated.entry(finding.clause).or_insert(output);
        }
    }
    runner::execute::sweep(&environment).await;
    result.leftovers = environment.created.left();
    result
}

fn with_page() -> Sources {
    Sources { page: Some(sources("page.md").openapi), ..sources("books.json") }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_violation_of_a_conforming_server_is_reported() {
    for sources in [sources("books.json"), with_page()] {
        let result = run(&generated(&sources), None).await;
        assert_eq!((result.violated, result.inconclusive, result.leftovers), (BTreeMap::new(), Vec::new(), Vec::new()));
        for clause in ["BODY-5G", "READ-1", "LIFE-1", "CODE-1", "CODE-3", "STA-3", "ENV-1"] {
            assert!(result.upheld.contains(clause), "{clause} is not upheld");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn faults_of_a_server_are_reported() {
    let pack = generated(&with_page());
    for (fault, clauses) in [
        ("accepts-invalid-credentials", vec!["CODE-1"]),
        ("omits-the-envelope", vec!["ENV-1"]),
        ("does-not-delete", vec!["CODE-3"]),
        ("accepts-books-without-a-title", vec!["CODE-2", "STA-3"]),
        ("accepts-letters-in-isbns", vec!["CODE-2", "STA-3"]),
        ("accepts-books-of-one-page", vec!["CODE-2", "STA-3"]),
    ] {
        let result = run(&pack, Some(fault)).await;
        let violated: Vec<&str> = result.violated.keys().map(String::as_str).collect();
        assert_eq!(violated, clauses, "{fault}: {:?}", result.violated);
    }
}

//! An API with preconditions, entity tags and problems (RFC 9457), below the path of its `servers`.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, Method, Response, Uri};
use judge::secret::Redactor;
use runner::client::{HttpClient, Network};
use runner::preflight::{Expected, Interest, PreflightTarget, preflight};

use super::shared::{serve, target};
use super::*;

const CODES: [(&str, u16); 6] = [
    ("auth.missing", 401),
    ("auth.invalid", 401),
    ("body.invalid", 422),
    ("slot.unknown", 404),
    ("precondition.required", 428),
    ("precondition.failed", 412),
];

#[derive(Default)]
struct Store {
    fault: Option<&'static str>,
    slots: Mutex<Vec<Option<Value>>>,
    traces: AtomicUsize,
}

/// Starts a server below `/v3` on a free port, and returns its URL without that path.
async fn open(fault: Option<&'static str>) -> String {
    serve(Router::new().fallback(response).with_state(Arc::new(Store { fault, ..Store::default() }))).await
}

async fn response(
    State(store): State<Arc<Store>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    let result = served(&store, &method, uri.path(), &headers, &body);
    let (status, value) = result.unwrap_or_else(|code| problem(&store, code));
    let media = if status < 400 { "application/json" } else { "application/problem+json" };
    let mut builder = Response::builder().status(status).header("Content-Type", media);
    if matches!(status, 200 | 201) && value.get("id").is_some() && store.fault != Some("omits-the-etag") {
        builder = builder.header("ETag", "\"1\"");
    }
    let body = if value.is_null() { Body::empty() } else { value.to_string().into() };
    builder.body(body).expect("a response")
}

fn problem(store: &Store, code: &str) -> (u16, Value) {
    let status = CODES.iter().find(|(name, _)| *name == code).expect("a code").1;
    // Like a UUID, it begins with a digit or a letter.
    let number = store.traces.fetch_add(1, Ordering::Relaxed);
    let trace = format!("{}{number}-7e", ["a", "3", "bc", "f"][number % 4]);
    let mut body = json!({ "type": format!("https://slots.example/{code}"), "title": "No", "status": status, "code": code,
        "trace": trace });
    match store.fault {
        Some("empties-the-title") => body["title"] = json!(""),
        Some("omits-the-title") => drop(body.as_object_mut().expect("an object").remove("title")),
        Some("omits-the-type") => drop(body.as_object_mut().expect("an object").remove("type")),
        _ => {}
    }
    (status, body)
}

fn served(
    store: &Store,
    method: &Method,
    path: &str,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<(u16, Value), &'static str> {
    let path = path.strip_prefix("/v3").ok_or("slot.unknown")?;
    match headers.get("authorization").map(|value| value.as_bytes()) {
        None => return Err("auth.missing"),
        Some(b"Bearer slots-of-the-user") => {}
        Some(_) => return Err("auth.invalid"),
    }
    let mut slots = store.slots.lock().expect("a lock");
    let index = path.strip_prefix("/slots/").map(|id| id.strip_prefix("s-").and_then(|id| id.parse::<usize>().ok()));
    match (method.as_str(), index) {
        ("GET", None) if path == "/slots" => Ok((200, json!({ "items": slots.iter().flatten().collect::<Vec<_>>() }))),
        ("POST", None) if path == "/slots" => {
            let slot: Value = serde_json::from_slice(body).map_err(|_| "body.invalid")?;
            let length = slot.get("name").and_then(Value::as_str).map(str::len).ok_or("body.invalid")?;
            let is_json = headers.get("content-type").is_some_and(|value| value.as_bytes().ends_with(b"json"));
            if !is_json || !(1..=20).contains(&length) {
                return Err("body.invalid");
            }
            let slot = json!({ "id": format!("s-{}", slots.len()), "name": slot["name"] });
            slots.push(Some(slot.clone()));
            Ok((201, slot))
        }
        ("GET", Some(Some(index))) => slots.get(index).cloned().flatten().map(|slot| (200, slot)).ok_or("slot.unknown"),
        ("DELETE", Some(index)) => {
            let slot =
                index.and_then(|index| slots.get_mut(index)).filter(|slot| slot.is_some()).ok_or("slot.unknown")?;
            match headers.get("if-match").map(|value| value.as_bytes()) {
                None if store.fault == Some("needs-no-precondition") => {}
                None => return Err("precondition.required"),
                Some(b"*") if store.fault != Some("needs-the-tag") => {}
                Some(b"\"1\"") => {}
                Some(_) => return Err("precondition.failed"),
            }
            *slot = None;
            Ok((204, Value::Null))
        }
        _ => Err("slot.unknown"),
    }
}

/// The pack of the description, with a page of the codes.
fn slots() -> Pack {
    let folder = Folder::new();
    let rows: String = CODES.iter().map(|(code, status)| format!("| `{code}` | {status} | No. |\n")).collect();
    folder.write("errors.md", format!("# Errors\n\n| Code | Status | Meaning |\n|---|---|---|\n{rows}"));
    let problem = json!({ "description": "No", "content": { "application/problem+json": { "schema": { "type": "object",
        "required": ["type", "title", "status", "code", "trace"], "properties": { "type": { "type": "string", "format": "uri" },
            "title": { "type": "string" }, "status": { "type": "integer" }, "code": { "type": "string" },
            "trace": { "type": "string" } } } } } });
    let slot = json!({ "type": "object", "required": ["name", "id"],
        "properties": { "name": { "type": "string" }, "id": { "type": "string" } } });
    let tagged = json!({ "description": "Yes", "headers": { "ETag": { "required": true, "schema": { "type": "string" } } },
        "content": { "application/json": { "schema": slot } } });
    let new = json!({ "type": "object", "required": ["name"], "properties": {
        "name": { "type": "string", "minLength": 1, "maxLength": 20, "example": "north" } } });
    let id = json!([{ "name": "slotId", "in": "path", "required": true, "schema": { "type": "string" } }]);
    let precondition = json!([{ "name": "If-Match", "in": "header", "required": true, "schema": { "type": "string" }, "example": "*" }]);
    let description = json!({
        "openapi": "3.1.0", "info": { "title": "Slots", "version": "1" }, "security": [{ "token": [] }],
        "servers": [{ "url": "https://api.slots.example/v3" }],
        "components": { "securitySchemes": { "token": { "type": "http", "scheme": "bearer" } } },
        "paths": {
            "/slots": {
                "get": { "operationId": "listSlots", "responses": { "200": { "description": "All", "content": {
                    "application/json": { "schema": { "type": "object" } } } }, "401": problem } },
                "post": { "operationId": "createSlot", "requestBody": { "required": true, "content": {
                    "application/json": { "schema": new, "example": { "name": "north" } } } },
                    "responses": { "201": tagged, "401": problem, "422": problem } } },
            "/slots/{slotId}": { "parameters": id,
                "get": { "operationId": "readSlot", "responses": { "200": tagged, "401": problem, "404": problem } },
                "delete": { "operationId": "deleteSlot", "parameters": precondition, "responses": {
                    "204": { "description": "Gone" }, "401": problem, "404": problem, "412": problem, "428": problem,
                    "422": problem } } } } });
    folder.write("openapi.json", description.to_string());
    generated(&Sources {
        page: Some(folder.join("errors.md")),
        openapi: folder.join("openapi.json"),
        ..sources("books.json")
    })
}

const CREDENTIAL: &str = "bearer:slots-of-the-user";

async fn run_slots(pack: &Pack, fault: Option<&'static str>) -> RunResult {
    let url = open(fault).await + "/v3";
    run_at(pack, url, CREDENTIAL).await
}

#[tokio::test(flavor = "multi_thread")]
async fn no_violation_of_a_conforming_api_with_preconditions_is_reported() {
    let result = run_slots(&slots(), None).await;
    assert_eq!((result.violated, result.inconclusive, result.leftovers), (BTreeMap::new(), Vec::new(), Vec::new()));
    for clause in ["ENV-1", "ENV-3", "HDR-1", "HDR-2"] {
        assert!(result.upheld.contains(clause), "{clause} is not upheld: {:?}", result.upheld);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn faults_against_documented_errors_and_headers_are_reported() {
    let pack = slots();
    for (fault, clause) in [
        ("empties-the-title", "ENV-3"),
        ("omits-the-title", "ENV-3"),
        ("omits-the-type", "ENV-1"),
        ("omits-the-etag", "HDR-1"),
        ("needs-no-precondition", "HDR-2"),
    ] {
        let result = run_slots(&pack, Some(fault)).await;
        let violated: Vec<&str> = result.violated.keys().map(String::as_str).collect();
        assert_eq!(violated, [clause], "{fault}: {:?}", result.violated);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn cleanup_sends_the_required_headers_of_the_deletion() {
    let mut pack = slots();
    let rule = pack.files.get_mut("schemas/conventions.yaml").expect("the file");
    assert!(rule.contains("headers: { If-Match: \"*\" }"), "{rule}");
    let kept =
        rule.replace("headers: { If-Match: \"*\" }", "headers: { If-Match: \"${tag}\" }, keep: { tag: header ETag }");
    let without = rule.replace(", headers: { If-Match: \"*\" }", "");
    assert!(kept != *rule && without != *rule, "{rule}");

    *rule = kept;
    let result = run_slots(&pack, Some("needs-the-tag")).await;
    assert_eq!(result.leftovers, Vec::new());

    *pack.files.get_mut("schemas/conventions.yaml").expect("the file") = without;
    let result = run_slots(&pack, None).await;
    let reason = Some("deleteSlot got 428 precondition.required".to_owned());
    assert!(
        !result.leftovers.is_empty() && result.leftovers.iter().all(|one| one.refusal == reason),
        "{:?}",
        result.leftovers
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn url_without_the_path_of_the_described_servers_ends_the_run() {
    let pack = slots();
    let folder = Folder::new();
    let (contract, library) = loaded(&folder, &pack);
    let base = open(None).await;
    for (url, is_right) in [(base.clone(), false), (format!("{base}/v2"), false), (format!("{base}/v3"), true)] {
        let target = target(url, &[("user", CREDENTIAL)]);
        let client = HttpClient::new(&target.url, &Network::default()).expect("a client");
        let redactor = Redactor::new(target.secrets());
        let subject = PreflightTarget {
            contract: &contract,
            target: &target,
            client: &client,
            redactor: &redactor,
            direct: true,
        };
        let found = preflight(subject, &Expected::of(&contract, &library), &Interest::default()).await;
        let advice = format!("but {base}/v3, with the path of `servers`");
        let is_advised = found.stop_reason.as_ref().is_some_and(|reason| reason.contains(&advice));
        assert_eq!((found.stop_reason.is_none(), is_advised), (is_right, !is_right), "{:?}", found.stop_reason);
    }
}

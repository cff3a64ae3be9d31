//! A server that conforms to `books.json`, or has one fault.

use std::collections::BTreeMap;
use std::sync::Mutex;

use axum::http::{HeaderMap, Method};
use serde_json::{Value, json};

use super::shared::serve_json;

/// The credential of `user`.
pub const CREDENTIAL: &str = "bearer:books-of-the-user";

#[derive(Default)]
struct Store {
    fault: Option<&'static str>,
    books: Mutex<BTreeMap<String, Value>>,
}

/// Starts a server on a free port and returns its base URL. It stops with the runtime.
pub async fn open(fault: Option<&'static str>) -> String {
    let store = Store { fault, ..Store::default() };
    serve_json(move |call| serve(&store, call.method(), call.uri().path(), call.headers(), call.body())).await
}

type Reply = (u16, Value);

fn refusal(status: u16, code: &str) -> Reply {
    (status, json!({ "error": { "code": code, "message": "No" } }))
}

fn serve(store: &Store, method: &Method, path: &str, headers: &HeaderMap, body: &[u8]) -> Reply {
    let credential = headers.get("authorization").and_then(|value| value.to_str().ok()).unwrap_or_default();
    if path == "/health" {
        return (200, Value::Null);
    }
    let accepts_any = store.fault == Some("accepts-invalid-credentials") && !credential.is_empty();
    if credential != "Bearer books-of-the-user" && !accepts_any {
        return match store.fault {
            Some("omits-the-envelope") => (401, json!("no")),
            _ => refusal(401, "UNAUTHENTICATED"),
        };
    }
    let mut books = store.books.lock().expect("nobody panicked");
    let book = path.strip_prefix("/books/").map(str::to_owned);
    match (method.as_str(), book) {
        ("GET", None) => (200, books.values().filter(|book| !book.is_null()).cloned().collect()),
        ("POST", None) if !headers.contains_key("x-tenant") => refusal(400, "INVALID"),
        ("POST", None) => {
            let Some(mut book) = valid(store, body) else { return refusal(400, "INVALID") };
            let id = format!("00000000-0000-4000-9000-{:012}", books.len() + 1);
            book["id"] = json!(id);
            books.insert(id, book.clone());
            (201, book)
        }
        ("GET", Some(id)) => match books.get(&id) {
            Some(book) if !book.is_null() => (200, book.clone()),
            _ => refusal(404, "NOT_FOUND"),
        },
        ("DELETE", Some(id)) if books.get(&id).is_some_and(|book| !book.is_null()) => {
            if store.fault != Some("does-not-delete") {
                books.insert(id, Value::Null);
            }
            (204, Value::Null)
        }
        _ => refusal(404, "NOT_FOUND"),
    }
}

fn valid(store: &Store, body: &[u8]) -> Option<Value> {
    let book: Value = serde_json::from_slice(body).ok().filter(Value::is_object)?;
    let text = |name: &str| book.get(name).is_none_or(Value::is_string);
    let short = book["title"].as_str().is_none_or(|title| title.chars().count() <= 200);
    let present = store.fault == Some("accepts-books-without-a-title") || book.get("title").is_some();
    let digits =
        |isbn: &str| isbn.bytes().all(|one| one.is_ascii_digit()) || store.fault == Some("accepts-letters-in-isbns");
    let isbn = book["isbn"].as_str().is_some_and(|isbn| isbn.len() == 13 && digits(isbn));
    let fewest = if store.fault == Some("accepts-books-of-one-page") { 1 } else { 2 };
    let pages =
        book.get("pages").is_none_or(|pages| pages.as_i64().is_some_and(|pages| pages >= fewest) || pages.is_null());
    (present && text("title") && short && text("strange") && isbn && pages).then_some(book)
}

//! The server of the parcel pack: it conforms to the pack, or violates it as one mutant says.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::{SystemTime, UNIX_EPOCH};

use axum::body::Body;
use axum::http::{HeaderMap, Response};
use serde_json::{Map, Value, json};

use super::shared::{Call, serve_with};

/// The credentials of the actors, in the syntax of a target file.
pub const CREDENTIALS: [(&str, &str); 4] = [
    ("clerk", "bearer:desk-session-of-the-clerk"),
    ("hurried", "key:desk-pass-of-the-hurried"),
    // {"alg":"HS256"}.{"exp":1577836800}: expired on 2020-01-01.
    ("late", "bearer:eyJhbGciOiJIUzI1NiJ9.eyJleHAiOjE1Nzc4MzY4MDB9.c2lnbmF0dXJl"),
    ("stranger", "key:desk-pass-that-nobody-issued"),
];

const QUOTA: u32 = 3;
const HEAVIEST: i64 = 30_000;

struct ParcelServer {
    mutant: Option<&'static str>,
    store: Mutex<Store>,
}

#[derive(Default)]
struct Store {
    parcels: HashMap<u64, Parcel>,
    last: u64,
    responses: u64,
    /// The second of the last request of `hurried`, and the number of its requests in that second.
    hurried_requests: (u64, u32),
}

struct Parcel {
    grams: i64,
    destination: String,
    redirected: bool,
}

/// An error response before it is serialised.
struct Trouble {
    status: u16,
    body: Map<String, Value>,
}

/// Starts the server on a free port and returns its base URL. It stops with the runtime.
pub async fn start(mutant: Option<&'static str>) -> String {
    let server = ParcelServer { mutant, store: Mutex::default() };
    serve_with(move |call| response(&server, call)).await
}

fn response(server: &ParcelServer, call: &Call) -> Response<Body> {
    let mut store = server.store.lock().expect("nobody panicked");
    store.responses += 1;
    let trace = if server.has("traces-all-alike") { "T-1".to_owned() } else { format!("T-{:06}", store.responses) };
    let outcome = server.serve(&mut store, call, &trace);
    let mut builder = Response::builder();
    let name = if server.has("traces-under-the-usual-name") { "Request-Reference" } else { "Trace-Reference" };
    builder = builder.header(name, trace);
    match outcome {
        Ok((status, None)) => builder.status(status).body(Body::empty()),
        Ok((status, Some(parcel))) => {
            builder.status(status).header("Content-Type", "application/json").body(parcel.to_string().into())
        }
        Err(trouble) => {
            if trouble.body["errorCode"] == 42901 {
                builder = server.with_rate_limit_headers(builder);
            }
            builder = server.with_required_headers(builder, &trouble);
            let media = if server.has("declares-plain-json") {
                "application/json"
            } else {
                "application/vnd.parcel.trouble+json"
            };
            let (status, text) = server.serialised(trouble);
            builder.status(status).header("Content-Type", media).body(text.into())
        }
    }
    .expect("a valid response")
}

impl ParcelServer {
    fn has(&self, mutant: &str) -> bool {
        self.mutant == Some(mutant)
    }

    fn serve(&self, store: &mut Store, call: &Call, trace: &str) -> Result<(u16, Option<Value>), Trouble> {
        self.authenticate(store, call.headers())?;
        if call.headers().contains_key("parcel-drill") {
            let trace = if self.has("keeps-the-trace-of-a-breakdown-to-itself") { "unknown" } else { trace };
            return Err(trouble(500, 50001, "The desk broke down").hint(&format!("Trace {trace}")));
        }
        let form = || serde_json::from_slice::<Value>(call.body()).unwrap_or_default();
        let rest = call.uri().path().strip_prefix("/v2/parcels").ok_or_else(unknown)?;
        if rest.is_empty() {
            return self.register(store, &form());
        }
        let (number, tail) = rest[1..].split_once('/').unwrap_or((&rest[1..], ""));
        let number: u64 = number.parse().map_err(|_| unknown())?;
        let parcel = store.parcels.get_mut(&number).ok_or_else(unknown)?;
        match (call.method().as_str(), tail) {
            ("GET", "") => Ok((200, Some(self.shown(number, parcel)))),
            ("DELETE", "") => {
                store.parcels.remove(&number);
                Ok((204, None))
            }
            ("PUT", "destination") => self.redirect(number, parcel, &form()),
            _ => Err(unknown()),
        }
    }

    fn authenticate(&self, store: &mut Store, headers: &HeaderMap) -> Result<(), Trouble> {
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
        let (session, pass) = (text("authorization"), text("parcel-pass"));
        let shown = |actor: &str| {
            CREDENTIALS
                .iter()
                .find(|(name, _)| *name == actor)
                .and_then(|(_, value)| value.split_once(':'))
                .map(|(_, value)| value)
                .unwrap_or_default()
        };
        if session == format!("Bearer {}", shown("clerk")) {
            return Ok(());
        }
        if session == format!("Bearer {}", shown("late")) {
            let end =
                if self.has("keeps-the-end-of-a-session-to-itself") { "a while ago" } else { "2020-01-01T00:00:00Z" };
            return Err(trouble(401, 40102, "The session is over").hint(&format!("It ended {end}")));
        }
        if pass == shown("hurried") {
            return self.limit_rate(store);
        }
        if pass == shown("stranger") && self.has("serves-strangers") {
            return Ok(());
        }
        let refusal = trouble(401, 40101, "Please show a pass");
        Err(if self.has("quotes-the-pass") && !pass.is_empty() {
            refusal.hint(&format!("Not {pass}"))
        } else {
            refusal
        })
    }

    fn limit_rate(&self, store: &mut Store) -> Result<(), Trouble> {
        let second = now();
        if store.hurried_requests.0 != second {
            store.hurried_requests = (second, 0);
        }
        store.hurried_requests.1 += 1;
        if store.hurried_requests.1 <= QUOTA {
            return Ok(());
        }
        let mut refusal = trouble(429, 42901, "One at a time, please");
        if !self.has("forgets-the-pause-in-the-body") {
            refusal.body.insert("pauseSeconds".into(), 1.into());
        }
        Err(refusal)
    }

    fn with_rate_limit_headers(&self, builder: axum::http::response::Builder) -> axum::http::response::Builder {
        let reset = if self.has("counts-the-opening-in-milliseconds") { (now() + 1) * 1000 } else { now() + 1 };
        let builder = if self.has("forgets-the-quota-header") { builder } else { builder.header("Desk-Quota", QUOTA) };
        builder
            .header("Desk-Left", u32::from(self.has("has-one-left")))
            .header("Desk-Opens", reset)
            .header("Desk-Pause", if self.has("names-another-pause") { 2 } else { 1 })
    }

    fn with_required_headers(
        &self,
        builder: axum::http::response::Builder,
        trouble: &Trouble,
    ) -> axum::http::response::Builder {
        let refuses_the_pass = trouble.status == 401 && !self.has("forgets-the-kinds-of-passes");
        let builder = if refuses_the_pass { builder.header("Desk-Passes", "session, pass") } else { builder };
        match trouble.status {
            500.. if self.has("is-back-some-day") => builder.header("Desk-Back", "some day"),
            500.. => builder.header("Desk-Back", 60),
            _ => builder,
        }
    }

    fn register(&self, store: &mut Store, form: &Value) -> Result<(u16, Option<Value>), Trouble> {
        let grams = form["weightGrams"].as_i64().ok_or_else(|| self.missing("weightGrams", "destination"))?;
        let destination = form["destination"].as_str().ok_or_else(|| self.missing("destination", "weightGrams"))?;
        if grams > HEAVIEST {
            return Err(trouble(400, 40002, "Too heavy").at("weightGrams"));
        }
        store.last += 1;
        let (number, parcel) = (store.last, Parcel { grams, destination: destination.to_owned(), redirected: false });
        let shown = self.shown(number, &parcel);
        store.parcels.insert(number, parcel);
        Ok((201, Some(shown)))
    }

    fn redirect(&self, number: u64, parcel: &mut Parcel, form: &Value) -> Result<(u16, Option<Value>), Trouble> {
        if parcel.redirected && !self.has("redirects-twice") {
            return Err(trouble(409, 40901, "It is on its way"));
        }
        parcel.redirected = true;
        parcel.destination =
            form["destination"].as_str().ok_or_else(|| self.missing("destination", "weightGrams"))?.to_owned();
        Ok((200, Some(self.shown(number, parcel))))
    }

    fn missing(&self, member: &str, other: &str) -> Trouble {
        trouble(400, 40001, "Something is missing").at(if self.has("names-another-member") { other } else { member })
    }

    fn shown(&self, number: u64, parcel: &Parcel) -> Value {
        let mut shown =
            json!({ "trackingNumber": number, "weightGrams": parcel.grams, "destination": parcel.destination });
        if self.has("forgets-the-weight") && number == 1 {
            shown.as_object_mut().expect("an object").remove("weightGrams");
        }
        if self.has("tells-trouble-in-a-success") {
            shown["errorCode"] = 40401.into();
        }
        shown
    }

    /// Status and body of an error, as changed by the mutant.
    fn serialised(&self, trouble: Trouble) -> (u16, String) {
        let Trouble { mut status, mut body } = trouble;
        let not_found = body["errorCode"] == 40401;
        match self.mutant {
            Some("not-found-as-409") if not_found => status = 409,
            Some("not-found-as-an-undocumented-status") if not_found => status = 410,
            Some("invents-a-number") if not_found => body["errorCode"] = 40499.into(),
            Some("writes-the-number-as-text") if not_found => body["errorCode"] = "40401".into(),
            Some("forgets-the-reason") if not_found => {
                body.remove("reason");
            }
            Some("writes-the-hint-as-a-number") if not_found => {
                body.insert("hint".into(), 7.into());
            }
            Some("adds-a-member") => {
                body.insert("mood".into(), "sorry".into());
            }
            _ => {}
        }
        if !self.has("forgets-the-line") {
            body.insert("line".into(), (status + u16::from(self.has("writes-another-line"))).into());
        }
        let text = Value::Object(body).to_string();
        if self.has("names-a-member-twice") {
            (status, text.replacen('{', "{\"reason\":\"Again\",", 1))
        } else {
            (status, text)
        }
    }
}

impl Trouble {
    fn hint(mut self, hint: &str) -> Self {
        self.body.insert("hint".into(), hint.into());
        self
    }

    fn at(mut self, member: &str) -> Self {
        self.body.insert("where".into(), member.into());
        self
    }
}

fn trouble(status: u16, number: u32, reason: &str) -> Trouble {
    let mut body = Map::new();
    body.insert("errorCode".into(), number.into());
    body.insert("reason".into(), reason.into());
    Trouble { status, body }
}

fn unknown() -> Trouble {
    trouble(404, 40401, "The parcel does not exist")
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map(|since| since.as_secs()).unwrap_or_default()
}

//! What tests of several binaries need: packs, temporary folders, servers on loopback, targets.

use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use axum::body::{Bytes, to_bytes};
use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use axum::{Json, Router};
use cli::run::load;
use judge::target::{Credential, Target};
use runner::execute::Environment;
use serde_json::Value;
use spec::contract::Contract;
use spec::scenario::Library;

/// The folder of the default pack, relative to that of this crate.
pub const DEFAULT: &str = "../..";
pub const PARCEL: &str = "../packs/parcel";

/// A path relative to the folder of this crate.
pub fn path(relative: impl AsRef<Path>) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(relative)
}

/// The pack in a folder.
#[track_caller]
pub fn pack(folder: impl AsRef<Path>) -> (Arc<Contract>, Library) {
    let (contract, library) = load(&path(folder)).unwrap_or_else(|problems| panic!("{problems}"));
    (Arc::new(contract), library)
}

/// A temporary folder, deleted on drop.
pub struct Folder(PathBuf);

impl Folder {
    pub fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("conformance-test-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path).expect("a folder");
        Self(path)
    }

    /// A copy of a pack that a test may change.
    pub fn with_pack(pack: &str) -> Self {
        let copy = Self::new();
        for part in ["schemas", "scenarios"] {
            copy_folder(&path(pack).join(part), &copy.join(part));
        }
        copy
    }

    pub fn path(&self) -> String {
        self.display().to_string()
    }

    #[track_caller]
    pub fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// Writes a file below the folder and returns its path.
    pub fn write(&self, name: &str, text: impl AsRef<[u8]>) -> String {
        let path = self.join(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(&path, text).expect("a file");
        path.display().to_string()
    }
}

fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("a folder").flatten() {
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        match from.is_dir() {
            true => copy_folder(&from, &to),
            false => drop(std::fs::copy(from, to).expect("a copy")),
        }
    }
}

impl Deref for Folder {
    type Target = Path;

    fn deref(&self) -> &Path {
        &self.0
    }
}

impl AsRef<Path> for Folder {
    fn as_ref(&self) -> &Path {
        self
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Serves a router on a free port of loopback until the runtime ends. Returns its base URL.
pub async fn serve(router: Router) -> String {
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    tokio::spawn(async move { axum::serve(listener, router).await });
    url
}

/// What a server received.
pub type Call = axum::http::Request<Bytes>;

/// Serves the responses that a function makes.
pub async fn serve_with(respond: impl Fn(&Call) -> Response + Send + Sync + 'static) -> String {
    let respond = Arc::new(respond);
    let handler = move |request: Request| async move {
        let (head, body) = request.into_parts();
        let body = to_bytes(body, usize::MAX).await.unwrap_or_default();
        respond(&Call::from_parts(head, body))
    };
    serve(Router::new().fallback(handler)).await
}

/// Serves the statuses and the JSON bodies that a function makes; for `null`, the response has no body.
pub async fn serve_json(respond: impl Fn(&Call) -> (u16, Value) + Send + Sync + 'static) -> String {
    serve_with(move |call| {
        let (status, body) = respond(call);
        let status = StatusCode::from_u16(status).expect("a status");
        if body.is_null() { status.into_response() } else { (status, Json(body)).into_response() }
    })
    .await
}

/// A target with the credentials of actors, in the syntax of a target file.
pub fn target(url: String, credentials: &[(&str, &str)]) -> Target {
    let parsed = |(actor, text): &(&str, &str)| ((*actor).to_owned(), Credential::parse(text).expect("a credential"));
    Target { url, credentials: credentials.iter().map(parsed).collect(), ..Target::default() }
}

/// The environment for tests against a target.
pub async fn environment(contract: &Arc<Contract>, url: String, credentials: &[(&str, &str)]) -> Environment {
    let environment = Environment::on_loopback(contract.clone(), target(url, credentials)).await;
    environment.expect("an environment")
}

/// The number in an environment variable, if it is set.
#[track_caller]
pub fn number(variable: &str) -> Option<usize> {
    let text = std::env::var(variable).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{variable}={text} is not a number")))
}

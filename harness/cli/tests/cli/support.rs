//! Starts the program, and servers for it to talk to.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use judge::target::variable;
use serde_json::Value;
use spec::percent::encoded;

pub use super::program::{binary, root};
pub use super::shared::{Folder, PARCEL};

/// An invocation of the program. Its environment is empty but for a few variables such as `PATH`.
pub struct Program(Command);

/// Exit code, standard output and standard error of an invocation.
pub struct ProgramOutput {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Program {
    pub fn new(arguments: &[&str]) -> Self {
        let mut command = Command::new(binary());
        command.args(arguments).env_clear().current_dir(root()).stdin(Stdio::null());
        for kept in ["PATH", "HOME", "SystemRoot", "TMPDIR"] {
            if let Some(value) = std::env::var_os(kept) {
                command.env(kept, value);
            }
        }
        Self(command)
    }

    /// Runs a shell script instead of the program, in the same environment, without credentials.
    pub fn shell(path: &str) -> Self {
        let mut program = Self::new(&[]);
        let mut command = Command::new("sh");
        command.arg(path).env_clear().stdin(Stdio::null());
        for (name, value) in program.0.get_envs() {
            if let Some(value) = value {
                command.env(name, value);
            }
        }
        program.0 = command;
        program
    }

    /// `conformance run …`.
    pub fn run(arguments: &[&str]) -> ProgramOutput {
        Self::new(&[&["run"], arguments].concat()).output()
    }

    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.0.env(name, value);
        self
    }

    /// Runs the program to its end.
    pub fn output(mut self) -> ProgramOutput {
        ProgramOutput::of(&mut self.0)
    }

    /// The same with a JSON report.
    pub fn with_report(self) -> (ProgramOutput, Value) {
        let folder = Folder::new();
        let path = folder.join("report.json");
        let output = self.env("CONFORMANCE_REPORT", &format!("json={}", path.display())).output();
        assert!(path.exists(), "{}{}", output.out, output.err);
        (output, read_json(path))
    }
}

impl ProgramOutput {
    pub fn of(command: &mut Command) -> Self {
        let output = command.output().expect("the program starts");
        Self {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    #[track_caller]
    pub fn assert_exit_code(&self, code: i32) {
        assert_eq!(self.code, code, "stdout:\n{}\nstderr:\n{}", self.out, self.err);
        assert!(!self.err.contains("panicked"), "{}", self.err);
    }

    /// The program refused to start: no standard output, and an error message without a chain of causes.
    #[track_caller]
    pub fn assert_refused(&self, code: i32) {
        self.assert_exit_code(code);
        assert!(self.out.is_empty(), "{}", self.out);
        assert!(self.err.starts_with("error: ") && !self.err.contains("Caused by"), "{}", self.err);
        assert!(
            self.err.lines().all(|line| line.trim_end() == line || line.contains('|')),
            "spaces at the end of {:?}",
            self.err
        );
    }

    /// Like [`Self::assert_refused`], and the error message is one line that contains a text.
    #[track_caller]
    pub fn assert_refused_with(&self, code: i32, expected: &str) {
        self.assert_refused(code);
        assert_eq!(self.err.trim_end().lines().count(), 1, "{}", self.err);
        assert!(self.err.contains(expected), "no {expected:?} in {}", self.err);
    }
}

pub fn read(path: impl AsRef<Path>) -> String {
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.as_ref().display()))
}

/// A JSON file, such as a report.
pub fn read_json(path: impl AsRef<Path>) -> Value {
    serde_json::from_str(&read(path)).expect("JSON")
}

/// The server of the parcel pack, stopped on drop.
pub struct ParcelServer {
    pub url: String,
    _runtime: tokio::runtime::Runtime,
}

impl ParcelServer {
    pub fn start(mutant: Option<&'static str>) -> Self {
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        let url = runtime.block_on(super::stub::start(mutant));
        Self { url, _runtime: runtime }
    }
}

/// The parcel pack, a server for it, and a folder with a target file. A test may change all of them.
pub struct ParcelRun {
    pub server: ParcelServer,
    pub folder: Folder,
    pub pack: Folder,
}

impl ParcelRun {
    pub fn with(mutant: Option<&'static str>) -> Self {
        let (server, pack) = (ParcelServer::start(mutant), Folder::with_pack(PARCEL));
        let bench = Self { server, folder: Folder::new(), pack };
        bench.target("");
        bench
    }

    /// Writes the target file: the URL, and `more`.
    pub fn target(&self, more: &str) {
        self.folder.write("target.yaml", format!("url: {}\n{more}", self.server.url));
    }

    pub fn path(&self, name: &str) -> String {
        format!("{}/{name}", self.folder.path())
    }

    /// An invocation of `conformance run`.
    pub fn program(&self, arguments: &[&str]) -> Program {
        parcel_program(&self.pack, &self.path("target.yaml"), arguments)
    }

    pub fn run(&self, arguments: &[&str]) -> ProgramOutput {
        self.program(arguments).output()
    }

    /// The JSON report of a run.
    pub fn report(&self, name: &str, arguments: &[&str]) -> Value {
        let path = self.path(name);
        let output = self.run(&[arguments, &["--report", &format!("json={path}")]].concat());
        assert!(matches!(output.code, 0 | 1), "{}{}", output.out, output.err);
        read_json(path)
    }
}

/// A run of the parcel pack with the credentials of all actors but one: `hurried` is rate limited, which would slow the
/// run.
pub fn parcel_program(pack: &Folder, target: &str, arguments: &[&str]) -> Program {
    let program = Program::new(&[&["run", "--pack", &pack.path(), "--target", target], arguments].concat());
    let credentials = super::stub::CREDENTIALS.iter().filter(|(actor, _)| *actor != "hurried");
    credentials.fold(program, |program, (actor, credential)| program.env(&variable(actor), credential))
}

/// A running `conformance serve`, killed on drop.
pub struct ReferenceServer {
    pub url: String,
    exports: Vec<(String, String)>,
    child: Child,
}

impl ReferenceServer {
    pub fn start(mutants: &[&str]) -> Self {
        let arguments: Vec<&str> = ["serve", "--listen", "127.0.0.1:0"]
            .into_iter()
            .chain(mutants.iter().flat_map(|mutant| ["--mutant", mutant]))
            .collect();
        let mut command = Program::new(&arguments).0;
        let mut child = command.stdout(Stdio::piped()).spawn().expect("the program starts");
        let mut exports = Vec::new();
        for line in BufReader::new(child.stdout.take().expect("a pipe")).lines() {
            let line = line.expect("a line");
            let Some((name, value)) = line.strip_prefix("export ").and_then(|rest| rest.split_once('=')) else {
                continue;
            };
            exports.push((name.to_owned(), value.trim_matches('\'').to_owned()));
            if name == "CONFORMANCE_TARGET_URL" {
                break;
            }
        }
        let url = exports.last().map(|(_, url)| url.clone()).expect("a URL");
        Self { url, exports, child }
    }

    /// An invocation of the program with the variables that `serve` printed.
    pub fn program(&self, arguments: &[&str]) -> Program {
        self.exports.iter().fold(Program::new(arguments), |program, (name, value)| program.env(name, value))
    }

    /// The value of a variable that `serve` printed.
    pub fn credential(&self, name: &str) -> String {
        self.exports.iter().find(|(export, _)| export == name).map(|(_, value)| value.clone()).expect("a credential")
    }

    /// Runs a shell script with the variables that `serve` printed.
    pub fn script(&self, text: &str) -> ProgramOutput {
        let folder = Folder::new();
        let path = folder.write("script.sh", text);
        let exports = self.exports.iter().map(|(name, value)| (name, value));
        ProgramOutput::of(Command::new("sh").arg(path).envs(exports))
    }

    /// The standard output of a shell command with the variables that `serve` printed.
    pub fn shell(&self, line: &str) -> String {
        let exports = self.exports.iter().map(|(name, value)| (name, value));
        let output = Command::new("bash").args(["-c", line]).envs(exports).output().expect("bash");
        String::from_utf8_lossy(&output.stdout).into_owned()
    }
}

impl Drop for ReferenceServer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A server that responds to each request with the bytes that a function returns, and closes the connection.
pub struct CannedServer {
    pub url: String,
    count: Arc<AtomicUsize>,
}

/// A request to a [`CannedServer`].
pub struct Received {
    pub method: String,
    pub path: String,
    head: String,
    pub body: String,
    /// The number of earlier requests.
    pub number: usize,
}

impl CannedServer {
    /// If the function returns no bytes, the connection is closed at once.
    pub fn start(response: impl Fn(&Received) -> Vec<u8> + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let count = Arc::new(AtomicUsize::new(0));
        let (counter, response) = (count.clone(), Arc::new(response));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (counter, response) = (counter.clone(), response.clone());
                std::thread::spawn(move || serve_canned(stream, &counter, &*response));
            }
        });
        Self { url, count }
    }

    /// The number of requests so far.
    pub fn requests(&self) -> usize {
        self.count.load(Ordering::SeqCst)
    }
}

impl Received {
    /// The value of a header field; an empty text without it.
    pub fn header(&self, name: &str) -> &str {
        let mut fields = self.head.lines().filter_map(|line| line.split_once(':'));
        fields.find(|(field, _)| field.eq_ignore_ascii_case(name)).map_or("", |(_, value)| value.trim())
    }

    /// The credential of the request, without its scheme.
    pub fn credential(&self) -> &str {
        let fields = ["x-api-key", "authorization", "x-gateway"].map(|name| self.header(name));
        let field = fields.into_iter().find(|value| !value.is_empty()).unwrap_or_default();
        field.trim_start_matches("Bearer ").trim_start_matches("bearer ")
    }
}

fn serve_canned(mut stream: TcpStream, count: &AtomicUsize, response: &dyn Fn(&Received) -> Vec<u8>) -> Option<()> {
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        reader.read_line(&mut head).ok().filter(|read| *read > 0)?;
    }
    let mut words = head.split(' ').map(str::to_owned);
    let (method, path) = (words.next()?, words.next()?);
    let mut request =
        Received { method, path, head, body: String::new(), number: count.fetch_add(1, Ordering::SeqCst) };
    let mut body = Vec::new();
    reader.take(request.header("content-length").parse().unwrap_or(0)).read_to_end(&mut body).ok()?;
    request.body = String::from_utf8_lossy(&body).into_owned();
    stream.write_all(&response(&request)).ok()
}

/// A response that closes the connection.
pub fn http(status: &str, media_type: &str, body: &str) -> Vec<u8> {
    http_with(status, &format!("Content-Type: {media_type}\r\n"), body)
}

/// The same with other header fields.
pub fn http_with(status: &str, headers: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!("HTTP/1.1 {status}\r\n{headers}Content-Length: {length}\r\nConnection: close\r\n\r\n{body}").into_bytes()
}

/// A response with a JSON body.
pub fn json_response(status: &str, body: &str) -> Vec<u8> {
    http(status, "application/json", body)
}

/// A server that refuses every request with an error that contains the credential of the request in several encodings.
/// Puts `filler` letters before the credential.
pub fn echo_server(filler: usize) -> CannedServer {
    CannedServer::start(move |request| {
        let (secret, before) = (request.credential(), "A".repeat(filler));
        let body = serde_json::json!({
            "error": {
                "code": format!("{before}{secret}"),
                "message": format!("no {secret}, {}, {before}{secret}", STANDARD.encode(secret)),
                "details": STANDARD.encode(format!("a{secret}")) + &STANDARD.encode(format!("ab{secret}")),
                "field": encoded(secret),
                "hex": hex::encode(secret.as_bytes()),
            }
        });
        let echoed = format!("X-Echo: {before}{secret} {}\r\n", encoded(secret));
        let headers = format!("Content-Type: text/{before}{secret}\r\n{echoed}");
        http_with(&format!("418 I'm {secret}"), &headers, &body.to_string())
    })
}

//! Starts the program, and servers for it to talk to.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::Ordering;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

pub use super::program::{Folder, binary, folder, root};

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
        let output = self.0.output().expect("the program starts");
        ProgramOutput {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

impl ProgramOutput {
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

/// Writes a file below a folder and returns its path.
pub fn write(folder: &Folder, name: &str, text: &str) -> String {
    let path = folder.join(name);
    std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    std::fs::write(&path, text).expect("a file");
    path.display().to_string()
}

pub fn read(path: impl AsRef<Path>) -> String {
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.as_ref().display()))
}

/// A copy of the parcel pack that a test may change.
pub fn parcel_pack() -> Folder {
    let copy = folder();
    for part in ["schemas", "scenarios"] {
        let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("../packs/parcel").join(part);
        for entry in std::fs::read_dir(from).expect("a folder").flatten() {
            let text = std::fs::read_to_string(entry.path()).expect("a text");
            write(&copy, &format!("{part}/{}", entry.file_name().to_string_lossy()), &text);
        }
    }
    copy
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
        let folder = folder();
        let path = write(&folder, "script.sh", text);
        let exports = self.exports.iter().map(|(name, value)| (name, value));
        let output = Command::new("sh").arg(path).envs(exports).output().expect("sh");
        ProgramOutput {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
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

/// A server that responds to each request with the result of a function, and counts the requests.
pub struct CannedServer {
    pub url: String,
    count: std::sync::Arc<std::sync::atomic::AtomicUsize>,
}

impl CannedServer {
    /// The function gets the head and the body of a request and returns all bytes of the response. If it returns none,
    /// the server keeps the connection open and sends nothing.
    pub fn start(response: impl Fn(&str, &str) -> Vec<u8> + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let count = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
        let (counter, response) = (count.clone(), std::sync::Arc::new(response));
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

fn serve_canned(
    mut stream: TcpStream,
    count: &std::sync::atomic::AtomicUsize,
    response: &dyn Fn(&str, &str) -> Vec<u8>,
) -> Option<()> {
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    let (mut head, mut length) = (String::new(), 0);
    while !head.ends_with("\r\n\r\n") {
        reader.read_line(&mut head).ok().filter(|read| *read > 0)?;
    }
    for line in head.lines() {
        match line.split_once(':') {
            Some((name, value)) if name.eq_ignore_ascii_case("content-length") => length = value.trim().parse().ok()?,
            _ => {}
        }
    }
    let mut body = Vec::new();
    reader.take(length).read_to_end(&mut body).ok()?;
    count.fetch_add(1, Ordering::SeqCst);
    let bytes = response(&head, &String::from_utf8_lossy(&body));
    if bytes.is_empty() {
        std::thread::sleep(std::time::Duration::from_secs(60));
    }
    stream.write_all(&bytes).ok()
}

/// A response with a JSON body; it closes the connection.
pub fn json_response(status: &str, headers: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!(
        "HTTP/1.1 {status}\r\nContent-Type: application/json\r\n{headers}Content-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    )
    .into_bytes()
}

/// A server that refuses every request with an error that contains the credential of the request in several encodings.
pub struct EchoServer {
    pub url: String,
}

impl EchoServer {
    pub fn start() -> Self {
        Self::start_with(0)
    }

    /// Puts `filler` letters before the credential.
    pub fn start_with(filler: usize) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                std::thread::spawn(move || serve_echo(stream, filler));
            }
        });
        Self { url }
    }
}

fn serve_echo(mut stream: TcpStream, filler: usize) -> Option<()> {
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    let (mut secret, mut length) = (String::new(), 0);
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok().filter(|read| *read > 0)?;
        let Some((name, value)) = line.trim_end().split_once(':') else {
            if line.trim_end().is_empty() {
                break;
            }
            continue;
        };
        match name.to_lowercase().as_str() {
            "x-api-key" | "x-gateway" | "authorization" => secret = value.trim().to_owned(),
            "content-length" => length = value.trim().parse().ok()?,
            _ => {}
        }
    }
    reader.take(length).read_to_end(&mut Vec::new()).ok()?;
    let before = "A".repeat(filler);
    let body = serde_json::json!({
        "error": {
            "code": format!("{before}{secret}"),
            "message": format!("no {secret}, {}, {before}{secret}", STANDARD.encode(&secret)),
            "details": STANDARD.encode(format!("a{secret}")) + &STANDARD.encode(format!("ab{secret}")),
            "field": percent_encoded(&secret),
            "hex": hex::encode(secret.as_bytes()),
        }
    })
    .to_string();
    let encoded = percent_encoded(&secret);
    write!(
        stream,
        "HTTP/1.1 418 I'm {secret}\r\nContent-Type: text/{before}{secret}\r\nX-Echo: {before}{secret} {encoded}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )
    .ok()
}

/// Percent-encoding by RFC 3986: unreserved characters stay as they are.
pub fn percent_encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
            other => format!("%{other:02X}"),
        })
        .collect()
}

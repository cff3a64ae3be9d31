//! Starting the program, and servers for it to talk to.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::SystemTime;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// A call of the program, with an environment of its own.
pub struct Program(Command);

/// What the program said and how it ended.
pub struct Said {
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

    /// A script in the environment of a call without credentials.
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
    pub fn run(arguments: &[&str]) -> Said {
        Self::new(&[&["run"], arguments].concat()).go()
    }

    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.0.env(name, value);
        self
    }

    pub fn go(mut self) -> Said {
        let output = self.0.output().expect("the program starts");
        Said {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

impl Said {
    #[track_caller]
    pub fn ended(&self, code: i32) {
        assert_eq!(self.code, code, "stdout:\n{}\nstderr:\n{}", self.out, self.err);
        assert!(!self.err.contains("panicked"), "{}", self.err);
    }

    /// It did not even begin, and said why without a chain of causes.
    #[track_caller]
    pub fn refused(&self, code: i32) {
        self.ended(code);
        assert!(self.out.is_empty(), "{}", self.out);
        assert!(self.err.starts_with("error: ") && !self.err.contains("Caused by"), "{}", self.err);
        assert!(
            self.err.lines().all(|line| line.trim_end() == line || line.contains('|')),
            "spaces at the end of {:?}",
            self.err
        );
    }

    #[track_caller]
    pub fn refused_in_a_line(&self, code: i32, wanted: &str) {
        self.refused(code);
        assert_eq!(self.err.trim_end().lines().count(), 1, "{}", self.err);
        assert!(self.err.contains(wanted), "no {wanted:?} in {}", self.err);
    }
}

/// The program, built beside this test; built anew where a source is younger.
pub fn binary() -> &'static Path {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| {
        let test = std::env::current_exe().expect("this test has a path");
        let profile = test.parent().and_then(Path::parent).expect("target/PROFILE/deps");
        let binary = profile.join(format!("conformance{}", std::env::consts::EXE_SUFFIX));
        let built = std::fs::metadata(&binary).and_then(|about| about.modified()).ok();
        if built.is_none_or(|built| built < youngest(&root().join("harness"))) {
            build(profile);
        }
        binary
    })
}

fn build(profile: &Path) {
    let name = profile.file_name().and_then(|name| name.to_str()).unwrap_or("debug");
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let status = Command::new(cargo)
        .args(["build", "--quiet", "--package", "conformance", "--bin", "conformance"])
        .args(["--profile", if name == "debug" { "dev" } else { name }])
        .arg("--target-dir")
        .arg(profile.parent().expect("target/PROFILE"))
        .current_dir(root())
        .status()
        .expect("cargo starts");
    assert!(status.success(), "the program does not build");
}

/// When the last of the sources below a folder was written, tests left out.
fn youngest(folder: &Path) -> SystemTime {
    let mut last = SystemTime::UNIX_EPOCH;
    for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        let source = path.extension().is_some_and(|ending| ending == "rs" || ending == "toml");
        if path.is_dir() && !path.ends_with("tests") {
            last = last.max(youngest(&path));
        } else if let (true, Ok(written)) = (source, entry.metadata().and_then(|about| about.modified())) {
            last = last.max(written);
        }
    }
    last
}

pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// A folder that goes with the test.
pub struct Folder(PathBuf);

impl Folder {
    pub fn path(&self) -> String {
        self.0.display().to_string()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

pub fn folder() -> Folder {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let name = format!("conformance-cli-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
    let path = std::env::temp_dir().join(name);
    std::fs::create_dir_all(&path).expect("a folder");
    Folder(path)
}

/// Writes a file below a folder and returns its path.
pub fn write(folder: &Folder, name: &str, text: &str) -> String {
    let path = folder.0.join(name);
    std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    std::fs::write(&path, text).expect("a file");
    path.display().to_string()
}

/// A copy of the parcel pack, to be spoilt.
pub fn parcel_pack() -> Folder {
    let copy = folder();
    for part in ["schemas", "scenarios"] {
        let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/packs/parcel").join(part);
        for entry in std::fs::read_dir(from).expect("a folder").flatten() {
            let text = std::fs::read_to_string(entry.path()).expect("a text");
            write(&copy, &format!("{part}/{}", entry.file_name().to_string_lossy()), &text);
        }
    }
    copy
}

/// A parcel desk that closes when this is dropped.
pub struct Desk {
    pub url: String,
    _runtime: tokio::runtime::Runtime,
}

impl Desk {
    pub fn open(mutant: Option<&'static str>) -> Self {
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        let url = runtime.block_on(super::stub::open(mutant));
        Self { url, _runtime: runtime }
    }
}

/// `conformance serve`, ended when this is dropped.
pub struct Served {
    pub url: String,
    exports: Vec<(String, String)>,
    child: Child,
}

impl Served {
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

    /// A call of the program in the environment that was printed.
    pub fn program(&self, arguments: &[&str]) -> Program {
        self.exports.iter().fold(Program::new(arguments), |program, (name, value)| program.env(name, value))
    }

    /// The value of a variable that was printed.
    pub fn credential(&self, name: &str) -> String {
        self.exports.iter().find(|(export, _)| export == name).map(|(_, value)| value.clone()).expect("a credential")
    }

    /// How a script of shell ends in the environment that was printed, and what it says.
    pub fn script(&self, text: &str) -> Said {
        let folder = folder();
        let path = write(&folder, "script.sh", text);
        let exports = self.exports.iter().map(|(name, value)| (name, value));
        let output = Command::new("sh").arg(path).envs(exports).output().expect("sh");
        Said {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// What a line of shell says in the environment that was printed.
    pub fn shell(&self, line: &str) -> String {
        let exports = self.exports.iter().map(|(name, value)| (name, value));
        let output = Command::new("bash").args(["-c", line]).envs(exports).output().expect("bash");
        String::from_utf8_lossy(&output.stdout).into_owned()
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A server that answers each request as a function says, and counts them.
pub struct Canned {
    pub url: String,
    count: std::sync::Arc<std::sync::atomic::AtomicUsize>,
}

impl Canned {
    /// The function is given the head and the body of a request, and gives all bytes of the answer; none keeps the
    /// connection open in silence.
    pub fn start(answer: impl Fn(&str, &str) -> Vec<u8> + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let count = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
        let (counter, answer) = (count.clone(), std::sync::Arc::new(answer));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (counter, answer) = (counter.clone(), answer.clone());
                std::thread::spawn(move || canned(stream, &counter, &*answer));
            }
        });
        Self { url, count }
    }

    /// How many requests have come.
    pub fn requests(&self) -> usize {
        self.count.load(Ordering::SeqCst)
    }
}

fn canned(
    mut stream: TcpStream,
    count: &std::sync::atomic::AtomicUsize,
    answer: &dyn Fn(&str, &str) -> Vec<u8>,
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
    let bytes = answer(&head, &String::from_utf8_lossy(&body));
    if bytes.is_empty() {
        std::thread::sleep(std::time::Duration::from_secs(60));
    }
    stream.write_all(&bytes).ok()
}

/// An answer with a JSON body, which closes the connection.
pub fn json_answer(status: &str, headers: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!(
        "HTTP/1.1 {status}\r\nContent-Type: application/json\r\n{headers}Content-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    )
    .into_bytes()
}

/// A server that refuses everything with an error that quotes the request's credentials in many ways.
pub struct Echo {
    pub url: String,
}

impl Echo {
    pub fn start() -> Self {
        Self::start_with(0)
    }

    /// So many letters stand before the quotation.
    pub fn start_with(filler: usize) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                std::thread::spawn(move || echo(stream, filler));
            }
        });
        Self { url }
    }
}

fn echo(mut stream: TcpStream, filler: usize) -> Option<()> {
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
            "hex": harness::contract::hex(secret.as_bytes()),
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

/// Percent-encoding as RFC 3986 wants it: unreserved characters stand for themselves.
pub fn percent_encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
            other => format!("%{other:02X}"),
        })
        .collect()
}

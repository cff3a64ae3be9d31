//! The packs that are changed, each in a folder of its own.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use cli::run::load;
use init::{Sources, generate, write};
use judge::target::TargetFile;
use spec::contract::Contract;
use spec::source::{Problem, Problems};

/// What is changed and loaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// The parcel pack: its files are changed.
    Parcel,
    /// A description for `init`: a pack is made from the changed description, and must load.
    Init,
    /// A target file for the parcel pack.
    Target,
}

const TARGET: &str = "\
url: https://parcel.example/v1
rate: 20
actors:
  clerk: CLERK_SESSION
  hurried: HURRIED_PASS
lacks: { drills: the header is removed by a proxy }
deviations:
  - clause: BODY-1
    reason: The gateway responds itself.
    ticket: DESK-12
    expires: 2030-01-01
";

/// A folder with a pack, deleted on drop.
pub struct Folder {
    subject: Subject,
    path: PathBuf,
    names: Vec<String>,
}

impl Folder {
    pub fn of(subject: Subject) -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("conformance-loader-{subject:?}-{}-{number}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut names = Vec::new();
        copy(&here.join("../packs/parcel"), &path, "", &mut names);
        let own = match subject {
            Subject::Parcel => names,
            Subject::Init => ["books.json", "shop.yaml", "notes-fastapi.json"].map(str::to_owned).into(),
            Subject::Target => vec!["target.yaml".to_owned()],
        };
        if subject == Subject::Init {
            for name in &own {
                fs::copy(here.join("tests/init").join(name), path.join(name)).expect("a file");
            }
        }
        let folder = Self { subject, path, names: own };
        if subject == Subject::Target {
            folder.write("target.yaml", TARGET.as_bytes());
            assert!(folder.load().is_ok(), "the target file is valid");
        }
        folder
    }

    /// The files that may be changed.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path.join(name)).expect("a file")
    }

    pub fn write(&self, name: &str, text: &[u8]) {
        fs::write(self.path.join(name), text).expect("a writable file");
    }

    /// Loads what was changed. A refusal of `init` has no places.
    pub fn load(&self) -> Result<(), Problems> {
        match self.subject {
            Subject::Parcel => load(&self.path).map(|_| ()),
            Subject::Target => {
                let contract = Contract::load(&self.path)?;
                let file = TargetFile::load(&self.path.join("target.yaml"), &contract);
                file.map(|_| ())
            }
            Subject::Init => {
                self.names.iter().for_each(|name| self.initialise(name));
                Ok(())
            }
        }
    }

    fn initialise(&self, name: &str) {
        let sources = Sources {
            openapi: self.path.join(name),
            page: None,
            problem_json: false,
            name: None,
            auth: None,
            url: None,
        };
        let Ok(pack) = generate(&sources, &[]) else { return };
        let made = self.path.join("made");
        let _ = fs::remove_dir_all(&made);
        write(&made, &pack.files).expect("a writable folder");
        if let Err(problems) = cli::run::load_draft(&made) {
            let shown: Vec<String> = problems.0.iter().take(3).map(Problem::one_line).collect();
            panic!("init wrote a pack that does not load: {}", shown.join("; "));
        }
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.path);
    }
}

fn copy(from: &Path, to: &Path, below: &str, names: &mut Vec<String>) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder").flatten() {
        let name = entry.file_name().into_string().expect("a name in Unicode");
        let path = if below.is_empty() { name.clone() } else { format!("{below}/{name}") };
        if entry.path().is_dir() {
            copy(&entry.path(), &to.join(&name), &path, names);
        } else if !name.ends_with(".rs") {
            fs::copy(entry.path(), to.join(&name)).expect("a file");
            names.push(path);
        }
    }
    names.sort();
}

/// What is wrong with the place or the message of a problem in the changed file.
pub fn misplaced(problem: &Problem, changed: &str, text: &str) -> Option<String> {
    let shown = problem.rendered();
    if problem.message.trim().is_empty() || shown.trim().is_empty() {
        return Some(format!("a problem without a message: {problem:?}"));
    }
    let place = problem.place.filter(|_| problem.file == changed)?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    // A parser may also end a line at a carriage return alone.
    let lines = text.split('\n').count() + text.matches('\r').count();
    let longest = text.split('\n').map(|line| line.chars().count()).max().unwrap_or_default();
    let exists = (1..=lines + 1).contains(&place.line) && (1..=longest + 2).contains(&place.column);
    (!exists).then(|| format!("no such place: {}", problem.one_line()))
}

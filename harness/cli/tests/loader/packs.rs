//! The packs that are changed, each in a folder of its own.

use std::fs;

use cli::run::load;
use init::{Sources, generate, write};
use judge::target::TargetFile;
use spec::contract::Contract;
use spec::source::{Problem, Problems};

use crate::shared::{Folder, PARCEL, path};

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

/// A folder with a pack, and the files in it that may be changed.
pub struct Changeable {
    subject: Subject,
    folder: Folder,
    names: Vec<String>,
}

impl Changeable {
    pub fn of(subject: Subject) -> Self {
        let folder = Folder::with_pack(PARCEL);
        let names = match subject {
            Subject::Parcel => ["schemas", "scenarios"].into_iter().flat_map(|part| files(&folder, part)).collect(),
            Subject::Init => ["books.json", "shop.yaml", "notes-fastapi.json"].map(str::to_owned).into(),
            Subject::Target => vec!["target.yaml".to_owned()],
        };
        if subject == Subject::Init {
            for name in &names {
                folder.write(name, fs::read(path("tests/init").join(name)).expect("a file"));
            }
        }
        let changeable = Self { subject, folder, names };
        if subject == Subject::Target {
            changeable.write("target.yaml", TARGET.as_bytes());
            assert!(changeable.load().is_ok(), "the target file is valid");
        }
        changeable
    }

    /// The files that may be changed.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    pub fn read(&self, name: &str) -> String {
        self.folder.read(name)
    }

    pub fn write(&self, name: &str, text: &[u8]) {
        self.folder.write(name, text);
    }

    /// Loads what was changed. A refusal of `init` has no places.
    pub fn load(&self) -> Result<(), Problems> {
        match self.subject {
            Subject::Parcel => load(&self.folder).map(|_| ()),
            Subject::Target => {
                let contract = Contract::load(&self.folder)?;
                let file = TargetFile::load(&self.folder.join("target.yaml"), &contract);
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
            openapi: self.folder.join(name),
            page: None,
            problem_json: false,
            name: None,
            auth: None,
            url: None,
        };
        let Ok(pack) = generate(&sources, &[]) else { return };
        let made = self.folder.join("made");
        let _ = fs::remove_dir_all(&made);
        write(&made, &pack.files).expect("a writable folder");
        if let Err(problems) = cli::run::load_draft(&made) {
            let shown: Vec<String> = problems.0.iter().take(3).map(Problem::one_line).collect();
            panic!("init wrote a pack that does not load: {}", shown.join("; "));
        }
    }
}

/// The files in a folder of a pack, in order.
fn files(folder: &Folder, part: &str) -> Vec<String> {
    let entries = fs::read_dir(folder.join(part)).expect("a folder").flatten();
    let name = |entry: fs::DirEntry| format!("{part}/{}", entry.file_name().to_string_lossy());
    let mut names: Vec<String> = entries.map(name).collect();
    names.sort();
    names
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

//! Where a report goes, and whether it can: found out before the first request, and written without surprises.
//!
//! A regular file is written under another name first and then renamed, so that nobody ever reads half of it; where a
//! folder does not allow that, it is written in place. What is no regular file (a device, a FIFO) is never replaced: it is
//! opened and written to. A symbolic link is followed.

use std::fs::{File, Metadata, OpenOptions};
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

/// What a path stands for.
#[derive(Debug)]
pub enum Destination {
    /// Standard output.
    Stdout,
    /// Standard error.
    Stderr,
    /// A regular file, or one that is yet to be made, with all links followed.
    File(PathBuf),
    /// What is written to, but never replaced; it is open, so that a reader at the other end does not leave.
    Device(Mutex<File>),
}

/// How many links are followed at most.
const MOST_LINKS: usize = 40;

impl Destination {
    /// Finds out what the path stands for, makes missing folders, and refuses what cannot be written.
    pub fn of(path: &Path) -> Result<Self, String> {
        let failed = |why: &dyn std::fmt::Display| format!("{}: {why}", path.display());
        if let Some(own) = own_stream(path) {
            return Ok(own);
        }
        match std::fs::metadata(path) {
            Ok(about) if about.is_dir() => Err(failed(&"this is a directory; name a file in it")),
            Ok(about) if about.is_file() => {
                let file = std::fs::canonicalize(path).map_err(|error| failed(&error))?;
                writable(&file).map_err(|error| failed(&error))?;
                Ok(Self::File(file))
            }
            Ok(about) => {
                open_device(path, &about).map(|file| Self::Device(Mutex::new(file))).map_err(|why| failed(&why))
            }
            Err(error) if error.kind() == ErrorKind::NotFound => {
                let file = followed(path).map_err(|error| failed(&error))?;
                make_folder(&file).and_then(|()| writable(&file)).map_err(|error| failed(&error))?;
                Ok(Self::File(file))
            }
            Err(error) => Err(failed(&error)),
        }
    }

    /// Writes all of a text. A reader that has left, such as `head`, is no failure.
    pub fn write(&self, text: &str) -> std::io::Result<()> {
        let outcome = match self {
            Self::Stdout => {
                crate::output::raw_out(text);
                Ok(())
            }
            Self::Stderr => {
                crate::output::raw_err(text);
                Ok(())
            }
            Self::File(path) => write_file(path, text),
            Self::Device(file) => {
                file.lock().unwrap_or_else(std::sync::PoisonError::into_inner).write_all(text.as_bytes())
            }
        };
        outcome.or_else(|error| if error.kind() == ErrorKind::BrokenPipe { Ok(()) } else { Err(error) })
    }

    /// The file that is written, where it is one.
    pub fn file(&self) -> Option<&Path> {
        match self {
            Self::File(path) => Some(path),
            _ => None,
        }
    }
}

/// Refuses a folder in which no file can be made; one that is not there yet is made when something is written.
pub fn check_folder(folder: &Path) -> Result<(), String> {
    let failed = |why: &dyn std::fmt::Display| format!("{}: {why}", folder.display());
    let here = Path::new(".");
    let there = folder.ancestors().find(|path| path.exists()).unwrap_or(here);
    if !there.is_dir() {
        return Err(failed(&format!("{} is not a directory", there.display())));
    }
    writable(&there.join(".conformance")).map_err(|error| failed(&error))
}

/// Writes a text to whatever stands at the path.
pub fn write_whole(path: &Path, text: &str) -> std::io::Result<()> {
    Destination::of(path).map_err(std::io::Error::other)?.write(text)
}

/// True where a path is our own standard output.
pub(super) fn is_stdout(path: &Path) -> bool {
    matches!(own_stream(path), Some(Destination::Stdout))
}

/// Our own standard output or standard error, by whatever name. A file or a pipe that a shell has put there would
/// otherwise be opened once more, and written over from its beginning.
fn own_stream(path: &Path) -> Option<Destination> {
    if path == Path::new("-") || path == Path::new("/dev/stdout") {
        return Some(Destination::Stdout);
    }
    if path == Path::new("/dev/stderr") {
        return Some(Destination::Stderr);
    }
    let about = std::fs::metadata(path).ok()?;
    [("/dev/stdout", Destination::Stdout), ("/dev/stderr", Destination::Stderr)]
        .into_iter()
        .find(|(stream, _)| std::fs::metadata(stream).is_ok_and(|other| is_same(&about, &other)))
        .map(|(_, own)| own)
}

/// Devices such as `/dev/null` are the same for everybody, and so are nobody's stream.
#[cfg(unix)]
fn is_same(one: &Metadata, other: &Metadata) -> bool {
    use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _};
    let shared = one.file_type().is_char_device() || one.file_type().is_block_device();
    !shared && (one.dev(), one.ino()) == (other.dev(), other.ino())
}

#[cfg(not(unix))]
fn is_same(_: &Metadata, _: &Metadata) -> bool {
    false
}

#[cfg(unix)]
fn open_device(path: &Path, about: &Metadata) -> Result<File, String> {
    use std::os::unix::fs::{FileTypeExt as _, OpenOptionsExt as _};
    let kind = about.file_type();
    if kind.is_fifo() {
        // Whoever opens a FIFO without a reader waits for one, perhaps for ever.
        let nonblocking = OpenOptions::new().write(true).custom_flags(libc::O_NONBLOCK).open(path);
        let _reader_is_there = nonblocking.map_err(|_| "nobody reads from this FIFO: start its reader first")?;
        return OpenOptions::new().write(true).open(path).map_err(|error| error.to_string());
    }
    if !kind.is_char_device() {
        return Err("this is no file, FIFO or character device: it is not written to".to_owned());
    }
    OpenOptions::new().write(true).open(path).map_err(|error| error.to_string())
}

#[cfg(not(unix))]
fn open_device(path: &Path, _: &Metadata) -> Result<File, String> {
    OpenOptions::new().write(true).open(path).map_err(|error| error.to_string())
}

/// Where a link leads that leads to nothing yet; any other path as it is.
fn followed(path: &Path) -> std::io::Result<PathBuf> {
    let mut path = path.to_path_buf();
    for _ in 0..MOST_LINKS {
        let Ok(next) = std::fs::read_link(&path) else { return Ok(path) };
        path = path.parent().unwrap_or(Path::new("")).join(next);
    }
    Err(std::io::Error::other("too many symbolic links"))
}

fn make_folder(file: &Path) -> std::io::Result<()> {
    match file.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        Some(folder) => std::fs::create_dir_all(folder),
        None => Ok(()),
    }
}

/// Tries, without changing anything, whether a file can be written: beside itself or in place.
fn writable(path: &Path) -> std::io::Result<()> {
    let beside = beside(path);
    match OpenOptions::new().write(true).create_new(true).open(&beside) {
        Ok(_) => std::fs::remove_file(&beside),
        Err(_) if path.is_file() => OpenOptions::new().write(true).open(path).map(drop),
        Err(error) => Err(error),
    }
}

fn write_file(path: &Path, text: &str) -> std::io::Result<()> {
    make_folder(path)?;
    let beside = beside(path);
    let renamed = std::fs::write(&beside, text).and_then(|()| {
        if let Ok(about) = std::fs::metadata(path) {
            std::fs::set_permissions(&beside, about.permissions())?;
        }
        std::fs::rename(&beside, path)
    });
    renamed.or_else(|_| {
        let _ = std::fs::remove_file(&beside);
        // A file that is mounted by itself cannot be renamed over, nor one whose folder is read-only.
        std::fs::write(path, text)
    })
}

fn beside(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{}.part", std::process::id()));
    name.into()
}

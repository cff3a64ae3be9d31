//! The destination of a report: checked before the first request, written at the end of the run.
//!
//! A regular file is written under a temporary name and then renamed, so that no reader sees half of it. If the folder
//! does not allow that, the file is written in place. A device or a FIFO is opened and written to, never replaced. A
//! symbolic link is followed.

use std::fs::{File, Metadata, OpenOptions};
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use parking_lot::Mutex;

/// The kind of file that a path names.
#[derive(Debug)]
pub enum Destination {
    Stdout,
    Stderr,
    /// A regular file, existing or new, with all links followed.
    File(PathBuf),
    /// A device or FIFO: written to, never replaced. It is kept open so that a reader at the other end stays connected.
    Device(Mutex<File>),
}

/// The most symbolic links that are followed.
const MAX_LINKS: usize = 40;

impl Destination {
    /// Determines the kind of file, creates missing folders, and refuses a path that cannot be written.
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
                Ok(Self::File(absolute(file).map_err(|error| failed(&error))?))
            }
            Err(error) => Err(failed(&error)),
        }
    }

    /// Writes the whole text. A closed pipe, such as that of `head`, is not an error.
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
            Self::Device(file) => file.lock().write_all(text.as_bytes()),
        };
        outcome.or_else(|error| if error.kind() == ErrorKind::BrokenPipe { Ok(()) } else { Err(error) })
    }

    /// The path, if this is a regular file.
    pub fn file(&self) -> Option<&Path> {
        match self {
            Self::File(path) => Some(path),
            _ => None,
        }
    }
}

/// Refuses a folder in which no file can be created. A missing folder is created when the first file is written.
pub fn check_folder(folder: &Path) -> Result<(), String> {
    let failed = |why: &dyn std::fmt::Display| format!("{}: {why}", folder.display());
    let here = Path::new(".");
    let existing = folder.ancestors().find(|path| path.exists()).unwrap_or(here);
    if !existing.is_dir() {
        return Err(failed(&format!("{} is not a directory", existing.display())));
    }
    writable(&existing.join(".conformance")).map_err(|error| failed(&error))
}

/// Writes a text to a path: a file, a device, a FIFO or a standard stream.
pub fn write_whole(path: &Path, text: &str) -> std::io::Result<()> {
    Destination::of(path).map_err(std::io::Error::other)?.write(text)
}

/// True if the path is the standard output of this process.
pub(super) fn is_stdout(path: &Path) -> bool {
    matches!(own_stream(path), Some(Destination::Stdout))
}

/// Recognizes standard output and standard error of this process under any name. If a shell has redirected them to a
/// file, opening that file again would overwrite it from the beginning.
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

/// Devices such as `/dev/null` are shared by all processes, so they never identify a stream of this one.
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
        // Opening a FIFO without a reader blocks until there is one, so test for a reader first.
        let nonblocking = OpenOptions::new().write(true).custom_flags(libc::O_NONBLOCK).open(path);
        let _reader_is_there = nonblocking.map_err(|_| "this FIFO has no reader; start its reader first")?;
        return OpenOptions::new().write(true).open(path).map_err(|error| error.to_string());
    }
    if !kind.is_char_device() {
        return Err("expected a file, a FIFO or a character device".to_owned());
    }
    OpenOptions::new().write(true).open(path).map_err(|error| error.to_string())
}

#[cfg(not(unix))]
fn open_device(path: &Path, _: &Metadata) -> Result<File, String> {
    OpenOptions::new().write(true).open(path).map_err(|error| error.to_string())
}

/// Resolves a symbolic link whose target does not exist yet. Other paths are returned unchanged.
fn followed(path: &Path) -> std::io::Result<PathBuf> {
    let mut path = path.to_path_buf();
    for _ in 0..MAX_LINKS {
        let Ok(next) = std::fs::read_link(&path) else { return Ok(path) };
        path = path.parent().unwrap_or(Path::new("")).join(next);
    }
    Err(std::io::Error::other("too many symbolic links"))
}

/// The path of a new file through the real path of its folder, so that two names of one file are equal.
fn absolute(file: PathBuf) -> std::io::Result<PathBuf> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let folder = std::fs::canonicalize(folder)?;
    Ok(file.file_name().map_or(file.clone(), |name| folder.join(name)))
}

fn make_folder(file: &Path) -> std::io::Result<()> {
    match file.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        Some(folder) => std::fs::create_dir_all(folder),
        None => Ok(()),
    }
}

/// Checks without lasting changes that a file can be written: through a temporary file in its folder, or in place.
fn writable(path: &Path) -> std::io::Result<()> {
    let temporary = temporary(path);
    match OpenOptions::new().write(true).create_new(true).open(&temporary) {
        Ok(_) => std::fs::remove_file(&temporary),
        Err(_) if path.is_file() => OpenOptions::new().write(true).open(path).map(drop),
        Err(error) => Err(error),
    }
}

fn write_file(path: &Path, text: &str) -> std::io::Result<()> {
    make_folder(path)?;
    let temporary = temporary(path);
    let renamed = std::fs::write(&temporary, text).and_then(|()| {
        if let Ok(about) = std::fs::metadata(path) {
            std::fs::set_permissions(&temporary, about.permissions())?;
        }
        std::fs::rename(&temporary, path)
    });
    renamed.or_else(|_| {
        let _ = std::fs::remove_file(&temporary);
        // Renaming fails if the file itself is a mount point or its folder is read-only.
        std::fs::write(path, text)
    })
}

fn temporary(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{}.part", std::process::id()));
    name.into()
}

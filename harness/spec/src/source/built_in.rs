//! The pack that is part of the program. Its files are not on disk: a path below [`BUILT_IN`] names one of them, and
//! everything else treats it like a folder.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// The name, relative to the pack, and the text of each file.
pub type PackFiles = &'static [(&'static str, &'static str)];

/// The path that stands for the folder of the built-in pack.
pub const BUILT_IN: &str = "the built-in pack";

static FILES: OnceLock<PackFiles> = OnceLock::new();

/// Makes the files available. Only the first call has an effect.
pub fn set_built_in(files: PackFiles) {
    let _ = FILES.set(files);
}

/// The files; none in a program without a built-in pack.
pub fn built_in_files() -> PackFiles {
    FILES.get().copied().unwrap_or_default()
}

/// Whether a path is that of the built-in pack, or is below it.
pub fn is_built_in(path: &Path) -> bool {
    path.starts_with(BUILT_IN)
}

/// Whether there is a file, on disk or in the built-in pack.
pub fn exists(path: &Path) -> bool {
    text_at(path).is_some() || path.exists()
}

/// The text of a built-in file.
pub(super) fn text_at(path: &Path) -> Option<&'static str> {
    let name = path.strip_prefix(BUILT_IN).ok()?;
    built_in_files().iter().find(|(known, _)| Path::new(known) == name).map(|(_, text)| *text)
}

/// The built-in files below a folder: path, and name relative to the pack.
pub(super) fn below(folder: &Path) -> Vec<(PathBuf, String)> {
    let all = built_in_files().iter().map(|(name, _)| (Path::new(BUILT_IN).join(name), (*name).to_owned()));
    all.filter(|(path, _)| path.starts_with(folder)).collect()
}

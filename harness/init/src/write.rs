//! Writes a pack into a folder. The folder may already contain a pack: files that a person has changed are not
//! overwritten.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// The file with the digests of the generated files.
pub(super) const MANIFEST: &str = ".init.json";

/// The digests of the files that `init` has written, by their names.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Manifest {
    files: BTreeMap<String, String>,
}

/// The result of writing a pack.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct WrittenPack {
    /// The number of written files.
    pub written: usize,
    /// Files that were not overwritten, because a person has changed or written them. The new text is in `FILE.new`.
    pub kept: Vec<String>,
    /// Files of an earlier `init` that were deleted, because the new pack does not have them.
    pub removed: Vec<String>,
}

pub fn write(folder: &Path, files: &BTreeMap<String, String>) -> Result<WrittenPack, String> {
    let path = folder.join(MANIFEST);
    let mut manifest: Manifest = match fs::read_to_string(&path) {
        Ok(text) => serde_json::from_str(&text).map_err(|error| format!("{}: {error}", path.display()))?,
        Err(_) => Manifest::default(),
    };
    let mut outcome = WrittenPack::default();
    for (name, text) in files {
        let target = folder.join(name);
        let found = fs::read(&target).ok();
        let is_ours = found.as_ref().is_none_or(|found| {
            let digest = digest(found);
            manifest.files.get(name) == Some(&digest) || found == text.as_bytes()
        });
        // A file that exists but cannot be read is not one of ours.
        if is_ours && (found.is_some() || fs::symlink_metadata(&target).is_err()) {
            write_file(&target, text)?;
            manifest.files.insert(name.clone(), digest(text.as_bytes()));
            outcome.written += 1;
        } else {
            write_file(&folder.join(format!("{name}.new")), text)?;
            outcome.kept.push(name.clone());
        }
    }
    let stale: Vec<String> = manifest.files.keys().filter(|name| !files.contains_key(*name)).cloned().collect();
    for name in stale {
        let recorded = manifest.files.remove(&name);
        let target = folder.join(&name);
        if fs::read(&target).ok().map(|found| digest(&found)) == recorded && fs::remove_file(&target).is_ok() {
            outcome.removed.push(name);
        }
    }
    let text = serde_json::to_string_pretty(&manifest).map_err(|error| error.to_string())?;
    write_file(&path, &(text + "\n"))?;
    Ok(outcome)
}

fn write_file(path: &Path, text: &str) -> Result<(), String> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let written = fs::create_dir_all(folder).and_then(|()| fs::write(path, text));
    written.map_err(|error| format!("cannot write {}: {error}", path.display()))
}

fn digest(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

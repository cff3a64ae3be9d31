//! Finds the YAML files of a folder. Each file is listed once, even if symbolic links lead to it again.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::{Problem, Problems, built_in};

const ENDINGS: [&str; 3] = ["yaml", "yml", "json"];

/// A file: its path, and its name relative to the pack.
pub type Named = (PathBuf, String);

/// Every file below `folder` that ends in `.yaml`, `.yml` or `.json` (JSON is YAML as well), sorted. A folder is read once, even if symbolic links lead
/// to it again. Hidden files and folders are skipped.
pub fn yaml_files(root: &Path, folder: &Path) -> Vec<Named> {
    find_yaml(root, folder, &mut Problems::default())
}

/// Like [`yaml_files`], and records files and folders that cannot be read as problems.
pub(crate) fn find_yaml(root: &Path, folder: &Path, problems: &mut Problems) -> Vec<Named> {
    if built_in::is_built_in(folder) {
        return built_in::below(folder);
    }
    let mut search = Search { root, visited: BTreeSet::new(), links: Vec::new(), found: Vec::new(), problems };
    search.walk(folder);
    let top = fs::canonicalize(folder).unwrap_or_else(|_| folder.to_path_buf());
    while let Some(link) = search.links.pop() {
        match fs::canonicalize(&link) {
            Ok(real) if top.starts_with(&real) && top != real => {
                search.report(&link, "links to a folder above this one")
            }
            _ => search.walk(&link),
        }
    }
    search.found.sort();
    search.found
}

/// The path of a file `….yaml`, or of the file with the same name and another ending. Two of them are a problem, because
/// one would be ignored.
pub(crate) fn yaml_at(root: &Path, name: &str) -> Result<Named, Problem> {
    let stem = without_ending(name);
    let names = ENDINGS.map(|ending| format!("{stem}.{ending}"));
    let mut found = names.into_iter().filter(|name| !built_in::is_built_in(root) && root.join(name).exists());
    let first = found.next().unwrap_or_else(|| name.to_owned());
    match found.next() {
        None => Ok((root.join(&first), first)),
        Some(second) => {
            let problem = Problem::general(&second, format!("there is also {first}"));
            Err(problem.with_help(Some("remove one of the two".to_owned())))
        }
    }
}

/// The name without its ending, if it is the one of a YAML file.
pub(crate) fn without_ending(name: &str) -> &str {
    match name.rsplit_once('.') {
        Some((stem, ending)) if is_yaml(ending) => stem,
        _ => name,
    }
}

fn is_yaml(ending: &str) -> bool {
    ENDINGS.iter().any(|known| ending.eq_ignore_ascii_case(known))
}

struct Search<'s> {
    root: &'s Path,
    visited: BTreeSet<PathBuf>,
    links: Vec<PathBuf>,
    found: Vec<Named>,
    problems: &'s mut Problems,
}

impl Search<'_> {
    /// Reads a folder. Links to folders are collected for later, so that a file is listed under its real path.
    fn walk(&mut self, folder: &Path) {
        if !fs::canonicalize(folder).is_ok_and(|real| self.visited.insert(real)) {
            return;
        }
        let entries = match fs::read_dir(folder) {
            Ok(entries) => entries,
            Err(error) => return self.report(folder, &format!("cannot read the folder: {error}")),
        };
        let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
        paths.sort();
        for path in paths {
            self.visit(path);
        }
    }

    fn visit(&mut self, path: PathBuf) {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if name.starts_with('.') {
            return;
        }
        let yaml = name.rsplit_once('.').is_some_and(|(_, ending)| is_yaml(ending));
        match fs::metadata(&path) {
            Ok(found) if found.is_dir() && path.is_symlink() => self.links.push(path),
            Ok(found) if found.is_dir() => self.walk(&path),
            Ok(found) if yaml && !found.is_file() => self.report(&path, "not a regular file"),
            // A broken link is reported later, when the file is read.
            _ if yaml => {
                let name = self.name(&path);
                self.found.push((path, name));
            }
            _ => {}
        }
    }

    fn name(&self, path: &Path) -> String {
        path.strip_prefix(self.root).unwrap_or(path).to_string_lossy().replace('\\', "/")
    }

    fn report(&mut self, path: &Path, message: &str) {
        self.problems.0.push(Problem::general(&self.name(path), message));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A temporary folder, deleted at the end of the test.
    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Self {
            let folder = std::env::temp_dir().join(format!("conformance-files-{name}-{}", std::process::id()));
            let _ = fs::remove_dir_all(&folder);
            fs::create_dir_all(folder.join("scenarios/deep")).expect("a folder");
            Self(folder)
        }

        fn write(&self, name: &str) {
            fs::write(self.0.join("scenarios").join(name), "x: 1").expect("a file");
        }

        fn found(&self) -> (Vec<String>, Vec<String>) {
            let mut problems = Problems::default();
            let found = find_yaml(&self.0, &self.0.join("scenarios"), &mut problems);
            let names = found.into_iter().map(|(_, name)| name).collect();
            (names, problems.0.iter().map(Problem::one_line).collect())
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn yaml_and_yml_files_are_found_and_hidden_files_are_skipped() {
        let folder = Folder::new("endings");
        ["a.yaml", "b.yml", "C.YAML", ".hidden.yaml", "notes.txt", "deep/d.yml", "e.json"]
            .iter()
            .for_each(|name| folder.write(name));
        let names =
            ["scenarios/C.YAML", "scenarios/a.yaml", "scenarios/b.yml", "scenarios/deep/d.yml", "scenarios/e.json"];
        assert_eq!(folder.found(), (names.map(str::to_owned).to_vec(), Vec::new()));
        assert_eq!(without_ending("scenarios/b.yml"), "scenarios/b");
        assert_eq!(without_ending("scenarios/b.txt"), "scenarios/b.txt");
    }

    #[test]
    fn yaml_at_finds_other_endings_and_refuses_two_files() {
        let folder = Folder::new("names");
        let found = || {
            let found = yaml_at(&folder.0, "scenarios/b.yaml");
            found.map(|(_, name)| name).map_err(|problem| problem.one_line())
        };
        assert_eq!(found().as_deref(), Ok("scenarios/b.yaml"));
        folder.write("b.json");
        assert_eq!(found().as_deref(), Ok("scenarios/b.json"));
        folder.write("b.yml");
        assert_eq!(found(), Err("scenarios/b.json: there is also scenarios/b.yml (remove one of the two)".to_owned()));
    }

    #[cfg(unix)]
    #[test]
    fn links_are_followed_once_and_not_to_ancestors() {
        use std::os::unix::fs::symlink;
        let folder = Folder::new("links");
        folder.write("deep/d.yaml");
        let scenarios = folder.0.join("scenarios");
        symlink(".", scenarios.join("again")).expect("a link");
        symlink("deep", scenarios.join("also")).expect("a link");
        assert_eq!(folder.found(), (vec!["scenarios/deep/d.yaml".to_owned()], Vec::new()));
        symlink("..", scenarios.join("above")).expect("a link");
        assert_eq!(folder.found().1, ["scenarios/above: links to a folder above this one"]);
    }

    #[cfg(unix)]
    #[test]
    fn a_socket_is_reported_and_not_opened() {
        let folder = Folder::new("socket");
        let _socket = std::os::unix::net::UnixListener::bind(folder.0.join("scenarios/s.yaml")).expect("a socket");
        assert_eq!(folder.found(), (Vec::new(), vec!["scenarios/s.yaml: not a regular file".to_owned()]));
    }
}

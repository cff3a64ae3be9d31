//! Modules and files of a crate do not import each other in circles.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use regex::Regex;

use super::{sources, without_comments};

/// Which modules a module uses, or which files a file uses.
type Graph = BTreeMap<String, BTreeSet<String>>;

#[test]
fn modules_of_a_crate_do_not_import_each_other_in_circles() {
    let mut graphs: BTreeMap<String, Graph> = BTreeMap::new();
    for (name, text) in sources() {
        if let Some((of, module)) = module_of(&name) {
            let text = if is_top(&name) { text.replace("super::", "crate::") } else { text };
            graphs.entry(of).or_default().entry(module).or_default().extend(used_modules(&text));
        }
    }
    assert!(graphs.len() > 7, "expected all crates, found {:?}", graphs.keys());
    let circles: Vec<(String, Vec<String>)> = graphs
        .into_iter()
        .filter_map(|(of, mut graph)| {
            graph.remove("lib");
            Some((of, circle(&graph)?))
        })
        .collect();
    assert!(circles.is_empty(), "modules that import each other, by crate: {circles:#?}");
}

#[test]
fn files_of_a_crate_do_not_import_each_other_in_circles() {
    let sources = sources();
    let files: BTreeMap<String, &str> =
        sources.iter().filter_map(|(name, text)| Some((module_path(name)?, text.as_str()))).collect();
    let graph: Graph = files.iter().map(|(module, text)| (module.clone(), used_files(&files, module, text))).collect();
    assert!(graph.len() > 300, "{} files", graph.len());
    assert_eq!(circle(&graph), None, "files that import each other");
}

#[test]
fn paths_lead_to_files() {
    let text = "use super::b::{self, inner::C};\nuse crate::d;\nlet x = super::super::e::f();\n";
    let files = ["k::a", "k::a::x", "k::a::b", "k::a::b::inner", "k::d", "k::e"].map(|name| (name.to_owned(), ""));
    let used = used_files(&files.into_iter().collect(), "k::a::x", text);
    assert_eq!(used, BTreeSet::from(["k::a::b", "k::a::b::inner", "k::d", "k::e"].map(str::to_owned)));
    assert_eq!(module_path("harness/judge/src/check/mod.rs"), Some("judge::check".to_owned()));
    assert_eq!(module_path("harness/judge/src/lib.rs"), Some("judge".to_owned()));
    assert_eq!(module_path("harness/cli/tests/house.rs"), None);
}

#[test]
fn circle_rule_detects_a_circle() {
    let named = used_modules(
        "use crate::report::Report;\nuse crate::{check, run::load};\nlet x = crate::cli::seed();\n#[cfg(test)]\nmod tests { use crate::plan; }\n",
    );
    assert_eq!(named, BTreeSet::from(["report", "check", "run", "cli"].map(str::to_owned)));
    let graph = |edges: &[(&str, &str)]| {
        let mut graph = Graph::new();
        for (from, to) in edges {
            graph.entry((*from).to_owned()).or_default().insert((*to).to_owned());
        }
        graph
    };
    assert_eq!(circle(&graph(&[("a", "b"), ("b", "c"), ("a", "c"), ("a", "a")])), None);
    assert!(circle(&graph(&[("a", "b"), ("b", "c"), ("c", "a")])).is_some());
    assert!(is_top("harness/judge/src/verdict.rs") && is_top("harness/judge/src/check/mod.rs"));
    assert!(!is_top("harness/judge/src/check/leak.rs"));
    assert_eq!(module_of("harness/judge/src/check/leak.rs"), Some(("judge".to_owned(), "check".to_owned())));
    assert_eq!(module_of("harness/judge/src/verdict.rs"), Some(("judge".to_owned(), "verdict".to_owned())));
}

/// The crate and its top module that a source belongs to.
fn module_of(name: &str) -> Option<(String, String)> {
    let (of, rest) = name.strip_prefix("harness/")?.split_once("/src/")?;
    let first = rest.split('/').next()?;
    Some((of.to_owned(), first.trim_end_matches(".rs").to_owned()))
}

/// True for a top module of a crate, whose `super` is the crate.
fn is_top(name: &str) -> bool {
    let path = name.split_once("/src/").map_or(name, |(_, path)| path);
    !path.contains('/') || (path.ends_with("/mod.rs") && path.matches('/').count() == 1)
}

/// The modules that a source uses, in `use` lines or in paths, without its unit tests.
fn used_modules(text: &str) -> BTreeSet<String> {
    static PATH: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\bcrate::(\w+|\{[^;]*\})").expect("a pattern"));
    static FIRST: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"(?:^|,)\s*(\w+)").expect("a pattern"));
    let text = without_comments(text.split("#[cfg(test)]").next().unwrap_or_default());
    let mut named = BTreeSet::new();
    for found in PATH.captures_iter(&text) {
        match found[1].strip_prefix('{') {
            None => {
                named.insert(found[1].to_owned());
            }
            Some(list) => named.extend(FIRST.captures_iter(list).map(|found| found[1].to_owned())),
        }
    }
    named
}

/// Modules that use each other, if there are any: those that remain when modules that use no other are removed.
fn circle(graph: &Graph) -> Option<Vec<String>> {
    let mut left = graph.clone();
    loop {
        let open = |module: &String, uses: &BTreeSet<String>| {
            uses.iter().any(|other| other != module && left.contains_key(other))
        };
        let next: Graph =
            left.iter().filter(|(module, uses)| open(module, uses)).map(|(m, u)| (m.clone(), u.clone())).collect();
        if next.len() == left.len() {
            return Some(left.into_keys().collect()).filter(|modules: &Vec<String>| !modules.is_empty());
        }
        left = next;
    }
}

/// The module that a file of a crate is, beginning with the crate.
fn module_path(name: &str) -> Option<String> {
    let (of, rest) = name.strip_prefix("harness/")?.split_once("/src/")?;
    let path = rest.trim_end_matches(".rs").trim_end_matches("/mod").replace('/', "::");
    Some(if path == "lib" { of.to_owned() } else { format!("{of}::{path}") })
}

/// The files that a file uses, without the modules that contain it and those that it contains: these belong together.
fn used_files(files: &BTreeMap<String, &str>, module: &str, text: &str) -> BTreeSet<String> {
    static PATH: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"\b(crate|super|self)((?:::\w+)*)(?:::(\{[^;]*\}))?").expect("a pattern"));
    let text = without_comments(text.split("#[cfg(test)]").next().unwrap_or_default());
    let mut used = BTreeSet::new();
    for found in PATH.captures_iter(&text) {
        let start = format!("{}{}", &found[1], &found[2]);
        match found.get(3) {
            None => used.extend(file_of(files, module, &start)),
            Some(list) => {
                let inner = paths_in(list.as_str());
                used.extend(inner.iter().filter_map(|path| file_of(files, module, &format!("{start}::{path}"))));
            }
        }
    }
    let contains = |one: &str, other: &str| one == other || other.starts_with(&format!("{one}::"));
    used.retain(|other| !contains(other, module) && !contains(module, other));
    used
}

/// The file of the longest part of a path that is a file.
fn file_of(files: &BTreeMap<String, &str>, module: &str, path: &str) -> Option<String> {
    let mut at: Vec<&str> = module.split("::").collect();
    let mut found = None;
    for word in path.split("::") {
        match word {
            "crate" => at.truncate(1),
            "self" => {}
            "super" => {
                at.pop();
            }
            word => at.push(word),
        }
        let name = at.join("::");
        if files.contains_key(&name) {
            found = Some(name);
        }
    }
    found
}

/// The paths in a list of imports: `{a, b::{c, d}}` has `a`, `b::c` and `b::d`.
fn paths_in(list: &str) -> Vec<String> {
    let inside = list.trim();
    let inside = inside.strip_prefix('{').unwrap_or(inside);
    let inside = inside.strip_suffix('}').unwrap_or(inside);
    let (mut paths, mut depth, mut start) = (Vec::new(), 0, 0);
    for (at, letter) in inside.char_indices().chain([(inside.len(), ',')]) {
        match letter {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth <= 0 => {
                let path = inside[start..at].trim();
                match path.split_once("::{") {
                    Some((first, rest)) => paths.extend(paths_in(rest).iter().map(|rest| format!("{first}::{rest}"))),
                    None => paths.push(path.to_owned()),
                }
                start = (at + 1).min(inside.len());
            }
            _ => {}
        }
    }
    paths
}

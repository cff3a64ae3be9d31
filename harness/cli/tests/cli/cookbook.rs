//! Runs the YAML examples of the scenarios guide, harness/docs/scenarios.md.

use std::path::Path;

use crate::support::{Folder, Program, folder, root, write};

/// The scenarios of the guide, one for each example.
fn recipes() -> Vec<String> {
    let text = std::fs::read_to_string(root().join("harness/docs/scenarios.md")).expect("harness/docs/scenarios.md");
    let blocks = text.split("```yaml\n").skip(1).filter_map(|rest| rest.split("```").next());
    let scenarios = blocks.map(|block| block.split_once("scenarios:\n").map_or(block, |(_, scenarios)| scenarios));
    scenarios.filter(|block| block.trim_start().starts_with("- name:")).map(str::to_owned).collect()
}

#[test]
fn at_least_ten_recipes_of_the_guide_pass() {
    let recipes = recipes();
    assert!(recipes.len() >= 10, "{} recipes", recipes.len());
    let pack = folder();
    for part in ["schemas", "scenarios"] {
        copy(&root().join(part), part, &pack);
    }
    let cookbook = format!("about: The recipes of harness/docs/scenarios.md.\nscenarios:\n{}", recipes.join("\n"));
    write(&pack, "scenarios/cookbook.yaml", &cookbook);
    let output = Program::run(&["--pack", &pack.path(), "cookbook::"]);
    output.assert_exit_code(0);
    assert!(output.out.contains("0 skipped, 0 failed, 0 inconclusive"), "{}", output.out);
}

fn copy(from: &Path, to: &str, pack: &Folder) {
    for entry in std::fs::read_dir(from).unwrap_or_else(|error| panic!("{}: {error}", from.display())) {
        let path = entry.expect("an entry").path();
        let name = format!("{to}/{}", path.file_name().and_then(|name| name.to_str()).expect("a name"));
        match path.is_dir() {
            true => copy(&path, &name, pack),
            false => drop(write(pack, &name, &std::fs::read_to_string(&path).expect("a text"))),
        }
    }
}

//! Runs the YAML examples of the scenarios guide, harness/docs/scenarios.md.

use crate::shared::{DEFAULT, Folder};
use crate::support::{Program, root};

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
    let pack = Folder::with_pack(DEFAULT);
    let cookbook = format!("about: The recipes of harness/docs/scenarios.md.\nscenarios:\n{}", recipes.join("\n"));
    pack.write("scenarios/cookbook.yaml", cookbook);
    let output = Program::run(&["--pack", &pack.path(), "cookbook::"]);
    output.assert_exit_code(0);
    assert!(output.out.contains("0 skipped, 0 failed, 0 inconclusive"), "{}", output.out);
}

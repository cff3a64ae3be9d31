//! What `init` leaves to a person, and what the pack says about it until it is done.

use super::*;
use cli::run::load_finished;

fn problems(result: Result<(Contract, Library), spec::source::Problems>) -> Vec<String> {
    let problems = result.err().map(|problems| problems.0).unwrap_or_default();
    problems.iter().map(spec::source::Problem::one_line).collect()
}

#[test]
fn a_new_pack_can_be_run_but_is_not_finished() {
    let folder = Folder::new();
    let (contract, _) = loaded(&folder, &generated(&with_page()));
    let excluded = contract.clause("CODE-4").and_then(|clause| clause.excluded.as_deref());
    assert_eq!(excluded, Some("to do: no scenario expects it yet"));
    let found = problems(load_finished(&folder));
    assert!(found.len() == 1 && found[0].contains("clause CODE-4: nothing judges it yet"), "{found:?}");
    assert!(
        found[0].contains("schemas/clauses.yaml:") && found[0].contains("write a scenario that names it"),
        "{found:?}"
    );
    let Ok((_, _, unfinished)) = load_draft(&folder) else { panic!("a draft") };
    assert!(unfinished.iter().all(|problem| problem.is_draft && problem.is_to_do) && unfinished.len() == 1);
}

#[test]
fn a_clause_needs_no_reason_if_its_code_has_one() {
    let folder = Folder::new();
    loaded(&folder, &generated(&with_page()));
    let (errors, clauses) = (folder.read("schemas/errors.yaml"), folder.read("schemas/clauses.yaml"));
    folder.write("schemas/clauses.yaml", clauses.replace("\n    excluded: \"to do: no scenario expects it yet\"", ""));
    assert!(problems(load_finished(&folder))[0].contains("CODE-4: neither a check nor a scenario judges it"));
    let with_reason =
        |reason: &str| errors.replace("means: Come back later.", &format!("means: Later., excluded: \"{reason}\""));
    folder.write("schemas/errors.yaml", with_reason("it needs paper"));
    let (contract, _) = load_finished(&folder).unwrap_or_else(|problems| panic!("{problems:?}"));
    assert_eq!(contract.clause("CODE-4").and_then(|clause| clause.excluded.as_deref()), Some("it needs paper"));

    folder.write("schemas/errors.yaml", with_reason("To do: empty the printer"));
    assert!(load(&folder).is_ok(), "it can be run");
    let found = problems(load_finished(&folder));
    assert!(found.len() == 1 && found[0].starts_with("schemas/errors.yaml:"), "{found:?}");
    assert!(found[0].contains("code OUT_OF_PAPER: no test observes it yet"), "{found:?}");
}

#[test]
fn the_readme_names_only_files_of_the_pack() {
    let (folder, learned) = (Folder::new(), responses("application/json", &[]));
    for (sources, has_sketches) in
        [(with_page(), true), (sources("notes-fastapi.json"), true), (without_calls(&folder), false)]
    {
        let pack = generate(&sources, &learned).expect("a pack");
        assert_eq!(pack.files.contains_key("scenarios/sketches.yaml"), has_sketches);
        assert_eq!(pack.files["README.md"].contains("sketches.yaml"), has_sketches, "{}", pack.files["README.md"]);
    }
}

/// A description without codes, in which every operation reads.
fn without_calls(folder: &Folder) -> Sources {
    let text = "openapi: 3.1.0\ninfo: { title: Open, version: '1' }\npaths:\n  /news:\n    get: { operationId: readNews, responses: { '200': { description: News } } }\n";
    Sources { openapi: folder.write("open.yaml", text).into(), ..sources("books.json") }
}

#[test]
fn an_assumed_scheme_is_named_after_its_kind() {
    for (auth, name) in [(None, "bearer"), (Some(Auth::Basic), "basic"), (Some(Auth::Key("X-Key".to_owned())), "key")] {
        let pack = generated(&Sources { auth, ..sources("notes-fastapi.json") });
        let read: Value = serde_yaml::from_str(&pack.files["schemas/openapi.yaml"]).expect("YAML");
        let schemes = read["components"]["securitySchemes"].as_object().expect("schemes");
        assert!(schemes.keys().eq([name]), "{schemes:?}");
    }
}

#[test]
fn an_undocumented_method_is_a_scenario_if_its_response_is_learned() {
    let response = |status: u16| Learned {
        test: "methods::undocumented-method/listBooks".to_owned(),
        operation: "listBooks".to_owned(),
        ..responses("application/json", &[(status, json!({ "error": { "code": "NO_METHOD", "message": "x" } }))])
            .remove(0)
    };
    for (learned, is_written) in [(vec![response(405)], true), (vec![response(404)], false), (vec![], false)] {
        let pack = generate(&sources("books.json"), &learned).expect("a pack");
        loaded(&Folder::new(), &pack);
        let text = pack.files.get("scenarios/methods.yaml");
        assert_eq!(text.is_some(), is_written, "{text:?}");
        let is_right = |text: &String| text.contains("method: PATCH") && text.contains("expect: { error: NO_METHOD }");
        assert!(text.is_none_or(is_right), "{text:?}");
    }
}

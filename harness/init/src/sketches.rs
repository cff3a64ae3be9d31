//! `scenarios/sketches.yaml`: a sketch of a scenario for each code that no starter scenario expects, and for each
//! operation that none calls with success. A sketch is a comment, because the documentation does not say which request
//! gets the code. If a live API has responded to the request of a sketch with its code, the sketch is a scenario.

use serde_json::{Map, Value, json};

use super::code::Code;
use super::expectation::Expected;
use super::operations::Operation;
use super::origin::Origin;
use super::resources::setup;
use super::scenarios::Scenarios;
use super::steps::{call, clause_of_code, sketched, step};
use super::topic::SUCCESS;
use super::topics::ScenarioBuilder;
use super::yaml;

pub(super) const FILE: &str = "scenarios/sketches.yaml";
/// Words of codes that say that a value is wrong.
const WRONG: [&str; 9] =
    ["invalid", "unsupported", "unknown", "bad", "malformed", "illegal", "wrong", "unrecognized", "unexpected"];

/// The text of the file; `None` if nothing is missing. Adds the clauses of its scenarios to those that are tested.
pub(super) fn write(builder: &ScenarioBuilder<'_, '_>, tries: bool, scenarios: &mut Scenarios) -> Option<String> {
    let mut text = String::new();
    for code in &builder.catalogue.codes {
        let clause = clause_of_code(builder, &code.code);
        if scenarios.clauses.contains(&clause) {
            continue;
        }
        let mut sketch = Sketch::of_code(builder, code);
        let confirmed = builder.responses.confirms(&sketch.name, &code.code);
        let is_live = sketch.has_wrong_value && (tries || confirmed == Some(true));
        if confirmed == Some(false) {
            // The value gets another code.
            sketch.step.shift_remove("with");
        }
        text += &format!(
            "\n  # {}, status {}: {}\n",
            code.code,
            super::statuses::in_words(&code.statuses),
            code.means.lines().next().unwrap_or_default()
        );
        text += &sketch.text(&clause, is_live);
        scenarios.clauses.extend(is_live.then_some(clause));
    }
    for operation in builder.operations.iter().filter(|one| is_never_successful(builder, one)) {
        scenarios.sketches_success = true;
        text += &format!("\n  # {} {} succeeds.\n", operation.method, operation.path);
        text += &Sketch::of_success(builder, operation).text(SUCCESS.clause, false);
    }
    (!text.is_empty())
        .then(|| format!("{}about: One scenario for each further code or operation.\nscenarios:{text}", head()))
}

fn head() -> String {
    yaml::comment(
        "Sketches of scenarios, written by `conformance init`, for codes that no starter scenario expects, and for operations\n\
         that none calls with success. For each one: change the request so that it must get this response, remove the `#`, and\n\
         remove `excluded` of the clause in schemas/clauses.yaml.\n\
         - `with` sets members of the operation's example, `without` removes some, `body` replaces it, `given` names a fixture.\n\
         - For another caller, add an actor to schemas/conventions.yaml. Its credential is CONFORMANCE_ACTOR_<NAME>.\n\
         - If no request can get a code, say why in `excluded: REASON` of the code in schemas/errors.yaml, and remove the\n\
         \x20 `excluded` of its clause.",
    )
}

/// A scenario with one step.
struct Sketch {
    name: String,
    given: Vec<String>,
    step: Map<String, Value>,
    expected: Expected,
    /// True if the step sends a value that the code says is wrong.
    has_wrong_value: bool,
}

impl Sketch {
    fn of_code(builder: &ScenarioBuilder<'_, '_>, code: &Code) -> Self {
        let expected = Expected {
            value: json!({ "error": code.code }),
            code: None,
            origin: Origin::Documented,
            is_documented: true,
        };
        let documenting: Vec<&Operation<'_>> =
            builder.operations.iter().filter(|one| code.statuses.iter().any(|status| one.documents(*status))).collect();
        let candidates = if documenting.is_empty() { builder.operations.iter().collect() } else { documenting };
        let is_safe = |one: &&&Operation<'_>| !builder.deletes_unknown(one) && !builder.creates_unknown(one);
        let wrong = candidates.iter().filter(is_safe).filter_map(|one| Some((*one, wrong_member(one, &code.code)?)));
        // The first of several operations is used.
        let best = wrong.rev().max_by_key(|(_, (_, length))| *length);
        let has_setup =
            |one: &&&Operation<'_>| setup(one, builder.resources).is_some() && !builder.deletes_unknown(one);
        let operation = match &best {
            Some((operation, _)) => operation,
            None => candidates.iter().find(has_setup).or(candidates.first()).copied().unwrap_or(&builder.operations[0]),
        };
        let mut sketch = Self::of(builder, operation, name(&code.code), expected);
        if let Some((_, (member, _))) = best {
            sketch.step.insert("with".to_owned(), json!({ member: "wrong-${unique}" }));
            sketch.has_wrong_value = true;
        }
        sketch
    }

    fn of_success(builder: &ScenarioBuilder<'_, '_>, operation: &Operation<'_>) -> Self {
        Self::of(builder, operation, format!("{}-succeeds", name(&operation.id)), Expected::success())
    }

    fn of(builder: &ScenarioBuilder<'_, '_>, operation: &Operation<'_>, name: String, expected: Expected) -> Self {
        let setup = setup(operation, builder.resources);
        let mut step = call(builder, operation);
        if setup.is_none() {
            let path = operation.parameters.iter().map(|(parameter, _)| (parameter.clone(), json!("no-such-id")));
            step.insert("path".to_owned(), Value::Object(path.collect()));
        }
        let given = setup.map(|setup| setup.fixtures).unwrap_or_default();
        Self { name, given, step, expected, has_wrong_value: false }
    }

    fn text(&self, clause: &str, is_live: bool) -> String {
        let mut text = format!("  - name: {}\n    clauses: [{clause}]\n", self.name);
        if !self.given.is_empty() {
            text += &format!("    given: [{}]\n", self.given.join(", "));
        }
        text += &format!("    steps:\n{}", step(&self.step, Some(&self.expected)));
        if is_live {
            return text;
        }
        sketched(&text)
    }
}

/// A name in kebab-case from a code or an id. Of a URI, only the last part is used.
fn name(code: &str) -> String {
    let last = code.trim_end_matches('/').rsplit(['/', '#']).next().unwrap_or(code);
    let name = super::access::kebab(last);
    if name.starts_with(|first: char| first.is_ascii_alphabetic()) { name } else { format!("code-{name}") }
}

/// True if no starter scenario can call the operation with success.
fn is_never_successful(builder: &ScenarioBuilder<'_, '_>, operation: &Operation<'_>) -> bool {
    let creates = builder.resources.iter().any(|one| one.create == operation.id);
    ["POST", "PUT", "PATCH"].contains(&operation.method.as_str()) && !creates
}

/// The text member of a body that a code says is wrong, and how many words of its name are in the code: `grant_type` for
/// `unsupported_grant_type`.
fn wrong_member(operation: &Operation<'_>, code: &str) -> Option<(String, usize)> {
    let code = super::access::kebab(code);
    let words: Vec<&str> = code.split('-').collect();
    if !words.iter().any(|word| WRONG.contains(word)) {
        return None;
    }
    let body = operation.body.as_ref().filter(|body| body.is_editable())?;
    let of_member = |name: &String| {
        let own = super::access::kebab(name);
        let own: Vec<&str> = own.split('-').collect();
        let shared = (1..=own.len())
            .rev()
            .find(|length| own.windows(*length).any(|run| words.windows(*length).any(|other| other == run)));
        Some((name.clone(), shared?))
    };
    body.text_members().iter().filter_map(of_member).rev().max_by_key(|(_, shared)| *shared)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_in_kebab_case() {
        for (code, expected) in [
            ("NOT_FOUND", "not-found"),
            ("https://a.example/p/out-of-stock", "out-of-stock"),
            ("40001", "code-40001"),
            ("invalidGrant", "invalid-grant"),
        ] {
            assert_eq!(name(code), expected);
        }
    }
}

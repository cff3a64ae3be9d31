//! Resources that a run can create and delete: a POST on a collection, a DELETE on its items, and the place of the new
//! id.

use serde_json::{Map, Value};

use super::access::kebab;
use super::operations::{Operation, Response};
use super::schema::{ErrorMember, places, places_of_example};

/// Variable names that scenario tables and the engine use.
const RESERVED: [&str; 12] =
    ["operation", "member", "value", "case", "given", "needs", "clause", "unique", "long", "huge", "now", "webhook"];

/// A resource that a run can create and delete.
#[derive(Debug)]
pub(super) struct Resource {
    /// The name of its fixture, also used in messages.
    pub(super) noun: String,
    pub(super) create: String,
    pub(super) delete: String,
    /// The required headers of `delete`, each with its value.
    pub(super) headers: Map<String, Value>,
    /// The path parameter of `delete` for its id.
    pub(super) parameter: String,
    /// The variable for its id.
    pub(super) variable: String,
    /// The JSON Pointer to its id in the response.
    pub(super) id: String,
    /// True if that pointer is a guess.
    pub(super) is_guessed: bool,
    /// The path of its items, with `{}` for each parameter.
    template: String,
    /// The setup that `create` needs.
    pub(super) setup: Setup,
}

/// What must exist before an operation can be called, so that its path parameters have values.
#[derive(Clone, Debug, Default)]
pub(super) struct Setup {
    /// The fixture of the last parameter. It includes the fixtures of the other parameters.
    pub(super) fixtures: Vec<String>,
    /// Path parameters whose variable has a different name.
    pub(super) path: Map<String, Value>,
}

/// Finds the resources. Outer resources come before the resources below them.
pub(super) fn find(operations: &[Operation<'_>], warnings: &mut Vec<String>) -> Vec<Resource> {
    let mut deletes: Vec<&Operation<'_>> =
        operations.iter().filter(|one| one.method == "DELETE" && one.is_item()).collect();
    deletes.sort_by_key(|one| one.parameters.len());
    let mut found: Vec<Resource> = Vec::new();
    for delete in deletes {
        let collection = delete.path.trim_end_matches('/').rsplit_once('/').map_or("", |(collection, _)| collection);
        let same = |one: &&Operation<'_>| one.method == "POST" && template(&one.path) == template(collection);
        let Some(create) = operations.iter().find(same) else { continue };
        let Some(setup) = setup(create, &found) else { continue };
        let parameter = delete.parameters.last().map(|(name, _)| name.clone()).unwrap_or_default();
        let noun = noun(collection, &found);
        match id_of(create, &parameter, &noun) {
            Some((id, is_guessed)) => found.push(Resource {
                variable: variable(&parameter, &noun, &found),
                create: create.id.clone(),
                delete: delete.id.clone(),
                headers: cleanup_headers(delete),
                template: template(&delete.path),
                noun,
                parameter,
                id,
                is_guessed: is_guessed || delete.is_guessed && !delete.headers.is_empty(),
                setup,
            }),
            None => warnings.push(format!(
                "{}: its response does not show the id of the new resource, so no test uses such a resource",
                create.id
            )),
        }
    }
    found
}

/// The required headers of a deletion. `If-Match: *` is true of any resource that exists (RFC 9110).
fn cleanup_headers(delete: &Operation<'_>) -> Map<String, Value> {
    let fixed = |(name, value): (&String, &Value)| {
        let text = value.as_str().unwrap_or_default();
        let is_invented = delete.invented_headers.contains(name);
        let text = if is_invented && name.eq_ignore_ascii_case("if-match") { "*" } else { text };
        // A cleanup rule has no unique values.
        (name.clone(), Value::String(text.replace("${unique}", "cleanup")))
    };
    delete.headers.iter().map(fixed).collect()
}

impl Resource {
    /// True if it is not below another resource. A cleanup rule has only one id.
    pub(super) fn is_outer(&self) -> bool {
        self.setup.fixtures.is_empty()
    }

    /// What a step that creates it keeps.
    pub(super) fn keep(&self) -> Value {
        serde_json::json!({ self.variable.as_str(): format!("body {}", self.id) })
    }

    pub(super) fn item<'o, 'd>(&self, operations: &'o [Operation<'d>], method: &str) -> Option<&'o Operation<'d>> {
        operations.iter().find(|one| one.method == method && template(&one.path) == self.template)
    }
}

/// The setup of an operation; `None` if a resource in its path cannot be created.
pub(super) fn setup(operation: &Operation<'_>, resources: &[Resource]) -> Option<Setup> {
    let mut setup = Setup::default();
    let mut at = 0;
    for (name, _) in &operation.parameters {
        at += operation.path[at..].find(&format!("{{{name}}}"))? + name.len() + 2;
        let resource = resources.iter().find(|one| one.template == template(&operation.path[..at]))?;
        setup.fixtures = vec![resource.noun.clone()];
        if resource.variable != *name {
            setup.path.insert(name.clone(), Value::String(format!("${{{}}}", resource.variable)));
        }
    }
    Some(setup)
}

/// A path with `{}` for each parameter, without a slash at its end: `/todos/` and `/todos/{id}` belong together.
pub(super) fn template(path: &str) -> String {
    let path = path.trim_end_matches('/');
    let mut out = String::new();
    let mut inside = false;
    for letter in path.chars() {
        match letter {
            '{' => inside = true,
            '}' => {
                inside = false;
                out.push_str("{}");
            }
            other if !inside => out.push(other),
            _ => {}
        }
    }
    out
}

/// The singular of the last path segment: `todo` for `/todos`.
fn noun(collection: &str, found: &[Resource]) -> String {
    let last = collection.rsplit('/').find(|segment| !segment.starts_with('{')).unwrap_or_default();
    let last = if last.is_empty() { "item".to_owned() } else { kebab(last) };
    let one = match last.strip_suffix("ies") {
        Some(stem) => format!("{stem}y"),
        None if last.ends_with("sses") || last.ends_with("xes") => last[..last.len() - 2].to_owned(),
        None if last.ends_with("ss") => last.clone(),
        None => last.strip_suffix('s').unwrap_or(&last).to_owned(),
    };
    let taken = |name: &str| found.iter().any(|other| other.noun == name);
    let mut name = one.clone();
    for number in 2.. {
        if !taken(&name) {
            break;
        }
        name = format!("{one}-{number}");
    }
    name
}

fn variable(parameter: &str, noun: &str, found: &[Resource]) -> String {
    let taken = found.iter().any(|other| other.variable == parameter);
    if taken || is_reserved(parameter) { format!("{}_id", noun.replace('-', "_")) } else { parameter.to_owned() }
}

/// True if the name is used for something else, or is not a valid variable name in a template.
pub(super) fn is_reserved(name: &str) -> bool {
    RESERVED.contains(&name) || !name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
}

/// The pointer to the id of a new resource, and whether it is a guess.
fn id_of(create: &Operation<'_>, parameter: &str, noun: &str) -> Option<(String, bool)> {
    let response = create.responses.iter().find(|one| one.status.starts_with('2') && one.media.is_some())?;
    let places = places_of(response);
    if places.is_empty() {
        return Some(("/id".to_owned(), true));
    }
    let plain = |name: &str| name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_lowercase();
    let noun = plain(noun);
    let names = ["id".to_owned(), plain(parameter), format!("{noun}id"), "uuid".to_owned(), format!("{noun}uuid")];
    let fits = |place: &&ErrorMember| place.may_be("string") || place.may_be("integer");
    let named = |name: &String| {
        let all = places.iter().filter(fits).filter(|place| place.name() == *name);
        all.min_by_key(|place| place.pointer.matches('/').count())
    };
    // A member with the name of the path parameter is the best match.
    let of_parameter = named(&names[1]).filter(|_| names[1].len() > 1);
    let found = of_parameter.or_else(|| names.iter().find_map(&named))?;
    Some((found.pointer.clone(), false))
}

fn places_of(response: &Response<'_>) -> Vec<ErrorMember> {
    let mut all = response.schema.map(places).unwrap_or_default();
    all.extend(response.examples.iter().flat_map(|example| places_of_example(example)));
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nouns_are_singular() {
        for (path, name) in
            [("/v1/todos", "todo"), ("/categories", "category"), ("/a/{b}/addresses", "address"), ("/{x}", "item")]
        {
            assert_eq!(noun(path, &[]), name);
        }
        assert_eq!(template("/a/{b}/c/{d}"), "/a/{}/c/{}");
    }
}

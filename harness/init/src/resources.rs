//! What can be made and deleted again: a POST on a collection with a DELETE on its items, and where the new id is.

use serde_json::{Map, Value};

use super::access::kebab;
use super::operations::{Operation, Response};
use super::schema::{Place, places, places_of_example};

/// Names that a row or the engine gives to something else.
const RESERVED: [&str; 12] =
    ["operation", "member", "value", "case", "given", "needs", "clause", "unique", "long", "huge", "now", "webhook"];

/// Something that a run can make and delete again.
#[derive(Debug)]
pub(super) struct Resource {
    /// What it is called: its fixture, and in messages.
    pub(super) noun: String,
    pub(super) create: String,
    pub(super) delete: String,
    /// The path parameter of `delete` that takes its id.
    pub(super) parameter: String,
    /// The variable that holds its id.
    pub(super) variable: String,
    /// Where its id is in the response.
    pub(super) id: String,
    /// Whether that is a guess.
    pub(super) is_guessed: bool,
    /// The path of its items, parameters without their names.
    template: String,
    /// What the path of `create` needs.
    pub(super) given: Given,
}

/// What an operation needs to be called on something that exists.
#[derive(Clone, Debug, Default)]
pub(super) struct Given {
    /// The fixture of the last parameter; its own fixtures come with it.
    pub(super) fixtures: Vec<String>,
    /// Path parameters whose variable has another name.
    pub(super) path: Map<String, Value>,
}

/// Finds the resources, outer ones first.
pub(super) fn find(operations: &[Operation<'_>], warnings: &mut Vec<String>) -> Vec<Resource> {
    let mut deletes: Vec<&Operation<'_>> =
        operations.iter().filter(|one| one.method == "DELETE" && one.is_item()).collect();
    deletes.sort_by_key(|one| one.parameters.len());
    let mut found: Vec<Resource> = Vec::new();
    for delete in deletes {
        let collection = delete.path.rsplit_once('/').map_or("", |(collection, _)| collection);
        let same = |one: &&Operation<'_>| one.method == "POST" && template(&one.path) == template(collection);
        let Some(create) = operations.iter().find(same) else { continue };
        let Some(given) = given(create, &found) else { continue };
        let parameter = delete.parameters.last().map(|(name, _)| name.clone()).unwrap_or_default();
        let noun = noun(collection, &found);
        match id_of(create, &parameter, &noun) {
            Some((id, is_guessed)) => found.push(Resource {
                variable: variable(&parameter, &noun, &found),
                create: create.id.clone(),
                delete: delete.id.clone(),
                template: template(&delete.path),
                noun,
                parameter,
                id,
                is_guessed,
                given,
            }),
            None => warnings.push(format!(
                "{}: its response does not show the id of what it makes, so nothing is made by it",
                create.id
            )),
        }
    }
    found
}

impl Resource {
    /// True where it stands on its own: a clean-up rule takes one id only.
    pub(super) fn is_outer(&self) -> bool {
        self.given.fixtures.is_empty()
    }

    /// The operation of that method on one of these.
    pub(super) fn item<'o, 'd>(&self, operations: &'o [Operation<'d>], method: &str) -> Option<&'o Operation<'d>> {
        operations.iter().find(|one| one.method == method && template(&one.path) == self.template)
    }
}

/// What an operation needs, where everything in its path can be made.
pub(super) fn given(operation: &Operation<'_>, resources: &[Resource]) -> Option<Given> {
    let mut given = Given::default();
    let mut at = 0;
    for (name, _) in &operation.parameters {
        at += operation.path[at..].find(&format!("{{{name}}}"))? + name.len() + 2;
        let resource = resources.iter().find(|one| one.template == template(&operation.path[..at]))?;
        given.fixtures = vec![resource.noun.clone()];
        if resource.variable != *name {
            given.path.insert(name.clone(), Value::String(format!("${{{}}}", resource.variable)));
        }
    }
    Some(given)
}

/// A path without the names of its parameters.
fn template(path: &str) -> String {
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

/// `todo` of `/todos`.
fn noun(collection: &str, found: &[Resource]) -> String {
    let last = collection.rsplit('/').find(|segment| !segment.starts_with('{')).unwrap_or_default();
    let last = if last.is_empty() { "thing".to_owned() } else { kebab(last) };
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

/// Whether a variable of that name means something else, or cannot be written in a template.
pub(super) fn is_reserved(name: &str) -> bool {
    RESERVED.contains(&name) || !name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
}

/// Where the id of a new thing is, and whether that is a guess.
fn id_of(create: &Operation<'_>, parameter: &str, noun: &str) -> Option<(String, bool)> {
    let response = create.responses.iter().find(|one| one.status.starts_with('2') && one.media.is_some())?;
    let places = places_of(response);
    if places.is_empty() {
        return Some(("/id".to_owned(), true));
    }
    let plain = |name: &str| name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_lowercase();
    let noun = plain(noun);
    let names = ["id".to_owned(), plain(parameter), format!("{noun}id"), "uuid".to_owned(), format!("{noun}uuid")];
    let fits = |place: &&Place| place.may_be("string") || place.may_be("integer");
    let named = |name: &String| {
        let all = places.iter().filter(fits).filter(|place| place.name() == *name);
        all.min_by_key(|place| place.pointer.matches('/').count())
    };
    // The parameter's own name says most, if it says anything.
    let own = named(&names[1]).filter(|_| names[1].len() > 1);
    let found = own.or_else(|| names.iter().find_map(&named))?;
    Some((found.pointer.clone(), false))
}

fn places_of(response: &Response<'_>) -> Vec<Place> {
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
            [("/v1/todos", "todo"), ("/categories", "category"), ("/a/{b}/addresses", "address"), ("/{x}", "thing")]
        {
            assert_eq!(noun(path, &[]), name);
        }
        assert_eq!(template("/a/{b}/c/{d}"), "/a/{}/c/{}");
    }
}

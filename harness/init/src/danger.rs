//! Operations that starter tests must not call with just any values, because they might delete or create something that no
//! test can restore. The pack says which these are, and leaves their tests to its author.

use super::access::kebab;
use super::operations::Operation;
use super::resources::{Resource, template};
use super::yaml;

/// Words in the name of an operation's path that say that it deletes something.
const DELETING: [&str; 10] =
    ["delete", "remove", "purge", "destroy", "truncate", "wipe", "erase", "clear", "flush", "prune"];
/// The most names in a warning.
const MAX_NAMES: usize = 3;

/// An operation that is not called with unknown ids or invalid values.
#[derive(Debug)]
pub(super) struct Danger {
    pub(super) operation: String,
    /// Its method and path.
    name: String,
    pub(super) kind: DangerKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum DangerKind {
    /// It may delete what no test has created.
    Deletes,
    /// It may create what it does not find: a PUT on an item whose documentation has no 404.
    Creates,
}

/// The dangerous operations in their order.
pub(super) fn find(operations: &[Operation<'_>], resources: &[Resource]) -> Vec<Danger> {
    let danger = |operation: &Operation<'_>| {
        let kind = match () {
            () if deletes_unknown(operation, operations, resources) => DangerKind::Deletes,
            () if operation.method == "PUT" && operation.is_item() && !operation.documents(404) => DangerKind::Creates,
            () => return None,
        };
        Some(Danger { operation: operation.id.clone(), name: format!("{} {}", operation.method, operation.path), kind })
    };
    operations.iter().filter_map(danger).collect()
}

fn deletes_unknown(operation: &Operation<'_>, operations: &[Operation<'_>], resources: &[Resource]) -> bool {
    let last = operation.path.split('/').rfind(|segment| !segment.is_empty() && !segment.starts_with('{'));
    let words = last.map(kebab).unwrap_or_default();
    match operation.method.as_str() {
        "DELETE" => {
            !resources.iter().any(|one| one.delete == operation.id) && !is_item_of_collection(operation, operations)
        }
        "GET" => false,
        _ => words.split('-').any(|word| DELETING.contains(&word)),
    }
}

/// True if the path ends in the id of an item that can be read or changed, or that is in a collection. In
/// `/rules/owned-by/{id}`, it may be the id of something else.
fn is_item_of_collection(operation: &Operation<'_>, operations: &[Operation<'_>]) -> bool {
    let own = template(&operation.path);
    let collection = own.rsplit_once('/').map_or("", |(collection, _)| collection);
    let is_near = |other: &Operation<'_>| {
        let path = template(&other.path);
        let is_same = path == own && other.method != "DELETE";
        is_same || (path == collection && ["GET", "POST"].contains(&other.method.as_str()))
    };
    operation.is_item() && operations.iter().any(is_near)
}

/// A comment for a file of scenarios.
pub(super) fn comment(dangers: &[Danger]) -> String {
    let of = |kind: DangerKind, what: &str| {
        let names: Vec<&str> = dangers.iter().filter(|one| one.kind == kind).map(|one| one.name.as_str()).collect();
        if names.is_empty() { String::new() } else { format!("\n{what}\n  {}", names.join("\n  ")) }
    };
    let deletes = "Not called, because they may delete what no test has created. Write tests that delete only their own resources:";
    let creates = "Not called with unknown ids, because they may create what they do not find (no 404 is documented):";
    yaml::comment(&(of(DangerKind::Deletes, deletes) + &of(DangerKind::Creates, creates)))
}

/// One line about the operations that may delete something.
pub(super) fn warning(dangers: &[Danger]) -> Option<String> {
    let names: Vec<&str> =
        dangers.iter().filter(|one| one.kind == DangerKind::Deletes).map(|one| one.name.as_str()).collect();
    let others = names.len().saturating_sub(MAX_NAMES);
    let others = if others > 0 { format!(" and {others} others") } else { String::new() };
    let (first, verb) = (names.get(..MAX_NAMES.min(names.len()))?, if names.len() == 1 { "is" } else { "are" });
    (!names.is_empty()).then(|| {
        format!(
            "{}{others} {verb} not called by any test, because this may delete what no test has created: write such tests yourself \
             (comments in scenarios/ list all of these operations)",
            first.join(", ")
        )
    })
}

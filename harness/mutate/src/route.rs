//! Finds the operation and the actor of a recorded request.

use judge::target::Credential;
use spec::contract::Contract;

/// The operations of a contract, and the credentials of its actors.
#[derive(Clone, Debug, Default)]
pub struct Route {
    /// Operation, method, and the segments of its path; `None` for a parameter.
    operations: Vec<(String, String, Vec<Option<String>>)>,
    /// Actor, and the name and value of the header with its credential.
    actors: Vec<(String, String, String)>,
}

impl Route {
    /// `credentials` identify the actors.
    pub fn new<'c>(contract: &Contract, credentials: impl Iterator<Item = (&'c String, &'c Credential)>) -> Self {
        let operations = contract.operations.iter().map(|operation| {
            let segments = operation.path.trim_matches('/').split('/');
            let segments = segments.map(|segment| (!segment.contains('{')).then(|| segment.to_owned())).collect();
            (operation.id.clone(), operation.method.clone(), segments)
        });
        let actors = credentials.filter_map(|(actor, credential)| {
            let header = credential.header(actor, &contract.schemes, None)?;
            Some((actor.clone(), header.name, header.value))
        });
        Self { operations: operations.collect(), actors: actors.collect() }
    }

    /// The operation of a method and a path below the base URL. If several match, the one with the fewest parameters.
    pub fn operation(&self, method: &str, path: &str) -> Option<&str> {
        let path = path.split(['?', '#']).next().unwrap_or_default();
        let segments: Vec<&str> = path.trim_matches('/').split('/').collect();
        let fits = |pattern: &[Option<String>]| {
            pattern.len() == segments.len()
                && pattern.iter().zip(&segments).all(|(one, found)| one.as_deref().is_none_or(|one| one == *found))
        };
        let parameters = |pattern: &[Option<String>]| pattern.iter().filter(|segment| segment.is_none()).count();
        self.operations
            .iter()
            .filter(|(_, own, pattern)| own == method && fits(pattern))
            .min_by_key(|(_, _, pattern)| parameters(pattern))
            .map(|(id, _, _)| id.as_str())
    }

    /// The values of the parameters in the path of an operation.
    pub(super) fn parameters<'p>(&self, operation: &str, path: &'p str) -> Vec<&'p str> {
        let pattern = self.operations.iter().find(|(id, _, _)| id == operation).map(|(_, _, pattern)| pattern);
        let path = path.split(['?', '#']).next().unwrap_or_default();
        let segments = pattern.into_iter().flatten().zip(path.trim_matches('/').split('/'));
        segments.filter(|(own, _)| own.is_none()).map(|(_, found)| found).collect()
    }

    /// Whether requests of this actor can be recognized.
    pub(super) fn knows(&self, actor: &str) -> bool {
        self.actors.iter().any(|(known, _, _)| known == actor)
    }

    /// The actor whose credential a header contains without an alteration; `header` looks up a header.
    pub fn actor<'h>(&self, header: impl Fn(&str) -> Option<&'h [u8]>) -> Option<&str> {
        let shown = |name: &str, value: &str| header(name) == Some(value.as_bytes());
        self.actors.iter().find(|(_, name, value)| shown(name, value)).map(|(actor, _, _)| actor.as_str())
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn requests_are_identified_by_method_path_and_credential() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../packs/parcel");
        let contract = Contract::load(&root).expect("the pack loads");
        let clerk = ("clerk".to_owned(), Credential::parse("bearer:session").expect("a credential"));
        let route = Route::new(&contract, [(&clerk.0, &clerk.1)].into_iter());
        for (method, path, operation) in [
            ("POST", "/v2/parcels", Some("registerParcel")),
            ("GET", "/v2/parcels/7?x=1", Some("readParcel")),
            ("DELETE", "/v2/parcels/7/", Some("dropParcel")),
            ("PUT", "/v2/parcels/a%2Fb/destination", Some("redirectParcel")),
            ("PATCH", "/v2/parcels/7", None),
            ("GET", "/v2", None),
        ] {
            assert_eq!(route.operation(method, path), operation, "{method} {path}");
        }
        assert_eq!(route.parameters("redirectParcel", "/v2/parcels/7/destination?x=1"), ["7"]);
        assert!(route.parameters("registerParcel", "/v2/parcels").is_empty());
        let shows = |value: &'static [u8]| route.actor(move |name| (name == "Authorization").then_some(value));
        assert_eq!(shows(b"Bearer session"), Some("clerk"));
        assert_eq!(shows(b"Bearer sessio"), None);
    }
}

//! The actors of a new pack: one for each security scheme whose credential the harness can send, one without a
//! credential, and one with an invalid credential. Also which of them each operation asks for.

use serde_json::{Map, Value, json};

use super::description::{METHODS, Node};

/// The actor without a credential.
pub(super) const ANONYMOUS: &str = "anonymous";
/// The actor with an invalid one.
pub(super) const INVALID: &str = "invalid";
/// The first actor with a credential.
pub(super) const USER: &str = "user";
/// A member that is replaced by a comment when the file is written.
pub(super) const MARK: &str = "x-init-guess";

/// How credentials are sent, if the description does not say it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Auth {
    /// No operation asks for a credential.
    None,
    /// `Authorization: Bearer`.
    Bearer,
    /// `Authorization: Basic`.
    Basic,
    /// In a header of that name.
    Key(String),
}

impl Auth {
    /// Reads `none`, `bearer`, `basic` or `key:HEADER`.
    pub fn parse(text: &str) -> Result<Self, String> {
        match text.split_once(':') {
            None if text == "none" => Ok(Self::None),
            None if text == "bearer" => Ok(Self::Bearer),
            None if text == "basic" => Ok(Self::Basic),
            Some(("key", header)) if !header.is_empty() => Ok(Self::Key(header.to_owned())),
            _ => Err("expected `none`, `bearer`, `basic` or `key:HEADER`".to_owned()),
        }
    }

    fn scheme(&self) -> Option<Value> {
        match self {
            Self::None => None,
            Self::Bearer => Some(json!({ "type": "http", "scheme": "bearer" })),
            Self::Basic => Some(json!({ "type": "http", "scheme": "basic" })),
            Self::Key(header) => Some(json!({ "type": "apiKey", "in": "header", "name": header })),
        }
    }
}

/// How a credential is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
enum SchemeKind {
    Key(String),
    Basic,
    Bearer(String),
}

/// A security scheme whose credential can be sent.
#[derive(Clone, Debug)]
pub(super) struct Scheme {
    name: String,
    kind: SchemeKind,
    /// The actor who has such a credential.
    pub(super) actor: String,
}

impl Scheme {
    /// What the credential's environment variable begins with.
    pub(super) fn form(&self) -> &'static str {
        match self.kind {
            SchemeKind::Key(_) => "key:<API key>",
            SchemeKind::Basic => "basic:<user>:<password>",
            SchemeKind::Bearer(_) => "bearer:<token>",
        }
    }

    /// The description of the actor: which credential it has, and how it is sent.
    pub(super) fn about(&self) -> String {
        match &self.kind {
            SchemeKind::Key(header) => format!("has an API key, sent in the header {header}"),
            SchemeKind::Basic => "has a user name and a password".to_owned(),
            SchemeKind::Bearer(scheme) => format!("has a token, sent as `Authorization: {scheme}`"),
        }
    }

    /// A header with a credential that belongs to nobody.
    pub(super) fn invalid(&self) -> Value {
        match &self.kind {
            SchemeKind::Key(header) => json!({ header.as_str(): "invalid-${unique}" }),
            SchemeKind::Basic => json!({ "Authorization": "Basic ${base64(\"invalid:\", unique)}" }),
            SchemeKind::Bearer(scheme) => json!({ "Authorization": format!("{scheme} invalid-${{unique}}") }),
        }
    }
}

/// The credential that an operation asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Need {
    NoCredential,
    /// The credential of this actor.
    CredentialOf(String),
    /// The description does not say it. This actor sends the ordinary requests.
    Undocumented(String),
}

impl Need {
    /// The actor of an ordinary request.
    pub(super) fn actor(&self) -> &str {
        match self {
            Need::NoCredential => ANONYMOUS,
            Need::CredentialOf(actor) | Need::Undocumented(actor) => actor,
        }
    }
}

/// The schemes of a description.
pub(super) struct Access {
    pub(super) schemes: Vec<Scheme>,
    pub(super) warnings: Vec<String>,
    /// True if it is known which operations ask for a credential.
    pub(super) is_known: bool,
    /// True if no scheme is declared and `--auth` was not given.
    pub(super) is_guessed: bool,
    /// The number of the scheme that is added to the description, if one is.
    added: Option<usize>,
    /// The scheme for operations without `security`, if `--auth` says how their credential is sent.
    pub(super) unsaid: Option<usize>,
}

impl Access {
    /// Reads the schemes. If there is none, `auth` says how credentials are sent. Without `auth`, a bearer token is
    /// assumed, unless the description says that no credential is needed. If there are schemes, `auth` is about the
    /// operations that do not say what they need.
    pub(super) fn of(root: Node<'_>, auth: Option<&Auth>) -> Self {
        let declared = root.get("components").and_then(|all| all.get("securitySchemes"));
        let mut access = Self {
            schemes: Vec::new(),
            warnings: Vec::new(),
            is_known: asks_somewhere(root),
            is_guessed: false,
            added: None,
            unsaid: None,
        };
        for (name, scheme) in declared.map(Node::members).unwrap_or_default() {
            match kind(scheme) {
                Ok(Some(kind)) => access.add(name, kind),
                Ok(None) => {}
                Err(reason) => access.warnings.push(format!("security scheme {name} is left out: {reason}")),
            }
        }
        let default = if asks_nowhere(root) { &Auth::None } else { &Auth::Bearer };
        if access.schemes.is_empty() && access.warnings.is_empty() && *auth.unwrap_or(default) != Auth::None {
            access.is_guessed = auth.is_none();
            // Generators write `security: []` on every operation. It is no statement then.
            access.is_known = auth.is_some() && !is_free_everywhere(root);
            access.take(auth.unwrap_or(default), root);
        } else if access.is_known && !access.schemes.is_empty() && root.value.get("security").is_none() {
            match auth {
                Some(auth) => access.unsaid = access.take(auth, root),
                None => access.warnings.extend(warning_of_unsaid(root)),
            }
        }
        access
    }

    /// The number of the scheme that sends credentials in this way. It is added if the description does not have it.
    fn take(&mut self, auth: &Auth, root: Node<'_>) -> Option<usize> {
        let (name, kind) = match auth {
            Auth::None => return None,
            Auth::Key(header) => ("key", SchemeKind::Key(header.clone())),
            Auth::Basic => ("basic", SchemeKind::Basic),
            Auth::Bearer => ("bearer", SchemeKind::Bearer("Bearer".to_owned())),
        };
        let same = |one: &Scheme| one.kind == kind;
        if let Some(known) = self.schemes.iter().position(same) {
            return Some(known);
        }
        let declared = root.get("components").and_then(|all| all.get("securitySchemes"));
        let is_taken = declared.is_some_and(|all| all.get(name).is_some());
        self.add(&if is_taken { format!("{name}-of-init") } else { name.to_owned() }, kind.clone());
        self.added = self.schemes.iter().position(|one| one.kind == kind);
        self.added
    }

    /// Adds a scheme. An actor has one credential, and the contract reader uses the first scheme of a kind.
    fn add(&mut self, name: &str, kind: SchemeKind) {
        let same = |other: &SchemeKind| std::mem::discriminant(other) == std::mem::discriminant(&kind);
        if let Some(other) = self.schemes.iter().find(|other| same(&other.kind)) {
            if other.kind != kind {
                self.warnings.push(format!(
                    "security scheme {name} is left out: it has the same kind as {}, and a pack can have only one scheme of a kind",
                    other.name
                ));
            }
            let alias = Scheme { name: name.to_owned(), ..other.clone() };
            if other.kind == kind {
                self.schemes.push(alias);
            }
            return;
        }
        let actor = if self.schemes.is_empty() { USER.to_owned() } else { kebab(name) };
        self.schemes.push(Scheme { name: name.to_owned(), kind, actor });
    }

    /// One scheme for each actor with a credential.
    pub(super) fn actors(&self) -> Vec<&Scheme> {
        let mut seen: Vec<&Scheme> = Vec::new();
        for scheme in &self.schemes {
            if !seen.iter().any(|other| other.actor == scheme.actor) {
                seen.push(scheme);
            }
        }
        seen
    }

    pub(super) fn scheme_of(&self, actor: &str) -> Option<&Scheme> {
        self.schemes.iter().find(|scheme| scheme.actor == actor)
    }

    /// Adds the scheme to a description that has none.
    pub(super) fn declare(&self, root: &mut Value, auth: Option<&Auth>) {
        let Some(Scheme { name, .. }) = self.added.and_then(|index| self.schemes.get(index)) else { return };
        let mut scheme = Map::new();
        if self.is_guessed {
            scheme.insert(MARK.to_owned(), true.into());
        }
        let declared = auth.unwrap_or(&Auth::Bearer).scheme().unwrap_or_default();
        scheme.extend(declared.as_object().cloned().unwrap_or_default());
        let Some(root) = root.as_object_mut() else { return };
        if self.is_known && self.unsaid.is_none() {
            root.insert("security".to_owned(), json!([{ name.as_str(): [] }]));
        }
        let schemes = member(member(root, "components"), "securitySchemes");
        schemes.insert(name.clone(), Value::Object(scheme));
    }

    /// The credential that an operation asks for. If the contract reader cannot read its `security` member, also a
    /// value that replaces it.
    pub(super) fn need(&self, operation: &Value, root: &Value) -> Result<(Need, Option<Value>), String> {
        let first =
            || self.schemes.first().map_or(Need::NoCredential, |scheme| Need::Undocumented(scheme.actor.clone()));
        if !self.is_known {
            return Ok((first(), Some(json!([]))));
        }
        let list = operation.get("security").or_else(|| root.get("security"));
        let says_nothing = list.is_none() || operation.get(MARK).is_some();
        if let Some(scheme) = self.unsaid.and_then(|index| self.schemes.get(index)).filter(|_| says_nothing) {
            return Ok((Need::Undocumented(scheme.actor.clone()), Some(json!([]))));
        }
        let listed: Vec<&Value> = list.and_then(Value::as_array).into_iter().flatten().collect();
        let alternatives: Vec<&Map<String, Value>> = listed.iter().filter_map(|one| one.as_object()).collect();
        if alternatives.is_empty() || alternatives.iter().any(|one| one.is_empty()) {
            let is_readable = alternatives.len() == listed.len();
            return Ok((Need::NoCredential, (!is_readable).then(|| json!([]))));
        }
        let usable = |name: &String| self.schemes.iter().find(|scheme| scheme.name == *name);
        for alternative in alternatives.iter().filter(|one| one.len() == 1) {
            if let Some(scheme) = alternative.keys().find_map(usable) {
                return Ok((Need::CredentialOf(scheme.actor.clone()), Some(json!([alternative]))));
            }
        }
        for alternative in &alternatives {
            if let Some(scheme) = alternative.keys().find_map(usable) {
                let requirement = json!([{ scheme.name.as_str(): alternative[&scheme.name] }]);
                return Ok((Need::CredentialOf(scheme.actor.clone()), Some(requirement)));
            }
        }
        let names: Vec<&str> = alternatives.iter().flat_map(|one| one.keys()).map(String::as_str).collect();
        Err(format!("it asks for {}, which the harness cannot send", names.join(" or ")))
    }
}

/// The member of this name, which becomes an empty object if it is not an object.
fn member<'m>(members: &'m mut Map<String, Value>, name: &str) -> &'m mut Map<String, Value> {
    let value = members.entry(name).or_insert(Value::Null);
    if !value.is_object() {
        *value = json!({});
    }
    match value {
        Value::Object(members) => members,
        other => unreachable!("an object, not {other}"),
    }
}

/// True if an operation, or the whole description, asks for a credential.
fn asks_somewhere(root: Node<'_>) -> bool {
    let asks = |node: Node<'_>| {
        let list = node.value.get("security").and_then(Value::as_array);
        list.is_some_and(|list| list.iter().any(|one| one.as_object().is_some_and(|one| !one.is_empty())))
    };
    let items = root.get("paths").map(Node::members).unwrap_or_default();
    asks(root) || items.into_iter().any(|(_, item)| item.members().into_iter().any(|(_, operation)| asks(operation)))
}

fn operations(root: Node<'_>) -> impl Iterator<Item = &Map<String, Value>> {
    let items = root.get("paths").map(Node::members).unwrap_or_default();
    let members = items.into_iter().flat_map(|(_, item)| item.members());
    members.filter(|(method, _)| METHODS.contains(method)).filter_map(|(_, operation)| operation.value.as_object())
}

/// True if every operation has `security: []`, and the whole description has no other.
fn is_free_everywhere(root: Node<'_>) -> bool {
    let is_empty = |list: &Value| list.as_array().is_some_and(Vec::is_empty);
    operations(root).next().is_some()
        && operations(root).all(|operation| operation.get("security").is_some_and(is_empty))
        && root.value.get("security").is_none_or(is_empty)
}

/// A warning if most operations have no `security`. A few may be public.
fn warning_of_unsaid(root: Node<'_>) -> Option<String> {
    let count = operations(root).count();
    let unsaid = operations(root).filter(|operation| !operation.contains_key("security")).count();
    (unsaid * 2 > count).then(|| {
        format!(
            "{unsaid} of {count} operations have no `security`, and the description has no global one, so they are called without \
             a credential: if they need one, use --auth bearer, basic or key:HEADER, which applies to these operations"
        )
    })
}

/// True if the whole description has an empty list of security requirements, and no operation has one that is not empty.
fn asks_nowhere(root: Node<'_>) -> bool {
    let list = root.value.get("security").and_then(Value::as_array);
    list.is_some_and(Vec::is_empty) && !asks_somewhere(root)
}

/// How the credential of a scheme is sent; `None` if it is part of the TLS connection.
fn kind(scheme: Node<'_>) -> Result<Option<SchemeKind>, String> {
    let text = |key: &str| scheme.text(key).unwrap_or_default();
    match (text("type"), text("in"), text("scheme").to_ascii_lowercase().as_str()) {
        ("apiKey", "header", _) if !is_header_name(text("name")) => Err("its `name` is not a header name".to_owned()),
        ("apiKey", "header", _) => Ok(Some(SchemeKind::Key(text("name").to_owned()))),
        ("apiKey", place, _) => Err(format!("a key in the {place} is not supported: expected a key in a header")),
        ("http", _, "basic") => Ok(Some(SchemeKind::Basic)),
        ("http", _, "bearer") | ("oauth2" | "openIdConnect", ..) => Ok(Some(SchemeKind::Bearer("Bearer".to_owned()))),
        ("http", _, other) => Err(format!("the scheme `{other}` of `Authorization` is not supported")),
        ("mutualTLS", ..) => Ok(None),
        (other, ..) => Err(format!("the type `{other}` is not supported")),
    }
}

/// True for a name that a header can have (RFC 9110, section 5.6.2).
pub(super) fn is_header_name(name: &str) -> bool {
    let allowed = |letter: char| letter.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(letter);
    !name.is_empty() && name.chars().all(allowed)
}

/// A name in lower case, with hyphens between its words.
pub(super) fn kebab(name: &str) -> String {
    let mut out = String::new();
    let mut before = ' ';
    for letter in name.chars() {
        if letter.is_ascii_alphanumeric() {
            if letter.is_ascii_uppercase() && before.is_ascii_lowercase() {
                out.push('-');
            }
            out.push(letter.to_ascii_lowercase());
        } else if !out.ends_with('-') {
            out.push('-');
        }
        before = letter;
    }
    let out = out.trim_matches('-').to_owned();
    if out.is_empty() { "other".to_owned() } else { out }
}

#[cfg(test)]
mod tests {
    use super::super::description::of;
    use super::*;

    fn schemes() -> Value {
        json!({ "bearerAuth": { "type": "http", "scheme": "bearer" }, "query": { "type": "apiKey", "in": "query", "name": "k" },
                "login": { "type": "oauth2" }, "appKey": { "type": "apiKey", "in": "header", "name": "X-App" } })
    }

    #[test]
    fn each_kind_of_credential_that_can_be_sent_has_an_actor() {
        let all = of(json!({ "components": { "securitySchemes": schemes() }, "security": [{ "login": [] }] }));
        let access = Access::of(all.node(), None);
        let actors: Vec<&str> = access.actors().iter().map(|scheme| scheme.actor.as_str()).collect();
        assert_eq!((actors, access.warnings.len()), (vec!["user", "app-key"], 1));
        let need = |security: Value| access.need(&json!({ "security": security }), all.node().value);
        assert_eq!(
            need(json!([{ "query": [] }, { "appKey": [] }])).map(|found| found.0),
            Ok(Need::CredentialOf("app-key".into()))
        );
        assert_eq!(
            need(json!([{ "query": [], "login": ["a"] }])),
            Ok((Need::CredentialOf("user".into()), Some(json!([{ "login": ["a"] }]))))
        );
        assert_eq!(need(json!([{}, { "login": [] }])).map(|found| found.0), Ok(Need::NoCredential));
        assert!(need(json!([{ "query": [] }])).is_err());
    }

    fn operation(security: Option<Value>) -> Value {
        let mut operation = json!({ "responses": {} });
        security.into_iter().for_each(|security| operation["security"] = security);
        json!({ "get": operation })
    }

    #[test]
    fn an_empty_list_on_every_operation_says_nothing_if_auth_is_given() {
        let basic = Some(Auth::Basic);
        let need = |paths: Value| {
            let all = of(json!({ "paths": paths }));
            let access = Access::of(all.node(), basic.as_ref());
            let operation = &all.node().value["paths"]["/a"]["get"];
            access.need(operation, all.node().value).map(|(need, _)| need)
        };
        let empty = || operation(Some(json!([])));
        assert_eq!(need(json!({ "/a": empty(), "/b": empty() })), Ok(Need::Undocumented("user".into())));
        // On some operations only, it says that these are public.
        assert_eq!(need(json!({ "/a": empty(), "/b": operation(None) })), Ok(Need::NoCredential));
    }

    #[test]
    fn auth_is_about_operations_without_security_if_others_have_it() {
        let paths =
            json!({ "/a": operation(None), "/b": operation(None), "/c": operation(Some(json!([{ "login": [] }]))) });
        let all = of(json!({ "components": { "securitySchemes": schemes() }, "paths": paths }));
        let need = |auth: Option<&Auth>| {
            let access = Access::of(all.node(), auth);
            let found = access.need(&json!({}), all.node().value).map(|(need, _)| need);
            (found, access.warnings.iter().any(|one| one.contains("2 of 3 operations have no `security`")))
        };
        assert_eq!(need(None), (Ok(Need::NoCredential), true));
        assert_eq!(need(Some(&Auth::None)), (Ok(Need::NoCredential), false));
        assert_eq!(need(Some(&Auth::Bearer)), (Ok(Need::Undocumented("user".into())), false));
        assert_eq!(need(Some(&Auth::Basic)), (Ok(Need::Undocumented("basic".into())), false));
    }

    #[test]
    fn without_a_scheme_a_bearer_token_is_assumed_unless_auth_says_otherwise() {
        let all = of(json!({ "paths": {} }));
        let need = |auth: Option<Auth>| Access::of(all.node(), auth.as_ref()).need(&json!({}), &json!({}));
        assert_eq!(need(None).map(|found| found.0), Ok(Need::Undocumented("user".into())));
        assert_eq!(need(Some(Auth::None)).map(|found| found.0), Ok(Need::NoCredential));
        assert!(Auth::parse("key:X-Key").is_ok() && Auth::parse("key").is_err());
    }
}

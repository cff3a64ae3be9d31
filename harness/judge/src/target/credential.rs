//! Credentials of actors: how they are sent to the target, and how reports write them without showing the secret.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use serde_json::Value;

use spec::contract::{Contract, Scheme};
use spec::scenario::Alteration;

/// The kind of a credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CredentialKind {
    /// `key:…`, an API key.
    Key,
    /// `bearer:…`, a token behind `Authorization: Bearer`, usually a JSON Web Token.
    Bearer,
    /// `basic:USER:PASSWORD`, behind `Authorization: Basic` in Base64 (RFC 7617).
    Basic,
    /// `secret:…`, a secret that signs webhooks.
    Secret,
}

impl CredentialKind {
    /// The prefix before the colon in the environment variable.
    pub fn prefix(self) -> &'static str {
        match self {
            CredentialKind::Key => "key",
            CredentialKind::Bearer => "bearer",
            CredentialKind::Basic => "basic",
            CredentialKind::Secret => "secret",
        }
    }
}

/// The credential of an actor. `Debug` does not print the secret.
#[derive(Clone, PartialEq, Eq)]
pub struct Credential {
    pub kind: CredentialKind,
    value: String,
}

impl fmt::Debug for Credential {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Credential({:?}, not shown)", self.kind)
    }
}

/// A header with a credential: as it is sent, and as a shell command writes it.
#[derive(Clone)]
pub struct CredentialHeader {
    pub name: String,
    /// The value, which is secret.
    pub value: String,
    /// The value with an environment variable instead of the credential.
    pub shell: String,
    /// The credential within the value, which is secret.
    pub credential: String,
}

impl Credential {
    /// Reads `key:…`, `bearer:…`, `basic:USER:PASSWORD` or `secret:…`. Error messages never contain the value. White space
    /// around a key or a token is removed, because a header field has none there (RFC 9110, section 5.5).
    pub fn parse(text: &str) -> Result<Self, String> {
        let kinds = [CredentialKind::Key, CredentialKind::Bearer, CredentialKind::Basic, CredentialKind::Secret];
        for kind in kinds {
            if let Some(value) = text.strip_prefix(kind.prefix()).and_then(|rest| rest.strip_prefix(':')) {
                let is_field = matches!(kind, CredentialKind::Key | CredentialKind::Bearer);
                let value = if is_field { value.trim() } else { value };
                if value.is_empty() || value.chars().any(|letter| letter.is_control()) {
                    return Err(format!(
                        "the value after `{}:` is empty or contains control characters",
                        kind.prefix()
                    ));
                }
                if kind == CredentialKind::Basic && !value.contains(':') {
                    return Err("the value after `basic:` must be `USER:PASSWORD`".to_owned());
                }
                return Ok(Self { kind, value: value.to_owned() });
            }
        }
        Err("a credential must begin with `key:`, `bearer:`, `basic:` or `secret:`".to_owned())
    }

    /// Refuses a credential for which the contract has no security scheme: no request could carry it.
    pub(super) fn sendable_as(self, contract: &Contract, actor: &str) -> Result<Self, String> {
        let signs = contract.conventions.signing.as_ref().is_some_and(|signing| signing.secret_actor == actor);
        if signs || self.header(actor, &contract.schemes, None).is_some() {
            return Ok(self);
        }
        let expected = match forms(&contract.schemes).as_str() {
            "" => "the description of the API has no security scheme".to_owned(),
            forms => format!("expected {forms}"),
        };
        Err(format!(
            "`{}:` is not the kind of credential that this API documents: {expected}; see `securitySchemes` in schemas/openapi.yaml",
            self.kind.prefix()
        ))
    }

    /// The secret value.
    pub fn expose(&self) -> &str {
        &self.value
    }

    /// The password of a `basic` credential.
    pub(super) fn password(&self) -> Option<&str> {
        self.value.split_once(':').filter(|_| self.kind == CredentialKind::Basic).map(|(_, password)| password)
    }

    /// True for a JSON Web Token: three parts, of which the second has Base64url claims (RFC 7519).
    pub fn is_token(&self) -> bool {
        self.kind == CredentialKind::Bearer && self.value.split('.').count() == 3 && self.claims().is_some()
    }

    /// The `exp` claim of a JSON Web Token.
    pub fn expiry(&self) -> Option<DateTime<Utc>> {
        let seconds = self.claims()?.get("exp")?.as_f64()?;
        DateTime::from_timestamp(seconds as i64, 0)
    }

    fn claims(&self) -> Option<Value> {
        let claims = self.value.split('.').nth(1)?;
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).ok()?).ok()
    }

    /// The header with the credential, altered if the scenario says so; `None` if the contract has no security scheme
    /// for this kind.
    pub fn header(&self, actor: &str, schemes: &[Scheme], alteration: Option<Alteration>) -> Option<CredentialHeader> {
        let variable = variable(actor);
        let plain = format!("${{{variable}#{}:}}", self.kind.prefix());
        if let Some(Alteration::AsBasic | Alteration::AsBasicPassword) = alteration {
            let as_name = alteration == Some(Alteration::AsBasic);
            let value = STANDARD.encode(if as_name { format!("{}:", self.value) } else { format!("x:{}", self.value) });
            let form = if as_name { "%s:" } else { "x:%s" };
            return Some(CredentialHeader {
                name: "Authorization".to_owned(),
                shell: format!("Basic $(printf '{form}' \"{plain}\" | base64 -w0)"),
                credential: value.clone(),
                value: format!("Basic {value}"),
            });
        }
        if let Some(scheme) = alteration.and_then(other_scheme) {
            return Some(CredentialHeader {
                name: "Authorization".to_owned(),
                value: format!("{scheme} {}", self.value),
                shell: format!("{scheme} {plain}"),
                credential: self.value.clone(),
            });
        }
        let (credential, shell) = self.altered(alteration, &variable, &plain);
        let (name, before) = schemes.iter().find_map(|scheme| match (self.kind, scheme) {
            (CredentialKind::Key, Scheme::ApiKey { header }) => Some((header.clone(), String::new())),
            (CredentialKind::Basic, Scheme::Http { scheme }) if scheme == BASIC => {
                Some(("Authorization".to_owned(), String::new()))
            }
            (CredentialKind::Bearer, Scheme::Http { scheme }) if scheme != BASIC => {
                Some(("Authorization".to_owned(), format!("{scheme} ")))
            }
            _ => None,
        })?;
        if self.kind == CredentialKind::Basic {
            let value = STANDARD.encode(&credential);
            return Some(CredentialHeader {
                name,
                shell: format!("{BASIC} $(printf '%s' \"{shell}\" | base64 -w0)"),
                value: format!("{BASIC} {value}"),
                credential: value,
            });
        }
        Some(CredentialHeader {
            name,
            value: format!("{before}{credential}"),
            shell: format!("{before}{shell}"),
            credential,
        })
    }

    fn altered(&self, alteration: Option<Alteration>, variable: &str, plain: &str) -> (String, String) {
        let value = &self.value;
        let parts: Vec<&str> = value.split('.').collect();
        let (head, claims) = (parts.first().copied().unwrap_or(value), parts.get(1).copied().unwrap_or_default());
        let signature = parts.get(2).copied().unwrap_or_default();
        // An alteration that needs more than one shell line is described by the name of the variable.
        let described = |what: &str| format!("${{{variable}_{what}}}");
        match alteration {
            None
            | Some(
                Alteration::AsBasic
                | Alteration::AsBasicPassword
                | Alteration::AsPlainBasic
                | Alteration::AsToken
                | Alteration::AsBearer,
            ) => (value.clone(), plain.to_owned()),
            Some(Alteration::FirstCharacter) => (with_other(value, 0), described("WITH_ANOTHER_FIRST_CHARACTER")),
            Some(Alteration::LetterCase) => {
                let changed = in_other_case(value);
                let changed = if changed == *value { with_other_last(value) } else { changed };
                (changed, described("IN_OTHER_LETTER_CASE"))
            }
            Some(Alteration::MiddleCharacter) => (with_other_middle(value), described("WITH_ANOTHER_MIDDLE_CHARACTER")),
            Some(Alteration::Empty) => (String::new(), String::new()),
            Some(Alteration::Truncate) => {
                let end = value.char_indices().next_back().map_or(0, |(at, _)| at);
                (value[..end].to_owned(), described("WITHOUT_ITS_LAST_CHARACTER"))
            }
            Some(Alteration::Append) => (format!("{value}x"), format!("{plain}x")),
            Some(Alteration::LastCharacter) if !self.is_token() => {
                (with_other_last(value), described("WITH_ANOTHER_LAST_CHARACTER"))
            }
            // The last digit of a token may consist of padding bits only, which a decoder may ignore.
            Some(Alteration::BreakSignature | Alteration::LastCharacter) => {
                (format!("{head}.{claims}.{}", with_other_first_digit(signature)), described("WITH_ANOTHER_SIGNATURE"))
            }
            Some(Alteration::BreakSignatureEnd) => (
                format!("{head}.{claims}.{}", with_other_last_digit_but_one(signature)),
                described("WITH_ANOTHER_END_OF_ITS_SIGNATURE"),
            ),
            Some(Alteration::HalfSignature) => (
                format!("{head}.{claims}.{}", signature.chars().take(signature.len() / 2).collect::<String>()),
                described("WITH_HALF_A_SIGNATURE"),
            ),
            Some(Alteration::NoSignature) => (format!("{head}.{claims}."), described("WITHOUT_SIGNATURE")),
            Some(Alteration::TwoParts) => (format!("{head}.{claims}"), described("WITHOUT_THIRD_PART")),
            Some(Alteration::AlgNone) => (self.unsigned("none"), described("WITH_ALG_NONE")),
            Some(Alteration::AlgNoneMixedCase) => (self.unsigned("nOnE"), described("WITH_ALG_NONE_IN_MIXED_CASE")),
            Some(Alteration::AlgNoneExpired) => {
                (format!("{}.{claims}.", encoded_header("none")), described("WITH_ALG_NONE_AND_ITS_OLD_EXPIRY"))
            }
            Some(Alteration::AlgNoneSigned) => {
                (format!("{}{signature}", self.unsigned("none")), described("WITH_ALG_NONE_AND_ITS_OLD_SIGNATURE"))
            }
            Some(Alteration::AlgOther) => {
                (format!("{}{signature}", self.unsigned("HS512")), described("WITH_ANOTHER_ALGORITHM"))
            }
            Some(Alteration::SignatureCase) => {
                let changed = in_other_case(signature);
                let changed = if changed == signature { with_other_first_digit(signature) } else { changed };
                (format!("{head}.{claims}.{changed}"), described("WITH_ITS_SIGNATURE_IN_OTHER_LETTER_CASE"))
            }
            Some(Alteration::FourParts) => (format!("{value}.e30"), format!("{plain}.e30")),
            Some(Alteration::ExtendExpiry) => {
                (format!("{head}.{}.{signature}", self.claims_with_later_expiry()), described("WITH_A_LATER_EXPIRY"))
            }
        }
    }

    /// A token without signature, with the given `alg`, the same claims and an expiry in the future.
    fn unsigned(&self, algorithm: &str) -> String {
        format!("{}.{}.", encoded_header(algorithm), self.claims_with_later_expiry())
    }

    /// The claims with an expiry one hour from now.
    fn claims_with_later_expiry(&self) -> String {
        let mut claims = self.claims().unwrap_or_else(|| Value::Object(serde_json::Map::new()));
        if let Some(members) = claims.as_object_mut() {
            members.insert("exp".to_owned(), (Utc::now().timestamp() + 3600).into());
        }
        URL_SAFE_NO_PAD.encode(claims.to_string())
    }
}

const BEARER_FORM: &str = "bearer:…";

/// The authentication scheme of RFC 7617.
const BASIC: &str = "Basic";

/// The environment variable that holds an actor's credential.
pub fn variable(actor: &str) -> String {
    format!("CONFORMANCE_ACTOR_{}", actor.to_uppercase().replace('-', "_"))
}

/// The forms of a credential that these schemes accept, without values: `key:… or bearer:…`.
pub fn forms(schemes: &[Scheme]) -> String {
    let form = |scheme: &Scheme| match scheme {
        Scheme::ApiKey { .. } => "key:…",
        Scheme::Http { scheme } if scheme == BASIC => "basic:USER:PASSWORD",
        Scheme::Http { .. } => BEARER_FORM,
    };
    let mut forms: Vec<&str> = Vec::new();
    for form in schemes.iter().map(form) {
        if !forms.contains(&form) {
            forms.push(form);
        }
    }
    forms.join(" or ")
}

/// How to set the credential of an actor: the variable, and its form if the contract determines it. `token` is true if it
/// must be a JSON Web Token.
pub(super) fn assignment(contract: &Contract, actor: &str, token: bool) -> String {
    let signs = contract.conventions.signing.as_ref().is_some_and(|signing| signing.secret_actor == actor);
    let forms = match (signs, token) {
        (true, _) => "secret:…".to_owned(),
        (false, true) => BEARER_FORM.to_owned(),
        (false, false) => forms(&contract.schemes),
    };
    let name = variable(actor);
    if forms.is_empty() { name } else { format!("{name}={forms}") }
}

/// The encoded header of a token with that algorithm.
fn encoded_header(algorithm: &str) -> String {
    URL_SAFE_NO_PAD.encode(serde_json::json!({ "alg": algorithm, "typ": "JWT" }).to_string())
}

fn in_other_case(text: &str) -> String {
    let changed = |letter: char| {
        if letter.is_ascii_lowercase() { letter.to_ascii_uppercase() } else { letter.to_ascii_lowercase() }
    };
    text.chars().map(changed).collect()
}

/// The scheme of the `Authorization` header (RFC 9110) with which the credential is sent unchanged.
fn other_scheme(alteration: Alteration) -> Option<&'static str> {
    match alteration {
        Alteration::AsPlainBasic => Some("Basic"),
        Alteration::AsToken => Some("Token"),
        Alteration::AsBearer => Some("Bearer"),
        _ => None,
    }
}

fn with_other_last(value: &str) -> String {
    with_other(value, value.chars().count().saturating_sub(1))
}

fn with_other_middle(value: &str) -> String {
    with_other(value, value.chars().count() / 2)
}

/// The text with another character at `place`. A dot separates the parts of a token, so the character after it changes.
fn with_other(value: &str, place: usize) -> String {
    let mut letters: Vec<char> = value.chars().collect();
    let place = if letters.get(place) == Some(&'.') { place + 1 } else { place };
    if let Some(letter) = letters.get_mut(place) {
        *letter = if *letter == 'a' { 'b' } else { 'a' };
    }
    letters.into_iter().collect()
}

/// Another signature of the same length. The first digit changes: the last may consist of padding bits only, which a
/// lenient decoder ignores.
fn with_other_first_digit(signature: &str) -> String {
    let mut letters: Vec<char> = signature.chars().collect();
    if let Some(first) = letters.first_mut() {
        *first = if *first == 'A' { 'B' } else { 'A' };
    }
    letters.into_iter().collect()
}

/// Another signature with the same beginning. The last digit but one changes, since the last may hold padding bits.
fn with_other_last_digit_but_one(signature: &str) -> String {
    let mut letters: Vec<char> = signature.chars().collect();
    let last_but_one = letters.len().saturating_sub(2);
    if let Some(letter) = letters.get_mut(last_but_one) {
        *letter = if *letter == 'A' { 'B' } else { 'A' };
    }
    letters.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_around_a_key_or_token_is_removed() {
        let value = |text: &str| Credential::parse(text).map(|credential| credential.value.clone());
        assert_eq!(value("key: abc \n"), Ok("abc".to_owned()));
        assert_eq!(value("bearer:abc "), Ok("abc".to_owned()));
        assert_eq!(value("basic:user:pass "), Ok("user:pass ".to_owned()));
        assert!(value("key:  ").is_err());
    }

    #[test]
    fn debug_output_and_errors_never_contain_the_secret() {
        let credential = Credential::parse("key:sk_live_1").expect("a credential");
        assert!(!format!("{credential:?}").contains("sk_live"));
        let message = Credential::parse("sk_live_1").expect_err("no prefix");
        assert!(!message.contains("sk_live"));
    }

    #[test]
    fn forms_follow_from_the_schemes() {
        let http = |scheme: &str| Scheme::Http { scheme: scheme.into() };
        let key = |header: &str| Scheme::ApiKey { header: header.into() };
        for (schemes, expected) in [
            (vec![], ""),
            (vec![key("X-Api-Key")], "key:…"),
            (vec![key("X-Api-Key"), http("Bearer")], "key:… or bearer:…"),
            (vec![http("Bearer"), http("Token"), http("Basic")], "bearer:… or basic:USER:PASSWORD"),
        ] {
            assert_eq!(forms(&schemes), expected);
        }
    }

    #[test]
    fn basic_credential_is_sent_in_base64() {
        let credential = Credential::parse("basic:ada:p:w").expect("a credential");
        let schemes = [Scheme::Http { scheme: "Bearer".into() }, Scheme::Http { scheme: "Basic".into() }];
        let header = credential.header("ada", &schemes, None).expect("a header");
        assert_eq!((header.name.as_str(), header.value.as_str()), ("Authorization", "Basic YWRhOnA6dw=="));
        assert_eq!(header.shell, "Basic $(printf '%s' \"${CONFORMANCE_ACTOR_ADA#basic:}\" | base64 -w0)");
        assert!(Credential::parse("basic:ada").is_err());
        assert!(credential.header("ada", &schemes[..1], None).is_none());
    }

    #[test]
    fn alterations_change_the_named_part_of_a_token() {
        let claims = URL_SAFE_NO_PAD.encode(r#"{"exp":1000,"scope":"ADMIN"}"#);
        let token = Credential::parse(&format!("bearer:aGVhZA.{claims}.c2ln")).expect("a credential");
        assert!(token.is_token());
        assert_eq!(token.expiry().map(|time| time.timestamp()), Some(1000));
        assert_eq!(token.altered(Some(Alteration::MiddleCharacter), "V", "p").0.len(), token.value.len());
        assert_eq!(with_other_middle("abc.def"), "abc.aef");
        assert_eq!(with_other_middle("abcd"), "abad");
        let (none, _) = token.altered(Some(Alteration::AlgNone), "V", "p");
        assert!(none.ends_with('.'));
        let longer = Credential::parse(&format!("bearer:{none}x")).expect("a credential");
        assert!(longer.expiry().expect("an expiry") > Utc::now());
        assert_eq!(token.altered(Some(Alteration::BreakSignature), "V", "p").0, format!("aGVhZA.{claims}.A2ln"));
        assert_eq!(token.altered(Some(Alteration::BreakSignatureEnd), "V", "p").0, format!("aGVhZA.{claims}.c2An"));
        assert_eq!(token.altered(Some(Alteration::HalfSignature), "V", "p").0, format!("aGVhZA.{claims}.c2"));
    }
}

//! The target: its URL, the credentials of actors, what it does not support, and its known deviations.

mod credential;
mod deviation;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use credential::{Credential, CredentialHeader, CredentialKind, forms as credential_forms, variable};
pub use deviation::{Deviation, fits};

use spec::contract::{Condition, Contract};
use spec::source::{Problem, Problems, SourceFile, suggestion};

/// The tested deployment.
#[derive(Clone, Debug, Default)]
pub struct Target {
    /// The base URL.
    pub url: String,
    /// True for the reference API in this process.
    pub embedded: bool,
    /// The credential of each actor.
    pub credentials: BTreeMap<String, Credential>,
    /// Capabilities and operations that the target does not support, with the reason.
    pub lacks: BTreeMap<String, String>,
    /// The instance that it is, if there are several.
    pub instance: Option<Instance>,
    /// Its known deviations.
    pub deviations: Vec<Deviation>,
    /// True if it can reach the webhook receiver.
    pub reaches_us: bool,
    /// How long it waits for the response of a webhook endpoint.
    pub webhook_timeout: Duration,
}

/// How long a target waits for the response of a webhook endpoint by default: the ten seconds of the published page.
pub const WEBHOOK_TIMEOUT: Duration = Duration::from_secs(10);

/// One of several instances of the same API, such as one whose storage is down. `conformance merge` gives one verdict
/// over all of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Instance {
    /// The name of the API, the same in the target files of all instances.
    pub of: String,
    /// The name of this instance: letters, digits and hyphens.
    pub name: String,
}

/// A target file: the description of a deployment, without any secret.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TargetFile {
    /// The base URL. `--target-url` takes precedence, and is required if this is absent.
    pub url: Option<String>,
    /// The environment variable of each actor's credential; by default `CONFORMANCE_ACTOR_<NAME>`.
    #[serde(default)]
    pub actors: BTreeMap<String, String>,
    /// Capabilities and operations that the deployment does not support, each with the reason.
    #[serde(default)]
    pub lacks: BTreeMap<String, String>,
    /// The maximum number of requests per second.
    pub rate: Option<f64>,
    /// How long it waits for the response of a webhook endpoint, in seconds. 10 when absent.
    pub webhook_timeout_seconds: Option<f64>,
    /// The instance that this is, if several instances of the API are tested.
    pub instance: Option<Instance>,
    /// Its known deviations.
    #[serde(default)]
    pub deviations: Vec<Deviation>,
}

impl TargetFile {
    /// Reads a target file and checks its names against the contract.
    pub fn load(path: &Path, contract: &Contract) -> Result<Self, Problems> {
        let mut problems = Problems::default();
        let Some(file) = problems.take(SourceFile::read(path, path.display().to_string())) else {
            return Err(problems);
        };
        let Some(mut target) = problems.take(file.parse::<TargetFile>()) else {
            return Err(problems);
        };
        let actors: Vec<String> = contract.conventions.actors.keys().cloned().collect();
        let capabilities: Vec<String> = contract.conventions.capabilities.keys().cloned().collect();
        refuse_unknown(&file, "actors", target.actors.keys(), &actors, &mut problems);
        let operations = contract.operations.iter().map(|operation| operation.id.clone());
        let known: Vec<String> = capabilities.into_iter().chain(operations).collect();
        refuse_unknown(&file, "lacks", target.lacks.keys(), &known, &mut problems);
        deviation::check(&file, &mut target.deviations, contract, &mut problems);
        let bounded =
            |value: Option<f64>, least: f64, most: f64| value.is_none_or(|value| (least..=most).contains(&value));
        if !bounded(target.rate, 0.001, 1e6) {
            problems
                .0
                .push(file.problem(&["rate".into()], "expected a number of requests per second of at least 0.001"));
        }
        if !bounded(target.webhook_timeout_seconds, 0.001, 3600.0) {
            let at = ["webhook_timeout_seconds".into()];
            problems.0.push(file.problem(&at, "expected a number of seconds from 0.001 to 3600"));
        }
        if let Some(instance) = &target.instance {
            check_instance(&file, instance, &mut problems);
        }
        if let Some(Err(message)) = target.url.as_deref().map(check_url) {
            problems.0.push(file.problem(&["url".into()], message));
        }
        problems.or(target)
    }
}

/// The name begins the names of tests, before a slash.
fn check_instance(file: &SourceFile, instance: &Instance, problems: &mut Problems) {
    let is_name =
        |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if !is_name(&instance.name) {
        let message = format!("`{}` is not a valid name: use letters, digits and hyphens", instance.name);
        problems.0.push(file.problem(&["instance".into(), "name".into()], message));
    }
    if instance.of.trim().is_empty() {
        problems.0.push(file.problem(&["instance".into(), "of".into()], "expected the name of the API"));
    }
}

fn refuse_unknown<'k>(
    file: &SourceFile,
    section: &str,
    names: impl Iterator<Item = &'k String>,
    known: &[String],
    problems: &mut Problems,
) {
    for name in names.filter(|name| !known.contains(name)) {
        let at = [section.into(), name.as_str().into()];
        let problem: Problem = file.problem_at_key(&at, format!("unknown name `{name}` in `{section}`"));
        problems.0.push(problem.with_help(suggestion(name, known)));
    }
}

/// Parses a base URL. The error is one line.
pub fn check_url(text: &str) -> Result<url::Url, String> {
    let url = url::Url::parse(text).map_err(|error| {
        format!("`{text}` is not a valid URL ({error}): write it as https://host or http://127.0.0.1:8080")
    })?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(format!("`{text}` has the scheme {}: only http and https are supported", url.scheme()));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("the URL contains a user or password, which reports would show: use --header instead".to_owned());
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(format!("`{text}` has a query or a fragment: a base URL must end with its path"));
    }
    Ok(url)
}

/// For each actor in `actors` of a target file the environment variable in use: the default one if it is set.
pub fn variables(file: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let set = |name: &String| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let named = |(actor, name): (&String, &String)| {
        let default = variable(actor);
        (actor.clone(), if set(&default) { default } else { name.clone() })
    };
    file.iter().map(named).collect()
}

/// Credentials from the environment. `file` has the names of variables that differ from the default.
pub fn credentials(
    contract: &Contract,
    file: &BTreeMap<String, String>,
) -> Result<BTreeMap<String, Credential>, String> {
    let mut found = BTreeMap::new();
    for (actor, role) in &contract.conventions.actors {
        if role.credential.is_some() {
            continue;
        }
        let default = variable(actor);
        let names = std::iter::once(&default).chain(file.get(actor));
        for name in names {
            let Ok(text) = std::env::var(name) else { continue };
            if text.is_empty() {
                continue;
            }
            let credential = Credential::parse(&text)
                .and_then(|credential| credential.sendable_as(contract, actor))
                .map_err(|message| format!("{name}: {message}"))?;
            found.insert(actor.clone(), credential);
            break;
        }
    }
    Ok(found)
}

impl Target {
    /// Why a test cannot run against this target, if so. `tokens` are the actors whose credential must be a JSON Web Token
    /// in some test.
    pub fn lacks_for(
        &self,
        contract: &Contract,
        actors: &[String],
        token_actors: &[String],
        needs: &[String],
        tokens: &BTreeSet<String>,
    ) -> Option<String> {
        for actor in actors {
            if !self.credentials.contains_key(actor) {
                let assignment = credential::assignment(contract, actor, tokens.contains(actor));
                return Some(format!("no credential for the actor {actor}: set {assignment}"));
            }
        }
        for actor in token_actors {
            if !self.credentials.get(actor).is_some_and(Credential::is_token) {
                return Some(format!("the credential of the actor {actor} is not a JSON Web Token"));
            }
        }
        for need in needs {
            if let Some(reason) = self.lacks.get(need) {
                return Some(format!("the target lacks {need}: {reason}"));
            }
            let capability = contract.conventions.capabilities.get(need)?;
            if capability.unless == Some(Condition::NoCallbackUrl) && !self.reaches_us {
                return Some(format!(
                    "{need}: the target cannot reach the webhook receiver; use --webhook-listen and --webhook-url"
                ));
            }
        }
        None
    }

    /// All secrets, each with the name that reports show instead. A password is also listed without its user.
    pub fn secrets(&self) -> impl Iterator<Item = (String, &str)> {
        self.credentials.iter().flat_map(|(actor, credential)| {
            let password = credential.password();
            std::iter::once(credential.expose())
                .chain(password)
                .map(move |part| (format!("${}", variable(actor)), part))
        })
    }
}

/// True if the host of the URL is this machine.
pub fn is_loopback(url: &str) -> bool {
    let Ok(url) = url::Url::parse(url) else {
        return false;
    };
    match url.host_str() {
        Some("localhost") => true,
        Some(host) => {
            host.trim_matches(['[', ']']).parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
        }
        None => false,
    }
}

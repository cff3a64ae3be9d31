//! The redactor of a run. It hides the credentials of the target and the headers from the command line in all output.

use std::collections::BTreeSet;

use crate::flags::NetworkArgs;
use judge::secret::Redactor;
use judge::target::{Target, variable};
use report::output::err_line;
use spec::contract::{Contract, Scheme};
use spec::scenario::Library;

/// Creates the redactor. Warns at once on standard error of secrets that it cannot hide well.
pub fn redactor(network: &NetworkArgs, target: &Target, contract: &Contract, library: &Library) -> Redactor {
    let (redactor, warning) = redactor_with_warning(network, target, contract, library);
    if let Some(warning) = warning {
        err_line!("{warning}");
    }
    redactor
}

/// Creates the redactor, and a warning if it cannot hide some secrets well; none for the embedded reference. A run prints
/// it just before it writes its reports, which it is about.
pub(super) fn redactor_with_warning(
    network: &NetworkArgs,
    target: &Target,
    contract: &Contract,
    library: &Library,
) -> (Redactor, Option<String>) {
    let headers = network.named_headers().filter(|(_, value)| value.len() >= MIN_HEADER_LENGTH);
    let redactor = Redactor::with_own_words(target.secrets().chain(headers), &own_words(contract, library));
    let weak: BTreeSet<&str> = redactor.weaknesses().into_values().flatten().collect();
    let weak: Vec<&str> = weak.into_iter().filter(|name| !name.starts_with("$HEADER_")).collect();
    let warning = (!target.embedded && !weak.is_empty()).then(|| format!("warning: {}", warning(&weak)));
    (redactor, warning)
}

/// What is not hidden, and what to do. The common beginning of the names is written once.
fn warning(names: &[&str]) -> String {
    let short = |name: &str| name.strip_prefix(VARIABLE).map(str::to_owned);
    let mut shown: Vec<String> = Vec::new();
    for (at, name) in names.iter().enumerate() {
        let short = short(name).filter(|_| at > 0 && names[at - 1].starts_with(VARIABLE));
        shown.push(short.unwrap_or_else(|| (*name).to_owned()));
    }
    format!(
        "reports may show {}: short values and ordinary words are not hidden everywhere. Use long random \
         credentials, or do not pass the reports on.",
        shown.join(", ")
    )
}

/// How the name of the variable of a credential begins, as reports show it.
const VARIABLE: &str = "$CONFORMANCE_ACTOR";

/// The minimum length of a header value that is hidden: `Accept-Language: de` contains no secret.
const MIN_HEADER_LENGTH: usize = 8;

/// All names and sentences of a pack that reports show, and the harness's own words in commands. They are not secrets.
fn own_words(contract: &Contract, library: &Library) -> String {
    let mut words: Vec<&str> = vec!["conformance run --target-url", "CONFORMANCE_TARGET_URL", "embedded reference"];
    for test in &library.tests {
        words.extend([test.name.as_ref(), &test.file, &test.about]);
    }
    for clause in &contract.clauses {
        words.extend([clause.id.as_str(), &clause.says, &clause.page]);
    }
    for operation in &contract.operations {
        words.extend([operation.id.as_str(), &operation.path, &operation.summary]);
        words.extend(operation.members.iter().map(String::as_str));
    }
    words.extend(contract.catalog.codes.iter().map(|entry| entry.code.as_str()));
    words.extend(judge::check::names());
    let conventions = &contract.conventions;
    words.extend(conventions.actors.keys().chain(conventions.capabilities.keys()).map(String::as_str));
    words.extend(conventions.signing.iter().flat_map(|one| [one.timestamp_header.as_str(), &one.signature_header]));
    words.extend(contract.schemes.iter().filter_map(|scheme| match scheme {
        Scheme::ApiKey { header } => Some(header.as_str()),
        Scheme::Http { .. } => None,
    }));
    // Commands remove the kind of a credential with `${VARIABLE#key:}`.
    let kinds = ["key", "bearer", "basic", "secret"];
    let variables: Vec<String> =
        conventions.actors.keys().flat_map(|actor| kinds.map(|kind| format!("{}#{kind}:", variable(actor)))).collect();
    words.extend(variables.iter().map(String::as_str));
    words.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn warning_names_each_credential_once() {
        let text = warning(&["$CONFORMANCE_ACTOR_ADMIN", "$CONFORMANCE_ACTOR_READER", "$OTHER"]);
        assert!(text.starts_with("reports may show $CONFORMANCE_ACTOR_ADMIN, _READER, $OTHER: short values"), "{text}");
    }
}

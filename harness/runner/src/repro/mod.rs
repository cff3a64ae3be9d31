//! Writes a test as a POSIX shell script, for `conformance repro`.
//!
//! The script does what the runner does, step by step, with `curl` and `jq` instead of this program. Its requests come
//! from the same [`prepare`](crate::execute::request::prepare) as the runner's. Values that are known only while the
//! script runs (a kept id, a unique value, the time) are markers in these requests; [`text`] replaces them by shell
//! variables. Responses are judged by `judge.jq`, a second implementation of the checks, with the facts of the contract
//! from [`facts`]. Credentials come from the environment and are not part of the script.

mod facts;
mod step;
mod text;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use self::step::{Writer, assignments, indented};
use self::text::{Markers, quoted};
use crate::execute::build_case;
use generate::{Input, Sampling, generate, replay};
use judge::record::shrink_path_text;
use spec::contract::{Contract, Scheme};
use spec::scenario::{Property, TestCase, Variables};

const RUNTIME: &str = include_str!("runtime.sh");
const CREDENTIAL: &str = include_str!("credential.sh");
const SIGN: &str = include_str!("sign.sh");
const JUDGE: &str = include_str!("judge.jq");

/// How the script reaches the target.
#[derive(Clone, Debug, Default)]
pub struct Reach {
    /// The base URL, unless `CONFORMANCE_TARGET_URL` is set.
    pub url: Option<String>,
    /// The environment variables of credentials, for actors that do not use the default one.
    pub actors: BTreeMap<String, String>,
    /// The names of the headers of every request. Their values come from `HEADER_<NAME>`.
    pub headers: Vec<String>,
    /// A file with additional certificate authorities to trust.
    pub ca_cert: Option<PathBuf>,
    /// The client certificate.
    pub client_cert: Option<PathBuf>,
    /// The key of the client certificate.
    pub client_key: Option<PathBuf>,
    /// Whether to accept any certificate.
    pub insecure: bool,
    /// Whether to use the proxy settings of the environment.
    pub system_proxy: bool,
    /// The timeout of one exchange, in seconds.
    pub timeout: f64,
    /// Whether violations of SHOULD clauses count.
    pub strict: bool,
}

/// One generated case of a property: its number, and the shrink steps from there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseChoice {
    /// The number of the generated case, from 0.
    pub case: usize,
    /// The shrink steps: true for a simpler value, false for a more complex one.
    pub path: Vec<bool>,
}

impl CaseChoice {
    /// Reads `12`, or `12:s3c1`: three steps simpler, one step more complex.
    pub fn parse(text: &str) -> Result<Self, String> {
        let wrong = || format!("expected a case such as 12 or 12:s3c1, found `{text}`");
        let (case, shrink_path) = text.split_once(':').unwrap_or((text, ""));
        let mut path = Vec::new();
        let mut rest = shrink_path;
        while let Some(kind) = rest.chars().next() {
            let digits = rest[1..].chars().take_while(char::is_ascii_digit).count();
            let count: usize = rest[1..1 + digits].parse().map_err(|_| wrong())?;
            match kind {
                's' | 'c' if count <= 1000 => path.extend(std::iter::repeat_n(kind == 's', count)),
                _ => return Err(wrong()),
            }
            rest = &rest[1 + digits..];
        }
        Ok(Self { case: case.parse().map_err(|_| wrong())?, path })
    }
}

impl std::fmt::Display for CaseChoice {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.path.as_slice() {
            [] => write!(formatter, "{}", self.case),
            path => write!(formatter, "{}:{}", self.case, shrink_path_text(path)),
        }
    }
}

/// The script of a test. For a property, it sends the given cases of the sample, or all if `cases` is empty.
pub fn script(
    contract: &Contract,
    test: &TestCase,
    reach: &Reach,
    sampling: Sampling,
    cases: &[CaseChoice],
) -> Result<String, String> {
    let markers = Markers::default();
    let mut writer = Writer {
        contract,
        test,
        markers: &markers,
        named: &reach.actors,
        server_error: None,
        cleanup: Vec::new(),
        operations: BTreeSet::new(),
        signs: false,
        credentials: BTreeSet::new(),
    };
    let mut functions = Functions::default();
    let mut variables = initial_variables(test, &markers);
    for step in &test.steps {
        let title = format!("{}.", functions.count() + 1);
        let written = writer.step(&title, step, &mut variables)?;
        functions.add(written);
    }
    if let Some(property) = test.property() {
        writer.server_error = property.server_error.as_deref();
        for (number, rule, input) in inputs(test, property, sampling, cases)? {
            let of_rule = &property.rules[rule];
            let mut own = variables.clone();
            let call = build_case(property, of_rule, &input, &mut own)?;
            let title = format!("case {number} ({}):", of_rule.rule.name);
            let mut written = writer.call(&title, &call, &mut own)?;
            written.body.insert_str(0, "new_unique\n");
            functions.add(written);
        }
    }
    assemble(contract, test, reach, &writer, &functions)
}

/// The variables before the first step: those of the test, and markers.
fn initial_variables(test: &TestCase, markers: &Markers) -> Variables {
    let mut variables = test.variables.clone();
    for name in ["unique", "now", "webhook.url"] {
        variables.insert(name.to_owned(), markers.marker(name).into());
    }
    variables.insert("webhook.refusing".to_owned(), "http://127.0.0.1:9/".into());
    variables
}

/// The inputs to send: the number of the case, the index of its rule, and the input.
fn inputs(
    test: &TestCase,
    property: &Property,
    sampling: Sampling,
    cases: &[CaseChoice],
) -> Result<Vec<(usize, usize, Input)>, String> {
    let rules: Vec<_> = property.rules.iter().map(|rule| &rule.rule).collect();
    let sample = generate(&test.name, &rules, sampling, |rule, input| property.agrees(rule, input));
    if cases.is_empty() {
        let all = sample.cases.into_iter().enumerate();
        return Ok(all.map(|(number, generated)| (number, generated.rule, generated.input)).collect());
    }
    let chosen = cases.iter().map(|choice| {
        let generated = sample.cases.get(choice.case).ok_or_else(|| {
            format!(
                "{} has no case {}: there are {} (see --cases and --seed)",
                test.name,
                choice.case,
                sample.cases.len()
            )
        })?;
        let rule = &property.rules[generated.rule].rule;
        let input = replay(rule, &generated.seed, &choice.path).ok_or_else(|| {
            format!("the case {choice} cannot be generated: check that seed and version are those of the report")
        })?;
        Ok((choice.case, generated.rule, input))
    });
    chosen.collect()
}

#[derive(Default)]
struct Functions(Vec<step::Written>);

impl Functions {
    fn count(&self) -> usize {
        self.0.len()
    }

    fn add(&mut self, written: step::Written) {
        self.0.push(written);
    }

    fn texts(&self, markers: &Markers) -> String {
        let functions = self.0.iter().enumerate().map(|(index, written)| {
            let mut body = written.body.clone();
            for name in &written.keeps {
                let lines = assignments(name, markers);
                let mark = format!("\n\u{1}{name}\u{1}");
                body = body.replace(&mark, &if lines.is_empty() { lines } else { format!("\n{lines}") });
            }
            format!("step_{}() {{\n{}\n}}\n", index + 1, indented(&body))
        });
        functions.collect::<Vec<_>>().join("\n")
    }

    fn calls(&self) -> String {
        let later = |number| format!("  [ \"$precondition_failed\" = yes ] || step_{number}\n");
        (1..=self.count()).map(|number| if number == 1 { "  step_1\n".to_owned() } else { later(number) }).collect()
    }
}

fn assemble(
    contract: &Contract,
    test: &TestCase,
    reach: &Reach,
    writer: &Writer<'_>,
    functions: &Functions,
) -> Result<String, String> {
    let mut script = head(test, writer);
    script.push_str(&settings(contract, reach, writer));
    script.push_str(&functions.texts(writer.markers));
    script.push_str(&format!("\nsteps() {{\n{}{}}}\n", webhook_url(writer.markers), functions.calls()));
    for function in &writer.cleanup {
        script.push_str(&format!("\n{function}\n"));
    }
    let facts = facts::facts(contract, &writer.operations)?;
    script.push_str(&format!(
        "\n# The facts of the contract, the program that judges responses, and the options of curl.\ncontract() {{\n  \
         cat >\"$dir/facts.json\" <<'END'\n{facts}\nEND\n  cat >\"$dir/judge.jq\" <<'END'\n{JUDGE}END\n  \
         cat >\"$dir/options\" <<'END'\n{}END\n}}\n\n",
        options(reach)
    ));
    for (needed, part) in [(!writer.credentials.is_empty() || writer.signs, CREDENTIAL), (writer.signs, SIGN)] {
        if needed {
            script.push_str(part);
            script.push('\n');
        }
    }
    script.push_str(RUNTIME);
    Ok(script)
}

fn head(test: &TestCase, writer: &Writer<'_>) -> String {
    let mut lines = vec![
        "#!/bin/sh".to_owned(),
        format!("# {}", one_line(&test.name)),
        format!("# {}", one_line(&test.about)),
        format!("# Clauses: {}. Defined in {}:{}.", test.clauses.join(", "), test.file, test.line),
        "#".to_owned(),
        "# Repeats this test and says whether the violation occurs again.".to_owned(),
        "# Exit codes: 1 it occurs again; 0 it does not; 3 no verdict, such as without a credential.".to_owned(),
        format!("# Needs a POSIX shell and: {}.", tools(writer)),
    ];
    if !writer.credentials.is_empty() {
        let names: Vec<&str> = writer.credentials.iter().map(String::as_str).collect();
        lines.push(format!("# Credentials come from the environment: {}", names.join(", ")));
        lines.push("# in the form key:…, bearer:…, basic:user:password or secret:….".to_owned());
    }
    if !test.needs.is_empty() {
        lines.push(format!("# The target must support: {}.", test.needs.join(", ")));
    }
    lines.push(
        "# shellcheck disable=SC2016,SC2034,SC2317,SC2329 # texts in single quotes are sent unchanged;".to_owned(),
    );
    lines.push("# not every test uses every helper below".to_owned());
    lines.join("\n") + "\nset -u\n\n"
}

fn tools(writer: &Writer<'_>) -> &'static str {
    if writer.signs {
        "curl (7.55 or later), jq (1.6 or later), gzip, base64, openssl"
    } else {
        "curl (7.55 or later), jq (1.6 or later), gzip, base64"
    }
}

fn settings(contract: &Contract, reach: &Reach, writer: &Writer<'_>) -> String {
    let catalog = &contract.catalog;
    let limit = catalog.rate_limit.as_ref();
    let status = limit
        .and_then(|limit| catalog.code(&limit.code)?.only_status())
        .map_or_else(String::new, |status| status.to_string());
    let url = reach.url.as_deref().unwrap_or_default();
    let openssl = if writer.signs { " openssl" } else { "" };
    let mut text = format!(
        "base=${{CONFORMANCE_TARGET_URL:-{}}}\nstrict={}\ntools='curl jq gzip base64 awk od{openssl}'\n\
         limit_status={}\nretry_after_header={}\nrequest_id_header={}\n\n",
        if url.is_empty() { String::new() } else { quoted(url) },
        if reach.strict { "yes" } else { "no" },
        quoted(&status),
        quoted(limit.and_then(|limit| limit.retry_after.as_deref()).unwrap_or_default()),
        quoted(catalog.request_id.as_ref().map_or("", |id| &id.header)),
    );
    for name in &reach.headers {
        let variable = header_variable(name);
        let missing = quoted(&format!("set {variable} to the value of the header {name}"));
        text.push_str(&format!("if [ -z \"${{{variable}-}}\" ]; then echo {missing} >&2; exit 3; fi\n"));
    }
    text.push_str(&credential_header(contract));
    text.push_str("# Headers of every request.\ngateway_headers() {\n");
    for name in &reach.headers {
        text.push_str(&format!("  printf '%s: %s\\n' {} \"${}\"\n", quoted(name), header_variable(name)));
    }
    text + "  :\n}\n\n"
}

/// The shell function with the header of each kind of credential, and after a colon its prefix in the value.
fn credential_header(contract: &Contract) -> String {
    let mut cases = String::new();
    let key = contract.schemes.iter().find_map(|scheme| match scheme {
        Scheme::ApiKey { header } => Some(header.clone()),
        Scheme::Http { .. } => None,
    });
    let http = contract.schemes.iter().find_map(|scheme| match scheme {
        Scheme::Http { scheme } => Some(format!("Authorization:{scheme} ")),
        Scheme::ApiKey { .. } => None,
    });
    for (kind, place) in [("key", key), ("bearer", http)] {
        if let Some(place) = place {
            cases.push_str(&format!("    {kind}) echo {} ;;\n", quoted(&place)));
        }
    }
    format!(
        "# The header of a credential, and after a colon its prefix in the value.\ncredential_header() {{ # KIND\n  case $1 in\n{cases}    *) echo ;;\n  esac\n}}\n\n"
    )
}

/// The environment variable with the value of a header that a gateway requires.
pub fn header_variable(name: &str) -> String {
    let letter = |letter: char| if letter.is_ascii_alphanumeric() { letter.to_ascii_uppercase() } else { '_' };
    format!("HEADER_{}", name.chars().map(letter).collect::<String>())
}

/// The lines that set the webhook URL: an address without a listener, unless `WEBHOOK_URL` is set.
fn webhook_url(markers: &Markers) -> String {
    use text::{Form, variable};
    let forms = [Form::Text, Form::Json, Form::Inner, Form::Uri];
    let used: Vec<Form> = forms.into_iter().filter(|form| markers.is_used("webhook.url", *form)).collect();
    if used.is_empty() {
        return String::new();
    }
    let mut lines = "  # Webhooks go to an address without a listener, or to WEBHOOK_URL.\n  kept_json=$(printf '%s' \"${WEBHOOK_URL:-http://127.0.0.1:9/$unique}\" | jq -Rs .)\n  forms\n".to_owned();
    for form in used {
        let word = match form {
            Form::Text => "text",
            Form::Json => "json",
            Form::Inner => "inner",
            Form::Uri => "uri",
        };
        lines.push_str(&format!("  {}=$kept_{word}\n", variable("webhook.url", form)));
    }
    lines
}

/// The options of curl, as a file for `--config`.
fn options(reach: &Reach) -> String {
    let mut lines: Vec<String> = ["silent", "show-error", "globoff", "path-as-is", "http1.1"].map(str::to_owned).into();
    lines.push(format!("max-time = {}", reach.timeout));
    let paths = [("cacert", &reach.ca_cert), ("cert", &reach.client_cert), ("key", &reach.client_key)];
    for (name, path) in paths {
        if let Some(path) = path {
            let path = path.display().to_string().replace('\\', r"\\").replace('"', "\\\"");
            lines.push(format!("{name} = \"{path}\""));
        }
    }
    if reach.insecure {
        lines.push("insecure".to_owned());
    }
    if !reach.system_proxy {
        lines.push("noproxy = \"*\"".to_owned());
    }
    lines.join("\n") + "\n"
}

fn one_line(text: &str) -> String {
    text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_choice_is_parsed_and_formatted_alike() {
        for text in ["0", "12", "12:s3c1s20"] {
            assert_eq!(CaseChoice::parse(text).map(|choice| choice.to_string()).as_deref(), Ok(text));
        }
        for text in ["", "x", "1:s", "1:q2", "1:s9999"] {
            assert!(CaseChoice::parse(text).is_err(), "{text}");
        }
    }
}

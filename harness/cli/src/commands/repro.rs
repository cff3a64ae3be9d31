//! `repro`: writes a test as a shell script.

use std::process::ExitCode;

use super::loaded;
use crate::flags::ReproArgs;
use crate::run::{Abort, usage};
use generate::Sampling;
use judge::target::{TargetFile, check_url};
use report::{Report, read};
use runner::repro::{CaseChoice, Reach, script};
use spec::contract::Contract;
use spec::scenario::{Library, TestCase};
use spec::source::suggestion;

/// Prints the script of a test, or writes it into a file.
pub fn repro(arguments: &ReproArgs) -> Result<ExitCode, Abort> {
    write(arguments, &text(arguments)?)?;
    Ok(ExitCode::SUCCESS)
}

pub(crate) fn text(arguments: &ReproArgs) -> Result<String, Abort> {
    let (contract, library) = loaded(&arguments.pack)?;
    let test = named(&library, &arguments.test)?;
    let from = match &arguments.from {
        Some(path) => Some(read(path).map_err(|problem| usage(problem.one_line()))?),
        None => None,
    };
    let reach = reach(arguments, &contract, from.as_ref())?;
    let (sampling, cases) = generated(arguments, from.as_ref(), test)?;
    script(&contract, test, &reach, sampling, &cases).map_err(usage)
}

fn named<'l>(library: &'l Library, name: &str) -> Result<&'l TestCase, Abort> {
    library.tests.iter().find(|test| *test.name == *name).ok_or_else(|| {
        let names: Vec<String> = library.tests.iter().map(|test| test.name.to_string()).collect();
        let hint = suggestion(name, &names).unwrap_or_else(|| "`conformance list` shows all".to_owned());
        usage(format!("there is no test `{name}`: {hint}"))
    })
}

fn reach(arguments: &ReproArgs, contract: &Contract, from: Option<&Report>) -> Result<Reach, Abort> {
    let file = match &arguments.pack.target {
        Some(path) => TargetFile::load(path, contract)?,
        None => TargetFile::default(),
    };
    let reported = from.map(|report| report.target.clone()).filter(|target| target.contains("://"));
    let url = arguments.target_url.clone().or(file.url).or(reported);
    if let Some(url) = &url {
        check_url(url).map_err(usage)?;
    }
    let network = &arguments.network;
    Ok(Reach {
        url: url.map(|url| url.trim_end_matches('/').to_owned()),
        actors: file.actors,
        headers: network.header.iter().map(|header| header.0.clone()).collect(),
        ca_cert: network.ca_cert.clone(),
        client_cert: network.client_cert.clone(),
        client_key: network.client_key.clone(),
        insecure: network.insecure,
        system_proxy: network.system_proxy,
        timeout: network.timeout,
        strict: arguments.strict || from.is_some_and(|report| report.strict),
    })
}

/// The seed and the cases of a property for the script.
fn generated(
    arguments: &ReproArgs,
    from: Option<&Report>,
    test: &TestCase,
) -> Result<(Sampling, Vec<CaseChoice>), Abort> {
    let options = from.and_then(|report| report.manifest.as_ref()).map(|manifest| &manifest.options);
    let reported = options.and_then(|options| options.get("cases")?.parse().ok());
    let seed = arguments.seed.or(from.map(|report| report.seed)).unwrap_or(1);
    let sampling = Sampling { seed, cases: arguments.cases.or(reported) };
    let mut cases = arguments.case.clone();
    if !test.is_property() && !cases.is_empty() {
        return Err(usage("--case selects cases of a property, but this test is not a property"));
    }
    if let Some(report) = from {
        let reported = report.tests.iter().find(|reported| *reported.name == *test.name);
        let reported = reported.ok_or_else(|| usage(format!("the report has no test `{}`", test.name)))?;
        for found in reported.fuzz.iter().flat_map(|fuzz| &fuzz.found) {
            let choice = format!("{}:{}", found.case, found.shrink_steps);
            cases.push(CaseChoice::parse(choice.trim_end_matches(':')).map_err(usage)?);
        }
    }
    Ok((sampling, cases))
}

fn write(arguments: &ReproArgs, text: &str) -> Result<(), Abort> {
    match &arguments.output {
        Some(path) => std::fs::write(path, text).map_err(|error| usage(format!("{}: {error}", path.display()))),
        None => {
            use std::io::Write as _;
            // It is no error if the reader has closed the pipe.
            let _ = std::io::stdout().write_all(text.as_bytes());
            Ok(())
        }
    }
}

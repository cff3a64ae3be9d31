//! Determines the target of a run: the embedded reference or a base URL, and the receiver for its webhooks.

use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Runtime;

use super::{Abort, usage};
use crate::flags::RunArgs;
use judge::target;
use judge::target::{Target, TargetFile};
use mutate::embedded::Embedded;
use report::ReportRequest;
use report::output::{err_line, out_line};
use runner::webhook::Receiver;
use spec::contract::{Contract, Operation};

pub(super) fn resolve_target(
    runtime: &Runtime,
    arguments: &RunArgs,
    contract: &Contract,
    file: Option<&TargetFile>,
) -> Result<(Target, Option<Embedded>), Abort> {
    let url = arguments.target_url.clone().or_else(|| file.and_then(|file| file.url.clone()));
    let Some(url) = url else {
        if file.is_some() {
            return Err(usage("the target file has no `url`: add one, or give --target-url"));
        }
        if !arguments.reference {
            refuse_foreign(contract)?;
        }
        let embedded = runtime
            .block_on(mutate::embedded::start_embedded())
            .map_err(|error| Abort::Inconclusive(format!("the embedded reference did not start: {error}")))?;
        return Ok((embedded.target(), Some(embedded)));
    };
    let mut target = deployment(contract, file, url)?;
    target.reaches_us |= arguments.webhook_url.is_some();
    Ok((target, None))
}

/// The deployment at a URL, with the credentials of the environment and the other facts of its file.
pub fn deployment(contract: &Contract, file: Option<&TargetFile>, url: String) -> Result<Target, Abort> {
    let file = file.cloned().unwrap_or_default();
    Ok(Target {
        credentials: target::credentials(contract, &file.actors).map_err(usage)?,
        embedded: false,
        lacks: file.lacks,
        instance: file.instance,
        deviations: file.deviations,
        reaches_us: target::is_loopback(&url),
        webhook_timeout: file.webhook_timeout_seconds.map_or(target::WEBHOOK_TIMEOUT, Duration::from_secs_f64),
        url,
    })
}

/// Refuses to test the embedded reference with the contract of another API.
pub fn refuse_foreign(contract: &Contract) -> Result<(), Abort> {
    let foreign = |operation: &&Arc<Operation>| !mutate::embedded::reference_serves(&operation.method, &operation.path);
    let Some(operation) = contract.operations.iter().find(foreign) else {
        return Ok(());
    };
    Err(usage(format!(
        "the embedded reference API is not the API of this pack: it has no {} {}; give the target with --target-url URL or --target FILE",
        operation.method, operation.path
    )))
}

/// Prints the target as the first line of output.
pub(super) fn announce(arguments: &RunArgs, target: &Target) {
    let line = match (target.embedded, arguments.reference) {
        (true, true) => "target: the embedded reference API".to_owned(),
        (true, false) => {
            "target: the embedded reference API, since no target was named (--target-url URL tests a deployment)"
                .to_owned()
        }
        (false, _) => format!("target: {}", target.url),
    };
    // The summary of a quiet run names the target. The line is printed only if no target was chosen.
    if arguments.libtest.quiet && (!target.embedded || arguments.reference) {
        return;
    }
    let machine = matches!(arguments.libtest.format, Some(libtest_mimic::FormatSetting::Json));
    if machine || arguments.outputs.report.iter().any(ReportRequest::is_stdout) {
        err_line!("{line}");
    } else {
        out_line!("{line}");
    }
}

/// Starts the webhook receiver, if the target can reach it.
pub(super) fn receiver(runtime: &Runtime, arguments: &RunArgs, target: &Target) -> Result<Option<Receiver>, Abort> {
    if !target.reaches_us {
        return Ok(None);
    }
    let address = arguments.webhook_listen.unwrap_or_else(|| ([127, 0, 0, 1], 0).into());
    runtime
        .block_on(Receiver::start(address, arguments.webhook_url.as_deref(), target.webhook_timeout))
        .map(Some)
        .map_err(|error| Abort::Inconclusive(format!("the webhook receiver cannot listen on {address}: {error}")))
}

/// Opens and closes a connection before anything else, so that an address without a server gives one message instead of
/// hundreds.
pub async fn reachable(url: &str) -> Result<(), String> {
    let parsed = target::check_url(url)?;
    let host = parsed.host_str().unwrap_or_default().trim_matches(['[', ']']).to_owned();
    let port = parsed.port_or_known_default().unwrap_or(80);
    let attempt = tokio::net::TcpStream::connect((host, port));
    let failed = |why: String| format!("{url} cannot be reached: {why}");
    match tokio::time::timeout(Duration::from_secs(10), attempt).await {
        Ok(Ok(_)) => Ok(()),
        Ok(Err(error)) => Err(failed(error.to_string())),
        Err(_) => Err(failed("no connection within 10 s".to_owned())),
    }
}

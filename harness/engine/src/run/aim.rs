//! What a run is aimed at: the embedded reference or a base URL, and our endpoints for its webhooks.

use std::time::Duration;

use tokio::runtime::Runtime;

use super::{Refusal, usage};
use crate::cli::RunArgs;
use crate::contract::Contract;
use crate::target::{self, Embedded, Receiver, Target, TargetFile};

pub(super) fn aim(
    runtime: &Runtime,
    arguments: &RunArgs,
    contract: &Contract,
    file: Option<&TargetFile>,
) -> Result<(Target, Option<Embedded>), Refusal> {
    let url = arguments.target_url.clone().or_else(|| file.and_then(|file| file.url.clone()));
    let Some(url) = url else {
        if file.is_some() {
            return Err(usage("the target file names no `url`: put one there, or give --target-url"));
        }
        let embedded = runtime
            .block_on(target::start_embedded())
            .map_err(|error| Refusal::Inconclusive(format!("the embedded reference did not start: {error}")))?;
        return Ok((embedded.target(), Some(embedded)));
    };
    let empty = TargetFile::default();
    let file = file.unwrap_or(&empty);
    let target = Target {
        credentials: target::credentials(contract, &file.actors).map_err(usage)?,
        embedded: false,
        lacks: file.lacks.clone(),
        deviations: file.deviations.clone(),
        reaches_us: target::is_loopback(&url) || arguments.webhook_url.is_some(),
        webhook_timeout: file.webhook_timeout_seconds.map_or(target::WEBHOOK_TIMEOUT, Duration::from_secs_f64),
        url,
    };
    Ok((target, None))
}

/// Our endpoints for the target's webhooks, where it has a way to reach them.
pub(super) fn receiver(runtime: &Runtime, arguments: &RunArgs, target: &Target) -> Result<Option<Receiver>, Refusal> {
    if !target.reaches_us {
        return Ok(None);
    }
    let address = arguments.webhook_listen.unwrap_or_else(|| ([127, 0, 0, 1], 0).into());
    runtime
        .block_on(Receiver::start(address, arguments.webhook_url.as_deref(), target.webhook_timeout))
        .map(Some)
        .map_err(|error| Refusal::Inconclusive(format!("the webhook receiver cannot listen on {address}: {error}")))
}

/// A connection is opened and closed before anything else, so that an address where nobody listens
/// is told in one line instead of hundreds.
pub(super) async fn reachable(url: &str) -> Result<(), String> {
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

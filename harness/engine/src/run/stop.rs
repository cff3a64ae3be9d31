//! Ending a run before its time, and clearing up at its end.

use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Runtime;
use tokio::sync::watch;

use crate::execute::{Environment, Stop};
use crate::output::tell;

/// How long the last clearing up may take.
const LAST_CLEANUP: Duration = Duration::from_secs(10);

/// Ends the run at its deadline, at Ctrl-C, when asked to terminate, and when its terminal is closed; a second Ctrl-C ends at once.
pub(super) fn watch_for_stops(runtime: &Runtime, stop: watch::Sender<Option<Stop>>, deadline: Option<f64>) {
    let stop = Arc::new(stop);
    if let Some(seconds) = deadline {
        let stop = stop.clone();
        runtime.spawn(async move {
            tokio::time::sleep(Duration::from_secs_f64(seconds)).await;
            stop.send_modify(|reason| *reason = reason.or(Some(Stop::Deadline)));
            // Keeps the channel open for those who still listen.
            std::future::pending::<()>().await;
        });
    }
    runtime.spawn(async move {
        loop {
            interrupted().await;
            if *stop.borrow() == Some(Stop::Interrupt) {
                std::process::exit(130);
            }
            tell!("\ninterrupted: clearing up and writing reports (once more ends at once)");
            stop.send_replace(Some(Stop::Interrupt));
        }
    });
}

#[cfg(unix)]
async fn interrupted() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminate) = signal(SignalKind::terminate()) else {
        return std::future::pending().await;
    };
    // Under `nohup` a run goes on when its terminal is closed.
    let mut hangup = if is_hangup_ignored() { None } else { signal(SignalKind::hangup()).ok() };
    let hung_up = async {
        match &mut hangup {
            Some(hangup) => hangup.recv().await,
            None => std::future::pending().await,
        }
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
        _ = hung_up => {}
    }
}

/// Whether we were started with SIGHUP ignored, as Linux tells: signal N is bit N - 1 of a mask. The first call
/// counts, since listening to the signal changes that.
#[cfg(unix)]
fn is_hangup_ignored() -> bool {
    static IGNORED: std::sync::LazyLock<bool> = std::sync::LazyLock::new(|| {
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let mask = status.lines().find_map(|line| u64::from_str_radix(line.strip_prefix("SigIgn:")?.trim(), 16).ok());
        mask.is_some_and(|mask| mask & 1 == 1)
    });
    *IGNORED
}

#[cfg(not(unix))]
async fn interrupted() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}

/// Takes away what trials could not.
pub(super) async fn sweep(environment: &Environment) {
    let _ = tokio::time::timeout(LAST_CLEANUP, crate::execute::sweep(environment)).await;
}

//! Ending a run before its time, and clearing up at its end.

use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Runtime;
use tokio::sync::watch;

use crate::execute::{Environment, Stop};

/// How long the last clearing up may take.
const LAST_CLEANUP: Duration = Duration::from_secs(10);

/// Ends the run at its deadline, at Ctrl-C, and when asked to terminate; a second Ctrl-C ends at once.
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
            eprintln!("\ninterrupted: clearing up and writing reports (once more ends at once)");
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
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
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

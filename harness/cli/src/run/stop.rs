//! Stops a run early: at its deadline, and on a signal.

use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Runtime;
use tokio::sync::watch;

use report::output::err_line;
use runner::execute::Stop;

/// Stops the run at its deadline and on SIGINT, SIGTERM and SIGHUP. A second signal ends the process immediately. After
/// this function returns, the first signal no longer ends the process without reports.
pub fn watch_for_stops(runtime: &Runtime, stop: watch::Sender<Option<Stop>>, deadline: Option<f64>) {
    let stop = Arc::new(stop);
    if let Some(seconds) = deadline {
        let stop = stop.clone();
        runtime.spawn(async move {
            tokio::time::sleep(Duration::from_secs_f64(seconds)).await;
            stop.send_modify(|reason| *reason = reason.or(Some(Stop::Deadline)));
            // Keeps the sender alive, so that the channel stays open.
            std::future::pending::<()>().await;
        });
    }
    let mut signals = {
        let _inside = runtime.enter();
        Signals::listen()
    };
    runtime.spawn(async move {
        loop {
            signals.next().await;
            if *stop.borrow() == Some(Stop::Interrupt) {
                std::process::exit(130);
            }
            err_line!("\ninterrupted: cleaning up and writing reports (interrupt again to end immediately)");
            stop.send_replace(Some(Stop::Interrupt));
        }
    });
}

/// The signals that end a run early.
#[cfg(unix)]
struct Signals(Vec<tokio::signal::unix::Signal>);

#[cfg(unix)]
impl Signals {
    fn listen() -> Signals {
        use tokio::signal::unix::{SignalKind, signal};
        let mut kinds = vec![SignalKind::interrupt(), SignalKind::terminate()];
        // Under `nohup` the run continues when its terminal is closed.
        if !is_hangup_ignored() {
            kinds.push(SignalKind::hangup());
        }
        Signals(kinds.into_iter().filter_map(|kind| signal(kind).ok()).collect())
    }

    async fn next(&mut self) {
        std::future::poll_fn(|context| {
            if self.0.iter_mut().any(|signal| signal.poll_recv(context).is_ready()) {
                return std::task::Poll::Ready(());
            }
            std::task::Poll::Pending
        })
        .await;
    }
}

/// Whether this process was started with SIGHUP ignored, according to `/proc` on Linux: signal N is bit N - 1 of the
/// mask. Must be called before listening to the signal, which changes the mask. Without `/proc` the response is no, and a
/// hangup stops the run with its reports written.
#[cfg(unix)]
fn is_hangup_ignored() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| u64::from_str_radix(line.strip_prefix("SigIgn:")?.trim(), 16).ok());
    mask.is_some_and(|mask| mask & 1 == 1)
}

#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    fn listen() -> Signals {
        Signals
    }

    async fn next(&mut self) {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

//! Evidence about rate-limit quotas: whether another client uses an actor's quota, and whether a quota was renewed.
//!
//! Both can excuse an unexpected refusal or number. `retry` asks for this evidence. It comes only from responses.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use parking_lot::Mutex;

use judge::exchange::Exchange;
use spec::contract::RateLimit;

/// What the responses of a run show about each actor's quota.
#[derive(Debug, Default)]
pub(super) struct Quotas(Mutex<HashMap<String, Windows>>);

/// The rate-limit windows of one actor, by end time.
#[derive(Debug, Default)]
struct Windows {
    by_end: HashMap<i64, Window>,
    /// Whether served responses report the remaining quota and the end of the window.
    reported_when_served: bool,
    /// Requests without a response. The target may have counted them.
    without_response: i64,
}

#[derive(Debug, Default)]
struct Window {
    limit: i64,
    /// When the served requests were sent.
    served: Vec<DateTime<Utc>>,
    /// When the first refusal arrived.
    refused: Option<DateTime<Utc>>,
}

impl Window {
    /// The number of our served requests that were sent before the first refusal arrived. Responses to concurrent
    /// requests arrive in any order.
    fn ours(&self) -> i64 {
        let before = |sent: &&DateTime<Utc>| self.refused.is_some_and(|refused| **sent < refused);
        i64::try_from(self.served.iter().filter(before).count()).unwrap_or(i64::MAX)
    }
}

/// The evidence for an excuse.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Evidence {
    /// The responses show it.
    Shown(String),
    /// The responses would show it, but do not.
    Absent,
    /// The target does not send the headers that would show it.
    Unknown(String),
}

impl Quotas {
    /// Records the outcome of an exchange.
    pub(super) fn note(&self, names: &RateLimit, exchange: &Exchange) {
        let mut actors = self.0.lock();
        let windows = actors.entry(exchange.request.actor.clone()).or_default();
        let Some(response) = exchange.response() else {
            windows.without_response += 1;
            return;
        };
        let number = |name: &Option<String>| response.header(name.as_deref()?)?.parse::<i64>().ok();
        let (Some(limit), Some(end)) = (number(&names.limit), number(&names.reset)) else { return };
        if number(&names.remaining).is_none() {
            return;
        }
        let window = windows.by_end.entry(end).or_default();
        window.limit = limit;
        if response.is_error() && names.retry_after.as_deref().is_some_and(|name| response.header(name).is_some()) {
            let received = exchange.started + exchange.took;
            window.refused = Some(window.refused.map_or(received, |first| first.min(received)));
        } else {
            window.served.push(exchange.started);
            windows.reported_when_served = true;
        }
    }

    /// Whether another client used this actor's quota: a window served some of our requests, fewer than its limit, and
    /// then refused one.
    pub(super) fn shared(&self, actor: &str) -> Evidence {
        let actors = self.0.lock();
        let Some(windows) = actors.get(actor).filter(|windows| windows.reported_when_served) else {
            return Evidence::Unknown(format!("successful responses do not report the remaining quota of {actor}"));
        };
        let used_by_others = |window: &&Window| {
            let ours = window.ours();
            ours > 0 && ours + windows.without_response < window.limit
        };
        match windows.by_end.values().find(used_by_others) {
            Some(window) => Evidence::Shown(format!(
                "another client uses the quota of {actor}: of {} requests in a window, {} were sent by this run",
                window.limit,
                window.ours()
            )),
            None => Evidence::Absent,
        }
    }
}

/// Whether a quota was renewed between the last two responses of an actor.
pub(super) fn renewed(names: &RateLimit, exchanges: &[Exchange]) -> Evidence {
    let Some(reset) = names.reset.as_deref() else {
        return Evidence::Unknown("no header says when the quota is renewed".to_owned());
    };
    let mut last = exchanges.iter().rev();
    let Some(newest) = last.next() else { return Evidence::Absent };
    let before = last.find(|exchange| exchange.request.actor == newest.request.actor);
    let end = |exchange: &Exchange| exchange.response()?.header(reset)?.parse::<i64>().ok();
    match (before.and_then(end), end(newest)) {
        (Some(before), Some(now)) if now > before => Evidence::Shown(format!(
            "the quota was renewed between the two responses: {reset} rose from {before} to {now}"
        )),
        (Some(_), Some(_)) => Evidence::Absent,
        _ => Evidence::Unknown(format!("the responses have no {reset}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use judge::exchange::{Body, Request, Response, Role};

    fn names() -> RateLimit {
        RateLimit {
            code: "SLOW_DOWN".to_owned(),
            limit: Some("x-limit".to_owned()),
            remaining: Some("x-remaining".to_owned()),
            reset: Some("x-reset".to_owned()),
            reset_form: Default::default(),
            combined: None,
            retry_after: Some("retry-after".to_owned()),
            retry_after_form: Default::default(),
            retry_tolerance_seconds: 1,
            reset_tolerance_seconds: 2,
        }
    }

    fn response(status: u16, reset: Option<i64>) -> Exchange {
        let mut headers = vec![("x-limit".to_owned(), b"3".to_vec()), ("x-remaining".to_owned(), b"0".to_vec())];
        headers.extend(reset.map(|reset| ("x-reset".to_owned(), reset.to_string().into_bytes())));
        let request = Request {
            operation: "list".to_owned(),
            actor: "clerk".to_owned(),
            method: "GET".to_owned(),
            url: String::new(),
            path: "/things".to_owned(),
            headers: Vec::new(),
            body: Body::default(),
        };
        if status == 429 {
            headers.push(("retry-after".to_owned(), b"1".to_vec()));
        }
        let outcome = Ok(Response { status, headers, ..Response::default() });
        Exchange { role: Role::Asserted, request, outcome, started: Utc::now(), took: std::time::Duration::ZERO }
    }

    fn shared(responses: &[(u16, Option<i64>)]) -> Evidence {
        let quotas = Quotas::default();
        responses.iter().for_each(|(status, reset)| quotas.note(&names(), &response(*status, *reset)));
        quotas.shared("clerk")
    }

    #[test]
    fn quota_is_shared_if_fewer_requests_than_its_limit_were_served() {
        assert!(matches!(shared(&[(200, Some(10)), (429, Some(10))]), Evidence::Shown(_)));
        assert_eq!(shared(&[(200, Some(10)), (200, Some(10)), (200, Some(10)), (429, Some(10))]), Evidence::Absent);
        // If a target refuses the first request of a window, it may have failed to renew the quota.
        assert_eq!(shared(&[(200, Some(8)), (429, Some(10)), (429, Some(10))]), Evidence::Absent);
        assert_eq!(shared(&[(429, Some(10)), (200, Some(10))]), Evidence::Absent);
        assert!(matches!(shared(&[(200, None), (429, Some(10))]), Evidence::Unknown(_)));
        assert!(matches!(shared(&[]), Evidence::Unknown(_)));
    }

    #[test]
    fn a_quota_is_renewed_when_its_end_moves_on() {
        let between =
            |before: Option<i64>, now: Option<i64>| renewed(&names(), &[response(200, before), response(200, now)]);
        assert!(matches!(between(Some(10), Some(12)), Evidence::Shown(_)));
        assert_eq!(between(Some(10), Some(10)), Evidence::Absent);
        assert!(matches!(between(None, Some(10)), Evidence::Unknown(_)));
        assert!(matches!(between(Some(10), None), Evidence::Unknown(_)));
    }
}

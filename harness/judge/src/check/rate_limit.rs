//! Checks of rate-limit errors: the documented headers are present, and their numbers agree.

use chrono::DateTime;

use super::{Check, ExchangeContext};
use crate::finding::{Violation, quoted};
use spec::contract::{Moment, RateLimit, combined, integer};

pub(super) const HEADERS: Check = Check {
    name: "rate-limit-headers",
    statement: "a rate-limit error carries all its headers in the documented form",
    applies: |context| is_refusal(context) && limit(context).is_some_and(|limit| !documented(limit).is_empty()),
    run: headers,
};

pub(super) const RETRY_DELAY_AGREES: Check = Check {
    name: "retry-delay-agrees",
    statement: "the retry delay is the same in header and body",
    applies: |context| is_refusal(context) && delay_in_body(context).is_some() && retry_after(context).is_some(),
    run: retry_delay_agrees,
};

pub(super) const REMAINING_IS_ZERO: Check = Check {
    name: "remaining-is-zero",
    statement: "a rate-limit error reports 0 remaining requests",
    applies: |context| is_refusal(context) && remaining(context).is_some(),
    run: remaining_is_zero,
};

pub(super) const RESET_AGREES: Check = Check {
    name: "reset-agrees",
    statement: "the reset time is now plus the retry delay",
    applies: |context| {
        let is_judged = |reset| retry_after(context).is_some() || !is_near(context, reset);
        is_refusal(context) && reset(context).is_some_and(is_judged)
    },
    run: reset_agrees,
};

/// A reset time that is further away, in seconds, is no Unix time in seconds, whatever the delay is: ten years.
const MAX_DISTANCE: i64 = 315_360_000;

fn limit<'c>(context: &ExchangeContext<'c>) -> Option<&'c RateLimit> {
    context.contract.catalog.rate_limit.as_ref()
}

fn is_refusal(context: &ExchangeContext<'_>) -> bool {
    limit(context).is_some_and(|limit| {
        // A status that is one of several does not identify the refusal.
        let entry = context.contract.catalog.code(&limit.code);
        entry.is_some_and(|entry| entry.only_status() == Some(context.response.status))
            || context.code.as_ref() == Some(&limit.code)
    })
}

fn retry_after(context: &ExchangeContext<'_>) -> Option<Moment> {
    limit(context)?.retry_after(|name| context.response.header(name))
}

fn reset(context: &ExchangeContext<'_>) -> Option<Moment> {
    limit(context)?.reset(|name| context.response.header(name))
}

fn remaining(context: &ExchangeContext<'_>) -> Option<i64> {
    limit(context)?.remaining(|name| context.response.header(name))
}

fn delay_in_body(context: &ExchangeContext<'_>) -> Option<i64> {
    let pointer = context.contract.catalog.envelope.pointers.retry_delay.as_deref()?;
    let value = context.body.as_ref()?.pointer(pointer)?;
    let whole = value.as_f64().filter(|seconds| seconds.fract() == 0.0)?;
    Some(whole as i64)
}

/// Whether a header has its documented form.
type HasForm = fn(&RateLimit, &str) -> bool;

/// The documented headers, each with its form as text and as a predicate.
fn documented(limit: &RateLimit) -> Vec<(&str, &'static str, HasForm)> {
    const NUMBER: &str = "an integer";
    let number: HasForm = |_, text| integer(text).is_some();
    let in_combined: HasForm = |_, text| combined(text).is_some();
    let delay: HasForm =
        |limit, text| limit.retry_after(|_| Some(text)).is_some_and(|moment| !matches!(moment, Moment::In(..0)));
    let all: [(&Option<String>, &'static str, HasForm); 5] = [
        (&limit.limit, NUMBER, number),
        (&limit.remaining, NUMBER, number),
        (&limit.reset, NUMBER, number),
        (&limit.combined, "a quota with `r` (what remains) and `t` (seconds to the reset)", in_combined),
        (&limit.retry_after, limit.retry_after_form.words(), delay),
    ];
    all.into_iter().filter_map(|(name, form, has)| Some((name.as_deref()?, form, has))).collect()
}

fn headers(context: &ExchangeContext<'_>) -> Vec<Violation> {
    let Some(limit) = limit(context) else { return Vec::new() };
    let violations =
        documented(limit).into_iter().filter_map(|(name, form, has_form)| match context.response.header(name) {
            Some(text) if has_form(limit, text) => None,
            Some(text) => Some(Violation::header(name, form, quoted(text))),
            None => Some(Violation::header(name, form, "no such header".to_owned())),
        });
    violations.collect()
}

fn retry_delay_agrees(context: &ExchangeContext<'_>) -> Vec<Violation> {
    let (Some(limit), Some(body), Some(header)) = (limit(context), delay_in_body(context), retry_after(context)) else {
        return Vec::new();
    };
    if agree(context, Moment::In(body), header, limit.retry_tolerance_seconds) {
        return Vec::new();
    }
    let name = limit.retry_after.as_deref().unwrap_or_default();
    vec![Violation::header(name, format!("{body}, as in the body"), shown(header))]
}

fn remaining_is_zero(context: &ExchangeContext<'_>) -> Vec<Violation> {
    let (Some(limit), Some(remaining)) = (limit(context), remaining(context)) else {
        return Vec::new();
    };
    if remaining == 0 {
        return Vec::new();
    }
    let name = limit.remaining.as_ref().or(limit.combined.as_ref()).map_or("", String::as_str);
    vec![Violation::header(name, "0", remaining.to_string())]
}

/// False for a time in other units, such as milliseconds.
fn is_near(context: &ExchangeContext<'_>, reset: Moment) -> bool {
    match reset {
        Moment::In(_) => true,
        Moment::At(_) => agree(context, Moment::In(0), reset, MAX_DISTANCE),
    }
}

fn reset_agrees(context: &ExchangeContext<'_>) -> Vec<Violation> {
    let (Some(limit), Some(reset)) = (limit(context), reset(context)) else {
        return Vec::new();
    };
    let name = limit.reset.as_ref().or(limit.combined.as_ref()).map_or("", String::as_str);
    let Some(delay) = retry_after(context) else {
        let expected = format!("a Unix time in seconds (now {})", latest(context));
        return vec![Violation::header(name, expected, shown(reset))];
    };
    if agree(context, delay, reset, limit.reset_tolerance_seconds) {
        return Vec::new();
    }
    let latest = latest(context);
    let retry_after = limit.retry_after.as_deref().unwrap_or_default();
    let expected = match (delay, reset) {
        (Moment::In(delay), Moment::At(_)) => {
            format!("about {} (now {latest} + {retry_after} {delay})", latest + delay)
        }
        (Moment::In(delay), Moment::In(_)) => format!("about {delay}, as in {retry_after}"),
        (Moment::At(time), Moment::At(_)) => format!("about {time}, as in {retry_after}"),
        (Moment::At(time), Moment::In(_)) => format!("about {} ({retry_after} {time} - now {latest})", time - latest),
    };
    vec![Violation::header(name, expected, shown(reset))]
}

/// Now in Unix seconds, for messages.
fn latest(context: &ExchangeContext<'_>) -> i64 {
    now(context).first().map_or(0, |(_, latest)| *latest)
}

fn shown(moment: Moment) -> String {
    match moment {
        Moment::In(seconds) => seconds.to_string(),
        Moment::At(time) => time.to_string(),
    }
}

/// Whether two moments are the same by one of the clocks, within the tolerance.
fn agree(context: &ExchangeContext<'_>, one: Moment, other: Moment, tolerance: i64) -> bool {
    match (one, other) {
        (Moment::In(one), Moment::In(other)) | (Moment::At(one), Moment::At(other)) => (one - other).abs() <= tolerance,
        (Moment::In(delay), Moment::At(time)) | (Moment::At(time), Moment::In(delay)) => {
            let clocks = now(context);
            let hits = |(earliest, latest): &(i64, i64)| {
                (earliest + delay - tolerance..=latest + delay + tolerance).contains(&time)
            };
            clocks.iter().any(hits)
        }
    }
}

/// Now in Unix seconds, as intervals: by the `Date` header if present, and from sending to the end of the response. A
/// busy server can send an outdated `Date`, so both count.
fn now(context: &ExchangeContext<'_>) -> Vec<(i64, i64)> {
    let date = context.response.header("date").and_then(|text| DateTime::parse_from_rfc2822(text).ok());
    let theirs = date.map(|date| (date.timestamp(), date.timestamp()));
    let ours = (context.exchange.started.timestamp(), context.exchange.finished().timestamp());
    theirs.into_iter().chain([ours]).collect()
}

//! Refusals for too many requests: the four headers, and their arithmetic.

use chrono::DateTime;

use super::{Check, Context, quoted};
use crate::contract::RateLimit;
use crate::finding::Breach;

/// All headers are there.
pub(super) const HEADERS: Check = Check {
    name: "rate-limit-headers",
    promise: "a refusal for too many requests carries all its headers, as integers",
    applies: is_refusal,
    run: headers,
};

/// Header and body agree on the delay.
pub(super) const RETRY_DELAY_AGREES: Check = Check {
    name: "retry-delay-agrees",
    promise: "the retry delay is the same in header and body",
    applies: |context| {
        is_refusal(context) && delay_in_body(context).is_some() && number(context, |limit| &limit.retry_after).is_some()
    },
    run: retry_delay_agrees,
};

/// Nothing is left.
pub(super) const REMAINING_IS_ZERO: Check = Check {
    name: "remaining-is-zero",
    promise: "a refusal for too many requests says that none remains",
    applies: |context| is_refusal(context) && number(context, |limit| &limit.remaining).is_some(),
    run: remaining_is_zero,
};

/// The reset lies where the delay says.
pub(super) const RESET_AGREES: Check = Check {
    name: "reset-agrees",
    promise: "the reset is a Unix time that lies the retry delay ahead of now",
    applies: |context| {
        is_refusal(context)
            && number(context, |limit| &limit.reset).is_some()
            && number(context, |limit| &limit.retry_after).is_some()
    },
    run: reset_agrees,
};

fn limit<'c>(context: &Context<'c>) -> Option<&'c RateLimit> {
    context.contract.catalog.rate_limit.as_ref()
}

fn is_refusal(context: &Context<'_>) -> bool {
    limit(context).is_some_and(|limit| {
        let status = context.contract.catalog.code(&limit.code).and_then(|entry| entry.status);
        status == Some(context.response.status) || context.code.as_ref() == Some(&limit.code)
    })
}

fn number(context: &Context<'_>, header: fn(&RateLimit) -> &String) -> Option<i64> {
    let text = context.response.header(header(limit(context)?))?;
    let digits = text.strip_prefix('-').unwrap_or(text);
    let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| text.parse().ok()).flatten()
}

fn delay_in_body(context: &Context<'_>) -> Option<i64> {
    let pointer = context.contract.catalog.envelope.pointers.retry_delay.as_deref()?;
    let value = context.body.as_ref()?.pointer(pointer)?;
    let whole = value.as_f64().filter(|seconds| seconds.fract() == 0.0)?;
    Some(whole as i64)
}

fn headers(context: &Context<'_>) -> Vec<Breach> {
    let Some(limit) = limit(context) else { return Vec::new() };
    let names: [fn(&RateLimit) -> &String; 4] =
        [|limit| &limit.limit, |limit| &limit.remaining, |limit| &limit.reset, |limit| &limit.retry_after];
    names
        .into_iter()
        .filter(|name| number(context, *name).is_none_or(|number| number < 0))
        .map(|name| {
            let name = name(limit);
            let actual = context.response.header(name).map_or_else(|| "no such header".to_owned(), quoted);
            Breach::header(name, "an integer, not negative", actual)
        })
        .collect()
}

fn retry_delay_agrees(context: &Context<'_>) -> Vec<Breach> {
    let (Some(limit), Some(body), Some(header)) =
        (limit(context), delay_in_body(context), number(context, |limit| &limit.retry_after))
    else {
        return Vec::new();
    };
    if (body - header).abs() <= limit.retry_play_seconds {
        return Vec::new();
    }
    vec![Breach::header(&limit.retry_after, format!("{body}, as in the body"), header.to_string())]
}

fn remaining_is_zero(context: &Context<'_>) -> Vec<Breach> {
    let (Some(limit), Some(remaining)) = (limit(context), number(context, |limit| &limit.remaining)) else {
        return Vec::new();
    };
    if remaining == 0 {
        return Vec::new();
    }
    vec![Breach::header(&limit.remaining, "0", remaining.to_string())]
}

fn reset_agrees(context: &Context<'_>) -> Vec<Breach> {
    let (Some(limit), Some(reset), Some(delay)) =
        (limit(context), number(context, |limit| &limit.reset), number(context, |limit| &limit.retry_after))
    else {
        return Vec::new();
    };
    let clocks = now(context);
    let play = limit.reset_play_seconds;
    if clocks.iter().any(|(earliest, latest)| (earliest + delay - play..=latest + delay + play).contains(&reset)) {
        return Vec::new();
    }
    let latest = clocks.first().map_or(0, |(_, latest)| *latest);
    vec![Breach::header(
        &limit.reset,
        format!("about {} (now {latest} + {} {delay})", latest + delay, limit.retry_after),
        reset.to_string(),
    )]
}

/// Now in Unix seconds, as intervals: by the target's own clock where it shows it, and between our sending and our having
/// read the answer. Servers that are busy show a time that they have put down a while ago, hence both.
fn now(context: &Context<'_>) -> Vec<(i64, i64)> {
    let date = context.response.header("date").and_then(|text| DateTime::parse_from_rfc2822(text).ok());
    let theirs = date.map(|date| (date.timestamp(), date.timestamp()));
    let ours = (context.exchange.started.timestamp(), context.exchange.finished().timestamp());
    theirs.into_iter().chain([ours]).collect()
}

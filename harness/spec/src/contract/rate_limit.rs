//! The headers of a rate-limit refusal (`429`): which ones an API sends, in which form, and how they are read.

use chrono::DateTime;
use schemars::JsonSchema;
use serde::Deserialize;

/// The headers of a rate-limit refusal. Each is optional.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RateLimit {
    /// The error code of the refusal.
    pub code: String,
    /// The header with the quota.
    pub limit: Option<String>,
    /// The header with the number of requests that remain.
    pub remaining: Option<String>,
    /// The header with the time at which the quota is renewed.
    pub reset: Option<String>,
    /// The form of that time.
    #[serde(default)]
    pub reset_form: ResetForm,
    /// One header with all of this, as in the IETF draft: `RateLimit: "default";r=0;t=30`.
    pub combined: Option<String>,
    /// The header with the time to wait.
    pub retry_after: Option<String>,
    /// The form of that time.
    #[serde(default)]
    pub retry_after_form: RetryAfterForm,
    /// The tolerance between that header and the delay in the body, in seconds.
    #[serde(default = "one_second")]
    pub retry_tolerance_seconds: i64,
    /// The tolerance between the reset time and now + delay, in seconds.
    #[serde(default = "two_seconds")]
    pub reset_tolerance_seconds: i64,
}

fn one_second() -> i64 {
    1
}

fn two_seconds() -> i64 {
    2
}

/// The form of the reset time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ResetForm {
    /// A Unix time in seconds.
    #[default]
    Unix,
    /// Seconds from now.
    Delay,
}

/// The form of the time to wait (RFC 9110, section 10.2.3).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RetryAfterForm {
    /// Seconds from now.
    #[default]
    Seconds,
    /// An HTTP date.
    HttpDate,
    /// Either of the two.
    Either,
}

impl RetryAfterForm {
    /// The form as messages show it.
    pub fn words(self) -> &'static str {
        match self {
            RetryAfterForm::Seconds => "an integer, not negative",
            RetryAfterForm::HttpDate => "an HTTP date",
            RetryAfterForm::Either => "an integer, not negative, or an HTTP date",
        }
    }
}

/// A point in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// This many seconds from now.
    In(i64),
    /// At this Unix time.
    At(i64),
}

impl RateLimit {
    /// When to retry, from the `retry_after` header; `header` looks up a header by name.
    pub fn retry_after<'r>(&self, header: impl Fn(&str) -> Option<&'r str>) -> Option<Moment> {
        let text = header(self.retry_after.as_deref()?)?;
        let seconds = integer(text).map(Moment::In).filter(|_| self.retry_after_form != RetryAfterForm::HttpDate);
        let date = || http_date(text).map(Moment::At).filter(|_| self.retry_after_form != RetryAfterForm::Seconds);
        seconds.or_else(date)
    }

    /// When the quota is renewed, from the `reset` header or the combined one.
    pub fn reset<'r>(&self, header: impl Fn(&str) -> Option<&'r str>) -> Option<Moment> {
        match &self.reset {
            Some(name) => {
                let number = integer(header(name)?)?;
                Some(if self.reset_form == ResetForm::Unix { Moment::At(number) } else { Moment::In(number) })
            }
            None => self.in_combined(header)?.1.map(Moment::In),
        }
    }

    /// How many requests remain, from the `remaining` header or the combined one.
    pub fn remaining<'r>(&self, header: impl Fn(&str) -> Option<&'r str>) -> Option<i64> {
        match &self.remaining {
            Some(name) => integer(header(name)?),
            None => self.in_combined(header)?.0,
        }
    }

    /// The quota with the fewest requests left in the combined header: what remains, and the seconds until its renewal.
    fn in_combined<'r>(&self, header: impl Fn(&str) -> Option<&'r str>) -> Option<(Option<i64>, Option<i64>)> {
        combined(header(self.combined.as_deref()?)?)
    }
}

/// Reads `"minute";r=0;t=30, "day";r=9;t=3600`, or `limit=10, remaining=0, reset=30` of the earlier drafts; `None` for
/// anything else.
pub fn combined(text: &str) -> Option<(Option<i64>, Option<i64>)> {
    let parameter = |item: &str, names: [&str; 2]| {
        let pairs = item.split(';').filter_map(|pair| pair.trim().split_once('='));
        pairs.into_iter().find(|(name, _)| names.contains(name)).and_then(|(_, value)| integer(value))
    };
    let quota = |item: &str| (parameter(item, ["r", "remaining"]), parameter(item, ["t", "reset"]));
    let earlier = text.split(',').filter(|item| !item.contains(';')).collect::<Vec<_>>().join(";");
    let quotas = text.split(',').filter(|item| item.contains(';')).map(quota).chain([quota(&earlier)]);
    quotas.filter(|(remaining, _)| remaining.is_some()).min_by_key(|(remaining, _)| *remaining)
}

/// An integer in decimal digits, perhaps negative.
pub fn integer(text: &str) -> Option<i64> {
    let text = text.trim();
    let digits = text.strip_prefix('-').unwrap_or(text);
    let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| text.parse().ok()).flatten()
}

fn http_date(text: &str) -> Option<i64> {
    let gmt = text.trim().ends_with("GMT");
    DateTime::parse_from_rfc2822(text.trim()).ok().filter(|_| gmt).map(|date| date.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limit(text: &str) -> RateLimit {
        serde_yaml::from_str(&format!("{{ code: X, {text} }}")).expect("a rate limit")
    }

    #[test]
    fn retry_after_is_read_only_in_the_documented_form() {
        let date = "Sun, 06 Nov 1994 08:49:37 GMT";
        for (form, text, moment) in [
            ("seconds", "30", Some(Moment::In(30))),
            ("seconds", date, None),
            ("http-date", date, Some(Moment::At(784_111_777))),
            ("http-date", "30", None),
            ("either", "30", Some(Moment::In(30))),
            ("either", date, Some(Moment::At(784_111_777))),
            ("either", "soon", None),
            ("either", "1.5", None),
        ] {
            let limit = limit(&format!("retry_after: Retry-After, retry_after_form: {form}"));
            assert_eq!(limit.retry_after(|_| Some(text)), moment, "{form} {text}");
        }
    }

    #[test]
    fn the_combined_header_gives_the_quota_with_the_fewest_requests_left() {
        for (text, expected) in [
            ("\"default\";r=50;t=30", Some((Some(50), Some(30)))),
            ("\"day\";r=900;t=86400, \"minute\";r=0;t=12", Some((Some(0), Some(12)))),
            ("limit=10, remaining=0, reset=5", Some((Some(0), Some(5)))),
            ("\"default\";r=3", Some((Some(3), None))),
            ("soon", None),
        ] {
            assert_eq!(combined(text), expected, "{text}");
        }
        let limit = limit("combined: RateLimit");
        let header = |_: &str| Some("\"default\";r=0;t=30");
        assert_eq!((limit.remaining(header), limit.reset(header)), (Some(0), Some(Moment::In(30))));
    }
}

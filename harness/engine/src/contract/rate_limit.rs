//! How a refusal for too many requests describes itself: which headers an API sends, in which form, and what they say.

use chrono::DateTime;
use serde::Deserialize;

/// The headers of a refusal for too many requests. An API need not have them all.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RateLimit {
    /// The code that it comes with.
    pub code: String,
    /// The header with the quota.
    #[serde(default)]
    pub limit: Option<String>,
    /// The header with what is left of it.
    #[serde(default)]
    pub remaining: Option<String>,
    /// The header with the time of its renewal.
    #[serde(default)]
    pub reset: Option<String>,
    /// How that time is written.
    #[serde(default)]
    pub reset_form: ResetForm,
    /// The one header that says all of this, as in the IETF's draft: `RateLimit: "default";r=0;t=30`.
    #[serde(default)]
    pub combined: Option<String>,
    /// The header with the time to wait.
    #[serde(default)]
    pub retry_after: Option<String>,
    /// How that time is written.
    #[serde(default)]
    pub retry_after_form: RetryAfterForm,
    /// How far that header and the body's delay may differ, in seconds.
    #[serde(default = "one_second")]
    pub retry_play_seconds: i64,
    /// How far the reset may lie from now + delay, in seconds.
    #[serde(default = "two_seconds")]
    pub reset_play_seconds: i64,
}

fn one_second() -> i64 {
    1
}

fn two_seconds() -> i64 {
    2
}

/// How the time of a quota's renewal is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ResetForm {
    /// As Unix seconds.
    #[default]
    Unix,
    /// As seconds from now.
    Delay,
}

/// How the time to wait is written (RFC 9110, section 10.2.3).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RetryAfterForm {
    /// As seconds from now.
    #[default]
    Seconds,
    /// As a date.
    HttpDate,
    /// Either way.
    Either,
}

impl RetryAfterForm {
    /// The form in words.
    pub fn words(self) -> &'static str {
        match self {
            RetryAfterForm::Seconds => "an integer, not negative",
            RetryAfterForm::HttpDate => "an HTTP date",
            RetryAfterForm::Either => "an integer, not negative, or an HTTP date",
        }
    }
}

/// A moment to come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// So many seconds from now.
    In(i64),
    /// At this Unix time.
    At(i64),
}

impl RateLimit {
    /// When the next request makes sense, by the header for that; `header` looks one up.
    pub fn retry_after<'r>(&self, header: impl Fn(&str) -> Option<&'r str>) -> Option<Moment> {
        let text = header(self.retry_after.as_deref()?)?;
        let seconds = integer(text).map(Moment::In).filter(|_| self.retry_after_form != RetryAfterForm::HttpDate);
        let date = || http_date(text).map(Moment::At).filter(|_| self.retry_after_form != RetryAfterForm::Seconds);
        seconds.or_else(date)
    }

    /// When the quota is renewed, by the header for that or by the combined one.
    pub fn reset<'r>(&self, header: impl Fn(&str) -> Option<&'r str>) -> Option<Moment> {
        match &self.reset {
            Some(name) => {
                let number = integer(header(name)?)?;
                Some(if self.reset_form == ResetForm::Unix { Moment::At(number) } else { Moment::In(number) })
            }
            None => self.in_combined(header)?.1.map(Moment::In),
        }
    }

    /// How many requests are left, by the header for that or by the combined one.
    pub fn remaining<'r>(&self, header: impl Fn(&str) -> Option<&'r str>) -> Option<i64> {
        match &self.remaining {
            Some(name) => integer(header(name)?),
            None => self.in_combined(header)?.0,
        }
    }

    /// What the combined header says of the quota that is closest to its end: what remains, and the seconds to its renewal.
    fn in_combined<'r>(&self, header: impl Fn(&str) -> Option<&'r str>) -> Option<(Option<i64>, Option<i64>)> {
        combined(header(self.combined.as_deref()?)?)
    }
}

/// `"minute";r=0;t=30, "day";r=9;t=3600`, or `limit=10, remaining=0, reset=30` of the earlier drafts; `None` where it is neither.
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

/// A whole number, in digits.
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
    fn the_time_to_wait_is_read_in_the_form_that_the_api_documents() {
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
    fn the_combined_header_tells_of_the_quota_that_is_used_up() {
        for (text, told) in [
            ("\"default\";r=50;t=30", Some((Some(50), Some(30)))),
            ("\"day\";r=900;t=86400, \"minute\";r=0;t=12", Some((Some(0), Some(12)))),
            ("limit=10, remaining=0, reset=5", Some((Some(0), Some(5)))),
            ("\"default\";r=3", Some((Some(3), None))),
            ("soon", None),
        ] {
            assert_eq!(combined(text), told, "{text}");
        }
        let limit = limit("combined: RateLimit");
        let header = |_: &str| Some("\"default\";r=0;t=30");
        assert_eq!((limit.remaining(header), limit.reset(header)), (Some(0), Some(Moment::In(30))));
    }
}

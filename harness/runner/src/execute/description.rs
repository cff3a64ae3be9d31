//! Describes how a request was made, as far as the request itself does not show it: an altered credential, a signature, a
//! body that is sent as text. `prove --proxy` recognizes requests by it. A run against a target never sends it.

use spec::scenario::plan::{RequestBody, Sign};
use spec::scenario::{Call, SignatureHeader};

/// The header with the description. A proxy removes it from the request.
pub const DESCRIPTION_HEADER: &str = "conformance-request";

/// The beginning of the description of a request with an altered credential.
pub const ALTERED_CREDENTIAL: &str = "credential: ";

/// The description of a call in visible ASCII; `None` if nothing is special about it.
pub(super) fn description(call: &Call) -> Option<String> {
    let credential = call.alter.map(|alteration| format!("{ALTERED_CREDENTIAL}{alteration:?}"));
    let signature = call.sign.as_ref().map(|sign| format!("signature: {}", of_signature(sign)));
    let body = match &call.body {
        RequestBody::Text(text) => Some(format!("body: {}", text.source())),
        RequestBody::None | RequestBody::Bytes(_) | RequestBody::Value(_) => None,
    };
    let all: Vec<String> = [credential, signature, body].into_iter().flatten().collect();
    (!all.is_empty()).then(|| all.join("; ").escape_default().to_string())
}

fn of_signature(sign: &Sign) -> String {
    let texts = [("timestamp", &sign.timestamp), ("secret", &sign.secret), ("signed body", &sign.signed_body)];
    let texts = texts.into_iter().filter_map(|(name, text)| Some(format!("{name} `{}`", text.as_ref()?.source())));
    let omitted = sign.omit.iter().map(|header| match header {
        SignatureHeader::Timestamp => "no timestamp".to_owned(),
        SignatureHeader::Signature => "no signature".to_owned(),
    });
    let mut all = vec![format!("covers {:?}", sign.covers)];
    all.extend((sign.offset_seconds != 0).then(|| format!("{} s from now", sign.offset_seconds)));
    all.extend(sign.other_secret.then(|| "another secret".to_owned()));
    all.extend(sign.alter.map(|alteration| format!("altered: {alteration:?}")));
    all.into_iter().chain(texts).chain(omitted).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use spec::scenario::template::Template;
    use spec::scenario::{Covered, SignatureAlteration};

    use super::*;

    #[test]
    fn different_signatures_have_different_descriptions() {
        let all = [
            Sign::default(),
            Sign { offset_seconds: -60, ..Sign::default() },
            Sign { timestamp: Some(Template::parse("${now}0")), ..Sign::default() },
            Sign { other_secret: true, ..Sign::default() },
            Sign { secret: Some(Template::literal("")), ..Sign::default() },
            Sign { signed_body: Some(Template::literal("{}")), ..Sign::default() },
            Sign { covers: Covered::Body, ..Sign::default() },
            Sign { alter: Some(SignatureAlteration::Sha1), ..Sign::default() },
            Sign { omit: vec![SignatureHeader::Timestamp], ..Sign::default() },
            Sign { omit: vec![SignatureHeader::Signature], ..Sign::default() },
        ];
        let texts: std::collections::BTreeSet<String> = all.iter().map(of_signature).collect();
        assert_eq!(texts.len(), all.len(), "{texts:?}");
    }
}

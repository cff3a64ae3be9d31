//! Mail addresses: an SMTP mailbox in ASCII whose domain has at least two labels.
//!
//! Comments, address literals and internationalised addresses are rejected; validators disagree about them.

use std::borrow::Cow;
use std::net::{Ipv4Addr, Ipv6Addr};

use crate::mutants::formats;
use crate::switches::Switches;
use crate::variants::formats as variants;

const LONGEST: usize = 254;
const LONGEST_LOCAL_PART: usize = 64;
const LONGEST_LABEL: usize = 63;

/// Whether the text is a mail address.
pub(crate) fn is_valid(text: &str, switches: &Switches) -> bool {
    let text = lenient(text, switches);
    let parts = match text.rsplit_once('@') {
        Some((local, _)) if local.is_empty() && switches.has(formats::ACCEPTS_EMPTY_LOCAL_PART) => {
            return true;
        }
        Some((_, domain)) if domain.is_empty() && switches.has(formats::ACCEPTS_EMPTY_DOMAIN) => {
            return true;
        }
        Some(parts) => parts,
        None if switches.has(formats::ACCEPTS_MISSING_AT) => ("anybody", text.as_ref()),
        None => return false,
    };
    let international = switches.vary(variants::INTERNATIONAL_ADDRESSES_ACCEPTED);
    text.len() <= LONGEST
        && is_local_part(parts.0, international)
        && is_domain(parts.1, switches)
        && !is_refused(parts, switches)
}

fn is_local_part(text: &str, international: bool) -> bool {
    let quoted = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    text.len() <= LONGEST_LOCAL_PART
        && match quoted {
            Some(content) => is_quotable(content),
            None => text.split('.').all(|atom| is_atom(atom, international)),
        }
}

fn is_atom(text: &str, international: bool) -> bool {
    let usual = |one: char| one.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(one);
    !text.is_empty() && text.chars().all(|one| usual(one) || (international && is_foreign_letter(one)))
}

fn is_foreign_letter(one: char) -> bool {
    !one.is_ascii() && one.is_alphanumeric()
}

/// Whether the text is valid between quotation marks: printable, with a backslash before `"` and `\`.
fn is_quotable(text: &str) -> bool {
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        let meant = if byte == b'\\' { bytes.next() } else { Some(byte).filter(|byte| *byte != b'"') };
        if !meant.is_some_and(|byte| (b' '..=b'~').contains(&byte)) {
            return false;
        }
    }
    true
}

fn is_domain(text: &str, switches: &Switches) -> bool {
    if switches.vary(variants::ADDRESS_LITERALS_ACCEPTED) && is_address_literal(text) {
        return true;
    }
    let labels = text.contains('.') || switches.vary(variants::SINGLE_LABEL_DOMAINS_ACCEPTED);
    labels && text.split('.').all(|label| is_label(label, switches))
}

fn is_address_literal(text: &str) -> bool {
    let inner = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    inner.is_some_and(|inner| match inner.strip_prefix("IPv6:") {
        Some(address) => address.parse::<Ipv6Addr>().is_ok(),
        None => inner.parse::<Ipv4Addr>().is_ok(),
    })
}

fn is_label(text: &str, switches: &Switches) -> bool {
    let international = switches.vary(variants::INTERNATIONAL_ADDRESSES_ACCEPTED);
    let edged = text.starts_with('-') || text.ends_with('-');
    (1..=LONGEST_LABEL).contains(&text.len())
        && text
            .chars()
            .all(|one| one.is_ascii_alphanumeric() || one == '-' || (international && is_foreign_letter(one)))
        && (!edged || switches.has(formats::ACCEPTS_HYPHEN_AT_LABEL_EDGE))
}

fn is_refused((local, domain): (&str, &str), switches: &Switches) -> bool {
    let top = domain.rsplit('.').next().unwrap_or_default();
    let plain = |one: char| one.is_ascii_alphanumeric() || ".-_+".contains(one);
    (local.contains('+') && switches.has(formats::REJECTS_PLUS_TAGS))
        || (local.starts_with('"') && switches.vary(variants::QUOTED_LOCAL_PARTS_REFUSED))
        || (!local.chars().all(plain) && switches.vary(variants::PUNCTUATION_IN_MAIL_REFUSED))
        || (top.len() > 4 && switches.has(formats::REJECTS_LONG_TLDS))
        || (domain.matches('.').count() > 1 && switches.has(formats::REJECTS_SUBDOMAINS))
        || (domain.contains(|one: char| one.is_ascii_digit()) && switches.has(formats::REJECTS_DIGITS_IN_MAIL))
}

/// The text as a mutant reads it.
fn lenient<'a>(text: &'a str, switches: &Switches) -> Cow<'a, str> {
    match () {
        () if switches.has(formats::ACCEPTS_MAIL_TRAILING_NEWLINE) => text.strip_suffix('\n').unwrap_or(text).into(),
        () if switches.has(formats::ACCEPTS_SPACES_IN_MAIL) => text.replace(' ', "").into(),
        () if switches.has(formats::ACCEPTS_CONSECUTIVE_DOTS) => text.replace("..", ".").into(),
        () if switches.has(formats::ACCEPTS_DOUBLE_AT) => one_at(text).into(),
        () if switches.has(formats::ACCEPTS_DISPLAY_NAMES) => within_brackets(text).into(),
        () => text.into(),
    }
}

fn one_at(text: &str) -> String {
    match text.split_once('@') {
        Some((local, rest)) if !text.contains('"') => format!("{local}@{}", rest.replace('@', "")),
        _ => text.to_owned(),
    }
}

fn within_brackets(text: &str) -> &str {
    let inner = text.split_once('<').and_then(|(_, rest)| rest.strip_suffix('>'));
    inner.unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_addresses_are_accepted() {
        for text in [
            "ada@example.com",
            "ada+tag@example.com",
            "a.b@mail.sub.example.co.uk",
            "1@2.photography",
            "o'neil@example.com",
            "\"a b\"@example.com",
        ] {
            assert!(is_valid(text, &Switches::default()), "{text}");
        }
    }

    #[test]
    fn invalid_addresses_are_rejected() {
        for text in [
            "",
            "ada",
            "@example.com",
            "ada@",
            "ada@@example.com",
            "a@b@example.com",
            "a..b@example.com",
            ".a@example.com",
            "a.@example.com",
            "a b@example.com",
            "a@-example.com",
            "a@example-.com",
            "a@example..com",
            "a@example.com\n",
            "Ada <ada@example.com>",
            "ada@example,com",
            "a@.com",
            "a@localhost",
            "\"a\"b\"@example.com",
            "\"a\\\"@example.com",
        ] {
            assert!(!is_valid(text, &Switches::default()), "{text:?}");
        }
    }
}

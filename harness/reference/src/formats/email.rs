//! Mail addresses: what SMTP calls a mailbox, in ASCII, at a domain of two labels or more.
//!
//! Comments, address literals and internationalised addresses are refused; validators are at odds over them.

use std::borrow::Cow;

use crate::defects::{Flaws, formats};

const LONGEST: usize = 254;
const LONGEST_LOCAL_PART: usize = 64;
const LONGEST_LABEL: usize = 63;

/// Whether the text is a mail address.
pub(crate) fn is_valid(text: &str, flaws: &Flaws) -> bool {
    let text = lenient(text, flaws);
    let parts = match text.rsplit_once('@') {
        Some((local, _)) if local.is_empty() && flaws.has(formats::ACCEPTS_EMPTY_LOCAL_PART) => {
            return true;
        }
        Some((_, domain)) if domain.is_empty() && flaws.has(formats::ACCEPTS_EMPTY_DOMAIN) => {
            return true;
        }
        Some(parts) => parts,
        None if flaws.has(formats::ACCEPTS_MISSING_AT) => ("anybody", text.as_ref()),
        None => return false,
    };
    text.len() <= LONGEST && is_local_part(parts.0) && is_domain(parts.1, flaws) && !is_refused(parts, flaws)
}

fn is_local_part(text: &str) -> bool {
    let quoted = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    text.len() <= LONGEST_LOCAL_PART
        && match quoted {
            Some(content) => is_quotable(content),
            None => text.split('.').all(is_atom),
        }
}

fn is_atom(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&byte))
}

/// Whether the text can stand between quotation marks: printable, with a backslash before `"` and `\`.
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

fn is_domain(text: &str, flaws: &Flaws) -> bool {
    text.contains('.') && text.split('.').all(|label| is_label(label, flaws))
}

fn is_label(text: &str, flaws: &Flaws) -> bool {
    let edged = text.starts_with('-') || text.ends_with('-');
    (1..=LONGEST_LABEL).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        && (!edged || flaws.has(formats::ACCEPTS_HYPHEN_AT_LABEL_EDGE))
}

fn is_refused((local, domain): (&str, &str), flaws: &Flaws) -> bool {
    let top = domain.rsplit('.').next().unwrap_or_default();
    (local.contains('+') && flaws.has(formats::REJECTS_PLUS_TAGS))
        || (top.len() > 4 && flaws.has(formats::REJECTS_LONG_TLDS))
        || (domain.matches('.').count() > 1 && flaws.has(formats::REJECTS_SUBDOMAINS))
        || (domain.contains(|one: char| one.is_ascii_digit()) && flaws.has(formats::REJECTS_DIGITS_IN_MAIL))
}

/// The text as a defect reads it.
fn lenient<'a>(text: &'a str, flaws: &Flaws) -> Cow<'a, str> {
    match () {
        () if flaws.has(formats::ACCEPTS_MAIL_TRAILING_NEWLINE) => text.strip_suffix('\n').unwrap_or(text).into(),
        () if flaws.has(formats::ACCEPTS_SPACES_IN_MAIL) => text.replace(' ', "").into(),
        () if flaws.has(formats::ACCEPTS_CONSECUTIVE_DOTS) => text.replace("..", ".").into(),
        () if flaws.has(formats::ACCEPTS_DOUBLE_AT) => one_at(text).into(),
        () if flaws.has(formats::ACCEPTS_DISPLAY_NAMES) => within_brackets(text).into(),
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
            assert!(is_valid(text, &Flaws::default()), "{text}");
        }
    }

    #[test]
    fn others_are_refused() {
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
            assert!(!is_valid(text, &Flaws::default()), "{text:?}");
        }
    }
}

//! Mail addresses: an SMTP mailbox in ASCII whose domain has at least two labels.
//!
//! Comments, address literals and internationalised addresses are rejected; validators disagree about them.

const LONGEST: usize = 254;
const MAX_LOCAL_PART_LENGTH: usize = 64;
const MAX_LABEL_LENGTH: usize = 63;

/// Whether the text is a mail address.
pub(crate) fn is_valid(text: &str) -> bool {
    let parts = text.rsplit_once('@');
    text.len() <= LONGEST && parts.is_some_and(|(local, domain)| is_local_part(local) && is_domain(domain))
}

fn is_local_part(text: &str) -> bool {
    let quoted = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    text.len() <= MAX_LOCAL_PART_LENGTH
        && match quoted {
            Some(content) => is_quotable(content),
            None => text.split('.').all(is_atom),
        }
}

fn is_atom(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|one| one.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(one))
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

fn is_domain(text: &str) -> bool {
    text.contains('.') && text.split('.').all(is_label)
}

fn is_label(text: &str) -> bool {
    (1..=MAX_LABEL_LENGTH).contains(&text.len())
        && text.chars().all(|one| one.is_ascii_alphanumeric() || one == '-')
        && !text.starts_with('-')
        && !text.ends_with('-')
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
            assert!(is_valid(text), "{text}");
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
            assert!(!is_valid(text), "{text:?}");
        }
    }
}

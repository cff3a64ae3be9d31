//! Mail addresses: ordinary ones, ones that no standard allows, and ones about which standards and validators disagree.
//!
//! Accepted addresses and nearly all refused ones contain [`UNIQUE`] once, so that no two customers have the same
//! address. Otherwise a server that accepts an invalid address would refuse the next one as already in use.

use proptest::prelude::{BoxedStrategy, Just, Strategy, any};
use proptest::sample::{Index, select};

use super::rule::{Input, Rule, UNIQUE};
use super::strategies::{
    CONTROLS, accepted, blank, handled, inserted, one_of, prefixed, refused, refused_as, replaced, suffixed, text, word,
};

pub(super) fn rules() -> Vec<Rule> {
    [ordinary(), at_signs(), domains(), characters(), lines(), wrappings(), disputed()].concat()
}

fn ordinary() -> Vec<Rule> {
    vec![
        accepted("plain", || addresses(NAMES, &["example.com", "example.org", "gmail.com", "outlook.com"])),
        accepted("plus-tags", || {
            text(
                (word(NAMES), word(&["tag", "news", "a.b", "2024", "x-y", "x_y"]))
                    .prop_map(|(name, tag)| format!("{name}{UNIQUE}+{tag}@example.com")),
            )
        }),
        accepted("dots", || {
            text(
                (word(NAMES), word(&["king", "m", "de.la.cruz", "x.y.z"]))
                    .prop_map(|(name, more)| format!("{name}.{more}.{UNIQUE}@example.com")),
            )
        }),
        accepted("hyphens-and-underscores", || {
            text(
                (word(NAMES), word(&["-", "_", "-x-", "_x_"]))
                    .prop_map(|(name, sign)| format!("{name}{sign}{UNIQUE}@example.com")),
            )
        }),
        accepted("digits-in-front", || {
            text((0u32..99_999, Just("@example.com")).prop_map(|(number, rest)| format!("{number}{UNIQUE}{rest}")))
        }),
        accepted("one-character", || {
            text(
                select(('a'..='z').chain('0'..='9').collect::<Vec<char>>())
                    .prop_map(|one| format!("{one}@{UNIQUE}.example.com")),
            )
        }),
        accepted("letters-of-both-cases", || {
            addresses(&["Ada", "ADA", "aDa", "McLovelace"], &["Example.com", "EXAMPLE.COM", "GoogleMail.com"])
        }),
        accepted("long-endings", || {
            addresses(
                NAMES,
                &[
                    "example.museum",
                    "example.agency",
                    "example.photography",
                    "example.international",
                    "example.travelersinsurance",
                ],
            )
        }),
        accepted("endings-of-two-parts", || {
            addresses(NAMES, &["example.co.uk", "example.com.au", "example.co.jp", "example.gov.in", "example.org.br"])
        }),
        accepted("subdomains", || {
            addresses(NAMES, &["mail.example.com", "a.b.example.com", "a.b.c.d.e.example.com", "x.y.z.example.ac.uk"])
        }),
        accepted("hyphens-in-the-domain", || {
            addresses(NAMES, &["analytical-engine.com", "a-b-c.example.com", "my-mail.ex-ample.org"])
        }),
        accepted("digits-in-the-domain", || {
            addresses(NAMES, &["engine42.com", "3com.com", "123.com", "1and1.example.com", "365.example.org"])
        }),
        accepted("digit-behind-the-at-sign", || {
            addresses(NAMES, &["3com.com", "123.com", "1and1.example.com", "365.example.org"])
        }),
        accepted("short-domains", || addresses(NAMES, &["x.com", "t.co", "e.de", "a.io", "g.cn"])),
        accepted("long-names", || {
            text((13usize..=50).prop_map(|length| format!("{}{UNIQUE}@example.com", "a".repeat(length))))
        }),
        accepted("very-long-names", || {
            text((41usize..=48).prop_map(|length| format!("{}{UNIQUE}@example.com", "a".repeat(length))))
        }),
        accepted("very-long-domain-labels", || {
            text((55usize..=63).prop_map(|length| format!("ada{UNIQUE}@{}.com", "d".repeat(length))))
        }),
        accepted("long-domain-labels", || {
            text((20usize..=63).prop_map(|length| format!("ada{UNIQUE}@{}.com", "d".repeat(length))))
        }),
    ]
}

fn at_signs() -> Vec<Rule> {
    vec![
        refused("no-at-sign", || edited(|address| address.replace('@', ""))),
        refused("something-else-for-the-at-sign", || {
            text(
                (address(), word(&["#", " at ", "(at)", "\u{ff20}", "\u{fe6b}", "%40", "&#64;", "*", "\\"]))
                    .prop_map(|(address, sign)| address.replace('@', &sign)),
            )
        }),
        refused("at-sign-in-words", || {
            text((address(), word(&[" at ", "(at)"])).prop_map(|(address, sign)| address.replace('@', &sign)))
        }),
        refused("two-at-signs-together", || edited(|address| address.replace('@', "@@"))),
        refused("two-at-signs", || {
            text((address(), word(&["king@", "a.b@", "@"])).prop_map(|(address, more)| match more.as_str() {
                "@" => format!("@{address}"),
                _ => address.replace('@', &format!("@{more}")),
            }))
        }),
        refused("at-sign-behind", || suffixed(address(), &["@", "@x"])),
        refused("at-sign-alone", || one_of(&["@", "@@", "@."])),
        refused("no-local-part", || text(domain().prop_map(|domain| format!("@{domain}")))),
        refused("no-domain", || text(name().prop_map(|name| format!("{name}@")))),
        refused("name-alone", || text(name())),
        refused("domain-alone", || text(domain())),
        refused("web-address", || text(domain().prop_map(|domain| format!("https://{domain}/ada")))),
    ]
}

fn domains() -> Vec<Rule> {
    vec![
        refused("domain-begins-with-a-dot", || edited(|address| address.replace('@', "@."))),
        refused("domain-ends-with-a-dot", || suffixed(address(), &["."])),
        refused("domain-ends-with-two-dots", || suffixed(address(), &[".."])),
        refused("two-dots-in-the-domain", || {
            text((name(), domain(), any::<Index>()).prop_map(|(name, domain, at)| {
                format!("{name}@{}", replaced(&domain, at, |one| one == '.', |_| "..".to_owned()))
            }))
        }),
        refused("dot-for-a-domain", || text(name().prop_map(|name| format!("{name}@.")))),
        refused("comma-in-the-domain", || {
            text((name(), domain(), any::<Index>()).prop_map(|(name, domain, at)| {
                format!("{name}@{}", replaced(&domain, at, |one| one == '.', |_| ",".to_owned()))
            }))
        }),
        refused("space-in-the-domain", || within_domain(&[" ", "  "])),
        refused("signs-in-the-domain", || within_domain(&[";", ":", "<", ">", "\\", ",", "[", "]"])),
        refused("path-behind-the-domain", || suffixed(address(), &["/"])),
        refused("port", || suffixed(address(), &[":25", ":587"])),
        refused("bracket-left-open", || text(name().prop_map(|name| format!("{name}@[192.0.2.1")))),
    ]
}

fn characters() -> Vec<Rule> {
    vec![
        refused("space-in-the-name", || within_name(&[" ", "  "])),
        refused("tab-in-the-name", || within_name(&["\t"])),
        refused("comma-in-the-name", || within_name(&[","])),
        refused("brackets-in-the-name", || within_name(&["(", ")", "<", ">", "[", "]"])),
        refused("colons-in-the-name", || within_name(&[":", ";"])),
        refused("backslash-in-the-name", || within_name(&["\\"])),
        refused("one-quotation-mark", || within_name(&["\""])),
        refused("controls-in-the-name", || within_name(CONTROLS)),
        refused("controls-in-the-domain", || within_domain(CONTROLS)),
        refused("trailing-nul", || suffixed(address(), &["\0", "\0.example.org"])),
    ]
}

fn lines() -> Vec<Rule> {
    vec![
        refused("trailing-newline", || suffixed(address(), &["\n"])),
        refused("trailing-line-ends", || suffixed(address(), &["\r\n", "\r", "\n\n"])),
        refused("leading-newline", || prefixed(address(), &["\n", "\r\n"])),
        refused("newline-in-the-name", || within_name(&["\n", "\r\n"])),
        refused("newline-in-the-domain", || within_domain(&["\n", "\r\n"])),
        refused("header-behind-a-newline", || {
            suffixed(
                address(),
                &["\nBcc: eve@example.org", "\r\nBcc: eve@example.org", "\nSubject: hello", "\r\n\r\nHello"],
            )
        }),
        refused("second-line", || suffixed(address(), &["\nx", "\neve@example.org"])),
        refused("line-before", || prefixed(address(), &["x\n", "eve@example.org\n"])),
    ]
}

fn wrappings() -> Vec<Rule> {
    vec![
        refused("two-addresses", || {
            text(
                (address(), select(vec![",", ", ", ";", "; ", " "]))
                    .prop_map(|(address, sign)| format!("{address}{sign}eve@example.org")),
            )
        }),
        refused("mailto", || prefixed(address(), &["mailto:", "MAILTO:"])),
        refused("another-scheme", || prefixed(address(), &["email:", "smtp:", "https://"])),
        refused("angle-bracket-left-open", || edited(|address| format!("<{address}"))),
        refused("angle-bracket-behind", || suffixed(address(), &[">", " >"])),
        refused("words-around", || {
            text((address(), any::<bool>()).prop_map(|(address, before)| {
                if before { format!("my address is {address}") } else { format!("{address} please") }
            }))
        }),
        refused("separator-behind", || suffixed(address(), &[",", ";", ":", ", "])),
        refused("words", || {
            one_of(&["ada", "none", "null", "unknown", "N/A", "undefined", "-", "ada at example dot com"])
        }),
        refused_as("empty", "nothing-written", blank),
    ]
}

/// Refused by one standard or common validator, and accepted by another.
fn disputed() -> Vec<Rule> {
    vec![
        handled("dots-out-of-place-in-the-name", || {
            one_of(&["ada..king@example.com", ".ada@example.com", "ada.@example.com", "...@example.com"])
        }),
        handled("display-name", || one_of(&["Ada <ada@example.com>", "\"Ada Lovelace\" <ada@example.com>"])),
        handled("angle-brackets", || {
            one_of(&["<ada@example.com>", "Ada<ada@example.com>", "\"Ada\"<ada@example.com>"])
        }),
        handled("hyphens-at-the-edges-of-labels", || {
            one_of(&["ada@-example.com", "ada@example-.com", "ada@example.com-", "ada@mail.-example.org"])
        }),
        handled("spaces-around", || {
            one_of(&[" ada@example.com", "ada@example.com ", "ada @ example.com", "ada@example .com"])
        }),
        handled("quoted-name", || {
            one_of(&["\"ada\"@example.com", "\"a b\"@example.com", "\"a@b\"@example.com", "\"\"@example.com"])
        }),
        handled("comments", || one_of(&["ada(king)@example.com", "(ada)ada@example.com", "ada@example.com(home)"])),
        handled("literal-domain", || one_of(&["ada@[192.0.2.1]", "ada@[IPv6:2001:db8::1]", "ada@192.0.2.1"])),
        handled("no-ending", || one_of(&["ada@localhost", "ada@example", "ada@com"])),
        handled("endings-of-digits-or-one-letter", || one_of(&["ada@example.123", "ada@example.c", "ada@example.c-d"])),
        handled("unusual-signs-in-the-name", || {
            one_of(&[
                "a!b@example.com",
                "a'b@example.com",
                "{ada}@example.com",
                "a/b=c@example.com",
                "~@example.com",
                "a%b@example.com",
            ])
        }),
        handled("underscores-in-the-domain", || one_of(&["ada@my_mail.example.com", "ada@_dmarc.example.com"])),
        handled("too-long-by-some-standard", || {
            text((65usize..400, any::<bool>()).prop_map(|(length, name)| match name {
                true => format!("{}@example.com", "a".repeat(length)),
                false => format!("ada@{}.com", "d".repeat(length)),
            }))
        }),
        handled("letters-beyond-ascii", || {
            one_of(&[
                "ada@b\u{fc}cher.example",
                "j\u{f6}rg@example.com",
                "\u{7528}\u{6237}@\u{4f8b}\u{5b50}.\u{5e7f}\u{544a}",
                "ada@xn--bcher-kva.example",
                "\u{1f600}@example.com",
            ])
        }),
    ]
}

// ---------------------------------------------------------------- addresses

const NAMES: &[&str] = &["ada", "grace", "alan", "mary.somerville", "c-babbage", "x"];

/// Ordinary addresses, each made unique.
fn addresses(names: &'static [&'static str], domains: &'static [&'static str]) -> BoxedStrategy<Input> {
    text((word(names), word(domains)).prop_map(|(name, domain)| format!("{name}{UNIQUE}@{domain}")))
}

fn name() -> impl Strategy<Value = String> + Clone + 'static {
    word(&["ada", "grace", "a.lovelace", "ada+tag", "alan_turing", "1815"]).prop_map(|name| format!("{name}{UNIQUE}"))
}

fn domain() -> impl Strategy<Value = String> + Clone + 'static {
    word(&["example.com", "mail.example.com", "engine42.com", "a-b.com"])
}

/// A valid address, which the rules break.
fn address() -> impl Strategy<Value = String> + Clone + 'static {
    (name(), domain()).prop_map(|(name, domain)| format!("{name}@{domain}"))
}

fn edited(edit: fn(String) -> String) -> BoxedStrategy<Input> {
    text(address().prop_map(edit))
}

fn within_name(words: &'static [&'static str]) -> BoxedStrategy<Input> {
    let places = (word(&["ada", "grace", "alan", "lovelace"]), domain(), any::<Index>(), select(words));
    text(places.prop_map(|(name, domain, at, word)| format!("{}{UNIQUE}@{domain}", inserted(&name, at, word))))
}

fn within_domain(words: &'static [&'static str]) -> BoxedStrategy<Input> {
    let places = (name(), word(&["example", "engine", "mail"]), any::<Index>(), select(words));
    text(places.prop_map(|(name, label, at, word)| format!("{name}@{}.com", inserted(&label, at, word))))
}

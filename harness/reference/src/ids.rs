//! Generates unique ids of requests and resources.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::sync::atomic::{AtomicU64, Ordering};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::clock;
use crate::mutants::server;
use crate::switches::Switches;
use crate::variants::wire;

/// The length of a very long id.
const VERY_LONG: usize = 250;

/// A generator of ids. Each generator has its own random start, so two generators give different ids.
#[derive(Debug)]
pub(crate) struct Ids {
    start: u64,
    next: AtomicU64,
    switches: Switches,
}

impl Ids {
    pub(crate) fn new(switches: Switches) -> Self {
        Self { start: RandomState::new().hash_one(clock::unix_seconds(&switches)), next: AtomicU64::new(0), switches }
    }

    /// A new id with this prefix, such as `cus_…`.
    pub(crate) fn next(&self, prefix: &str) -> String {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let plain = self.plain(prefix, number);
        match () {
            () if self.switches.vary(wire::UUID_IDS) => self.uuid(number),
            () if self.switches.vary(wire::NUMERIC_IDS) => self.digits(number),
            () if self.switches.vary(wire::VERY_LONG_IDS) => format!("{plain:_<VERY_LONG$}"),
            () if self.switches.vary(wire::BASE64_IDS) => self.encoded(number),
            () => plain,
        }
    }

    /// The id of a request.
    pub(crate) fn request(&self) -> String {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let number = match () {
            () if self.switches.has(server::REPEATS_REQUEST_ID) => 0,
            () if self.switches.has(server::REQUEST_ID_PER_SECOND) => clock::unix_seconds(&self.switches),
            () if self.switches.has(server::REQUEST_ID_IN_PAIRS) => number / 2,
            () => number,
        };
        let plain = self.plain("req", number);
        match () {
            () if self.switches.vary(wire::UUID_REQUEST_IDS) => self.uuid(number),
            () if self.switches.vary(wire::NUMERIC_REQUEST_IDS) => number.to_string(),
            () if self.switches.vary(wire::STRUCTURED_REQUEST_IDS) => format!("id=\"{plain}\"; part=1 of 1"),
            () => plain,
        }
    }

    /// A random secret for signatures.
    pub(crate) fn secret(&self) -> String {
        let half = || RandomState::new().hash_one(self.start);
        format!("whsec_{:016x}{:016x}", half(), half())
    }

    fn plain(&self, prefix: &str, number: u64) -> String {
        format!("{prefix}_{:08x}{number:08x}", self.start >> 32)
    }

    /// A UUID of version 8, which leaves the digits to the implementation.
    fn uuid(&self, number: u64) -> String {
        let (high, low) = (self.start >> 32, self.start & 0xffff_ffff);
        format!(
            "{high:08x}-{:04x}-8{:03x}-8{:03x}-{:012x}",
            low >> 16,
            low & 0xfff,
            number >> 48,
            number & 0xffff_ffff_ffff
        )
    }

    fn digits(&self, number: u64) -> String {
        format!("{}{number:06}", 1_000_000 + (self.start >> 44))
    }

    /// Base64 that contains `+`, `/` and `=`.
    fn encoded(&self, number: u64) -> String {
        let bytes =
            [&[0xfb, 0xff, 0xfe, 0xff, 0xfe, 0xfb][..], &self.start.to_be_bytes(), &number.to_be_bytes()].concat();
        STANDARD.encode(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::options::Options;
    use crate::variants::Variant;

    fn two_ids(variant: &'static Variant) -> [String; 2] {
        let ids = Ids::new(Switches::new(&Options { variants: vec![variant], ..Options::default() }));
        [ids.next("cus"), ids.next("cus")]
    }

    #[test]
    fn each_variant_gives_unique_ids_of_its_shape() {
        let [uuid, other] = two_ids(&wire::UUID_IDS);
        assert_ne!(uuid, other);
        assert_eq!(uuid.split('-').map(str::len).collect::<Vec<_>>(), [8, 4, 4, 4, 12], "{uuid}");
        let [digits, other] = two_ids(&wire::NUMERIC_IDS);
        assert_ne!(digits, other);
        assert!(digits.bytes().all(|byte| byte.is_ascii_digit()), "{digits}");
        let [long, other] = two_ids(&wire::VERY_LONG_IDS);
        assert_ne!(long, other);
        assert_eq!(long.len(), VERY_LONG);
        let [encoded, other] = two_ids(&wire::BASE64_IDS);
        assert_ne!(encoded, other);
        assert!(encoded.contains('+') && encoded.contains('/') && encoded.ends_with('='), "{encoded}");
    }
}

//! Which tests of a pack are compiled: all, or those of a run of a few tests. `load` and the two kinds of properties ask
//! this before they read a file or build a test.

use crate::source::without_ending;

/// Which tests are compiled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wanted<'w> {
    All,
    /// Those with these names.
    Tests(&'w [String]),
}

impl Wanted<'_> {
    pub(super) fn has(self, test: &str) -> bool {
        self.any(|name| name == test)
    }

    /// Whether the names of some of them have this beginning.
    pub(super) fn has_below(self, beginning: &str) -> bool {
        self.any(|name| name.starts_with(beginning))
    }

    pub(super) fn has_in_file(self, file: &str) -> bool {
        self.has_below(&format!("{}::", stem(file)))
    }

    pub(super) fn has_in_scenario(self, file: &str, scenario: &str) -> bool {
        let only = test_name(file, scenario, "");
        self.has(&only) || self.has_below(&format!("{only}/"))
    }

    fn any(self, is_it: impl Fn(&str) -> bool) -> bool {
        match self {
            Self::All => true,
            Self::Tests(names) => names.iter().any(|name| is_it(name)),
        }
    }
}

pub(super) fn test_name(file: &str, scenario: &str, case: &str) -> String {
    let file = stem(file);
    if case.is_empty() { format!("{file}::{scenario}") } else { format!("{file}::{scenario}/{case}") }
}

/// The name of a file as it is in the names of its tests.
fn stem(file: &str) -> &str {
    without_ending(file.trim_start_matches("scenarios/"))
}

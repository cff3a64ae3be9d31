//! Where a statement of the pack comes from: its mark in the file.

/// How sure a statement is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Origin {
    /// It is common, and nothing supports it.
    #[default]
    Guess,
    /// The API has answered so.
    Learned,
    /// The documentation says so.
    Documented,
}

impl Origin {
    /// Documented or a guess.
    pub(super) fn of(is_documented: bool) -> Self {
        if is_documented { Self::Documented } else { Self::Guess }
    }

    /// The comment behind such a line.
    pub(super) fn note(self) -> Option<&'static str> {
        match self {
            Self::Guess => Some("# guess: check against the documentation"),
            Self::Learned => Some("# learned: check against the documentation"),
            Self::Documented => None,
        }
    }

    /// The same behind two spaces.
    pub(super) fn tail(self) -> String {
        self.note().map(|note| format!("  {note}")).unwrap_or_default()
    }
}

//! The source of a statement in the pack, and the comment that marks it.

/// The source of a statement, from the least to the most certain.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Origin {
    /// It is common, but no source says it.
    #[default]
    Guess,
    /// A response of the API shows it.
    Learned,
    /// The documentation says it.
    Documented,
}

impl Origin {
    pub(super) fn of(is_documented: bool) -> Self {
        if is_documented { Self::Documented } else { Self::Guess }
    }

    /// The comment at the end of the line.
    pub(super) fn note(self) -> Option<&'static str> {
        match self {
            Self::Guess => Some("# guess: check against the documentation"),
            Self::Learned => Some("# learned: check against the documentation"),
            Self::Documented => None,
        }
    }

    /// The comment after two spaces.
    pub(super) fn spaced_note(self) -> String {
        self.note().map(|note| format!("  {note}")).unwrap_or_default()
    }
}

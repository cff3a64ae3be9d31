//! An error in an expectation, before its place in the file is known.

use crate::source::Step as PathStep;

/// The path below the expectation, the message, and what to do.
pub(super) struct Mistake {
    pub(super) at: Vec<PathStep>,
    pub(super) message: String,
    pub(super) help: Option<String>,
}

impl Mistake {
    pub(super) fn new(at: &[&str], message: impl Into<String>, help: &str) -> Self {
        let at = at.iter().map(|key| PathStep::from(*key)).collect();
        let help = Some(help.to_owned()).filter(|help| !help.is_empty());
        Self { at, message: message.into(), help }
    }
}

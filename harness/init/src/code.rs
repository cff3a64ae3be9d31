//! An error code of a new pack, with the sources of what is known about it.

use super::origin::Origin;

#[derive(Debug)]
pub(super) struct Code {
    pub(super) code: String,
    /// Its status, or each status that it may come with.
    pub(super) statuses: Vec<u16>,
    /// The source of the statuses.
    pub(super) origin: Origin,
    /// The source of the code itself.
    pub(super) source: Origin,
    /// The section of the page that has it.
    pub(super) section: Option<String>,
    /// True if the page has the code, and the OpenAPI description has its status.
    pub(super) has_status_of_description: bool,
    pub(super) means: String,
}

impl Code {
    /// The first status.
    pub(super) fn status(&self) -> u16 {
        self.statuses.first().copied().unwrap_or_default()
    }

    /// True if it may come with the status.
    pub(super) fn comes_with(&self, status: u16) -> bool {
        self.statuses.contains(&status)
    }

    /// True if the documentation says that it always has the same status.
    pub(super) fn is_sure(&self) -> bool {
        self.origin == Origin::Documented && self.statuses.len() == 1
    }
}

//! Variants with stricter document checks.

use super::Varied;
use super::damage;
use crate::documents::image::{self, Headers};
use crate::documents::{DocumentKind, DocumentRules, unfit};
use crate::errors::ApiError;
use crate::rules::Conforming;
use crate::variants::documents;

/// Ten decimal megabytes.
const DECIMAL_LIMIT: usize = 10_000_000;
/// A variant rejects documents of fewer bytes.
const TINY: usize = 100;

impl DocumentRules for Varied {
    fn empty_content(&self) -> Option<ApiError> {
        let requirement = "Field 'content' must not be empty";
        match () {
            () if self.is_active(documents::EMPTY_CONTENT_AS_VALIDATION_ERROR) => {
                Some(ApiError::invalid("content", requirement))
            }
            () if self.is_active(documents::EMPTY_CONTENT_AS_FORMAT_ERROR) => {
                Some(ApiError::format("content", requirement))
            }
            () => None,
        }
    }

    fn decode(&self, text: &str) -> Result<Vec<u8>, ApiError> {
        let has_breaks = memchr::memchr2(b'\r', b'\n', text.as_bytes()).is_some();
        let refused = (has_breaks && self.is_active(documents::LINE_BREAKS_IN_BASE64_REFUSED))
            || (self.is_active(documents::UNPADDED_BASE64_REFUSED) && is_unpadded(text));
        if refused { Err(unfit("The content is not a Base64 string")) } else { Conforming.decode(text) }
    }

    fn largest(&self) -> usize {
        if self.is_active(documents::DECIMAL_SIZE_LIMIT) { DECIMAL_LIMIT } else { Conforming.largest() }
    }

    fn check_integrity(&self, bytes: &[u8], kind: DocumentKind) -> Result<(), ApiError> {
        let tiny = bytes.len() < TINY && self.is_active(documents::TINY_DOCUMENTS_REFUSED);
        if tiny || (self.is_active(documents::DAMAGED_DOCUMENTS_REFUSED) && !damage::is_whole(bytes, kind)) {
            return Err(unfit("The document is damaged or incomplete"));
        }
        Ok(())
    }

    fn check_quality(&self, headers: Headers, kind: DocumentKind) -> Result<(), ApiError> {
        let stated = headers.resolution.is_some() || headers.gray;
        if !stated && self.is_active(documents::UNSTATED_RESOLUTION_REFUSED) {
            return Err(image::poor("Document images must state their resolution"));
        }
        Conforming.check_quality(headers, kind)
    }
}

/// Whether padding is missing.
fn is_unpadded(text: &str) -> bool {
    text.bytes().filter(|byte| !matches!(byte, b'\r' | b'\n')).count() % 4 != 0
}

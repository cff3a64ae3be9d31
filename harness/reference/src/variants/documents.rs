//! Variants with stricter document checks.

use super::Variant;

section! {
    "damaged-documents-refused" DAMAGED_DOCUMENTS_REFUSED by "DOC-2"
        "Returns INVALID_DOCUMENT_FORMAT for a damaged or truncated PNG, JPEG or PDF.";
    "tiny-documents-refused" TINY_DOCUMENTS_REFUSED by "DOC-2"
        "Returns INVALID_DOCUMENT_FORMAT for a document of fewer than 100 bytes.";
    "decimal-size-limit" DECIMAL_SIZE_LIMIT by "DOC-3"
        "Limits documents to 10,000,000 bytes.";
    "empty-content-as-validation-error" EMPTY_CONTENT_AS_VALIDATION_ERROR by "DOC-2"
        "Returns VALIDATION_ERROR for empty content.";
    "empty-content-as-format-error" EMPTY_CONTENT_AS_FORMAT_ERROR by "DOC-2"
        "Returns INVALID_FIELD_FORMAT for empty content.";
    "line-breaks-in-base64-refused" LINE_BREAKS_IN_BASE64_REFUSED by "left open: Base64 with line breaks"
        "Returns INVALID_DOCUMENT_FORMAT for Base64 with line breaks.";
    "unpadded-base64-refused" UNPADDED_BASE64_REFUSED by "left open: Base64 without padding"
        "Returns INVALID_DOCUMENT_FORMAT for Base64 without padding.";
    "unstated-resolution-refused" UNSTATED_RESOLUTION_REFUSED by "left open: an image that states no resolution"
        "Returns DOCUMENT_QUALITY_INSUFFICIENT for an image that does not state its resolution.";
}

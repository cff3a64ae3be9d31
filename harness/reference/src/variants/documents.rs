//! Variants in the strictness of document checks.

use super::Variant;

section! {
    "damaged-documents-refused" DAMAGED_DOCUMENTS_REFUSED by "DOC-2"
        "A PNG, JPEG or PDF that is damaged or cut short is INVALID_DOCUMENT_FORMAT.";
    "tiny-documents-refused" TINY_DOCUMENTS_REFUSED by "DOC-2"
        "A document of fewer than 100 bytes is INVALID_DOCUMENT_FORMAT.";
    "decimal-size-limit" DECIMAL_SIZE_LIMIT by "DOC-3"
        "A document may have 10,000,000 bytes and no more.";
    "empty-content-as-validation-error" EMPTY_CONTENT_AS_VALIDATION_ERROR by "DOC-2"
        "Empty content is VALIDATION_ERROR.";
    "empty-content-as-format-error" EMPTY_CONTENT_AS_FORMAT_ERROR by "DOC-2"
        "Empty content is INVALID_FIELD_FORMAT.";
    "line-breaks-in-base64-refused" LINE_BREAKS_IN_BASE64_REFUSED by "left open: Base64 with line breaks"
        "Base64 with line breaks is INVALID_DOCUMENT_FORMAT.";
    "unpadded-base64-refused" UNPADDED_BASE64_REFUSED by "left open: Base64 without padding"
        "Base64 without its padding is INVALID_DOCUMENT_FORMAT.";
    "unstated-resolution-refused" UNSTATED_RESOLUTION_REFUSED by "left open: an image that states no resolution"
        "An image that does not state its resolution is DOCUMENT_QUALITY_INSUFFICIENT.";
}

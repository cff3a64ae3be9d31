//! Mutants of the document checks: kind, size, encoding, quality.

use super::Mutant;

section! {
    "rejects-pdf" REJECTS_PDF ["DOC-1", "DOC-3"]
        "A PDF is INVALID_DOCUMENT_FORMAT.";
    "rejects-jpeg" REJECTS_JPEG ["DOC-1", "DOC-3", "DOC-6"]
        "A JPEG is INVALID_DOCUMENT_FORMAT.";
    "rejects-png" REJECTS_PNG ["AUTH-7", "DOC-1", "DOC-3", "DOC-6"]
        "A PNG is INVALID_DOCUMENT_FORMAT.";
    "accepts-gif" ACCEPTS_GIF ["DOC-2"]
        "A GIF is accepted.";
    "accepts-tiff" ACCEPTS_TIFF ["DOC-2"]
        "A TIFF is accepted.";
    "accepts-html" ACCEPTS_HTML ["DOC-2"]
        "What begins with an angle bracket is accepted.";
    "accepts-plain-text" ACCEPTS_PLAIN_TEXT ["DOC-2"]
        "ASCII text is accepted.";
    "accepts-empty-content" ACCEPTS_EMPTY_CONTENT ["DOC-2"]
        "Empty content is accepted.";
    "trusts-declared-type" TRUSTS_DECLARED_TYPE ["DOC-2", "DOC-5"]
        "The content is taken for what it is declared to be.";
    "foreign-document-as-quality" FOREIGN_DOCUMENT_AS_QUALITY ["DOC-2"]
        "A document of a foreign kind is DOCUMENT_QUALITY_INSUFFICIENT.";
    "accepts-oversize" ACCEPTS_OVERSIZE ["DOC-3"]
        "A document may have any size.";
    "oversize-as-validation-error" OVERSIZE_AS_VALIDATION_ERROR ["DOC-3"]
        "A document that is too big is VALIDATION_ERROR.";
    "measures-encoded-length" MEASURES_ENCODED_LENGTH ["DOC-3"]
        "The limit is held against the Base64 text, a third longer than the document.";
    "five-megabyte-limit" FIVE_MEGABYTE_LIMIT ["DOC-3"]
        "A document may have 5 MiB.";
    "drops-big-bodies" DROPS_BIG_BODIES ["DOC-3"]
        "A request of more than 12 MiB gets no answer: the connection is closed.";
    "accepts-bad-base64" ACCEPTS_BAD_BASE64 ["DOC-4"]
        "Characters that are not Base64 are skipped.";
    "bad-base64-as-validation-error" BAD_BASE64_AS_VALIDATION_ERROR ["DOC-4"]
        "Content that is not Base64 is VALIDATION_ERROR.";
    "accepts-data-uris" ACCEPTS_DATA_URIS ["DOC-4"]
        "Content may be a data URI.";
    "ignores-declared-type" IGNORES_DECLARED_TYPE ["DOC-5"]
        "Content may be another kind than declared.";
    "accepts-299-dpi" ACCEPTS_299_DPI ["DOC-6"]
        "Anything from 290 DPI on is enough.";
    "accepts-any-resolution" ACCEPTS_ANY_RESOLUTION ["DOC-6"]
        "The resolution is not looked at.";
    "ignores-jpeg-resolution" IGNORES_JPEG_RESOLUTION ["DOC-6"]
        "Only a PNG's resolution is looked at.";
    "ignores-vertical-resolution" IGNORES_VERTICAL_RESOLUTION ["DOC-6"]
        "Only the horizontal resolution is looked at.";
    "rejects-unrounded-300-dpi" REJECTS_UNROUNDED_300_DPI ["DOC-6"]
        "The resolution is not rounded, so that 11811 pixels a metre are too few.";
    "takes-centimetres-for-inches" TAKES_CENTIMETRES_FOR_INCHES ["DOC-6"]
        "A JPEG's dots per centimetre are read as dots per inch.";
    "accepts-grayscale" ACCEPTS_GRAYSCALE ["DOC-6"]
        "Grayscale images are accepted.";
    "accepts-grayscale-jpeg" ACCEPTS_GRAYSCALE_JPEG ["DOC-6"]
        "Grayscale JPEGs are accepted.";
    "accepts-gray-with-alpha" ACCEPTS_GRAY_WITH_ALPHA ["DOC-6"]
        "Grayscale PNGs with an alpha channel are accepted.";
    "quality-as-format" QUALITY_AS_FORMAT ["DOC-6"]
        "Poor quality is INVALID_DOCUMENT_FORMAT.";
    "grayscale-as-verification-failed" GRAYSCALE_AS_VERIFICATION_FAILED ["DOC-6"]
        "A grayscale image is VERIFICATION_FAILED.";
    "accepts-bmp" ACCEPTS_BMP ["DOC-2"]
        "A BMP is accepted.";
    "accepts-webp" ACCEPTS_WEBP ["DOC-2"]
        "A WebP is accepted.";
    "accepts-svg" ACCEPTS_SVG ["DOC-2"]
        "An SVG is accepted.";
    "accepts-zip" ACCEPTS_ZIP ["DOC-2"]
        "A ZIP is accepted.";
    "sniffs-two-bytes" SNIFFS_TWO_BYTES ["DOC-2"]
        "Only the first two bytes of the content are looked at.";
    "trusts-declared-pdf" TRUSTS_DECLARED_PDF ["DOC-2", "DOC-5"]
        "Whatever is declared to be a PDF is one.";
    "accepts-one-byte-too-many" ACCEPTS_ONE_BYTE_TOO_MANY ["DOC-3"]
        "A document of 10 MiB and one byte is accepted.";
    "limit-of-eleven-megabytes" LIMIT_OF_ELEVEN_MEGABYTES ["DOC-3"]
        "A document may have 11 MiB.";
    "limit-just-below-ten-megabytes" LIMIT_JUST_BELOW_TEN_MEGABYTES ["DOC-3"]
        "A document of 10,000,000 bytes is too big.";
    "oversize-as-quality" OVERSIZE_AS_QUALITY ["DOC-3"]
        "A document that is too big is DOCUMENT_QUALITY_INSUFFICIENT.";
    "accepts-url-alphabet" ACCEPTS_URL_ALPHABET ["DOC-4"]
        "Content may be Base64 of the alphabet for URLs.";
    "stops-at-bad-character" STOPS_AT_BAD_CHARACTER ["DOC-4"]
        "Content is decoded up to the first character that is not Base64.";
    "ignores-what-follows-padding" IGNORES_WHAT_FOLLOWS_PADDING ["DOC-4"]
        "What follows the padding of the content is ignored.";
    "rejects-palette-pngs" REJECTS_PALETTE_PNGS ["DOC-1"]
        "A PNG with a palette counts as grayscale.";
    "rejects-alpha-pngs" REJECTS_ALPHA_PNGS ["DOC-1"]
        "A PNG with an alpha channel counts as grayscale.";
    "rejects-progressive-jpegs" REJECTS_PROGRESSIVE_JPEGS ["DOC-1"]
        "A progressive JPEG is INVALID_DOCUMENT_FORMAT.";
    "rejects-exif-jpegs" REJECTS_EXIF_JPEGS ["DOC-1"]
        "A JPEG that begins with EXIF is INVALID_DOCUMENT_FORMAT.";
    "overlooks-progressive-gray" OVERLOOKS_PROGRESSIVE_GRAY ["DOC-6"]
        "The colours of a progressive JPEG are not looked at.";
    "accepts-grayscale-png" ACCEPTS_GRAYSCALE_PNG ["DOC-6"]
        "Grayscale PNGs are accepted.";
    "accepts-deep-grayscale" ACCEPTS_DEEP_GRAYSCALE ["DOC-6"]
        "Grayscale of 16 bits is accepted.";
    "needs-301-dpi" NEEDS_301_DPI ["DOC-6"]
        "An image needs 301 DPI.";
    "ignores-png-resolution" IGNORES_PNG_RESOLUTION ["DOC-6"]
        "Only a JPEG's resolution is looked at.";
    "takes-metres-for-inches" TAKES_METRES_FOR_INCHES ["DOC-6"]
        "A PNG's pixels per metre are read as pixels per inch.";
    "every-fifth-document-unchecked" EVERY_FIFTH_DOCUMENT_UNCHECKED ["DOC-2"]
        "Every fifth document of a foreign kind is accepted.";
}

//! Mutants of the document checks: type, size, encoding, quality.

use super::Mutant;

section! {
    "rejects-pdf" REJECTS_PDF ["DOC-1", "DOC-3"]
        "Returns INVALID_DOCUMENT_FORMAT for a PDF.";
    "rejects-jpeg" REJECTS_JPEG ["DOC-1", "DOC-3", "DOC-6"]
        "Returns INVALID_DOCUMENT_FORMAT for a JPEG.";
    "rejects-png" REJECTS_PNG ["AUTH-7", "DOC-1", "DOC-3", "DOC-6"]
        "Returns INVALID_DOCUMENT_FORMAT for a PNG.";
    "accepts-gif" ACCEPTS_GIF ["DOC-2"]
        "Accepts a GIF as a document.";
    "accepts-tiff" ACCEPTS_TIFF ["DOC-2"]
        "Accepts a TIFF.";
    "accepts-html" ACCEPTS_HTML ["DOC-2"]
        "Accepts content that begins with `<`.";
    "accepts-plain-text" ACCEPTS_PLAIN_TEXT ["DOC-2"]
        "Accepts ASCII text as a document.";
    "accepts-empty-content" ACCEPTS_EMPTY_CONTENT ["DOC-2"]
        "Accepts empty content.";
    "trusts-declared-type" TRUSTS_DECLARED_TYPE ["DOC-2", "DOC-5"]
        "Trusts the declared type and does not look at the content.";
    "foreign-document-as-quality" FOREIGN_DOCUMENT_AS_QUALITY ["DOC-2"]
        "Returns DOCUMENT_QUALITY_INSUFFICIENT for a document of an unsupported type.";
    "accepts-oversize" ACCEPTS_OVERSIZE ["DOC-3"]
        "Accepts a document of any size.";
    "oversize-as-validation-error" OVERSIZE_AS_VALIDATION_ERROR ["DOC-3"]
        "Returns VALIDATION_ERROR for a document that is too large.";
    "measures-encoded-length" MEASURES_ENCODED_LENGTH ["DOC-3"]
        "Applies the size limit to the Base64 text, which is a third longer than the document.";
    "five-megabyte-limit" FIVE_MEGABYTE_LIMIT ["DOC-3"]
        "Limits documents to 5 MiB.";
    "drops-big-bodies" DROPS_BIG_BODIES ["DOC-3"]
        "Closes the connection without a response when a request has more than 12 MiB.";
    "accepts-bad-base64" ACCEPTS_BAD_BASE64 ["DOC-4"]
        "Skips characters that are not Base64.";
    "bad-base64-as-validation-error" BAD_BASE64_AS_VALIDATION_ERROR ["DOC-4"]
        "Returns VALIDATION_ERROR for content that is not Base64.";
    "accepts-data-uris" ACCEPTS_DATA_URIS ["DOC-4"]
        "Accepts a data URI as content.";
    "ignores-declared-type" IGNORES_DECLARED_TYPE ["DOC-5"]
        "Accepts content whose type is not the declared one.";
    "accepts-299-dpi" ACCEPTS_299_DPI ["DOC-6"]
        "Accepts images from 290 DPI on.";
    "accepts-any-resolution" ACCEPTS_ANY_RESOLUTION ["DOC-6"]
        "Ignores the resolution of images.";
    "ignores-jpeg-resolution" IGNORES_JPEG_RESOLUTION ["DOC-6"]
        "Ignores the resolution of a JPEG.";
    "ignores-vertical-resolution" IGNORES_VERTICAL_RESOLUTION ["DOC-6"]
        "Ignores the vertical resolution of images.";
    "rejects-unrounded-300-dpi" REJECTS_UNROUNDED_300_DPI ["DOC-6"]
        "Does not round the resolution, so 11811 pixels per metre are too few.";
    "takes-centimetres-for-inches" TAKES_CENTIMETRES_FOR_INCHES ["DOC-6"]
        "Reads the dots per centimetre of a JPEG as dots per inch.";
    "accepts-grayscale" ACCEPTS_GRAYSCALE ["DOC-6"]
        "Accepts grayscale images.";
    "accepts-grayscale-jpeg" ACCEPTS_GRAYSCALE_JPEG ["DOC-6"]
        "Accepts grayscale JPEGs.";
    "accepts-gray-with-alpha" ACCEPTS_GRAY_WITH_ALPHA ["DOC-6"]
        "Accepts grayscale PNGs with an alpha channel.";
    "quality-as-format" QUALITY_AS_FORMAT ["DOC-6"]
        "Returns INVALID_DOCUMENT_FORMAT for a document of poor quality.";
    "grayscale-as-verification-failed" GRAYSCALE_AS_VERIFICATION_FAILED ["DOC-6"]
        "Returns VERIFICATION_FAILED for a grayscale image.";
    "accepts-bmp" ACCEPTS_BMP ["DOC-2"]
        "Accepts a BMP.";
    "accepts-webp" ACCEPTS_WEBP ["DOC-2"]
        "Accepts a WebP.";
    "accepts-svg" ACCEPTS_SVG ["DOC-2"]
        "Accepts an SVG.";
    "accepts-zip" ACCEPTS_ZIP ["DOC-2"]
        "Accepts a ZIP.";
    "sniffs-two-bytes" SNIFFS_TWO_BYTES ["DOC-2"]
        "Looks only at the first two bytes of the content.";
    "trusts-declared-pdf" TRUSTS_DECLARED_PDF ["DOC-2", "DOC-5"]
        "Accepts any content that is declared as PDF.";
    "accepts-one-byte-too-many" ACCEPTS_ONE_BYTE_TOO_MANY ["DOC-3"]
        "Accepts a document of 10 MiB and one byte.";
    "limit-of-eleven-megabytes" LIMIT_OF_ELEVEN_MEGABYTES ["DOC-3"]
        "Limits documents to 11 MiB.";
    "limit-just-below-ten-megabytes" LIMIT_JUST_BELOW_TEN_MEGABYTES ["DOC-3"]
        "Rejects a document of 10,000,000 bytes as too large.";
    "oversize-as-quality" OVERSIZE_AS_QUALITY ["DOC-3"]
        "Returns DOCUMENT_QUALITY_INSUFFICIENT for a document that is too large.";
    "accepts-url-alphabet" ACCEPTS_URL_ALPHABET ["DOC-4"]
        "Accepts Base64 in the URL-safe alphabet.";
    "stops-at-bad-character" STOPS_AT_BAD_CHARACTER ["DOC-4"]
        "Decodes content up to the first character that is not Base64, and ignores the rest.";
    "ignores-what-follows-padding" IGNORES_WHAT_FOLLOWS_PADDING ["DOC-4"]
        "Ignores everything after the padding of the content.";
    "rejects-palette-pngs" REJECTS_PALETTE_PNGS ["DOC-1"]
        "Treats a PNG with a palette as grayscale.";
    "rejects-alpha-pngs" REJECTS_ALPHA_PNGS ["DOC-1"]
        "Treats a PNG with an alpha channel as grayscale.";
    "rejects-progressive-jpegs" REJECTS_PROGRESSIVE_JPEGS ["DOC-1"]
        "Returns INVALID_DOCUMENT_FORMAT for a progressive JPEG.";
    "rejects-exif-jpegs" REJECTS_EXIF_JPEGS ["DOC-1"]
        "Returns INVALID_DOCUMENT_FORMAT for a JPEG that begins with EXIF.";
    "overlooks-progressive-gray" OVERLOOKS_PROGRESSIVE_GRAY ["DOC-6"]
        "Accepts grayscale progressive JPEGs.";
    "accepts-grayscale-png" ACCEPTS_GRAYSCALE_PNG ["DOC-6"]
        "Accepts grayscale PNGs.";
    "accepts-deep-grayscale" ACCEPTS_DEEP_GRAYSCALE ["DOC-6"]
        "Accepts 16-bit grayscale images.";
    "needs-301-dpi" NEEDS_301_DPI ["DOC-6"]
        "Requires 301 DPI.";
    "ignores-png-resolution" IGNORES_PNG_RESOLUTION ["DOC-6"]
        "Ignores the resolution of a PNG.";
    "takes-metres-for-inches" TAKES_METRES_FOR_INCHES ["DOC-6"]
        "Reads the pixels per metre of a PNG as pixels per inch.";
    "every-fifth-document-unchecked" EVERY_FIFTH_DOCUMENT_UNCHECKED ["DOC-2"]
        "Accepts every fifth document of an unsupported type.";
}

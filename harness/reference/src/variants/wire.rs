//! Variants of HTTP, JSON and ids.

use super::Variant;

section! {
    "charset-parameter" CHARSET_PARAMETER by "ENV-8"
        "Adds a charset parameter to the media type.";
    "upper-case-media-type" UPPER_CASE_MEDIA_TYPE by "ENV-8"
        "Writes the media type in capitals.";
    "many-media-type-parameters" MANY_MEDIA_TYPE_PARAMETERS by "ENV-8"
        "Adds three parameters, with quotes and unusual spacing, to the media type.";
    "title-case-headers" TITLE_CASE_HEADERS by "left open: header case"
        "Writes header names as `Content-Type`, not `content-type`.";
    "undocumented-headers" UNDOCUMENTED_HEADERS by "left open: additional headers"
        "Adds undocumented headers, including cookies, to responses.";
    "reversed-members" REVERSED_MEMBERS by "left open: key order"
        "Writes the members of every object in reverse order.";
    "pretty-printed" PRETTY_PRINTED by "left open: white space of JSON"
        "Indents JSON, with one member per line.";
    "white-space-around-json" WHITE_SPACE_AROUND_JSON by "left open: white space of JSON"
        "Adds line breaks before and after JSON.";
    "escaped-characters" ESCAPED_CHARACTERS by "ENV-10"
        "Escapes slashes and all non-ASCII characters in JSON.";
    "chunked-bodies" CHUNKED_BODIES by "left open: chunked bodies"
        "Sends bodies in many small chunks.";
    "close-delimited-bodies" CLOSE_DELIMITED_BODIES by "left open: close-delimited bodies"
        "Responds with HTTP/1.0 and ends bodies by closing the connection.";
    "connection-closed" CONNECTION_CLOSED by "left open: additional headers"
        "Closes the connection after every response.";
    "gzip-where-accepted" GZIP_WHERE_ACCEPTED by "left open: gzipped bodies"
        "Compresses bodies with gzip for clients that accept it.";
    "slow-responses" SLOW_RESPONSES by "no clause limits the time of a response"
        "Delays every response by 50 to 150 ms.";
    "no-date-header" NO_DATE_HEADER by "RATE-5"
        "Sends responses without a Date header.";
    "clock-ahead" CLOCK_AHEAD by "RATE-5"
        "Uses a clock that is two seconds fast, also in the Date header.";
    "clock-behind" CLOCK_BEHIND by "RATE-5"
        "Uses a clock that is two seconds slow, also in the Date header.";
    "nonstandard-reason-phrases" NONSTANDARD_REASON_PHRASES by "STA-2"
        "Sends a nonstandard reason phrase in the status line.";
    "path-prefix" PATH_PREFIX by "the contract leaves the base URL to the deployment"
        "Serves all paths below a prefix.";
    "ipv6-only" IPV6_ONLY by "the contract leaves the base URL to the deployment"
        "Listens on the IPv6 loopback address.";
    "plain-responses-elsewhere" PLAIN_RESPONSES_ELSEWHERE by "STA-1"
        "Returns 405 in plain text for undocumented methods and paths.";
    "additional-members" ADDITIONAL_MEMBERS by "left open: additional members of success bodies"
        "Adds undocumented members, including objects and arrays, to success bodies.";
    "null-optionals" NULL_OPTIONALS by "left open: absent optional members shown as null"
        "Shows absent optional fields of a customer as null.";
    "null-delivery-errors" NULL_DELIVERY_ERRORS by "left open: absent optional members shown as null"
        "Shows a delivery that did not fail with `error: null`.";
    "fractional-times" FRACTIONAL_TIMES by "no clause says how a success writes times"
        "Writes times with milliseconds and an offset instead of Z.";
    "uuid-ids" UUID_IDS by "left open: shape of ids"
        "Uses UUIDs as ids of resources.";
    "numeric-ids" NUMERIC_IDS by "left open: shape of ids"
        "Uses strings of digits as ids.";
    "very-long-ids" VERY_LONG_IDS by "left open: shape of ids"
        "Uses ids of 250 characters.";
    "base64-ids" BASE64_IDS by "left open: shape of ids"
        "Uses Base64 ids with slashes, plus signs and equals signs, which must be escaped in a path.";
    "uuid-request-ids" UUID_REQUEST_IDS by "left open: shape of request ids"
        "Uses UUIDs as request ids.";
    "numeric-request-ids" NUMERIC_REQUEST_IDS by "left open: shape of request ids"
        "Uses small numbers as request ids.";
    "structured-request-ids" STRUCTURED_REQUEST_IDS by "left open: shape of request ids"
        "Uses request ids with spaces, quotes, equals signs and semicolons.";
}

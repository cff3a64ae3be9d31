//! Variants of what goes over the wire: HTTP, JSON, ids.

use super::Variant;

section! {
    "charset-parameter" CHARSET_PARAMETER by "ENV-8"
        "The media type has a charset parameter.";
    "upper-case-media-type" UPPER_CASE_MEDIA_TYPE by "ENV-8"
        "The media type is written in capitals.";
    "many-media-type-parameters" MANY_MEDIA_TYPE_PARAMETERS by "ENV-8"
        "The media type has three parameters, quoted and in odd spacing.";
    "title-case-headers" TITLE_CASE_HEADERS by "left open: header case"
        "Header names are written `Content-Type`, not `content-type`.";
    "undocumented-headers" UNDOCUMENTED_HEADERS by "left open: additional headers"
        "Answers have headers that nobody documented, cookies among them.";
    "reversed-members" REVERSED_MEMBERS by "left open: key order"
        "The members of every object come in reverse order.";
    "pretty-printed" PRETTY_PRINTED by "left open: white space of JSON"
        "JSON is indented, with a line for each member.";
    "white-space-around-json" WHITE_SPACE_AROUND_JSON by "left open: white space of JSON"
        "JSON has line breaks before and after it.";
    "escaped-characters" ESCAPED_CHARACTERS by "ENV-10"
        "Slashes and all characters beyond ASCII are escaped in JSON.";
    "chunked-bodies" CHUNKED_BODIES by "left open: chunked bodies"
        "Bodies are sent in many small chunks.";
    "close-delimited-bodies" CLOSE_DELIMITED_BODIES by "left open: close-delimited bodies"
        "Answers are HTTP/1.0, and their bodies end with the connection.";
    "connection-closed" CONNECTION_CLOSED by "left open: additional headers"
        "The connection is closed after every answer.";
    "gzip-where-accepted" GZIP_WHERE_ACCEPTED by "left open: gzipped bodies"
        "Bodies are gzipped for clients that accept it.";
    "slow-answers" SLOW_ANSWERS by "no clause limits the time of an answer"
        "Each answer comes 50 to 150 ms late.";
    "no-date-header" NO_DATE_HEADER by "RATE-5"
        "Answers have no Date header.";
    "clock-ahead" CLOCK_AHEAD by "RATE-5"
        "The server's clock, its Date header included, is two seconds fast.";
    "clock-behind" CLOCK_BEHIND by "RATE-5"
        "The server's clock, its Date header included, is two seconds slow.";
    "odd-reason-phrases" ODD_REASON_PHRASES by "STA-2"
        "The status line has other words than those of the standard.";
    "path-prefix" PATH_PREFIX by "the contract leaves the base URL to the deployment"
        "Everything is served below a prefix.";
    "ipv6-only" IPV6_ONLY by "the contract leaves the base URL to the deployment"
        "The server listens on the IPv6 loopback address.";
    "plain-answers-elsewhere" PLAIN_ANSWERS_ELSEWHERE by "STA-1"
        "Methods and paths that no operation has are answered 405 in plain text.";
    "additional-members" ADDITIONAL_MEMBERS by "left open: additional members of success bodies"
        "Successes have members that nobody documented, objects and arrays among them.";
    "null-optionals" NULL_OPTIONALS by "left open: absent optional members shown as null"
        "Optional fields that a customer lacks are shown as null.";
    "null-delivery-errors" NULL_DELIVERY_ERRORS by "left open: absent optional members shown as null"
        "A delivery that did not fail is shown with `error: null`.";
    "fractional-times" FRACTIONAL_TIMES by "no clause says how a success writes times"
        "Times have milliseconds and an offset instead of Z.";
    "uuid-ids" UUID_IDS by "left open: shape of ids"
        "Ids of resources are UUIDs.";
    "numeric-ids" NUMERIC_IDS by "left open: shape of ids"
        "Ids are strings of digits.";
    "very-long-ids" VERY_LONG_IDS by "left open: shape of ids"
        "Ids have 250 characters.";
    "base64-ids" BASE64_IDS by "left open: shape of ids"
        "Ids are Base64, with slashes, plus and equals signs, which a path must escape.";
    "uuid-request-ids" UUID_REQUEST_IDS by "left open: shape of request ids"
        "Request ids are UUIDs.";
    "numeric-request-ids" NUMERIC_REQUEST_IDS by "left open: shape of request ids"
        "Request ids are numbers, starting small.";
    "structured-request-ids" STRUCTURED_REQUEST_IDS by "left open: shape of request ids"
        "Request ids hold spaces, quotes, equals signs and semicolons.";
}

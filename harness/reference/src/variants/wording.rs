//! Variants of what errors say.

use super::Variant;

section! {
    "no-details" NO_DETAILS by "ENV-4" warns ["AUTH-6", "SRV-2"]
        "No error has `details`.";
    "few-details" FEW_DETAILS by "ENV-4"
        "Only TOKEN_EXPIRED and INTERNAL_SERVER_ERROR have `details`.";
    "empty-details" EMPTY_DETAILS by "ENV-4" warns ["AUTH-6", "SRV-2"]
        "The `details` of every error are an empty string.";
    "terse-messages" TERSE_MESSAGES by "left open: wording of messages"
        "Every message is a single word.";
    "very-long-messages" VERY_LONG_MESSAGES by "left open: wording of messages"
        "Messages have several thousand characters.";
    "messages-in-german" MESSAGES_IN_GERMAN by "left open: language of messages"
        "Messages and details are in German.";
    "messages-in-arabic" MESSAGES_IN_ARABIC by "left open: language of messages"
        "Messages and details are in Arabic, written from right to left.";
    "messages-in-japanese" MESSAGES_IN_JAPANESE by "left open: language of messages"
        "Messages and details are in Japanese.";
    "messages-with-emoji" MESSAGES_WITH_EMOJI by "left open: wording of messages"
        "Messages hold emoji, combining accents and characters that join others.";
    "messages-of-many-lines" MESSAGES_OF_MANY_LINES by "left open: wording of messages"
        "Messages have line breaks, tabs, quotes, backslashes and control characters.";
    "plain-words-like-sql" PLAIN_WORDS_LIKE_SQL by "SRV-4"
        "Messages say select, update, insert, delete, from and where, as plain English does.";
    "links-in-details" LINKS_IN_DETAILS by "SRV-4"
        "Details name a web page, the API's own path and a media type.";
    "quotes-submitted-values" QUOTES_SUBMITTED_VALUES by "SRV-4"
        "Details quote the text that was submitted and is at fault.";
    "quotes-end-of-key" QUOTES_END_OF_KEY by "SRV-4"
        "AUTHENTICATION_FAILED quotes the last four characters of the key.";
    "names-scopes" NAMES_SCOPES by "left open: wording of messages"
        "INSUFFICIENT_PERMISSIONS says which scopes the caller has and which are missing.";
    "field-on-conflicts" FIELD_ON_CONFLICTS by "ENV-5"
        "Duplicates and writes of immutable fields name the field as well.";
    "field-on-documents" FIELD_ON_DOCUMENTS by "ENV-5"
        "Faults of a document's content name `content` as the field.";
    "expiry-with-offset" EXPIRY_WITH_OFFSET by "AUTH-6"
        "TOKEN_EXPIRED names the expiry with milliseconds and an offset of two hours.";
    "expiry-alone" EXPIRY_ALONE by "AUTH-6"
        "The `details` of TOKEN_EXPIRED are the time and nothing else, its letters in lower case.";
    "request-id-alone" REQUEST_ID_ALONE by "SRV-2"
        "The `details` of INTERNAL_SERVER_ERROR are the request id and nothing else.";
}

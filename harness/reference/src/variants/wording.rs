//! Variants of the texts in errors.

use super::Variant;

section! {
    "no-details" NO_DETAILS by "ENV-4" warns ["AUTH-6", "SRV-2"]
        "Sends errors without `details`.";
    "few-details" FEW_DETAILS by "ENV-4"
        "Sends `details` only with TOKEN_EXPIRED and INTERNAL_SERVER_ERROR.";
    "empty-details" EMPTY_DETAILS by "ENV-4" warns ["AUTH-6", "SRV-2"]
        "Sends an empty string as `details` of every error.";
    "terse-messages" TERSE_MESSAGES by "left open: wording of messages"
        "Sends a single word as every message.";
    "very-long-messages" VERY_LONG_MESSAGES by "left open: wording of messages"
        "Sends messages of several thousand characters.";
    "messages-in-german" MESSAGES_IN_GERMAN by "left open: language of messages"
        "Sends messages and details in German.";
    "messages-in-arabic" MESSAGES_IN_ARABIC by "left open: language of messages"
        "Sends messages and details in Arabic, written from right to left.";
    "messages-in-japanese" MESSAGES_IN_JAPANESE by "left open: language of messages"
        "Sends messages and details in Japanese.";
    "messages-with-emoji" MESSAGES_WITH_EMOJI by "left open: wording of messages"
        "Sends messages with emoji, combining accents and joiners.";
    "messages-of-many-lines" MESSAGES_OF_MANY_LINES by "left open: wording of messages"
        "Sends messages with line breaks, tabs, quotes, backslashes and control characters.";
    "plain-words-like-sql" PLAIN_WORDS_LIKE_SQL by "SRV-4"
        "Uses the words select, update, insert, delete, from and where in plain English messages.";
    "links-in-details" LINKS_IN_DETAILS by "SRV-4"
        "Names a web page, a path of the API and a media type in details.";
    "quotes-submitted-values" QUOTES_SUBMITTED_VALUES by "SRV-4"
        "Quotes the invalid submitted value in details.";
    "quotes-end-of-key" QUOTES_END_OF_KEY by "SRV-4"
        "Quotes the last four characters of the key in AUTHENTICATION_FAILED.";
    "names-scopes" NAMES_SCOPES by "left open: wording of messages"
        "Names the granted and the required scopes in INSUFFICIENT_PERMISSIONS.";
    "field-on-conflicts" FIELD_ON_CONFLICTS by "ENV-5"
        "Adds `field` to errors for duplicates and immutable fields.";
    "field-on-documents" FIELD_ON_DOCUMENTS by "ENV-5"
        "Adds the `field` `content` to errors about the content of a document.";
    "expiry-with-offset" EXPIRY_WITH_OFFSET by "AUTH-6"
        "Writes the expiry in TOKEN_EXPIRED with milliseconds and an offset of two hours.";
    "expiry-alone" EXPIRY_ALONE by "AUTH-6"
        "Sends only the time, with lower-case letters, as `details` of TOKEN_EXPIRED.";
    "request-id-alone" REQUEST_ID_ALONE by "SRV-2"
        "Sends only the request id as `details` of INTERNAL_SERVER_ERROR.";
}

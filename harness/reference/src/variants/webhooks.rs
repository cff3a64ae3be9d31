//! Variants of webhooks.

use super::Variant;

section! {
    "client-errors-not-retried" CLIENT_ERRORS_NOT_RETRIED by "no clause says whether 3xx and 4xx are tried again"
        "A delivery that is answered 3xx or 4xx has failed at once.";
    "bare-events" BARE_EVENTS by "no clause names an event's members"
        "An event is an object that holds the customer's id and nothing else.";
    "nested-events" NESTED_EVENTS by "no clause names an event's members"
        "An event holds the customer's id deep inside, within a text.";
    "pretty-printed-events" PRETTY_PRINTED_EVENTS by "WHK-4"
        "The body of a delivery is indented, and signed so.";
    "chunked-events" CHUNKED_EVENTS by "left open: chunked bodies"
        "Deliveries are sent with a chunked body.";
    "other-delivery-headers" OTHER_DELIVERY_HEADERS by "left open: header case and additional headers"
        "Deliveries have header names in lower case, and headers that nobody documented.";
    "late-events" LATE_EVENTS by "no clause says how soon an event is sent"
        "An event is sent 300 ms after it happened.";
    "creations-told-late" CREATIONS_TOLD_LATE by "no clause orders deliveries"
        "The creation of a customer is told 400 ms late, after changes of the state.";
    "events-of-nobody" EVENTS_OF_NOBODY by "the contract tells others' deliveries apart by the customer's id"
        "A new webhook is sent an event that is about no customer.";
    "newest-delivery-first" NEWEST_DELIVERY_FIRST by "no clause orders a list"
        "The newest delivery stands first in the log.";
    "late-log" LATE_LOG by "no clause says how soon the log is written"
        "The log shows the outcome of an attempt 300 ms late.";
}

//! Variants of webhooks.

use super::Variant;

section! {
    "client-errors-not-retried" CLIENT_ERRORS_NOT_RETRIED by "no clause says whether 3xx and 4xx are tried again"
        "Does not retry a delivery after a 3xx or 4xx status.";
    "bare-events" BARE_EVENTS by "no clause names an event's members"
        "Sends only the id of the customer in an event.";
    "nested-events" NESTED_EVENTS by "no clause names an event's members"
        "Sends the id of the customer within a nested string of an event.";
    "pretty-printed-events" PRETTY_PRINTED_EVENTS by "WHK-4"
        "Sends and signs deliveries with an indented body.";
    "chunked-events" CHUNKED_EVENTS by "left open: chunked bodies"
        "Sends deliveries with a chunked body.";
    "other-delivery-headers" OTHER_DELIVERY_HEADERS by "left open: header case and additional headers"
        "Sends deliveries with lower-case header names and undocumented headers.";
    "late-events" LATE_EVENTS by "no clause says how soon an event is sent"
        "Sends an event with a delay of 300 ms.";
    "late-creation-events" LATE_CREATION_EVENTS by "no clause orders deliveries"
        "Sends the event of a creation with a delay of 400 ms, after state changes.";
    "events-of-nobody" EVENTS_OF_NOBODY by "the contract tells others' deliveries apart by the customer's id"
        "Sends a new webhook an event without a customer.";
    "newest-delivery-first" NEWEST_DELIVERY_FIRST by "no clause orders a list"
        "Lists the newest delivery first.";
    "late-log" LATE_LOG by "no clause says how soon the log is written"
        "Logs the result of an attempt with a delay of 300 ms.";
}

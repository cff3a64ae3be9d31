//! Mutants of server errors, leaks in errors, and request ids.

use super::Mutant;

section! {
    "unavailable-as-internal" UNAVAILABLE_AS_INTERNAL ["SRV-3"]
        "Returns INTERNAL_SERVER_ERROR during maintenance.";
    "leaks-credential" LEAKS_CREDENTIAL ["SRV-4"]
        "Includes the key that was sent in AUTHENTICATION_FAILED.";
    "leaks-credential-base64" LEAKS_CREDENTIAL_BASE64 ["SRV-4"]
        "Includes the credential that was sent, in Base64, in INSUFFICIENT_PERMISSIONS.";
    "leaks-credential-hex" LEAKS_CREDENTIAL_HEX ["SRV-4"]
        "Includes the credential that was sent, in hexadecimal, in RESOURCE_NOT_FOUND.";
    "leaks-credential-in-header" LEAKS_CREDENTIAL_IN_HEADER ["SRV-4"]
        "Returns the credential of the request in a header of every error.";
    "leaks-token" LEAKS_TOKEN ["SRV-4"]
        "Includes the token that was sent in TOKEN_EXPIRED.";
    "request-id-per-second" REQUEST_ID_PER_SECOND ["LOG-2"]
        "Sends the same X-Request-Id with all responses of one second.";
    "request-id-in-pairs" REQUEST_ID_IN_PAIRS ["LOG-2"]
        "Sends the same X-Request-Id with two consecutive responses.";
}

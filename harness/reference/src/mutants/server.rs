//! Mutants of server errors, leaks in errors, and request ids.

use super::Mutant;

section! {
    "leaks-mongo-error" LEAKS_MONGO_ERROR ["SRV-4"]
        "Includes an error of the document store in the details of DUPLICATE_RESOURCE.";
    "leaks-connection-string" LEAKS_CONNECTION_STRING ["SRV-4"]
        "Includes the database and its host in the details of SERVICE_UNAVAILABLE.";
    "html-500-page" HTML_500_PAGE ["ENV-1", "ENV-8", "SRV-1"]
        "Sends INTERNAL_SERVER_ERROR as an HTML page.";
    "empty-500" EMPTY_500 ["ENV-1", "SRV-1"]
        "Sends INTERNAL_SERVER_ERROR without a body.";
    "internal-as-unavailable" INTERNAL_AS_UNAVAILABLE ["SRV-1"]
        "Answers SERVICE_UNAVAILABLE for an unexpected failure.";
    "request-id-not-in-details" REQUEST_ID_NOT_IN_DETAILS ["SRV-2"]
        "Leaves the request id out of the details of INTERNAL_SERVER_ERROR.";
    "another-request-id-in-details" ANOTHER_REQUEST_ID_IN_DETAILS ["SRV-2"]
        "Sends another request id in the details of INTERNAL_SERVER_ERROR than in the header.";
    "unavailable-as-internal" UNAVAILABLE_AS_INTERNAL ["SRV-3"]
        "Answers INTERNAL_SERVER_ERROR during maintenance.";
    "html-maintenance-page" HTML_MAINTENANCE_PAGE ["ENV-1", "ENV-8", "SRV-3"]
        "Sends SERVICE_UNAVAILABLE as an HTML page.";
    "leaks-stack-trace" LEAKS_STACK_TRACE ["SRV-4"]
        "Includes a stack trace in INTERNAL_SERVER_ERROR.";
    "leaks-sql" LEAKS_SQL ["SRV-4"]
        "Includes the failed SQL statement in DUPLICATE_RESOURCE.";
    "leaks-file-path" LEAKS_FILE_PATH ["SRV-4"]
        "Includes the path of the parser's source file in the error for malformed JSON.";
    "leaks-python-traceback" LEAKS_PYTHON_TRACEBACK ["SRV-4"]
        "Includes a Python traceback in INVALID_DOCUMENT_FORMAT.";
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
    "drops-request-id" DROPS_REQUEST_ID ["LOG-1"]
        "Leaves X-Request-Id out of errors below 500.";
    "drops-request-id-on-401" DROPS_REQUEST_ID_ON_401 ["LOG-1"]
        "Leaves X-Request-Id out of errors with status 401.";
    "empty-request-id" EMPTY_REQUEST_ID ["LOG-1"]
        "Sends an empty X-Request-Id with errors below 500.";
    "every-fifth-error-without-request-id" EVERY_FIFTH_ERROR_WITHOUT_REQUEST_ID ["LOG-1"]
        "Leaves X-Request-Id out of every fifth error below 500.";
    "repeats-request-id" REPEATS_REQUEST_ID ["LOG-2"]
        "Sends the same X-Request-Id with all responses.";
    "request-id-per-second" REQUEST_ID_PER_SECOND ["LOG-2"]
        "Sends the same X-Request-Id with all responses of one second.";
    "request-id-in-pairs" REQUEST_ID_IN_PAIRS ["LOG-2"]
        "Sends the same X-Request-Id with two consecutive responses.";
}

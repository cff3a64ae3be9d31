//! Mutants of server errors, of what errors give away, and of request ids.

use super::Mutant;

section! {
    "leaks-mongo-error" LEAKS_MONGO_ERROR ["SRV-4"]
        "The details of a duplicate hold the words of the document store.";
    "leaks-connection-string" LEAKS_CONNECTION_STRING ["SRV-4"]
        "The details of SERVICE_UNAVAILABLE name the database and its host.";
    "html-500-page" HTML_500_PAGE ["ENV-1", "ENV-8", "SRV-1"]
        "INTERNAL_SERVER_ERROR comes as an HTML page.";
    "empty-500" EMPTY_500 ["ENV-1", "SRV-1"]
        "INTERNAL_SERVER_ERROR comes without a body.";
    "internal-as-unavailable" INTERNAL_AS_UNAVAILABLE ["SRV-1"]
        "An unexpected failure is SERVICE_UNAVAILABLE.";
    "request-id-not-in-details" REQUEST_ID_NOT_IN_DETAILS ["SRV-2"]
        "INTERNAL_SERVER_ERROR does not name the request.";
    "another-request-id-in-details" ANOTHER_REQUEST_ID_IN_DETAILS ["SRV-2"]
        "INTERNAL_SERVER_ERROR names another request than the header does.";
    "unavailable-as-internal" UNAVAILABLE_AS_INTERNAL ["SRV-3"]
        "Maintenance is INTERNAL_SERVER_ERROR.";
    "html-maintenance-page" HTML_MAINTENANCE_PAGE ["ENV-1", "ENV-8", "SRV-3"]
        "SERVICE_UNAVAILABLE comes as an HTML page.";
    "leaks-stack-trace" LEAKS_STACK_TRACE ["SRV-4"]
        "INTERNAL_SERVER_ERROR quotes a stack trace.";
    "leaks-sql" LEAKS_SQL ["SRV-4"]
        "DUPLICATE_RESOURCE quotes the SQL statement that failed.";
    "leaks-file-path" LEAKS_FILE_PATH ["SRV-4"]
        "Malformed JSON is reported with the path of the parser's source file.";
    "leaks-python-traceback" LEAKS_PYTHON_TRACEBACK ["SRV-4"]
        "INVALID_DOCUMENT_FORMAT quotes a Python traceback.";
    "leaks-credential" LEAKS_CREDENTIAL ["SRV-4"]
        "AUTHENTICATION_FAILED quotes the key that was sent.";
    "leaks-credential-base64" LEAKS_CREDENTIAL_BASE64 ["SRV-4"]
        "INSUFFICIENT_PERMISSIONS holds the credential that was sent, in Base64.";
    "leaks-credential-hex" LEAKS_CREDENTIAL_HEX ["SRV-4"]
        "RESOURCE_NOT_FOUND holds the credential that was sent, in hexadecimal.";
    "leaks-credential-in-header" LEAKS_CREDENTIAL_IN_HEADER ["SRV-4"]
        "Errors repeat the credential that was sent in a header.";
    "leaks-token" LEAKS_TOKEN ["SRV-4"]
        "TOKEN_EXPIRED quotes the token that was sent.";
    "drops-request-id" DROPS_REQUEST_ID ["LOG-1"]
        "Errors below 500 have no X-Request-Id.";
    "drops-request-id-on-401" DROPS_REQUEST_ID_ON_401 ["LOG-1"]
        "Errors of authentication have no X-Request-Id.";
    "empty-request-id" EMPTY_REQUEST_ID ["LOG-1"]
        "Errors below 500 have an empty X-Request-Id.";
    "intermittent-request-id" INTERMITTENT_REQUEST_ID ["LOG-1"]
        "Every fifth error below 500 has no X-Request-Id.";
    "repeats-request-id" REPEATS_REQUEST_ID ["LOG-2"]
        "All responses have the same X-Request-Id.";
    "request-id-per-second" REQUEST_ID_PER_SECOND ["LOG-2"]
        "Responses of the same second share an X-Request-Id.";
    "request-id-in-pairs" REQUEST_ID_IN_PAIRS ["LOG-2"]
        "Two responses in a row share an X-Request-Id.";
}

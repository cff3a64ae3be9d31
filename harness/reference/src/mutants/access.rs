//! Mutants of authentication and permissions.

use super::Mutant;

section! {
    "keys-known-by-their-ends" KEYS_KNOWN_BY_THEIR_ENDS ["AUTH-2"]
        "Compares only the beginning and the end of an API key.";
    "plain-basic-accepted" PLAIN_BASIC_ACCEPTED ["AUTH-2"]
        "Accepts an API key after `Authorization: Basic`.";
    "token-scheme-accepted" TOKEN_SCHEME_ACCEPTED ["AUTH-2"]
        "Accepts an API key after `Authorization: Token`.";
    "revoked-key-as-bearer-accepted" REVOKED_KEY_AS_BEARER_ACCEPTED ["AUTH-4"]
        "Accepts a revoked API key after `Authorization: Bearer`.";
    "tail-of-signature-overlooked" TAIL_OF_SIGNATURE_OVERLOOKED ["AUTH-4"]
        "Ignores extra characters after the signature of a JWT.";
    "deleted-customer-before-credential" DELETED_CUSTOMER_BEFORE_CREDENTIAL ["AUTH-8"]
        "Returns RESOURCE_NOT_FOUND for a deleted customer when the request has no credential.";
    "anonymous-may-list" ANONYMOUS_MAY_LIST ["AUTH-1"]
        "Lists customers for requests without a credential.";
    "anonymous-may-create" ANONYMOUS_MAY_CREATE ["AUTH-1"]
        "Creates customers for requests without a credential.";
    "anonymous-is-forbidden" ANONYMOUS_IS_FORBIDDEN ["AUTH-1"]
        "Returns INSUFFICIENT_PERMISSIONS when createCustomer or listCustomers has no credential.";
    "accepts-unknown-key" ACCEPTS_UNKNOWN_KEY ["AUTH-2", "AUTH-8"]
        "Grants READ to an API key that was never issued.";
    "accepts-empty-key" ACCEPTS_EMPTY_KEY ["AUTH-2"]
        "Grants ADMIN to an empty API key.";
    "accepts-basic-scheme" ACCEPTS_BASIC_SCHEME ["AUTH-2"]
        "Grants ADMIN to every request with Basic authentication.";
    "basic-scheme-500" BASIC_SCHEME_500 ["AUTH-2"]
        "Returns INTERNAL_SERVER_ERROR for an unknown authentication scheme.";
    "accepts-revoked-key" ACCEPTS_REVOKED_KEY ["AUTH-3"]
        "Accepts a revoked API key.";
    "revoked-key-reads" REVOKED_KEY_READS ["AUTH-3"]
        "Lists customers for a revoked API key.";
    "accepts-forged-token" ACCEPTS_FORGED_TOKEN ["AUTH-4", "AUTH-8"]
        "Accepts a JWT with any signature, but not one without a signature.";
    "alg-none-accepted" ALG_NONE_ACCEPTED ["AUTH-4"]
        "Accepts a JWT with `alg: none` and no signature.";
    "expired-before-signature" EXPIRED_BEFORE_SIGNATURE ["AUTH-4"]
        "Returns TOKEN_EXPIRED for a JWT that is expired and has an invalid signature.";
    "garbage-token-500" GARBAGE_TOKEN_500 ["AUTH-4"]
        "Returns INTERNAL_SERVER_ERROR for a token that is not a JWT.";
    "garbage-token-as-expired" GARBAGE_TOKEN_AS_EXPIRED ["AUTH-4", "AUTH-6"]
        "Returns TOKEN_EXPIRED for a token that is not a JWT.";
    "accepts-expired-token" ACCEPTS_EXPIRED_TOKEN ["AUTH-5", "AUTH-8"]
        "Ignores the expiry of a JWT.";
    "reader-may-create" READER_MAY_CREATE ["AUTH-7"]
        "Lets READ create a customer.";
    "reader-may-update" READER_MAY_UPDATE ["AUTH-7"]
        "Lets READ update a customer.";
    "reader-may-change-country" READER_MAY_CHANGE_COUNTRY ["AUTH-7"]
        "Lets READ update the country of a customer, if nothing else is updated.";
    "scope-forgotten-after-failure" SCOPE_FORGOTTEN_AFTER_FAILURE ["AUTH-7"]
        "Requires no scope for a customer whose verification failed.";
    "reader-may-upload" READER_MAY_UPLOAD ["AUTH-7"]
        "Lets READ upload a document.";
    "reader-may-submit" READER_MAY_SUBMIT ["AUTH-7"]
        "Lets READ submit a verification.";
    "writer-may-delete" WRITER_MAY_DELETE ["AUTH-7"]
        "Lets WRITE delete a customer.";
    "writer-may-create-webhooks" WRITER_MAY_CREATE_WEBHOOKS ["AUTH-7"]
        "Lets WRITE register a webhook.";
    "customer-before-credential" CUSTOMER_BEFORE_CREDENTIAL ["AUTH-8"]
        "Returns RESOURCE_NOT_FOUND for an unknown customer when the request has no credential.";
    "webhook-before-credential" WEBHOOK_BEFORE_CREDENTIAL ["AUTH-8"]
        "Returns RESOURCE_NOT_FOUND for an unknown webhook when the request has no credential.";
    "transaction-before-credential" TRANSACTION_BEFORE_CREDENTIAL ["AUTH-8"]
        "Returns RESOURCE_NOT_FOUND for an unknown transaction when the request has no credential.";
    "basic-accepted-for-submissions" BASIC_ACCEPTED_FOR_SUBMISSIONS ["AUTH-2"]
        "Accepts Basic for submitVerification.";
}

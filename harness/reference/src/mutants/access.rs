//! Mutants of authentication and permissions.

use super::Mutant;

section! {
    "keys-known-by-their-ends" KEYS_KNOWN_BY_THEIR_ENDS ["AUTH-2"]
        "Of an API key, beginning and end are compared.";
    "plain-basic-accepted" PLAIN_BASIC_ACCEPTED ["AUTH-2"]
        "An API key behind Authorization: Basic is accepted.";
    "token-scheme-accepted" TOKEN_SCHEME_ACCEPTED ["AUTH-2"]
        "An API key behind Authorization: Token is accepted.";
    "revoked-key-as-bearer-accepted" REVOKED_KEY_AS_BEARER_ACCEPTED ["AUTH-4"]
        "A revoked API key behind Authorization: Bearer is accepted.";
    "tail-of-signature-overlooked" TAIL_OF_SIGNATURE_OVERLOOKED ["AUTH-4"]
        "What follows a JWT's signature is overlooked.";
    "deleted-customer-before-credential" DELETED_CUSTOMER_BEFORE_CREDENTIAL ["AUTH-8"]
        "A deleted customer is RESOURCE_NOT_FOUND for callers without a credential.";
    "anonymous-may-list" ANONYMOUS_MAY_LIST ["AUTH-1"]
        "Customers are listed for callers without a credential.";
    "anonymous-may-create" ANONYMOUS_MAY_CREATE ["AUTH-1"]
        "Customers are created for callers without a credential.";
    "anonymous-is-forbidden" ANONYMOUS_IS_FORBIDDEN ["AUTH-1"]
        "A missing credential on createCustomer or listCustomers is INSUFFICIENT_PERMISSIONS.";
    "accepts-unknown-key" ACCEPTS_UNKNOWN_KEY ["AUTH-2", "AUTH-8"]
        "A key that was never issued may read.";
    "accepts-empty-key" ACCEPTS_EMPTY_KEY ["AUTH-2"]
        "An empty API key may do anything.";
    "accepts-basic-scheme" ACCEPTS_BASIC_SCHEME ["AUTH-2"]
        "Whatever comes as Basic authentication may do anything.";
    "unknown-key-not-found" UNKNOWN_KEY_NOT_FOUND ["AUTH-2", "AUTH-8"]
        "A key that was never issued is RESOURCE_NOT_FOUND.";
    "basic-scheme-500" BASIC_SCHEME_500 ["AUTH-2"]
        "An unknown authentication scheme is INTERNAL_SERVER_ERROR.";
    "accepts-revoked-key" ACCEPTS_REVOKED_KEY ["AUTH-3"]
        "A revoked key still works.";
    "revoked-key-reads" REVOKED_KEY_READS ["AUTH-3"]
        "A revoked key may still list customers.";
    "revoked-key-is-forbidden" REVOKED_KEY_IS_FORBIDDEN ["AUTH-3"]
        "A revoked key is INSUFFICIENT_PERMISSIONS.";
    "accepts-forged-token" ACCEPTS_FORGED_TOKEN ["AUTH-4", "AUTH-8"]
        "The signature of a JWT is not looked at, so long as it has one.";
    "alg-none-accepted" ALG_NONE_ACCEPTED ["AUTH-4"]
        "A JWT that says `alg: none` needs no signature.";
    "expired-before-signature" EXPIRED_BEFORE_SIGNATURE ["AUTH-4"]
        "A JWT that is expired and badly signed is TOKEN_EXPIRED.";
    "garbage-token-500" GARBAGE_TOKEN_500 ["AUTH-4"]
        "A token that is no JWT is INTERNAL_SERVER_ERROR.";
    "garbage-token-as-expired" GARBAGE_TOKEN_AS_EXPIRED ["AUTH-4", "AUTH-6"]
        "A token that is no JWT is TOKEN_EXPIRED.";
    "forged-token-is-forbidden" FORGED_TOKEN_IS_FORBIDDEN ["AUTH-4"]
        "A badly signed JWT is INSUFFICIENT_PERMISSIONS.";
    "accepts-expired-token" ACCEPTS_EXPIRED_TOKEN ["AUTH-5", "AUTH-8"]
        "The expiry of a JWT is not looked at.";
    "expired-as-authentication-failed" EXPIRED_AS_AUTHENTICATION_FAILED ["AUTH-5", "AUTH-8"]
        "An expired JWT is AUTHENTICATION_FAILED.";
    "expired-as-authentication-failed-on-read" EXPIRED_AS_AUTHENTICATION_FAILED_ON_READ ["AUTH-5", "AUTH-8"]
        "Only for GET, an expired JWT is AUTHENTICATION_FAILED.";
    "expiry-not-named" EXPIRY_NOT_NAMED ["AUTH-6"]
        "TOKEN_EXPIRED does not say when.";
    "expiry-in-unix-seconds" EXPIRY_IN_UNIX_SECONDS ["AUTH-6"]
        "TOKEN_EXPIRED names the expiry as a number of seconds.";
    "expiry-day-first" EXPIRY_DAY_FIRST ["AUTH-6"]
        "TOKEN_EXPIRED names the expiry as day/month/year.";
    "reader-may-create" READER_MAY_CREATE ["AUTH-7"]
        "READ is enough to create a customer.";
    "reader-may-update" READER_MAY_UPDATE ["AUTH-7"]
        "READ is enough to update a customer.";
    "reader-may-upload" READER_MAY_UPLOAD ["AUTH-7"]
        "READ is enough to upload a document.";
    "reader-may-submit" READER_MAY_SUBMIT ["AUTH-7"]
        "READ is enough to submit a verification.";
    "writer-may-delete" WRITER_MAY_DELETE ["AUTH-7"]
        "WRITE is enough to delete a customer.";
    "writer-may-create-webhooks" WRITER_MAY_CREATE_WEBHOOKS ["AUTH-7"]
        "WRITE is enough to register a webhook.";
    "scope-failure-as-authentication" SCOPE_FAILURE_AS_AUTHENTICATION ["AUTH-7"]
        "A missing scope is AUTHENTICATION_FAILED.";
    "scope-failure-as-not-found" SCOPE_FAILURE_AS_NOT_FOUND ["AUTH-7"]
        "A missing scope is RESOURCE_NOT_FOUND.";
    "customer-before-credential" CUSTOMER_BEFORE_CREDENTIAL ["AUTH-8"]
        "An unknown customer is RESOURCE_NOT_FOUND even for callers without a credential.";
    "webhook-before-credential" WEBHOOK_BEFORE_CREDENTIAL ["AUTH-8"]
        "An unknown webhook is RESOURCE_NOT_FOUND even for callers without a credential.";
    "transaction-before-credential" TRANSACTION_BEFORE_CREDENTIAL ["AUTH-8"]
        "An unknown transaction is RESOURCE_NOT_FOUND even for callers without a credential.";
}

//! Says why a check judged nothing in a whole run, for example because no error response had a JSON body.
//!
//! Only a check that judges every error response needs no line here.

use spec::contract::{Contract, DetailsValue};

/// Why a check had nothing to judge. Reports show it for clauses that only this check judges.
pub fn unjudged(contract: &Contract, check: &str) -> String {
    let refusal = || contract.catalog.rate_limit.as_ref().map_or("refusal for too many requests", |limit| &limit.code);
    match check {
        "success-status" | "success-body" | "success-without-error" => "no call succeeded".to_owned(),
        "no-content-is-empty" => "no response had the status 204".to_owned(),
        "status-documented" => "no response was received".to_owned(),
        "status-in-body" => "no error response had a status in its body".to_owned(),
        "details-are-text" => "no error response had `details`".to_owned(),
        "field-names-member" => "no error response named a field, and none with a readable code had to".to_owned(),
        "expiry-named" => unobserved(contract, DetailsValue::Expiry),
        "request-id-in-details" => unobserved(contract, DetailsValue::RequestId),
        "retry-delay-present" | "rate-limit-headers" => format!("no test observed {}", refusal()),
        "retry-delay-agrees" | "remaining-is-zero" | "reset-agrees" => {
            format!("no test observed {} with the headers that are compared", refusal())
        }
        "request-id-unique" => format!("fewer than two responses had {}", request_id(contract)),
        "delivery-signed" | "delivery-fresh" | "delivery-is-json" => "no delivery arrived".to_owned(),
        "code-registered" | "message-present" | "no-undocumented-members" => {
            "no error response had the documented envelope".to_owned()
        }
        "status-matches-code" => "no error response had a published code".to_owned(),
        "required-headers" => required_headers(contract),
        "strict-json" => "no error response had a JSON body".to_owned(),
        _ => "no error response was received".to_owned(),
    }
}

fn unobserved(contract: &Contract, name: DetailsValue) -> String {
    let codes = contract.catalog.codes.iter().filter(|entry| entry.details_contain == Some(name));
    let codes: Vec<&str> = codes.map(|entry| entry.code.as_str()).collect();
    match name {
        DetailsValue::RequestId => format!("no test observed {} with {}", codes.join(" or "), request_id(contract)),
        DetailsValue::Expiry => format!("no test observed {}", codes.join(" or ")),
    }
}

fn required_headers(contract: &Contract) -> String {
    let mut occasions: Vec<String> = contract.catalog.headers.iter().map(|entry| entry.occasions()).collect();
    occasions.dedup();
    match occasions.as_slice() {
        [] => "schemas/errors.yaml requires no headers".to_owned(),
        all => format!("no response had one of the statuses and codes that require headers: {}", all.join(", ")),
    }
}

fn request_id(contract: &Contract) -> String {
    let header = contract.catalog.request_id.as_ref().map(|id| id.header.as_str());
    header.map_or_else(|| "a request id".to_owned(), |header| format!("the header {header}"))
}

//! The operations, and how a method and a path select one.

use hyper::Method;

/// The operations of the contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Operation {
    CreateCustomer,
    ListCustomers,
    GetCustomer,
    UpdateCustomer,
    DeleteCustomer,
    UploadDocument,
    SubmitVerification,
    GetTransaction,
    CreateWebhook,
    ListWebhookDeliveries,
    ReceiveWebhookEvent,
}

/// What a credential may do. Each scope includes the ones before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Scope {
    Nothing,
    Read,
    Write,
    Admin,
}

impl Operation {
    /// The scope that the operation requires.
    pub(crate) fn scope(self) -> Scope {
        use Operation::*;
        match self {
            ReceiveWebhookEvent => Scope::Nothing,
            ListCustomers | GetCustomer | GetTransaction | ListWebhookDeliveries => Scope::Read,
            CreateCustomer | UpdateCustomer | UploadDocument | SubmitVerification => Scope::Write,
            DeleteCustomer | CreateWebhook => Scope::Admin,
        }
    }

    /// Whether the operation reads a body.
    pub(crate) fn has_body(self) -> bool {
        use Operation::*;
        matches!(self, CreateCustomer | UpdateCustomer | UploadDocument | CreateWebhook | ReceiveWebhookEvent)
    }

    /// Whether the id in the path is the id of a customer.
    pub(crate) fn is_of_one_customer(self) -> bool {
        use Operation::*;
        matches!(self, GetCustomer | UpdateCustomer | DeleteCustomer | UploadDocument | SubmitVerification)
    }
}

/// An operation and the id in its path (empty if the path has none).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Route {
    pub(crate) operation: Operation,
    pub(crate) id: String,
    /// The id as written in the path, before decoding.
    pub(crate) raw_id: String,
}

/// Whether the API has an operation with this method and path. A `{parameter}` in the path matches any id.
pub fn serves(method: &str, path: &str) -> bool {
    Method::from_bytes(method.as_bytes()).is_ok_and(|method| find(&method, path).is_some())
}

/// The route of a request, or `None` for an undocumented method or path.
pub(crate) fn find(method: &Method, path: &str) -> Option<Route> {
    use Operation::*;
    let segments: Vec<&str> = path.strip_prefix("/api/v1/")?.split('/').collect();
    let (operation, id) = match (method.as_str(), segments.as_slice()) {
        ("POST", ["customers"]) => (CreateCustomer, ""),
        ("GET", ["customers"]) => (ListCustomers, ""),
        ("GET", ["customers", id]) => (GetCustomer, *id),
        ("PATCH", ["customers", id]) => (UpdateCustomer, *id),
        ("DELETE", ["customers", id]) => (DeleteCustomer, *id),
        ("POST", ["customers", id, "documents"]) => (UploadDocument, *id),
        ("POST", ["customers", id, "verification"]) => (SubmitVerification, *id),
        ("GET", ["transactions", id]) => (GetTransaction, *id),
        ("POST", ["webhooks"]) => (CreateWebhook, ""),
        ("POST", ["webhooks", "events"]) => (ReceiveWebhookEvent, ""),
        ("GET", ["webhooks", id, "deliveries"]) => (ListWebhookDeliveries, *id),
        _ => return None,
    };
    Some(Route { operation, id: percent_decoded(id), raw_id: id.to_owned() })
}

/// A path segment with its percent escapes decoded. Invalid escapes are kept.
fn percent_decoded(segment: &str) -> String {
    let bytes = segment.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let escape = bytes.get(at + 1..at + 3).filter(|_| bytes[at] == b'%');
        match escape.and_then(hex_byte) {
            Some(byte) => {
                decoded.push(byte);
                at += 3;
            }
            None => {
                decoded.push(bytes[at]);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

/// Whether the segment has an invalid percent escape.
pub(crate) fn has_bad_escape(segment: &str) -> bool {
    let bytes = segment.as_bytes();
    let escape = |at: usize| bytes.get(at + 1..at + 3).and_then(hex_byte);
    (0..bytes.len()).any(|at| bytes[at] == b'%' && escape(at).is_none())
}

fn hex_byte(digits: &[u8]) -> Option<u8> {
    let value = |digit: u8| char::from(digit).to_digit(16);
    let (high, low) = (value(digits[0])?, value(digits[1])?);
    u8::try_from(high * 16 + low).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn route(method: Method, path: &str) -> Option<(Operation, String)> {
        find(&method, path).map(|route| (route.operation, route.id))
    }

    #[test]
    fn method_and_path_select_the_operation() {
        use Operation::*;
        assert_eq!(route(Method::PATCH, "/api/v1/customers/cus_1"), Some((UpdateCustomer, "cus_1".to_owned())));
        assert_eq!(route(Method::POST, "/api/v1/webhooks/events"), Some((ReceiveWebhookEvent, String::new())));
        assert_eq!(route(Method::PUT, "/api/v1/customers"), None);
        assert_eq!(route(Method::GET, "/api/v1/customers/a/b"), None);
        assert_eq!(route(Method::GET, "/"), None);
    }

    #[test]
    fn valid_escapes_are_decoded_and_invalid_ones_kept() {
        let id = |text: &str| find(&Method::GET, &format!("/api/v1/customers/{text}")).map(|route| route.id);
        assert_eq!(id("a%2Fb").as_deref(), Some("a/b"));
        assert_eq!(id("100%").as_deref(), Some("100%"));
        assert_eq!(id("%zz%2").as_deref(), Some("%zz%2"));
        assert_eq!(id("%ff").as_deref(), Some("\u{fffd}"));
        assert_eq!(id("").as_deref(), Some(""));
    }
}

//! Decides whether the caller may see the customer in the path.

use crate::customers::{Absence, Customer};
use crate::errors::ApiError;
use crate::state::{Call, Customers};

/// The customer in the path. RES-1, RES-3, RES-4: RESOURCE_NOT_FOUND if it is not available.
pub(crate) fn find<'a>(call: Call, customers: &'a mut Customers) -> Result<&'a mut Customer, ApiError> {
    let absence = absence(call, customers);
    let absent = absence.is_some_and(|absence| !call.rules().overlooks(absence, call.route.operation));
    customers.get_mut(&call.route.id).filter(|_| !absent).ok_or_else(|| unknown(call))
}

/// Why the customer in the path is not available; `None` if it is.
pub(crate) fn absence(call: Call, customers: &Customers) -> Option<Absence> {
    match customers.get(&call.route.id) {
        None => Some(Absence::NeverExisted),
        Some(customer) if customer.environment != call.caller.environment => Some(Absence::OtherEnvironment),
        Some(customer) if customer.deleted => Some(Absence::Deleted),
        Some(_) => None,
    }
}

/// RESOURCE_NOT_FOUND for the customer in the path.
pub(crate) fn unknown(call: Call) -> ApiError {
    ApiError::not_found("Customer", &call.route.id)
}

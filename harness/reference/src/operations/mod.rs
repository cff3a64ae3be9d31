//! The operations of the API: what each does with the state.

pub(crate) mod customers;
pub(crate) mod lookup;
pub(crate) mod verification;
pub(crate) mod webhooks;

//! Finds the required and the typed members of a success, by validating bodies against its schema.

use serde_json::{Value, json};

use super::body::set;
use spec::contract::{Contract, Operation, Success};

/// Pointers to the required members: those that are missing from an empty object.
pub(super) fn required(contract: &Contract, operation: &Operation, success: &Success) -> Vec<String> {
    let misfits = contract.schemas.success_misfits(&operation.id, success, &json!({}));
    misfits.into_iter().map(|misfit| misfit.pointer).filter(|pointer| !pointer.is_empty()).collect()
}

/// True if a body that the schema accepts is refused with another value of a member.
pub(super) fn refuses(
    contract: &Contract,
    operation: &Operation,
    success: &Success,
    body: &Value,
    pointer: &str,
    to: &Value,
) -> bool {
    let accepts = |body: &Value| contract.schemas.success_misfits(&operation.id, success, body).is_empty();
    let mut changed = body.clone();
    accepts(body) && set(&mut changed, pointer, to.clone()).is_some() && !accepts(&changed)
}

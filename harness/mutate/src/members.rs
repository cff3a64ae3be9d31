//! Finds the required and the typed members of a success, by validating bodies against its schema.

use serde_json::{Map, Value, json};

use spec::contract::{Contract, Operation, Success};

/// The depth to which nested objects are examined.
const DEEPEST: usize = 3;

/// Pointers to the required members: those that are missing from an empty object.
pub(super) fn required(contract: &Contract, operation: &Operation, success: &Success) -> Vec<String> {
    let misfits = contract.schemas.success_misfits(&operation.id, success, &json!({}));
    misfits.into_iter().map(|misfit| misfit.pointer).filter(|pointer| !pointer.is_empty()).collect()
}

/// Pointers to the required members whose schema does not accept an arbitrary object.
pub(super) fn typed(contract: &Contract, operation: &Operation, success: &Success) -> Vec<String> {
    let required = required(contract, operation, success);
    let mut body = Value::Object(Map::new());
    for pointer in required.iter().filter(|pointer| pointer.matches('/').count() <= DEEPEST) {
        super::body::grow(&mut body, pointer, json!({ "value": [] }));
    }
    let misfits = contract.schemas.success_misfits(&operation.id, success, &body);
    required.into_iter().filter(|pointer| misfits.iter().any(|misfit| misfit.pointer.starts_with(pointer))).collect()
}

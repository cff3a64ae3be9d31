//! Which members the schema of a success asks for, found out by asking it.

use serde_json::{Map, Value, json};

use spec::contract::{Contract, Operation, Success};

/// How deep objects within objects are looked at.
const DEEPEST: usize = 3;

/// Pointers to the members that must be there: an empty object lacks them all.
pub(super) fn required(contract: &Contract, operation: &Operation, success: &Success) -> Vec<String> {
    let misfits = contract.schemas.success_misfits(&operation.id, success, &json!({}));
    misfits.into_iter().map(|misfit| misfit.pointer).filter(|pointer| !pointer.is_empty()).collect()
}

/// Pointers to those of them that cannot be an object with some other member, since their schema says what they are.
pub(super) fn typed(contract: &Contract, operation: &Operation, success: &Success) -> Vec<String> {
    let required = required(contract, operation, success);
    let mut body = Value::Object(Map::new());
    for pointer in required.iter().filter(|pointer| pointer.matches('/').count() <= DEEPEST) {
        super::body::grow(&mut body, pointer, json!({ "value": [] }));
    }
    let misfits = contract.schemas.success_misfits(&operation.id, success, &body);
    required.into_iter().filter(|pointer| misfits.iter().any(|misfit| misfit.pointer.starts_with(pointer))).collect()
}

//! A pack, read and compiled: the contract (`schemas/`), the scenarios and the properties (`scenarios/`,
//! `schemas/formats.yaml`).
//!
//! Everything that a person writes is read here, and every mistake is reported with file, line and column before
//! anything is sent. Nothing here sends a request or knows of a response.

mod comparison;
pub mod contract;
mod forms;
pub mod own_schemas;
pub mod percent;
pub mod scenario;
pub mod source;
pub mod status;

//! Tests of the running server over sockets.

mod access;
mod customers;
mod mutants;
mod requests;
mod support;
mod variants;
mod webhooks;

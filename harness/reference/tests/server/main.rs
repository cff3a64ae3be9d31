//! The running server, spoken to over sockets.

mod access;
mod customers;
mod defects;
mod requests;
mod support;
mod variations;
mod webhooks;

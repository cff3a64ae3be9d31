//! Values for the field formats: valid ones over the whole space, and invalid ones that each break one
//! named rule. Nothing here sends or judges; a property draws inputs from rules and has them sent.

mod body;
mod date;
mod deck;
mod document;
mod document_open;
mod draw;
mod expand;
mod mail;
mod oracle;
mod path_id;
mod phone;
mod phone_plans;
mod pictures;
mod postal;
pub mod rule;
mod text;

pub use deck::{Deck, Drawn, Draws, Tally, draw, replay};
pub use rule::{BOOK, Book, Claim, Content, Format, Input, KINDS, Rule, UNIQUE, rules};

#[cfg(test)]
mod tests;

//! What mutants do: a decorator of the rules, one file for each part of the API.
//!
//! Each method asks whether one of its mutants is on, and otherwise does what the decorated rules do.

/// Methods that no mutant changes. Each does what the decorated rules do.
macro_rules! unchanged {
    ($(fn $name:ident(&self $(, $argument:ident: $of:ty)*) -> $result:ty;)+) => {
        $(
            fn $name(&self $(, $argument: $of)*) -> $result {
                self.base.$name($($argument),*)
            }
        )+
    };
}

mod access;
mod bodies;
mod customers;
mod documents;
mod fields;
mod formats;
mod inbound;
mod limits;
mod memory;
mod no_content;
mod operations;
mod patterns;
mod postal;
mod responses;
mod server;
mod webhooks;

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};

use parking_lot::Mutex;

use super::times::{Schedule, Times};
use super::{Intermittent, Mutant};
use crate::rules::Rules;
use crate::variants::rules::Varied;
use memory::Memory;

/// The rules with the mutants that are switched on.
#[derive(Debug)]
pub(crate) struct Mutated {
    base: Varied,
    mutants: Vec<&'static str>,
    intermittent: Vec<(&'static str, Schedule)>,
    times: Times,
    /// How often `every_fifth_time` was called for an active mutant.
    asked: AtomicU64,
    /// Until when callers are limited by a mutant.
    bans: Mutex<HashMap<String, u64>>,
    memory: Mutex<Memory>,
}

impl Rules for Mutated {}

impl Mutated {
    pub(crate) fn new(base: Varied, mutants: &[&Mutant], intermittent: &[&Intermittent]) -> Self {
        Self {
            base,
            mutants: mutants.iter().map(|mutant| mutant.name).collect(),
            intermittent: intermittent.iter().map(|one| (one.mutant.name, one.schedule)).collect(),
            times: Times::default(),
            asked: AtomicU64::new(0),
            bans: Mutex::default(),
            memory: Mutex::default(),
        }
    }

    /// Whether this mutant is switched on, and active now.
    fn is_active(&self, mutant: Mutant) -> bool {
        let shows =
            |(name, schedule): &(&str, Schedule)| *name == mutant.name && self.times.is_active(mutant, *schedule);
        self.mutants.contains(&mutant.name) || self.intermittent.iter().any(shows)
    }

    /// Whether this mutant is switched on and acts now. It acts every fifth time.
    fn every_fifth_time(&self, mutant: Mutant) -> bool {
        self.is_active(mutant) && self.asked.fetch_add(1, Ordering::Relaxed) % 5 == 4
    }

    /// The value of the first row whose mutant is switched on.
    fn first<T: Copy>(&self, rows: &[(Mutant, T)]) -> Option<T> {
        rows.iter().find(|(mutant, _)| self.is_active(*mutant)).map(|(_, value)| *value)
    }
}

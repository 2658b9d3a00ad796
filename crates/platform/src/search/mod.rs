//! Searching for persons: what was typed ([`sought`]), whom it finds and why ([`find`]), whose numbers lead to whom
//! ([`family`]), and who may be the same person ([`candidates`]). All of it is bound to the actor's keepers, reads the
//! tables of `store/keys.rs`, and gives files; who they are is read through `people`, masked.

mod candidates;
mod family;
mod find;
mod narrow;
mod sought;
mod stretch;

pub use candidates::{Candidate, Identity, Likeness, candidates};
pub use find::{Found, Hit, MOST, Why, find};
pub use sought::{Digits, Sought};

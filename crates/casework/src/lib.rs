//! Casework: what may be recorded about a person, what it means, and who may do it.
//!
//! Pure: events and commands in, events, facts and duties out. No clock (`today` and `now` are arguments), no database.
//! One word, one file: a command of the glossary lives in the module of that word.
#![no_std]
extern crate alloc;

pub mod body;
pub mod event;
pub mod permissions;

pub use body::Body;
pub use event::{Event, NewEvent};
pub use permissions::{Permission, Role};

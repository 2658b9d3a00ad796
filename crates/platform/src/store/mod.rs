//! The event store and the one write path.
//!
//! `write` is the only place that appends events. It locks the files it is decided on in id order, takes the pure
//! decision, appends, re-derives the duties of every file concerned and writes the read tables, all in the caller's
//! transaction.

pub mod append;
pub mod chain;
mod claim;
pub mod derived;
pub mod joined;
pub mod keys;
pub mod kin;
pub mod load;
mod rebuild;
pub mod rows;
pub mod sheet;
pub(crate) mod staff;
pub mod sync;
pub mod tables;
pub mod ties;
pub mod together;
pub mod write;

pub use load::{FileEvents, events_of, events_of_many};
pub use write::{Applied, Desk, apply};

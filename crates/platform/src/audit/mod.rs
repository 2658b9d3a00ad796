//! The audit chain: events and the reading log under seals whose key is not in the database.
//!
//! Each transaction that writes such rows notes them here, and the database seals them as it commits ([`seal`]): one row
//! for each keeper, chained to the seal before. Whoever can only write to the database can make no seal, so [`verify`]
//! finds a row that was edited, removed, moved or put in, and a removed seal. That the newest seals were removed with
//! their rows is found by the [`anchor`], a file outside the database that is told the heads of the chains.

pub mod anchor;
pub mod key;
pub mod open;
pub mod seal;
pub mod verify;

pub use key::Key;
pub use verify::{Audit, verify, verify_as_of};

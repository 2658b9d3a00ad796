//! Bytes in, bytes out: the files offices exchange. Knows neither the database nor a case.
//!
//! A residents' file goes through four rooms, in this order:
//! [`decode`] says in which encoding the bytes are and why; [`table`] cuts them into rows without ever holding more
//! than one bounded row; [`mapping`] says which column is which field in this municipality; [`residents`] turns one row
//! into a [`residents::ResidentRow`] or into errors that name line, column, what was read and what was expected.
//! Files of past records go the same way; [`events`] reads their rows. What both share is in [`sheet`].
//! [`csv_out`] writes tables, names are folded by the crate `names` ([`fold`]). [`forecast`] answers histories, one JSON line each.
//!
//! Messages hold what was read, names included: they are for the screen of the person who imports, never for a log.

pub mod csv_out;
pub mod dates;
pub mod decode;
pub mod error;
pub mod events;
pub mod forecast;
pub mod mapping;
pub mod residents;
pub mod sheet;
pub mod table;

pub use error::{FileError, Note, RowError};
pub use names as fold;

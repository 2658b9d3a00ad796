//! Bytes into rows of cells, in bounded memory, for both encodings.
//!
//! CP932 never uses a comma, a tab, a quote or a line end as the second byte of a character, so rows are cut before
//! anything is decoded, and a broken character spoils only its own cell.
//!
//! Written here instead of taken from a library because the person who imports must be told *where* a quote was left
//! open, and the rows behind it must be read all the same.

mod lines;
mod records;

pub use lines::{Ending, Line, Lines, MAX_LINE_BYTES};
pub use records::{Fault, MAX_CELLS, MAX_JOINED_LINES, Record, Records};

//! Which encoding a file is in, decided from all of its bytes, and one cell of it as text.
//!
//! City halls export CP932 (Shift_JIS with the NEC and IBM extensions) or UTF-8 with or without a byte order mark. The
//! whole file is looked at once before the first row is read: a file whose first thousand rows are plain digits must
//! not be guessed from them.

mod cell;
mod cp932;
mod scan;

pub use cell::{BadText, Text, decode_cell};
pub use cp932::{decode_cp932, encode_cp932, nearest_in_cp932};
pub use scan::detect;

/// An encoding that is read here.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Encoding {
    Utf8,
    /// UTF-8 that begins with the byte order mark EF BB BF.
    Utf8Bom,
    /// windows-31j: Shift_JIS with NEC and IBM extensions and the user-defined rows F040–F9FC.
    Cp932,
}

impl Encoding {
    /// As the importing person knows it.
    pub fn label(self) -> &'static str {
        match self {
            Encoding::Utf8 => "UTF-8",
            Encoding::Utf8Bom => "UTF-8（BOM付き）",
            Encoding::Cp932 => "シフトJIS（CP932）",
        }
    }
}

/// The decision and why it was taken, both for the preview screen.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Decision {
    pub encoding: Encoding,
    pub reason: String,
    /// Bytes before the text (3 for a byte order mark).
    pub skip: u64,
    /// Bytes of the whole file, for progress.
    pub bytes: u64,
}

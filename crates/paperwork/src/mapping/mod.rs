//! Which column is which field, and which code means what, in one municipality.
//!
//! Every city hall's system exports other headers and other codes. What differs is data: the shipped mapping
//! (`mappings/residents.toml`) knows the headers and words in common use, and a municipality's own
//! `rulebook/municipalities/<code>/residents.toml` replaces any part of it.

mod codes;
mod field;
mod file;
mod header;

pub use codes::{Codes, code_key};
pub use field::Field;
pub use file::MappingError;
pub(crate) use file::{RawDelimiter, line_of};
pub(crate) use header::header_key;
pub use header::{Columns, Named};

use std::collections::{BTreeMap, BTreeSet};

use crate::residents::{Change, Sex, Standing};

/// How the cells of a row are separated.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Delimiter {
    Comma,
    Tab,
    /// Whichever of the two finds more of the known headers.
    Auto,
}

/// What holds for any kind of file: how its rows are cut, and which header is which field.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Layout<F> {
    pub delimiter: Delimiter,
    /// Lines before the header line.
    pub skip_lines: u64,
    /// Accepted headers of each field; the first is the one shown in messages.
    pub headers: BTreeMap<F, Vec<String>>,
    /// Fields whose column must be there.
    pub required: BTreeSet<F>,
    /// Digits of a 宛名番号, where the city has a fixed number (a shorter one has lost its zeros in a spreadsheet).
    pub number_digits: Option<usize>,
    /// What a date cell holds when there is no date.
    pub no_date: Codes<()>,
}

/// The rules for reading one municipality's residents' file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Mapping {
    /// 宛名番号, 氏名 and 生年月日 are always required.
    pub layout: Layout<Field>,
    pub sex: Codes<Sex>,
    pub change: Codes<Change>,
    pub standing: Codes<Standing>,
    pub protected: Codes<bool>,
    /// 続柄 codes and their words; a cell that is no code is kept as it stands.
    pub relation: Codes<String>,
}

impl Mapping {
    /// The shipped mapping.
    pub fn shipped() -> Result<Mapping, MappingError> {
        file::parse(None)
    }

    /// The shipped mapping with a municipality's `residents.toml` laid over it.
    pub fn for_municipality(toml: &str) -> Result<Mapping, MappingError> {
        file::parse(Some(toml))
    }
}

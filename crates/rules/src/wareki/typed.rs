//! placeholder
use crate::{Day, Span};
use alloc::string::String;
use core::fmt;
/// Why a typed date could not be read, in the user's words.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DateError(pub String);
impl fmt::Display for DateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
/// Reads what a person typed.
pub fn parse(text: &str, _today: Day) -> Result<Span, DateError> {
    Day::parse_iso(text).map(Span::on).ok_or_else(|| DateError(String::new()))
}

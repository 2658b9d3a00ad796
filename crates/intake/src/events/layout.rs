//! The kinds of file of a municipality: the shipped ones, with its own `events.toml` over them.

use std::path::Path;

use paperwork::events::Mapping;

use crate::imports::layout::own;
use platform::Refusal;

/// The mapping for a 団体コード.
///
/// # Errors
/// If the municipality's file cannot be read; the refusal says which line.
pub fn of(data: &Path, code: &str) -> Result<Mapping, Refusal> {
    let own = own(data, code, "events.toml")?;
    let mapping = own.as_deref().map_or_else(Mapping::shipped, Mapping::for_municipality);
    mapping.map_err(|e| Refusal::at("kind", e.to_string()))
}

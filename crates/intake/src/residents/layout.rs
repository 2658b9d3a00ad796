//! The column layout of a municipality's residents' file.

use std::path::Path;

use paperwork::mapping::Mapping;

use crate::imports::layout::own;
use platform::Refusal;

/// A layout and where it comes from.
#[derive(Debug)]
pub struct Layout {
    pub mapping: Mapping,
    /// The municipality has its own.
    pub own: bool,
}

/// The layout for a 団体コード.
///
/// # Errors
/// If the municipality's file cannot be read; the refusal says which line.
pub fn of(data: &Path, code: &str) -> Result<Layout, Refusal> {
    let own = own(data, code, "residents.toml")?;
    let mapping = own.as_deref().map_or_else(Mapping::shipped, Mapping::for_municipality);
    let mapping = mapping.map_err(|e| Refusal::at("layout", e.to_string()))?;
    Ok(Layout { mapping, own: own.is_some() })
}

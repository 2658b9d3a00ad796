//! The column layout of a municipality's residents' file.
//!
//! A city lays its `residents.toml` into `municipalities/<団体コード>/` of the data directory; layouts that are shipped
//! lie in the rulebook. Without either, the shipped mapping alone is used.

use std::path::Path;

use paperwork::mapping::Mapping;
use rust_embed::RustEmbed;

use crate::platform::{Fault, Refusal};

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../../rulebook"]
#[include = "municipalities/*/residents.toml"]
struct Shipped;

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
    let plain = !code.is_empty() && code.bytes().all(|b| b.is_ascii_alphanumeric());
    let own = if plain { own_file(data, code)? } else { None };
    let mapping = own.as_deref().map_or_else(Mapping::shipped, Mapping::for_municipality);
    let mapping = mapping.map_err(|e| Refusal::at("layout", e.to_string()))?;
    Ok(Layout { mapping, own: own.is_some() })
}

fn own_file(data: &Path, code: &str) -> Result<Option<String>, Refusal> {
    let place = format!("municipalities/{code}/residents.toml");
    match std::fs::read_to_string(data.join(&place)) {
        Ok(text) => return Ok(Some(text)),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => {}
        Err(e) => {
            tracing::error!(%e, "the layout of a municipality cannot be read");
            return Err(Refusal::at(
                "layout",
                "この市町村の対応表（residents.toml）を開けません。管理者に知らせてください。",
            ));
        }
    }
    let text = Shipped::get(&place).map(|file| String::from_utf8(file.data.into_owned()));
    text.transpose().map_err(|_| Refusal::at("layout", "この市町村の対応表（residents.toml）がUTF-8ではありません。"))
}

/// SHA-256 of a file in hex, read piece by piece.
///
/// # Errors
/// If it cannot be read.
pub fn digest(file: &mut std::fs::File) -> Result<String, Fault> {
    use sha2::{Digest, Sha256};
    use std::io::Read;
    let mut hasher = Sha256::new();
    let mut piece = vec![0u8; 64 * 1024];
    loop {
        match file.read(&mut piece).map_err(Fault::at("the file cannot be read"))? {
            0 => return Ok(crate::platform::store::chain::hex(&hasher.finalize())),
            n => hasher.update(&piece[..n]),
        }
    }
}

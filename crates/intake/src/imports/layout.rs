//! The column layouts of a municipality's files.
//!
//! A city lays its own (`residents.toml`, `events.toml`) into `municipalities/<団体コード>/` of the data directory;
//! layouts that are shipped lie in the rulebook. Without either, the shipped mapping alone is used.

use std::path::Path;

use diesel::{
    OptionalExtension, QueryableByName, RunQueryDsl, sql_query,
    sql_types::{BigInt, Text},
};
use rust_embed::RustEmbed;

use platform::{Door, Fault, Refusal};

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../../rulebook"]
#[include = "municipalities/*/residents.toml"]
#[include = "municipalities/*/events.toml"]
struct Shipped;

/// The municipality's own layout of that name, if it has one.
///
/// # Errors
/// If it is there and cannot be read.
pub fn own(data: &Path, code: &str, name: &str) -> Result<Option<String>, Refusal> {
    if code.is_empty() || !code.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return Ok(None);
    }
    let place = format!("municipalities/{code}/{name}");
    match std::fs::read_to_string(data.join(&place)) {
        Ok(text) => return Ok(Some(text)),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => {}
        Err(e) => {
            tracing::error!(%e, "the layout of a municipality cannot be read");
            let why = format!("この市町村の対応表（{name}）を開けません。管理者に知らせてください。");
            return Err(Refusal::at("layout", why));
        }
    }
    let text = Shipped::get(&place).map(|file| String::from_utf8(file.data.into_owned()));
    let wrong = |_| Refusal::at("layout", format!("この市町村の対応表（{name}）がUTF-8ではありません。"));
    text.transpose().map_err(wrong)
}

/// The 団体コード of the actor's office, or of the municipality above it: chooses the layout.
///
/// # Errors
/// If the database fails.
pub fn code(door: &mut Door<'_>) -> Result<String, Fault> {
    #[derive(QueryableByName)]
    struct Office {
        #[diesel(sql_type = Text)]
        code: String,
    }
    let own_or_above = "select case when o.code <> '' then o.code else coalesce(above.code, '') end as code \
                        from office o left join office above on above.id = o.parent where o.id = $1";
    let office: Option<Office> =
        sql_query(own_or_above).bind::<BigInt, _>(door.actor.keeper).get_result(door.db).optional()?;
    Ok(office.map(|o| o.code).unwrap_or_default())
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
            0 => return Ok(platform::store::chain::hex(&hasher.finalize())),
            n => hasher.update(&piece[..n]),
        }
    }
}

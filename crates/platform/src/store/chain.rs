//! The chain of a file: every event is sealed with a salted digest of what it says and a link to the one before.
//!
//! 抹消 empties body, salt and rule columns; digest and link stay, so the chain still verifies and nothing of what was
//! erased can be guessed back from it.

use casework::body::Columns;
use rand::RngCore;
use sha2::{Digest, Sha256};

/// What an event says: erasable.
pub struct Content<'a> {
    pub day_lo: i32,
    pub day_hi: i32,
    pub columns: Columns<'a>,
    pub body: &'a str,
}

/// The part that stays for ever.
pub struct Header<'a> {
    pub file: i64,
    pub seq: i32,
    pub episode: Option<i32>,
    pub kind: &'a str,
    pub version: i32,
    pub source: &'a str,
    pub batch: Option<i64>,
    pub sensitivity: i32,
    pub actor: i64,
    pub recorded_at: i64,
    pub corrects: Option<i64>,
}

/// 16 random bytes in hex.
pub fn salt() -> String {
    let mut bytes = [0u8; 16];
    rand::rng().fill_bytes(&mut bytes);
    hex(&bytes)
}

pub fn digest(salt: &str, content: &Content<'_>) -> String {
    let columns = &content.columns;
    seal(&[
        salt,
        &content.day_lo.to_string(),
        &content.day_hi.to_string(),
        &columns.day2.map_or(String::new(), |d| d.0.to_string()),
        columns.code.unwrap_or(""),
        columns.product.unwrap_or(""),
        &columns.number.map_or(String::new(), |n| n.to_bits().to_string()),
        content.body,
    ])
}

pub fn link(previous: &str, header: &Header<'_>, digest: &str) -> String {
    let optional = |n: Option<i64>| n.map_or(String::new(), |n| n.to_string());
    seal(&[
        previous,
        &header.file.to_string(),
        &header.seq.to_string(),
        &optional(header.episode.map(i64::from)),
        header.kind,
        &header.version.to_string(),
        header.source,
        &optional(header.batch),
        &header.sensitivity.to_string(),
        &header.actor.to_string(),
        &header.recorded_at.to_string(),
        &optional(header.corrects),
        digest,
    ])
}

/// SHA-256 over the parts, each preceded by its length so that no two lists of parts look alike.
fn seal(parts: &[&str]) -> String {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        hasher.update(part.as_bytes());
    }
    hex(&hasher.finalize())
}

pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes.iter().flat_map(|b| [DIGITS[usize::from(b >> 4)] as char, DIGITS[usize::from(b & 15)] as char]).collect()
}

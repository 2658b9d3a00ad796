//! Files of past records as they arrive, good and hostile, through the public interface only.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod hostile;
mod rows;

use std::io::Cursor;

use paperwork::events::{EventRow, Mapping, Reader};
use rules::Day;

pub fn today() -> Day {
    Day::from_ymd(2026, 11, 24).unwrap()
}

/// Reads a whole file: its rows as (line, row), or everything that was said, a line each.
pub fn read(kind: &str, bytes: impl AsRef<[u8]>) -> Result<Vec<(u64, EventRow)>, String> {
    let mapping = Mapping::shipped().unwrap();
    let source = Cursor::new(bytes.as_ref().to_vec());
    let mut reader = Reader::open(source, mapping.kind(kind).unwrap(), today()).map_err(|e| e.to_string())?;
    let mut rows = Vec::new();
    let mut wrong = Vec::new();
    for answer in reader.by_ref() {
        match answer {
            Ok(row) => rows.push(row),
            Err(errors) => wrong.extend(errors.iter().map(ToString::to_string)),
        }
    }
    if let Some(failure) = reader.failure() {
        return Err(failure.to_string());
    }
    if wrong.is_empty() { Ok(rows) } else { Err(wrong.join("\n")) }
}

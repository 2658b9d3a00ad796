//! The anchor: a file outside the database, best on another machine or a medium that cannot be written twice. It is told
//! the heads of the chains from time to time, and only ever grows. A database from which the newest seals were removed
//! does not know a head that the anchor knows.

use std::{
    collections::BTreeMap,
    io::{ErrorKind, Write},
    os::unix::fs::OpenOptionsExt,
    path::Path,
};

use super::{
    Key,
    seal::{self, Head},
};
use crate::{Clock, Database, Fault};

/// Where a line stands: keeper, lane, number.
pub type Place = (i64, i32, i32);

/// Says that the records were put back to an earlier state, on purpose: what was anchored before counts no more, and the
/// heads that follow do.
const RESTORED: &str = "restored";

/// The heads that the anchor knows of this key, with their MACs.
///
/// # Errors
/// If it is there and cannot be read.
pub fn read(path: &Path, key: &str) -> Result<BTreeMap<Place, String>, Fault> {
    read_until(path, key, i64::MAX)
}

/// The same as it stood at an instant: for a backup taken then.
///
/// # Errors
/// As [`read`].
pub fn read_until(path: &Path, key: &str, instant: i64) -> Result<BTreeMap<Place, String>, Fault> {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(BTreeMap::new()),
        Err(error) => return Err(Fault::new(format!("the anchor {} cannot be read: {error}", path.display()))),
    };
    let mut known = BTreeMap::new();
    for (number, line) in (1..).zip(text.lines()) {
        let words: Vec<&str> = line.split(' ').collect();
        let broken = || Fault::new(format!("the anchor {}: line {number} is not whole", path.display()));
        let at = words.first().and_then(|at| at.parse::<i64>().ok()).ok_or_else(broken)?;
        if at > instant {
            continue;
        }
        match words.as_slice() {
            [_, by, RESTORED] if *by == key => known.clear(),
            [_, by, keeper, lane, no, mac] if *by == key => {
                let place = (
                    keeper.parse().map_err(|_| broken())?,
                    lane.parse().map_err(|_| broken())?,
                    no.parse().map_err(|_| broken())?,
                );
                known.insert(place, (*mac).to_owned());
            }
            // Of an earlier key.
            [_, _, RESTORED] | [_, _, _, _, _, _] => {}
            _ => return Err(broken()),
        }
    }
    Ok(known)
}

/// Tells the anchor the heads it does not know yet. Returns how many.
///
/// # Errors
/// If the database or the file fails.
pub fn write(database: &Database, path: &Path) -> Result<usize, Fault> {
    let Some(key) = database.key() else { return Ok(0) };
    let heads = database.read_all(seal::heads)?;
    let known = read(path, &key.fingerprint())?;
    let mut new: Vec<Head> = heads;
    new.retain(|(keeper, lane, no, mac)| known.get(&(*keeper, *lane, *no)) != Some(mac));
    append(path, key, false, &new)?;
    Ok(new.len())
}

/// Tells the anchor that the records were put back, and how they stand now.
///
/// # Errors
/// If the database or the file fails.
pub fn restored(database: &Database, path: &Path) -> Result<(), Fault> {
    let Some(key) = database.key() else { return Ok(()) };
    let heads = database.read_all(seal::heads)?;
    append(path, key, true, &heads)
}

/// One write, so that several servers may share a file.
fn append(path: &Path, key: &Key, restored: bool, heads: &[Head]) -> Result<(), Fault> {
    if heads.is_empty() && !restored {
        return Ok(());
    }
    let (now, key) = (Clock::system().wall(), key.fingerprint());
    let mut text = if restored { format!("{now} {key} {RESTORED}\n") } else { String::new() };
    for (keeper, lane, no, mac) in heads {
        text.push_str(&format!("{now} {key} {keeper} {lane} {no} {mac}\n"));
    }
    let opened = std::fs::OpenOptions::new().append(true).create(true).mode(0o600).open(path);
    opened
        .and_then(|mut file| file.write_all(text.as_bytes()).and_then(|()| file.sync_all()))
        .map_err(|error| Fault::new(format!("the anchor {} cannot be written: {error}", path.display())))
}

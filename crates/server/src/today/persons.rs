//! The people of a filtered list in its order, for going on from one to the next.

use super::{asked::Asked, lines, page::filter_of, tally};
use crate::platform::{Door, Fault};

/// Lines looked through; whoever stands behind them is opened from the list itself.
const MOST: i64 = 2_000;

/// Everybody on the list as it is now, once each.
///
/// # Errors
/// If the database fails.
pub fn of(door: &mut Door<'_>, asked: &Asked) -> Result<Vec<i64>, Fault> {
    let any_mine = asked.scope.is_empty() && tally::of(door, asked.question())?.any_mine();
    let filter = filter_of(door, asked, any_mine);
    let mut files: Vec<i64> = Vec::new();
    for line in lines::list(door, &filter, MOST, 0)? {
        if !files.contains(&line.file) {
            files.push(line.file);
        }
    }
    Ok(files)
}

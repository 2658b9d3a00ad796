//! The people of a filtered list in its order, for going on from one to the next.

use super::{
    asked::Asked,
    lines::{self, Filter},
    page::filter_of,
};
use crate::platform::{Door, Fault};

/// Lines looked through; whoever stands behind them is opened from the list itself.
const MOST: i64 = 2_000;

/// Everybody on the list as it is now, once each.
///
/// # Errors
/// If the database fails.
pub fn of(door: &mut Door<'_>, asked: &Asked) -> Result<Vec<i64>, Fault> {
    let mine = match asked.scope.as_str() {
        "" => {
            let own = Filter { owner: Some(door.actor.staff), tier: asked.tier, ..Filter::default() };
            lines::count(door, &own)?.iter().map(|c| c.lines).sum()
        }
        _ => 0,
    };
    let filter = filter_of(door, asked, mine);
    let mut files: Vec<i64> = Vec::new();
    for line in lines::list(door, &filter, MOST, 0)? {
        if !files.contains(&line.file) {
            files.push(line.file);
        }
    }
    Ok(files)
}

//! Where somebody came from: the filtered list a person was opened out of, so that the next one is one click away and
//! the way back keeps its filters. The address carries what the list's own address carries: never anything about a person.

use diesel::{
    QueryableByName, RunQueryDsl, sql_query,
    sql_types::{BigInt, Text},
};

use super::{bar::link, view::Place};
use crate::{
    platform::{
        Door, Fault,
        web::{
            Ask,
            reply::percent,
            view::{Link, NavItem},
        },
    },
    today::{self, asked::Asked},
};

/// The address of 名簿. What was searched for stands in no address: its people are in the reading log of who looked.
pub const NAMES: &str = "/persons";
/// A search is gone on with for so long: a working day.
const RECENT_US: i64 = 12 * 3_600_000_000;

/// The list somebody came from.
#[derive(Clone, PartialEq, Debug)]
pub enum Came {
    Today(Box<Asked>),
    Names,
    Elsewhere,
}

/// The part of an address that says which list it was opened from.
pub fn query(list: &str) -> String {
    format!("in={}", percent(list, false))
}

impl Came {
    pub fn read(ask: &Ask) -> Came {
        match ask.query("in") {
            NAMES => Came::Names,
            address => match Asked::of_address(address) {
                Some(asked) => Came::Today(Box::new(Asked { open: None, act: String::new(), page: 1, ..asked })),
                None => Came::Elsewhere,
            },
        }
    }

    fn address(&self) -> Option<String> {
        match self {
            Came::Today(asked) => Some(asked.address()),
            Came::Names => Some(NAMES.to_owned()),
            Came::Elsewhere => None,
        }
    }

    /// An address that keeps where somebody came from.
    pub fn keep(&self, address: &str) -> String {
        let joint = if address.contains('?') { '&' } else { '?' };
        self.address().map_or_else(|| address.to_owned(), |list| format!("{address}{joint}{}", query(&list)))
    }

    /// The way back to the list, its filters included.
    pub fn back(&self) -> Link {
        match self {
            Came::Today(asked) => {
                let narrowed = !asked.states.is_empty() || !asked.service.is_empty() || !asked.district.is_empty();
                link(if narrowed { "今日の対応（しぼり込み中）" } else { "今日の対応" }, &asked.address())
            }
            Came::Names => link("名簿", NAMES),
            Came::Elsewhere => link("今日の対応", "/today"),
        }
    }

    /// The pages of one person.
    pub fn tabs(&self, file: i64, family: bool) -> Vec<NavItem> {
        let tab = |label: &str, address: String, current| NavItem {
            label: label.to_owned(),
            url: self.keep(&address),
            current,
            ..NavItem::default()
        };
        let own = tab("本人の記録", format!("/persons/{file}"), !family);
        vec![own, tab("家庭", format!("/persons/{file}/family"), family)]
    }

    /// Where a person stands in the list, with the one before and the one after. `page` is what follows the person in the
    /// address.
    ///
    /// # Errors
    /// If the database fails.
    pub fn place(&self, door: &mut Door<'_>, file: i64, page: &str) -> Result<Option<Place>, Fault> {
        let files = match self {
            Came::Today(asked) => today::persons::of(door, asked)?,
            Came::Names => searched(door, file)?,
            Came::Elsewhere => return Ok(None),
        };
        let url = |file: &i64| self.keep(&format!("/persons/{file}{page}"));
        Ok(neighbours(&files, file).map(|(at, before, after)| Place {
            text: format!("{}人中 {at}", files.len()),
            previous: before.map(url),
            next: after.map(url),
        }))
    }
}

/// 1-based place, the one before, the one after; `None`: not in the list (any more).
fn neighbours(files: &[i64], file: i64) -> Option<(usize, Option<&i64>, Option<&i64>)> {
    let at = files.iter().position(|f| *f == file)?;
    Some((at + 1, at.checked_sub(1).and_then(|n| files.get(n)), files.get(at + 1)))
}

/// The people of the page of 名簿 the actor last saw this person on.
fn searched(door: &mut Door<'_>, file: i64) -> Result<Vec<i64>, Fault> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Text)]
        files: String,
    }
    // Ids are space separated; integers only, so they may stand in the SQL text.
    let rows: Vec<Row> = sql_query(format!(
        "select files from reading where keeper = $1 and at >= $2 and staff = $3 and post = $4 and what = 'list' \
         and purpose in ('list', 'search') and ' ' || files || ' ' like '% {file} %' order by id desc limit 1"
    ))
    .bind::<BigInt, _>(door.actor.keeper)
    .bind::<BigInt, _>(door.now() - RECENT_US)
    .bind::<BigInt, _>(door.actor.staff)
    .bind::<BigInt, _>(door.actor.post)
    .load(door.db)?;
    let files = rows.into_iter().next().map(|row| row.files).unwrap_or_default();
    Ok(files.split(' ').filter_map(|id| id.parse().ok()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_has_nobody_before_and_the_last_nobody_after() {
        assert_eq!(neighbours(&[5, 7, 9], 5), Some((1, None, Some(&7))));
        assert_eq!(neighbours(&[5, 7, 9], 7), Some((2, Some(&5), Some(&9))));
        assert_eq!(neighbours(&[5, 7, 9], 9), Some((3, Some(&7), None)));
        assert_eq!(neighbours(&[5], 6), None, "recorded and gone from the list");
    }

    #[test]
    fn an_address_keeps_the_list_and_nothing_else() {
        let asked = Asked { states: vec!["overdue".into()], tier: 1, page: 1, ..Asked::default() };
        let came = Came::Today(Box::new(asked));
        assert_eq!(came.keep("/persons/3"), "/persons/3?in=%2Ftoday%3Fstate%3Doverdue");
        assert_eq!(
            came.keep("/persons/3/family?from=2025"),
            "/persons/3/family?from=2025&in=%2Ftoday%3Fstate%3Doverdue"
        );
        assert_eq!(Came::Elsewhere.keep("/persons/3"), "/persons/3");
        assert_eq!(came.back().url, "/today?state=overdue");
    }
}

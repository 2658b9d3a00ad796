//! Whose number leads to whom: one step along recorded relations, and never to or from somebody who is protected.
//!
//! Both files have to hold the relation, so one that was taken back or hidden (特別養子縁組) leads nowhere; one that not
//! everybody may know of neither. Somebody protected is found by what is their own: whoever types another person's number
//! (the other parent's, say) is not told where the protected one belongs.

use diesel::{
    RunQueryDsl,
    sql_types::{BigInt, Text},
};
use rules::Day;

use crate::{Door, Fault, sql, store::load::id_list};

/// Files related to some files today, each with what the one whose number it is, is to them.
///
/// # Errors
/// If the database fails.
pub fn relatives(door: &mut Door<'_>, of: &[i64]) -> Result<Vec<(i64, String)>, Fault> {
    if of.is_empty() {
        return Ok(Vec::new());
    }
    let holds = |row: &str, Day(today): Day| {
        format!(
            "{row}.sensitivity = 0 and {row}.from_day <= {today} and ({row}.until_day is null or {row}.until_day >= {today})"
        )
    };
    let today = door.today();
    let text = format!(
        "select distinct b.file, b.role from relation a \
         join relation b on b.keeper = a.keeper and b.file = a.other and b.other = a.file \
         join person m on m.keeper = a.keeper and m.file = a.file join person p on p.keeper = b.keeper and p.file = b.file \
         where a.keeper in {} and a.file in {} and {} and {} and m.protected = 0 and p.protected = 0 \
         order by b.file, b.role limit 500",
        door.scope(),
        id_list(of),
        holds("a", today),
        holds("b", today),
    );
    let mut found: Vec<(i64, String)> = sql::typed::<(BigInt, Text)>(&text).once().load(door.db)?;
    found.dedup_by_key(|(file, _)| *file);
    Ok(found)
}

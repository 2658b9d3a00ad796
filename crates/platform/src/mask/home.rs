//! Whose home may not be told: of everybody who is protected, and of whoever lives with them. The address on a child's
//! page tells where the mother is.
//!
//! Somebody lives with another who has the same household on file, or who is related to them (one step) and has the same
//! address. It is asked when it is read, so it begins and ends with the protection itself.

use std::collections::BTreeMap;

use diesel::{RunQueryDsl, sql_types::BigInt};

use crate::{
    db::Db,
    fault::Fault,
    sql,
    store::{FileEvents, load::id_list},
};

/// Of a row `p` of `person`: its place may not be told. For the few rows that are shown.
pub const HIDDEN: &str = "(p.protected = 1 \
     or p.household <> '' and exists (select 1 from person h where h.keeper = p.keeper and h.household = p.household \
       and h.protected = 1) \
     or p.address <> '' and exists (select 1 from relation r join person h on h.keeper = r.keeper and h.file = r.other \
       where r.keeper = p.keeper and r.file = p.file and h.protected = 1 and h.address = p.address))";

/// The files of the same rows of some keepers (`scope`, as [`crate::Door::scope`] gives it), for a look at many: from the few
/// who are protected to those who live with them.
pub fn files(scope: &str) -> String {
    format!(
        "select h.file from person h where h.keeper in {scope} and h.protected = 1 \
         union all select m.file from person h join person m on m.keeper = h.keeper and m.household = h.household \
           where h.keeper in {scope} and h.protected = 1 and h.household <> '' \
         union all select m.file from person h join relation r on r.keeper = h.keeper and r.file = h.file \
           join person m on m.keeper = r.keeper and m.file = r.other and m.address = h.address \
           where h.keeper in {scope} and h.protected = 1 and h.address <> ''"
    )
}

/// Marks the files of those who live with somebody protected.
///
/// # Errors
/// If the database fails.
pub(crate) fn mark(db: &mut Db, found: &mut BTreeMap<i64, FileEvents>) -> Result<(), Fault> {
    let ids: Vec<i64> = found.keys().copied().collect();
    for some in ids.chunks(500) {
        let text =
            format!("select p.file from person p where p.file in {} and p.protected = 0 and {HIDDEN}", id_list(some));
        let sheltered: Vec<i64> = sql::typed::<BigInt>(&text).once().load(db)?;
        for file in sheltered {
            if let Some(of) = found.get_mut(&file) {
                of.sheltered = true;
            }
        }
    }
    Ok(())
}

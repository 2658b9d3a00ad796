//! Who receives a 開示請求, said to whoever does not: one's own other role, colleagues by name, or that nobody does yet.

use casework::{Permission, Role};
use diesel::{
    QueryableByName, RunQueryDsl, sql_query,
    sql_types::{BigInt, Text},
};

use super::view::Receiver;
use crate::platform::{Door, Fault, session::posts};

#[derive(QueryableByName)]
struct Named {
    #[diesel(sql_type = Text)]
    name: String,
}

/// `None`: the role at work may receive it itself, or records nothing anyway.
///
/// # Errors
/// If the database fails.
pub fn told(door: &mut Door<'_>, file: i64) -> Result<Option<Receiver>, Fault> {
    let role = door.actor.role;
    if role.may(Permission::Disclose) || !role.may(Permission::RecordContact) || door.actor.counter {
        return Ok(None);
    }
    let (keeper, today) = (door.actor.keeper, door.today());
    // In the smallest towns one person is nurse and 統括支援員: two posts, of which one is at work.
    let own = posts::held_on(door.db, door.actor.staff, today)?;
    if let Some(post) = own.into_iter().find(|post| post.keeper == keeper && post.role.may(Permission::Disclose)) {
        return Ok(Some(Receiver {
            text: format!("開示請求は、あなたの「{}」の役割で受け付けます。", post.role.label()),
            post: post.id.to_string(),
            button: format!("{}に切り替えて、開示請求を開く", post.role.label()),
            place: format!("/persons/{file}/disclosures"),
        }));
    }
    let roles: Vec<String> = Role::ALL
        .into_iter()
        .filter(|role| role.may(Permission::Disclose))
        .map(|role| format!("'{}'", role.code()))
        .collect();
    let text = format!(
        "select distinct s.id, s.name from post p join staff s on s.id = p.staff join office o on o.id = $1 \
         where (p.keeper = o.id or (p.keeper = o.parent and o.kind in ('centre', 'district_office'))) \
         and p.role in ({}) and p.from_day <= {today} and (p.until_day is null or p.until_day >= {today}) \
         and s.closed_on is null order by s.id",
        roles.join(", "),
        today = today.0
    );
    let names: Vec<Named> = sql_query(text).bind::<BigInt, _>(keeper).load(door.db)?;
    let names: Vec<String> = names.into_iter().map(|row| row.name).collect();
    let text = if names.is_empty() {
        String::from(
            "開示請求を受け付ける統括支援員かセンター長・係長が、このセンターにまだいません。管理者に、役割を加えてもらってください。",
        )
    } else {
        format!("開示請求は、統括支援員かセンター長・係長が受け付けます（{}）。", names.join("、"))
    };
    Ok(Some(Receiver { text, ..Receiver::default() }))
}

//! 名称の変更: a centre is called otherwise from today on, by a record of its own file that can be taken back.

use casework::{Body, body::Renamed};
use diesel::{
    QueryableByName, RunQueryDsl, sql_query,
    sql_types::{BigInt, Text},
};

use super::super::staff::acts::{Done, within};
use super::own::told;
use crate::persons::sheet::{self, Sheet, hinted};
use crate::persons::view::SheetKind;
use crate::platform::web::{Ask, Reply};
use crate::platform::{Door, Fault, Problem, Refusal, db::CountRow, store::write::NotApplied};

fn sheet(now: &str) -> Sheet {
    Sheet {
        title: "センターの名称の変更",
        action: String::from("/offices/name"),
        about: vec![
            format!("いまの名前は「{now}」です。"),
            String::from("きょうから、画面と印刷の名前が変わります。これまでの記録と印刷したものは変わりません。"),
        ],
        original: Vec::new(),
        fields: vec![hinted("name", "新しい名前", "必須", "例 みなと市北部こども家庭センター", SheetKind::Text)],
        send: "変更する",
        back: String::from("/offices/own"),
        preset: vec![("name", now.to_owned())],
    }
}

/// What the actor's own office is called.
///
/// # Errors
/// If the database fails.
pub fn of(door: &mut Door<'_>) -> Result<String, Fault> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Text)]
        name: String,
    }
    let row: Row =
        sql_query("select name from office where id = $1").bind::<BigInt, _>(door.actor.keeper).get_result(door.db)?;
    Ok(row.name)
}

/// GET /offices/name
///
/// # Errors
/// Not found outside a municipality, or if the database fails.
pub fn page(ask: &mut Ask) -> Result<Reply, Problem> {
    let now = ask.read(|door| {
        super::own::town(door)?;
        Ok::<_, Problem>(of(door)?)
    })?;
    sheet::draw(ask, None, sheet(&now), None)
}

/// POST /offices/name
///
/// # Errors
/// Not found outside a municipality, or if the database fails.
pub fn post(ask: &mut Ask) -> Result<Reply, Problem> {
    let name = ask.form("name").trim().to_owned();
    let (before, town) = ask.read(|door| Ok::<_, Problem>((of(door)?, super::own::town(door)?)))?;
    let (keeper, today) = (ask.actor()?.keeper, ask.today());
    let done = within(ask, |acts| {
        let text = "select count(*) as n from office where parent = $1 and name = $2 and id <> $3";
        let same: CountRow = sql_query(text)
            .bind::<BigInt, _>(town)
            .bind::<Text, _>(&name)
            .bind::<BigInt, _>(keeper)
            .get_result(acts.door.db)
            .map_err(Fault::from)?;
        if same.n > 0 {
            let twice = format!("「{name}」は、もうあります。");
            return Err(NotApplied::Refused(Refusal::at("name", twice)));
        }
        let before = of(acts.door)?;
        acts.put(keeper, today, Body::Renamed(Renamed { name: name.clone(), before }))
    })?;
    match done {
        Ok(Done::Now(event)) => Ok(told(format!("「{before}」を「{name}」に変更しました。"), Some(event))),
        Ok(Done::Before) => Ok(told(String::from("名称を変更しました。"), None)),
        Err(why) => sheet::draw(ask, None, sheet(&before), Some(why)),
    }
}

//! A command's id is claimed before anything is done, so that a second submit does nothing. A claim without a result is
//! never kept, and one whose act was another is told so.

use casework::{Command, Refusal};
use diesel::{
    OptionalExtension, RunQueryDsl,
    sql_types::{BigInt, Nullable, Text},
};
use sha2::{Digest, Sha256};

use super::{
    chain::hex,
    load::id_list,
    write::{Applied, Desk, NotApplied},
};
use crate::{
    db::Db,
    fault::Fault,
    sql::{self, typed},
};

/// What stands beside a command: what it did, and what it was.
#[derive(serde::Serialize, serde::Deserialize)]
struct Kept {
    #[serde(flatten)]
    applied: Applied,
    /// Of what its author said, under the salts of the events it wrote: 抹消 of one of them takes the meaning of this too.
    /// Empty: an older version kept none.
    #[serde(default)]
    said: String,
}

/// Claims the command's id; if it was applied before (by the same person), says what it did.
pub(super) fn claim(db: &mut Db, desk: &Desk<'_>, command: &Command) -> Result<Option<Applied>, NotApplied> {
    let text =
        "insert into command (id, keeper, actor, at, result) values ($1, $2, $3, $4, '') on conflict (id) do nothing";
    let claimed = sql::sql(text).with(&command.id).with(desk.keeper).with(desk.actor).with(desk.now).execute(db)?;
    if claimed == 1 {
        return Ok(None);
    }
    let before: Option<(i64, String)> = typed::<(BigInt, Text)>("select actor, result from command where id = $1")
        .with(&command.id)
        .get_result(db)
        .optional()?;
    let Some((_, result)) = before.filter(|(actor, _)| *actor == desk.actor) else {
        return Err(Refusal::new("この画面は別の方が送信ずみです。画面を開きなおしてください。").into());
    };
    if result.is_empty() {
        // Refused by a version that kept such claims: nothing was done under this id.
        return Ok(None);
    }
    let Kept { applied, said } = serde_json::from_str(&result).map_err(|e| Fault::new(e.to_string()))?;
    if !said.is_empty() && digest(db, command, &applied)?.is_some_and(|now| now != said) {
        let text = "この画面からは、すでに別の内容が記録されています。いま入力した内容は記録していません。\
                    記録されている内容を確かめ、違うときは、画面を開きなおして記録するか、訂正してください。";
        return Err(Refusal::new(text).into());
    }
    Ok(Some(applied))
}

/// Keeps what a command did.
pub(super) fn done(db: &mut Db, command: &Command, applied: &Applied) -> Result<(), NotApplied> {
    let said = digest(db, command, applied)?.unwrap_or_default();
    let kept = Kept { applied: applied.clone(), said };
    let result = serde_json::to_string(&kept).map_err(|e| Fault::new(e.to_string()))?;
    sql::sql("update command set result = $1 where id = $2").with(&result).with(&command.id).execute(db)?;
    Ok(())
}

/// A refused command was not applied, whatever its caller keeps of the transaction.
pub(super) fn release(db: &mut Db, command: &Command) -> Result<(), NotApplied> {
    sql::sql("delete from command where id = $1 and result = ''").with(&command.id).execute(db)?;
    Ok(())
}

/// `None`: it wrote nothing, or something of it was erased.
fn digest(db: &mut Db, command: &Command, applied: &Applied) -> Result<Option<String>, NotApplied> {
    if applied.events.is_empty() {
        return Ok(None);
    }
    let text = format!("select salt from event where id in {} order by id", id_list(&applied.events));
    let salts: Vec<Option<String>> = typed::<Nullable<Text>>(&text).once().load(db)?;
    let Some(salts) = salts.into_iter().collect::<Option<Vec<String>>>() else { return Ok(None) };
    let mut digest = Sha256::new();
    for part in salts.iter().chain([&command.act.said()]) {
        digest.update(part.len().to_be_bytes());
        digest.update(part.as_bytes());
    }
    Ok(Some(hex(&digest.finalize())))
}

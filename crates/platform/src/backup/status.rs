//! When the last backup was taken and the last drill went well, kept in the database so that every server can tell it: a
//! backup that stopped in silence is found by the person it concerns.

use diesel::{OptionalExtension, RunQueryDsl, sql_types::Text};
use rules::wareki;

use crate::{
    Database, Db, Fault,
    clock::{day_in_japan, time_in_japan},
    sql::{self, typed},
};

const NAME: &str = "backup";
const DAY: i64 = 86_400_000_000;
/// A backup is taken every night: one that is missing is told on the day after.
const BACKUP_DAYS: i64 = 2;
/// A drill once a month.
const DRILL_DAYS: i64 = 35;

/// Instants in microseconds since the epoch; 0: never.
#[derive(Clone, PartialEq, Eq, Debug, Default, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct Status {
    pub backup_at: i64,
    pub rows: u64,
    pub bytes: u64,
    pub failed_at: i64,
    /// The last drill, and the last one that went well.
    pub drill_at: i64,
    pub drill_ok_at: i64,
}

/// What somebody should read of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Told {
    pub text: String,
    /// Somebody has to do something.
    pub worry: bool,
}

impl Status {
    /// # Errors
    /// If the database fails.
    pub fn read(db: &mut Db) -> Result<Status, Fault> {
        let text: Option<String> =
            typed::<Text>("select value from meta where name = $1").with(NAME).get_result(db).optional()?;
        // Of another version: as if it had never been.
        Ok(text.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default())
    }

    /// Changes what is kept.
    ///
    /// # Errors
    /// If the database fails.
    pub fn change(database: &Database, change: impl FnOnce(&mut Status)) -> Result<(), Fault> {
        database.write(|db| {
            let mut status = Status::read(db)?;
            change(&mut status);
            sql::sql(
                "insert into meta (name, value) values ($1, $2) \
                 on conflict (name) do update set value = excluded.value",
            )
            .with(NAME)
            .with(&serde_json::to_string(&status)?)
            .execute(db)?;
            Ok(())
        })
    }

    /// In words for whoever looks after the installation.
    pub fn told(&self, now: i64) -> Told {
        let (mut text, mut worry) = match self.backup_at {
            0 => (String::from("バックアップが、まだ一度も取られていません。"), true),
            at if now - at > BACKUP_DAYS * DAY => {
                (format!("バックアップが{}から取られていません（{}日前）。", moment(at), (now - at) / DAY), true)
            }
            at => (format!("最後のバックアップ：{}（{}件）。", moment(at), self.rows), false),
        };
        if self.failed_at > self.backup_at {
            text.push_str(&format!("{}のバックアップは失敗しました。", moment(self.failed_at)));
            worry = true;
        }
        let drilled = match self.drill_ok_at {
            0 => Some(String::from("復元の訓練は、まだ一度も成功していません。")),
            at if self.drill_at > at => Some(format!("{}の復元訓練は失敗しました。", moment(self.drill_at))),
            at if now - at > DRILL_DAYS * DAY => Some(format!("復元の訓練が{}から行われていません。", moment(at))),
            at => {
                text.push_str(&format!("最後の復元訓練：{} 成功。", moment(at)));
                None
            }
        };
        if let Some(drilled) = drilled {
            text.push_str(&drilled);
            worry = true;
        }
        Told { text, worry }
    }
}

/// 令和8年11月27日 3:15
pub fn moment(at: i64) -> String {
    let (hour, minute) = time_in_japan(at);
    format!("{} {hour}:{minute:02}", wareki::long(day_in_japan(at)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stopped_in_silence_is_told_with_its_date() {
        let now = 20_784 * DAY + 10 * 3_600_000_000;
        assert!(Status::default().told(now).worry);
        let good = Status {
            backup_at: now - DAY,
            rows: 7,
            drill_at: now - 9 * DAY,
            drill_ok_at: now - 9 * DAY,
            ..Status::default()
        };
        assert!(!good.told(now).worry, "{:?}", good.told(now));
        let later = good.told(now + 3 * DAY);
        assert!(later.worry && later.text.contains("から取られていません（4日前）"), "{later:?}");
        assert!(good.told(now + 30 * DAY).text.contains("復元の訓練が"));
        assert!(Status { failed_at: now, ..good.clone() }.told(now).text.contains("失敗しました"));
        assert!(Status { drill_at: now, ..good }.told(now).text.contains("復元訓練は失敗"));
    }
}

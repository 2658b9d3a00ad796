//! From a submitted form to the write path and back: applied, refused in words, or in conflict with what came meanwhile.

use casework::{Act, Command};

use super::{
    Door, Problem, Refusal,
    store::{Applied, Desk, apply, load, write::NotApplied},
    web::{
        Ask,
        form::Conflict,
        view::{Notice, NoticeTone, Undo},
    },
};

/// What became of a submit.
#[derive(Debug)]
pub enum Submitted {
    Applied(Applied),
    /// Draw the form again with these (422); nothing was recorded.
    Refused(Vec<Refusal>),
    /// Draw the form again with this (409); nothing was recorded.
    Conflict(Conflict),
}

/// `{file: version}` as a form field carries it: `12:5,13:2`.
pub fn versions(seen: &[(i64, i32)]) -> String {
    let parts: Vec<String> = seen.iter().map(|(file, version)| format!("{file}:{version}")).collect();
    parts.join(",")
}

fn seen(text: &str) -> Vec<(i64, i32)> {
    text.split(',')
        .filter_map(|part| part.split_once(':'))
        .filter_map(|(file, version)| Some((file.parse().ok()?, version.parse().ok()?)))
        .collect()
}

/// Runs the act of a submitted form (its `command_id` and `version` fields) for the person signed in.
///
/// # Errors
/// If a file is not theirs, or the database fails.
pub fn submit(ask: &Ask, act: Act) -> Result<Submitted, Problem> {
    submit_as(ask, ask.form("command_id"), act, seen(ask.form("version")))
}

/// The same with a command id of the program's own: for a second act that one submit means.
///
/// # Errors
/// As [`submit`].
pub fn submit_as(ask: &Ask, command_id: &str, act: Act, seen: Vec<(i64, i32)>) -> Result<Submitted, Problem> {
    if command_id.is_empty() || command_id.len() > 80 {
        return Ok(Submitted::Refused(vec![Refusal::new("画面が古くなっています。開きなおしてください。")]));
    }
    let command = Command { id: command_id.to_owned(), act, seen };
    let files = command.act.files();
    let about = files.first().copied();
    let done = ask.doors().write(ask.actor()?, |door| {
        let desk = Desk {
            keeper: door.actor.keeper,
            keepers: &door.actor.keepers,
            actor: door.actor.staff,
            today: door.today(),
            now: door.now(),
            batch: None,
            books: &ask.app.books,
        };
        apply(door.db, &desk, &command)
    });
    match done {
        Ok(applied) => Ok(Submitted::Applied(applied)),
        Err(NotApplied::NotFound) => Err(Problem::NotFound),
        Err(NotApplied::Fault(fault)) => Err(Problem::Fault(fault)),
        Err(NotApplied::Refused(refusal)) => Ok(Submitted::Refused(vec![refusal])),
        Err(NotApplied::Conflict(kinds)) => Ok(Submitted::Conflict(Conflict {
            changes: kinds.iter().map(|kind| format!("ほかの人が「{}」を記録しました。", kind_word(kind))).collect(),
            latest_url: about.map_or_else(|| String::from("/today"), |file| format!("/persons/{file}")),
            version: ask.read(|door| now_seen(door, &files))?,
        })),
    }
}

/// The versions that files have by now.
fn now_seen(door: &mut Door<'_>, files: &[i64]) -> Result<String, Problem> {
    let scope = door.scope();
    let mut seen = Vec::new();
    for file in files {
        seen.extend(load::version_of(door.db, *file, &scope)?.map(|version| (*file, version)));
    }
    Ok(versions(&seen))
}

/// The banner after an act, with the way back. `file` and `event` name what undo takes back.
pub fn told(text: impl Into<String>, undo: Option<(i64, i64)>, return_to: &str) -> Notice {
    Notice {
        tone: NoticeTone::Done,
        text: text.into(),
        link: None,
        undo: undo.map(|(file, event)| undo_of(file, event, return_to, "")),
    }
}

/// A button that takes one event back.
pub fn undo_of(file: i64, event: i64, return_to: &str, what: &str) -> Undo {
    Undo {
        url: format!("/persons/{file}/events/{event}/withdraw"),
        // The same event is taken back once, however often the button is pressed.
        command_id: format!("undo-{event}"),
        return_to: return_to.to_owned(),
        what: what.to_owned(),
    }
}

/// The word of an event's kind for people.
pub fn kind_word(kind: &str) -> &'static str {
    match kind {
        "contact" => "連絡",
        "visit" => "訪問",
        "service" => "実施の記録",
        "closure" => "終結・対象外",
        "released" => "台帳からの終結",
        "died" => "死亡",
        "delivered" | "born" => "出産",
        "pregnancy_notified" => "妊娠届",
        "pregnancy_ended" => "妊娠終了",
        "resident" => "住民記録",
        "moved_out" => "転出",
        "protection" => "秘匿",
        "caution" => "連絡上の注意",
        "joined" | "joined_by" => "台帳のまとめ（またはその取消）",
        "told_apart" => "別の人",
        "withdrawn" => "取消",
        "erased" => "抹消",
        "assigned" | "batch_withdrawn" => "担当の変更",
        _ => "記録",
    }
}

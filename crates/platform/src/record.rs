//! From a submitted form to the write path and back: applied, refused in words, or in conflict with what came meanwhile.

use casework::{Act, Command, Sensitivity};

use super::{
    Door, Fault, Problem, Refusal, mask,
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

/// What a form was drawn from, as its field carries it: of each file the last record its author could see (`12:93,13:88`).
/// Not the file's version: a number that jumps would tell of records they may not know of.
pub fn versions(seen: &[(i64, i64)]) -> String {
    let parts: Vec<String> = seen.iter().map(|(file, version)| format!("{file}:{version}")).collect();
    parts.join(",")
}

fn drawn_from(text: &str) -> Vec<(i64, i64)> {
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
    let seen = seen(ask, &drawn_from(ask.form("version")))?;
    submit_as(ask, ask.form("command_id"), act, seen)
}

/// Whether a person's file is there, but in records only that the actor may not know of.
fn is_hidden(door: &mut Door<'_>, file: i64, scope: &str) -> Result<bool, Fault> {
    let known = load::version_of(door.db, file, scope, mask::level(door.actor))?;
    Ok(known.is_none() && load::version_of(door.db, file, scope, Sensitivity::Compartment)?.is_some())
}

/// The positions of those records in their files. One that is not there any more (files were joined or parted meanwhile) is
/// later than everything, which is a conflict.
fn seen(ask: &Ask, drawn_from: &[(i64, i64)]) -> Result<Vec<(i64, i32)>, Problem> {
    ask.read(|door| {
        let scope = door.scope();
        let mut seen = Vec::new();
        for (file, last) in drawn_from {
            if load::version_of(door.db, *file, &scope, mask::level(door.actor))?.is_none() {
                continue;
            }
            let of = load::events_of(door.db, *file)?;
            let at = of.events.iter().find(|e| e.id == *last).map(|e| e.seq);
            seen.push((*file, if *last == 0 { 0 } else { at.unwrap_or(i32::MAX) }));
        }
        Ok(seen)
    })
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
        let scope = door.scope();
        for file in command.act.files() {
            if is_hidden(door, file, &scope)? {
                return Err(NotApplied::NotFound);
            }
        }
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
        if load::version_of(door.db, *file, &scope, mask::level(door.actor))?.is_some() {
            let mut of = load::events_of(door.db, *file)?;
            mask::for_actor(&mut of, door.actor);
            seen.push((*file, of.last));
        }
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
        "disclosure" | "disclosure_extended" | "disclosure_answered" => "開示請求",
        "caution" => "連絡上の注意",
        "sent" | "held" | "returned" => "郵便の発送",
        "joined" | "joined_by" => "台帳のまとめ（またはその取消）",
        "told_apart" => "別の人",
        "withdrawn" => "取消",
        "erased" => "抹消",
        "assigned" | "batch_withdrawn" => "担当の変更",
        _ => "記録",
    }
}

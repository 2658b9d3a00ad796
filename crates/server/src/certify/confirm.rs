//! `POST /certify`: somebody confirms the sheet of today. What is confirmed is counted in the very transaction that records
//! it, and only if it is what was shown.

use casework::{Act, Body, Command, Sensitivity, certify::Confirmed};
use rules::Span;

use super::evaluate;
use super::figures::Figures;
use super::{office, page, stored};
use crate::platform::{
    Door, Problem, Refusal,
    store::{Desk, apply, write::NotApplied},
    web::{
        Ask, Reply,
        view::{Notice, NoticeTone},
    },
};
use crate::rulebook::changes::desk::office_file;
use crate::today::lines::LineState;

enum Done {
    Confirmed,
    /// The figures are others than those that were shown.
    Moved,
    Refused(Refusal),
}

/// # Errors
/// If the database fails.
pub fn post(ask: &mut Ask) -> Result<Reply, Problem> {
    let (shown, note) = (ask.form("sha256").to_owned(), ask.form("note").trim().to_owned());
    let command = ask.form("command_id").to_owned();
    if command.is_empty() || command.len() > 64 {
        let why = Refusal::new("画面が古くなっています。開きなおしてください。");
        return Reply::refused(&page::draw(ask, None, vec![why])?);
    }
    let app = ask.app.clone();
    let done = ask.write(|door| {
        let keepers = door.keepers().to_vec();
        let town = office::town(door.db, door.actor.keeper, &keepers)?;
        let figures = stored::figures(door, &app.books, &town)?;
        if figures.sha256()? != shown {
            return Ok(Done::Moved);
        }
        let file = office_file(door)?;
        let body = Body::SheetConfirmed(confirmed(door, &app.books, &figures, note.clone())?);
        let act = Act::Record {
            file,
            episode: None,
            day: Span::on(door.today()),
            source: String::from("own"),
            sensitivity: Sensitivity::Ordinary,
            body,
        };
        let desk = Desk {
            keeper: door.actor.keeper,
            keepers: &keepers,
            actor: door.actor.staff,
            today: door.today(),
            now: door.now(),
            batch: None,
            books: &app.books,
        };
        let command = Command { id: command.clone(), act, seen: Vec::new() };
        match apply(door.db, &desk, &command) {
            Ok(_) => Ok(Done::Confirmed),
            Err(NotApplied::Refused(why)) => Ok(Done::Refused(why)),
            Err(other) => Err(Problem::from(other)),
        }
    })?;
    match done {
        Done::Confirmed => {
            let text = String::from("今日の点検表を確認しました。名前と時刻を印刷に入れます。");
            Ok(Reply::see_told("/certify", Notice { tone: NoticeTone::Done, text, link: None, undo: None }))
        }
        Done::Refused(why) => Reply::refused(&page::draw(ask, None, vec![why])?),
        Done::Moved => {
            let why = "開いたあとに数が変わりました。いまの数を見て、もう一度確認してください。";
            Reply::refused(&page::draw(ask, None, vec![Refusal::new(why)])?)
        }
    }
}

fn confirmed(
    door: &mut Door<'_>,
    books: &crate::platform::rulebook::Books,
    figures: &Figures,
    note: String,
) -> Result<Confirmed, Problem> {
    let desks = page::own_desks(door, books)?;
    let keepers = door.keepers().to_vec();
    let own = desks.iter().find(|desk| desk.keeper == door.actor.keeper).or(desks.first());
    let c = &figures.register;
    Ok(Confirmed {
        register: c.register,
        covered: c.covered,
        released: c.released,
        listed: c.listed,
        undecided: figures.state(LineState::Judge, 1).lines,
        overdue: figures.state(LineState::Overdue, 1).lines,
        known_at: door.now(),
        sha256: figures.sha256()?,
        heads: evaluate::heads_of(door.db, &keepers)?,
        book: own.map(|desk| desk.book.hash.clone()).unwrap_or_default(),
        program: env!("CARGO_PKG_VERSION").to_owned(),
        note,
    })
}

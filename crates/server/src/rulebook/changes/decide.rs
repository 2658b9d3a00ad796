//! What can be done with a proposal: compute, decide, publish, put back.

use casework::{
    Body,
    publication::{Decided, Proposed, back_before},
};

use super::{
    desk::{self, with_proposal},
    page, preview,
    propose::{opened, put},
    publish, receipt, run,
    work::{self, Kind},
};
use crate::platform::{
    Problem, Refusal,
    record::Submitted,
    store::sync,
    web::{
        Ask, Reply,
        view::{Notice, NoticeTone},
    },
};

/// POST /rulebook/changes/{proposal}/preview
pub fn compute(ask: &mut Ask) -> Result<Reply, Problem> {
    let id = ask.id("proposal")?;
    let books = ask.app.books.clone();
    let keeper = ask.actor()?.keeper;
    let published = ask.read(|door| with_proposal(door, id, |_, found, _| Ok(found.published.is_some())))?;
    if !published {
        ask.write(|door| preview::order(door, &books, id))?;
        run::ensure(ask.doors(), &books, keeper, id, Kind::Preview);
    }
    Ok(Reply::see(&format!("/rulebook/changes/{id}")))
}

/// POST /rulebook/changes/{proposal}/decide
pub fn submit(ask: &mut Ask) -> Result<Reply, Problem> {
    let id = ask.id("proposal")?;
    let (me, how, note) = (ask.actor()?.staff, ask.form("how").to_owned(), ask.form("note").trim().to_owned());
    let (books, keeper) = (ask.app.books.clone(), ask.actor()?.keeper);
    let (alone, seen) = ask.read(|door| {
        with_proposal(door, id, |door, found, _| {
            let mine = found.proposed.by == me;
            let alone = mine && how == "approved" && desk::alone(door, me)?;
            let book = books.of(door.db, keeper)?;
            let computed = work::find(door.db, keeper, id, Kind::Preview)?;
            let today = door.today();
            let fits = |work: &work::Work| !work.running && work.before_hash == book.hash && work.day == today;
            Ok((alone, computed.as_ref().is_some_and(fits)))
        })
    })?;
    if how == "approved" && !seen {
        let refusal = Refusal::at("how", "影響を計算しなおし、結果を見てから承認してください。");
        return page::draw(ask, vec![refusal], false);
    }
    let told = match how.as_str() {
        "approved" => "承認しました。管理者が公開できます。",
        "declined" => "承認しませんでした。",
        _ => "取り下げました。",
    };
    match put(ask, Body::RulesDecided(Decided { proposal: id, how, by: me, alone, note }))? {
        Submitted::Applied(_) => {
            let notice = Notice { tone: NoticeTone::Done, text: told.to_owned(), link: None, undo: None };
            Ok(Reply::see_told(&format!("/rulebook/changes/{id}"), notice))
        }
        Submitted::Refused(faults) => page::draw(ask, faults, false),
        Submitted::Conflict(_) => Err(Problem::Conflict(Vec::new())),
    }
}

/// POST /rulebook/changes/{proposal}/publish
pub fn publish(ask: &mut Ask) -> Result<Reply, Problem> {
    let id = ask.id("proposal")?;
    let (books, keeper) = (ask.app.books.clone(), ask.actor()?.keeper);
    let command = ask.form("command_id").to_owned();
    if command.is_empty() || command.len() > 80 {
        let refusal = Refusal::new("画面が古くなっています。開きなおしてください。");
        return page::draw(ask, vec![refusal], true);
    }
    // What differs afterwards is then the rules' doing alone, not the date's.
    sync::catch_up_if_due(ask.doors().database(), &books, ask.today())?;
    match ask.write(|door| publish::order(door, &books, id, &command)) {
        Ok(()) => {
            run::ensure(ask.doors(), &books, keeper, id, Kind::Publish);
            Ok(Reply::see(&format!("/rulebook/changes/{id}")))
        }
        Err(Problem::Refused(faults)) => page::draw(ask, faults, true),
        Err(other) => Err(other),
    }
}

/// POST /rulebook/changes/{proposal}/back: the rules as they were before this publication.
pub fn back(ask: &mut Ask) -> Result<Reply, Problem> {
    let id = ask.id("proposal")?;
    let book = ask.book()?;
    let (publication, files) = ask.read(|door| {
        with_proposal(door, id, |_, found, all| {
            let publication = found.published.ok_or(Problem::NotFound)?.event;
            Ok((publication, back_before(all, publication)))
        })
    })?;
    if files.is_empty() {
        let why = Refusal::new("この公開の前の規則が、いまの規則です。戻すものがありません。");
        return receipt::draw(ask, vec![why]);
    }
    let proposed = Proposed {
        rule: String::new(),
        files,
        reason: ask.form("reason").trim().to_owned(),
        base: book.hash.clone(),
        undoes: Some(publication),
    };
    match put(ask, Body::RulesProposed(proposed))? {
        Submitted::Applied(applied) => opened(ask, applied.events.first().copied().unwrap_or_default()),
        Submitted::Refused(faults) => receipt::draw(ask, faults),
        Submitted::Conflict(_) => Err(Problem::Conflict(Vec::new())),
    }
}

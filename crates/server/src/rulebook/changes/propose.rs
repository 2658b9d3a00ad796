//! 「この規則を変える」: the form, and the proposal it becomes.

use casework::{Act, Body, Sensitivity, publication::Proposed};
use rules::Span;

use super::{
    super::{
        library::{Library, Written, current, library_of},
        parts,
        sample::Reckoner,
    },
    desk::office_file,
    preview, run, typed,
    view::{FormPage, Setting},
    work::Kind,
};
use crate::platform::{
    Problem,
    record::{Submitted, submit},
    rulebook::Book,
    web::{Ask, Reply, ask::field_errors, form::Choice},
};

const LABELS: &[(&str, &str)] = &[("how", "変え方"), ("settings", "数"), ("text", "規則の文"), ("reason", "理由")];

/// GET /rulebook/{id}/change
pub fn page(ask: &mut Ask) -> Result<Reply, Problem> {
    let book = ask.book()?;
    let library = library_of(&book)?;
    let written = written(ask, &library)?;
    Reply::page(&draw(ask, Some(written), Vec::new())?)
}

/// GET /rulebook/changes/new: a rule of the town's own.
pub fn new_page(ask: &mut Ask) -> Result<Reply, Problem> {
    Reply::page(&draw(ask, None, Vec::new())?)
}

/// POST /rulebook/{id}/change
pub fn submit_change(ask: &mut Ask) -> Result<Reply, Problem> {
    let book = ask.book()?;
    let library = library_of(&book)?;
    let written = written(ask, &library)?;
    propose(ask, Some(written))
}

/// POST /rulebook/changes/new
pub fn submit_new(ask: &mut Ask) -> Result<Reply, Problem> {
    propose(ask, None)
}

/// The version of today of the rule that the address names.
fn written<'l>(ask: &Ask, library: &'l Library) -> Result<&'l Written, Problem> {
    current(&library.versions(ask.param("id")), ask.today()).ok_or(Problem::NotFound)
}

fn propose(ask: &mut Ask, written: Option<&Written>) -> Result<Reply, Problem> {
    let book = ask.book()?;
    let typed = match typed::read(ask, &book, written) {
        Ok(typed) => typed,
        Err(faults) => return Reply::refused(&draw(ask, written, faults)?),
    };
    let books = ask.app.books.clone();
    let keeper = ask.actor()?.keeper;
    let built = ask.read(|door| Ok(books.with(door.db, keeper, &typed.files)?))?;
    match built {
        Err(broken) => {
            let faults = typed::beside(&broken, &typed, ask.form("how"));
            return Reply::refused(&draw(ask, written, faults)?);
        }
        Ok(after) if after.stamp == book.stamp => {
            let same = crate::platform::Refusal::new("いまの規則と同じ結果になります。変えるところがありません。");
            return Reply::refused(&draw(ask, written, vec![same])?);
        }
        Ok(_) => {}
    }
    let proposed = Proposed {
        rule: typed.rule,
        files: typed.files,
        reason: ask.form("reason").trim().to_owned(),
        base: book.hash.clone(),
        undoes: None,
    };
    match put(ask, Body::RulesProposed(proposed))? {
        Submitted::Applied(applied) => opened(ask, applied.events.first().copied().unwrap_or_default()),
        Submitted::Refused(faults) => Reply::refused(&draw(ask, written, faults)?),
        Submitted::Conflict(_) => Err(Problem::Conflict(Vec::new())),
    }
}

/// Puts something into the office's own file under the form's command id.
///
/// # Errors
/// If the database fails.
pub fn put(ask: &Ask, body: Body) -> Result<Submitted, Problem> {
    let file = ask.write(|door| Ok(office_file(door)?))?;
    let act = Act::Record {
        file,
        episode: None,
        day: Span::on(ask.today()),
        source: String::from("own"),
        sensitivity: Sensitivity::Ordinary,
        body,
    };
    submit(ask, act)
}

/// A new proposal is computed at once, and its page opens.
///
/// # Errors
/// If the database fails.
pub fn opened(ask: &Ask, proposal: i64) -> Result<Reply, Problem> {
    let books = &ask.app.books;
    ask.write(|door| preview::order(door, books, proposal))?;
    run::ensure(ask.doors(), books, ask.actor()?.keeper, proposal, Kind::Preview);
    Ok(Reply::see(&format!("/rulebook/changes/{proposal}")))
}

fn draw(ask: &mut Ask, written: Option<&Written>, faults: typed::Faults) -> Result<FormPage, Problem> {
    let book = ask.book()?;
    let (title, here, back) = match written {
        Some(w) => (
            format!("「{}」を変える", w.file.title),
            format!("/rulebook/{}/change", w.file.id),
            format!("/rulebook/{}", w.file.id),
        ),
        None => (
            String::from("この市町村だけの規則を加える"),
            String::from("/rulebook/changes/new"),
            String::from("/rulebook/changes"),
        ),
    };
    let frame = ask.frame(&title, "/rulebook")?;
    let mut form = ask.draw_form(&here, &back)?;
    form.errors = field_errors(&faults, LABELS);
    let own = written.and_then(|w| typed::own_file(&book, &w.file.id));
    // The town's own rule is one text: its numbers are changed in it.
    let local = written.filter(|w| w.is_local());
    let settings = written.filter(|_| local.is_none()).map(|w| settings(&form, &book, w)).unwrap_or_default();
    if form.values.is_empty() {
        let how = if settings.is_empty() { "text" } else { "settings" };
        form.values.push((String::from("how"), String::from(how)));
        let text = own.map(|(_, text)| text.to_owned()).or_else(|| local.map(|w| w.text.clone()));
        let text = text.or_else(|| written.map(skeleton)).unwrap_or_default();
        form.values.push((String::from("text"), text));
    }
    Ok(FormPage {
        frame,
        form,
        title,
        back_url: back,
        town: book.town.clone(),
        hows: hows(!settings.is_empty(), own.is_some()),
        settings_about: written.map(|w| w.comment_above("[settings]")).unwrap_or_default(),
        settings,
        unfit: unfit(&book),
    })
}

/// Why the office's own rules are not in force, if they are not.
pub fn unfit(book: &Book) -> Vec<String> {
    book.unfit.iter().flat_map(|unfit| unfit.broken.iter().map(ToString::to_string)).collect()
}

fn hows(settings: bool, own: bool) -> Vec<Choice> {
    let mut hows = Vec::new();
    let mut add = |value: &str, label: &str, hint: &str| {
        hows.push(Choice { value: value.into(), label: label.into(), hint: hint.into() });
    };
    if settings {
        add("settings", "数だけを変える", "下の表の値を使います");
    }
    add(
        "text",
        "規則の文を書く",
        "市町村の変更、新しい施行日の版（valid_from）、終わりの日（valid_to）、市町村だけの規則",
    );
    if own {
        add("back", "市町村の変更をやめる", "国の規則のとおりに戻します");
    }
    hows
}

fn skeleton(written: &Written) -> String {
    format!("id = \"{}\"\nbecause = \"\"\n", written.file.id)
}

fn settings(form: &crate::platform::web::form::Form, book: &Book, written: &Written) -> Vec<Setting> {
    let now = super::super::page::reckoner(book, written);
    let rows = parts::settings(&written.file, Reckoner { settings: &now });
    rows.into_iter()
        .map(|mut row| {
            row.uses.dedup();
            let field = format!("set_{}", row.name);
            let typed = form.values.iter().find(|(name, _)| *name == field).map(|(_, text)| text.clone());
            Setting {
                national: written.file.settings.get(&row.name).copied().unwrap_or_default(),
                now: row.value,
                typed: typed.unwrap_or_else(|| row.value.to_string()),
                uses: row.uses,
                name: row.name,
                field,
            }
        })
        .collect()
}

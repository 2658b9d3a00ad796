//! `GET /postings/new`: 発送前の確認. Everybody by name in three groups, before anything goes.

use std::collections::BTreeMap;

use casework::contact::posting::{Finding, Group};
use rules::{Day, Rulebook, wareki};

use super::check::{self, Checked, Question};
use super::view::{NewPage, Row};
use super::whom::{MOST, Whom};
use crate::intake::imports::{summary::grouped, view::Count};
use crate::persons::told::found_word;
use crate::platform::door::Looked;
use crate::platform::web::{Ask, Reply, ask::field_errors, view::Link};
use crate::platform::{Problem, Refusal, rulebook, store::sync};
use crate::subject::{choices, preset};

/// What a posting is.
pub const KINDS: &[(&str, &str)] = &[
    ("invited", "案内・勧奨（はじめて）"),
    ("invited_again", "再案内・再勧奨（2回目から）"),
    ("notice", "お知らせ（案内として数えません）"),
];

/// What was typed about the persons, and what has changed about them since.
#[derive(Clone, Debug, Default)]
pub struct Typed {
    /// By file: `send` or `hold`, the reason, and what is missing.
    pub persons: BTreeMap<i64, (String, String, String)>,
    /// Those of whom something new was found, with that.
    pub changed: BTreeMap<i64, Vec<Finding>>,
}

/// The page.
///
/// # Errors
/// If the database fails.
pub fn page(ask: &mut Ask) -> Result<Reply, Problem> {
    sync::catch_up_if_due(ask.doors().database(), &ask.app.books, ask.today())?;
    let whom = Whom::read(ask);
    let mut more = false;
    let checked = ask.read(|door| {
        let mut files = whom.files(door)?;
        more = files.len() > MOST;
        files.truncate(MOST);
        let asked = Question { title: "", service: whom.service(), posting: None };
        let mut checked = check::people(door, &files, &asked)?;
        // A line that rests on what not everybody may know of is decided one by one.
        checked.retain(|c| c.open || matches!(whom, Whom::Person { .. }));
        let files: Vec<i64> = checked.iter().map(|c| c.file).collect();
        door.log_reading(Looked::List, "posting", &files);
        Ok(checked)
    })?;
    if checked.is_empty() && matches!(whom, Whom::Person { .. }) {
        return Err(Problem::NotFound);
    }
    let service = whom.service();
    if !service.is_empty() && rulebook::title(&*ask.book()?, service) == service {
        // No rule and no act has such a name.
        return Err(Problem::NotFound);
    }
    let mut page = draw(ask, &whom, &checked, &Typed::default(), &[])?;
    if more {
        page.note = format!(
            "一度に発送するのは{MOST}人までです。はじめの{MOST}人を出しています。残りは、地区などでしぼって次の発送にしてください。"
        );
    }
    Reply::page(&page)
}

/// The page as everybody stands, with what was typed and what is wrong.
///
/// # Errors
/// If the page cannot be drawn.
pub fn draw(
    ask: &mut Ask,
    whom: &Whom,
    checked: &[Checked],
    typed: &Typed,
    refusals: &[Refusal],
) -> Result<NewPage, Problem> {
    let book = ask.book()?;
    let frame = ask.frame("発送前の確認", "/settlings")?;
    let (back, word) = whom.back();
    let mut form = ask.draw_form("/postings", &back)?;
    form.errors = field_errors(refusals, &[("title", "件名"), ("kind", "種類"), ("day", "発送日"), ("send", "送る人")]);
    if !whom.service().is_empty() {
        preset(&mut form, "title", &format!("{}　案内はがき", rulebook::open_title(&book, whom.service())));
    }
    preset(&mut form, "day", "きょう");
    let drawn_again = !typed.persons.is_empty() || !refusals.is_empty();
    let row = |c: &Checked| row(c, typed, drawn_again);
    let of = |group: Group| -> Vec<Row> { checked.iter().filter(|c| c.group() == group).map(row).collect() };
    let (stop, judge, send) = (of(Group::Stop), of(Group::Judge), of(Group::Send));
    let count =
        |label: &str, n: usize, note: &str| Count { label: label.into(), number: grouped(n as u64), note: note.into() };
    let mut fields = whom.fields();
    // What was shown of each: at the moment of the posting everybody is compared with it.
    fields.extend(checked.iter().map(|c| (String::from("seen"), seen(c))));
    Ok(NewPage {
        frame,
        from: whom.told(&book, ask.today()),
        back: Link { label: word.to_owned(), url: back },
        counts: vec![
            count("送る", send.len(), ""),
            count("判断が要る", judge.len(), "一人ずつ決めます"),
            count("送らない", stop.len(), ""),
        ],
        changed: checked
            .iter()
            .filter_map(|c| {
                let why = typed.changed.get(&c.file)?;
                Some(Row { why: why.iter().map(found_word).collect(), ..row(c) })
            })
            .collect(),
        note: if checked.is_empty() {
            String::from("この条件で、発送できる対応のある人はいません。")
        } else {
            String::new()
        },
        stop,
        judge,
        send,
        kinds: choices(KINDS),
        answer: answer(&book, whom.service(), ask.today()),
        fields,
        form,
    })
}

/// What an invitation of today does to the open lines, said before it goes.
fn answer(book: &Rulebook, service: &str, today: Day) -> String {
    let Some(rule) = book.rule(service) else { return String::new() };
    match rule.waits_for("invited", today) {
        Some((check, what)) => format!(
            "案内・再案内として送ると、送った人の対応は{what}の日まで「予定」になります（きょう送れば{}。対象の最後の日は越えません）。\
             終わりにはなりません。返戻になった人と送らない人の対応は残ります。お知らせでは変わりません。",
            wareki::short(check)
        ),
        None if rule.tier == 1 => String::from(
            "この事業は一人ずつ決めるもの（個別判断）なので、案内を送っても「今日の対応」に残ります。再案内から返事を待つ期限が数えられる健診では、その期限に変わります。",
        ),
        None => String::new(),
    }
}

/// `12=moved:20404,two_homes`
fn seen(c: &Checked) -> String {
    let marks: Vec<String> = c.found.iter().map(Finding::mark).collect();
    format!("{}={}", c.file, marks.join(","))
}

fn row(c: &Checked, typed: &Typed, drawn_again: bool) -> Row {
    let (choice, reason, wrong) = typed.persons.get(&c.file).cloned().unwrap_or_default();
    let sends = c.group() == Group::Send && !drawn_again;
    Row {
        file: c.file,
        name: c.name.clone(),
        url: format!("/persons/{}", c.file),
        about: c.about.clone(),
        to: to(c),
        protected: c.protected,
        why: c.found.iter().map(found_word).collect(),
        choice: if sends { String::from("send") } else { choice },
        reason,
        wrong,
    }
}

/// Whom the envelope names.
pub fn to(c: &Checked) -> &'static str {
    if c.guardian { "保護者" } else { "本人" }
}

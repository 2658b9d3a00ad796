//! The end of a pregnancy without a living birth. Few questions, calm words; all invitations stop at once, her own
//! rights stay (practice.md §5: lists say only 「妊娠終了」).

use casework::{Body, Person};

use crate::subject::Opened;
use crate::{
    contacts::postings::stop,
    persons::{
        sheet::{self, Sheet, field, hinted, keep, number, recording},
        view::SheetKind,
    },
    platform::{
        Problem,
        record::Submitted,
        typed,
        web::{Ask, Reply},
    },
};

fn draw(ask: &mut Ask, why: Option<Submitted>) -> Result<Reply, Problem> {
    let file = ask.id("id")?;
    let opened = ask.read(|door| Opened::of(door, file))?;
    open_episode(&opened).ok_or(Problem::NotFound)?;
    let fields = vec![
        field("day", "妊娠が終わった日", "必須", SheetKind::Day),
        hinted("weeks", "そのときの週数", "任意", "分からないときは空けておきます。", SheetKind::Number("週")),
        hinted("note", "ご本人の様子・必要な支援", "任意", "書ける範囲でかまいません。", SheetKind::Words),
    ];
    let sheet = Sheet::of(file, "pregnancies/end", "妊娠の終了を記録", "記録する", fields)
        .about("この妊娠についての案内・連絡の予定は、記録したときからすべて止まります。")
        .about("ご本人への支援（産後ケア、相談、休暇など）は続きます。一覧には「妊娠終了」とだけ表示します。");
    sheet::draw(ask, Some(&opened), sheet, why)
}

fn open_episode(opened: &Opened) -> Option<i32> {
    let story = opened.story();
    Person::read(&story).episodes.iter().rev().find(|e| e.is_open()).map(|e| e.no)
}

/// GET /persons/{id}/pregnancies/end
pub fn page(ask: &mut Ask) -> Result<Reply, Problem> {
    draw(ask, None)
}

/// POST /persons/{id}/pregnancies/end
pub fn record(ask: &mut Ask) -> Result<Reply, Problem> {
    let file = ask.id("id")?;
    let mut wrong = Vec::new();
    let day = keep(&mut wrong, typed::span(ask, "day"));
    let weeks = keep(&mut wrong, number::<u8>(ask, "weeks", "9")).flatten();
    let opened = ask.read(|door| Opened::of(door, file))?;
    // Sent twice, the pregnancy is closed already: the same command finds what it did.
    let episode = open_episode(&opened).or_else(|| last_episode(&opened)).ok_or(Problem::NotFound)?;
    let Some(day) = day.filter(|_| wrong.is_empty()) else { return draw(ask, Some(Submitted::Refused(wrong))) };
    let note = ask.form("note").trim().to_owned();
    let act = recording(file, Some(episode), day, Body::PregnancyEnded { weeks, note });
    let told = format!("妊娠の終了を記録しました。案内は止まりました。{}", stop::in_the_post(ask, file)?);
    match sheet::submit(ask, file, act, &told, true)? {
        Ok(reply) => Ok(reply),
        Err(why) => draw(ask, Some(why)),
    }
}

fn last_episode(opened: &Opened) -> Option<i32> {
    let story = opened.story();
    Person::read(&story).episodes.last().map(|e| e.no)
}

//! 発送停止: no letters to a person from a day on, for a reason; and what was in the post when somebody was lost.

use casework::{Body, Story, contact::posting};
use rules::{Day, wareki};

use crate::persons::{
    sheet::{self, Sheet, field, hinted, keep, recording},
    view::SheetKind,
};
use crate::platform::record::Submitted;
use crate::platform::web::{Ask, Reply, view::Link};
use crate::platform::{Problem, Refusal, typed};
use crate::subject::Opened;
use crate::today::lines::setting;

fn form(ask: &mut Ask, file: i64, why: Option<Submitted>) -> Result<Reply, Problem> {
    let opened = ask.read(|door| Opened::of(door, file))?;
    let now = told(&opened.story(), file, ask.today());
    let fields = vec![
        field("day", "いつから", "必須", SheetKind::Day),
        field("until", "いつまで", "任意", SheetKind::Day),
        hinted("note", "理由", "必須", "例 ご本人から、案内は送らないでほしいと電話があった", SheetKind::Words),
    ];
    let mut sheet = Sheet::of(file, "letters/stop", "発送停止", "発送を止める", fields)
        .about("この方あての発送（はがき・封書の一斉発送）を止めます。終わりの日がなければ、取り消すか終わりの日を入れるまで続きます。")
        .about("死亡と妊娠終了は、記録するだけで発送が止まります。")
        .preset("day", "きょう");
    if let Some((text, _)) = now {
        sheet = sheet.about(&format!("いま、{text}。"));
    }
    sheet::draw(ask, Some(&opened), sheet, why)
}

/// GET /persons/{id}/letters/stop
///
/// # Errors
/// Not found, or if the database fails.
pub fn page(ask: &mut Ask) -> Result<Reply, Problem> {
    let file = ask.id("id")?;
    form(ask, file, None)
}

/// POST /persons/{id}/letters/stop
///
/// # Errors
/// Not found, or if the database fails.
pub fn post(ask: &mut Ask) -> Result<Reply, Problem> {
    let file = ask.id("id")?;
    let mut wrong = Vec::new();
    let day = keep(&mut wrong, typed::span(ask, "day"));
    let until = keep(&mut wrong, typed::day(ask, "until")).flatten();
    let note = ask.form("note").trim().to_owned();
    if note.is_empty() {
        wrong.push(Refusal::at("note", "理由を入力してください。"));
    }
    let Some(day) = day.filter(|_| wrong.is_empty()) else {
        return form(ask, file, Some(Submitted::Refused(wrong)));
    };
    let act = recording(file, None, day, Body::Period { name: String::from(posting::STOP), until, note });
    match sheet::submit(ask, file, act, "発送停止にしました。", true)? {
        Ok(reply) => Ok(reply),
        Err(why) => form(ask, file, Some(why)),
    }
}

/// 「R8.11.1から発送停止（理由）」 with the page that ends it; for the top of a person's page.
pub fn told(story: &Story<'_>, file: i64, day: Day) -> Option<(String, Link)> {
    let stop = posting::stopped(story, day)?;
    let Body::Period { until, note, .. } = stop.body else { return None };
    let end = until.map(|until| format!("{}まで", wareki::short(until))).unwrap_or_default();
    let text = format!("{}から{end}発送停止（{note}）", wareki::short(stop.day.lo));
    let url = format!("/persons/{file}/events/{}/correct", stop.root);
    Some((text, Link { label: String::from("終わりの日を入れる"), url }))
}

/// 「11月20日に「MR第2期 案内はがき」を発送ずみです。」: said when a loss is recorded, so that somebody may call ahead of the
/// letter. Empty if nothing is on its way.
///
/// # Errors
/// Not found, or if the database fails.
pub fn in_the_post(ask: &Ask, file: i64) -> Result<String, Problem> {
    ask.read(|door| {
        let days = setting(door, "posting_again_days")?.and_then(|v| v.parse().ok()).unwrap_or(30);
        let opened = Opened::of(door, file)?;
        let story = opened.story();
        let recent = posting::letters(&story).rev().filter(|(e, _)| e.day.hi.plus(days) >= door.today());
        let told = recent.map(|(e, sent)| {
            let (_, month, date) = e.day.hi.ymd();
            format!("{month}月{date}日に「{}」を発送ずみです。", sent.title)
        });
        Ok(told.collect())
    })
}

//! 訂正, 取消 and 抹消 of one recorded event.

use casework::{Act, Body, Permission, Person, View, fold};
use rules::Span;

use super::{
    fields::{self, changed, correctable, withdrawable},
    view::{CorrectionPage, WithdrawalPage},
};
use crate::subject::{Opened, choices};
use crate::{
    persons::{
        bar::link,
        page::words,
        sheet::{self, Sheet, hinted, put},
        view::SheetKind,
    },
    platform::{
        Door, Problem, Refusal,
        record::{self, Submitted},
        store::events_of,
        web::{Ask, Reply},
    },
};

/// A record as its reader may see it, and as it is stored.
pub(super) struct Found {
    pub(super) opened: Opened,
    pub(super) title: String,
    /// Label and text, masked.
    pub(super) original: Vec<(String, String)>,
    pub(super) day: Span,
    /// Masked.
    pub(super) shown: Body,
    /// As stored: a correction keeps what its author was not shown.
    pub(super) stored: Body,
}

/// The record that now stands for its first event. Hidden, erased and unknown records are not there.
pub(super) fn found(ask: &Ask) -> Result<Found, Problem> {
    let (file, event) = (ask.id("id")?, ask.id("event")?);
    let book = ask.book()?;
    ask.read(|door| {
        let opened = Opened::of(door, file)?;
        if !opened.events.events.iter().any(|e| e.id == event && e.corrects.is_none() && e.body.is_some()) {
            return Err(Problem::NotFound);
        }
        let (title, original, day, shown) =
            {
                let story = opened.story();
                let person = Person::read(&story);
                let Some(entry) = story.entries.iter().find(|e| e.root == event) else {
                    return Err(Refusal::new("この記録は、すでに取り消されています。").into());
                };
                let words = words(door, &book, &opened, &person)?;
                let mut original = vec![(String::from("いつ"), fields::day_text(entry.day))];
                original.extend(words.facts(entry.body).into_iter().map(|(label, text)| {
                    (if label.is_empty() { String::from("内容") } else { label.to_owned() }, text)
                }));
                (words.title(entry.body), original, entry.day, entry.body.clone())
            };
        let stored = stored(door, file, event)?;
        Ok(Found { opened, title, original, day, shown, stored })
    })
}

fn stored(door: &mut Door<'_>, file: i64, event: i64) -> Result<Body, Problem> {
    let of = events_of(door.db, file)?;
    let story = fold(&of.events, View { withdrawn: &of.withdrawn, ..View::default() });
    let entry = story.entries.iter().find(|e| e.root == event);
    entry.map(|e| e.body.clone()).ok_or(Problem::NotFound)
}

/// GET /persons/{id}/events/{event}/correct
pub fn correct_page(ask: &mut Ask) -> Result<Reply, Problem> {
    draw_correction(ask, None)
}

fn draw_correction(ask: &mut Ask, why: Option<Submitted>) -> Result<Reply, Problem> {
    let found = found(ask)?;
    if !correctable(&found.shown) {
        return Err(Problem::NotFound);
    }
    let (file, event) = (found.opened.file, ask.id("event")?);
    let sheet = fields::sheet(found.day, &found.shown, found.opened.protected);
    let mut form =
        ask.draw_form(&format!("/persons/{file}/events/{event}/correct"), &format!("/persons/{file}#e-{event}"))?;
    if form.values.is_empty() {
        form.values = sheet.values;
    }
    let labels: Vec<(&str, &str)> = sheet.fields.iter().map(|f| (f.name.as_str(), f.label.as_str())).collect();
    let status = put(&mut form, why, &labels, Some(&found.opened));
    sheet::echo(&mut form, std::iter::once("day"), ask);
    let effect = match found.shown {
        Body::PregnancyNotified(_) => "分娩予定日を直すと、妊婦健診などの期限も変わります。",
        Body::Born(_) | Body::Resident(_) => "生年月日を直すと、健診や予防接種の期限も変わります。",
        _ => "",
    };
    let page = CorrectionPage {
        frame: ask.frame("記録を訂正", "")?,
        subject: found.opened.subject(ask.today()),
        form,
        original: found.original,
        original_title: found.title,
        fields: sheet.fields,
        reasons: Vec::new(),
        effect: effect.to_owned(),
    };
    Ok(Reply::page(&page)?.status(status))
}

/// POST /persons/{id}/events/{event}/correct
pub fn correct(ask: &mut Ask) -> Result<Reply, Problem> {
    let found = found(ask)?;
    if !correctable(&found.shown) {
        return Err(Problem::NotFound);
    }
    let (file, event) = (found.opened.file, ask.id("event")?);
    let (day, body) = match changed(ask, found.day, (&found.stored, &found.shown), found.opened.protected) {
        Ok(changed) => changed,
        Err(wrong) => return draw_correction(ask, Some(Submitted::Refused(wrong))),
    };
    if day == found.day && body == found.stored {
        let same = Refusal::new("変わったところがありません。直すところを入力してください。");
        return draw_correction(ask, Some(Submitted::Refused(vec![same])));
    }
    let told = format!("{}の記録を訂正しました。", found.title);
    match sheet::submit(ask, file, Act::Correct { file, event, day, body }, &told, false)? {
        Ok(reply) => Ok(reply),
        Err(why) => draw_correction(ask, Some(why)),
    }
}

const REASONS: &[(&str, &str)] = &[
    ("mistake", "誤って記録した"),
    ("person", "人の取り違え"),
    ("double", "二重に記録した"),
    ("undone", "行われなかった"),
    ("other", "その他"),
];

/// GET /persons/{id}/events/{event}/withdraw
pub fn withdraw_page(ask: &mut Ask) -> Result<Reply, Problem> {
    draw_withdrawal(ask, None)
}

fn draw_withdrawal(ask: &mut Ask, why: Option<Submitted>) -> Result<Reply, Problem> {
    let found = found(ask)?;
    if !withdrawable(&found.shown) {
        return Err(Refusal::new("この記録は取り下げられません。訂正するか、取込の取消を使ってください。").into());
    }
    let (file, event) = (found.opened.file, ask.id("event")?);
    let mut form =
        ask.draw_form(&format!("/persons/{file}/events/{event}/withdraw"), &format!("/persons/{file}#e-{event}"))?;
    let labels = [("reason", "取り下げる理由"), ("reason_note", "説明")];
    let status = put(&mut form, why, &labels, Some(&found.opened));
    let may_erase = ask.actor()?.role.may(Permission::Erase);
    let page = WithdrawalPage {
        frame: ask.frame("記録を取り下げる", "")?,
        subject: found.opened.subject(ask.today()),
        form,
        original: found.original,
        original_title: found.title,
        reasons: choices(REASONS),
        effects: vec![String::from("この記録で済んだ対応があれば、もう一度「対応すること」に出ます。")],
        erase: may_erase
            .then(|| link("この方の記録ではないので抹消する", &format!("/persons/{file}/events/{event}/erase"))),
    };
    Ok(Reply::page(&page)?.status(status))
}

/// POST /persons/{id}/events/{event}/withdraw: the form above, and the undo button (which asks nothing).
pub fn withdraw(ask: &mut Ask) -> Result<Reply, Problem> {
    let (file, event) = (ask.id("id")?, ask.id("event")?);
    let undo = ask.form("command_id") == format!("undo-{event}");
    if !may_take_back(ask, file, event, undo)? {
        return Err(Problem::NotFound);
    }
    let reason = match reason(ask) {
        Some(reason) => reason,
        None if undo => String::from("記録した直後に取り消し"),
        None => {
            let wrong = Refusal::at("reason", "取り下げる理由を選んでください。");
            return draw_withdrawal(ask, Some(Submitted::Refused(vec![wrong])));
        }
    };
    if !undo {
        if !withdrawable(&found(ask)?.shown) {
            return draw_withdrawal(ask, None);
        }
    } else {
        // Pressed twice, the record is gone already; but it must be one the presser may know of.
        ask.read(|door| {
            let opened = Opened::of(door, file)?;
            let known = opened.events.events.iter().any(|e| e.id == event && e.corrects.is_none());
            if known { Ok(()) } else { Err(Problem::NotFound) }
        })?;
    }
    let act = Act::Withdraw { file, event, reason };
    match record::submit(ask, act)? {
        Submitted::Applied(_) => {
            let back = ask.return_to(&format!("/persons/{file}"));
            Ok(Reply::see_told(&back, record::told("取り消しました。記録は取り消し線を引いて残ります。", None, &back)))
        }
        Submitted::Refused(wrong) if undo => Err(Problem::Refused(wrong)),
        other => draw_withdrawal(ask, Some(other)),
    }
}

/// Whoever may correct; and everybody their own record of a moment ago, by the undo button.
fn may_take_back(ask: &Ask, file: i64, event: i64, undo: bool) -> Result<bool, Problem> {
    const MOMENT_US: i64 = 12 * 3_600_000_000;
    let actor = ask.actor()?;
    let opened = ask.read(|door| Opened::of(door, file))?;
    // 秘匿 ends by somebody else's decision: taken back it is by its author only, as a slip.
    let shield = |e: &casework::Event| e.id == event && matches!(e.body, Some(Body::Protection { on: true, .. }));
    if actor.role.may(Permission::Correct) && !opened.events.events.iter().any(shield) {
        return Ok(true);
    }
    let since = ask.now() - MOMENT_US;
    let own = opened.events.events.iter().find(|e| e.id == event && e.actor == actor.staff);
    Ok(undo && own.is_some_and(|e| e.recorded_at >= since))
}

fn reason(ask: &Ask) -> Option<String> {
    let chosen = REASONS.iter().find(|(code, _)| *code == ask.form("reason")).map(|(_, label)| *label)?;
    let note = ask.form("reason_note").trim();
    Some(if note.is_empty() { chosen.to_owned() } else { format!("{chosen}：{note}") })
}

fn draw_erasure(ask: &mut Ask, why: Option<Submitted>) -> Result<Reply, Problem> {
    let found = found(ask)?;
    let (file, event) = (found.opened.file, ask.id("event")?);
    let fields = vec![hinted(
        "reason",
        "理由",
        "必須",
        "例 別の家庭の記録だった、保存期間が満了した。消す内容そのものは書かないでください。",
        SheetKind::Text,
    )];
    let sheet = Sheet {
        original: found.original,
        ..Sheet::of(file, &format!("events/{event}/erase"), "記録を抹消", "抹消する", fields)
    }
    .about("内容を完全に消します。元に戻せません。いつ、だれが、なぜ抹消したかだけが残ります。")
    .about("書きまちがいは「訂正」、行われなかったことは「取下げ」を使ってください。");
    sheet::draw(ask, Some(&found.opened), sheet, why)
}

/// GET /persons/{id}/events/{event}/erase
pub fn erase_page(ask: &mut Ask) -> Result<Reply, Problem> {
    draw_erasure(ask, None)
}

/// POST /persons/{id}/events/{event}/erase
pub fn erase(ask: &mut Ask) -> Result<Reply, Problem> {
    let (file, event) = (ask.id("id")?, ask.id("event")?);
    let reason = ask.form("reason").trim().to_owned();
    if reason.is_empty() {
        let wrong = Refusal::at("reason", "理由を入力してください。理由のない抹消はできません。");
        return draw_erasure(ask, Some(Submitted::Refused(vec![wrong])));
    }
    let visible = ask.read(|door| {
        let opened = Opened::of(door, file)?;
        Ok(opened.events.events.iter().any(|e| e.id == event))
    })?;
    if !visible {
        return Err(Problem::NotFound);
    }
    match sheet::submit(ask, file, Act::Erase { file, event, reason }, "記録を抹消しました。", false)? {
        Ok(reply) => Ok(reply),
        Err(why) => draw_erasure(ask, Some(why)),
    }
}

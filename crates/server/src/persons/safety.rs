//! 連絡上の注意 and 秘匿: set by whoever learns of it, at once (practice.md §5); 秘匿 is ended by somebody else's decision.

use casework::{
    Act, Body, Permission, Person, View,
    body::Caution,
    fold,
    protection::{self, Decider},
};
use rules::{Day, Span, counting, wareki};

use super::{
    sheet::{self, Sheet, field, hinted, keep, radios, recording},
    view::SheetKind,
};
use crate::platform::{
    Problem, Refusal,
    mask::words::restored,
    record::{self, Submitted},
    store::events_of,
    typed,
    web::{Ask, Reply},
};
use crate::{rulebook::changes::desk::nobody_else, subject::Opened, today::lines::setting};

const ALLOWED: &[(&str, &str)] = &[("yes", "よい"), ("no", "しない"), ("", "決まっていない")];

fn caution_form(ask: &mut Ask, file: i64, why: Option<Submitted>) -> Result<Reply, Problem> {
    let opened = ask.read(|door| Opened::of(door, file))?;
    let now = {
        let story = opened.story();
        Person::read(&story).caution.cloned().unwrap_or_default()
    };
    let fields = vec![
        field("voicemail", "留守番電話に残す", "", radios(ALLOWED)),
        field("sms", "SMSを送る", "", radios(ALLOWED)),
        field("absence_card", "不在票を入れる", "", radios(ALLOWED)),
        field("mail", "郵便を送る", "", radios(ALLOWED)),
        hinted("introduce", "名のり方", "任意", "例 「市役所の佐藤です」", SheetKind::Text),
        hinted("speak_to", "話してよい相手", "任意", "例 本人のみ", SheetKind::Text),
        hinted("times", "時間帯", "任意", "例 平日10時〜15時", SheetKind::Text),
        field("note", "そのほか", "任意", SheetKind::Words),
    ];
    let allowed = |yes: Option<bool>| match yes {
        Some(true) => "yes",
        Some(false) => "no",
        None => "",
    };
    let sheet = Sheet::of(file, "caution", "連絡上の注意", "設定する", fields)
        .about("この方のすべての画面のいちばん上に表示します。前の内容は、経過の記録に残ります。")
        .preset("voicemail", allowed(now.voicemail))
        .preset("sms", allowed(now.sms))
        .preset("absence_card", allowed(now.absence_card))
        .preset("mail", allowed(now.mail))
        .preset("introduce", now.introduce)
        .preset("speak_to", now.speak_to)
        .preset("times", now.times)
        .preset("note", now.note);
    sheet::draw(ask, Some(&opened), sheet, why)
}

/// GET /persons/{id}/caution
pub fn caution(ask: &mut Ask) -> Result<Reply, Problem> {
    let file = ask.id("id")?;
    caution_form(ask, file, None)
}

/// POST /persons/{id}/caution
pub fn set_caution(ask: &mut Ask) -> Result<Reply, Problem> {
    let file = ask.id("id")?;
    let allowed = |name: &str| match ask.form(name) {
        "yes" => Some(true),
        "no" => Some(false),
        _ => None,
    };
    let (shown, stored) = ask.read(|door| {
        let opened = Opened::of(door, file)?;
        let shown = Person::read(&opened.story()).caution.cloned().unwrap_or_default();
        let of = events_of(door.db, opened.file)?;
        let story = fold(&of.events, View { withdrawn: &of.withdrawn, ..View::default() });
        Ok::<_, Problem>((shown, Person::read(&story).caution.cloned().unwrap_or_default()))
    })?;
    // What its author was not shown (秘匿) stays as it was.
    let text = |name: &str, of: fn(&Caution) -> &str| restored(ask.form(name).trim(), of(&shown), of(&stored));
    let caution = Caution {
        voicemail: allowed("voicemail"),
        sms: allowed("sms"),
        absence_card: allowed("absence_card"),
        mail: allowed("mail"),
        introduce: text("introduce", |c| &c.introduce),
        speak_to: text("speak_to", |c| &c.speak_to),
        times: text("times", |c| &c.times),
        note: text("note", |c| &c.note),
    };
    let act = recording(file, None, Span::on(ask.today()), Body::Caution(caution));
    match sheet::submit(ask, file, act, "連絡上の注意を設定しました。", true)? {
        Ok(reply) => Ok(reply),
        Err(why) => caution_form(ask, file, Some(why)),
    }
}

/// What the page has to know of what stands.
struct Shield {
    opened: Opened,
    /// What was set here and stands: by which source, and when it is looked at again.
    standing: Vec<(String, Day)>,
    by_register: bool,
    by: Decider,
    proposed: Day,
}

/// What stands is read past the mask: whether somebody is protected is decided on everything that is recorded.
fn shield(ask: &Ask, file: i64) -> Result<Shield, Problem> {
    ask.read(|door| {
        let opened = Opened::of(door, file)?;
        let of = events_of(door.db, opened.file)?;
        let story = fold(&of.events, View { withdrawn: &of.withdrawn, ..View::default() });
        let standing = protection::standing(&story);
        let actor = door.actor.staff;
        let set_it = |s: &protection::Standing<'_>| of.events.iter().any(|e| e.id == s.event && e.actor == actor);
        let alone = setting(door, "protection_alone")?.as_deref() == Some("1")
            && nobody_else(door, actor, Permission::EndProtection)?;
        let months = setting(door, "protection_review_months")?.and_then(|v| v.parse().ok());
        Ok(Shield {
            by: Decider {
                may: door.actor.role.may(Permission::EndProtection),
                set_it: standing.iter().any(set_it),
                alone,
            },
            standing: standing.iter().map(|s| (s.source.to_owned(), s.review)).collect(),
            by_register: protection::by_register(&story),
            proposed: counting::after_months(door.today(), months.unwrap_or(protection::REVIEW_MONTHS)),
            opened,
        })
    })
}

fn protection_form(ask: &mut Ask, file: i64, why: Option<Submitted>) -> Result<Reply, Problem> {
    let shield = shield(ask, file)?;
    let set = !shield.standing.is_empty();
    let may_end = shield.by.alone || (shield.by.may && !shield.by.set_it);
    let ways: &[(&str, &str)] = match set {
        true if !may_end => &[("1", "秘匿を続ける")],
        true => &[("1", "秘匿を続ける"), ("0", "解除する（統括支援員・センター長の決定）")],
        false => &[("1", "表示しない（秘匿）")],
    };
    let fields = vec![
        field("on", "住所・電話・地区・場所の表示", "必須", radios(ways)),
        hinted(
            "note",
            "理由",
            "必須",
            "だれから、いつ聞いたか。支援措置の有無。解除のときは、その根拠（400字まで）。",
            SheetKind::Words,
        ),
        field(
            "review_on",
            if set { "次の見直し日（続けるとき）" } else { "見直し日" },
            if set { "" } else { "必須" },
            SheetKind::Day,
        ),
    ];
    let title = if set { "秘匿の見直し" } else { "秘匿の設定" };
    let mut sheet = Sheet::of(file, "protection", title, if set { "記録する" } else { "設定する" }, fields)
        .preset("on", "1")
        .preset("review_on", wareki::short(shield.proposed));
    if let Some((_, review)) = shield.standing.last() {
        sheet = sheet
            .about(&format!(
                "秘匿を設定しています。見直し日は{}です。過ぎても、決定があるまで秘匿は続きます。",
                wareki::long(*review)
            ))
            .about("解除は、設定した人とは別の統括支援員かセンター長・係長が、理由を付けて決めます。");
    } else {
        sheet = sheet.about("画面・一覧・検索・印刷・書き出しのすべてで、すぐに表示しなくなります。住基の支援措置を待たずに設定できます。");
    }
    if shield.by_register {
        sheet = sheet.about("住民記録から届いた支援措置があります。期間は1年で、本人の申出で延長されます。ここでは解除されず、住民記録で終わるまで続きます。");
    }
    sheet::draw(ask, Some(&shield.opened), sheet, why)
}

/// GET /persons/{id}/protection
pub fn protection(ask: &mut Ask) -> Result<Reply, Problem> {
    let file = ask.id("id")?;
    protection_form(ask, file, None)
}

/// POST /persons/{id}/protection
pub fn set_protection(ask: &mut Ask) -> Result<Reply, Problem> {
    let file = ask.id("id")?;
    match ask.form("on") {
        "1" => keep_protection(ask, file),
        "0" => end_protection(ask, file),
        _ => {
            let wrong = Refusal::at("on", "秘匿にするかどうかを選んでください。");
            protection_form(ask, file, Some(Submitted::Refused(vec![wrong])))
        }
    }
}

/// Sets it or goes on with it: at once, by anybody who works with the family.
fn keep_protection(ask: &mut Ask, file: i64) -> Result<Reply, Problem> {
    let shield = shield(ask, file)?;
    let mut wrong = Vec::new();
    let note = ask.form("note").trim().to_owned();
    if note.is_empty() {
        wrong.push(Refusal::at("note", "理由を入力してください。"));
    }
    // Whoever is in a hurry leaves the day as it is proposed.
    let review = match ask.form("review_on").trim() {
        "" => Some(shield.proposed),
        _ => keep(&mut wrong, typed::span(ask, "review_on")).map(|s| s.hi),
    };
    if let Some(day) = review {
        keep(&mut wrong, protection::check_review(day, ask.today()));
    }
    let (Some(review), true) = (review, wrong.is_empty()) else {
        return protection_form(ask, file, Some(Submitted::Refused(wrong)));
    };
    let told = match shield.standing.is_empty() {
        true => format!("秘匿を設定しました。見直し日は{}です。", wareki::short(review)),
        false => format!("秘匿を続けます。次の見直し日は{}です。", wareki::short(review)),
    };
    let body = Body::Protection { on: true, note, review: Some(review) };
    let mut sources: Vec<String> = shield.standing.into_iter().map(|(source, ..)| source).collect();
    if sources.is_empty() {
        sources.push(String::from("own"));
    }
    protect(ask, file, sources, &body, &told)
}

/// 解除: a decision of somebody else.
fn end_protection(ask: &mut Ask, file: i64) -> Result<Reply, Problem> {
    let shield = shield(ask, file)?;
    let note = ask.form("note").trim().to_owned();
    if let Err(refusal) = protection::check_end(!shield.standing.is_empty(), &note, shield.by) {
        return protection_form(ask, file, Some(Submitted::Refused(vec![refusal])));
    }
    let told = match shield.by_register {
        true => "秘匿の解除を記録しました。住民記録の支援措置は続いています。",
        false => "秘匿の解除を記録しました。",
    };
    let body = Body::Protection { on: false, note, review: None };
    protect(ask, file, shield.standing.into_iter().map(|(source, ..)| source).collect(), &body, told)
}

/// One record for each source that set it: what a slip from the clinic set for the newborn is ended with its mother's own.
fn protect(ask: &mut Ask, file: i64, mut sources: Vec<String>, body: &Body, told: &str) -> Result<Reply, Problem> {
    let of = |source: String| match recording(file, None, Span::on(ask.today()), body.clone()) {
        Act::Record { file, episode, day, sensitivity, body, .. } => {
            Act::Record { file, episode, day, source, sensitivity, body }
        }
        other => other,
    };
    sources.sort();
    sources.dedup();
    let mut sources = sources.into_iter();
    let first = of(sources.next().unwrap_or_else(|| String::from("own")));
    for (n, act) in sources.map(of).enumerate() {
        let id = format!("{}-{n}", ask.form("command_id"));
        if let Submitted::Refused(wrong) = record::submit_as(ask, &id, act, Vec::new())? {
            return protection_form(ask, file, Some(Submitted::Refused(wrong)));
        }
    }
    match sheet::submit(ask, file, first, told, true)? {
        Ok(reply) => Ok(reply),
        Err(why) => protection_form(ask, file, Some(why)),
    }
}

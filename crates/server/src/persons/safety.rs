//! 連絡上の注意 and 秘匿: set by whoever learns of it, at once (practice.md §5).

use casework::{Body, Person, View, body::Caution, fold};
use rules::Span;

use super::{
    sheet::{self, Sheet, field, hinted, radios, recording},
    view::SheetKind,
};
use crate::platform::{
    Problem, Refusal,
    mask::words::restored,
    record::Submitted,
    store::events_of,
    web::{Ask, Reply},
};
use crate::subject::Opened;

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
        field("note", "そのほか", "任意", SheetKind::Area),
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

fn protection_form(ask: &mut Ask, file: i64, why: Option<Submitted>) -> Result<Reply, Problem> {
    let opened = ask.read(|door| Opened::of(door, file))?;
    let fields = vec![
        field("on", "住所・電話・地区・場所の表示", "必須", radios(&[("1", "表示しない（秘匿）"), ("0", "表示する")])),
        hinted("note", "理由", "必須", "だれから、いつ聞いたか。支援措置の有無。", SheetKind::Area),
    ];
    let mut sheet = Sheet::of(file, "protection", "秘匿の設定", "設定する", fields)
        .about("画面・一覧・検索・印刷・書き出しのすべてで、すぐに表示しなくなります。住基の支援措置を待たずに設定できます。")
        .preset("on", if opened.protected { "0" } else { "1" });
    if opened.protected {
        sheet = sheet.about("住民記録から届いた支援措置は、ここで「表示する」にしても解除されません。");
    }
    sheet::draw(ask, Some(&opened), sheet, why)
}

/// GET /persons/{id}/protection
pub fn protection(ask: &mut Ask) -> Result<Reply, Problem> {
    let file = ask.id("id")?;
    protection_form(ask, file, None)
}

/// POST /persons/{id}/protection
pub fn set_protection(ask: &mut Ask) -> Result<Reply, Problem> {
    let file = ask.id("id")?;
    let mut wrong = Vec::new();
    let on = match ask.form("on") {
        "1" => true,
        "0" => false,
        _ => {
            wrong.push(Refusal::at("on", "表示するかどうかを選んでください。"));
            true
        }
    };
    let note = ask.form("note").trim().to_owned();
    if note.is_empty() {
        wrong.push(Refusal::at("note", "理由を入力してください。"));
    }
    if !wrong.is_empty() {
        return protection_form(ask, file, Some(Submitted::Refused(wrong)));
    }
    let act = recording(file, None, Span::on(ask.today()), Body::Protection { on, note });
    let told = if on { "秘匿を設定しました。" } else { "秘匿の解除を記録しました。" };
    match sheet::submit(ask, file, act, told, true)? {
        Ok(reply) => Ok(reply),
        Err(why) => protection_form(ask, file, Some(why)),
    }
}

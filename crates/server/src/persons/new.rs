//! 仮登録: somebody the register has not told us of yet (妊娠届 or 出生連絡票 came first).

use casework::{Act, Body, body::Resident};
use rules::Span;

use super::{
    index::searchable,
    sheet::{self, Sheet, field, hinted, keep, radios},
    view::SheetKind,
};
use crate::intake::matching::{entry, view::EntryPage};
use crate::platform::{
    Problem, Refusal, record,
    record::Submitted,
    typed,
    web::{Ask, Reply},
};

pub const SEXES: &[(&str, &str)] = &[("F", "女"), ("M", "男"), ("", "まだ分からない")];

fn form(ask: &mut Ask, why: Option<Submitted>) -> Result<Reply, Problem> {
    let fields = vec![
        hinted("name", "氏名", "", "外国籍の方は、お使いの名のとおりに書きます。", SheetKind::Text),
        hinted("kana", "ふりがな", "任意", "ひらがなでもカタカナでもかまいません。", SheetKind::Text),
        field("birth", "生年月日", "", SheetKind::Day),
        field("sex", "性別", "任意", radios(SEXES)),
        field("phone", "電話", "任意", SheetKind::Text),
        field("address", "住所", "任意", SheetKind::Text),
        field("district", "地区", "任意", SheetKind::Text),
        field(
            "protected",
            "秘匿",
            "任意",
            SheetKind::Checks(vec![crate::platform::web::form::Choice::new("1", "住所・電話などを表示しない")]),
        ),
    ];
    let sheet = Sheet {
        title: "仮登録",
        action: String::from("/persons/new"),
        about: vec![String::from(
            "住民記録にまだない方を登録します。あとで住民記録が届いたら、同じ方として結びつけます。",
        )],
        original: Vec::new(),
        fields,
        send: "仮登録する",
        back: String::from("/persons"),
        preset: Vec::new(),
    };
    sheet::draw(ask, None, sheet, why)
}

/// GET /persons/new
pub fn page(ask: &mut Ask) -> Result<Reply, Problem> {
    form(ask, None)
}

/// POST /persons/new
pub fn post(ask: &mut Ask) -> Result<Reply, Problem> {
    let act = match read(ask) {
        Ok(act) => act,
        Err(wrong) => return form(ask, Some(Submitted::Refused(wrong))),
    };
    if ask.form("how") == "mend" {
        return form(ask, None);
    }
    let apart: Vec<i64> = ask.form("apart").split(',').filter_map(|id| id.parse().ok()).collect();
    if let Some(page) = already(ask, &act, &apart)? {
        return Reply::page(&page);
    }
    match record::submit(ask, act)? {
        Submitted::Applied(applied) => {
            let file = applied.opened.first().or(applied.files.first()).copied().unwrap_or(0);
            tell_apart(ask, file, &apart)?;
            let there = format!("/persons/{file}");
            Ok(Reply::see_told(&there, record::told("仮登録しました。", None, &there)))
        }
        other => form(ask, Some(other)),
    }
}

/// Who they may be already; nobody, once those shown were said to be others.
fn already(ask: &mut Ask, act: &Act, apart: &[i64]) -> Result<Option<EntryPage>, Problem> {
    let Act::Open { resident, protected, .. } = act else { return Ok(None) };
    let proposals = ask.read(|door| entry::already(door, resident, *protected))?;
    if proposals.iter().all(|p| apart.contains(&p.other)) {
        return Ok(None);
    }
    let shown: Vec<String> = proposals.iter().map(|p| p.other.to_string()).collect();
    let (frame, form) = (ask.frame("仮登録の前に", "/persons")?, ask.draw_form("/persons/new", "/persons")?);
    Ok(Some(EntryPage { frame, form, proposals, apart: shown.join(",") }))
}

/// What whoever typed said: they are none of those. So that nobody is asked again.
fn tell_apart(ask: &Ask, file: i64, apart: &[i64]) -> Result<(), Problem> {
    for other in apart.iter().take(10) {
        let body = Body::ToldApart { other: *other, reason: String::from("仮登録のときに確かめた") };
        let act = sheet::recording(file, None, Span::on(ask.today()), body);
        let id = format!("{}-{other}", ask.form("command_id").get(..40).unwrap_or(ask.form("command_id")));
        // Somebody who is not theirs is nobody to them.
        match record::submit_as(ask, &id, act, Vec::new()) {
            Ok(_) | Err(Problem::NotFound) => {}
            Err(problem) => return Err(problem),
        }
    }
    Ok(())
}

fn read(ask: &Ask) -> Result<Act, Vec<Refusal>> {
    let mut wrong = Vec::new();
    let birth = if ask.form("birth").trim().is_empty() { None } else { keep(&mut wrong, typed::span(ask, "birth")) };
    if ask.form("name").trim().is_empty() && birth.is_none() && wrong.is_empty() {
        wrong.push(Refusal::at("name", "氏名か生年月日のどちらかを入力してください。"));
    }
    if !SEXES.iter().any(|(code, _)| *code == ask.form("sex")) {
        wrong.push(Refusal::at("sex", "性別を選びなおしてください。"));
    }
    if !wrong.is_empty() {
        return Err(wrong);
    }
    let text = |name: &str| ask.form(name).trim().to_owned();
    Ok(Act::Open {
        day: Span::on(ask.today()),
        source: String::from("own"),
        resident: Resident {
            name: text("name"),
            kana: searchable(ask.form("kana")),
            sex: text("sex"),
            birth,
            phone: text("phone"),
            address: text("address"),
            district: text("district"),
            cause: String::from("provisional"),
            ..Resident::default()
        },
        protected: ask.form("protected") == "1",
    })
}

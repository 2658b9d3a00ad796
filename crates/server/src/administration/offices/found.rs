//! A further centre of the municipality, and since when a centre is what it is: records of the centre's own file.

use casework::{
    Body, Role,
    office::LONGEST_NAME,
    staff::{Posted, Staff},
};
use diesel::{
    RunQueryDsl, sql_query,
    sql_types::{BigInt, Text},
};
use rules::Day;

use super::super::staff::acts::{Done, within, within_as};
use super::own::{KINDS, told, town};
use crate::persons::sheet::{self, Sheet, field, hinted, keep, radios};
use crate::persons::view::SheetKind;
use crate::platform::web::{Ask, Reply};
use crate::platform::{
    Actor, Problem, Refusal,
    db::CountRow,
    record::Submitted,
    store::write::{NotApplied, found_office},
    typed,
};
use crate::rulebook::changes::desk::OfficeFile;

fn sheet(title: &'static str, send: &'static str, action: &str) -> Sheet {
    Sheet {
        title,
        action: String::from(action),
        about: Vec::new(),
        original: Vec::new(),
        fields: vec![
            field("kind", "区分", "必須", radios(&KINDS)),
            hinted("since", "設置した日", "必須", "設置状況の表に出ます。", SheetKind::Day),
        ],
        send,
        back: String::from("/offices/own"),
        preset: vec![("kind", String::from(KINDS[0].0))],
    }
}

fn new_sheet() -> Sheet {
    let mut sheet = sheet("センターを加える", "加える", "/offices/new")
        .about("同じ市区町村の、別のセンターを加えます。記録・担当・設定・職員は、センターごとに分かれます。")
        .about("加えると、あなたはそのセンターの管理者にもなります。右上の「役割を切替」で移り、職員と設定を決めます。")
        .about("加えたセンターは消せません。使わなくなったら、名称を変えるか、閉鎖を記録します。");
    let example = "例 みなと市北部こども家庭センター";
    sheet.fields.insert(0, hinted("name", "センターの名前", "必須", example, SheetKind::Text));
    sheet
}

/// GET /offices/new
///
/// # Errors
/// If the database fails.
pub fn new(ask: &mut Ask) -> Result<Reply, Problem> {
    sheet::draw(ask, None, new_sheet(), None)
}

fn period(ask: &Ask, wrong: &mut Vec<Refusal>) -> (Day, Body) {
    let kind = ask.form("kind").to_owned();
    if !KINDS.iter().any(|(code, _)| *code == kind) {
        wrong.push(Refusal::at("kind", "区分を選んでください。"));
    }
    let since = keep(wrong, typed::span(ask, "since")).map_or(ask.today(), |span| span.lo);
    if since > ask.today() {
        wrong.push(Refusal::at("since", "設置した日は、今日までの日にしてください。"));
    }
    (since, Body::Period { name: kind, until: None, note: String::new() })
}

/// POST /offices/new: the centre, its file, since when it is there, and its first 管理者.
///
/// # Errors
/// If the database fails.
pub fn create(ask: &mut Ask) -> Result<Reply, Problem> {
    let name = ask.form("name").trim().to_owned();
    let mut wrong = Vec::new();
    if name.is_empty() || name.chars().count() > LONGEST_NAME {
        wrong.push(Refusal::at("name", format!("センターの名前を入力してください（{LONGEST_NAME}文字まで）。")));
    }
    let (since, body) = period(ask, &mut wrong);
    if !wrong.is_empty() {
        return sheet::draw(ask, None, new_sheet(), Some(Submitted::Refused(wrong)));
    }
    // The number comes first: it is the keeper of everything after, and the door of what follows is opened with it.
    let centre = ask.write(|door| {
        let town = town(door)?;
        let text = "select count(*) as n from office where parent = $1 and name = $2";
        let same: CountRow = sql_query(text).bind::<BigInt, _>(town).bind::<Text, _>(&name).get_result(door.db)?;
        if same.n > 0 {
            return Ok(None);
        }
        Ok(Some(found_office(door.db, Some(town), "centre", "", &name)?))
    })?;
    let Some(centre) = centre else {
        let twice = Refusal::at("name", format!("「{name}」は、もうあります。"));
        return sheet::draw(ask, None, new_sheet(), Some(Submitted::Refused(vec![twice])));
    };
    let own = ask.actor()?.clone();
    let staff = own.staff;
    let today = ask.today();
    let there = Actor { keeper: centre, keepers: vec![centre], ..own };
    let done = within_as(ask, &there, |acts| {
        acts.put(centre, since, body)?;
        let posted = Posted { staff, role: Role::Admin.code().to_owned(), until: None };
        acts.put(centre, today, Body::Staff(Staff::Posted(posted)))
    });
    match done {
        Ok(Ok(_)) => {
            Ok(told(format!("「{name}」を加えました。「役割を切替」で移って、職員と設定を決めてください。"), None))
        }
        failed => {
            // As if nothing had been asked.
            ask.doors().database().write(|db| {
                let text = "delete from office where id = $1 and file is null";
                sql_query(text).bind::<BigInt, _>(centre).execute(db)?;
                Ok::<_, Problem>(())
            })?;
            match failed? {
                Err(why) => sheet::draw(ask, None, new_sheet(), Some(why)),
                Ok(_) => Err(Problem::NotFound),
            }
        }
    }
}

fn since_sheet() -> Sheet {
    sheet("区分と設置した日", "記録する", "/offices/since").about("いま働いているセンターについて記録します。")
}

/// GET /offices/since
///
/// # Errors
/// If the database fails.
pub fn since(ask: &mut Ask) -> Result<Reply, Problem> {
    sheet::draw(ask, None, since_sheet(), None)
}

/// POST /offices/since
///
/// # Errors
/// If the database fails.
pub fn set_since(ask: &mut Ask) -> Result<Reply, Problem> {
    let mut wrong = Vec::new();
    let (since, body) = period(ask, &mut wrong);
    if !wrong.is_empty() {
        return sheet::draw(ask, None, since_sheet(), Some(Submitted::Refused(wrong)));
    }
    let own = ask.actor()?.keeper;
    match within(ask, |acts| acts.put(own, since, body))? {
        Ok(Done::Now(event)) => Ok(told(String::from("設置した日を記録しました。"), Some(event))),
        Ok(Done::Before) => Ok(told(String::from("設置した日を記録しました。"), None)),
        Err(why) => sheet::draw(ask, None, since_sheet(), Some(why)),
    }
}

/// POST /offices/events/{event}/withdraw: the undo of what was recorded about the centre: since when, its name, that it is closed.
///
/// # Errors
/// Not found, for any other record.
pub fn take_back(ask: &mut Ask) -> Result<Reply, Problem> {
    let (event, own) = (ask.id("event")?, ask.actor()?.keeper);
    ask.read(|door| {
        let office = OfficeFile::of(door.db, own)?.ok_or(Problem::NotFound)?;
        let story = office.story();
        let of = story.log.iter().find(|(e, _)| e.id == event && e.corrects.is_none());
        let is_own = of.is_some_and(|(e, _)| matches!(e.body, Some(Body::Period { .. } | Body::Renamed(_))));
        if is_own { Ok(()) } else { Err(Problem::NotFound) }
    })?;
    match within(ask, |acts| -> Result<i64, NotApplied> { acts.withdraw(own, event) })? {
        Ok(_) => Ok(told(String::from("取り消しました。"), None)),
        Err(Submitted::Refused(why)) => Err(Problem::Refused(why)),
        Err(_) => Err(Problem::NotFound),
    }
}

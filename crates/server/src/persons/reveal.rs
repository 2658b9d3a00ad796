//! Showing one protected item for one act: to whoever answers for the person, logged with its reason (practice.md §5).

use casework::{Person, Role, View, fold};

use super::{
    purpose,
    sheet::{self, Sheet, field, radios},
    view::RevealedPage,
};
use crate::platform::{
    Door, Fault, Problem, Refusal,
    door::Looked,
    record::Submitted,
    store::events_of,
    web::{Ask, Reply},
};
use crate::subject::Opened;

const ITEMS: &[(&str, &str)] =
    &[("address", "住所"), ("phone", "電話"), ("district", "地区"), ("satogaeri", "里帰り先"), ("clinic", "医療機関")];
const REASONS: &[(&str, &str)] =
    &[("visit", "訪問する"), ("envelope", "封書を1通送る"), ("call", "電話する"), ("partner", "関係機関と調整する")];

/// Whether the actor may unmask here: the case holder, or those who answer for the whole office.
fn may_here(door: &mut Door<'_>, file: i64) -> Result<bool, Fault> {
    Ok(matches!(door.actor.role, Role::Coordinator | Role::Head) || purpose::answers_for(door, file)?)
}

fn form(ask: &mut Ask, file: i64, wrong: Vec<Refusal>) -> Result<Reply, Problem> {
    let opened = ask.read(|door| Opened::of(door, file))?;
    let fields = vec![
        field("item", "表示する項目", "必須", radios(ITEMS)),
        field("reason", "何のために", "必須", radios(REASONS)),
    ];
    let sheet = Sheet::of(file, "reveal", "保護されている項目を1つ表示", "表示する", fields)
        .about("1回だけ、次の画面に表示します。だれが、何のために見たかは記録に残り、あとで確かめられます。");
    let why = (!wrong.is_empty()).then_some(Submitted::Refused(wrong));
    sheet::draw(ask, Some(&opened), sheet, why)
}

/// GET /persons/{id}/reveal
pub fn page(ask: &mut Ask) -> Result<Reply, Problem> {
    let file = ask.id("id")?;
    form(ask, file, Vec::new())
}

/// POST /persons/{id}/reveal
pub fn post(ask: &mut Ask) -> Result<Reply, Problem> {
    let file = ask.id("id")?;
    let (item, reason) = (ask.form("item").to_owned(), ask.form("reason").to_owned());
    let mut wrong = Vec::new();
    let label = ITEMS.iter().find(|(code, _)| *code == item).map(|(_, label)| *label);
    if label.is_none() {
        wrong.push(Refusal::at("item", "表示する項目を1つ選んでください。"));
    }
    if !REASONS.iter().any(|(code, _)| *code == reason) {
        wrong.push(Refusal::at("reason", "何のために表示するかを選んでください。"));
    }
    let may = ask.read(|door| {
        Opened::of(door, file)?;
        Ok(may_here(door, file)?)
    })?;
    if !may {
        wrong.push(Refusal::new("この方の担当者だけが表示できます。担当者か統括支援員に相談してください。"));
    }
    let Some(label) = label.filter(|_| wrong.is_empty()) else { return form(ask, file, wrong) };
    let frame = ask.frame("保護されている項目", "")?;
    let page = ask.read(|door| {
        let opened = Opened::of(door, file)?;
        door.log_reading(Looked::Reveal, &format!("{item}:{reason}"), &[file]);
        let text = unmasked(door, file, &item)?;
        Ok(RevealedPage {
            frame,
            subject: opened.subject(door.today()),
            label: label.to_owned(),
            text: if text.is_empty() { String::from("記録がありません") } else { text },
        })
    })?;
    Reply::page(&page)
}

/// The one place that reads past the mask.
fn unmasked(door: &mut Door<'_>, file: i64, item: &str) -> Result<String, Problem> {
    let of = events_of(door.db, file)?;
    let story = fold(&of.events, View { withdrawn: &of.withdrawn, ..View::default() });
    let person = Person::read(&story);
    let resident = person.resident.cloned().unwrap_or_default();
    let notice = person.episodes.last().map(|e| e.notice);
    Ok(match item {
        "address" => format!("{} {}", resident.postcode, resident.address).trim().to_owned(),
        "phone" => resident.phone,
        "district" => resident.district,
        "satogaeri" => notice.and_then(|n| n.satogaeri.as_ref()).map(|s| s.place.clone()).unwrap_or_default(),
        "clinic" => notice.map(|n| n.clinic.clone()).unwrap_or_default(),
        _ => String::new(),
    })
}

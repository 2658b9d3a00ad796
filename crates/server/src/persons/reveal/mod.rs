//! Showing one protected item for one act: to whoever answers for the person, logged with its reason (practice.md §5).
//! For one envelope the address comes as one label on a page of its own; never in a list or an export.

use casework::{Body, Person, Role, View, fold};

use super::{
    purpose,
    sheet::{self, Sheet, field, radios},
    view::{LabelPage, RevealedPage},
};
use crate::platform::{
    Door, Fault, Problem, Refusal,
    door::Looked,
    record::Submitted,
    store::events_of,
    web::{Ask, Reply},
};
use crate::subject::Opened;

const ITEMS: &[(&str, &str)] = &[
    ("address", "住所"),
    ("phone", "電話"),
    ("district", "地区"),
    ("satogaeri", "里帰り先"),
    ("clinic", "医療機関"),
    ("venue", "健診・面会の場所（いちばん新しいもの）"),
    ("birth_place", "出産した所"),
    ("destination", "転出先"),
];
const REASONS: &[(&str, &str)] =
    &[("visit", "訪問する"), ("envelope", "封書を1通送る"), ("call", "電話する"), ("partner", "関係機関と調整する")];

/// What the reading log's `address:visit` says; `None` for any other purpose.
pub fn told(code: &str) -> Option<String> {
    let (item, reason) = code.split_once(':')?;
    let of = |pairs: &[(&str, &'static str)], code: &str| {
        pairs.iter().find(|(known, _)| *known == code).map(|(_, label)| *label)
    };
    Some(format!("{}の表示（{}）", of(ITEMS, item)?, of(REASONS, reason)?))
}

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
    let sheet = Sheet::of(opened.file, "reveal", "保護されている項目を1つ表示", "表示する", fields)
        .about("1回だけ、次の画面に表示します。だれが、何のために見たかは記録に残り、あとで確かめられます。")
        .about("封書を送るときは「住所」と「封書を1通送る」を選ぶと、宛名ラベル1枚の画面になります。");
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
        let opened = Opened::of(door, file)?;
        Ok(may_here(door, opened.file)?)
    })?;
    if !may {
        wrong.push(Refusal::new("この方の担当者だけが表示できます。担当者か統括支援員に相談してください。"));
    }
    let Some(label) = label.filter(|_| wrong.is_empty()) else { return form(ask, file, wrong) };
    if (item.as_str(), reason.as_str()) == ("address", "envelope") {
        return envelope(ask, file);
    }
    let frame = ask.frame("保護されている項目", "")?;
    let page = ask.read(|door| {
        let opened = Opened::of(door, file)?;
        door.log_reading(Looked::Reveal, &format!("{item}:{reason}"), &[opened.file]);
        let text = unmasked(door, opened.file)?.item(&item);
        Ok(RevealedPage {
            frame,
            subject: opened.subject(door.today()),
            label: label.to_owned(),
            text: if text.is_empty() { String::from("記録がありません") } else { text },
        })
    })?;
    Reply::page(&page)
}

/// One label on one page. What is not known is not printed: without an address there is no label.
fn envelope(ask: &mut Ask, file: i64) -> Result<Reply, Problem> {
    let frame = ask.frame("宛名ラベル", "")?;
    let page = ask.read(|door| {
        let opened = Opened::of(door, file)?;
        door.log_reading(Looked::Reveal, "address:envelope", &[opened.file]);
        let Unmasked { name, postcode, address, .. } = unmasked(door, opened.file)?;
        if address.is_empty() {
            return Ok(None);
        }
        // The page is made to be printed: that it was is as certain as it can be.
        door.log_reading(Looked::Export, "label", &[opened.file]);
        Ok(Some(LabelPage { frame, subject: opened.subject(door.today()), name, postcode, address }))
    })?;
    match page {
        Some(page) => Reply::page(&page),
        None => form(ask, file, vec![Refusal::at("item", "住所の記録がありません。")]),
    }
}

/// What the mask hides.
#[derive(Default)]
struct Unmasked {
    name: String,
    postcode: String,
    address: String,
    phone: String,
    district: String,
    satogaeri: String,
    clinic: String,
    venue: String,
    birth_place: String,
    destination: String,
}

impl Unmasked {
    fn item(self, item: &str) -> String {
        match item {
            "address" => format!("{} {}", self.postcode, self.address).trim().to_owned(),
            "phone" => self.phone,
            "district" => self.district,
            "satogaeri" => self.satogaeri,
            "clinic" => self.clinic,
            "venue" => self.venue,
            "birth_place" => self.birth_place,
            "destination" => self.destination,
            _ => String::new(),
        }
    }
}

/// The one place that reads past the mask. Of records that the role may not know of it says nothing.
fn unmasked(door: &mut Door<'_>, file: i64) -> Result<Unmasked, Problem> {
    let of = events_of(door.db, file)?;
    let story = fold(&of.events, View { withdrawn: &of.withdrawn, ..View::default() });
    let person = Person::read(&story);
    let resident = person.resident.cloned().unwrap_or_default();
    let notice = person.episodes.last().map(|e| e.notice);
    let mut found = Unmasked {
        name: resident.name,
        postcode: resident.postcode,
        address: resident.address,
        phone: person.phone().to_owned(),
        district: resident.district,
        satogaeri: notice.and_then(|n| n.satogaeri.as_ref()).map(|s| s.place.clone()).unwrap_or_default(),
        clinic: notice.map(|n| n.clinic.clone()).unwrap_or_default(),
        ..Unmasked::default()
    };
    let level = crate::platform::mask::level(door.actor.role);
    for entry in story.entries.iter().filter(|e| e.sensitivity <= level) {
        match entry.body {
            Body::Contact(c) | Body::Visit(c) => put(&mut found.venue, c.seen.as_ref().map(|s| &s.place)),
            Body::Service(s) => put(&mut found.venue, Some(&s.place)),
            Body::Delivered { place, .. } => put(&mut found.birth_place, Some(place)),
            Body::MovedOut { destination } => put(&mut found.destination, Some(destination)),
            _ => {}
        }
    }
    Ok(found)
}

/// The latest that says something.
fn put(found: &mut String, said: Option<&String>) {
    if let Some(said) = said.filter(|said| !said.is_empty()) {
        found.clone_from(said);
    }
}

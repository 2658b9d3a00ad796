//! The fields of a correction: the main facts of a record, as a form and back. What is masked is neither shown nor lost.

use casework::{
    Body,
    body::{Contact, Next, Reached, Seen, Stay},
};
use rules::{Day, Span, wareki};

use super::view::{CorrectedField, FieldKind};
use crate::subject::choices;
use crate::{
    closures, contacts,
    persons::{
        index::searchable,
        new::SEXES,
        sheet::{keep, number},
    },
    platform::{
        Refusal,
        mask::words::restored,
        web::{Ask, form::Choice},
    },
};

/// Whether a record of this kind has a form to correct it. The register's own view is mended by the register; cautions
/// and protection are simply set anew.
pub fn correctable(body: &Body) -> bool {
    match body {
        Body::Resident(r) => r.number.is_empty(),
        Body::Contact(_)
        | Body::Visit(_)
        | Body::Service(_)
        | Body::PregnancyNotified(_)
        | Body::PregnancyEnded { .. }
        | Body::Born(_)
        | Body::Delivered { .. }
        | Body::Period { .. }
        | Body::Closure(_)
        | Body::Deferred(_)
        | Body::Released { .. }
        | Body::Note { .. }
        | Body::MovedOut { .. }
        | Body::Died => true,
        _ => false,
    }
}

/// Whether a record of this kind is taken back by hand: what the register said is taken back by the register or by
/// undoing its import, and a birth concerns two files.
pub fn withdrawable(body: &Body) -> bool {
    match body {
        Body::Resident(r) => r.number.is_empty(),
        // The half in the absorbed file is the one that is taken back; the other goes with it.
        Body::Born(_) | Body::Delivered { .. } | Body::JoinedBy { .. } => false,
        // What was looked at stays known.
        Body::Emergency(_) | Body::EmergencyReviewed(_) => false,
        // Ended by a decision of its own.
        Body::Protection { on: true, .. } => false,
        Body::Disclosure(_) | Body::DisclosureExtended(_) | Body::DisclosureAnswered(_) => false,
        _ => true,
    }
}

/// A form of one record: fields with what they hold now.
#[derive(Default)]
pub struct Sheet {
    pub fields: Vec<CorrectedField>,
    pub values: Vec<(String, String)>,
}

impl Sheet {
    fn put(&mut self, name: &str, label: &str, kind: FieldKind, value: impl Into<String>) {
        self.fields.push(CorrectedField { name: name.into(), label: label.into(), kind });
        self.values.push((name.into(), value.into()));
    }

    fn text(&mut self, name: &str, label: &str, value: &str) {
        self.put(name, label, FieldKind::Text, value);
    }

    fn area(&mut self, value: &str) {
        self.put("note", "内容", FieldKind::Area, value);
    }

    fn day(&mut self, name: &str, label: &str, value: Option<Day>) {
        self.put(name, label, FieldKind::Day, value.map(wareki::short).unwrap_or_default());
    }

    fn number(&mut self, name: &str, label: &str, unit: &str, value: Option<String>) {
        self.put(name, label, FieldKind::Number(unit.into()), value.unwrap_or_default());
    }

    fn radios(&mut self, name: &str, label: &str, choices: Vec<Choice>, value: &str) {
        self.put(name, label, FieldKind::Radios(choices), value);
    }
}

/// How a day stands in its field.
pub fn day_text(day: Span) -> String {
    if day.is_exact() { wareki::short(day.lo) } else { wareki::span(day) }
}

/// The form of a record. `protected`: places are left out.
pub fn sheet(day: Span, body: &Body, protected: bool) -> Sheet {
    let mut sheet = Sheet::default();
    sheet.put("day", "いつ", FieldKind::Day, day_text(day));
    let place = |sheet: &mut Sheet, name: &str, label: &str, value: &str| {
        if !protected {
            sheet.text(name, label, value);
        }
    };
    match body {
        Body::Contact(c) => {
            sheet.radios("means", "方法", contacts::form::means(), &c.means);
            contact(&mut sheet, c);
        }
        Body::Visit(c) => contact(&mut sheet, c),
        Body::Service(s) => {
            sheet.radios("result", "結果", results(), &s.result);
            if s.product.is_some() {
                sheet.text("product", "製剤", s.product.as_deref().unwrap_or(""));
            }
            place(&mut sheet, "place", "場所", &s.place);
            sheet.area(&s.note);
        }
        Body::PregnancyNotified(p) => {
            sheet.day("edd", "分娩予定日", Some(p.edd));
            sheet.number("fetuses", "胎児の数", "人", Some(p.fetuses.to_string()));
            sheet.number("birth_order", "第何子", "子", p.birth_order.map(|n| n.to_string()));
            sheet.day("satogaeri_from", "里帰り いつから", p.satogaeri.as_ref().map(|s| s.from));
            sheet.day("satogaeri_until", "里帰り いつまで", p.satogaeri.as_ref().and_then(|s| s.until));
            place(&mut sheet, "satogaeri_place", "里帰り先", p.satogaeri.as_ref().map_or("", |s| &s.place));
            place(&mut sheet, "clinic", "医療機関", &p.clinic);
            sheet.area(&p.note);
        }
        Body::PregnancyEnded { weeks, note } => {
            sheet.number("weeks", "週数", "週", weeks.map(|w| w.to_string()));
            sheet.area(note);
        }
        Body::Delivered { weeks, place: at, .. } => {
            sheet.number("weeks", "在胎週数", "週", weeks.map(|w| w.to_string()));
            place(&mut sheet, "place", "場所", at);
        }
        Body::Born(b) => {
            sheet.number("weight", "出生体重", "g", b.weight.map(|g| g.to_string()));
            sheet.number("weeks", "在胎週数", "週", b.weeks.map(|w| w.to_string()));
            sheet.radios(
                "wish",
                "新生児訪問",
                choices(&[("1", "希望あり"), ("", "希望なし")]),
                wish(b.wish_newborn_visit),
            );
            sheet.day("home_from", "家に帰る日", b.home_from);
        }
        Body::Period { until, note, .. } => {
            sheet.day("until", "いつまで", *until);
            sheet.area(note);
        }
        Body::Closure(c) => {
            sheet.radios("how", "種類", choices(closures::form::REASONS), &c.how);
            sheet.text("reason", "理由", &c.reason);
        }
        Body::Deferred(d) => {
            sheet.day("next_on", "次の対応の日", Some(d.on));
            sheet.text("reason", "理由", &d.reason);
        }
        Body::Released { reason } => sheet.text("reason", "理由", reason),
        Body::Note { text } => sheet.area(text),
        Body::MovedOut { destination } => place(&mut sheet, "destination", "転出先", destination),
        Body::Resident(r) => {
            sheet.text("name", "氏名", &r.name);
            sheet.text("kana", "ふりがな", &r.kana);
            sheet.put("birth", "生年月日", FieldKind::Day, r.birth.map(day_text).unwrap_or_default());
            sheet.radios("sex", "性別", choices(SEXES), &r.sex);
            place(&mut sheet, "phone", "電話", &r.phone);
            place(&mut sheet, "address", "住所", &r.address);
            place(&mut sheet, "district", "地区", &r.district);
        }
        _ => {}
    }
    sheet
}

fn wish(yes: bool) -> &'static str {
    if yes { "1" } else { "" }
}

fn results() -> Vec<Choice> {
    choices(&[
        ("done", "実施"),
        ("normal", "異常なし"),
        ("watch", "要観察"),
        ("needs_exam", "要精密"),
        ("needs_treatment", "要医療"),
        ("absent", "未受診"),
        ("refused", "受けない意向"),
    ])
}

fn contact(sheet: &mut Sheet, c: &Contact) {
    sheet.radios("result", "結果", contacts::form::results(), result_code(c.result));
    sheet.text("time", "時刻", &c.time.map(|time| time.to_string()).unwrap_or_default());
    sheet.text("spoke_with", "相手", &c.with);
    sheet.radios("seen", "目視", contacts::form::sight().ways, sight_code(c.seen.as_ref()));
    sheet.day("next_on", "次の対応の日", c.next.as_ref().map(|n| n.on));
    sheet.area(&c.note);
}

fn sight_code(seen: Option<&Seen>) -> &'static str {
    match seen.map(|s| s.how.as_str()) {
        None => "none",
        Some("seen") => "direct",
        Some("glimpsed") => "glimpsed",
        Some("voice") => "voice",
        Some(_) => "told",
    }
}

fn result_code(result: Reached) -> &'static str {
    match result {
        Reached::Reached => "reached",
        Reached::Absent => "absent",
        Reached::CallBack => "call_back",
        Reached::DeadNumber => "dead_number",
        Reached::Refused => "refused",
    }
}

/// What a posted form makes of a record: everything it does not ask stays as it was.
///
/// # Errors
/// Everything that could not be read, each for its field.
pub fn changed(
    ask: &Ask,
    day: Span,
    (body, shown): (&Body, &Body),
    protected: bool,
) -> Result<(Span, Body), Vec<Refusal>> {
    let mut read = Read { ask, wrong: Vec::new(), protected };
    let day = read.span("day", Some(day)).unwrap_or(day);
    let (mut stored, mut shown) = (body.clone(), shown.clone());
    let mut body = body.clone();
    match &mut body {
        Body::Contact(c) => {
            read.text("means", &mut c.means);
            read.contact(c);
        }
        Body::Visit(c) => read.contact(c),
        Body::Service(s) => {
            read.text("result", &mut s.result);
            if let Some(product) = &mut s.product {
                read.text("product", product);
            }
            read.place("place", &mut s.place);
            read.text("note", &mut s.note);
        }
        Body::PregnancyNotified(p) => {
            p.edd = read.day("edd", Some(p.edd)).unwrap_or(p.edd);
            p.fetuses = read.number("fetuses", "1").unwrap_or(p.fetuses);
            p.birth_order = read.number("birth_order", "2");
            let was = p.satogaeri.clone();
            let from = read.day("satogaeri_from", was.as_ref().map(|s| s.from));
            let until = read.day("satogaeri_until", was.as_ref().and_then(|s| s.until));
            let mut place = was.map(|s| s.place).unwrap_or_default();
            read.place("satogaeri_place", &mut place);
            p.satogaeri = from.map(|from| Stay { from, until, place });
            read.place("clinic", &mut p.clinic);
            read.text("note", &mut p.note);
        }
        Body::PregnancyEnded { weeks, note } => {
            *weeks = read.number("weeks", "9");
            read.text("note", note);
        }
        Body::Delivered { weeks, place, .. } => {
            *weeks = read.number("weeks", "39");
            read.place("place", place);
        }
        Body::Born(b) => {
            b.birth = day;
            b.weight = read.number("weight", "2980");
            b.weeks = read.number("weeks", "39");
            b.wish_newborn_visit = ask.form("wish") == "1";
            b.home_from = read.day("home_from", b.home_from);
        }
        Body::Period { until, note, .. } => {
            *until = read.day("until", *until);
            read.text("note", note);
        }
        Body::Closure(c) => {
            read.text("how", &mut c.how);
            read.text("reason", &mut c.reason);
        }
        Body::Deferred(d) => {
            d.on = read.day("next_on", Some(d.on)).unwrap_or(d.on);
            read.text("reason", &mut d.reason);
        }
        Body::Released { reason } => read.text("reason", reason),
        Body::Note { text } => read.text("note", text),
        Body::MovedOut { destination } => read.place("destination", destination),
        Body::Resident(r) => {
            read.text("name", &mut r.name);
            r.kana = searchable(ask.form("kana"));
            r.birth = if ask.form("birth").trim().is_empty() { None } else { read.span("birth", r.birth) };
            if r.birth.is_some_and(|birth| birth.lo > ask.today()) {
                read.wrong.push(Refusal::at("birth", "生年月日が今日より後です。"));
            }
            read.text("sex", &mut r.sex);
            read.place("phone", &mut r.phone);
            read.place("address", &mut r.address);
            read.place("district", &mut r.district);
        }
        _ => {}
    }
    if let (
        Body::Contact(now) | Body::Visit(now),
        Body::Contact(was) | Body::Visit(was),
        Body::Contact(seen) | Body::Visit(seen),
    ) = (&mut body, &stored, &shown)
    {
        now.with = restored(&now.with, &seen.with, &was.with);
    }
    if let (Some(now), Some(was), Some(shown)) = (prose(&mut body), prose(&mut stored), prose(&mut shown)) {
        *now = restored(now, shown, was);
    }
    if read.wrong.is_empty() { Ok((day, body)) } else { Err(read.wrong) }
}

/// The text of a record that its correction shows; parts of it may not have been shown (秘匿).
pub(super) fn prose(body: &mut Body) -> Option<&mut String> {
    match body {
        Body::Contact(c) | Body::Visit(c) => Some(&mut c.note),
        Body::Service(s) => Some(&mut s.note),
        Body::PregnancyNotified(p) => Some(&mut p.note),
        Body::PregnancyEnded { note, .. } | Body::Period { note, .. } => Some(note),
        Body::Closure(c) => Some(&mut c.reason),
        Body::Deferred(d) => Some(&mut d.reason),
        Body::Released { reason } => Some(reason),
        Body::Note { text } => Some(text),
        _ => None,
    }
}

struct Read<'a> {
    ask: &'a Ask,
    wrong: Vec<Refusal>,
    protected: bool,
}

impl Read<'_> {
    fn text(&self, name: &str, into: &mut String) {
        *into = self.ask.form(name).trim().to_owned();
    }

    /// What the form did not show stays.
    fn place(&self, name: &str, into: &mut String) {
        if !self.protected {
            self.text(name, into);
        }
    }

    /// A field left as it was drawn keeps its date exactly, also an imprecise one.
    fn span(&mut self, name: &'static str, was: Option<Span>) -> Option<Span> {
        let typed = self.ask.form(name).trim();
        match was {
            Some(was) if typed == day_text(was) => Some(was),
            _ => keep(&mut self.wrong, crate::platform::typed::span(self.ask, name)),
        }
    }

    fn day(&mut self, name: &'static str, was: Option<Day>) -> Option<Day> {
        if self.ask.form(name).trim().is_empty() {
            return None;
        }
        self.span(name, was.map(Span::on)).map(|s| s.hi)
    }

    fn number<T: std::str::FromStr>(&mut self, name: &'static str, example: &str) -> Option<T> {
        keep(&mut self.wrong, number(self.ask, name, example)).flatten()
    }

    fn contact(&mut self, c: &mut Contact) {
        match contacts::post::reached(self.ask.form("result")) {
            Some(result) => c.result = result,
            None => self.wrong.push(Refusal::at("result", "結果を選んでください。")),
        }
        c.seen = match (self.ask.form("seen"), c.seen.take()) {
            ("", was) => was,
            // Who saw the child and where stay; how surely is what is mended.
            (_, was) => keep(&mut self.wrong, crate::platform::typed::seen(self.ask)).flatten().map(|now| match was {
                Some(was) => Seen { how: now.how, ..was },
                None => now,
            }),
        };
        if let Some(time) = keep(&mut self.wrong, crate::platform::typed::time(self.ask, "time")) {
            c.time = time;
        }
        self.text("spoke_with", &mut c.with);
        let on = self.day("next_on", c.next.as_ref().map(|n| n.on));
        c.next = on.map(|on| Next { on, what: c.next.take().map_or_else(|| String::from("call"), |n| n.what) });
        self.text("note", &mut c.note);
    }
}

//! What an event says, in words: for the log, for the record a correction starts from, and for erasing.

use std::collections::BTreeMap;

use casework::{
    Body,
    body::{Born, Caution, Closure, Contact, Next, Pregnancy, Resident, Seen, Service},
    contact::posting::Finding,
    explain,
};
use rules::{Day, Rulebook, wareki};

use crate::platform::{
    rulebook,
    web::words::{self, result_word},
};

/// What words need beside the event itself.
pub struct Words<'a> {
    pub book: &'a Rulebook,
    /// Names of other files the reader may open.
    pub people: BTreeMap<i64, String>,
    pub staff: BTreeMap<i64, String>,
}

impl Words<'_> {
    pub fn title(&self, body: &Body) -> String {
        let title = rulebook::event_title(self.book, body);
        match body {
            Body::Service(s) => format!("{title}{}", bracket(result_word(&s.result))),
            _ => title,
        }
    }

    fn person(&self, file: i64) -> String {
        self.people.get(&file).cloned().unwrap_or_else(|| String::from("（この役割では開けない方）"))
    }

    /// Label and text of everything an event says. A text without a label stands for itself.
    pub fn facts(&self, body: &Body) -> Vec<(&'static str, String)> {
        let mut facts = Facts(Vec::new());
        match body {
            Body::Resident(r) => resident(&mut facts, r),
            Body::MovedOut { destination } => facts.put("転出先", destination),
            Body::Contact(c) | Body::Visit(c) => self.contact(&mut facts, c),
            Body::Service(s) => service(&mut facts, s, self.book),
            Body::PregnancyNotified(p) => pregnancy(&mut facts, p),
            Body::PregnancyEnded { weeks, note } => {
                facts.put("週数", weeks.map(|w| format!("{w}週")));
                facts.put("", note);
            }
            Body::Delivered { children, weeks, place } => {
                let names: Vec<String> = children.iter().map(|c| self.person(*c)).collect();
                facts.put("子", names.join("、"));
                facts.put("在胎週数", weeks.map(|w| format!("{w}週")));
                facts.put("場所", place);
            }
            Body::Born(b) => self.born(&mut facts, b),
            Body::Period { until, note, .. } => {
                facts.put("終わり", until.map(wareki::short));
                facts.put("", note);
            }
            Body::Caution(c) => caution(&mut facts, c),
            Body::Protection { note, on, review } => {
                facts.put("", note);
                facts.put("見直し日", review.filter(|_| *on).map(wareki::short));
            }
            Body::Disclosure(r) => {
                facts.put("請求した人", format!("{}（{}）", r.name, r.by.names().1));
                facts.put("期間", period(r.from, r.to));
                facts.put("回答の期限", wareki::short(r.due));
            }
            Body::DisclosureExtended(x) => {
                facts.put("新しい期限", wareki::short(x.due));
                facts.put("理由", &x.reason);
            }
            Body::DisclosureAnswered(a) => {
                facts.put("決定", a.outcome.names().1);
                facts.put("理由", &a.reason);
            }
            Body::Relation { to, role, until, .. } => {
                facts.put(role_word(role), self.person(*to));
                facts.put("終わり", until.map(wareki::short));
            }
            Body::Closure(c) => self.closure(&mut facts, c),
            Body::Deferred(d) => {
                facts.put("対象", rulebook::title(self.book, d.key.split(['#', '@']).next().unwrap_or("")));
                facts.put("次の対応の日", wareki::short(d.on));
                facts.put("理由", &d.reason);
            }
            Body::Released { reason } => facts.put("理由", reason),
            Body::Sent(s) => {
                facts.put("件名", &s.title);
                facts.put("確かめたこと", found(&s.decided));
                facts.put("送った理由", &s.reason);
            }
            Body::Held(h) => {
                facts.put("件名", &h.title);
                facts.put("わけ", found(&h.found));
                facts.put("理由", &h.reason);
            }
            Body::Returned(r) => {
                facts.put("", &r.note);
                next(&mut facts, Some(&r.next));
            }
            Body::Note { text } => facts.put("", text),
            Body::Joined(casework::body::Joined { reason, .. }) | Body::JoinedBy { reason, .. } => {
                facts.put("根拠", reason)
            }
            Body::ToldApart { other, reason } => {
                facts.put("別の人", (*other > 0).then(|| self.person(*other)));
                facts.put("理由", reason);
            }
            Body::Withdrawn { reason } | Body::Erased { reason, .. } | Body::BatchWithdrawn { reason, .. } => {
                facts.put("理由", reason);
            }
            Body::HandedOver(h) => {
                facts.put("新しい担当", format!("{}から", wareki::short(h.from)));
                facts.put("読む期限", wareki::short(h.by));
            }
            Body::HandoverRead(read) => facts.put("読んだ人", self.staff.get(&read.staff).cloned()),
            Body::Escalated(taken) => {
                facts.put("いつまで", wareki::short(taken.by));
                facts.put("", &taken.note);
            }
            Body::Died
            | Body::Assigned(_)
            | Body::Absent(_)
            | Body::SourceArrived { .. }
            | Body::SettingChanged { .. }
            | Body::Renamed(_)
            | Body::RulesProposed(_)
            | Body::RulesDecided(_)
            | Body::RulesPublished(_)
            | Body::RulesCarriedOut(_)
            | Body::Staff(_)
            | Body::Inspected(_) => {}
            Body::Emergency(e) => {
                facts.put("理由", &e.reason);
                facts.put("期限", super::log::stamp(e.until));
            }
            Body::EmergencyReviewed(r) => {
                facts.put("結果", r.verdict.names().1);
                facts.put("", &r.note);
            }
            Body::SheetConfirmed(_) => {}
        }
        facts.0
    }

    fn contact(&self, facts: &mut Facts, contact: &Contact) {
        facts.put("時刻", contact.time.map(|time| time.to_string()));
        facts.put("相手", &contact.with);
        facts.put("", &contact.note);
        if let Some(service) = &contact.service {
            facts.put("実施", rulebook::title(self.book, service));
        }
        next(facts, contact.next.as_ref());
    }

    fn born(&self, facts: &mut Facts, born: &Born) {
        facts.put("生年月日", wareki::span(born.birth));
        facts.put("母", (born.mother > 0).then(|| self.person(born.mother)));
        facts.put("出生体重", born.weight.map(|g| format!("{g}g")));
        facts.put("在胎週数", born.weeks.map(|w| format!("{w}週")));
        facts.put("多胎", born.multiple.then(|| format!("{}人目", born.order)));
        facts.put("新生児訪問", born.wish_newborn_visit.then(|| String::from("希望あり")));
        facts.put("家に帰る日", born.home_from.map(wareki::short));
    }

    fn closure(&self, facts: &mut Facts, closure: &Closure) {
        let service = closure.key.split(['#', '@']).next().unwrap_or("");
        facts.put("対象", rulebook::title(self.book, service));
        let how = match closure.how.as_str() {
            "not_applicable" => "対象外",
            "ended" => "終結",
            "already_done" => "実は済んでいた",
            "declined" => "本人・保護者の意向",
            "before" => "移行前",
            _ => "判断済み",
        };
        facts.put("種類", how);
        facts.put("理由", &closure.reason);
    }
}

struct Facts(Vec<(&'static str, String)>);

impl Facts {
    fn put(&mut self, label: &'static str, text: impl Text) {
        let text = text.text();
        if !text.trim().is_empty() {
            self.0.push((label, text));
        }
    }
}

/// What may be put: a text, or one that may be missing.
trait Text {
    fn text(self) -> String;
}

impl Text for String {
    fn text(self) -> String {
        self
    }
}

impl Text for &String {
    fn text(self) -> String {
        self.clone()
    }
}

impl Text for &str {
    fn text(self) -> String {
        self.to_owned()
    }
}

impl Text for Option<String> {
    fn text(self) -> String {
        self.unwrap_or_default()
    }
}

fn resident(facts: &mut Facts, r: &Resident) {
    facts.put("氏名", &r.name);
    facts.put("ふりがな", &r.kana);
    facts.put("旧氏・通称など", r.also.join("、"));
    facts.put("生年月日", r.birth.map(wareki::span));
    facts.put("性別", sex_word(&r.sex));
    facts.put("続柄", &r.relation);
    facts.put("住所", &r.address);
    facts.put("地区", &r.district);
    facts.put("電話", &r.phone);
    facts.put("国籍", &r.nationality);
    facts.put("前住所地など", &r.from_place);
}

fn service(facts: &mut Facts, s: &Service, book: &Rulebook) {
    match s.product.as_deref() {
        // An invitation names what it invites to.
        Some(to) if s.code.starts_with("invited") => facts.put("案内したもの", rulebook::title(book, to)),
        product => facts.put("製剤", product.unwrap_or("").to_uppercase()),
    }
    facts.put("値", s.number.map(|n| format!("{n}")));
    facts.put("場所", &s.place);
    facts.put("", &s.note);
    next(facts, s.next.as_ref());
}

fn pregnancy(facts: &mut Facts, p: &Pregnancy) {
    facts.put("分娩予定日", wareki::long(p.edd));
    facts.put("胎児", if p.fetuses == 1 { String::from("単胎") } else { format!("{}胎", p.fetuses) });
    facts.put("第何子", p.birth_order.map(|n| format!("第{n}子")));
    if let Some(stay) = &p.satogaeri {
        let until = stay.until.map(wareki::short).unwrap_or_default();
        facts.put("里帰り", format!("{}〜{until}{}", wareki::short(stay.from), bracket(&stay.place)));
    }
    facts.put("医療機関", &p.clinic);
    facts.put("", &p.note);
    next(facts, p.next.as_ref());
}

/// What was found before a letter went, in words.
fn found(marks: &[String]) -> String {
    let words = marks.iter().filter_map(|mark| Finding::from_mark(mark)).map(|f| found_word(&f));
    words.collect::<Vec<_>>().join("、")
}

/// 「転出しています（R8.10.1）」
pub fn found_word(found: &Finding) -> String {
    format!("{}{}", found.what.names().1, bracket(&found.day.map(wareki::short).unwrap_or_default()))
}

fn caution(facts: &mut Facts, c: &Caution) {
    for (label, text) in crate::subject::caution(c).lines {
        facts.put("", format!("{label}：{text}"));
    }
}

fn next(facts: &mut Facts, next: Option<&Next>) {
    facts.put("次の対応", next.map(|n| format!("{} {}", wareki::short(n.on), explain::next_word(&n.what))));
}

fn bracket(text: &str) -> String {
    if text.is_empty() { String::new() } else { format!("（{text}）") }
}

/// 「R8.4.1〜R8.11.24」; open ends are left open.
pub fn period(from: Option<Day>, to: Option<Day>) -> String {
    match (from, to) {
        (None, None) => String::from("すべて"),
        (from, to) => {
            let day = |d: Option<Day>| d.map(wareki::short).unwrap_or_default();
            format!("{}〜{}", day(from), day(to))
        }
    }
}

/// 「目視：直接見た（自分・自宅）」
pub fn sight(body: &Body) -> String {
    let seen = match body {
        Body::Contact(c) | Body::Visit(c) => c.seen.as_ref(),
        Body::Service(s) => s.seen.as_ref(),
        _ => None,
    };
    seen.map(seen_words).unwrap_or_default()
}

fn seen_words(seen: &Seen) -> String {
    let how = match seen.how.as_str() {
        "seen" => "直接見た",
        "glimpsed" => "ちらりと見た",
        "voice" => "声を聞いた",
        _ => "話に聞いた",
    };
    let by = match seen.by.as_str() {
        "" | "self" => "自分",
        "colleague" => "同行者",
        "partner" => "関係機関",
        "nursery" => "園",
        "clinic" => "医療機関",
        "family" => "家族",
        other => other,
    };
    let place = match seen.place.as_str() {
        "home" => "自宅",
        "center" => "センター",
        "nursery" => "園",
        "clinic" => "医療機関",
        other => other,
    };
    let place = if place.is_empty() { String::new() } else { format!("・{place}") };
    format!("目視：{how}（{by}{place}）")
}

pub fn sex_word(sex: &str) -> &'static str {
    match sex {
        "F" => "女",
        "M" => "男",
        _ => "",
    }
}

/// What somebody is to the person of the file.
pub fn role_word(role: &str) -> &'static str {
    match role {
        "mother" => "母",
        "father" => "父",
        "parent" => "親",
        "guardian" => "保護者",
        "child" => "子",
        "sibling" => "きょうだい",
        "grandparent" => "祖父母",
        "spouse" | "partner" => "配偶者・パートナー",
        _ => "家族・関係者",
    }
}

/// The symbol of an event in the log.
pub fn icon(body: &Body) -> &'static str {
    match body {
        Body::Contact(c) => match c.means.as_str() {
            "letter" => "letter",
            "face" | "online" => "people",
            _ => "phone",
        },
        Body::Visit(_) => "home",
        Body::Service(_) => "done",
        Body::PregnancyNotified(_) | Body::PregnancyEnded { .. } => "pregnant",
        Body::Delivered { .. } | Body::Born(_) => "child",
        Body::Caution(_) => "alert",
        Body::Protection { .. } => "lock",
        Body::Disclosure(_) | Body::DisclosureExtended(_) | Body::DisclosureAnswered(_) => "letter",
        Body::Emergency(_) | Body::EmergencyReviewed(_) => "eye",
        Body::Relation { .. } => "people",
        Body::Deferred(_) => "clock",
        Body::Sent(_) | Body::Held(_) | Body::Returned(_) => "letter",
        Body::Closure(_) | Body::Released { .. } => "closed",
        Body::Resident(_) | Body::MovedOut { .. } => "import",
        _ => "edit",
    }
}

/// Where a record came from, for what nobody here typed.
pub fn source_word(source: &str) -> &str {
    match source {
        "own" => "",
        "residents" => "住民記録",
        "birth_slip" => "出生連絡票",
        other => words::source(other),
    }
}

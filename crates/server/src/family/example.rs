//! A fictional family: a mother expecting her second child, a boy, his father in another household.
#![allow(clippy::unwrap_used)]

use askama::Template;
use rules::Day;

use super::{
    chart::{Bar, BarKind, Group, Lane, Mark, MarkKind, Picture, place, scale::Scale, table},
    view::{FamilyPage, Involved, Life, MemberView, Ribbon, Stand, Station},
};
use crate::{
    example::{caution, frame},
    persons::example as persons,
    platform::web::view::{Link, Name, NavItem, State},
};

fn day(text: &str) -> Day {
    Day::parse_iso(text).unwrap()
}

fn link(label: &str, url: &str) -> Link {
    Link { label: label.into(), url: url.into() }
}

fn member(role: &str, name: (&str, &str), about: &str, since: &str, home: &str) -> MemberView {
    MemberView {
        role: role.into(),
        name: Name { text: name.0.into(), ruby: name.1.into() },
        url: if since.is_empty() { String::new() } else { "/persons/4".into() },
        about: about.into(),
        since: since.into(),
        home: home.into(),
        ..MemberView::default()
    }
}

fn ribbon() -> Ribbon {
    let station = |title: &str, stand, when: &str| Station { title: title.into(), stand, when: when.into() };
    let done = Stand::Is(State::Done);
    Ribbon {
        role: "子".into(),
        name: "髙﨑 湊".into(),
        about: "R7.6.2生　1歳5か月".into(),
        stations: vec![
            station("妊娠届", Stand::Is(State::Before), ""),
            station("出生", done, "R7.6.2"),
            station("全戸訪問", done, "R7.7.20"),
            station("3〜4か月", Stand::NoRecord, "〜R7.12.1"),
            station("9〜11か月", Stand::Is(State::Unconfirmed), "〜R8.6.1"),
            station("1歳6か月", Stand::Is(State::Overdue), "〜R8.11.2"),
            station("3歳", Stand::Is(State::NotYet), "R10.6〜"),
            station("就学", Stand::Is(State::NotYet), "R14.4"),
            station("18歳", Stand::Is(State::NotYet), "R25.6"),
        ],
    }
}

fn picture() -> Picture {
    let mark = |kind, on: &str, label: &str| Mark { kind, day: day(on), label: label.into(), told: label.into() };
    let bar = |kind, from: &str, until: &str, label: &str| Bar {
        kind,
        from: day(from),
        until: day(until),
        label: label.into(),
    };
    let checkups = Lane {
        name: "健診",
        through: Some(day("2026-10-31")),
        bars: vec![
            bar(BarKind::Nothing, "2025-09-02", "2025-12-01", "3〜4か月児健診 記録なし"),
            bar(BarKind::Window, "2026-12-02", "2027-06-01", "1歳6か月児健診"),
            bar(BarKind::Before, "2024-05-01", "2024-08-01", "移行前"),
        ],
        marks: vec![
            mark(MarkKind::Finding, "2026-03-10", "9〜11か月児健診 要観察"),
            mark(MarkKind::Absent, "2026-10-15", "未受診"),
        ],
        ..Lane::default()
    };
    let contacts = Lane {
        name: "訪問・連絡",
        marks: vec![
            mark(MarkKind::Done, "2025-07-20", "全戸訪問"),
            mark(MarkKind::Done, "2026-11-10", "訪問"),
            mark(MarkKind::Absent, "2026-11-17", "不在"),
            mark(MarkKind::Planned, "2026-12-08", "次の連絡"),
        ],
        ..Lane::default()
    };
    let pregnancy = Lane {
        name: "妊娠・産後",
        bars: vec![
            bar(BarKind::Episode, "2024-11-01", "2025-06-02", "妊娠"),
            bar(BarKind::After, "2025-06-03", "2026-06-01", "産後1年"),
            bar(BarKind::Episode, "2026-06-20", "2026-11-24", "妊娠"),
            bar(BarKind::Ahead, "2026-11-25", "2027-01-18", ""),
        ],
        marks: vec![mark(MarkKind::Birth, "2025-06-02", "出産"), mark(MarkKind::Planned, "2027-01-18", "予定日")],
        ..Lane::default()
    };
    let group = |role: &str, name: &str, about: &str, birth, lanes| Group {
        role: role.into(),
        name: name.into(),
        about: about.into(),
        birth,
        lanes,
    };
    Picture {
        groups: vec![
            group("母（本人）", "髙﨑 美穂", "34歳", None, vec![pregnancy]),
            group("子", "髙﨑 湊", "1歳5か月", Some(day("2025-06-02")), vec![checkups, contacts]),
        ],
        contacts: ["2025-06-10", "2025-07-20", "2026-03-10", "2026-11-10"].map(day).to_vec(),
    }
}

fn life() -> Life {
    let (picture, today) = (picture(), day("2026-11-24"));
    let scale = Scale::years(2023, 5, place::LEFT, place::RIGHT).unwrap();
    Life {
        drawing: place::place(&picture, &scale, today),
        finding: table::finding(&picture, &scale, today),
        rows: table::rows(&picture, &scale),
        previous: link("前の年へ", "/persons/3/family?from=2022"),
        next: link("次の年へ", "/persons/3/family?from=2024"),
        widths: vec![
            link("1年", "/persons/3/family?years=1"),
            link("2年", "/persons/3/family?years=2"),
            link("5年", ""),
        ],
        years: "令和5年度〜令和9年度".into(),
    }
}

pub fn page() -> FamilyPage {
    let person = persons::page();
    let tab = |label: &str, url: &str, current| NavItem {
        label: label.into(),
        url: url.into(),
        current,
        ..NavItem::default()
    };
    let mut bar = person.bar;
    bar.tabs = vec![tab("本人の記録", "/persons/3", false), tab("家庭", "/persons/3/family", true)];
    let mut duties = person.duties;
    duties.iter_mut().for_each(|d| d.subject = "子 髙﨑 湊".into());
    let mut log = person.log;
    log.iter_mut().for_each(|e| e.subject = "子 髙﨑 湊".into());
    let mut father = member("子の父", ("髙﨑 隆", "たかさき たかし"), "男・41歳", "R7.6.2から", "別の世帯①");
    father.marks = vec!["R8.4.1 転出".into()];
    FamilyPage {
        frame: frame("家庭の画面"),
        bar,
        cautions: vec![("髙﨑 美穂・髙﨑 湊".into(), caution())],
        members: vec![
            member("母（本人）", ("髙﨑 美穂", "たかさき みほ"), "女・34歳・妊娠32週1日", "", ""),
            father,
            member("子", ("髙﨑 湊", "たかさき みなと"), "男・R7.6.2生・1歳5か月", "R7.6.2から", "本人と同じ世帯"),
        ],
        past: vec![member("保護者", ("架空 花", "かくう はな"), "62歳", "R7.6.2〜R8.3.31", "")],
        limits: vec!["世帯ではなく、記録された続柄でまとめています。".into()],
        duties,
        batch: Vec::new(),
        ribbons: vec![ribbon()],
        life: Some(life()),
        log,
        log_shown: "46件のうち 1–4件".into(),
        log_more: Some(link("続きの42件", "/persons/3/family?log=20#log-t")),
        involved: vec![Involved {
            name: "佐藤 美咲".into(),
            what: vec!["担当：1歳6か月児健診 ほか1件".into(), "最後の記録：R8.11.20 訪問".into()],
        }],
        reading_note: "この画面を開くと、ここに出ている3人の記録を開いたことが、閲覧の記録に残ります。".into(),
    }
}

pub fn pages() -> Vec<(&'static str, String)> {
    let alone = FamilyPage {
        frame: frame("家庭の画面"),
        bar: persons::page().bar,
        members: vec![member("本人", ("架空 空", "かくう そら"), "9歳", "", "")],
        log_shown: "0件".into(),
        ..FamilyPage::default()
    };
    vec![("family", page().render().unwrap()), ("family-alone", alone.render().unwrap())]
}

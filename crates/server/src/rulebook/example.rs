//! The pages on the shipped rules, with fictional counts.
#![allow(clippy::unwrap_used)]

use super::view::{HealthPage, HealthRow, IndexPage};
use super::{index, library::library, page};
use crate::example::{form, frame};
use crate::platform::{rulebook, web::view::Link};
use askama::Template;
use rules::Day;

pub fn pages() -> Vec<(&'static str, String)> {
    let today = Day::from_ymd(2026, 11, 24).unwrap();
    let (library, book) = (library().unwrap(), rulebook::shipped().unwrap());
    let mut pages = vec![("rulebook", index().render().unwrap()), ("rulebook-health", health().render().unwrap())];
    pages.extend(super::changes::example::pages());
    let rules = [
        ("rule-pcv", "pcv"),
        ("rule-hib", "hib"),
        ("rule-hpv", "hpv"),
        ("rule-je1", "je1"),
        ("rule-je2", "je2"),
        ("rule-mr2", "mr2"),
        ("rule-rota", "rota"),
        ("rule-checkup", "checkup_18m"),
        ("rule-changed", "checkup_3_4m"),
        ("rule-visit", "home_visit"),
        ("rule-rhythm", "prenatal_checkup"),
        ("rule-postpartum", "postpartum_checkup_2w"),
        ("rule-rsv", "rsv_maternal"),
    ];
    for (name, id) in rules {
        let written = library.versions(id).last().copied().unwrap();
        let mut page = page::drawn(library, written, &book, today);
        page.frame = frame(&written.file.title);
        page.health = (id == "pcv").then(noisy);
        page.health_since = super::health::since(today);
        pages.push((name, page.render().unwrap()));
    }
    pages
}

fn index() -> IndexPage {
    let library = library().unwrap();
    let found = library.on(Day::from_ymd(2026, 11, 24).unwrap());
    IndexPage {
        frame: frame("規則集"),
        form: form("/rulebook", &[("term", "")]),
        shown: format!("{}の規則", found.len()),
        areas: index::areas(&found, |w| index::row(w, &[])),
        health_url: "/rulebook/health".into(),
        changes_url: "/rulebook/changes".into(),
        unfit: Vec::new(),
    }
}

fn noisy() -> HealthRow {
    HealthRow {
        title: "小児肺炎球菌".into(),
        url: "/rulebook/pcv".into(),
        tier: "月次一括".into(),
        settled: 40,
        closed: 12,
        already_done: 9,
        percent: 22,
        few: false,
        least: 20,
        noisy: true,
    }
}

fn health() -> HealthPage {
    let quiet = HealthRow { title: "MR 第2期".into(), already_done: 1, percent: 2, noisy: false, ..noisy() };
    let few = HealthRow { title: "BCG".into(), settled: 7, few: true, noisy: false, ..noisy() };
    HealthPage {
        frame: frame("一覧の健全性"),
        since: "令和7年11月25日から令和8年11月24日まで".into(),
        noisy: vec![Link { label: "小児肺炎球菌".into(), url: "/rulebook/pcv".into() }],
        rows: vec![noisy(), quiet, few],
        least: 20,
        limit: "済んだ・終えた対応が多いため、新しい5000件だけを数えました。".into(),
    }
}

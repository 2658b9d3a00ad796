//! A fictional prefecture of four municipalities in two areas.
#![allow(clippy::unwrap_used)]

use askama::Template;
use rules::Day;

use super::{
    chart,
    read::Town,
    view::{Area, CentreRow, ClosePage, Left, OfficesPage, OwnPage, TownRow},
};
use crate::example::{form, frame};
use crate::platform::web::view::Link;

pub fn pages() -> Vec<(&'static str, String)> {
    let day = |text: &str| Day::parse_iso(text).unwrap();
    let town = |support: &str, family: Option<&str>| Town {
        support: Some((day(support), family.map(|f| day(f).plus(-1)))),
        family: family.map(day),
        ..Town::default()
    };
    let towns = [town("2015-10-01", Some("2024-04-01")), town("2017-04-01", None), town("2018-04-01", None)];
    let row = |name: &str, state, chip, icon| TownRow {
        name: name.into(),
        centre: format!("{name}こども家庭センター"),
        support: "H27.10.1".into(),
        family: "R6.4.1".into(),
        state,
        chip,
        icon,
    };
    let page = OfficesPage {
        frame: frame("センターの設置状況"),
        said: "4市町村のうち3市町村に設置されています。".into(),
        chart: chart::draw(&towns, day("2026-11-24")),
        areas: vec![
            Area {
                name: "湾岸保健所 管内".into(),
                said: "2市町村・うちこども家庭センター1".into(),
                towns: vec![
                    row("みなと市", "こども家庭センター", "done", "check"),
                    row("青凪町", "子育て世代包括支援センター", "plan", "clock"),
                ],
            },
            Area {
                name: "北嶺保健所 管内".into(),
                said: "1市町村・うちこども家庭センター0".into(),
                towns: vec![row("水鏡村", "未設置", "ask", "alert")],
            },
        ],
    };
    let centre = |name: &str, here, since: &[&str], roles: &str| CentreRow {
        name: name.into(),
        here,
        since: since.iter().map(|line| (*line).into()).collect(),
        roles: roles.into(),
        closed: if here { String::new() } else { "R8.11.20から閉鎖".into() },
        reopen: None,
    };
    let own = OwnPage {
        frame: frame("センター"),
        rows: vec![
            centre("みなと市こども家庭センター", true, &["こども家庭センター（R6.4.1から）"], "管理者"),
            centre("みなと市北部こども家庭センター", false, &[], ""),
        ],
    };
    let link = |label: &str, url: &str| Link { label: label.into(), url: url.into() };
    let left = |text: &str, link: Option<Link>| Left { text: text.into(), link };
    let close = |left: Vec<Left>| ClosePage {
        frame: frame("センターの閉鎖"),
        name: "みなと市北部こども家庭センター".into(),
        left,
        form: form("/offices/close", &[("day", "きょう")]),
        ..ClosePage::default()
    };
    let stands = close(vec![
        left("台帳に残っている方か、開いている対応があります。", Some(link("担当替え", "/supervision/handovers/new"))),
        left("ほかの職員に、このセンターの役割があります。", Some(link("職員", "/staff"))),
    ]);
    vec![
        ("offices", page.render().unwrap()),
        ("offices-own", own.render().unwrap()),
        ("offices-close", close(Vec::new()).render().unwrap()),
        ("offices-close-left", stands.render().unwrap()),
    ]
}

//! センターの設置状況.

use crate::platform::web::form::Form;
use crate::platform::web::view::{Frame, Link, Undo};

/// Page: GET /offices.
#[derive(askama::Template, Debug, Clone, Default)]
#[template(path = "administration/offices/offices.html")]
pub struct OfficesPage {
    pub frame: Frame,
    /// 「39市町村のうち39市町村に設置されています（令和8年11月24日現在）。」
    pub said: String,
    pub chart: Option<Chart>,
    pub areas: Vec<Area>,
}

/// Page: GET /offices/own.
#[derive(askama::Template, Debug, Clone, Default)]
#[template(path = "administration/offices/own.html")]
pub struct OwnPage {
    pub frame: Frame,
    pub rows: Vec<CentreRow>,
}

/// Page: GET /offices/close.
#[derive(askama::Template, Debug, Clone, Default)]
#[template(path = "administration/offices/close.html")]
pub struct ClosePage {
    pub frame: Frame,
    pub name: String,
    /// That it is closed, and since when.
    pub closed: String,
    /// What stands in the way.
    pub left: Vec<Left>,
    pub form: Form,
}

/// Something that must be done before a centre can be closed.
#[derive(Debug, Clone, Default)]
pub struct Left {
    pub text: String,
    /// Where it is done, for whoever may.
    pub link: Option<Link>,
}

/// A centre of one's own municipality.
#[derive(Debug, Clone, Default)]
pub struct CentreRow {
    pub name: String,
    pub here: bool,
    /// 「こども家庭センター（R6.4.1から）」
    pub since: Vec<String>,
    pub roles: String,
    /// 「R8.11.27から閉鎖」; empty while it is open.
    pub closed: String,
    /// The record of that, for its undo.
    pub reopen: Option<Undo>,
}

/// The municipalities of one health centre.
#[derive(Debug, Clone, Default)]
pub struct Area {
    pub name: String,
    /// 「9市町村・うちこども家庭センター8」
    pub said: String,
    pub towns: Vec<TownRow>,
}

#[derive(Debug, Clone, Default)]
pub struct TownRow {
    pub name: String,
    pub centre: String,
    /// 「H27.10.1」; empty where there was none.
    pub support: String,
    pub family: String,
    /// The word of the chip: こども家庭センター, 子育て世代包括支援センター, 未設置.
    pub state: &'static str,
    /// done, plan or ask.
    pub chip: &'static str,
    pub icon: &'static str,
}

/// How many municipalities have a centre, fiscal year by fiscal year.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Chart {
    pub width: i32,
    pub height: i32,
    pub base: i32,
    /// What it says, for whoever does not see it.
    pub label: String,
    pub bars: Vec<Bar>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Bar {
    /// 「平成27年度」
    pub year: String,
    pub x: i32,
    pub width: i32,
    pub middle: i32,
    /// Top and height of the part that are こども家庭センター, and of the rest above it.
    pub family_y: i32,
    pub family_h: i32,
    pub support_y: i32,
    pub support_h: i32,
    pub family: usize,
    pub support: usize,
    pub all: usize,
}

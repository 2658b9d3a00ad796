//! 未把握・未対応点検表 as shown and printed.

use crate::platform::web::form::Form;
use crate::platform::web::view::{Frame, Link, Name};

/// GET /certify; POST /certify.
#[derive(askama::Template, Debug, Clone, Default)]
#[template(path = "certify/certify.html")]
pub struct CertifyPage {
    pub frame: Frame,
    /// 「みなと市こども家庭センター」
    pub office: String,
    /// 「令和8年11月24日（火）」
    pub day: String,
    /// What the sheet was counted from: 「いまの記録」 / 「…までに起きたこと」
    pub basis: String,
    /// Where the sheet of today stands, on a sheet of the past.
    pub today_url: String,
    /// Why no past sheet is drawn.
    pub note: String,
    pub register: String,
    pub sums: Vec<Sum>,
    /// 妊婦・産婦 …, then districts.
    pub tables: Vec<Table>,
    /// 「転出 4人、死亡 0人 …」
    pub outside: String,
    pub undone: Vec<Undone>,
    pub services: Vec<Cells>,
    pub missing: Vec<Cells>,
    pub sources: Vec<SourceRow>,
    pub limits: Vec<&'static str>,
    /// Whether the reader may see names.
    pub named: bool,
    pub names: Vec<Listed>,
    /// 「1〜100人目／全134人」
    pub shown: String,
    pub pages: Vec<Link>,
    /// 「11/24 17:00 黒田 を確認」; empty while the day is not confirmed.
    pub signed: String,
    pub signed_note: String,
    /// The figures moved since they were confirmed.
    pub moved: bool,
    pub confirm: Option<Form>,
    pub history: Vec<Past>,
    pub ask_day: Form,
    pub sha256: String,
    pub program: String,
    pub book: String,
}

#[derive(Debug, Clone, Default)]
pub struct Sum {
    pub label: &'static str,
    pub n: String,
    pub hint: &'static str,
    /// decide, done, quiet
    pub tone: &'static str,
}

/// Everybody on the register, told apart by one thing.
#[derive(Debug, Clone, Default)]
pub struct Table {
    pub id: &'static str,
    pub title: &'static str,
    pub rows: Vec<Split>,
}

#[derive(Debug, Clone, Default)]
pub struct Split {
    pub label: String,
    pub register: String,
    pub covered: String,
    pub released: String,
    pub listed: String,
    pub any: bool,
}

/// Open lines of one state.
#[derive(Debug, Clone, Default)]
pub struct Undone {
    pub label: &'static str,
    pub hint: &'static str,
    /// The list with these lines; empty for whoever sees no names.
    pub url: String,
    /// 「12件・9人」 of tiers 1 and 2.
    pub one: String,
    pub two: String,
}

#[derive(Debug, Clone, Default)]
pub struct Cells {
    pub label: String,
    pub url: String,
    pub cells: Vec<String>,
}

#[derive(Debug, Clone, Default)]
pub struct SourceRow {
    pub title: String,
    pub through: String,
    pub expected: String,
    pub last: String,
    pub late: bool,
    pub never: bool,
}

/// Somebody on the register without a step and without a release.
#[derive(Debug, Clone, Default)]
pub struct Listed {
    pub name: Name,
    pub url: String,
    pub about: String,
    pub protected: bool,
    pub subject: &'static str,
    pub district: String,
    pub reason: String,
    pub last: String,
    pub acts: Vec<Link>,
}

/// An earlier confirmation.
#[derive(Debug, Clone, Default)]
pub struct Past {
    pub day: String,
    pub url: String,
    pub register: String,
    pub covered: String,
    pub released: String,
    pub listed: String,
    pub undecided: String,
    pub overdue: String,
    pub who: String,
}

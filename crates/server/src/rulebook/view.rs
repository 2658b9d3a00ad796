//! 規則集 as shown: words only, and coordinates of the ruler.

use crate::platform::web::form::Form;
use crate::platform::web::view::{Frame, Link};

/// Page: GET /rulebook, POST /rulebook. Field `term`.
#[derive(askama::Template, Debug, Clone, Default)]
#[template(path = "rulebook/index.html")]
pub struct IndexPage {
    pub frame: Frame,
    pub form: Form,
    /// 「50の規則のうち3つ」
    pub shown: String,
    pub areas: Vec<Area>,
    /// Set for whoever may read it.
    pub health_url: String,
    pub changes_url: String,
    /// For whoever changes rules: why the office's own could not be used; empty if they are.
    pub unfit: Vec<String>,
}

#[derive(Debug, Clone, Default)]
pub struct Area {
    pub name: String,
    pub rows: Vec<IndexRow>,
}

#[derive(Debug, Clone, Default)]
pub struct IndexRow {
    pub title: String,
    pub url: String,
    pub service: String,
    pub subject: String,
    /// One line for each window.
    pub window: Vec<String>,
    pub law: String,
    pub tier: String,
    /// 「R8.4.1から」
    pub version: String,
}

/// Page: GET /rulebook/{id}?version=
#[derive(askama::Template, Debug, Clone, Default)]
#[template(path = "rulebook/page.html")]
pub struct RulePage {
    pub frame: Frame,
    pub title: String,
    pub area: String,
    pub tier: String,
    /// The head comment of the file.
    pub about: String,
    /// A sentence if another version than today's is shown.
    pub looking_back: String,
    /// 法, 出典と不確かな点, 事業コード …
    pub head: Vec<(String, String)>,
    pub who: Vec<Section>,
    /// 「きょう期間にいるのは、令和2年4月2日から令和3年4月1日までに生まれた人です。」
    pub now: String,
    /// Heads of the example columns of `windows`.
    pub samples: Vec<String>,
    pub windows: Vec<WindowView>,
    pub ruler: Option<Ruler>,
    pub starts: Vec<StartView>,
    /// 製品, ほかの接種との間隔, 特例, 注意.
    pub further: Vec<Section>,
    pub settled: Vec<Section>,
    pub settings_about: String,
    pub settings: Vec<SettingRow>,
    pub changes: Vec<ChangeRow>,
    /// 「この規則を変える」, for whoever may.
    pub change_url: String,
    pub notes: Vec<String>,
    pub versions: Vec<VersionRow>,
    pub cases: Vec<CaseView>,
    /// For whoever may read 一覧の健全性.
    pub health: Option<HealthRow>,
    pub health_since: String,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Section {
    pub title: String,
    pub lines: Vec<String>,
}

/// One window: its ends in the words of the file, and the days of the examples.
#[derive(Debug, Clone, Default)]
pub struct WindowView {
    pub title: String,
    pub rows: Vec<WindowRow>,
}

#[derive(Debug, Clone, Default)]
pub struct WindowRow {
    pub label: String,
    pub words: Vec<String>,
    /// One for each of `samples`.
    pub days: Vec<String>,
}

/// The schedule of one age at the first injection.
#[derive(Debug, Clone, Default)]
pub struct StartView {
    pub label: String,
    /// 「全4回（初回接種3回・追加接種1回）」
    pub count: String,
    pub facts: Vec<String>,
    pub doses: Vec<DoseRow>,
    /// Whether any injection has an earlier day that a physician may choose.
    pub physician: bool,
    /// Whether any is left out in some case.
    pub omits: bool,
}

#[derive(Debug, Clone, Default)]
pub struct DoseRow {
    pub number: usize,
    pub kind: String,
    pub from: Vec<String>,
    pub standard: String,
    pub physician: Vec<String>,
    pub conditions: Vec<String>,
    /// The day in the ruler's example.
    pub day: String,
}

#[derive(Debug, Clone, Default)]
pub struct SettingRow {
    pub name: String,
    pub value: i32,
    /// What uses it: 「対応の期限：満了日の60日前」
    pub uses: Vec<String>,
}

#[derive(Debug, Clone, Default)]
pub struct ChangeRow {
    pub place: String,
    pub what: Vec<String>,
    pub because: String,
    /// Whether this office counts by it.
    pub applies: bool,
}

#[derive(Debug, Clone, Default)]
pub struct VersionRow {
    pub label: String,
    pub from: String,
    pub to: String,
    pub path: String,
    pub url: String,
    pub shown: bool,
    pub in_force: bool,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CaseView {
    pub name: String,
    pub given: Vec<String>,
    pub acts: Vec<String>,
    pub on: Vec<OnRow>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OnRow {
    pub day: String,
    pub status: String,
    pub dose: String,
    pub earliest: String,
    pub latest: String,
    pub standard: String,
    pub other: String,
}

/// Page: GET /rulebook/health
#[derive(askama::Template, Debug, Clone, Default)]
#[template(path = "rulebook/health.html")]
pub struct HealthPage {
    pub frame: Frame,
    /// 「令和7年11月25日から令和8年11月24日まで」
    pub since: String,
    pub rows: Vec<HealthRow>,
    pub noisy: Vec<Link>,
    /// No share of fewer lines than this.
    pub least: i64,
    /// A sentence if more was settled than is counted.
    pub limit: String,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HealthRow {
    pub title: String,
    pub url: String,
    pub tier: String,
    pub settled: i64,
    pub closed: i64,
    pub already_done: i64,
    pub percent: i64,
    /// Fewer lines than `least`: no share is told.
    pub few: bool,
    pub least: i64,
    pub noisy: bool,
}

/// Drawn on the server: bars and marks over an axis of age or weeks.
#[derive(Debug, Clone, Default)]
pub struct Ruler {
    pub width: i32,
    pub height: i32,
    /// What it shows, for those who cannot see it.
    pub label: String,
    /// 「令和8年4月10日生まれの人」
    pub sample: String,
    pub ticks: Vec<Tick>,
    pub lanes: Vec<Lane>,
    pub has_standard: bool,
    pub has_first: bool,
    pub has_target: bool,
    pub has_dose: bool,
    pub has_booster: bool,
    pub has_step: bool,
}

#[derive(Debug, Clone, Default)]
pub struct Tick {
    pub x: i32,
    pub label: String,
}

#[derive(Debug, Clone, Default)]
pub struct Lane {
    pub y: i32,
    pub name: String,
    pub bars: Vec<Bar>,
    pub marks: Vec<Mark>,
}

#[derive(Debug, Clone, Default)]
pub struct Bar {
    pub x: i32,
    pub w: i32,
    /// `legal`, `standard`, `first` or `step`.
    pub class: &'static str,
    /// The law names no last day.
    pub open: bool,
}

#[derive(Debug, Clone, Default)]
pub struct Mark {
    /// Where it is drawn, moved aside where marks would cover each other.
    pub x: i32,
    /// Where it is.
    pub at: i32,
    pub text: String,
    /// `dose`, `booster` or `target`.
    pub class: &'static str,
}

//! Which lines are meant: a room, and what narrows it. The same in addresses, forms and in what is recorded.

use rules::{Day, Rulebook};
use serde::{Deserialize, Serialize};

use super::cohort;
use crate::platform::rulebook;
use crate::platform::web::{reply::percent, words};

/// The room.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// 月次一括
    #[default]
    Month,
    /// 初期整理
    Start,
}

impl Mode {
    pub const fn code(self) -> &'static str {
        match self {
            Mode::Month => "month",
            Mode::Start => "start",
        }
    }

    pub const fn word(self) -> &'static str {
        match self {
            Mode::Month => "月次一括",
            Mode::Start => "初期整理",
        }
    }

    pub fn from_code(code: &str) -> Mode {
        if code == "start" { Mode::Start } else { Mode::Month }
    }
}

/// How the lines of a group may be decided.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// まとめて終える: tier 2, and the law's window has closed; in 初期整理 also what is long over (decisions 0013, 0026).
    #[default]
    Closed,
    /// 次の日を決めて持ち越す: tier 2 that the law still lets be done. Nothing is closed; everybody gets a next date.
    Carried,
    /// 名前を見て終える: all others, that is tier 1 and whatever the law still lets be done.
    Named,
}

impl Part {
    pub const ALL: [Part; 3] = [Part::Closed, Part::Carried, Part::Named];

    pub const fn code(self) -> &'static str {
        match self {
            Part::Closed => "closed",
            Part::Carried => "carried",
            Part::Named => "named",
        }
    }

    pub const fn word(self) -> &'static str {
        match self {
            Part::Closed => "まとめて終える",
            Part::Carried => "日を決めて持ち越す",
            Part::Named => "名前を見て終える",
        }
    }

    pub fn from_code(code: &str) -> Option<Part> {
        Part::ALL.into_iter().find(|p| p.code() == code)
    }
}

/// What lines are told apart by.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum By {
    Service,
    Cohort,
    District,
    Source,
}

impl By {
    pub const ALL: [By; 4] = [By::Service, By::Cohort, By::District, By::Source];

    /// Also the column of the query.
    pub const fn code(self) -> &'static str {
        match self {
            By::Service => "service",
            By::Cohort => "cohort",
            By::District => "district",
            By::Source => "source",
        }
    }

    pub const fn word(self) -> &'static str {
        match self {
            By::Service => "事業",
            By::Cohort => "生まれた年度",
            By::District => "地区",
            By::Source => "資料",
        }
    }

    pub fn from_code(code: &str) -> By {
        By::ALL.into_iter().find(|by| by.code() == code).unwrap_or(By::Service)
    }
}

/// A district that is empty or not shown (秘匿).
pub const NO_DISTRICT: &str = "-";

/// A room and what narrows it; empty means any.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Group {
    pub mode: Mode,
    pub service: String,
    pub cohort: String,
    pub district: String,
    pub source: String,
}

impl Group {
    /// From a query or a form, by the names of the fields.
    pub fn read<'a>(value: impl Fn(&'static str) -> &'a str) -> Group {
        Group {
            mode: Mode::from_code(value("mode")),
            service: value("service").to_owned(),
            cohort: value("cohort").to_owned(),
            district: value("district").to_owned(),
            source: value("source").to_owned(),
        }
    }

    pub fn get(&self, by: By) -> &str {
        match by {
            By::Service => &self.service,
            By::Cohort => &self.cohort,
            By::District => &self.district,
            By::Source => &self.source,
        }
    }

    #[must_use]
    pub fn with(&self, by: By, code: &str) -> Group {
        let mut group = self.clone();
        let of = match by {
            By::Service => &mut group.service,
            By::Cohort => &mut group.cohort,
            By::District => &mut group.district,
            By::Source => &mut group.source,
        };
        code.clone_into(of);
        group
    }

    /// `mode=…&service=…`
    pub fn query(&self) -> String {
        let mut parts = vec![format!("mode={}", self.mode.code())];
        let set = By::ALL.into_iter().filter(|by| !self.get(*by).is_empty());
        parts.extend(set.map(|by| format!("{}={}", by.code(), percent(self.get(by), false))));
        parts.join("&")
    }

    /// The lines as a table, told apart by `by`.
    pub fn address(&self, by: By) -> String {
        format!("/settlings?{}&by={}", self.query(), by.code())
    }

    /// The page on which this group is decided.
    pub fn decide_at(&self, part: Part) -> String {
        format!("/settlings/new?{}&part={}", self.query(), part.code())
    }

    /// 「3歳児健診・H31.4.2〜R2.4.1生まれ・北部」; empty for a whole room.
    pub fn told(&self, book: &Rulebook, today: Day) -> String {
        let set = By::ALL.into_iter().filter(|by| !self.get(*by).is_empty());
        set.map(|by| label(book, by, self.get(by), today)).collect::<Vec<_>>().join("・")
    }
}

/// What a value is called.
pub fn label(book: &Rulebook, by: By, code: &str, today: Day) -> String {
    match by {
        By::Service => rulebook::title(book, code),
        By::Cohort => cohort::label(code, today),
        By::District if code.is_empty() || code == NO_DISTRICT => String::from("地区なし・表示しない"),
        By::District => code.to_owned(),
        By::Source => words::source(code).to_owned(),
    }
}
